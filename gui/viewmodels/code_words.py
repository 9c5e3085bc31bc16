"""Which words of a sentence about a statement are code, and what kind of it."""

from __future__ import annotations

import re
from typing import Final

from core.sql.functions import FUNCTIONS

_CODE: Final = re.compile(
    r"""'[^']*'|"[^"]*"|`[^`]+`|\$\{[^}]*\}|\b[a-z_][a-z_0-9]*\([^()]*\)|\b[a-z_][a-z_0-9.]*\b"""
)
_BEFORE: Final = re.compile(r"(?:[Ff]unction|mean|Use|or|,) $")


def code_words(text: str) -> dict[str, str]:
    """Find what is code in a sentence: each piece of it, and the name of its colour.

    Quoted text and calls are code anywhere; a bare word is where it names a function.
    """
    found: dict[str, str] = {}
    for match in _CODE.finditer(text):
        piece = match[0]
        name = piece.partition("(")[0]
        if piece[0] in "'\"`$":
            found[piece] = "text1"
        elif "(" in piece:
            found[piece] = "syntax.function" if name in FUNCTIONS else "text1"
        elif _BEFORE.search(text, 0, match.start()):
            if name in FUNCTIONS:
                found[piece] = "syntax.function"
            elif text[: match.start()].endswith("unction "):
                found[piece] = "text1"
    return found
