"""Which actions a rule has, in its draft: added, taken out, and called otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from core.workspace.model import CONSOLE
from gui.viewmodels.object_drafts import Drafts

_ACTIONS: Final = ("actions",)
_ENABLE: Final = ("enable",)
_CLIENT: Final = "clientid"


def actions_of(drafts: Drafts, rule: str) -> list[str]:
    """Name the actions of a rule as they are edited; `rule` is its key."""
    return [str(name) for name in drafts.value(rule, _ACTIONS, [])]


def dirty_actions(drafts: Drafts, rule: str) -> list[str]:
    """Give the keys of a rule's actions that have edits; `rule` is its key."""
    names = actions_of(drafts, rule)
    return [key for key in drafts.dirty if is_action(key) and drafts.name(key) in names]


def is_action(key: str) -> bool:
    """Tell whether a key is that of an action."""
    return key.startswith("action:")


def attach(drafts: Drafts, rule: str, name: str) -> None:
    """Have a rule send to an action, too."""
    names = actions_of(drafts, rule)
    if name not in names:
        drafts.set(rule, _ACTIONS, [*names, name], default=[])


def detach(drafts: Drafts, rule: str, name: str) -> None:
    """Have a rule send to an action no more; of two that are called so, to the last one."""
    names = actions_of(drafts, rule)
    if name in names:
        del names[_last(names, name)]
    drafts.set(rule, _ACTIONS, names, default=[])


def rename(drafts: Drafts, rule: str, before: str, after: str) -> None:
    """Have a rule name an action otherwise, at the same place; of two called so, the last one.

    While a name is typed it may be that of another action of the rule for a moment.
    """
    names = actions_of(drafts, rule)
    if before in names:
        names[_last(names, before)] = after
    drafts.set(rule, _ACTIONS, names, default=[])


def put_at(drafts: Drafts, rule: str, name: str, place: int) -> None:
    """Have an action of a rule stand at a place among the others, from 0."""
    names = [each for each in actions_of(drafts, rule) if each != name]
    names.insert(max(place, 0), name)
    if name in actions_of(drafts, rule):
        drafts.set(rule, _ACTIONS, names, default=[])


def switch(drafts: Drafts, rule: str, name: str, key: str, *, is_on: bool) -> None:
    """Have an action take what the rule yields, or not.

    The console is on where a rule names it; any other action is switched itself, for all rules.
    """
    if name != CONSOLE:
        drafts.set(key, _ENABLE, is_on, default=True)
    elif is_on:
        attach(drafts, rule, CONSOLE)
    else:
        detach(drafts, rule, CONSOLE)


def add_console(drafts: Drafts, rule: str) -> None:
    """Have a rule write what it yields into the log, too."""
    attach(drafts, rule, CONSOLE)


def new_action(drafts: Drafts, rule: str, kind: str, fields: Sequence[str] | None) -> str:
    """Start an action of a rule, with a name that is free.

    Args:
        drafts: Where it begins.
        rule: The rule's key.
        kind: `kafka` or `republish`.
        fields: What the rule yields; None when that depends on the message.

    Returns:
        The key of the action.
    """
    topic = drafts.name(rule)
    connectors = drafts.live.workspace.connectors
    values: dict[str, Any]
    if kind == "kafka":
        values = {"connector": next(iter(connectors.kafka), ""), "topic": topic}
        if fields is None or _CLIENT in fields:
            values["message"] = {"key": f"${{{_CLIENT}}}"}
            values["partition_strategy"] = "key_dispatch"
    else:
        values = {"connector": next(iter(connectors.mqtt), ""), "topic": f"out/{topic}"}
        if fields is not None and "payload" not in fields:
            values["payload"] = "${.}"
    name = _free(drafts, f"to_{topic}")
    key = f"action:{name}"
    with drafts.gesture(rule, _ACTIONS):
        drafts.create(key, kind, values)
        attach(drafts, rule, name)
    return key


def _last(names: list[str], name: str) -> int:
    return len(names) - 1 - names[::-1].index(name)


def _free(drafts: Drafts, stem: str) -> str:
    name, at = stem, 1
    while drafts.exists(f"action:{name}"):
        at += 1
        name = f"{stem}_{at}"
    return name
