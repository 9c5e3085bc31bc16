"""The centre: document tabs, a banner for what went wrong, and one page or two side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QApplication, QSplitter, QVBoxLayout, QWidget

from gui.shell.pages import DocumentKind
from gui.shell.pane import Pane
from gui.shell.regions import first_stop
from gui.theme import current
from gui.viewmodels.live import Live
from gui.viewmodels.navigator import OVERVIEW
from gui.viewmodels.object_drafts import Drafts
from gui.widgets.frames import Banner
from gui.widgets.tab_bar import TabBar


class Documents(QWidget):
    """Pages by key, such as `rule:temp_hum`; the overview is always the first.

    The right half is there as long as it has pages. What is done concerns the half that had the
    keyboard last.

    Signals:
        keysChanged: Documents were opened or closed.
        currentChanged: The key of the page that is shown now, in the half that is used.
        menuAsked: The key of a tab whose menu is asked for, and a place of the screen.
    """

    keysChanged = Signal()
    currentChanged = Signal(str)
    menuAsked = Signal(str, QPoint)

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
        self._closed: list[str] = []
        self._main, self._side = Pane(self.tr("Open pages")), Pane(self.tr("Pages at the side"))
        self._used = self._main
        self.tabs = self._main.tabs
        self.banner = Banner()
        self.notices = {name: Banner() for name in ("file", "orphans", "drafts", "coach")}
        self._do: Callable[[], object] | None = None
        self._halves = QSplitter(Qt.Orientation.Horizontal)
        self._lay_out()
        self.open(OVERVIEW)
        self.banner.linkClicked.connect(self._do_offered)
        for pane in self._panes:
            pane.chosen.connect(self._take_choice)
            pane.tabs.tabBarClicked.connect(partial(self._use_by_click, pane))
            pane.tabs.closeAsked.connect(self.close_document)
            pane.tabs.menuAsked.connect(self.menuAsked)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._watch_focus)
        drafts.changed.connect(self._show_dirty)
        live.changed.connect(self._refresh)
        live.workspaceChanged.connect(self._close_what_is_gone)

    @property
    def current(self) -> str:
        """The key of the page that is shown, in the half that is used."""
        return self._used.current

    @property
    def keys(self) -> list[str]:
        """What is open, in the order of the tabs, from left to right."""
        return [*self._main.keys, *self._side.keys]

    @property
    def is_split(self) -> bool:
        """Whether two pages are side by side."""
        return bool(self._side.keys)

    def is_shown(self, key: str) -> bool:
        """Tell whether a document is the one that its half shows."""
        return key in self and self._pane_of(key).current == key

    def is_beside(self, key: str) -> bool:
        """Tell whether a document is open in the right half."""
        return key in self._side

    @property
    def shown_page(self) -> QWidget | None:
        """The page that is shown; None in the moment in which it is closed."""
        return self.page(self.current) if self.current in self else None

    def page(self, key: str) -> QWidget:
        """Find the page of an open document.

        Raises:
            KeyError: It is not open.
        """
        return self._pane_of(key).page(key)

    def open(self, key: str) -> None:
        """Show a document; it gets a tab, in the half that is used, if it has none."""
        if key not in self:
            self._add(key, self._made(key), self._used)
        self._show(key)

    def open_beside(self, key: str) -> None:
        """Show a document in the right half; the overview stays in the left one."""
        if key not in self:
            self._add(key, self._made(key), self._side)
        elif key in self._main and key != OVERVIEW:
            self._add(key, self._take(key), self._side)
        self._show(key)

    def bring_back(self, key: str) -> None:
        """Move a document of the right half to the left one."""
        if key in self._side:
            self._add(key, self._take(key), self._main)
            self._show(key)

    def __contains__(self, key: object) -> bool:
        """Tell whether a document is open."""
        return key in self._main or key in self._side

    @property
    def _panes(self) -> tuple[Pane, Pane]:
        return self._main, self._side

    def _pane_of(self, key: str) -> Pane:
        """Find the half of an open document."""
        return self._side if key in self._side else self._main

    def _made(self, key: str) -> QWidget:
        kind, _, name = key.partition(":")
        return self.kinds[kind].make(name)

    def _add(self, key: str, page: QWidget, pane: Pane) -> None:
        kind, _, name = key.partition(":")
        pane.add(key, page, self.kinds[kind].title(name), closable=key != OVERVIEW)
        self._show_state(key)
        self._show_dirty(key)
        self._settle_halves()
        self.keysChanged.emit()

    def _take(self, key: str) -> QWidget:
        """Take a page out of its half."""
        pane = self._pane_of(key)
        was_shown = pane.current == key
        page = pane.take(key)
        if was_shown and pane is self._used and pane.keys:
            self.currentChanged.emit(pane.current)
        return page

    def _settle_halves(self) -> None:
        """Have the right half where it has pages, and not where it has none."""
        is_split = self.is_split
        if is_split == self._side.isHidden():
            self._side.setVisible(is_split)
            self._halves.setSizes([1_000, 1_000])  # in proportion
        if not is_split:
            self._use(self._main)

    def _use(self, pane: Pane) -> None:
        """Have commands concern the page of a half from now on."""
        if pane is self._used:
            return
        self._used = pane
        for each in self._panes:
            each.tabs.set_idle(each is not pane)
        self.currentChanged.emit(self.current)

    def _use_by_click(self, pane: Pane, _index: int) -> None:
        """Use the half of a tab also when that is the current one of its half."""
        self._use(pane)

    @Slot(QWidget, QWidget)
    def _watch_focus(self, _before: QWidget | None, now: QWidget | None) -> None:
        """Use the half that the keyboard has come to."""
        if now is not None and self.is_split:
            pane = next((each for each in self._panes if each.isAncestorOf(now)), None)
            if pane is not None:
                self._use(pane)

    def focus_page(self) -> None:
        """Have the keyboard in the page that is shown; on its tab where it takes none."""
        stop = first_stop(self.page(self.current)) or first_stop(self._used.tabs)
        if stop is not None:
            stop.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @Slot(str)
    def close_document(self, key: str) -> None:
        """Close a tab; the overview stays."""
        if key == OVERVIEW or key not in self:
            return
        self._take(key).deleteLater()
        self._closed.append(key)
        self._settle_halves()
        self.keysChanged.emit()

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
            if self.exists(key) and key not in self:
                self.open(key)
                return

    def choose_number(self, number: int) -> None:
        """Show the tab at a place, from 1; 9 is the last, as in browsers."""
        keys = self.keys
        if number == 9 or number <= len(keys):
            self._show(keys[-1] if number == 9 else keys[number - 1])

    def choose_next(self, step: int) -> None:
        """Show the tab a step away, around the ends."""
        keys = self.keys
        self._show(keys[(keys.index(self.current) + step) % len(keys)])

    def exists(self, key: str) -> bool:
        """Tell whether the open workspace has something of this key."""
        kind, _, name = key.partition(":")
        if self._drafts.is_dirty(key):  # also of an object that the file has no more
            return True
        loaded = self._live.session.loaded
        if key in self and loaded is not None and not loaded.is_readable:
            return self._drafts.exists(key) or self.kinds[kind].exists(name)  # as it was last
        return kind in self.kinds and self.kinds[kind].exists(name)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._halves)
        for banner in (self.banner, *self.notices.values()):
            self._main.notices.addWidget(banner)
        for pane in self._panes:
            self._halves.addWidget(pane)
        self._halves.setChildrenCollapsible(False)
        self._halves.setHandleWidth(current().size("line.splitter"))
        self._halves.setProperty("kind", "lined")
        self._side.hide()

    def _show(self, key: str) -> None:
        self._pane_of(key).show_page(key)

    @Slot(str)
    def _take_choice(self, key: str) -> None:
        """Use the half of a page that was chosen."""
        pane = self._pane_of(key)
        if pane is self._used:
            self.currentChanged.emit(key)
        else:
            self._use(pane)

    @Slot()
    def _refresh(self) -> None:
        for key in self.keys:
            self._show_state(key)

    def _show_state(self, key: str) -> None:
        kind, _, name = key.partition(":")
        found, tabs = self.kinds[kind], self._tabs_of(key)
        if found.state is None:
            tabs.show_icon(key, found.icon)
        else:
            state = found.state(name)
            tabs.show_state(key, state.status, f"{name}: {state.word}")

    @Slot(str)
    def _show_dirty(self, key: str) -> None:
        """Mark the tabs of what has edits; a rule's page saves its actions, too."""
        kind = key.partition(":")[0]
        for shown in self.keys if kind == "action" else [key] if key in self else []:
            has_more = bool(getattr(self.page(shown), "is_dirty", False))
            self._tabs_of(shown).show_dirty(shown, self._drafts.is_dirty(shown) or has_more)

    def _tabs_of(self, key: str) -> TabBar:
        return self._pane_of(key).tabs

    @Slot()
    def _close_what_is_gone(self) -> None:
        for key in [key for key in self.keys if not self.exists(key)]:
            self.close_document(key)
