"""Loading what the first workspace needs, while nobody waits for it.

The window is shown without the parser, the client libraries and the checks of a workspace, which
take as long to load as all the rest.
"""

from __future__ import annotations

import importlib
from threading import Thread
from typing import Final

from PySide6.QtCore import QObject, QTimer, Slot

_DELAY_MS: Final = 300
MODULES: Final = (
    "core.bridge.validation",
    "core.kafka.single",
    "core.kafka.tail",
    "core.mqtt.publisher",
    "core.sandbox.process",
)
"""With what they import themselves. Nothing of Qt: a thread loads them."""


class WarmUp(QObject):
    """Loads these modules in a worker thread, soon after the window is there."""

    def __init__(self, parent: QObject | None = None) -> None:
        """Begin to wait; belongs to the loop's thread."""
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._load)
        self._timer.start(_DELAY_MS)

    @Slot()
    def _load(self) -> None:
        Thread(target=load_all, name="warm-up", daemon=True).start()


def load_all() -> None:
    """Load the modules; those that are there take no time."""
    for name in MODULES:
        importlib.import_module(name)
