"""The navigator's tree: rows with a state's shape or an icon, a name and a number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPen,
)
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QTreeView,
    QWidget,
)
from shiboken6 import isValid

from gui.theme import current, refresh_style, set_face
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
_NESTED = 15
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
        menuAsked: The key of a row, and where on the screen its menu is wanted.
        renamed: The key of a row, and the name that was typed for it.
    """

    opened = Signal(str)
    menuAsked = Signal(str, QPoint)
    renamed = Signal(str, str)

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
        self.find_problem: Callable[[str], str] = lambda _name: ""
        """Tells what is wrong with the name that is typed; empty if nothing is."""
        self._asked_from: QWidget | None = None  # what had the keyboard before a name was typed
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

    def begin_rename(self, index: QModelIndex, find_problem: Callable[[str], str]) -> None:
        """Have the name of a row typed; Enter ends it, Escape leaves the name as it is.

        Args:
            index: The row.
            find_problem: Tells what is wrong with a name; empty if nothing is.
        """
        self.find_problem = find_problem
        self._asked_from = self.window().focusWidget()
        self.scrollTo(index)
        self.setCurrentIndex(index)
        self.edit(index)

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        """Give the keyboard back to what had it when the name was asked for."""
        had_focus = editor.hasFocus()
        super().closeEditor(editor, hint)
        asked_from, self._asked_from = self._asked_from, None
        if had_focus and asked_from is not None and isValid(asked_from) and asked_from.isVisible():
            asked_from.setFocus(Qt.FocusReason.OtherFocusReason)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the row under the pointer, or of the one with the keyboard."""
        index, place = self.indexAt(event.pos()), event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            index = self.currentIndex()
            box = self.visualRect(index)
            place = self.viewport().mapToGlobal(QPoint(_CHILD, box.bottom()))
        key = str(index.data(self._roles.key) or "") if index.isValid() else ""
        if key:
            self.menuAsked.emit(key, place)


class NavigatorDelegate(QStyledItemDelegate):
    """Paints the rows, and has their names typed."""

    def __init__(self, roles: RowRoles, view: NavigatorView) -> None:
        super().__init__(view)
        self._roles, self._view = roles, view

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        """Give a row its height; groups have space above."""
        height = current().size("height.row")
        return QSize(0, height + _GROUP_SPACE if self._is_group(index) else height)

    def createEditor(
        self, parent: QWidget, _option: QStyleOptionViewItem, _index: Index
    ) -> QWidget:
        """Make the field for a name."""
        field = QLineEdit(parent)
        field.setAccessibleName(self.tr("Name"))
        field.setProperty("kind", "cell")
        field.setFrame(False)
        set_face(field, "body")
        field.textEdited.connect(self._check)
        return field

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Begin with the name there is, all of it chosen."""
        if isinstance(editor, QLineEdit):
            editor.setText(str(index.data(Qt.ItemDataRole.EditRole)))
            editor.selectAll()

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Stand in the place of the name."""
        rect: QRect = option.rect  # pyright: ignore[reportAttributeAccessIssue] - a field of Qt's struct
        left = _INSET + (_CHILD if index.parent().isValid() else _TOP) + _SHAPE
        width = self._view.viewport().width()
        editor.setGeometry(left + 2, rect.top() + 2, width - left - 2 - _INSET, rect.height() - 4)

    def setModelData(self, editor: QWidget, _model: QAbstractItemModel, index: Index) -> None:
        """Tell the name; the file decides what becomes of it."""
        if isinstance(editor, QLineEdit) and not self._view.find_problem(editor.text()):
            self._view.renamed.emit(str(index.data(self._roles.key)), editor.text())

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        """Keep a name that cannot be from being entered, and say why."""
        if (
            isinstance(editor, QLineEdit)
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and (problem := self._view.find_problem(editor.text()))
        ):
            QToolTip.showText(editor.mapToGlobal(QPoint(0, editor.height())), problem, editor)
            return True
        return super().eventFilter(editor, event)

    @Slot(str)
    def _check(self, text: str) -> None:
        field = self.sender()
        if isinstance(field, QLineEdit):
            problem = self._view.find_problem(text)
            field.setProperty("problem", "true" if problem else "false")
            field.setAccessibleDescription(problem)
            field.setToolTip(problem)
            refresh_style(field)

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
            is_selected = bool(option.state & QStyle.StateFlag.State_Selected)  # pyright: ignore[reportAttributeAccessIssue] - a field of Qt's struct
            self._paint_row(painter, rect, index, ground, is_selected=is_selected)
        painter.restore()

    def _is_group(self, index: Index) -> bool:
        return not index.data(self._roles.key)

    def _paint_ground(self, painter: QPainter, rect: QRectF, option: QStyleOptionViewItem) -> str:
        """Paint what lies under the row and return the colour's name."""
        theme = current()
        state: QStyle.StateFlag = option.state  # pyright: ignore[reportAttributeAccessIssue] - a field of Qt's struct
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        is_active = self._view.hasFocus() or not self._view.by_keyboard
        has_ring = bool(state & QStyle.StateFlag.State_HasFocus) and self._view.by_keyboard
        ground = "surface1"
        if is_selected:
            ground = "selection" if is_active else "selection_idle"
        elif state & QStyle.StateFlag.State_MouseOver:
            ground = "hover"
        elif has_ring:
            ground = "surface2"
        radius = theme.size("radius.s")
        if ground != "surface1":
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour(ground))
            painter.drawRoundedRect(rect, radius, radius)
        if is_selected and is_active:
            bar = QRectF(
                rect.left(), rect.top() + _BAR_SHORT, _BAR_WIDTH, rect.height() - 2 * _BAR_SHORT
            )
            painter.fillRect(bar, theme.colour("accent"))
        if has_ring:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("focus"), theme.size("line.focus")))
            painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), radius, radius)
        return ground

    def _paint_group(self, painter: QPainter, rect: QRectF, index: Index) -> None:
        theme = current()
        left = rect.left() + _TOP + 2 + _depth(index) * _NESTED
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
        if detail := str(index.data(self._roles.detail) or ""):
            right = rect.adjusted(0, 0, -_RIGHT - _INSET, 0)
            painter.setFont(theme.font("small"))
            painter.setPen(theme.colour("text3"))
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(right, flags, detail)
            painter.setFont(theme.font("small", 600))
            painter.setPen(theme.colour("text2"))
        text = rect.adjusted(left + _CHEVRON + 4, 0, -_RIGHT - _INSET, 0)
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, str(index.data()))

    def _paint_row(
        self, painter: QPainter, rect: QRectF, index: Index, ground: str, *, is_selected: bool
    ) -> None:
        theme = current()
        left = rect.left() + _INSET + (_CHILD if index.parent().isValid() else _TOP)
        left += max(_depth(index) - 1, 0) * _NESTED
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
        painter.setFont(theme.font("body", 500 if is_selected else None, figures=False))
        painter.setPen(theme.colour("text1"))
        name = painter.fontMetrics().elidedText(
            str(index.data()), Qt.TextElideMode.ElideRight, int(right - left)
        )
        box = QRectF(left, rect.top(), right - left, rect.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, name)


def _depth(index: Index) -> int:
    """Count what a row stands below."""
    parent, found = index.parent(), 0
    while parent.isValid():
        parent, found = parent.parent(), found + 1
    return found
