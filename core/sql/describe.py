"""Name a value in an error message: its type, and as much of it as fits."""

from __future__ import annotations

from typing import Final

from core.sql.values import UNDEFINED, Atom, BitString, Value

_LONGEST: Final = 40


def describe(value: Value) -> str:
    """Return words such as `the string 'abc'`, `a map` or `undefined`. Cost: O(1)."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            # Python refuses to print very long integers; nobody would read them either.
            return str(value) if value.bit_length() < 256 else "a very long integer"
        case float():
            return repr(value)
        case str():
            return f"the string '{_clipped(value)}'"
        case Atom(name=name):
            return f"the constant {_clipped(name)}"
        case BitString(bits=bits):
            return f"a bit string of {bits} bits"
        case list():
            return f"a list of {len(value)} elements" if value else "an empty list"
        case dict():
            return f"a map of {len(value)} keys" if value else "an empty map"
        case _:
            return "undefined" if value is UNDEFINED else type(value).__name__


def _clipped(text: str) -> str:
    shown = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    return "".join(char if char.isprintable() else "\ufffd" for char in shown)
