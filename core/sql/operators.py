"""The operators of the rule language on values: arithmetic, comparison, identity, slices.

Behaviour is that of EMQX's rule runtime, including its odd parts: `+` joins text, a number compared
with a string converts the string, null is greater than any number. Everything here raises
`EvalError` and nothing else, except `RecursionError` on values nested beyond Python's stack.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, TypeVar, cast

from core.sql.describe import describe
from core.sql.limits import check_integer, check_text
from core.sql.text import parse_number, to_text
from core.sql.topics import topic_matches
from core.sql.values import (
    UNDEFINED,
    Atom,
    BitString,
    EvalError,
    Undefined,
    Value,
    normalise,
    str_to_bytes,
)

# ---------------------------------------------------------------------------------- arithmetic

_NUMBERS: Final = (int, float)
"""The types of numbers, compared by identity: a boolean is none."""


def add(left: Value, right: Value) -> Value:
    """Add two numbers; join the texts of both when at least one is a string."""
    if type(left) is str or type(right) is str:
        return check_text(normalise(to_text(left) + to_text(right)), "+")
    if type(left) in _NUMBERS and type(right) in _NUMBERS:
        try:
            return _checked("+", cast("float", left) + cast("float", right))
        except OverflowError as exc:
            raise _too_large("+") from exc
    raise _operand_problem("+", "two numbers, or text on one side", left, right)


def subtract(left: Value, right: Value) -> Value:
    """Subtract two numbers."""
    if type(left) in _NUMBERS and type(right) in _NUMBERS:
        try:
            return _checked("-", cast("float", left) - cast("float", right))
        except OverflowError as exc:
            raise _too_large("-") from exc
    raise _operand_problem("-", "two numbers", left, right)


def multiply(left: Value, right: Value) -> Value:
    """Multiply two numbers."""
    if type(left) in _NUMBERS and type(right) in _NUMBERS:
        try:
            return _checked("*", cast("float", left) * cast("float", right))
        except OverflowError as exc:
            raise _too_large("*") from exc
    raise _operand_problem("*", "two numbers", left, right)


def divide(left: Value, right: Value) -> Value:
    """Divide two numbers, both converted to float first: the result is always a float."""
    if not (is_number(left) and is_number(right)):
        raise _operand_problem("/", "two numbers", left, right)
    if right == 0:
        raise EvalError(f"{describe(left)} / 0: division by zero")
    try:
        return _checked("/", float(cast("float", left)) / float(cast("float", right)))
    except OverflowError as exc:
        raise _too_large("/") from exc


def div(left: Value, right: Value) -> Value:
    """Divide two integers, truncated toward zero."""
    dividend, divisor = _integers("div", left, right)
    quotient = abs(dividend) // abs(divisor)
    return quotient if (dividend < 0) == (divisor < 0) else -quotient


def mod(left: Value, right: Value) -> Value:
    """Compute the remainder of two integers, with the sign of the dividend."""
    dividend, divisor = _integers("mod", left, right)
    remainder = abs(dividend) % abs(divisor)
    return -remainder if dividend < 0 else remainder


def negate(value: Value) -> Value:
    """Change the sign of a number."""
    if type(value) is int or type(value) is float:
        return -value
    raise EvalError(f"a sign needs a number, not {describe(value)}")


def is_number(value: Value) -> bool:
    """Tell whether a value is an integer or a float; a boolean is neither."""
    return type(value) is int or type(value) is float


def _checked(name: str, result: float) -> int | float:
    """Return a result that is finite and not too long."""
    if type(result) is int:
        return check_integer(result)
    if not math.isfinite(result):
        raise _too_large(name)
    return result


def _too_large(name: str) -> EvalError:
    return EvalError(f"{name}: the result is too large for a float")


def _integers(name: str, left: Value, right: Value) -> tuple[int, int]:
    if type(left) is not int or type(right) is not int:
        raise _operand_problem(name, "two integers", left, right)
    if right == 0:
        raise EvalError(f"{describe(left)} {name} 0: division by zero")
    return left, right


def _operand_problem(name: str, wanted: str, left: Value, right: Value) -> EvalError:
    advice = ""
    if left is UNDEFINED or right is UNDEFINED:
        advice = "; a missing value is undefined, coalesce() gives it a default"
    return EvalError(f"'{name}' needs {wanted}, not {describe(left)} and {describe(right)}{advice}")


# ---------------------------------------------------------------------------------- identity


def identical(left: Value, right: Value) -> bool:
    """Tell whether two values are the same without any conversion (CASE x, IN, `contains`).

    1 is not 1.0, also inside lists and maps; a constant is not the string of its text.
    """
    kind = type(left)
    if kind is not type(right):
        return False
    if kind is list:
        ours, theirs = cast("list[Value]", left), cast("list[Value]", right)
        return len(ours) == len(theirs) and all(map(identical, ours, theirs))
    if kind is dict:
        return _same_maps(
            cast("dict[str, Value]", left), cast("dict[str, Value]", right), identical
        )
    return left == right


def loose_equal(left: Value, right: Value) -> bool:
    """Tell whether two values are equal with numbers compared by value, also nested (`eq`).

    Nothing else is converted: 1 equals 1.0, but neither '1' nor true.
    """
    if is_number(left):
        return is_number(right) and left == right
    kind = type(left)
    if kind is not type(right):
        return False
    if kind is list:
        ours, theirs = cast("list[Value]", left), cast("list[Value]", right)
        return len(ours) == len(theirs) and all(map(loose_equal, ours, theirs))
    if kind is dict:
        return _same_maps(
            cast("dict[str, Value]", left), cast("dict[str, Value]", right), loose_equal
        )
    return left == right


def is_member(value: Value, items: tuple[Value, ...]) -> bool:
    """Tell whether a value is identical to one of the items (IN)."""
    return any(identical(value, item) for item in items)


def _same_maps(
    left: dict[str, Value], right: dict[str, Value], same: Callable[[Value, Value], bool]
) -> bool:
    return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)


# ---------------------------------------------------------------------------------- comparison


def equal(left: Value, right: Value) -> bool:
    """Evaluate `left = right`."""
    pair = _comparable(left, right)
    return pair is not None and loose_equal(*pair)


def not_equal(left: Value, right: Value) -> bool:
    """Evaluate `left != right`: false, like all comparisons, when exactly one is undefined."""
    pair = _comparable(left, right)
    return pair is not None and not loose_equal(*pair)


def less(left: Value, right: Value) -> bool:
    """Evaluate `left < right`."""
    pair = _comparable(left, right)
    return pair is not None and order(*pair) < 0


def greater(left: Value, right: Value) -> bool:
    """Evaluate `left > right`."""
    pair = _comparable(left, right)
    return pair is not None and order(*pair) > 0


def less_equal(left: Value, right: Value) -> bool:
    """Evaluate `left <= right`."""
    pair = _comparable(left, right)
    return pair is not None and order(*pair) <= 0


def greater_equal(left: Value, right: Value) -> bool:
    """Evaluate `left >= right`."""
    pair = _comparable(left, right)
    return pair is not None and order(*pair) >= 0


def topic_match(left: Value, right: Value) -> bool:
    """Evaluate `left =~ right`: a topic against a topic filter, after the usual conversions."""
    pair = _comparable(left, right)
    if pair is None:
        return False
    topic, topic_filter = pair
    return type(topic) is str and type(topic_filter) is str and topic_matches(topic, topic_filter)


COMPARISONS: Final[Mapping[str, Callable[[Value, Value], bool]]] = MappingProxyType(
    {
        "=": equal,
        "!=": not_equal,
        "<>": not_equal,
        "<": less,
        ">": greater,
        "<=": less_equal,
        ">=": greater_equal,
        "=~": topic_match,
    }
)
"""Every comparison that can be evaluated; `~=` cannot."""

ARITHMETIC: Final[Mapping[str, Callable[[Value, Value], Value]]] = MappingProxyType(
    {"+": add, "-": subtract, "*": multiply, "/": divide, "div": div, "mod": mod}
)


def _comparable(left: Value, right: Value) -> tuple[Value, Value] | None:
    """Convert both sides as a comparison does; None when exactly one side is undefined."""
    if left is UNDEFINED or right is UNDEFINED:
        return (left, right) if left is right else None
    if type(left) is str:
        if type(right) is str:
            return left, right
        if is_number(right):
            return _to_number(left), right
        return left, _constant_text(right)
    if type(right) is str:
        if is_number(left):
            return left, _to_number(right)
        return _constant_text(left), right
    return left, right


def _to_number(text: str) -> int | float:
    number = parse_number(text)
    if number is None:
        raise EvalError(
            f"{describe(text)} is compared with a number, but it is not the text of a number"
        )
    return number


def _constant_text(value: Value) -> Value:
    if isinstance(value, (bool, Atom)) or value is None:
        return to_text(value)
    return value


def order(left: Value, right: Value) -> int:
    """Compare two values in Erlang's term order, without conversion.

    Numbers before constants (also true, false, null, undefined) before maps before lists before
    strings. Maps: by size, then by sorted keys, then by the values in that order.

    Returns:
        A negative number, zero, or a positive number.
    """
    rank = _rank(left)
    difference = rank - _rank(right)
    if difference:
        return difference
    if rank == _NUMBER:
        return _sign(cast("float", left), cast("float", right))
    if rank == _CONSTANT:
        return _sign(str_to_bytes(to_text(left)), str_to_bytes(to_text(right)))
    if rank == _MAP:
        return _order_maps(cast("dict[str, Value]", left), cast("dict[str, Value]", right))
    if rank == _LIST:
        return _order_lists(cast("list[Value]", left), cast("list[Value]", right))
    return _sign(_bits(left), _bits(right))


_NUMBER, _CONSTANT, _MAP, _LIST, _STRING = range(5)


def _rank(value: Value) -> int:
    kind = type(value)
    if kind is int or kind is float:
        return _NUMBER
    if kind is str or kind is BitString:
        return _STRING
    if kind is dict:
        return _MAP
    return _LIST if kind is list else _CONSTANT


_Ordered = TypeVar("_Ordered", float, bytes, tuple[bytes, int])


def _sign(left: _Ordered, right: _Ordered) -> int:
    return (left > right) - (left < right)


def _bits(value: Value) -> tuple[bytes, int]:
    """Write a string or bit string so that tuples compare as Erlang compares the bits."""
    if isinstance(value, BitString):
        padding = -value.bits % 8
        size = (value.bits + padding) // 8
        return (value.value << padding).to_bytes(size, "big"), value.bits
    data = str_to_bytes(cast("str", value))
    return data, len(data) * 8


def _order_lists(left: list[Value], right: list[Value]) -> int:
    for ours, theirs in zip(left, right, strict=False):
        difference = order(ours, theirs)
        if difference:
            return difference
    return len(left) - len(right)


def _order_maps(left: dict[str, Value], right: dict[str, Value]) -> int:
    if len(left) != len(right):
        return len(left) - len(right)
    keys = sorted(left, key=str_to_bytes)
    for ours, theirs in zip(keys, sorted(right, key=str_to_bytes), strict=True):
        if ours != theirs:
            return _sign(str_to_bytes(ours), str_to_bytes(theirs))
    for key in keys:
        difference = order(left[key], right[key])
        if difference:
            return difference
    return 0


# ---------------------------------------------------------------------------------- lists


def slice_list(value: Value, begin: int, end: int) -> Value:
    """Take the elements begin to end of a list, both included; negative bounds count from the end.

    An end past the list is clipped, a begin past it gives an empty list.
    """
    if type(value) is not list:
        missing = " (there is no such value)" if isinstance(value, Undefined) else ""
        raise EvalError(f"[{begin}..{end}] needs a list, not {describe(value)}{missing}")
    items = cast("list[Value]", value)
    size = len(items)
    if begin == 0 or end == 0:
        raise EvalError(f"[{begin}..{end}]: positions count from 1, 0 is none")
    first = begin if begin > 0 else size + begin + 1
    last = min(end if end > 0 else size + end + 1, size)
    if first < 1:
        raise EvalError(f"[{begin}..{end}] begins before the first of {size} elements")
    if first > size + 1:
        return []
    if last < first - 1:
        raise EvalError(f"[{begin}..{end}] of {size} elements ends before it begins")
    return items[first - 1 : last]
