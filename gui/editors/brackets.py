"""Which brackets belong together."""

from __future__ import annotations

from typing import Final

from core.sql.lexer import Kind, scan
from core.sql.source import Source

_OPEN: Final = {Kind.LPAR: Kind.RPAR, Kind.LSQB: Kind.RSQB}
_CLOSE: Final = frozenset(_OPEN.values())
_LONGEST: Final = 20_000


def bracket_pair(text: str, offset: int) -> tuple[int, ...]:
    """Find the bracket at a cursor and its partner; none where there is no bracket or partner.

    Brackets in strings, quoted names and comments are text.

    Args:
        text: The statement; beyond 20,000 characters nothing is matched.
        offset: The cursor, in characters; the bracket before it counts before the one behind it.
    """
    if len(text) > _LONGEST or not _is_near_bracket(text, offset):
        return ()
    pairs: dict[int, int] = {}
    opened: list[tuple[Kind, int]] = []
    for token in scan(Source(text)):
        if token.kind in _OPEN:
            opened.append((_OPEN[token.kind], token.span.start))
        elif token.kind in _CLOSE:
            if not opened or opened[-1][0] is not token.kind:
                break
            start = opened.pop()[1]
            pairs |= {start: token.span.start, token.span.start: start}
    here = next((place for place in (offset - 1, offset) if place in pairs), None)
    return () if here is None else (here, pairs[here])


def _is_near_bracket(text: str, offset: int) -> bool:
    return any(sign in "()[]" for sign in text[max(offset - 1, 0) : offset + 1])
