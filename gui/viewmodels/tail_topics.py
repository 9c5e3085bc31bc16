"""The Kafka topics of a workspace that can be read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.workspace.kafka import is_legal_topic
from core.workspace.model import Workspace
from gui.viewmodels.words import tr


@dataclass(frozen=True, slots=True)
class TailTopic:
    """A topic on one of the workspace's clusters."""

    connector: str
    topic: str


def topics_of(workspace: Workspace) -> list[TailTopic]:
    """List the topics that actions write to, those of rules first, without templates."""
    used = [name for rule in workspace.rules.values() for name in rule.actions]
    return _written_by(workspace, [*used, *workspace.actions.kafka])


def topics_of_rule(workspace: Workspace, rule: str) -> list[TailTopic]:
    """List the topics that the actions of a rule write to, without templates."""
    return _written_by(workspace, workspace.rules[rule].actions)


def _written_by(workspace: Workspace, names: Iterable[str]) -> list[TailTopic]:
    found: dict[TailTopic, None] = {}
    for name in names:
        action = workspace.actions.kafka.get(name)
        if action is None or "${" in action.topic:
            continue
        if action.connector in workspace.connectors.kafka:
            found[TailTopic(action.connector, action.topic)] = None
    return list(found)


def first_topics(workspace: Workspace, most: int) -> list[TailTopic]:
    """Choose what is read before anybody has chosen: what runs writes to, or else the first."""
    known, actions = topics_of(workspace), workspace.actions.kafka
    enabled = {
        TailTopic(actions[name].connector, actions[name].topic)
        for rule in workspace.rules.values()
        for name in rule.actions
        if rule.enable and name in actions and actions[name].enable
    }
    return [topic for topic in known if topic in enabled][:most] or known[:1]


def letters_topic(workspace: Workspace, action: str) -> TailTopic | None:
    """Find the topic that an action puts its dead letters into; None where it has none."""
    found = workspace.actions.kafka.get(action)
    if found is None:
        return None
    topics = [each.topic for each in found.fallback_actions if each.kind == "topic" and each.topic]
    return TailTopic(found.connector, topics[0]) if topics else None


def keeps_letters(workspace: Workspace, action: str) -> bool:
    """Tell whether an action puts its dead letters into a file."""
    found = workspace.actions.kafka.get(action)
    return found is not None and any(each.kind == "file" for each in found.fallback_actions)


def topic_problem(name: str) -> str:
    """Say why a name is none of a Kafka topic; empty when it is one."""
    if is_legal_topic(name):
        return ""
    return tr("Kafka topics use letters, digits, . _ - and at most 249 characters.")
