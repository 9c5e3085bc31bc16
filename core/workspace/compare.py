"""What differs between two versions of a file, as lines to read. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, cast

from core.workspace.edit import literal
from core.workspace.plain import SECRET_KEYS

Sign: TypeAlias = Literal["same", "removed", "added", "gap"]
Mark: TypeAlias = tuple[int, int]

_TOKEN: Final = re.compile(r"\"[^\"]*\"|'[^']*'|\w+|\s+|.")
_REFERENCE: Final = re.compile(r"(secret|env|file):")
_HIDDEN: Final = '"(hidden)"'


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of a comparison.

    Attributes:
        sign: What has become of it; `gap` stands for lines that are left out.
        text: The line, without its end.
        number: Its place in its own version, from 1; None where lines have no numbers.
        mark: The part that a line in the other version has otherwise, as [start, end).
    """

    sign: Sign
    text: str
    number: int | None = None
    mark: Mark = (0, 0)


@dataclass(frozen=True, slots=True)
class OptionDiff:
    """One option of a table that is not the same; `path` starts at the table."""

    path: tuple[str, ...]
    lines: tuple[DiffLine, ...]


def compare_texts(before: str, after: str, *, lead: int = 1, tail: int = 0) -> tuple[DiffLine, ...]:
    """Compare two texts line by line.

    Args:
        before: One version.
        after: The other.
        lead: How many equal lines to show before each difference.
        tail: How many to show after it.
    """
    old, new = before.splitlines(), after.splitlines()
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    places = [code[1:] for code in matcher.get_opcodes() if code[0] != "equal"]
    lines: list[DiffLine] = []
    shown = 0  # of `new`
    for at, (start, end, new_start, new_end) in enumerate(places):
        from_line = max(shown, new_start - lead)
        if lines and from_line > shown:
            lines.append(DiffLine("gap", ""))
        lines += [DiffLine("same", new[n], n + 1) for n in range(from_line, new_start)]
        lines += _replaced(old[start:end], new[new_start:new_end], start, new_start)
        following = places[at + 1][2] if at + 1 < len(places) else len(new)
        shown = min(following, new_end + tail)
        lines += [DiffLine("same", new[n], n + 1) for n in range(new_end, shown)]
    return tuple(lines)


def compare_tables(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> tuple[OptionDiff, ...]:
    """Compare two versions of a table of the file, option by option.

    Args:
        before: As plain data; None where there was none.
        after: Likewise.

    Returns:
        The options that differ, in the order of the file. Texts of several lines, and SQL, are
        compared line by line; anything else as `path = value`. Plain secrets are not shown.
    """
    old, new = dict(_options(before or {})), dict(_options(after or {}))
    found: list[OptionDiff] = []
    for path in (*new, *(path for path in old if path not in new)):
        if old.get(path, _NOTHING) != new.get(path, _NOTHING):
            lines = tuple(_option(path, old.get(path, _NOTHING), new.get(path, _NOTHING)))
            found.append(OptionDiff(path, lines))
    return tuple(found)


_NOTHING: Final = object()


def _options(table: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[Any, Any]]:
    for key, value in table.items():
        if isinstance(value, Mapping) and value:
            yield from _options(cast("Mapping[str, Any]", value), (*path, key))
        else:
            yield (*path, key), value


def _option(path: tuple[str, ...], old: Any, new: Any) -> Iterator[DiffLine]:
    texts = [value for value in (old, new) if isinstance(value, str)]
    is_text = path == ("sql",) or any("\n" in text.strip("\n") for text in texts)
    if is_text and len(texts) + (old is _NOTHING) + (new is _NOTHING) == 2:
        if path != ("sql",):
            yield DiffLine("same", f"{'.'.join(path)}:")
        before, after = ("" if value is _NOTHING else value for value in (old, new))
        yield from compare_texts(before.strip("\n"), after.strip("\n"))
        return
    before, after = ([] if v is _NOTHING else [_assignment(path, v)] for v in (old, new))
    yield from _replaced(before, after)


def _assignment(path: tuple[str, ...], value: Any) -> str:
    is_secret = path[-1] in SECRET_KEYS and not _REFERENCE.match(str(value))
    return f"{'.'.join(path)} = {_HIDDEN if is_secret else literal(value)}"


def _replaced(
    old: list[str], new: list[str], start: int | None = None, new_start: int | None = None
) -> Iterator[DiffLine]:
    """Show lines and those in their place; as many on both sides are compared in pairs."""
    pairs = list(zip(old, new, strict=True)) if len(old) == len(new) else []
    marks = [_marks(*pair) for pair in pairs]
    for at, text in enumerate(old):
        number = None if start is None else start + at + 1
        yield DiffLine("removed", text, number, marks[at][0] if marks else (0, 0))
    for at, text in enumerate(new):
        number = None if new_start is None else new_start + at + 1
        yield DiffLine("added", text, number, marks[at][1] if marks else (0, 0))


def _marks(old: str, new: str) -> tuple[Mark, Mark]:
    """Find what differs between the words that two lines begin and end with in common."""
    left, right = _TOKEN.findall(old), _TOKEN.findall(new)
    start = _common(left, right)
    end = _common(left[start:][::-1], right[start:][::-1])
    before = len("".join(left[:start]))
    after = len("".join(left[len(left) - end :]))
    if not before + after:
        return (0, 0), (0, 0)  # nothing in common: the whole lines are others
    return (before, len(old) - after), (before, len(new) - after)


def _common(left: list[str], right: list[str]) -> int:
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count
