"""The Problems page of the bottom dock: what is wrong now, and what to do about each."""

from __future__ import annotations

from typing import Final, TypeAlias

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QAction, QFontMetrics, QPainter, QPen, QResizeEvent
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
from gui.widgets.prose import ProseLines
from gui.widgets.row_keys import RowKeys

Index: TypeAlias = QModelIndex | QPersistentModelIndex

_LEFT: Final = 16
_SHAPE: Final = 12
_GAP: Final = 8
_LEAST_ABOVE: Final = 2
_MOST_PLACE: Final = 0.4
"""Of the width of a row: a place in the file may be a long path."""


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
    """Rows with all that is said, in as many lines as it takes.

    Enter, or a click, opens the document; Ctrl+C copies the row.

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
        current().changed.connect(self.scheduleDelayedItemsLayout)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the lines anew before the next painting."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

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


class _Row:
    """Where everything of a row lies in some width; coordinates are those of the row.

    Attributes:
        height: What the row takes.
    """

    def __init__(self, index: Index, width: int) -> None:
        theme = current()
        first, rest = theme.face("body").line, theme.face("small").line
        least = theme.size("height.row_two_line")
        self._above = max((least - first - rest) // 2, _LEAST_ABOVE)
        self._first, self._left, self._right = first, _LEFT + _SHAPE + _GAP, width - _LEFT
        self._status = str(index.data(ProblemRole.STATUS))
        self._place_font = theme.font("small")
        metrics = QFontMetrics(self._place_font)
        self._place = metrics.elidedText(
            str(index.data(ProblemRole.PLACE)),
            Qt.TextElideMode.ElideMiddle,
            int(width * _MOST_PLACE),
        )
        self._place_left = self._right - metrics.horizontalAdvance(self._place) - 1
        self._text = ProseLines(
            str(index.data()),
            self._place_left - _GAP - self._left,
            theme.font("body", 500),
            first,
            "text1",
        )
        hint = str(index.data(ProblemRole.HINT))
        room = self._right - self._left
        self._hint = ProseLines(hint, room, theme.font("small"), rest, "text2") if hint else None
        lines = self._text.height + (self._hint.height if self._hint else 0)
        self.height = max(lines + 2 * self._above, least)

    def paint(self, painter: QPainter, ground: str) -> None:
        """Paint it all; `ground` is the name of the colour below."""
        theme = current()
        shape = QRectF(_LEFT, self._above + (self._first - _SHAPE) / 2, _SHAPE, _SHAPE)
        theme.paint_state(painter, shape, self._status, ground)
        painter.setFont(self._place_font)
        painter.setPen(theme.colour("text3"))
        box = QRectF(self._place_left, self._above, self._right - self._place_left, self._first)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, self._place)
        self._text.paint(painter, QPointF(self._left, self._above))
        if self._hint is not None:
            self._hint.paint(painter, QPointF(self._left, self._above + self._text.height))


class ProblemDelegate(QStyledItemDelegate):
    """Paints shape, sentence and place beside each other, and the advice below, whole."""

    def __init__(self, view: ProblemsView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        """Take the lines that all words need."""
        return QSize(200, _Row(index, self._view.viewport().width()).height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a row."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(option.rect)  # pyright: ignore[reportAttributeAccessIssue] - a field of Qt's struct
        ground = self._paint_ground(painter, rect, option)
        line = QRectF(rect.left(), rect.bottom() - 1, rect.width(), 1)
        painter.fillRect(line, current().colour("border"))
        painter.translate(rect.topLeft())
        _Row(index, int(rect.width())).paint(painter, ground)
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
