"""Case, blanks, length, parts and padding of text."""

from __future__ import annotations

import re
from typing import Final

from core.sql.functions.args import choice_arg, integer_arg, refuse, string_arg, text_arg
from core.sql.functions.graphemes import (
    check_utf8,
    clusters,
    count_clusters,
    is_plain,
    latin1_bytes,
)
from core.sql.functions.registry import Example, Function
from core.sql.limits import check_text, check_text_size
from core.sql.values import EvalError, Value, bytes_to_str, normalise, str_to_bytes

_FAMILY: Final = "Strings"

# Unicode pattern white space; no-break space is none.
_WHITE_SPACE: Final = frozenset(
    [*" \t\r\n\v\f\x85\u200e\u200f\u2028\u2029", "\r\n"],
)
_ASCII_WHITE_SPACE: Final = " \t\r\n\v\f"

_ESCAPE: Final = re.compile(r"\\(x[0-9A-Fa-f]*|.|\Z)", re.DOTALL)
_ESCAPED: Final = {
    "n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "a": "\a",
    "'": "'", '"': '"', "?": "?", "\\": "\\",
}  # fmt: skip


def _lower(t: Value) -> Value:
    text = text_arg("lower: the argument", t)
    check_utf8("lower", text)
    return check_text(text.lower(), "lower")


def _upper(t: Value) -> Value:
    text = text_arg("upper: the argument", t)
    check_utf8("upper", text)
    return check_text(text.upper(), "upper")


def _trim(t: Value) -> Value:
    text = text_arg("trim: the argument", t)
    if text.isascii():
        return text.strip(_ASCII_WHITE_SPACE)
    return _without_blanks("trim", text, start=True, end=True)


def _ltrim(t: Value) -> Value:
    text = text_arg("ltrim: the argument", t)
    if text.isascii():
        return text.lstrip(_ASCII_WHITE_SPACE)
    return _without_blanks("ltrim", text, start=True, end=False)


def _rtrim(*args: Value) -> Value:
    text = text_arg("rtrim: the first argument", args[0])
    if len(args) == 1:
        if text.isascii():
            return text.rstrip(_ASCII_WHITE_SPACE)
        return _without_blanks("rtrim", text, start=False, end=True)
    chars = string_arg("rtrim: the characters", args[1])
    if is_plain(text):
        return text.rstrip(chars) if chars else text
    parts = clusters("rtrim", text)
    while parts and parts[-1] in chars and len(parts[-1]) == 1:
        parts.pop()
    return "".join(parts)


def _without_blanks(name: str, text: str, *, start: bool, end: bool) -> str:
    parts = clusters(name, text)
    first, last = 0, len(parts)
    while start and first < last and parts[first] in _WHITE_SPACE:
        first += 1
    while end and last > first and parts[last - 1] in _WHITE_SPACE:
        last -= 1
    return "".join(parts[first:last])


def _reverse(t: Value) -> Value:
    text = text_arg("reverse: the argument", t)
    if is_plain(text):
        return text[::-1]
    reversed_text = "".join(reversed(clusters("reverse", text)))
    return bytes_to_str(latin1_bytes("reverse", reversed_text))


def _strlen(t: Value) -> Value:
    return count_clusters("strlen", text_arg("strlen: the argument", t))


def _substr(*args: Value) -> Value:
    text = text_arg("substr: the first argument", args[0])
    start = integer_arg("substr: the start", args[1])
    if start < 0:
        refuse("substr: the start", "0 or more", start)
    end = None
    if len(args) == 3:
        length = integer_arg("substr: the length", args[2])
        if length < 0:
            refuse("substr: the length", "0 or more", length)
        end = start + length
    if is_plain(text):
        return text[start:end]
    return "".join(clusters("substr", text)[start:end])


def _pad(*args: Value) -> Value:
    text = text_arg("pad: the first argument", args[0])
    length = integer_arg("pad: the length", args[1])
    direction = "trailing"
    if len(args) > 2:
        direction = choice_arg("pad: the direction", args[2], ("trailing", "leading", "both"))
    char = string_arg("pad: the character", args[3]) if len(args) > 3 else " "
    count = length - count_clusters("pad", text)
    if count <= 0 or not char:
        return text
    check_text_size(count * len(char), "pad")
    filler = bytes_to_str(latin1_bytes("pad", char)) if not char.isascii() else char
    before = {"trailing": 0, "leading": count, "both": count // 2}[direction]
    return check_text(normalise(filler * before + text + filler * (count - before)), "pad")


def _ascii(t: Value) -> Value:
    text = text_arg("ascii: the argument", t)
    if not text:
        raise EvalError("ascii: the text is empty and has no first byte")
    return str_to_bytes(text[0])[0]


def _unescape(t: Value) -> Value:
    return normalise(_ESCAPE.sub(_unescaped, text_arg("unescape: the argument", t)))


def _unescaped(match: re.Match[str]) -> str:
    code = match.group(1)
    if not code:
        return "\\"
    if code[0] != "x":
        char = _ESCAPED.get(code)
        if char is None:
            raise EvalError(f"unescape: '\\{code}' is no escape sequence")
        return char
    digits = code[1:].lstrip("0")
    if code == "x":
        raise EvalError("unescape: '\\x' must be followed by hexadecimal digits")
    point = int(digits or "0", 16) if len(digits) <= 6 else 0x110000
    if point > 0x10FFFF or 0xD800 <= point <= 0xDFFF:
        raise EvalError(f"unescape: '\\{code[:12]}' is no Unicode code point")
    return chr(point)


_NOT_TEXT: Final = "the argument is not text"
_NOT_UTF8: Final = "the argument is not text, or holds bytes that are no UTF-8"

TABLE: Final = (
    Function(
        "lower", _FAMILY, 1, 1, _lower, "lower(t)", "Text in lower case.",
        _NOT_UTF8, Example("lower('ÄBC')", "äbc"),
    ),
    Function(
        "upper", _FAMILY, 1, 1, _upper, "upper(t)", "Text in upper case.",
        _NOT_UTF8, Example("upper('straße')", "STRASSE"),
    ),
    Function(
        "trim", _FAMILY, 1, 1, _trim, "trim(t)", "Text without blanks at both ends.",
        _NOT_TEXT, Example("trim(' abc ')", "abc"),
    ),
    Function(
        "ltrim", _FAMILY, 1, 1, _ltrim, "ltrim(t)", "Text without blanks at its start.",
        _NOT_TEXT, Example("ltrim(' abc ')", "abc "),
    ),
    Function(
        "rtrim", _FAMILY, 1, 2, _rtrim, "rtrim(t[, chars])",
        "Text without blanks, or without any of the given characters, at its end.",
        _NOT_TEXT, Example("rtrim('7.500', '0')", "7.5"),
    ),
    Function(
        "reverse", _FAMILY, 1, 1, _reverse, "reverse(t)", "The characters in reverse order.",
        "a character is above U+00FF", Example("reverse('hello')", "olleh"),
    ),
    Function(
        "strlen", _FAMILY, 1, 1, _strlen, "strlen(t)",
        "Number of characters as a reader counts them (grapheme clusters).",
        _NOT_UTF8, Example("strlen('你好')", 2),
    ),
    Function(
        "substr", _FAMILY, 2, 3, _substr, "substr(t, start[, len])",
        "Characters from a position on, 0 being the first, at most len of them.",
        "start or len is negative or no integer", Example("substr('hello world!', 6, 5)", "world"),
    ),
    Function(
        "pad", _FAMILY, 2, 4, _pad, "pad(t, n[, dir[, char]])",
        "Text filled to n characters with blanks or char; dir is 'trailing', 'leading' or 'both'.",
        "another dir; char is above U+00FF", Example("pad('7', 3, 'leading', '0')", "007"),
    ),
    Function(
        "ascii", _FAMILY, 1, 1, _ascii, "ascii(t)", "Value of the first byte of a text.",
        "the text is empty", Example("ascii('a')", 97),
    ),
    Function(
        "unescape", _FAMILY, 1, 1, _unescape, "unescape(t)",
        "Text with escape sequences such as \\n, \\t and \\x41 replaced by what they stand for.",
        "an unknown escape; a code point out of range", Example(r"unescape('\x41\x42')", "AB"),
    ),
)  # fmt: skip
