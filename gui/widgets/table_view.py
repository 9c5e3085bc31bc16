"""Tables: a header of 26, rows of 24, no grid; keyboard and screen reader see whole rows."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, Qt, Signal, Slot
from PySide6.QtWidgets import QAbstractItemView, QFrame, QTableView, QWidget

from gui.theme import current, set_face
from gui.widgets.row_keys import RowKeys

ROW = 24
HEADER = 26


class TableView(RowKeys, QTableView):
    """A quiet table over a model. Enter or a double click opens a row.

    Signals:
        opened: The row's first index.

    Attributes:
        row_below: The row that the pointer is on; -1 for none.
    """

    opened = Signal(QModelIndex)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        """Make it; `name` is what a screen reader calls it."""
        super().__init__(parent)
        self.row_below = -1
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
