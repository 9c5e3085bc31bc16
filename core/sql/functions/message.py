"""Columns of the event as functions; undefined where a condition calls them (`columns` is None)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

from core.sql.access import get_key
from core.sql.functions.args import integer_arg, refuse, string_arg
from core.sql.functions.maps import get_path
from core.sql.functions.registry import Example, Function, Implementation
from core.sql.json_text import decode_json
from core.sql.values import UNDEFINED, EvalError, Value

_FAMILY: Final = "Message"

Columns: TypeAlias = Mapping[str, Value]


def _column(columns: Columns | None, name: str) -> Value:
    return UNDEFINED if columns is None else columns.get(name, UNDEFINED)


def _reader(name: str) -> Implementation:
    def read(columns: Columns | None) -> Value:
        return _column(columns, name)

    return read


def _flags(columns: Columns | None) -> Value:
    flags = _column(columns, "flags")
    return {} if flags is UNDEFINED else flags


def _flag(columns: Columns | None, name: Value) -> Value:
    return get_key(_flags(columns), string_arg("flag: the name", name))


def _topic(columns: Columns | None, *args: Value) -> Value:
    topic = _column(columns, "topic")
    if not args:
        return topic
    level = integer_arg("topic: the level", args[0])
    if type(topic) is not str:
        return UNDEFINED
    levels = topic.split("/")
    if not 1 <= level <= len(levels):
        refuse("topic: the level", f"1 to {len(levels)} in the topic '{topic}'", level)
    return levels[level - 1]


def _payload(columns: Columns | None, *args: Value) -> Value:
    payload = _column(columns, "payload")
    if not args:
        return payload
    path = string_arg("payload: the path", args[0])
    if type(payload) is str:
        try:
            payload = decode_json(payload)
        except EvalError as exc:
            raise EvalError(f"payload: {exc}") from exc
    return get_path(payload, path)


def _contains_topic(filters: Value, topic: Value, qos: Value = UNDEFINED) -> Value:
    """Look for a topic in the internal structure that events do not expose: it is never there."""
    return False


def _column_function(name: str, column: str, summary: str, value: Value) -> Function:
    return Function(
        name, _FAMILY, 0, 0, _reader(column), f"{name}()",
        f"{summary} (column {column}); missing in WHERE and INCASE.", "",
        Example(f"{name}()", value, ((column, value),)), needs="event",
    )  # fmt: skip


TABLE: Final = (
    _column_function("msgid", "id", "Identity of the message", "0005F8F84FFFAFB9F44200000D810002"),
    _column_function("qos", "qos", "QoS of the message", 1),
    _column_function("clientid", "clientid", "Client identity of the sender", "dev-9"),
    _column_function("username", "username", "User name of the sender", "bob"),
    _column_function("clientip", "peerhost", "Address of the sender", "10.1.2.3"),
    _column_function("peerhost", "peerhost", "Address of the sender", "10.1.2.3"),
    Function(
        "flags", _FAMILY, 0, 0, _flags, "flags()",
        "Flags of the message (column flags), {} if there are none.", "",
        Example("flags()", {"retain": True}, (("flags", {"retain": True}),)), needs="event",
    ),
    Function(
        "flag", _FAMILY, 1, 1, _flag, "flag(name)", "One flag of the message, missing if not set.",
        "name is not a string",
        Example("flag('retain')", True, (("flags", {"retain": True}),)), needs="event",
    ),
    Function(
        "topic", _FAMILY, 0, 1, _topic, "topic([n])",
        "The topic, or its n-th level, 1 being the first; missing in WHERE and INCASE.",
        "n is not an integer or beyond the levels",
        Example("topic(2)", "r1", (("topic", "lab/r1"),)), needs="event",
    ),
    Function(
        "payload", _FAMILY, 0, 1, _payload, "payload([path])",
        "The payload, or the value at a dotted path of its JSON; missing in WHERE and INCASE.",
        "the payload is not JSON",
        Example("payload('a.b')", 1, (("payload", '{"a":{"b":1}}'),)), needs="event",
    ),
    Function(
        "contains_topic", _FAMILY, 2, 3, _contains_topic, "contains_topic(filters, topic[, qos])",
        "Always false: it reads a structure that events do not expose.", "",
        Example("contains_topic([], 't/a')", False),
    ),
    Function(
        "contains_topic_match", _FAMILY, 2, 3, _contains_topic,
        "contains_topic_match(filters, topic[, qos])",
        "Always false: it reads a structure that events do not expose.", "",
        Example("contains_topic_match([], 't/a')", False),
    ),
)  # fmt: skip
