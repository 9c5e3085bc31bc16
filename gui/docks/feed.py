"""The feed: what the bridge sees, as a page of the bottom dock."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QMenu, QVBoxLayout, QWidget

from gui.docks.feed_delegate import FIRST, FeedDelegate
from gui.docks.filter_menu import FilterMenu
from gui.docks.live_list import ListWords, LiveList, quoted
from gui.docks.message_detail import MessageDetail
from gui.docks.row_menu import copy_text
from gui.shell.commands import Commands
from gui.theme import current
from gui.viewmodels.feed import FeedModel
from gui.viewmodels.feed_rows import COLUMNS, FeedRow
from gui.viewmodels.kept_filters import KeptFilters
from gui.viewmodels.live import Live
from gui.viewmodels.message_detail import as_json
from gui.viewmodels.words import number, tr
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


class FeedPage(LiveList[FeedRow, MessageDetail]):
    """A table of the sampled messages; what can be done with them stands in `tools`.

    Attributes:
        tools: Filter, pause and clear, for the right end of the dock's tab row.
        model: The rows.

    Signals:
        asked: What is to be done with a `FeedRow`: `send_again`, `edit`, `test`, `save`, `link`.
    """

    asked = Signal(str, object)

    def __init__(self, live: Live, commands: Commands, filters: KeptFilters | None = None) -> None:
        """Make it.

        Args:
            live: What is open.
            commands: Where the command to pause is added.
            filters: The filters that are kept.
        """
        model = FeedModel(live)
        super().__init__(
            model,
            LiveTable(tr("Feed"), ROW),
            FilterField(tr("Filter the feed"), has_menu=True),
            MessageDetail(),
            "activity",
            _words(),
        )
        self._live, self.model = live, model
        model.setParent(self)
        FilterMenu(self.filter, filters or KeptFilters(parent=self))
        self._splitter = self._split(Qt.Orientation.Horizontal)
        self.problem = StateLine(style="small", ground="surface2")
        self.sampling = Label(style="small", role="text3")
        self.tools = QWidget()
        self.pause_action = self._add_command(commands)
        self._fill_table()
        self._lay_out()
        self._connect_signals()
        self._show_empty()

    def _add_command(self, commands: Commands) -> QAction:
        action = commands.add("pause_feed", self.tr("Pa&use feed"), self.toggle_pause, "Ctrl+.")
        action.setCheckable(True)
        return action

    def _fill_table(self) -> None:
        table = self.table
        table.setItemDelegate(FeedDelegate(table))
        header = table.horizontalHeader()
        for place, column in enumerate(COLUMNS):
            if column in _WIDTHS:
                table.setColumnWidth(place, _WIDTHS[column])
        header.setSectionResizeMode(len(COLUMNS) - 1, QHeaderView.ResizeMode.Stretch)

    def _lay_out(self) -> None:
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
        row = QHBoxLayout(self.tools)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(current().size("space.xs"))
        self.filter.shrink_from(_FILTER, self.tr("Filter"))
        row.addStretch()
        row.addWidget(self.sampling)
        row.addWidget(self.filter, 1)
        row.addWidget(self.pause_button)
        row.addWidget(self.clear_button)
        self.sampling.hide()

    def _connect_signals(self) -> None:
        self._connect_list()
        model = self.model
        self.filter.textChanged.connect(model.set_filter)
        self.pause_button.clicked.connect(self.pause_action.trigger)
        self.clear_button.clicked.connect(model.clear)
        self.empty.pressed.connect(self._do_what_empty_offers)
        model.emptyChanged.connect(self._show_empty)
        model.pausedChanged.connect(self._show_paused)
        model.filterChanged.connect(self._show_problem)
        model.dataChanged.connect(self._refresh_detail)
        self._splitter.splitterMoved.connect(self._fit_columns)
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
        room = self.width() - others - _LEAST_OUTCOME  # the children are laid out later
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
            self.detail.show_row(row)
            self.detail.show()
            self._splitter.setSizes([max(self.width() - _DETAIL, _DETAIL), _DETAIL])
        self._fit_columns()

    def chose(self, row: FeedRow) -> None:
        """Show it where the whole of a message is seen."""
        if self.detail.isVisible():
            self.detail.show_row(row)

    @Slot()
    def _refresh_detail(self) -> None:
        if self.detail.isVisible():
            self.detail.refresh()

    # What can be done with a message

    def ask(self, what: str, row: FeedRow) -> None:
        """Pass it on."""
        self.asked.emit(what, row)

    def new_detail(self) -> MessageDetail:
        """Make the pages of a window."""
        return MessageDetail()

    def add_copies(self, menu: QMenu, row: FeedRow) -> None:
        """Add what is copied besides the payload, filters, and the way to the record."""
        sample = row.sample
        menu.addAction(tr("Copy topic"), lambda: copy_text(sample.topic))
        menu.addAction(tr("Copy as JSON"), lambda: copy_text(as_json(row)))
        menu.addSeparator()
        for name, text in (
            (tr("Filter by this topic"), f'topic:"{sample.topic}"'),
            (tr("Filter by this client"), f"client = {quoted(sample.client)}"),
        ):
            if sample.client or text.startswith("topic"):
                menu.addAction(name, lambda text=text: self.filter.setText(text))
        if any(not record.error and record.offset >= 0 for record in row.records):
            menu.addAction(tr("Show the record it made"), lambda: self.ask("link", row))

    # What is shown

    @Slot()
    def _show_empty(self) -> None:
        self._show_offer(self.model.empty())

    @Slot(bool)
    def _show_paused(self, is_paused: bool) -> None:
        self.pause_action.setChecked(is_paused)
        self._show_empty()

    @Slot()
    def _show_problem(self) -> None:
        problem = self.model.problem
        self.filter.set_problem(problem)
        self.problem.setVisible(bool(problem))
        self.problem.set_state("failed", problem, "bad")

    @Slot()
    def _show_sampling(self) -> None:
        shown_in = self.model.shown_in
        self.sampling.setVisible(shown_in > 1)
        self.sampling.setText(self.tr("showing 1 in {count}").format(count=number(shown_in)))


def _words() -> ListWords:
    return ListWords(
        pause=tr("Pause the feed"),
        go_on=tr("Go on with the feed"),
        clear=tr("Clear the feed"),
        show=tr("Show the message"),
        hide=tr("Hide the message"),
        copy=tr("Copy payload"),
    )
