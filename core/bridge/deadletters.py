"""Dead letters in a file: JSON Lines, bounded by size and age, enough to replay by hand."""

from __future__ import annotations

import contextlib
import os
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from core.bridge.letters import SETTLED, Text, lock_of, older_of
from core.errors import StoreError
from core.filelock import FileLock
from core.sql.values import str_to_bytes

if TYPE_CHECKING:
    from collections.abc import Generator

    from core.bridge.record import Record
    from core.clock import Clock
    from core.mqtt.message import PubProps
    from core.workspace.kafka import Fallback

_LINE_END: Final = b"\n"


class _Head(msgspec.Struct):
    """What is read again of a letter."""

    time: datetime


class DeadLetters:
    """One action's file of records that can never be delivered, in the state folder.

    Two files, the present one and the one before it, each of half the maximum size and of letters
    of half the maximum age. The older one goes with its first letter's age, when others come.

    Pipelines that share an action write to the same files: whole lines, at the end. Whoever renames
    or deletes a file holds its lock; where somebody else does, that waits until the next letter.
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
                "kind": record.kind,
                "reason": plain(record.reason),
                "hint": plain(record.hint),
                "attempts": record.attempts,
                "rule": record.rule.id,
                "message": {
                    "topic": plain(message.topic),
                    "payload": Text.of(message.payload),
                    "qos": message.qos,
                    "retain": message.retain,
                    "received_ms": message.received_ms,
                    "properties": plain_properties(message.properties()),
                    "raw_properties": message.raw_properties,
                },
                "record": {
                    "topic": plain(record.topic),
                    "key": Text.of(record.key),
                    "value": Text.of(record.value),
                    "timestamp": record.timestamp_ms or None,
                    "partition": record.partition,
                    "headers": [
                        [plain(name), Text.of(value)] for name, value in record.headers or []
                    ],
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
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._rotate(self._clock.now_ms() / 1_000)
            with self.path.open("a+b", buffering=0) as file:
                lines = b"".join([letter + _LINE_END for letter in letters])
                if not _ends_with_a_line(file):  # of a run that was killed, or a full disk
                    lines = _LINE_END + lines
                written = file.write(lines)
                while written < len(lines):
                    written += file.write(memoryview(lines)[written:])
                os.fsync(file.fileno())
        except OSError as exc:
            raise StoreError(
                f"Dead letters cannot be written to {self.path}: {exc.strerror or exc}.",
                path=str(self.path),
                hint="Free space or make the folder writable; the record is kept until then.",
            ) from exc

    def _rotate(self, now_s: float) -> None:
        """Begin a new file where it is time for one, and let the older one go at its age."""
        older = older_of(self.path)
        if not (self._is_full(now_s) or self._is_over(older, now_s)):
            return
        with _locked(self.path) as is_ours:
            if not is_ours:
                return
            with contextlib.suppress(PermissionError):  # Windows, while somebody reads it
                if self._is_full(now_s):  # looked at again: it may have been another pipeline
                    self.path.replace(older)
                if self._is_over(older, now_s):
                    older.unlink()

    def _is_full(self, now_s: float) -> bool:
        if not self.path.exists():
            return False
        is_large = self.path.stat().st_size >= self._half_bytes
        return is_large or now_s - _begun_s(self.path) > self._max_age_s / 2

    def _is_over(self, older: Path, now_s: float) -> bool:
        return older.exists() and now_s - _begun_s(older) > self._max_age_s


def plain(text: str) -> str:
    """Make a string of the rule language fit for JSON: what is no UTF-8 becomes U+FFFD."""
    return text if text.isascii() else str_to_bytes(text).decode("utf-8", "replace")


def plain_properties(properties: PubProps) -> PubProps:
    """Do so with all strings of a message's properties."""
    made: PubProps = {}
    for name, value in properties.items():
        match value:
            case str():
                made[name] = plain(value)
            case dict():
                made[name] = _plain_pairs(value)
            case list():
                made[name] = [_plain_pairs(pair) for pair in value]
            case int():
                made[name] = value
    return made


def _plain_pairs(pairs: dict[str, str]) -> dict[str, str]:
    return {plain(name): plain(value) for name, value in pairs.items()}


def _ends_with_a_line(file: FileIO) -> bool:
    if not file.seek(0, os.SEEK_END):
        return True
    file.seek(-1, os.SEEK_END)
    return file.read(1) == _LINE_END


@contextlib.contextmanager
def _locked(path: Path) -> Generator[bool]:
    """Hold the lock of an action's files; False when somebody else does."""
    try:
        lock = FileLock(lock_of(path))
    except OSError:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def _begun_s(path: Path) -> float:
    """Tell when a file's first letter was written; of a damaged one, its last."""
    with path.open("rb") as file:
        line = file.readline()
    if line.startswith(SETTLED):
        line = b"{" + line[1:].rstrip() + b"}"
    try:
        return msgspec.json.decode(line, type=_Head).time.timestamp()
    except msgspec.MsgspecError:
        return path.stat().st_mtime
