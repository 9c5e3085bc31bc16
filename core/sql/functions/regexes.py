"""Regular expressions, PCRE2 in byte mode."""

from __future__ import annotations

import re
from typing import Final, TypeVar

import regex

from core.sql.functions.args import bytes_arg, text_arg
from core.sql.functions.pcre import compile_pattern
from core.sql.functions.registry import Example, Function
from core.sql.limits import check_text_size
from core.sql.values import EvalError, Value, bytes_to_str, str_to_bytes

_FAMILY: Final = "Regular expressions"

# A pattern that backtracks without end must not stop a pipeline.
TIMEOUT_S: Final = 0.2

_INSERTION: Final = re.compile(
    rb"&|\\g\{([0-9]+)\}|\\g([0-9]+)|\\([1-9][0-9]*)|\\(.)|\\\Z", re.DOTALL
)
_T = TypeVar("_T")


def _regex_match(t: Value, re_: Value) -> Value:
    subject = str_to_bytes(text_arg("regex_match: the text", t))
    pattern = compile_pattern(bytes_arg("regex_match: the regular expression", re_))
    try:
        return pattern.search(subject, timeout=TIMEOUT_S) is not None
    except TimeoutError as exc:
        raise _too_slow("regex_match") from exc


def _regex_replace(t: Value, re_: Value, to: Value) -> Value:
    subject = str_to_bytes(text_arg("regex_replace: the text", t))
    pattern = compile_pattern(bytes_arg("regex_replace: the regular expression", re_))
    template = _parse_replacement(bytes_arg("regex_replace: the replacement", to))
    parts: list[bytes] = []
    end = size = 0
    try:
        for match in pattern.finditer(subject, timeout=TIMEOUT_S):
            parts.append(subject[end : match.start()])
            parts.append(_insert(template, match))
            size += len(parts[-1]) + len(parts[-2])
            check_text_size(size, "regex_replace")
            end = match.end()
    except TimeoutError as exc:
        raise _too_slow("regex_replace") from exc
    parts.append(subject[end:])
    check_text_size(size + len(parts[-1]), "regex_replace")
    return bytes_to_str(b"".join(parts))


def _parse_replacement(text: bytes) -> list[bytes | int]:
    """Split a replacement into literal bytes and numbers of groups."""
    parts: list[bytes | int] = []
    end = 0
    for match in _INSERTION.finditer(text):
        parts.append(text[end : match.start()])
        end = match.end()
        number = match.group(1) or match.group(2) or match.group(3)
        if match.group() == b"&":
            parts.append(0)
        elif number is not None:
            # No pattern has that many groups; the digits of a number have no limit.
            parts.append(int(number) if len(number) < 6 else 99_999)
        else:
            parts.append(match.group(4) if match.group(4) is not None else b"\\")
    parts.append(text[end:])
    return [part for part in parts if part != b""]


def _insert(template: list[bytes | int], match: regex.Match[bytes]) -> bytes:
    groups = match.re.groups
    return b"".join(
        [
            part
            if isinstance(part, bytes)
            else (match.group(part) or b"")
            if part <= groups
            else b""
            for part in template
        ]
    )


def _regex_extract(t: Value, re_: Value) -> Value:
    subject = str_to_bytes(text_arg("regex_extract: the text", t))
    pattern = compile_pattern(bytes_arg("regex_extract: the regular expression", re_))
    try:
        match = pattern.search(subject, timeout=TIMEOUT_S)
    except TimeoutError as exc:
        raise _too_slow("regex_extract") from exc
    if match is None:
        return []
    groups = list(match.groups())
    while groups and groups[-1] is None:
        groups.pop()
    return [bytes_to_str(group or b"") for group in groups]


def _too_slow(name: str) -> EvalError:
    return EvalError(
        f"{name}: the regular expression took longer than {TIMEOUT_S} s on this text;"
        " make its repetitions possessive or simpler"
    )


_INVALID: Final = "the regular expression is not valid or takes longer than 0.2 s"

TABLE: Final = (
    Function(
        "regex_match", _FAMILY, 2, 2, _regex_match, "regex_match(t, re)",
        "Whether a regular expression matches anywhere in a text.",
        _INVALID, Example(r"regex_match('a123', '^a\d+$')", True),
    ),
    Function(
        "regex_replace", _FAMILY, 3, 3, _regex_replace, "regex_replace(t, re, to)",
        "Text with every match replaced; & in the replacement is the match, \\1 its first group.",
        _INVALID, Example(r"regex_replace('a1b22', '(\d+)', '[\1]')", "a[1]b[22]"),
    ),
    Function(
        "regex_extract", _FAMILY, 2, 2, _regex_extract, "regex_extract(t, re)",
        "List of what the groups of the first match captured; [] without match or groups.",
        _INVALID, Example(r"regex_extract('k=v', '(\w)=(\w)')", ["k", "v"]),
    ),
)  # fmt: skip
