"""The feed: what the bridge sees, as a page of the bottom dock."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Qt, Slot
from PySide6.QtGui import QAction, QGuiApplication, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QStackedWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from gui.shell.commands import Commands
from gui.theme import current
from gui.viewmodels.feed import FeedModel
from gui.viewmodels.feed_rows import COLUMNS, FeedRow, Outcome, cell
from gui.viewmodels.live import Live
from gui.viewmodels.live_rows import ROW_ROLE, Divider
from gui.viewmodels.ring import Index
from gui.viewmodels.words import number
from gui.widgets.buttons import IconButton
from gui.widgets.empty_list import EmptyList
from gui.widgets.filter_field import FilterField
from gui.widgets.labels import Label, StateLine
from gui.widgets.live_rows import paint_divider, paint_ground, paint_text, rect_of
from gui.widgets.live_table import LiveTable
from gui.widgets.table_view import ROW

_WIDTHS: Final = {"time": 105, "topic": 113, "client": 58, "payload": 226}
_LEAST_PAYLOAD: Final = 120
_LEAST_OUTCOME: Final = 240
_ROOM_FOR_CLIENT: Final = 1_100
_FILTER: Final = 210
_FIRST: Final = 16
_BAND: Final = 28
_PADDING: Final = 8
_RIGHT: Final = {"client": 2, "outcome": 4}
_SHAPE: Final = 12
_GAP: Final = 6


class FeedPage(QWidget):
    """A table of the sampled messages; what can be done with them stands in `tools`.

    Attributes:
        tools: Filter, pause and clear, for the right end of the dock's tab row.
        model: The rows.
    """

    def __init__(self, live: Live, commands: Commands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._live = live
        self.model = FeedModel(live, self)
        self.table = LiveTable(self.tr("Feed"), ROW)
        self.empty = EmptyList("activity")
        self._stack = QStackedWidget()
        self.filter = FilterField(self.tr("Filter the feed"))
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
        action = commands.add(
            "pause_feed", self.tr("Pause the &feed"), self._toggle_pause, "Ctrl+."
        )
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

    def _lay_out(self) -> None:
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        band = self.problem.layout()
        assert band is not None  # noqa: S101 - made with the line
        band.setContentsMargins(_FIRST, 0, _FIRST, 0)
        self.problem.setFixedHeight(_BAND)
        self.problem.hide()
        column.addWidget(self.problem)
        column.addWidget(self._stack, 1)
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
        table.copyAsked.connect(self._copy_payload)
        table.menuAsked.connect(self._fill_menu)
        self._live.changed.connect(self._show_sampling)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out the client where the window is narrow, and shorten payloads for outcomes."""
        super().resizeEvent(event)
        is_narrow = self.window().width() < _ROOM_FOR_CLIENT
        self.table.setColumnHidden(COLUMNS.index("client"), is_narrow)
        others = sum(width for name, width in _WIDTHS.items() if name != "payload")
        room = self.width() - others - _LEAST_OUTCOME
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

    @Slot(QMenu)
    def _fill_menu(self, menu: QMenu) -> None:
        row = self._chosen()
        if row is None:
            return
        menu.addAction(self.tr("Copy payload"), self._copy_payload)
        menu.addAction(self.tr("Copy topic"), self._copy_topic)
        menu.addSeparator()
        menu.addAction(self.tr("Filter by this topic"), self._filter_by_topic)
        if row.sample.client:
            menu.addAction(self.tr("Filter by this client"), self._filter_by_client)

    def _chosen(self) -> FeedRow | None:
        index = self.table.currentIndex()
        row = index.data(ROW_ROLE) if index.isValid() else None
        return row if isinstance(row, FeedRow) else None

    @Slot()
    def _copy_payload(self) -> None:
        if (row := self._chosen()) is not None:
            QGuiApplication.clipboard().setText(row.sample.payload)

    @Slot()
    def _copy_topic(self) -> None:
        if (row := self._chosen()) is not None:
            QGuiApplication.clipboard().setText(row.sample.topic)

    @Slot()
    def _filter_by_topic(self) -> None:
        if (row := self._chosen()) is not None:
            self.filter.setText(f'topic:"{row.sample.topic}"')

    @Slot()
    def _filter_by_client(self) -> None:
        if (row := self._chosen()) is not None:
            self.filter.setText(f'client = "{row.sample.client}"')

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


class FeedDelegate(QStyledItemDelegate):
    """Paints the cells: payload in code, outcome with its shape."""

    def __init__(self, view: LiveTable) -> None:
        super().__init__(view)
        self._view = view

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a cell."""
        theme, rect, row = current(), rect_of(option), index.data(ROW_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(row, Divider):
            paint_divider(painter, rect, row.text)
        elif isinstance(row, FeedRow):
            column = COLUMNS[index.column()]
            is_first = column == "time"
            ground = paint_ground(painter, option, self._view, index.row(), is_first=is_first)
            box = rect.adjusted(
                _FIRST if is_first else _PADDING, 0, -_RIGHT.get(column, _PADDING), 0
            )
            if column == "outcome":
                self._paint_outcome(painter, box, row.outcomes(), ground)
            else:
                painter.setFont(theme.font("code_small" if column == "payload" else "small"))
                role = "text3" if is_first else "text1"
                text = row.sample.payload if column == "payload" else cell(row, column)
                elide = Qt.TextElideMode.ElideRight
                if column == "topic":
                    elide = Qt.TextElideMode.ElideMiddle
                paint_text(painter, box, " ".join(text[:400].split()), role, elide)
        painter.restore()

    def _paint_outcome(
        self, painter: QPainter, box: QRectF, outcomes: list[Outcome], ground: str
    ) -> None:
        """Paint the first outcome, and how many matter besides; the tooltip has all."""
        theme, first = current(), outcomes[0]
        painter.setFont(theme.font("small"))
        metrics = painter.fontMetrics()
        note_role = "bad" if first.status == "failed" else "text3"
        arrow = "→" if first.place else ""
        parts = [(first.rule, "text1"), (arrow, "text3"), (first.place, "text1")]
        parts = [part for part in [*parts, (first.note, note_role)] if part[0]]
        left = box.left() + _SHAPE + _GAP
        wanted = left + sum(metrics.horizontalAdvance(text) + _GAP for text, _ in parts)
        others = sum(outcome.status != "no_result" for outcome in outcomes[1:])
        right = box.right() + 1
        for text in (f"+{others}" if others else "", first.latency):
            width = metrics.horizontalAdvance(text)
            if text and wanted - _GAP + _PADDING <= right - width:
                place = QRectF(right - width, box.top(), width + 1, box.height())
                paint_text(painter, place, text, "text3")
                right -= width + _PADDING
        top = box.top() + (box.height() - _SHAPE) / 2
        place = QRectF(box.left(), top, _SHAPE, _SHAPE)
        theme.paint_state(painter, place, first.status, ground)
        for text, role in parts:
            room = QRectF(left, box.top(), max(right - left, 0), box.height())
            left = paint_text(painter, room, text, role) + _GAP
