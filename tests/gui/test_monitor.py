"""The monitor: sums that add up, charts with events, the trace with reasons, and its keyboard."""

from __future__ import annotations

import csv
import errno
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.bridge.events import MessageSample, RecordSettled, RuleOutcome, StatusChanged
from core.bridge.metrics import ActionStats, Latency, RuleStats, SourceStats
from gui.docks.feed import FeedPage
from gui.engine_client import InProcessEngine
from gui.main_window import MainWindow
from gui.pages.monitor import MonitorPage
from gui.recent import RecentFiles
from gui.theme import Theme
from gui.viewmodels.counter_model import TOTAL, CounterRole
from gui.viewmodels.counters import blocks_of, verdict_of
from gui.viewmodels.feed_rows import FeedRow
from gui.viewmodels.history import History
from gui.viewmodels.monitor import MonitorViewModel
from gui.viewmodels.row_filter import parse_filter
from gui.viewmodels.session import Session
from gui.viewmodels.topic_limits import TopicLimits
from gui.viewmodels.trace import COLUMNS, MOST, Explanation, TraceModel
from gui.widgets.chart_values import ChartValues
from gui.widgets.labels import Label
from gui.widgets.trace_table import ExplanationPanel
from tests.helpers.workspaces import write_workspace

from .conftest import Run
from .test_live import Told


@dataclass
class Watched:
    """A session that says what a test has it say, and the monitor over it."""

    told: Told
    engine: InProcessEngine
    history: History
    model: MonitorViewModel

    def sample(self, number: int, result: str = "passed", detail: str = "") -> None:
        outcome = RuleOutcome("all", result, detail, ['{"t":1}'], 0.051)  # pyright: ignore[reportArgumentType] - one of three
        payload, time_ms = '{"temp": 1}', 1_700_000_000_000 + number
        self.engine.eventReceived.emit(
            MessageSample(
                number, time_ms, "plant", f"bench/{number}", "c", payload, 11, 1, [outcome]
            )
        )

    def settle(self, number: int, error: str = "") -> None:
        self.engine.eventReceived.emit(
            RecordSettled(
                number,
                "to_kafka",
                "a",
                0,
                number,
                3.2,
                error,
                "c",
                '{"t":1}',
                render_ms=0.021,
                kind="too_large" if error else "",
                hint="Raise max.message.bytes." if error else "",
                size=1_200_000 if error else 0,
            )
        )


@pytest.fixture
def watched(tmp_path: Path, run: Run, qtbot: QtBot) -> Iterator[Watched]:
    path = write_workspace(
        tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a", key="${clientid}"
    )
    engine = InProcessEngine()
    session = Session(engine, recent=RecentFiles())
    told = Told(session, engine)
    history = History(told.live)
    made = Watched(told, engine, history, MonitorViewModel(told.live, history))
    session.open(path)
    qtbot.waitUntil(lambda: "all" in told.live.facts)
    yield made
    run(session.close(), 30)
    session.deleteLater()
    engine.deleteLater()


# Counters


def failing(passed: int) -> dict[str, Any]:
    """Every third of the records that pass fails, and two messages in the rule."""
    failed = passed // 3
    return {
        "rules": {
            "all": RuleStats(
                matched=2 * passed + 2,
                passed=passed,
                failed=passed + 2,
                failed_exception=2,
                failed_no_result=passed,
                actions_total=passed,
                actions_success=passed - failed - 1,
                actions_failed=failed,
                actions_pending=1,
            )
        },
        "actions": {
            "to_kafka": ActionStats(
                "connected",
                "",
                matched=passed,
                success=passed - failed - 1,
                failed=failed,
                inflight=1,
                queuing_bytes=4_096,
                latency_last5s=Latency(2.0, 4.0, 6.0, 9.0),
            )
        },
    }


def test_every_sum_is_the_sum_of_its_counters(watched: Watched):
    watched.told.state("running")
    watched.told.snapshot(1.0, 30, **failing(30))

    blocks = blocks_of(watched.told.live)

    assert [(block.name, block.total, block.difference) for block in blocks] == [
        ("Received from MQTT", 60, 0),
        ("Matched by rules", 62, 0),
        ("Actions called", 30, 0),
        ("to_kafka", 30, 0),
    ]
    assert [(c.name, c.total) for c in blocks[3].counters] == [
        ("success", 19),
        ("failed", 10),
        ("inflight", 1),
    ]
    assert [block.key for block in blocks_of(watched.told.live, "all")] == [
        "matched",
        "actions",
        "action:to_kafka",
    ]
    assert (
        verdict_of(watched.told.live, blocks_of(watched.told.live)).text
        == "60 received, 60 accounted for"
    )


@pytest.mark.parametrize(
    ("lost", "name"),
    [
        ({"too_large": 10}, "failed, too large"),
        ({"too_large": 10, "expired": 2}, "failed, too large"),
        ({"too_large": 4, "template": 6}, "failed"),
    ],
)
def test_failures_with_one_reason_are_counted_under_it(
    watched: Watched, lost: dict[str, int], name: str
):
    actions = failing(30)["actions"]
    actions["to_kafka"] = msgspec.structs.replace(actions["to_kafka"], lost=lost)
    watched.told.snapshot(1.0, 30, actions=actions)

    counters = blocks_of(watched.told.live)[3].counters

    assert [counter.name for counter in counters] == ["success", name, "inflight"]


def test_filters_that_overlap_are_not_added_up(watched: Watched):
    watched.told.state("running")
    snapshot = watched.told.snapshot(1.0, 30)
    source = snapshot.sources["plant"]
    more = msgspec.structs.replace(
        source, filters={**source.filters, "#": source.filters["bench/#"]}
    )
    watched.told.snapshot(2.0, 30, sources={"plant": more})

    [received, *_] = blocks_of(watched.told.live)
    assert [counter.name for counter in received.counters] == ["matched by a rule"]
    assert received.difference == 0


def test_a_wrong_sum_is_said_and_not_hidden(watched: Watched):
    watched.told.state("running")
    source = SourceStats("connected", "", received=7, matched=5)
    watched.told.snapshot(1.0, sources={"plant": source})

    verdict = watched.model.counters.verdict
    assert verdict.status == "degraded"
    assert "received 7, accounted for 5" in verdict.text


def test_the_tree_writes_numbers_and_marks_failures(watched: Watched):
    model = watched.model.counters
    resets: list[bool] = []
    watched.told.state("running")
    watched.told.snapshot(1.0, 3, **failing(3))
    model.modelReset.connect(lambda: resets.append(True))
    watched.told.snapshot(2.0, 33, **failing(33))

    head = model.index(1, 0)
    failed = model.index(2, 0, head)
    assert head.data(CounterRole.IS_HEAD)
    assert not model.index(0, 0, head).data(CounterRole.HAS_PLUS)
    assert failed.data(CounterRole.HAS_PLUS)
    assert failed.data(CounterRole.SHOWS) == "outcome:failed"
    assert failed.siblingAtColumn(TOTAL).data() == "2"
    assert failed.data(Qt.ItemDataRole.AccessibleTextRole).startswith("failed, 2, 0.0/s")
    assert resets == [], "numbers alone are written"


def test_a_pause_stands_still_and_then_goes_on(watched: Watched):
    model = watched.model
    watched.told.state("running")
    watched.told.snapshot(1.0, 10)
    model.set_paused(True)
    before = model.rates
    watched.told.snapshot(2.0, 20)

    assert model.rates == before
    assert model.counters.index(0, TOTAL).data() == "20"
    model.set_paused(False)
    assert len(model.rates) == len(before) + 1
    assert model.counters.index(0, TOTAL).data() == "40"


def test_a_reset_counts_anew_keeps_the_old_sums_and_adds_up(watched: Watched):
    told, model = watched.told, watched.model
    told.state("running")
    told.snapshot(1.0, 30, **failing(30))
    model.start_over()

    def totals() -> dict[str, list[int | None]]:
        blocks = blocks_of(told.live, "", model.counters._reset)
        assert [block.difference for block in blocks] == [0] * len(blocks)
        return {block.key: [block.total, *(c.total for c in block.counters)] for block in blocks}

    at_once = totals()
    assert at_once["received"] == [0, 0]
    assert at_once["action:to_kafka"] == [1, 0, 1], "what is on its way counts as new"
    assert at_once["before"] == [None, 60, 62, 29, 29]

    told.snapshot(2.0, 60, **failing(60))
    later = totals()
    assert later["received"] == [60, 60]
    assert later["matched"] == [60, 30, 30, 0]
    assert later["action:to_kafka"] == [31, 20, 10, 1]
    assert later["before"] == at_once["before"]
    assert model.counters.headerData(TOTAL, Qt.Orientation.Horizontal).startswith("Since ")
    assert model.counters.verdict.text == "60 received, 60 accounted for"
    assert [text for _, text in model.marks] == ["started", "reset"]


def test_a_start_of_the_bridge_ends_the_reset(watched: Watched):
    told, model = watched.told, watched.model
    told.state("running")
    told.snapshot(1.0, 30)
    model.start_over()
    told.state("starting")
    told.state("running")
    told.snapshot(1.0, 5)

    assert model.counters.headerData(TOTAL, Qt.Orientation.Horizontal) == "Since start"
    assert model.counters.index(0, TOTAL).data() == "10"


def test_every_counter_of_messages_leads_to_them(watched: Watched, qtbot: QtBot):
    watched.told.state("running")
    watched.told.snapshot(1.0, 30, **failing(30))
    watched.sample(1)
    watched.settle(1)
    watched.sample(2, "no_result")
    watched.sample(3)
    watched.settle(3, "The record is too large for a.")
    watched.sample(4, "failed", "no number")
    qtbot.waitUntil(lambda: watched.model.trace.rowCount() == 4)
    rows = [watched.model.trace.row_at(place) for place in range(4)]

    def behind(key: str) -> list[int]:
        found = next(
            counter
            for block in blocks_of(watched.told.live)
            for counter in block.counters
            if counter.key == key
        )
        wanted = parse_filter(found.shows)
        assert not wanted.problem
        return sorted(r.sample.id for r in rows if isinstance(r, FeedRow) and wanted.matches(r))

    assert behind("filter:plant/bench/#") == [1, 2, 3, 4]
    assert behind("rule:no_result") == [2]
    assert behind("rule:failed") == [3, 4]
    assert behind("action:to_kafka:success") == [1]
    assert behind("action:to_kafka:failed") == [3]


# Charts


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
    session.tasks.start(session._read_again(), "read")

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


# Trace


def shown(model: TraceModel) -> list[str]:
    return [str(model.index(row, 1).data()) for row in range(model.rowCount())]


def test_the_trace_keeps_the_last_messages_the_newest_first(watched: Watched, qtbot: QtBot):
    trace = watched.model.trace
    for number in range(MOST + 5):
        watched.sample(number)

    qtbot.waitUntil(lambda: trace.rowCount() == MOST)
    assert shown(trace)[:2] == [f"bench/{MOST + 4}", f"bench/{MOST + 3}"]
    result = COLUMNS.index("result")
    assert trace.index(0, result).data() == "all on its way"
    watched.settle(MOST + 4)
    qtbot.waitUntil(lambda: trace.index(0, result).data() == f"a p0 #{MOST + 4}")
    times = [trace.index(0, COLUMNS.index(name)).data() for name in ("sql", "render", "kafka")]
    assert times == ["0.05", "0.02", "3.2"]


def test_a_trace_that_is_held_stands_still_and_counts(watched: Watched, qtbot: QtBot):
    trace = watched.model.trace
    watched.sample(1)
    qtbot.waitUntil(lambda: trace.rowCount() == 1)
    trace.hold(True)
    with qtbot.waitSignal(trace.countsChanged):
        watched.sample(2)

    assert (shown(trace), trace.new_above) == (["bench/1"], 1)
    trace.hold(False)
    assert (shown(trace), trace.new_above) == (["bench/2", "bench/1"], 0)


def test_failures_are_explained_below_their_row(
    watched: Watched, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    trace = watched.model.trace
    watched.sample(1, "failed", "float: not a number")
    watched.sample(2)
    watched.settle(2, "The record is too large for a.")
    qtbot.waitUntil(lambda: trace.rowCount() == 2)
    trace.hold(True)

    trace.explain(0)
    row = trace.row_at(1)
    assert row == Explanation(
        "The record has 1.2 MB; the topic a takes less (its `max.message.bytes`). "
        "Raise max.message.bytes.",
        "rule:all",
        (("Rule output", '{"t": 1}'), ("Request", 'topic a, key c\n{"t": 1}')),
    )
    assert trace.index(0, COLUMNS.index("result")).data() == "Record too large"
    monkeypatch.setattr(TopicLimits, "of", lambda _limits, *_place: 1_000_000)
    with qtbot.waitSignal(trace.explained):
        trace._live.limits.changed.emit()
    row = trace.row_at(1)
    assert isinstance(row, Explanation)
    assert row.text.startswith("The record has 1.2 MB; the topic a takes 1 MB at most")
    trace.explain(2)
    assert trace.row_at(2) == Explanation(
        "float: not a number", "rule:all", (("Message", '{"temp": 1}'),)
    )
    assert trace.rowCount() == 3
    trace.explain(-1)
    assert trace.rowCount() == 2


def test_the_trace_is_filtered(watched: Watched, qtbot: QtBot):
    trace = watched.model.trace
    watched.sample(1, "failed")
    watched.sample(2)
    qtbot.waitUntil(lambda: trace.rowCount() == 2)

    trace.set_filter("outcome:failed")
    assert shown(trace) == ["bench/1"]
    trace.set_filter("payload.temp >")
    assert trace.problem
    assert shown(trace) == ["bench/1"], "a bad filter leaves the last as it is"
    trace.set_filter("")
    trace.set_rule("another")
    assert shown(trace) == []


# The page


@pytest.fixture
def page(watched: Watched, theme: Theme, qtbot: QtBot) -> MonitorPage:
    made = MonitorPage(watched.model)
    qtbot.addWidget(made)
    made.resize(1_036, 636)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def test_the_page_has_the_drawn_sizes(page: MonitorPage, watched: Watched):
    watched.told.state("running")
    watched.told.snapshot(1.0, 30, **failing(30))
    QApplication.processEvents()

    assert page.tree.width() + 1 == 352, "with the line beside it"
    assert (page.rates.height(), page.lower_charts.latency.height()) == (152, 134)
    assert page.rates.width() == page.lower_charts.latency.width()
    index = page.tree.model().index(1, 0)
    assert page.tree.visualRect(index.model().index(0, 0, index)).height() == 24


def test_a_narrow_page_gives_words_that_say_something_the_room_first(
    page: MonitorPage, watched: Watched, qtbot: QtBot
):
    watched.told.state("running")
    watched.told.snapshot(1.0, 30, **failing(30))
    words = [page.pause.text(), page.mark.text(), page.export.text(), page.reset.text()]
    page.resize(748, 440)  # beside navigator and tail in a window of 1280

    def heads() -> dict[str, str]:
        labels = [*page.findChildren(Label), page.verdict.label]
        told = ("Messages per second", "last 0 sampled messages", "60 received, 60 accounted for")
        return {each.whole_text(): each.text() for each in labels if each.whole_text() in told}

    qtbot.waitUntil(lambda: all(whole == text for whole, text in heads().items()))
    assert len(heads()) == 3
    buttons = (page.pause, page.mark, page.export, page.reset)
    assert [each.text() for each in buttons] == [""] * 4
    assert [each.toolTip() for each in buttons] == words
    assert [each.accessibleName() for each in buttons] == words
    page.pause.click()
    assert (page.pause.text(), page.pause.toolTip()) == ("", "Go on")
    page.pause.click()
    page.resize(1_036, 636)

    qtbot.waitUntil(lambda: [each.text() for each in buttons] == words)
    assert page.rule.width() == 132


def test_reading_one_chart_reads_the_other_by_keyboard(
    page: MonitorPage, watched: Watched, qtbot: QtBot
):
    watched.told.state("running")
    for second in range(3):
        watched.told.snapshot(second + 1.0, 10 * second, **failing(10 * second))
    moments: list[float | None] = []
    page.rates.readMoved.connect(moments.append)
    page.rates.setFocus(Qt.FocusReason.TabFocusReason)

    qtbot.keyClick(page.rates, Qt.Key.Key_Left)
    qtbot.keyClick(page.rates, Qt.Key.Key_Left)
    points = page.rates.points
    assert moments == [points[2][0], points[1][0]]
    assert "passed 10.0" in page.rates.accessibleDescription()
    assert page.lower_charts.latency._read_at == 1
    qtbot.keyClick(page.rates, Qt.Key.Key_Escape)
    assert page.lower_charts.latency._read_at is None


def test_a_chart_that_is_hidden_is_neither_read_nor_fed(page: MonitorPage, watched: Watched):
    watched.told.state("running")
    for second in range(3):
        watched.told.snapshot(second + 1.0, 10 * second, **failing(10 * second))
    lower = page.lower_charts
    page.rates.lead(page.rates.points[1][0])
    assert lower.latency._read_at == 1
    lower.choose("errors")
    assert lower.latency._read_at is None
    assert len(lower.errors.points) == 3

    watched.told.snapshot(4.0, 30, **failing(30))
    counts = [len(each.points) for each in (lower.errors, lower.latency, lower.queue)]
    assert counts == [4, 3, 0]
    lower.choose("latency")
    assert len(lower.latency.points) == 4


def test_the_lower_chart_is_chosen_by_keyboard(page: MonitorPage, watched: Watched, qtbot: QtBot):
    watched.told.state("running")
    for second in range(3):
        watched.told.snapshot(second + 1.0, 10 * second, **failing(10 * second))
    lower = page.lower_charts
    assert lower.shown is lower.latency

    for chart, summary in (
        (lower.queue, "waiting 4.0 kibibytes"),
        (lower.errors, "rule errors 0.0 per second, failed 3.0 per second, dropped 0.0 per second"),
    ):
        lower.title.setFocus(Qt.FocusReason.TabFocusReason)
        qtbot.keyClick(lower.title, Qt.Key.Key_Return)
        menu = QApplication.activePopupWidget()
        assert menu is not None
        qtbot.keyClick(menu, Qt.Key.Key_Down)
        qtbot.keyClick(menu, Qt.Key.Key_Return)
        assert lower.shown is chart
        assert chart.isVisible()
        assert not lower.latency.isVisible()
        assert chart.summary() == summary


def test_the_values_of_a_chart_are_read_in_a_table(
    page: MonitorPage, watched: Watched, qtbot: QtBot
):
    watched.told.state("running")
    for second in range(3):
        watched.told.snapshot(second + 1.0, 10 * second, **failing(10 * second))
    page.rates.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(page.rates, Qt.Key.Key_Return)

    [values] = page.export.findChildren(ChartValues)
    model = values.table.model()
    heads = [model.headerData(n, Qt.Orientation.Horizontal) for n in range(model.columnCount())]
    assert heads == ["Time", "in", "passed", "delivered"]
    assert [model.index(0, n).data() for n in (1, 2)] == ["20.0", "10.0"], "the newest first"
    assert model.rowCount() == 3
    values.close()


class ShownWindows(QObject):
    """Notes every window that is shown, however shortly."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.names: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - a name of Qt
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.names.append(type(watched).__name__)
        return False


def test_a_reason_is_shown_without_a_window_that_takes_the_keyboard(
    page: MonitorPage, watched: Watched, qtbot: QtBot, qapp: QApplication
):
    watched.sample(1, "failed", "float: not a number")
    qtbot.waitUntil(lambda: page.trace.model().rowCount() == 1)
    shown = ShownWindows(page)
    qapp.installEventFilter(shown)

    page.trace.setFocus(Qt.FocusReason.TabFocusReason)
    qapp.removeEventFilter(shown)

    assert page.trace.indexWidget(page.trace.model().index(1, 0)) is not None
    assert shown.names == []


def test_a_failed_message_is_explained_and_leads_to_its_rule(
    page: MonitorPage, watched: Watched, qtbot: QtBot
):
    watched.sample(1, "failed", "float: not a number")
    qtbot.waitUntil(lambda: page.trace.model().rowCount() == 1)
    opened: list[str] = []
    page.documentAsked.connect(opened.append)

    page.trace.setFocus(Qt.FocusReason.TabFocusReason)
    assert page.trace.currentIndex().row() == 0
    panel = page.trace.indexWidget(page.trace.model().index(1, 0))
    assert panel is not None
    assert page.trace.rowSpan(1, 0) == 1
    assert page.trace.columnSpan(1, 0) == len(COLUMNS)
    assert isinstance(panel, ExplanationPanel)
    height = page.trace.rowHeight(1)
    qtbot.mouseClick(panel.details[0], Qt.MouseButton.LeftButton)
    assert panel.code.toPlainText() == '{"temp": 1}'
    assert page.trace.rowHeight(1) > height
    panel.code.show_code("abc " * 60)
    qtbot.waitUntil(lambda: panel.code.height() == panel.code.sizeHint().height())
    room = page.trace.viewport().width()
    qtbot.waitUntil(lambda: page.trace.rowHeight(1) == panel.height_for(room))
    qtbot.mouseClick(panel.details[0], Qt.MouseButton.LeftButton)
    assert page.trace.rowHeight(1) == height
    qtbot.keyClick(page.trace, Qt.Key.Key_Return)
    assert opened == ["rule:all"]
    watched.sample(2)
    qtbot.waitUntil(page.trace.newer.isVisible)
    assert page.trace.newer.text() == "1 new above"
    qtbot.keyClick(page.trace, Qt.Key.Key_Escape)
    assert page.trace.model().rowCount() == 2
    assert page.trace.currentIndex() == QModelIndex()


def test_the_charts_are_saved_as_values_and_as_a_picture(
    page: MonitorPage, watched: Watched, qtbot: QtBot, tmp_path: Path
):
    watched.told.state("running")
    watched.told.snapshot(1.0, 10)
    told: list[str] = []
    page.told.connect(lambda text, status: told.append(f"{status}: {text}"))
    page.save_csv(tmp_path / "monitor.csv")
    page.save_png(tmp_path / "monitor.png")
    qtbot.waitUntil(lambda: len(told) == 2)

    assert sorted(told) == ["passed: Written to monitor.csv", "passed: Written to monitor.png"]
    assert len((tmp_path / "monitor.csv").read_text().splitlines()) == 2
    picture = QImage(str(tmp_path / "monitor.png"))
    assert picture.height() == round((152 + 134) * page.devicePixelRatio())
    page.save_csv(tmp_path / "nowhere" / "monitor.csv")
    qtbot.waitUntil(lambda: len(told) == 3)
    assert told[2] == "failed: monitor.csv was not written: No such file or directory"


@pytest.fixture
def window(watched: Watched, theme: Theme, qtbot: QtBot) -> Iterator[MainWindow]:
    made = MainWindow(watched.told.session, theme)
    with qtbot.waitActive(made):
        made.show()
    yield made
    made.close()
    made.deleteLater()


@pytest.mark.parametrize("name", ["monitor.csv", "monitor.png"])
def test_an_export_to_a_full_disk_is_said_and_leaves_the_file_as_it_was(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
):
    def refuse(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    file = tmp_path / "exports" / name
    file.parent.mkdir()
    file.write_text("a good one")
    window.open_document("monitor")
    page = window.documents.page("monitor")
    assert isinstance(page, MonitorPage)
    monkeypatch.setattr(os, "fsync", refuse)
    {"csv": page.save_csv, "png": page.save_png}[file.suffix[1:]](file)
    toasts = window.toasts
    qtbot.waitUntil(lambda: bool(toasts.shown))

    assert [toast.text for toast in toasts.shown] == [
        f"{name} was not written: No space left on device."
    ]
    assert not window.documents.banner.isVisible()
    assert file.read_text() == "a good one"
    assert list(file.parent.iterdir()) == [file]


def test_the_monitor_opens_from_the_navigator_and_shows_what_failed(
    window: MainWindow, watched: Watched, qtbot: QtBot
):
    watched.told.state("running")
    watched.told.snapshot(1.0, 30, **failing(30))
    watched.sample(1, "failed", "float: not a number")
    watched.sample(2)
    view = window.navigator.view
    view.setFocus(Qt.FocusReason.TabFocusReason)
    view.setCurrentIndex(window.navigator.model.index_of("overview"))
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert window.documents.current == "monitor"
    page = window.documents.page("monitor")
    assert isinstance(page, MonitorPage)

    tree = page.tree
    tree.setFocus(Qt.FocusReason.TabFocusReason)
    tree.setCurrentIndex(tree.model().index(2, 0, tree.model().index(1, 0)))
    qtbot.keyClick(tree, Qt.Key.Key_Return)
    feed = window.bottom.page("feed")
    assert isinstance(feed, FeedPage)
    assert window.bottom.current_key == "feed"
    assert feed.filter.text() == "outcome:failed"
    qtbot.waitUntil(lambda: feed.model.matching == 1)

    window.documents.close_current()
    window.open_document("monitor")
    again = window.documents.page("monitor")
    assert again is not page
    assert isinstance(again, MonitorPage)
    assert again.verdict.label.whole_text().startswith("60 received")
