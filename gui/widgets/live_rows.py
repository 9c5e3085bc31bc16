"""What the painted rows of live lists share: their ground, the keyboard's ring, and dividers."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from gui.theme import current
from gui.widgets.live_table import LiveTable

_SIDE: Final = 10
_GAP: Final = 8


def rect_of(option: QStyleOptionViewItem) -> QRectF:
    """Give the rectangle of a cell."""
    return QRectF(option.rect)  # pyright: ignore[reportAttributeAccessIssue] - a field of Qt's struct


def paint_ground(
    painter: QPainter, option: QStyleOptionViewItem, view: LiveTable, row: int, *, is_first: bool
) -> str:
    """Paint what lies under a cell, with its part of the ring; returns the colour's name."""
    theme, rect = current(), rect_of(option)
    state: QStyle.StateFlag = option.state  # pyright: ignore[reportAttributeAccessIssue] - a field of Qt's struct
    ground = "surface2"
    if state & QStyle.StateFlag.State_Selected:
        ground = "selection" if view.hasFocus() else "selection_idle"
    elif row == view.hovered:
        ground = "hover_content"
    painter.fillRect(rect, theme.colour(ground))
    if view.currentIndex().row() == row and view.hasFocus() and view.by_keyboard:
        width, colour = theme.size("line.focus"), theme.colour("focus")
        painter.fillRect(QRectF(rect.left(), rect.top(), rect.width(), width), colour)
        painter.fillRect(QRectF(rect.left(), rect.bottom() - width, rect.width(), width), colour)
        if is_first:
            painter.fillRect(QRectF(rect.left(), rect.top(), width, rect.height()), colour)
        if rect.right() >= view.viewport().width() - 1:
            edge = QRectF(rect.right() - width, rect.top(), width, rect.height())
            painter.fillRect(edge, colour)
    return ground


def paint_divider(painter: QPainter, rect: QRectF, text: str) -> None:
    """Paint a text between two lines."""
    theme = current()
    painter.fillRect(rect, theme.colour("surface_alt"))
    painter.fillRect(
        QRectF(rect.left(), rect.bottom() - 1, rect.width(), 1), theme.colour("border")
    )
    painter.setFont(theme.font("small"))
    shown = painter.fontMetrics().elidedText(
        text, Qt.TextElideMode.ElideRight, max(int(rect.width()) - 4 * _SIDE, 0)
    )
    width = painter.fontMetrics().horizontalAdvance(shown)
    middle = round(rect.center().y())
    side = (rect.width() - width) / 2 - _SIDE - _GAP
    line = theme.colour("border_strong")
    painter.fillRect(QRectF(rect.left() + _SIDE, middle, side, 1), line)
    painter.fillRect(QRectF(rect.right() - _SIDE - side, middle, side, 1), line)
    painter.setPen(theme.colour("text3"))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, shown)


def paint_text(
    painter: QPainter,
    box: QRectF,
    text: str,
    role: str,
    elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
) -> float:
    """Paint a text at the left of a box in the painter's font; returns where it ends."""
    metrics, room = painter.fontMetrics(), max(int(box.width()) + 1, 0)
    width = metrics.horizontalAdvance(text)
    if width > room:
        text = metrics.elidedText(text, elide, room)
        width = metrics.horizontalAdvance(text)
    painter.setPen(current().colour(role))
    painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)
    return box.left() + width
