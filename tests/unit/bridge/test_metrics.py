from __future__ import annotations

import msgspec

from core.bridge.metrics import (
    ActionCounters,
    RuleCounters,
    Snapshot,
    SourceStats,
    action_stats,
    imbalances,
    rule_stats,
)

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
        "actions.pending",
    } <= set(data["rules"]["temp_hum"])
    assert {
        *("status", "status_reason", "matched", "success", "failed", "dead_lettered", "dropped"),
        *("dropped.queue_full", "dropped.expired", "retried", "recovered", "queuing"),
        *("queuing_bytes", "inflight", "latency_ms"),
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
