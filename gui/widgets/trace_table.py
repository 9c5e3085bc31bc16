"""The trace: a table of the last messages; the reason of a failed one stands below its row."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QVBoxLayout, QWidget

from gui.theme import current
from gui.viewmodels.table_roles import TableRole
from gui.viewmodels.trace import COLUMNS, Column, Explanation, TraceModel
from gui.viewmodels.words import number
from gui.widgets.buttons import LinkButton, PrimaryButton
from gui.widgets.fitted_code import FittedCode, boxed
from gui.widgets.frames import Ground
from gui.widgets.grouped_table import GroupedDelegate, TableRoles
from gui.widgets.prose import Prose, code_words
from gui.widgets.table_view import ROW, TableView

_WIDTHS: Final[dict[Column, int]] = {
    "time": 116,
    "topic": 124,
    "sql": 72,
    "render": 82,
    "kafka": 74,
}
_MEASURES: Final[tuple[Column, ...]] = ("sql", "render")
"""What is left out where there is little room."""

_HEAD_SIDES: Final = 2 * 8 + 2
"""What a head keeps free beside its words, by the style sheet."""
_LEFT: Final = 34
_ABOVE: Final = 7
_LEAST_TOPIC: Final = 84
_MOST_TOPIC: Final = 240
_LEAST_RESULT: Final = 120
_RESULT: Final = 232
_MOST_DETAIL: Final = 110


class TraceTable(TableView):
    """Shows a `TraceModel`; it stands still while a row is chosen or the user has scrolled.

    Attributes:
        newer: Says how many messages wait meanwhile, and shows them; stands where a page puts it.

    Signals:
        documentAsked: Where a failure can be mended.
    """

    documentAsked = Signal(str)

    def __init__(self, model: TraceModel, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setAccessibleName(self.tr("Trace of the last messages"))
        self._model = model
        self._explained = -1
        self.newer = PrimaryButton()
        self.newer.set_small()
        self.newer.hide()
        self.setModel(model)
        roles = TableRoles(TableRole.HEAD, TableRole.STATUS, TableRole.TONE)
        self.setItemDelegate(GroupedDelegate(roles, self))
        header = self.horizontalHeader()
        self._widths: dict[Column, int] = {}
        header.setSectionResizeMode(len(COLUMNS) - 1, QHeaderView.ResizeMode.Stretch)
        self.selectionModel().currentRowChanged.connect(self._take_choice)
        self.verticalScrollBar().valueChanged.connect(self._take_scroll)
        model.explained.connect(self._show_explanation)
        model.countsChanged.connect(self._show_newer)
        self.newer.clicked.connect(self.go_on)
        current().changed.connect(self._take_look)
        self._take_look()

    @Slot()
    def _take_look(self) -> None:
        """Have the columns as wide as drawn, or as their heads need."""
        header = self.horizontalHeader()
        for place, column in enumerate(COLUMNS):
            if column in _WIDTHS:
                head = str(self._model.headerData(place, Qt.Orientation.Horizontal))
                needed = header.fontMetrics().horizontalAdvance(head) + _HEAD_SIDES
                self._widths[column] = max(_WIDTHS[column], needed)
                self.setColumnWidth(place, self._widths[column])
        result = header.sectionSizeHint(len(COLUMNS) - 1)
        self.setMinimumWidth(self._widths["time"] + _LEAST_TOPIC + self._widths["kafka"] + result)

    @Slot()
    def go_on(self) -> None:
        """Choose nothing and show the newest."""
        self.clearSelection()
        self.setCurrentIndex(QModelIndex())
        self.verticalScrollBar().setValue(0)
        self._model.explain(-1)
        self._model.hold(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go on with the newest by Esc; Enter leads to where a failure can be mended."""
        if event.key() == Qt.Key.Key_Escape and self.currentIndex().isValid():
            self.go_on()
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            below = self.currentIndex().row() + 1
            if 0 < below < self._model.rowCount():
                row = self._model.row_at(below)
                if isinstance(row, Explanation) and row.target:
                    self.documentAsked.emit(row.target)
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave room for results where the table is narrow."""
        super().resizeEvent(event)
        measures = sum(self._widths[name] for name in _MEASURES)
        room = self.width() - self._widths["time"] - self._widths["kafka"]
        is_narrow = room - measures < _LEAST_TOPIC + _LEAST_RESULT
        for name in _MEASURES:
            self.setColumnHidden(COLUMNS.index(name), is_narrow)
        room -= (0 if is_narrow else measures) + _LEAST_RESULT
        topic = max(min(room, self._widths["topic"]), _LEAST_TOPIC)
        spare = min(room + _LEAST_RESULT - topic - _RESULT, _MOST_TOPIC - topic)
        self.setColumnWidth(COLUMNS.index("topic"), topic + max(spare, 0))
        self._fit_explanation()

    @Slot(QModelIndex, QModelIndex)
    def _take_choice(self, index: QModelIndex, _before: QModelIndex) -> None:
        if index.isValid():
            self._model.hold(True)
            self._model.explain(index.row())

    @Slot(int)
    def _take_scroll(self, value: int) -> None:
        if value > 0:
            self._model.hold(True)
        elif not self.currentIndex().isValid():
            self._model.hold(False)

    @Slot(int)
    def _show_explanation(self, place: int) -> None:
        """Put the reason over the whole row; no other row is spanned."""
        self.clearSpans()
        self.verticalHeader().setDefaultSectionSize(ROW)
        self._explained = -1
        if place < 0:
            return
        row = self._model.row_at(place)
        assert isinstance(row, Explanation)  # noqa: S101 - the model says so
        panel = ExplanationPanel(row)
        panel.documentAsked.connect(self.documentAsked)
        panel.unfolded.connect(self._show_unfolded)
        self.setSpan(place, 0, 1, len(COLUMNS))
        self.setIndexWidget(self._model.index(place, 0), panel)
        self._explained = place
        self._fit_explanation()
        self.scrollTo(self._model.index(place, 0))

    @Slot()
    def _show_unfolded(self) -> None:
        self._fit_explanation()
        self.scrollTo(self._model.index(self._explained, 0))

    @Slot()
    def _fit_explanation(self) -> None:
        """Give the reason's row the height that it needs."""
        if self._explained < 0:
            return
        panel = self.indexWidget(self._model.index(self._explained, 0))
        if isinstance(panel, ExplanationPanel):
            self.setRowHeight(self._explained, panel.height_for(self.viewport().width()))

    @Slot()
    def _show_newer(self) -> None:
        new = self._model.new_above
        self.newer.setVisible(bool(new))
        self.newer.setText(self.tr("{count} new above").format(count=number(new)))


class ExplanationPanel(Ground):
    """Why a message failed, what else can be looked at, and a link to where it can be mended.

    Signals:
        documentAsked: The link was pressed.
        unfolded: It needs another height: something to look at is shown, or no longer.
    """

    documentAsked = Signal(str)
    unfolded = Signal()

    def __init__(self, row: Explanation, parent: QWidget | None = None) -> None:
        super().__init__("surface_alt", parent)
        theme = current()
        self._row = row
        self._text = Prose("small")
        self._text.say(row.text, code_words(row.text, "text1"))
        self.link = LinkButton(self.tr("Open the rule"), self)
        self.link.set_small()
        self.link.setVisible(bool(row.target))
        self.link.clicked.connect(self._follow)
        self.details = [self._detail_link(name) for name, _ in row.details]
        self.code = FittedCode("", "json", highest=_MOST_DETAIL)
        self._box = boxed(self.code)
        self._box.hide()
        self.code.fitted.connect(self.unfolded)
        links = QHBoxLayout()
        links.setSpacing(theme.size("space.m"))
        for link in (self.link, *self.details):
            links.addWidget(link)
        links.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(_LEFT, _ABOVE, theme.size("space.l"), _ABOVE)
        column.setSpacing(2)
        column.addWidget(self._text)
        column.addLayout(links)
        column.addWidget(self._box)
        column.addStretch(1)

    def _detail_link(self, name: str) -> LinkButton:
        link = LinkButton(name)
        link.set_small()
        link.set_icon("chevron-right")
        link.setCheckable(True)
        link.clicked.connect(lambda is_shown: self._unfold(name, is_shown=is_shown))
        return link

    def height_for(self, width: int) -> int:
        """Tell how high it is at a width."""
        room = width - _LEFT - current().size("space.l")
        height = self._text.heightForWidth(room) + 2 * _ABOVE
        if self._row.target or self.details:
            height += self.link.sizeHint().height() + 2
        return height + (self._box.sizeHint().height() + 2 if self._box.isVisibleTo(self) else 0)

    def sizeHint(self) -> QSize:
        """Ask for a line at least."""
        return QSize(super().sizeHint().width(), ROW + 2 * _ABOVE)

    @Slot()
    def _follow(self) -> None:
        self.documentAsked.emit(self._row.target)

    def _unfold(self, name: str, *, is_shown: bool) -> None:
        """Show one detail, or none."""
        for link in self.details:
            link.setChecked(is_shown and link.text() == name)
            link.set_icon("chevron-down" if link.isChecked() else "chevron-right")
        if is_shown:
            self.code.setAccessibleName(name)
            self.code.show_code(dict(self._row.details)[name])
        self._box.setVisible(is_shown)
        self.unfolded.emit()
