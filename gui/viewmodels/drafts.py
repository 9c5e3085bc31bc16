"""What the forms of the Publish page hold, and what they start with."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from core.lab.payloads import payload_bytes
from core.workspace.kafka import Compression
from core.workspace.lab import PayloadFormat, SavedMessage
from core.workspace.model import Workspace
from gui.viewmodels.outlets import MqttMessage

if TYPE_CHECKING:  # the client libraries are loaded with the first message
    from core.kafka.single import Record

MESSAGE: Final = "message"
"""The kind in the keys of saved messages."""

_SECRET_NAME: Final = re.compile(
    r"passw|secret|token|authori[sz]ation|credential|cookie|api.?key", re.IGNORECASE
)
_FIRST_CLIENT: Final = "c_emqx"
_FIRST_PAYLOAD: Final = '{\n  "temp": "27.5",\n  "hum": "41.8"\n}'


@dataclass(frozen=True, slots=True)
class MqttDraft:
    """What the form for MQTT messages holds.

    Attributes:
        message_expiry: In seconds; empty for none.
        payload_format: `0` or `1`; empty for none.
        waits: Whether to wait for an answer on the response topic.
        format: How the payload is written.
    """

    connector: str = ""
    topic: str = ""
    payload: str = ""
    qos: int = 1
    retain: bool = False
    user_properties: tuple[tuple[str, str], ...] = ()
    content_type: str = ""
    response_topic: str = ""
    correlation_data: str = ""
    message_expiry: str = ""
    payload_format: str = ""
    waits: bool = False
    format: PayloadFormat = "json"

    def message(self) -> MqttMessage:
        """Make the message; numbers must be numbers, or empty.

        Raises:
            CodecError: The payload is not in its format.
        """
        from core.mqtt.publisher import PublishProperties

        properties = PublishProperties(
            user_properties=self.user_properties,
            content_type=self.content_type or None,
            response_topic=self.response_topic or None,
            correlation_data=_bytes(self.correlation_data) or None,
            message_expiry_s=int(self.message_expiry) if self.message_expiry else None,
            payload_format=int(self.payload_format) if self.payload_format else None,
        )
        payload = payload_bytes(self.payload, self.format)
        return MqttMessage(self.topic, payload, self.qos, self.retain, properties)


@dataclass(frozen=True, slots=True)
class KafkaDraft:
    """What the form for Kafka records holds; an empty partition leaves the choice to the key.

    Attributes:
        is_tombstone: Whether it goes without a value.
        compression: As actions have it.
        format: How the value is written.
    """

    connector: str = ""
    topic: str = ""
    key: str = ""
    value: str = ""
    partition: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    is_tombstone: bool = False
    compression: Compression = "no_compression"
    format: PayloadFormat = "json"

    def record(self) -> Record:
        """Make the record; `partition` must be a number, or empty.

        Raises:
            CodecError: The value is not in its format.
        """
        from core.kafka.single import Record

        return Record(
            self.topic,
            None if self.is_tombstone else payload_bytes(self.value, self.format),
            _bytes(self.key) if self.key else None,
            tuple((name, _bytes(value)) for name, value in self.headers),
            int(self.partition) if self.partition else -1,
        )


def filled(draft: MqttDraft | KafkaDraft, fill: Callable[[str], str]) -> MqttDraft | KafkaDraft:
    """Fill the variables in every text of a draft but the connector's name."""

    def pairs(found: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        return tuple((name, fill(value)) for name, value in found)

    topic = fill(draft.topic)
    if isinstance(draft, KafkaDraft):
        key, value = fill(draft.key), fill(draft.value)
        return replace(draft, topic=topic, key=key, value=value, headers=pairs(draft.headers))
    return replace(
        draft,
        topic=topic,
        payload=fill(draft.payload),
        user_properties=pairs(draft.user_properties),
        content_type=fill(draft.content_type),
        response_topic=fill(draft.response_topic),
        correlation_data=fill(draft.correlation_data),
    )


def harmless(pairs: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Leave out the rows whose name tells that the value is a secret."""
    return tuple((name, value) for name, value in pairs if not _SECRET_NAME.search(name))


def key_of(saved: SavedMessage) -> str:
    """Name a saved message: `message:FOLDER/NAME`, or `message:NAME` without a folder."""
    return message_key(saved.folder, saved.name)


def message_key(folder: str, name: str) -> str:
    """Make the key of a saved message."""
    return f"{MESSAGE}:{folder}/{name}" if folder else f"{MESSAGE}:{name}"


def draft_of(saved: SavedMessage, workspace: Workspace) -> MqttDraft | KafkaDraft:
    """Make a draft of a kept message; without a connector of its own it takes the first."""
    return (_record_of if saved.kind == "kafka" else _message_of)(saved, workspace)


def first_message(workspace: Workspace, topics: Iterable[str]) -> MqttDraft:
    """Begin with the first message that the workspace keeps, or with one that a rule takes.

    Args:
        workspace: The open one.
        topics: Topics that a message can be published to; the first one is taken.
    """
    saved = next((m for m in workspace.messages if m.kind == "mqtt"), None)
    if saved is not None:
        return _message_of(saved, workspace)
    return MqttDraft(
        next(iter(workspace.connectors.mqtt), ""),
        next(iter(topics), ""),
        _FIRST_PAYLOAD,
        user_properties=(("clientid", _FIRST_CLIENT),),
    )


def first_record(workspace: Workspace, topics: Iterable[str]) -> KafkaDraft:
    """Begin with a record for the first of these topics."""
    connector = next(iter(workspace.connectors.kafka), "")
    return KafkaDraft(connector, next(iter(topics), ""), _FIRST_CLIENT, _FIRST_PAYLOAD)


def _message_of(saved: SavedMessage, workspace: Workspace) -> MqttDraft:
    return MqttDraft(
        saved.connector or next(iter(workspace.connectors.mqtt), ""),
        saved.topic,
        saved.payload,
        saved.qos,
        saved.retain,
        tuple(saved.properties.items()),
        saved.content_type or "",
        saved.response_topic or "",
        saved.correlation_data or "",
        _number(saved.message_expiry_interval),
        _number(saved.payload_format_indicator),
        format=saved.format,
    )


def _record_of(saved: SavedMessage, workspace: Workspace) -> KafkaDraft:
    return KafkaDraft(
        saved.connector or next(iter(workspace.connectors.kafka), ""),
        saved.topic,
        saved.key or "",
        saved.value or saved.payload,
        _number(saved.partition),
        tuple(saved.headers.items()),
        format=saved.format,
    )


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
