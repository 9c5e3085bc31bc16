"""One step of a path: the value under a key or at an index.

A string on the way is taken for JSON text: it is decoded and the step applies to the result. What
is not there, or not JSON, is undefined; a step never fails.
"""

from __future__ import annotations

from typing import cast

from core.sql.json_text import decode_json
from core.sql.values import UNDEFINED, EvalError, Value


def get_key(value: Value, key: str) -> Value:
    """Return what a map holds under a key, undefined for everything else."""
    if type(value) is str:
        value = decoded(value)
    if type(value) is dict:
        return cast("dict[str, Value]", value).get(key, UNDEFINED)
    return UNDEFINED


def get_index(value: Value, index: Value) -> Value:
    """Return an item of a list: 1 is the first, -1 the last.

    Zero, an index out of bounds or one that is no integer, and anything but a list give undefined.
    """
    if type(index) is not int:
        return UNDEFINED
    if type(value) is str:
        value = decoded(value)
    if type(value) is not list:
        return UNDEFINED
    items = cast("list[Value]", value)
    if 0 < index <= len(items):
        return items[index - 1]
    if -len(items) <= index < 0:
        return items[index]
    return UNDEFINED


def decoded(value: Value) -> Value:
    """Decode JSON text until it is no longer a string; undefined if it is not JSON."""
    try:
        while type(value) is str:
            value = decode_json(value)
    except EvalError:
        return UNDEFINED
    return value
