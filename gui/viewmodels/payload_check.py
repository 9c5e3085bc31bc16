"""Whether a payload is what its format says and where it is not; and it in another format."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from math import isinf
from random import Random
from typing import Final

from core.errors import CodecError
from core.lab.payloads import payload_bytes, payload_text
from core.lab.variables import VARIABLE, fill, values_of
from core.workspace.lab import PayloadFormat
from gui.viewmodels.words import number, plural, tr

LARGEST: Final = 1 << 18
"""Characters that are parsed while somebody types; it takes some 3 ms."""

_NUMBER_OR_TEXT: Final = re.compile(
    r'"(?:[^"\\]|\\.)*"|(?P<float>-?\d+(?:\.\d+)?[eE][+-]?\d+|-?\d{309,}\.\d+)'
)
"""What of valid JSON may be a number that no float holds; texts are skipped."""


@dataclass(frozen=True, slots=True)
class PayloadCheck:
    """What there is to say about a payload.

    Attributes:
        size: How long it is.
        status: The shape of the verdict, by the name of a state; empty for none.
        word: The verdict in two words.
        problem: What is wrong and where, as a sentence; empty for nothing.
        brief: The same of JSON in fewer words, for where there is little room.
    """

    size: str
    status: str = ""
    word: str = ""
    problem: str = ""
    brief: str = ""


def check_payload(text: str) -> PayloadCheck:
    """Check a text that may be meant as JSON. Cost: parses it once."""
    size = plural("%n byte", "%n bytes", len(text.encode("utf-8", "replace")))
    if not text.strip() or len(text) > LARGEST:
        return PayloadCheck(size)
    fault = json_fault(text)
    if not fault:
        return PayloadCheck(size, "passed", tr("Valid JSON"))
    problem = tr("Not valid JSON: {fault}. Sent as text?").format(fault=fault)
    brief = f"{fault[0].upper()}{fault[1:]}."
    return PayloadCheck(size, "degraded", tr("Not valid JSON"), problem, brief)


def json_fault(text: str) -> str:
    """Say why a text cannot be read as JSON, and where, as a part of a sentence; empty if it can.

    Cost: parses it once, and looks at each of its numbers.
    """
    try:
        json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as exc:
        return _at(exc.lineno, exc.colno, _what(exc))
    except _NoNumberError as exc:
        return tr("{word} is no number of JSON").format(word=exc.word)
    except ValueError:  # Python's own limit, which the engine's reader has as well
        return tr("a number has too many digits")
    except RecursionError:
        return tr("nested too deeply")
    for found in _NUMBER_OR_TEXT.finditer(text):
        if found["float"] and isinf(float(found["float"])):
            start = found.start()
            line, column = text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
            return _at(line, column, tr("a number that is too large"))
    return ""


def _at(line: int, column: int, what: str) -> str:
    where = tr("line {line}, column {column}, {what}")
    return where.format(line=number(line), column=number(column), what=what)


def formats() -> dict[str, str]:
    """Name the formats that a payload can be written in."""
    return {"json": tr("JSON"), "text": tr("Text"), "hex": tr("Hex"), "base64": tr("Base64")}


def format_problem(text: str, payload_format: PayloadFormat) -> str:
    """Say why a text stands for no bytes in its format; empty for nothing."""
    try:
        payload_bytes(text, payload_format)
    except CodecError:
        if payload_format == "hex":
            return tr('Not hex: write pairs of digits such as "01 ff".')
        return tr("Not Base64: check its characters and padding.")
    return ""


def rewritten(text: str, old: PayloadFormat, new: PayloadFormat) -> str:
    """Write a payload in another format; its bytes stay, or what is typed if it has none yet.

    Raises:
        CodecError: Its bytes are no text, and the new format is for text.
    """
    if format_problem(text, old):
        return text
    return payload_text(payload_bytes(text, old), new)


def rewritten_message(text: str, old: PayloadFormat, new: PayloadFormat) -> str:
    """Do the same with a text whose variables are filled when it is sent: with them it stays.

    Raises:
        CodecError: Its bytes are no text, and the new format is for text.
    """
    return text if VARIABLE.search(text) else rewritten(text, old, new)


def check_message(text: str, payload_format: PayloadFormat = "json") -> PayloadCheck:
    """Check a text whose variables, such as `{{seq}}`, are filled when it is sent.

    Size and places are those of what is typed, where they can be; the size of hex and Base64 is
    that of their bytes. Cost: parses it one to three times.
    """
    if payload_format != "json":
        return _check_bytes(text, payload_format)
    typed = check_payload(text)
    if not typed.problem or not VARIABLE.search(text):
        return typed
    random = Random(0)  # noqa: S311 - any values do
    sent = check_payload(fill(text, values_of(1, 0, random), random))
    if sent.problem:
        # With a number as long as each variable the columns are those of what is typed.
        stand_in = check_payload(VARIABLE.sub(lambda found: "1" * len(found[0]), text))
        sent = stand_in if stand_in.problem else sent
    return replace(sent, size=typed.size)


def _check_bytes(text: str, payload_format: PayloadFormat) -> PayloadCheck:
    sent = fill(text, values_of(1, 0, Random(0)), Random(0))  # noqa: S311 - any values do
    if problem := format_problem(sent, payload_format):
        word = tr("Not valid hex") if payload_format == "hex" else tr("Not valid Base64")
        return PayloadCheck("", "degraded", word, problem)
    typed = text if payload_format == "text" else sent
    return PayloadCheck(plural("%n byte", "%n bytes", len(payload_bytes(typed, payload_format))))


class _NoNumberError(ValueError):
    """NaN or Infinity, which Python's parser would take."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


def _refuse(word: str) -> object:
    raise _NoNumberError(word)


def _what(error: json.JSONDecodeError) -> str:
    """Say what stood there, or what was expected."""
    message, at_end = error.msg, error.pos >= len(error.doc.rstrip())
    if message.startswith("Expecting ',' delimiter"):
        return tr("expected a comma") if not at_end else tr("expected a comma or the end")
    if message.startswith("Expecting ':' delimiter"):
        return tr("expected a colon")
    if message.startswith("Expecting property name"):
        return tr("expected a name in double quotes")
    if message.startswith("Illegal trailing comma"):
        return tr("a comma that nothing follows")
    if message.startswith("Unterminated string"):
        return tr("a text without its closing quote")
    if message.startswith("Invalid control character"):
        return tr("a line break or control character within a text")
    if message.startswith("Invalid \\"):
        return tr("a backslash before what JSON does not escape")
    if message.startswith("Extra data"):
        return tr("something follows the value")
    return tr("expected a value")
