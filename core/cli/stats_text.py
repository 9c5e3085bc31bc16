"""Counters for people: one line while running, a few lines at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.bridge.invariants import imbalances

if TYPE_CHECKING:
    from core.bridge.metrics import Snapshot


def status_line(snapshot: Snapshot) -> str:
    """Put the present in one line that overwrites itself on a terminal."""
    received = sum(source.received for source in snapshot.sources.values())
    delivered = sum(action.success for action in snapshot.actions.values())
    waiting = sum(action.queuing + action.inflight for action in snapshot.actions.values())
    failed = sum(action.failed + action.dropped for action in snapshot.actions.values())
    return (
        f"\r\033[K{snapshot.state} {snapshot.uptime_s:.0f} s   received {received:,}   "
        f"delivered {delivered:,}   waiting {waiting:,}   failed {failed:,}"
    )


def summary_lines(snapshot: Snapshot) -> list[str]:
    """Account for everything that was received, line by line."""
    lines: list[str] = []
    for name, source in snapshot.sources.items():
        lines.append(
            f"source {name}: {source.received:,} received, {source.matched:,} matched, "
            f"{source.unmatched:,} unmatched, {source.retained_ignored:,} retained ignored, "
            f"{source.duplicates:,} duplicates"
        )
    for name, rule in snapshot.rules.items():
        lines.append(
            f"rule {name}: {rule.matched:,} matched, {rule.passed:,} passed, "
            f"{rule.failed_no_result:,} filtered out, {rule.failed_exception:,} failed"
        )
    for name, action in snapshot.actions.items():
        latency = action.latency_ms
        lines.append(
            f"action {name}: {action.success:,} delivered, {action.failed:,} failed, "
            f"{action.dropped:,} dropped, {action.queuing + action.inflight:,} left behind; "
            f"latency {latency.p50:.1f} ms median, {latency.p99:.1f} ms p99"
        )
    broken = imbalances(snapshot)
    lines += [f"does not add up: {line}" for line in broken] or ["All counters add up."]
    return lines
