"""Whether somebody else has changed the open workspace file, and what to do then."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final, TypeAlias

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from shiboken6 import isValid

from core.errors import AppError, StoreError
from core.workspace.load import Loaded, content_hash, loads, read_text
from core.workspace.save import BACKUP_SUFFIX, save_text
from gui.viewmodels.session import Session
from gui.viewmodels.words import problem_sentences, sentences, tr

Stamp: TypeAlias = tuple[int, int, int]

_LOOK_MS: Final = 1_000
_LOOK_AGAIN_MS: Final = 250
_UNREAD: Final[Stamp] = (0, 0, 0)
"""Of what could not be read: it may be read later without a change of its real stamp."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the disk had.

    Attributes:
        stamp: None where there is no file; the text's, `_UNREAD` where none was read.
        text: None where there is none that can be read.
        trouble: What is wrong with the text, or why there is none, and the way out.
        is_broken: Whether the text says nothing.
    """

    stamp: Stamp | None = None
    text: str | None = None
    trouble: str = ""
    is_broken: bool = False


class FileWatch(QObject):
    """Looks at the file once a second, in a thread; works on any file system.

    A difference counts when it is seen twice in a row, so that a file that is being written, by us
    or by others, is not taken for another version.

    Signals:
        changed: `theirs`, `is_gone` or `trouble` has changed.
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
        self.trouble = ""
        """What is wrong with the file as it is now, and the way out."""
        self.is_broken = False
        """Whether the text of the file cannot be read as a workspace at all."""
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
        return self.theirs is not None or self.is_gone or bool(self.trouble)

    @property
    def can_be_replaced(self) -> bool:
        """Whether our version can be written over theirs: not over what nobody has read."""
        return self.theirs is not None or self.is_gone

    def keep_mine(self) -> None:
        """Write our version over theirs, which becomes the backup; only the one that was seen."""
        if self.can_be_replaced and not self._session.is_closing:
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
        self._set(None)
        self.kept.emit("" if theirs is None else f"{loaded.path.name}{BACKUP_SUFFIX}")

    @Slot()
    def _take_workspace(self) -> None:
        """Begin with what was just read or written."""
        self._stamp, self._suspected = None, None
        self._set(None)
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
        seen = await asyncio.to_thread(_seen, loaded, self._stamp)
        if not isValid(self) or self._session.loaded is not loaded:
            return  # what was just read or written is looked at anew
        again_ms = _LOOK_MS
        if seen is not None and not self._session.writing.locked():
            if seen.text == loaded.text:
                self._stamp, self._suspected = seen.stamp, None
                self._set(None)
            elif self._suspected == (seen, loaded):
                self._stamp = seen.stamp
                self._set(seen)
            else:
                self._suspected = (seen, loaded)
                again_ms = _LOOK_AGAIN_MS
        if not self._session.is_closing:
            self._timer.start(again_ms)

    def _set(self, seen: _Seen | None) -> None:
        """Take another version for the file's; None for ours."""
        before = self.theirs, self.is_gone, self.trouble
        self.theirs = seen.text if seen is not None else None
        self.is_gone = seen is not None and seen.stamp is None
        self.trouble = seen.trouble if seen is not None else ""
        self.is_broken = seen is not None and seen.is_broken
        if before != (self.theirs, self.is_gone, self.trouble):
            self.changed.emit()


def _seen(loaded: Loaded, known: Stamp | None) -> _Seen | None:
    """Look at the file; None if it is the one whose stamp is known."""
    try:
        stat = loaded.path.stat()
        stamp = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        if stamp == known:
            return None
        text = read_text(loaded.path)
    except (FileNotFoundError, NotADirectoryError):
        return _Seen()
    except OSError as exc:
        trouble = tr("The file cannot be read: {reason}").format(reason=exc.strerror or exc)
        trouble = sentences(trouble, tr("Check the permissions of its folder."))
        return _Seen(_UNREAD, trouble=trouble)
    except AppError as exc:
        message = exc.message.replace(str(loaded.path), loaded.path.name)
        return _Seen(_UNREAD, trouble=sentences(message, exc.hint))
    if text == loaded.text:
        return _Seen(stamp, text)
    theirs = loads(text, loaded.path)
    error = next((each for each in theirs.problems if each.severity == "error"), None)
    trouble = problem_sentences(error) if error is not None else ""
    return _Seen(stamp, text, trouble, not theirs.is_readable)
