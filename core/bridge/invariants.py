"""What must hold between the numbers of a snapshot, and from one snapshot to the next. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.bridge.metrics import ActionStats, RuleStats, Snapshot, SourceStats

_GAUGES: Final = frozenset({"unacked", "queuing", "queuing_bytes", "inflight", "actions_pending"})
"""What may go down; everything else that is counted only goes up."""


def imbalances(snapshot: Snapshot) -> list[str]:
    """List every invariant that a snapshot breaks; empty when the numbers add up."""
    return [
        *(line for name, source in snapshot.sources.items() for line in _source(name, source)),
        *(line for name, rule in snapshot.rules.items() for line in _rule(name, rule)),
        *(line for name, action in snapshot.actions.items() for line in _action(name, action)),
    ]


def steps_back(before: Snapshot, after: Snapshot) -> list[str]:
    """List every counter that a later snapshot of the same engine has lower than an earlier one."""
    return [
        *_lower("source", before.sources, after.sources),
        *_lower("rule", before.rules, after.rules),
        *_lower("action", before.actions, after.actions),
    ]


def _source(name: str, source: SourceStats) -> Iterator[str]:
    parts = source.matched + source.unmatched + source.retained_ignored + source.duplicates
    if source.received != parts:
        yield f"source {name}: received {source.received}, accounted for {parts}"
    if source.unacked < 0:
        yield f"source {name}: {source.unacked} unacknowledged"


def _rule(name: str, rule: RuleStats) -> Iterator[str]:
    if rule.matched != rule.passed + rule.failed:
        yield f"rule {name}: matched {rule.matched}, passed {rule.passed}, failed {rule.failed}"
    if rule.failed != rule.failed_exception + rule.failed_no_result:
        yield f"rule {name}: failed {rule.failed} is not the sum of its reasons"
    if rule.actions_pending < 0:
        yield f"rule {name}: more actions settled than started"


def _action(name: str, action: ActionStats) -> Iterator[str]:
    parts = action.success + action.failed + action.dropped + action.queuing + action.inflight
    if action.matched != parts:
        yield f"action {name}: matched {action.matched}, accounted for {parts}"
    if action.dropped != action.dropped_queue_full + action.dropped_expired + action.dropped_other:
        yield f"action {name}: dropped {action.dropped} is not the sum of its reasons"
    if action.dead_lettered > action.failed:
        yield f"action {name}: more dead letters than failures"
    if min(action.queuing, action.queuing_bytes, action.inflight) < 0:
        yield (
            f"action {name}: queuing {action.queuing} ({action.queuing_bytes} bytes), "
            f"inflight {action.inflight}"
        )


def _lower(
    kind: str, before: Mapping[str, msgspec.Struct], after: Mapping[str, msgspec.Struct]
) -> Iterator[str]:
    for name, earlier in before.items():
        later = after.get(name)
        for field in earlier.__struct_fields__:
            was: object = getattr(earlier, field)
            now: object = getattr(later, field) if later is not None else 0
            if isinstance(was, int) and isinstance(now, int) and field not in _GAUGES and now < was:
                yield f"{kind} {name}: {field} went back from {was} to {now}"
