"""One republish action of one pipeline: publishes a rule's outputs as MQTT messages."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from core.bridge.events import EngineEvent, RecordSettled
from core.bridge.republishing import Publication, RepublishRenderer, rules_passed
from core.bridge.samples import Stopwatch, shown
from core.errors import DeliveryFailed, TemplateError
from core.status import Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.bridge.metrics import ActionCounters, RuleCounters
    from core.bridge.plan import RepublishPlan
    from core.bridge.ports import MessagePublisher
    from core.bridge.record import Holder, Output
    from core.clock import Clock
    from core.mqtt.message import InboundMessage

_LIMIT_BYTES: Final = 256 << 20
_PUMP_AT_ONCE: Final = 1_000


class _Outgoing:
    """One message on its way; called with what became of it."""

    __slots__ = (
        "_writer",
        "lost",
        "message",
        "pending",
        "publication",
        "render_ms",
        "rule",
        "sample",
    )

    def __init__(
        self,
        writer: RepublishWriter,
        message: InboundMessage,
        rule: RuleCounters,
        pending: Holder | None,
        sample: int,
        lost: Callable[[], None] | None,
    ) -> None:
        self._writer = writer
        self.lost = lost
        self.message = message
        self.rule = rule
        self.pending = pending
        self.sample = sample
        self.render_ms = 0.0
        self.publication: Publication | None = None

    def __call__(self, failure: DeliveryFailed | None) -> None:
        self._writer.answered(self, failure)

    @property
    def size(self) -> int:
        publication = self.publication
        return 0 if publication is None else len(publication.payload) + len(publication.topic)


class RepublishWriter:
    """Renders, publishes and counts, like the writer of a Kafka action. One thread.

    Messages that the broker cannot take now wait in memory, oldest first. Those of an MQTT message
    that is acknowledged late are never dropped; beyond 256 MB the oldest of the others are.

    A rule does not republish what it has republished itself: the marker in the message says so.
    """

    def __init__(
        self,
        plan: RepublishPlan,
        publisher: MessagePublisher,
        counters: ActionCounters,
        clock: Clock,
        emit: Callable[[EngineEvent], None],
    ) -> None:
        self.counters = counters
        self._clock = clock
        self._emit = emit
        self._inflight = 0
        self._waiting: deque[_Outgoing] = deque()
        self._waiting_bytes = 0
        self._returned: list[_Outgoing] = []  # by a lost connection, older than what waits
        self._trouble = ""
        self.use(plan, publisher)

    def use(self, plan: RepublishPlan, publisher: MessagePublisher) -> None:
        """Go on with other options or another publisher."""
        self.plan = plan
        self.publisher = publisher
        self._renderer = RepublishRenderer(plan.action)

    @property
    def is_idle(self) -> bool:
        """Tell whether everything that was given to this writer has its outcome."""
        return not (self._inflight or self._waiting or self._returned)

    @property
    def status(self) -> Status:
        """The connection's status, or `degraded` while the last messages failed."""
        if self._trouble and self.publisher.status == "connected":
            return "degraded"
        return self.publisher.status

    @property
    def status_reason(self) -> str:
        """Why messages do not arrive."""
        return self._trouble or self.publisher.status_reason

    def write(
        self,
        output: Output,
        message: InboundMessage,
        rule: RuleCounters,
        pending: Holder | None,
        sample: int = 0,
        lost: Callable[[], None] | None = None,
    ) -> None:
        """Publish one output of a rule; every outcome is counted, now or by the answer.

        `lost` is told of an output that is not published in the end.
        """
        counters = self.counters
        counters.matched += 1
        rule.actions_total += 1
        mark = f"{self.plan.origin}/{rule.id}"
        if message.raw_properties and mark in rules_passed(message):
            counters.dropped_other += 1
            rule.actions_success += 1
            if lost is not None:
                lost()
            return
        outgoing = _Outgoing(self, message, rule, pending, sample, lost)
        if pending is not None:
            pending.hold()
        try:
            if sample:
                watch = Stopwatch()
                outgoing.publication = self._renderer.render(output, message, rule.id, mark)
                outgoing.render_ms = watch.ms()
            else:
                outgoing.publication = self._renderer.render(output, message, rule.id, mark)
        except TemplateError as exc:
            self._fail(outgoing, exc.message, "template")
            return
        if self._waiting or self._returned or not self._send(outgoing):
            self._wait(outgoing)

    def write_fallback(
        self,
        output: Output,
        message: InboundMessage,
        rule: RuleCounters,
        pending: Holder | None,
        lost: Callable[[], None],
    ) -> None:
        """Publish an output that another action could not deliver."""
        self.write(output, message, rule, pending, lost=lost)

    def pump(self) -> None:
        """Publish what waits, as far as the broker takes it."""
        if self._returned:
            self._waiting.extendleft(reversed(self._returned))
            self._returned.clear()
        for _ in range(_PUMP_AT_ONCE):
            if not self._waiting:
                return
            outgoing = self._take()
            if not self._send(outgoing):
                self._put_back(outgoing)
                return

    def close(self) -> None:
        """Let go; what waits is lost with the engine."""

    def answered(self, outgoing: _Outgoing, failure: DeliveryFailed | None) -> None:
        """Take note of the broker's answer."""
        self._inflight -= 1
        self.counters.inflight -= 1
        if failure is None:
            self._succeed(outgoing)
        elif failure.retryable:
            self.counters.retried += 1
            self._returned.append(outgoing)
            self._gauge(1, outgoing.size)
        else:
            self._fail(outgoing, failure.message, failure.kind or "refused")

    def _send(self, outgoing: _Outgoing) -> bool:
        publication = outgoing.publication
        if publication is None:
            return True
        try:
            taken = self.publisher.publish(
                publication.topic,
                publication.payload,
                publication.qos,
                publication.retain,
                publication.properties,
                outgoing,
            )
        except DeliveryFailed as exc:
            self._fail(outgoing, exc.message, exc.kind or "refused")
            return True
        if taken:
            self._inflight += 1
            self.counters.inflight += 1
        return taken

    def _succeed(self, outgoing: _Outgoing) -> None:
        latency_s = self._clock.monotonic_s() - outgoing.message.received_s
        self.counters.success += 1
        self.counters.latency.record(latency_s)
        outgoing.rule.latency.record(latency_s)
        outgoing.rule.actions_success += 1
        self._trouble = ""
        self._settle(outgoing, "", latency_s * 1_000)

    def _fail(self, outgoing: _Outgoing, reason: str, kind: str) -> None:
        self.counters.failed += 1
        outgoing.rule.actions_failed += 1
        self._trouble = reason
        self._settle(outgoing, reason, kind=kind)

    def _settle(
        self, outgoing: _Outgoing, error: str, latency_ms: float = 0.0, kind: str = ""
    ) -> None:
        if error:
            self.counters.lose(kind)
        if outgoing.sample:
            publication = outgoing.publication
            self._emit(
                RecordSettled(
                    id=outgoing.sample,
                    action=self.plan.action.name,
                    topic=publication.topic if publication is not None else "",
                    latency_ms=latency_ms,
                    error=error,
                    value=shown(publication.payload) if publication is not None else None,
                    kind=kind,
                    size=len(publication.payload) if publication is not None else 0,
                    render_ms=outgoing.render_ms,
                )
            )
        if error and outgoing.lost is not None:
            outgoing.lost()
        pending, outgoing.pending = outgoing.pending, None
        if pending is not None:
            pending.release()

    # -- waiting -------------------------------------------------------------------------------

    def _wait(self, outgoing: _Outgoing) -> None:
        self._waiting.append(outgoing)
        self._gauge(1, outgoing.size)
        while self._waiting_bytes > _LIMIT_BYTES and self._drop_oldest():
            pass

    def _put_back(self, outgoing: _Outgoing) -> None:
        self._waiting.appendleft(outgoing)
        self._gauge(1, outgoing.size)

    def _take(self) -> _Outgoing:
        outgoing = self._waiting.popleft()
        self._gauge(-1, -outgoing.size)
        return outgoing

    def _gauge(self, count: int, size: int) -> None:
        self._waiting_bytes += size
        self.counters.queuing += count
        self.counters.queuing_bytes += size

    def _drop_oldest(self) -> bool:
        for index, outgoing in enumerate(self._waiting):
            if outgoing.pending is None:
                del self._waiting[index]
                self._gauge(-1, -outgoing.size)
                self.counters.dropped_queue_full += 1
                outgoing.rule.actions_failed += 1
                reason = "Too much waited for the broker; this was the oldest."
                self._settle(outgoing, reason, kind="queue_full")
                return True
        return False
