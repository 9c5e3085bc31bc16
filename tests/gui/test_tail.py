"""Reading topics: view models of the tail on real clusters."""

from __future__ import annotations

from pathlib import Path

import pytest
from confluent_kafka.admin import NewTopic
from pytestqt.qtbot import QtBot

from gui.docks.tail_panel import TailPanel
from gui.viewmodels.live import Live
from gui.viewmodels.live_rows import Divider
from gui.viewmodels.session import Session
from gui.viewmodels.tail import TailViewModel
from gui.viewmodels.tail_row import TailRow
from gui.viewmodels.tail_topics import TailTopic
from gui.viewmodels.tails import Tails
from tests.helpers.kafka import Kafka
from tests.helpers.records import produce
from tests.helpers.wait import PATIENCE_S
from tests.helpers.workspaces import write_workspace

pytestmark = pytest.mark.timeout(60)  # brokers start first


def topic_of(workspace: Path) -> TailTopic:
    return TailTopic("laptop", f"gui-{workspace.parent.name}")


@pytest.fixture
def model(opened: Session, workspace: Path, qtbot: QtBot) -> TailViewModel:
    model = TailViewModel(Live(opened, opened), topic=topic_of(workspace))
    qtbot.waitUntil(lambda: model.state.status == "connected")
    return model


def send(model: TailViewModel, session: Session, values: list[str], **more: object) -> None:
    assert model.chosen is not None
    assert session.sandbox is not None
    produce(session.sandbox.kafka, model.chosen.topic, values, **more)


def values(model: TailViewModel) -> list[str]:
    rows = (model.rows.row_at(place) for place in range(model.rows.rowCount()))
    return [row.value for row in rows if isinstance(row, TailRow)]


def dividers(model: TailViewModel) -> list[str]:
    rows = (model.rows.row_at(place) for place in range(model.rows.rowCount()))
    return [row.text for row in rows if isinstance(row, Divider)]


# Reading


def test_records_come_before_the_bridge_is_started(
    model: TailViewModel, opened: Session, qtbot: QtBot
):
    assert opened.state == "stopped"
    assert model.chosen is not None
    topic, address = model.chosen.topic, opened.sandbox
    assert address is not None
    produce(address.kafka, topic, ['{"t": 1}', '{"t": 2}'], key="a", partition=1)
    qtbot.waitUntil(lambda: model.rows.rowCount() == 2)

    rows = [model.rows.row_at(place) for place in range(2)]
    assert all(isinstance(row, TailRow) for row in rows)
    assert [(row.record.offset, row.value) for row in rows] == [(0, '{"t": 1}'), (1, '{"t": 2}')]  # type: ignore[union-attr]
    assert model.trouble == ""


def test_reading_begins_where_it_is_told_to(model: TailViewModel, opened: Session, qtbot: QtBot):
    assert model.chosen is not None
    assert opened.sandbox is not None
    produce(opened.sandbox.kafka, model.chosen.topic, [str(n) for n in range(150)], partition=0)
    qtbot.waitUntil(lambda: model.rows.rowCount() == 150)
    model.set_start("-100")
    assert model.rows.rowCount() == 0
    qtbot.waitUntil(lambda: model.rows.rowCount() == 100)
    model.set_start("beginning")
    qtbot.waitUntil(lambda: model.rows.matching == 150)
    model.set_start("end")
    qtbot.waitUntil(lambda: model.state.status == "connected")

    offer = model.empty()
    assert offer is not None
    assert offer.sentence.startswith("No records after ")
    assert "commits nothing" in offer.hint
    assert offer.does == "beginning"


def test_of_a_flood_some_records_are_shown_and_all_are_counted(
    model: TailViewModel, opened: Session, qtbot: QtBot
):
    assert model.chosen is not None
    assert opened.sandbox is not None
    topic, address = model.chosen.topic, opened.sandbox.kafka
    count = 40_000
    thinned: list[int] = []
    model.stateChanged.connect(lambda: thinned.append(model.shown_in))
    produce(address, topic, (str(number) for number in range(count)))
    qtbot.waitUntil(lambda: model.rows.taken == count, timeout=20_000)

    assert model.rows.left_out > count / 2
    assert max(thinned) > 1
    qtbot.waitUntil(lambda: model.rows.kept + model.rows.left_out == count)
    produce(address, topic, ["the next one"])
    qtbot.waitUntil(lambda: model.rows.taken == count + 1)
    qtbot.waitUntil(lambda: model.shown_in == 1)


def test_another_topic_can_be_read_instead(model: TailViewModel, opened: Session, qtbot: QtBot):
    assert opened.sandbox is not None
    other = TailTopic("laptop", "gui-tail-other")
    produce(opened.sandbox.kafka, other.topic, ["early"])
    model.choose(other)
    model.set_start("beginning")
    qtbot.waitUntil(lambda: model.rows.matching == 1)

    assert model.chosen == other


def test_closing_the_workspace_ends_the_reading(opened: Session, qtbot: QtBot):
    tails = Tails(Live(opened, opened))
    assert "read a topic" in opened.tasks.names
    opened.close_workspace()
    qtbot.waitUntil(lambda: "read a topic" not in opened.tasks.names)

    assert tails.current.chosen is None
    assert tails.current.state.status == "stopped"
    offer = tails.current.empty()
    assert offer is not None
    assert "no Kafka connector" in offer.sentence


@pytest.mark.usefixtures("theme")
def test_a_cluster_that_is_away_is_told_with_what_to_do(
    idle: Session, tmp_path: Path, qtbot: QtBot
):
    path = write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a")
    tails = Tails(Live(idle, idle))
    idle.open(path)
    qtbot.waitUntil(lambda: tails.current.state.status == "disconnected")

    assert tails.current.trouble.startswith("laptop: ")
    assert "127.0.0.1:1" in tails.current.trouble
    assert "Check that Kafka is started" in tails.current.advice
    panel = TailPanel(tails.current)
    qtbot.addWidget(panel)
    assert panel.empty.sentence.accessibleName() == tails.current.trouble
    assert panel.empty.hint.accessibleName() == tails.current.advice


def test_a_disabled_connector_is_not_read(idle: Session, tmp_path: Path, qtbot: QtBot):
    path = write_workspace(
        tmp_path,
        mqtt="mqtt://127.0.0.1:1",
        kafka="127.0.0.1:1",
        topic="a",
        kafka_options="enable = false",
    )
    tails = Tails(Live(idle, idle))
    idle.open(path)
    qtbot.waitUntil(lambda: tails.current.chosen is not None)

    assert tails.current.state.status == "disabled"
    assert "read a topic" not in idle.tasks.names


def test_a_file_that_cannot_be_read_is_no_file_without_a_connector(
    idle: Session, tmp_path: Path, qtbot: QtBot
):
    path = write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a")
    tails = Tails(Live(idle, idle))
    for text in (path.read_text("utf-8"), "[rules.all\n"):
        path.write_text(text, "utf-8")
        with qtbot.waitSignal(idle.workspaceChanged):
            idle.open(path)

    offer = tails.current.empty()
    assert offer is not None
    assert offer.sentence.startswith("The file cannot be read: see line ")


def test_a_topic_that_only_templates_name_is_not_guessed(
    idle: Session, tmp_path: Path, qtbot: QtBot
):
    path = write_workspace(
        tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="to-${topic}"
    )
    tails = Tails(Live(idle, idle))
    with qtbot.waitSignal(idle.workspaceChanged):
        idle.open(path)

    offer = tails.current.empty()
    assert tails.current.chosen is None
    assert offer is not None
    assert "known before its messages come" in offer.sentence


@pytest.mark.broker
@pytest.mark.timeout(60)  # Kafka starts first
def test_nothing_is_missed_of_a_topic_that_comes_later(
    idle: Session, tmp_path: Path, kafka: Kafka, qtbot: QtBot
):
    topic = f"later-{tmp_path.name}"
    path = write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka=kafka.bootstrap, topic=topic)
    tails = Tails(Live(idle, idle))
    idle.open(path)
    qtbot.waitUntil(lambda: "does not exist" in tails.current.trouble, timeout=20_000)
    kafka.admin.create_topics([NewTopic(topic, 1, 1)])[topic].result(PATIENCE_S)
    produce(kafka.bootstrap, topic, ["the very first"])
    qtbot.waitUntil(lambda: tails.current.rows.rowCount() == 1, timeout=20_000)

    assert tails.current.trouble == ""
    row = tails.current.rows.row_at(0)
    assert isinstance(row, TailRow)
    assert row.value == "the very first"


# Earlier records


def test_a_load_tells_how_far_it_is_and_where_its_end_was(
    model: TailViewModel, opened: Session, qtbot: QtBot
):
    send(model, opened, [f"{number:03}" for number in range(600)], partition=0)
    qtbot.waitUntil(lambda: model.rows.taken == 600, timeout=20_000)
    told: list[str] = []
    model.loadingChanged.connect(lambda: told.append(model.loading_text))
    model.set_start("beginning")
    qtbot.waitUntil(lambda: bool(dividers(model)), timeout=20_000)

    assert values(model) == [f"{number:03}" for number in range(600)]
    assert dividers(model) == ["end reached, 600 records, 79.9 KiB"]
    assert told[-1] == ""
    assert any(text.startswith("Loading ") and " of 600, " in text for text in told)
    send(model, opened, ["later"], partition=0)
    qtbot.waitUntil(lambda: values(model)[-1] == "later")


def test_a_load_stops_where_the_list_is_full_and_goes_on_when_asked(
    opened: Session, workspace: Path, qtbot: QtBot
):
    topic = topic_of(workspace)
    assert opened.sandbox is not None
    produce(opened.sandbox.kafka, topic.topic, [f"{n:03}" for n in range(250)], partition=0)
    live = Live(opened, opened)
    model = TailViewModel(live, topic=topic, start="beginning", most_rows=100)
    qtbot.waitUntil(lambda: model.can_go_on, timeout=20_000)
    qtbot.waitUntil(lambda: model.rows.kept == 100)
    assert values(model)[0] == "000"
    assert model.loading_text == "The list is full: 100 of 250, 13.2 KiB"
    assert model.loading_share == 0.4

    model.go_on()
    qtbot.waitUntil(lambda: model.rows.taken == 200, timeout=20_000)
    qtbot.waitUntil(lambda: values(model)[:1] == ["100"])
    assert model.can_go_on
    model.go_on()
    qtbot.waitUntil(lambda: model.rows.taken == 250, timeout=20_000)
    qtbot.waitUntil(lambda: not model.loading_text)


def test_a_load_stops_when_the_user_wants_no_more(
    model: TailViewModel, opened: Session, qtbot: QtBot
):
    count = 40_000  # four seconds at the pace of a load
    send(model, opened, [str(number) for number in range(count)], partition=0)
    model.set_start("beginning")
    qtbot.waitUntil(lambda: model.is_loading and model.rows.taken > 0, timeout=20_000)
    assert "Loading " in model.loading_text
    model.stop_loading()
    qtbot.waitUntil(lambda: model.can_go_on)

    stopped_at = model.rows.taken
    assert stopped_at < count
    assert model.loading_text.startswith(f"Stopped: {stopped_at:,} of 40,000, ")
    assert dividers(model) == []
    model.go_on()
    qtbot.waitUntil(lambda: model.rows.taken == count, timeout=20_000)
    qtbot.waitUntil(lambda: len(values(model)) == count)
    assert values(model) == [str(number) for number in range(count)]


def test_reading_begins_at_an_offset_and_at_a_time(
    model: TailViewModel, opened: Session, qtbot: QtBot
):
    for time_ms in (1_600_000_000_000, 1_700_000_000_000, 1_700_000_000_500):
        send(model, opened, [str(time_ms)], partition=0, timestamp=time_ms)
    qtbot.waitUntil(lambda: model.rows.taken == 3, timeout=20_000)
    model.set_start("@1")
    qtbot.waitUntil(lambda: model.rows.matching == 2)
    assert values(model) == ["1700000000000", "1700000000500"]
    model.set_start("1700000000001")
    qtbot.waitUntil(lambda: values(model) == ["1700000000500"])


@pytest.mark.broker
def test_kafka_finds_a_time_by_itself(idle: Session, tmp_path: Path, kafka: Kafka, qtbot: QtBot):
    topic = f"times-{tmp_path.name}"
    kafka.admin.create_topics([NewTopic(topic, 2, 1)])[topic].result(PATIENCE_S)
    for partition in (0, 1):
        for time_ms in (1_600_000_000_000, 1_700_000_000_000 + partition):
            options = {"partition": partition, "timestamp": time_ms}
            produce(kafka.bootstrap, topic, [str(time_ms)], **options)
    path = write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka=kafka.bootstrap, topic=topic)
    tails = Tails(Live(idle, idle))
    idle.open(path)
    qtbot.waitUntil(lambda: tails.current.state.status == "connected", timeout=20_000)
    assert tails.current.partition_count == 2
    tails.current.set_start("1700000000000")
    qtbot.waitUntil(lambda: tails.current.rows.matching == 2, timeout=20_000)
    assert values(tails.current) == ["1700000000000", "1700000000001"]
    tails.current.set_partitions((1,))
    qtbot.waitUntil(lambda: values(tails.current) == ["1700000000001"], timeout=20_000)


def test_only_chosen_partitions_are_read(model: TailViewModel, opened: Session, qtbot: QtBot):
    for partition in range(4):
        send(model, opened, [f"p{partition}"], partition=partition)
    qtbot.waitUntil(lambda: model.rows.taken == 4, timeout=20_000)
    model.set_start("beginning")
    model.set_partitions((1, 3))
    qtbot.waitUntil(lambda: sorted(values(model)) == ["p1", "p3"])
    assert model.partition_count == 4
    model.set_partitions((9,))
    qtbot.waitUntil(lambda: "no partition 9" in model.trouble)
