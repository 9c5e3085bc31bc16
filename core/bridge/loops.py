"""Whether republished messages can come back to the rules that made them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from core.bridge.plan import fallback_republish
from core.bridge.validation_rules import CheckedRule
from core.workspace.model import RepublishAction, Workspace
from core.workspace.mqtt import DEFAULT_PORTS, SANDBOX, MqttConnector
from core.workspace.positions import Path

_PLACEHOLDER: Final = re.compile(r"\$\{[A-Za-z0-9._]*\}")


@dataclass(frozen=True, slots=True)
class Republishing:
    """One place where a rule's output is republished.

    Attributes:
        path: Where the rule or the action names it.
        rule: Id.
        action: Options.
        connector: Where it publishes; None if that is not there.
    """

    path: Path
    rule: str
    action: RepublishAction
    connector: MqttConnector | None


def republishings(workspace: Workspace, rules: Mapping[str, CheckedRule]) -> Iterator[Republishing]:
    """List what enabled rules republish, by their actions and by the fallbacks of these."""
    for name, checked in rules.items():
        if not checked.rule.enable:
            continue
        for index, action in enumerate(checked.rule.actions):
            path: Path = ("rules", name, "actions", index)
            yield from _of_action(workspace, checked, action, path, frozenset())


def _of_action(
    workspace: Workspace, rule: CheckedRule, name: str, path: Path, seen: frozenset[str]
) -> Iterator[Republishing]:
    republish = workspace.actions.republish.get(name)
    if republish is not None and republish.enable:
        yield _republishing(workspace, rule, republish, path)
    action = workspace.actions.kafka.get(name)
    if action is None or not action.enable or name in seen:
        return
    for index, fallback in enumerate(action.fallback_actions):
        place: Path = ("actions", "kafka", name, "fallback_actions", index)
        if fallback.kind == "reference":
            yield from _of_action(workspace, rule, fallback.name or "", place, seen | {name})
        elif fallback.kind == "republish":
            source = rule.source.connector.name if rule.source is not None else ""
            made = fallback_republish(action, index, fallback, source)
            yield _republishing(workspace, rule, made, place)


def _republishing(
    workspace: Workspace, rule: CheckedRule, action: RepublishAction, path: Path
) -> Republishing:
    connector = workspace.connectors.mqtt.get(action.connector)
    return Republishing(path, rule.rule.id, action, connector)


def endless_loops(
    found: list[Republishing], rules: Mapping[str, CheckedRule]
) -> Iterator[tuple[Republishing, list[str]]]:
    """List what comes back to its own rule on a way where the marker is lost.

    Yields:
        The place, and the rules of the circle in order, beginning with the one that listens there.
    """
    reached: dict[str, set[str]] = {name: set() for name in rules}
    unmarked: list[tuple[Republishing, str]] = []
    for each in found:
        for name, rule in rules.items():
            if each.connector is None or not rule.rule.enable or rule.source is None:
                continue
            ours, theirs = each.connector, rule.source.connector
            if not _same_broker(ours, theirs) or not any(
                can_meet(each.action.topic, topic_filter) for topic_filter in rule.filters
            ):
                continue
            reached[each.rule].add(name)
            if "3.1.1" in (ours.protocol, theirs.protocol):
                unmarked.append((each, name))
    for each, first in unmarked:
        circle = _way(reached, first, each.rule)
        if circle is not None:
            yield each, circle


def _way(reached: Mapping[str, set[str]], start: str, goal: str) -> list[str] | None:
    """Find the shortest way from rule to rule; None if there is none."""
    ways = [[start]]
    seen = {start}
    for way in ways:
        if way[-1] == goal:
            return way
        for following in sorted(reached[way[-1]] - seen):
            seen.add(following)
            ways.append([*way, following])
    return None


def _same_broker(first: MqttConnector, second: MqttConnector) -> bool:
    return first.name == second.name or _address(first) == _address(second)


def _address(connector: MqttConnector) -> tuple[str, int]:
    if connector.server == SANDBOX:
        return SANDBOX, 0
    parts = urlsplit(connector.server)
    return parts.hostname or "", parts.port or DEFAULT_PORTS[parts.scheme]


def can_meet(topic: str, topic_filter: str) -> bool:
    """Tell whether a topic template can give a topic that a filter matches.

    A placeholder can stand for anything, levels included; so only what is before the first one
    and behind the last one is compared. Cost: O(levels).
    """
    parts = [part.replace("${$}", "$") for part in _PLACEHOLDER.split(topic)]
    filter_levels = topic_filter.split("/")
    if len(parts) == 1:
        return _matches(parts[0].split("/"), filter_levels)
    before, behind = parts[0].split("/"), parts[-1].split("/")
    for index, level in enumerate(before):
        wanted = filter_levels[index] if index < len(filter_levels) else None
        if wanted == "#":
            return True
        is_cut = index == len(before) - 1  # it goes on with the placeholder
        if wanted is None or not (wanted == "+" or _begins(wanted, level, is_cut=is_cut)):
            return False
    if filter_levels[-1] == "#":
        return True
    for index, level in enumerate(reversed(behind)):
        wanted = filter_levels[-1 - index] if index < len(filter_levels) else None
        is_cut = index == len(behind) - 1
        if wanted is None or not (wanted == "+" or _ends(wanted, level, is_cut=is_cut)):
            return False
    return len(filter_levels) >= len(before) + len(behind) - 1


def _begins(wanted: str, level: str, *, is_cut: bool) -> bool:
    return wanted.startswith(level) if is_cut else wanted == level


def _ends(wanted: str, level: str, *, is_cut: bool) -> bool:
    return wanted.endswith(level) if is_cut else wanted == level


def _matches(levels: list[str], filter_levels: list[str]) -> bool:
    for index, wanted in enumerate(filter_levels):
        if wanted == "#":
            return True
        if index >= len(levels) or wanted not in ("+", levels[index]):
            return False
    return len(levels) == len(filter_levels)
