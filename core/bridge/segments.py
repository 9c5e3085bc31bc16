"""A queue of byte strings in files: appended in segments, read in order, settled from the front.

Each entry is framed with its number and a checksum, so that a damaged part costs its own entries
and no others. What was appended survives the end of the process at any moment; the system brings
it to the disk within seconds. One thread; one process at a time, held by a lock file.

    NNNNNNNNNNNNNNNNNNNN.seg   entries; the file's name is the number of its first one
    commit                     number of the first entry that is not settled
    lock                       held while open
"""

from __future__ import annotations

import contextlib
import os
import re
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from core.bridge.frames import FRAME_BYTES, Entry, FrameReader, frame
from core.errors import StoreError
from core.filelock import FileLock

if TYPE_CHECKING:
    from io import FileIO

_NUMBER: Final = struct.Struct("<Q")
_COMMIT: Final = struct.Struct("<QI")
_READ_BYTES: Final = 1 << 18
_NAME: Final = re.compile(r"([0-9]{20})\.seg")


@dataclass(slots=True)
class Chunk:
    """Entries in order, and what could not be read among them.

    Attributes:
        entries: Those that are whole.
        lost: How many are not.
        lost_bytes: Their content's bytes, as far as the file still has them.
        damage: Where they are, a sentence for each place.
    """

    entries: list[Entry] = field(default_factory=list[Entry])
    lost: int = 0
    lost_bytes: int = 0
    damage: list[str] = field(default_factory=list[str])


class SegmentLog:
    """The queue of one folder.

    Attributes:
        folder: Where it is.
        start: Number of the oldest entry that is not settled.
        end: Number that the next entry will get.
        unread_bytes: Content of the entries that `read` has not given yet.
        damage: What was wrong when the folder was opened, as sentences.
    """

    def __init__(self, folder: Path, segment_bytes: int) -> None:
        """Open or make the folder.

        Args:
            folder: Of this queue alone.
            segment_bytes: A file that has this size is followed by another one.

        Raises:
            StoreError: It cannot be read or written, or another engine uses it.
        """
        self.folder = folder
        self.start = self.end = self.unread_bytes = 0
        self.damage: list[str] = []
        self._segment_bytes = max(segment_bytes, 1)
        self._file: FileIO | None = None
        self._size = 0
        self._reader: FrameReader | None = None
        self._offset = 0  # where the entry `_expected` begins in its file, if that is the last one
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = FileLock(folder / "lock")
        except OSError as exc:
            raise _failed("opened", folder, exc) from exc
        commit: FileIO | None = None
        try:
            path = folder / "commit"
            commit = self._commit = path.open("r+b" if path.exists() else "w+b", 0)
            self._firsts = sorted(
                int(found[1]) for path in folder.iterdir() if (found := _NAME.fullmatch(path.name))
            )
            self._recover()
        except OSError as exc:
            if commit is not None:
                commit.close()
            self._lock.release()
            raise _failed("opened", folder, exc) from exc

    def __len__(self) -> int:
        """Count the entries that are not settled."""
        return self.end - self.start

    @property
    def unread(self) -> int:
        """Count the entries that `read` has not given yet, damaged ones included."""
        return self.end - self._expected

    def append(self, contents: Sequence[bytes]) -> int:
        """Add entries at the end; returns the first one's number. Either all are added or none.

        Raises:
            StoreError: The disk is full, or the file cannot be written.
        """
        first = self.end
        frames = b"".join([frame(number, each) for number, each in enumerate(contents, first)])
        try:
            file = self._writable()
            written = 0
            while written < len(frames):
                written += file.write(memoryview(frames)[written:])
        except OSError as exc:
            self._undo()
            raise _failed("written", self.folder, exc) from exc
        self._size += len(frames)
        self.end += len(contents)
        self.unread_bytes += len(frames) - FRAME_BYTES * len(contents)
        return first

    def skip_unread(self) -> None:
        """Take all entries as read, when their owner has them in memory anyway."""
        self._leave_reader()
        self._expected = self.end
        self._offset = self._size
        self.unread_bytes = 0

    def read(self, max_bytes: int = _READ_BYTES) -> Chunk:
        """Give the next entries, at least one if a whole one is left; each is given once.

        Raises:
            StoreError: A file cannot be read.
        """
        chunk = Chunk()
        wanted = max_bytes
        while wanted > 0 and self._expected < self.end:
            try:
                entry = self._next(chunk)
            except OSError as exc:
                raise _failed("read", self.folder, exc) from exc
            if entry is not None:
                chunk.entries.append(entry)
                wanted -= len(entry.content) + FRAME_BYTES
        return chunk

    def commit(self, number: int) -> None:
        """Settle every entry before `number`, and delete the files that hold no others.

        Raises:
            StoreError: It cannot be written down; those entries come again after a restart.
        """
        if number <= self.start:
            return
        self.start = number
        packed = _NUMBER.pack(number)
        try:
            self._commit.seek(0)
            self._commit.write(packed + struct.pack("<I", zlib.crc32(packed)))
            self._remove_settled()
        except OSError as exc:
            raise _failed("written", self.folder, exc) from exc

    def close(self) -> None:
        """Bring everything to the disk and let another engine have the folder."""
        if self._commit.closed:
            return
        with contextlib.suppress(OSError):
            if self._file is not None:
                os.fsync(self._file.fileno())
            os.fsync(self._commit.fileno())
        self._close_file()
        self._leave_reader()
        if not len(self):
            with contextlib.suppress(OSError):
                while self._firsts:
                    self._remove_first()
        self._commit.close()
        self._lock.release()

    # -- opening -------------------------------------------------------------------------------

    def _recover(self) -> None:
        """Find out what is there: the first and the last file are read, the others trusted."""
        self.start = self.end = self._committed()
        self._remove_settled()
        self._expected = self.start
        if not self._firsts:
            return
        oldest = self._firsts[0]
        if oldest > self.start:
            self.damage.append(
                f"{oldest - self.start} records before {self._path(oldest)} are gone"
            )
            self.start = self._expected = oldest
        for first, after in zip(self._firsts, [*self._firsts[1:], None], strict=True):
            path = self._path(first)
            if first < self.start or after is None:
                last, content_bytes, torn_bytes = _scan(path, max(self.start, first))
                self.unread_bytes += content_bytes
            else:
                last, torn_bytes = after - 1, 0
                self.unread_bytes += max(path.stat().st_size - FRAME_BYTES * (after - first), 0)
            if after is None and torn_bytes:
                self.damage.append(f"the last {torn_bytes} bytes of {path} are unreadable")
                if last < 0:  # the next entry would take its name
                    path.replace(path.with_suffix(".damaged"))
                    self._firsts.remove(first)
            self.end = max(self.end, first, last + 1)

    def _committed(self) -> int:
        self._commit.seek(0)
        data = self._commit.read(_COMMIT.size) or b""
        if len(data) == _COMMIT.size:
            number, checksum = _COMMIT.unpack(data)
            if zlib.crc32(data[: _NUMBER.size]) == checksum:
                return number
        if data:
            self.damage.append(
                f"{self.folder / 'commit'} is unreadable: what was delivered may come again"
            )
        return self._firsts[0] if self._firsts else 0

    # -- reading -------------------------------------------------------------------------------

    def _next(self, chunk: Chunk) -> Entry | None:
        """Give the next entry; None after a step that found none."""
        reader = self._reader or self._open_reader()
        if reader is None:
            self._lose(chunk, self.end, 0)
            return None
        entry = reader.next()
        if entry is None:
            later = [first for first in self._firsts if self._path(first) > reader.path]
            self._lose(chunk, later[0] if later else self.end, reader.skipped)
            self._leave_reader()
            return None
        if not self._expected <= entry.number < self.end:
            return None  # settled before, or not of this queue
        self._lose(chunk, entry.number, reader.skipped)
        self._expected = entry.number + 1
        self.unread_bytes = max(self.unread_bytes - len(entry.content), 0)
        return entry

    def _open_reader(self) -> FrameReader | None:
        """Open the file that holds the entry expected, or the first one after a missing file."""
        before = [first for first in self._firsts if first <= self._expected]
        first = before[-1] if before else next(iter(self._firsts), None)
        if first is None:
            return None
        is_last = self._file is not None and first == self._firsts[-1]
        offset = self._offset if is_last and self._expected > first else 0
        self._reader = FrameReader(self._path(first), offset)
        return self._reader

    def _lose(self, chunk: Chunk, number: int, skipped: int) -> None:
        """Account for what lies between the entry that was expected and the one that came."""
        lost = number - self._expected
        if lost <= 0:
            return
        where = self._reader.path if self._reader is not None else self.folder
        lost_bytes = min(max(skipped - FRAME_BYTES * lost, 0), self.unread_bytes)
        chunk.lost += lost
        chunk.lost_bytes += lost_bytes
        chunk.damage.append(f"{lost} records in {where} are unreadable")
        self.unread_bytes -= lost_bytes
        self._expected = number

    def _leave_reader(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    # -- files ---------------------------------------------------------------------------------

    def _path(self, first: int) -> Path:
        return self.folder / f"{first:020}.seg"

    def _writable(self) -> FileIO:
        if self._file is not None and self._size >= self._segment_bytes:
            self._close_file()
        if self._file is None:
            # A new file after each start: what stands at the end of the old one stays untouched.
            self._file = self._path(self.end).open("wb", 0)
            self._size = self._offset = 0
            if self.end not in self._firsts:
                self._firsts.append(self.end)
        return self._file

    def _undo(self) -> None:
        """Cut off what a failed `append` has left, or leave that file for good."""
        if self._file is None:
            return
        try:
            self._file.truncate(self._size)
            self._file.seek(self._size)
        except OSError:
            self._close_file()

    def _close_file(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _remove_settled(self) -> None:
        while len(self._firsts) > 1 and self._firsts[1] <= self.start:
            self._remove_first()

    def _remove_first(self) -> None:
        path = self._path(self._firsts[0])
        if self._reader is not None and self._reader.path == path:
            self._leave_reader()
        path.unlink(missing_ok=True)
        del self._firsts[0]


def _scan(path: Path, expected: int) -> tuple[int, int, int]:
    """Read a file: its last number, the content's bytes from a number on, torn bytes at its end."""
    reader = FrameReader(path)
    last, content_bytes = -1, 0
    try:
        while (entry := reader.next()) is not None:
            last = entry.number
            if last >= expected:
                damaged_bytes = reader.skipped - FRAME_BYTES * (last - expected)
                content_bytes += len(entry.content) + max(damaged_bytes, 0)
                expected = last + 1
    finally:
        reader.close()
    return last, content_bytes, reader.skipped


def _failed(what: str, folder: Path, exc: OSError) -> StoreError:
    if isinstance(exc, BlockingIOError):
        return StoreError(
            f"The buffer in {folder} is in use by another engine.",
            path=str(folder),
            hint="Stop the other engine of this workspace; records are kept in memory until then.",
        )
    return StoreError(
        f"The buffer in {folder} cannot be {what}: {exc.strerror or exc}.",
        path=str(folder),
        hint="Free space or make the folder writable; records are kept in memory until then.",
    )
