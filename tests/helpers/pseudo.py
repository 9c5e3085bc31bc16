"""A language that nobody speaks: the English words, 15 % longer, to see whether they still fit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from PySide6.QtCore import QCoreApplication, QTranslator
from PySide6.QtGui import QFontMetricsF

from gui.theme import current

LONGER: Final = 1.15
_FILL: Final = "\u00b7"


class PseudoTranslator(QTranslator):
    """Makes every text of ours 15 % wider in the font of the window; Qt's own stay as they are.

    Qt's own texts hold the names of keys, which are parsed.
    """

    def __init__(self) -> None:
        super().__init__()
        self._metrics = QFontMetricsF(current().font("body"))
        self._made: dict[str, str] = {}

    def isEmpty(self) -> bool:  # noqa: N802 - Qt's
        """Have Qt ask."""
        return False

    def translate(
        self, context: str, source: str, disambiguation: str | None = None, n: int = -1
    ) -> str:
        """Give the longer text; empty, which is the source text, for what is Qt's."""
        is_qt = context[:1] == "Q" and context[1:2].isupper()
        return "" if is_qt or not source.strip() else self._longer(source)

    def _longer(self, text: str) -> str:
        if text not in self._made:
            fill = self._metrics.horizontalAdvance(_FILL)
            missing = self._metrics.horizontalAdvance(text) * (LONGER - 1)
            self._made[text] = text + _FILL * -int(-missing // fill)
        return self._made[text]


@contextmanager
def pseudo_language() -> Iterator[None]:
    """Speak it; what is built meanwhile has the longer words."""
    translator = PseudoTranslator()
    QCoreApplication.installTranslator(translator)
    try:
        yield
    finally:
        QCoreApplication.removeTranslator(translator)
