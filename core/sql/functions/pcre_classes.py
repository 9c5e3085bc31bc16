"""Character classes and character codes of PCRE2 patterns, in byte mode.

A class is a set of bytes here; it is spelt out as ranges, which mean the same in every engine.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

import regex

from core.sql.functions.pcre_errors import PatternError

_ALL: Final = frozenset(range(256))
_DIGIT: Final = frozenset(b"0123456789")
_LOWER: Final = frozenset(range(ord("a"), ord("z") + 1))
_UPPER: Final = frozenset(range(ord("A"), ord("Z") + 1))
_ALPHA: Final = _LOWER | _UPPER
_WORD: Final = _ALPHA | _DIGIT | {ord("_")}
_SPACE: Final = frozenset(b" \t\n\v\f\r")
_HORIZONTAL: Final = frozenset(b" \t\xa0")
_VERTICAL: Final = frozenset(b"\n\v\f\r\x85")

# The members of \d, \D and the like.
SHORTHANDS: Final[Mapping[int, frozenset[int]]] = MappingProxyType(
    {
        ord("d"): _DIGIT, ord("D"): _ALL - _DIGIT,
        ord("w"): _WORD, ord("W"): _ALL - _WORD,
        ord("s"): _SPACE, ord("S"): _ALL - _SPACE,
        ord("h"): _HORIZONTAL, ord("H"): _ALL - _HORIZONTAL,
        ord("v"): _VERTICAL, ord("V"): _ALL - _VERTICAL,
    }
)  # fmt: skip

_GRAPH: Final = frozenset(range(33, 127))
_POSIX: Final = {
    b"alpha": _ALPHA, b"lower": _LOWER, b"upper": _UPPER, b"alnum": _ALPHA | _DIGIT,
    b"ascii": frozenset(range(128)), b"blank": frozenset(b" \t"),
    b"cntrl": frozenset(range(32)) | {127}, b"digit": _DIGIT, b"graph": _GRAPH,
    b"print": _GRAPH | {32}, b"punct": _GRAPH - _ALPHA - _DIGIT, b"space": _SPACE,
    b"word": _WORD, b"xdigit": _DIGIT | frozenset(b"abcdefABCDEF"),
}  # fmt: skip

_POSIX_CLASS: Final = re.compile(rb"\[:(\^?)([a-z]+):\]")
_CODE: Final = re.compile(
    rb"\\(?:x\{\s*([0-9A-Fa-f]+)\s*\}|x([0-9A-Fa-f]{0,2})|o\{([0-7]+)\}|0([0-7]{0,2})|c([ -~]))"
)
_PROPERTY: Final = re.compile(rb"\\([pP])(?:\{(\^?)([A-Za-z_&]+)\}|([A-Z]))")
_SIMPLE: Final = {ord("a"): 7, ord("e"): 27, ord("f"): 12, ord("n"): 10, ord("r"): 13, ord("t"): 9}


def parse_code(source: bytes, start: int) -> tuple[int, int] | None:
    """Read an escape that names one byte by its code; return it and where the escape ends.

    Raises:
        PatternError: The code is above 255.
    """
    match = _CODE.match(source, start)
    if match is None:
        simple = _SIMPLE.get(source[start + 1])
        return None if simple is None else (simple, start + 2)
    braced, short, octal, zero, control = match.groups()
    if control is not None:
        code = ord(control.upper()) ^ 64
    elif octal is not None or zero is not None:
        code = int(octal or zero or b"0", 8)
    else:
        code = int(braced or short or b"0", 16)
    if code > 255:
        raise PatternError(f"'{match.group().decode()}' is above 255, the largest byte")
    return code, match.end()


def parse_property(source: bytes, start: int) -> tuple[frozenset[int], int] | None:
    r"""Read `\p{..}` or `\P{..}`; a byte stands for the character of its code.

    Raises:
        PatternError: The property is unknown.
    """
    match = _PROPERTY.match(source, start)
    if match is None:
        return None
    name = (match.group(3) or match.group(4)).decode()
    try:
        has_property = regex.compile(rf"\p{{{name}}}").fullmatch
    except regex.error as exc:
        raise PatternError(f"'{match.group().decode()}' is an unknown property") from exc
    members = frozenset(byte for byte in _ALL if has_property(chr(byte)))
    negated = (match.group(1) == b"P") != (match.group(2) == b"^")
    return (_ALL - members if negated else members), match.end()


def parse_class(source: bytes, start: int) -> tuple[set[int], bool, int]:
    """Read a class that opens at `start`.

    Returns:
        Its members, whether it is negated, and where it ends.

    Raises:
        PatternError: It is not closed, or holds an unknown name or a range out of order.
    """
    position = start + 1
    negated = source[position : position + 1] == b"^"
    position += negated
    members: set[int] = set()
    first = position
    while True:
        if position >= len(source):
            raise PatternError("a '[' is not closed")
        if source[position] == ord("]") and position > first:
            return members, negated, position + 1
        if source.startswith(rb"\Q", position):
            end = source.find(rb"\E", position)
            members.update(source[position + 2 : end if end >= 0 else len(source)])
            position = end + 2 if end >= 0 else len(source)
            continue
        low, position = _element(source, position)
        if isinstance(low, int) and _opens_range(source, position):
            high, after = _element(source, position + 1)
            if isinstance(high, int):
                if high < low:
                    raise PatternError("a range in '[...]' is out of order")
                members.update(range(low, high + 1))
                position = after
                continue
        members.update([low] if isinstance(low, int) else low)


def _opens_range(source: bytes, position: int) -> bool:
    return source[position : position + 1] == b"-" and source[position + 1 : position + 2] not in (
        b"]",
        b"",
    )


def _element(source: bytes, position: int) -> tuple[int | frozenset[int], int]:
    """Read one character, shorthand or POSIX class and tell where it ends."""
    posix = _POSIX_CLASS.match(source, position)
    if posix:
        members = _POSIX.get(posix.group(2))
        if members is None:
            raise PatternError(f"'{posix.group().decode()}' is an unknown class")
        return (_ALL - members if posix.group(1) else members), posix.end()
    if source[position] != ord("\\"):
        return source[position], position + 1
    if position + 1 >= len(source):
        raise PatternError("it ends with a backslash")
    code = parse_code(source, position)
    if code is not None:
        return code
    octal = re.compile(rb"\\([0-7]{1,3})").match(source, position)
    if octal:
        return int(octal.group(1), 8) & 0xFF, octal.end()
    with_property = parse_property(source, position)
    if with_property is not None:
        return with_property
    char = source[position + 1]
    if char in SHORTHANDS:
        return SHORTHANDS[char], position + 2
    if char == ord("b"):
        return 8, position + 2
    if char == ord("E"):
        return frozenset(), position + 2
    if chr(char).isascii() and chr(char).isalnum():
        raise PatternError(f"'\\{chr(char)}' is no escape sequence in '[...]'")
    return char, position + 2


def escaped_byte(byte: int) -> bytes:
    """Spell one byte so that it stands for itself."""
    char = chr(byte)
    return char.encode() if char.isascii() and char.isalnum() else b"\\x%02x" % byte


def spelt(members: Iterable[int], *, negated: bool) -> bytes:
    """Spell a set of bytes as a class of ranges."""
    ranges: list[list[int]] = []
    for byte in sorted(members):
        if ranges and byte == ranges[-1][1] + 1:
            ranges[-1][1] = byte
        else:
            ranges.append([byte, byte])
    if not ranges:
        return rb"[\x00-\xff]" if negated else rb"(?!)"
    inner = b"".join(
        [
            escaped_byte(low) if low == high else escaped_byte(low) + b"-" + escaped_byte(high)
            for low, high in ranges
        ]
    )
    return b"[^" + inner + b"]" if negated else b"[" + inner + b"]"
