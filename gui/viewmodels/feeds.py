"""How much memory the rows of all live lists take together."""

from __future__ import annotations

from typing import Final
from weakref import WeakSet

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from gui.viewmodels.ring import RingModel
from gui.viewmodels.words import memory_size, tr

_PACE_MS: Final = 1_000


class Feeds(QObject):
    """Sums up the lists that were told to it; each keeps to its own bounds.

    Signals:
        changed: `bytes` is another than a second ago.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rings: WeakSet[RingModel] = WeakSet()
        self._told = 0
        self._watch = QTimer(self)
        self._watch.setInterval(_PACE_MS)
        self._watch.timeout.connect(self._look)

    @property
    def bytes(self) -> int:
        """About how many bytes the rows take now."""
        return sum(ring.kept_bytes for ring in self._rings)

    @property
    def text(self) -> str:
        """The same in words; empty when there are no rows."""
        return tr("feeds {size}").format(size=memory_size(self.bytes)) if self.bytes else ""

    def add(self, ring: RingModel) -> None:
        """Count a list, for as long as it lives or until it is removed."""
        self._rings.add(ring)
        self._watch.start()

    def remove(self, ring: RingModel) -> None:
        """Count a list no more."""
        self._rings.discard(ring)
        self._look()

    @Slot()
    def _look(self) -> None:
        now = self.bytes
        if now != self._told:
            self._told = now
            self.changed.emit()
