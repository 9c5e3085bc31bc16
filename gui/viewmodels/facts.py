"""What the rules of a workspace read and write, found out once per version of the file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from core.errors import SqlError
from core.workspace.model import CONSOLE, Workspace

_GENERATED: Final = "_v_"
"""Expressions without an alias get a name of their own, which nobody would write."""


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """One rule, as far as its statement tells.

    Attributes:
        topics: The topic filters of FROM, in order.
        fields: The names it selects; None if they depend on the message.
        error: Why it does not compile; empty when it does.
    """

    topics: tuple[str, ...] = ()
    fields: tuple[str, ...] | None = ()
    error: str = ""


def rule_facts(workspace: Workspace) -> dict[str, RuleFacts]:
    """Compile every rule, which takes milliseconds each: not for the loop's thread."""
    return {name: _facts(rule.sql) for name, rule in workspace.rules.items()}


def _facts(sql: str) -> RuleFacts:
    from core.sql.rule import compile_rule  # here: the window is shown before

    try:
        compiled = compile_rule(sql)
    except SqlError as exc:
        return RuleFacts(error=exc.message)
    if compiled.selected is None:
        return RuleFacts(compiled.topics, None)
    named = (name for name in compiled.selected if not name.startswith(_GENERATED))
    return RuleFacts(compiled.topics, tuple(sorted(named, key=lambda name: _place(sql, name))))


def _place(sql: str, name: str) -> tuple[int, str]:
    """Order names as the statement has them."""
    found = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", sql)
    return (found.start() if found else len(sql), name)


@dataclass(frozen=True, slots=True)
class ActionFacts:
    """One action that a rule names, of whatever kind.

    Attributes:
        kind: `kafka`, `republish`, `console`, or empty when there is none of this name.
        target: Where it writes: a topic.
    """

    name: str
    kind: str
    connector: str
    target: str
    is_enabled: bool


def users_of_connector(workspace: Workspace, name: str) -> list[str]:
    """List the keys of what reads from a connector or writes to it, such as `rule:hot`."""
    rules, actions = workspace.rules, workspace.actions
    mine = name in workspace.connectors.mqtt
    found = [f"rule:{r}" for r in rules if mine and workspace.source_of(rules[r]) == name]
    writing = (actions.kafka, actions.republish)
    found += [f"action:{a}" for group in writing for a in group if group[a].connector == name]
    simulators = workspace.simulators
    return [*found, *(f"simulator:{s}" for s in simulators if simulators[s].connector == name)]


def action_facts(workspace: Workspace, name: str) -> ActionFacts:
    """Look an action up by the name that a rule gives."""
    kafka = workspace.actions.kafka.get(name)
    if kafka is not None:
        connector = workspace.connectors.kafka.get(kafka.connector)
        is_enabled = kafka.enable and (connector is None or connector.enable)
        return ActionFacts(name, "kafka", kafka.connector, kafka.topic, is_enabled)
    republish = workspace.actions.republish.get(name)
    if republish is not None:
        return ActionFacts(
            name, "republish", republish.connector, republish.topic, republish.enable
        )
    return ActionFacts(name, "console" if name == CONSOLE else "", "", "", is_enabled=True)
