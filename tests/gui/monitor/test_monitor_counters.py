"""The counters of the monitor: sums that add up, and the messages behind them."""

from __future__ import annotations

import msgspec
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from core.bridge.metrics import SourceStats
from gui.viewmodels.counter_model import TOTAL, CounterRole
from gui.viewmodels.counters import blocks_of, verdict_of
from gui.viewmodels.feed_rows import FeedRow
from gui.viewmodels.row_filter import parse_filter

from .conftest import Watched, failing


def test_every_sum_is_the_sum_of_its_counters(watched: Watched):
    watched.told.state("running")
    watched.told.snapshot(1.0, 30, **failing(30))

    blocks = blocks_of(watched.told.live)

    assert [(block.name, block.total, block.difference) for block in blocks] == [
        ("Received from MQTT", 60, 0),
        ("Matched by rules", 62, 0),
        ("Actions called", 30, 0),
        ("to_kafka", 30, 0),
    ]
    assert [(c.name, c.total) for c in blocks[3].counters] == [
        ("success", 19),
        ("failed", 10),
        ("inflight", 1),
    ]
    assert [block.key for block in blocks_of(watched.told.live, "all")] == [
        "matched",
        "actions",
        "action:to_kafka",
    ]
    assert (
        verdict_of(watched.told.live, blocks_of(watched.told.live)).text
        == "60 received, 60 accounted for"
    )


@pytest.mark.parametrize(
    ("lost", "name"),
    [
        ({"too_large": 10}, "failed, too large"),
        ({"too_large": 10, "expired": 2}, "failed, too large"),
        ({"too_large": 4, "template": 6}, "failed"),
    ],
)
def test_failures_with_one_reason_are_counted_under_it(
    watched: Watched, lost: dict[str, int], name: str
):
    actions = failing(30)["actions"]
    actions["to_kafka"] = msgspec.structs.replace(actions["to_kafka"], lost=lost)
    watched.told.snapshot(1.0, 30, actions=actions)

    counters = blocks_of(watched.told.live)[3].counters

    assert [counter.name for counter in counters] == ["success", name, "inflight"]


def test_filters_that_overlap_are_not_added_up(watched: Watched):
    watched.told.state("running")
    snapshot = watched.told.snapshot(1.0, 30)
    source = snapshot.sources["plant"]
    more = msgspec.structs.replace(
        source, filters={**source.filters, "#": source.filters["bench/#"]}
    )
    watched.told.snapshot(2.0, 30, sources={"plant": more})

    [received, *_] = blocks_of(watched.told.live)
    assert [counter.name for counter in received.counters] == ["matched by a rule"]
    assert received.difference == 0


def test_a_wrong_sum_is_said_and_not_hidden(watched: Watched):
    watched.told.state("running")
    source = SourceStats("connected", "", received=7, matched=5)
    watched.told.snapshot(1.0, sources={"plant": source})

    verdict = watched.model.counters.verdict
    assert verdict.status == "degraded"
    assert "received 7, accounted for 5" in verdict.text


def test_the_tree_writes_numbers_and_marks_failures(watched: Watched):
    model = watched.model.counters
    resets: list[bool] = []
    watched.told.state("running")
    watched.told.snapshot(1.0, 3, **failing(3))
    model.modelReset.connect(lambda: resets.append(True))
    watched.told.snapshot(2.0, 33, **failing(33))

    head = model.index(1, 0)
    failed = model.index(2, 0, head)
    assert head.data(CounterRole.IS_HEAD)
    assert not model.index(0, 0, head).data(CounterRole.HAS_PLUS)
    assert failed.data(CounterRole.HAS_PLUS)
    assert failed.data(CounterRole.SHOWS) == "outcome:failed"
    assert failed.siblingAtColumn(TOTAL).data() == "2"
    assert failed.data(Qt.ItemDataRole.AccessibleTextRole).startswith("failed, 2, 0.0/s")
    assert resets == [], "numbers alone are written"


def test_a_pause_stands_still_and_then_goes_on(watched: Watched):
    model = watched.model
    watched.told.state("running")
    watched.told.snapshot(1.0, 10)
    model.set_paused(True)
    before = model.rates
    watched.told.snapshot(2.0, 20)

    assert model.rates == before
    assert model.counters.index(0, TOTAL).data() == "20"
    model.set_paused(False)
    assert len(model.rates) == len(before) + 1
    assert model.counters.index(0, TOTAL).data() == "40"


def test_a_reset_counts_anew_keeps_the_old_sums_and_adds_up(watched: Watched):
    told, model = watched.told, watched.model
    told.state("running")
    told.snapshot(1.0, 30, **failing(30))
    model.start_over()

    def totals() -> dict[str, list[int | None]]:
        blocks = blocks_of(told.live, "", model.counters._reset)
        assert [block.difference for block in blocks] == [0] * len(blocks)
        return {block.key: [block.total, *(c.total for c in block.counters)] for block in blocks}

    at_once = totals()
    assert at_once["received"] == [0, 0]
    assert at_once["action:to_kafka"] == [1, 0, 1], "what is on its way counts as new"
    assert at_once["before"] == [None, 60, 62, 29, 29]

    told.snapshot(2.0, 60, **failing(60))
    later = totals()
    assert later["received"] == [60, 60]
    assert later["matched"] == [60, 30, 30, 0]
    assert later["action:to_kafka"] == [31, 20, 10, 1]
    assert later["before"] == at_once["before"]
    assert model.counters.headerData(TOTAL, Qt.Orientation.Horizontal).startswith("Since ")
    assert model.counters.verdict.text == "60 received, 60 accounted for"
    assert [text for _, text in model.marks] == ["started", "reset"]


def test_a_start_of_the_bridge_ends_the_reset(watched: Watched):
    told, model = watched.told, watched.model
    told.state("running")
    told.snapshot(1.0, 30)
    model.start_over()
    told.state("starting")
    told.state("running")
    told.snapshot(1.0, 5)

    assert model.counters.headerData(TOTAL, Qt.Orientation.Horizontal) == "Since start"
    assert model.counters.index(0, TOTAL).data() == "10"


def test_every_counter_of_messages_leads_to_them(watched: Watched, qtbot: QtBot):
    watched.told.state("running")
    watched.told.snapshot(1.0, 30, **failing(30))
    watched.sample(1)
    watched.settle(1)
    watched.sample(2, "no_result")
    watched.sample(3)
    watched.settle(3, "The record is too large for a.")
    watched.sample(4, "failed", "no number")
    qtbot.waitUntil(lambda: watched.model.trace.rowCount() == 4)
    rows = [watched.model.trace.row_at(place) for place in range(4)]

    def behind(key: str) -> list[int]:
        found = next(
            counter
            for block in blocks_of(watched.told.live)
            for counter in block.counters
            if counter.key == key
        )
        wanted = parse_filter(found.shows)
        assert not wanted.problem
        return sorted(r.sample.id for r in rows if isinstance(r, FeedRow) and wanted.matches(r))

    assert behind("filter:plant/bench/#") == [1, 2, 3, 4]
    assert behind("rule:no_result") == [2]
    assert behind("rule:failed") == [3, 4]
    assert behind("action:to_kafka:success") == [1]
    assert behind("action:to_kafka:failed") == [3]
