"""A rule's output as a Kafka record: key, value, timestamp, headers and topic of one action."""

from __future__ import annotations

import re
from typing import Final

from core.errors import CodecError, TemplateError
from core.kafka.producer import Headers
from core.sql.text import decode_json, encode_json
from core.sql.values import UNDEFINED, Atom, EvalError, Value, str_to_bytes
from core.template import compile_template
from core.workspace.kafka import ExtHeader, KafkaAction

_INTEGER: Final = re.compile(r"-?[0-9]{1,18}")
_PARTITION: Final = re.compile(r"[0-9]{1,9}")
_LATEST_MS: Final = 253_402_300_799_999  # 9999-12-31: later times are mistakes
BY_PARTITIONER: Final = -1

Output = dict[str, Value]


def time_of(text: str) -> int:
    """Read a rendered timestamp; 0 (the present time) when it is no sensible integer."""
    if not _INTEGER.fullmatch(text):
        return 0
    number = int(text)
    return number if 0 < number <= _LATEST_MS else 0


class Renderer:
    """The compiled templates of one action. Pure; made once, used for every record.

    Attributes:
        fixed_topic: The topic of every record, None if it depends on the output.
        has_more: Whether there are headers or a partition to render.
    """

    def __init__(self, action: KafkaAction) -> None:
        self._key = compile_template(action.message.key)
        self._value = compile_template(action.message.value)
        self._timestamp = compile_template(action.message.timestamp)
        self._topic = compile_template(action.topic, engine="republish")
        self.fixed_topic = action.topic if self._topic.is_constant else None
        self._partition = (
            compile_template(action.partition) if action.partition is not None else None
        )
        self._headers = _HeaderRenderer(action) if _has_headers(action) else None
        self.has_more = self._headers is not None or self._partition is not None

    def key(self, output: Output) -> bytes | None:
        """Render the key; empty is a null key, as EMQX's wire encoder makes it."""
        text = self._key.render_value(output)
        if type(text) is not str:  # a single placeholder whose value is no text yet
            text = self._key.render(output)
        return str_to_bytes(text) if text else None

    def value(self, output: Output) -> bytes:
        """Render the value; what an empty one means is the action's choice."""
        return str_to_bytes(self._value.render(output))

    def timestamp_ms(self, output: Output) -> int:
        """Render the timestamp; 0 (the present time) when it is no sensible integer."""
        number = self._timestamp.render_value(output)
        if type(number) is int and 0 < number <= _LATEST_MS:
            return number  # nearly always: the column `timestamp` itself
        return time_of(self._timestamp.render(output))

    def topic(self, output: Output) -> str:
        """Name the topic.

        Raises:
            TemplateError: A placeholder of a dynamic topic has no value.
        """
        if self.fixed_topic is not None:
            return self.fixed_topic
        return self._topic.render(output, strict=True)

    def partition(self, output: Output) -> int:
        """Name the partition of an explicit choice, else leave it to the partitioner.

        Raises:
            TemplateError: The template does not give a number of a partition.
        """
        if self._partition is None:
            return BY_PARTITIONER
        text = self._partition.render(output)
        if not _PARTITION.fullmatch(text):
            raise TemplateError(
                f"partition renders to {text!r}, which is no partition number.",
                hint="Select an integer of 0 or more for the placeholder of `partition`.",
            )
        return int(text)

    def headers(self, output: Output) -> Headers | None:
        """Render the headers; None when there are none.

        Raises:
            TemplateError: `kafka_headers` is neither pairs nor JSON text of them.
        """
        return None if self._headers is None else self._headers.render(output)

    def dropped_headers(self, output: Output) -> list[str]:
        """Name the headers that `headers` leaves out because their values cannot be encoded.

        Raises:
            TemplateError: As for `headers`.
        """
        return [] if self._headers is None else self._headers.dropped(output)

    def missing_headers(self, output: Output) -> list[tuple[str, str]]:
        """Name the extra headers that are left out, each with the placeholder that has no value."""
        return [] if self._headers is None else self._headers.missing(output)


def _has_headers(action: KafkaAction) -> bool:
    return action.kafka_headers is not None or bool(action.kafka_ext_headers)


class _HeaderRenderer:
    """`kafka_headers`, then `kafka_ext_headers`, then the encode mode (EMQX's order)."""

    def __init__(self, action: KafkaAction) -> None:
        self._map = None if action.kafka_headers is None else compile_template(action.kafka_headers)
        self._extra = [_ExtraHeader(header) for header in action.kafka_ext_headers]
        self._as_json = action.kafka_header_value_encode_mode == "json"

    def render(self, output: Output) -> Headers | None:
        headers: Headers = []
        for name, value in self._all(output):
            encoded = self._encode(value)
            if encoded is not None:
                headers.append((name, encoded))
        return headers or None

    def dropped(self, output: Output) -> list[str]:
        return [name for name, value in self._all(output) if self._encode(value) is None]

    def missing(self, output: Output) -> list[tuple[str, str]]:
        found = ((extra.name, extra.missing(output)) for extra in self._extra)
        return [(name, placeholder) for name, placeholder in found if placeholder]

    def _all(self, output: Output) -> list[tuple[str, Value]]:
        pairs: list[tuple[str, Value]] = []
        if self._map is not None:
            pairs.extend(_pairs(self._map.render_value(output)))
        for extra in self._extra:
            pairs.extend(extra.pair(output))
        return pairs

    def _encode(self, value: Value) -> bytes | None:
        """Encode one value; None drops the header (mode `none` keeps strings only)."""
        if not self._as_json:
            return str_to_bytes(value) if isinstance(value, str) else None
        try:
            return str_to_bytes(encode_json(value))
        except EvalError:
            return None


class _ExtraHeader:
    """One pair of templates; a missing variable in either drops it."""

    def __init__(self, header: ExtHeader) -> None:
        self._key = compile_template(header.kafka_ext_header_key)
        self._value = compile_template(header.kafka_ext_header_value)
        self._key_parts = [compile_template(f"${{{path}}}") for path in self._key.placeholders]
        self.name = header.kafka_ext_header_key

    def pair(self, output: Output) -> list[tuple[str, Value]]:
        value = self._raw(output)
        if value is UNDEFINED or any(
            part.render_value(output) is UNDEFINED for part in self._key_parts
        ):
            return []
        return [(self._key.render(output), value)]

    def missing(self, output: Output) -> str:
        """Give the placeholder that leaves the pair out, as it is written; empty for none."""
        for part in self._key_parts:
            if part.render_value(output) is UNDEFINED:
                return part.text
        return self._value.text if self._raw(output) is UNDEFINED else ""

    def _raw(self, output: Output) -> Value:
        if self._value.single_placeholder:
            return self._value.render_value(output)
        return self._value.render(output)


def _pairs(value: Value) -> list[tuple[str, Value]]:
    """Read headers from a map, a list of `{key, value}` or of pairs, or JSON text of these."""
    if value is UNDEFINED:
        return []
    if isinstance(value, str):
        try:
            value = decode_json(value)
        except (EvalError, CodecError) as exc:
            raise _bad_headers("is text that is no JSON") from exc
    if isinstance(value, dict):
        return list(value.items())
    if isinstance(value, list):
        pairs: list[tuple[str, Value]] = []
        for item in value:
            pairs.extend(_item_pairs(item))
        return pairs
    raise _bad_headers("is neither an object nor a list")


def _item_pairs(item: Value) -> list[tuple[str, Value]]:
    match item:
        case {"key": key, "value": value}:
            return [(_header_name(key), value)]
        case [str() | Atom() as key, value]:
            return [(_header_name(key), value)]
        case list():
            return _pairs(item)
        case _:
            raise _bad_headers('has an item that is no {"key": .., "value": ..}')


def _header_name(key: Value) -> str:
    match key:
        case str():
            return key
        case Atom(name):
            return name
        case _:
            raise _bad_headers("has a name that is no text")


def _bad_headers(what: str) -> TemplateError:
    return TemplateError(
        f"kafka_headers {what} (bad_kafka_headers).",
        hint="Select an object of names and values, or a list of "
        '{"key": .., "value": ..}; for MQTT user properties: ${pub_props.User-Property}.',
    )
