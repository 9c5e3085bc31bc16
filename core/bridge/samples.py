"""Picks a few messages a second to show, so that watching never slows the work down."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from core.bridge.events import MessageSample, MqttProperties, RecordSettled, RuleOutcome
from core.mqtt.packets import read_properties
from core.sql.text import output_json
from core.sql.values import UNDEFINED, EvalError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.bridge.record import Output, Record
    from core.mqtt.message import InboundMessage
    from core.sql.event import Event

PER_SECOND: Final = 50
SHOWN_CHARACTERS: Final = 2_000
SHOWN_OUTPUTS: Final = 5
KEPT_BYTES: Final = 256 << 10
_MOST_PROPERTIES: Final = 64 << 10
_CORRELATION_DATA: Final = 9


class Stopwatch:
    """Measures what takes far less than a millisecond; not every system clock can.

    Only sampled messages are measured: no other pays for it.
    """

    __slots__ = ("_started_s",)

    def __init__(self) -> None:
        """Start."""
        self._started_s = time.perf_counter()

    def ms(self) -> float:
        """Tell the milliseconds since the start."""
        return (time.perf_counter() - self._started_s) * 1_000


class Sampler:
    """Allows up to PER_SECOND samples in each second of one pipeline."""

    def __init__(self, ids: Iterator[int]) -> None:
        """Take ids from an iterator that all pipelines of an engine share."""
        self._ids = ids
        self._left = 0
        self._refill_at_s = 0.0

    def pick(self, message: InboundMessage) -> int:
        """Give a message its sample's id, or 0 when enough were taken in this second."""
        if not self._left:
            if message.received_s < self._refill_at_s:
                return 0
            self._left = PER_SECOND
            self._refill_at_s = message.received_s + 1.0
        self._left -= 1
        return next(self._ids)


def sample_of(
    sample_id: int,
    source: str,
    message: InboundMessage,
    event: Event | None,
    outcomes: list[RuleOutcome],
) -> MessageSample:
    """Describe a message and what its rules made of it; the payload is cut for showing."""
    text = shown(message.payload)
    is_whole = text.encode("utf-8", "replace") == message.payload
    client = event.columns.get("clientid", UNDEFINED) if event is not None else UNDEFINED
    return MessageSample(
        id=sample_id,
        time_ms=message.received_ms,
        source=source,
        topic=message.topic,
        client=client if isinstance(client, str) else message.user_property("clientid") or "",
        payload=text,
        payload_bytes=len(message.payload),
        qos=message.qos,
        outcomes=outcomes,
        retain=message.retain,
        properties=_properties(message.raw_properties),
        data=b"" if is_whole or len(message.payload) > KEPT_BYTES else message.payload,
    )


def _properties(raw: bytes) -> MqttProperties:
    """Read the properties for showing; too many of them are left out."""
    user: list[tuple[str, str]] = []
    found: dict[int, int | str] = {}
    for identifier, value in read_properties(raw) if len(raw) <= _MOST_PROPERTIES else ():
        if isinstance(value, tuple):
            user.append((_readable(value[0]), _readable(value[1])))
        else:
            found[identifier] = value
    correlation = found.get(_CORRELATION_DATA)
    return MqttProperties(
        user=user,
        content_type=_text_at(found, 3),
        response_topic=_text_at(found, 8),
        correlation_data=_bytes_of(correlation) if isinstance(correlation, str) else None,
        message_expiry_s=_number_at(found, 2),
        payload_format=_number_at(found, 1),
    )


def _text_at(found: dict[int, int | str], identifier: int) -> str | None:
    value = found.get(identifier)
    return _readable(value) if isinstance(value, str) else None


def _number_at(found: dict[int, int | str], identifier: int) -> int | None:
    value = found.get(identifier)
    return value if isinstance(value, int) else None


def _bytes_of(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _readable(text: str) -> str:
    return _bytes_of(text).decode("utf-8", "replace")


def shown(data: bytes) -> str:
    """Give the beginning of some bytes as text, whatever they are."""
    return data[: 4 * SHOWN_CHARACTERS].decode("utf-8", "replace")[:SHOWN_CHARACTERS]


def settled(
    record: Record,
    action: str,
    partition: int = -1,
    offset: int = -1,
    *,
    latency_ms: float = 0.0,
    error: str = "",
) -> RecordSettled:
    """Tell the end of a sampled record: its place, or why it has none."""
    return RecordSettled(
        id=record.sample,
        action=action,
        topic=record.topic,
        partition=partition,
        offset=offset,
        latency_ms=latency_ms,
        error=error,
        key=None if record.key is None else shown(record.key),
        value=None if record.value is None else shown(record.value),
        kind=record.kind if error else "",
        hint=record.hint if error else "",
        size=len(record.value or b""),
        render_ms=record.render_ms,
    )


def shown_output(output: Output) -> str:
    """Give the beginning of a rule's output as JSON; empty if it has none."""
    try:
        return shown(output_json(output))
    except EvalError:
        return ""
