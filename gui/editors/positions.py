"""Offsets of Python's texts and positions of Qt's documents, which count UTF-16 units."""

from __future__ import annotations


def to_qt(text: str, offset: int) -> int:
    """Turn an offset in characters into a position of Qt's. Cost: O(offset)."""
    return units(text[:offset])


def from_qt(text: str, position: int) -> int:
    """Turn a position of Qt's into an offset in characters. Cost: O(position)."""
    if text.isascii():
        return min(position, len(text))
    data = text.encode("utf-16-le", "surrogatepass")[: 2 * position]
    return len(data.decode("utf-16-le", "replace"))


def units(text: str) -> int:
    """Count what Qt counts: characters beyond the basic plane are two."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
