"""The states that connectors, sources and actions show, with their reason."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

Status: TypeAlias = Literal[
    "stopped", "connecting", "connected", "degraded", "disconnected", "failed"
]
"""`degraded`: connected, but the last deliveries failed; `failed`: will not recover by itself."""

_WORST_FIRST: Final[tuple[Status, ...]] = (
    "failed",
    "disconnected",
    "degraded",
    "connecting",
    "stopped",
    "connected",
)


def worst(statuses: list[Status]) -> Status:
    """Name the worst of several; `stopped` for none."""
    for status in _WORST_FIRST:
        if status in statuses:
            return status
    return "stopped"
