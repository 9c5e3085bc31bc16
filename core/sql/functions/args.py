"""Checks of arguments: each returns the value as a function needs it, or says what is wrong.

`where` names the function and the argument, as in "pad: the length".
"""

from __future__ import annotations

from typing import NoReturn, cast

from core.sql.describe import describe
from core.sql.json_text import decode_json
from core.sql.text import constant_text
from core.sql.values import (
    Atom,
    BitString,
    EvalError,
    Value,
    str_to_bytes,
)


def refuse(where: str, accepted: str, value: Value) -> NoReturn:
    """Fail because of an argument.

    Raises:
        EvalError: Always, naming what is accepted and what was given.
    """
    raise EvalError(f"{where} must be {accepted}, not {describe(value)}")


def text_arg(where: str, value: Value) -> str:
    """Accept a string, or a constant other than null and undefined, whose text is used."""
    if type(value) is str:
        return value
    if isinstance(value, Atom):
        return value.name
    if isinstance(value, bool):
        return constant_text(value)
    return refuse(where, "text", value)


def string_arg(where: str, value: Value) -> str:
    """Accept a string only; constants are refused."""
    if type(value) is str:
        return value
    if isinstance(value, Atom):
        raise EvalError(
            f"{where} must be a string, not {describe(value)}; str() makes a string of it"
        )
    return refuse(where, "a string", value)


def bytes_arg(where: str, value: Value) -> bytes:
    """Accept a string only and return its bytes."""
    return str_to_bytes(string_arg(where, value))


def bits_arg(where: str, value: Value) -> tuple[int, int]:
    """Accept a string or a bit string; return it as an unsigned number and its length in bits."""
    if isinstance(value, BitString):
        return value.value, value.bits
    if type(value) is str:
        data = str_to_bytes(value)
        return int.from_bytes(data, "big"), len(data) * 8
    return refuse(where, "a string or a bit string", value)


def integer_arg(where: str, value: Value) -> int:
    """Accept an integer; 1.0 and true are none."""
    if type(value) is int:
        return value
    return refuse(where, "an integer", value)


def number_arg(where: str, value: Value) -> int | float:
    """Accept an integer or a float."""
    if type(value) is int or type(value) is float:
        return value
    return refuse(where, "a number", value)


def list_arg(where: str, value: Value) -> list[Value]:
    """Accept a list."""
    if type(value) is list:
        return cast("list[Value]", value)
    if type(value) is str:
        raise EvalError(
            f"{where} must be a list, not {describe(value)}; json_decode() makes a list of JSON"
        )
    return refuse(where, "a list", value)


def map_arg(where: str, value: Value) -> dict[str, Value]:
    """Accept a map, JSON text of an object, or the empty list, which counts as an empty map."""
    if type(value) is dict:
        return cast("dict[str, Value]", value)
    if type(value) is str:
        found = decode_json(value)
        if type(found) is dict:
            return cast("dict[str, Value]", found)
    if value == []:
        return {}
    return refuse(where, "a map", value)


def choice_arg(where: str, value: Value, choices: tuple[str, ...]) -> str:
    """Accept one of some words."""
    word = string_arg(where, value)
    if word not in choices:
        listed = ", ".join(f"'{choice}'" for choice in choices)
        raise EvalError(f"{where} must be one of {listed}, not {describe(value)}")
    return word
