"""Payloads with long texts in them, such as pictures: folded to be edited, unfolded to be sent.

An editor cannot hold a line of a million characters. Each long text of a JSON document is shown as
a short one that says how long it is; it can be moved and removed, and stands for the whole text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import msgspec

from core.sql.json_text import NOT_JSON
from gui.viewmodels.words import number, tr

MOST_EDITED: Final = 100_000
"""Characters that an editor takes without holding the window up."""

_LONGEST: Final = 2_000
_MOST_LAID_OUT: Final = 8 << 20
_LONG_TEXT: Final = re.compile(rf'"(?:[^"\\]|\\.){{{_LONGEST},}}"')


@dataclass(frozen=True, slots=True)
class Folded:
    """A text with stand-ins.

    Attributes:
        text: What is shown.
        parts: The long texts, with their quotes, by their stand-ins.
        is_cut: It is still too long to be edited: only its beginning is shown.
    """

    text: str
    parts: tuple[tuple[str, str], ...] = ()
    is_cut: bool = False

    def unfold(self, text: str) -> str:
        """Put the long texts back into a text that was made of this one."""
        for stand_in, part in self.parts:
            text = text.replace(stand_in, part)
        return text


def fold(text: str) -> Folded:
    """Lay JSON out over lines and fold its long texts; other text stays as it is.

    Cost: some 20 ms for a megabyte.
    """
    parts: list[tuple[str, str]] = []

    def stand_in(found: re.Match[str]) -> str:
        words = tr("{count} characters, part {number}")
        words = words.format(count=number(len(found[0]) - 2), number=len(parts) + 1)
        parts.append((f'"\N{HORIZONTAL ELLIPSIS} {words}"', found[0]))
        return parts[-1][0]

    shown = text
    if len(text) > _LONGEST:
        shown = _LONG_TEXT.sub(stand_in, text)
    if any(text.count(short) for short, _ in parts):  # it says so itself: nothing can stand for it
        shown, parts = text, []
    try:
        if len(shown) <= _MOST_LAID_OUT:
            msgspec.json.decode(shown)
            shown = msgspec.json.format(shown, indent=2)
    except NOT_JSON:
        pass  # shown as it is
    if len(shown) > MOST_EDITED:
        return Folded(shown[:_LONGEST], (), is_cut=True)
    return Folded(shown, tuple(parts))
