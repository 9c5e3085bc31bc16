"""Sends records to one cluster: a librdkafka producer with its status, topics and partitions."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Final, NoReturn, TypeAlias, cast

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from core.clock import Clock, SystemClock
from core.errors import AppError, DeliveryFailed
from core.kafka.catalogue import explain_record
from core.kafka.options import (
    ProducerGroup,
    bootstrap_servers,
    may_create_topics,
    producer_properties,
    refused_property,
    user_name,
)
from core.kafka.partitioner import PARTITIONERS
from core.kafka.status import ClusterStatus, LogLines, Statistics
from core.kafka.topics import TopicWatch
from core.status import Status
from core.workspace.environment import Environment
from core.workspace.kafka import KafkaConnector

log = logging.getLogger("core.kafka")

Headers: TypeAlias = list[tuple[str, bytes | None]]
DeliveryCallback: TypeAlias = Callable[[object, object], None]
EXPIRED: Final = KafkaError._MSG_TIMED_OUT  # pyright: ignore[reportPrivateUsage] - the library's name for it
"""Code of a failure that means: older than `max_batch_age`."""
TAKEN_BACK: Final = frozenset(
    {
        KafkaError._PURGE_QUEUE,  # pyright: ignore[reportPrivateUsage] - as above
        KafkaError._PURGE_INFLIGHT,  # pyright: ignore[reportPrivateUsage] - as above
    }
)
"""Codes of a record that we took back ourselves; Kafka has said nothing about it."""
OF_A_BATCH: Final = frozenset(
    {
        KafkaError.MSG_SIZE_TOO_LARGE,
        KafkaError.RECORD_LIST_TOO_LARGE,
        KafkaError.INVALID_TIMESTAMP,
        KafkaError.INVALID_RECORD,
        KafkaError.POLICY_VIOLATION,
        KafkaError._INVALID_DIFFERENT_RECORD,  # pyright: ignore[reportPrivateUsage] - as above
    }
)
"""Codes by which Kafka refuses a whole batch, though most of its records may be good."""

_UNKNOWN_TOPIC: Final = KafkaError._UNKNOWN_TOPIC  # pyright: ignore[reportPrivateUsage] - as above
_FATAL: Final = KafkaError._FATAL  # pyright: ignore[reportPrivateUsage] - as above
_QUEUE_FULL: Final = KafkaError._QUEUE_FULL  # pyright: ignore[reportPrivateUsage] - as above
_RENEW_FLUSH_S: Final = 1.0
_RENEW_PAUSE_S: Final = 1.0
_RENEW_REFUSED_S: Final = 30.0
_BELIEVED_S: Final = 5.0
"""How long a new client has to live until an earlier refusal no longer counts."""
_PURGE_FLUSH_S: Final = 0.2
_TOPIC_DEFAULT_BYTES: Final = 1_048_588


class QueueFull(Exception):  # noqa: N818 - a state of the queue, not a fault
    """The producer takes no record now; poll, then try the same record again."""


class RecordProducer:
    """A producer for the actions of one connector that agree in their settings.

    One thread uses it: `produce` queues, `poll` calls delivery callbacks and keeps the status.
    An idempotent producer that broke for good is replaced inside `poll`; its records come back
    as retryable failures.
    """

    def __init__(
        self,
        connector: KafkaConnector,
        group: ProducerGroup,
        environment: Environment,
        clock: Clock | None = None,
    ) -> None:
        """Start connecting.

        Raises:
            ConfigError: An option is refused, a file or a secret is missing.
            NotConnected: The connector stands on the sandbox, and none is running.
        """
        self._connector = connector
        self._group = group
        self._environment = environment
        self._alone: RecordProducer | None = None
        self._clock = clock or SystemClock()
        self._properties = producer_properties(connector, group, environment)
        self.cluster = ClusterStatus(
            connector.name,
            bootstrap_servers(connector, environment),
            self._clock,
            user=user_name(connector),
        )
        self._limit = group.partitions_limit
        own_choice = group.partitioner == "phash2" or self._limit
        self._choose = PARTITIONERS[group.partitioner] if own_choice else None
        self._broken = False
        self._is_refused = False
        self._started_s = 0.0
        self._answers = 0
        self._start()

    def _start(self) -> None:
        self._started_s = self._clock.monotonic_s()
        callbacks = {
            "error_cb": self.cluster.take_event,
            "stats_cb": self._on_statistics,
            "logger": LogLines(self.cluster),
        }
        try:
            self._client = Producer({**self._properties, **callbacks})
        except KafkaException as exc:
            raise refused_property(_error(exc).str(), self._connector.name) from exc
        self._topics = TopicWatch(
            self._client,
            timeout_s=self._connector.metadata_request_timeout.s,
            pause_s=self._connector.min_metadata_refresh_interval.s,
            creates=may_create_topics(self._connector),
            clock=self._clock,
        )
        self._partitions = self._topics.partitions
        self._send = self._client.produce
        self._poll = self._client.poll

    @property
    def status(self) -> Status:
        """How the cluster is reached."""
        return self.cluster.status

    @property
    def status_reason(self) -> str:
        """Why, in one sentence; empty when all is well."""
        return self.cluster.reason

    def __len__(self) -> int:
        """Count the records without an outcome, and events that wait to be polled."""
        return len(self._client) + (0 if self._alone is None else len(self._alone))

    def produce(
        self,
        topic: str,
        value: bytes | None,
        key: bytes | None,
        on_delivery: DeliveryCallback,
        timestamp_ms: int = 0,
        headers: Headers | None = None,
        partition: int = -1,
    ) -> None:
        """Queue a record.

        Args:
            topic: Name; a new one is looked up in the background.
            value: None makes a tombstone.
            key: None for no key.
            on_delivery: Called by `poll` with the error (None when delivered) and the record.
            timestamp_ms: 0 for now.
            headers: Pairs; a name may repeat.
            partition: -1 leaves the choice to the partitioner.

        Raises:
            QueueFull: Not now: the window is full, or the topic's partitions are not known yet.
            DeliveryFailed: This record cannot be sent.
        """
        if topic not in self._partitions:
            self._meet(topic)
        if partition < 0 and self._choose is not None:
            partition = self._choice(topic, key)
        try:
            if headers:
                self._send(
                    topic, value, key, partition, on_delivery, None, timestamp_ms, list(headers)
                )
            else:
                self._send(topic, value, key, partition, on_delivery, None, timestamp_ms)
        except BufferError as exc:
            raise QueueFull from exc
        except KafkaException as exc:
            self._refuse(exc, topic, value, key)

    def produce_alone(
        self,
        topic: str,
        value: bytes | None,
        key: bytes | None,
        on_delivery: DeliveryCallback,
        timestamp_ms: int = 0,
        headers: Headers | None = None,
        partition: int = -1,
    ) -> None:
        """Queue a record as `produce` does, for a batch of its own.

        librdkafka knows the size of a batch per client only, so it goes through another one.

        Raises:
            QueueFull: As `produce`.
            DeliveryFailed: As `produce`; or that client cannot be made now (retryable).
        """
        if self._alone is None:
            group = replace(self._group, linger_ms=0, batch_records=1)
            try:
                self._alone = RecordProducer(self._connector, group, self._environment, self._clock)
            except AppError as exc:
                raise DeliveryFailed(exc.message, retryable=True, hint=exc.hint) from exc
        self._alone.produce(topic, value, key, on_delivery, timestamp_ms, headers, partition)

    def poll(self, timeout_s: float = 0.0) -> int:
        """Serve delivery callbacks, errors and statistics; returns how many."""
        try:
            served = self._poll(timeout_s)
        except KafkaException as exc:  # how a fatal error is told: not by an event
            self._take_fatal(exc)
            served = 1
        if self._topics.answers != self._answers:
            self._answers = self._topics.answers
            self.cluster.take_answer()
        if self._broken or self._is_refused:
            self._recover()
        return served + (0 if self._alone is None else self._alone.poll(0))

    def partition_count(self, topic: str) -> int:
        """Tell how many partitions a topic has; 0 as long as that is not known."""
        return self._partitions.get(topic, 0)

    def flush(self, timeout_s: float) -> int:
        """Send what is queued without lingering; returns how many records have no outcome yet."""
        try:
            return self._client.flush(timeout_s)
        except KafkaException as exc:
            self._take_fatal(exc)
            return len(self._client)

    def purge(self) -> None:
        """Give up every record without an outcome; their callbacks come by the next `poll`."""
        self._client.purge()
        if self._alone is not None:
            self._alone.purge()

    def close(self, timeout_s: float = 1.0) -> None:
        """Wait for outcomes at most `timeout_s`, then give the rest up and let the cluster go."""
        if self._alone is not None:
            self._alone.close(timeout_s)
        if self.flush(timeout_s):
            self._client.purge()
            self.flush(_PURGE_FLUSH_S)
        self._topics.close(_PURGE_FLUSH_S)

    def delivery_failure(self, error: object, topic: str = "") -> DeliveryFailed:
        """Explain the error of a delivery report; `code` is EXPIRED for one that is too old."""
        report = cast("KafkaError", error)
        code = report.code()
        cause = explain_record(code, report.str(), topic=topic)
        message = cause.summary
        if code == EXPIRED and self.cluster.cause is not None:
            message = f"{message} {self.cluster.cause.summary}"
        return DeliveryFailed(
            message,
            connector=self._connector.name,
            code=code,
            kind=cause.kind,
            retryable=not cause.permanent,
            cause=cause.raw,
            hint=cause.hint,
        )

    def _meet(self, topic: str) -> None:
        """Have an unknown topic looked up; refuse one that is known to be missing."""
        self._topics.ask(topic)
        code = self._topics.missing.get(topic)
        if code is not None:
            raise self._failure(code, "the cluster does not give this topic", topic)

    def _choice(self, topic: str, key: bytes | None) -> int:
        count = self._partitions.get(topic)
        if count is None or self._choose is None:
            raise QueueFull
        return self._choose(key, min(count, self._limit) if self._limit else count)

    def _refuse(
        self, failure: KafkaException, topic: str, value: bytes | None, key: bytes | None
    ) -> NoReturn:
        error = _error(failure)
        code = error.code()
        if code in (_FATAL, _QUEUE_FULL):
            self._broken = self._broken or code == _FATAL
            raise QueueFull from failure
        if code == _UNKNOWN_TOPIC:
            self._topics.forget(topic)
            self._topics.ask(topic)
        if code == KafkaError.MSG_SIZE_TOO_LARGE:
            size = len(value or b"") + len(key or b"")
            limit = int(self._properties["message.max.bytes"])
            raise DeliveryFailed(
                f"The record for topic {topic} has {size:,} bytes, more than this producer sends "
                f"({limit:,}); the topic's own limit, max.message.bytes, is "
                f"{_TOPIC_DEFAULT_BYTES:,} unless it was changed.",
                connector=self._connector.name,
                code=code,
                kind="too_large",
                cause=error.str(),
                hint="Select less in the rule, or raise max_batch_bytes and the topic's limit.",
            ) from failure
        raise self._failure(code, error.str(), topic) from failure

    def _failure(self, code: int, text: str, topic: str) -> DeliveryFailed:
        cause = explain_record(code, text, topic=topic)
        return DeliveryFailed(
            cause.summary,
            connector=self._connector.name,
            code=code,
            kind=cause.kind,
            retryable=not cause.permanent,
            cause=cause.raw,
            hint=cause.hint,
        )

    def _take_fatal(self, failure: KafkaException) -> None:
        """Take note that this client is of no use any more; a right may be missing for it."""
        error = _error(failure)
        if not error.fatal():
            raise failure
        self._broken = True
        cause = explain_record(error.code(), error.str())
        if cause.permanent:
            self._is_refused = True
            self.cluster.take_refusal(cause)

    def _recover(self) -> None:
        """Replace a broken client; one that the cluster refuses only now and then."""
        age_s = self._clock.monotonic_s() - self._started_s
        if self._broken:
            if age_s >= (_RENEW_REFUSED_S if self._is_refused else _RENEW_PAUSE_S):
                self._renew()
        elif age_s >= _BELIEVED_S:
            self._is_refused = False
            self.cluster.take_refusal(None)

    def _renew(self) -> None:
        """Replace a client that reported a fatal error."""
        log.warning(
            "%s: the idempotent producer broke and is started anew",
            self._connector.name,
            extra={"connector": self._connector.name},
        )
        self._broken = False
        self._topics.close(0)
        self._client.purge()
        self.flush(_RENEW_FLUSH_S)
        self._broken = False
        self._start()

    def _on_statistics(self, text: str) -> None:
        statistics = Statistics.parse(text)
        self.cluster.take_brokers(statistics.brokers.values())
        self._topics.learn(statistics.partition_counts())


def place(record: object) -> tuple[int, int]:
    """Tell partition and offset of a delivered record; -1 where unknown (`required_acks` none)."""
    message = cast("Message", record)
    partition, offset = message.partition(), message.offset()
    return -1 if partition is None else partition, -1 if offset is None else offset


def _error(failure: KafkaException) -> KafkaError:
    return cast("KafkaError", failure.args[0])
