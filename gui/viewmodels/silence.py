"""Whether a running engine answers: one that hangs is said nowhere else."""

from __future__ import annotations

import time
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from gui.engine_client import EngineClient

_TURN_MS: Final = 500
_MOST_TURNS: Final = 7
"""So often snapshots are due, and jitter of a loaded machine makes no alarm."""


class EngineSilence(QObject):
    """Notices that a running engine sends no more snapshots, and that it does so again.

    Time is counted in turns of the window's own loop: where the window hangs, or the machine
    sleeps, the engine has had no chance to be heard.

    Attributes:
        since_s: When the engine was heard last, in s since 1970; None while it answers.

    Signals:
        changed: `since_s`.
    """

    changed = Signal()

    def __init__(self, engine: EngineClient, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.since_s: float | None = None
        self._engine = engine
        self._heard_s = 0.0
        self._turns = 0
        self._clock = QTimer(self)
        self._clock.setInterval(_TURN_MS)
        self._clock.timeout.connect(self.turn)
        engine.stateChanged.connect(self._take_state)
        engine.snapshotTaken.connect(self._hear)

    @Slot()
    def turn(self) -> None:
        """Count a turn in which nothing was heard."""
        self._turns += 1
        if self._turns == _MOST_TURNS:
            self._tell(self._heard_s)

    @Slot(str)
    def _take_state(self, state: str) -> None:
        self._hear()
        if state == "running" and not self._engine.is_in_process:  # that one hangs with the window
            self._clock.start()
        else:
            self._clock.stop()

    @Slot()
    def _hear(self) -> None:
        self._heard_s, self._turns = time.time(), 0
        self._tell(None)

    def _tell(self, since_s: float | None) -> None:
        if since_s != self.since_s:
            self.since_s = since_s
            self.changed.emit()
