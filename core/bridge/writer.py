"""One action of one pipeline: renders records, feeds the producer, accounts for every outcome."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from core.bridge.diversion import Diversion
from core.bridge.events import EngineEvent
from core.bridge.record import Ending, Holder, Record
from core.bridge.rendering import Output, Renderer
from core.bridge.samples import Stopwatch, settled
from core.bridge.silence import Silence
from core.bridge.waiting import Answers, Waiting
from core.errors import DeliveryFailed, TemplateError
from core.kafka.producer import EXPIRED, OF_A_BATCH, TAKEN_BACK, QueueFull, place
from core.status import Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.bridge.buffers import Buffer
    from core.bridge.fallbacks import Target
    from core.bridge.memory import MemoryWatch
    from core.bridge.metrics import ActionCounters, RuleCounters
    from core.bridge.ports import Producer
    from core.clock import Clock
    from core.mqtt.message import InboundMessage
    from core.workspace.kafka import KafkaAction

log = logging.getLogger("core.bridge")

_PUMP_AT_ONCE: Final = 1_000
_SAY_AGAIN_S: Final = 60.0
_TOO_OLD: Final = "It waited longer than max_batch_age allows."
_OVERFLOW: Final = "The buffer was full, and this was its oldest record."
_MEMORY_SHORT: Final = "The system's memory ran short, and this was the buffer's oldest record."


class ActionWriter:
    """Renders, sends and counts. One thread.

    Records that the producer cannot take now wait in the buffer, oldest first. A waiting record of
    an at-least-once message is never dropped: its MQTT message stays unacknowledged, which bounds
    their number; all others are bounded by the buffer's size, beyond which the oldest is dropped
    and counted. What cannot be delivered goes to the fallback actions.

    A changed action is taken over by `use`: what was rendered before is sent as it is.
    """

    def __init__(
        self,
        counters: ActionCounters,
        clock: Clock,
        emit: Callable[[EngineEvent], None],
        make_buffer: Callable[[ActionWriter], Buffer],
        action: KafkaAction,
        producer: Producer,
        targets: Sequence[Target] = (),
        *,
        memory: MemoryWatch,
        left_behind: int = 0,
    ) -> None:
        """Prepare; what the buffer has of an earlier run is sent first.

        Args:
            counters: Where to count.
            clock: Time.
            emit: Takes events.
            make_buffer: Makes the buffer, whose records this object owns.
            action: Options.
            producer: Where records go.
            targets: The fallback actions.
            memory: Tells when `memory_overload_protection` has to act.
            left_behind: Records that this process has counted already as given up when it stopped;
                those that are found again are no news.
        """
        self.counters = counters
        self._clock = clock
        self._emit = emit
        self._inflight = 0
        self._retries = Waiting()
        self._answers = Answers()
        self._hold_until_s = 0.0
        self._trouble = ""
        self._silence = Silence()
        self._refusal = ("", 0.0)  # of a fallback, and when to log it again
        self._queued = 0  # what this writer has added to the gauges
        self._queued_bytes = 0
        self._memory = memory
        self._diversion = Diversion(self._end, self._hold)
        self.use(action, producer, targets)
        self.buffer = make_buffer(self)
        known = min(left_behind, self.buffer.recovered)
        self.buffer.recovered -= known
        counters.dropped_other -= known
        self._take_note_of_buffer()

    def use(self, action: KafkaAction, producer: Producer, targets: Sequence[Target] = ()) -> None:
        """Go on with other options, another producer and other fallbacks."""
        self.action = action
        self.producer = producer
        self._diversion.use(targets)
        self._needs_output = any(target.needs_output for target in targets)
        self._renderer = Renderer(action)
        self._acked_late = action.query_mode == "at_least_once"
        self._is_sync = action.query_mode == "sync"
        self._sync_s = action.sync_query_timeout.s
        buffer = action.buffer
        self._spares_memory = buffer.mode == "memory" and buffer.memory_overload_protection
        self._max_age_s = 0.0 if action.max_batch_age == "infinity" else action.max_batch_age.s

    @property
    def is_idle(self) -> bool:
        """Tell whether every record that was given to this writer has its outcome."""
        return not (self._inflight or self._queued)

    @property
    def status(self) -> Status:
        """The cluster's status; `degraded` while deliveries or the buffer fail, or none comes."""
        is_well = not (self._trouble or self.buffer.trouble or self._silence.reason)
        status = self.producer.status
        return status if is_well or status != "connected" else "degraded"

    @property
    def silence(self) -> str:
        """Why the connection is no good though it stands; empty while outcomes come."""
        return self._silence.reason if self.producer.status == "connected" else ""

    @property
    def status_reason(self) -> str:
        """Why records do not arrive."""
        trouble = self._trouble or self.buffer.trouble or self.producer.status_reason
        return trouble or self._silence.reason

    def write(
        self,
        output: Output,
        message: InboundMessage,
        rule: RuleCounters,
        pending: Holder | None,
        sample: int = 0,
    ) -> None:
        """Send one output of a rule; every outcome is counted, now or by the delivery report."""
        late = self._acked_late or self._is_sync
        record = Record(self, message, rule, pending if late else None, sample)
        record.is_kept = self._acked_late and pending is not None
        self._write(record, output)

    def write_fallback(
        self,
        output: Output,
        message: InboundMessage,
        rule: RuleCounters,
        pending: Holder | None,
        _lost: Callable[[], None],
    ) -> None:
        """Send an output that another action could not deliver; `pending` waits for the outcome.

        If it fails here too it becomes a dead letter, but goes to no third action.
        """
        kept = pending is not None
        record = Record(self, message, rule, pending, is_kept=kept, is_fallback=True)
        self._write(record, output)

    def pump(self) -> None:
        """Serve the buffer, the fallbacks and the clock, and send what the producer takes."""
        self.buffer.flush()
        self._diversion.flush()
        now_s = self._clock.monotonic_s()
        if self._queued:
            self._expire(now_s)
            self._send_waiting(now_s)
        self._silence.look(self.counters, self._inflight, now_s)
        if len(self._answers) and self._answers.let_go(now_s):
            self._trouble = f"Kafka did not answer within {self.action.sync_query_timeout}."
        if self._queued or self.buffer.lost or self.buffer.recovered:
            self._take_note_of_buffer()

    def close(self) -> None:
        """Let the buffer go; what is on its disk stays there."""
        self._diversion.flush()
        self.buffer.close()
        self._take_note_of_buffer()

    def on_success(self, record: Record) -> None:
        """Count a delivered record."""
        counters = self.counters
        self._inflight -= 1
        counters.inflight -= 1
        counters.success += 1
        record.rule.actions_success += 1
        latency_s = self._clock.monotonic_s() - record.message.received_s
        counters.latency.record(latency_s)
        record.rule.latency.record(latency_s)
        self._trouble = ""
        if record.number >= 0:
            self.buffer.settle(record)
        if record.pending is not None:
            record.release()

    def tell_place(self, record: Record, report: object) -> None:
        """Tell where a sampled record came to lie."""
        latency_ms = (self._clock.monotonic_s() - record.message.received_s) * 1_000
        self._emit(settled(record, self.action.name, *place(report), latency_ms=latency_ms))

    def on_failure(self, record: Record, error: object) -> None:
        """Try again later what may succeed; the rest has failed for good."""
        self._inflight -= 1
        self.counters.inflight -= 1
        failure = self.producer.delivery_failure(error, record.topic)
        is_of_batch = failure.code in OF_A_BATCH and not record.is_alone
        # no trouble: we took it back ourselves, or it may be another record's that came with it
        if failure.code in TAKEN_BACK or is_of_batch:
            record.is_alone = record.is_alone or is_of_batch
            record.attempts -= 1
            self.counters.retried += 1
            self._retries.put(record)
            self._take_gauges()
        elif failure.retryable and self._may_retry(record):
            self.counters.retried += 1
            self._retry_later(record, failure.message)
        elif failure.code == EXPIRED:
            self._give_up(record, "expired", failure.message, failure.kind, failure.hint)
        else:
            self._trouble = failure.message
            self._give_up(record, "failed", failure.message, failure.kind, failure.hint)

    # -- sending -------------------------------------------------------------------------------

    def _write(self, record: Record, output: Output) -> None:
        self.counters.matched += 1
        record.rule.actions_total += 1
        if record.pending is not None:
            record.pending.hold()
        if self._needs_output:
            record.output = output
        render = self._render_measured if record.sample else self._render
        try:
            skipped = render(record, output)
        except TemplateError as exc:
            record.size = len(record.message.payload)
            self._trouble = exc.message
            self._give_up(record, "failed", exc.message, "template", exc.hint)
            return
        if skipped:
            self.counters.dropped_other += 1
            record.rule.actions_success += 1
            record.release()
            return
        if self._is_sync and record.pending is not None:
            self._answers.add(record, self._clock.monotonic_s() + self._sync_s)
        if (
            self._queued
            or (self.buffer.writes_first and not record.is_kept)
            or not self._send(record)
        ):
            self._enqueue(record)

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

    def _render_measured(self, record: Record, output: Output) -> bool:
        """Do the same for a sampled record, and note how long it took."""
        watch = Stopwatch()
        try:
            return self._render(record, output)
        finally:
            record.render_ms = watch.ms()

    def _send(self, record: Record) -> bool:
        """Hand a record to the producer; False when it cannot be taken now."""
        if self._is_sync and self._inflight:
            return False
        produce = self.producer.produce_alone if record.is_alone else self.producer.produce
        try:
            produce(
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
                self._trouble = exc.message
                self._give_up(record, "failed", exc.message, exc.kind, exc.hint)
            return True
        record.attempts += 1
        self._inflight += 1
        self.counters.inflight += 1
        return True

    def _send_waiting(self, now_s: float) -> None:
        """Send what waits, as far as the producer takes it: first what failed before."""
        for _ in range(_PUMP_AT_ONCE):
            if now_s < self._hold_until_s:
                return
            waiting = self._retries if len(self._retries) else self.buffer
            record = waiting.take()
            if record is None:
                return
            if record.ending is not None:
                self._diversion.take(record)
            elif not self._send(record):
                waiting.put_back(record)
                return

    def _may_retry(self, record: Record) -> bool:
        retries = self.action.max_retries
        return retries == "infinity" or record.attempts <= retries

    def _retry_later(self, record: Record, trouble: str) -> None:
        self._trouble = trouble
        self._hold_until_s = self._clock.monotonic_s() + self.action.reconnect_delay.s
        self._retries.put(record)
        self._take_gauges()
        self._keep_limit(record)

    # -- waiting -------------------------------------------------------------------------------

    def _enqueue(self, record: Record) -> None:
        self.buffer.put(record)
        self._take_gauges()
        self._keep_limit(record)

    def _keep_limit(self, newest: Record) -> None:
        """Drop the oldest records that no acknowledgement depends on, beyond the buffer's size.

        Where memory is short, the newest one takes the place of as much as it needs.
        """
        waiting = self._retries.bytes + self.buffer.bytes
        limit = self.action.buffer.per_partition_limit.bytes
        short = self._spares_memory and self._memory.is_short
        if waiting <= limit and not short:
            return
        limit *= max(self.producer.partition_count(newest.topic), 1)
        if short:
            limit = min(limit, waiting - newest.size)
        reason = _MEMORY_SHORT if short else _OVERFLOW
        while self._retries.bytes + self.buffer.bytes > limit:
            record = self._retries.drop() or self.buffer.drop()
            if record is None:
                return
            if record.ending is None:
                self._give_up(record, "queue_full", reason)
            else:  # no fallback takes it either
                self._diversion.forget(record)
                self._end(record, is_letter=False)

    def _expire(self, now_s: float) -> None:
        """Give up what has waited longer than `max_batch_age`."""
        if not self._max_age_s:
            return
        oldest_s = now_s - self._max_age_s
        for waiting in (self._retries, self.buffer):
            while (record := waiting.take_older(oldest_s)) is not None:
                self._give_up(record, "expired", _TOO_OLD)

    def _take_gauges(self) -> None:
        """Bring the gauges up to date with what waits here, on disk and for fallbacks."""
        queued = len(self._retries) + len(self._diversion) + len(self.buffer)
        queued_bytes = self._retries.bytes + self._diversion.bytes + self.buffer.bytes
        self.counters.queuing += queued - self._queued
        self.counters.queuing_bytes += queued_bytes - self._queued_bytes
        self._queued, self._queued_bytes = queued, queued_bytes

    def _take_note_of_buffer(self) -> None:
        """Count what the buffer has found or could not read."""
        buffer = self.buffer
        if buffer.recovered:
            self.counters.recovered += buffer.recovered
            self.counters.matched += buffer.recovered
            log.info(
                "%s: %d records of an earlier run are in the buffer",
                self.action.name,
                buffer.recovered,
            )
            buffer.recovered = 0
        if buffer.lost:
            self.counters.dropped_other += buffer.lost
            self._trouble = f"{buffer.lost} records in the buffer are unreadable."
            buffer.lost = 0
        self._take_gauges()

    # -- ending --------------------------------------------------------------------------------

    def _give_up(
        self, record: Record, ending: Ending, reason: str, kind: str = "", hint: str = ""
    ) -> None:
        """Have the fallbacks take a record that is not delivered, then settle it."""
        record.ending, record.reason = ending, reason
        record.kind, record.hint = kind or ending, hint
        self._diversion.take(record)
        self._take_gauges()

    def _hold(self, record: Record, refusal: str) -> bool:
        """Decide about a record that a fallback refused: True to let it end, else it waits."""
        now_s = self._clock.monotonic_s()
        if refusal != self._refusal[0] or now_s >= self._refusal[1]:
            log.error("%s", refusal, extra={"action": self.action.name})
            self._refusal = (refusal, now_s + _SAY_AGAIN_S)
        if record.ending == "queue_full" or (record.ending == "expired" and not record.is_kept):
            return True
        self._retry_later(record, refusal)
        return False

    def _end(self, record: Record, *, is_letter: bool) -> None:
        """Count a record that was not delivered, and let go of everything that waits for it."""
        counters = self.counters
        if record.ending == "queue_full":
            counters.dropped_queue_full += 1
        elif record.ending == "expired":
            counters.dropped_expired += 1
        else:
            counters.failed += 1
            counters.dead_lettered += is_letter
        counters.lose(record.kind)
        record.rule.actions_failed += 1
        self.buffer.settle(record)
        if record.sample:
            self._emit(settled(record, self.action.name, error=record.reason))
        record.release()
        self._take_gauges()
