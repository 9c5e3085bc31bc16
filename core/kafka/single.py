"""Sending records by hand, each with its delivery report.

Blocks: not for the loop's thread.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from core.errors import DeliveryFailed
from core.kafka.options import producer_group
from core.kafka.producer import QueueFull, RecordProducer, place
from core.workspace.environment import Environment
from core.workspace.kafka import Compression, KafkaAction, KafkaConnector
from core.workspace.units import Duration

DEFAULT_TIMEOUT_S: Final = 10.0
_POLL_S: Final = 0.05


@dataclass(frozen=True, slots=True)
class Record:
    """A record to send.

    Attributes:
        topic: Name.
        value: None makes a tombstone.
        key: None for no key.
        headers: Pairs; a name may repeat.
        partition: -1 leaves the choice to the partitioner: by hand, to the key's hash (murmur2),
            or to chance without a key.
        timestamp_ms: 0 for now.
    """

    topic: str
    value: bytes | None
    key: bytes | None = None
    headers: tuple[tuple[str, bytes | None], ...] = ()
    partition: int = -1
    timestamp_ms: int = 0


@dataclass(frozen=True, slots=True)
class Delivered:
    """A delivery report; the latency runs from sending, without the time to connect."""

    topic: str
    partition: int
    offset: int
    latency_ms: float


Sent: TypeAlias = Delivered | DeliveryFailed


class RecordSender:
    """A producer for records that are sent by hand, each in a batch of its own. Blocks."""

    def __init__(
        self, connector: KafkaConnector, environment: Environment, action: KafkaAction
    ) -> None:
        """Start connecting, with the options of an action.

        Raises:
            ConfigError: An option is refused, a file or a secret is missing.
            NotConnected: The connector stands on the embedded Kafka, and none is running.
        """
        group = replace(producer_group(action), linger_ms=0, batch_records=1)
        self._producer = RecordProducer(connector, group, environment)

    def send(self, records: Sequence[Record], timeout_s: float = DEFAULT_TIMEOUT_S) -> list[Sent]:
        """Send records and wait for what becomes of each; those without a report are given up.

        A record that was given up may have arrived all the same.
        """
        deadline_s = time.monotonic() + timeout_s
        shipment = _Shipment(self._producer, records)
        while not shipment.is_over and time.monotonic() < deadline_s:
            shipment.go_on()
        if not shipment.is_over:
            self._producer.purge()
            shipment.give_up(timeout_s)
        return shipment.outcomes

    def close(self) -> None:
        """Let the cluster go."""
        self._producer.purge()
        self._producer.close(0)


class _Shipment:
    """Records on their way."""

    def __init__(self, producer: RecordProducer, records: Sequence[Record]) -> None:
        self._producer = producer
        self._records = records
        self._found: dict[int, Sent] = {}
        self._unsent = dict(enumerate(records))

    @property
    def is_over(self) -> bool:
        return len(self._found) == len(self._records)

    @property
    def outcomes(self) -> list[Sent]:
        return [self._found[number] for number in range(len(self._records))]

    def go_on(self) -> None:
        """Hand over what is taken now, and wait a moment for reports."""
        for number, record in list(self._unsent.items()):
            if not self._queue(number, record):
                break
            del self._unsent[number]
        if not self.is_over:
            self._producer.poll(_POLL_S)

    def give_up(self, timeout_s: float) -> None:
        """Say of every record without an outcome what keeps the cluster from answering."""
        cause = self._producer.cluster.cause
        what = cause.summary if cause is not None else "The cluster did not answer."
        for number, record in enumerate(self._records):
            if number not in self._found:
                self._found[number] = DeliveryFailed(
                    f"No delivery report for the record to {record.topic} within "
                    f"{timeout_s:.0f} s. {what}",
                    retryable=True,
                    hint=cause.hint if cause is not None else "Test the connection.",
                )

    def _queue(self, number: int, record: Record) -> bool:
        """Hand a record over; False if not now."""
        started_s = time.perf_counter()
        try:
            self._producer.produce(
                record.topic,
                record.value,
                record.key,
                lambda error, sent: self._report(number, error, sent, started_s),
                record.timestamp_ms,
                list(record.headers),
                record.partition,
            )
        except QueueFull:
            return False
        except DeliveryFailed as exc:
            self._found[number] = exc
        return True

    def _report(self, number: int, error: object, sent: object, started_s: float) -> None:
        topic = self._records[number].topic
        if number in self._found:  # given up before
            return
        if error is not None:
            self._found[number] = self._producer.delivery_failure(error, topic)
            return
        partition, offset = place(sent)
        latency_ms = (time.perf_counter() - started_s) * 1_000
        self._found[number] = Delivered(topic, partition, offset, latency_ms)


def send_record(
    connector: KafkaConnector,
    environment: Environment,
    record: Record,
    timeout_s: float = DEFAULT_TIMEOUT_S,
    *,
    compression: Compression = "no_compression",
) -> Delivered:
    """Connect, send a record, and wait for its delivery report.

    Raises:
        DeliveryFailed: The topic is not there, the record was refused, or there was no report in
            time; says what keeps the cluster from answering where that is known.
        ConfigError: An option is refused, a file or a secret is missing.
        NotConnected: The connector stands on the embedded Kafka, and none is running.
    """
    sender = RecordSender(
        connector, environment, _action(connector, record, timeout_s, compression)
    )
    try:
        (outcome,) = sender.send([record], timeout_s)
    finally:
        sender.close()
    if isinstance(outcome, DeliveryFailed):
        raise outcome
    return outcome


def _action(
    connector: KafkaConnector, record: Record, timeout_s: float, compression: Compression
) -> KafkaAction:
    """Make an action that would send just this record, at once."""
    return KafkaAction(
        connector=connector.name,
        topic=record.topic,
        partition_strategy="key_dispatch" if record.key else "random",
        compression=compression,
        max_linger_time=Duration(0),
        max_batch_age=Duration(round(timeout_s * 1_000)),
    )
