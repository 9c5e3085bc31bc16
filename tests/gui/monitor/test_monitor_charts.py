"""The charts of the monitor: points, events, one rule alone."""

from __future__ import annotations

import csv

from pytestqt.qtbot import QtBot

from core.bridge.events import StatusChanged
from gui.theme import Theme
from gui.widgets.chart import Chart, Series

from .conftest import Watched, failing


class Painted(Chart):
    """Counts how often it is asked to be painted."""

    asked = 0

    def update(self) -> None:  # pyright: ignore[reportIncompatibleMethodOverride] - the whole of it
        """Count."""
        self.asked += 1


def test_a_chart_is_painted_four_times_a_second_at_most_whatever_comes(theme: Theme, qtbot: QtBot):
    chart = Painted("Rates", [Series("In", 1)])
    qtbot.addWidget(chart)
    before, timer = chart.asked, chart._repaint
    for second in range(50):  # all before a timer can end: the loop does not run
        chart.show_points([(float(second), (1.0,))])
        chart.show_marks([(float(second), "mark")])

    assert chart.asked == before
    assert (timer.isActive(), timer.isSingleShot()) == (True, True)
    assert timer.interval() * 4 >= 1_000
    qtbot.waitUntil(lambda: chart.asked == before + 1)


def test_points_and_events_are_noted_and_exported(watched: Watched):
    told, model = watched.told, watched.model
    told.state("running")
    told.snapshot(1.0, 10, **failing(10))
    told.snapshot(2.0, 30, **failing(30))
    model.mark()
    told.state("stopped")

    assert [values for _, values in model.rates[:2]] == [(0.0, 0.0, 0.0), (40.0, 20.0, 13.0)]
    assert model.latencies[1][1] == (2.0, 4.0, 6.0)
    assert [text for _, text in model.marks] == ["started", "mark", "stopped"]
    lines = list(csv.reader(model.csv_text().splitlines()))
    assert lines[0][1:4] == ["in_per_s", "passed_per_s", "delivered_per_s"]
    assert model.queue[1][1] == (4.0,)
    assert model.errors[1][1] == (0.0, 7.0, 0.0)
    figures = ["40.000", "20.000", "13.000", "2.000", "4.000", "6.000"]
    figures += ["4.000", "0.000", "7.000", "0.000"]
    assert [*figures, ""] in [line[1:] for line in lines]
    assert "mark" in [line[-1] for line in lines]
    assert [line[0] for line in lines[1:]] == sorted(line[0] for line in lines[1:])


def test_a_lost_connection_is_marked_once_and_a_stopped_one_is_not(
    watched: Watched,
):
    watched.told.state("running")
    for status in ("connecting", "connected", "disconnected", "connecting", "connected", "stopped"):
        event = StatusChanged("connector", "laptop", status)  # pyright: ignore[reportArgumentType] - one of core.status
        watched.engine.eventReceived.emit(event)

    assert [text for _, text in watched.model.marks] == ["started", "laptop lost"]


def test_changes_that_are_applied_are_marked(watched: Watched, qtbot: QtBot):
    session = watched.told.session
    watched.told.state("running")
    path = session.path
    assert path is not None
    path.write_text(path.read_text() + "\n# another version\n")
    session.tasks.start(session.take_saved(), "read")

    qtbot.waitUntil(lambda: len(watched.model.marks) == 2)
    assert watched.model.marks[1][1] == "changes applied"


def test_one_rule_is_looked_at_alone(watched: Watched):
    watched.told.state("running")
    watched.told.snapshot(1.0, 10)
    watched.told.snapshot(2.0, 20)
    watched.model.set_rule("all")

    assert watched.model.rates[-1][1] == (20.0, 10.0, 0.0)
    assert watched.model.messages_filter("outcome:failed") == 'outcome:failed "all"'
    watched.model.set_rule("")
    assert watched.model.rates[-1][1] == (20.0, 10.0, 10.0)
