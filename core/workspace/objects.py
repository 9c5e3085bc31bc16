"""Operations on whole objects of a workspace's document: connectors, rules, actions, simulators.

All work on the text and keep comments, order and everything that they do not have to change. Pure.
"""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias, cast

import tomlkit
from tomlkit.exceptions import TOMLKitError

from core.errors import StoreError
from core.workspace.diff import REMOVED, Changes, data_changes
from core.workspace.edit import edit
from core.workspace.positions import Path as ValuePath
from core.workspace.positions import find_spans
from core.workspace.references import NAME

Place: TypeAlias = tuple[str, ...]
"""Where the table of an object stands, such as `("connectors", "mqtt", "plant")`."""

_NOTHING: Final[Mapping[str, Any]] = {}


def table_at(data: Mapping[str, Any], place: Place) -> dict[str, Any] | None:
    """Find the table of an object in the data of a document; None if there is none."""
    found: Any = data
    for part in place:
        if not isinstance(found, Mapping) or part not in found:
            return None
        found = cast("Mapping[str, Any]", found)[part]
    return dict(cast("Mapping[str, Any]", found)) if isinstance(found, Mapping) else None


def put(text: str, place: Place, values: Mapping[str, Any]) -> str:
    """Add an object, or change what differs in it."""
    before = table_at(tomllib.loads(text), place)
    change: Any = dict(values) if before is None else data_changes(before, values)
    return edit(text, _nested(place, change))


def remove(text: str, place: Place) -> str:
    """Take an object out."""
    return edit(text, _nested(place, REMOVED))


def restore(text: str, place: Place, source: str) -> str:
    """Have an object as another version of the document has it, which may be not at all.

    One that is gone comes back with its comments, as the last of its group.
    """
    wanted = table_at(tomllib.loads(source), place)
    if wanted is None:
        return remove(text, place)
    if table_at(tomllib.loads(text), place) is not None:
        return put(text, place, wanted)
    document, old = tomlkit.parse(text), tomlkit.parse(source)
    try:
        _graft(document, old, place)
        restored = tomlkit.dumps(document)
        if table_at(tomllib.loads(restored), place) == wanted:
            return restored
    except (TOMLKitError, tomllib.TOMLDecodeError, KeyError, TypeError):
        pass  # an unusual way of writing: the values come back without their comments
    return put(text, place, wanted)


def rename(text: str, place: Place, name: str) -> str:
    """Give an object another name, also wherever it is named.

    Args:
        text: The document.
        place: Where it is.
        name: A legal name that no other object of its kind has.

    Raises:
        StoreError: The name is taken or not legal.
    """
    data = tomllib.loads(text)
    _check_name(data, place, name)
    spans = find_spans(text)
    depth = len(place)
    pieces = [
        (start, end, name)
        for path, start, end in spans.keys
        if len(path) == depth and path == place
    ]
    for path in references(data, place):
        start, end = spans.values[path]
        pieces.append((start, end, f"{text[start]}{name}{text[start]}"))
    for start, end, piece in sorted(pieces, reverse=True):
        text = text[:start] + piece + text[end:]
    return text


def references(data: Mapping[str, Any], place: Place) -> list[ValuePath]:
    """List the places where an object is named by others."""
    name = place[-1]
    uses = {"connectors": _connector_uses, "actions": _action_uses}.get(place[0])
    return [path for path, value in uses(data) if value == name] if uses is not None else []


def names_beside(data: Mapping[str, Any], place: Place) -> set[str]:
    """Name all objects among which that of a place has to have a name of its own."""
    group = _table(data, place[0])
    if len(place) == 3:
        return {key for kind, _ in _tables(data, place[0]) for key in _table(group, kind)}
    return set(group)


def _check_name(data: Mapping[str, Any], place: Place, name: str) -> None:
    if not NAME.fullmatch(name):
        raise StoreError(
            f"{name!r} is no name.", hint="Use letters, digits, - and _, a letter or digit first."
        )
    if name in names_beside(data, place) and name != place[-1]:
        raise StoreError(f"The name {name} is taken.", hint="Choose another name.")


def _nested(place: Place, change: Any) -> Changes:
    for part in reversed(place):
        change = {part: change}
    return change


def _graft(document: Any, old: Any, place: Place) -> None:
    """Put a table of one document into another, with its comments."""
    parent, source = document, old
    for part in place[:-1]:
        source = source[part]
        if part not in parent:
            parent.append(part, tomlkit.table(is_super_table=True))
        parent = parent[part]
    parent.append(place[-1], copy.deepcopy(source[place[-1]]))


def _connector_uses(data: Mapping[str, Any]) -> Iterator[tuple[ValuePath, Any]]:
    for name, rule in _tables(data, "rules"):
        yield ("rules", name, "source"), rule.get("source")
    for kind in ("kafka", "republish"):
        for name, action in _tables(_table(data, "actions"), kind):
            yield ("actions", kind, name, "connector"), action.get("connector")
            for index, fallback in _items(action, "fallback_actions"):
                path = ("actions", kind, name, "fallback_actions", index, "args", "connector")
                yield path, _table(fallback, "args").get("connector")
    for name, simulator in _tables(data, "simulators"):
        yield ("simulators", name, "connector"), simulator.get("connector")
    for index, message in _items(data, "messages"):
        yield ("messages", index, "connector"), message.get("connector")


def _action_uses(data: Mapping[str, Any]) -> Iterator[tuple[ValuePath, Any]]:
    for name, rule in _tables(data, "rules"):
        actions = rule.get("actions")
        for index, action in enumerate(
            cast("list[Any]", actions) if isinstance(actions, list) else []
        ):
            yield ("rules", name, "actions", index), action
        for index, test in _items(rule, "tests"):
            for number, record in _items(_table(test, "expect"), "records"):
                path = ("rules", name, "tests", index, "expect", "records", number, "action")
                yield path, record.get("action")
    for name, action in _tables(_table(data, "actions"), "kafka"):
        for index, fallback in _items(action, "fallback_actions"):
            path = ("actions", "kafka", name, "fallback_actions", index, "name")
            yield path, fallback.get("name")


def _table(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = data.get(key)
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else _NOTHING


def _tables(data: Mapping[str, Any], key: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, value in _table(data, key).items():
        if isinstance(value, Mapping):
            yield name, cast("Mapping[str, Any]", value)


def _items(data: Mapping[str, Any], key: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Give the tables of a list with their indexes."""
    values = data.get(key)
    for index, value in enumerate(cast("list[Any]", values) if isinstance(values, list) else []):
        if isinstance(value, Mapping):
            yield index, cast("Mapping[str, Any]", value)
