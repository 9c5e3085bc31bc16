"""One of the two halves of the centre: tabs, and below them the page of the current one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gui.shell.regions import first_stop
from gui.widgets.page_stack import PageStack
from gui.widgets.tab_bar import TabBar

LEAST: Final = 320
"""How narrow a half may become, in pixels; a page that needs more is scrolled then, for it must not
take the room of the docks."""


class Pane(QWidget):
    """Pages by key, one of which is shown. A page may be made when it is first asked for.

    Attributes:
        tabs: One for each page.
        notices: Where sentences above the page go.

    Signals:
        chosen: The key of the page that is shown now.
    """

    chosen = Signal(str)

    def __init__(
        self, name: str, make: Callable[[str], QWidget], parent: QWidget | None = None
    ) -> None:
        """Make it, without pages.

        Args:
            name: What a screen reader calls its tabs.
            make: Makes the page of a key.
            parent: Qt's owner.
        """
        super().__init__(parent)
        self._make = make
        self._pages: dict[str, QWidget | None] = {}  # None until it is asked for
        self.tabs = TabBar(name)
        self.notices = QVBoxLayout()
        self.notices.setSpacing(0)
        self._stack = PageStack()
        self._area = QScrollArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidgetResizable(True)
        self._area.setMinimumWidth(LEAST)
        self._area.setWidget(self._stack)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.tabs)
        self._column.addLayout(self.notices)
        self._column.addWidget(self._area, 1)
        self.tabs.tabChosen.connect(self.show_page)

    @property
    def keys(self) -> list[str]:
        """The pages in the order of their tabs."""
        return self.tabs.keys

    @property
    def current(self) -> str:
        """The key of the page that is shown; empty without pages."""
        return self.tabs.current_key

    def __contains__(self, key: object) -> bool:
        """Tell whether a page is here."""
        return key in self._pages

    def page(self, key: str) -> QWidget:
        """Find a page, or make it.

        Raises:
            KeyError: It has no tab here.
        """
        page = self._pages[key]
        if page is None:
            page = self._pages[key] = self._make(key)
            self._stack.addWidget(page)
        return page

    def made(self, key: str) -> QWidget | None:
        """Give a page if it has been made."""
        return self._pages[key]

    def add(
        self, key: str, page: QWidget | None, title: str, *, closable: bool, place: int = -1
    ) -> None:
        """Add a page, or what is to become one, with its tab at a place; by default at the end."""
        self._pages[key] = page
        if page is not None:
            self._stack.addWidget(page)
        self.tabs.add(key, title, closable=closable, place=place)

    def take(self, key: str) -> QWidget | None:
        """Take a tab out with its page, which the caller has then; None if it was never made."""
        page = self._pages.pop(key)
        was_blocked = self.blockSignals(True)  # what is shown instead was not chosen
        self.tabs.remove(key)
        self.blockSignals(was_blocked)
        if page is not None:
            self._stack.removeWidget(page)
        return page

    def show_page(self, key: str) -> None:
        """Show a page; its tab is chosen."""
        if key != self.current:
            self.tabs.choose(key)  # which comes back here
        elif key in self._pages:
            page = self.page(key)
            is_new = page.focusWidget() is None
            self._stack.setCurrentWidget(page)
            if is_new and page.focusWidget() is not None:
                _enter(page)
            self.chosen.emit(key)


def _enter(page: QWidget) -> None:
    """Move the keyboard from the first button, where Qt has put it, to where one begins."""
    stop = first_stop(page)
    if stop is not None:
        stop.setFocus(Qt.FocusReason.OtherFocusReason)
