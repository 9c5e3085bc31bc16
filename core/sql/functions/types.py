"""Tests of what a value is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, cast

from core.sql.functions.args import refuse
from core.sql.functions.registry import Example, Function
from core.sql.json_text import decode_json
from core.sql.values import UNDEFINED, EvalError, Value

_FAMILY: Final = "Type tests"


def _is_empty(x: Value) -> Value:
    if type(x) is dict or type(x) is list:
        return len(cast("dict[str, Value] | list[Value]", x)) == 0
    if type(x) is str:
        if not x:
            return True
        try:
            decoded = decode_json(x)
        except EvalError:
            decoded = None
        if isinstance(decoded, dict):
            return len(decoded) == 0
    return refuse("is_empty: the argument", "a list, a map, '' or JSON text of an object", x)


def _test(
    name: str, test: Callable[[Value], bool], summary: str, argument: str, result: bool
) -> Function:
    return Function(
        name, _FAMILY, 1, 1, test, f"{name}(x)", f"Whether x is {summary}.", "",
        Example(f"{name}({argument})", result),
    )  # fmt: skip


TABLE: Final = (
    _test("is_null", lambda x: x is UNDEFINED, "missing; JSON null is not", "null()", True),
    _test("is_not_null", lambda x: x is not UNDEFINED, "not missing", "null()", False),
    _test(
        "is_null_var", lambda x: x is UNDEFINED or x is None, "missing or JSON null",
        "map_get('a', '{\"a\":null}')", True,
    ),
    _test(
        "is_not_null_var", lambda x: x is not UNDEFINED and x is not None,
        "neither missing nor JSON null", "map_get('a', '{\"a\":null}')", False,
    ),
    _test("is_str", lambda x: type(x) is str, "a string; constants are not", "'a'", True),
    _test("is_bool", lambda x: type(x) is bool, "true or false", "true", True),
    _test("is_int", lambda x: type(x) is int, "an integer", "1.0", False),
    _test("is_float", lambda x: type(x) is float, "a float", "1.0", True),
    _test("is_num", lambda x: type(x) is int or type(x) is float, "a number", "'1'", False),
    _test("is_map", lambda x: type(x) is dict, "a map", "map_new()", True),
    _test("is_array", lambda x: type(x) is list, "a list", "[1, 2]", True),
    Function(
        "is_empty", _FAMILY, 1, 1, _is_empty, "is_empty(x)",
        "Whether x is an empty list, map or string, or JSON text of an empty object.",
        "x is other text, a number, a boolean, null or missing", Example("is_empty('{}')", True),
    ),
)  # fmt: skip
