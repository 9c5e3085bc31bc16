"""A sparkline: the course of one number in a few pixels, without axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from gui.theme import current

_WIDTH: Final = 1.5
_COURSE: Final = (76, 22)
_LEAST_COURSE: Final = 36
_APART: Final = 3
"""How far points are apart, in pixels: nearer, the line would be a smear."""
_ABOVE_BOTTOM: Final = 2
"""Of the line that stands for nothing."""
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
    painter.setPen(_pen(role))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(QPolygonF(sparkline_points(rect, values, most)))


def sparkline_points(rect: QRectF, values: Sequence[float], most: int) -> list[QPointF]:
    """Place the points: the mean runs in the middle, 0 at the bottom unless all are far from it."""
    bottom = rect.bottom() - _WIDTH
    if not any(values):
        level = bottom - _ABOVE_BOTTOM
        return [QPointF(rect.left(), level), QPointF(rect.right(), level)]
    together = max(1, round(_APART * most / rect.width()))
    shown = _means(values[-most:], together)
    most = -(-most // together)
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


def _means(values: Sequence[float], together: int) -> list[float]:
    """Take the means of so many neighbours each, from the newest on."""
    starts = range(len(values) % together or together, len(values) + 1, together)
    parts = [values[max(0, end - together) : end] for end in starts]
    return [sum(part) / len(part) for part in parts]


class Course(QWidget):
    """The course of the values of something, between its least and its most."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        """Make it; `name` is what a screen reader calls it."""
        super().__init__(parent)
        self._values: Sequence[float] = ()
        self.setAccessibleName(name)
        self.setFixedHeight(_COURSE[1])
        self.setMaximumWidth(_COURSE[0])
        self.setMinimumWidth(_LEAST_COURSE)
        current().changed.connect(self.update)

    def show_values(self, values: Sequence[float]) -> None:
        """Show other values, the oldest at the left; none leaves it empty."""
        if values != self._values:
            self._values = values
            self.update()

    def sizeHint(self) -> QSize:
        """Ask for the width of the drawing, which gives way to longer words."""
        return QSize(*_COURSE)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the line."""
        if len(self._values) < 2:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(_pen("chart.s1"))
        painter.drawPolyline(QPolygonF(course_points(QRectF(self.rect()), self._values)))


def course_points(rect: QRectF, values: Sequence[float]) -> list[QPointF]:
    """Place the points: the most at the top, the least at the bottom, one level in the middle."""
    low, high = min(values), max(values)
    step = rect.width() / max(len(values) - 1, 1)
    inner = rect.adjusted(0, 2 * _WIDTH, 0, -2 * _WIDTH)
    scale = inner.height() / (high - low) if high > low else 0.0
    base = inner.bottom() if high > low else inner.center().y()
    return [
        QPointF(rect.left() + step * place, base - (value - low) * scale)
        for place, value in enumerate(values)
    ]


def _pen(role: str) -> QPen:
    pen = QPen(current().colour(role), _WIDTH)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen
