"""Keys of stores, equal only for identical values: 1 is not 1.0, true is not 1."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TypeAlias, cast

from core.sql.values import EvalError, Value

Identity: TypeAlias = Hashable


def identity_of(value: Value) -> Identity:
    """Return a hashable stand-in for a value; two are equal if and only if the values are.

    Raises:
        EvalError: The value is nested too deeply.
    """
    try:
        return _stand_in(value)
    except RecursionError as exc:
        raise EvalError("the key is nested too deeply") from exc


def _stand_in(value: Value) -> Identity:
    kind = type(value)
    if kind is list:
        return ("list", tuple([_stand_in(item) for item in cast("list[Value]", value)]))
    if kind is dict:
        pairs = cast("dict[str, Value]", value).items()
        return ("map", frozenset([(key, _stand_in(item)) for key, item in pairs]))
    return (kind, cast("Hashable", value))
