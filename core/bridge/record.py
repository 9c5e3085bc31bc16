"""One record on its way, what must hear of its outcome, and its form in a buffer on disk."""

from __future__ import annotations

from typing import Final, Literal, Protocol, TypeAlias

import msgspec

from core.bridge.metrics import RuleCounters
from core.kafka.producer import Headers
from core.mqtt.message import InboundMessage
from core.sql.text import decode_json, encode_json
from core.sql.values import EvalError, Value

Output: TypeAlias = dict[str, Value]
Ending: TypeAlias = Literal["failed", "expired", "queue_full"]
"""How a record ended that was not delivered."""


class Holder(Protocol):
    """What waits for outcomes, such as an acknowledgement."""

    def hold(self) -> None:
        """Wait for one more outcome."""
        ...

    def release(self) -> None:
        """Take note of one outcome."""
        ...


class Owner(Protocol):
    """What sends records and is told what became of them."""

    def on_success(self, record: Record) -> None:
        """Take note of a delivery."""
        ...

    def on_failure(self, record: Record, error: object) -> None:
        """Take note of a failure; `error` is the client library's."""
        ...

    def tell_place(self, record: Record, report: object) -> None:
        """Tell where a sampled record came to lie."""
        ...


class Record(msgspec.Struct, eq=False):
    """One record of one action. It is its own delivery callback.

    Attributes:
        owner: Who hears of the outcome first.
        message: The MQTT message that it was made of.
        rule: The counters of the rule that made it.
        pending: What waits for the outcome; None when nobody does.
        sample: Id under which its end is told; 0 for none.
        render_ms: How long its templates took, where it is sampled.
        is_kept: Its MQTT message stays with the broker until the outcome: it is never dropped, and
            needs no place on disk.
        is_fallback: Another action could not deliver it.
        is_alone: It is sent in a batch of its own: one that it was in has been refused.
        output: What the rule selected, where a fallback may need it.
        number: In the buffer on disk; -1 when it is not there.
        ending: How it ended, while its fallback actions have not all taken it.
        reason: Why; `hint` says what to do about it.
        kind: The same as a stable word: a row of Kafka's catalogue, `template`, or the ending; of a
            republished message that its broker does not take, `refused`.
    """

    owner: Owner
    message: InboundMessage
    rule: RuleCounters
    pending: Holder | None = None
    sample: int = 0
    render_ms: float = 0.0
    is_kept: bool = False
    is_fallback: bool = False
    is_alone: bool = False
    output: Output | None = None
    number: int = -1
    attempts: int = 0
    ending: Ending | None = None
    reason: str = ""
    kind: str = ""
    hint: str = ""
    topic: str = ""
    key: bytes | None = None
    value: bytes | None = None
    timestamp_ms: int = 0
    headers: Headers | None = None
    partition: int = -1
    size: int = 0

    def __call__(self, error: object, record: object) -> None:
        """Take the delivery report; called while the producer is polled."""
        if error is None:
            self.owner.on_success(self)
            if self.sample:
                self.owner.tell_place(self, record)
        else:
            self.owner.on_failure(self, error)

    def release(self) -> None:
        """Let go of what waits for the outcome."""
        pending, self.pending = self.pending, None
        if pending is not None:
            pending.release()


class _Stored(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A record as it lies on disk. New fields go to the end, with a default."""

    rule: str
    sample: int
    received_ms: int
    mqtt_topic: str
    payload: bytes
    qos: int
    retain: bool
    properties: bytes
    topic: str
    key: bytes | None
    value: bytes | None
    timestamp_ms: int
    headers: Headers | None
    partition: int
    output: bytes | None


_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(_Stored)


def encode_record(record: Record) -> bytes:
    """Write a record as bytes, with all that is needed to send it or to make a dead letter."""
    message = record.message
    return _ENCODER.encode(
        _Stored(
            record.rule.id,
            record.sample,
            message.received_ms,
            message.topic,
            message.payload,
            message.qos,
            message.retain,
            message.raw_properties,
            record.topic,
            record.key,
            record.value,
            record.timestamp_ms,
            record.headers,
            record.partition,
            None if record.output is None else _encode_output(record.output),
        )
    )


def _encode_output(output: Output) -> bytes | None:
    try:
        return encode_json(output).encode()
    except EvalError:
        return None


class RecordDecoder:
    """Makes records of bytes again."""

    def __init__(self, rules: dict[str, RuleCounters]) -> None:
        """Take the counters of this run's rules by name."""
        self._rules = rules
        self._earlier = RuleCounters()

    def decode(
        self, content: bytes, owner: Owner, *, is_earlier: bool, now_ms: int, now_s: float
    ) -> Record:
        """Read one record.

        Args:
            content: As `encode_record` made it.
            owner: Of the record.
            is_earlier: It was written in an earlier run, whose rules have counted it.
            now_ms: Wall clock.
            now_s: Monotonic clock at the same moment; the record keeps its age.

        Raises:
            msgspec.MsgspecError: It is no record.
            EvalError: Its output is no JSON.
        """
        stored = _DECODER.decode(content)
        message = InboundMessage(
            stored.mqtt_topic,
            stored.payload,
            stored.qos,
            stored.retain,
            raw_properties=stored.properties,
            received_ms=stored.received_ms,
            received_s=now_s - max(now_ms - stored.received_ms, 0) / 1_000,
        )
        rule = self._earlier if is_earlier else self._rules.get(stored.rule, self._earlier)
        output = None if stored.output is None else decode_json(stored.output.decode())
        return Record(
            owner,
            message,
            rule,
            sample=0 if is_earlier else stored.sample,
            output=output if isinstance(output, dict) else None,
            topic=stored.topic,
            key=stored.key,
            value=stored.value,
            timestamp_ms=stored.timestamp_ms,
            headers=stored.headers,
            partition=stored.partition,
            size=len(content),
        )
