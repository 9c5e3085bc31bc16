"""What the forms of the Publish page hold, and what they start with."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from core.workspace.kafka import Compression
from core.workspace.lab import SavedMessage
from core.workspace.model import Workspace
from gui.viewmodels.outlets import MqttMessage

if TYPE_CHECKING:  # the client libraries are loaded with the first message
    from core.kafka.single import Record

MESSAGE: Final = "message"
"""The kind in the keys of saved messages."""

_FIRST_CLIENT: Final = "c_emqx"
_FIRST_PAYLOAD: Final = '{\n  "temp": "27.5",\n  "hum": "41.8"\n}'


@dataclass(frozen=True, slots=True)
class MqttDraft:
    """What the form for MQTT messages holds.

    Attributes:
        message_expiry: In seconds; empty for none.
        payload_format: `0` or `1`; empty for none.
        waits: Whether to wait for an answer on the response topic.
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

    def message(self) -> MqttMessage:
        """Make the message; numbers must be numbers, or empty."""
        from core.mqtt.publisher import PublishProperties

        properties = PublishProperties(
            user_properties=self.user_properties,
            content_type=self.content_type or None,
            response_topic=self.response_topic or None,
            correlation_data=_bytes(self.correlation_data) or None,
            message_expiry_s=int(self.message_expiry) if self.message_expiry else None,
            payload_format=int(self.payload_format) if self.payload_format else None,
        )
        return MqttMessage(self.topic, _bytes(self.payload), self.qos, self.retain, properties)


@dataclass(frozen=True, slots=True)
class KafkaDraft:
    """What the form for Kafka records holds; an empty partition leaves the choice to the key.

    Attributes:
        is_tombstone: Whether it goes without a value.
        compression: As actions have it.
    """

    connector: str = ""
    topic: str = ""
    key: str = ""
    value: str = ""
    partition: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    is_tombstone: bool = False
    compression: Compression = "no_compression"

    def record(self) -> Record:
        """Make the record; `partition` must be a number, or empty."""
        from core.kafka.single import Record

        return Record(
            self.topic,
            None if self.is_tombstone else _bytes(self.value),
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


def key_of(saved: SavedMessage) -> str:
    """Name a saved message: `message:FOLDER/NAME`, or `message:NAME` without a folder."""
    return message_key(saved.folder, saved.name)


def message_key(folder: str, name: str) -> str:
    """Make the key of a saved message."""
    return f"{MESSAGE}:{folder}/{name}" if folder else f"{MESSAGE}:{name}"


def kept_messages(workspace: Workspace) -> tuple[SavedMessage, ...]:
    """List the messages that a workspace keeps, as far as they are text."""
    return tuple(saved for saved in workspace.messages if is_text(saved))


def is_text(saved: SavedMessage) -> bool:
    """Tell whether the payload of a message is text, which is what the forms can hold."""
    return _payload_of(saved) is not None


def draft_of(saved: SavedMessage, workspace: Workspace) -> MqttDraft | KafkaDraft:
    """Make a draft of a kept message; without a connector of its own it takes the first."""
    return (_record_of if saved.kind == "kafka" else _message_of)(saved, workspace)


def first_message(workspace: Workspace, topics: Iterable[str]) -> MqttDraft:
    """Begin with the first message that the workspace keeps, or with one that a rule takes.

    Args:
        workspace: The open one.
        topics: Topics that a message can be published to; the first one is taken.
    """
    saved = next((m for m in kept_messages(workspace) if m.kind == "mqtt"), None)
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
        _payload_of(saved) or "",
        saved.qos,
        saved.retain,
        tuple(saved.properties.items()),
        saved.content_type or "",
        saved.response_topic or "",
        saved.correlation_data or "",
        _number(saved.message_expiry_interval),
        _number(saved.payload_format_indicator),
    )


def _record_of(saved: SavedMessage, workspace: Workspace) -> KafkaDraft:
    return KafkaDraft(
        saved.connector or next(iter(workspace.connectors.kafka), ""),
        saved.topic,
        saved.key or "",
        saved.value or _payload_of(saved) or "",
        _number(saved.partition),
        tuple(saved.headers.items()),
    )


def _payload_of(saved: SavedMessage) -> str | None:
    """Give a kept payload as text; None where it is none."""
    try:
        match saved.format:
            case "hex":
                return bytes.fromhex(saved.payload).decode()
            case "base64":
                return base64.b64decode(saved.payload, validate=True).decode()
            case _:
                return saved.payload
    except ValueError:
        return None


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
