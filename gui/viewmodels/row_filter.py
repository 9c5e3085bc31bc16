"""The language of filter boxes: which rows of a live list are shown.

Terms stand side by side and all must hold. Between two that name what they are about the word `and`
may stand, or the word `or`: then what stands on one side of it must hold, all of it.

    text            anywhere in the row, in any case; "two words" in quotes
    /expression/    a regular expression, anywhere in the row
    key:text        the key (of a message: the client) holds the text
    topic:a/+/c     the topic matches a topic filter
    action:to_kafka an action with such a name was called for it
    outcome:failed  passed, failed or no_result is among what rules and actions made of a message
    payload.a.b > 3 a value out of the JSON document compared by = != < <= > >=; `value` is the
                    same; key, client, topic, partition, offset, qos and size can be compared, too
    properties.site = roof
                    an MQTT 5 property of a message, or a header of a record; `headers` is the same

Texts with spaces stand in double quotes, after `:` and a sign also in single ones. What looks like
a comparison and is none is said (`filter_slips`); in quotes it is searched for.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeAlias

import msgspec
import regex

from core.errors import ConfigError
from core.mqtt.topics import check_filter, topic_matches
from core.sql.json_text import NOT_JSON
from core.sql.pattern_size import pattern_parts
from gui.viewmodels.filter_slips import check_sign, check_slips, no_joint, no_text, too_large
from gui.viewmodels.words import tr

_MATCH_S: Final = 0.02
"""How long an expression may take on one row: some take for ever."""

_MOST_PARTS: Final = 10_000
"""How large an expression may be, as `pattern_parts` counts: it is compiled at every key."""

MISSING: Final = object()
"""What is found at a path that leads nowhere."""

_NAMED: Final = "(?:properties|headers)"
_FIELDS: Final = "key|client|topic|partition|offset|qos|size"
_COMPARISON: Final = regex.compile(
    rf"(?P<path>(?:payload|value)(?:\.[\w-]+|\[\d+\])*|{_NAMED}\.[\w.-]+|{_FIELDS})\s*"
    r'(?P<sign><=|>=|!=|==|=|<|>)\s*(?P<literal>"(?:[^"\\]|\\.)*"|\'[^\']*\'|[^\s"]+)?'
)
_PREFIXED: Final = regex.compile(
    r"(?P<name>key|client|topic|outcome|action):\s*"
    r"""(?P<text>"[^"]*"?|'[^']*'|\S*)"""
)
_JOINT: Final = regex.compile(r"(?P<word>and|or)\s+", regex.IGNORECASE)
_EXPRESSION: Final = regex.compile(r"/(?P<body>(?:[^/\\]|\\.)+)/(?=\s|$)")
_TEXT: Final = regex.compile(r'"(?P<quoted>[^"]*)"?|\S+')
_SIGNS_OF_JOINTS: Final = regex.compile(r"&&|\|\|")
_STEP: Final = regex.compile(r"\.([\w-]+)|\[(\d+)\]")
_NUMBER: Final = regex.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")
_CONSTANTS: Final[dict[str, object]] = {"true": True, "false": False, "null": None}
_ORDERS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Filterable(Protocol):
    """What a filter sees of a row."""

    def texts(self) -> Iterable[str]:
        """List the texts in which words and expressions are looked for."""
        ...

    def field(self, name: str) -> str | int | None:
        """Give a named field, such as `key`; None for one that this row has not.

        `properties.NAME` is an MQTT 5 property of a message, or a header of a record.
        """
        ...

    def document(self) -> str:
        """Give the payload or value as text; it may be JSON."""
        ...


Term: TypeAlias = Callable[[Filterable], bool]


@dataclass(frozen=True, slots=True)
class RowFilter:
    """A filter as it was written; an empty one lets every row pass.

    Attributes:
        ways: A row passes by any of them; each lists what must hold.
        problem: Why the text is no filter; empty when it is.
    """

    ways: tuple[tuple[Term, ...], ...] = ()
    problem: str = ""

    def matches(self, row: Filterable) -> bool:
        """Tell whether a row passes.

        Raises:
            TimeoutError: A regular expression takes too long.
        """
        return not self.ways or any(all(term(row) for term in way) for way in self.ways)


def parse_filter(text: str) -> RowFilter:
    """Read a filter; never raises, since it is read while it is written. Pure."""
    ways: list[list[Term]] = [[]]
    at = 0
    was_named = False
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        joined = _JOINT.match(text, at) if was_named else None
        if joined and _is_named(text, joined.end()):
            at = joined.end()
            if joined["word"].lower() == "or":
                ways.append([])
        was_named = _is_named(text, at)
        try:
            term, at = _term(text, at)
        except ConfigError as exc:
            hint = f" {exc.hint[0].upper()}{exc.hint[1:]}." if exc.hint else ""
            return RowFilter((), f"{exc.message[0].upper()}{exc.message[1:]}.{hint}")
        if term is not None:
            ways[-1].append(term)
    return RowFilter(tuple(tuple(way) for way in ways if way))


def _is_named(text: str, at: int) -> bool:
    """Tell whether a comparison, or a term such as `key:text`, begins here."""
    return bool(_COMPARISON.match(text, at) or _PREFIXED.match(text, at))


def _term(text: str, at: int) -> tuple[Term | None, int]:
    """Read one term; None for one that says nothing yet, and where the next begins."""
    if found := _COMPARISON.match(text, at):
        if found["literal"]:
            check_sign(text, found.start("literal"), found["path"], found["sign"])
        return _comparison(found["path"], found["sign"], found["literal"]), found.end()
    if found := _PREFIXED.match(text, at):
        wanted = _unwrapped(found["text"])
        if not wanted:
            raise no_text(found["name"])
        return _prefixed(found["name"], wanted), found.end()
    if found := _EXPRESSION.match(text, at):
        return _expression(found["body"]), found.end()
    check_slips(text, at, lambda place: _is_named(text, place))
    found = _TEXT.match(text, at)
    assert found is not None  # noqa: S101 - there is a character that is no space
    quoted = found["quoted"]
    wanted = (found[0] if quoted is None else quoted).casefold()
    return (_words(wanted) if wanted else None), found.end()


def _unwrapped(text: str) -> str:
    """Take the quotes off a text."""
    if len(text) > 1 and text[0] == text[-1] == "'":
        return text[1:-1]
    return text.strip('"')


def _words(wanted: str) -> Term:
    return lambda row: any(wanted in text.casefold() for text in row.texts())


def _expression(body: str) -> Term:
    if pattern_parts(body) > _MOST_PARTS:
        raise too_large(body)
    try:
        compiled = regex.compile(body)
    except RecursionError as exc:
        raise too_large(body) from exc
    except regex.error as exc:
        message = tr("/{text}/ is no regular expression: {reason}")
        raise ConfigError(message.format(text=body, reason=exc)) from exc
    return lambda row: any(compiled.search(text, timeout=_MATCH_S) for text in row.texts())


def _prefixed(name: str, wanted: str) -> Term:
    if name == "topic":
        check_filter(wanted)
        return lambda row: topic_matches(str(row.field("topic") or ""), wanted)
    folded = wanted.casefold()
    if name == "outcome":
        return lambda row: folded in str(row.field(name) or "").split()
    if name == "action":
        return lambda row: folded in str(row.field(name) or "").casefold()
    return lambda row: folded in str(_identity(row, name) or "").casefold()


def _identity(row: Filterable, name: str) -> str | int | None:
    """Look up key or client: a message has the one, a record the other."""
    found = row.field(name)
    return row.field("client" if name == "key" else "key") if found is None else found


def _comparison(path: str, sign: str, literal: str | None) -> Term:
    if literal is None:
        message = tr("A value is missing after {sign}")
        raise ConfigError(
            message.format(sign=sign),
            hint=tr("write {path} {sign} 20").format(path=path, sign=sign),
        )
    is_quoted = literal[0] in "\"'" and literal[0] == literal[-1] and len(literal) > 1
    if not is_quoted and (joint := _SIGNS_OF_JOINTS.search(literal)):
        raise no_joint(joint[0])
    wanted = _unquoted(literal) if is_quoted else literal
    number = None if is_quoted else _number(literal)

    def holds(row: Filterable) -> bool:
        found = _look_up(row, path)
        return found is not MISSING and _compare(found, sign, wanted, number)

    return holds


def _unquoted(literal: str) -> str:
    if literal[0] == "'":
        return literal[1:-1]
    try:
        return msgspec.json.decode(literal, type=str)
    except msgspec.DecodeError as exc:
        message = tr("{text} is no text in quotes")
        hint = tr('write \\\\ for a backslash and \\" for a quotation mark')
        raise ConfigError(message.format(text=literal), hint=hint) from exc


def _look_up(row: Filterable, path: str) -> object:
    if not path.startswith(("payload", "value")):
        path = path.replace("headers.", "properties.", 1) if path.startswith("headers.") else path
        found = _identity(row, path) if path in ("key", "client") else row.field(path)
        return MISSING if found is None else found
    return value_at(row.document(), path) if _STEP.search(path) else row.document()


def value_at(document: str, path: str) -> object:
    """Give what a JSON text holds at a path such as `.device.id` or `.values[0]`, or MISSING."""
    return part_at(decoded(document), path)


def decoded(document: str) -> object:
    """Read a JSON text; MISSING for any other."""
    try:
        return msgspec.json.decode(document)
    except NOT_JSON:
        return MISSING


def part_at(value: object, path: str) -> object:
    """Give what a decoded value holds at a path, or MISSING."""
    for name, place in _STEP.findall(path):
        if isinstance(value, dict) and name in value:
            value = value[name]
        elif isinstance(value, list) and (place or name).isdigit():
            number = int(place or name)
            value = value[number] if number < len(value) else MISSING
        else:
            return MISSING
    return value


def _compare(found: object, sign: str, wanted: str, number: float | None) -> bool:
    if number is not None and (left := _number(found)) is not None:
        if sign in _ORDERS:
            return _ORDERS[sign](left, number)
        return (left == number) is (sign != "!=")
    if sign in _ORDERS:
        return isinstance(found, str) and number is None and _ORDERS[sign](found, wanted)
    if isinstance(found, str):
        is_same = found == wanted
    else:
        is_same = wanted in _CONSTANTS and found is _CONSTANTS[wanted]
    return is_same is (sign != "!=")


def _number(value: object) -> float | None:
    """Read a number; devices write many of them as text."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return float(value)
    return None
