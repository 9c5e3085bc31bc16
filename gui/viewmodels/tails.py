"""The topics that are open in the tail, one tab each, as they are remembered per workspace."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

import msgspec
from PySide6.QtCore import QObject, Signal, Slot

from gui.viewmodels.content import Decode
from gui.viewmodels.live import Live
from gui.viewmodels.tail import TailViewModel
from gui.viewmodels.tail_start import LIVE
from gui.viewmodels.tail_topics import TailTopic, first_topics, topics_of
from gui.viewmodels.unreadable import unreadable
from gui.viewmodels.words import tr

MOST_TABS: Final = 12
"""Each keeps up to 64 MiB."""

_AT_FIRST: Final = 3


class TabLayout(msgspec.Struct, frozen=True, omit_defaults=True):
    """One tab: what it reads, and how it is shown."""

    connector: str
    topic: str
    start: str = LIVE
    partitions: tuple[int, ...] = ()
    value: Decode = "auto"
    key: Decode = "auto"
    paths: tuple[str, ...] = ()


class TailsLayout(msgspec.Struct, frozen=True):
    """The tabs of a workspace, and which of them is shown."""

    tabs: tuple[TabLayout, ...] = ()
    current: int = 0


class TailStore(Protocol):
    """Where tabs are remembered, by workspace id."""

    def tails_of(self, workspace: str) -> TailsLayout:
        """Give the tabs that were open last; none for a workspace that is not known."""
        ...

    def set_tails(self, workspace: str, layout: TailsLayout) -> None:
        """Remember the tabs."""
        ...


class Tails(QObject):
    """Opens and closes tabs; there is always one, which reads nothing where nothing is open.

    Signals:
        tabAdded: A `TailViewModel`, at the end.
        tabRemoved: A `TailViewModel` that is about to be destroyed.
        currentChanged: Another tab is shown.
        titlesChanged: A tab reads another topic.
    """

    tabAdded = Signal(object)
    tabRemoved = Signal(object)
    currentChanged = Signal()
    titlesChanged = Signal()

    def __init__(
        self, live: Live, store: TailStore | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent or live)
        self._live, self._store = live, store
        self._path = live.session.path
        self._is_automatic = True
        self._is_restoring = False
        self._tabs: list[TailViewModel] = []
        self._current: TailViewModel | None = None
        self._start_over()
        live.workspaceChanged.connect(self._take_workspace)
        live.session.renamed.connect(self._take_name)
        live.session.settings.changed.connect(self._take_bounds)

    # What there is

    @property
    def no_connector(self) -> str:
        """Why there is no cluster to read from."""
        found = unreadable(self._live)
        return found.headline if found is not None else tr("The workspace has no Kafka connector")

    @property
    def tabs(self) -> Sequence[TailViewModel]:
        """All tabs, in their order."""
        return self._tabs

    @property
    def current(self) -> TailViewModel:
        """The tab that is shown."""
        return self._current or self._tabs[0]

    @property
    def topics(self) -> list[TailTopic]:
        """The topics that the workspace's actions write to."""
        return topics_of(self._live.workspace)

    @property
    def connectors(self) -> list[str]:
        """The clusters whose topics can be read."""
        return list(self._live.workspace.connectors.kafka)

    def title(self, tab: TailViewModel) -> str:
        """Name a tab: its topic, with the cluster where two have one of that name."""
        topic = tab.chosen
        if topic is None:
            return ""
        others = [each.chosen for each in self._tabs if each is not tab]
        is_twin = any(each is not None and each.topic == topic.topic for each in others)
        return f"{topic.topic} ({topic.connector})" if is_twin else topic.topic

    def find(self, topic: TailTopic) -> TailViewModel | None:
        """Find the tab that reads a topic."""
        return next((tab for tab in self._tabs if tab.chosen == topic), None)

    # What the user does

    def open(self, topic: TailTopic) -> TailViewModel:
        """Show a topic, in a tab of its own; with too many of them the first is closed."""
        self._is_automatic = False
        found = self.find(topic)
        if found is None and self.current.chosen is None:
            found = self.current
            found.choose(topic)
        elif found is None:
            if len(self._tabs) >= MOST_TABS:
                self.close(self._tabs[0])
            found = self._add(topic)
        self.choose(found)
        self._remember()
        return found

    def choose(self, tab: TailViewModel) -> None:
        """Show another tab."""
        if tab is not self._current:
            self._current = tab
            self.currentChanged.emit()
            self._remember()

    def close(self, tab: TailViewModel) -> None:
        """Close a tab; the last one stays, and reads nothing."""
        self._is_automatic = False
        if len(self._tabs) == 1:
            tab.choose(None)
        else:
            self._remove(tab)
        self._remember()

    # Keeping up

    def _add(
        self, topic: TailTopic | None, start: str = LIVE, partitions: tuple[int, ...] = ()
    ) -> TailViewModel:
        tab = TailViewModel(
            self._live,
            self,
            topic=topic,
            start=start,
            partitions=partitions,
            most_rows=self._live.session.settings.values.feeds.tail_rows,
        )
        tab.settingsChanged.connect(self._take_settings)
        self._tabs.append(tab)
        self.tabAdded.emit(tab)
        self.titlesChanged.emit()
        return tab

    def _remove(self, tab: TailViewModel) -> None:
        place = self._tabs.index(tab)
        self._tabs.remove(tab)
        if tab is self._current:
            self.choose(self._tabs[min(place, len(self._tabs) - 1)])
        tab.close()
        self.tabRemoved.emit(tab)
        tab.deleteLater()
        self.titlesChanged.emit()

    @Slot()
    def _take_settings(self) -> None:
        if any(_is_set_up(tab) for tab in self._tabs):
            self._is_automatic = False
        self.titlesChanged.emit()
        self._remember()

    @Slot()
    def _take_bounds(self) -> None:
        for tab in self._tabs:
            tab.set_most_rows(self._live.session.settings.values.feeds.tail_rows)

    @Slot(str, str)
    def _take_name(self, key: str, now: str) -> None:
        """Have the tabs of a cluster that has another name go on with their rows."""
        for tab in self._tabs:
            if tab.chosen is not None and key == f"connector:{tab.chosen.connector}":
                tab.take_name(now.partition(":")[2])
        self._remember()

    @Slot()
    def _take_workspace(self) -> None:
        if self._live.session.path != self._path:
            self._path = self._live.session.path
            self._start_over()
            return
        known = self._live.workspace.connectors.kafka
        gone = [
            tab
            for tab in self._tabs
            if tab.chosen is not None and tab.chosen.connector not in known
        ]
        for tab in gone if not self._is_automatic else []:
            self.close(tab)
        if self._is_automatic:
            self._follow_workspace()

    def _follow_workspace(self) -> None:
        """Read what the workspace writes to now, as long as nobody has chosen."""
        wanted = first_topics(self._live.workspace, _AT_FIRST)
        for topic in wanted:
            if self.find(topic) is None:
                self._add(topic)
        if not wanted and any(tab.chosen is not None for tab in self._tabs):
            self._add(None)
        for tab in list(self._tabs):
            if tab.chosen not in wanted and (wanted or tab.chosen is not None):
                self._remove(tab)

    def _start_over(self) -> None:
        """Open what was open in this workspace, or the first topic that its actions write to."""
        before = list(self._tabs)
        kept = self._kept()
        self._is_restoring = True
        self._is_automatic = not kept.tabs
        for each in kept.tabs:
            topic = TailTopic(each.connector, each.topic)
            tab = self._add(topic, each.start, each.partitions)
            tab.rows.set_decode(each.value, each.key)
            tab.rows.set_paths(each.paths)
        if not kept.tabs:
            found = first_topics(self._live.workspace, _AT_FIRST)
            for topic in found:
                self._add(topic)
            if not found:
                self._add(None)
        made = self._tabs[len(before) :]
        self.choose(made[min(kept.current, len(made) - 1)])
        for tab in before:
            self._remove(tab)
        self._is_restoring = False

    def _kept(self) -> TailsLayout:
        """Give the tabs that were remembered, as far as their clusters are still there."""
        if self._store is None or not self._live.workspace.id:
            return TailsLayout()
        kept = self._store.tails_of(self._live.workspace.id)
        known = self._live.workspace.connectors.kafka
        tabs = tuple(each for each in kept.tabs if each.connector in known)[:MOST_TABS]
        return TailsLayout(tabs, kept.current)

    def _remember(self) -> None:
        workspace = self._live.workspace.id
        if self._store is None or not workspace or self._is_restoring or self._is_automatic:
            return
        tabs = [tab for tab in self._tabs if tab.chosen is not None]
        current = tabs.index(self.current) if self.current in tabs else 0
        self._store.set_tails(workspace, TailsLayout(tuple(map(_layout, tabs)), current))


def _is_set_up(tab: TailViewModel) -> bool:
    """Tell whether somebody has chosen how a topic is read or shown."""
    made = _layout(tab)
    return made != TabLayout(made.connector, made.topic)


def _layout(tab: TailViewModel) -> TabLayout:
    topic = tab.chosen or TailTopic("", "")
    return TabLayout(
        topic.connector,
        topic.topic,
        tab.start,
        tab.partitions,
        tab.rows.value_decode,
        tab.rows.key_decode,
        tab.rows.paths,
    )
