"""How many dead letters each action has, wherever somebody wants to say it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from shiboken6 import isValid

from core.workspace.model import Workspace

if TYPE_CHECKING:
    from gui.viewmodels.session import Session

_PAUSE_MS: Final = 1_000


class LetterCounts(QObject):
    """Counts again when the engine has put something aside, and when `look` is called.

    Belongs to the loop's thread; files are read beside it.

    Signals:
        changed: Some action has more or fewer.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent or session)
        self._session = session
        self._counts: Mapping[str, int] = {}
        self._told: tuple[object, ...] = ()
        self._is_reading = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._read_now)
        session.workspaceChanged.connect(self._read_now)
        session.snapshotTaken.connect(self._take_snapshot)

    def of(self, action: str) -> int:
        """Tell how many letters of an action wait."""
        return self._counts.get(action, 0)

    @property
    def actions(self) -> list[str]:
        """The actions that have some."""
        return [name for name, count in self._counts.items() if count]

    @Slot()
    def look(self) -> None:
        """Count again in a moment."""
        self._pause.start()

    @Slot()
    def _take_snapshot(self) -> None:
        snapshot = self._session.snapshot
        if snapshot is None:
            return
        told = tuple((name, each.dead_lettered) for name, each in snapshot.actions.items())
        if told != self._told and not self._pause.isActive():
            self._told = told
            self.look()

    @Slot()
    def _read_now(self) -> None:
        if self._session.tasks.is_over:
            return
        if self._is_reading:
            self.look()
            return
        self._is_reading = True
        self._session.tasks.start(self._read(), "count the dead letters")

    async def _read(self) -> None:
        loaded, environment = self._session.loaded, self._session.environment
        counts: Mapping[str, int] = {}
        try:
            if loaded is not None and environment is not None:
                counts = await asyncio.to_thread(_count, environment.state_dir, loaded.partial)
        finally:
            self._is_reading = False
        if isValid(self) and counts != self._counts:
            self._counts = counts
            self.changed.emit()


def _count(state_dir: Path, workspace: Workspace) -> dict[str, int]:
    from core.bridge.letterbox import count_letters  # the window is shown before this is loaded
    from core.bridge.letters import letters_path

    return {name: count_letters(letters_path(state_dir, name)) for name in workspace.actions.kafka}
