from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from core.bridge.invariants import imbalances, steps_back
from core.bridge.metrics import (
    ActionCounters,
    RuleCounters,
    Snapshot,
    SourceStats,
    action_stats,
    rule_stats,
)
from core.bridge.summary import PipelineSnapshot, Summary
from core.clock import SystemClock
from core.workspace.load import loads

REFERENCE = Path(__file__).parents[2] / "data" / "reference.sluicegate.toml"
NO_RATES = (0.0, 0.0, 0.0)


def snapshot(source: SourceStats, rule: RuleCounters, action: ActionCounters) -> Snapshot:
    return Snapshot(
        final=True,
        state="stopped",
        uptime_s=1.0,
        sources={"plant": source},
        rules={"temp_hum": rule_stats(rule, NO_RATES)},
        actions={"to_emqx": action_stats(action, "connected", "")},
        connectors={},
    )


def test_snapshot_has_the_documented_names():
    made = snapshot(SourceStats("connected", ""), RuleCounters(), ActionCounters())
    data = msgspec.json.decode(msgspec.json.encode(made))
    assert {"final", "state", "uptime_s", "sources", "rules", "actions", "connectors"} <= set(data)
    assert {
        *("matched", "passed", "failed", "failed.exception", "failed.no_result"),
        *("actions.total", "actions.success", "actions.failed", "actions.discarded"),
        *("actions.pending", "latency_ms", "latency_ms.last5s"),
    } <= set(data["rules"]["temp_hum"])
    assert {
        *("status", "status_reason", "matched", "success", "failed", "dead_lettered", "dropped"),
        *("dropped.queue_full", "dropped.expired", "retried", "recovered", "queuing"),
        *("queuing_bytes", "inflight", "latency_ms", "latency_ms.last5s", "lost"),
    } <= set(data["actions"]["to_emqx"])
    assert set(data["actions"]["to_emqx"]["latency_ms"]) == {"p50", "p95", "p99", "max"}
    assert {
        *("status", "status_reason", "received", "received_bytes", "matched", "unmatched"),
        *("retained_ignored", "duplicates", "unacked", "reconnects", "rate", "filters"),
    } <= set(data["sources"]["plant"])


def test_numbers_that_add_up_have_no_imbalance():
    made = snapshot(
        SourceStats("connected", "", received=4, matched=1, unmatched=1, retained_ignored=2),
        RuleCounters(matched=3, passed=1, exceptions=1, no_result=1, actions_total=1),
        ActionCounters(matched=3, success=1, queuing=1, inflight=1),
    )
    assert imbalances(made) == []


def test_every_broken_invariant_is_named():
    made = snapshot(
        SourceStats("connected", "", received=4),
        RuleCounters(matched=1, actions_success=1),
        ActionCounters(matched=1, dead_lettered=1),
    )
    assert [line.split(":")[0] for line in imbalances(made)] == [
        "source plant",
        "rule temp_hum",
        "rule temp_hum",
        "action to_emqx",
        "action to_emqx",
    ]


def test_every_counter_that_goes_back_is_named():
    before = snapshot(
        SourceStats("connected", "", received=4, unacked=4, matched=4),
        RuleCounters(matched=2, passed=2),
        ActionCounters(matched=2, success=1, queuing=1),
    )
    after = snapshot(
        SourceStats("connected", "", received=5, matched=5),
        RuleCounters(matched=3, passed=1, no_result=2),
        ActionCounters(matched=2, failed=2),
    )
    assert steps_back(before, after) == [
        "rule temp_hum: passed went back from 2 to 1",
        "action to_emqx: success went back from 1 to 0",
    ]


def part(**action: int) -> PipelineSnapshot:
    counters = {"to_emqx": ActionCounters(**action)}
    return PipelineSnapshot("plant", SourceStats("connected", ""), {}, counters, {}, {})


@pytest.mark.expect_warnings("the numbers are made not to add up")
def test_snapshot_tells_what_does_not_add_up(caplog: pytest.LogCaptureFixture):
    workspace = loads(REFERENCE.read_text(), REFERENCE).partial
    summary = Summary(SystemClock())

    def take(**action: int) -> list[str]:
        made = summary.snapshot(
            workspace, [part(**action)], state="running", final=False, uptime_s=1.0
        )
        return made.violations

    assert take(matched=2, success=2) == []
    assert take(matched=2, success=1) == [
        "action to_emqx: matched 2, accounted for 1",
        "action to_emqx: success went back from 2 to 1",
    ]
    assert take(matched=2, success=1) == ["action to_emqx: matched 2, accounted for 1"]
    assert caplog.text.count("accounted for 1") == 1, "told once"
    assert take(matched=3, success=3) == []


def test_rule_that_changed_its_source_is_counted_once_for_each_message():
    workspace = loads(REFERENCE.read_text(), REFERENCE).partial
    parts = [
        PipelineSnapshot(
            name,
            SourceStats("connected", ""),
            {"temp_hum": RuleCounters(matched=count, passed=count)},
            {},
            {},
            {},
        )
        for name, count in (("old", 2), ("plant", 3))
    ]
    for part, seconds in zip(parts, (0.010, 0.020), strict=True):
        part.rules["temp_hum"].latency.record(seconds)
    made = Summary(SystemClock()).snapshot(
        workspace, parts, state="running", final=False, uptime_s=1.0
    )
    assert made.rules["temp_hum"].matched == 5
    assert made.rules["temp_hum"].latency_ms.p50 == pytest.approx(10, rel=0.04)
    assert made.rules["temp_hum"].latency_ms.max == pytest.approx(20)
    assert list(made.sources) == ["old", "plant"]


def test_what_has_left_the_workspace_stays_with_what_it_counted():
    workspace = loads(REFERENCE.read_text(), REFERENCE).partial
    parts = [
        PipelineSnapshot(
            source,
            SourceStats("stopped", "", received=count, matched=count),
            {
                rule: RuleCounters(matched=count, passed=count),
                "idle": RuleCounters(),
            },
            {action: ActionCounters(matched=count, success=count), "unused": ActionCounters()},
            {},
            {},
        )
        for source, rule, action, count in (
            ("hall", "warm", "to_hall", 2),
            ("plant", "temp_hum", "to_emqx", 3),
        )
    ]
    made = Summary(SystemClock()).snapshot(
        workspace, parts, state="running", final=False, uptime_s=1.0
    )
    assert {name: each.received for name, each in made.sources.items()} == {"hall": 2, "plant": 3}
    assert {name: each.matched for name, each in made.rules.items()} == {"temp_hum": 3, "warm": 2}
    assert {name: each.success for name, each in made.actions.items() if each.success} == {
        "to_emqx": 3,
        "to_hall": 2,
    }
    assert not {"idle"} & made.rules.keys() | {"unused"} & made.actions.keys()


def test_a_part_that_is_counted_no_more_is_named():
    made = snapshot(
        SourceStats("connected", "", received=5, matched=5),
        RuleCounters(matched=5, no_result=5),
        ActionCounters(),
    )
    assert steps_back(made, msgspec.structs.replace(made, rules={}, actions={})) == [
        "rule temp_hum: matched went back from 5 to 0",
        "rule temp_hum: failed went back from 5 to 0",
        "rule temp_hum: failed_no_result went back from 5 to 0",
    ]


def test_losses_of_several_pipelines_are_summed_by_kind():
    first, second = ActionCounters(), ActionCounters()
    first.lose("too_large")
    for kind in ("too_large", "expired"):
        second.lose(kind)
    first.add(second)
    assert action_stats(first, "connected", "").lost == {"too_large": 2, "expired": 1}
    assert second.lost == {"too_large": 1, "expired": 1}, "as it was"
