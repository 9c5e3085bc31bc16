"""The Kafka tail: the records of a topic as they come."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, Qt, Slot
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gui.docks.record_detail import RecordDetail
from gui.docks.tail_rows import TailDelegate
from gui.docks.topic_choice import TopicChoice
from gui.theme import current, refresh_style, set_face
from gui.viewmodels.live import Live
from gui.viewmodels.live_rows import ROW_ROLE
from gui.viewmodels.tail import COLUMNS, STARTS, TailViewModel, start_name
from gui.viewmodels.tail_detail import as_json
from gui.viewmodels.tail_reader import TailRow
from gui.viewmodels.words import number
from gui.widgets.buttons import IconButton, LinkButton
from gui.widgets.empty_list import EmptyList
from gui.widgets.fields import ComboBox
from gui.widgets.filter_field import FilterField
from gui.widgets.frames import Banner, DockTitle, Ground, Line
from gui.widgets.labels import Label, StateLine
from gui.widgets.live_table import LiveTable
from gui.widgets.table_view import ROW

NARROWEST: Final = 280
_WIDE_FROM: Final = 560
_FOOTER: Final = 28
_DETAIL: Final = 200
_WIDTHS: Final = {"time": 105, "partition": 44, "offset": 68, "key": 96, "size": 72}


class TailDock(QDockWidget):
    """Topic, filter, records, the whole of the chosen record, and how it goes."""

    def __init__(self, live: Live, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("tail")
        self.setWindowTitle(self.tr("Kafka tail"))
        self.model = TailViewModel(live, self)
        self.rows = self.model.rows
        self._wants_detail = True
        self.title = DockTitle(self.tr("Kafka tail"))
        self.fold_button = IconButton("panel-right", self.tr("Hide the Kafka tail"))
        self.topic = TopicChoice()
        self._topic_problem = ""
        self.start = ComboBox(self.tr("From"), small=True)
        self.filter = FilterField(self.tr("Filter the records"))
        self.trouble = Banner()
        self.table = LiveTable(self.tr("Records"), current().size("height.row_two_line"))
        self.empty = EmptyList("scroll-text")
        self.detail = RecordDetail()
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
        self._show_topics()
        self._show_state()
        self._show_counts()

    def focus(self) -> None:
        """Bring the keyboard to the records, or to the choice of a topic where there are none."""
        self.show()
        self.raise_()
        has_rows = self._stack.currentWidget() is self.table
        (self.table if has_rows else self.topic.combo).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _fill(self) -> None:
        table = self.table
        table.setModel(self.rows)
        self._delegate = TailDelegate(table)
        table.setItemDelegate(self._delegate)
        for place, name in enumerate(COLUMNS):
            if name in _WIDTHS:
                table.setColumnWidth(place, _WIDTHS[name])
        self._show_width(is_wide=False)
        for start in STARTS:
            self.start.addItem(self.tr("From: {place}").format(place=start_name(start)), start)
        self.filter.setPlaceholderText(self.tr("Filter: text, key:, payload.temp > 20"))
        self.pause_button.setCheckable(True)
        self.trouble.close_button.hide()
        self.follow_button.setProperty("dense", "true")
        refresh_style(self.follow_button)
        set_face(self.follow_button, "small", 500)
        self.detail.hide()

    def _lay_out(self) -> None:
        theme = current()
        self.title.add(self.fold_button)
        bar = Ground("surface1")
        chooser = QHBoxLayout()
        chooser.setSpacing(theme.size("space.s") - 2)
        chooser.addWidget(self.topic, 1)
        chooser.addWidget(self.start)
        tools = QVBoxLayout(bar)
        tools.setContentsMargins(10, theme.size("space.s"), 10, theme.size("space.s"))
        tools.setSpacing(theme.size("space.s") - 2)
        tools.addLayout(chooser)
        tools.addWidget(self.filter)
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.empty)
        self._splitter.setHandleWidth(1)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self._stack)
        self._splitter.addWidget(self.detail)
        self._splitter.setStretchFactor(0, 1)
        host = Ground("surface2")
        host.setMinimumWidth(NARROWEST)
        column = QVBoxLayout(host)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (bar, Line(), self.trouble):
            column.addWidget(widget)
        column.addWidget(self._splitter, 1)
        column.addWidget(Line())
        column.addWidget(self._make_footer())
        self.setTitleBarWidget(self.title)
        self.setWidget(host)

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
        model, rows, table = self.model, self.rows, self.table
        self.fold_button.clicked.connect(self.hide)
        self.topic.topicChosen.connect(self.model.choose)
        self.topic.problemFound.connect(self._show_topic_problem)
        self.start.activated.connect(self._choose_start)
        self.filter.textChanged.connect(rows.set_filter)
        self.empty.pressed.connect(self._do_what_empty_offers)
        self.follow_button.clicked.connect(self._follow)
        self.pause_button.clicked.connect(self._toggle_pause)
        self.clear_button.clicked.connect(self._clear)
        model.topicsChanged.connect(self._show_topics)
        model.stateChanged.connect(self._show_state)
        rows.countsChanged.connect(self._show_counts)
        rows.filterChanged.connect(self._show_state)
        rows.pausedChanged.connect(self._show_following)
        rows.followingChanged.connect(self._show_following)
        rows.dividerShown.connect(table.show_divider)
        table.followed.connect(self._follow)
        table.unfollowed.connect(self._stay)
        table.detailAsked.connect(self._toggle_detail)
        current().changed.connect(self._fit_rows)
        table.copyAsked.connect(self._copy_value)
        table.menuAsked.connect(self._fill_menu)
        table.selectionModel().currentRowChanged.connect(self._choose_row)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show a real table where there is room for one."""
        super().resizeEvent(event)
        is_wide = self.width() >= _WIDE_FROM
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

    @Slot(int)
    def _choose_start(self, place: int) -> None:
        self.model.set_start(STARTS[place])

    @Slot()
    def _follow(self) -> None:
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
        self._follow()

    @Slot()
    def _toggle_detail(self) -> None:
        self._wants_detail = not self.detail.isVisible()
        self._show_detail()
        if not self._wants_detail:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(QModelIndex, QModelIndex)
    def _choose_row(self, index: QModelIndex, _before: QModelIndex) -> None:
        row = index.data(ROW_ROLE) if index.isValid() else None
        if isinstance(row, TailRow):
            self.detail.show_record(row)
            self._show_detail()

    @Slot()
    def _do_what_empty_offers(self) -> None:
        offer = self.model.empty()
        if offer is not None and offer.does == "clear_filter":
            self.filter.clear()
        elif offer is not None and offer.does == "beginning":
            self.start.setCurrentIndex(STARTS.index("beginning"))
            self.model.set_start("beginning")

    @Slot(QMenu)
    def _fill_menu(self, menu: QMenu) -> None:
        row = self._chosen()
        if row is None:
            return
        is_seen = self.detail.isVisible()
        name = self.tr("Hide the record") if is_seen else self.tr("Show the record")
        menu.addAction(name, self._toggle_detail)
        menu.addSeparator()
        menu.addAction(self.tr("Copy value"), self._copy_value)
        menu.addAction(self.tr("Copy as JSON"), self._copy_json)
        if row.key:
            menu.addSeparator()
            menu.addAction(self.tr("Filter by this key"), self._filter_by_key)

    def _chosen(self) -> TailRow | None:
        index = self.table.currentIndex()
        row = index.data(ROW_ROLE) if index.isValid() else None
        return row if isinstance(row, TailRow) else None

    @Slot()
    def _copy_value(self) -> None:
        if (row := self._chosen()) is not None:
            QGuiApplication.clipboard().setText(row.value)

    @Slot()
    def _copy_json(self) -> None:
        if (row := self._chosen()) is not None:
            QGuiApplication.clipboard().setText(as_json(row))

    @Slot()
    def _filter_by_key(self) -> None:
        if (row := self._chosen()) is not None:
            key = row.key.replace("\\", "\\\\").replace('"', '\\"')
            self.filter.setText(f'key = "{key}"')

    # What is shown

    @Slot()
    def _show_topics(self) -> None:
        model = self.model
        self.topic.show_topics(model.topics, model.chosen, model.connectors)

    @Slot(str)
    def _show_topic_problem(self, problem: str) -> None:
        self._topic_problem = problem
        self._show_state()

    @Slot()
    def _show_state(self) -> None:
        trouble = self.model.trouble
        self.filter.set_problem(self.rows.problem)
        problem = self._topic_problem or self.rows.problem
        if problem or (trouble and self.rows.matching):
            status = "failed" if problem else self.model.state.status
            text = problem or f"{trouble} {self.model.advice}".strip()
            self.trouble.say(text, status=status)
        else:
            self.trouble.hide()
        self._show_following()
        self._show_empty()

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
