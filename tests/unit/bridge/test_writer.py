from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.bridge.acks import Acks
from core.bridge.deadletters import DeadLetters
from core.bridge.fallbacks import FileTarget
from core.bridge.memory import MemoryWatch
from core.bridge.metrics import ActionCounters, RuleCounters, action_stats
from core.bridge.record import RecordDecoder
from core.bridge.silence import LIMIT_S
from core.bridge.stores import Buffers
from core.bridge.writer import ActionWriter
from core.errors import DeliveryFailed
from core.kafka.producer import EXPIRED, QueueFull
from core.mqtt.message import InboundMessage
from core.workspace.kafka import Fallback, KafkaAction


class ManualClock:
    def __init__(self) -> None:
        self.now_s = 1_000.0

    def now_ms(self) -> int:
        return int(self.now_s * 1_000)

    def monotonic_s(self) -> float:
        return self.now_s


class Place:
    """Where a record came to lie."""

    def partition(self) -> int:
        return 3

    def offset(self) -> int:
        return 42


class FakeProducer:
    """Takes up to `room` records and reports on them when told."""

    status = "connected"
    status_reason = ""

    def __init__(self, room: int = 1_000) -> None:
        self.room = room
        self.partitions = 0
        self.taken: list[tuple[bytes | None, Any]] = []
        self.refuse: DeliveryFailed | None = None
        self.alone = 0

    def produce(self, topic, value, key, on_delivery, timestamp_ms, headers, partition):
        if self.refuse is not None:
            raise self.refuse
        if len(self.taken) >= self.room:
            raise QueueFull
        self.taken.append((value, on_delivery))

    def produce_alone(self, *record):
        self.produce(*record)
        self.alone += 1

    def poll(self, timeout_s: float = 0.0) -> int:
        return 0

    def report(self, error: DeliveryFailed | None = None) -> None:
        """Report on the oldest record."""
        _, on_delivery = self.taken.pop(0)
        on_delivery(error, Place())

    def partition_count(self, topic: str) -> int:
        return self.partitions

    def delivery_failure(self, error: DeliveryFailed, topic: str) -> DeliveryFailed:
        return error


class Bench:
    """A writer with everything around it."""

    def __init__(
        self,
        folder: Path | None = None,
        room: int = 1_000,
        state: Path | None = None,
        clock: ManualClock | None = None,
        meminfo: Path | None = None,
        **options: Any,
    ) -> None:
        """Make one; `folder` takes dead letters, `state` what survives."""
        self.clock = clock or ManualClock()
        self.producer = FakeProducer(room)
        self.counters = ActionCounters()
        self.rule = RuleCounters(id="r")
        self.acked: list[int] = []
        self.acks = Acks(lambda message: self.acked.append(message.packet_id))
        self.letters = folder / "letters.jsonl" if folder else None
        action = KafkaAction.model_validate(
            {"name": "to", "connector": "k", "topic": "t", "message": {"value": "${v}"}, **options}
        )
        dead = DeadLetters(self.letters, Fallback(kind="file"), self.clock) if folder else None
        self.told: list[object] = []
        buffers = Buffers(
            "plant", state or Path("/nowhere"), self.clock, RecordDecoder({"r": self.rule})
        )
        self.writer = ActionWriter(
            self.counters,
            self.clock,
            self.told.append,
            lambda owner: buffers.make(action, owner),
            action,
            self.producer,
            [FileTarget(dead)] if dead else [],
            memory=MemoryWatch(self.clock, meminfo or Path("/nowhere")),
        )
        self._packet_id = 0

    def message(self, value: str = "x", qos: int = 1, raw: bytes = b"", sample: int = 0) -> None:
        """One message that the action writes once; `raw` are its properties."""
        self._packet_id += 1
        message = InboundMessage(
            "a/b", b"payload", qos, packet_id=self._packet_id, raw_properties=raw
        )
        message.received_s = self.clock.now_s
        pending = self.acks.open(message) if qos else None
        self.writer.write({"v": value}, message, self.rule, pending, sample)
        if pending is not None:
            pending.release()

    def check_balance(self) -> None:
        stats = action_stats(self.counters, "connected", "")
        assert stats.matched == (
            stats.success + stats.failed + stats.dropped + stats.queuing + stats.inflight
        )
        assert min(stats.queuing, stats.queuing_bytes, stats.inflight) >= 0


PERMANENT = DeliveryFailed("not authorized", code=29, kind="not_authorized", hint="grant it")
OF_A_BATCH = DeliveryFailed("too large", code=10)
PASSING = DeliveryFailed("topic is unknown", code=3, retryable=True)


def test_message_is_acknowledged_with_its_delivery_report():
    bench = Bench()
    bench.message()
    assert bench.acked == []
    bench.producer.report()
    assert bench.acked == [1]
    assert bench.counters.success == bench.rule.actions_success == 1
    assert bench.writer.is_idle


def test_latency_counts_from_receipt_to_delivery_report_for_action_and_rule():
    bench = Bench()
    bench.message()
    bench.message()
    bench.clock.now_s += 0.5
    bench.producer.report()
    bench.producer.report(PERMANENT)
    for histogram in (bench.counters.latency, bench.rule.latency):
        assert histogram.count == 1, "successes only"
        assert histogram.max_us == 500_000


def test_connection_that_confirms_nothing_is_degraded_until_an_outcome_comes():
    bench = Bench()
    for _ in range(2):
        bench.message()
    bench.writer.pump()
    bench.clock.now_s += LIMIT_S - 0.1
    bench.writer.pump()
    assert bench.writer.status == "connected"
    bench.clock.now_s += 0.2
    bench.writer.pump()
    assert bench.writer.status == "degraded"
    assert "has confirmed no record" in bench.writer.status_reason
    bench.producer.report()
    bench.writer.pump()
    assert (bench.writer.status, bench.writer.status_reason) == ("connected", "")


def test_idle_connection_stays_connected():
    bench = Bench()
    bench.message()
    bench.producer.report()
    for _ in range(2):
        bench.writer.pump()
        bench.clock.now_s += 2 * LIMIT_S
    bench.writer.pump()
    assert bench.writer.status == "connected"


def test_async_action_does_not_hold_the_acknowledgement():
    bench = Bench(query_mode="async")
    bench.message()
    assert bench.acked == [1]
    assert not bench.writer.is_idle


def test_sync_action_sends_one_record_at_a_time():
    bench = Bench(query_mode="sync")
    for value in ("a", "b", "c"):
        bench.message(value)
    sent = []
    while bench.producer.taken:
        assert len(bench.producer.taken) == 1
        sent.append(bench.producer.taken[0][0])
        assert len(bench.acked) < len(sent)
        bench.producer.report()
        bench.writer.pump()
        bench.check_balance()
    assert sent == [b"a", b"b", b"c"]
    assert bench.acked == [1, 2, 3]


def test_sync_action_answers_in_time_and_delivers_later():
    bench = Bench(query_mode="sync", sync_query_timeout="5s")
    bench.message("slow")
    bench.clock.now_s += 4.9
    bench.writer.pump()
    assert bench.acked == []
    bench.clock.now_s += 0.2
    bench.writer.pump()
    assert bench.acked == [1]
    assert bench.writer.status_reason == "Kafka did not answer within 5s."
    assert bench.counters.inflight == 1, "its outcome is not known yet"
    bench.producer.report()
    assert bench.counters.success == 1
    assert bench.counters.failed == 0
    assert bench.acked == [1]
    assert bench.writer.status == "connected"


def test_sync_message_is_bounded_by_the_buffer():
    bench = Bench(query_mode="sync", buffer={"per_partition_limit": 10})
    for value in ("in flight", "dropped", "waiting"):
        bench.message(value)
    assert bench.counters.dropped_queue_full == 1
    assert bench.acked == [], "in MQTT's order: the first one has no outcome yet"
    bench.producer.report()
    assert bench.acked == [1, 2]
    bench.check_balance()


def test_records_wait_in_order_while_the_producer_is_full():
    bench = Bench(room=1)
    for value in ("a", "b", "c"):
        bench.message(value)
    assert bench.counters.queuing == 2
    sent = []
    for _ in range(3):
        sent.append(bench.producer.taken[0][0])
        bench.producer.report()
        bench.writer.pump()
    assert sent == [b"a", b"b", b"c"]
    assert bench.acked == [1, 2, 3]
    assert bench.counters.queuing_bytes == 0


def test_overflow_drops_the_oldest_that_nobody_waits_for():
    bench = Bench(room=0, buffer={"per_partition_limit": 30})
    bench.message("qos one kept" * 2)
    bench.message("old" * 3, qos=0)
    bench.message("new", qos=0)
    assert bench.counters.dropped_queue_full == 1
    assert bench.counters.queuing == 2
    assert bench.rule.actions_failed == 1
    bench.check_balance()


def test_passing_failure_is_tried_again_after_the_delay():
    bench = Bench(reconnect_delay="2s")
    bench.message()
    bench.producer.report(PASSING)
    bench.writer.pump()
    assert bench.producer.taken == []
    assert bench.writer.status == "degraded"
    assert bench.writer.status_reason == "topic is unknown"
    bench.clock.now_s += 2
    bench.writer.pump()
    bench.producer.report()
    assert bench.counters.retried == 1
    assert bench.acked == [1]
    assert bench.writer.status == "connected"


def test_record_of_a_refused_batch_is_sent_alone_before_it_is_given_up():
    bench = Bench(max_retries=0)
    bench.message("good")
    bench.message("bad")
    bench.producer.report(OF_A_BATCH)
    bench.producer.report(OF_A_BATCH)
    bench.check_balance()
    assert bench.producer.alone == 0
    bench.writer.pump()
    assert bench.producer.alone == 2, "at once: nothing is out of order"
    bench.producer.report()
    bench.producer.report(OF_A_BATCH)
    bench.writer.pump()
    assert bench.producer.taken == []
    assert (bench.counters.success, bench.counters.failed, bench.counters.retried) == (1, 1, 2)
    assert bench.acked == [1, 2]
    bench.check_balance()


def test_retries_end_where_the_option_says():
    bench = Bench(max_retries=1, reconnect_delay=0)
    bench.message()
    for _ in range(2):
        bench.producer.report(PASSING)
        bench.writer.pump()
    assert bench.counters.failed == 1
    assert bench.acked == [1]


def test_permanent_failure_leaves_a_dead_letter_and_is_acknowledged(tmp_path: Path):
    bench = Bench(tmp_path)
    bench.message("bad")
    bench.producer.report(PERMANENT)
    assert bench.acked == [], "not before the letter is kept"
    bench.check_balance()
    bench.writer.pump()
    assert bench.acked == [1]
    assert bench.counters.dead_lettered == bench.counters.failed == 1
    assert bench.counters.lost == {"not_authorized": 1}
    letter = json.loads(bench.letters.read_text())
    assert (letter["kind"], letter["hint"], letter["attempts"]) == ("not_authorized", "grant it", 1)
    assert letter["reason"] == "not authorized"
    assert letter["message"]["topic"] == "a/b"
    assert letter["message"]["payload"] == {"text": "payload"}
    assert letter["record"]["value"] == {"text": "bad"}
    bench.check_balance()


def test_record_that_cannot_be_rendered_is_a_dead_letter(tmp_path: Path):
    bench = Bench(tmp_path, topic="t-${missing}")
    bench.message()
    bench.writer.pump()
    assert bench.acked == [1]
    assert bench.counters.dead_lettered == 1
    assert bench.counters.lost == {"template": 1}
    letter = json.loads(bench.letters.read_text())
    assert "missing" in letter["reason"]
    assert letter["kind"] == "template"


@pytest.mark.expect_warnings("the folder of the dead letters cannot be made")
def test_nothing_is_acknowledged_while_its_dead_letter_cannot_be_written(tmp_path: Path):
    (tmp_path / "file").write_text("")
    bench = Bench(tmp_path / "file")  # a folder below a file cannot exist
    bench.message()
    bench.producer.report(PERMANENT)
    bench.writer.pump()
    assert bench.acked == []
    assert bench.counters.queuing == 1
    assert "cannot be written" in bench.writer.status_reason
    (tmp_path / "file").unlink()
    bench.clock.now_s += 10
    for _ in range(2):  # one to hand it on, one to write
        bench.writer.pump()
    assert bench.acked == [1]
    assert bench.counters.failed == bench.counters.dead_lettered == 1
    bench.check_balance()


def test_record_older_than_its_age_is_dropped_as_expired():
    bench = Bench(max_batch_age="1s")
    bench.message()
    bench.producer.report(DeliveryFailed("timed out", code=EXPIRED))
    assert bench.counters.dropped_expired == 1
    assert bench.counters.lost == {"expired": 1}
    assert bench.acked == [1]
    bench.check_balance()


def test_record_that_waits_too_long_is_dropped_as_expired_without_kafka(tmp_path: Path):
    bench = Bench(tmp_path, room=0, max_batch_age="1s")
    bench.message("old")
    bench.clock.now_s += 0.9
    bench.message("young", qos=0)
    bench.clock.now_s += 0.2
    for _ in range(2):
        bench.writer.pump()
    assert bench.counters.dropped_expired == 1
    assert bench.counters.queuing == 1
    assert bench.acked == [1]
    letter = json.loads(bench.letters.read_text())
    assert "max_batch_age" in letter["reason"]
    assert letter["kind"] == "expired"
    bench.check_balance()


def test_overflow_goes_to_the_fallback_too(tmp_path: Path):
    bench = Bench(tmp_path, room=0, buffer={"per_partition_limit": 10})
    for value in ("first", "second", "third"):
        bench.message(value, qos=0)
    bench.writer.pump()
    letters = [json.loads(line) for line in bench.letters.read_text().splitlines()]
    assert [letter["record"]["value"]["text"] for letter in letters] == ["first", "second"]
    assert bench.counters.dropped_queue_full == 2
    assert bench.counters.failed == bench.counters.dead_lettered == 0
    bench.check_balance()


@pytest.mark.parametrize(
    ("protection", "mode", "queuing"),
    [(True, "memory", 2), (False, "memory", 4), (True, "hybrid", 4)],
)
def test_buffer_stops_growing_when_memory_runs_short(
    tmp_path: Path, protection: bool, mode: str, queuing: int
):
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal:       1000 kB\nMemFree: 1 kB\nMemAvailable:    200 kB\n")
    options = {"mode": mode, "memory_overload_protection": protection}
    bench = Bench(room=0, meminfo=meminfo, buffer=options, query_mode="async")
    for value in ("one", "two"):
        bench.message(value)
    meminfo.write_text("MemTotal:       1000 kB\nMemFree: 1 kB\nMemAvailable:     90 kB\n")
    bench.clock.now_s += 1
    for value in ("six", "ten"):
        bench.message(value)
    assert bench.counters.queuing == queuing
    assert bench.counters.dropped_queue_full == 4 - queuing
    bench.check_balance()


def test_buffer_grows_with_the_partitions():
    bench = Bench(room=0, buffer={"per_partition_limit": 20})
    for _ in range(3):
        bench.message("123456789", qos=0)
    assert bench.counters.dropped_queue_full == 1, "one partition as long as nobody knows"
    bench.producer.partitions = 3
    for _ in range(3):
        bench.message("123456789", qos=0)
    assert bench.counters.dropped_queue_full == 1
    assert bench.counters.queuing_bytes == 50


@pytest.mark.expect_warnings("the folder of the dead letters cannot be made")
def test_refused_dead_letters_do_not_pile_up(tmp_path: Path):
    (tmp_path / "file").write_text("")
    options = {"buffer": {"per_partition_limit": 30}, "reconnect_delay": 0}
    bench = Bench(tmp_path / "file", query_mode="async", **options)
    for _ in range(10):
        bench.message("123456789", qos=0)
        bench.writer.pump()
        bench.producer.report(PERMANENT)
        bench.writer.pump()
    assert bench.counters.queuing == 3
    assert bench.counters.failed == 7
    assert bench.counters.dead_lettered == 0
    bench.check_balance()


def test_sampled_record_tells_what_was_rendered_and_where_it_ended():
    message = {"key": "${v}", "value": '{"v": "${v}"}'}
    bench = Bench(message=message)
    for value in ("good", "bad"):
        bench.message(value, sample=7)
    bench.producer.report()
    bench.producer.report(PERMANENT)
    good, bad = bench.told
    assert (good.partition, good.offset) == (3, 42)
    assert (good.id, good.key, good.value, good.error) == (7, "good", '{"v": "good"}', "")
    assert (bad.id, bad.key, bad.value, bad.error) == (7, "bad", '{"v": "bad"}', "not authorized")
    assert (good.kind, bad.kind) == ("", "not_authorized")
    assert (good.size, bad.size) == (13, 12)
    assert min(good.render_ms, bad.render_ms) > 0


def test_empty_values_are_null_empty_or_skipped_as_the_action_says():
    for policy, expected in (("null", [None]), ("empty", [b""]), ("skip", [])):
        bench = Bench(empty_value=policy)
        bench.message("")
        assert [value for value, _ in bench.producer.taken] == expected
    assert bench.counters.dropped_other == 1
    assert bench.acked == [1]
    bench.check_balance()


@pytest.mark.parametrize("mode", ["memory", "disk", "hybrid"])
@given(
    steps=st.lists(st.sampled_from(["qos0", "qos1", "ok", "passing", "permanent", "pump", "later"]))
)
def test_counters_balance_whatever_happens(
    tmp_path_factory: pytest.TempPathFactory, mode: str, steps: list[str]
):
    bench = Bench(
        state=tmp_path_factory.mktemp("state") if mode != "memory" else None,
        room=3,
        buffer={"per_partition_limit": 300, "segment_bytes": 100, "mode": mode},
        reconnect_delay=0,
        max_batch_age="5s",
    )
    for step in steps:
        if step.startswith("qos"):
            bench.message(qos=int(step[-1]))
        elif step == "pump":
            bench.writer.pump()
        elif step == "later":
            bench.clock.now_s += 2
        elif bench.producer.taken:
            bench.producer.report({"ok": None, "passing": PASSING, "permanent": PERMANENT}[step])
        bench.check_balance()
    assert bench.acked == sorted(bench.acked)
    bench.producer.room = 1_000
    for _ in range(3):
        bench.writer.pump()
    while bench.producer.taken:
        bench.producer.report()
    assert bench.writer.is_idle
    bench.check_balance()
    counters, rule = bench.counters, bench.rule
    assert counters.matched == action_stats(counters, "connected", "").dropped + (
        counters.success + counters.failed
    )
    assert rule.actions_total == rule.actions_success + rule.actions_failed
    bench.writer.close()
