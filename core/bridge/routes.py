"""From a topic to the rules that listen to it, and through them to their actions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from core.bridge.columns import ColumnBuilder, reads_metadata, with_metadata
from core.bridge.events import (
    ConsoleOutput,
    EngineEvent,
    MessageSample,
    RuleFailed,
    RuleOutcome,
)
from core.bridge.metrics import RuleCounters
from core.bridge.samples import SHOWN_OUTPUTS, Stopwatch, sample_of, shown_output
from core.sql.rule import Failed, NoResult, Outcome
from core.sql.text import output_json
from core.sql.values import EvalError
from core.sql.why_not import WhyNot
from core.workspace.model import CONSOLE

if TYPE_CHECKING:
    from core.bridge.acks import PendingAck
    from core.bridge.plan import AnyActionPlan, RulePlan, SourcePlan
    from core.bridge.rendering import Output
    from core.bridge.writers import AnyWriter, Writers
    from core.clock import Clock
    from core.mqtt.message import InboundMessage
    from core.sql.functions.context import EvalContext
    from core.sql.rule import Event

_TOPICS_CACHED: Final = 10_000
_TELL_EVERY_S: Final = 1.0


class RuleRuntime:
    """One rule at work: evaluates, counts, and hands outputs to its actions in order.

    Attributes:
        sql_ms: How long the statement took on the last sampled message.
    """

    def __init__(
        self,
        plan: RulePlan,
        counters: RuleCounters,
        writers: list[AnyWriter | str],
        context: EvalContext,
        clock: Clock,
        emit: Callable[[EngineEvent], None],
    ) -> None:
        """Join a rule to its actions.

        Args:
            plan: The compiled rule.
            counters: Where to count.
            writers: Its actions in order: a writer, or "console", or "" for a disabled one.
            context: What functions may use.
            clock: Time, to limit how often failures are told.
            emit: Takes events.
        """
        self.compiled = plan.compiled
        self.id = plan.rule.id
        self.sql_ms = 0.0
        self._counters = counters
        self._writers = writers
        self._context = context
        self._clock = clock
        self._emit = emit
        self._why_not = WhyNot(plan.compiled)
        self._reads_metadata = reads_metadata(plan.compiled)
        self._untold = 0
        self._tell_at_s = 0.0

    def handle(
        self, event: Event, message: InboundMessage, pending: PendingAck | None, sample: int
    ) -> Outcome:
        """Evaluate the rule on one message, start its actions and tell what came out.

        Args:
            event: The message's columns.
            message: The message.
            pending: Its acknowledgement; None at QoS 0.
            sample: Id under which its records are told; 0 for none.
        """
        counters = self._counters
        counters.matched += 1
        if self._reads_metadata:
            event = with_metadata(event, message, self.id)
        watch = Stopwatch() if sample else None
        outcome = self.compiled.evaluate(event, self._context)
        if watch is not None:
            self.sql_ms = watch.ms()
        if isinstance(outcome, Failed):
            counters.exceptions += 1
            self._tell(outcome.error.message)
        elif isinstance(outcome, NoResult):
            counters.no_result += 1
        else:
            counters.passed += 1
            for output in outcome.outputs:
                for writer in self._writers:
                    if isinstance(writer, str):
                        self._without_writer(writer, output)
                    else:
                        writer.write(output, message, counters, pending, sample)
        return outcome

    def handle_sample(
        self, event: Event, message: InboundMessage, pending: PendingAck | None, sample: int
    ) -> RuleOutcome:
        """Do the same and tell about it: what came out, or why nothing did."""
        outcome = self.handle(event, message, pending, sample)
        if isinstance(outcome, Failed):
            return RuleOutcome(self.id, "failed", outcome.error.message, sql_ms=self.sql_ms)
        if isinstance(outcome, NoResult):
            reason = self._reason(event, message, outcome)
            return RuleOutcome(self.id, "no_result", reason, sql_ms=self.sql_ms)
        outputs = [shown_output(output) for output in outcome.outputs[:SHOWN_OUTPUTS]]
        return RuleOutcome(self.id, "passed", outputs=outputs, sql_ms=self.sql_ms)

    def _reason(self, event: Event, message: InboundMessage, outcome: NoResult) -> str:
        """Say in a few words which part of WHERE was false; nothing where that may do harm."""
        if outcome.empty or not self._why_not.is_safe:
            return ""
        if self._reads_metadata:
            event = with_metadata(event, message, self.id)
        parts = self._why_not.parts(event, self._context)
        return parts[0].brief if parts else ""

    def _without_writer(self, kind: str, output: Output) -> None:
        self._counters.actions_total += 1
        if kind != CONSOLE:
            self._counters.actions_discarded += 1
            return
        try:
            text = output_json(output).decode()
        except EvalError as exc:
            self._counters.actions_failed += 1
            self._tell(str(exc))
            return
        self._counters.actions_success += 1
        self._emit(ConsoleOutput(rule=self.id, output=text))

    def _tell(self, why: str) -> None:
        """Tell about a failure, at most once a second: a bad rule fails on every message."""
        self._untold += 1
        now_s = self._clock.monotonic_s()
        if now_s >= self._tell_at_s:
            self._emit(RuleFailed(rule=self.id, message=why, count=self._untold))
            self._untold = 0
            self._tell_at_s = now_s + _TELL_EVERY_S


class Route:
    """The rules of one topic, and the columns that they read together."""

    def __init__(self, rules: list[RuleRuntime], columns: ColumnBuilder) -> None:
        self._rules = rules
        self._columns = columns

    def handle(self, message: InboundMessage, pending: PendingAck | None) -> None:
        """Run every rule of the topic on a message; the payload is decoded at most once."""
        event = self._columns.event(message)
        for rule in self._rules:
            rule.handle(event, message, pending, 0)

    def handle_sample(
        self, message: InboundMessage, pending: PendingAck | None, sample: int, source: str
    ) -> MessageSample:
        """Do the same and tell about it."""
        event = self._columns.event(message)
        outcomes = [rule.handle_sample(event, message, pending, sample) for rule in self._rules]
        return sample_of(sample, source, message, event, outcomes)


class Routes:
    """Topic to route, remembered per topic; rebuilt when rules change. One thread."""

    def __init__(
        self,
        plan: SourcePlan,
        counters: dict[str, RuleCounters],
        writers: Writers,
        context: EvalContext,
        clock: Clock,
        emit: Callable[[EngineEvent], None],
    ) -> None:
        self._connector = plan.connector
        self._clock = clock
        self._rules = [
            RuleRuntime(
                rule,
                counters.setdefault(rule.rule.id, RuleCounters(id=rule.rule.id)),
                [_writer_of(action, writers) for action in rule.actions],
                context,
                clock,
                emit,
            )
            for rule in plan.rules
        ]
        self._known: dict[str, Route | None] = {}

    def of(self, topic: str) -> Route | None:
        """Find the route of a topic; None when no rule listens to it."""
        try:
            return self._known[topic]
        except KeyError:
            pass
        if len(self._known) >= _TOPICS_CACHED:
            self._known.clear()
        rules = [rule for rule in self._rules if rule.compiled.matches(topic)]
        columns = ColumnBuilder(
            self._connector.identity, [rule.compiled for rule in rules], self._clock
        )
        route = Route(rules, columns) if rules else None
        self._known[topic] = route
        return route


def _writer_of(action: AnyActionPlan | None, writers: Writers) -> AnyWriter | str:
    if action is None:
        return CONSOLE
    return writers.get(action.action.name) if action.enabled else ""
