"""Write values into an output along paths, and keep results within bounds.

Nothing is changed in place: a value may be shared with the decoded payload or with another field,
so every level that a write passes is copied.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias, cast

from core.sql.access import get_index, get_key
from core.sql.limits import MAX_TEXT_BYTES
from core.sql.values import UNDEFINED, EvalError, Value


class Place(Enum):
    """Where `[0]` and `[-0]` put a new element when they are written to."""

    HEAD = "head"
    TAIL = "tail"


@dataclass(frozen=True, slots=True)
class IndexPath:
    """The step `[ref]`: the index is what the path finds from the root when it is walked."""

    steps: PathSteps


PathStep: TypeAlias = "str | int | Place | IndexPath"
PathSteps: TypeAlias = tuple[PathStep, ...]


def get_path(value: Value, steps: PathSteps, root: Value) -> Value:
    """Walk a path from a value; the indexes given by reference start at the root."""
    for step in steps:
        value = _get_step(value, step, root)
    return value


def put_path(target: Value, steps: PathSteps, value: Value, root: Value) -> Value:
    """Return a copy of the target that holds the value at the end of the path.

    A key on anything but a map replaces it by a new map, an index on anything but a list by a list
    of one element. An index out of bounds changes nothing. JSON text on the way is decoded to find
    what lies below a step, but the step itself replaces the text.
    """
    step, below = steps[0], steps[1:]
    if below:
        value = put_path(_get_step(target, step, root), below, value, root)
    if isinstance(step, str):
        if type(target) is dict:
            return {**cast("dict[str, Value]", target), step: value}
        return {step: value}
    if type(target) is not list:
        return [value]
    items = cast("list[Value]", target)
    if step is Place.HEAD:
        return [value, *items]
    if step is Place.TAIL:
        return [*items, value]
    index = get_path(root, step.steps, root) if isinstance(step, IndexPath) else step
    if type(index) is not int or index == 0 or not -len(items) <= index <= len(items):
        return items
    position = index - 1 if index > 0 else index
    changed = items.copy()
    changed[position] = value
    return changed


def _get_step(value: Value, step: PathStep, root: Value) -> Value:
    if isinstance(step, str):
        return get_key(value, step)
    if isinstance(step, int):
        return get_index(value, step)
    if isinstance(step, IndexPath):
        return get_index(value, get_path(root, step.steps, root))
    return UNDEFINED


_NODE_BYTES: Final = 4
"""What a number, a constant or the brackets of a container count for, at least."""


def check_size(value: Value) -> Value:
    """Return the value if its JSON text is surely not far beyond 1 MiB.

    A short statement can write one value into itself again and again; shared parts count each time
    they occur, as they would in the text.

    Raises:
        EvalError: It is larger.

    Cost: O(size of the value), at most O(1 MiB).
    """
    kind = type(value)
    if kind is not list and kind is not dict:
        return value
    left = MAX_TEXT_BYTES
    pending: list[Value] = [value]
    while pending:
        current = pending.pop()
        left -= _NODE_BYTES
        if type(current) is str:
            left -= len(current)
        elif type(current) is list:
            items = cast("list[Value]", current)
            left -= len(items)
            if left >= 0:
                pending.extend(items)
        elif type(current) is dict:
            entries = cast("dict[str, Value]", current)
            left -= sum(map(len, entries))
            if left >= 0:
                pending.extend(entries.values())
        if left < 0:
            raise EvalError("the result is larger than 1 MiB")
    return value
