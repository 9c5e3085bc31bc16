"""One MQTT source, its rules and their producers, in one thread that owns everything it touches.

    bytes -> message -> rules of its topic -> records -> producer -> delivery report -> PUBACK

Nothing here is locked. Other threads may call the methods that say so; they leave a request that
the thread serves between two messages, and read the last snapshot, which never changes.
"""

from __future__ import annotations

import copy
import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, TypeVar

from core.bridge.acks import Acks, PendingAck
from core.bridge.context import live_context
from core.bridge.events import EngineEvent, Notice, StatusChanged
from core.bridge.histogram import Histogram
from core.bridge.metrics import ActionCounters, FilterStats, RuleCounters, SourceStats
from core.bridge.routes import Routes
from core.bridge.samples import Sampler, sample_of
from core.bridge.summary import PipelineSnapshot
from core.bridge.writers import Writers
from core.errors import AppError
from core.jq_process import JqProcess
from core.mqtt.source import DropReason, MqttSource, SourceCounters, SourceEvent

if TYPE_CHECKING:
    from core.bridge.plan import SourcePlan
    from core.clock import Clock
    from core.mqtt.message import InboundMessage
    from core.sql.functions.identity import Identity
    from core.sql.values import Value
    from core.status import Status
    from core.workspace.environment import Environment

log = logging.getLogger("core.bridge")

_Counters = TypeVar("_Counters", ActionCounters, RuleCounters)

SNAPSHOT_S: Final = 0.25
_BUSY_WAIT_S: Final = 0.002
_IDLE_WAIT_S: Final = 0.1
_CLOSE_S: Final = 2.0


@dataclass(slots=True)
class PipelineCounters:
    """All counters of one pipeline by name; they live as long as the engine and never go back."""

    rules: dict[str, RuleCounters] = field(default_factory=dict[str, RuleCounters])
    actions: dict[str, ActionCounters] = field(default_factory=dict[str, ActionCounters])
    matched: int = 0
    unmatched: int = 0
    ended: SourceCounters = field(default_factory=SourceCounters)
    """What sources counted that this one has replaced, such as before a changed connector."""


@dataclass(frozen=True, slots=True)
class TakeOver:
    """A plan that is to be taken over.

    Attributes:
        plan: The rules and actions from then on.
        by_s: When to take it over at the latest, whatever is still in flight; monotonic seconds.
        done: Told the outcome, in the pipeline's thread.
    """

    plan: SourcePlan
    by_s: float
    done: Callable[[TakenOver], None]


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What became of a plan.

    Attributes:
        left: How many records were in flight when it was taken over.
        error: Why it was not; None if it was.
    """

    left: int = 0
    error: AppError | None = None


class Pipeline:
    """Runs one source's plan until it is stopped."""

    def __init__(
        self,
        plan: SourcePlan,
        environment: Environment,
        clock: Clock,
        store: dict[Identity, Value],
        sample_ids: Iterator[int],
        counters: PipelineCounters,
        emit: Callable[[EngineEvent], None],
    ) -> None:
        """Prepare; nothing connects before `start`.

        Args:
            plan: The source and its rules.
            environment: Folders, secrets, embedded brokers.
            clock: Time.
            store: The values of `kv_store_put`, shared by all pipelines.
            sample_ids: Ids for sampled messages, shared by all pipelines.
            counters: Where to go on counting.
            emit: Takes events, on the pipeline's thread.

        Raises:
            ConfigError: An option of the source or of a producer cannot be realised.
        """
        self.name = plan.connector.name
        self._plan = plan
        self._clock = clock
        self._counters = counters
        self._emit = emit
        self._jq = JqProcess()
        self._context = live_context(clock, store, self._jq)
        self._source = MqttSource(
            plan.connector,
            client_id=plan.client_id,
            filters=plan.filters,
            environment=environment,
            clock=clock,
            on_message=self._on_message,
            on_dropped=self._on_dropped,
            on_event=self._on_source_event,
        )
        self._acks = Acks(self._source.ack)
        for rule in counters.rules.values():
            rule.start_over()
        self._writers = Writers(
            self.name, environment, clock, counters.actions, counters.rules, emit
        )
        self._sampler = Sampler(sample_ids)
        self._writers.use(plan)
        self._routes = self._make_routes(plan)
        self._requests: deque[Callable[[], None]] = deque()
        self._taking_over: TakeOver | None = None
        self._stop_by_s: float | None = None
        self._forget_session = False
        self._snapshot_due_s = 0.0
        self._connection = 0
        self._thread = threading.Thread(target=self._run, name=f"pipeline-{self.name}")
        self._thread.daemon = True  # an abort must not wait for it
        self.failure = ""
        self.is_ready = False
        """Whether every subscription was answered once; read by any thread."""
        self.latest = self._snapshot()

    def start(self) -> None:
        """Connect and run, in a thread of its own."""
        self._thread.start()

    def stop(self, drain_s: float, *, forget_session: bool = False) -> None:
        """Ask for an orderly end: stop reading, deliver what is in flight, disconnect. Any thread.

        Args:
            drain_s: How long to wait for deliveries, in seconds.
            forget_session: Have the broker drop the session instead of queueing for it.
        """

        def begin() -> None:
            self._forget_session = forget_session
            self._stop_by_s = self._clock.monotonic_s() + drain_s
            self._forget_plan()
            self._source.stop_reading()

        self._request(begin)

    def join(self, timeout_s: float | None = None) -> bool:
        """Wait for the thread's end; True when it has ended. Any other thread."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def reload(self, plan: SourcePlan, drain_s: float, done: Callable[[TakenOver], None]) -> None:
        """Take over other rules and actions of the same connector, between two messages.

        While it waits for what is in flight, messages that arrive are held back for the new rules.
        What is in flight at the takeover finishes under the old ones. Any thread.

        Args:
            plan: None must be waiting.
            drain_s: How long to wait for what is in flight, in seconds; 0 for not at all.
            done: Told the outcome, in the pipeline's thread.
        """

        def begin() -> None:
            if self._stop_by_s is not None:
                done(TakenOver(error=_stopped()))
                return
            self._taking_over = TakeOver(plan, self._clock.monotonic_s() + drain_s, done)
            self._source.hold()

        self._request(begin)

    def hurry(self) -> None:
        """Wait no longer for what is in flight before taking over a plan. Any thread."""

        def now() -> None:
            if self._taking_over is not None:
                self._taking_over = replace(self._taking_over, by_s=self._clock.monotonic_s())

        self._request(now)

    @property
    def is_alive(self) -> bool:
        """Tell whether the thread still runs."""
        return self._thread.is_alive()

    def _make_routes(self, plan: SourcePlan) -> Routes:
        return Routes(
            plan, self._counters.rules, self._writers, self._context, self._clock, self._emit
        )

    def _request(self, action: Callable[[], None]) -> None:
        self._requests.append(action)
        self._source.wake()

    def _run(self) -> None:
        try:
            self._source.start()
            while not self._turn():
                pass
            self._end()
        except AppError as exc:
            self._fail(exc.message)
        except Exception as exc:  # the thread's supervisor: a bug must not end in silence
            log.exception("pipeline %s ended on an error of its own", self.name)
            self._fail(f"internal error: {exc!r}")

    def _turn(self) -> bool:
        """Do one round of work; True when the pipeline has drained after `stop`."""
        while self._requests:
            self._requests.popleft()()
        if self._taking_over is not None:
            self._take_over_when_drained(self._taking_over)
        self._source.step(_IDLE_WAIT_S if self._writers.is_idle else _BUSY_WAIT_S)
        self._writers.poll()
        self.is_ready = self.is_ready or self._source.subscribed
        now_s = self._clock.monotonic_s()
        if now_s >= self._snapshot_due_s:
            self.latest = self._snapshot()
            self._snapshot_due_s = now_s + SNAPSHOT_S
        return self._stop_by_s is not None and (self._writers.is_idle or now_s >= self._stop_by_s)

    def _take_over_when_drained(self, change: TakeOver) -> None:
        if not self._writers.is_idle and self._clock.monotonic_s() < change.by_s:
            return
        self._taking_over = None
        left = sum(each.queuing + each.inflight for each in self._counters.actions.values())
        try:
            self._writers.use(change.plan)
        except AppError as exc:
            text = f"Source {self.name} goes on as before: {exc.message} {exc.hint}"
            self._emit(Notice(level="error", text=text.strip()))
            change.done(TakenOver(error=exc))
        else:
            self._plan = change.plan
            self._routes = self._make_routes(change.plan)
            self._source.set_filters(change.plan.filters)
            change.done(TakenOver(left))
        self._source.let_go()

    def _forget_plan(self) -> None:
        """Have a plan that waits not be taken over."""
        if self._taking_over is not None:
            self._taking_over.done(TakenOver(error=_stopped()))
            self._taking_over = None

    def _end(self) -> None:
        self._forget_plan()
        self._source.close(timeout_s=_CLOSE_S, forget_session=self._forget_session)
        self._writers.close()
        self._jq.close()
        self.latest = self._snapshot()
        self._counters.ended = _sum(self._counters.ended, self._source.counters)

    def _fail(self, reason: str) -> None:
        """Let everything go that this pipeline holds, so that another one can start."""
        self.failure = reason
        try:
            self._end()
        except Exception:  # the last snapshot must come, whatever else has gone wrong
            log.exception("pipeline %s did not end in order", self.name)
            self.latest = self._snapshot()

    def _snapshot(self) -> PipelineSnapshot:
        """Copy every counter, between two messages."""
        return PipelineSnapshot(
            source=self.name,
            stats=self._source_stats(),
            rules={name: _copied(rule) for name, rule in self._counters.rules.items()},
            actions={name: _copied(action) for name, action in self._counters.actions.items()},
            action_statuses=self._writers.action_statuses(),
            connector_statuses=self._writers.connector_statuses(),
        )

    def _source_stats(self) -> SourceStats:
        source, counters = self._source, self._counters
        totals = _sum(counters.ended, source.counters)
        status, reason = self._source_status()
        return SourceStats(
            status=status,
            status_reason=reason,
            received=totals.received,
            received_bytes=totals.received_bytes,
            matched=counters.matched,
            unmatched=counters.unmatched,
            retained_ignored=totals.retained_ignored,
            duplicates=totals.duplicates,
            redelivered=totals.redelivered,
            unacked=source.unacked,
            late_acks=totals.late_acks,
            reconnects=totals.reconnects,
            filters={
                each.topic_filter: FilterStats(each.granted_qos, each.received)
                for each in source.subscriptions
            },
        )

    def _source_status(self) -> tuple[Status, str]:
        """Tell where the source stands, and what holds it up if something does.

        Acknowledgements go out in MQTT's order, so one connector that is out of reach stops every
        rule of the source once its window is full.
        """
        source, unacked = self._source, self._source.unacked
        if self.failure:
            return "failed", self.failure
        if source.status != "connected" or not unacked:
            return source.status, source.status_reason
        statuses = self._writers.connector_statuses()
        away = [name for name, (status, _) in statuses.items() if status != "connected"]
        if not away:
            return source.status, source.status_reason
        reason = f"Waiting for {', '.join(away)}: {unacked:,} unacknowledged"
        if unacked >= self._plan.connector.receive_maximum:
            return "degraded", f"{reason}; nothing more is read until then."
        return source.status, f"{reason}."

    def _on_message(self, message: InboundMessage) -> None:
        routed = self._routes.of(message.topic)
        pending = self._open_ack(message) if message.qos else None
        sample = self._sampler.pick(message)
        if routed is None:
            self._counters.unmatched += 1
            if sample:
                self._emit(sample_of(sample, self.name, message, None, []))
        else:
            self._counters.matched += 1
            if sample:
                self._emit(routed.handle_sample(message, pending, sample, self.name))
            else:
                routed.handle(message, pending)
        if pending is not None:
            pending.release()

    def _on_dropped(self, message: InboundMessage, _reason: DropReason) -> None:
        """Acknowledge a message that is no news, when its turn comes."""
        self._open_ack(message).release()

    def _open_ack(self, message: InboundMessage) -> PendingAck:
        """Queue a message for its acknowledgement, behind those of the same connection only."""
        if message.connection != self._connection:
            self._connection = message.connection
            self._acks.forget()
        return self._acks.open(message)

    def _on_source_event(self, event: SourceEvent) -> None:
        self._emit(
            StatusChanged(
                kind="connector", name=self.name, status=event.status, reason=event.reason
            )
        )


def _stopped() -> AppError:
    return AppError(
        "The changes were not taken over: the source was stopped first.",
        hint="They are in the file, and count from the next start.",
    )


def _copied(counters: _Counters) -> _Counters:
    twin = copy.copy(counters)
    twin.latency = Histogram()
    twin.latency.add(counters.latency)
    if isinstance(twin, ActionCounters):
        twin.lost = dict(twin.lost)
    return twin


def _sum(first: SourceCounters, second: SourceCounters) -> SourceCounters:
    names = SourceCounters.__slots__
    return SourceCounters(*(getattr(first, name) + getattr(second, name) for name in names))
