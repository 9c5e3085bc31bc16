"""Rows that are kept as bytes come back as they were."""

from __future__ import annotations

import pytest

from core.bridge.events import MessageSample, MqttProperties, RecordSettled, RuleOutcome
from core.kafka.records import Base64, TailRecord
from gui.viewmodels import feed_rows, tail_row

PROPERTIES = MqttProperties(user=[("site", "röof")], correlation_data=b"\xff", payload_format=1)


@pytest.mark.parametrize("length", [10, 100_000])
def test_a_message_and_the_ends_of_its_records_come_back_as_they_were(length: int):
    outcome = RuleOutcome("all", "passed", outputs=['{"t": 41.2}'])
    sample = MessageSample(
        7, 1, "plant", "a/b", "dev-1", "é" * length, 2 * length, 1, [outcome], True, PROPERTIES
    )
    ends = [
        RecordSettled(7, "out", "emqx", 2, 118, 3.25, key=None, value="{}"),
        RecordSettled(7, "log", "emqx", error="too large"),
    ]
    row = feed_rows.row_of(sample, {"all": ("out", "log")})
    row.settle(ends[:1])
    row.settle(ends[1:])

    assert (row.sample, row.records) == (sample, ends)
    assert row.weight > 2 * length
    assert row.has_made("emqx", 2, 118)
    assert not row.has_made("emqx", 2, 119)
    assert not row.has_made("emqx", -1, -1)


@pytest.mark.parametrize("value", [None, "", "é", Base64("AAE="), "x" * 100_000])
def test_a_record_comes_back_as_it_was(value: str | Base64 | None):
    headers: list[tuple[str, str | Base64 | None]] = [
        ("a", "b"),
        ("a", None),
        ("c", Base64("/w==")),
    ]
    record = TailRecord("emqx", 2, 2**40, 1_767_225_600_250, "dev-1", headers, value)

    assert tail_row.row_of(record).record == record
    assert tail_row.row_of(record).weight > len(value if isinstance(value, str) else "")
