"""The feed: what the bridge sees, as a page of the bottom dock."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gui.docks.detail_pages import DetailWindow
from gui.docks.feed_delegate import FIRST, FeedDelegate
from gui.docks.filter_menu import FilterMenu
from gui.docks.message_detail import MessageDetail
from gui.docks.row_menu import add_with_keys, copy_text
from gui.shell.commands import Commands
from gui.theme import current
from gui.viewmodels.feed import FeedModel
from gui.viewmodels.feed_rows import COLUMNS, FeedRow, clock_time
from gui.viewmodels.kept_filters import KeptFilters
from gui.viewmodels.live import Live
from gui.viewmodels.live_rows import ROW_ROLE
from gui.viewmodels.message_detail import as_json
from gui.viewmodels.words import number
from gui.widgets.buttons import IconButton
from gui.widgets.empty_list import EmptyList
from gui.widgets.filter_field import FilterField
from gui.widgets.labels import Label, StateLine
from gui.widgets.live_table import LiveTable
from gui.widgets.table_view import ROW

_WIDTHS: Final = {"time": 105, "topic": 113, "client": 58, "payload": 226}
_LEAST_PAYLOAD: Final = 120
_LEAST_OUTCOME: Final = 240
_ROOM_FOR_CLIENT: Final = 1_100
_FILTER: Final = 210
_BAND: Final = 28
_DETAIL: Final = 364


class FeedPage(QWidget):
    """A table of the sampled messages; what can be done with them stands in `tools`.

    Attributes:
        tools: Filter, pause and clear, for the right end of the dock's tab row.
        model: The rows.

    Signals:
        asked: What is to be done with a `FeedRow`: `send_again`, `edit`, `test`, `save`, `link`.
    """

    asked = Signal(str, object)

    def __init__(
        self,
        live: Live,
        commands: Commands,
        filters: KeptFilters | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """Make it.

        Args:
            live: What is open.
            commands: Where the command to pause is added.
            filters: The filters that are kept.
            parent: Qt's owner.
        """
        super().__init__(parent)
        self.can_save = False
        self._live = live
        self.model = FeedModel(live, self)
        self.table = LiveTable(self.tr("Feed"), ROW)
        self.empty = EmptyList("activity")
        self._stack = QStackedWidget()
        self.filter = FilterField(self.tr("Filter the feed"), has_menu=True)
        FilterMenu(self.filter, filters or KeptFilters(parent=self))
        self.detail = MessageDetail()
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self.problem = StateLine(style="small", ground="surface2")
        self.sampling = Label(style="small", role="text3")
        self.pause_button = IconButton("pause", self.tr("Pause the feed"))
        self.clear_button = IconButton("trash-2", self.tr("Clear the feed"))
        self.tools = QWidget()
        self.pause_action = self._add_command(commands)
        self._fill_table()
        self._lay_out()
        self._connect_signals()
        self._show_empty()

    def _add_command(self, commands: Commands) -> QAction:
        action = commands.add("pause_feed", self.tr("Pause &feed"), self._toggle_pause, "Ctrl+.")
        action.setCheckable(True)
        return action

    def _fill_table(self) -> None:
        table = self.table
        table.setModel(self.model)
        table.setItemDelegate(FeedDelegate(table))
        header = table.horizontalHeader()
        for place, column in enumerate(COLUMNS):
            if column in _WIDTHS:
                table.setColumnWidth(place, _WIDTHS[column])
        header.setSectionResizeMode(len(COLUMNS) - 1, QHeaderView.ResizeMode.Stretch)

    def find_here(self) -> None:
        """Put the keyboard into the filter."""
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    def _lay_out(self) -> None:
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        band = self.problem.layout()
        assert band is not None  # noqa: S101 - made with the line
        band.setContentsMargins(FIRST, 0, FIRST, 0)
        self.problem.setFixedHeight(_BAND)
        self.problem.hide()
        column.addWidget(self.problem)
        column.addWidget(self._splitter, 1)
        self._splitter.setHandleWidth(1)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self._stack)
        self._splitter.addWidget(self.detail)
        self._splitter.setStretchFactor(0, 1)
        self.detail.hide()
        row = QHBoxLayout(self.tools)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(current().size("space.xs"))
        self.filter.setFixedWidth(_FILTER)
        self.pause_button.setCheckable(True)
        for widget in (self.sampling, self.filter, self.pause_button, self.clear_button):
            row.addWidget(widget)
        self.sampling.hide()

    def _connect_signals(self) -> None:
        model, table = self.model, self.table
        self.filter.textChanged.connect(model.set_filter)
        self.pause_button.clicked.connect(self.pause_action.trigger)
        self.clear_button.clicked.connect(model.clear)
        self.empty.pressed.connect(self._do_what_empty_offers)
        model.emptyChanged.connect(self._show_empty)
        model.pausedChanged.connect(self._show_pause)
        model.filterChanged.connect(self._show_problem)
        model.followingChanged.connect(self._show_following)
        model.dividerShown.connect(table.show_divider)
        table.followed.connect(self._follow)
        table.unfollowed.connect(self._stay)
        table.detailAsked.connect(self.toggle_detail)
        table.opened.connect(self.open_window)
        table.copyAsked.connect(self._copy_payload)
        table.menuAsked.connect(self._fill_menu)
        table.selectionModel().currentRowChanged.connect(self._choose_row)
        self._splitter.splitterMoved.connect(self._fit_columns)
        self.detail.asked.connect(self._pass_on)
        self.detail.menuAsked.connect(self._fill_menu)
        model.dataChanged.connect(self._refresh_detail)
        self._live.changed.connect(self._show_sampling)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out the client where the window is narrow, and shorten payloads for outcomes."""
        super().resizeEvent(event)
        self._fit_columns()

    @Slot()
    def _fit_columns(self) -> None:
        has_detail = self.detail.isVisible()
        is_narrow = self.window().width() < _ROOM_FOR_CLIENT or has_detail
        self.table.setColumnHidden(COLUMNS.index("client"), is_narrow)
        self.table.setColumnHidden(COLUMNS.index("payload"), has_detail)
        left_out = ("payload", "client") if is_narrow else ("payload",)
        others = sum(width for name, width in _WIDTHS.items() if name not in left_out)
        room = self._stack.width() - others - _LEAST_OUTCOME
        payload = max(min(room, _WIDTHS["payload"]), _LEAST_PAYLOAD)
        self.table.setColumnWidth(COLUMNS.index("payload"), payload)

    def show_message(self, row: FeedRow) -> None:
        """Choose a message's row; a filter that hides it is taken away."""
        if self.model.place_of(row) < 0:
            self.filter.clear()
        place = self.model.place_of(row)
        if place >= 0:
            self.table.selectRow(place)
            self.table.scrollTo(self.model.index(place, 0))
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    # What the user does

    def _toggle_pause(self) -> None:
        self.model.set_paused(not self.model.is_paused)

    @Slot()
    def _follow(self) -> None:
        self.table.follow()
        self.model.follow()

    @Slot()
    def _stay(self) -> None:
        self.table.stay()
        self.model.follow(False)

    @Slot()
    def _do_what_empty_offers(self) -> None:
        offer = self.model.empty()
        if offer is not None and offer.does == "clear_filter":
            self.filter.clear()
        elif offer is not None:
            self._live.session.start()

    @Slot()
    def toggle_detail(self) -> None:
        """Show the whole of the chosen message beside the rows, or hide it."""
        row = self.chosen()
        if self.detail.isVisible() or row is None:
            self.detail.hide()
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.detail.show_message(row)
            self.detail.show()
            self._splitter.setSizes([max(self.width() - _DETAIL, _DETAIL), _DETAIL])
        self._fit_columns()

    @Slot()
    def open_window(self) -> None:
        """Show the chosen message in a window of its own."""
        row = self.chosen()
        if row is not None:
            self.open_row(row)

    @Slot(object)
    def open_row(self, row: FeedRow) -> None:
        """Show a message in a window of its own, whether or not it stands in the feed."""
        detail = MessageDetail()
        title = f"{row.sample.topic} {clock_time(row.sample.time_ms)}"
        window = DetailWindow(detail, title, self.window())
        detail.asked.connect(lambda what: self.asked.emit(what, row))
        detail.menuAsked.connect(lambda menu: self._add_commands(menu, row))
        detail.show_message(row)
        window.show()

    @Slot(QModelIndex, QModelIndex)
    def _choose_row(self, index: QModelIndex, _before: QModelIndex) -> None:
        row = index.data(ROW_ROLE) if index.isValid() else None
        if isinstance(row, FeedRow) and self.detail.isVisible():
            self.detail.show_message(row)

    @Slot()
    def _refresh_detail(self) -> None:
        if self.detail.isVisible():
            self.detail.refresh()

    # What can be done with a message

    def chosen(self) -> FeedRow | None:
        """Give the message that is chosen."""
        index = self.table.currentIndex()
        row = index.data(ROW_ROLE) if index.isValid() else None
        return row if isinstance(row, FeedRow) else None

    @Slot(str)
    def _pass_on(self, what: str) -> None:
        if self.detail.row is not None:
            self.asked.emit(what, self.detail.row)

    @Slot(QMenu)
    def _fill_menu(self, menu: QMenu) -> None:
        row = self.chosen() or self.detail.row
        if row is None:
            return
        is_seen = self.detail.isVisible()
        name = self.tr("Hide the message") if is_seen else self.tr("Show the message")
        add_with_keys(menu, name, self.toggle_detail, "Space")
        add_with_keys(menu, self.tr("Open in a window"), self.open_window, "Return")
        menu.addSeparator()
        self._add_commands(menu, row)

    def _add_commands(self, menu: QMenu, row: FeedRow) -> None:
        tr = self.tr
        commands = [
            ("send_again", tr("Send again")),
            ("edit", tr("Edit and send")),
            ("test", tr("Use as test input")),
        ]
        if self.can_save:
            commands.append(("save", tr("Save...")))
        for what, name in commands:
            menu.addAction(name, lambda what=what: self.asked.emit(what, row))
        menu.addSeparator()
        sample = row.sample
        add_with_keys(menu, tr("Copy payload"), lambda: copy_text(sample.payload), "Ctrl+C")
        menu.addAction(tr("Copy topic"), lambda: copy_text(sample.topic))
        menu.addAction(tr("Copy as JSON"), lambda: copy_text(as_json(row)))
        menu.addSeparator()
        menu.addAction(tr("Filter by this topic"), lambda: self._filter(f'topic:"{sample.topic}"'))
        if sample.client:
            client = sample.client.replace("\\", "\\\\").replace('"', '\\"')
            text = f'client = "{client}"'
            menu.addAction(tr("Filter by this client"), lambda: self._filter(text))
        if any(not record.error and record.offset >= 0 for record in row.records):
            menu.addAction(tr("Show the record it made"), lambda: self.asked.emit("link", row))

    def _filter(self, text: str) -> None:
        self.filter.setText(text)

    @Slot()
    def _copy_payload(self) -> None:
        if (row := self.chosen()) is not None:
            copy_text(row.sample.payload)

    # What is shown

    @Slot()
    def _show_empty(self) -> None:
        empty = self.model.empty()
        if empty is not None:
            self.empty.say(empty.sentence, empty.hint, button=empty.button)
        self._stack.setCurrentWidget(self.table if empty is None else self.empty)

    @Slot(bool)
    def _show_pause(self, is_paused: bool) -> None:
        self.pause_action.setChecked(is_paused)
        self.pause_button.setChecked(is_paused)
        self.pause_button.set_icon("play" if is_paused else "pause")
        name = self.tr("Go on with the feed") if is_paused else self.tr("Pause the feed")
        self.pause_button.setAccessibleName(name)
        self.pause_button.setToolTip(name)
        self._show_empty()

    @Slot()
    def _show_problem(self) -> None:
        problem = self.model.problem
        self.filter.set_problem(problem)
        self.problem.setVisible(bool(problem))
        self.problem.set_state("failed", problem, "bad")

    @Slot()
    def _show_following(self) -> None:
        new = self.model.new_below
        self.table.show_newer(self.tr("{count} new below").format(count=number(new)) if new else "")

    @Slot()
    def _show_sampling(self) -> None:
        shown_in = self.model.shown_in
        self.sampling.setVisible(shown_in > 1)
        self.sampling.setText(self.tr("showing 1 in {count}").format(count=number(shown_in)))
