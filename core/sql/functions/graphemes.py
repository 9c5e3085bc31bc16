"""Grapheme clusters: what a reader takes for one character.

A text of ASCII characters without a carriage return has one cluster for each character; the
functions take the short way then.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import regex

from core.sql.values import EvalError

_CLUSTER: Final = regex.compile(r"\X", regex.V1)

# Below this no character extends the one before it, and below the other none binds the next one.
_FIRST_EXTENDING: Final = "\u0300"
_FIRST_BINDING: Final = "\u0600"


def is_plain(text: str) -> bool:
    """Tell whether every character of the text is surely a cluster of its own."""
    return text.isascii() and "\r" not in text


def clusters(where: str, text: str) -> list[str]:
    """Split text into grapheme clusters.

    Raises:
        EvalError: The text holds bytes that are no UTF-8; `where` begins the sentence.
    """
    if is_plain(text):
        return list(text)
    check_utf8(where, text)
    return _CLUSTER.findall(text)


def count_clusters(where: str, text: str) -> int:
    """Count grapheme clusters.

    Raises:
        EvalError: The text holds bytes that are no UTF-8; `where` begins the sentence.
    """
    return len(text) if is_plain(text) else len(clusters(where, text))


def check_utf8(where: str, text: str) -> None:
    """Refuse text with bytes that are no UTF-8.

    Raises:
        EvalError: It holds some; `where` begins the sentence.
    """
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as exc:
            raise EvalError(f"{where}: the text holds bytes that are no UTF-8") from exc


def ends_cluster(text: str, end: int) -> bool:
    """Tell whether a match that ends before `text[end]` ends at a cluster boundary.

    Its last character must not bind what follows: a carriage return the line feed, a letter its
    accent.
    """
    if end >= len(text):
        return True
    last, following = text[end - 1], text[end]
    if last < _FIRST_BINDING and following < _FIRST_EXTENDING:
        return not (last == "\r" and following == "\n")
    found = _CLUSTER.match(last + following)
    return found is not None and found.end() == 1


def occurrences(text: str, part: str, *, overlapping: bool = False) -> Iterator[tuple[int, int]]:
    """Yield where a part that is not empty stands in a text, as (start, end).

    Code points are compared; a match must end at a cluster boundary.
    """
    start = text.find(part)
    while start >= 0:
        end = start + len(part)
        if ends_cluster(text, end):
            yield start, end
            start = text.find(part, start + 1 if overlapping else end)
        else:
            start = text.find(part, start + 1)


def last_occurrence(text: str, part: str) -> tuple[int, int] | None:
    """Return where a part that is not empty stands last in a text, as (start, end)."""
    start = text.rfind(part)
    while start >= 0:
        end = start + len(part)
        if ends_cluster(text, end):
            return start, end
        start = text.rfind(part, 0, end - 1)
    return None


def latin1_bytes(where: str, text: str) -> bytes:
    """Write each character as the byte of its code, as EMQX does with lists of code points.

    Raises:
        EvalError: A character is above U+00FF; `where` begins the sentence.
    """
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError as exc:
        raise EvalError(f"{where}: characters above U+00FF are not supported here") from exc
