"""Whole statements to begin with, and the parts of them that are to be written over."""

from __future__ import annotations

from typing import Final

SNIPPETS: Final = (
    (
        "SELECT … FROM … WHERE",
        'SELECT\n  «clientid, payload»\nFROM "«{topic}»"\nWHERE «qos >= 0»',
    ),
    (
        "FOREACH … DO … INCASE",
        "FOREACH «payload.list» as item\nDO\n  «item.name as name»\n"
        'INCASE «item.value > 0»\nFROM "«{topic}»"',
    ),
)
"""Names and patterns; « and » stand around each part, `{topic}` for a topic."""


def with_stops(pattern: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Take the marks out of a pattern, and tell where what they stood around is."""
    text, stops = "", list[tuple[int, int]]()
    for number, piece in enumerate(pattern.replace("»", "«").split("«")):
        if number % 2:
            stops.append((len(text), len(text) + len(piece)))
        text += piece
    return text, tuple(stops)
