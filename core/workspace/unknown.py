"""Keys that no model knows: kept in the file, and reported with the name that was likely meant."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Union, cast, get_args, get_origin, get_type_hints

from core.workspace.model import Workspace
from core.workspace.mqtt import Model
from core.workspace.positions import Path, child
from core.workspace.problems import Findings, did_you_mean

_FROM_THE_KEY: Final[Mapping[str | int, str]] = {
    "connectors": "name",
    "actions": "name",
    "simulators": "name",
    "rules": "id",
}


def check_keys(data: Mapping[str, Any], findings: Findings) -> None:
    """Warn about every key that means nothing to this version."""
    _check(Workspace, data, (), findings)


def _check(kind: Any, value: Any, path: Path, findings: Findings) -> None:
    models = list(_models(kind))
    if models and isinstance(value, dict):
        table = cast("dict[str, Any]", value)
        meant = max(models, key=lambda model: len(model.model_fields.keys() & table.keys()))
        _check_table(meant, table, path, findings)
        return
    if isinstance(value, dict) and get_origin(kind) is dict:
        for key, item in cast("dict[str, Any]", value).items():
            _check(get_args(kind)[1], item, child(path, key), findings)
    if isinstance(value, list) and get_origin(kind) is tuple:
        for index, item in enumerate(cast("list[Any]", value)):
            _check(get_args(kind)[0], item, child(path, index), findings)


def _check_table(model: type[Model], table: dict[str, Any], path: Path, findings: Findings) -> None:
    kinds = get_type_hints(model, include_extras=True)
    named = _FROM_THE_KEY.get(path[0]) if path and _is_item(path) else None
    known = [name for name in model.model_fields if name != named]
    for key, item in table.items():
        if key in known:
            _check(kinds[key], item, child(path, key), findings)
        elif key == named:
            findings.warning(
                child(path, key),
                "unknown_key",
                f"{key!r} means nothing here: the name is the table's own, {path[-1]!r}",
                "rename the table, or use label for a text to show",
            )
        else:
            findings.warning(
                child(path, key),
                "unknown_key",
                f"{key!r} is not known to this version and has no effect; it is kept in the file",
                did_you_mean(key, known),
            )


def _is_item(path: Path) -> bool:
    """Tell whether this is the path of a connector, an action, a rule or a simulator."""
    return len(path) == (3 if path[0] in ("connectors", "actions") else 2)


def _models(kind: Any) -> Iterator[type[Model]]:
    """Find the models that a type annotation names, not looking into dicts and tuples."""
    origin = get_origin(kind)
    if origin is Annotated:
        yield from _models(get_args(kind)[0])
    elif origin in (Union, types.UnionType):
        for member in get_args(kind):
            yield from _models(member)
    elif isinstance(kind, type) and issubclass(kind, Model):
        yield kind
