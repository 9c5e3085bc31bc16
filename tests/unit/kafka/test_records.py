from __future__ import annotations

import msgspec
import pytest

from core.errors import ConfigError
from core.kafka.metadata import nearest
from core.kafka.records import Backlog, Base64, TailRecord, text_of
from core.kafka.tail import Start


def record(partition: int, offset: int, timestamp: int) -> TailRecord:
    return TailRecord("t", partition, offset, timestamp, None, [], "v")


def test_bytes_that_are_no_text_are_base64():
    assert text_of(b"\xff\x00") == Base64("/wA=")
    assert text_of("h\u00e9".encode()) == "h\u00e9"
    assert text_of(None) is None
    assert text_of(b"") == ""


def test_record_prints_as_documented():
    shown = TailRecord("t", 0, 7, 1_700, text_of(b"\xff"), [("h", None), ("h", "x")], None)
    assert msgspec.json.decode(msgspec.json.encode(shown)) == {
        "topic": "t",
        "partition": 0,
        "offset": 7,
        "timestamp": 1_700,
        "key": {"base64": "/w=="},
        "headers": [["h", None], ["h", "x"]],
        "value": None,
    }


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("beginning", Start("beginning")),
        ("end", Start("end")),
        ("-5", Start("last", 5)),
        ("1700000000000", Start("time", 1_700_000_000_000)),
        ("2023-11-14T22:13:20Z", Start("time", 1_700_000_000_000)),
        ("2023-11-14T22:13:20", Start("time", 1_700_000_000_000)),
        ("2023-11-14T23:13:20+01:00", Start("time", 1_700_000_000_000)),
    ],
)
def test_start_is_read(text: str, start: Start):
    assert Start.parse(text) == start


@pytest.mark.parametrize("text", ["", "-0", "-x", "yesterday", "+5"])
def test_start_that_means_nothing_is_refused(text: str):
    with pytest.raises(ConfigError, match="--from"):
        Start.parse(text)


def test_last_records_count_over_all_partitions():
    backlog = Backlog(3, {0: 2, 1: 2})
    assert backlog.take(record(0, 0, 10)) == []
    assert backlog.take(record(0, 1, 40)) == []
    assert backlog.take(record(1, 0, 20)) == []
    passed = backlog.take(record(1, 1, 30))
    assert [each.timestamp for each in passed] == [20, 30, 40]
    assert backlog.take(record(0, 2, 50)) == [record(0, 2, 50)]


def test_last_records_do_not_wait_for_a_gap_at_the_end():
    backlog = Backlog(5, {0: 3})
    backlog.take(record(0, 0, 10))
    assert backlog.reached_end(0) == [record(0, 0, 10)]
    assert backlog.reached_end(0) == []


def test_nearest_names():
    assert nearest("temp_hun", ["temp_hum", "other"]) == "Nearest names: temp_hum."
    assert nearest("x", ["temp_hum"]) == ""
