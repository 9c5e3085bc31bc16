"""What becomes of records that an action cannot deliver, for each kind of fallback."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from core.bridge.deadletters import DeadLetters
from core.bridge.fallbacks import ActionTarget, FileTarget, TopicTarget
from core.bridge.republishing import MARKER
from core.errors import DeliveryFailed
from core.workspace.kafka import Fallback
from tests.unit.bridge.test_republisher import REFUSED, properties
from tests.unit.bridge.test_republisher import Bench as Republishing
from tests.unit.bridge.writing import PASSING, PERMANENT, Bench, FakeProducer


class Sent(FakeProducer):
    """Remembers whole records."""

    def __init__(self, room: int = 1_000) -> None:
        super().__init__(room)
        self.records: list[tuple[Any, ...]] = []

    def produce(self, topic, value, key, on_delivery, timestamp_ms, headers, partition):
        super().produce(topic, value, key, on_delivery, timestamp_ms, headers, partition)
        self.records.append((topic, value, key, dict(headers or ())))


class Both:
    """A bench whose writer has a topic, another action and a file to fall back to."""

    def __init__(self, folder: Path, kinds: str, **options: Any) -> None:
        self.bench = Bench(reconnect_delay=0, **options)
        self.other = Bench(reconnect_delay=0)
        self.letters = Sent()
        self.file = folder / "letters.jsonl"
        letters = DeadLetters(self.file, Fallback(kind="file"), self.bench.clock)
        self.found = True
        made = {
            "topic": lambda: TopicTarget(
                "dead", "to", self.letters, FileTarget(letters), self.bench.clock
            ),
            "other": lambda: ActionTarget(
                lambda: self.other.writer if self.found else None, FileTarget(letters)
            ),
            "file": lambda: FileTarget(letters),
        }
        targets = [made[kind]() for kind in kinds.split()]
        self.bench.writer.use(self.bench.writer.action, self.bench.producer, targets)

    def fail(self, value: str = "bad", qos: int = 1) -> None:
        self.bench.message(value, qos)
        self.bench.producer.report(PERMANENT)
        self.pump()

    def pump(self) -> None:
        for bench in (self.bench, self.other):
            bench.writer.pump()
            bench.check_balance()

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.file.read_text().splitlines()]


def test_dead_letter_topic_gets_the_record_and_the_reason(tmp_path: Path):
    both = Both(tmp_path, "topic")
    both.fail()
    assert both.bench.acked == [], "not before Kafka has the dead letter"
    assert both.bench.counters.queuing == 1
    (topic, value, key, headers) = both.letters.records[0]
    assert (topic, value, key) == ("dead", b"bad", None)
    assert headers["sluicegate-reason"] == b"not authorized"
    assert headers["sluicegate-topic"] == b"t"
    assert headers["sluicegate-rule"] == b"r"
    assert (headers["mqtt-topic"], headers["mqtt-payload"]) == (b"a/b", b"payload")
    both.letters.report()
    assert both.bench.acked == [1]
    assert both.bench.counters.failed == both.bench.counters.dead_lettered == 1
    assert both.bench.rule.actions_failed == 1
    assert both.bench.writer.is_idle


def test_record_that_could_not_be_rendered_is_the_message_in_the_dead_letter_topic(tmp_path: Path):
    both = Both(tmp_path, "topic", topic="t-${missing}")
    both.bench.message()
    assert both.letters.records[0][1] == b"payload"
    both.letters.report()
    assert both.bench.acked == [1]


@pytest.mark.expect_warnings("the dead-letter topic cannot be written")
def test_dead_letter_topic_is_tried_again(tmp_path: Path):
    both = Both(tmp_path, "topic")
    both.letters.room = 0
    both.fail()
    assert both.bench.acked == []
    both.letters.room = 10
    both.pump()
    both.letters.report(PASSING)
    both.pump()
    both.letters.report()
    assert both.bench.acked == [1]
    assert both.bench.counters.dead_lettered == 1


def test_what_the_dead_letter_topic_refuses_is_kept_in_the_file(tmp_path: Path):
    both = Both(tmp_path, "topic")
    both.fail()
    both.letters.report(DeliveryFailed("too large there too", code=10))
    both.pump()
    assert [line["reason"] for line in both.lines] == ["not authorized"]
    assert both.bench.acked == [1]


def test_other_action_delivers_and_counts_by_itself(tmp_path: Path):
    both = Both(tmp_path, "other")
    both.fail("x")
    assert both.bench.acked == []
    assert both.other.producer.taken[0][0] == b"x"
    both.other.producer.report()
    both.pump()
    assert both.bench.acked == [1]
    assert both.bench.counters.failed == 1
    assert both.bench.counters.dead_lettered == 0
    assert both.other.counters.matched == both.other.counters.success == 1
    assert both.bench.rule.actions_total == both.bench.rule.actions_failed == 1
    assert both.bench.rule.actions_success == 0


def test_actions_that_fall_back_to_each_other_do_not_loop(tmp_path: Path):
    both = Both(tmp_path, "other file")
    back = ActionTarget(lambda: both.bench.writer, FileTarget(DeadLetters(
        tmp_path / "x", Fallback(kind="file"), both.bench.clock
    )))  # fmt: skip
    both.other.writer.use(both.other.writer.action, both.other.producer, [back])
    both.fail()
    both.other.producer.report(PERMANENT)
    both.pump()
    assert both.bench.counters.matched == 1
    assert both.bench.acked == [1]
    assert len(both.lines) == 1


def test_disabled_other_action_leaves_a_dead_letter(tmp_path: Path):
    both = Both(tmp_path, "other")
    both.found = False
    both.fail()
    assert both.bench.acked == [1]
    assert len(both.lines) == 1


@pytest.mark.parametrize("qos", [0, 1])
@pytest.mark.parametrize("how", ["qos is none", "refused at once", "refused later", "made by it"])
def test_what_cannot_be_republished_either_is_kept_in_the_file(tmp_path: Path, how: str, qos: int):
    both = Both(tmp_path, "other", query_mode="at_least_once")
    copy = Republishing(qos=0 if how != "qos is none" else "${v}")
    both.other = copy  # pyright: ignore[reportAttributeAccessIssue] - behaves alike
    if how == "refused at once":
        copy.publisher.refusal = REFUSED
    raw = properties((MARKER, "ws/r")) if how == "made by it" else b""
    both.bench.message("bad", qos, raw)
    both.bench.producer.report(PERMANENT)
    if how == "refused later":
        copy.publisher.answer(REFUSED)
    both.pump()
    assert [line["record"]["value"] for line in both.lines] == [{"text": "bad"}]
    assert both.bench.acked == [1] * qos
    assert both.bench.writer.is_idle
    assert both.bench.counters.failed == 1


@pytest.mark.expect_warnings("the dead-letter topic is not written at first")
def test_every_fallback_gets_the_record_once(tmp_path: Path):
    both = Both(tmp_path, "topic other file")
    both.fail()
    assert len(both.lines) == 1
    both.letters.report(PASSING)
    both.other.producer.report()
    assert both.bench.acked == []
    both.pump()
    both.pump()
    both.letters.report()
    assert both.bench.acked == [1]
    assert len(both.lines) == both.other.counters.success == 1
    assert len(both.letters.records) == 2
    both.pump()
    assert both.bench.writer.is_idle


@pytest.mark.parametrize("kinds", ["file", "topic"])
def test_records_on_their_way_to_a_fallback_outlive_a_reload(tmp_path: Path, kinds: str):
    both = Both(tmp_path, kinds)
    both.bench.message("bad")
    both.bench.producer.report(PERMANENT)
    both.bench.writer.use(both.bench.writer.action, both.bench.producer, [])
    if kinds == "topic":
        both.letters.report(DeliveryFailed("too large there too", code=10))
    both.pump()
    assert both.bench.acked == [1]
    assert len(both.lines) == 1
    both.fail()
    assert both.bench.acked == [1, 2], "without a fallback now"
    assert len(both.lines) == 1


def test_overflow_does_not_wait_for_the_other_action(tmp_path: Path):
    both = Both(tmp_path, "other", room=0, buffer={"per_partition_limit": 12})
    both.other.producer.room = 0
    for _ in range(5):
        both.bench.message("12345", qos=0)
    both.pump()
    assert both.bench.counters.dropped_queue_full == 3
    assert both.other.counters.queuing == 3
    assert both.bench.counters.queuing == 2


def test_output_travels_through_the_disk(tmp_path: Path):
    options = {"mode": "disk", "segment_bytes": 400}
    both = Both(tmp_path, "other", state=tmp_path / "state", buffer=options, room=0)
    both.bench.message("x", qos=0)
    both.bench.writer.pump()
    both.bench.writer.close()
    again = Both(tmp_path, "other", state=tmp_path / "state", buffer=options)
    again.bench.writer.pump()
    again.bench.producer.report(PERMANENT)
    again.pump()
    assert again.other.producer.taken[0][0] == b"x"
    again.other.producer.report()
    again.pump()
    assert again.bench.writer.is_idle
    again.bench.writer.close()
