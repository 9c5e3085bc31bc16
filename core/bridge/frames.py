"""Entries of a segment file: framed with number and checksum, so that damage stays where it is."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Final, NamedTuple

_MAGIC: Final = b"\xc5SG1"
_HEADER: Final = struct.Struct("<4sIIQ")  # magic, length, checksum of number and content, number
_NUMBER: Final = struct.Struct("<Q")
_LONGEST: Final = 256 << 20  # the longest message of MQTT, which is the longest payload
_READ_BYTES: Final = 1 << 18
FRAME_BYTES: Final = _HEADER.size
"""What an entry takes in its file beside its content."""


class Entry(NamedTuple):
    """One entry of a file."""

    number: int
    content: bytes


def frame(number: int, content: bytes) -> bytes:
    """Wrap an entry for its file."""
    checksum = zlib.crc32(content, zlib.crc32(_NUMBER.pack(number)))
    return _HEADER.pack(_MAGIC, len(content), checksum, number) + content


class FrameReader:
    """Reads the entries of one file, which may still grow, and passes over what is damaged.

    Attributes:
        path: The file.
        skipped: Damaged bytes passed over since the last entry.
        at: Offset of the next entry in the file.
    """

    def __init__(self, path: Path, offset: int = 0) -> None:
        """Open the file at the start of an entry.

        Raises:
            OSError: It cannot be opened.
        """
        self.path = path
        self.skipped = 0
        self.at = offset
        self._file = path.open("rb", 0)
        self._file.seek(offset)
        self._data = b""
        self._from = 0  # of the next entry in `_data`

    def next(self) -> Entry | None:
        """Give the next entry; None when the file has no more, as of now.

        `skipped` then tells how many bytes before it, or before the end, are damaged.

        Raises:
            OSError: The file cannot be read.
        """
        self.skipped = 0
        damaged = 0
        while self._has(FRAME_BYTES + damaged):
            start = self._from + damaged
            magic, length, checksum, number = _HEADER.unpack_from(self._data, start)
            if magic == _MAGIC and length <= _LONGEST and self._has(damaged + FRAME_BYTES + length):
                start = self._from + damaged + FRAME_BYTES
                content = self._data[start : start + length]
                if zlib.crc32(content, zlib.crc32(_NUMBER.pack(number))) == checksum:
                    self._pass(damaged + FRAME_BYTES + length)
                    self.skipped = damaged
                    return Entry(number, content)
            damaged = self._next_magic(damaged + 1)
        self.skipped = len(self._data) - self._from
        return None

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _has(self, wanted: int) -> bool:
        """Tell whether so many bytes are there, reading on where that takes it."""
        while len(self._data) - self._from < wanted:
            more = self._file.read(max(_READ_BYTES, wanted - len(self._data) + self._from))
            if not more:
                return False
            self._data = self._data[self._from :] + more
            self._from = 0
        return True

    def _pass(self, count: int) -> None:
        self._from += count
        self.at += count

    def _next_magic(self, damaged: int) -> int:
        """Find the next place that an entry could begin at, counted from the last good one."""
        while True:
            found = self._data.find(_MAGIC, self._from + damaged)
            if found >= 0:
                return found - self._from
            # The sign may be cut by the end of what was read.
            damaged = max(damaged, len(self._data) - self._from - len(_MAGIC) + 1)
            if not self._has(len(self._data) - self._from + 1):
                return damaged
