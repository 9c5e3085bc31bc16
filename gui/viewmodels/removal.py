"""Takes objects out of the file, and puts the last one back."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from core.errors import AppError
from core.workspace.diff import REMOVED, Changes
from core.workspace.edit import edit
from core.workspace.load import content_hash
from core.workspace.save import save_text
from gui.viewmodels.object_drafts import Drafts


@dataclass(frozen=True, slots=True)
class _Removed:
    path: Path
    before: str
    after: str


class Removal(QObject):
    """Deletes connectors, rules and actions; one deletion can be undone until the file changes.

    Signals:
        removed: The key of what is out of the file now.
        failed: It could not be done: what happened, what to do next.
    """

    removed = Signal(str)
    failed = Signal(str, str)

    def __init__(self, drafts: Drafts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._drafts = drafts
        self._last: _Removed | None = None

    def remove(self, key: str) -> None:
        """Take an object out of the file; a new one that was never saved is just forgotten."""
        place = self._drafts.place(key)
        if self._drafts.is_new(key) or not place:
            self._drafts.revert(key)
            self.removed.emit(key)
            return
        self._drafts.live.session.tasks.start(self._remove(key, place), f"delete {key}")

    def undo(self) -> None:
        """Put the last one back, with its comments."""
        if self._last is not None:
            last, self._last = self._last, None
            self._drafts.live.session.tasks.start(self._put_back(last), "undo a deletion")

    async def _remove(self, key: str, place: tuple[str, ...]) -> None:
        session = self._drafts.live.session
        loaded = session.loaded
        if loaded is None:
            return
        changes: Changes = {place[-1]: REMOVED}
        for part in reversed(place[:-1]):
            changes = {part: changes}
        try:
            after = await asyncio.to_thread(edit, loaded.text, changes)
            await asyncio.to_thread(
                save_text, loaded.path, after, expected=content_hash(loaded.text)
            )
        except AppError as exc:
            self.failed.emit(exc.message, exc.hint)
            return
        self._last = _Removed(loaded.path, loaded.text, after)
        self._drafts.revert(key)
        await session.take_saved()
        self.removed.emit(key)

    async def _put_back(self, last: _Removed) -> None:
        try:
            await asyncio.to_thread(
                save_text, last.path, last.before, expected=content_hash(last.after)
            )
        except AppError as exc:
            self.failed.emit(exc.message, exc.hint)
            return
        await self._drafts.live.session.take_saved()
