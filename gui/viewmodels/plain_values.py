"""Values inside the plain tables of a file, by the keys that lead to them."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Final, TypeAlias

from core.workspace.diff import REMOVED, Changes
from core.workspace.units import ByteSize, Duration

Path: TypeAlias = tuple[str, ...]
"""Keys from an object's own table downwards, such as `("ssl", "enable")`."""

_NOTHING: Final = object()


def has(values: Mapping[str, Any], path: Path) -> bool:
    """Tell whether there is a value at a path."""
    return at(values, path, _NOTHING) is not _NOTHING


def at(values: Mapping[str, Any], path: Path, default: Any = None) -> Any:
    """Give the value at a path; `default` where there is none."""
    found: Any = values
    for part in path:
        if not isinstance(found, Mapping) or part not in found:
            return default
        found = found[part]
    return found


def put(values: dict[str, Any], path: Path, value: Any) -> None:
    """Set a value, making tables on the way; None takes it out."""
    for part in path[:-1]:
        inner = values.get(part)
        if not isinstance(inner, dict):
            if value is None:
                return
            inner = values[part] = {}
        values = inner
    if value is None:
        values.pop(path[-1], None)
    else:
        values[path[-1]] = deepcopy(value)


def prune(values: dict[str, Any], base: Mapping[str, Any], path: Path) -> None:
    """Take out tables that hold nothing any more and that the file does not have."""
    if path and has(values, path) and not has(base, path):
        inner: Any = values
        for part in path[:-1]:
            inner = inner[part]
        if inner[path[-1]] == {}:
            del inner[path[-1]]
            prune(values, base, path[:-1])


def patched(values: dict[str, Any], changes: Changes) -> dict[str, Any]:
    """Make the same changes in other values."""
    result = deepcopy(values)
    for key, change in changes.items():
        old = result.get(key)
        if change is REMOVED:
            result.pop(key, None)
        elif isinstance(change, dict) and isinstance(old, dict):
            result[key] = patched(old, change)
        else:
            result[key] = getattr(change, "whole", change)
    return result


def is_untouched(changes: Mapping[str, Any], before: Any, now: Any) -> bool:
    """Tell whether everything that would change is as it was when the change was made."""
    for key, change in changes.items():
        old = before.get(key, _NOTHING) if isinstance(before, Mapping) else _NOTHING
        new = now.get(key, _NOTHING) if isinstance(now, Mapping) else _NOTHING
        if isinstance(change, Mapping) and isinstance(old, Mapping):
            if not is_untouched(change, old, new):
                return False
        elif old != new:
            return False
    return True


def same_value(value: Any, default: Any) -> bool:
    """Compare as the engine does: 60s is 1min, and 1024KB is 1MB."""
    if value == default:
        return True
    for kind in (Duration, ByteSize):
        try:
            if isinstance(value, str) and kind.parse(value) == kind.parse(default):
                return True
        except ValueError:
            continue
    return False
