"""What is saved and does not run yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from core.workspace.model import Workspace

_WORDS: Final = ("tests", "label", "description")
"""What the engine has no use for."""


def unapplied(running: Workspace | None, saved: Workspace) -> list[str]:
    """Name the objects that a running engine would take over; none where nothing runs.

    Args:
        running: What the engine works on.
        saved: What the file has.

    Returns:
        Keys such as `connector:plant`, in the order of the file, those taken out last.
    """
    if running is None:
        return []
    found: list[str] = []
    for kind, before, after in (
        ("connector", running.connectors.mqtt, saved.connectors.mqtt),
        ("connector", running.connectors.kafka, saved.connectors.kafka),
        ("rule", running.rules, saved.rules),
        ("action", running.actions.kafka, saved.actions.kafka),
        ("action", running.actions.republish, saved.actions.republish),
    ):
        found += _different(kind, before, after)
    return found


def _different(kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    names = [name for name, value in after.items() if _is_other(before.get(name), value)]
    names += [name for name in before if name not in after]
    return [f"{kind}:{name}" for name in names]


def _is_other(before: Any, after: Any) -> bool:
    if before is None or before == after:
        return before is None
    fields = type(after).model_fields
    return any(
        getattr(before, name) != getattr(after, name) for name in fields if name not in _WORDS
    )
