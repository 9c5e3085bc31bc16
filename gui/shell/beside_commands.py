"""Two documents side by side: the command that moves one, and the menu of a tab."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QPoint, Qt, Slot

from gui.viewmodels.navigator import OVERVIEW
from gui.widgets.menu import Menu

if TYPE_CHECKING:
    from gui.main_window import MainWindow

_LEAST: Final = 480
"""What a page should have at least, in pixels; else the tail gives its room."""


class BesideCommands(QObject):
    """Opens documents to the side and moves them back."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        window.commands.add("beside", window.tr("Move to the other s&ide"), self.move)
        window.documents.menuAsked.connect(self._show_menu)
        window.documents.currentChanged.connect(self.refresh)
        window.session.workspaceChanged.connect(self.refresh)
        window.palette_window.besideAsked.connect(self.open)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Enable what can be done now."""
        window = self._window
        is_open = window.session.loaded is not None
        window.commands["beside"].setEnabled(is_open and window.documents.current != OVERVIEW)

    @Slot(str)
    def open(self, key: str) -> None:
        """Show a document in the right half, with the keyboard in it."""
        documents = self._window.documents
        if not documents.exists(key):
            return
        is_made = key != OVERVIEW and not documents.is_split
        if is_made and documents.width() < 2 * _LEAST:
            self._window.tail.hide()
        documents.open_beside(key)
        documents.focus_page()

    def move(self) -> None:
        """Move the document that is shown to the other half."""
        documents = self._window.documents
        if documents.is_beside(documents.current):
            documents.bring_back(documents.current)
            documents.focus_page()
        else:
            self.open(documents.current)

    @Slot(str, QPoint)
    def _show_menu(self, key: str, place: QPoint) -> None:
        """Show what can be done with a tab."""
        window, documents = self._window, self._window.documents
        menu = Menu(window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        close = menu.addAction(window.tr("Close"), lambda: documents.close_document(key))
        close.setEnabled(key != OVERVIEW)
        others = [each for each in documents.keys if each not in (OVERVIEW, key)]
        rest = menu.addAction(window.tr("Close the others"), lambda: self._close(others))
        rest.setEnabled(bool(others))
        menu.addSeparator()
        if documents.is_beside(key):
            menu.addAction(window.tr("Move to the left"), lambda: documents.bring_back(key))
        else:
            side = menu.addAction(window.tr("Open to the side"), lambda: self.open(key))
            side.setEnabled(key != OVERVIEW)
        menu.popup(place)

    def _close(self, keys: list[str]) -> None:
        for key in keys:
            self._window.documents.close_document(key)
