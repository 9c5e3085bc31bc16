"""Lists; positions count from 1."""

from __future__ import annotations

from typing import Final

from core.sql.functions.args import integer_arg, list_arg, refuse
from core.sql.functions.registry import Example, Function
from core.sql.operators import identical
from core.sql.values import EvalError, Value

_FAMILY: Final = "Lists"


def _nth(n: Value, items: Value) -> Value:
    position = integer_arg("nth: the position", n)
    values = list_arg("nth: the second argument", items)
    if not 1 <= position <= len(values):
        raise EvalError(
            f"nth: the list has {len(values)} items, there is none at position {position}"
        )
    return values[position - 1]


def _length(items: Value) -> Value:
    if type(items) is str:
        refuse("length: the argument", "a list (strlen() tells the length of text)", items)
    return len(list_arg("length: the argument", items))


def _sublist(*args: Value) -> Value:
    start = integer_arg("sublist: the start", args[0]) if len(args) == 3 else 1
    length = integer_arg("sublist: the length", args[-2])
    values = list_arg("sublist: the last argument", args[-1])
    if start < 1:
        refuse("sublist: the start", "1 or more", start)
    if length < 0:
        refuse("sublist: the length", "0 or more", length)
    return values[start - 1 : start - 1 + length]


def _first(items: Value) -> Value:
    values = list_arg("first: the argument", items)
    if not values:
        raise EvalError("first: the list is empty")
    return values[0]


def _last(items: Value) -> Value:
    values = list_arg("last: the argument", items)
    if not values:
        raise EvalError("last: the list is empty")
    return values[-1]


def _contains(x: Value, items: Value) -> Value:
    values = list_arg("contains: the second argument", items)
    return any(identical(x, item) for item in values)


TABLE: Final = (
    Function(
        "nth", _FAMILY, 2, 2, _nth, "nth(n, list)", "The n-th item of a list, 1 being the first.",
        "n is below 1 or beyond the end", Example("nth(2, ['a', 'b'])", "b"),
    ),
    Function(
        "length", _FAMILY, 1, 1, _length, "length(list)", "Number of items of a list.",
        "the argument is text (use strlen) or JSON text", Example("length([1, 2, 3])", 3),
    ),
    Function(
        "sublist", _FAMILY, 2, 3, _sublist, "sublist([start,] len, list)",
        "At most len items of a list, from start on, 1 being the first.",
        "start is below 1; len is negative", Example("sublist(2, 10, [1, 2, 3])", [2, 3]),
    ),
    Function(
        "first", _FAMILY, 1, 1, _first, "first(list)", "The first item of a list.",
        "the list is empty", Example("first([1, 2])", 1),
    ),
    Function(
        "last", _FAMILY, 1, 1, _last, "last(list)", "The last item of a list.",
        "the list is empty", Example("last([1, 2])", 2),
    ),
    Function(
        "contains", _FAMILY, 2, 2, _contains, "contains(x, list)",
        "Whether a list holds exactly x: 1 is not 1.0, a constant is not a string.",
        "the second argument is not a list", Example("contains(1, [1.0])", False),
    ),
)  # fmt: skip
