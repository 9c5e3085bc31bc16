"""What a dead letter holds, where an action's letters are, and what a list shows of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from core.mqtt.message import InboundMessage

SETTLED: Final = b" "
"""How the line of a settled letter begins."""

_SHOWN: Final = 1_000


class Text(msgspec.Struct, frozen=True, omit_defaults=True):
    """Bytes as text when they are UTF-8, else as base64."""

    text: str | None = None
    base64: bytes | None = None

    @classmethod
    def of(cls, data: bytes | None) -> Text | None:
        """Wrap bytes; null stays null."""
        if data is None:
            return None
        try:
            return cls(text=data.decode())
        except UnicodeDecodeError:
            return cls(base64=data)

    @property
    def data(self) -> bytes:
        """The bytes again."""
        return self.base64 if self.base64 is not None else (self.text or "").encode()


class LetterMessage(msgspec.Struct, frozen=True):
    """The MQTT message that a record was made of; `properties` are for reading only."""

    topic: str
    payload: Text | None = None
    qos: int = 0
    retain: bool = False
    received_ms: int = 0
    properties: dict[str, Any] = {}
    raw_properties: bytes = b""

    def inbound(self, payload: bytes | None = None) -> InboundMessage:
        """Give the message as rules take it, with another payload if one is given."""
        return InboundMessage(
            self.topic,
            bytes_of(self.payload) or b"" if payload is None else payload,
            self.qos,
            self.retain,
            raw_properties=self.raw_properties,
            received_ms=self.received_ms,
        )


class LetterRecord(msgspec.Struct, frozen=True):
    """The record that was not delivered, as far as it was rendered: no topic means not at all."""

    topic: str = ""
    key: Text | None = None
    value: Text | None = None
    timestamp: int | None = None
    partition: int = -1
    headers: list[tuple[str, Text | None]] = []

    @property
    def size(self) -> int:
        """Bytes of the value, as the size of a record is told everywhere."""
        return len(bytes_of(self.value) or b"")


class Letter(msgspec.Struct, frozen=True):
    """One dead letter.

    Attributes:
        time: When it was put aside.
        reason: Why, and `hint` what to do about it; `kind` is a stable word for it: a row of
            Kafka's catalogue, `template`, `expired` or `queue_full`.
        rule: Its id.
        message: What came from MQTT.
        record: What was to be sent.
        attempts: How often it was sent.
    """

    time: datetime
    reason: str
    rule: str
    message: LetterMessage
    record: LetterRecord
    kind: str = ""
    hint: str = ""
    attempts: int = 0

    @property
    def size(self) -> int:
        """Bytes of the record's value; of the message's payload where none was rendered."""
        return self.record.size if self.record.topic else len(bytes_of(self.message.payload) or b"")


_DECODER: Final = msgspec.json.Decoder(Letter)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a letter lies, and what lies there: an id that stays when its file is renamed."""

    offset: int
    length: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class LetterHead:
    """What a list shows of a letter.

    `start` is the beginning of its payload, empty if no text; `waited_ms` how long its message had
    been there when it was put aside, 0 if that is not known.
    """

    place: Place
    time_ms: int
    kind: str
    reason: str
    rule: str
    topic: str
    key: str
    size: int
    start: str
    waited_ms: int = 0


@dataclass(frozen=True, slots=True)
class Shelf:
    """All letters of an action.

    Attributes:
        heads: The newest, oldest first.
        left_out: How many older ones there are besides.
        damaged: How many lines are no letters.
    """

    heads: tuple[LetterHead, ...] = ()
    left_out: int = 0
    damaged: int = 0


def older_of(path: Path) -> Path:
    """Name the file before the present one."""
    return path.with_suffix(".1.jsonl")


def lock_of(path: Path) -> Path:
    """Name the file that is locked while one of the two is renamed or deleted."""
    return path.with_suffix(".lock")


def letters_path(state_dir: Path, action: str) -> Path:
    """Name the file of an action's dead letters."""
    return state_dir / "dead-letters" / f"{action}.jsonl"


def bytes_of(text: Text | None) -> bytes | None:
    """Give the bytes; null stays null."""
    return None if text is None else text.data


def read_letter(line: bytes) -> Letter | None:
    """Read the line of a letter; None if it is none."""
    try:
        return _DECODER.decode(line)
    except msgspec.MsgspecError:
        return None


def head_of(letter: Letter, place: Place) -> LetterHead:
    """Sum a letter up."""
    message, time_ms = letter.message, round(letter.time.timestamp() * 1_000)
    payload = message.payload.text if message.payload is not None else None
    return LetterHead(
        place,
        time_ms,
        letter.kind,
        letter.reason,
        letter.rule,
        message.topic,
        (bytes_of(letter.record.key) or b"").decode("utf-8", "replace"),
        letter.size,
        (payload or "")[:_SHOWN],
        max(time_ms - message.received_ms, 0) if message.received_ms else 0,
    )
