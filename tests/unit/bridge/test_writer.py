"""Records on their way: acknowledged, queued, counted."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.bridge.metrics import action_stats
from core.bridge.pipeline import Pipeline
from core.bridge.silence import LIMIT_S
from core.bridge.writers import Writers
from tests.helpers.subscriber import environment_at
from tests.unit.bridge.writing import PASSING, PERMANENT, Bench


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


def test_a_connector_is_degraded_where_one_of_its_writers_hears_nothing(tmp_path: Path):
    bench = Bench()
    made = Writers("plant", environment_at(tmp_path), bench.clock, {}, {}, lambda _event: None)
    cloud: Any = SimpleNamespace(connector=SimpleNamespace(name="cloud"))
    made._writers["to_cloud"] = (cloud, bench.writer)
    made._outlets = SimpleNamespace(statuses=lambda: {"cloud": ("connected", "")})  # type: ignore[assignment]
    assert made.connector_statuses() == {"cloud": ("connected", "")}
    bench.message()
    bench.writer.pump()
    bench.clock.now_s += LIMIT_S + 0.1
    bench.writer.pump()

    assert made.connector_statuses() == {"cloud": ("degraded", bench.writer.silence)}


@pytest.mark.parametrize(
    ("unacked", "status", "reason"),
    [
        (0, "connected", ""),
        (7, "connected", "Waiting for cloud: 7 unacknowledged."),
        (10, "degraded", "Waiting for cloud: 10 unacknowledged; nothing more is read until then."),
    ],
)
def test_a_source_is_degraded_while_what_it_waits_for_fills_its_window(
    unacked: int, status: str, reason: str
):
    away = {"cloud": ("disconnected", "gone"), "other": ("connected", "")}
    pipeline: Any = SimpleNamespace(
        failure="",
        _source=SimpleNamespace(unacked=unacked, status="connected", status_reason=""),
        _writers=SimpleNamespace(connector_statuses=lambda: away),
        _plan=SimpleNamespace(connector=SimpleNamespace(receive_maximum=10)),
    )

    assert Pipeline._source_status(pipeline) == (status, reason)


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
