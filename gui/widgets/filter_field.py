"""A field that filters what is shown while it is typed into."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from gui.theme import current
from gui.widgets.fields import LineField

_ICON: Final = 14
_LEFT: Final = 9
_TEXT: Final = 20


class FilterField(LineField):
    """A small field with a funnel in front; Esc empties it."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        """Make it; `name` tells what is filtered."""
        super().__init__(name, small=True, placeholder=name, parent=parent)
        self.setTextMargins(_TEXT, 0, 0, 0)
        current().changed.connect(self.update)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Empty the field by Esc."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the funnel over what the style has painted."""
        super().paintEvent(event)
        place = QRect(_LEFT, (self.height() - _ICON) // 2, _ICON, _ICON)
        current().icon("filter", "text2", _ICON).paint(QPainter(self), place)
