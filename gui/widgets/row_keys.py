"""How rows answer the keyboard, in every list, table and tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent

from gui.widgets.themed import KEYBOARD_REASONS

if TYPE_CHECKING:
    from PySide6.QtWidgets import QAbstractItemView as _View
else:
    _View = object


class RowKeys(_View):
    """To be inherited before a view: Enter opens a row, and Tab leads onto one.

    Attributes:
        by_keyboard: Whether the keyboard brought the focus, which is painted then.
    """

    by_keyboard = False

    def open_row(self, index: QModelIndex) -> None:
        """Do what Enter does on a row; the index is invalid where none is current."""
        raise NotImplementedError

    def stand_on_row(self) -> None:
        """Choose a row where none is chosen, for the keyboard to start from."""
        if not self.currentIndex().isValid():
            self.setCurrentIndex(self.model().index(0, 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the current row by Enter."""
        self.by_keyboard = True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_row(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Stand on a row at once when the keyboard comes here."""
        super().focusInEvent(event)
        self.by_keyboard = event.reason() in KEYBOARD_REASONS
        if self.by_keyboard:
            self.stand_on_row()
        self.viewport().update()
