"""Two documents at once: the commands that move one, and the menu of a tab."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QPoint, Qt, Slot

from gui.viewmodels.navigator import OVERVIEW
from gui.widgets.menu import Menu

if TYPE_CHECKING:
    from gui.main_window import MainWindow

_LEAST_WIDTH: Final = 480
_LEAST_HEIGHT: Final = 280
"""What a page should have at least, in pixels; else tail or bottom dock gives its room."""


class BesideCommands(QObject):
    """Opens documents to the side or below and moves them back."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        tr = window.tr
        window.commands.add("beside", tr("Move to the other s&ide"), lambda: self.move(below=False))
        window.commands.add("below", tr("Move &up or down"), lambda: self.move(below=True))
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
        for name in ("beside", "below"):
            can_move = is_open and window.documents.current != OVERVIEW
            window.commands[name].setEnabled(can_move)

    @Slot(str)
    def open(self, key: str, *, below: bool = False) -> None:
        """Show a document in the second half, to the right or below, with the keyboard in it."""
        documents = self._window.documents
        if not documents.exists(key):
            return
        is_there = documents.is_split and documents.is_below == below
        if key != OVERVIEW and not is_there:
            self._make_room(below=below)
        documents.open_beside(key, below=below)
        documents.focus_page()

    def move(self, *, below: bool) -> None:
        """Move the document that is shown to the second half, or back from there.

        Args:
            below: Whether that half is below, not to the right; if it lies otherwise, it is turned.
        """
        documents = self._window.documents
        key = documents.current
        if documents.is_beside(key) and documents.is_below == below:
            documents.bring_back(key)
            documents.focus_page()
        else:
            self.open(key, below=below)

    def _make_room(self, *, below: bool) -> None:
        """Have the dock beside the documents give its room where two pages have too little."""
        window, documents = self._window, self._window.documents
        if below and documents.height() < 2 * _LEAST_HEIGHT:
            window.bottom.fold(True)
        elif not below and documents.width() < 2 * _LEAST_WIDTH:
            window.tail.hide()

    @Slot(str, QPoint)
    def _show_menu(self, key: str, place: QPoint) -> None:
        """Show what can be done with a tab."""
        window, documents = self._window, self._window.documents
        menu = Menu(window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        close = menu.addAction(window.tr("Close"), lambda: documents.close_document(key))
        close.setEnabled(key != OVERVIEW)
        others = [each for each in documents.keys if each not in (OVERVIEW, key)]
        rest = menu.addAction(
            window.tr("Close the others"), lambda: documents.close_documents(others)
        )
        rest.setEnabled(bool(others))
        menu.addSeparator()
        ways = {False: window.tr("Open to the side"), True: window.tr("Open below")}
        if documents.is_beside(key):
            del ways[documents.is_below]
            back = window.tr("Move up") if documents.is_below else window.tr("Move to the left")
            menu.addAction(back, lambda: documents.bring_back(key))
        for below, text in ways.items():
            way = menu.addAction(text, lambda below=below: self.open(key, below=below))
            way.setEnabled(key != OVERVIEW)
        menu.popup(place)
