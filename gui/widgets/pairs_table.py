"""A small table of names and values to edit in place."""

from __future__ import annotations

from typing import TypeAlias

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from gui.theme import current, set_face
from gui.widgets.menu import Menu
from gui.widgets.table_view import HEADER, ROW, TableView

Index: TypeAlias = QModelIndex | QPersistentModelIndex

_LEAST_ROWS = 2
_HEAD = HEADER - 1
"""Together with the outline that the table stands in, as high as any other head."""
_INSET = 2


class PairsTable(TableView):
    """Typing, Enter or a click edits a cell; Del removes a row.

    Tab goes from cell to cell while one is edited, and out of the table behind the last.

    Signals:
        removeAsked: The row to take out.
    """

    removeAsked = Signal(int)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        """Make it; `name` is what a screen reader calls it."""
        super().__init__(name, parent)
        self.setProperty("kind", "pairs")
        set_face(self, "small", figures=False)  # names, which have hyphens
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
        )
        self.setItemDelegate(_CellDelegate(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.horizontalHeader().setMinimumSectionSize(40)
        self.horizontalHeader().setFixedHeight(_HEAD)
        self.setMinimumHeight(_HEAD + _LEAST_ROWS * ROW)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)
        self.clicked.connect(self._edit)

    def setModel(self, model: QAbstractItemModel | None) -> None:
        """Show a model's pairs, and ask for the room that they need."""
        super().setModel(model)
        if model is not None:
            for changed in (model.rowsInserted, model.rowsRemoved, model.modelReset):
                changed.connect(self.updateGeometry)

    def set_up_columns(self, first: int) -> None:
        """Give the first column a width that its head fits into, and the second the rest."""
        header = self.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.setColumnWidth(0, max(first, header.sectionSizeHint(0)))

    def edit_at(self, index: QModelIndex) -> None:
        """Put the caret into a cell."""
        self.setCurrentIndex(index)
        self.edit(index)

    def commit(self) -> None:
        """Take over what is being typed into a cell, which stays in the keyboard's reach."""
        if self.state() == QAbstractItemView.State.EditingState:
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def sizeHint(self) -> QSize:
        """Ask for the rows there are, two at least."""
        rows = self.model().rowCount() if self.model() is not None else 0
        return QSize(200, _HEAD + max(rows, _LEAST_ROWS) * ROW)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Edit by Enter, remove by Del."""
        is_editing = self.state() == QAbstractItemView.State.EditingState
        index = self.currentIndex()
        if is_editing or not index.isValid():
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.edit(index)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removeAsked.emit(index.row())
        else:
            super().keyPressEvent(event)

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        """Leave the table behind its last cell and before its first, instead of going around."""
        index, ends = self.currentIndex(), QAbstractItemDelegate.EndEditHint
        last = self.model().index(self.model().rowCount() - 1, self.model().columnCount() - 1)
        is_leaving = hint == ends.EditNextItem and index == last
        is_returning = hint == ends.EditPreviousItem and index == self.model().index(0, 0)
        super().closeEditor(editor, ends.NoHint if is_leaving or is_returning else hint)
        if is_leaving or is_returning:
            self.focusNextPrevChild(is_leaving)

    @Slot(QModelIndex)
    def _edit(self, index: QModelIndex) -> None:
        self.edit(index)

    @Slot(QPoint)
    def _show_menu(self, place: QPoint) -> None:
        index = self.currentIndex()
        if not index.isValid():
            return
        menu = Menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        action = menu.addAction(self.tr("Remove"))
        row = index.row()
        action.triggered.connect(lambda _checked=False: self.removeAsked.emit(row))
        menu.popup(self.viewport().mapToGlobal(place))


class Outlined(QWidget):
    """A rounded outline around a table, which is the focus ring while the keyboard is in it."""

    def __init__(self, table: PairsTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table = table
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        column = QVBoxLayout(self)
        column.setContentsMargins(_INSET, _INSET, _INSET, _INSET)
        column.addWidget(table)
        table.installEventFilter(self)
        current().changed.connect(self.update)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the keyboard."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ground and the outline."""
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(theme.colour("surface2"))
        has_focus = self._table.hasFocus()
        width = theme.size("line.focus" if has_focus else "line.hairline")
        painter.setPen(QPen(theme.colour("focus" if has_focus else "border"), width))
        half, radius = width / 2, theme.size("radius.m") - width / 2
        rect = QRectF(self.rect()).adjusted(half, half, -half, -half)
        painter.drawRoundedRect(rect, radius, radius)


class _CellDelegate(QStyledItemDelegate):
    """Edits a cell in a flat field as high as the row; names that are fixed stand back."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """Give fixed names their colour."""
        super().initStyleOption(option, index)
        if not index.flags() & Qt.ItemFlag.ItemIsEditable:
            palette: QPalette = option.palette  # pyright: ignore[reportAttributeAccessIssue] - a field of Qt's struct
            palette.setColor(QPalette.ColorRole.Text, current().colour("text3"))
            option.palette = palette  # pyright: ignore[reportAttributeAccessIssue] - the same

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: Index) -> QWidget:
        """Make the field."""
        editor = QLineEdit(parent)
        editor.setProperty("kind", "cell")
        set_face(editor, "small", figures=False)
        editor.setFrame(False)
        head = index.model().headerData(index.column(), Qt.Orientation.Horizontal)
        editor.setAccessibleName(str(head))
        return editor

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, _index: Index
    ) -> None:
        """Have the field fill the cell."""
        editor.setGeometry(option.rect)  # pyright: ignore[reportAttributeAccessIssue] - a field of Qt's struct
