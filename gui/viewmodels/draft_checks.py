"""Looks for what is wrong with edited objects, a moment after the last edit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from core.workspace.problems import Problem, toml_path
from gui.viewmodels.draft import Draft, problems_of
from gui.viewmodels.names import CODES, name_problem
from gui.viewmodels.plain_values import Path
from gui.viewmodels.secret_lookup import with_secrets, without_keychain
from gui.viewmodels.session import Session

_CHECK_MS: Final = 150


class DraftChecks(QObject):
    """Checks drafts beside the loop; of several checks of one the last counts.

    Signals:
        checked: The key of an object whose problems have been looked for anew.
    """

    checked = Signal(str)

    def __init__(
        self, session: Session, find: Callable[[str], Draft | None], parent: QObject
    ) -> None:
        """Check nothing yet; `find` gives an edited object by its key."""
        super().__init__(parent)
        self._session, self._find = session, find
        self._waiting: set[str] = set()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_CHECK_MS)
        self._timer.timeout.connect(self._check_waiting)

    def check_soon(self, key: str) -> None:
        """Check an object when nothing has been edited for a moment."""
        self._waiting.add(key)
        self._timer.start()

    async def check(self, key: str, draft: Draft) -> list[Problem]:
        """Check an object now."""
        loaded, outside = self._session.loaded, self._session.environment
        if loaded is None or outside is None or not loaded.is_readable:
            return []
        values, place = draft.values, draft.place
        environment = with_secrets(without_keychain(outside), draft.pending)
        changes = draft.alone(loaded.data).changes if draft.is_new else draft.changes
        named = name_problem(loaded.data, place, is_new=draft.is_new)
        found = await asyncio.to_thread(problems_of, loaded, changes, place, environment)
        if named is not None:  # said for who can choose another name
            found = [named, *(p for p in found if p.path != named.path or p.code not in CODES)]
        if self._find(key) is draft and draft.values == values and draft.place == place:
            draft.problems = found
            self.checked.emit(key)
        return found

    def worst(self, key: str, path: Path) -> Problem | None:
        """Find the worst problem at a value of an edited object, or inside it."""
        draft = self._find(key)
        if draft is None:
            return None
        place = toml_path((*draft.place, *path))
        inside = (f"{place}.", f"{place}[")
        found = [p for p in draft.problems if p.path == place or p.path.startswith(inside)]
        return min(found, key=lambda problem: problem.severity, default=None)

    @Slot()
    def _check_waiting(self) -> None:
        waiting, self._waiting = self._waiting, set()
        if self._session.is_closing:
            return
        for key in waiting:
            draft = self._find(key)
            if draft is not None:
                self._session.tasks.start(self.check(key, draft), f"check {key}", owner=self)
