"""Conversion between types."""

from __future__ import annotations

import math
from typing import Final

from core.sql.functions.args import integer_arg, map_arg, refuse
from core.sql.functions.registry import Example, Function
from core.sql.limits import check_text
from core.sql.text import MOST_DECIMALS, float_to_text, parse_number, to_text
from core.sql.values import EvalError, Value, bytes_to_str

_FAMILY: Final = "Conversion"
_NUMBER_TEXT: Final = "a number or text such as '12' or '3.14'"


def _str(x: Value) -> Value:
    return check_text(to_text(x), "str")


def _str_utf8(x: Value) -> Value:
    text = check_text(to_text(x), "str_utf8")
    _encoded("str_utf8", text, "utf-8")
    return text


def _str_utf16_le(x: Value) -> Value:
    return bytes_to_str(_encoded("str_utf16_le", to_text(x), "utf-16-le"))


def _encoded(name: str, text: str, encoding: str) -> bytes:
    try:
        return text.encode(encoding)
    except UnicodeEncodeError as exc:
        raise EvalError(f"{name}: the text holds bytes that are no UTF-8") from exc


def _int(x: Value) -> Value:
    if isinstance(x, bool):
        return int(x)
    number = parse_number(x) if type(x) is str else x
    if type(number) is int:
        return number
    if type(number) is float:
        return math.floor(number)
    return refuse("int: the argument", _NUMBER_TEXT + ", or true or false", x)


def _to_float(x: Value) -> float:
    number = parse_number(x) if type(x) is str else x
    if type(number) is int:
        try:
            return float(number)
        except OverflowError as exc:
            raise EvalError("float: the integer is too large for a float") from exc
    if type(number) is float:
        return number
    return refuse("float: the argument", _NUMBER_TEXT, x)


def _float_of(*args: Value) -> Value:
    number = _to_float(args[0])
    if len(args) == 1:
        return number
    decimals = integer_arg("float: the number of decimals", args[1])
    if not 1 <= decimals <= MOST_DECIMALS:
        refuse("float: the number of decimals", f"1 to {MOST_DECIMALS}", decimals)
    return float(float_to_text(number, decimals))


def _float2str(f: Value, d: Value) -> Value:
    if type(f) is not float:
        refuse("float2str: the first argument", "a float", f)
    decimals = integer_arg("float2str: the number of decimals", d)
    if not 0 <= decimals <= MOST_DECIMALS:
        refuse("float2str: the number of decimals", f"0 to {MOST_DECIMALS}", decimals)
    return float_to_text(f, decimals)


def _bool(x: Value) -> Value:
    if isinstance(x, bool):
        return x
    if x == "true" or (x == 1 and type(x) is not str):
        return True
    if x == "false" or (x == 0 and type(x) is not str):
        return False
    return refuse("bool: the argument", "true, false, 'true', 'false', 1 or 0", x)


def _map(x: Value) -> Value:
    return map_arg("map: the argument", x)


TABLE: Final = (
    Function(
        "str", _FAMILY, 1, 1, _str, "str(x)",
        "Text of a value: floats with at most 10 decimals, maps and lists as JSON, a list of"
        " printable character codes as the text it spells.",
        "x is a bit string or a float from 1e244 on", Example("str(2.50)", "2.5"),
    ),
    Function(
        "str_utf8", _FAMILY, 1, 1, _str_utf8, "str_utf8(x)",
        "Text of a value, as str does, in UTF-8.",
        "as str; bytes that are no UTF-8", Example("str_utf8(1)", "1"),
    ),
    Function(
        "str_utf16_le", _FAMILY, 1, 1, _str_utf16_le, "str_utf16_le(x)",
        "Text of a value, as str does, as UTF-16 little-endian bytes without a mark.",
        "as str; bytes that are no UTF-8", Example("bin2hexstr(str_utf16_le('h'))", "6800"),
    ),
    Function(
        "int", _FAMILY, 1, 1, _int, "int(x)",
        "Integer of a number or of text; a float is rounded down, true is 1, false is 0.",
        "other text (also with blanks or '1e3'), null, missing, a list or a map",
        Example("int(-3.14)", -4),
    ),
    Function(
        "float", _FAMILY, 1, 2, _float_of, "float(x[, decimals])",
        "Float of a number or of text, optionally rounded to 1 or more decimals.",
        "other text (also '1e4' and '.5'), a boolean, null; decimals below 1",
        Example("float('3.1415926', 3)", 3.142),
    ),
    Function(
        "float2str", _FAMILY, 2, 2, _float2str, "float2str(f, decimals)",
        "Text of a float with at most so many decimals (0 to 253), never with an exponent.",
        "f is not a float (also an integer); the text is longer than 255 characters",
        Example("float2str(20.5, 3)", "20.5"),
    ),
    Function(
        "bool", _FAMILY, 1, 1, _bool, "bool(x)",
        "true for true, 'true' and 1; false for false, 'false' and 0.",
        "any other value", Example("bool('true')", True),
    ),
    Function(
        "map", _FAMILY, 1, 1, _map, "map(x)",
        "A map as it is, or the map that JSON text of an object holds.",
        "any other value", Example("map('{\"a\":1}')", {"a": 1}),
    ),
)  # fmt: skip
