"""The Problems page of the bottom dock: what is wrong now, and what to do about each."""

from __future__ import annotations

from typing import Final, TypeAlias

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QAction, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFrame,
    QListView,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from gui.theme import current
from gui.viewmodels.problems import ProblemRole, ProblemsModel
from gui.widgets.empty_state import SmallEmptyState
from gui.widgets.menu import Menu
from gui.widgets.row_keys import RowKeys

Index: TypeAlias = QModelIndex | QPersistentModelIndex

_LEFT: Final = 16
_SHAPE: Final = 12
_GAP: Final = 8
_FIRST_LINE: Final = 5
_LINE: Final = 18


class ProblemsPage(QWidget):
    """The list, or a sentence when there is nothing in it.

    Signals:
        documentAsked: The key of the document that a problem is about.
    """

    documentAsked = Signal(str)

    def __init__(self, model: ProblemsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.view = ProblemsView(self.tr("Problems"))
        self.view.setModel(model)
        self.empty = SmallEmptyState(self.tr("No problems."))
        self._stack = QStackedWidget()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        self.view.opened.connect(self.documentAsked)
        model.modelReset.connect(self._show)
        self._show()

    @Slot()
    def _show(self) -> None:
        has_rows = self._model.rowCount() > 0
        self._stack.setCurrentWidget(self.view if has_rows else self.empty)


class ProblemsView(RowKeys, QListView):
    """Rows of two lines. Enter, or a click, opens the document; Ctrl+C copies the row.

    Signals:
        opened: The key of a document.
    """

    opened = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        """Make it; `name` is what a screen reader calls it."""
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setItemDelegate(ProblemDelegate(self))
        self.copy_action = QAction(self.tr("Copy"), self)
        self.copy_action.setShortcut("Ctrl+C")
        self.copy_action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.copy_action.triggered.connect(self.copy)
        self.addAction(self.copy_action)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)
        self.clicked.connect(self.open_row)
        current().changed.connect(self.viewport().update)

    def stand_on_row(self) -> None:
        """Choose the row that was current, else the first."""
        if not self.selectedIndexes():
            row = max(self.currentIndex().row(), 0)
            self.selectionModel().setCurrentIndex(
                self.model().index(row, 0), QItemSelectionModel.SelectionFlag.ClearAndSelect
            )

    @Slot()
    def copy(self) -> None:
        """Put the current row into the clipboard: place, sentence and advice."""
        index = self.currentIndex()
        if index.isValid():
            parts = [index.data(ProblemRole.PLACE), index.data(), index.data(ProblemRole.HINT)]
            QApplication.clipboard().setText(" ".join(str(part) for part in parts if part))

    @Slot(QPoint)
    def _show_menu(self, place: QPoint) -> None:
        if not self.currentIndex().isValid():
            return
        menu = Menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.copy_action)
        menu.popup(self.viewport().mapToGlobal(place))

    @Slot(QModelIndex)
    def open_row(self, index: QModelIndex) -> None:
        """Ask for the document that the problem is in."""
        if target := index.data(ProblemRole.TARGET):
            self.opened.emit(str(target))


class ProblemDelegate(QStyledItemDelegate):
    """Paints shape, sentence and place on one line, and the advice below."""

    def __init__(self, view: ProblemsView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Take a row of two lines."""
        return QSize(200, current().size("height.row_two_line"))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a row."""
        theme = current()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(option.rect)  # pyright: ignore[reportAttributeAccessIssue] - a field of Qt's struct
        ground = self._paint_ground(painter, rect, option)
        top, left = rect.top() + _FIRST_LINE, rect.left() + _LEFT
        shape = QRectF(left, top + (_LINE - _SHAPE) / 2, _SHAPE, _SHAPE)
        theme.paint_state(painter, shape, str(index.data(ProblemRole.STATUS)), ground)
        left += _SHAPE + _GAP
        right = rect.right() - _LEFT
        right = self._paint_place(painter, top, right, str(index.data(ProblemRole.PLACE)))
        painter.setFont(theme.font("body", 500))
        painter.setPen(theme.colour("text1"))
        self._paint_line(painter, QRectF(left, top, right - left, _LINE), str(index.data()))
        painter.setFont(theme.font("small"))
        painter.setPen(theme.colour("text2"))
        box = QRectF(left, top + _LINE, rect.right() - _LEFT - left, _LINE - 2)
        self._paint_line(painter, box, str(index.data(ProblemRole.HINT)))
        line = QRectF(rect.left(), rect.bottom() - 1, rect.width(), 1)
        painter.fillRect(line, theme.colour("border"))
        painter.restore()

    def _paint_ground(self, painter: QPainter, rect: QRectF, option: QStyleOptionViewItem) -> str:
        """Paint the row's ground and its ring; returns the name of the ground's colour."""
        theme, state = current(), option.state  # pyright: ignore[reportAttributeAccessIssue] - a field of Qt's struct
        ground = "surface2"
        if state & QStyle.StateFlag.State_Selected:
            ground = "selection" if self._view.hasFocus() else "selection_idle"
        elif state & QStyle.StateFlag.State_MouseOver:
            ground = "hover_content"
        painter.fillRect(rect, theme.colour(ground))
        is_current = bool(state & QStyle.StateFlag.State_HasFocus)
        if is_current and self._view.hasFocus() and self._view.by_keyboard:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("focus"), theme.size("line.focus")))
            painter.drawRect(rect.adjusted(1, 1, -1, -2))
        return ground

    @staticmethod
    def _paint_place(painter: QPainter, top: float, right: float, place: str) -> float:
        """Paint the place at the right end and return where the room for the sentence ends."""
        theme = current()
        painter.setFont(theme.font("small"))
        painter.setPen(theme.colour("text3"))
        width = QFontMetrics(painter.font()).horizontalAdvance(place)
        box = QRectF(right - width, top, width + 1, _LINE)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, place)
        return right - width - _GAP

    @staticmethod
    def _paint_line(painter: QPainter, box: QRectF, text: str) -> None:
        shown = painter.fontMetrics().elidedText(
            text, Qt.TextElideMode.ElideRight, int(max(box.width(), 0))
        )
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, shown)
