"""Which documents are open and how the two halves of the centre lie, as it is remembered."""

from __future__ import annotations

import msgspec


class HalfLayout(msgspec.Struct, frozen=True):
    """The documents of one half by key, in the order of their tabs, and the one in front."""

    keys: tuple[str, ...] = ()
    shown: str = ""


class DocumentsLayout(msgspec.Struct, frozen=True, omit_defaults=True):
    """Both halves; without documents in the second one there is but the first.

    `sizes` are the pixels of each in the direction in which they follow each other.
    """

    first: HalfLayout = HalfLayout()
    second: HalfLayout = HalfLayout()
    is_second_used: bool = False
    is_below: bool = False
    sizes: tuple[int, ...] = ()
