"""Values written as Erlang writes terms, for the `~p` and `~w` of `sprintf`."""

from __future__ import annotations

import re
from typing import Final

from core.sql.json_text import float_to_json
from core.sql.limits import check_integer
from core.sql.text import constant_text
from core.sql.values import Atom, BitString, EvalError, Value, str_to_bytes

_PLAIN_ATOM: Final = re.compile(r"[a-z][a-zA-Z0-9_@]*")
_RESERVED: Final = frozenset(
    {
        "after", "and", "andalso", "band", "begin", "bnot", "bor", "bsl", "bsr", "bxor",
        "case", "catch", "cond", "div", "else", "end", "fun", "if", "let", "maybe", "not",
        "of", "or", "orelse", "receive", "rem", "try", "when", "xor",
    }
)  # fmt: skip
_ESCAPES: Final = {
    0x08: b"\\b", 0x09: b"\\t", 0x0A: b"\\n", 0x0B: b"\\v", 0x0C: b"\\f", 0x0D: b"\\r",
    0x1B: b"\\e", 0x22: b'\\"', 0x5C: b"\\\\",
}  # fmt: skip


def write_term(value: Value, *, printable: bool) -> bytes:
    """Write a value on one line, with strings as `<<"ab">>` if printable, else as `<<97,98>>`.

    Raises:
        EvalError: The value is nested too deeply.
    """
    try:
        return _write(value, printable)
    except RecursionError as exc:
        raise EvalError("the value is nested too deeply to be printed") from exc


def _write(value: Value, printable: bool) -> bytes:
    match value:
        case str():
            return _write_binary(str_to_bytes(value), printable)
        case bool():
            return constant_text(value).encode()
        case int():
            return str(check_integer(value)).encode()
        case float():
            return ("-0.0" if repr(value) == "-0.0" else float_to_json(value)).encode()
        case list():
            return _write_list(value, printable)
        case dict():
            pairs = [
                _write(key, printable) + b" => " + _write(value[key], printable)
                for key in sorted(value, key=str_to_bytes)
            ]
            return b"#{" + b",".join(pairs) + b"}"
        case Atom():
            return _write_atom(value.name)
        case BitString():
            whole, odd = divmod(value.bits, 8)
            codes = [str(byte) for byte in (value.value >> odd).to_bytes(whole, "big")]
            codes.append(f"{value.value & ((1 << odd) - 1)}:{odd}")
            return f"<<{','.join(codes)}>>".encode()
        case _:
            return constant_text(value).encode()


def _write_binary(data: bytes, printable: bool) -> bytes:
    if printable and data and all(map(_is_printable, data)):
        return b'<<"' + _escaped(data) + b'">>'
    return f"<<{','.join(map(str, data))}>>".encode()


def _write_list(items: list[Value], printable: bool) -> bytes:
    if printable and items:
        codes = [item for item in items if type(item) is int and _is_printable(item)]
        if len(codes) == len(items):
            return b'"' + _escaped(bytes(codes)) + b'"'
    return b"[" + b",".join([_write(item, printable) for item in items]) + b"]"


def _write_atom(name: str) -> bytes:
    if _PLAIN_ATOM.fullmatch(name) and name not in _RESERVED:
        return name.encode()
    quoted = name.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{quoted}'".encode("utf-8", "surrogateescape")


def _is_printable(code: int) -> bool:
    return 32 <= code <= 126 or 160 <= code <= 255 or (code in _ESCAPES)


def _escaped(data: bytes) -> bytes:
    return b"".join([_ESCAPES.get(byte) or bytes([byte]) for byte in data])
