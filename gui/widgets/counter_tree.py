"""The counter tree: sums in bold, "+" before every summand, failures in red with a cross."""

from __future__ import annotations

from typing import Final, TypeAlias

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFontMetrics, QPainter, QPainterPath, QPen, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from gui.theme import current, set_face
from gui.viewmodels.counter_model import NAME, NOW, TOTAL, CounterModel, CounterRole
from gui.widgets.row_keys import RowKeys

Index: TypeAlias = QModelIndex | QPersistentModelIndex

_ROW: Final = 24
_HEAD: Final = 26
_HEAD_SPACE: Final = 5
_HEADER: Final = 28
_ABOVE_FIRST: Final = 1
_RAISED: Final = 1
"""By how much the text of summands stands higher than the middle of its row."""
_CHEVRON: Final = 20
_HEAD_LEFT: Final = 33
_PLUS: Final = 37
_NAME_LEFT: Final = 48
_SHAPE: Final = 12
_SHAPE_GAP: Final = 5
_QUIET: Final = ("no_result", "discarded", "pending", "queuing", "inflight")
"""Ends of the keys of what neither passed nor failed."""
_TOTAL_WIDTH: Final = 92
_NOW_WIDTH: Final = 58
_TOTAL_RIGHT: Final = 15
_NOW_RIGHT: Final = 15
_NOW_LEFT: Final = 2
"""At least, to the left of the longest rate."""


class CounterTree(RowKeys, QTreeView):
    """A quiet tree over a `CounterModel`; a click or Enter on a failure asks for its messages.

    Signals:
        messagesAsked: The feed's filter for the messages behind a counter.
        documentAsked: The key of the document that has all of them.
    """

    messagesAsked = Signal(str)
    documentAsked = Signal(str)

    def __init__(self, model: CounterModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Counters"))
        self.setModel(model)
        self.setItemDelegate(CounterDelegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setIndentation(0)
        self.setRootIsDecorated(False)
        self.setAllColumnsShowFocus(True)
        self.setMouseTracking(True)
        self.setEditTriggers(QTreeView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QTreeView.ScrollMode.ScrollPerPixel)
        header = self.header()
        header.setFixedHeight(_HEADER)
        header.setProperty("kind", "counters")
        set_face(self, "small", 500)
        set_face(header, "small", 500)
        header.setStretchLastSection(False)
        header.setSectionsMovable(False)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        for column, width in ((TOTAL, _TOTAL_WIDTH), (NOW, _NOW_WIDTH)):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(column, width)
        self.clicked.connect(self.open_row)
        model.modelReset.connect(self.expandAll)
        model.modelReset.connect(self._widen)
        model.dataChanged.connect(self._widen)
        current().changed.connect(self.viewport().update)
        self.expandAll()
        self._widen()

    def showEvent(self, event: QShowEvent) -> None:
        """Give the head its font again, which the sheet has taken when the page was shown."""
        super().showEvent(event)
        set_face(self.header(), "small", 500)

    @Slot()
    def _widen(self) -> None:
        """Give the rates more room when they need it; it stays, so that nothing jumps."""
        metrics, model = QFontMetrics(current().font("small")), self.model()
        heads = [model.index(row, NAME) for row in range(model.rowCount())]
        rates = [
            str(model.index(row, NOW, head).data() or "")
            for head in heads
            for row in range(model.rowCount(head))
        ]
        need = max((metrics.horizontalAdvance(rate) for rate in rates), default=0)
        if need + _NOW_RIGHT + _NOW_LEFT > self.header().sectionSize(NOW):
            self.header().resizeSection(NOW, need + _NOW_RIGHT + _NOW_LEFT)

    @Slot(QModelIndex)
    def open_row(self, index: QModelIndex) -> None:
        """Ask for the messages behind a counter; a sum folds."""
        first = index.siblingAtColumn(NAME)
        if not first.isValid():
            return
        if first.data(CounterRole.IS_HEAD):
            self.setExpanded(first, not self.isExpanded(first))
        elif opens := first.data(CounterRole.OPENS):
            self.documentAsked.emit(str(opens))
        elif shows := first.data(CounterRole.SHOWS):
            self.messagesAsked.emit(str(shows))


class CounterDelegate(QStyledItemDelegate):
    """Paints the cells."""

    def __init__(self, view: CounterTree) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        """Give a row its height; sums have a line and space above, but for the first."""
        if not _first(index).data(CounterRole.IS_HEAD):
            return QSize(0, _ROW)
        return QSize(0, _HEAD + (_HEAD_SPACE if index.row() else _ABOVE_FIRST))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a cell."""
        theme = current()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(option.rect)  # pyright: ignore[reportAttributeAccessIssue] - a field of Qt's struct
        first = _first(index)
        is_head = bool(first.data(CounterRole.IS_HEAD))
        painter.fillRect(rect, theme.colour("surface2"))
        if is_head and index.row():
            line = QRectF(rect.left(), rect.top() + _HEAD_SPACE - 1, rect.width(), 1)
            painter.fillRect(line, theme.colour("border"))
            rect.setTop(rect.top() + _HEAD_SPACE)
        ground = self._paint_ground(painter, rect, option, index)
        is_failure = bool(first.data(CounterRole.IS_FAILURE))
        if index.column() == NAME:
            self._paint_name(painter, rect, index, ground, is_failure=is_failure)
        else:
            right = _TOTAL_RIGHT if index.column() == TOTAL else _NOW_RIGHT
            role = "text1" if index.column() == TOTAL else "text3"
            role = "bad" if is_failure and index.column() == TOTAL else role
            face = "small" if index.column() == NOW else "body"
            painter.setFont(theme.font(face, 600 if is_head else None))
            painter.setPen(theme.colour(role))
            raised = 0 if is_head else _RAISED
            box = rect.adjusted(0, -raised, -right, -raised)
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box, int(flags), str(index.data() or ""))
        painter.restore()

    def _paint_ground(
        self, painter: QPainter, rect: QRectF, option: QStyleOptionViewItem, index: Index
    ) -> str:
        """Paint what lies under the cell and return the colour's name."""
        theme, view = current(), self._view
        state: QStyle.StateFlag = option.state  # pyright: ignore[reportAttributeAccessIssue] - a field of Qt's struct
        ground = "surface2"
        if state & QStyle.StateFlag.State_Selected:
            ground = "selection" if view.hasFocus() else "selection_idle"
        elif state & QStyle.StateFlag.State_MouseOver:
            ground = "hover_content"
        painter.fillRect(rect, theme.colour(ground))
        here = view.currentIndex()
        is_current = here.siblingAtColumn(NAME) == _first(index)
        if is_current and view.hasFocus() and view.by_keyboard:
            width, colour = theme.size("line.focus"), theme.colour("focus")
            painter.fillRect(QRectF(rect.left(), rect.top(), rect.width(), width), colour)
            bottom = rect.bottom() - width
            painter.fillRect(QRectF(rect.left(), bottom, rect.width(), width), colour)
            if index.column() == NAME:
                painter.fillRect(QRectF(rect.left(), rect.top(), width, rect.height()), colour)
            if index.column() == NOW:
                edge = QRectF(rect.right() - width, rect.top(), width, rect.height())
                painter.fillRect(edge, colour)
        return ground

    def _paint_name(
        self, painter: QPainter, rect: QRectF, index: Index, ground: str, *, is_failure: bool
    ) -> None:
        theme = current()
        is_head = bool(index.data(CounterRole.IS_HEAD))
        left = rect.left() + (_HEAD_LEFT if is_head else _NAME_LEFT)
        middle = rect.center().y()
        if is_head:
            self._paint_chevron(painter, rect.left() + _CHEVRON, middle, index)
        elif index.data(CounterRole.HAS_PLUS):
            painter.setPen(QPen(theme.colour("text3"), 1))
            x, y = round(rect.left() + _PLUS) + 0.5, round(middle) + 0.5
            painter.drawLine(QPointF(x - 3, y), QPointF(x + 3, y))
            painter.drawLine(QPointF(x, y - 3), QPointF(x, y + 3))
        if is_failure:
            place = QRectF(left, middle - _SHAPE / 2, _SHAPE, _SHAPE)
            theme.paint_state(painter, place, "failed", ground)
            left += _SHAPE + _SHAPE_GAP
        painter.setFont(theme.font("body", 600 if is_head else None))
        is_quiet = str(index.data(CounterRole.KEY)).endswith(_QUIET)
        role = "bad" if is_failure else "text2" if is_quiet else "text1"
        painter.setPen(theme.colour(role))
        room = rect.right() - left
        metrics, text = painter.fontMetrics(), str(index.data())
        if metrics.horizontalAdvance(text) > room:
            text = str(index.data(CounterRole.SHORT) or text)
        text = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, int(room))
        box = QRectF(left, rect.top() - (0 if is_head else _RAISED), room, rect.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_chevron(self, painter: QPainter, x: float, y: float, index: Index) -> None:
        is_open = self._view.isExpanded(QModelIndex(index))  # pyright: ignore[reportArgumentType, reportCallIssue] - a persistent index converts
        points = ((-3.5, -1.8), (0.0, 1.8), (3.5, -1.8))
        if not is_open:
            points = ((-1.8, -3.5), (1.8, 0.0), (-1.8, 3.5))
        path = QPainterPath()
        path.moveTo(x + points[0][0], y + points[0][1])
        for dx, dy in points[1:]:
            path.lineTo(x + dx, y + dy)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(current().colour("text3"), 1.3))
        painter.drawPath(path)


def _first(index: Index) -> QModelIndex:
    """Give the cell that tells about the whole row."""
    return index.sibling(index.row(), NAME)
