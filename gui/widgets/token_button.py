"""A name in code on a quiet ground: a field or a topic, to be copied or taken by a click."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from gui.theme import current, set_face

_HEIGHT: Final = 24
_DRAWN: Final = 22
_PADDING: Final = 8


class TokenButton(QAbstractButton):
    """22 high as drawn; 24 answer to the pointer."""

    def __init__(self, text: str, name: str, parent: QWidget | None = None) -> None:
        """Make it; `name` is what a screen reader says that it does."""
        super().__init__(parent)
        self.setText(text)
        self.setAccessibleName(name)
        self.setToolTip(name)
        set_face(self, "code_small")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        current().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Take the room of the name."""
        width = QFontMetrics(self.font()).horizontalAdvance(self.text())
        return QSize(width + 2 * _PADDING, _HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press by Enter, too."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground, name and ring."""
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(0, (self.height() - _DRAWN) / 2, self.width(), _DRAWN)
        radius = theme.size("radius.s")
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("idle_bg"))
        painter.drawRoundedRect(rect, radius, radius)
        if self.hasFocus() or self.underMouse():
            is_focus = self.hasFocus()
            width = theme.size("line.focus") if is_focus else 1
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("focus" if is_focus else "border_control"), width))
            inner = rect.adjusted(width / 2, width / 2, -width / 2, -width / 2)
            painter.drawRoundedRect(inner, radius, radius)
        painter.setPen(theme.colour("syntax.path"))
        painter.setFont(self.font())
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self.text())
