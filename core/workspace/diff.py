"""What differs between two workspaces, in terms of their file."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, cast

from core.workspace.model import Workspace

Changes: TypeAlias = dict[str, Any]
"""Keys to set, nested where only something inside a table changed.

REMOVED takes a key out, ItemChanges changes a list.
"""


class Removed:
    """The type of REMOVED."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "REMOVED"


REMOVED: Final = Removed()


@dataclass(frozen=True, slots=True)
class Step:
    """One change of a list: remove what is at `index`, insert before it, or change it."""

    kind: Literal["remove", "insert", "change"]
    index: int
    value: Any = None


@dataclass(frozen=True, slots=True)
class ItemChanges:
    """How a list changes: steps, to be made in this order; or the whole, where there is none."""

    steps: tuple[Step, ...]
    whole: list[Any]


_OWN_NAMES: Final = {"connectors": "name", "actions": "name", "simulators": "name", "rules": "id"}


def changes(before: Workspace, after: Workspace) -> Changes:
    """Tell what to change in the file of `before` so that it holds `after`.

    Options that are the same on both sides are not in the result, however the file spells them;
    new tables hold what is not at its default.
    """
    return _between(to_data(before), to_data(after), to_data(after, brief=True))


def data_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Changes:
    """Tell what to change in plain data of a file, which may hold keys that no model knows."""
    return _between(before, after, after)


def to_data(workspace: Workspace, *, brief: bool = False) -> dict[str, Any]:
    """Return a workspace as the plain data of its file; no value is None.

    Args:
        workspace: What to write.
        brief: Leave out what is at its default.
    """
    data = workspace.model_dump(mode="json", exclude_defaults=brief, exclude_none=True)
    for group in ("connectors", "actions"):
        for kind in data.get(group, {}).values():
            _drop_names(kind, _OWN_NAMES[group])
    for group in ("rules", "simulators"):
        _drop_names(data.get(group, {}), _OWN_NAMES[group])
    return data


def _drop_names(tables: dict[str, dict[str, Any]], field: str) -> None:
    for table in tables.values():
        table.pop(field, None)


def _between(
    before: Mapping[str, Any], after: Mapping[str, Any], brief: Mapping[str, Any]
) -> Changes:
    result: Changes = {key: REMOVED for key in before if key not in after}
    for key, value in after.items():
        short = brief.get(key, value)
        if key not in before:
            result[key] = short
        elif value != before[key]:
            result[key] = _change(before[key], value, short)
    return result


def _change(before: Any, after: Any, brief: Any) -> Any:
    if isinstance(before, dict) and isinstance(after, dict):
        tables = cast("tuple[dict[str, Any], dict[str, Any]]", (before, after))
        return _between(*tables, brief)
    if isinstance(before, list) and isinstance(after, list):
        lists = cast("tuple[list[Any], list[Any]]", (before, after))
        return ItemChanges(tuple(_steps(*lists, brief)), brief)
    return brief


def _steps(before: list[Any], after: list[Any], brief: list[Any]) -> Iterator[Step]:
    """Tell how to turn one list into the other, the last place first."""
    pair = [_key(item) for item in before], [_key(item) for item in after]
    parts = difflib.SequenceMatcher(None, *pair, autojunk=False).get_opcodes()
    for kind, start, end, new_start, new_end in reversed(parts):
        if kind == "equal":
            continue
        both = min(end - start, new_end - new_start)
        for index in range(end - 1, start + both - 1, -1):
            yield Step("remove", index)
        for index in range(new_end - 1, new_start + both - 1, -1):
            yield Step("insert", start + both, brief[index])
        for offset in range(both):
            old, new = before[start + offset], new_start + offset
            yield Step("change", start + offset, _change(old, after[new], brief[new]))


def _key(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
