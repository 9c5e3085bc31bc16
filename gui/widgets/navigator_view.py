"""The navigator's tree: rows with a state's shape or an icon, a name and a number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTreeView, QWidget

from gui.theme import current
from gui.widgets.row_keys import RowKeys

Index: TypeAlias = QModelIndex | QPersistentModelIndex

_INSET = 4
_TOP = 12
_CHILD = 27
_SHAPE = 12
_ICON = 16
_GAP = 8
_RIGHT = 11
_CHEVRON = 14
_GROUP_SPACE = 6
_BAR_WIDTH = 3
_BAR_SHORT = 5


@dataclass(frozen=True, slots=True)
class RowRoles:
    """Where a model keeps what a row shows besides its name, as numbers of item data roles."""

    key: int
    status: int
    icon: int
    detail: int


class NavigatorView(RowKeys, QTreeView):
    """A quiet tree. A click or Enter opens a row; groups fold.

    Signals:
        opened: The key of a row.
    """

    opened = Signal(str)

    def __init__(self, name: str, roles: RowRoles, parent: QWidget | None = None) -> None:
        """Make it; `name` is what a screen reader calls it."""
        super().__init__(parent)
        self._roles = roles
        self.setAccessibleName(name)
        self.setProperty("kind", "navigator")
        self.setHeaderHidden(True)
        self.setIndentation(0)
        self.setRootIsDecorated(False)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QTreeView.EditTrigger.NoEditTriggers)
        self.setItemDelegate(NavigatorDelegate(roles, self))
        self.setFrameShape(QTreeView.Shape.NoFrame)
        self.clicked.connect(self.open_row)
        current().changed.connect(self.viewport().update)

    @Slot(QModelIndex)
    def open_row(self, index: QModelIndex) -> None:
        """Open a document; a group folds."""
        key = index.data(self._roles.key) if index.isValid() else None
        if key:
            self.opened.emit(str(key))
        elif index.isValid():
            self.setExpanded(index, not self.isExpanded(index))


class NavigatorDelegate(QStyledItemDelegate):
    """Paints the rows."""

    def __init__(self, roles: RowRoles, view: NavigatorView) -> None:
        super().__init__(view)
        self._roles, self._view = roles, view

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        """Give a row its height; groups have space above."""
        height = current().size("height.row")
        return QSize(0, height + _GROUP_SPACE if self._is_group(index) else height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a row."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(option.rect)  # pyright: ignore[reportAttributeAccessIssue] - a field of Qt's struct
        rect.setWidth(self._view.viewport().width())
        rect.setX(0)
        if self._is_group(index):
            rect.setTop(rect.top() + _GROUP_SPACE)
        ground = self._paint_ground(painter, rect.adjusted(_INSET, 0, -_INSET, 0), option)
        if self._is_group(index):
            self._paint_group(painter, rect, index)
        else:
            self._paint_row(painter, rect, index, ground)
        painter.restore()

    def _is_group(self, index: Index) -> bool:
        return not index.data(self._roles.key)

    def _paint_ground(self, painter: QPainter, rect: QRectF, option: QStyleOptionViewItem) -> str:
        """Paint what lies under the row and return the colour's name."""
        theme = current()
        state: QStyle.StateFlag = option.state  # pyright: ignore[reportAttributeAccessIssue] - a field of Qt's struct
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        is_active = self._view.hasFocus() or not self._view.by_keyboard
        ground = "surface1"
        if is_selected:
            ground = "selection" if is_active else "selection_idle"
        elif state & QStyle.StateFlag.State_MouseOver:
            ground = "hover"
        radius = theme.size("radius.s")
        if ground != "surface1":
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour(ground))
            painter.drawRoundedRect(rect, radius, radius)
        if is_selected:
            bar = QRectF(
                rect.left(), rect.top() + _BAR_SHORT, _BAR_WIDTH, rect.height() - 2 * _BAR_SHORT
            )
            painter.fillRect(bar, theme.colour("accent"))
        if state & QStyle.StateFlag.State_HasFocus and self._view.by_keyboard:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("focus"), theme.size("line.focus")))
            painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), radius, radius)
        return ground

    def _paint_group(self, painter: QPainter, rect: QRectF, index: Index) -> None:
        theme = current()
        left = rect.left() + _TOP + 2
        middle = rect.center().y() + 0.5
        chevron = QPainterPath()
        x = left + _CHEVRON / 2
        if self._view.isExpanded(QModelIndex(index)):  # pyright: ignore[reportArgumentType, reportCallIssue] - a persistent index converts
            points = ((x - 3.5, middle - 1.8), (x, middle + 1.8), (x + 3.5, middle - 1.8))
        else:
            points = ((x - 1.8, middle - 3.5), (x + 1.8, middle), (x - 1.8, middle + 3.5))
        chevron.moveTo(*points[0])
        chevron.lineTo(*points[1])
        chevron.lineTo(*points[2])
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colour("text2"), 1.3))
        painter.drawPath(chevron)
        painter.setFont(theme.font("small", 600, figures=False))
        painter.setPen(theme.colour("text2"))
        text = rect.adjusted(left + _CHEVRON + 4, 0, -_RIGHT - _INSET, 0)
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, str(index.data()))

    def _paint_row(self, painter: QPainter, rect: QRectF, index: Index, ground: str) -> None:
        theme = current()
        left = rect.left() + _INSET + (_CHILD if index.parent().isValid() else _TOP)
        icon, status = index.data(self._roles.icon), index.data(self._roles.status)
        if icon:
            top = rect.top() + (rect.height() - _ICON) / 2
            place = QRectF(left, top, _ICON, _ICON).toRect()
            theme.icon(str(icon), "text2", _ICON).paint(painter, place)
            left += _ICON + _GAP
        elif status:
            top = rect.top() + (rect.height() - _SHAPE) / 2
            theme.paint_state(painter, QRectF(left, top, _SHAPE, _SHAPE), str(status), ground)
            left += _SHAPE + _GAP
        right = rect.right() - _INSET - _RIGHT
        detail = str(index.data(self._roles.detail) or "")
        if detail:
            painter.setFont(theme.font("small"))
            painter.setPen(theme.colour("text3"))
            width = QFontMetrics(painter.font()).horizontalAdvance(detail)
            box = QRectF(right - width, rect.top(), width + 1, rect.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, detail)
            right -= width + _GAP
        painter.setFont(theme.font("body", figures=False))
        painter.setPen(theme.colour("text1"))
        name = painter.fontMetrics().elidedText(
            str(index.data()), Qt.TextElideMode.ElideRight, int(right - left)
        )
        box = QRectF(left, rect.top(), right - left, rect.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, name)
