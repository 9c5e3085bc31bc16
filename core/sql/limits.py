"""How large a value may grow while a rule is evaluated.

Without limits one message could take all memory or time. EMQX has none; these stand far above what
a rule on MQTT data needs. Beyond them a function raises `EvalError`: this one evaluation fails.
"""

from __future__ import annotations

from typing import Final, cast

from core.sql.values import EvalError, Value

MAX_TEXT_BYTES: Final = 1024 * 1024
MAX_LIST_ITEMS: Final = 100_000
MAX_INTEGER_DIGITS: Final = 4096

_NODE_BYTES: Final = 40
"""What a value counts for beside its text, at least."""

# 10**4096 takes 13,607 bits: a number of fewer bits is surely short enough.
_SURELY_SHORT_BITS: Final = 13_606
MAX_INTEGER_BITS: Final = 13_607
_FIRST_TOO_LONG: Final = 10**MAX_INTEGER_DIGITS


def check_integer(value: int) -> int:
    """Return the integer.

    Raises:
        EvalError: It has more than `MAX_INTEGER_DIGITS` digits.
    """
    if value.bit_length() > _SURELY_SHORT_BITS and abs(value) >= _FIRST_TOO_LONG:
        raise EvalError(f"the integer has more than {MAX_INTEGER_DIGITS:,} digits")
    return value


def check_text_size(size: int, what: str) -> None:
    """Refuse a text of more than `MAX_TEXT_BYTES`; `what` names the maker, as in "pad".

    Raises:
        EvalError: `size`, in bytes or a lower bound of them, is beyond the limit.
    """
    if size > MAX_TEXT_BYTES:
        raise EvalError(f"{what}: the result would be longer than 1 MiB")


def check_text(text: str, what: str) -> str:
    """Return the text if its bytes are within `MAX_TEXT_BYTES`.

    Raises:
        EvalError: It is longer.
    """
    if len(text) * 4 > MAX_TEXT_BYTES:
        check_text_size(len(text.encode("utf-8", "surrogateescape")), what)
    return text


def check_list_size(items: int, what: str) -> None:
    """Refuse a list of more than `MAX_LIST_ITEMS`; `what` names the maker, as in "split".

    Raises:
        EvalError: There are more items than that.
    """
    if items > MAX_LIST_ITEMS:
        raise EvalError(f"{what}: the result would have more than {MAX_LIST_ITEMS:,} items")


def remaining(left: int, value: Value) -> int:
    """Subtract the rough size of a value in bytes from what is left; below zero is too large.

    Shared parts count each time they occur.

    Cost: O(size of the value), at most O(left).
    """
    kind = type(value)
    if kind is str:
        return left - _NODE_BYTES - len(cast("str", value))
    if kind is not list and kind is not dict:
        return left - _NODE_BYTES
    pending: list[Value] = [value]
    while pending and left >= 0:
        current = pending.pop()
        left -= _NODE_BYTES
        if type(current) is str:
            left -= len(current)
        elif type(current) is list:
            pending.extend(cast("list[Value]", current))
        elif type(current) is dict:
            pending.extend(cast("dict[str, Value]", current).values())
    return left
