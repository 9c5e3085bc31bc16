"""The centre: document tabs, a banner for what went wrong, and one page or two at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QApplication, QSplitter, QVBoxLayout, QWidget

from gui.shell.documents_layout import DocumentsLayout, HalfLayout
from gui.shell.pages import DocumentKind
from gui.shell.pane import Pane
from gui.shell.regions import first_stop
from gui.theme import current
from gui.viewmodels.live import Live
from gui.viewmodels.navigator import OVERVIEW
from gui.viewmodels.object_drafts import Drafts
from gui.widgets.frames import Banner
from gui.widgets.tab_bar import TabBar


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a document is: in which half, at which of its tabs, and whether it is in front."""

    is_second: bool
    at: int
    is_shown: bool
    is_used: bool


class Documents(QWidget):
    """Pages by key, such as `rule:temp_hum`; the overview is always the first.

    The second half, to the right or below, is there as long as it has pages. What is done concerns
    the half that had the keyboard last.

    Signals:
        keysChanged: Documents were opened or closed.
        currentChanged: The key of the page that is shown now, in the half that is used.
        arranged: `arrangement` is another.
        menuAsked: The key of a tab whose menu is asked for, and a place of the screen.
    """

    keysChanged = Signal()
    currentChanged = Signal(str)
    arranged = Signal()
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
        self._kept = DocumentsLayout()  # which of it is still to come, drafts may bring
        self._missing: set[str] = set()
        self._main = Pane(self.tr("Open pages"), self._made)
        self._side = Pane(self.tr("Pages at the side"), self._made)
        self._used = self._main
        self.tabs = self._main.tabs
        self.banner = Banner()
        self.notices = {name: Banner() for name in ("file", "orphans", "drafts", "coach")}
        self._do: Callable[[], object] | None = None
        self._halves = QSplitter(Qt.Orientation.Horizontal)
        self._lay_out()
        self.open(OVERVIEW)
        self.banner.linkClicked.connect(self._do_offered)
        for change in (self.keysChanged, self.currentChanged, self._halves.splitterMoved):
            change.connect(lambda *_: self.arranged.emit())
        for pane in self._panes:
            pane.chosen.connect(self._take_choice)
            pane.tabs.tabBarClicked.connect(partial(self._use_by_click, pane))
            pane.tabs.closeAsked.connect(self.close_document)
            pane.tabs.menuAsked.connect(self.menuAsked)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._watch_focus)
        drafts.changed.connect(self._open_missing)
        drafts.changed.connect(self._show_dirty)
        live.changed.connect(self._refresh)
        live.workspaceChanged.connect(self._close_what_is_gone)

    @property
    def current(self) -> str:
        """The key of the page that is shown, in the half that is used."""
        return self._used.current

    @property
    def keys(self) -> list[str]:
        """What is open, in the order of the tabs, those of the first half first."""
        return [*self._main.keys, *self._side.keys]

    @property
    def is_split(self) -> bool:
        """Whether two pages are seen at once."""
        return bool(self._side.keys)

    @property
    def is_below(self) -> bool:
        """Whether the second half is below the first, not to its right."""
        return self._halves.orientation() == Qt.Orientation.Vertical

    @property
    def arrangement(self) -> DocumentsLayout:
        """What is open, and how, for `restore`."""
        first, second = (
            HalfLayout(tuple(filter(self._is_lasting, pane.keys)), pane.current)
            for pane in self._panes
        )
        sizes = tuple(self._halves.sizes()) if self.is_split else ()
        is_second_used = self._used is self._side
        return DocumentsLayout(first, second, is_second_used, self.is_below, sizes)

    def is_shown(self, key: str) -> bool:
        """Tell whether a document is the one that its half shows."""
        return key in self and self._pane_of(key).current == key

    def is_beside(self, key: str) -> bool:
        """Tell whether a document is open in the second half."""
        return key in self._side

    @property
    def shown_page(self) -> QWidget | None:
        """The page that is shown; None in the moment in which it is closed."""
        return self.page(self.current) if self.current in self else None

    def page(self, key: str) -> QWidget:
        """Find the page of an open document, or make it.

        Raises:
            KeyError: It is not open.
        """
        return self._pane_of(key).page(key)

    def open(self, key: str) -> None:
        """Show a document; it gets a tab, in the half that is used, if it has none."""
        if key not in self:
            self._add(key, self._made(key), self._used)
        self._show(key)

    def open_beside(self, key: str, *, below: bool = False) -> None:
        """Show a document in the second half; the overview stays in the first one.

        Args:
            key: The document.
            below: Whether that half shall be below the other, not to its right.
        """
        self._turn(below=below)
        if key not in self:
            self._add(key, self._made(key), self._side)
        elif key in self._main and key != OVERVIEW:
            self._add(key, self._take(key), self._side)
        self._show(key)

    def bring_back(self, key: str) -> None:
        """Move a document of the second half to the first one."""
        if key in self._side:
            self._add(key, self._take(key), self._main)
            self._show(key)

    def take_out(self, key: str) -> Spot:
        """Close a document that will be there again by another name; tells where it was."""
        pane = self._pane_of(key)
        is_used, at = pane is self._used, pane.keys.index(key)
        spot = Spot(pane is self._side, at, is_shown=pane.current == key, is_used=is_used)
        self.close_document(key)
        self._closed.remove(key)
        return spot

    def put_back(self, key: str, spot: Spot) -> None:
        """Open a document where another was, in front if that was; its page is made then."""
        pane, used = self._panes[spot.is_second], self._used
        self._add(key, None, pane, min(spot.at, len(pane.keys)))
        if spot.is_shown:
            self._show(key)
            self._use(pane if spot.is_used else used)

    def join(self) -> None:
        """Have all documents in one half."""
        keys, shown = self._side.keys, self.current
        # Those in front last, as their neighbours would be made else.
        pages = {key: self._take(key) for key in sorted(keys, key=self.is_shown)}
        for key in keys:
            self._add(key, pages[key], self._main)
        self._turn(below=False)
        self._show(shown)

    def restore(self, layout: DocumentsLayout) -> None:
        """Open what was open, as far as it is there; drafts that come later bring their tabs.

        What is in front is made at once, all other pages when they are first shown.
        """
        self._kept = layout
        self._turn(below=layout.is_below)
        keys = (*layout.first.keys, *layout.second.keys)
        for key in keys:
            if self.exists(key):
                self._open_again(key)
        self._missing = {key for key in keys if key not in self}
        if self.is_split and layout.sizes:
            self._halves.setSizes(layout.sizes)
        halves = [(self._main, layout.first), (self._side, layout.second)]
        for pane, half in halves if layout.is_second_used else reversed(halves):
            if pane.keys:
                pane.show_page(half.shown if half.shown in pane else pane.current)

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

    def _is_lasting(self, key: str) -> bool:
        return self.kinds[key.partition(":")[0]].is_lasting

    def _add(self, key: str, page: QWidget | None, pane: Pane, place: int = -1) -> None:
        kind, _, name = key.partition(":")
        title = self.kinds[kind].title(name)
        pane.add(key, page, title, closable=key != OVERVIEW, place=place)
        self._missing.discard(key)
        self._show_state(key)
        self._show_dirty(key)
        self._settle_halves()
        self.keysChanged.emit()

    def _open_again(self, key: str) -> None:
        """Have a tab at the place where it was, without its page."""
        is_second = key in self._kept.second.keys
        pane, half = self._panes[is_second], self._kept.second if is_second else self._kept.first
        before = half.keys[: half.keys.index(key)]
        if key not in self:
            self._add(key, None, pane, sum(each in pane for each in before))

    @Slot(str)
    def _open_missing(self, key: str) -> None:
        """Open what was open and is a draft that has just been taken up."""
        if key in self._missing and self._drafts.is_dirty(key):
            self._open_again(key)
            if key in (self._kept.first.shown, self._kept.second.shown):
                self._show(key)

    def _take(self, key: str) -> QWidget | None:
        """Take a page out of its half; None where it was never shown."""
        pane = self._pane_of(key)
        was_shown = pane.current == key
        page = pane.take(key)
        if was_shown and pane is self._used and pane.keys:
            self.currentChanged.emit(pane.current)
        return page

    def _turn(self, *, below: bool) -> None:
        """Have the second half below the first, or to its right."""
        if below != self.is_below:
            ways = Qt.Orientation
            self._halves.setOrientation(ways.Vertical if below else ways.Horizontal)
            self._halves.setSizes([1_000, 1_000])  # in proportion
            name = self.tr("Pages below") if below else self.tr("Pages at the side")
            self._side.tabs.setAccessibleName(name)

    def _settle_halves(self) -> None:
        """Have the second half where it has pages, and not where it has none."""
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
        pane, focused = self._pane_of(key), self.window().focusWidget()
        was_in_tabs = pane.tabs is focused
        had_keyboard = pane.isAncestorOf(focused) and pane.current == key
        page = self._take(key)
        if page is not None:
            page.deleteLater()
        self._closed.append(key)
        self._settle_halves()
        if had_keyboard and not (was_in_tabs and pane.keys):
            self.focus_page()
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

    def close_documents(self, keys: Iterable[str]) -> None:
        """Close tabs; those in front last, so that no page is made to be closed at once."""
        for key in sorted(keys, key=self.is_shown):
            self.close_document(key)

    def close_all(self) -> None:
        """Close everything but the overview."""
        self.close_documents(self.keys)
        self._closed = []
        self._missing = set()

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
            page = self._pane_of(shown).made(shown)
            has_more = bool(getattr(page, "is_dirty", False)) or self._has_edited_parts(shown)
            self._tabs_of(shown).show_dirty(shown, self._drafts.is_dirty(shown) or has_more)

    def _has_edited_parts(self, key: str) -> bool:
        kind, _, name = key.partition(":")
        return bool(self.kinds[kind].edited_parts(name))

    def _tabs_of(self, key: str) -> TabBar:
        return self._pane_of(key).tabs

    @Slot()
    def _close_what_is_gone(self) -> None:
        self.close_documents([key for key in self.keys if not self.exists(key)])
