"""One topic of the tail: its bar, its records, the whole of the chosen one, and how it goes."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
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
from gui.docks.record_detail import RecordDetail, record_title
from gui.docks.row_menu import add_with_keys, copy_text
from gui.docks.tail_bar import TailBar
from gui.docks.tail_rows import TailDelegate
from gui.theme import current, refresh_style, set_face
from gui.viewmodels.kcat import kcat_line
from gui.viewmodels.live_rows import ROW_ROLE
from gui.viewmodels.tail import TailViewModel
from gui.viewmodels.tail_detail import as_json
from gui.viewmodels.tail_row import TailRow
from gui.viewmodels.tail_start import BEGINNING
from gui.viewmodels.tail_table import COLUMNS
from gui.viewmodels.words import number
from gui.widgets.buttons import IconButton, LinkButton
from gui.widgets.empty_list import EmptyList
from gui.widgets.frames import Banner, Ground, Line
from gui.widgets.labels import Label, StateLine
from gui.widgets.live_table import LiveTable
from gui.widgets.load_strip import LoadStrip
from gui.widgets.table_view import ROW

WIDE_FROM: Final = 560
_FOOTER: Final = 28
_DETAIL: Final = 200
_WIDTHS: Final = {"time": 105, "partition": 44, "offset": 68, "key": 96, "size": 72}


class TailPanel(QWidget):
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

    def __init__(self, model: TailViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self.rows = model.rows
        self.can_save = False
        self._wants_detail = True
        self.bar = TailBar(model)
        self.trouble = Banner()
        self.loading = LoadStrip()
        self.table = LiveTable(self.tr("Records"), current().size("height.row_two_line"))
        self.empty = EmptyList("scroll-text")
        self.detail = RecordDetail(lambda: self.model.longest_shown)
        self.state = StateLine(style="small", ground="surface0")
        self.follow_button = LinkButton(self.tr("Follow"))
        self.count = Label(style="small", role="text3")
        self.pause_button = IconButton("pause", self.tr("Pause the tail"))
        self.clear_button = IconButton("trash-2", self.tr("Clear the tail"))
        self._stack = QStackedWidget()
        self._splitter = QSplitter(Qt.Orientation.Vertical)
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

    def chosen(self) -> TailRow | None:
        """Give the record that is chosen."""
        index = self.table.currentIndex()
        row = index.data(ROW_ROLE) if index.isValid() else None
        return row if isinstance(row, TailRow) else None

    def _fill(self) -> None:
        table = self.table
        table.setModel(self.rows)
        self._delegate = TailDelegate(table, self.rows)
        table.setItemDelegate(self._delegate)
        for place, name in enumerate(COLUMNS):
            if name in _WIDTHS:
                table.setColumnWidth(place, _WIDTHS[name])
        self._show_width(is_wide=False)
        self.pause_button.setCheckable(True)
        self.trouble.close_button.hide()
        self.follow_button.setProperty("dense", "true")
        refresh_style(self.follow_button)
        set_face(self.follow_button, "small", 500)
        self.detail.hide()

    def _lay_out(self) -> None:
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.empty)
        self._splitter.setHandleWidth(1)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self._stack)
        self._splitter.addWidget(self.detail)
        self._splitter.setStretchFactor(0, 1)
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
        row.setContentsMargins(theme.size("space.panel"), 0, theme.size("space.xs"), 0)
        row.setSpacing(theme.size("space.xs"))
        row.addWidget(self.state)
        row.addWidget(self.follow_button)
        row.addStretch(1)
        row.addWidget(self.count)
        row.addSpacing(theme.size("space.xs"))
        row.addWidget(self.pause_button)
        row.addWidget(self.clear_button)
        return footer

    def _connect_signals(self) -> None:
        model, rows, table, detail = self.model, self.rows, self.table, self.detail
        self.empty.pressed.connect(self._do_what_empty_offers)
        self.loading.pressed.connect(self._stop_or_go_on)
        self.follow_button.clicked.connect(self.follow)
        self.pause_button.clicked.connect(self._toggle_pause)
        self.clear_button.clicked.connect(self._clear)
        model.stateChanged.connect(self._show_state)
        model.loadingChanged.connect(self._show_loading)
        model.settingsChanged.connect(self._show_decode)
        rows.countsChanged.connect(self._show_counts)
        rows.filterChanged.connect(self._show_state)
        rows.pausedChanged.connect(self._show_following)
        rows.followingChanged.connect(self._show_following)
        rows.dividerShown.connect(table.show_divider)
        table.followed.connect(self.follow)
        table.unfollowed.connect(self._stay)
        table.detailAsked.connect(self.toggle_detail)
        table.opened.connect(self.open_window)
        table.copyAsked.connect(self._copy_value)
        table.menuAsked.connect(self._fill_menu)
        table.selectionModel().currentRowChanged.connect(self._choose_row)
        detail.asked.connect(self._pass_on)
        detail.menuAsked.connect(self._fill_menu)
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
                self.table.setColumnWidth(place, _WIDTHS[name])
        self._fit_rows()

    @Slot()
    def _fit_rows(self) -> None:
        height = ROW if self._delegate.is_wide else current().size("height.row_two_line")
        self.table.set_row_height(height)

    # What the user does

    @Slot()
    def follow(self) -> None:
        """Stay at the newest record from now on."""
        self.table.follow()
        self.rows.follow()

    @Slot()
    def _stay(self) -> None:
        self.table.stay()
        self.rows.follow(False)

    @Slot()
    def _toggle_pause(self) -> None:
        self.rows.set_paused(not self.rows.is_paused)

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

    def find_here(self) -> None:
        """Put the keyboard into the filter."""
        self.bar.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.bar.filter.selectAll()

    @Slot()
    def open_window(self) -> None:
        """Show the chosen record in a window of its own."""
        row = self.chosen()
        if row is None:
            return
        detail = RecordDetail(lambda: self.model.longest_shown)
        window = DetailWindow(detail, record_title(row), self.window())
        detail.set_decode(self.rows.value_decode, self.rows.key_decode)
        detail.asked.connect(lambda what: self._ask(what, row))
        detail.menuAsked.connect(lambda menu: self._add_commands(menu, row))
        detail.recordShown.connect(lambda _row: self.recordShown.emit(detail))
        detail.show_record(row)
        window.show()

    @Slot(QModelIndex, QModelIndex)
    def _choose_row(self, index: QModelIndex, _before: QModelIndex) -> None:
        row = index.data(ROW_ROLE) if index.isValid() else None
        if isinstance(row, TailRow):
            self.detail.show_record(row)
            self._show_detail()

    @Slot()
    def _do_what_empty_offers(self) -> None:
        offer = self.model.empty()
        if offer is None:
            return
        if offer.does == "clear_filter":
            self.bar.filter.clear()
        elif offer.does == "beginning":
            self.model.set_start(BEGINNING)
        elif offer.does == "open":
            self.openAsked.emit()

    # What can be done with a record

    def _ask(self, what: str, row: TailRow) -> None:
        topic = self.model.chosen
        self.asked.emit(what, row, topic.connector if topic is not None else "")

    @Slot(str)
    def _pass_on(self, what: str) -> None:
        if self.detail.row is not None:
            self._ask(what, self.detail.row)

    @Slot(QMenu)
    def _fill_menu(self, menu: QMenu) -> None:
        row = self.chosen() or self.detail.row
        if row is None:
            return
        is_seen = self.detail.isVisible()
        name = self.tr("Hide the record") if is_seen else self.tr("Show the record")
        add_with_keys(menu, name, self.toggle_detail, "Space")
        add_with_keys(menu, self.tr("Open in a window"), self.open_window, "Return")
        menu.addSeparator()
        self._add_commands(menu, row)

    def _add_commands(self, menu: QMenu, row: TailRow) -> None:
        tr = self.tr
        commands = [
            ("send_again", tr("Send again")),
            ("edit", tr("Edit and send")),
            ("test", tr("Use as test input")),
        ]
        if self.can_save:
            commands.append(("save", tr("Save...")))
        for what, name in commands:
            menu.addAction(name, lambda what=what: self._ask(what, row))
        menu.addSeparator()
        add_with_keys(menu, tr("Copy value"), lambda: copy_text(row.value), "Ctrl+C")
        menu.addAction(tr("Copy as JSON"), lambda: copy_text(as_json(row)))
        line = kcat_line(row.record, self.model.bootstrap)
        menu.addAction(tr("Copy as kcat line"), lambda: copy_text(line)).setEnabled(bool(line))
        menu.addSeparator()
        if row.key:
            menu.addAction(tr("Filter by this key"), lambda: self._filter_by_key(row))
        if self.detail.link.isVisibleTo(self.detail) and row is self.detail.row:
            menu.addAction(tr("Show the message that made it"), lambda: self._pass_on("link"))

    @Slot()
    def _copy_value(self) -> None:
        if (row := self.chosen()) is not None:
            copy_text(row.value)

    def _filter_by_key(self, row: TailRow) -> None:
        key = row.key.replace("\\", "\\\\").replace('"', '\\"')
        self.bar.filter.setText(f'key = "{key}"')

    # What is shown

    @Slot()
    def _show_state(self) -> None:
        trouble, problem = self.model.trouble, self.rows.problem
        self.bar.filter.set_problem(problem)
        if problem or (trouble and self.rows.matching):
            status = "failed" if problem else self.model.state.status
            text = problem or f"{trouble} {self.model.advice}".strip()
            self.trouble.say(text, status=status)
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
        self.detail.set_decode(self.rows.value_decode, self.rows.key_decode)

    @Slot()
    def _show_counts(self) -> None:
        self.count.setText(self.rows.count_text)
        self.count.setToolTip(self.rows.count_detail)
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
            text = self.tr("Following")
            if self.model.shown_in > 1:
                count = number(self.model.shown_in)
                text = self.tr("Following, showing 1 in {count}").format(count=count)
            self.state.set_state("running", text)
        else:
            self.state.set_state("connected", self.tr("Reading"))
        self.follow_button.setVisible(is_live and not rows.is_following)
        self.pause_button.setChecked(rows.is_paused)
        self.pause_button.set_icon("play" if rows.is_paused else "pause")
        name = self.tr("Go on with the tail") if rows.is_paused else self.tr("Pause the tail")
        self.pause_button.setAccessibleName(name)
        self.pause_button.setToolTip(name)
        new = rows.new_below
        self.table.show_newer(self.tr("{count} new below").format(count=number(new)) if new else "")
        self._show_empty()

    def _show_empty(self) -> None:
        empty = self.model.empty()
        if empty is not None:
            trouble = self.model.trouble
            if trouble:
                self.empty.say(trouble, self.model.advice)
            else:
                self.empty.say(empty.sentence, empty.hint, button=empty.button)
        self._stack.setCurrentWidget(self.table if empty is None else self.empty)

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
