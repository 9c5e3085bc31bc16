"""The examples at the edge of a rule's page: filter, list, and what the chosen one does."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QKeyEvent, QPainter, QPen, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from core.lab.examples import Example
from gui.theme import current, set_face, set_height
from gui.viewmodels.examples import ExampleList
from gui.widgets.buttons import IconButton, PrimaryButton
from gui.widgets.filter_field import FilterField
from gui.widgets.fitted_code import FittedCode, boxed
from gui.widgets.frames import Line
from gui.widgets.labels import Icon, Label, StateLine

WIDTH: Final = 356
_LEAST_WIDTH: Final = 344
"""Without the width of a bar beside the page, so that nothing is scrolled sideways, too."""

_EXAMPLE: Final = int(Qt.ItemDataRole.UserRole) + 1
_ROW: Final = 28
_HEAD: Final = 22
_TEXT: Final = 12
_BAR: Final = 3
_SQL_LINES: Final = 9

Index = QModelIndex | QPersistentModelIndex


class ExamplesDrawer(QWidget):
    """356 wide, full height. Enter takes the chosen example, Esc closes.

    Signals:
        taken: The statement of the chosen example.
        closed: Enough of it.
    """

    taken = Signal(str)
    closed = Signal()

    def __init__(self, model: ExampleList, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        model.setParent(self)
        self.setAccessibleName(self.tr("Examples"))
        self.setMinimumWidth(_LEAST_WIDTH)
        self.setMaximumWidth(WIDTH)
        self.filter = FilterField(self.tr("Filter: limit, array, time"))
        self.list = _List()
        self.close_button = IconButton("x", self.tr("Close"), size=30)
        self.use = PrimaryButton(self.tr("Use this SQL"))
        self.sql = FittedCode(self.tr("SQL of the example"), "sql", margin=6, gives_way=True)
        self.input, self.output = (
            FittedCode(name, "json", margin=4, gives_way=True)
            for name in (self.tr("Input of the example"), self.tr("Result of the example"))
        )
        self._message = Label(style="small", role="text3", elide="end")
        self.verdict = StateLine(style="small")
        self._lay_out()
        self._connect_signals()
        self._fill()

    def _connect_signals(self) -> None:
        self._model.changed.connect(self._fill)
        self._model.resultChanged.connect(self._show_example)
        self.filter.textChanged.connect(self._model.set_filter)
        self.filter.returnPressed.connect(self.list.setFocus)
        self.list.selectionModel().currentChanged.connect(self._choose)
        self.list.activated.connect(self._take)
        self.use.clicked.connect(self._take)
        self.close_button.clicked.connect(self.closed)

    def focus_list(self) -> None:
        """Have the keyboard in the filter."""
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close by Esc; go from the filter into the list by the arrow down."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        elif event.key() == Qt.Key.Key_Down and self.filter.hasFocus():
            self.list.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            super().keyPressEvent(event)

    # How it is laid out

    def _lay_out(self) -> None:
        beside = QHBoxLayout(self)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(0)
        beside.addWidget(Line(Qt.Orientation.Vertical, "border_strong"))
        column = QVBoxLayout()
        column.setSpacing(0)
        beside.addLayout(column, 1)
        side = current().size("space.panel")
        searching = QVBoxLayout()
        searching.setContentsMargins(side, 10, side, 9)
        searching.addWidget(self.filter)
        for part in (self._header(), Line()):
            column.addWidget(part)
        column.addLayout(searching)
        column.addWidget(self.list, 1)
        column.addWidget(Line())
        column.addLayout(self._details())
        for part in (Line(), self._footer()):
            column.addWidget(part)

    def _header(self) -> QWidget:
        theme, host = current(), QWidget()
        set_height(host, "height.page_header", -1)
        row = QHBoxLayout(host)
        row.setContentsMargins(theme.size("space.l"), 1, theme.size("space.s"), 0)
        row.setSpacing(theme.size("space.s") + 2)
        row.addWidget(Icon("book-open", 18, "text2"))
        row.addWidget(Label(self.tr("Examples"), style="title"))
        row.addWidget(Label(str(self._model.count), role="text3"))
        row.addStretch(1)
        row.addWidget(self.close_button)
        return host

    def _details(self) -> QVBoxLayout:
        column, edge = QVBoxLayout(), current().size("space.l")
        column.setContentsMargins(edge, 10, edge, 10)
        column.setSpacing(4)
        column.addWidget(Label(self.tr("SQL"), style="small", weight=500, role="text2"))
        column.addWidget(boxed(self.sql))
        for name, beside, code in (
            (self.tr("Input"), self._message, self.input),
            (self.tr("Result"), self.verdict, self.output),
        ):
            row = QHBoxLayout()
            row.setContentsMargins(0, 9, 0, 0)
            row.setSpacing(current().size("space.s"))
            row.addWidget(Label(name, style="small", weight=500, role="text2"))
            row.addWidget(beside, 1)
            column.addLayout(row)
            column.addWidget(boxed(code))
        return column

    def _footer(self) -> QWidget:
        theme, host = current(), QWidget()
        set_height(host, "height.page_header", -1)
        row = QHBoxLayout(host)
        row.setContentsMargins(theme.size("space.l"), 1, theme.size("space.l"), 0)
        note = Label(style="small", role="text3", elide="end")
        note.setText(self.tr("Undo brings the old text back"), self.tr("Undo takes it back"))
        row.addWidget(note, 1)
        row.addWidget(self.use)
        return host

    # What is shown

    @Slot()
    def _fill(self) -> None:
        """Show what passes the filter; the chosen example stays the chosen one if it does."""
        model = self.list.rows
        model.clear()
        wanted = first = None
        for group in self._model.groups:
            head = QStandardItem(group.name)
            head.setFlags(Qt.ItemFlag.NoItemFlags)
            model.appendRow(head)
            for example in group.examples:
                item = QStandardItem(example.name)
                item.setData(example, _EXAMPLE)
                model.appendRow(item)
                first = first or item
                if example is self._model.chosen:
                    wanted = item
        chosen = wanted or first
        if chosen is not None:
            self.list.setCurrentIndex(model.indexFromItem(chosen))
        self.use.setEnabled(chosen is not None)

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        example = index.data(_EXAMPLE) if index.isValid() else None
        if isinstance(example, Example):
            self._model.choose(example)

    @Slot()
    def _show_example(self) -> None:
        example, result = self._model.chosen, self._model.result
        if example is None:
            return
        self.sql.show_code(example.sql)
        text = self.tr("{client} on {topic}").format(client=example.client, topic=example.topic)
        self._message.setText(text if example.client else example.topic)
        self.input.show_code(example.payload)
        if result.outcome == "passed":
            self.verdict.set_state("passed", self.tr("Passed"), "ok")
            self.output.show_code(result.json)
        elif result.outcome == "empty":
            self.verdict.set_state("not_tried", self.tr("being evaluated"), "text3")
        else:
            self.verdict.set_state("no_result", self.tr("No match"), "text3")
            self.output.show_code(result.sentence)

    @Slot()
    def _take(self) -> None:
        example = self._model.chosen
        if example is not None:
            self.taken.emit(example.sql)


class _List(QListView):
    """Group names and examples."""

    def __init__(self) -> None:
        super().__init__()
        self.rows = QStandardItemModel(self)
        self.setModel(self.rows)
        self.setAccessibleName(self.tr("Examples"))
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setProperty("kind", "plain")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMinimumHeight(_HEAD + _ROW)
        self.setItemDelegate(_Row(self))
        set_face(self, "body", figures=False)
        current().changed.connect(self.viewport().update)


class _Row(QStyledItemDelegate):
    """Paints a group's name small, an example as a row of the navigator."""

    def __init__(self, view: QListView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Take 28, and 22 for a group."""
        return QSize(100, _ROW if index.data(_EXAMPLE) is not None else _HEAD)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a row."""
        theme = current()
        rect: QRect = option.rect  # pyright: ignore[reportAttributeAccessIssue] - Qt's struct
        is_group = index.data(_EXAMPLE) is None
        text: Any = index.data(Qt.ItemDataRole.DisplayRole)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_chosen = not is_group and self._view.currentIndex() == index
        if is_chosen:
            self._paint_chosen(painter, rect)
        painter.setFont(
            theme.font("caption", 600)
            if is_group
            else theme.font("body", 500 if is_chosen else None, figures=False)
        )
        painter.setPen(theme.colour("text3" if is_group else "text1"))
        box = rect.adjusted(_TEXT + 4, 0, -_TEXT, 0)
        shown = painter.fontMetrics().elidedText(
            str(text), Qt.TextElideMode.ElideRight, box.width()
        )
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.restore()

    def _paint_chosen(self, painter: QPainter, rect: QRect) -> None:
        theme, has_focus = current(), self._view.hasFocus()
        inner = QRectF(rect).adjusted(4, 0, -4, 0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("selection"))
        painter.drawRoundedRect(inner, theme.size("radius.s"), theme.size("radius.s"))
        painter.setBrush(theme.colour("accent"))
        bar = QRectF(inner.left(), inner.top() + 5, _BAR, inner.height() - 10)
        painter.drawRoundedRect(bar, _BAR / 2, _BAR / 2)
        if has_focus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("focus"), theme.size("line.focus")))
            radius = theme.size("radius.s")
            painter.drawRoundedRect(inner.adjusted(1, 1, -1, -1), radius, radius)
