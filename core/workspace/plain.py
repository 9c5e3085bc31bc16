"""Checks data against the models: every complaint in plain words, and what is left without it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from core.workspace.model import Workspace
from core.workspace.positions import Path, child
from core.workspace.problems import Findings, nearest
from core.workspace.units import CodedError

SECRET_KEYS: Final = frozenset({"password", "client_secret", "token"})
"""Keys whose values are never shown, unless they are references."""
_LONGEST_SHOWN: Final = 60
_WANTED: Final = {
    "string_type": "a text in quotes",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "tuple_type": "an array [...]",
    "list_type": "an array [...]",
    "is_instance_of": "another kind of value",
}
_VERBS: Final = frozenset({"is", "must", "has", "needs", "names"})
_QUOTED: Final = re.compile(r'"([^"]*)"')
_CREDENTIALS: Final = re.compile(r"//[^/]*@")


def check_models(data: Mapping[str, Any], findings: Findings) -> Workspace:
    """Validate the data of a file, and report everything that is wrong with it.

    Returns:
        The workspace of all parts that are right: wrong values are left at their defaults, tables
        without a required value are out.
    """
    frozen = _freeze(data)
    try:
        return Workspace.model_validate(frozen, strict=True)
    except ValidationError as exc:
        _report(exc, frozen, findings)
        return _without_errors(data, exc)


def _freeze(value: Any) -> Any:
    """Turn lists into tuples, which the strict models take."""
    if isinstance(value, Mapping):
        table = cast("Mapping[str, Any]", value)
        return {key: _freeze(item) for key, item in table.items()}
    if isinstance(value, list | tuple):
        return tuple(_freeze(item) for item in cast("Sequence[Any]", value))
    return value


# ------------------------------------------------------------------------------------ words


def _report(error: ValidationError, data: Any, findings: Findings) -> None:
    """Add one finding for each place; members of a union complain together."""
    by_path: dict[Path, list[ErrorDetails]] = {}
    for detail in error.errors(include_url=False):
        by_path.setdefault(_path(detail, data), []).append(detail)
    for path, details in by_path.items():
        deeper = any(other[: len(path)] == path and other != path for other in by_path)
        if deeper and isinstance(_at(data, path), dict):
            continue  # another member of the union took the table and says more
        code, message, hint = _words(path, details, _at(data, path))
        findings.error(path, code, message, hint)


def _path(detail: ErrorDetails, data: Any) -> Path:
    """Keep the parts of pydantic's location that are in the file, drop its names of types."""
    path: Path = ()
    value = data
    location = detail["loc"]
    for position, part in enumerate(location):
        if isinstance(value, dict) and part in value:
            value = cast("dict[str, Any]", value)[cast("str", part)]
            path = child(path, part)
        elif isinstance(value, tuple) and isinstance(part, int):
            value = cast("tuple[Any, ...]", value)[part]
            path = child(path, part)
        elif detail["type"] == "missing" and position == len(location) - 1:
            path = child(path, part)
    return path


def _at(data: Any, path: Path) -> Any:
    """Return the value at a path; None if there is none."""
    for part in path:
        if isinstance(data, dict):
            data = cast("dict[str, Any]", data).get(cast("str", part))
        elif isinstance(data, tuple) and isinstance(part, int):
            data = cast("tuple[Any, ...]", data)[part]
        else:
            return None
    return data


def _words(path: Path, details: list[ErrorDetails], value: Any) -> tuple[str, str, str]:
    """Say what was found and what is accepted: code, message, hint."""
    first = details[0]
    key = str(path[-1]) if path else "the file"
    if first["type"] == "missing":
        return "missing", f"{key} is required and is not there", f"add {key} = ..."
    own = [d for d in details if d["type"] == "value_error"]
    if own:
        text = " or ".join(dict.fromkeys(_own_words(d, path, value) for d in own))
        message, _, hint = text.partition("; ")
        return _own_code(own[0]), message, hint
    if key == "id" and first["type"] == "string_pattern_mismatch":
        return (
            "value",
            f"{_shown(path, value)} is no workspace id",
            "write 8 hex digits, or leave it out",
        )
    accepted = " or ".join(dict.fromkeys(_accepted(d) for d in details))
    message = f"{_shown(path, value)} is not accepted; it takes {accepted}"
    wanted = _QUOTED.findall(accepted)
    meant = nearest(value, wanted) if isinstance(value, str) else None
    hint = f'write {key} = "{meant}"' if meant else f"write {accepted}"
    kinds = {d["type"] for d in details}
    return ("type" if kinds <= set(_WANTED) else "value"), message, hint


def _own_words(detail: ErrorDetails, path: Path, value: Any) -> str:
    """Make a sentence of what a validator of ours says; most begin with a verb."""
    text = detail["msg"].removeprefix("Value error, ")
    verb = text.partition(" ")[0]
    return f"{_shown(path, value)} {text}" if verb in _VERBS else text


def _own_code(detail: ErrorDetails) -> str:
    """Tell a value of a kind of its own, such as a wrong unit, from others that are refused."""
    error = detail.get("ctx", {}).get("error")
    return error.code if isinstance(error, CodedError) else "value"


def _accepted(detail: ErrorDetails) -> str:
    kind = detail["type"]
    context = detail.get("ctx", {})
    if kind == "literal_error":
        return str(context["expected"]).replace("'", '"')
    if kind in ("greater_than_equal", "less_than_equal"):
        bound = "at least" if kind == "greater_than_equal" else "at most"
        return f"{bound} {context['ge' if 'ge' in context else 'le']}"
    if kind == "string_too_short":
        return "a text that is not empty"
    return _WANTED.get(kind, detail["msg"])


def _shown(path: Path, value: Any) -> str:
    """Show what was found, except where it may be a secret or is long."""
    if any(part in SECRET_KEYS for part in path):
        return "the value"
    match value:
        case bool():
            return "true" if value else "false"
        case str() | int() | float():
            text = f'"{value}"' if isinstance(value, str) else str(value)
            text = _CREDENTIALS.sub("//***@", text)
            return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + '..."'
        case dict():
            return "a table"
        case tuple():
            return "an array"
        case _:
            return f"this {type(value).__name__}"


# ------------------------------------------------------------------------------- what is left


def _without_errors(data: Mapping[str, Any], error: ValidationError) -> Workspace:
    """Take wrong parts out until the rest is right."""
    rest = _thaw(data)
    while True:
        frozen = _freeze(rest)
        places = {_wrong_place(detail, frozen) for detail in error.errors(include_url=False)}
        for place in sorted(places, key=_last_first, reverse=True):
            _remove(rest, place)
        try:
            return Workspace.model_validate(_freeze(rest), strict=True)
        except ValidationError as exc:
            error = exc


def _thaw(value: Any) -> Any:
    """Copy data so that it can be changed."""
    if isinstance(value, Mapping):
        table = cast("Mapping[str, Any]", value)
        return {key: _thaw(item) for key, item in table.items()}
    if isinstance(value, list | tuple):
        return [_thaw(item) for item in cast("Sequence[Any]", value)]
    return value


def _wrong_place(detail: ErrorDetails, data: Any) -> Path:
    path = _path(detail, data)
    return path[:-1] if detail["type"] == "missing" else path


def _last_first(path: Path) -> tuple[tuple[int, str], ...]:
    """Order paths so that removing one leaves the indexes of those before it."""
    return tuple((part, "") if isinstance(part, int) else (0, part) for part in path)


def _remove(data: Any, path: Path) -> None:
    """Remove what is at a path, if it is still there; the whole data for the empty path."""
    if not path:
        data.clear()
        return
    for part in path[:-1]:
        if isinstance(part, int) and isinstance(data, list):
            items = cast("list[Any]", data)
            data = items[part] if part < len(items) else None
        else:
            data = cast("dict[Any, Any]", data).get(part) if isinstance(data, dict) else None
    last = path[-1]
    if isinstance(data, dict):
        cast("dict[Any, Any]", data).pop(last, None)
    elif isinstance(data, list) and isinstance(last, int) and last < len(cast("list[Any]", data)):
        cast("list[Any]", data).pop(last)
