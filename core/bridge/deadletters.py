"""Dead letters in a file: JSON Lines, bounded by size and age, enough to replay by hand."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from core.errors import StoreError

if TYPE_CHECKING:
    from core.bridge.writer import Record
    from core.clock import Clock
    from core.mqtt.message import InboundMessage
    from core.workspace.kafka import Fallback


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


class DeadLetters:
    """One action's file of records that can never be delivered, in the state folder.

    Two files of half the maximum size each: the present one and the one before it.
    """

    def __init__(self, path: Path, limits: Fallback, clock: Clock) -> None:
        self.path = path
        self._half_bytes = limits.max_size.bytes // 2
        self._max_age_s = limits.max_age.s
        self._clock = clock

    def write(self, message: InboundMessage, record: Record, reason: str) -> None:
        """Append one letter and flush it to the disk.

        Args:
            message: The MQTT message it came from.
            record: The record, as far as it was rendered.
            reason: Why it cannot be delivered.

        Raises:
            StoreError: The file could not be written; the letter is not kept.
        """
        now_ms = self._clock.now_ms()
        line = msgspec.json.encode(
            {
                "time": datetime.fromtimestamp(now_ms / 1_000, UTC),
                "reason": reason,
                "message": {
                    "topic": message.topic,
                    "payload": Text.of(message.payload),
                    "qos": message.qos,
                    "retain": message.retain,
                    "properties": message.properties(),
                },
                "record": {
                    "topic": record.topic,
                    "key": Text.of(record.key),
                    "value": Text.of(record.value),
                    "timestamp": record.timestamp_ms or None,
                    "headers": [[name, Text.of(value)] for name, value in record.headers or []],
                },
            },
            enc_hook=str,
        )
        try:
            self._rotate(now_ms / 1_000)
            with self.path.open("ab") as file:
                file.write(line + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as exc:
            raise StoreError(
                f"Dead letters cannot be written to {self.path}: {exc.strerror or exc}.",
                path=str(self.path),
                hint="Free space or make the folder writable; the record is kept until then.",
            ) from exc

    def _rotate(self, now_s: float) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        older = self.path.with_suffix(".1.jsonl")
        if older.exists() and now_s - older.stat().st_mtime > self._max_age_s:
            older.unlink()
        if self.path.exists() and self.path.stat().st_size >= self._half_bytes:
            self.path.replace(older)
