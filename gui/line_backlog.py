"""Lines from a child process, cut out of a byte stream and kept within bounds."""

from __future__ import annotations

from collections import deque
from typing import Final

MOST_LINES: Final = 5_000
MOST_LINE_BYTES: Final = 16 << 20


class LineBacklog:
    """Complete lines that wait to be worked through; expendable ones are left out under load.

    Attributes:
        skipped: Lines left out since the start.
    """

    def __init__(self, vital: tuple[bytes, ...], most: int = MOST_LINES) -> None:
        """Prepare.

        Args:
            vital: Beginnings of lines that are never left out.
            most: From how many waiting lines on the others are.
        """
        self._vital = vital
        self._most = most
        self._lines: deque[bytes] = deque()
        self._rest: list[bytes] = []
        self._rest_bytes = 0
        self.skipped = 0

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, data: bytes) -> None:
        """Take what has arrived; an unfinished last line waits for its end."""
        first, *others = data.split(b"\n")
        self._rest.append(first)
        self._rest_bytes += len(first)
        for part in others:
            self._finish_line()
            self._rest = [part]
            self._rest_bytes = len(part)
        if self._rest_bytes > MOST_LINE_BYTES:  # no line of ours: keep its beginning, to tell it by
            self._rest = [b"".join(self._rest)[:1_000]]

    def end(self) -> None:
        """Take an unfinished last line as it is."""
        self._finish_line()

    def pop(self) -> bytes:
        """Give the oldest line."""
        return self._lines.popleft()

    def _finish_line(self) -> None:
        line = b"".join(self._rest)
        self._rest = []
        self._rest_bytes = 0
        if not line.strip():
            return
        if len(self._lines) >= self._most and not line.startswith(self._vital):
            self.skipped += 1
        else:
            self._lines.append(line)
