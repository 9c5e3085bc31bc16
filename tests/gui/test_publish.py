"""Publishing by hand: what is checked, what is sent, and what the result line says."""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from core.bridge.events import MessageSample, RecordSettled, RuleOutcome
from core.kafka.tail import Start, Tail
from core.mqtt.publisher import Publisher, PublishProperties
from core.workspace.lab import SavedMessage
from core.workspace.mqtt import MqttConnector
from gui.engine_client import InProcessEngine
from gui.recent import RecentFiles
from gui.viewmodels.drafts import KafkaDraft, MqttDraft
from gui.viewmodels.journey import Step
from gui.viewmodels.live import Live
from gui.viewmodels.payload_check import check_message, check_payload
from gui.viewmodels.publish import PublishViewModel
from gui.viewmodels.publish_checks import kafka_topic_problem, topic_problem
from gui.viewmodels.session import Session
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.subscriber import Subscriber, environment_at
from tests.helpers.workspaces import write_workspace

from .conftest import Run


@pytest.fixture
def session(run: Run) -> Iterator[Session]:
    """A session whose bridge stays stopped."""
    made = Session(InProcessEngine(), recent=RecentFiles())
    yield made
    run(made.close(), 30)
    made.deleteLater()


@pytest.fixture
def publish(session: Session) -> PublishViewModel:
    return PublishViewModel(Live(session))


def open_file(session: Session, qtbot: QtBot, path: Path) -> None:
    with qtbot.waitSignal(session.workspaceChanged, timeout=20_000):
        session.open(path)


@contextlib.contextmanager
def listening(broker: Mosquitto, folder: Path, topic_filter: str) -> Iterator[Subscriber]:
    """A device that hears what is published, subscribed already."""
    connector = MqttConnector(name="device", server=broker.url)
    client_id = f"{folder.name}-d"
    environment = environment_at(folder)
    with Subscriber(connector, environment, (topic_filter,), client_id=client_id) as subscriber:
        subscriber.until_subscribed()
        yield subscriber


def on(broker: Mosquitto, folder: Path, **options: Any) -> Path:
    return write_workspace(
        folder, mqtt=broker.url, kafka="127.0.0.1:1", topic="a", key="${topic}", **options
    )


def answer(publish: PublishViewModel, qtbot: QtBot) -> list[Step]:
    qtbot.waitUntil(lambda: bool(publish.steps) and not publish.is_busy)
    return publish.steps


# The payload


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"a": [1, 2.5, null, "x"]}', ""),
        ("27.5", ""),
        ("9" * 5_000, "A number has too many digits to be read. Sent as text?"),
        ("", ""),
        (
            '{\n  "temp": 1\n  "hum": 2\n}',
            "Not valid JSON: line 3, column 3, expected a comma. Sent as text?",
        ),
        ('{"a": }', "Not valid JSON: line 1, column 7, expected a value. Sent as text?"),
        ('{"a" 1}', "Not valid JSON: line 1, column 6, expected a colon. Sent as text?"),
        ("{a: 1}", "Not valid JSON: line 1, column 2, expected a name in double quotes. "),
        ('["x', "Not valid JSON: line 1, column 2, a text without its closing quote. "),
        ("1 2", "Not valid JSON: line 1, column 3, something follows the value. "),
        ("NaN", "Not valid JSON: NaN is no number of JSON. Sent as text?"),
        ("[" * 100_000, "Nested too deeply for JSON. Sent as text?"),
    ],
)
def test_a_payload_that_is_no_json_is_said_with_its_place(text: str, problem: str):
    found = check_payload(text)
    assert found.problem.startswith(problem)
    assert bool(found.problem) == bool(problem)
    assert found.status == ("" if not text else "degraded" if problem else "passed")


def test_the_size_of_a_payload_is_counted_in_bytes():
    assert check_payload("ü").size == "2 bytes"
    assert check_payload("1").size == "1 byte"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"n": {{seq}}, "r": {{ rand -5 100 }}, "t": {{now}}, "d": {{device}}}', ""),
        ('{"u": "{{uuid}}"}', ""),
        ('{"u": {{uuid}}}', "Not valid JSON: "),
        ('{"n": {{seq}}, }', "Not valid JSON: line 1, column "),
        ('{"n": {{seq}} "m": 1}', "Not valid JSON: line 1, column 15, expected a comma."),
        ('{"n": {{other}}}', "Not valid JSON: line 1, column 8, "),
    ],
)
def test_a_message_is_checked_as_it_is_sent(text: str, problem: str):
    found = check_message(text)
    assert found.problem.startswith(problem)
    assert found.status == ("degraded" if problem else "passed")
    assert found.size == f"{len(text)} bytes"


# What is checked


@pytest.mark.parametrize("topic", ["a/+", "a/#", "#", "a+b"])
def test_topics_with_wildcards_are_refused(topic: str, publish: PublishViewModel):
    found: list[tuple[str, str]] = []
    publish.problemFound.connect(lambda *problem: found.append(problem))

    assert not publish.send_message(MqttDraft("plant", topic, "x"))

    assert found == [("topic", "A topic to publish to cannot contain + or #.")]
    assert [step.status for step in publish.steps] == ["failed"]
    assert not publish.is_busy


def test_an_empty_or_impossible_topic_is_refused():
    assert topic_problem("") == "Write the topic to publish to."
    assert "NUL" in topic_problem("a\0b")
    assert topic_problem("a" * 65_536).endswith("Shorten it.")
    assert topic_problem("/a b/ü") == ""


def test_topics_of_kafka_have_their_own_rule():
    rule = "Kafka topics use letters, digits, . _ - and at most 249 characters."
    assert kafka_topic_problem("") == "Write the topic to send to."
    for topic in ("a/b", "a" * 250, ".", ".."):
        assert kafka_topic_problem(topic) == rule
    assert kafka_topic_problem("a.B_9-" + "a" * 243) == ""


def test_a_workspace_without_connectors_says_so(publish: PublishViewModel):
    assert not publish.send_message(MqttDraft("", "a", "x"))
    assert "no MQTT connector" in publish.steps[0].text
    assert not publish.send_record(KafkaDraft("", "a", value="x"))
    assert "no Kafka connector" in publish.steps[0].text


def test_a_partition_is_a_number(session: Session, publish: PublishViewModel):
    assert not publish.send_record(KafkaDraft("laptop", "a", partition="-1"))
    assert publish.steps == [Step("failed", "Partition is a number from 0, or empty.")]


# What the forms start with


def test_the_form_starts_with_what_a_rule_takes(
    session: Session, publish: PublishViewModel, qtbot: QtBot, tmp_path: Path
):
    path = write_workspace(
        tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="t", topic_filter="a/b"
    )
    open_file(session, qtbot, path)
    qtbot.waitUntil(lambda: publish.mqtt_draft.topic == "a/b")

    assert publish.mqtt_draft.connector == "plant"
    assert publish.mqtt_draft.user_properties == (("clientid", "c_emqx"),)
    assert check_payload(publish.mqtt_draft.payload).status == "passed"
    assert (publish.kafka_draft.connector, publish.kafka_draft.topic) == ("laptop", "t")
    assert publish.topics == ["a/b"]
    assert publish.kafka_topics == ["t"]


def test_a_message_that_the_workspace_keeps_comes_first(
    session: Session, publish: PublishViewModel, qtbot: QtBot, tmp_path: Path
):
    path = write_workspace(
        tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="t", topic_filter="a/b"
    )
    with path.open("a") as file:
        file.write(
            '[[messages]]\nname = "hex"\ntopic = "x"\nformat = "hex"\npayload = "6869"\nqos = 2\n'
            'properties = { clientid = "c" }\n'
            '[[messages]]\nname = "bytes"\ntopic = "x"\nformat = "base64"\npayload = "/w=="\n'
            '[[messages]]\nname = "r"\nkind = "kafka"\ntopic = "k"\nkey = "1"\nvalue = "v"\n'
            "partition = 0\n"
        )
    open_file(session, qtbot, path)

    first = MqttDraft("plant", "x", "6869", 2, False, (("clientid", "c"),), format="hex")
    assert publish.mqtt_draft == first
    assert first.message().payload == b"hi"

    chosen: list[object] = []
    publish.draftChosen.connect(chosen.append)
    for saved in publish.saved:
        publish.choose(saved)
    raw = MqttDraft("plant", "x", "/w==", 0, format="base64")
    assert chosen == [first, raw, KafkaDraft("laptop", "k", "1", "v", "0")]
    assert raw.message().payload == b"\xff"


def test_a_new_version_of_the_file_leaves_the_form_alone(
    session: Session, publish: PublishViewModel, qtbot: QtBot, tmp_path: Path
):
    path = write_workspace(
        tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="t", topic_filter="a/#"
    )
    open_file(session, qtbot, path)
    qtbot.waitUntil(lambda: bool(publish.live.facts))
    replaced: list[None] = []
    publish.draftsReplaced.connect(lambda: replaced.append(None))

    path.write_text(path.read_text().replace("a/#", "a/b"))
    session.reload()
    qtbot.waitUntil(lambda: publish.topics == ["a/b"])

    assert replaced == []


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


NO_SECONDS = "Message expiry is a number of seconds."


@pytest.mark.parametrize(
    ("more", "field", "problem"),
    [
        ({"waits": True}, "response_topic", "Write the topic on which the answer comes."),
        (
            {"response_topic": "a/#"},
            "response_topic",
            "A topic to publish to cannot contain + or #.",
        ),
        ({"message_expiry": "1 h"}, "message_expiry", NO_SECONDS),
        ({"message_expiry": "4294967296"}, "message_expiry", NO_SECONDS),
        (
            {"payload_format": "2"},
            "payload_format",
            "Payload format is 1 for text in UTF-8, 0 for bytes.",
        ),
        (
            {"content_type": "ü" * 32_768},
            "content_type",
            "Content type has 65,536 bytes; MQTT has room for 65,535. Shorten it.",
        ),
        (
            {"user_properties": (("site", "v" * 65_536),)},
            "properties",
            "User property site has 65,536 bytes; MQTT has room for 65,535. Shorten it.",
        ),
    ],
)
def test_properties_that_cannot_be_sent_are_refused(
    more: dict[str, Any], field: str, problem: str, publish: PublishViewModel
):
    found: list[tuple[str, str]] = []
    publish.problemFound.connect(lambda *told: found.append(told))
    assert not publish.send_message(MqttDraft("plant", "a", "x", **more))
    assert found == [(field, problem)]


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
    assert step.text.count(".") > 1, "what happened, and what to do"


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


def test_topics_sent_to_are_remembered_newest_first(
    session: Session,
    publish: PublishViewModel,
    qtbot: QtBot,
    tmp_path: Path,
    shared_mosquitto: Mosquitto,
):
    open_file(session, qtbot, on(shared_mosquitto, tmp_path, topic_filter="named/here"))
    for topic in ("b", "a", "b"):
        publish.send_message(MqttDraft("plant", topic, "x"))
        answer(publish, qtbot)
    session.messageSampled.emit(sample(1, topic="seen", payload="y"))

    qtbot.waitUntil(lambda: "named/here" in publish.topics)
    assert publish.topics == ["b", "a", "seen", "named/here"]


# What became of it


def sample(number: int, *outcomes: RuleOutcome, topic: str = "a", payload: str = "x"):
    return MessageSample(number, 0, "plant", topic, "c", payload, len(payload), 1, list(outcomes))


@pytest.fixture
def sent(
    session: Session,
    publish: PublishViewModel,
    qtbot: QtBot,
    tmp_path: Path,
    shared_mosquitto: Mosquitto,
) -> PublishViewModel:
    """A message `x` was published to `a`, and the broker has answered."""
    open_file(session, qtbot, on(shared_mosquitto, tmp_path))
    publish.send_message(MqttDraft("plant", "a", "x", 0))
    answer(publish, qtbot)
    return publish


def test_the_result_line_follows_the_message_into_its_record(
    session: Session, sent: PublishViewModel
):
    passed = RuleOutcome("all", "passed")
    session.messageSampled.emit(sample(1, topic="another"))
    session.messageSampled.emit(sample(2, payload="another"))
    session.messageSampled.emit(sample(3, RuleOutcome("cold", "no_result"), passed))
    session.recordSettled.emit(RecordSettled(3, "of_another_rule", "c", 1, 7))
    session.recordSettled.emit(RecordSettled(2, "to_b", "b", 0, 9))
    session.recordSettled.emit(RecordSettled(3, "to_kafka", "emqx", 2, 118, 6.04))

    assert sent.steps[1:] == [
        Step("passed", "all passed (+1)"),
        Step("passed", "emqx p2 #118, 6 ms (+1)", ("laptop", "emqx", 2, 118)),
    ]


def test_a_record_that_failed_is_told_even_when_it_failed_first(
    session: Session, sent: PublishViewModel
):
    session.recordSettled.emit(RecordSettled(3, "to_a", "emqx", error="no temp"))
    session.messageSampled.emit(sample(3, RuleOutcome("hot", "passed")))

    assert sent.steps[1:] == [
        Step("passed", "hot passed"),
        Step("failed", "to_a failed: no temp"),
    ]


def test_no_result_and_no_rule_are_outcomes_too(session: Session, sent: PublishViewModel):
    session.messageSampled.emit(sample(3, RuleOutcome("hot", "no_result", "18 is not > 30")))
    assert sent.steps[1:] == [Step("no_result", "hot: no result: 18 is not > 30")]


def test_a_message_that_no_rule_takes_is_said(session: Session, sent: PublishViewModel):
    session.messageSampled.emit(sample(3))
    assert sent.steps[1:] == [Step("no_result", "no rule listens to this topic")]


def test_a_failed_rule_tells_why(session: Session, sent: PublishViewModel):
    session.messageSampled.emit(sample(3, RuleOutcome("hot", "failed", "no number")))
    assert sent.steps[1:] == [Step("failed", "hot failed: no number")]


def test_a_message_that_was_sent_is_followed_while_the_next_one_is_not_right(
    session: Session, sent: PublishViewModel
):
    told: list[list[Step]] = []
    sent.stepsChanged.connect(told.append)
    assert not sent.is_right(MqttDraft("plant", "a/#", "x"))
    assert [step.status for step in told[-1]] == ["failed"]
    gone = SavedMessage(name="x", topic="a", connector="gone")
    sent.choose(gone)
    assert "gone" in told[-1][0].text
    session.messageSampled.emit(sample(3, RuleOutcome("hot", "passed")))

    assert sent.steps[1:] == told[-1][1:] == [Step("passed", "hot passed")]


# Kafka records and the embedded brokers


@pytest.mark.timeout(40)  # starts embedded brokers
def test_a_record_reaches_the_embedded_kafka(
    session: Session, publish: PublishViewModel, qtbot: QtBot, workspace: Path, run: Run
):
    open_file(session, qtbot, workspace)
    topic = f"record-{workspace.parent.name}"
    headers = (("a", "1"), ("a", "2"))
    assert publish.send_record(KafkaDraft("laptop", topic, "k", '{"v": 1}', "2", headers))
    [step] = answer(publish, qtbot)

    assert step.text.startswith("partition 2 offset 0, "), step
    assert step.place == ("laptop", topic, 2, 0)
    assert session.environment is not None
    connector = publish.live.workspace.connectors.kafka["laptop"]
    with contextlib.closing(
        Tail(connector, session.environment, topic, start=Start("beginning"))
    ) as tail:
        found: list[Any] = []
        while not found:
            found += tail.poll(100, 5.0)
    [record] = found
    assert (record.key, record.value) == ("k", '{"v": 1}')
    assert record.headers == [("a", "1"), ("a", "2")]


@pytest.mark.timeout(40)  # starts embedded brokers
def test_a_compressed_record_and_a_tombstone_reach_the_embedded_kafka(
    session: Session, publish: PublishViewModel, qtbot: QtBot, workspace: Path
):
    open_file(session, qtbot, workspace)
    topic = f"tombstone-{workspace.parent.name}"
    value = '{"v": 1}'
    compressed = KafkaDraft("laptop", topic, "k", value, "0", compression="zstd")
    for draft in (compressed, replace(compressed, is_tombstone=True)):
        assert publish.send_record(draft)
        qtbot.waitUntil(lambda: not publish.is_busy)
        assert publish.steps[0].status == "passed", publish.steps
    assert session.environment is not None
    connector = publish.live.workspace.connectors.kafka["laptop"]
    with contextlib.closing(
        Tail(connector, session.environment, topic, start=Start("beginning"))
    ) as tail:
        found: list[Any] = []
        while len(found) < 2:
            found += tail.poll(100, 5.0)
    assert [record.value for record in found] == [value, None]


@pytest.mark.expect_warnings  # the producer says that the cluster is away
def test_a_cluster_that_is_away_is_said(
    session: Session,
    publish: PublishViewModel,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    import core.kafka.single

    monkeypatch.setattr(core.kafka.single.send_record, "__defaults__", (2.0,))
    path = write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="t")
    open_file(session, qtbot, path)
    publish.send_record(KafkaDraft("laptop", "t", "", "x"))
    [step] = answer(publish, qtbot)

    assert step.status == "failed"
    assert "127.0.0.1:1" in step.text
