"""A folder of saved messages as a sequence, on a real Mosquitto."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.workspace.lab import SavedMessage
from gui.engine_client import InProcessEngine
from gui.recent import RecentFiles
from gui.viewmodels.drafts import MqttDraft
from gui.viewmodels.live import Live
from gui.viewmodels.message_sequence import MessageSequence
from gui.viewmodels.publish import PublishViewModel
from gui.viewmodels.session import Session
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.subscriber import Subscriber, environment_at

from .conftest import Run
from .test_simulator_viewmodels import FILE


@pytest.fixture
def publish(
    tmp_path: Path, mosquitto: Mosquitto, run: Run, qtbot: QtBot
) -> Iterator[PublishViewModel]:
    path = tmp_path / "plant.sluicegate.toml"
    path.write_text(FILE.format(port=mosquitto.port), "utf-8")
    engine = InProcessEngine()
    session = Session(engine, recent=RecentFiles())
    live = Live(session)
    session.open(path)
    qtbot.waitUntil(lambda: session.loaded is not None)
    yield PublishViewModel(live, session)
    run(session.close(), 30)
    session.deleteLater()
    engine.deleteLater()


def messages(*topics: str) -> list[SavedMessage]:
    return [
        SavedMessage(name=topic, connector="plant", topic=topic, payload="{{seq}}", qos=1)
        for topic in topics
    ]


def test_messages_are_sent_in_order(publish: PublishViewModel, tmp_path: Path, qtbot: QtBot):
    sequence = MessageSequence(publish)
    connector = publish.live.workspace.connectors.mqtt["plant"]
    with Subscriber(connector, environment_at(tmp_path), ("s/+",)) as subscriber:
        subscriber.until_subscribed()
        with qtbot.waitSignal(sequence.ended) as ended:
            sequence.start(messages("s/1", "s/2", "s/3"), 1)
        subscriber.until_received(3)

    assert ended.args == ["Sent 3 messages"]
    assert [message.topic for message in subscriber.messages] == ["s/1", "s/2", "s/3"]
    assert subscriber.payloads == [b"1", b"2", b"3"]
    assert not sequence.is_running


def test_it_is_stopped_in_a_gap(publish: PublishViewModel, qtbot: QtBot):
    sequence = MessageSequence(publish)
    with qtbot.waitSignal(publish.busyChanged, check_params_cb=lambda busy: not busy):
        sequence.start(messages("s/1", "s/2"), 3_600_000)
    assert sequence._gap.remainingTime() > 3_000_000
    with qtbot.waitSignal(sequence.ended) as ended:
        sequence.stop()

    assert ended.args == ["Stopped: 1 of 2 sent"]


def test_a_message_that_cannot_be_sent_ends_it(publish: PublishViewModel, qtbot: QtBot):
    sequence = MessageSequence(publish)
    with qtbot.waitSignal(sequence.ended) as ended:
        sequence.start(messages("s/1", "s/#", "s/3"), 1)

    assert ended.args == ["Ended by a failure: 1 of 3 sent"]


def test_a_message_sent_by_hand_in_a_gap_is_not_counted(publish: PublishViewModel, qtbot: QtBot):
    sequence = MessageSequence(publish)
    with qtbot.waitSignal(publish.busyChanged, check_params_cb=lambda busy: not busy):
        sequence.start(messages("s/1", "s/2"), 3_600_000)
    with qtbot.waitSignal(publish.busyChanged, check_params_cb=lambda busy: not busy):
        assert publish.send_message(MqttDraft("plant", "by/hand", "x"))
    with qtbot.waitSignal(sequence.ended) as ended:
        sequence.stop()

    assert ended.args == ["Stopped: 1 of 2 sent"]


def test_the_next_one_waits_for_what_is_sent_by_hand(publish: PublishViewModel, qtbot: QtBot):
    sequence = MessageSequence(publish)
    by_hand = MqttDraft("plant", "by/hand", "x")

    def send_by_hand(is_busy: bool) -> None:
        if not is_busy:  # after the first message: on its way when the gap of 0 ms ends
            publish.busyChanged.disconnect(send_by_hand)
            assert publish.send_message(by_hand)

    publish.busyChanged.connect(send_by_hand)
    with qtbot.waitSignal(sequence.ended) as ended:
        sequence.start(messages("s/1", "s/2"), 0)

    assert ended.args == ["Sent 2 messages"]
