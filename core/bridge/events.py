"""What the engine tells besides counters: changes of status, failed messages, console output."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from core.status import Status


class StatusChanged(msgspec.Struct, frozen=True, tag_field="event", tag="status"):
    """A connector, source or action changed its status; `kind` says which of them."""

    kind: str
    name: str
    status: Status
    reason: str = ""


class RuleFailed(msgspec.Struct, frozen=True, tag_field="event", tag="rule_failed"):
    """A rule failed on a message. At most one a second and rule is told; `count` are all since."""

    rule: str
    message: str
    count: int


class ConsoleOutput(msgspec.Struct, frozen=True, tag_field="event", tag="console"):
    """The console action's output of one rule, as compact JSON."""

    rule: str
    output: str


class Notice(msgspec.Struct, frozen=True, tag_field="event", tag="notice"):
    """Anything else a person should read, such as an error of the engine itself."""

    level: str
    text: str


class RuleOutcome(msgspec.Struct, frozen=True):
    """What one rule made of one message.

    `detail` is the reason of a failure, or in a few words why there is no result; empty where that
    is not known. `outputs` are the first five results as JSON, each cut after 2,000 characters.
    `sql_ms` is how long the statement took; 0 where it was not measured.
    """

    rule: str
    result: Literal["passed", "no_result", "failed"]
    detail: str = ""
    outputs: list[str] = []
    sql_ms: float = 0.0


class MqttProperties(msgspec.Struct, frozen=True, omit_defaults=True):
    """The MQTT 5 properties of a message; bytes in texts that are no UTF-8 are replaced."""

    user: list[tuple[str, str]] = []
    content_type: str | None = None
    response_topic: str | None = None
    correlation_data: bytes | None = None
    message_expiry_s: int | None = None
    payload_format: int | None = None


class MessageSample(msgspec.Struct, frozen=True, tag_field="event", tag="sample"):
    """One of the few messages a second that are shown, with what its rules made of it.

    `payload` is cut after 2,000 characters and readable even when the bytes are no UTF-8;
    `payload_bytes` is its whole length. No outcomes: no rule listens to the topic. `data` is the
    whole payload where `payload` does not hold all of it, unless it is larger than 256 KiB.
    """

    id: int
    time_ms: int
    source: str
    topic: str
    client: str
    payload: str
    payload_bytes: int
    qos: int
    outcomes: list[RuleOutcome]
    retain: bool = False
    properties: MqttProperties = MqttProperties()
    data: bytes = b""


class RecordSettled(msgspec.Struct, frozen=True, tag_field="event", tag="settled"):
    """The end of one record of a sampled message: its place in Kafka, or why it has none.

    A record that cannot even be rendered is settled before its sample is told. `key` and `value`
    are what was rendered, readable and cut after 2,000 characters; None is null, or not rendered.
    `latency_ms` is from the message's arrival to the delivery; `render_ms` is how long the
    templates took, 0 where it was not measured. `kind` is the error as a stable word, as in
    `Record.kind`; `hint` says what to do about it; `size` is of the value, in bytes.
    """

    id: int
    action: str
    topic: str
    partition: int = -1
    offset: int = -1
    latency_ms: float = 0.0
    error: str = ""
    key: str | None = None
    value: str | None = None
    kind: str = ""
    hint: str = ""
    render_ms: float = 0.0
    size: int = 0


EngineEvent: TypeAlias = (
    StatusChanged | RuleFailed | ConsoleOutput | Notice | MessageSample | RecordSettled
)
