"""Messages that are sent: their properties, their answers, their connection."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.mqtt.publisher import Publisher, PublishProperties
from core.workspace.mqtt import MqttConnector
from gui.viewmodels.drafts import MqttDraft
from gui.viewmodels.journey import Step
from gui.viewmodels.live import Live
from gui.viewmodels.publish import PublishViewModel
from gui.viewmodels.session import Session
from tests.gui.conftest import Run
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.subscriber import environment_at
from tests.helpers.workspaces import write_workspace

from .conftest import answer, listening, on, open_file

# What is sent


def test_variables_are_filled_with_each_message(
    session: Session,
    publish: PublishViewModel,
    qtbot: QtBot,
    tmp_path: Path,
    shared_mosquitto: Mosquitto,
):
    open_file(session, qtbot, on(shared_mosquitto, tmp_path))
    topic = f"publish/{tmp_path.name}"
    with listening(shared_mosquitto, tmp_path, f"{topic}/+") as subscriber:
        payload = '{"n": {{seq}}, "keep": "{{name}}"}'
        pairs = (("clientid", "dev-{{device}}"),)
        draft = MqttDraft("plant", f"{topic}/{{{{device}}}}", payload, user_properties=pairs)
        for _ in range(2):
            assert publish.send_message(draft)
            qtbot.waitUntil(lambda: not publish.is_busy)
        subscriber.until_received(2)

    assert [message.topic for message in subscriber.messages] == [f"{topic}/1"] * 2
    assert subscriber.payloads == [
        b'{"n": 1, "keep": "{{name}}"}',
        b'{"n": 2, "keep": "{{name}}"}',
    ]
    properties = subscriber.messages[0].properties()
    assert properties["User-Property-Pairs"] == [{"key": "clientid", "value": "dev-1"}]


def test_a_message_reaches_mosquitto_with_its_properties(
    session: Session,
    publish: PublishViewModel,
    qtbot: QtBot,
    tmp_path: Path,
    shared_mosquitto: Mosquitto,
):
    """The bridge is stopped: publishing has a connection of its own."""
    open_file(session, qtbot, on(shared_mosquitto, tmp_path))
    topic = f"publish/{tmp_path.name}"
    with listening(shared_mosquitto, tmp_path, topic) as subscriber:
        draft = MqttDraft(
            "plant",
            topic,
            '{"temp": "ü"}',
            1,
            False,
            (("clientid", "c_emqx"), ("site", "1"), ("site", "2")),
            "application/json",
            "answers/here",
            "q1",
            "60",
            "1",
        )
        assert publish.send_message(draft)
        assert publish.is_busy
        assert not publish.send_message(draft), "one at a time"
        [step] = answer(publish, qtbot)
        subscriber.until_received(1)

    assert step.status == "passed"
    assert step.text.startswith("PUBACK ")
    assert step.text.endswith(" ms")
    [message] = subscriber.messages
    assert message.payload.decode() == '{"temp": "ü"}'
    assert message.qos == 1
    properties = message.properties()
    pairs = [("clientid", "c_emqx"), ("site", "1"), ("site", "2")]
    assert properties["User-Property-Pairs"] == [{"key": k, "value": v} for k, v in pairs]
    assert properties["Content-Type"] == "application/json"
    assert properties["Response-Topic"] == "answers/here"
    assert properties["Correlation-Data"] == "q1"
    assert properties["Message-Expiry-Interval"] == 60
    assert properties["Payload-Format-Indicator"] == 1


# Answers


def test_the_answer_to_a_message_is_told(
    session: Session,
    publish: PublishViewModel,
    qtbot: QtBot,
    tmp_path: Path,
    shared_mosquitto: Mosquitto,
):
    open_file(session, qtbot, on(shared_mosquitto, tmp_path))
    topic = f"ask/{tmp_path.name}"
    device = MqttConnector(name="device", server=shared_mosquitto.url)
    answering = Publisher(device, client_id=tmp_path.name, environment=environment_at(tmp_path))
    with listening(shared_mosquitto, tmp_path, topic) as subscriber:
        draft = MqttDraft("plant", topic, "?", response_topic=f"{topic}/{{{{uuid}}}}", waits=True)
        assert publish.send_message(draft)
        qtbot.waitUntil(lambda: not publish.is_busy)
        subscriber.until_received(1)
        [question] = subscriber.messages
        asked = question.properties()
        back, data = str(asked["Response-Topic"]), str(asked["Correlation-Data"])
        wrong, right = (
            PublishProperties(correlation_data=each.encode()) for each in (f"{data}x", data)
        )
        answering.publish(back, b"of another question", properties=wrong)
        answering.publish(back, b'{ "ok": true }', properties=right)
        qtbot.waitUntil(lambda: publish.steps[1].status == "passed")
    answering.close()

    step = publish.steps[1]
    assert step.text.startswith("answer after ")
    assert step.note == '{"ok":true}'
    assert step.answer is not None
    assert step.answer.sample.topic == back
    assert step.answer.sample.properties.correlation_data == data.encode()


def test_no_answer_in_time_is_said_in_words(
    session: Session, qtbot: QtBot, tmp_path: Path, shared_mosquitto: Mosquitto
):
    publish = PublishViewModel(Live(session), patience_s=1.0)
    open_file(session, qtbot, on(shared_mosquitto, tmp_path))
    topic = f"ask/{tmp_path.name}"
    publish.send_message(MqttDraft("plant", topic, "?", response_topic="reply/1", waits=True))
    waiting = Step("connecting", "waiting for an answer on reply/1")
    qtbot.waitUntil(lambda: publish.steps[1:] == [waiting])
    assert not publish.is_busy, "another message can be sent meanwhile"
    missed = Step("failed", "No answer on reply/1 within 1 s.")
    qtbot.waitUntil(lambda: publish.steps[1:] == [missed])


def test_the_next_message_and_closing_end_the_waiting(
    session: Session, qtbot: QtBot, tmp_path: Path, run: Run, shared_mosquitto: Mosquitto
):
    publish = PublishViewModel(Live(session), patience_s=60.0)
    open_file(session, qtbot, on(shared_mosquitto, tmp_path))
    asking = MqttDraft("plant", f"ask/{tmp_path.name}", "?", response_topic="reply/1", waits=True)
    publish.send_message(asking)
    qtbot.waitUntil(lambda: len(publish.steps) == 2)
    publish.send_message(replace(asking, waits=False))
    qtbot.waitUntil(lambda: not publish.is_busy)
    assert len(publish.steps) == 1
    publish.send_message(asking)
    qtbot.waitUntil(lambda: len(publish.steps) == 2)
    run(session.close())  # not for as long as an answer is waited for


def test_the_connection_is_kept_and_ends_with_the_session(
    session: Session,
    publish: PublishViewModel,
    qtbot: QtBot,
    run: Run,
    tmp_path: Path,
    mosquitto: Mosquitto,
):
    open_file(session, qtbot, on(mosquitto, tmp_path))
    for qos in (0, 1, 2):
        assert publish.send_message(MqttDraft("plant", "a", "x", qos))
        assert answer(publish, qtbot)[0].status in ("passed", "no_result")

    assert session.outlets.connected == ["plant"]
    assert mosquitto.log().count("New client connected") == 1

    run(session.close())
    assert session.outlets.connected == []
    qtbot.waitUntil(lambda: "disconnected" in mosquitto.log())


def test_a_lost_connection_is_made_anew(
    session: Session,
    publish: PublishViewModel,
    qtbot: QtBot,
    tmp_path: Path,
    mosquitto: Mosquitto,
):
    open_file(session, qtbot, on(mosquitto, tmp_path))
    publish.send_message(MqttDraft("plant", "a", "x"))
    assert answer(publish, qtbot)[0].text.startswith("PUBACK")
    mosquitto.restart()

    publish.send_message(MqttDraft("plant", "a", "x"))
    qtbot.waitUntil(lambda: not publish.is_busy)

    assert publish.steps[0].text.startswith("PUBACK")


@pytest.mark.parametrize(
    ("qos", "words"),
    [(0, "Sent; at QoS 0 there is no answer"), (1, "PUBACK "), (2, "PUBCOMP ")],
)
def test_the_answer_is_named_after_the_qos(
    qos: int,
    words: str,
    session: Session,
    publish: PublishViewModel,
    qtbot: QtBot,
    tmp_path: Path,
    shared_mosquitto: Mosquitto,
):
    open_file(session, qtbot, on(shared_mosquitto, tmp_path))
    publish.send_message(MqttDraft("plant", "nobody/listens", "x", qos))
    [step] = answer(publish, qtbot)

    assert step.text.startswith(words)
    if qos == 1:
        assert step.text.endswith("nobody is subscribed")
        assert step.status == "no_result"


def test_a_broker_that_is_away_is_said_with_what_to_do(
    session: Session, publish: PublishViewModel, qtbot: QtBot, tmp_path: Path
):
    path = write_workspace(
        tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="t", topic_filter="a"
    )
    open_file(session, qtbot, path)
    publish.send_message(MqttDraft("plant", "a", "x"))
    [step] = answer(publish, qtbot)

    assert step.status == "failed"
    assert "127.0.0.1:1" in step.text
    assert step.text.endswith(
        "Check that the broker runs and that the port is right (1883; with TLS 8883)."
    )


@pytest.mark.expect_warnings  # the log has it
def test_an_error_that_nobody_foresaw_is_told(
    session: Session,
    publish: PublishViewModel,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    async def fail(*_parts: object) -> None:
        raise struct.error

    path = write_workspace(
        tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="t", topic_filter="a"
    )
    open_file(session, qtbot, path)
    monkeypatch.setattr(session.outlets, "publish", fail)
    publish.send_message(MqttDraft("plant", "a", "x"))

    text = "Not sent, for an unexpected error. See the log."
    assert answer(publish, qtbot) == [Step("failed", text)]


def test_a_password_that_is_missing_is_named_and_not_shown(
    session: Session,
    publish: PublishViewModel,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    shared_mosquitto: Mosquitto,
):
    monkeypatch.delenv("NO_SUCH_PASSWORD", raising=False)
    options = 'username = "u"\npassword = "env:NO_SUCH_PASSWORD"'
    open_file(session, qtbot, on(shared_mosquitto, tmp_path, mqtt_options=options))
    publish.send_message(MqttDraft("plant", "a", "x"))
    [step] = answer(publish, qtbot)

    assert step.status == "failed"
    assert "NO_SUCH_PASSWORD" in step.text
