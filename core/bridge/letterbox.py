"""Reads an action's dead letters while the engine writes, and takes settled ones out.

A letter is a line of JSON. One that is settled, because it was delivered after all or deleted, is
taken out where it lies: its first byte becomes a space, in a write that nothing can cut in two, and
only then is the rest blanked. The engine appends and renames and never changes a line, so that
neither has to wait for the other, and whatever is killed, a letter is there as a whole or settled.
"""

from __future__ import annotations

import hashlib
import os
from collections import deque
from collections.abc import Sequence
from io import BufferedReader, FileIO
from pathlib import Path
from typing import Final, TypeAlias

from core.bridge.letters import (
    SETTLED,
    Letter,
    LetterHead,
    Place,
    Shelf,
    head_of,
    lock_of,
    older_of,
    read_letter,
)
from core.errors import StoreError
from core.filelock import FileLock

MOST_LETTERS: Final = 10_000
_TIME_END: Final = b'",'
_LONGEST_TIME: Final = 60
_TIME_BYTES: Final = 30
"""Of a file's first line, from its second byte: no settling changes them, and they tell the file
from a later one to which the system gives the same number."""

FileId: TypeAlias = "tuple[int, int, bytes] | None"


class LetterBox:
    """The dead letters of one action. Blocks; one thread at a time."""

    def __init__(self, path: Path, most: int = MOST_LETTERS) -> None:
        """Take the place of the present file.

        Args:
            path: As `letters_path` names it; it need not exist.
            most: How many heads are kept; older ones are counted.
        """
        self._path = path
        self._most = most
        self._start_over()

    def read(self, *, again: bool = False) -> Shelf:
        """Read what has come since the last time, or `again` everything.

        Cost: the bytes that are read; 64 MB take about half a second.

        Raises:
            StoreError: A file cannot be read.
        """
        try:
            with _Files(self._path) as files:
                if again or files.ids != self._ids or files.size < self._read_to:
                    self._start_over()
                    self._take(files.older, 0)
                    self._ids = files.ids
                self._read_to = self._take(files.present, self._read_to)
        except OSError as exc:
            raise _failed("read", self._path, exc) from exc
        kept = tuple(self._heads)
        return Shelf(kept, self._count - len(kept), self._damaged)

    def load(self, place: Place) -> Letter | None:
        """Read a whole letter; None if it is not there any more.

        Raises:
            StoreError: A file cannot be read.
        """
        line = self.line(place)
        return None if line is None else read_letter(line)

    def line(self, place: Place) -> bytes | None:
        """Give the line of a letter; None if it is not there any more.

        Raises:
            StoreError: A file cannot be read.
        """
        try:
            with _Files(self._path) as files:
                for file in files.both:
                    line = _line_at(file, place)
                    if _digest(line) == place.digest:
                        return line
        except OSError as exc:
            raise _failed("read", self._path, exc) from exc
        return None

    def settle(self, places: Sequence[Place]) -> list[Place]:
        """Take letters out; until `wipe` they can be put back. Returns those that were there.

        Raises:
            StoreError: A file cannot be written; some may have been taken out.
        """
        done = self._mark(places, b"{", SETTLED)
        gone = set(done)
        self._count -= len(gone)
        self._heads = deque([head for head in self._heads if head.place not in gone], self._most)
        return done

    def restore(self, places: Sequence[Place]) -> list[Place]:
        """Put settled letters back that are not wiped yet; returns those that are there again.

        Raises:
            StoreError: A file cannot be written; some may have been put back.
        """
        self._start_over()  # they lie among others
        return self._mark(places, SETTLED, b"{")

    def wipe(self, places: Sequence[Place]) -> None:
        """Blank what is left of settled letters, but for their time, and let an empty file go.

        Raises:
            StoreError: A file cannot be written.
        """
        try:
            with _Files(self._path, "r+b") as files:
                for file in files.both:
                    for place in places:
                        _blank(file, place)
                    os.fsync(file.fileno())
            self._drop_empty()
        except OSError as exc:
            raise _failed("written", self._path, exc) from exc

    def tidy(self) -> None:
        """Wipe what a run that ended too early has settled and not wiped.

        Raises:
            StoreError: A file cannot be read or written.
        """
        try:
            with _Files(self._path) as files:
                left = [place for file in files.both for place in _unwiped(file)]
        except OSError as exc:
            raise _failed("read", self._path, exc) from exc
        if left:
            self.wipe(left)

    def _start_over(self) -> None:
        self._heads: deque[LetterHead] = deque(maxlen=self._most)
        self._count = self._damaged = self._read_to = 0
        self._ids: tuple[FileId, FileId] = (None, None)

    def _take(self, file: FileIO | None, start: int) -> int:
        """Read the letters of a file from a line on; returns where the next line begins."""
        if file is None:
            return 0
        file.seek(start)
        at = start
        lines = BufferedReader(file)
        for line in lines:
            if not line.endswith(b"\n"):  # still being written, or cut off for ever
                break
            self._take_line(line[:-1], at)
            at += len(line)
        lines.detach()  # else the file would be closed with it
        return at

    def _take_line(self, line: bytes, at: int) -> None:
        if not line or line.startswith(SETTLED):
            return
        letter = read_letter(line)
        if letter is None:
            self._damaged += 1
            return
        self._count += 1
        self._heads.append(head_of(letter, Place(at, len(line), _digest(line))))

    def _mark(self, places: Sequence[Place], before: bytes, after: bytes) -> list[Place]:
        left = dict.fromkeys(places)
        try:
            with _Files(self._path, "r+b") as files:
                for file in files.both:
                    found = [place for place in left if _lies(file, place, before)]
                    for place in found:
                        file.seek(place.offset)
                        file.write(after)
                    os.fsync(file.fileno())
                    for place in found:
                        del left[place]
        except OSError as exc:
            raise _failed("written", self._path, exc) from exc
        return [place for place in dict.fromkeys(places) if place not in left]

    def _drop_empty(self) -> None:
        """Delete the older file if all its letters are settled; nobody writes into it any more."""
        older = older_of(self._path)
        if not older.exists():
            return
        try:
            lock = FileLock(lock_of(self._path))  # else it may be another file when it is deleted
        except OSError:
            return
        try:
            with older.open("rb") as file:
                is_empty = all(line.startswith((SETTLED, b"\n")) for line in file)
            if is_empty:
                older.unlink()
        finally:
            lock.release()


def count_letters(path: Path) -> int:
    """Count the letters of an action without looking into them; 0 where no file can be read.

    Args:
        path: As `letters_path` names it.
    """
    count = 0
    try:
        with _Files(path) as files:
            for file in files.both:
                lines = BufferedReader(file)
                count += sum(line.startswith(b"{") and line.endswith(b"\n") for line in lines)
                lines.detach()
    except OSError:
        return 0
    return count


class _Files:
    """Both files of an action, opened: the present one may become the older one at any moment.

    It is opened first: then a letter that moves with it is in one of the two.
    """

    def __init__(self, path: Path, mode: str = "rb") -> None:
        self.older: FileIO | None = None
        self.present = _opened(path, mode)
        try:
            self.older = _opened(older_of(path), mode)
        except OSError:
            self.close()
            raise
        if self.older is not None and _id(self.older) == _id(self.present):
            self.older.close()
            self.older = None

    def __enter__(self) -> _Files:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        for file in self.both:
            file.close()

    @property
    def both(self) -> list[FileIO]:
        """Those that are there."""
        return [file for file in (self.present, self.older) if file is not None]

    @property
    def ids(self) -> tuple[FileId, FileId]:
        """What tells whether these are the files of another time."""
        return _id(self.present), _id(self.older)

    @property
    def size(self) -> int:
        return 0 if self.present is None else os.fstat(self.present.fileno()).st_size


def _opened(path: Path, mode: str) -> FileIO | None:
    try:
        return FileIO(path, mode)
    except FileNotFoundError:
        return None


def _id(file: FileIO | None) -> FileId:
    if file is None:
        return None
    found = os.fstat(file.fileno())
    file.seek(1)
    return found.st_dev, found.st_ino, file.read(_TIME_BYTES) or b""


def _line_at(file: FileIO, place: Place) -> bytes:
    file.seek(place.offset)
    return file.read(place.length) or b""


def _lies(file: FileIO, place: Place, start: bytes) -> bool:
    """Tell whether a letter lies at its place, with this as its first byte."""
    line = _line_at(file, place)
    return line.startswith(start) and _digest(b"{" + line[1:]) == place.digest


def _unwiped(file: FileIO) -> list[Place]:
    """Find settled letters of which more than the time is left."""
    found: list[Place] = []
    at = 0
    lines = BufferedReader(file)
    for line in lines:
        whole = b"{" + line[1:].rstrip(b"\n")
        if line.startswith(SETTLED) and read_letter(whole) is not None:
            found.append(Place(at, len(whole), _digest(whole)))
        at += len(line)
    lines.detach()
    return found


def _blank(file: FileIO, place: Place) -> None:
    """Blank a settled letter, but for its time, by which the file's age is told."""
    if not _lies(file, place, SETTLED):
        return
    time_end = _line_at(file, place).find(_TIME_END, 0, _LONGEST_TIME) + 1
    file.seek(place.offset + max(time_end, 1))
    file.write(b" " * (place.length - max(time_end, 1)))


def _digest(line: bytes) -> bytes:
    return hashlib.blake2b(line, digest_size=16).digest()


def _failed(what: str, path: Path, exc: OSError) -> StoreError:
    return StoreError(
        f"The dead letters in {path} cannot be {what}: {exc.strerror or exc}.",
        path=str(path),
        hint="Look at the rights of the file and of its folder.",
    )
