"""Tables: a header of 26, rows of 24, no grid; keyboard and screen reader see whole rows."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QTableView, QWidget

from gui.theme import current
from gui.widgets.themed import KEYBOARD_REASONS

ROW = 24
HEADER = 26


class TableView(QTableView):
    """A quiet table over a model. Enter or a double click opens a row.

    Signals:
        opened: The row's first index.
    """

    opened = Signal(QModelIndex)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        """Make it; `name` is what a screen reader calls it."""
        super().__init__(parent)
        self.by_keyboard = False
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
        self.setFont(current().font("small"))
        rows, header = self.verticalHeader(), self.horizontalHeader()
        rows.hide()
        rows.setMinimumSectionSize(ROW)
        rows.setDefaultSectionSize(ROW)
        header.setFixedHeight(HEADER)
        header.setFont(current().font("small", 500))
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.doubleClicked.connect(self._open)
        current().changed.connect(self.viewport().update)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the current row by Enter."""
        self.by_keyboard = True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Stand on a row at once when the keyboard comes here."""
        super().focusInEvent(event)
        self.by_keyboard = event.reason() in KEYBOARD_REASONS
        if self.by_keyboard and not self.currentIndex().isValid():
            self._stand_on_first()
        self.viewport().update()

    def _stand_on_first(self) -> None:
        model = self.model()
        for row in range(model.rowCount()):
            if model.flags(model.index(row, 0)) & Qt.ItemFlag.ItemIsSelectable:
                self.selectRow(row)
                return

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        if index.isValid():
            self.opened.emit(index.siblingAtColumn(0))
