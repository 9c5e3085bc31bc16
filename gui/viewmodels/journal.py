"""Unsaved edits outlive the window: written down while typing, taken up by the next start."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from core.filelock import FileLock
from core.files import write_file
from gui.viewmodels.draft_entries import VERSION, Entry, Journal, decode, encode
from gui.viewmodels.object_drafts import Drafts
from gui.viewmodels.words import moment

log = logging.getLogger("gui")

_WRITE_MS: Final = 400
"""Longest time between an edit and its way to the disk, which takes milliseconds itself."""

_RETRY_MS: Final = 5_000
"""Time until it is tried again where it did not work."""


class DraftJournal(QObject):
    """Keeps the edits of the open workspace in a file of its state folder.

    Only one window keeps the journal of a workspace; it never touches an editor. The file is gone
    as soon as nothing is edited. Typed secrets are not in it.

    Attributes:
        recovered: The keys of the objects whose edits of an earlier start were taken up, and are
            still unsaved.
        since: When those were written, for people.

    Signals:
        changed: `recovered` has changed.
        troubleChanged: What keeps edits from being written down, if anything, has changed.
        opened: The journal of a workspace is ours to keep from now on.
        flushing: All that is not written yet is to be written at once.
        left: The journal is let go.
    """

    changed = Signal()
    troubleChanged = Signal()
    opened = Signal()
    flushing = Signal()
    left = Signal()

    def __init__(
        self,
        drafts: Drafts,
        parent: QObject | None = None,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Watch drafts; `now` gives the time."""
        super().__init__(parent or drafts)
        self.recovered: list[str] = []
        self.since = ""
        self._drafts, self._now = drafts, now
        self._session = drafts.live.session
        self._path: Path | None = None  # of the workspace
        self._is_due = False  # to be looked for as soon as the workspace can be read
        self._file: Path | None = None  # of its journal; None while it is not ours to keep
        self._lock: FileLock | None = None
        self._trouble = ""
        self._writing = asyncio.Lock()
        self._begun = 0  # tasks that write and have not ended: they may be cancelled before
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WRITE_MS)
        self._timer.timeout.connect(self._write_soon)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(_RETRY_MS)
        self._again.timeout.connect(self._try_again)
        drafts.changed.connect(self._take_change)
        drafts.forgetting.connect(self.flush)
        self._session.workspaceChanged.connect(self._take_workspace)
        self._session.closing.connect(self._close)
        self._session.settings.changed.connect(self._take_change)
        self._take_workspace()

    @property
    def file(self) -> Path | None:
        """Where the edits are written; None while that is not ours to do."""
        return self._file

    @property
    def is_wanted(self) -> bool:
        """Whether the user wants edits to be kept."""
        return self._session.settings.values.general.save_drafts

    @property
    def trouble(self) -> str:
        """Where edits cannot be written down, and why; empty if they can, or shall not."""
        return self._trouble if self.is_wanted else ""

    def discard(self) -> None:
        """Forget the edits that were taken up."""
        for key in list(self.recovered):
            self._drafts.revert(key)

    @Slot()
    def flush(self) -> None:
        """Write what is not written yet, at once."""
        self.flushing.emit()
        if self._timer.isActive() or self._begun:
            self._timer.stop()
            if self._file is not None:
                try:
                    _store(self._file, self._data())
                except OSError as exc:
                    self._note(self._file, exc)

    # Writing

    @Slot()
    def _take_change(self) -> None:
        """Write within the time; a change that comes meanwhile is in what is written."""
        if self._file is not None and not self._timer.isActive():
            self._timer.start()
        if self._trouble:
            self.troubleChanged.emit()  # the setting may be another
        left = [key for key in self.recovered if self._drafts.is_dirty(key)]
        if left != self.recovered:
            self.recovered = left
            self.changed.emit()

    @Slot()
    def _write_soon(self) -> None:
        file = self._file
        if file is not None and not self._session.is_closing:
            self._begun += 1
            self._session.tasks.start(self._write(file, self._data()), "write the drafts")

    async def _write(self, file: Path, data: bytes | None) -> None:
        async with self._writing:  # in their order
            try:
                await asyncio.to_thread(_store, file, data)
            except OSError as exc:
                error = exc
            else:
                error = None
        self._begun -= 1
        if file == self._file:  # else it is of another workspace
            self._note(file, error)

    @Slot()
    def _try_again(self) -> None:
        if self._file is not None:
            self._write_soon()
        else:
            self._is_due = True
            self._take_workspace()

    def _note(self, file: Path, error: OSError | None) -> None:
        """Remember whether it went well, and try again if it did not."""
        if error is not None:
            self._again.start()
        text = f"{file.parent}: {error.strerror or error}" if error is not None else ""
        if text != self._trouble:
            if not self._trouble:
                log.warning("unsaved edits are not written down: %s", text)
            self._trouble = text
            self.troubleChanged.emit()

    def _data(self) -> bytes | None:
        """Give what the file is to hold; None for no file."""
        entries = self._drafts.entries() if self.is_wanted else ()
        if not entries:
            return None
        written = self._now().astimezone().isoformat(timespec="seconds")
        return encode(Journal(VERSION, written, str(self._path), tuple(entries)))

    # Taking up

    @Slot()
    def _take_workspace(self) -> None:
        """Follow to another workspace; another version of the same one changes nothing.

        Edits are taken up by a file that can be read: before, nobody knows what they are edits of.
        """
        path, loaded = self._session.path, self._session.loaded
        if path != self._path:
            self._let_go()
            self._path, self._is_due = path, True
        environment = self._session.environment
        if path is None or loaded is None or environment is None or self._session.is_closing:
            return
        if self._is_due and loaded.is_readable:
            self._is_due = False
            name = hashlib.sha256(str(path.absolute()).encode()).hexdigest()[:8]
            file = environment.state_dir / f"drafts-{name}.json"
            self._session.tasks.start(self._begin(path, file), "look for drafts", owner=self)

    async def _begin(self, path: Path, file: Path) -> None:
        """Take the lock and what an earlier start has left; its edits come on top of the file."""
        opening = asyncio.get_running_loop().run_in_executor(None, _open, file)
        try:
            lock, data = await asyncio.shield(opening)
        except asyncio.CancelledError:  # the thread goes on, and nobody would release its lock
            opening.add_done_callback(_release)
            raise
        except OSError as exc:
            if self._path == path and not self._session.is_closing:
                self._note(file, exc)
            return
        if self._path != path or self._session.is_closing:
            if lock is not None:
                lock.release()
            return
        self._note(file, None)
        if lock is None:
            return  # another window has this workspace open, and keeps its own edits
        self._lock, self._file = lock, file
        self.opened.emit()
        journal = decode(data) if data is not None else None
        if journal is None or not self.is_wanted:
            self._take_change()
            return
        found = [entry.key for entry in journal.entries if self._take_up(entry)]
        if found:
            self.recovered = found
            self.since = _time_of(journal.written, self._now())
            self.changed.emit()
        self._take_change()

    def _take_up(self, entry: Entry) -> bool:
        """Have edits go on as drafts; False if there is nothing left to edit, or to change."""
        return not self._drafts.is_dirty(entry.key) and self._drafts.adopt(entry)

    # The end

    @Slot()
    def _close(self) -> None:
        self.flush()
        self._let_go()

    def _let_go(self) -> None:
        """Leave the journal as it is, for the next start."""
        self._timer.stop()
        self._again.stop()
        if self._lock is not None:
            self._lock.release()
        self._lock = self._file = None
        self.left.emit()
        if self._trouble:
            self._trouble = ""
            self.troubleChanged.emit()
        if self.recovered:
            self.recovered = []
            self.changed.emit()


def _open(file: Path) -> tuple[FileLock | None, bytes | None]:
    """Lock a journal and read it; no lock if another window has it.

    Raises:
        OSError: There can be no lock here.
    """
    beside = file.with_suffix(".lock")
    file.parent.mkdir(parents=True, exist_ok=True)
    beside.touch()
    try:
        lock = FileLock(beside)
    except (BlockingIOError, PermissionError):  # the second on Windows
        return None, None
    try:
        return lock, file.read_bytes()
    except OSError:
        return lock, None


def _release(opening: asyncio.Future[tuple[FileLock | None, bytes | None]]) -> None:
    """Let go of a lock that came too late."""
    if not opening.cancelled() and not opening.exception() and (lock := opening.result()[0]):
        lock.release()


def _store(file: Path, data: bytes | None) -> None:
    """Write a journal, or remove it.

    Raises:
        OSError: The system refuses; the journal is as it was.
    """
    if data is not None:
        write_file(file, data)
    else:
        file.unlink(missing_ok=True)


def _time_of(written: str, now: datetime) -> str:
    """Say when it was written: the time of today, else the date."""
    with contextlib.suppress(ValueError):
        return moment(datetime.fromisoformat(written), now.astimezone())
    return written
