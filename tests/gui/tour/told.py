"""What the drawings say, told to a window that has no brokers: states, rates, rows, steps."""

from __future__ import annotations

import msgspec
from pytestqt.qtbot import QtBot

from core.bridge.events import MessageSample, RuleOutcome
from core.bridge.metrics import FilterStats, Snapshot, SourceStats
from core.kafka.records import TailRecord
from core.probe import Step
from core.workspace.compare import DiffLine
from gui.main_window import MainWindow
from gui.pages.connector import ConnectorPage
from gui.pages.overview import OverviewPage
from gui.shell.apply_popover import ApplyPopover
from gui.shell.status_bar import StatusBar
from gui.viewmodels.comparison import Block
from gui.viewmodels.feed_rows import row_of as feed_row
from gui.viewmodels.flow import Card
from gui.viewmodels.live import State
from gui.viewmodels.status import Figure, StatusTexts
from gui.viewmodels.tail_row import row_of as tail_row
from gui.viewmodels.verdict import Verdict

ROWS = 6
_START_MS = 1_764_331_441_423
_FIGURES = (
    Figure("in", "32.1/s"),
    Figure("passed", "24.1/s"),
    Figure("out", "24.1/s"),
    Figure("inflight", "2"),
    Figure("dropped", "0"),
)
_STEPS = (
    Step("resolve", ok=True, ms=0, detail="127.0.0.1"),
    Step("connect", ok=True, ms=1, detail="port 9092"),
    Step("sign_in", ok=True, ms=9, detail="svc-bridge"),
    Step("metadata", ok=True, ms=6, detail="1 broker, Kafka 4.1"),
    Step("brokers", ok=False, ms=1_000, detail="Not found.", hint="Look for it."),
)


def tell_states(window: MainWindow) -> None:
    """Say the states and rates of the overview."""
    page, bar, tabs = window.documents.page("overview"), window.statusBar(), window.documents.tabs
    assert isinstance(page, OverviewPage)
    assert isinstance(bar, StatusBar)
    for chip in window.toolbar.chips:
        chip.set_state("connected", "Connected")
    tabs.show_state("rule:temp_hum", "running", "Running")
    tabs.show_state("connector:kafka-lab", "connected", "Connected")
    window.bottom.tabs.show_count("problems", 1, "warn")
    rule = Card("rule:temp_hum", "rule", "temp_hum", "Running", State("running"), 20.0, "")
    page.map.card(rule.key).show_card(rule, ())
    bar._show(StatusTexts("running", "Running", "00:20:06", _FIGURES))


def tell_rows(window: MainWindow, qtbot: QtBot) -> None:
    """Have records in the tail and messages in the feed; the last record is no JSON."""
    window.tail.model.set_decode("json", "auto")
    records = [
        TailRecord(
            topic="emqx",
            partition=2,
            offset=122 + number,
            timestamp=_START_MS + 153 * number,
            key="dev-6",
            headers=[],
            value='{"temp": 27.5, "hum": 41.8}' if number < ROWS - 1 else "27.5 and 41.8",
        )
        for number in range(ROWS)
    ]
    message = MessageSample(
        id=1,
        time_ms=_START_MS,
        source="emqx-lab",
        topic="temp_hum/emqx",
        client="dev-6",
        payload='{"temp": "27.5", "hum": "41.8"}',
        payload_bytes=31,
        qos=1,
        outcomes=[RuleOutcome("temp_hum", "passed")],
    )
    window.tail.rows.add(map(tail_row, records))
    feed = window.bottom_pages.feed.model
    feed.add(feed_row(msgspec.structs.replace(message, id=number), {}) for number in range(ROWS))
    qtbot.waitUntil(lambda: window.tail.rows.rowCount() == feed.rowCount() == ROWS)


def tell_steps(page: ConnectorPage) -> None:
    """Have a connection test that failed at the last step but two."""
    test = page.panel._test
    test.steps, test.phase, test._topics = list(_STEPS), "failed", ["emqx"]
    test.changed.emit()


def tell_counters(window: MainWindow) -> None:
    """Have the bridge count the messages of two topic filters."""
    filters = {"temp_hum/emqx": FilterStats(20, 24_120), "plant/+/temp": FilterStats(12, 14_472)}
    received = sum(each.received for each in filters.values())
    source = SourceStats("connected", "", received=received, matched=received, filters=filters)
    taken = Snapshot(
        final=False,
        state="running",
        uptime_s=1.0,
        sources={"emqx-lab": source},
        rules={},
        actions={},
        connectors={},
    )
    window.session.engine.snapshotTaken.emit(taken)


def tell_changes(window: MainWindow) -> ApplyPopover:
    """Say what Apply would change, as if a bridge were running; gives the popover, shown."""
    model, popover = window.applying.model, window.applying.popover
    lines = (
        DiffLine("removed", "  AND float(payload.temp) > 15", 7),
        DiffLine("added", "  AND float(payload.temp) > 20", 7),
    )
    model.blocks = [Block("rule:temp_hum", "temp_hum", "workflow", "SQL", lines)]
    model.verdict = Verdict("passed", "5 of 5 tests passed, no problems")
    model.changed.emit()
    popover.show()
    return popover
