"""Writes edits into the file: checked, in turn, with the secrets that were typed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from copy import deepcopy

from PySide6.QtCore import QObject, Signal

from core.errors import AppError, StoreError
from core.workspace.load import Loaded
from core.workspace.save import check_untouched
from gui.viewmodels.draft import Draft, secret_name, write_changes
from gui.viewmodels.draft_checks import DraftChecks
from gui.viewmodels.edit_history import EditHistory
from gui.viewmodels.plain_values import put
from gui.viewmodels.secret_keeper import SecretKeeper, texts_beside
from gui.viewmodels.session import Session
from gui.viewmodels.unneeded_secrets import UnneededSecrets


class DraftSaving(QObject):
    """Saves one draft after the other; its signals are those of the drafts.

    A draft that is saved, and was not edited meanwhile, is none any more. Belongs to the loop's
    thread; the file and the keychain are asked beside it.

    Signals:
        saved: An object is in the file now.
        changed: The same, once all who hear of it have been told.
        renamed: A new object has another key from now on: before and now.
        refused: An object has errors and was not saved.
        failed: An object was not saved: its key, what happened, what to do next.
        keychainMissed: There was no keychain for a secret; told once.
    """

    saved = Signal(str)
    changed = Signal(str)
    renamed = Signal(str, str)
    refused = Signal(str)
    failed = Signal(str, str, str)
    keychainMissed = Signal()

    def __init__(
        self,
        session: Session,
        drafts: dict[str, Draft],
        history: EditHistory,
        checks: DraftChecks,
        unneeded: UnneededSecrets,
        keeper: Callable[[], SecretKeeper],
        parent: QObject,
    ) -> None:
        """Save nothing yet.

        Args:
            session: What is open.
            drafts: Everything that is edited, by key; shared, and what is saved leaves it.
            history: What can be taken back.
            checks: Tells what is wrong with a draft.
            unneeded: Takes the secrets that a saved object leads to no more.
            keeper: Gives who keeps typed secrets.
            parent: Qt's owner.
        """
        super().__init__(parent)
        self._session, self._drafts, self._history = session, drafts, history
        self._checks, self._unneeded, self._keeper = checks, unneeded, keeper
        self._has_told_keychain = False

    def start(self, key: str, draft: Draft, after: tuple[str, ...]) -> None:
        """Save a draft when it is its turn; a signal tells how it went.

        Args:
            key: Its object.
            draft: What is edited of it.
            after: New objects that it names: it is left as it is where one of them is not saved.
        """
        draft.is_saving = True
        self._session.tasks.start(self._save_in_turn(draft, after), f"save {key}", owner=self)

    def _key_of(self, draft: Draft) -> str:
        """Find an edited object by its draft; empty if its edits are forgotten by now."""
        return next((key for key, each in self._drafts.items() if each is draft), "")

    def _is_new(self, key: str) -> bool:
        return key in self._drafts and self._drafts[key].is_new

    async def _save_in_turn(self, draft: Draft, after: tuple[str, ...]) -> None:
        try:
            async with self._session.writing:
                key = self._key_of(draft)  # its name may be another since it was asked for
                if key and not any(self._is_new(each) for each in after):
                    await self._save(key, draft)
        except AppError as exc:
            self.failed.emit(self._key_of(draft), exc.message, exc.hint)
        finally:
            draft.is_saving = False

    async def _save(self, key: str, draft: Draft) -> None:
        """Write one object; what is forgotten before the file is written is not saved."""
        session, loaded = self._session, self._session.loaded
        if loaded is None:
            return
        if not loaded.is_readable:
            raise StoreError(
                self.tr("The file cannot be read, so nothing was saved."),
                hint=self.tr("Correct it and reload it; your edits stay."),
            )
        asked = draft.asked()
        found = await self._checks.check(key, draft)
        if any(problem.severity == "error" for problem in found):
            self.refused.emit(key)
            return
        await self._keep_secrets(draft, asked, loaded)
        if self._key_of(draft) != key:
            return
        await asyncio.to_thread(write_changes, loaded, asked.changes)
        before = set(texts_beside(draft.base))
        draft.take_saved(asked)
        now = f"{key.partition(':')[0]}:{asked.place[-1]}"
        if now != key and self._drafts.get(key) is draft:
            self._drafts[now] = self._drafts.pop(key)
            self._history.follow(key, now)
            self.renamed.emit(key, now)
        await session.take_saved()
        if session.path == loaded.path and self._unneeded.add(before):
            self._history.forget(now)  # the secret is not to come back
            await self._unneeded.forget()
        if self._drafts.get(now) is draft and not draft.is_dirty:
            del self._drafts[now]
        self.saved.emit(now)
        self.changed.emit(now)

    async def _keep_secrets(self, draft: Draft, asked: Draft, loaded: Loaded) -> None:
        """Put typed secrets where they are kept; what stood there before cannot come back.

        None is kept for a file that would not be written: the old one is still the right one then.
        What another object leads to, such as a copy or a renamed one, keeps its secret.
        """
        keeper = self._keeper()
        if asked.secrets:
            await asyncio.to_thread(check_untouched, loaded.path, loaded.content_hash)
        for path, secret in asked.secrets.items():
            key = self._key_of(draft)
            if not key:
                return
            name = secret_name(loaded.partial.id, asked.place, path)
            others = set(texts_beside(loaded.data, (*asked.place, *path)))
            kept = await asyncio.to_thread(keeper.keep, name, secret, others)
            put(asked.values, path, str(kept))
            if draft.secrets.get(path) == secret:  # else it was typed anew, or taken back
                values = deepcopy(draft.values)
                put(values, path, str(kept))
                draft.values = values
                draft.secrets = {at: typed for at, typed in draft.secrets.items() if at != path}
            self._history.forget(key)
        if keeper.has_missed_keychain and not self._has_told_keychain:
            self._has_told_keychain = True
            self.keychainMissed.emit()
