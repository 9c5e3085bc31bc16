"""Text of values and values of text: the conversions behind `+`, `str()`, templates and numbers.

The rules are those of rule SQL's text conversion; JSON itself is in `core.sql.json_text` and is
re-exported here.
"""

from __future__ import annotations

import math
import re
from typing import Final, cast

from core.sql.json_text import decode_json, encode_json, float_to_json, output_json
from core.sql.limits import MAX_INTEGER_DIGITS, check_integer
from core.sql.values import UNDEFINED, Atom, BitString, EvalError, Value

__all__ = [
    "decode_json",
    "encode_json",
    "float_to_json",
    "float_to_text",
    "is_printable_list",
    "output_json",
    "parse_number",
    "to_text",
]

TEXT_DECIMALS: Final = 10
MOST_DECIMALS: Final = 253

# Up to here, and with at most 18 decimals, EMQX computes the decimals in double arithmetic.
_LARGEST_FAST: Final = 2.0**53
_MOST_FAST_DECIMALS: Final = 18
_LONGEST_PRINTF: Final = 255

_INTEGER: Final = re.compile(r"[+-]?[0-9]+")
_FLOAT: Final = re.compile(r"[+-]?[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?")
_PRINTABLE_CONTROLS: Final = frozenset(b"\b\t\n\v\f\r\x1b")


def to_text(value: Value) -> str:
    """Convert a value to text.

    A list that is empty or whose items are all printable code points becomes the text they spell;
    other lists and maps become compact JSON; a float has at most 10 decimals and no exponent.

    Raises:
        EvalError: A bit string, a float from 1e244 on, an integer of more than 4,096 digits.
    """
    kind = type(value)
    if kind is str:
        return cast("str", value)
    if kind is int:
        return str(check_integer(cast("int", value)))
    if kind is float:
        return float_to_text(cast("float", value), TEXT_DECIMALS)
    if kind is dict:
        return encode_json(value)
    if kind is list:
        items = cast("list[Value]", value)
        if is_printable_list(items):
            return "".join([chr(cast("int", item)) for item in items])
        return encode_json(value)
    if isinstance(value, Atom):
        return value.name
    if isinstance(value, BitString):
        raise EvalError(
            f"a bit string of {value.bits} bits has no text; use bin2hexstr() to write it"
        )
    return constant_text(value)


def constant_text(value: object) -> str:
    """Name one of true, false, null and undefined."""
    if value is True:
        return "true"
    if value is False:
        return "false"
    return "undefined" if value is UNDEFINED else "null"


def is_printable_list(items: list[Value]) -> bool:
    """Tell whether every item is the code point of a printable character; true for no items."""
    return all(type(item) is int and _is_printable(item) for item in items)


def float_to_text(value: float, decimals: int) -> str:
    """Write a float with at most so many decimals (0..253), never with an exponent.

    Zeros at the end are dropped, but one digit stays after the point. With no decimals there is no
    point. The sign is kept, also of zero. Rounding is half away from zero, computed like EMQX does
    in double arithmetic, or from the exact binary value for large numbers and many decimals.

    Raises:
        EvalError: The digits, before zeros are dropped, would be more than 255 characters.
    """
    size = abs(value)
    sign = "-" if math.copysign(1.0, value) < 0 else ""
    if size <= _LARGEST_FAST and decimals <= _MOST_FAST_DECIMALS:
        whole = int(size)
        scale = 10**decimals
        fraction = int((size - whole) * float(scale) + 0.5)
        if fraction >= scale:
            whole += 1
            fraction -= scale
        if decimals == 0:
            return f"{sign}{whole}"
        digits = f"{fraction:0{decimals}d}".rstrip("0") or "0"
        return f"{sign}{whole}.{digits}"
    text = sign + format(size, f".{decimals}f")
    if len(text) > _LONGEST_PRINTF:
        raise EvalError(
            f"the float {value!r} with {decimals} decimals is longer than {_LONGEST_PRINTF}"
            " characters"
        )
    if decimals == 0:
        return text
    text = text.rstrip("0")
    return text + "0" if text.endswith(".") else text


def parse_number(text: str) -> int | float | None:
    """Read `[+-]?digits` as an integer, `digits.digits` with an optional exponent as a float.

    Returns:
        None if the text is in neither form, or a float overflows.

    Raises:
        EvalError: An integer of more than 4,096 digits.
    """
    if _INTEGER.fullmatch(text):
        if len(text) > MAX_INTEGER_DIGITS and len(text.lstrip("+-")) > MAX_INTEGER_DIGITS:
            raise EvalError(f"the text holds an integer of more than {MAX_INTEGER_DIGITS:,} digits")
        return int(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        return number if math.isfinite(number) else None
    return None


def _is_printable(code: int) -> bool:
    if code < 160:
        return 32 <= code <= 126 or code in _PRINTABLE_CONTROLS
    return code <= 55295 or 57344 <= code <= 65533 or 65536 <= code <= 1114111
