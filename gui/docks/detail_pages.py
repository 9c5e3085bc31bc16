"""The whole of one row of a live list: pages behind tabs, where it comes from, what to do with it.

One list, one set of pages: records of Kafka and messages of MQTT look alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from gui.theme import current, refresh_style, set_face
from gui.widgets.buttons import IconButton, LinkButton, SecondaryButton
from gui.widgets.code_view import CodeView, Language
from gui.widgets.frames import Ground, Line
from gui.widgets.labels import Icon, Label
from gui.widgets.menu import Menu
from gui.widgets.tab_bar import TabBar

LEAST_HEIGHT: Final = 160
_LINK: Final = 29
_ACTIONS: Final = 42
_SIDE: Final = 10
_WINDOW_WIDTH: Final = 480
_WINDOW_HEIGHT: Final = 400


@dataclass(frozen=True, slots=True)
class Page:
    """One page: the title of its tab, and whose colours its text has."""

    title: str
    language: Language = "text"


class DetailPages(QWidget):
    """Only the page that is seen is laid out.

    Attributes:
        row: The row that is shown; None before the first.
        tabs: The titles.
        pages: The texts, by key.
        link: Leads to what the row is connected with.

    Signals:
        asked: What is to be done with the row: `send_again`, `test` or `link`.
        menuAsked: A menu to fill with everything that can be done with the row.
    """

    asked = Signal(str)
    menuAsked = Signal(QMenu)

    def __init__(self, name: str, pages: Mapping[str, Page], parent: QWidget | None = None) -> None:
        """Make it.

        Args:
            name: What a screen reader calls the row of tabs.
            pages: The pages by their keys, in order.
            parent: Qt's owner.
        """
        super().__init__(parent)
        self.row: Any = None
        self._text_of: Callable[[str], str] | None = None
        self.tabs = TabBar(name, in_dock=True)
        set_face(self.tabs, "small", 500)
        self.pages: dict[str, CodeView] = {}
        self._stack = QStackedWidget()
        for key, page in pages.items():
            view = CodeView(page.title, page.language)
            view.document().setDocumentMargin(current().size("space.panel"))
            self.pages[key] = view
            self._stack.addWidget(view)
            self.tabs.add(key, page.title)
        self._line = QWidget()
        self._line_word = Label(style="small", role="text2")
        self._line_text = Label(style="code_small", elide="middle")
        self.link = LinkButton()
        self.send_button = SecondaryButton(self.tr("Send again"), "rotate-cw")
        self.test_button = SecondaryButton(self.tr("Use in test"), "flask-conical")
        self.more_button = IconButton("ellipsis", self.tr("More"))
        self.action_row = Ground("surface1")
        self._lay_out()
        self.tabs.tabChosen.connect(self._show_page)
        self.link.clicked.connect(lambda: self.asked.emit("link"))
        self.send_button.clicked.connect(lambda: self.asked.emit("send_again"))
        self.test_button.clicked.connect(lambda: self.asked.emit("test"))
        self.more_button.clicked.connect(self._show_menu)

    @property
    def title(self) -> str:
        """Name the row that is shown."""
        raise NotImplementedError

    def show_row(self, row: Any) -> None:
        """Show another row, on the page that is open."""
        raise NotImplementedError

    def show_texts(self, text_of: Callable[[str], str]) -> None:
        """Show the texts of another row, on the page that is open.

        Args:
            text_of: Gives the text of a page by its key, when it is looked at.
        """
        self._text_of = text_of
        self._show_page(self.tabs.current_key)

    def show_link(self, word: str, text: str, link: str) -> None:
        """Tell what the row is connected with, in a line below the pages; no text for nothing."""
        self._line_word.setText(word)
        self._line_text.setText(text)
        self.link.setText(link)
        self._line.setVisible(bool(text))

    def _lay_out(self) -> None:
        head = Ground("surface0")
        row = QHBoxLayout(head)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.tabs)
        self._lay_out_line()
        self._lay_out_actions()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self._stack, 1)
        column.addWidget(self._line)
        column.addWidget(Line())
        column.addWidget(self.action_row)
        self.setMinimumHeight(LEAST_HEIGHT)

    def _lay_out_line(self) -> None:
        theme = current()
        self.link.setProperty("dense", "true")
        refresh_style(self.link)
        set_face(self.link, "small")
        line = QHBoxLayout()
        line.setContentsMargins(theme.size("space.panel"), 0, theme.size("space.panel"), 0)
        line.setSpacing(theme.size("space.xs"))
        line.addWidget(Icon("corner-down-left", 14, "text2"))
        line.addWidget(self._line_word)
        line.addWidget(self._line_text, 1)
        line.addWidget(self.link)
        column = QVBoxLayout(self._line)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(Line())
        column.addLayout(line, 1)
        self._line.setFixedHeight(_LINK)
        self._line.hide()

    def _lay_out_actions(self) -> None:
        self.action_row.setFixedHeight(_ACTIONS)
        for button in (self.send_button, self.test_button):
            button.set_small()
        row = QHBoxLayout(self.action_row)
        row.setContentsMargins(_SIDE, 0, _SIDE, 0)
        row.setSpacing(current().size("space.s") - 2)
        row.addWidget(self.send_button)
        row.addWidget(self.test_button)
        row.addStretch(1)
        row.addWidget(self.more_button)

    def add_tool(self, button: IconButton) -> None:
        """Put a button before the one for more."""
        row = self.action_row.layout()
        assert isinstance(row, QHBoxLayout)  # noqa: S101 - made with the row
        row.insertWidget(row.count() - 1, button)

    @Slot(str)
    def _show_page(self, key: str) -> None:
        page = self.pages[key]
        self._stack.setCurrentWidget(page)
        if self._text_of is not None:
            page.show_code(self._text_of(key))

    @Slot()
    def _show_menu(self) -> None:
        menu = Menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.menuAsked.emit(menu)
        corner = self.more_button.mapToGlobal(self.more_button.rect().topRight())
        menu.popup(corner - QPoint(menu.sizeHint().width(), menu.sizeHint().height()))


class DetailWindow(QWidget):
    """One row in a window of its own, which stays while others are looked at; Esc closes it.

    Signals:
        stepAsked: -1 for the row before the one that is shown, 1 for the one behind it.
    """

    stepAsked = Signal(int)

    def __init__(self, detail: DetailPages, owner: QWidget) -> None:
        """Make it around the pages of a row; `owner` takes it along when it goes."""
        super().__init__(owner, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.detail = detail
        self.show_title()
        for icon, name, keys, by in (
            ("chevron-up", self.tr("Previous"), "Alt+Up", -1),
            ("chevron-down", self.tr("Next"), "Alt+Down", 1),
        ):
            button = IconButton(icon, name)
            button.setToolTip(f"{name} ({keys})")
            button.clicked.connect(lambda _checked=False, by=by: self.stepAsked.emit(by))
            QShortcut(QKeySequence(keys), self).activated.connect(partial(self.stepAsked.emit, by))
            detail.add_tool(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(detail)
        self.resize(_WINDOW_WIDTH, _WINDOW_HEIGHT)

    def show_title(self) -> None:
        """Be called as the row that is shown."""
        self.setWindowTitle(self.detail.title)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close it by Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)
