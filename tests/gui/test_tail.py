"""The Kafka tail: its view model on real clusters, and its dock."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import NewTopic
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from core.kafka.records import Base64, TailRecord
from gui.docks.tail import TailDock
from gui.engine_client import InProcessEngine
from gui.recent import RecentFiles
from gui.theme import Theme
from gui.viewmodels.live import Live
from gui.viewmodels.session import Session
from gui.viewmodels.tail import TailTopic, TailViewModel, preview, spoken
from gui.viewmodels.tail_detail import (
    as_json,
    headers_text,
    hex_text,
    key_text,
    metadata_text,
    value_text,
)
from gui.viewmodels.tail_reader import TailRow, row_of
from gui.viewmodels.words import byte_size
from tests.helpers.kafka import Kafka
from tests.helpers.workspaces import write_workspace

from .conftest import Run


def record(value: str | Base64 | None = "{}", **changes: object) -> TailRow:
    fields: dict[str, object] = {
        "topic": "plant.hot",
        "partition": 2,
        "offset": 118,
        "timestamp": 1_767_225_600_250,
        "key": "dev-3",
        "headers": [],
        "value": value,
        **changes,
    }
    return row_of(TailRecord(**fields))  # type: ignore[arg-type]


def produce(address: str, topic: str, values: list[str], **more: object) -> None:
    producer = Producer({"bootstrap.servers": address})
    for value in values:
        producer.produce(topic, value.encode(), **more)
    assert producer.flush(10) == 0


@pytest.fixture
def idle(run: Run) -> Iterator[Session]:
    """A session whose bridge is not started."""
    engine = InProcessEngine()
    session = Session(engine, recent=RecentFiles())
    yield session
    run(session.close(), 30)
    session.deleteLater()
    engine.deleteLater()


@pytest.fixture
def opened(idle: Session, workspace: Path, qtbot: QtBot) -> Session:
    """The workspace on embedded brokers is open, and nothing is started."""
    with qtbot.waitSignal(idle.workspaceChanged, timeout=15_000):
        idle.open(workspace)
    return idle


@pytest.fixture
def model(opened: Session, qtbot: QtBot) -> TailViewModel:
    model = TailViewModel(Live(opened, opened))
    qtbot.waitUntil(lambda: model.state.status == "connected", timeout=15_000)
    return model


@pytest.fixture
def dock(opened: Session, theme: Theme, qtbot: QtBot) -> TailDock:
    dock = TailDock(Live(opened, opened))
    qtbot.addWidget(dock)
    dock.resize(324, 600)
    dock.show()
    qtbot.waitUntil(lambda: dock.model.state.status == "connected", timeout=15_000)
    return dock


def fill(dock: TailDock, session: Session, qtbot: QtBot, count: int = 30) -> None:
    values = [json.dumps({"n": number}) for number in range(count)]
    before = dock.rows.rowCount()
    topic = dock.model.chosen
    assert topic is not None
    assert session.sandbox is not None
    headers = [("site", b"roof")]
    produce(session.sandbox.kafka, topic.topic, values, key="dev-3", partition=0, headers=headers)
    qtbot.waitUntil(lambda: dock.rows.rowCount() == before + count, timeout=10_000)


# What a record says


def test_a_row_knows_key_value_and_size_whatever_the_bytes_are():
    assert (record("é").size, record("é").value) == (2, "é")
    assert (record(None).size, preview(record(None))) == (0, "no value")
    binary = record(Base64("AAEC/w=="))
    assert (binary.size, preview(binary)) == (4, "4 B, no text")
    assert record("a\n  b").field("offset") == 118
    assert preview(record("a\n  b")) == "a b"
    headers = record("a", headers=[("site", "roof"), ("site", "cellar")])
    assert headers.field("properties.site") == "cellar"
    assert headers.field("properties.none") is None
    assert byte_size(1_572_864) == "1.5 MiB"


def test_a_row_is_spoken_in_one_sentence():
    assert spoken(record('{"t": 1}')).endswith('p2, #118, dev-3, {"t": 1}')


def test_json_is_laid_out_without_changing_its_numbers():
    text = value_text(record('{"t":41.20,"id":12345678901234567890123}'))
    assert text == '{\n  "t": 41.20,\n  "id": 12345678901234567890123\n}'
    assert value_text(record("no json")) == "no json"


def test_what_is_missing_is_said_in_words():
    bare = record(None, key=None, timestamp=None)
    assert "no value" in value_text(bare)
    assert "no key" in key_text(bare)
    assert "no headers" in headers_text(bare)
    assert "Timestamp  none" in metadata_text(bare)
    assert hex_text(bare) == "No bytes."


def test_a_huge_value_is_cut_for_showing():
    text = value_text(record("x" * 300_000))
    assert text.endswith("… and 267,232 characters more")
    assert len(text) < 33_000
    lines = value_text(record(json.dumps(list(range(5_000))))).splitlines()
    assert lines[:2] == ["[", "  0,"]
    assert lines[-1] == "… and 4,002 lines more"
    assert hex_text(record("x" * 20_000)).endswith("3,616 bytes more")


def test_key_headers_and_place_are_listed():
    row = record("{}", headers=[("site", "roof"), ("n", None)])
    assert key_text(row) == "dev-3"
    assert headers_text(row) == "site  roof\nn     "
    assert "Partition  2\nOffset     118" in metadata_text(row)
    assert "Timestamp  1767225600250" in metadata_text(row)


def test_bytes_are_dumped_with_their_letters():
    dump = hex_text(record("sluicegate"))
    assert dump.splitlines() == [
        "0000  73 6c 75 69 63 65 67 61  sluicega",
        "0008  74 65                    te",
    ]


def test_a_record_is_copied_in_the_form_of_the_command_line():
    copied = json.loads(as_json(record(Base64("AAE="))))
    assert copied["value"] == {"base64": "AAE="}
    assert copied["offset"] == 118


# Reading


def test_records_come_before_the_bridge_is_started(
    model: TailViewModel, opened: Session, qtbot: QtBot
):
    assert opened.state == "stopped"
    assert model.chosen is not None
    topic, address = model.chosen.topic, opened.sandbox
    assert address is not None
    produce(address.kafka, topic, ['{"t": 1}', '{"t": 2}'], key="a", partition=1)
    qtbot.waitUntil(lambda: model.rows.rowCount() == 2, timeout=10_000)

    rows = [model.rows.row_at(place) for place in range(2)]
    assert all(isinstance(row, TailRow) for row in rows)
    assert [(row.record.offset, row.value) for row in rows] == [(0, '{"t": 1}'), (1, '{"t": 2}')]  # type: ignore[union-attr]
    assert model.trouble == ""


def test_reading_begins_where_it_is_told_to(model: TailViewModel, opened: Session, qtbot: QtBot):
    assert model.chosen is not None
    assert opened.sandbox is not None
    produce(opened.sandbox.kafka, model.chosen.topic, [str(n) for n in range(150)], partition=0)
    qtbot.waitUntil(lambda: model.rows.rowCount() == 150, timeout=10_000)
    model.set_start("-100")
    assert model.rows.rowCount() == 0
    qtbot.waitUntil(lambda: model.rows.rowCount() == 100, timeout=10_000)
    model.set_start("beginning")
    qtbot.waitUntil(lambda: model.rows.rowCount() == 150, timeout=10_000)
    model.set_start("end")
    qtbot.waitUntil(lambda: model.state.status == "connected", timeout=10_000)

    offer = model.empty()
    assert offer is not None
    assert offer.sentence.startswith("No records after ")
    assert "commits nothing" in offer.hint
    assert offer.does == "beginning"


@pytest.mark.timeout(60)  # a flood is made, and what is shown of it takes its time
def test_of_a_flood_some_records_are_shown_and_all_are_counted(
    model: TailViewModel, opened: Session, qtbot: QtBot
):
    assert model.chosen is not None
    assert opened.sandbox is not None
    topic, address = model.chosen.topic, opened.sandbox.kafka
    count = 40_000
    thinned: list[int] = []
    model.stateChanged.connect(lambda: thinned.append(model.shown_in))
    producer = Producer({"bootstrap.servers": address, "queue.buffering.max.messages": count})
    for number in range(count):
        producer.produce(topic, b"%d" % number, partition=number % 4)
    assert producer.flush(30) == 0
    qtbot.waitUntil(lambda: model.rows.taken == count, timeout=20_000)

    assert model.rows.left_out > count / 2
    assert max(thinned) > 1
    qtbot.waitUntil(lambda: model.rows.kept + model.rows.left_out == count)
    produce(address, topic, ["the next one"])
    qtbot.waitUntil(lambda: model.rows.taken == count + 1, timeout=10_000)
    qtbot.waitUntil(lambda: model.shown_in == 1, timeout=10_000)


def test_another_topic_can_be_read(model: TailViewModel, opened: Session, qtbot: QtBot):
    assert opened.sandbox is not None
    other = TailTopic("laptop", "gui-tail-other")
    produce(opened.sandbox.kafka, other.topic, ["early"])
    model.choose(other)
    model.set_start("beginning")
    qtbot.waitUntil(lambda: model.rows.rowCount() == 1, timeout=10_000)

    assert model.chosen == other
    assert other in model.topics


def test_closing_the_workspace_ends_the_reading(
    model: TailViewModel, opened: Session, qtbot: QtBot
):
    assert "read a topic" in opened.tasks.names
    opened.close_workspace()
    qtbot.waitUntil(lambda: "read a topic" not in opened.tasks.names, timeout=15_000)

    assert model.chosen is None
    assert model.state.status == "stopped"
    offer = model.empty()
    assert offer is not None
    assert "no Kafka connector" in offer.sentence


def test_a_cluster_that_is_away_is_told_with_what_to_do(
    idle: Session, tmp_path: Path, qtbot: QtBot
):
    path = write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a")
    model = TailViewModel(Live(idle, idle))
    idle.open(path)
    qtbot.waitUntil(lambda: model.state.status == "disconnected", timeout=15_000)

    assert model.trouble.startswith("laptop: ")
    assert "127.0.0.1:1" in model.trouble
    assert "Check that Kafka is started" in model.advice


def test_a_disabled_connector_is_not_read(idle: Session, tmp_path: Path, qtbot: QtBot):
    path = write_workspace(
        tmp_path,
        mqtt="mqtt://127.0.0.1:1",
        kafka="127.0.0.1:1",
        topic="a",
        kafka_options="enable = false",
    )
    model = TailViewModel(Live(idle, idle))
    idle.open(path)
    qtbot.waitUntil(lambda: model.chosen is not None, timeout=15_000)

    assert model.state.status == "disabled"
    assert "read a topic" not in idle.tasks.names


def test_a_topic_that_only_templates_name_is_not_guessed(
    idle: Session, tmp_path: Path, qtbot: QtBot
):
    path = write_workspace(
        tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="to-${topic}"
    )
    model = TailViewModel(Live(idle, idle))
    with qtbot.waitSignal(idle.workspaceChanged, timeout=15_000):
        idle.open(path)

    offer = model.empty()
    assert model.chosen is None
    assert offer is not None
    assert "known before its messages come" in offer.sentence


@pytest.mark.broker
@pytest.mark.timeout(60)  # Kafka starts first
def test_nothing_is_missed_of_a_topic_that_comes_later(
    idle: Session, tmp_path: Path, kafka: Kafka, qtbot: QtBot
):
    topic = f"later-{tmp_path.name}"
    path = write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka=kafka.bootstrap, topic=topic)
    model = TailViewModel(Live(idle, idle))
    idle.open(path)
    qtbot.waitUntil(lambda: "does not exist" in model.trouble, timeout=20_000)
    kafka.admin.create_topics([NewTopic(topic, 1, 1)])[topic].result(10)
    produce(kafka.bootstrap, topic, ["the very first"])
    qtbot.waitUntil(lambda: model.rows.rowCount() == 1, timeout=20_000)

    assert model.trouble == ""
    row = model.rows.row_at(0)
    assert isinstance(row, TailRow)
    assert row.value == "the very first"


# The dock


def test_records_are_followed_until_one_is_chosen(dock: TailDock, opened: Session, qtbot: QtBot):
    fill(dock, opened, qtbot)
    bar = dock.table.verticalScrollBar()
    assert bar.maximum() > 0
    assert bar.value() == bar.maximum()
    assert dock.state.label.whole_text() == "Following"
    dock.table.setFocus()
    qtbot.keyClick(dock.table, Qt.Key.Key_Up)
    chosen, top = dock.table.currentIndex().row(), bar.value()
    fill(dock, opened, qtbot, 5)

    assert dock.table.currentIndex().row() == chosen
    assert bar.value() == top
    assert dock.table.newer.isVisible()
    assert dock.table.newer.text() == "5 new below"
    qtbot.mouseClick(dock.table.newer, Qt.MouseButton.LeftButton)
    assert not dock.table.newer.isVisible()
    assert bar.value() == bar.maximum()
    fill(dock, opened, qtbot, 5)
    assert bar.value() == bar.maximum()


@pytest.mark.parametrize("key", [Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp])
def test_the_keyboard_begins_at_the_newest_row(
    dock: TailDock, opened: Session, qtbot: QtBot, key: Qt.Key
):
    fill(dock, opened, qtbot, 60)
    dock.focus()
    assert dock.rows.is_following  # coming by is no choice
    qtbot.keyClick(dock.table, key)
    assert not dock.rows.is_following
    assert dock.table.currentIndex().row() == dock.rows.rowCount() - 1
    qtbot.keyClick(dock.table, Qt.Key.Key_Up)
    assert dock.table.currentIndex().row() == dock.rows.rowCount() - 2
    qtbot.keyClick(dock.table, Qt.Key.Key_Home)
    assert dock.table.currentIndex().row() == 0


def test_rows_keep_their_place_while_older_ones_go(dock: TailDock, opened: Session, qtbot: QtBot):
    dock.rows._most_rows = 40  # fifty thousand would take longer than they tell
    fill(dock, opened, qtbot, 40)
    dock.table.selectRow(30)
    place = dock.table.visualRect(dock.table.currentIndex()).top()
    assert opened.sandbox is not None
    assert dock.model.chosen is not None
    produce(opened.sandbox.kafka, dock.model.chosen.topic, ["later"] * 10, partition=0)
    qtbot.waitUntil(lambda: dock.rows.gone == 10, timeout=10_000)

    assert dock.table.currentIndex().row() == 20
    assert dock.table.visualRect(dock.table.currentIndex()).top() == place
    assert dock.detail.row is not None
    assert dock.detail.row.record.offset == 30


def test_the_whole_record_is_shown_below(dock: TailDock, opened: Session, qtbot: QtBot):
    fill(dock, opened, qtbot)
    assert not dock.detail.isVisible()
    dock.table.setFocus()
    dock.table.selectRow(7)
    assert dock.detail.isVisible()
    pages = dock.detail.pages
    assert pages["value"].toPlainText() == '{\n  "n": 7\n}'
    expected = {
        "key": "dev-3",
        "headers": "site  roof",
        "metadata": "Offset     7",
        "hex": "7b 22 6e 22 3a 20 37 7d",
    }
    for page, text in expected.items():
        dock.detail.tabs.choose(page)
        assert text in pages[page].toPlainText()
    qtbot.keyClick(dock.table, Qt.Key.Key_Space)
    assert not dock.detail.isVisible()
    qtbot.keyClick(dock.table, Qt.Key.Key_Down)
    assert not dock.detail.isVisible()  # it stays away until it is asked for again
    qtbot.keyClick(dock.table, Qt.Key.Key_Space)
    assert dock.detail.isVisible()
    qtbot.keyClick(dock.table, Qt.Key.Key_End)
    assert dock.rows.is_following


def test_the_filter_box_filters_and_says_what_is_wrong(
    dock: TailDock, opened: Session, qtbot: QtBot
):
    fill(dock, opened, qtbot)
    qtbot.keyClicks(dock.filter, "payload.n > 24")
    assert dock.rows.rowCount() == 5
    assert dock.count.text() == "5 of 30"
    dock.filter.setText("payload.n >")
    assert dock.trouble.isVisible()
    assert "A value is missing" in dock.trouble.label.text()
    dock.filter.setText("nowhere")
    assert not dock.trouble.isVisible()
    assert dock.empty.isVisible()
    assert dock.empty.sentence.text() == "0 of 30 rows match."
    qtbot.mouseClick(dock.empty.button, Qt.MouseButton.LeftButton)
    assert dock.filter.text() == ""
    assert dock.rows.rowCount() == 30


def test_a_topic_that_no_action_names_is_read_by_its_name(
    dock: TailDock, opened: Session, qtbot: QtBot
):
    combo, field = dock.topic.combo, dock.topic.field
    last = combo.count() - 1
    assert combo.itemText(last) == "Another topic…"
    combo.activated.emit(last)
    assert field.isVisible()
    qtbot.keyClicks(field, "no topic!")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert "at most 249 characters" in dock.trouble.label.text()
    field.clear()
    qtbot.keyClicks(field, "gui-tail-by-name")
    assert not dock.trouble.isVisible()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dock.model.state.status == "connected", timeout=15_000)
    fill(dock, opened, qtbot, 2)

    assert combo.isVisible()
    assert combo.currentText() == "gui-tail-by-name"
    combo.activated.emit(combo.count() - 1)
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert combo.isVisible()
    assert dock.rows.rowCount() == 2


def test_a_rows_menu_copies_and_filters(dock: TailDock, opened: Session, qtbot: QtBot):
    fill(dock, opened, qtbot)
    dock.table.selectRow(3)
    menu = QMenu()
    qtbot.addWidget(menu)
    dock.table.menuAsked.emit(menu)
    actions = {action.text(): action for action in menu.actions()}
    actions["Copy value"].trigger()
    assert QGuiApplication.clipboard().text() == '{"n": 3}'
    actions["Copy as JSON"].trigger()
    assert json.loads(QGuiApplication.clipboard().text())["offset"] == 3
    actions["Filter by this key"].trigger()
    assert dock.filter.text() == 'key = "dev-3"'
    assert dock.rows.rowCount() == 30


def test_a_pause_is_a_line_between_rows(dock: TailDock, opened: Session, qtbot: QtBot):
    fill(dock, opened, qtbot, 3)
    qtbot.mouseClick(dock.pause_button, Qt.MouseButton.LeftButton)
    assert dock.state.label.whole_text() == "Paused"
    assert opened.sandbox is not None
    assert dock.model.chosen is not None
    produce(opened.sandbox.kafka, dock.model.chosen.topic, ["unseen"], partition=0)
    qtbot.waitUntil(lambda: dock.rows.left_out == 1, timeout=10_000)
    qtbot.mouseClick(dock.pause_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dock.rows.rowCount() == 4)

    assert dock.table.rowHeight(3) == 28
    assert dock.table.rowHeight(2) == 44
    qtbot.mouseClick(dock.clear_button, Qt.MouseButton.LeftButton)
    assert dock.rows.rowCount() == 0


def test_a_wide_dock_is_a_table(dock: TailDock, opened: Session, qtbot: QtBot):
    fill(dock, opened, qtbot, 3)
    assert not dock.table.horizontalHeader().isVisible()
    dock.resize(700, 600)
    qtbot.waitUntil(lambda: dock.table.horizontalHeader().isVisible())
    assert dock.table.rowHeight(0) == 24
    assert not dock.table.isColumnHidden(4)
    dock.resize(324, 600)
    qtbot.waitUntil(lambda: not dock.table.horizontalHeader().isVisible())
    assert dock.table.rowHeight(0) == 44


def test_everything_in_the_dock_that_takes_the_focus_has_a_name(
    dock: TailDock, opened: Session, qtbot: QtBot
):
    fill(dock, opened, qtbot, 3)
    dock.table.selectRow(1)
    reached: list[str] = []
    dock.activateWindow()
    dock.topic.combo.setFocus()
    for _ in range(20):
        focused = QGuiApplication.focusObject()
        widget = dock.window().focusWidget() if focused is None else focused
        name = getattr(widget, "accessibleName", str)() or getattr(widget, "text", str)()
        assert name, widget
        if name in reached:
            break
        reached.append(name)
        qtbot.keyClick(widget, Qt.Key.Key_Tab)
    assert {"Topic", "From", "Filter the records", "Records", "Record", "Value"} <= set(reached)
