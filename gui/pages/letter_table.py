"""The list of dead letters: check boxes for what is done with many, a current row for one."""

from __future__ import annotations

from typing import Final, TypeAlias

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QKeySequence, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from gui.theme import current, has_figures
from gui.viewmodels.letter_model import COLUMNS, LetterModel
from gui.viewmodels.table_roles import TableRole
from gui.widgets.fields import CheckBox, paint_box
from gui.widgets.menu import Menu
from gui.widgets.table_view import HEADER, TableView

Index: TypeAlias = QModelIndex | QPersistentModelIndex

_LEFT: Final = 16
_BOX: Final = 16
_PADDING: Final = 8
_SHAPE: Final = 11
_SHAPE_GAP: Final = 7
_WIDTHS: Final = {"check": 44, "time": 116, "key": 66, "size": 72}
_GROUP: Final = 26
_REASON: Final = 196
_TOPIC: Final = 114
_LEAST_REASON: Final = 132
_LEAST_TOPIC: Final = 96
_DROPPED: Final = ("key", "size", "topic")
"""Columns that go where there is no room, the first one first."""


class LetterTable(TableView):
    """Space or a click on its box checks a row; Ctrl+A checks all, Del asks to delete.

    Attributes:
        all_box: The box in the header: all, some or none are checked.

    Signals:
        deleteAsked: Del was pressed.
        copyAsked: The keys for copying were pressed.
        menuAsked: A menu to fill with what can be done with the current row.
    """

    deleteAsked = Signal()
    copyAsked = Signal()
    menuAsked = Signal(QMenu)

    def __init__(self, model: LetterModel, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setAccessibleName(self.tr("Dead letters"))
        self.setProperty("kind", "letters")
        self._model = model
        self.setModel(model)
        self.setItemDelegate(LetterDelegate(self))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.header
        header.sorted_by = COLUMNS.index("time")
        header.setMinimumSectionSize(_WIDTHS["check"])
        for place in range(len(COLUMNS)):
            header.setSectionResizeMode(place, QHeaderView.ResizeMode.Fixed)
        self.all_box = CheckBox("", header)
        self.all_box.setAccessibleName(self.tr("All messages"))
        self.all_box.setTristate(True)
        self.all_box.setGeometry(_LEFT, 0, _BOX + _PADDING, HEADER - 1)
        self._connect_signals()
        self._fit_rows()
        self._span()
        self._show_checks()

    def _connect_signals(self) -> None:
        model = self._model
        self.clicked.connect(self._click)
        self.all_box.clicked.connect(self._check_all)
        model.checkedChanged.connect(self._show_checks)
        model.modelReset.connect(self._span)
        model.rowsInserted.connect(self._take_insertion)
        current().changed.connect(self._fit_rows)

    @Slot()
    def _fit_rows(self) -> None:
        self.verticalHeader().setDefaultSectionSize(current().size("height.row"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Check by Space, all by Ctrl+A; copy and delete."""
        row = self.currentIndex().row()
        if event.key() == Qt.Key.Key_Space:
            self._toggle(row)
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self._model.check_all(True)
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copyAsked.emit()
        elif event.key() == Qt.Key.Key_Delete:
            self.deleteAsked.emit()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open the menu of a row, by mouse or by key."""
        index = self.currentIndex()
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            index = self.indexAt(event.pos())
        if self._model.head_at(index.row()) is None:
            return
        self.setCurrentIndex(index)
        menu = Menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.menuAsked.emit(menu)
        menu.popup(event.globalPos())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width out: reason and topic grow, and the last columns go where it is short."""
        super().resizeEvent(event)
        self._fit_columns(event.size())

    def _fit_columns(self, size: QSize) -> None:
        shown = [name for name in COLUMNS if name not in ("reason", "topic")]
        room = size.width() - sum(_WIDTHS[name] for name in shown)
        needed = _LEAST_REASON + _LEAST_TOPIC
        hidden: set[str] = set()
        for name in _DROPPED:
            if room >= needed:
                break
            hidden.add(name)
            if name in _WIDTHS:
                room += _WIDTHS[name]
            else:
                needed -= _LEAST_TOPIC
        reason = room if "topic" in hidden else min(max(room - _LEAST_TOPIC, 0), _REASON)
        more = 0 if "key" in hidden else max(room - reason - _TOPIC, 0) // 3
        widths = {**_WIDTHS, "reason": reason, "topic": max(room - reason - more, 0)}
        widths["key"] += more
        for place, name in enumerate(COLUMNS):
            self.setColumnHidden(place, name in hidden)
            if name not in hidden:
                self.setColumnWidth(place, widths[name])

    def _toggle(self, row: int) -> None:
        index = self._model.index(row, 0)
        is_checked = index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
        self._model.check([row], not is_checked)

    @Slot(QModelIndex)
    def _click(self, index: QModelIndex) -> None:
        if COLUMNS[index.column()] == "check":
            self._toggle(index.row())

    @Slot()
    def _check_all(self) -> None:
        self._model.check_all(len(self._model.checked) < len(self._model.shown))

    @Slot()
    def _show_checks(self) -> None:
        checked, shown = len(self._model.checked), len(self._model.shown)
        states = Qt.CheckState
        partly = states.PartiallyChecked if checked else states.Unchecked
        self.all_box.setCheckState(states.Checked if shown and checked == shown else partly)
        self.all_box.setEnabled(bool(shown))

    @Slot()
    def _span(self) -> None:
        """Have heads of groups go over all columns."""
        self.clearSpans()
        self._span_rows(0, self._model.rowCount() - 1)

    def _span_rows(self, first: int, last: int) -> None:
        for row in range(first, last + 1):
            if self._model.head_at(row) is None:
                self.setSpan(row, 0, 1, len(COLUMNS))
                self.setRowHeight(row, _GROUP)

    @Slot(QModelIndex, int, int)
    def _take_insertion(self, _parent: QModelIndex, first: int, last: int) -> None:
        """Keep in place what the user has scrolled to while newer letters come above it."""
        self._span_rows(first, last)
        bar, height = self.verticalScrollBar(), self.verticalHeader().defaultSectionSize()
        if bar.value() > 0 and first * height <= bar.value():
            bar.setValue(bar.value() + (last - first + 1) * height)


class LetterDelegate(QStyledItemDelegate):
    """Paints the cells."""

    def __init__(self, view: LetterTable) -> None:
        super().__init__(view)
        self._view = view

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a cell."""
        theme = current()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(option.rect)  # pyright: ignore[reportAttributeAccessIssue] - a field of Qt's struct
        is_head = bool(index.data(TableRole.HEAD))
        ground = self._paint_ground(painter, rect, option, index, is_head=is_head)
        column = COLUMNS[index.column()]
        left = rect.left() + (_LEFT if column == "check" else _PADDING)
        if column == "check" and not is_head:
            self._paint_box(painter, QRectF(left, 0, _BOX, _BOX), rect, index, ground)
            painter.restore()
            return
        if status := index.data(TableRole.STATUS):
            top = rect.top() + (rect.height() - _SHAPE) / 2
            theme.paint_state(painter, QRectF(left, top, _SHAPE, _SHAPE), str(status), ground)
            left += _SHAPE + _SHAPE_GAP
        right = rect.right() - (_LEFT if column == "size" else _PADDING)
        whole = str(index.data() or "")
        weight = 600 if is_head else None
        painter.setFont(theme.font("small", weight, figures=has_figures(whole)))
        painter.setPen(theme.colour(str(index.data(TableRole.TONE) or "text1")))
        middle = Qt.TextElideMode.ElideMiddle if column == "topic" else Qt.TextElideMode.ElideRight
        text = painter.fontMetrics().elidedText(whole, middle, int(right - left) + 1)
        flags = index.data(Qt.ItemDataRole.TextAlignmentRole) or Qt.AlignmentFlag.AlignVCenter
        box = QRectF(left, rect.top(), right - left + 1, rect.height())
        painter.drawText(box, int(flags), text)
        painter.restore()

    @staticmethod
    def _paint_box(painter: QPainter, box: QRectF, rect: QRectF, index: Index, ground: str) -> None:
        box.moveTop(rect.top() + (rect.height() - _BOX) / 2)
        is_checked = index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
        outline = "text2" if ground == "selection" else ""
        paint_box(painter, box, is_checked=is_checked, outline=outline)

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
        theme, view = current(), self._view
        state: QStyle.StateFlag = option.state  # pyright: ignore[reportAttributeAccessIssue] - a field of Qt's struct
        is_current = view.currentIndex().row() == index.row() and not is_head
        ground = "surface2"
        if is_current:  # the row that the detail is about, wherever the keyboard is
            ground = "selection"
        elif state & QStyle.StateFlag.State_MouseOver and not is_head:
            ground = "hover_content"
        painter.fillRect(rect, theme.colour(ground))
        if is_head and index.row():
            line = QRectF(rect.left(), rect.top(), rect.width(), theme.size("line.hairline"))
            painter.fillRect(line, theme.colour("border"))
        if is_current and view.hasFocus() and view.by_keyboard:
            width, colour = theme.size("line.focus"), theme.colour("focus")
            painter.fillRect(QRectF(rect.left(), rect.top(), rect.width(), width), colour)
            bottom = rect.bottom() - width + 1
            painter.fillRect(QRectF(rect.left(), bottom, rect.width(), width), colour)
        return ground
