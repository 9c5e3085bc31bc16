"""Kept secrets that no saved object leads to any more: deleted when nothing else needs them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from gui.viewmodels.secret_keeper import SecretKeeper, texts_beside
from gui.viewmodels.session import Session


class UnneededSecrets(QObject):
    """Has secrets deleted, at once or when the engine has taken over what is saved, or ended.

    The engine looks its secrets up with each connection that it makes. Belongs to the loop's
    thread; the keychain is asked beside it.

    Attributes:
        comes_back: Tells whether something that can be undone would lead to a reference again.

    Signals:
        forgotten: Secrets were deleted; whether that went well.
    """

    forgotten = Signal(bool)

    def __init__(
        self,
        session: Session,
        keeper: SecretKeeper,
        edited: Callable[[], Iterable[Mapping[str, Any]]],
        parent: QObject,
    ) -> None:
        """Begin without any.

        Args:
            session: What is open, and what runs.
            keeper: Who has kept them.
            edited: Gives the tables of all edited objects.
            parent: Qt's owner.
        """
        super().__init__(parent)
        self.comes_back: Callable[[str], bool] = lambda _reference: False
        self._session, self._keeper, self._edited = session, keeper, edited
        self._waiting: set[str] = set()
        self._path = session.path
        session.stateChanged.connect(self._look)
        session.tookOver.connect(self._look)
        session.workspaceChanged.connect(self._take_workspace)

    def add(self, texts: Iterable[str]) -> bool:
        """Take those references to our secrets that the file and the edits lead to no more.

        Args:
            texts: Of an object, as it was before it was saved.

        Returns:
            Whether there are any.
        """
        loaded = self._session.loaded
        if loaded is None or not loaded.is_readable:
            return False
        left = set(texts) - self._saved()
        found = {each for each in left if self._keeper.has_kept(each, loaded.partial.id)}
        self._waiting |= found
        return bool(found)

    async def forget(self) -> None:
        """Delete those that nothing needs; whoever calls has the turn to write."""
        if gone := self._take():
            self.forgotten.emit(await asyncio.to_thread(self._keeper.forget, gone))

    async def forget_at_end(self) -> None:
        """Delete what waits for the engine, or for an undo, once there is neither any more."""
        loaded = self._session.loaded
        is_known = loaded is not None and loaded.is_readable and self._session.path == self._path
        gone = self._waiting - self._saved() if is_known else set[str]()
        self._waiting.clear()
        if gone:
            await asyncio.to_thread(self._keeper.forget, gone)

    def _saved(self) -> set[str]:
        loaded = self._session.loaded
        return set(texts_beside([loaded.data if loaded is not None else {}, *self._edited()]))

    def _take(self) -> set[str]:
        """Give those that nothing needs, which wait no more."""
        session, loaded = self._session, self._session.loaded
        if not self._waiting or loaded is None or not loaded.is_readable:
            return set()
        is_another = session.path != self._path  # of which one is told in a moment
        if is_another or session.state in ("draining", "died"):  # it connects or is started again
            return set()
        running = session.running_file
        needed = self._saved() | set(texts_beside(running.data if running is not None else {}))
        gone = {each for each in self._waiting - needed if not self.comes_back(each)}
        self._waiting -= gone
        return gone

    async def _forget_in_turn(self) -> None:
        async with self._session.writing:  # or one that is kept anew just now would be deleted
            await self.forget()

    @Slot()
    def _look(self) -> None:
        if self._waiting and not self._session.is_closing:
            self._session.tasks.start(self._forget_in_turn(), "forget secrets", owner=self)

    @Slot()
    def _take_workspace(self) -> None:
        """Leave what was of another file: nobody knows what leads there now."""
        if self._session.path != self._path:
            self._path = self._session.path
            self._waiting.clear()
