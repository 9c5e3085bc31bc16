"""Erlang's external term format, for the values that rules have."""

from __future__ import annotations

import math
import struct
import zlib
from enum import IntEnum
from typing import Final, NoReturn

from core.sql.limits import MAX_INTEGER_BITS, check_integer, check_text_size
from core.sql.limits import MAX_TEXT_BYTES as _MOST_BYTES
from core.sql.text import constant_text
from core.sql.values import (
    UNDEFINED,
    Atom,
    BitString,
    EvalError,
    Value,
    bytes_to_str,
    str_to_bytes,
)

_VERSION: Final = 131


class _Tag(IntEnum):
    """The byte that a term begins with."""

    COMPRESSED = 80
    NEW_FLOAT = 70
    BIT_BINARY = 77
    SMALL_INTEGER = 97
    INTEGER = 98
    ATOM = 100
    NIL = 106
    STRING = 107
    LIST = 108
    BINARY = 109
    SMALL_BIG = 110
    LARGE_BIG = 111
    SMALL_ATOM = 115
    MAP = 116
    ATOM_UTF8 = 118
    SMALL_ATOM_UTF8 = 119


_CONSTANTS: Final[dict[str, Value]] = {
    "true": True,
    "false": False,
    "null": None,
    "undefined": UNDEFINED,
}


def encode_term(value: Value) -> bytes:
    """Encode a value, without compression.

    Raises:
        EvalError: The value is nested too deeply.
    """
    out = bytearray([_VERSION])
    try:
        _encode(value, out)
    except RecursionError as exc:
        raise EvalError("term_encode: the value is nested too deeply") from exc
    return bytes(out)


def decode_term(data: bytes) -> Value:
    """Decode a term that is a value of rules: no tuple, function or process.

    Raises:
        EvalError: The bytes are not in the format, or hold a term of another kind.
    """
    if len(data) > 6 and data[0] == _VERSION and data[1] == _Tag.COMPRESSED:
        data = bytes([_VERSION]) + _inflated(data[6:])
    if data[:1] != bytes([_VERSION]):
        raise EvalError("term_decode: the bytes are no Erlang term, which begins with byte 131")
    reader = _Reader(data)
    try:
        value = reader.term()
    except RecursionError as exc:
        raise EvalError("term_decode: the term is nested too deeply") from exc
    return value


def _inflated(data: bytes) -> bytes:
    decompressor = zlib.decompressobj()
    try:
        result = decompressor.decompress(data, _MOST_BYTES + 1)
    except zlib.error as exc:
        raise EvalError("term_decode: the compressed term is damaged") from exc
    check_text_size(len(result), "term_decode")
    return result


def _encode(value: Value, out: bytearray) -> None:
    match value:
        case str():
            data = str_to_bytes(value)
            out += struct.pack(">BI", _Tag.BINARY, len(data)) + data
        case bool():
            _encode_atom(constant_text(value), out)
        case int():
            _encode_integer(value, out)
        case float():
            out += struct.pack(">Bd", _Tag.NEW_FLOAT, value)
        case list():
            _encode_list(value, out)
        case dict():
            out += struct.pack(">BI", _Tag.MAP, len(value))
            for key in sorted(value, key=str_to_bytes):
                _encode(key, out)
                _encode(value[key], out)
        case Atom():
            _encode_atom(value.name, out)
        case BitString():
            size = -(-value.bits // 8)
            padded = value.value << (-value.bits % 8)
            out += struct.pack(">BIB", _Tag.BIT_BINARY, size, value.bits % 8 or 8)
            out += padded.to_bytes(size, "big")
        case _:
            _encode_atom(constant_text(value), out)


def _encode_atom(name: str, out: bytearray) -> None:
    data = str_to_bytes(name)
    if len(data) < 256:
        out += bytes([_Tag.SMALL_ATOM_UTF8, len(data)]) + data
    else:
        out += struct.pack(">BH", _Tag.ATOM_UTF8, len(data)) + data


def _encode_integer(value: int, out: bytearray) -> None:
    if 0 <= value <= 255:
        out += bytes([_Tag.SMALL_INTEGER, value])
    elif -(2**31) <= value < 2**31:
        out += struct.pack(">Bi", _Tag.INTEGER, value)
    else:
        size = (value.bit_length() + 7) // 8
        form = ">BBB" if size < 256 else ">BIB"
        out += struct.pack(form, _Tag.SMALL_BIG if size < 256 else _Tag.LARGE_BIG, size, value < 0)
        out += abs(value).to_bytes(size, "little")


def _encode_list(items: list[Value], out: bytearray) -> None:
    if not items:
        out.append(_Tag.NIL)
        return
    codes = [item for item in items if type(item) is int and 0 <= item <= 255]
    if len(codes) == len(items) <= 0xFFFF:
        out += struct.pack(">BH", _Tag.STRING, len(items)) + bytes(codes)
        return
    out += struct.pack(">BI", _Tag.LIST, len(items))
    for item in items:
        _encode(item, out)
    out.append(_Tag.NIL)


class _Reader:
    """Reads terms from bytes, from one position on."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 1

    def term(self) -> Value:
        """Read one term."""
        tag = self._number(1)
        match tag:
            case _Tag.SMALL_INTEGER:
                return self._number(1)
            case _Tag.INTEGER:
                return self._number(4, signed=True)
            case _Tag.NEW_FLOAT:
                return self._float()
            case _Tag.BINARY:
                return bytes_to_str(self._take(self._number(4)))
            case _Tag.BIT_BINARY:
                return self._bit_string()
            case _Tag.NIL:
                return []
            case _Tag.STRING:
                return list(self._take(self._number(2)))
            case _Tag.LIST:
                return self._list()
            case _Tag.MAP:
                return self._map()
            case _Tag.SMALL_BIG | _Tag.LARGE_BIG:
                return self._big(self._number(1 if tag == _Tag.SMALL_BIG else 4))
            case _Tag.ATOM | _Tag.SMALL_ATOM | _Tag.ATOM_UTF8 | _Tag.SMALL_ATOM_UTF8:
                size = self._number(1 if tag in (_Tag.SMALL_ATOM, _Tag.SMALL_ATOM_UTF8) else 2)
                return self._atom(
                    size, "latin-1" if tag in (_Tag.ATOM, _Tag.SMALL_ATOM) else "utf-8"
                )
            case _:
                raise EvalError(
                    f"term_decode: the term holds data of type {tag}, which rules have no value for"
                )

    def _take(self, size: int) -> bytes:
        end = self._position + size
        if end > len(self._data):
            self._too_short()
        taken = self._data[self._position : end]
        self._position = end
        return taken

    def _too_short(self) -> NoReturn:
        raise EvalError("term_decode: the term ends too early")

    def _number(self, size: int, *, signed: bool = False) -> int:
        return int.from_bytes(self._take(size), "big", signed=signed)

    def _float(self) -> float:
        number: float = struct.unpack(">d", self._take(8))[0]
        if not math.isfinite(number):
            raise EvalError("term_decode: the term holds a float that is no number")
        return number

    def _big(self, size: int) -> int:
        negative = self._number(1)
        if size * 8 > MAX_INTEGER_BITS + 8:
            raise EvalError("term_decode: the term holds an integer of too many digits")
        number = check_integer(int.from_bytes(self._take(size), "little"))
        return -number if negative else number

    def _bit_string(self) -> Value:
        size = self._number(4)
        used = self._number(1)
        data = self._take(size)
        if not 1 <= used <= 8:
            raise EvalError("term_decode: the term holds a damaged bit string")
        if used == 8:
            return bytes_to_str(data)
        return BitString(int.from_bytes(data, "big") >> (8 - used), size * 8 - 8 + used)

    def _list(self) -> Value:
        count = self._number(4)
        if count > len(self._data):
            self._too_short()
        items = [self.term() for _ in range(count)]
        if self._number(1) != _Tag.NIL:
            raise EvalError("term_decode: the term holds an improper list")
        return items

    def _map(self) -> Value:
        count = self._number(4)
        if count > len(self._data):
            self._too_short()
        found: dict[str, Value] = {}
        for _ in range(count):
            key = self.term()
            if type(key) is not str:
                raise EvalError("term_decode: the term holds a map with a key that is no string")
            found[key] = self.term()
        return found

    def _atom(self, size: int, encoding: str) -> Value:
        try:
            name = self._take(size).decode(encoding)
        except UnicodeDecodeError as exc:
            raise EvalError("term_decode: the term holds a damaged atom") from exc
        return _CONSTANTS.get(name, Atom(name))
