"""What differs between two versions of the workspace, object by object, in words and lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from core.workspace.compare import DiffLine, OptionDiff, compare_tables
from core.workspace.objects import Place, table_at
from gui.viewmodels import action_options, connector_options
from gui.viewmodels.draft import place_in
from gui.viewmodels.form_options import OptionGroup
from gui.viewmodels.words import plural, tr

_MOST_NAMED: Final = 2
_ICONS: Final = {"rules": "workflow", "kafka": "database", "mqtt": "radio", "republish": "radio"}


@dataclass(frozen=True, slots=True)
class Block:
    """One object that is not the same in both versions.

    Attributes:
        key: Its document, such as `rule:temp_hum`.
        name: What it is called.
        icon: File name of its icon.
        what: What it is and what has changed, in a few words.
        lines: The lines that differ.
    """

    key: str
    name: str
    icon: str
    what: str
    lines: tuple[DiffLine, ...]


def blocks(before: Mapping[str, Any], after: Mapping[str, Any], keys: Iterable[str]) -> list[Block]:
    """Compare some objects of two documents, in the order of their keys."""
    found: list[Block] = []
    for key in keys:
        places = place_in(before, key), place_in(after, key)
        place = places[1] or places[0]
        if place is not None:
            tables = [
                table_at(data, at) if at else None
                for data, at in zip((before, after), places, strict=True)
            ]
            found.append(block(key, place, *tables))
    return found


def block(
    key: str, place: Place, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> Block:
    """Compare two versions of one object; None is one that is not there."""
    differences = [each for each in compare_tables(before, after) if each.path[0] != "tests"]
    if before is None or after is None:
        change = tr("new") if before is None else tr("deleted")
    else:
        change = _changed(place, differences)
    kind = _kind(place)
    lines = tuple(line for each in differences for line in each.lines)
    icon = _ICONS.get(place[1] if len(place) == 3 else place[0], "cpu")
    return Block(key, place[-1], icon, ", ".join(part for part in (kind, change) if part), lines)


def shortened(lines: Sequence[DiffLine], most: int) -> tuple[DiffLine, ...]:
    """Leave lines out beyond a number, and say how many."""
    if len(lines) <= most:
        return tuple(lines)
    left = len(lines) - most + 1
    rest = DiffLine("gap", plural("and %n more line", "and %n more lines", left))
    return (*lines[: most - 1], rest)


def _kind(place: Place) -> str:
    match place:
        case ("connectors", "mqtt", _):
            return tr("MQTT connector")
        case ("connectors", "kafka", _):
            return tr("Kafka connector")
        case ("actions", "kafka", _):
            return tr("Kafka action")
        case ("actions", "republish", _):
            return tr("Republish action")
        case ("simulators", _):
            return tr("Simulator")
        case _:
            return ""  # a rule: what has changed in it says so


def _changed(place: Place, differences: Sequence[OptionDiff]) -> str:
    names = list(dict.fromkeys(_option_name(place, each.path) for each in differences))
    if len(names) > _MOST_NAMED:
        return plural("%n setting", "%n settings", len(names))
    return ", ".join(names)


def _option_name(place: Place, path: tuple[str, ...]) -> str:
    """Call an option what its form calls it."""
    if place[0] == "rules":
        return _rule_names().get(path[0], path[0])
    groups: tuple[OptionGroup, ...] = ()
    if len(place) == 3:
        module = connector_options if place[0] == "connectors" else action_options
        groups = module.groups_of(place[1])
    for group in groups:
        for option in group.options:
            if path[: len(option.path)] == option.path:
                return _small(option.label)
    return _enabled() if path == ("enable",) else path[-1]


def _rule_names() -> dict[str, str]:
    return {
        "sql": tr("SQL"),
        "actions": tr("actions"),
        "source": tr("source"),
        "enable": _enabled(),
    }


def _enabled() -> str:
    return tr("enabled or not")


def _small(label: str) -> str:
    """Begin without a capital, unless it is an abbreviation."""
    return label[0].lower() + label[1:] if label[1:2].islower() else label
