"""Tables: a header of 26, rows of 24, no grid; keyboard and screen reader see whole rows."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QRect, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from gui.theme import current, set_face
from gui.widgets.overlay_bar import OverlayBar
from gui.widgets.row_keys import RowKeys

ROW = 24
HEADER = 26
_PADDING: Final = 8
_FIRST: Final = 16
_ARROW: Final = 12
_ARROW_GAP: Final = 5


class TableHeader(QHeaderView):
    """The names of columns; the one by which rows are sorted has an arrow.

    Attributes:
        sorted_by: The column with the newest row above; -1 for none.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.sorted_by = -1

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Paint a name, and the arrow behind it."""
        painter.save()
        super().paintSection(painter, rect, section)
        painter.restore()
        if section != self.sorted_by:
            return
        name = str(self.model().headerData(section, self.orientation()) or "")
        left = rect.left() + (_PADDING if self.visualIndex(section) else _FIRST)
        left += self.fontMetrics().horizontalAdvance(name) + _ARROW_GAP
        place = QRect(left, rect.top() + (rect.height() - _ARROW) // 2, _ARROW, _ARROW)
        current().icon("arrow-down", "text3", _ARROW).paint(painter, place)


class TableView(RowKeys, QTableView):
    """A quiet table over a model. Enter or a double click opens a row.

    Signals:
        opened: The row's first index.

    Attributes:
        row_below: The row that the pointer is on; -1 for none.
        bar: Lies over the rows at the right, so that their grounds go to the edge.
        header: The names of the columns.
    """

    opened = Signal(QModelIndex)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        """Make it; `name` is what a screen reader calls it."""
        super().__init__(parent)
        self.row_below = -1
        self.bar = OverlayBar(self)
        self.header = TableHeader(self)
        self.setHorizontalHeader(self.header)
        self.setAccessibleName(name)
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)  # Tab leaves the table
        self.setWordWrap(False)
        self.setMouseTracking(True)
        set_face(self, "small")
        rows, header = self.verticalHeader(), self.horizontalHeader()
        rows.hide()
        rows.setMinimumSectionSize(ROW)
        rows.setDefaultSectionSize(ROW)
        header.setFixedHeight(HEADER)
        set_face(header, "small", 500)
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.doubleClicked.connect(self.open_row)
        self.entered.connect(lambda index: self._point_at(index.row()))
        self.viewportEntered.connect(lambda: self._point_at(-1))
        current().changed.connect(self.viewport().update)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the bar at the right edge."""
        super().resizeEvent(event)
        self.bar.place(self.viewport().y())

    def leaveEvent(self, event: QEvent) -> None:
        """Show that the pointer is on no row."""
        self._point_at(-1)
        super().leaveEvent(event)

    def _point_at(self, row: int) -> None:
        if row != self.row_below:
            self.row_below = row
            self.viewport().update()

    def stand_on_row(self) -> None:
        """Choose the first row that is no group's head."""
        if self.currentIndex().isValid():
            return
        model = self.model()
        for row in range(model.rowCount()):
            if model.flags(model.index(row, 0)) & Qt.ItemFlag.ItemIsSelectable:
                self.selectRow(row)
                return

    @Slot(QModelIndex)
    def open_row(self, index: QModelIndex) -> None:
        """Tell that a row was opened."""
        if index.isValid():
            self.opened.emit(index.siblingAtColumn(0))
