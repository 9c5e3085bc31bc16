"""Merges what the pipelines counted into the one snapshot that everybody reads."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import msgspec

from core.bridge.invariants import imbalances, steps_back
from core.bridge.metrics import (
    ActionCounters,
    ActionStats,
    ConnectorStats,
    EngineState,
    Latency,
    RuleCounters,
    RuleStats,
    Snapshot,
    SourceStats,
    action_stats,
    rule_stats,
)
from core.bridge.rates import Rate
from core.bridge.recent import Recent
from core.status import Status, worst

if TYPE_CHECKING:
    from core.bridge.histogram import Histogram
    from core.clock import Clock
    from core.workspace.model import Workspace

log = logging.getLogger("core.bridge")

StatusAndReason = tuple[Status, str]
_STOPPED: StatusAndReason = ("stopped", "")


@dataclass(frozen=True, slots=True)
class PipelineSnapshot:
    """One pipeline's numbers at one moment between two messages; nobody changes them any more."""

    source: str
    stats: SourceStats
    rules: dict[str, RuleCounters]
    actions: dict[str, ActionCounters]
    action_statuses: dict[str, StatusAndReason]
    connector_statuses: dict[str, StatusAndReason]


def ended(part: PipelineSnapshot) -> PipelineSnapshot:
    """Keep the numbers of a pipeline that has ended, without its statuses."""
    stats = msgspec.structs.replace(part.stats, status="stopped", status_reason="", unacked=0)
    return replace(part, stats=stats, action_statuses={}, connector_statuses={})


class Summary:
    """Makes snapshots of a whole workspace and keeps the rates between them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rates: dict[tuple[str, str], Rate] = {}
        self._latencies: dict[tuple[str, str], Recent] = {}
        self._last: Snapshot | None = None
        self._told: set[str] = set()

    def snapshot(
        self,
        workspace: Workspace,
        parts: list[PipelineSnapshot],
        *,
        state: EngineState,
        final: bool,
        uptime_s: float,
    ) -> Snapshot:
        """Merge the parts; what runs in none of them appears as stopped, with zeros.

        What has left the workspace since the start stays with what it counted, so that no sum goes
        back.

        The result is checked: an invariant that it breaks is in its `violations`, and in the log.
        """
        made = Snapshot(
            final=final,
            state=state,
            uptime_s=round(uptime_s, 3),
            sources=self._sources(parts),
            rules=self._rules(workspace, parts),
            actions=self._actions(workspace, parts),
            connectors=_connectors(workspace, parts),
        )
        return self._checked(made)

    def _checked(self, made: Snapshot) -> Snapshot:
        violations = imbalances(made)
        if self._last is not None:
            violations += steps_back(self._last, made)
        for violation in violations:
            if violation not in self._told:
                log.error("the counters do not add up: %s", violation)
                self._told.add(violation)
        self._last = made
        return msgspec.structs.replace(made, violations=violations) if violations else made

    def _sources(self, parts: list[PipelineSnapshot]) -> dict[str, SourceStats]:
        return {
            part.source: _with_rate(
                part.stats, self._rate("source", part.source, part.stats.matched)[0]
            )
            for part in parts
        }

    def _rules(self, workspace: Workspace, parts: list[PipelineSnapshot]) -> dict[str, RuleStats]:
        counted = {name: RuleCounters() for name in workspace.rules}
        for part in parts:  # a rule that has changed its source was counted in several
            for name, counters in part.rules.items():
                if name in counted or counters.matched or counters.actions_total:
                    counted.setdefault(name, RuleCounters()).add(counters)
        return {
            name: rule_stats(
                counters,
                self._rate("rule", name, counters.matched),
                self._recent("rule", name, counters.latency),
            )
            for name, counters in counted.items()
        }

    def _actions(
        self, workspace: Workspace, parts: list[PipelineSnapshot]
    ) -> dict[str, ActionStats]:
        merged: dict[str, ActionStats] = {}
        gone = (name for part in parts for name, each in part.actions.items() if each.matched)
        for name in dict.fromkeys((*workspace.actions.kafka, *workspace.actions.republish, *gone)):
            total = ActionCounters()
            for part in parts:
                if name in part.actions:
                    total.add(part.actions[name])
            found = [part.action_statuses[name] for part in parts if name in part.action_statuses]
            recent = self._recent("action", name, total.latency)
            merged[name] = action_stats(total, *_worst(found), recent)
        return merged

    def _recent(self, kind: str, name: str, total: Histogram) -> Latency:
        now_s = self._clock.monotonic_s()
        return self._latencies.setdefault((kind, name), Recent(now_s)).update(total, now_s)

    def _rate(self, kind: str, name: str, counter: int) -> tuple[float, float, float]:
        now_s = self._clock.monotonic_s()
        rate = self._rates.setdefault((kind, name), Rate(now_s))
        rate.update(counter, now_s)
        return rate.values


def _with_rate(stats: SourceStats, rate: float) -> SourceStats:
    return msgspec.structs.replace(stats, rate=rate)


def _connectors(workspace: Workspace, parts: list[PipelineSnapshot]) -> dict[str, ConnectorStats]:
    statuses: dict[str, ConnectorStats] = {}
    for name in workspace.connectors.mqtt:
        found: list[StatusAndReason] = [
            (part.stats.status, part.stats.status_reason) for part in parts if part.source == name
        ]
        found += [p.connector_statuses[name] for p in parts if name in p.connector_statuses]
        statuses[name] = ConnectorStats(*_worst(found))
    for name in workspace.connectors.kafka:
        found = [p.connector_statuses[name] for p in parts if name in p.connector_statuses]
        statuses[name] = ConnectorStats(*_worst(found))
    return statuses


def _worst(found: list[StatusAndReason]) -> StatusAndReason:
    """Pick the worst status with the first reason given for it."""
    if not found:
        return _STOPPED
    status = worst([status for status, _ in found])
    return status, next(reason for candidate, reason in found if candidate == status)
