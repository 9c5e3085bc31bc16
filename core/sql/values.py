"""The values of the rule language, as Python objects.

    integer, float       int (any size), float (never NaN or infinite)
    true, false, null    True, False, None
    undefined            UNDEFINED: "no such value", distinct from null
    constant (atom)      Atom: event names and reasons of live events
    string               str; bytes that are no UTF-8 are kept as lone surrogates U+DC80..U+DCFF
                         (Python's `surrogateescape`), so that any payload is a string
    bit string           BitString: a length that is not a multiple of 8
    list, map            list, dict with str keys

A string is always in the form that `bytes_to_str` gives: joining two strings with escaped bytes
must go through `normalise`, since two halves of a character may meet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias, Union


class EvalError(Exception):
    """Evaluation stopped: the reason in plain words. Compiled rules add the span and the stage."""


class Undefined:
    """The type of UNDEFINED, the one value that means "no such value"."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "undefined"

    def __bool__(self) -> bool:
        return False


UNDEFINED: Final = Undefined()


@dataclass(frozen=True, slots=True)
class Atom:
    """A constant such as an event name: equal to the string of its text only under comparison."""

    name: str


@dataclass(frozen=True, slots=True)
class BitString:
    """Bits that do not fill whole bytes: `value` holds them as an unsigned big-endian integer."""

    value: int
    bits: int


Value: TypeAlias = Union[
    int, float, bool, Undefined, Atom, str, BitString, "list[Value]", "dict[str, Value]", None
]


def bytes_to_str(data: bytes) -> str:
    """Turn the bytes of an EMQX binary into this language's string. Never fails."""
    return data.decode("utf-8", "surrogateescape")


def str_to_bytes(text: str) -> bytes:
    """Turn a string of this language into the bytes it stands for. Inverse of `bytes_to_str`."""
    return text.encode("utf-8", "surrogateescape")


def normalise(text: str) -> str:
    """Bring a string built from parts into the form of `bytes_to_str`. Free for ASCII."""
    return text if text.isascii() else bytes_to_str(str_to_bytes(text))
