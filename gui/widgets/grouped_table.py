"""Rows of a table with groups: heads in bold on a quiet ground, shapes before names, tones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from gui.theme import current, has_figures
from gui.widgets.overlay_bar import BAR
from gui.widgets.table_view import TableView

Index: TypeAlias = QModelIndex | QPersistentModelIndex

_PADDING = 8
_BEHIND = 2
"""What stays free behind words; the next column begins with its own padding."""

_FIRST = 16
_SHAPE = 11
_GAP = 7


@dataclass(frozen=True, slots=True)
class TableRoles:
    """Where a model keeps what its cells tell besides their text, as numbers of roles."""

    head: int
    status: int
    tone: int


class GroupedDelegate(QStyledItemDelegate):
    """Paints the cells of a `TableView`."""

    def __init__(self, roles: TableRoles, view: TableView) -> None:
        super().__init__(view)
        self._roles, self._view = roles, view

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a cell."""
        theme = current()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(option.rect)  # pyright: ignore[reportAttributeAccessIssue] - a field of Qt's struct
        is_head = bool(index.data(self._roles.head))
        ground = self._paint_ground(painter, rect, option, index, is_head=is_head)
        left = rect.left() + (_FIRST if index.column() == 0 else _PADDING)
        status = index.data(self._roles.status)
        if index.column() == 0 and status:
            top = rect.top() + (rect.height() - _SHAPE) / 2
            theme.paint_state(painter, QRectF(left, top, _SHAPE, _SHAPE), str(status), ground)
            left += _SHAPE + _GAP
        whole = str(index.data() or "")
        weight = 600 if is_head else None
        painter.setFont(theme.font("small", weight, figures=has_figures(whole)))
        painter.setPen(theme.colour(str(index.data(self._roles.tone) or "text1")))
        alignment = index.data(Qt.ItemDataRole.TextAlignmentRole) or int(
            Qt.AlignmentFlag.AlignVCenter
        )
        is_right = int(alignment) & int(Qt.AlignmentFlag.AlignRight)
        is_last = rect.right() + 1 >= self._view.viewport().width()
        behind = BAR if is_last and self._view.bar.isVisible() else _BEHIND
        width = rect.right() - (_PADDING if is_right else behind) - left
        text = painter.fontMetrics().elidedText(whole, Qt.TextElideMode.ElideRight, int(width) + 1)
        box = QRectF(left, rect.top(), width + 1, rect.height())
        painter.drawText(box, int(alignment), text)
        painter.restore()

    def _paint_ground(
        self,
        painter: QPainter,
        rect: QRectF,
        option: QStyleOptionViewItem,
        index: Index,
        *,
        is_head: bool,
    ) -> str:
        """Paint what lies under the cell and return the colour's name."""
        theme = current()
        state: QStyle.StateFlag = option.state  # pyright: ignore[reportAttributeAccessIssue] - a field of Qt's struct
        if state & QStyle.StateFlag.State_Selected:
            ground = "selection" if self._view.hasFocus() else "selection_idle"
        elif is_head:
            ground = "surface_alt"
        elif index.row() == self._view.row_below:
            ground = "hover_content"
        else:
            ground = "surface2"
        painter.fillRect(rect, theme.colour(ground))
        if is_head and index.row():
            painter.fillRect(
                QRectF(rect.left(), rect.top(), rect.width(), 1), theme.colour("border")
            )
        is_current = self._view.currentIndex().row() == index.row() and self._view.hasFocus()
        if is_current and self._view.by_keyboard:
            self._paint_ring(painter, rect, index)
        return ground

    def _paint_ring(self, painter: QPainter, rect: QRectF, index: Index) -> None:
        """Paint this cell's part of the ring around the current row."""
        width = current().size("line.focus")
        colour = current().colour("focus")
        painter.fillRect(QRectF(rect.left(), rect.top(), rect.width(), width), colour)
        painter.fillRect(QRectF(rect.left(), rect.bottom() - width, rect.width(), width), colour)
        if index.column() == 0:
            painter.fillRect(QRectF(rect.left(), rect.top(), width, rect.height()), colour)
        if index.column() == self._view.model().columnCount() - 1:
            painter.fillRect(QRectF(rect.right() - width, rect.top(), width, rect.height()), colour)
        painter.setPen(QPen())
