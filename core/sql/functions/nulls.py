"""Defaults for values that are missing."""

from __future__ import annotations

from typing import Final

from core.sql.functions.args import list_arg
from core.sql.functions.registry import Example, Function
from core.sql.values import UNDEFINED, Value

_FAMILY: Final = "Missing values"


def _null() -> Value:
    return UNDEFINED


def _is_blank(value: Value) -> bool:
    return value is UNDEFINED or value in ("", [])


def _coalesce(*args: Value) -> Value:
    if len(args) == 1:
        items = list_arg("coalesce: the only argument", args[0])
        return next((item for item in items if item is not UNDEFINED), UNDEFINED)
    first, second = args
    return second if first is UNDEFINED else first


def _coalesce_ne(*args: Value) -> Value:
    if len(args) == 1:
        items = list_arg("coalesce_ne: the only argument", args[0])
        return next((item for item in items if not _is_blank(item)), UNDEFINED)
    first, second = args
    return second if _is_blank(first) else first


TABLE: Final = (
    Function(
        "null", _FAMILY, 0, 0, _null, "null()",
        "The value of what is missing; it is not JSON null.", "",
        Example("is_null(null())", True),
    ),
    Function(
        "coalesce", _FAMILY, 1, 2, _coalesce, "coalesce(a, b) or coalesce(list)",
        "a, or b if a is missing; of a list the first item that is not missing.",
        "the only argument is not a list", Example("coalesce(null(), 5)", 5),
    ),
    Function(
        "coalesce_ne", _FAMILY, 1, 2, _coalesce_ne, "coalesce_ne(a, b) or coalesce_ne(list)",
        "As coalesce, but the empty string and the empty list count as missing too.",
        "the only argument is not a list", Example("coalesce_ne(['', null(), 7])", 7),
    ),
)  # fmt: skip
