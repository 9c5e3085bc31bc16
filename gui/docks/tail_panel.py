"""One topic of the tail: its bar, its records, the whole of the chosen one, and how it goes."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QMenu, QVBoxLayout, QWidget

from gui.docks.live_list import ListWords, LiveList, quoted
from gui.docks.record_detail import RecordDetail
from gui.docks.row_menu import copy_text
from gui.docks.tail_bar import TailBar
from gui.docks.tail_rows import TailDelegate
from gui.theme import current, refresh_style, set_face
from gui.viewmodels.kcat import kcat_line
from gui.viewmodels.live_rows import Empty
from gui.viewmodels.tail import TailViewModel
from gui.viewmodels.tail_detail import as_json
from gui.viewmodels.tail_row import TailRow
from gui.viewmodels.tail_start import BEGINNING
from gui.viewmodels.tail_table import COLUMNS, heading
from gui.viewmodels.words import number, tr
from gui.widgets.buttons import LinkButton
from gui.widgets.frames import Banner, Ground, Line
from gui.widgets.labels import Label, StateLine
from gui.widgets.live_table import LiveTable
from gui.widgets.load_strip import LoadStrip
from gui.widgets.table_view import ROW
from gui.widgets.topic_popup import TopicPopup

WIDE_FROM: Final = 560
_FOOTER: Final = 27
_DETAIL: Final = 200
_WIDTHS: Final = {"time": 105, "partition": 44, "offset": 68, "key": 96, "size": 72}
_HEAD_SIDES: Final = 16
"""What the style sheet keeps free at both sides of a head together."""


class TailPanel(LiveList[TailRow, RecordDetail]):
    """What stands behind one tab of the dock.

    Signals:
        asked: What is to be done with a `TailRow`: `send_again`, `edit`, `test`, `save`, `link`;
            and the connector that it was read from.
        recordShown: A `RecordDetail` that shows another record now, here or in a window.
        openAsked: The user wants to open a topic.
    """

    asked = Signal(str, object, str)
    recordShown = Signal(object)
    openAsked = Signal()

    def __init__(self, model: TailViewModel) -> None:
        self.bar = TailBar(model)
        super().__init__(
            model.rows,
            LiveTable(tr("Records"), current().size("height.row_two_line")),
            self.bar.filter,
            RecordDetail(lambda: model.longest_shown),
            "scroll-text",
            _words(),
        )
        self.model = model
        self._wants_detail = True
        self.trouble = Banner()
        self.loading = LoadStrip()
        self.state = StateLine(style="small", ground="surface0")
        self.follow_button = LinkButton(self.tr("Follow"))
        self.count = Label(style="small", role="text3", elide="end")
        self._splitter = self._split(Qt.Orientation.Vertical)
        self._fill()
        self._lay_out()
        self._connect_signals()
        self._show_state()
        self._show_loading()
        self._show_counts()

    def focus(self) -> None:
        """Bring the keyboard to the records, or to the bar where there are none."""
        has_rows = self._stack.currentWidget() is self.table
        (self.table if has_rows else self.bar.start).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _fill(self) -> None:
        table = self.table
        self._delegate = TailDelegate(table, self.model.rows)
        table.setItemDelegate(self._delegate)
        for place, name in enumerate(COLUMNS):
            if name in _WIDTHS:
                table.setColumnWidth(place, _WIDTHS[name])
        self._show_width(is_wide=False)
        self.trouble.close_button.hide()
        self.follow_button.setProperty("dense", "true")
        refresh_style(self.follow_button)
        set_face(self.follow_button, "small", 500)
        for button in (self.pause_button, self.clear_button):
            button.set_small()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.bar, Line(), self.trouble, self.loading):
            column.addWidget(widget)
        column.addWidget(self._splitter, 1)
        column.addWidget(Line())
        column.addWidget(self._make_footer())

    def _make_footer(self) -> QWidget:
        theme = current()
        footer = Ground("surface0")
        footer.setFixedHeight(_FOOTER)
        row = QHBoxLayout(footer)
        row.setContentsMargins(theme.size("space.panel"), 0, theme.size("space.s") - 2, 0)
        row.setSpacing(theme.size("space.s") - 2)
        row.addWidget(self.state)
        row.addWidget(self.follow_button)
        row.addStretch(1)
        row.addWidget(self.count)
        row.addSpacing(theme.size("space.xs"))
        row.addWidget(self.pause_button)
        row.addWidget(self.clear_button)
        return footer

    def _connect_signals(self) -> None:
        self._connect_list()
        model, rows, detail = self.model, self.rows, self.detail
        self.loading.pressed.connect(self._stop_or_go_on)
        self.follow_button.clicked.connect(self.follow)
        self.pause_button.clicked.connect(self.toggle_pause)
        self.clear_button.clicked.connect(self._clear)
        self.empty.pressed.connect(self._do_what_empty_offers)
        self.trouble.linkClicked.connect(lambda: self._ask_for_topic(self.trouble.link))
        model.stateChanged.connect(self._show_state)
        model.loadingChanged.connect(self._show_loading)
        model.settingsChanged.connect(self._show_decode)
        rows.countsChanged.connect(self._show_counts)
        rows.filterChanged.connect(self._show_state)
        rows.pausedChanged.connect(self._show_following)
        rows.followingChanged.connect(self._show_following)
        detail.recordShown.connect(lambda _row: self.recordShown.emit(detail))
        current().changed.connect(self._fit_rows)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show a real table where there is room for one."""
        super().resizeEvent(event)
        is_wide = self.width() >= WIDE_FROM
        if is_wide != self._delegate.is_wide:
            self._show_width(is_wide=is_wide)

    def _show_width(self, *, is_wide: bool) -> None:
        self._delegate.is_wide = is_wide
        header = self.table.horizontalHeader()
        header.setVisible(is_wide)
        stretched = COLUMNS.index("value") if is_wide else 0
        for place, name in enumerate(COLUMNS):
            self.table.setColumnHidden(place, place > 0 and not is_wide)
            mode = QHeaderView.ResizeMode
            header.setSectionResizeMode(
                place, mode.Stretch if place == stretched else mode.Interactive
            )
            if is_wide and name in _WIDTHS:
                need = header.fontMetrics().horizontalAdvance(heading(name)) + _HEAD_SIDES
                self.table.setColumnWidth(place, max(_WIDTHS[name], need))
        self._fit_rows()

    @Slot()
    def _fit_rows(self) -> None:
        height = ROW if self._delegate.is_wide else current().size("height.row_two_line")
        self.table.set_row_height(height)

    # What the user does

    @Slot()
    def _clear(self) -> None:
        self.rows.clear()
        self.follow()

    @Slot()
    def _stop_or_go_on(self) -> None:
        if self.model.can_go_on:
            self.model.go_on()
        else:
            self.model.stop_loading()

    @Slot()
    def toggle_detail(self) -> None:
        """Show the whole of the chosen record, or hide it."""
        self._wants_detail = not self.detail.isVisible()
        self._show_detail()
        if not self._wants_detail:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def chose(self, row: TailRow) -> None:
        """Show the whole of it."""
        self.detail.show_row(row)
        self._show_detail()

    @Slot()
    def _do_what_empty_offers(self) -> None:
        offer = self._what_to_say()
        if offer is None:
            return
        if offer.does == "clear_filter":
            self.filter.clear()
        elif offer.does == "beginning":
            self.model.set_start(BEGINNING)
        elif offer.does == "open":
            self.openAsked.emit()
        elif offer.does == "create":
            self._ask_for_topic(self.empty.button)

    def _ask_for_topic(self, anchor: QWidget) -> None:
        """Ask how the topic that is missing is to be made, at a button."""
        if self.model.chosen is not None:
            popup = TopicPopup(self.model.chosen.topic, anchor)
            popup.taken.connect(self.model.create_topic)
            popup.ask()

    # What can be done with a record

    def ask(self, what: str, row: TailRow) -> None:
        """Pass it on, with the connector."""
        topic = self.model.chosen
        self.asked.emit(what, row, topic.connector if topic is not None else "")

    def new_detail(self) -> RecordDetail:
        """Make the pages of a window."""
        detail, rows = RecordDetail(lambda: self.model.longest_shown), self.model.rows
        detail.set_decode(rows.value_decode, rows.key_decode)
        detail.recordShown.connect(lambda _row: self.recordShown.emit(detail))
        return detail

    def add_copies(self, menu: QMenu, row: TailRow) -> None:
        """Add what is copied besides the value, a filter, and the way to the message."""
        menu.addAction(tr("Copy as JSON"), lambda: copy_text(as_json(row)))
        line = kcat_line(row.record, self.model.bootstrap)
        menu.addAction(tr("Copy as kcat line"), lambda: copy_text(line)).setEnabled(bool(line))
        menu.addSeparator()
        if row.key:
            text = f"key = {quoted(row.key)}"
            menu.addAction(tr("Filter by this key"), lambda: self.filter.setText(text))
        if self.detail.link.isVisibleTo(self.detail) and row is self.detail.row:
            menu.addAction(tr("Show the message that made it"), lambda: self.ask("link", row))

    # What is shown

    @Slot()
    def _show_state(self) -> None:
        trouble, problem = self.model.trouble, self.rows.problem
        self.bar.filter.set_problem(problem)
        if problem or (trouble and self.rows.matching):
            status = "failed" if problem else self.model.state.status
            text = problem or f"{trouble} {self.model.advice}".strip()
            link = self.tr("Create topic") if self.model.is_missing and not problem else ""
            self.trouble.say(text, status=status, link=link)
        else:
            self.trouble.hide()
        self._show_following()
        self._show_empty()

    @Slot()
    def _show_loading(self) -> None:
        model = self.model
        link = self.tr("Go on") if model.can_go_on else self.tr("Stop")
        self.loading.say(model.loading_text, link, model.loading_share)

    @Slot()
    def _show_decode(self) -> None:
        rows = self.model.rows
        self.detail.set_decode(rows.value_decode, rows.key_decode)

    @Slot()
    def _show_counts(self) -> None:
        self.count.setText(self.rows.count_text, self.rows.short_count_text)
        self.count.set_detail(self.rows.count_detail)
        self._show_empty()

    @Slot()
    def _show_following(self) -> None:
        rows, state = self.rows, self.model.state
        is_live = state.status == "connected"
        if not is_live:
            self.state.set_state(state.status, state.word)
        elif rows.is_paused:
            self.state.set_state("stopped", self.tr("Paused"))
        elif rows.is_following:
            text, shorter = self.tr("Following"), ()
            if self.model.shown_in > 1:
                count = number(self.model.shown_in)
                text = self.tr("Following, showing 1 in {count}").format(count=count)
                shorter = (self.tr("1 in {count}").format(count=count),)
            self.state.set_state("running", text, shorter=shorter)
        else:
            self.state.set_state("connected", self.tr("Reading"))
        self.state.label.setMinimumWidth(self.state.label.needed_width())
        self.follow_button.setVisible(is_live and not rows.is_following)
        self._show_empty()

    def _show_empty(self) -> None:
        empty = self._what_to_say()
        self._show_offer(empty)

    def _what_to_say(self) -> Empty | None:
        """Tell what stands in place of the rows; None where there are some."""
        empty, trouble = self.model.empty(), self.model.trouble
        if empty is not None and trouble:
            button = self.tr("Create topic") if self.model.is_missing else ""
            return Empty(trouble, self.model.advice, button, does="create" if button else "")
        return empty

    def _show_detail(self) -> None:
        is_shown = self._wants_detail and self.detail.row is not None
        if is_shown and not self.detail.isVisible():
            self.detail.show()
            height = self._splitter.height()
            self._splitter.setSizes([max(height - _DETAIL, _DETAIL), _DETAIL])
        elif not is_shown:
            self.detail.hide()
        if self.table.currentIndex().isValid():
            self.table.scrollTo(self.table.currentIndex())


def _words() -> ListWords:
    return ListWords(
        pause=tr("Pause the tail"),
        go_on=tr("Go on with the tail"),
        clear=tr("Clear the tail"),
        show=tr("Show the record"),
        hide=tr("Hide the record"),
        copy=tr("Copy value"),
    )
