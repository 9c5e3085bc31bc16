"""Names in a workspace: which are legal, which are taken, and whether references lead anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from core.workspace.model import CONSOLE, Rule, Workspace
from core.workspace.positions import Path
from core.workspace.problems import Findings, did_you_mean

LONGEST_NAME: Final = 254
NAME: Final = re.compile(r"[0-9a-zA-Z][-0-9a-zA-Z_]*")
_KIND_NAMES: Final = {"mqtt": "an MQTT connector", "kafka": "a Kafka connector"}


@dataclass(frozen=True, slots=True)
class Names:
    """What is declared in a file, whether its tables are right or not: name to kind."""

    connectors: Mapping[str, str]
    actions: Mapping[str, str]


def check_names(data: Mapping[str, Any], findings: Findings) -> Names:
    """Check every table's name, and collect those that others refer to."""
    connectors = _declared(data, "connectors", findings)
    actions = _declared(data, "actions", findings)
    if CONSOLE in actions:
        findings.error(
            ("actions", actions[CONSOLE], CONSOLE),
            "name_reserved",
            f"{CONSOLE!r} is reserved: it names the built-in output that every rule has",
            "give the action another name",
        )
    for group in ("rules", "simulators"):
        for name in _table(data, group):
            _check_name((group, name), name, findings)
    return Names(connectors, actions)


def check_references(workspace: Workspace, names: Names, findings: Findings) -> None:
    """Check that what connectors, actions and sources are called is there and of the right kind.

    Args:
        workspace: What is right of the file.
        names: Everything that the file declares, so that a mistake in one table is not reported
            again wherever the table is named.
        findings: Where to report.
    """
    for name, rule in workspace.rules.items():
        _check_rule(("rules", name), rule, names, findings)
    for path, connector, kind in _uses(workspace):
        _check_connector(path, connector, kind, names, findings)
    for name, action in workspace.actions.kafka.items():
        for index, fallback in enumerate(action.fallback_actions):
            if fallback.name is not None:
                path = ("actions", "kafka", name, "fallback_actions", index, "name")
                _check_action(path, fallback.name, names, findings)


def _declared(data: Mapping[str, Any], group: str, findings: Findings) -> dict[str, str]:
    kinds: dict[str, str] = {}
    for kind, tables in _table(data, group).items():
        for name in cast("dict[str, Any]", tables) if isinstance(tables, dict) else ():
            path = (group, kind, name)
            _check_name(path, name, findings)
            if name in kinds:
                findings.error(
                    path,
                    "name_taken",
                    f"the name {name!r} is taken by {group}.{kinds[name]}.{name}; a name is unique "
                    f"among {group}, whatever their kind",
                    "rename one of them, and where it is used",
                )
            else:
                kinds[name] = kind
    return kinds


def _table(data: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = data.get(key)
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _check_name(path: Path, name: str, findings: Findings) -> None:
    if len(name) > LONGEST_NAME:
        findings.error(
            path,
            "name_illegal",
            f"the name has {len(name)} characters; at most {LONGEST_NAME} are accepted",
            "shorten it, and put the long text into label",
        )
    elif not NAME.fullmatch(name):
        findings.error(
            path,
            "name_illegal",
            f"{name!r} is no legal name; letters, digits, - and _ are accepted, "
            "a letter or digit first",
            "rename it, and put the text to show into label",
        )


def _check_rule(path: Path, rule: Rule, names: Names, findings: Findings) -> None:
    sources = [name for name, kind in names.connectors.items() if kind == "mqtt"]
    if rule.source is not None:
        _check_connector((*path, "source"), rule.source, "mqtt", names, findings)
    elif len(sources) > 1:
        findings.error(
            (*path, "source"),
            "source_missing",
            f"the rule names no source, and there are {len(sources)} MQTT connectors: "
            + ", ".join(sources),
            f'add source = "{sources[0]}", or another of them',
        )
    elif not sources:
        findings.error(
            (*path, "source"),
            "source_missing",
            "the rule has no source: the workspace has no MQTT connector",
            "add a table [connectors.mqtt.NAME] with server = ...",
        )
    for index, action in enumerate(rule.actions):
        if action != CONSOLE:
            _check_action((*path, "actions", index), action, names, findings)
        if action in rule.actions[:index]:
            findings.warning(
                (*path, "actions", index),
                "action_twice",
                f"{action!r} is listed twice: each output goes to it twice",
                "remove one of them if that is not meant",
            )


def _check_action(path: Path, name: str, names: Names, findings: Findings) -> None:
    if name not in names.actions:
        findings.error(
            path,
            "reference_missing",
            f"there is no action {name!r}" + _there_are(names.actions),
            did_you_mean(name, names.actions, f"add a table [actions.kafka.{name}]"),
        )


def _check_connector(path: Path, name: str, kind: str, names: Names, findings: Findings) -> None:
    right = [other for other, its_kind in names.connectors.items() if its_kind == kind]
    found = names.connectors.get(name)
    if found is None:
        findings.error(
            path,
            "reference_missing",
            f"there is no connector {name!r}" + _there_are(right),
            did_you_mean(name, right, f"add a table [connectors.{kind}.{name}]"),
        )
    elif found != kind:
        findings.error(
            path,
            "reference_kind",
            f"{name!r} is {_KIND_NAMES.get(found, f'of kind {found}')}; "
            f"{_KIND_NAMES[kind]} is needed here" + _there_are(right),
            f'use "{right[0]}"' if right else f"add a table [connectors.{kind}.NAME]",
        )


def _there_are(names: list[str] | Mapping[str, str]) -> str:
    return f"; there are: {', '.join(names)}" if names else ""


def _uses(workspace: Workspace) -> Iterator[tuple[Path, str, str]]:
    """Name every use of a connector with the kind that it has to be of."""
    for name, action in workspace.actions.kafka.items():
        yield ("actions", "kafka", name, "connector"), action.connector, "kafka"
    for name, action in workspace.actions.kafka.items():
        for index, fallback in enumerate(action.fallback_actions):
            if (target := fallback.args.get("connector")) is not None:
                path = ("actions", "kafka", name, "fallback_actions", index, "args", "connector")
                yield path, str(target), "mqtt"
    for name, action in workspace.actions.republish.items():
        yield ("actions", "republish", name, "connector"), action.connector, "mqtt"
    for name, simulator in workspace.simulators.items():
        yield ("simulators", name, "connector"), simulator.connector, "mqtt"
    for index, message in enumerate(workspace.messages):
        if message.connector is not None:
            yield ("messages", index, "connector"), message.connector, message.kind
