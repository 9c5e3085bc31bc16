"""The buffer on disk under its writer: what survives, what is said, what it costs to be damaged."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

import core.bridge.segments
from core.bridge.record import Record, encode_record
from core.bridge.segments import SegmentLog
from core.errors import StoreError
from core.mqtt.message import InboundMessage
from tests.unit.bridge.writing import PASSING, Bench, ManualClock

DISK = {"mode": "disk", "segment_bytes": 400}
HYBRID = {"mode": "hybrid", "segment_bytes": 400}


def killed(bench: Bench, state: Path, to: Path) -> Path:
    """Give the state folder as it is when the engine is killed now."""
    shutil.copytree(state, to)
    bench.writer.close()
    return to


def segments(state: Path) -> list[Path]:
    return sorted(state.rglob("*.seg"))


def deliver_all(bench: Bench) -> list[bytes | None]:
    """Let Kafka take everything; returns the values in their order."""
    values: list[bytes | None] = []
    bench.producer.room = 1_000
    for _ in range(100):
        bench.writer.pump()
        while bench.producer.taken:
            values.append(bench.producer.taken[0][0])
            bench.producer.report()
        bench.check_balance()
        if bench.writer.is_idle:
            return values
    raise AssertionError(f"{bench.counters} {bench.writer.status_reason}")


def full(state: Path, count: int, room: int = 0, **options: Any) -> Bench:
    """Make a writer whose disk holds numbered records while Kafka is away."""
    bench = Bench(state=state, room=room, buffer=DISK, query_mode="async", **options)
    for number in range(count):
        bench.message(f"value {number}", qos=number % 2)
        if number % 7 == 0:
            bench.writer.pump()
    bench.writer.pump()
    return bench


def values(*numbers: int) -> list[bytes]:
    return [b"value %d" % number for number in numbers]


def test_record_is_on_disk_before_it_is_sent(tmp_path: Path):
    bench = Bench(state=tmp_path, buffer=DISK)
    bench.message("x", qos=0)
    assert bench.producer.taken == []
    bench.writer.pump()
    assert len(bench.producer.taken) == 1
    assert b"payload" in segments(tmp_path)[0].read_bytes()
    bench.writer.close()


def test_records_survive_a_kill_with_all_their_parts(tmp_path: Path):
    message = {"key": "k-${v}", "value": "${v}", "timestamp": "1700000000000"}
    options = {
        "message": message,
        "kafka_ext_headers": [{"kafka_ext_header_key": "h", "kafka_ext_header_value": "w"}],
    }
    bench = full(tmp_path / "a", 20, **options)
    assert bench.counters.queuing == 20
    state = killed(bench, tmp_path / "a", tmp_path / "b")
    again = full(state, 0, **options)
    assert again.counters.recovered == again.counters.matched == again.counters.queuing == 20
    assert again.counters.queuing_bytes == bench.counters.queuing_bytes
    sent: list[tuple[Any, ...]] = []
    produce = again.producer.produce
    again.producer.produce = lambda *args: (sent.append(args), produce(*args))  # type: ignore[method-assign]
    assert deliver_all(again) == values(*range(20))
    topic, value, key, _, timestamp_ms, headers, partition = sent[3]
    assert (topic, value, key) == ("t", b"value 3", b"k-value 3")
    assert (timestamp_ms, headers, partition) == (1_700_000_000_000, [("h", b"w")], -1)
    assert again.rule.actions_total == 0, "the rules of this run have not made them"
    again.writer.close()
    assert segments(state) == []


def test_only_what_has_no_outcome_comes_again(tmp_path: Path):
    bench = full(tmp_path / "a", 10, room=10)
    for _ in range(6):
        bench.producer.report()
    bench.producer.report(PASSING)
    bench.writer.pump()
    state = killed(bench, tmp_path / "a", tmp_path / "b")
    again = full(state, 0)
    assert deliver_all(again) == values(6, 7, 8, 9)
    again.writer.close()


def test_backlog_larger_than_memory_keeps_its_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("core.bridge.buffers._LOADED_MOST", 5)
    bench = full(tmp_path, 60)
    bench.message("value 60", qos=0)
    assert deliver_all(bench) == values(*range(61))
    assert bench.rule.actions_success == 61
    bench.writer.close()


def test_at_least_once_messages_stay_with_their_broker(tmp_path: Path):
    bench = Bench(state=tmp_path, room=0, buffer=DISK)
    bench.message("kept", qos=1)
    bench.message("stored", qos=0)
    bench.writer.pump()
    content = b"".join(path.read_bytes() for path in segments(tmp_path))
    assert b"stored" in content
    assert b"kept" not in content
    assert sorted(map(str, deliver_all(bench))) == ["b'kept'", "b'stored'"]
    bench.writer.close()


def test_overflow_on_disk_drops_the_oldest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("core.bridge.buffers._LOADED_MOST", 3)
    options = {**DISK, "per_partition_limit": 500}
    bench = Bench(state=tmp_path, room=0, buffer=options, query_mode="async")
    for number in range(50):
        bench.message(f"value {number}", qos=0)
        bench.writer.pump()
        assert bench.counters.queuing_bytes <= 500
    left = bench.counters.queuing
    assert bench.counters.dropped_queue_full == 50 - left > 0
    assert deliver_all(bench) == values(*range(50 - left, 50))
    bench.writer.close()


@pytest.mark.expect_warnings("the damage is told")
def test_damage_costs_only_what_it_hit_and_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    bench = full(tmp_path / "a", 30)
    state = killed(bench, tmp_path / "a", tmp_path / "b")
    victim = segments(state)[1]
    data = bytearray(victim.read_bytes())
    data[30] ^= 0xFF
    victim.write_bytes(data)
    again = full(state, 0)
    assert again.counters.recovered == 30
    delivered = deliver_all(again)
    assert len(delivered) == 29
    assert set(delivered) < set(values(*range(30)))
    assert again.counters.dropped_other == 1
    assert str(victim) in caplog.text
    again.writer.close()


@pytest.mark.expect_warnings("the damage is told")
def test_content_that_is_no_record_is_told(tmp_path: Path):
    log = SegmentLog(tmp_path / "buffer" / "to" / "plant", 400)
    log.append([b"not a record"])
    log.close()
    again = full(tmp_path, 0)
    assert deliver_all(again) == []
    assert again.counters.matched == again.counters.dropped_other == 1
    again.writer.close()


@pytest.mark.expect_warnings("the disk is full")
def test_full_disk_is_said_and_survived(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    bench = full(tmp_path, 5)

    def fail(self: SegmentLog, contents: object) -> int:
        raise StoreError("The buffer cannot be written: No space left on device.")

    with monkeypatch.context() as patch:
        patch.setattr(core.bridge.segments.SegmentLog, "append", fail)
        for number in range(5, 10):
            bench.message(f"value {number}", qos=0)
        bench.writer.pump()
        assert bench.writer.status == "degraded"
        assert "No space left" in bench.writer.status_reason
        assert bench.counters.queuing == 10
        bench.check_balance()
    bench.clock.now_s += 2
    bench.writer.pump()
    assert bench.writer.status == "connected"
    assert deliver_all(bench) == values(*range(10))
    bench.writer.close()


@pytest.mark.expect_warnings("the disk is full")
def test_records_are_sent_while_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    bench = full(tmp_path, 3)

    def fail(self: SegmentLog, contents: object) -> int:
        raise StoreError("The buffer cannot be written: No space left on device.")

    monkeypatch.setattr(core.bridge.segments.SegmentLog, "append", fail)
    for number in range(3, 6):
        bench.message(f"value {number}", qos=0)
    assert deliver_all(bench) == values(*range(6))
    monkeypatch.undo()
    bench.writer.close()


@pytest.mark.expect_warnings("the folder cannot be used")
def test_records_behind_a_folder_that_comes_back_are_found(tmp_path: Path):
    state = killed(full(tmp_path / "a", 5), tmp_path / "a", tmp_path / "b")
    folder = state / "buffer" / "to"
    folder.rename(tmp_path / "away")
    folder.write_text("")  # where a folder should be
    bench = full(state, 2)
    assert bench.counters.matched == 2
    assert str(folder) in bench.writer.status_reason
    folder.unlink()
    (tmp_path / "away").rename(folder)
    bench.clock.now_s += 6
    bench.writer.pump()
    assert bench.counters.recovered == 5
    assert sorted(deliver_all(bench)) == sorted([*values(*range(5)), *values(0, 1)])
    bench.writer.close()


@pytest.mark.expect_warnings("the other engine")
def test_second_engine_leaves_the_files_alone(tmp_path: Path):
    first = full(tmp_path, 5)
    second = full(tmp_path, 3)
    assert "another engine" in second.writer.status_reason
    assert deliver_all(second) == values(0, 1, 2)
    second.writer.close()
    assert deliver_all(first) == values(*range(5))
    first.writer.close()


def test_records_of_a_source_with_another_name_are_taken_over(tmp_path: Path):
    state = killed(full(tmp_path / "a", 5), tmp_path / "a", tmp_path / "b")
    (state / "buffer" / "to" / "plant").rename(state / "buffer" / "to" / "old")
    bench = full(state, 0)
    assert bench.counters.recovered == 5
    assert deliver_all(bench) == values(*range(5))
    assert segments(state / "buffer" / "to" / "old") == []
    bench.writer.close()


def test_records_keep_their_age_over_a_restart(tmp_path: Path):
    bench = full(tmp_path / "a", 5)
    state = killed(bench, tmp_path / "a", tmp_path / "b")
    later = ManualClock()
    later.now_s = bench.clock.now_s + 10
    again = full(state, 0, clock=later, max_batch_age="5s")
    again.writer.pump()
    assert again.counters.dropped_expired == 5
    assert again.writer.is_idle
    again.writer.close()


def test_hybrid_uses_memory_first(tmp_path: Path):
    bench = Bench(state=tmp_path, room=0, buffer=HYBRID, query_mode="async")
    for number in range(10):
        bench.message(f"value {number}", qos=0)
    bench.writer.pump()
    assert segments(tmp_path) == []
    for number in range(10, 100):
        bench.message(f"value {number}", qos=0)
    bench.writer.pump()
    assert segments(tmp_path)
    assert bench.counters.queuing == 100
    assert deliver_all(bench) == values(*range(100))
    bench.writer.close()
    assert segments(tmp_path) == []


def test_hybrid_forgets_what_an_earlier_run_left(tmp_path: Path):
    bench = Bench(state=tmp_path / "a", room=0, buffer=HYBRID, query_mode="async")
    for number in range(100):
        bench.message(f"old {number}", qos=0)
    bench.writer.pump()
    state = killed(bench, tmp_path / "a", tmp_path / "b")
    again = Bench(state=state, room=0, buffer=HYBRID, query_mode="async")
    for number in range(100):
        again.message(f"value {number}", qos=0)
    assert again.counters.recovered == 0
    assert deliver_all(again) == values(*range(100))
    again.writer.close()


def test_two_sources_share_an_action_and_take_each_others_leftovers(tmp_path: Path):
    """Each has its own folder; what one left behind goes with whoever starts first."""
    state = tmp_path / "state"
    first = full(state, 3)
    folder = state / "buffer" / "to"
    second = SegmentLog(folder / "other", 400)
    assert deliver_all(first) == values(0, 1, 2), "the other's folder is locked"
    content = encode_record(Record(first.writer, InboundMessage("a", b"p"), first.rule, value=b"x"))
    second.append([content])
    second.close()
    first.writer.close()
    again = full(state, 0)
    assert again.counters.recovered == 1
    assert deliver_all(again) == [b"x"]
    again.writer.close()
