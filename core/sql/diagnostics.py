"""Errors of a statement as text for a terminal: the line, a caret under the place, what to do."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable
from typing import Final, Literal

from core.errors import Span, SqlError

MAX_WIDTH: Final = 100
"""Terminal cells of a source line that are shown; longer lines are cut around the place."""

_TAB: Final = 4
_MAX_EXPECTED: Final = 8


def render(error: SqlError, sql: str) -> str:
    """Return the error as lines of text, without a line end behind the last.

    The first line is the message with line and column; then the source line, a caret line under
    the span (to the line's end if the span goes on), what was expected and the hint, as far as
    they are known.

    Args:
        error: Its span must point into `sql`.
        sql: The statement as the user wrote it.
    """
    if error.span is None:
        lines = [error.message]
    else:
        span = error.span
        lines = [f"line {span.line}, column {span.column}: {error.message}"]
        lines += underline(sql, span)
    if error.expected:
        lines.append(f"Expected: {join_words(error.expected)}.")
    if error.hint:
        lines.append(f"Hint: {error.hint}")
    return "\n".join(lines)


def underline(sql: str, span: Span) -> list[str]:
    """Return the span's first line with its number, and a line of carets under the span.

    Tabs become spaces, characters without a shape become a replacement character, and wide
    characters count as two cells, so that the carets stand under what they mean.
    """
    start = span.start - (span.column - 1)
    line_end = sql.find("\n", span.start)
    line = sql[start : line_end if line_end >= 0 else len(sql)].rstrip("\r")
    first = span.start - start
    last = max(first, min(span.end - start, len(line)))
    before, width_before = _shown(line[:first])
    marked, width = _shown(line[first:last])
    after, width_after = _shown(line[last:])
    if width_before + width + width_after > MAX_WIDTH:
        before, width_before = _cut(before, width_before, MAX_WIDTH // 2, keep_end=True)
        marked, width = _cut(marked, width, MAX_WIDTH // 2)
        room = max(MAX_WIDTH - width_before - width, MAX_WIDTH // 4)
        after, _ = _cut(after, width_after, room)
    margin = f"{span.line} | "
    indent = " " * (len(margin) - 2) + "| " + " " * width_before
    return [f"{margin}{before}{marked}{after}".rstrip(), indent + "^" * max(width, 1)]


def join_words(words: Iterable[str], last: Literal["or", "and"] = "or") -> str:
    """Join words for a sentence, `a, b or c`; more than eight end with `…`."""
    shown = list(words)
    if len(shown) > _MAX_EXPECTED:
        return ", ".join(shown[:_MAX_EXPECTED]) + " …"
    if len(shown) > 1:
        return f"{', '.join(shown[:-1])} {last} {shown[-1]}"
    return "".join(shown)


def nearest(name: str, candidates: Iterable[str], limit: int = 3) -> tuple[str, ...]:
    """Return the candidates that `name` may be a slip of, best first; case does not matter.

    Cost: O(number of candidates); for errors only, not for a hot path.
    """
    by_folded: dict[str, list[str]] = {}
    for candidate in candidates:
        by_folded.setdefault(candidate.lower(), []).append(candidate)
    folded = name.lower()
    bare = folded.replace("_", "")
    found = [key for key in sorted(by_folded) if key.replace("_", "") == bare]
    found += [
        key
        for key in difflib.get_close_matches(folded, sorted(by_folded), n=limit, cutoff=0.7)
        if key not in found
    ]
    names = [candidate for key in found for candidate in sorted(by_folded[key])]
    return tuple(candidate for candidate in names if candidate != name)[:limit]


def _shown(text: str) -> tuple[str, int]:
    """Return what a terminal shows for a text without line ends, and how many cells that takes."""
    shown = "".join(_glyph(character) for character in text)
    return shown, sum(map(_cells, shown))


def _glyph(character: str) -> str:
    if character == "\t":
        return " " * _TAB
    category = unicodedata.category(character)
    if category == "Zs":
        return " "
    # Control and format characters (also those that turn the writing direction), lone surrogates
    # and line separators would move the carets or break the line.
    return "\N{REPLACEMENT CHARACTER}" if category in {"Cc", "Cf", "Cs", "Zl", "Zp"} else character


def _cells(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def _cut(text: str, cells: int, width: int, *, keep_end: bool = False) -> tuple[str, int]:
    """Shorten a shown text to `width` cells, an ellipsis included, keeping its beginning or end."""
    if cells <= width:
        return text, cells
    kept: list[str] = []
    used = 1
    for character in reversed(text) if keep_end else text:
        if used + _cells(character) > width:
            break
        used += _cells(character)
        kept.append(character)
    return ("…" + "".join(reversed(kept)), used) if keep_end else ("".join(kept) + "…", used)
