"""The Kafka tail: topics as they come, one tab each."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gui.docks.filter_menu import FilterMenu
from gui.docks.record_detail import RecordDetail
from gui.docks.tail_panel import WIDE_FROM, TailPanel
from gui.theme import current
from gui.viewmodels.kept_filters import KeptFilters
from gui.viewmodels.live import Live
from gui.viewmodels.tail import TailViewModel
from gui.viewmodels.tail_table import TailModel
from gui.viewmodels.tail_topics import TailTopic, topic_problem
from gui.viewmodels.tails import Tails, TailStore
from gui.widgets.ask_popup import AskPopup
from gui.widgets.buttons import IconButton
from gui.widgets.filter_field import FilterField
from gui.widgets.frames import DockTitle, Ground, Strip
from gui.widgets.live_table import LiveTable
from gui.widgets.menu import Menu
from gui.widgets.tab_bar import TabBar

NARROWEST: Final = 280
_MORE: Final = 20


class TailDock(QDockWidget):
    """A row of tabs, and the panel of the one that is chosen.

    Signals:
        aboutToShow: The dock is hidden, and will be shown at once.
        asked: What is to be done with a `TailRow`: `send_again`, `edit`, `test`, `save`, `link`;
            and the connector that it was read from.
        recordShown: A `RecordDetail` that shows another record now.
    """

    aboutToShow = Signal()
    asked = Signal(str, object, str)
    recordShown = Signal(object)

    def __init__(
        self,
        live: Live,
        *,
        store: TailStore | None = None,
        filters: KeptFilters | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """Make it with the tabs of what is open.

        Args:
            live: What is open.
            store: Where tabs are remembered.
            filters: The filters that are kept.
            parent: Qt's owner.
        """
        super().__init__(parent)
        self.setObjectName("tail")
        self.setWindowTitle(self.tr("Kafka tail"))
        self._filters = filters or KeptFilters(parent=self)
        self.tails = Tails(live, store, self)
        self._panels: dict[TailViewModel, TailPanel] = {}
        self._keys: dict[TailViewModel, str] = {}
        self._last_key = 0
        self._can_save = False
        self._narrow_width = current().size("width.tail")
        self.title = DockTitle(self.tr("Kafka tail"))
        self.widen_button = IconButton("columns-2", self.tr("Widen the tail to a table"))
        self.fold_button = IconButton("panel-right", self.tr("Hide the Kafka tail"))
        self.tabs = TabBar(self.tr("Topics"), in_dock=True)
        self.add_button = IconButton("plus", self.tr("Open a topic"))
        self._stack = QStackedWidget()
        self._lay_out()
        for tab in self.tails.tabs:
            self._add(tab)
        self._connect_signals()
        self._show_titles()
        self._show_current()

    # The panel that is shown

    @property
    def panel(self) -> TailPanel:
        """The panel that is shown."""
        return self._panels[self.tails.current]

    @property
    def model(self) -> TailViewModel:
        """The topic that is shown."""
        return self.tails.current

    @property
    def rows(self) -> TailModel:
        """The records that are shown."""
        return self.panel.model.rows

    @property
    def table(self) -> LiveTable:
        """Their table."""
        return self.panel.table

    @property
    def detail(self) -> RecordDetail:
        """The whole of the record that is chosen."""
        return self.panel.detail

    @property
    def filter(self) -> FilterField:
        """The filter of the records that are shown."""
        return self.panel.bar.filter

    def focus(self) -> None:
        """Bring the keyboard to the records, or to the bar above where there are none."""
        self.show()
        self.raise_()
        self.panel.focus()

    def open_topic(self, topic: TailTopic) -> TailPanel:
        """Show a topic in its tab."""
        return self._panels[self.tails.open(topic)]

    @Slot()
    def toggle_width(self) -> None:
        """Be wide enough for a table, or as narrow as before."""
        is_wide = self.width() >= WIDE_FROM
        if not is_wide:
            self._narrow_width = self.width()
        width = self._narrow_width if is_wide else WIDE_FROM + _MORE
        window = self.parentWidget()
        if isinstance(window, QMainWindow) and not self.isFloating():
            left = Qt.DockWidgetArea.LeftDockWidgetArea
            others = [
                dock
                for dock in window.findChildren(QDockWidget)
                if dock.isVisible() and window.dockWidgetArea(dock) == left
            ]
            widths = [dock.width() for dock in others]  # which Qt would shrink, too
            window.resizeDocks([*others, self], [*widths, width], Qt.Orientation.Horizontal)
        else:
            self.resize(width, self.height())

    def setVisible(self, visible: bool) -> None:
        """Tell before, for Qt fits all docks at once into the room that there is then."""
        if visible and self.isHidden():
            self.aboutToShow.emit()
        super().setVisible(visible)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell what the button would do."""
        super().resizeEvent(event)
        is_wide = self.width() >= WIDE_FROM
        name = self.tr("Narrow the tail") if is_wide else self.tr("Widen the tail to a table")
        self.widen_button.setToolTip(name)
        self.widen_button.setAccessibleName(name)

    def allow_save(self) -> None:
        """Offer to save records."""
        self._can_save = True
        for panel in self._panels.values():
            panel.can_save = True

    def _lay_out(self) -> None:
        theme = current()
        self.title.add(self.widen_button)
        self.title.add(self.fold_button)
        strip = Strip("height.dock_title")
        row = QHBoxLayout(strip)
        row.setContentsMargins(0, 0, theme.size("space.s"), 0)
        row.setSpacing(0)
        row.addWidget(self.tabs, 1)
        policy = self.tabs.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.tabs.setSizePolicy(policy)
        row.addWidget(self.add_button)
        host = Ground("surface2")
        host.setMinimumWidth(NARROWEST)
        column = QVBoxLayout(host)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(strip)
        column.addWidget(self._stack, 1)
        self.setTitleBarWidget(self.title)
        self.setWidget(host)

    def _connect_signals(self) -> None:
        tails = self.tails
        self.fold_button.clicked.connect(self.hide)
        self.widen_button.clicked.connect(self.toggle_width)
        self.add_button.clicked.connect(self.show_topics)
        self.tabs.tabChosen.connect(self._choose)
        self.tabs.closeAsked.connect(self._close)
        tails.tabAdded.connect(self._add)
        tails.tabRemoved.connect(self._remove)
        tails.currentChanged.connect(self._show_current)
        tails.titlesChanged.connect(self._show_titles)

    # Tabs

    @Slot(object)
    def _add(self, tab: TailViewModel) -> None:
        panel = TailPanel(tab)
        panel.can_save = self._can_save
        panel.asked.connect(self.asked)
        panel.recordShown.connect(self.recordShown)
        panel.openAsked.connect(self.show_topics)
        FilterMenu(panel.bar.filter, self._filters)
        self._last_key += 1
        self._keys[tab] = str(self._last_key)
        self._panels[tab] = panel
        self._stack.addWidget(panel)

    @Slot(object)
    def _remove(self, tab: TailViewModel) -> None:
        panel = self._panels.pop(tab)
        key = self._keys.pop(tab)
        if key in self.tabs.keys:
            self.tabs.remove(key)
        self._stack.removeWidget(panel)
        panel.deleteLater()

    @Slot()
    def _show_titles(self) -> None:
        """Have a tab for every topic that is open, with its name."""
        self.tabs.blockSignals(True)
        for tab in self.tails.tabs:
            key, title = self._keys.get(tab, ""), self.tails.title(tab)
            shown = self.tabs.keys
            if title and key and key not in shown:
                self.tabs.add(key, title, closable=True)
            elif not title and key in shown:
                self.tabs.remove(key)
            elif title and key in shown:
                self.tabs.setTabText(shown.index(key), title)
        self.tabs.blockSignals(False)
        self.tabs.setVisible(bool(self.tabs.keys))  # empty, it would be a stop without a name
        self._show_current()

    @Slot()
    def _show_current(self) -> None:
        tab = self.tails.current
        if tab in self._panels:
            self._stack.setCurrentWidget(self._panels[tab])
            key = self._keys[tab]
            if key in self.tabs.keys and key != self.tabs.current_key:
                self.tabs.choose(key)

    @Slot(str)
    def _choose(self, key: str) -> None:
        for tab, each in self._keys.items():
            if each == key:
                self.tails.choose(tab)

    @Slot(str)
    def _close(self, key: str) -> None:
        tab = next((tab for tab, each in self._keys.items() if each == key), None)
        if tab is not None:
            self.tails.close(tab)

    # Opening a topic

    @Slot()
    def show_topics(self) -> None:
        """Offer the topics that can be opened, in a menu."""
        menu = Menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        connectors = self.tails.connectors
        for topic in self.tails.topics:
            where = f" ({topic.connector})" if len(connectors) > 1 else ""
            action = menu.addAction(f"{topic.topic}{where}", partial(self.tails.open, topic))
            action.setCheckable(True)
            action.setChecked(self.tails.find(topic) is not None)
        menu.addSeparator()
        for connector in connectors:
            text = self.tr("Another topic...")
            if len(connectors) > 1:
                text = self.tr("Another topic of {connector}...").format(connector=connector)
            menu.addAction(text, partial(self.ask_for_topic, connector))
        if not connectors:
            menu.addAction(self.tails.no_connector).setEnabled(False)
        corner = self.add_button.mapToGlobal(self.add_button.rect().bottomRight())
        menu.popup(corner - QPoint(menu.sizeHint().width(), 0))

    def ask_for_topic(self, connector: str) -> None:
        """Ask for the name of a topic, and open it."""
        popup = AskPopup(
            self.add_button,
            self.tr("Name of the topic"),
            self.tr("Open"),
            style="code",
            help_text=self.tr("On {connector}").format(connector=connector),
            check=topic_problem,
        )
        popup.answered.connect(lambda name: self.tails.open(TailTopic(connector, name)))
        popup.ask()
