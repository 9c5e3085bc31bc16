"""What is in flight: counted, and in the words of what waits for it."""

from __future__ import annotations

from core.bridge.metrics import Snapshot
from core.workspace.model import Workspace
from gui.viewmodels.words import number, plural, tr


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


def left_behind(
    snapshot: Snapshot, workspace: Workspace, *, forgets_sessions: bool
) -> tuple[str, str]:
    """Say what was not delivered when the bridge stopped, and what becomes of it.

    Args:
        snapshot: The last one of the run.
        workspace: What ran.
        forgets_sessions: The brokers dropped the sessions, so that nothing comes again.

    Returns:
        What happened, and what follows; both empty if nothing was left.
    """
    left = {name: action.queuing + action.inflight for name, action in snapshot.actions.items()}
    if not (count := sum(left.values())):
        return "", ""
    text = plural(
        "%n record was not delivered when the bridge stopped.",
        "%n records were not delivered when the bridge stopped.",
        count,
    )
    unacked = sum(source.unacked for source in snapshot.sources.values())
    again = 0 if forgets_sessions else unacked
    kafka = workspace.actions.kafka
    is_on_disk = any(
        n and name in kafka and kafka[name].buffer.mode != "memory" for name, n in left.items()
    )
    parts: list[str] = []
    if again:
        parts.append(
            plural(
                "%n message of QoS 1 or 2 comes again from its broker with the next start.",
                "%n messages of QoS 1 or 2 come again from the broker with the next start.",
                again,
            )
        )
    if is_on_disk:
        parts.append(tr("What the buffer on disk holds is sent then."))
    if not parts:
        parts.append(plural("It is lost.", "They are lost.", count))
    elif again < count:
        parts.append(tr("What waited in memory alone, as of QoS 0, is lost."))
    return text, " ".join(parts)


def applying_text(snapshot: Snapshot | None, *, waits: bool) -> str:
    """Say what taking changes over waits for, if it waits."""
    left = unsettled(snapshot)
    if not left or not waits:
        return tr("Applying the changes")
    return tr("Waiting for what is in flight: {left} left").format(left=number(left))
