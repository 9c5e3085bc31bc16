"""Code to read that is as high as its lines; a card around it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QTextOption
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from gui.widgets.code_view import CodeView, Language
from gui.widgets.frames import Card

_HIGHEST: Final = 220
_SIDE: Final = 10


class FittedCode(CodeView):
    """Lines are broken where the room ends; long code scrolls."""

    def __init__(self, name: str, language: Language, *, margin: int = 7) -> None:
        """Make it; `margin` is above and below the text."""
        super().__init__(name, language)
        self.document().setDocumentMargin(margin)
        self.setViewportMargins(_SIDE - margin, 0, _SIDE - margin, 0)
        self.setLineWrapMode(CodeView.LineWrapMode.WidgetWidth)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    @Slot()
    def _fit(self) -> None:
        height = round(self.document().size().height())
        is_long = height > _HIGHEST
        policy = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(
            policy.ScrollBarAsNeeded if is_long else policy.ScrollBarAlwaysOff
        )
        self.setFixedHeight(min(height, _HIGHEST))


def boxed(view: QWidget) -> Card:
    """Put a view into a card."""
    card = Card()
    column = QVBoxLayout(card)
    column.setContentsMargins(1, 1, 1, 1)
    column.addWidget(view)
    return card
