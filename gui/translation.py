"""The language of the window: English as it is written in the code, or longer words to try it out.

`SLUICEGATE_LANGUAGE=pseudo` replaces every text that goes through a translation call by the same
words with accents, 15 % longer. What stays plain was forgotten, and what is cut has too little
room.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QCoreApplication, QTranslator

VARIABLE: Final = "SLUICEGATE_LANGUAGE"
PSEUDO: Final = "pseudo"

_GROWTH: Final = 0.15
_ACCENTS: Final = str.maketrans("aceinouyzACEINOUYZ", "áçéîñöúýžÁÇÉÎÑÖÚÝŽ")
_VOWELS: Final = frozenset("áéîöúýÁÉÎÖÚÝ")
_KEPT: Final = re.compile(r"\{[^{}]*\}|%n|%L?\d|&.|<[^<>]*>|\\n")


def lengthened(text: str) -> str:
    """Write a text with accents and 15 % longer; what stands for something else stays itself.

    That is `{name}`, `%n`, a mnemonic's letter with its mark, and tags. Words grow by their vowels,
    so that they still break where they did.
    """
    parts = _split(text)
    words = "".join(part for part, is_kept in parts if not is_kept)
    missing = math.ceil(_GROWTH * len(words))
    grown: list[str] = []
    for part, is_kept in parts:
        if is_kept:
            grown.append(part)
            continue
        for letter in part.translate(_ACCENTS):
            grows = missing > 0 and letter in _VOWELS
            missing -= grows
            grown.append(letter * (1 + grows))
    return "".join(grown) + "~" * missing


class PseudoTranslator(QTranslator):
    """Translates everything into longer English."""

    def isEmpty(self) -> bool:
        """Have Qt take it although it has read no file."""
        return False

    def translate(
        self,
        context: str,
        source: str,
        disambiguation: str | None = None,
        n: int = -1,
    ) -> str:
        """Lengthen a text; Qt fills in `%n` by itself."""
        return lengthened(source)


def install_language(app: QCoreApplication, environment: Mapping[str, str]) -> QTranslator | None:
    """Have the application speak what the environment asks for; returns what must be removed.

    To be called before the first widget is made.
    """
    if environment.get(VARIABLE) != PSEUDO:
        return None
    translator = PseudoTranslator(app)
    app.installTranslator(translator)
    return translator


def _split(text: str) -> list[tuple[str, bool]]:
    """Part a text into what is words and what is kept as it is."""
    parts: list[tuple[str, bool]] = []
    end = 0
    for found in _KEPT.finditer(text):
        parts += [(text[end : found.start()], False), (found.group(), True)]
        end = found.end()
    return [*parts, (text[end:], False)]
