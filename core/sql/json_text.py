"""JSON as EMQX reads and writes it: strict RFC 8259 in, its number forms and key order out.

msgspec does the work. What it writes differently (floats such as `1.0e3`, the order of keys,
control characters) is put into its input beforehand.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Final, cast

import msgspec

from core.sql.limits import check_integer
from core.sql.values import UNDEFINED, Atom, BitString, EvalError, Value, str_to_bytes

FAST_DECODE: Final = cast(
    "Callable[[str | bytes], Value]", msgspec.json.Decoder[object](object).decode
)
"""What `decode_json` calls, for the hot path: raises NOT_JSON instead of explaining."""
NOT_JSON: Final = (msgspec.MsgspecError, UnicodeError, RecursionError)
_ENCODE: Final = msgspec.json.Encoder().encode

# From this size on a float is always written with an exponent.
_ALWAYS_EXPONENT: Final = 2.0**53

# EMQX leaves the order of the keys of larger maps open.
_LARGEST_ORDERED: Final = 32

# Characters that msgspec escapes with lower-case hexadecimal digits, EMQX with upper-case ones.
_LETTER_ESCAPE: Final = re.compile("[\x0b\x0e\x0f\x1a-\x1f]")
_LONE_BYTE: Final = re.compile("[\udc80-\udcff]")
_ESCAPED_BY_US: Final = re.compile('["\\\\\x00-\x1f]')
_SHORT_ESCAPES: Final = {
    '"': '\\"',
    "\\": "\\\\",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
}


def decode_json(data: str | bytes) -> Value:
    """Decode JSON text strictly (RFC 8259).

    Integers stay exact, a number with a point or an exponent is a float, the
    last of several equal keys wins.

    Args:
        data: The text; a `str` with escaped bytes is no JSON.

    Raises:
        EvalError: `decode_json_failed`: it is not JSON, or beyond what can be held (a float
            overflow, a longer integer, nesting that is too deep).
    """
    try:
        return FAST_DECODE(data)
    except (msgspec.MsgspecError, UnicodeError) as exc:
        raise EvalError(f"decode_json_failed: the text is not valid JSON ({_reason(exc)})") from exc
    except RecursionError as exc:
        raise EvalError("decode_json_failed: the JSON text is nested too deeply") from exc


def encode_json(value: Value) -> str:
    """Write compact JSON as EMQX does (also the function `json_encode`).

    Keys stand in descending byte order, a float in the shorter of its fixed and exponent forms,
    undefined as "undefined", a constant as its text, a byte that is no UTF-8
    as U+FFFD.

    Raises:
        EvalError: The value holds a bit string, or is nested too deeply.
    """
    return output_json(value).decode()


def output_json(value: Value) -> bytes:
    """Encode a rule's output: the bytes of `encode_json`.

    Raises:
        EvalError: The value holds a bit string, or is nested too deeply.
    """
    try:
        return _ENCODE(_prepare(value))
    except RecursionError as exc:
        raise EvalError("the value is nested too deeply to be written as JSON") from exc


def float_to_json(value: float) -> str:
    """Write a float's shortest round-trip digits, fixed or with an exponent, whichever is shorter.

    On a tie the fixed form; from 2**53 on always an exponent. Minus zero is `0.0`.
    """
    if value == 0:
        return "0.0"
    digits, point = shortest_digits(value)
    sign = "-" if value < 0 else ""
    if abs(value) < _ALWAYS_EXPONENT:
        fixed = _fixed(digits, point)
        exponent = _exponent(digits, point)
        return sign + (fixed if len(fixed) <= len(exponent) else exponent)
    return sign + _exponent(digits, point)


def shortest_digits(value: float) -> tuple[str, int]:
    """Split a non-zero float into its shortest round-trip digits and the place of the point.

    Returns:
        Digits without leading or trailing zeros, and p with abs(value) = 0.digits * 10**p.
    """
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    point = len(whole) + (int(exponent) if exponent else 0)
    all_digits = whole + fraction
    digits = all_digits.lstrip("0")
    point -= len(all_digits) - len(digits)
    return digits.rstrip("0"), point


def _fixed(digits: str, point: int) -> str:
    if point <= 0:
        return "0." + "0" * -point + digits
    if point >= len(digits):
        return digits + "0" * (point - len(digits)) + ".0"
    return f"{digits[:point]}.{digits[point:]}"


def _exponent(digits: str, point: int) -> str:
    return f"{digits[0]}.{digits[1:] or '0'}e{point - 1}"


def _prepare(value: Value) -> object:
    """Turn a value into what msgspec writes the way EMQX does."""
    kind = type(value)
    if kind is str:
        text = cast("str", value)
        return text if text.isascii() and text.isprintable() else _prepare_text(text)
    if kind is dict:
        return _prepare_map(cast("dict[str, Value]", value))
    if kind is int:
        return check_integer(cast("int", value))
    if kind is float:
        number = cast("float", value)
        # In this range both write the same fixed form.
        if 0.001 <= number < 1000 or -1000 < number <= -0.001:
            return number
        return msgspec.Raw(float_to_json(number))
    if kind is list:
        return [_prepare(item) for item in cast("list[Value]", value)]
    if isinstance(value, Atom):
        return _prepare_text(value.name)
    if value is UNDEFINED:
        return "undefined"
    if isinstance(value, BitString):
        raise EvalError(
            f"a bit string of {value.bits} bits cannot be written as JSON; use bin2hexstr()"
        )
    return value


def _prepare_text(text: str) -> object:
    clean = text if text.isascii() else _LONE_BYTE.sub("\ufffd", text)
    return msgspec.Raw(_quote(clean).encode()) if _LETTER_ESCAPE.search(clean) else clean


def _prepare_map(value: dict[str, Value]) -> object:
    keys = tuple(value)
    order = _known_order(keys) if len(keys) <= _LARGEST_ORDERED else _order(keys)
    prepared: dict[str, object] = {}
    for key, name in order:
        item = value[key]
        # Most text needs no preparation, so no call either.
        if type(item) is str and item.isascii() and item.isprintable():
            prepared[name] = item
        else:
            prepared[name] = _prepare(item)
    if not "".join(prepared).isprintable() and _LETTER_ESCAPE.search("".join(prepared)):
        pairs = [_quote(name).encode() + b":" + _ENCODE(prepared[name]) for name in prepared]
        return msgspec.Raw(b"{" + b",".join(pairs) + b"}")
    return prepared


def _order(keys: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Sort keys as they are written; return each with its text, in which all bytes are UTF-8."""
    if not "".join(keys).isascii():
        return tuple(
            (key, _LONE_BYTE.sub("\ufffd", key))
            for key in sorted(keys, key=str_to_bytes, reverse=True)
        )
    return tuple((key, key) for key in sorted(keys, reverse=True))


# A rule writes the same keys for every message.
_known_order: Final = functools.lru_cache(maxsize=128)(_order)


def _quote(text: str) -> str:
    return '"' + _ESCAPED_BY_US.sub(_escape, text) + '"'


def _escape(match: re.Match[str]) -> str:
    char = match.group()
    return _SHORT_ESCAPES.get(char) or f"\\u{ord(char):04X}"


def _reason(exc: Exception) -> str:
    if isinstance(exc, UnicodeError):
        return "it holds bytes that are no UTF-8"
    return str(exc).removeprefix("JSON is malformed: ")
