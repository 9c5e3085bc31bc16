"""The monitor: counters that add up, what goes on over time, and the last messages."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gui.pages.lower_charts import LowerCharts
from gui.theme import current
from gui.viewmodels.counters import Verdict
from gui.viewmodels.monitor import MonitorViewModel
from gui.viewmodels.words import number, plural
from gui.widgets.buttons import FlatButton
from gui.widgets.chart import Chart, Legend, Series
from gui.widgets.chart_values import ChartValues
from gui.widgets.counter_tree import CounterTree
from gui.widgets.empty_state import SmallEmptyState
from gui.widgets.fields import ComboBox
from gui.widgets.filter_field import FilterField
from gui.widgets.frames import Ground, Line
from gui.widgets.labels import Label, StateLine
from gui.widgets.menu import Menu
from gui.widgets.segmented import Segmented
from gui.widgets.trace_table import TraceTable

_TOOL_ROW: Final = 44
_COUNTERS: Final = 352
_RULE_WIDTH: Final = 132
_NARROW_RULE: Final = 106
_HEAD: Final = 30
_TRACE_HEAD: Final = 34
_RATES_HEIGHT: Final = 152
_LEAST_TRACE: Final = 90
_FILTER: Final = 190
_LEAST_FILTER: Final = 84
_COUNT: Final = 170
"""Room for the count of sampled messages, which comes before the filter's."""

_NARROW: Final = 900
_PIECE, _NARROW_PIECE = 22, 14
"""How much is seen of each line in the legend, and where the title beside it needs room."""


class MonitorPage(QWidget):
    """The document `monitor`.

    Signals:
        documentAsked: The key of a document.
        messagesAsked: The feed's filter for the messages behind a counter.
        told: How an export went, and the state that it is said with.
    """

    documentAsked = Signal(str)
    messagesAsked = Signal(str)
    told = Signal(str, str)

    def __init__(self, model: MonitorViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        words = {"1m": self.tr("1 min"), "5m": self.tr("5 min"), "1h": self.tr("1 h")}
        words["all"] = self.tr("All")
        self.windows = Segmented(self.tr("Window of time"), words, small=True)
        self.windows.choose(model.window)
        self.rule = ComboBox(self.tr("Rule"), small=True)
        self.verdict = StateLine()
        self.pause = FlatButton(self.tr("Pause"), "pause")
        self.mark = FlatButton(self.tr("Mark"), "pin")
        self.export = FlatButton(self.tr("Export"), "download")
        self.reset = FlatButton(self.tr("Reset"), "rotate-cw")
        self.tree = CounterTree(model.counters)
        self.no_counters = SmallEmptyState(self.tr("Nothing counted yet."))
        self.rates, self._rates_legend = self._make_rates()
        self.lower_charts = LowerCharts()
        self.filter = FilterField(self.tr("Filter"))
        self.trace = TraceTable(model.trace)
        self.trace_count = Label(style="small", role="text3", elide="end")
        self._counters = QStackedWidget()
        self._tools = QHBoxLayout()
        self._beside_verdict = 0  # what the rest of its row takes when the buttons have words
        self._lay_out()
        self._connect_signals()
        self._show_rules()
        self._show_pause(model.is_paused)
        self._show_verdict(model.counters.verdict)
        self._show_points()
        self._show_counts()

    def _make_rates(self) -> tuple[Chart, Legend]:
        series = [
            Series(self.tr("in"), 1),
            Series(self.tr("passed"), 2),
            Series(self.tr("delivered"), 3, self.tr("out")),
        ]
        name, unit = self.tr("Messages per second"), self.tr("per second")
        return Chart(name, series, spoken_unit=unit, height=_RATES_HEIGHT), Legend(
            series, piece=_PIECE
        )

    def _lay_out(self) -> None:
        self._counters.addWidget(self.tree)
        self._counters.addWidget(self.no_counters)
        self._counters.setFixedWidth(_COUNTERS - current().size("line.hairline"))
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addWidget(self._counters)
        body.addWidget(Line(Qt.Orientation.Vertical))
        body.addLayout(self._right(), 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._tool_row())
        column.addWidget(Line())
        column.addLayout(body, 1)

    def _tool_row(self) -> QWidget:
        theme = current()
        row = QWidget()
        row.setFixedHeight(_TOOL_ROW - current().size("line.hairline"))
        tools = self._tools
        row.setLayout(tools)
        tools.setContentsMargins(theme.size("space.l"), 1, theme.size("space.l") + 2, 0)
        tools.setSpacing(theme.size("space.s"))
        self.rule.setFixedWidth(_RULE_WIDTH)
        tools.addWidget(self.windows)
        tools.addWidget(self.rule)
        tools.addSpacing(theme.size("space.m") + 2)
        tools.addWidget(self.verdict, 1)
        self.pause.setCheckable(True)
        self.pause.setChecked(self._model.is_paused)
        for place, button in enumerate(self._buttons):
            button.set_small()
            tools.addSpacing(theme.size("space.xs") if place else 0)
            tools.addWidget(button)
        return row

    @property
    def _buttons(self) -> dict[FlatButton, str]:
        """The buttons beside the verdict with their words."""
        return {
            self.pause: self.tr("Go on") if self._model.is_paused else self.tr("Pause"),
            self.mark: self.tr("Mark"),
            self.export: self.tr("Export"),
            self.reset: self.tr("Reset"),
        }

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give words the room that they need first."""
        super().resizeEvent(event)
        piece = _NARROW_PIECE if self.width() < _NARROW else _PIECE
        for each in (self._rates_legend, self.lower_charts):
            each.set_piece(piece)
        self._fit_tools()

    def _fit_tools(self) -> None:
        """Show the icons of the buttons alone where the verdict would be cut beside words."""
        verdict = self.verdict.sizeHint().width()
        if self.mark.text():
            self._beside_verdict = self._tools.sizeHint().width() - verdict
        is_narrow = self.width() < self._beside_verdict + verdict
        self.rule.setFixedWidth(_NARROW_RULE if is_narrow else _RULE_WIDTH)
        for button, words in self._buttons.items():
            button.setText("" if is_narrow else words)
            button.setToolTip(words if is_narrow else "")
            button.setAccessibleName(words)

    def _right(self) -> QVBoxLayout:
        right = QVBoxLayout()
        right.setSpacing(0)
        title, short = self.tr("Messages per second"), self.tr("Messages/s")
        right.addWidget(_head(title, short, self._rates_legend))
        right.addWidget(self.rates)
        right.addWidget(_below())
        right.addWidget(Line())
        right.addWidget(self.lower_charts)
        right.addWidget(_below())
        right.addWidget(Line())
        right.addWidget(self._trace_head())
        right.addWidget(self.trace, 1)
        policy = QSizePolicy.Policy
        self.rates.setSizePolicy(policy.Expanding, policy.Preferred)
        self.rates.setMaximumHeight(_RATES_HEIGHT)
        self.trace.setMinimumHeight(_LEAST_TRACE)
        return right

    def _trace_head(self) -> QWidget:
        theme = current()
        head = Ground("surface1")
        head.setFixedHeight(_TRACE_HEAD)
        row = QHBoxLayout(head)
        row.setContentsMargins(theme.size("space.l"), 0, theme.size("space.s"), 0)
        row.setSpacing(theme.size("space.s"))
        row.addWidget(Label(self.tr("Trace"), style="strong"))
        row.addWidget(self.trace_count, 1)
        row.addWidget(self.trace.newer)
        self.filter.setMaximumWidth(_FILTER)
        self.filter.setMinimumWidth(_LEAST_FILTER)
        row.addWidget(self.filter, 2)
        return head

    def _connect_signals(self) -> None:
        model = self._model
        self.windows.chosen.connect(model.set_window)
        self.rule.activated.connect(self._choose_rule)
        self.pause.toggled.connect(model.set_paused)
        self.mark.clicked.connect(self._mark)
        self.export.clicked.connect(self.open_export)
        self.reset.clicked.connect(self._reset)
        self.rates.valuesAsked.connect(self._show_rates)
        self.lower_charts.valuesAsked.connect(self._show_lower)
        self.rates.readMoved.connect(self.lower_charts.read)
        self.lower_charts.readMoved.connect(self.rates.read)
        self.filter.textChanged.connect(self._filter)
        self.trace.documentAsked.connect(self.documentAsked)
        self.tree.messagesAsked.connect(self._ask_messages)
        self.tree.documentAsked.connect(self.documentAsked)
        model.pointsChanged.connect(self._show_points)
        model.pausedChanged.connect(self._show_pause)
        model.told.connect(self.told)
        model.rulesChanged.connect(self._show_rules)
        model.counters.verdictChanged.connect(self._show_verdict)
        model.counters.modelReset.connect(self._show_emptiness)
        model.trace.countsChanged.connect(self._show_counts)

    # What the user does

    @Slot(int)
    def _choose_rule(self, place: int) -> None:
        self._model.set_rule(str(self.rule.itemData(place) or ""))

    @Slot()
    def _mark(self) -> None:
        self._model.mark()

    @Slot()
    def _reset(self) -> None:
        self._model.start_over()

    @Slot(str)
    def _filter(self, text: str) -> None:
        self._model.trace.set_filter(text)
        self.filter.set_problem(self._model.trace.problem)

    @Slot(str)
    def _ask_messages(self, shows: str) -> None:
        self.messagesAsked.emit(self._model.messages_filter(shows))

    @Slot()
    def open_export(self) -> None:
        """Ask what is to be exported."""
        menu = Menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Rates as a table"), self._show_rates)
        lower = self.tr("{chart} as a table").format(chart=self.lower_charts.title.text())
        menu.addAction(lower, self._show_lower)
        menu.addSeparator()
        menu.addAction(self.tr("Values as CSV..."), self._choose_csv)
        menu.addAction(self.tr("Charts as PNG..."), self._choose_png)
        menu.popup(self.export.mapToGlobal(QPoint(0, self.export.height())))

    @Slot()
    def _show_rates(self) -> None:
        self._show_values(self.rates)

    @Slot()
    def _show_lower(self) -> None:
        self._show_values(self.lower_charts.shown)

    def _show_values(self, chart: Chart) -> None:
        values = ChartValues(chart, self.export)
        values.open()
        values.table.setFocus(Qt.FocusReason.PopupFocusReason)

    @Slot()
    def _choose_csv(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, self.tr("Export values"), "monitor.csv", self.tr("CSV files (*.csv)")
        )
        if name:
            self.save_csv(Path(name))

    @Slot()
    def _choose_png(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, self.tr("Export charts"), "monitor.png", self.tr("Pictures (*.png)")
        )
        if name:
            self.save_png(Path(name))

    def save_csv(self, path: Path) -> None:
        """Write the points that the charts show."""
        self._model.export(path, self._model.csv_text().encode())

    def save_png(self, path: Path) -> None:
        """Write the charts as they are shown, one above the other."""
        top, bottom = self.rates.grab(), self.lower_charts.shown.grab()
        picture = QPixmap(top.width(), top.height() + bottom.height())
        painter = QPainter(picture)
        painter.drawPixmap(picture.rect().adjusted(0, 0, 0, -bottom.height()), top)
        painter.drawPixmap(picture.rect().adjusted(0, top.height(), 0, 0), bottom)
        painter.end()
        data = QByteArray()
        buffer = QBuffer(data)
        if picture.save(buffer, "PNG"):
            self._model.export(path, bytes(data.data()))
        else:
            self._model.told.emit(self.tr("No picture could be made"), "failed")

    # What is shown

    @Slot()
    def _show_points(self) -> None:
        model = self._model
        self.rates.show_points(model.rates, model.span_s)
        self.rates.show_marks(model.marks)
        self.lower_charts.show_points(model)

    @Slot(object)
    def _show_verdict(self, verdict: Verdict) -> None:
        role = "text1" if verdict.status == "degraded" else "text2"
        self.verdict.set_state(verdict.status, verdict.text, role, shorter=verdict.shorter)
        self._fit_tools()
        self._show_emptiness()

    @Slot()
    def _show_emptiness(self) -> None:
        has_rows = self._model.counters.rowCount() > 0
        self._counters.setCurrentWidget(self.tree if has_rows else self.no_counters)

    @Slot(bool)
    def _show_pause(self, is_paused: bool) -> None:
        self.pause.setChecked(is_paused)
        self.pause.set_icon("play" if is_paused else "pause")
        self._fit_tools()

    @Slot()
    def _show_rules(self) -> None:
        self.rule.clear()
        self.rule.addItem(self.tr("All rules"), "")
        for name in self._model.rules:
            self.rule.addItem(name, name)
        self.rule.setCurrentIndex(max(self.rule.findData(self._model.rule), 0))

    @Slot()
    def _show_counts(self) -> None:
        kept = self._model.trace.kept
        text = plural("last %n sampled message", "last %n sampled messages", kept)
        self.trace_count.setText(text, self.tr("last {count}").format(count=number(kept)))
        self.trace_count.setMinimumWidth(min(self.trace_count.sizeHint().width(), _COUNT))


def _below() -> QWidget:
    """Leave a little room below the times of a chart."""
    room = Ground("surface2")
    room.setFixedHeight(2)
    return room


def _head(text: str, short: str, legend: Legend) -> QWidget:
    theme = current()
    head = Ground("surface2")
    head.setFixedHeight(_HEAD)
    row = QHBoxLayout(head)
    row.setContentsMargins(theme.size("space.l"), theme.size("space.s"), theme.size("space.m"), 0)
    row.setSpacing(theme.size("space.s"))
    title = Label(style="strong", elide="end")
    title.setText(text, short)
    title.setMinimumWidth(title.needed_width())
    row.addWidget(title, 1)
    row.addWidget(legend)
    return head
