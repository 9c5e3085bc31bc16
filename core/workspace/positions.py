"""Lines of the keys of a TOML document: parsers tell values, people look for places."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

Path: TypeAlias = tuple[str | int, ...]
"""Keys, and indexes of arrays, from the top of the document."""

_BLANKS: Final = re.compile(r"[ \t]*")
_FILLING: Final = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")
_STRING: Final = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_BARE_VALUE: Final = re.compile(r"[^,\]}#\n]*")


TOP: Final[Path] = tuple[str | int, ...]()
"""The path of the whole document."""


def child(path: Path, part: str | int) -> Path:
    """Return the path of what is below `path`."""
    return (*path, part)


@dataclass(frozen=True, slots=True)
class Lines:
    """Line of each key and array element."""

    by_path: Mapping[Path, int] = field(default_factory=dict[Path, int])

    def of(self, path: Path) -> int | None:
        """Tell the line of a path, or of the nearest part of it that stands in the document."""
        for length in range(len(path), 0, -1):
            line = self.by_path.get(path[:length])
            if line is not None:
                return line
        return None


NO_LINES: Final = Lines()


def find_lines(text: str) -> Lines:
    """Scan a document for the lines of its keys.

    Args:
        text: A document that `tomllib` accepts; for others the result means nothing.

    Cost: O(length of the text).
    """
    return Lines(_Scanner(text).scan())


@dataclass(frozen=True, slots=True)
class Spans:
    """Where keys and values stand in the text, as [start, end).

    Attributes:
        keys: Each writing of a key, in headers and assignments, in the order of the text.
        values: What is assigned to a key, and each element of an array.
    """

    keys: tuple[tuple[Path, int, int], ...]
    values: Mapping[Path, tuple[int, int]]


def find_spans(text: str) -> Spans:
    """Scan a document for its keys and values.

    Args:
        text: A document that `tomllib` accepts; for others the result means nothing.

    Cost: O(length of the text).
    """
    scanner = _Scanner(text)
    scanner.scan()
    return Spans(tuple(scanner.keys), scanner.values)


class _Scanner:
    """Walks over a correct document, remembering where each key and value begins and ends."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0
        self._line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._lines: dict[Path, int] = {}
        self._tables: dict[Path, int] = {}
        self.keys: list[tuple[Path, int, int]] = []
        self.values: dict[Path, tuple[int, int]] = {}

    def scan(self) -> dict[Path, int]:
        prefix = TOP
        self._skip(_FILLING)
        while self._position < len(self._text):
            if self._text.startswith("[[", self._position):
                prefix = self._header(2)
            elif self._text[self._position] == "[":
                prefix = self._header(1)
            else:
                self._pair(prefix)
            self._skip(_FILLING)
        return self._lines

    def _header(self, brackets: int) -> Path:
        line = self._line()
        self._position += brackets
        path = TOP
        keys = self._keys()
        for number, (key, start, end) in enumerate(keys, 1):
            path = child(path, key)
            self._lines.setdefault(path, line)
            self.keys.append((path, start, end))
            if number == len(keys) and brackets == 2:
                self._tables[path] = self._tables.get(path, 0) + 1
            if path in self._tables:
                path = child(path, self._tables[path] - 1)
                self._lines.setdefault(path, line)
        self._position += brackets
        return path

    def _pair(self, prefix: Path) -> None:
        line = self._line()
        path = prefix
        for key, start, end in self._keys():
            path = child(path, key)
            self._lines.setdefault(path, line)
            self.keys.append((path, start, end))
        self._position += 1  # the equals sign
        self._skip(_BLANKS)
        self._value(path)

    def _keys(self) -> list[tuple[str, int, int]]:
        """Read a dotted key and the blanks after it; tells where each part begins and ends."""
        keys: list[tuple[str, int, int]] = []
        while True:
            self._skip(_BLANKS)
            start = self._position
            if self._text[start] in "\"'":
                key = tomllib.loads("key=" + self._take(_STRING))["key"]
            else:
                key = self._take(_BARE_KEY)
            keys.append((key, start, self._position))
            self._skip(_BLANKS)
            if self._text[self._position] != ".":
                return keys
            self._position += 1

    def _value(self, path: Path) -> None:
        start = self._position
        sign = self._text[self._position]
        if sign in "\"'":
            self._skip(_STRING)
        elif sign == "[":
            self._array(path)
        elif sign == "{":
            self._inline_table(path)
        else:
            self._skip(_BARE_VALUE)
        self.values[path] = (start, self._position)

    def _array(self, path: Path) -> None:
        self._position += 1
        index = 0
        while self._at_item("]"):
            self._lines[(*path, index)] = self._line()
            self._value((*path, index))
            index += 1

    def _inline_table(self, path: Path) -> None:
        self._position += 1
        while self._at_item("}"):
            self._pair(path)

    def _at_item(self, end: str) -> bool:
        """Go to the next item; False, behind the closing bracket, after the last one."""
        self._skip(_FILLING)
        if self._text[self._position] == ",":
            self._position += 1
            self._skip(_FILLING)
        if self._text[self._position] == end:
            self._position += 1
            return False
        return True

    def _line(self) -> int:
        return bisect_right(self._line_starts, self._position)

    def _skip(self, pattern: re.Pattern[str]) -> None:
        self._take(pattern)

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._position)
        if match is None:
            return ""
        self._position = match.end()
        return match[0]
