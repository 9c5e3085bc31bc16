"""The trace of the monitor: the last messages, with reasons."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from gui.viewmodels.topic_limits import TopicLimits
from gui.viewmodels.trace import COLUMNS, MOST, Explanation

from .conftest import Watched, shown


def test_the_trace_keeps_the_last_messages_the_newest_first(watched: Watched, qtbot: QtBot):
    trace = watched.model.trace
    for number in range(MOST + 5):
        watched.sample(number)

    qtbot.waitUntil(lambda: trace.rowCount() == MOST)
    assert shown(trace)[:2] == [f"bench/{MOST + 4}", f"bench/{MOST + 3}"]
    result = COLUMNS.index("result")
    assert trace.index(0, result).data() == "all on its way"
    watched.settle(MOST + 4)
    qtbot.waitUntil(lambda: trace.index(0, result).data() == f"a p0 #{MOST + 4}")
    times = [trace.index(0, COLUMNS.index(name)).data() for name in ("sql", "render", "kafka")]
    assert times == ["0.05", "0.02", "3.2"]


def test_a_trace_that_is_held_stands_still_and_counts(watched: Watched, qtbot: QtBot):
    trace = watched.model.trace
    watched.sample(1)
    qtbot.waitUntil(lambda: trace.rowCount() == 1)
    trace.hold(True)
    with qtbot.waitSignal(trace.countsChanged):
        watched.sample(2)

    assert (shown(trace), trace.new_above) == (["bench/1"], 1)
    trace.hold(False)
    assert (shown(trace), trace.new_above) == (["bench/2", "bench/1"], 0)


@pytest.mark.parametrize(
    ("payload", "size", "value", "way"),
    [
        ('{"temp":41.2,"img":"AAAA', 1_300_000, '{"temp":41.2,"img":"AA', "payload.img"),
        ('{"img":"AAAAAAAAAAAA"}', 22, '{"img":"AAAAAAAAAAAA"}', "payload.img"),
        ('{"temp":41.2,"img":"AAAA', 1_300_000, '{"temp":41.2}', ""),
        ('{"first":"AAAAAAAAAAAAAAAA","img":[1', 40, '{"img":[1', ""),
        ("AAAA", 1_300_000, "AAAA", ""),
    ],
)
def test_the_field_that_makes_a_record_too_large_is_named(
    watched: Watched, qtbot: QtBot, payload: str, size: int, value: str, way: str
):
    trace = watched.model.trace
    watched.sample(1, payload=payload, size=size)
    watched.settle(1, "The record is too large for a.", value)
    qtbot.waitUntil(lambda: trace.rowCount() == 1)
    trace.explain(0)
    row = trace.row_at(1)
    assert isinstance(row, Explanation)
    named = f"Leave `{way}` out in SELECT, or raise the limit there and in the action."
    assert row.text.endswith(named if way else "Raise max.message.bytes.")


def test_failures_are_explained_below_their_row(
    watched: Watched, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    trace = watched.model.trace
    watched.sample(1, "failed", "float: not a number")
    watched.sample(2)
    watched.settle(2, "The record is too large for a.")
    qtbot.waitUntil(lambda: trace.rowCount() == 2)
    trace.hold(True)

    trace.explain(0)
    row = trace.row_at(1)
    assert row == Explanation(
        "The record has 1.2 MB; the topic a takes less (its `max.message.bytes`). "
        "Raise max.message.bytes.",
        "rule:all",
        (("Rule output", '{"t": 1}'), ("Request", 'topic a, key c\n{"t": 1}')),
    )
    assert trace.index(0, COLUMNS.index("result")).data() == "Record too large"
    monkeypatch.setattr(TopicLimits, "of", lambda _limits, *_place: 1_000_000)
    with qtbot.waitSignal(trace.explained):
        trace._live.limits.changed.emit()
    row = trace.row_at(1)
    assert isinstance(row, Explanation)
    assert row.text.startswith("The record has 1.2 MB; the topic a takes 1 MB at most")
    trace.explain(2)
    assert trace.row_at(2) == Explanation(
        "float: not a number", "rule:all", (("Message", '{"temp": 1}'),)
    )
    assert trace.rowCount() == 3
    trace.explain(-1)
    assert trace.rowCount() == 2


def test_the_trace_is_filtered(watched: Watched, qtbot: QtBot):
    trace = watched.model.trace
    watched.sample(1, "failed")
    watched.sample(2)
    qtbot.waitUntil(lambda: trace.rowCount() == 2)

    trace.set_filter("outcome:failed")
    assert shown(trace) == ["bench/1"]
    trace.set_filter("payload.temp >")
    assert trace.problem
    assert shown(trace) == ["bench/1"], "a bad filter leaves the last as it is"
    trace.set_filter("")
    trace.set_rule("another")
    assert shown(trace) == []
