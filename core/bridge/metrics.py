"""Counters of the engine, and the snapshots made of them.

The counters are plain integers that one pipeline thread owns. A snapshot is an immutable value
with the names that the command line documents; snapshots of several pipelines are merged.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

import msgspec

from core.bridge.histogram import Histogram
from core.status import Status

EngineState: TypeAlias = Literal["starting", "running", "draining", "stopped"]


@dataclass(slots=True)
class RuleCounters:
    """What happened to the messages of one rule.

    `matched = passed + exceptions + no_result`;
    `actions_total = success + failed + discarded + pending`. `id` is the rule's.
    """

    id: str = ""
    matched: int = 0
    passed: int = 0
    exceptions: int = 0
    no_result: int = 0
    actions_total: int = 0
    actions_success: int = 0
    actions_failed: int = 0
    actions_discarded: int = 0
    latency: Histogram = field(default_factory=Histogram)

    def start_over(self) -> None:
        """Settle what an earlier run of this process has left pending."""
        settled = self.actions_success + self.actions_failed + self.actions_discarded
        self.actions_discarded += self.actions_total - settled

    def add(self, other: RuleCounters) -> None:
        """Add what another pipeline counted for the same rule."""
        for name in self.__slots__:
            if name not in ("id", "latency"):
                setattr(self, name, getattr(self, name) + getattr(other, name))
        self.latency.add(other.latency)


@dataclass(slots=True)
class ActionCounters:
    """What happened to the records of one action.

    `matched = success + failed + dropped + queuing + inflight`, where `dropped` is the sum of its
    three reasons and `dead_lettered` is part of `failed`. `lost` counts what was failed or dropped
    by the kind of its error, as in `Record.kind`.
    """

    matched: int = 0
    success: int = 0
    failed: int = 0
    dead_lettered: int = 0
    dropped_queue_full: int = 0
    dropped_expired: int = 0
    dropped_other: int = 0
    retried: int = 0
    recovered: int = 0
    queuing: int = 0
    queuing_bytes: int = 0
    inflight: int = 0
    lost: dict[str, int] = field(default_factory=dict[str, int])
    latency: Histogram = field(default_factory=Histogram)

    def lose(self, kind: str, count: int = 1) -> None:
        """Count records that were not delivered under what kept them from it."""
        self.lost[kind] = self.lost.get(kind, 0) + count

    def start_over(self) -> int:
        """Settle what an earlier run of this process has left behind; returns how many."""
        left = self.queuing + self.inflight
        self.dropped_other += left
        self.queuing = self.queuing_bytes = self.inflight = 0
        return left

    def add(self, other: ActionCounters) -> None:
        """Add what another pipeline counted for the same action."""
        for name in self.__slots__:
            if name not in ("lost", "latency"):
                setattr(self, name, getattr(self, name) + getattr(other, name))
        for kind, count in other.lost.items():
            self.lose(kind, count)
        self.latency.add(other.latency)


class Latency(msgspec.Struct, frozen=True):
    """Percentiles in milliseconds, MQTT receive to Kafka delivery report (republish: PUBACK)."""

    p50: float = 0.0
    p95: float = 0.0
    p99: float = 0.0
    max: float = 0.0

    @classmethod
    def of(cls, histogram: Histogram) -> Latency:
        """Read the percentiles of a histogram."""
        return cls(
            p50=histogram.percentile_ms(50),
            p95=histogram.percentile_ms(95),
            p99=histogram.percentile_ms(99),
            max=histogram.max_us / 1_000,
        )


NO_LATENCY: Final = Latency()
"""Where nothing was delivered."""


class FilterStats(msgspec.Struct, frozen=True):
    """One topic filter of a source; `granted_qos` is None until the broker answered."""

    granted_qos: int | None
    received: int


class SourceStats(msgspec.Struct, frozen=True):
    """One MQTT source: `received = matched + unmatched + retained_ignored + duplicates`.

    `rate` is matched messages a second over the last ten seconds. `redelivered` counts messages
    with the DUP flag, `late_acks` acknowledgements whose connection had ended.
    """

    status: Status
    status_reason: str
    received: int = 0
    received_bytes: int = 0
    matched: int = 0
    unmatched: int = 0
    retained_ignored: int = 0
    duplicates: int = 0
    redelivered: int = 0
    unacked: int = 0
    late_acks: int = 0
    reconnects: int = 0
    rate: float = 0.0
    filters: dict[str, FilterStats] = {}


class RuleStats(
    msgspec.Struct,
    frozen=True,
    rename={
        "failed_exception": "failed.exception",
        "failed_no_result": "failed.no_result",
        "actions_total": "actions.total",
        "actions_success": "actions.success",
        "actions_failed": "actions.failed",
        "actions_discarded": "actions.discarded",
        "actions_pending": "actions.pending",
        "matched_rate": "matched.rate",
        "matched_rate_max": "matched.rate.max",
        "matched_rate_last5m": "matched.rate.last5m",
        "latency_last5s": "latency_ms.last5s",
    },
):
    """One rule: `matched = passed + failed`, `actions.total` is the sum of its four parts.

    `latency_ms` is over the successes of all its actions since the start, `latency_ms.last5s` over
    those of the last seconds; zeros where there was none.
    """

    matched: int = 0
    passed: int = 0
    failed: int = 0
    failed_exception: int = 0
    failed_no_result: int = 0
    actions_total: int = 0
    actions_success: int = 0
    actions_failed: int = 0
    actions_discarded: int = 0
    actions_pending: int = 0
    matched_rate: float = 0.0
    matched_rate_max: float = 0.0
    matched_rate_last5m: float = 0.0
    latency_ms: Latency = Latency()
    latency_last5s: Latency = Latency()


class ActionStats(
    msgspec.Struct,
    frozen=True,
    rename={
        "dropped_queue_full": "dropped.queue_full",
        "dropped_expired": "dropped.expired",
        "dropped_other": "dropped.other",
        "latency_last5s": "latency_ms.last5s",
    },
):
    """One action: `matched = success + failed + dropped + queuing + inflight`.

    The latencies are those of a rule. `lost` says what kept records from being delivered: how many
    by the kind of their error. Records that were left out on purpose, or that no longer can be
    read, have none.
    """

    status: Status
    status_reason: str
    matched: int = 0
    success: int = 0
    failed: int = 0
    dead_lettered: int = 0
    dropped: int = 0
    dropped_queue_full: int = 0
    dropped_expired: int = 0
    dropped_other: int = 0
    retried: int = 0
    recovered: int = 0
    queuing: int = 0
    queuing_bytes: int = 0
    inflight: int = 0
    latency_ms: Latency = Latency()
    lost: dict[str, int] = {}
    latency_last5s: Latency = Latency()


class ConnectorStats(msgspec.Struct, frozen=True):
    """One connector, MQTT or Kafka."""

    status: Status
    status_reason: str


class Snapshot(msgspec.Struct, frozen=True):
    """Everything the engine counts, at one moment between two messages.

    `violations` are the invariants that these numbers break: empty unless the engine has a bug.
    """

    final: bool
    state: EngineState
    uptime_s: float
    sources: dict[str, SourceStats]
    rules: dict[str, RuleStats]
    actions: dict[str, ActionStats]
    connectors: dict[str, ConnectorStats]
    violations: list[str] = []


def rule_stats(
    counters: RuleCounters, rates: tuple[float, float, float], recent: Latency = NO_LATENCY
) -> RuleStats:
    """Make the immutable view of a rule; `rates` are current, highest and five-minute mean."""
    settled = counters.actions_success + counters.actions_failed + counters.actions_discarded
    return RuleStats(
        matched=counters.matched,
        passed=counters.passed,
        failed=counters.exceptions + counters.no_result,
        failed_exception=counters.exceptions,
        failed_no_result=counters.no_result,
        actions_total=counters.actions_total,
        actions_success=counters.actions_success,
        actions_failed=counters.actions_failed,
        actions_discarded=counters.actions_discarded,
        actions_pending=counters.actions_total - settled,
        matched_rate=rates[0],
        matched_rate_max=rates[1],
        matched_rate_last5m=rates[2],
        latency_ms=Latency.of(counters.latency),
        latency_last5s=recent,
    )


def action_stats(
    counters: ActionCounters, status: Status, reason: str, recent: Latency = NO_LATENCY
) -> ActionStats:
    """Make the immutable view of an action."""
    return ActionStats(
        status=status,
        status_reason=reason,
        matched=counters.matched,
        success=counters.success,
        failed=counters.failed,
        dead_lettered=counters.dead_lettered,
        dropped=counters.dropped_queue_full + counters.dropped_expired + counters.dropped_other,
        dropped_queue_full=counters.dropped_queue_full,
        dropped_expired=counters.dropped_expired,
        dropped_other=counters.dropped_other,
        retried=counters.retried,
        recovered=counters.recovered,
        queuing=counters.queuing,
        queuing_bytes=counters.queuing_bytes,
        inflight=counters.inflight,
        latency_ms=Latency.of(counters.latency),
        lost=dict(counters.lost),
        latency_last5s=recent,
    )
