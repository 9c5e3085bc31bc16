"""The feed: sampled messages with their outcomes, in the model and on the page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from core.bridge.events import (
    MessageSample,
    MqttProperties,
    RecordSettled,
    RuleOutcome,
    StatusChanged,
)
from core.bridge.metrics import Snapshot, SourceStats
from core.bridge.samples import PER_SECOND
from gui.docks.feed import FeedPage
from gui.engine_client import InProcessEngine
from gui.main_window import MainWindow
from gui.recent import RecentFiles
from gui.shell.commands import Commands
from gui.theme import Theme
from gui.viewmodels.feed import FeedModel
from gui.viewmodels.feed_rows import COLUMNS, FeedRow
from gui.viewmodels.live import Live
from gui.viewmodels.live_rows import ROW_ROLE, Divider
from gui.viewmodels.samples import RecentRows
from gui.viewmodels.session import Session
from gui.viewmodels.settings import SettingsStore
from gui.viewmodels.shortcuts import Shortcuts
from gui.viewmodels.tail_row import TailRow
from tests.helpers.workspaces import write_workspace

from .conftest import Run

OUTCOME = COLUMNS.index("outcome")


class Told:
    """A session whose engine says what a test has it say; nothing is connected."""

    def __init__(self, session: Session, engine: InProcessEngine) -> None:
        self.session, self._engine = session, engine
        self.live = Live(session)

    def state(self, state: str) -> None:
        self._engine._set_state(state)  # type: ignore[arg-type]

    def sample(
        self, number: int, *outcomes: RuleOutcome, payload: str = "{}", **more: object
    ) -> None:
        found = list(outcomes) or [RuleOutcome("all", "passed")]
        self._engine.eventReceived.emit(
            MessageSample(
                id=number,
                time_ms=1_767_225_600_250,
                source="plant",
                topic=f"bench/{number}",
                client="dev-3",
                payload=payload,
                qos=1,
                outcomes=found,
                **{"payload_bytes": len(payload.encode()), **more},  # type: ignore[arg-type]
            )
        )

    def snapshot(self, at_s: float, received: int) -> None:
        self._engine.snapshotTaken.emit(
            Snapshot(
                final=False,
                state="running",
                uptime_s=at_s,
                sources={"plant": SourceStats("connected", "", received=received)},
                rules={},
                actions={},
                connectors={},
            )
        )

    def settle(self, number: int, **changes: object) -> None:
        fields: dict[str, object] = {"partition": 2, "offset": 118, "latency_ms": 3.4, **changes}
        self._engine.eventReceived.emit(
            RecordSettled(id=number, action="to_kafka", topic="a", **fields)  # type: ignore[arg-type]
        )


@pytest.fixture
def told(tmp_path: Path, run: Run, qtbot: QtBot) -> Iterator[Told]:
    path = write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a")
    engine = InProcessEngine()
    session = Session(engine, recent=RecentFiles())
    made = Told(session, engine)
    session.open(path)
    qtbot.waitUntil(lambda: "all" in made.live.facts)
    yield made
    run(session.close(), 30)
    session.deleteLater()
    engine.deleteLater()


def rows_of(model: FeedModel) -> list[FeedRow]:
    found = (model.row_at(place) for place in range(model.rowCount()))
    return [row for row in found if isinstance(row, FeedRow)]


def texts(row: FeedRow) -> list[str]:
    return [f"{outcome.status}: {outcome.text}" for outcome in row.outcomes()]


def test_a_message_is_shown_with_the_place_of_its_record(told: Told, qtbot: QtBot):
    model = FeedModel(told.live)
    told.sample(1)
    qtbot.waitUntil(lambda: model.rowCount() == 1)
    row = rows_of(model)[0]
    assert texts(row) == ["connecting: all on its way"]
    with qtbot.waitSignal(model.dataChanged):
        told.settle(1)

    assert texts(row) == ["passed: all → a p2 #118 3.4 ms"]
    assert model.index(0, OUTCOME).data() == "Passed: all → a p2 #118 3.4 ms"
    assert model.index(0, COLUMNS.index("client")).data() == "dev-3"


def test_a_record_without_a_report_is_on_its_way_no_more_when_the_bridge_has_stopped(
    told: Told, qtbot: QtBot
):
    model = FeedModel(told.live)
    told.state("running")
    told.sample(1)
    told.sample(2)
    told.settle(2)
    qtbot.waitUntil(lambda: model.rowCount() == 2)
    with qtbot.waitSignal(model.dataChanged):
        told.state("stopped")

    lost, arrived = rows_of(model)
    assert texts(lost) == ["failed: all no delivery report: the bridge stopped"]
    assert texts(arrived) == ["passed: all → a p2 #118 3.4 ms"]


def test_the_message_of_a_record_is_found_before_it_is_shown(told: Told):
    model = FeedModel(told.live)
    told.sample(1)
    told.settle(1)
    assert not model.rowCount(), "views hear of new rows a moment later"
    found = model.message_of("a", 2, 118)
    assert found is not None
    assert found.sample.topic == "bench/1"
    assert model.message_of("a", 2, 119) is None


def test_a_record_that_settles_before_its_sample_is_told_is_not_lost(told: Told, qtbot: QtBot):
    model = FeedModel(told.live)
    told.settle(7, error="the key is no text", partition=-1, offset=-1)
    told.sample(7)
    qtbot.waitUntil(lambda: model.rowCount() == 1)

    assert texts(rows_of(model)[0]) == ["failed: all the key is no text"]


def test_a_record_that_was_too_large_is_told_with_its_size(told: Told, qtbot: QtBot):
    model = FeedModel(told.live)
    told.sample(7)
    told.settle(7, error="Topic a takes less: look there", kind="too_large", size=1_258_291)
    qtbot.waitUntil(lambda: model.rowCount() == 1)

    (line,) = texts(rows_of(model)[0])
    assert line == "failed: all record too large, 1.3 MB"


def test_failures_stand_first_and_no_result_last(told: Told, qtbot: QtBot):
    model = FeedModel(told.live)
    told.sample(
        1,
        RuleOutcome("cold", "no_result", "21.9 is not < 5"),
        RuleOutcome("wet", "no_result"),
        RuleOutcome("all", "passed"),
        RuleOutcome("hot", "failed", "payload is no JSON\nmore"),
    )
    told.settle(1)
    qtbot.waitUntil(lambda: model.rowCount() == 1)

    assert texts(rows_of(model)[0]) == [
        "failed: hot payload is no JSON",
        "passed: all → a p2 #118 3.4 ms",
        "no_result: cold no result: 21.9 is not < 5",
        "no_result: wet no result",
    ]


def test_messages_that_no_rule_wants_are_shown_as_that(told: Told, qtbot: QtBot):
    model = FeedModel(told.live)
    told._engine.eventReceived.emit(
        MessageSample(1, 1_767_225_600_250, "plant", "x", "", "é" * 5, 20, 0, [])
    )
    qtbot.waitUntil(lambda: model.rowCount() == 1)

    assert texts(rows_of(model)[0]) == ["no_result: no rule listens to this topic"]
    assert model.index(0, COLUMNS.index("payload")).data() == "ééééé and 10 bytes more"


def test_ids_of_another_engine_are_another_matter(told: Told, qtbot: QtBot):
    model = FeedModel(told.live)
    told.sample(1)
    qtbot.waitUntil(lambda: model.rowCount() == 1)
    told.state("starting")
    told.settle(1)
    told.sample(1)
    qtbot.waitUntil(lambda: model.rowCount() == 3)

    old, new = rows_of(model)
    assert texts(old) == ["failed: all no delivery report: the bridge stopped"]
    assert texts(new) == ["passed: all → a p2 #118 3.4 ms"]
    assert isinstance(model.row_at(1), Divider)


def test_a_lost_connection_leaves_a_line_with_its_gap(told: Told, qtbot: QtBot):
    model = FeedModel(told.live)

    def status(status: Any) -> None:
        told._engine.eventReceived.emit(StatusChanged("connector", "plant", status))

    for first in ("disconnected", "connecting", "connected"):  # that is how it begins
        status(first)
    told.sample(1)
    status("disconnected")
    model._lost_s["plant"] -= 12
    for later in ("connecting", "connected"):
        status(later)
    told.sample(2)
    qtbot.waitUntil(lambda: model.rowCount() == 3)

    divider = model.row_at(1)
    assert isinstance(divider, Divider)
    assert divider.text == "plant reconnected, 12 s gap"


def test_the_filter_knows_topic_client_and_payload(told: Told, qtbot: QtBot):
    model = FeedModel(told.live)
    for number in range(5):
        told.sample(number, payload=f'{{"temp": "{number}.5"}}')
    qtbot.waitUntil(lambda: model.rowCount() == 5)
    for text, count in (
        ("topic:bench/+", 5),
        ("topic:bench/3", 1),
        ("payload.temp > 2", 3),
        ("client:DEV-3", 5),
        ("key:dev-4", 0),
        ("qos = 1 size > 10", 5),
        ("all", 5),
    ):
        model.set_filter(text)
        assert model.rowCount() == count, text


def test_the_filter_holds_for_what_arrives_and_everything_is_counted(told: Told, qtbot: QtBot):
    model = FeedModel(told.live)
    model.set_filter("payload.temp > 2")
    for number in range(5):
        told.sample(number, payload=f'{{"temp": "{number}.5"}}')
    qtbot.waitUntil(lambda: model.kept == 5)

    assert model.taken == 5
    assert [row.sample.topic for row in rows_of(model)] == ["bench/2", "bench/3", "bench/4"]
    model.set_filter("")
    assert model.rowCount() == 5


def test_nothing_sorts_the_rows_anew(told: Told, theme: Theme, qtbot: QtBot):
    host = QWidget()
    qtbot.addWidget(host)
    page = FeedPage(told.live, Commands(host, Shortcuts(SettingsStore(parent=host), host)))
    qtbot.addWidget(page)
    page.show()
    for number in range(20):
        told.sample(number)
    qtbot.waitUntil(lambda: page.model.rowCount() == 20)
    head = page.table.horizontalHeader()
    place = QPoint(head.sectionViewportPosition(1) + 8, head.height() // 2)
    qtbot.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=place)
    for number in (31, 30):
        told.sample(number)
    qtbot.waitUntil(lambda: page.model.rowCount() == 22)

    assert not page.table.isSortingEnabled()
    assert [row.sample.id for row in rows_of(page.model)] == [*range(20), 31, 30]


def test_the_page_says_of_how_many_messages_one_is_shown(told: Told, theme: Theme, qtbot: QtBot):
    host = QWidget()
    qtbot.addWidget(host)
    page = FeedPage(told.live, Commands(host, Shortcuts(SettingsStore(parent=host), host)))
    qtbot.addWidget(page)
    qtbot.addWidget(page.tools)
    page.tools.show()
    told.state("running")
    told.snapshot(1.0, 0)
    told.snapshot(2.0, 60)
    assert not page.sampling.isVisible(), "nearly all of them"
    told.snapshot(3.0, 40_060)

    assert page.sampling.isVisible()
    shown_in = round(40_060 / 2 / PER_SECOND)
    assert page.sampling.whole_text() == f"showing 1 in {shown_in}"
    told.state("stopped")
    assert not page.sampling.isVisible()


def test_the_filter_knows_the_properties_of_mqtt_5(told: Told, qtbot: QtBot):
    model = FeedModel(told.live)
    for number, site in enumerate(("roof", "cellar")):
        properties = MqttProperties(user=[("site", site)], content_type="text/plain")
        told.sample(number, properties=properties)
    told.sample(2)
    qtbot.waitUntil(lambda: model.rowCount() == 3)
    for text, count in (
        ("properties.site = roof", 1),
        ("properties.site != roof", 1),
        ("headers.site = cellar", 1),
        ("cellar", 1),
        ("properties.Content-Type = text/plain", 2),
        ("properties.response_topic = a", 0),
    ):
        model.set_filter(text)
        assert model.rowCount() == count, text


def test_a_message_knows_its_whole_payload_or_that_it_does_not(told: Told, qtbot: QtBot):
    model = FeedModel(told.live)
    told.sample(1, payload="é")
    told.sample(2, payload="\ufffd", payload_bytes=1, data=b"\xff")
    told.sample(3, payload="x" * 2_000, payload_bytes=300_000)
    qtbot.waitUntil(lambda: model.rowCount() == 3)

    assert [row.payload for row in rows_of(model)] == ["é".encode(), b"\xff", None]


def test_rows_that_are_remembered_keep_to_their_bytes(told: Told, qtbot: QtBot):
    model = FeedModel(told.live)
    told.sample(1, data=b"x" * 1_000)
    qtbot.waitUntil(lambda: model.rowCount() == 1)
    row = rows_of(model)[0]
    recent = RecentRows(100, 3 * row.weight)
    for number in range(5):
        recent.put(number, row)
    recent.put(3, row)

    assert [recent.get(number) is row for number in range(5)] == [False, False, True, True, True]


def test_an_empty_feed_says_what_it_waits_for(told: Told, qtbot: QtBot):
    model = FeedModel(told.live)

    def sentence() -> str:
        empty = model.empty()
        return f"{empty.sentence} {empty.hint} [{empty.button}]" if empty is not None else ""

    assert sentence() == "The bridge is stopped: no messages come in.  [Start]"
    told.state("running")
    assert sentence().startswith("Waiting for the first message on bench/#. plant: ")
    model._waiting_since_s -= 11
    assert "Ctrl+P publishes" in sentence()
    model.set_paused(True)
    assert sentence().startswith("Paused")
    model.set_paused(False)
    told.sample(1)
    qtbot.waitUntil(lambda: model.rowCount() == 1)
    assert sentence() == ""
    model.set_filter("nowhere")
    assert sentence() == "0 of 1 rows match.  [Clear filter]"


def test_the_page_filters_pauses_copies_and_clears(told: Told, theme: Theme, qtbot: QtBot):
    host = QWidget()
    qtbot.addWidget(host)
    commands = Commands(host, Shortcuts(SettingsStore(parent=host), host))
    page = FeedPage(told.live, commands)
    qtbot.addWidget(page)
    qtbot.addWidget(page.tools)
    page.resize(750, 200)
    page.show()
    page.tools.show()
    assert page.empty.isVisible()
    for number in range(20):
        told.sample(number)
    qtbot.waitUntil(lambda: page.model.rowCount() == 20)
    assert page.table.isVisible()
    bar = page.table.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0
    page.table.selectRow(2)
    told.sample(20)
    qtbot.waitUntil(lambda: page.table.newer.isVisible())
    assert page.table.newer.text() == "1 new below"
    qtbot.keyClick(page.table, Qt.Key.Key_End)
    assert not page.table.newer.isVisible()

    page.table.selectRow(2)
    menu = QMenu()
    qtbot.addWidget(menu)
    page.table.menuAsked.emit(menu)
    actions = {action.text(): action for action in menu.actions()}
    actions["Copy topic"].trigger()
    assert QGuiApplication.clipboard().text() == "bench/2"
    actions["Filter by this topic"].trigger()
    assert page.model.rowCount() == 1
    page.filter.setText("/(/")
    assert page.problem.isVisible()
    assert "no regular expression" in page.problem.label.whole_text()
    page.filter.clear()
    assert not page.problem.isVisible()

    commands["pause_feed"].trigger()
    assert page.pause_button.isChecked()
    assert page.pause_button.accessibleName() == "Go on with the feed"
    told.sample(21)
    qtbot.mouseClick(page.pause_button, Qt.MouseButton.LeftButton)
    assert not page.model.is_paused
    assert page.model.left_out == 1
    qtbot.waitUntil(lambda: page.model.rowCount() == 22)
    qtbot.mouseClick(page.clear_button, Qt.MouseButton.LeftButton)
    assert page.model.rowCount() == 0


@pytest.mark.timeout(60)  # brokers, engine and window start first
def test_the_demo_is_seen_in_feed_and_tail(session: Session, theme: Theme, qtbot: QtBot, run: Run):
    window = MainWindow(session, theme)
    window.resize(1280, 800)
    window.show()
    session.openDemo()
    feed = window.bottom.page("feed")
    assert isinstance(feed, FeedPage)
    tail = window.tail
    qtbot.waitUntil(lambda: tail.rows.rowCount() >= 20, timeout=30_000)

    def settled() -> dict[tuple[str, int, int], FeedRow]:
        found = rows_of(feed.model)
        return {(r.topic, r.partition, r.offset): row for row in found for r in row.records}

    def read() -> dict[tuple[str, int, int], TailRow]:
        rows = (tail.rows.row_at(place) for place in range(tail.rows.rowCount()))
        found = (row for row in rows if isinstance(row, TailRow))
        return {(r.record.topic, r.record.partition, r.record.offset): r for r in found}

    qtbot.waitUntil(lambda: len(settled().keys() & read().keys()) >= 10, timeout=20_000)
    messages, records = settled(), read()
    for place in messages.keys() & records.keys():  # each record is the one of its message
        assert records[place].key == messages[place].sample.client
        number = records[place].value.split(": ")[1].split(",")[0]
        assert f'"temp": "{number}"' in messages[place].sample.payload
    topic, partition, offset = next(iter(messages.keys() & records.keys()))
    index = feed.model.index(rows_of(feed.model).index(messages[topic, partition, offset]), OUTCOME)
    assert f"→ {topic} p{partition} #{offset}" in index.data()
    assert index.data(ROW_ROLE) is messages[topic, partition, offset]

    place = next(
        place
        for place in range(tail.rows.rowCount())
        if isinstance(row := tail.rows.row_at(place), TailRow)
        and (row.record.topic, row.record.partition, row.record.offset)
        == (topic, partition, offset)
    )
    window.bottom.show_page("log")
    feed.filter.setText("not to be found")
    tail.table.selectRow(place)
    assert tail.detail.link.isVisible()
    qtbot.mouseClick(tail.detail.link, Qt.MouseButton.LeftButton)
    assert feed.isVisible()
    assert feed.table.currentIndex().data(ROW_ROLE) is messages[topic, partition, offset]

    window.commands["focus_tail"].trigger()
    tail.table.selectRow(0)
    chosen = tail.detail.row
    assert chosen is not None
    assert '"temp"' in tail.detail.pages["value"].toPlainText()
    tail.detail.tabs.choose("metadata")
    assert f"Offset     {chosen.record.offset}" in tail.detail.pages["metadata"].toPlainText()
    run(session.close(), 30)
    window.close()
    window.deleteLater()


def test_the_tail_folds_into_a_strip_where_the_window_is_narrow(
    told: Told, theme: Theme, qtbot: QtBot
):
    window = MainWindow(told.session, theme)
    window.resize(1280, 800)
    window.show()
    qtbot.waitUntil(window.tail.isVisible)
    assert not window.strip.isVisible()
    window.resize(1024, 700)
    qtbot.waitUntil(window.strip.isVisible)
    assert not window.tail.isVisible()
    window.strip.button.click()
    assert window.tail.isVisible()
    assert not window.strip.isVisible()
    window.tail.fold_button.click()
    assert window.strip.isVisible()
    window.resize(1280, 800)
    assert window.strip.isVisible()  # folded by hand, it stays folded
    window.commands["tail"].trigger()
    qtbot.waitUntil(window.tail.isVisible)
    window.resize(1024, 700)
    qtbot.waitUntil(window.strip.isVisible)
    window.resize(1280, 800)
    qtbot.waitUntil(window.tail.isVisible)
    window.close()
    window.deleteLater()
