"""A result's tag of 22: the shape of an outcome and its word on the state's quiet ground."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import current, set_face

_HEIGHT: Final = 22
_PADDING: Final = 8
_SHAPE: Final = 12
_GAP: Final = 6


class OutcomeTag(QWidget):
    """Passed, no match, failed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._status, self._word = "no_result", ""
        set_face(self, "small", 500)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        current().changed.connect(self.update)

    def show_outcome(self, status: str, word: str) -> None:
        """Show another outcome; `status` names a state."""
        self._status, self._word = status, word
        self.setAccessibleName(word)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Take the room of the word."""
        width = QFontMetrics(self.font()).horizontalAdvance(self._word)
        return QSize(2 * _PADDING + _SHAPE + _GAP + width + 1, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground, shape and word."""
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        role = theme.state(self._status).colour
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(f"{role}_bg"))
        radius = theme.size("radius.s")
        painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
        shape = QRectF(_PADDING, (self.height() - _SHAPE) / 2, _SHAPE, _SHAPE)
        theme.paint_state(painter, shape, self._status, f"{role}_bg")
        painter.setPen(theme.colour(role))
        painter.setFont(self.font())
        box = self.rect().adjusted(_PADDING + _SHAPE + _GAP, 0, 0, 0)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, self._word)
