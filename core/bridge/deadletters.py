"""Dead letters in a file: JSON Lines, bounded by size and age, enough to replay by hand."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from core.errors import StoreError

if TYPE_CHECKING:
    from core.bridge.record import Record
    from core.clock import Clock
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


class _Head(msgspec.Struct):
    """What is read again of a letter."""

    time: datetime


class DeadLetters:
    """One action's file of records that can never be delivered, in the state folder.

    Two files, the present one and the one before it, each of half the maximum size and of letters
    of half the maximum age. The older one goes with its first letter's age, when others come.
    """

    def __init__(self, path: Path, limits: Fallback, clock: Clock) -> None:
        self.path = path
        self._half_bytes = limits.max_size.bytes // 2
        self._max_age_s = limits.max_age.s
        self._clock = clock

    def letter(self, record: Record) -> bytes:
        """Make the line of a record, as far as it was rendered."""
        message = record.message
        return msgspec.json.encode(
            {
                "time": datetime.fromtimestamp(self._clock.now_ms() / 1_000, UTC),
                "reason": record.reason,
                "rule": record.rule.id,
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

    def write(self, letters: list[bytes]) -> None:
        """Append letters and bring them to the disk together.

        Raises:
            StoreError: The file could not be written; none of them counts as kept.
        """
        try:
            self._rotate(self._clock.now_ms() / 1_000)
            with self.path.open("ab") as file:
                file.write(b"".join([letter + b"\n" for letter in letters]))
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
        if self.path.exists() and (
            self.path.stat().st_size >= self._half_bytes
            or now_s - _begun_s(self.path) > self._max_age_s / 2
        ):
            self.path.replace(older)
        if older.exists() and now_s - _begun_s(older) > self._max_age_s:
            older.unlink()


def _begun_s(path: Path) -> float:
    """Tell when a file's first letter was written; of a damaged one, its last."""
    with path.open("rb") as file:
        line = file.readline()
    try:
        return msgspec.json.decode(line, type=_Head).time.timestamp()
    except msgspec.MsgspecError:
        return path.stat().st_mtime
