"""The text of a statement, cleaned up as EMQX does it before reading, with the way back.

Everything that reads a statement works on `Source.clean`; every span it reports is translated to
the text as the user wrote it.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Final

from core.errors import Span, SqlSyntaxError

MAX_STATEMENT_BYTES: Final = 64 * 1024
"""The longest statement that is read, in bytes of UTF-8."""

_TRIMMED = " \r\n"
_JOINT = "\n/"


class Source:
    """A statement's text as given (`text`) and as it is read (`clean`).

    Clean-up removes spaces, CR and LF at both ends, and every LF that is followed by `/` together
    with that `/`, also inside quotes.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        lead = len(text) - len(text.lstrip(_TRIMMED))
        trimmed = text.strip(_TRIMMED)
        self.clean = trimmed.replace(_JOINT, "")
        # Clean offsets from _starts[i] on are _shifts[i] characters further right in the text.
        self._starts = [0]
        self._shifts = [lead]
        if len(self.clean) != len(trimmed):
            self._map_joints(trimmed, lead)
        self._lines: list[int] | None = None

    def _map_joints(self, trimmed: str, lead: int) -> None:
        removed = 0
        at = trimmed.find(_JOINT)
        while at >= 0:
            removed += len(_JOINT)
            self._starts.append(at + len(_JOINT) - removed)
            self._shifts.append(lead + removed)
            at = trimmed.find(_JOINT, at + len(_JOINT))

    def offset(self, index: int) -> int:
        """Return where the character at `index` of the clean text stands in the given text."""
        return index + self._shifts[bisect_right(self._starts, index) - 1]

    def span(self, start: int, end: int) -> Span:
        """Return the span, in the given text, of `[start, end)` of the clean text."""
        first = self.offset(start)
        last = self.offset(end - 1) + 1 if end > start else first
        return self.span_of_text(first, last)

    def end(self) -> Span:
        """Return the empty span behind the last character that is read."""
        behind = self.offset(len(self.clean) - 1) + 1 if self.clean else len(self.text)
        return self.span_of_text(behind, behind)

    def span_of_text(self, start: int, end: int) -> Span:
        """Return a span of `[start, end)` of the given text."""
        if self._lines is None:
            self._lines = _line_starts(self.text)
        line = bisect_right(self._lines, start)
        return Span(start, end, line, start - self._lines[line - 1] + 1)

    def require_readable(self) -> None:
        """Refuse a text that cannot be a statement whatever it says.

        Raises:
            SqlSyntaxError: It is empty, no Unicode text, or longer than 64 KiB.
        """
        try:
            size = len(self.text.encode())
        except UnicodeEncodeError as error:
            raise SqlSyntaxError(
                "The statement holds a character that is no Unicode text",
                span=self.span_of_text(error.start, error.end),
                hint="Type the character again, or save the file as UTF-8.",
            ) from None
        if size > MAX_STATEMENT_BYTES:
            raise SqlSyntaxError(
                f"The statement has {size:,} bytes; the limit is {MAX_STATEMENT_BYTES:,}",
                span=self.span_of_text(0, 0),
                hint="Split the work over several rules.",
            )
        if not self.clean:
            raise SqlSyntaxError(
                "The statement is empty",
                span=self.end(),
                expected=("SELECT", "FOREACH"),
                hint='Begin with: SELECT * FROM "t/#"',
            )


def _line_starts(text: str) -> list[int]:
    starts = [0]
    at = text.find("\n")
    while at >= 0:
        starts.append(at + 1)
        at = text.find("\n", at + 1)
    return starts
