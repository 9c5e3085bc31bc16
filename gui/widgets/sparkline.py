"""A sparkline: the course of one number in a few pixels, without axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from gui.theme import current

_WIDTH: Final = 1.5
_HEADROOM: Final = 0.55
"""How high a steady rate runs, so that it reads as a level and not as a border."""


def paint_sparkline(
    painter: QPainter, rect: QRectF, values: Sequence[float], most: int, role: str
) -> None:
    """Paint the newest values at the right end; nothing yet is a line at the bottom.

    Args:
        painter: With antialiasing.
        rect: Where.
        values: The newest last.
        most: How many fill the width.
        role: The name of the line's colour.
    """
    pen = QPen(current().colour(role), _WIDTH)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(QPolygonF(sparkline_points(rect, values, most)))


def sparkline_points(rect: QRectF, values: Sequence[float], most: int) -> list[QPointF]:
    """Place the points: the mean runs in the middle, 0 at the bottom unless all are far from it."""
    bottom = rect.bottom() - _WIDTH
    if not any(values):
        return [QPointF(rect.left(), bottom), QPointF(rect.right(), bottom)]
    shown = values[-most:]
    mean = sum(shown) / len(shown)
    reach = max(max(shown) - mean, mean - min(shown), mean * 0.25)
    height = rect.height() - 2 * _WIDTH
    step = rect.width() / max(most - 1, 1)
    first = rect.right() - step * (len(shown) - 1)
    middle = bottom - height * _HEADROOM
    scale = height * (1 - _HEADROOM) / reach
    return [
        QPointF(first + step * place, min(max(middle - (value - mean) * scale, rect.top()), bottom))
        for place, value in enumerate(shown)
    ]
