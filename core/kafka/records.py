"""Records as they are shown to a reader, and the last N of them over all partitions."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Final, TypeAlias, cast

import msgspec

if TYPE_CHECKING:
    from confluent_kafka import Message

_NO_TIMESTAMP: Final = 0
"""`TIMESTAMP_NOT_AVAILABLE` of the library, which is loaded by whoever reads records alone."""


class Base64(msgspec.Struct, frozen=True):
    """Bytes that are no UTF-8 text."""

    base64: str


Text: TypeAlias = str | Base64 | None


class TailRecord(msgspec.Struct, frozen=True):
    """One record as it is printed; `timestamp` in milliseconds, None where the topic has none."""

    topic: str
    partition: int
    offset: int
    timestamp: int | None
    key: Text
    headers: list[tuple[str, Text]]
    value: Text


class Backlog:
    """The last N records over all partitions: collected until every partition is read to its end.

    Afterwards records pass through.
    """

    def __init__(self, wanted: int, ends: dict[int, int]) -> None:
        """Begin to collect.

        Args:
            wanted: N.
            ends: Partition to the offset that its next new record will have; none passes all.
        """
        self._wanted = wanted
        self._ends = ends
        self._held: list[TailRecord] = []

    def take(self, record: TailRecord) -> list[TailRecord]:
        """Hold a record back, or let it and all that were held pass."""
        if not self._ends:
            return [record]
        self._held.append(record)
        end = self._ends.get(record.partition)
        return self.reached_end(record.partition) if end and record.offset + 1 >= end else []

    def reached_end(self, partition: int | None) -> list[TailRecord]:
        """Take note that a partition is read; the last one lets the records pass."""
        if partition is None or self._ends.pop(partition, None) is None or self._ends:
            return []
        self._held.sort(key=lambda record: (record.timestamp or 0, record.partition, record.offset))
        passed, self._held = self._held[-self._wanted :], []
        return passed


def record_of(message: Message) -> TailRecord:
    """Make a record of the library's message, which must hold no error."""
    kind, timestamp = message.timestamp()
    headers = cast("list[tuple[str, bytes | None]] | None", message.headers())
    return TailRecord(
        topic=message.topic() or "",
        partition=-1 if (partition := message.partition()) is None else partition,
        offset=-1 if (offset := message.offset()) is None else offset,
        timestamp=None if kind == _NO_TIMESTAMP else timestamp,
        key=text_of(message.key()),
        headers=[(name, text_of(value)) for name, value in headers or ()],
        value=text_of(message.value()),
    )


def text_of(data: str | bytes | None) -> Text:
    """Show bytes as text where they are UTF-8, else as Base64."""
    if data is None or isinstance(data, str):
        return data
    try:
        return data.decode()
    except UnicodeDecodeError:
        return Base64(base64.b64encode(data).decode("ascii"))
