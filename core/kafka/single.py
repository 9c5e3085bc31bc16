"""Sending one record by hand, and its delivery report.

Blocks: not for the loop's thread.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

from core.errors import DeliveryFailed
from core.kafka.options import ProducerGroup, producer_group
from core.kafka.producer import QueueFull, RecordProducer, place
from core.workspace.environment import Environment
from core.workspace.kafka import KafkaAction, KafkaConnector
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
        partition: -1 leaves the choice to the key's hash (murmur2), or to chance without a key.
    """

    topic: str
    value: bytes | None
    key: bytes | None = None
    headers: tuple[tuple[str, bytes], ...] = ()
    partition: int = -1


@dataclass(frozen=True, slots=True)
class Delivered:
    """A delivery report; the latency runs from sending, without the time to connect."""

    topic: str
    partition: int
    offset: int
    latency_ms: float


def send_record(
    connector: KafkaConnector,
    environment: Environment,
    record: Record,
    timeout_s: float = DEFAULT_TIMEOUT_S,
) -> Delivered:
    """Connect, send a record, and wait for its delivery report.

    Raises:
        DeliveryFailed: The topic is not there, the record was refused, or there was no report in
            time; says what keeps the cluster from answering where that is known.
        ConfigError: An option is refused, a file or a secret is missing.
        NotConnected: The connector stands on the embedded Kafka, and none is running.
    """
    deadline_s = time.monotonic() + timeout_s
    producer = RecordProducer(connector, _group(connector, record, timeout_s), environment)
    reports: list[tuple[object, object]] = []
    try:
        started_s = _queue(producer, record, reports, deadline_s)
        while not reports:
            _check_time(producer, record, deadline_s, timeout_s)
            producer.poll(_POLL_S)
        error, sent = reports[0]
        if error is not None:
            raise producer.delivery_failure(error, record.topic)
        partition, offset = place(sent)
        latency_ms = (time.perf_counter() - started_s) * 1_000
        return Delivered(record.topic, partition, offset, latency_ms)
    finally:
        producer.purge()
        producer.close(0)


def _queue(
    producer: RecordProducer,
    record: Record,
    reports: list[tuple[object, object]],
    deadline_s: float,
) -> float:
    """Hand the record over as soon as its topic is known; returns when that was."""
    timeout_s = deadline_s - time.monotonic()
    while True:
        started_s = time.perf_counter()
        try:
            producer.produce(
                record.topic,
                record.value,
                record.key,
                lambda error, sent: reports.append((error, sent)),
                headers=list(record.headers),
                partition=record.partition,
            )
        except QueueFull:
            _check_time(producer, record, deadline_s, timeout_s)
            producer.poll(_POLL_S)
        else:
            return started_s


def _check_time(
    producer: RecordProducer, record: Record, deadline_s: float, timeout_s: float
) -> None:
    if time.monotonic() < deadline_s:
        return
    cause = producer.cluster.cause
    what = cause.summary if cause is not None else "The cluster did not answer."
    raise DeliveryFailed(
        f"No delivery report for the record to {record.topic} within {timeout_s:.0f} s. {what}",
        retryable=True,
        hint=cause.hint if cause is not None else "Test the connection.",
    )


def _group(connector: KafkaConnector, record: Record, timeout_s: float) -> ProducerGroup:
    """Choose the options of an action that would send just this record, at once."""
    action = KafkaAction(
        connector=connector.name,
        topic=record.topic,
        partition_strategy="key_dispatch" if record.key else "random",
        max_linger_time=Duration(0),
        max_batch_age=Duration(round(timeout_s * 1_000)),
    )
    return producer_group(action)
