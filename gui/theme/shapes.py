"""State shapes, painted on a 12 px grid: a state is told by shape and word, never colour alone."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

GRID = 12.0


def paint_shape(
    painter: QPainter, rect: QRectF, shape: str, colour: QColor, ground: QColor
) -> None:
    """Paint a shape into a square.

    Args:
        painter: Active; its state is kept.
        rect: Where; the 12 px grid is scaled to its width.
        shape: A name of the token table, such as `disc`.
        colour: Of the shape.
        ground: Behind it, for the mark in the triangle.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(rect.topLeft())
    painter.scale(rect.width() / GRID, rect.height() / GRID)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    match shape:
        case "disc":
            painter.drawEllipse(QPointF(6, 6), 4, 4)
        case "play":
            painter.setPen(_edge(colour, 1.4))
            painter.drawPolygon(QPolygonF([QPointF(3.2, 2), QPointF(9.8, 6), QPointF(3.2, 10)]))
        case "triangle":
            painter.setPen(_edge(colour, 1.2))
            points = [QPointF(6, 1.2), QPointF(11.3, 10.6), QPointF(0.7, 10.6)]
            painter.drawPolygon(QPolygonF(points))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawRect(QRectF(5.4, 4.4, 1.2, 3.2))
            painter.drawRect(QRectF(5.4, 8.4, 1.2, 1.2))
        case "square-filled":
            painter.drawRect(QRectF(2, 2, 8, 8))
        case _:
            _outline(painter, shape, colour)
    painter.restore()


def _edge(colour: QColor, width: float) -> QPen:
    """Make the pen that rounds the corners of a filled shape."""
    pen = QPen(colour, width)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen


def _outline(painter: QPainter, shape: str, colour: QColor) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    pen = QPen(colour)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    match shape:
        case "ring-dashed":
            pen.setWidthF(1.8)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            pen.setDashPattern([3.1 / 1.8, 2.1 / 1.8])
            painter.setPen(pen)
            painter.drawEllipse(QPointF(6, 6), 4, 4)
        case "ring":
            pen.setWidthF(1.4)
            painter.setPen(pen)
            painter.drawEllipse(QPointF(6, 6), 4, 4)
        case "square":
            pen.setWidthF(1.5)
            painter.setPen(pen)
            painter.drawRoundedRect(QRectF(2.4, 2.4, 7.2, 7.2), 1.2, 1.2)
        case "cross":
            pen.setWidthF(2.2)
            painter.setPen(pen)
            painter.drawLine(QPointF(2.4, 2.4), QPointF(9.6, 9.6))
            painter.drawLine(QPointF(9.6, 2.4), QPointF(2.4, 9.6))
        case "check":
            pen.setWidthF(1.9)
            painter.setPen(pen)
            painter.drawPolyline(QPolygonF([QPointF(2, 6.4), QPointF(4.8, 9.2), QPointF(10, 3)]))
        case _:
            pen.setWidthF(1.8)
            painter.setPen(pen)
            painter.drawLine(QPointF(2.5, 6), QPointF(9.5, 6))
