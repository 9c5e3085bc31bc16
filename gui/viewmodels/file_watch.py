"""Whether somebody else has changed the open workspace file, and what to do then."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from shiboken6 import isValid

from core.errors import AppError, StoreError
from core.workspace.load import Loaded, content_hash, read_text
from core.workspace.save import BACKUP_SUFFIX, save_text
from gui.viewmodels.session import Session
from gui.viewmodels.words import tr

Stamp: TypeAlias = tuple[int, int, int]

_LOOK_MS: Final = 1_000
_LOOK_AGAIN_MS: Final = 250


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the disk had: `text` is None where there is no file, or none that can be read."""

    stamp: Stamp | None
    text: str | None


class FileWatch(QObject):
    """Looks at the file once a second, in a thread; works on any file system.

    A difference counts when it is seen twice in a row, so that a file that is being written, by us
    or by others, is not taken for another version.

    Signals:
        changed: `theirs` or `is_gone` has changed.
        kept: Our version is in the file: where theirs was put.
        failed: Our version could not be written: what happened, what to do next.
    """

    changed = Signal()
    kept = Signal(str)
    failed = Signal(str, str)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent or session)
        self.theirs: str | None = None
        """The text of the file, where it is not the one that was read or written last."""
        self.is_gone = False
        self._session = session
        self._stamp: Stamp | None = None  # of the file as we know it
        self._suspected: tuple[_Seen, Loaded] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._look)
        session.workspaceChanged.connect(self._take_workspace)
        self._take_workspace()

    @property
    def is_foreign(self) -> bool:
        """Whether the disk has another version than the window."""
        return self.theirs is not None or self.is_gone

    def keep_mine(self) -> None:
        """Write our version over theirs, which becomes the backup; only the one that was seen."""
        if self.is_foreign and not self._session.is_closing:
            self._session.tasks.start(
                self._keep(self.theirs), "keep our version of the file", owner=self
            )

    async def _keep(self, theirs: str | None) -> None:
        session = self._session
        async with session.writing:
            loaded = session.loaded
            if loaded is None:
                return
            expected = None if theirs is None else content_hash(theirs)
            try:
                if theirs is None and await asyncio.to_thread(loaded.path.exists):
                    raise StoreError(tr("The file is there again."), hint=tr("Look at it anew."))
                await asyncio.to_thread(save_text, loaded.path, loaded.text, expected=expected)
            except AppError as exc:
                self.failed.emit(exc.message, exc.hint)
                return
            await session.take_saved()
        self._set(None, is_gone=False)
        self.kept.emit("" if theirs is None else f"{loaded.path.name}{BACKUP_SUFFIX}")

    @Slot()
    def _take_workspace(self) -> None:
        """Begin with what was just read or written."""
        self._stamp, self._suspected = None, None
        self._set(None, is_gone=False)
        if self._session.loaded is None:
            self._timer.stop()
        else:
            self._timer.start(_LOOK_MS)

    @Slot()
    def _look(self) -> None:
        if not self._session.is_closing and not self._session.tasks.is_over:
            self._session.tasks.start(self._compare(), "look at the file")

    async def _compare(self) -> None:
        loaded = self._session.loaded
        if loaded is None:
            return
        seen = await asyncio.to_thread(_seen, loaded.path, self._stamp)
        if not isValid(self) or self._session.loaded is not loaded:
            return  # what was just read or written is looked at anew
        again_ms = _LOOK_MS
        if seen is not None and not self._session.writing.locked():
            if seen.text == loaded.text:
                self._stamp, self._suspected = seen.stamp, None
                self._set(None, is_gone=False)
            elif self._suspected == (seen, loaded):
                self._stamp = seen.stamp
                self._set(seen.text, is_gone=seen.text is None)
            else:
                self._suspected = (seen, loaded)
                again_ms = _LOOK_AGAIN_MS
        if not self._session.is_closing:
            self._timer.start(again_ms)

    def _set(self, theirs: str | None, *, is_gone: bool) -> None:
        if (theirs, is_gone) != (self.theirs, self.is_gone):
            self.theirs, self.is_gone = theirs, is_gone
            self.changed.emit()


def _seen(path: Path, known: Stamp | None) -> _Seen | None:
    """Look at a file; None if it is the one whose stamp is known."""
    try:
        stat = path.stat()
    except OSError:
        return _Seen(None, None)
    stamp = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
    if stamp == known:
        return None
    try:
        return _Seen(stamp, read_text(path))
    except AppError:
        return _Seen(stamp, None)
