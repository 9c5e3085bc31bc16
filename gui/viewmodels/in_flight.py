"""What is in flight: counted, and in the words of what waits for it."""

from __future__ import annotations

from core.bridge.metrics import Snapshot
from gui.viewmodels.words import number, tr


def unsettled(snapshot: Snapshot | None) -> int:
    """Count the records that are on their way or buffered."""
    actions = snapshot.actions.values() if snapshot is not None else ()
    return sum(action.queuing + action.inflight for action in actions)


def stopping_text(snapshot: Snapshot | None) -> str:
    """Say what stopping the bridge waits for."""
    left = unsettled(snapshot)
    if not left:
        return tr("Stopping the bridge")
    return tr("Delivering what is in flight: {left} left").format(left=number(left))


def applying_text(snapshot: Snapshot | None, *, waits: bool) -> str:
    """Say what taking changes over waits for, if it waits."""
    left = unsettled(snapshot)
    if not left or not waits:
        return tr("Applying the changes")
    return tr("Waiting for what is in flight: {left} left").format(left=number(left))
