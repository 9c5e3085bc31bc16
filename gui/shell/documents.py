"""The centre: document tabs, a banner for what went wrong, and the page that is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from gui.shell.pages import DocumentKind
from gui.shell.regions import first_stop
from gui.viewmodels.live import Live
from gui.viewmodels.navigator import OVERVIEW
from gui.viewmodels.object_drafts import Drafts
from gui.widgets.frames import Banner
from gui.widgets.tab_bar import TabBar


class Documents(QWidget):
    """Pages by key, such as `rule:temp_hum`; the overview is always the first.

    Signals:
        currentChanged: The key of the page that is shown now.
    """

    currentChanged = Signal(str)

    def __init__(
        self,
        live: Live,
        kinds: Mapping[str, DocumentKind],
        drafts: Drafts,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.kinds = kinds
        self._live, self._drafts = live, drafts
        self._pages: dict[str, QWidget] = {}
        self._closed: list[str] = []
        self.tabs = TabBar(self.tr("Open pages"))
        self.banner = Banner()
        self.notices = {name: Banner() for name in ("file", "drafts")}
        self._do: Callable[[], object] | None = None
        self._stack = QStackedWidget()
        self._lay_out()
        self.open(OVERVIEW)
        self.banner.linkClicked.connect(self._do_offered)
        self.tabs.tabChosen.connect(self._show)
        self.tabs.closeAsked.connect(self.close_document)
        drafts.changed.connect(self._show_dirty)
        live.changed.connect(self._refresh)
        live.workspaceChanged.connect(self._close_what_is_gone)

    @property
    def current(self) -> str:
        """The key of the page that is shown."""
        return self.tabs.current_key

    @property
    def keys(self) -> list[str]:
        """What is open, in the order of the tabs."""
        return self.tabs.keys

    @property
    def shown_page(self) -> QWidget | None:
        """The page that is shown; None in the moment in which it is closed."""
        return self._pages.get(self.current)

    def page(self, key: str) -> QWidget:
        """Find the page of an open document."""
        return self._pages[key]

    def open(self, key: str) -> None:
        """Show a document; it gets a tab if it has none."""
        if key not in self._pages:
            kind, _, name = key.partition(":")
            page = self.kinds[kind].make(name)
            self._pages[key] = page
            self._stack.addWidget(page)
            self.tabs.add(key, self.kinds[kind].title(name), closable=key != OVERVIEW)
            self._show_state(key)
            self._show_dirty(key)
        self.tabs.choose(key)
        self._show(key)

    def focus_page(self) -> None:
        """Have the keyboard in the page that is shown; on its tab where it takes none."""
        stop = first_stop(self._pages[self.current]) or first_stop(self.tabs)
        if stop is not None:
            stop.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @Slot(str)
    def close_document(self, key: str) -> None:
        """Close a tab; the overview stays."""
        if key == OVERVIEW or key not in self._pages:
            return
        page = self._pages.pop(key)
        self.tabs.remove(key)
        self._stack.removeWidget(page)
        page.deleteLater()
        self._closed.append(key)

    def say(
        self,
        text: str,
        *,
        status: str = "failed",
        link: str = "",
        do: Callable[[], object] | None = None,
    ) -> None:
        """Show a sentence above the page.

        Args:
            text: What happened, and what to do.
            status: The state whose shape and ground it has.
            link: What can be done at once; empty for nothing.
            do: Does it.
        """
        self._do = do
        self.banner.say(text, status=status, link=link)

    @Slot()
    def _do_offered(self) -> None:
        self.banner.hide()
        if self._do is not None:
            self._do()

    def close_current(self) -> None:
        """Close the tab that is shown."""
        self.close_document(self.current)

    def close_all(self) -> None:
        """Close everything but the overview."""
        for key in [key for key in self.keys if key != OVERVIEW]:
            self.close_document(key)
        self._closed = []

    def reopen(self) -> None:
        """Open the tab that was closed last and is still in the workspace."""
        while self._closed:
            key = self._closed.pop()
            if self.exists(key) and key not in self._pages:
                self.open(key)
                return

    def choose_number(self, number: int) -> None:
        """Show the tab at a place, from 1; 9 is the last, as in browsers."""
        keys = self.keys
        if number == 9 or number <= len(keys):
            self.tabs.choose(keys[-1] if number == 9 else keys[number - 1])

    def choose_next(self, step: int) -> None:
        """Show the tab a step away, around the ends."""
        keys = self.keys
        self.tabs.choose(keys[(keys.index(self.current) + step) % len(keys)])

    def exists(self, key: str) -> bool:
        """Tell whether the open workspace has something of this key."""
        kind, _, name = key.partition(":")
        if self._drafts.is_new(key):
            return True
        return kind in self.kinds and self.kinds[kind].exists(name)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addWidget(self.banner)
        for banner in self.notices.values():
            column.addWidget(banner)
        column.addWidget(self._stack, 1)

    @Slot(str)
    def _show(self, key: str) -> None:
        if key in self._pages:
            self._stack.setCurrentWidget(self._pages[key])
            self.currentChanged.emit(key)

    @Slot()
    def _refresh(self) -> None:
        for key in self.keys:
            self._show_state(key)

    def _show_state(self, key: str) -> None:
        kind, _, name = key.partition(":")
        found = self.kinds[kind]
        if found.state is None:
            self.tabs.show_icon(key, found.icon)
        else:
            state = found.state(name)
            self.tabs.show_state(key, state.status, f"{name}: {state.word}")

    @Slot(str)
    def _show_dirty(self, key: str) -> None:
        if key in self._pages:
            self.tabs.show_dirty(key, self._drafts.is_dirty(key))

    @Slot()
    def _close_what_is_gone(self) -> None:
        for key in [key for key in self.keys if not self.exists(key)]:
            self.close_document(key)
