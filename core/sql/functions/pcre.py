r"""PCRE2 patterns in byte mode, translated for the `regex` module.

Both engines agree on most of the syntax. What differs is rewritten here: character classes (spelt
out as ranges of bytes), `\Q..\E`, `\h \R \N \Z` and other escapes, quoted group names, `^`
under `(?m)`, and braces that are no quantifier.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import regex

from core.sql.functions.pcre_classes import (
    SHORTHANDS,
    escaped_byte,
    parse_class,
    parse_code,
    parse_property,
    spelt,
)
from core.sql.functions.pcre_errors import PatternError
from core.sql.pattern_size import pattern_parts
from core.sql.values import EvalError

MOST_PARTS: Final = 65_536
"""PCRE2 does not compile what is larger, either: it allows 64 KiB, and counts to 65,535."""

_QUANTIFIER: Final = re.compile(rb"\{[0-9]+(?:,[0-9]*)?\}")
_NAMED_GROUP: Final = re.compile(rb"\(\?(?:P?<(?P<a>[A-Za-z_]\w*)>|'(?P<b>[A-Za-z_]\w*)')", re.A)
_CALL: Final = re.compile(rb"\\g(?:<(?P<a>\w+)>|'(?P<b>\w+)')", re.A)
_REFERENCE: Final = re.compile(
    rb"\\(?:g(?P<n>[0-9]+)|g-(?P<r>[0-9]+)|g\{(?P<gn>[0-9]+)\}|g\{-(?P<gr>[0-9]+)\}"
    rb"|[gk]\{(?P<c>[A-Za-z_]\w*)\}|k<(?P<d>[A-Za-z_]\w*)>|k'(?P<e>[A-Za-z_]\w*)')",
    re.A,
)
_FLAGS: Final = re.compile(rb"\(\?(?!R\))([A-Za-z]*)(?:-([A-Za-z]+))?[:)]")
_KNOWN_FLAGS: Final = frozenset(b"imsx")
_COMMENT: Final = re.compile(rb"\(\?#[^)]*\)")

# Escapes that mean the same in both engines, outside of classes.
_SAME: Final = frozenset(b"bBAGKX")
_REPLACED: Final = {
    ord("R"): rb"(?>\r\n|[\n\x0b\x0c\r\x85])",
    ord("N"): rb"[^\n]",
    ord("C"): rb"[\x00-\xff]",
    ord("z"): rb"(?![\x00-\xff])",
    ord("Z"): rb"(?=\n?(?![\x00-\xff]))",
    ord("e"): rb"\x1b",
}


@lru_cache(maxsize=256)
def compile_pattern(source: bytes) -> regex.Pattern[bytes]:
    """Compile a PCRE2 pattern for matching bytes.

    Raises:
        EvalError: The pattern is not valid.
    """
    try:
        translated = _Translator(source).translate()
        if pattern_parts(translated.decode("latin-1")) > MOST_PARTS:
            raise PatternError("its repetitions make it too large")
        return regex.compile(translated, regex.V1)
    except (regex.error, PatternError, OverflowError, RecursionError, ValueError) as exc:
        shown = source.decode("utf-8", "replace")
        raise EvalError(f"the regular expression '{shown}' is not valid: {exc}") from exc


class _Translator:
    """One pass over a pattern; `position` is the next byte to read."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._position = 0
        self._groups = 0
        flags = b"".join([match[1] for match in _FLAGS.finditer(source)])
        self._multiline = b"m" in flags
        self._extended = b"x" in flags

    def translate(self) -> bytes:
        """Return the pattern in the other engine's syntax."""
        parts: list[bytes] = []
        source = self._source
        while self._position < len(source):
            char = source[self._position]
            if char == ord("\\"):
                parts.append(self._escape())
            elif char == ord("["):
                members, negated, self._position = parse_class(source, self._position)
                parts.append(spelt(members, negated=negated))
            elif char == ord("("):
                parts.append(self._open())
            else:
                parts.append(self._literal(char))
        return b"".join(parts)

    def _literal(self, char: int) -> bytes:
        source, start = self._source, self._position
        self._position += 1
        if char == ord("{"):
            return b"{" if _QUANTIFIER.match(source, start) else rb"\{"
        if char == ord("^") and self._multiline:
            # PCRE's circumflex does not match after a line end that ends the subject.
            return rb"(?:\A|^(?=[\x00-\xff]))"
        if char == ord("#") and self._extended:
            end = source.find(b"\n", start)
            self._position = len(source) if end < 0 else end + 1
            return b""
        return bytes([char])

    def _open(self) -> bytes:
        source, start = self._source, self._position
        comment = _COMMENT.match(source, start)
        if comment:
            self._position = comment.end()
            return b""
        named = _NAMED_GROUP.match(source, start)
        if named:
            self._groups += 1
            self._position = named.end()
            return b"(?P<" + (named["a"] or named["b"]) + b">"
        flags = _FLAGS.match(source, start)
        if flags and not _KNOWN_FLAGS.issuperset(flags[1] + (flags[2] or b"")):
            raise PatternError(f"'{flags.group().decode()}' has options other than i, m, s and x")
        self._position += 1
        if source[start + 1 : start + 2] not in (b"?", b"*"):
            self._groups += 1
        return b"("

    def _escape(self) -> bytes:
        source, start = self._source, self._position
        if start + 1 >= len(source):
            raise PatternError("it ends with a backslash")
        char = source[start + 1]
        if char == ord("Q"):
            end = source.find(rb"\E", start + 2)
            quoted = source[start + 2 :] if end < 0 else source[start + 2 : end]
            self._position = len(source) if end < 0 else end + 2
            return b"".join([escaped_byte(byte) for byte in quoted])
        call = _CALL.match(source, start)
        if call:
            self._position = call.end()
            return b"(?&" + (call["a"] or call["b"]) + b")"
        reference = _REFERENCE.match(source, start)
        if reference:
            self._position = reference.end()
            return self._reference(reference)
        if char in b"123456789":
            return self._number(start)
        code = parse_code(source, start)
        if code is not None:
            byte, self._position = code
            return escaped_byte(byte)
        with_property = parse_property(source, start)
        if with_property is not None:
            members, self._position = with_property
            return spelt(members, negated=False)
        self._position += 2
        return self._letter(char)

    def _letter(self, char: int) -> bytes:
        if char == ord("E"):
            return b""
        if char in SHORTHANDS:
            return spelt(SHORTHANDS[char], negated=False)
        if char in _REPLACED:
            return _REPLACED[char]
        if char in _SAME:
            return b"\\" + bytes([char])
        if chr(char).isascii() and chr(char).isalnum():
            raise PatternError(f"'\\{chr(char)}' is no escape sequence")
        return escaped_byte(char)

    def _reference(self, match: re.Match[bytes]) -> bytes:
        name = match["c"] or match["d"] or match["e"]
        if name:
            return b"(?P=" + name + b")"
        back = match["r"] or match["gr"]
        number = self._groups + 1 - int(back) if back else int(match["n"] or match["gn"])
        if number < 1:
            raise PatternError(f"there is no group {match.group().decode('utf-8', 'replace')}")
        return b"\\g<%d>" % number

    def _number(self, start: int) -> bytes:
        """Read a back reference, or an octal code where there are not that many groups."""
        source = self._source
        end = start + 1
        while end < len(source) and source[end] in b"0123456789":
            end += 1
        number = int(source[start + 1 : end])
        total = source.count(b"(")
        if number < 10 or number <= total:
            self._position = end
            return b"\\g<%d>" % number
        octal = re.compile(rb"[0-7]{1,3}").match(source, start + 1)
        if octal is None:
            self._position = start + 2
            return escaped_byte(source[start + 1])
        self._position = octal.end()
        return escaped_byte(int(octal.group(), 8) & 0xFF)
