"""One action of one pipeline: renders records, feeds the producer, accounts for every outcome."""

from __future__ import annotations

import logging
from collections import deque
from typing import TYPE_CHECKING, Final

import msgspec

from core.bridge.events import EngineEvent, RecordSettled
from core.bridge.rendering import Output, Renderer
from core.errors import DeliveryFailed, StoreError, TemplateError
from core.kafka.producer import EXPIRED, Headers, QueueFull, place
from core.status import Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.bridge.acks import PendingAck
    from core.bridge.deadletters import DeadLetters
    from core.bridge.metrics import ActionCounters, RuleCounters
    from core.bridge.ports import Producer
    from core.clock import Clock
    from core.mqtt.message import InboundMessage
    from core.workspace.kafka import KafkaAction

log = logging.getLogger("core.bridge")

_PUMP_AT_ONCE: Final = 1_000


class Record(msgspec.Struct, eq=False):
    """One record on its way to Kafka, and what must hear of its outcome.

    It is its own delivery callback. `verdict` says why it has failed for good, while its dead
    letter cannot be written.
    """

    writer: ActionWriter
    message: InboundMessage
    rule: RuleCounters
    pending: PendingAck | None
    sample: int
    attempts: int = 0
    verdict: str = ""
    topic: str = ""
    key: bytes | None = None
    value: bytes | None = None
    timestamp_ms: int = 0
    headers: Headers | None = None
    partition: int = -1
    size: int = 0

    def __call__(self, error: object, record: object) -> None:
        """Take the delivery report; called while the producer is polled."""
        if error is None:
            self.writer.on_success(self)
            if self.sample:
                self.writer.tell_place(self, record)
        else:
            self.writer.on_failure(self, error)


class ActionWriter:
    """Renders, sends and counts. One thread.

    Records that the producer cannot take now wait here, oldest first. A waiting record of an
    at-least-once message is never dropped: its MQTT message stays unacknowledged, which bounds
    their number; all others are bounded by the buffer's size, beyond which the oldest is dropped
    and counted.
    """

    def __init__(
        self,
        action: KafkaAction,
        producer: Producer,
        counters: ActionCounters,
        dead_letters: DeadLetters | None,
        clock: Clock,
        emit: Callable[[EngineEvent], None],
    ) -> None:
        self.action = action
        self.producer = producer
        self.counters = counters
        self._renderer = Renderer(action)
        self._dead_letters = dead_letters
        self._clock = clock
        self._emit = emit
        self._acked_late = action.query_mode == "at_least_once"
        self._limit_bytes = action.buffer.per_partition_limit.bytes
        self._retry: deque[Record] = deque()
        self._queue: deque[Record] = deque()
        self._inflight = 0
        self._hold_until_s = 0.0
        self._trouble = ""

    @property
    def is_idle(self) -> bool:
        """Tell whether every record that was given to this writer has its outcome."""
        return not (self._inflight or self._retry or self._queue)

    @property
    def status(self) -> Status:
        """The cluster's status, or `degraded` while the last deliveries failed."""
        if self._trouble and self.producer.status == "connected":
            return "degraded"
        return self.producer.status

    @property
    def status_reason(self) -> str:
        """Why records do not arrive."""
        return self._trouble or self.producer.status_reason

    def write(
        self,
        output: Output,
        message: InboundMessage,
        rule: RuleCounters,
        pending: PendingAck | None,
        sample: int = 0,
    ) -> None:
        """Send one output of a rule; every outcome is counted, now or by the delivery report."""
        self.counters.matched += 1
        rule.actions_total += 1
        record = Record(self, message, rule, pending if self._acked_late else None, sample)
        if record.pending is not None:
            record.pending.hold()
        try:
            skipped = self._render(record, output)
        except TemplateError as exc:
            self._fail(record, exc.message)
            return
        if skipped:
            self.counters.dropped_other += 1
            rule.actions_success += 1
            if record.pending is not None:
                record.pending.release()
            return
        if self._retry or self._queue or not self._send(record):
            self._enqueue(record)

    def pump(self) -> None:
        """Send records that wait, as far as the producer takes them."""
        if not (self._retry or self._queue) or self._clock.monotonic_s() < self._hold_until_s:
            return
        for _ in range(_PUMP_AT_ONCE):
            queue = self._retry or self._queue
            if not queue:
                return
            record = queue.popleft()
            self.counters.queuing -= 1
            self.counters.queuing_bytes -= record.size
            if record.verdict:
                self._fail(record, record.verdict)
            elif not self._send(record):
                self._wait(record, self._retry, first=True)
                return

    def on_success(self, record: Record) -> None:
        """Count a delivered record."""
        counters = self.counters
        self._inflight -= 1
        counters.inflight -= 1
        counters.success += 1
        record.rule.actions_success += 1
        counters.latency.record(self._clock.monotonic_s() - record.message.received_s)
        self._trouble = ""
        if record.pending is not None:
            record.pending.release()

    def tell_place(self, record: Record, report: object) -> None:
        """Tell where a sampled record came to lie."""
        partition, offset = place(report)
        self._emit(
            RecordSettled(
                id=record.sample,
                action=self.action.name,
                topic=record.topic,
                partition=partition,
                offset=offset,
                latency_ms=(self._clock.monotonic_s() - record.message.received_s) * 1_000,
            )
        )

    def on_failure(self, record: Record, error: object) -> None:
        """Try again later what may succeed; the rest has failed for good."""
        self._inflight -= 1
        self.counters.inflight -= 1
        failure = self.producer.delivery_failure(error, record.topic)
        if failure.retryable and self._may_retry(record):
            self.counters.retried += 1
            self._retry_later(record, failure.message)
        elif failure.code == EXPIRED:
            self.counters.dropped_expired += 1
            self._settle_failed(record, failure.message)
        else:
            self._fail(record, failure.message)

    def _render(self, record: Record, output: Output) -> bool:
        """Fill the record; True when the action skips empty values and this one is empty."""
        renderer = self._renderer
        value = renderer.value(output)
        if not value and self.action.empty_value == "skip":
            return True
        record.value = value or (b"" if self.action.empty_value == "empty" else None)
        record.key = renderer.key(output)
        record.topic = renderer.fixed_topic or renderer.topic(output)
        record.timestamp_ms = renderer.timestamp_ms(output)
        if renderer.has_more:
            record.headers = renderer.headers(output)
            record.partition = renderer.partition(output)
        record.size = len(value) + len(record.key or b"") + len(record.topic)
        return False

    def _send(self, record: Record) -> bool:
        """Hand a record to the producer; False when its queue is full."""
        try:
            self.producer.produce(
                record.topic,
                record.value,
                record.key,
                record,
                record.timestamp_ms,
                record.headers,
                record.partition,
            )
        except QueueFull:
            return False
        except DeliveryFailed as exc:
            if exc.retryable:
                self._retry_later(record, exc.message)
            else:
                self._fail(record, exc.message)
            return True
        record.attempts += 1
        self._inflight += 1
        self.counters.inflight += 1
        return True

    def _enqueue(self, record: Record) -> None:
        self._wait(record, self._queue)
        while self.counters.queuing_bytes > self._limit_bytes and self._drop_oldest():
            pass

    def _wait(self, record: Record, queue: deque[Record], *, first: bool = False) -> None:
        (queue.appendleft if first else queue.append)(record)
        self.counters.queuing += 1
        self.counters.queuing_bytes += record.size

    def _drop_oldest(self) -> bool:
        """Drop the oldest waiting record that no acknowledgement depends on."""
        for queue in (self._retry, self._queue):
            for index, record in enumerate(queue):
                if record.pending is None:
                    del queue[index]
                    self.counters.queuing -= 1
                    self.counters.queuing_bytes -= record.size
                    self.counters.dropped_queue_full += 1
                    record.rule.actions_failed += 1
                    return True
        return False

    def _may_retry(self, record: Record) -> bool:
        retries = self.action.max_retries
        return retries == "infinity" or record.attempts <= retries

    def _retry_later(self, record: Record, trouble: str) -> None:
        self._trouble = trouble
        self._hold_until_s = self._clock.monotonic_s() + self.action.reconnect_delay.s
        self._wait(record, self._retry)

    def _fail(self, record: Record, reason: str) -> None:
        """Settle a record that can never be delivered, once its dead letter is kept."""
        if self._dead_letters is not None:
            try:
                self._dead_letters.write(record.message, record, reason)
            except StoreError as exc:
                log.error("%s %s", exc.message, exc.hint, extra={"action": self.action.name})
                record.verdict = reason
                self._retry_later(record, exc.message)
                return
            self.counters.dead_lettered += 1
        self.counters.failed += 1
        self._trouble = reason
        self._settle_failed(record, reason)

    def _settle_failed(self, record: Record, reason: str) -> None:
        record.rule.actions_failed += 1
        if record.sample:
            self._emit(
                RecordSettled(
                    id=record.sample, action=self.action.name, topic=record.topic, error=reason
                )
            )
        if record.pending is not None:
            record.pending.release()
