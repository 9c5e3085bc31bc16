"""What the session is busy with, once that takes long: how far it is, and a way out of it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from gui.viewmodels.in_flight import unsettled
from gui.viewmodels.session import Session
from gui.viewmodels.words import tr

_LONG_MS: Final = 2_000


class Progress(QObject):
    """Says nothing of what takes less than two seconds.

    Signals:
        changed: `is_long`, `fraction` or `way_out` may have changed.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent or session)
        self._session = session
        self._total = 0
        self.is_long = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_LONG_MS)
        self._timer.timeout.connect(self._take_length)
        session.busyChanged.connect(self._take_busy)
        session.snapshotTaken.connect(self._take_snapshot)

    @property
    def fraction(self) -> float | None:
        """How much of what was in flight has arrived; None where nothing is counted."""
        left = self._left
        if not self._total or not (self._session.is_draining_first or self._is_stopping):
            return None
        return 1 - left / self._total

    @property
    def way_out(self) -> str:
        """What would end the waiting at once; empty where nothing does."""
        return tr("Apply now") if self._session.is_draining_first else ""

    def take_way_out(self) -> None:
        """End the waiting."""
        if self._session.is_draining_first:
            self._session.apply(drain_first=False)

    @property
    def _left(self) -> int:
        snapshot = self._session.snapshot
        return unsettled(snapshot)

    @property
    def _is_stopping(self) -> bool:
        return self._session.state == "draining"

    @Slot(str)
    def _take_busy(self, text: str) -> None:
        if not text:
            self._timer.stop()
            self._total = 0
            if self.is_long:
                self.is_long = False
                self.changed.emit()
        elif not self.is_long and not self._timer.isActive():
            self._timer.start()

    @Slot()
    def _take_length(self) -> None:
        self.is_long = True
        self.changed.emit()

    @Slot()
    def _take_snapshot(self) -> None:
        if self._session.is_draining_first or self._is_stopping:
            self._total = max(self._total, self._left)
            if self.is_long:
                self.changed.emit()
