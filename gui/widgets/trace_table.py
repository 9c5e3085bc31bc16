"""The trace: a table of the last messages; the reason of a failed one stands below its row."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QWidget

from gui.theme import current
from gui.viewmodels.table_roles import TableRole
from gui.viewmodels.trace import COLUMNS, Explanation, TraceModel
from gui.viewmodels.words import number
from gui.widgets.buttons import LinkButton, PrimaryButton
from gui.widgets.frames import Ground
from gui.widgets.grouped_table import GroupedDelegate, TableRoles
from gui.widgets.labels import Paragraph
from gui.widgets.table_view import ROW, TableView

_WIDTHS: Final = {"time": 124, "topic": 180, "kafka": 84}
_LEFT: Final = 36
_ABOVE: Final = 7
_LEAST_TOPIC: Final = 84
_LEAST_RESULT: Final = 160


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
        self.newer = PrimaryButton()
        self.newer.set_small()
        self.newer.hide()
        self.setModel(model)
        roles = TableRoles(TableRole.HEAD, TableRole.STATUS, TableRole.TONE)
        self.setItemDelegate(GroupedDelegate(roles, self))
        header = self.horizontalHeader()
        for place, column in enumerate(COLUMNS):
            if column in _WIDTHS:
                self.setColumnWidth(place, _WIDTHS[column])
        header.setSectionResizeMode(len(COLUMNS) - 1, QHeaderView.ResizeMode.Stretch)
        self.selectionModel().currentRowChanged.connect(self._take_choice)
        self.verticalScrollBar().valueChanged.connect(self._take_scroll)
        model.explained.connect(self._show_explanation)
        model.countsChanged.connect(self._show_newer)
        self.newer.clicked.connect(self.go_on)

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
        room = self.width() - _WIDTHS["time"] - _WIDTHS["kafka"] - _LEAST_RESULT
        topic = max(min(room, _WIDTHS["topic"]), _LEAST_TOPIC)
        self.setColumnWidth(COLUMNS.index("topic"), topic)

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
        if place < 0:
            return
        row = self._model.row_at(place)
        assert isinstance(row, Explanation)  # noqa: S101 - the model says so
        panel = ExplanationPanel(row)
        panel.documentAsked.connect(self.documentAsked)
        self.setSpan(place, 0, 1, len(COLUMNS))
        self.setRowHeight(place, panel.height_for(self.viewport().width()))
        self.setIndexWidget(self._model.index(place, 0), panel)

    @Slot()
    def _show_newer(self) -> None:
        new = self._model.new_above
        self.newer.setVisible(bool(new))
        self.newer.setText(self.tr("{count} new above").format(count=number(new)))


class ExplanationPanel(Ground):
    """Why a message failed, and a link to where it can be mended.

    Signals:
        documentAsked: The link was pressed.
    """

    documentAsked = Signal(str)

    def __init__(self, row: Explanation, parent: QWidget | None = None) -> None:
        super().__init__("surface_alt", parent)
        theme = current()
        self._target = row.target
        self._text = Paragraph(row.text, style="small", role="text1")
        self.link = LinkButton(self.tr("Open the rule"))
        self.link.set_small()
        self.link.setVisible(bool(row.target))
        self.link.clicked.connect(self._follow)
        line = QHBoxLayout(self)
        line.setContentsMargins(_LEFT, _ABOVE, theme.size("space.l"), _ABOVE)
        line.setSpacing(theme.size("space.m"))
        line.addWidget(self._text, 1)
        line.addWidget(self.link)

    def height_for(self, width: int) -> int:
        """Tell how high it is at a width."""
        beside = self.link.sizeHint().width() + current().size("space.m") if self._target else 0
        room = width - _LEFT - current().size("space.l") - beside
        return max(self._text.heightForWidth(room), ROW) + 2 * _ABOVE

    def sizeHint(self) -> QSize:
        """Ask for a line at least."""
        return QSize(super().sizeHint().width(), ROW + 2 * _ABOVE)

    @Slot()
    def _follow(self) -> None:
        self.documentAsked.emit(self._target)
