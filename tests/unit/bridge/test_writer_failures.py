"""Records that fail: tried again, dropped, left as dead letters."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.errors import DeliveryFailed
from core.kafka.producer import EXPIRED
from tests.unit.bridge.writing import OF_A_BATCH, PASSING, PERMANENT, Bench


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
    assert (bench.writer.status, bench.writer.status_reason) == ("degraded", "not authorized")
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
