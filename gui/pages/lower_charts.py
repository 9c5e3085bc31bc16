"""The monitor's second chart: latency, what waits for Kafka, or what went wrong."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from gui.theme import current
from gui.viewmodels.monitor import MonitorViewModel
from gui.widgets.chart import Chart, Legend, Series
from gui.widgets.frames import Ground
from gui.widgets.labels import Label
from gui.widgets.menu_button import MenuButton

_HEAD: Final = 30
_HEIGHT: Final = 134
_TITLE_PADDING: Final = 4
_LOWER: Final = 2
"""The title takes 24 px of the head to be hit; words stand a little below their middle."""


class LowerCharts(QWidget):
    """One of three charts under a head whose title chooses it.

    Attributes:
        title: Chooses the chart.
        latency: From MQTT to Kafka's delivery report.
        queue: What waits in the buffers of actions.
        errors: What failed and what was dropped.

    Signals:
        valuesAsked: The values of the chart that is shown are wanted as a table.
        readMoved: The time at which it is read; None for none.
    """

    valuesAsked = Signal()
    readMoved = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        words = {
            "latency": self.tr("Latency"),
            "queue": self.tr("Queue"),
            "errors": self.tr("Errors"),
        }
        self._notes = {
            "latency": (self.tr("ms, MQTT receive to Kafka delivery report"), self.tr("ms"), ""),
            "queue": (self.tr("KiB that wait in the buffers of actions"), self.tr("KiB"), ""),
            "errors": (
                self.tr("per second: rules, records that failed or were dropped"),
                self.tr("per second"),
                "",
            ),
        }
        self.title = MenuButton(self.tr("Lower chart"), words, is_title=True)
        self._note = Label(style="small", role="text3", elide="end")
        self._note.setContentsMargins(0, _LOWER, 0, 0)
        self._note.setMinimumWidth(1)  # legends need the room first
        self._legends, self._charts = QStackedWidget(), QStackedWidget()
        self._legends.setContentsMargins(0, _LOWER, 0, 0)
        self._legend_of: dict[Chart, Legend] = {}
        self.latency = self._add(
            words["latency"],
            self.tr("milliseconds"),
            [Series("p50", 1), Series("p95", 2), Series("p99", 4)],
        )
        self.queue = self._add(
            words["queue"], self.tr("kibibytes"), [Series(self.tr("waiting"), 1)]
        )
        self.errors = self._add(
            words["errors"],
            self.tr("per second"),
            [
                Series(self.tr("rule errors"), 4, self.tr("rules")),
                Series(self.tr("failed"), 2),
                Series(self.tr("dropped"), 3),
            ],
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head())
        column.addWidget(self._charts)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setMaximumHeight(_HEAD + _HEIGHT)
        self._model: MonitorViewModel | None = None
        self._shown = self.latency
        self.title.chosen.connect(self.choose)
        self.choose("latency")

    @property
    def shown(self) -> Chart:
        """The chart that is seen."""
        return self._shown

    @Slot(str)
    def choose(self, key: str) -> None:
        """Show another chart: `latency`, `queue` or `errors`."""
        self._shown.read(None)
        self._shown = {"latency": self.latency, "queue": self.queue, "errors": self.errors}[key]
        self._charts.setCurrentWidget(self._shown)
        self._legends.setCurrentWidget(self._legend_of[self._shown])
        self._fit_legend()
        self._note.setText(*self._notes[key])
        self.title.show_choice(key)
        self._feed()

    def set_piece(self, piece: int) -> None:
        """Show more or less of each line in the legends, in pixels."""
        for legend in self._legend_of.values():
            legend.set_piece(piece)
        self._fit_legend()

    def _fit_legend(self) -> None:
        legend = self._legend_of[self._shown]
        self._legends.setFixedSize(legend.width(), legend.height() + _LOWER)

    @Slot(object)
    def read(self, at_s: float | None) -> None:
        """Read the values at a time, or stop reading."""
        self._shown.read(at_s)

    def show_points(self, model: MonitorViewModel) -> None:
        """Take what there is to draw."""
        self._model = model
        self._feed()

    def _feed(self) -> None:
        """Give the chart that is seen its points; the others get theirs when they are chosen."""
        model, chart = self._model, self._shown
        if model is None:
            return
        if chart is self.latency:
            points = model.latencies
        else:
            points = model.queue if chart is self.queue else model.errors
        chart.show_points(points, model.span_s)
        chart.show_marks(model.marks, named=False)

    def _add(self, name: str, unit: str, series: list[Series]) -> Chart:
        chart = Chart(name, series, spoken_unit=unit, height=_HEIGHT)
        chart.valuesAsked.connect(self.valuesAsked)
        chart.readMoved.connect(self.readMoved)
        self._charts.addWidget(chart)
        self._legend_of[chart] = legend = Legend(series)
        self._legends.addWidget(legend)
        return chart

    def _head(self) -> QWidget:
        theme = current()
        head = Ground("surface2")
        head.setFixedHeight(_HEAD)
        row = QHBoxLayout(head)
        left = theme.size("space.l") - _TITLE_PADDING
        row.setContentsMargins(
            left, _HEAD - self.title.sizeHint().height(), theme.size("space.m"), 0
        )
        row.setSpacing(theme.size("space.s") - _TITLE_PADDING)
        row.addWidget(self.title)
        row.addWidget(self._note, 1)
        row.addWidget(self._legends, 0, Qt.AlignmentFlag.AlignVCenter)
        return head
