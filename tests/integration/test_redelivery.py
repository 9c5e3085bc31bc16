"""Dead letters of a real run, delivered after all."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.bridge.letterbox import LetterBox
from core.bridge.letters import LetterHead, letters_path
from core.bridge.redelivery import Redelivery
from core.cli.workspace_file import environment_of
from core.errors import ConfigError
from core.workspace.load import load
from tests.helpers.engine import RunningEngine, run_publish
from tests.helpers.kafka import Kafka
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.workspaces import write_workspace

pytestmark = [pytest.mark.broker, pytest.mark.timeout(60)]
LARGE = 3_000


class PutAside:
    """Letters that an engine has put aside, because its topic takes small records only."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.opened: list[Redelivery] = []

    @property
    def box(self) -> LetterBox:
        return LetterBox(letters_path(self._environment.state_dir, "to_kafka"))

    @property
    def heads(self) -> tuple[LetterHead, ...]:
        return self.box.read().heads

    def redelivery(self) -> Redelivery:
        """Make one with what the file says now."""
        workspace = load(self.path).partial
        made = Redelivery(self.box, workspace, self._environment, "to_kafka")
        self.opened.append(made)
        return made

    def rewrite(self, before: str, after: str) -> None:
        text = self.path.read_text()
        assert before in text
        self.path.write_text(text.replace(before, after))

    @property
    def _environment(self):
        return environment_of(load(self.path).partial, self.path, None)


@pytest.fixture
def aside(
    tmp_path: Path,
    kafka: Kafka,
    shared_mosquitto: Mosquitto,
    start_engine: Callable[..., RunningEngine],
) -> Iterator[PutAside]:
    path = write_workspace(
        tmp_path,
        mqtt=shared_mosquitto.url,
        kafka=kafka.bootstrap,
        topic=kafka.topic(max_message_bytes="1000"),
        topic_filter=f"{tmp_path.name}/#",
        select="clientid, payload.temp as temp, payload.img as img",
        key="${clientid}",
        value="${temp} ${img}",
    )
    engine = start_engine(path)
    engine.until_running()
    for temp in (20, 40):
        payload = json.dumps({"temp": temp, "img": "x" * LARGE})
        run_publish(
            *(path, "plant", f"{tmp_path.name}/3", payload),
            *("--qos", "1", "--property", "clientid=dev-3"),
        )
    engine.until(lambda s: s["actions"]["to_kafka"]["dead_lettered"] == 2)
    engine.stop()
    made = PutAside(path)
    yield made
    for redelivery in made.opened:
        redelivery.close()


def topic_of(aside: PutAside) -> str:
    return load(aside.path).partial.actions.kafka["to_kafka"].topic


def test_letter_tells_why_it_was_put_aside(aside: PutAside):
    first, second = aside.heads
    assert first.kind == second.kind == "too_large"
    assert (first.key, first.topic) == ("dev-3", f"{aside.path.parent.name}/3")
    letter = aside.box.load(first.place)
    assert letter is not None
    assert letter.attempts >= 1
    assert "max.message.bytes" in letter.reason
    assert letter.message.inbound().user_property("clientid") == "dev-3"
    assert letter.message.received_ms <= first.time_ms


def test_edited_message_goes_through_the_rule_and_is_delivered(aside: PutAside, kafka: Kafka):
    first, second = aside.heads
    redelivery = aside.redelivery()
    fates = redelivery.rerun({first.place: b'{"temp": 21, "img": "small"}', second.place: None})
    assert [fate.is_delivered for fate in fates] == [True, False]
    assert fates[1].failure is not None
    assert "too large" in fates[1].failure.message
    (record,) = kafka.read(topic_of(aside), 1)
    assert (record.key(), record.value()) == (b"dev-3", b"21 small")
    assert (fates[0].sent[0].partition, fates[0].sent[0].offset) == (0, record.offset())
    assert [head.place for head in aside.heads] == [second.place]
    (gone,) = redelivery.rerun({first.place: None})
    assert gone.is_gone


def test_stored_record_is_sent_as_it_was_once_its_topic_takes_it(aside: PutAside, kafka: Kafka):
    first, second = aside.heads
    (fate,) = aside.redelivery().send_again([first.place])
    assert fate.failure is not None, "it is still too large"
    aside.rewrite(topic_of(aside), kafka.topic())
    aside.rewrite("SELECT", "SELECT topic,")  # which a stored record does not see
    (fate,) = aside.redelivery().send_again([first.place])
    assert fate.failure is not None, "it goes to the topic that it was for"
    assert [head.place for head in aside.heads] == [first.place, second.place]


def test_rule_that_was_mended_meanwhile_is_what_counts(aside: PutAside, kafka: Kafka):
    first, second = aside.heads
    aside.rewrite(", payload.img as img", "")
    aside.rewrite('/#"', '/#" WHERE payload.temp > 30')
    cold, hot = aside.redelivery().rerun({first.place: None, second.place: None})
    assert cold.rerun is not None
    assert cold.rerun.outcome == "no_match"
    assert hot.is_delivered
    assert [head.place for head in aside.heads] == [first.place]
    assert kafka.read(topic_of(aside), 1)[0].value() == b"40 "


def test_rule_that_is_gone_is_said(aside: PutAside):
    first, _ = aside.heads
    aside.rewrite("[rules.all]", "[rules.other]")
    (fate,) = aside.redelivery().rerun({first.place: None})
    assert fate.failure is not None
    assert "no rule all" in fate.failure.message
    aside.rewrite("[actions.kafka.to_kafka]", "[actions.kafka.other]")
    with pytest.raises(ConfigError, match="no action to_kafka"):
        aside.redelivery()


def test_trial_sends_nothing(aside: PutAside):
    first, second = aside.heads
    letter = aside.box.load(first.place)
    assert letter is not None
    found = aside.redelivery().try_out(letter, b'{"temp": 1}')
    assert found.records[0].value == b"1 "
    assert [head.place for head in aside.heads] == [first.place, second.place]
