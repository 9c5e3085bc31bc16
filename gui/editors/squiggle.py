"""The wave below what is wrong."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

_AMPLITUDE: Final = 2.0
_PERIOD: Final = 6.0


def paint_squiggle(
    painter: QPainter, left: float, right: float, middle: float, colour: QColor
) -> None:
    """Paint a wave of 1 px from left to right around a height."""
    path = QPainterPath(QPointF(left, middle))
    x, sign = left, -1.0
    while x < right:
        end = min(x + _PERIOD / 2, right)
        path.quadTo(QPointF((x + end) / 2, middle + sign * _AMPLITUDE), QPointF(end, middle))
        x, sign = end, -sign
    painter.save()
    painter.setPen(QPen(colour, 1))
    painter.drawPath(path)
    painter.restore()
