"""Bits of integers, and bits and bytes of binaries."""

from __future__ import annotations

import math
import struct
from typing import Final, cast

from core.sql.functions.args import bits_arg, choice_arg, integer_arg, refuse, string_arg
from core.sql.functions.registry import Example, Function
from core.sql.limits import MAX_INTEGER_BITS, MAX_INTEGER_DIGITS, check_integer, check_text
from core.sql.values import (
    UNDEFINED,
    BitString,
    EvalError,
    Value,
    bytes_to_str,
    str_to_bytes,
)

_FAMILY: Final = "Bits and binaries"
_FLOAT_FORMATS: Final = {16: "e", 32: "f", 64: "d"}
_HEX_DIGITS: Final = frozenset("0123456789abcdefABCDEF")


def _bitnot(i: Value) -> Value:
    return ~integer_arg("bitnot: the argument", i)


def _bitand(i: Value, j: Value) -> Value:
    return integer_arg("bitand: the first argument", i) & integer_arg(
        "bitand: the second argument", j
    )


def _bitor(i: Value, j: Value) -> Value:
    return integer_arg("bitor: the first argument", i) | integer_arg(
        "bitor: the second argument", j
    )


def _bitxor(i: Value, j: Value) -> Value:
    return integer_arg("bitxor: the first argument", i) ^ integer_arg(
        "bitxor: the second argument", j
    )


def _bitsl(i: Value, n: Value) -> Value:
    number = integer_arg("bitsl: the number", i)
    return _shift_left("bitsl", number, integer_arg("bitsl: the distance", n))


def _bitsr(i: Value, n: Value) -> Value:
    number = integer_arg("bitsr: the number", i)
    return _shift_left("bitsr", number, -integer_arg("bitsr: the distance", n))


def _shift_left(name: str, number: int, distance: int) -> int:
    if distance < 0:
        return number >> min(-distance, number.bit_length() + 1)
    if number == 0:
        return 0
    if number.bit_length() + distance > MAX_INTEGER_BITS:
        raise EvalError(f"{name}: the result would have more than {MAX_INTEGER_DIGITS:,} digits")
    return check_integer(number << distance)


def _bitsize(binary: Value) -> Value:
    return bits_arg("bitsize: the argument", binary)[1]


def _bytesize(binary: Value) -> Value:
    size = 0
    pending = [binary]
    while pending:
        item = pending.pop()
        if type(item) is str:
            size += len(str_to_bytes(item))
        elif type(item) is list:
            pending.extend(cast("list[Value]", item))
        elif item is not binary and type(item) is int and 0 <= item <= 255:
            size += 1
        else:
            refuse("bytesize: the argument", "a string or a list of bytes and strings", item)
    return size


def _subbits(binary: Value, *args: Value) -> Value:
    value, size = bits_arg("subbits: the first argument", binary)
    if len(args) == 1:
        args = (1, *args)
    start = integer_arg("subbits: the start", args[0])
    length = integer_arg("subbits: the length", args[1])
    rest = size - start + 1
    if start < 1 or rest < 1:
        return UNDEFINED
    options = (*args[2:], *("integer", "unsigned", "big")[len(args) - 2 :])
    kind = choice_arg("subbits: the type", options[0], ("integer", "float", "bits"))
    sign = choice_arg("subbits: the sign", options[1], ("unsigned", "signed"))
    endian = choice_arg("subbits: the byte order", options[2], ("big", "little"))
    value &= (1 << rest) - 1
    if kind == "float":
        return _float_of_bits(value, rest, length, little=endian == "little")
    taken = rest if length > rest else max(length, 0)
    value >>= rest - taken
    if kind == "bits":
        if taken % 8:
            return BitString(value, taken)
        return bytes_to_str(value.to_bytes(taken // 8, "big"))
    if endian == "little":
        value = _swap_bytes(value, taken)
    if sign == "signed" and taken and value >> (taken - 1):
        value -= 1 << taken
    return check_integer(value)


def _swap_bytes(value: int, size: int) -> int:
    """Read the bytes from the last to the first; bits after the last whole byte are the highest."""
    whole, odd = divmod(size, 8)
    data = (value >> odd).to_bytes(whole, "big")
    return int.from_bytes(data, "little") | (value & ((1 << odd) - 1)) << (whole * 8)


def _float_of_bits(value: int, rest: int, length: int, *, little: bool) -> float:
    for size in (length, rest):
        form = _FLOAT_FORMATS.get(size)
        if form is None or size > rest:
            continue
        data = (value >> (rest - size)).to_bytes(size // 8, "big")
        number: float = struct.unpack(("<" if little else ">") + form, data)[0]
        if math.isfinite(number):
            return number
    raise EvalError(f"subbits: {rest} bits are left, which hold no float of 16, 32 or 64 bits")


def _bin2hexstr(binary: Value, prefix: Value = "") -> Value:
    start = string_arg("bin2hexstr: the prefix", prefix)
    value, size = bits_arg("bin2hexstr: the first argument", binary)
    digits = -(-size // 4)
    return check_text(start + (f"{value:0{digits}X}" if digits else ""), "bin2hexstr")


def _hexstr2bin(text: Value, prefix: Value = "") -> Value:
    digits = string_arg("hexstr2bin: the first argument", text)
    start = string_arg("hexstr2bin: the prefix", prefix)
    if not digits.startswith(start):
        raise EvalError(f"hexstr2bin: the text does not begin with the prefix '{start}'")
    digits = digits[len(start) :]
    if not _HEX_DIGITS.issuperset(digits):
        refuse("hexstr2bin: the text", "hexadecimal digits", text)
    if len(digits) % 2:
        digits = "0" + digits
    return bytes_to_str(bytes.fromhex(digits))


def _sqlserver_bin2hexstr(binary: Value) -> Value:
    return _bin2hexstr(binary, "0x")


TABLE: Final = (
    Function(
        "bitnot", _FAMILY, 1, 1, _bitnot, "bitnot(i)", "All bits of an integer inverted.",
        "i is not an integer", Example("bitnot(10)", -11),
    ),
    Function(
        "bitand", _FAMILY, 2, 2, _bitand, "bitand(i, j)", "Bits set in both integers.",
        "an argument is not an integer", Example("bitand(10, 8)", 8),
    ),
    Function(
        "bitor", _FAMILY, 2, 2, _bitor, "bitor(i, j)", "Bits set in either integer.",
        "an argument is not an integer", Example("bitor(10, 8)", 10),
    ),
    Function(
        "bitxor", _FAMILY, 2, 2, _bitxor, "bitxor(i, j)", "Bits set in one of two integers.",
        "an argument is not an integer", Example("bitxor(10, 8)", 2),
    ),
    Function(
        "bitsl", _FAMILY, 2, 2, _bitsl, "bitsl(i, n)",
        "An integer shifted left by n bits; a negative n shifts right.",
        "an argument is not an integer; the result is too large", Example("bitsl(8, 2)", 32),
    ),
    Function(
        "bitsr", _FAMILY, 2, 2, _bitsr, "bitsr(i, n)",
        "An integer shifted right by n bits, keeping its sign; a negative n shifts left.",
        "an argument is not an integer; the result is too large", Example("bitsr(8, 2)", 2),
    ),
    Function(
        "bitsize", _FAMILY, 1, 1, _bitsize, "bitsize(bin)", "Number of bits of a binary.",
        "the argument is no string", Example("bitsize('abc')", 24),
    ),
    Function(
        "bytesize", _FAMILY, 1, 1, _bytesize, "bytesize(bin)",
        "Number of bytes of a string, or of a list of bytes and strings.",
        "the argument is neither", Example("bytesize('é')", 2),
    ),
    Function(
        "subbits", _FAMILY, 2, 6, _subbits, "subbits(bin, [start,] len[, type[, sign[, endian]]])",
        "The bits from start (1 is the first) on, as 'integer', 'float' or 'bits', 'unsigned' or"
        " 'signed', 'big' or 'little'.",
        "an unknown option word; a float of other than 16, 32 or 64 bits",
        Example("subbits(hexstr2bin('9F4E58'), 9, 8)", 78),
    ),
    Function(
        "bin2hexstr", _FAMILY, 1, 2, _bin2hexstr, "bin2hexstr(bin[, prefix])",
        "Upper-case hexadecimal digits of a binary, after an optional prefix.",
        "the first argument is no string", Example("bin2hexstr('ab', '0x')", "0x6162"),
    ),
    Function(
        "hexstr2bin", _FAMILY, 1, 2, _hexstr2bin, "hexstr2bin(hex[, prefix])",
        "The bytes that hexadecimal digits stand for.",
        "a character is no hexadecimal digit; the prefix is not there",
        Example("hexstr2bin('6162')", "ab"),
    ),
    Function(
        "sqlserver_bin2hexstr", _FAMILY, 1, 1, _sqlserver_bin2hexstr, "sqlserver_bin2hexstr(bin)",
        "Upper-case hexadecimal digits of a binary after 0x.",
        "the argument is no string", Example("sqlserver_bin2hexstr('ab')", "0x6162"),
    ),
)  # fmt: skip
