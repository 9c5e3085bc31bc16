"""Cyclic garbage is collected on the window's thread alone.

Python's collector runs in whichever thread happens to allocate. A QObject that it destroys in a
worker thread leaves its timers behind in the window's thread, where the next one to fire calls an
object that is gone and ends the process.
"""

from __future__ import annotations

import gc
from typing import Final

from PySide6.QtCore import QObject, QTimer, Slot

_INTERVAL_MS: Final = 250


class Garbage(QObject):
    """Takes the collector over from Python until `stop`; make it in the window's thread.

    Keeps Python's own thresholds: most collections look at young objects only and take less than
    a millisecond. What exists when it is made stays for good and is never looked at again.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setInterval(_INTERVAL_MS)
        self._timer.timeout.connect(self.collect)
        gc.collect()
        gc.freeze()
        gc.disable()
        self._timer.start()

    @Slot()
    def collect(self) -> None:
        """Collect the oldest generation that is due, with the younger ones."""
        due = [
            generation
            for generation, (count, limit) in enumerate(
                zip(gc.get_count(), gc.get_threshold(), strict=True)
            )
            if count > limit
        ]
        if due:
            gc.collect(due[-1])

    def stop(self) -> None:
        """Collect all that is left, then give the collector back to Python."""
        self._timer.stop()
        gc.unfreeze()
        gc.collect()
        gc.enable()
