"""Counting anew from a moment on: what was settled before it is set apart, and nothing is lost."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import msgspec

from core.bridge.metrics import Snapshot

_GAUGES: Final = frozenset(
    {"unacked", "queuing", "queuing_bytes", "inflight", "actions_pending", "granted_qos"}
)
_Stats = TypeVar("_Stats", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class Reset:
    """A moment from which everything is counted anew.

    Attributes:
        at_s: Seconds since 1970.
        before: What had an outcome by then. What was on its way counts as new, so that the sums
            before and after are right on their own, and together are those since the start.
    """

    at_s: float
    before: Snapshot

    @classmethod
    def now(cls, snapshot: Snapshot) -> Reset:
        """Begin anew behind a snapshot."""
        return cls(time.time(), settled(snapshot))

    def since(self, snapshot: Snapshot) -> Snapshot:
        """Give the counts of a later snapshot of the same run from that moment on."""
        before = self.before
        return msgspec.structs.replace(
            snapshot,
            sources={
                name: _less(stats, before.sources.get(name))
                for name, stats in snapshot.sources.items()
            },
            rules={
                name: _less(stats, before.rules.get(name)) for name, stats in snapshot.rules.items()
            },
            actions={
                name: _less(stats, before.actions.get(name))
                for name, stats in snapshot.actions.items()
            },
        )


def settled(snapshot: Snapshot) -> Snapshot:
    """Leave out what has no outcome yet: records on their way, and calls that wait for them."""
    replace = msgspec.structs.replace
    return replace(
        snapshot,
        sources={name: replace(stats, unacked=0) for name, stats in snapshot.sources.items()},
        rules={
            name: replace(
                stats, actions_total=stats.actions_total - stats.actions_pending, actions_pending=0
            )
            for name, stats in snapshot.rules.items()
        },
        actions={
            name: replace(
                stats,
                matched=stats.matched - stats.queuing - stats.inflight,
                queuing=0,
                queuing_bytes=0,
                inflight=0,
            )
            for name, stats in snapshot.actions.items()
        },
    )


def _less(stats: _Stats, before: _Stats | None) -> _Stats:
    """Subtract every counter; rates, percentiles and what comes and goes stay."""
    if before is None:
        return stats
    changes: dict[str, Any] = {}
    for name in stats.__struct_fields__:
        value: Any = getattr(stats, name)
        if isinstance(value, dict):  # counts of their own by name
            known = getattr(before, name)
            changes[name] = {
                part: each - known.get(part, 0)
                if isinstance(each, int)
                else _less(each, known.get(part))
                for part, each in value.items()
            }
        elif isinstance(value, int) and name not in _GAUGES:
            changes[name] = value - getattr(before, name)
    return msgspec.structs.replace(stats, **changes)
