"""The gallery's groups of the monitor: a chart that is read, counters, the trace of messages."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.bridge.events import MessageSample, RuleOutcome
from core.bridge.metrics import ActionStats, ConnectorStats, FilterStats, RuleStats, Snapshot
from core.bridge.metrics import SourceStats as Source
from gui.engine_client import InProcessEngine
from gui.gallery.parts import column
from gui.gallery.poses import posed
from gui.gallery.still import Still
from gui.recent import RecentFiles
from gui.viewmodels.counter_model import CounterModel
from gui.viewmodels.live import Live
from gui.viewmodels.session import Session
from gui.viewmodels.trace import TraceModel
from gui.widgets.chart import Chart, Legend, Series
from gui.widgets.chart_values import ChartValues
from gui.widgets.counter_tree import CounterTree
from gui.widgets.sparkline import Course
from gui.widgets.trace_table import TraceTable

_SERIES = [Series("in", 1), Series("passed", 2), Series("delivered", 3, "out")]
_START_S = 1_795_349_000.0
_FAILED = RuleOutcome("temp_hum", "failed", 'float: "n/a" is no number.', sql_ms=0.06)


def charts() -> QWidget:
    """Show a chart with an event, a chart that has the keyboard and is read, and a small one."""
    points = [
        (_START_S + second, tuple(n + math.sin(second / 7 + n) for n in (32.0, 24.0, 23.0)))
        for second in range(0, 300, 2)
    ]
    plain, read = Chart("Rates", _SERIES), posed(Chart, "focus", "Rates, read", _SERIES)
    for chart in (plain, read):
        chart.show_points(points, 300.0)
        chart.show_marks([(_START_S + 120, "temp_hum applied")])
        chart.setFixedHeight(124)
    read.read(_START_S + 200)
    course = Course("Course of temp")
    course.show_values([math.sin(n / 6) for n in range(60)])
    return column(Legend(_SERIES), plain, read, course)


def values() -> QWidget:
    """Show the values of a chart as the table that Enter opens."""
    host = QWidget()
    chart = Chart("Rates", _SERIES, parent=host)
    chart.hide()
    chart.show_points([(_START_S + n, (32.1 + n, 24.1, 24.0)) for n in range(12)])
    made = ChartValues(chart, host)
    made.setWindowFlags(Qt.WindowType.Widget)
    layout = QVBoxLayout(host)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(made)
    return host


def counters() -> QWidget:
    """Show counters that add up, two of them failures."""
    live = _live()
    made = posed(CounterTree, "focus", CounterModel(live))
    live.session.setParent(made)
    made.setFixedHeight(410)
    return made


def trace() -> QWidget:
    """Show messages, one of which failed and is explained."""
    live = _live()
    model = TraceModel(live)
    made = TraceTable(model)
    live.session.setParent(made)
    _tell_messages(live.session)
    model.show_newest()
    made.selectRow(1)
    made.setFixedHeight(152)
    return made


def _live() -> Live:
    """Make a session without a workspace that has been told numbers."""
    engine = InProcessEngine()
    session = Session(engine, recent=RecentFiles())
    session.tasks = Still()
    engine.setParent(session)
    live = Live(session)
    filters = {"plant/+/temp": FilterStats(1, 14_472), "temp_hum/emqx": FilterStats(1, 24_120)}
    received = sum(each.received for each in filters.values())
    rule = RuleStats(
        matched=received,
        passed=28_917,
        failed=9_675,
        failed_no_result=9_672,
        failed_exception=3,
        actions_total=28_917,
        actions_success=28_914,
        actions_failed=2,
        actions_pending=1,
    )
    action = ActionStats("connected", "", matched=28_917, success=28_914, failed=2, inflight=1)
    source = Source("connected", "", received=received, matched=received, filters=filters)
    engine.snapshotTaken.emit(
        Snapshot(
            final=False,
            state="running",
            uptime_s=1.0,
            sources={"emqx-lab": source},
            rules={"temp_hum": rule},
            actions={"to_emqx": action},
            connectors={"kafka-lab": ConnectorStats("connected", "")},
        )
    )
    return live


def _tell_messages(session: Session) -> None:
    passed = RuleOutcome("temp_hum", "passed", sql_ms=0.05)
    none, failed = RuleOutcome("temp_hum", "no_result", sql_ms=0.04), _FAILED
    for number, outcome in enumerate((passed, failed, none)):
        session.messageSampled.emit(
            MessageSample(
                id=number,
                time_ms=int(_START_S * 1_000) + 50 * number,
                source="emqx-lab",
                topic="temp_hum/emqx",
                client="dev-6",
                payload='{"temp": "n/a"}',
                payload_bytes=15,
                qos=1,
                outcomes=[outcome],
            )
        )
