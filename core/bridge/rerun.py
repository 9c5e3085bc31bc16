"""A message once more through a rule, up to the records that one action would send for it.

Everything is decided by the code that the engine runs; nothing is sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from core.bridge.columns import ColumnBuilder, reads_metadata, with_metadata
from core.bridge.context import live_context
from core.bridge.preview import RecordPreview, preview
from core.clock import SystemClock
from core.mqtt.identity import compile_identity
from core.sql.event import Event
from core.sql.rule import Failed, NoResult, compile_rule
from core.sql.values import UNDEFINED
from core.sql.why_not import FalsePart, WhyNot

if TYPE_CHECKING:
    from core.clock import Clock
    from core.mqtt.message import InboundMessage
    from core.sql.functions.context import JqRunner
    from core.workspace.kafka import KafkaAction
    from core.workspace.model import Rule
    from core.workspace.mqtt import Identity

RerunOutcome: TypeAlias = Literal["passed", "no_match", "other_topic", "failed"]


@dataclass(frozen=True, slots=True)
class Rerun:
    """What a rule made of a message.

    Attributes:
        outcome: `no_match`: WHERE says no, or a FOREACH gave nothing; `other_topic`: FROM does.
        records: One for each output; those that cannot be rendered say why.
        error: Why it failed, and `hint` what to do.
        reasons: The parts of WHERE that were false.
    """

    outcome: RerunOutcome
    records: tuple[RecordPreview, ...] = ()
    error: str = ""
    hint: str = ""
    reasons: tuple[FalsePart, ...] = ()

    @property
    def problem(self) -> tuple[str, str]:
        """Why not every record can be sent, and what to do; empty texts when all can."""
        broken = next((record for record in self.records if record.error), None)
        return (self.error, self.hint) if broken is None else (broken.error, broken.hint)


class RuleAgain:
    """One rule and one action of it, for message after message. One thread."""

    def __init__(
        self, rule: Rule, identity: Identity, action: KafkaAction, jq: JqRunner, clock: Clock
    ) -> None:
        """Compile.

        Args:
            rule: Enabled or not.
            identity: Where the rule's source says that publishers' names come from.
            action: Of which records are rendered.
            jq: Where jq programs run.
            clock: Present time, for functions; the columns have that of the message.

        Raises:
            SqlError: The statement does not compile.
        """
        self._rule_id = rule.id
        self._compiled = compile_rule(rule.sql)
        self._identity = identity
        self._action = action
        self._context = live_context(clock, {}, jq)
        self._why_not = WhyNot(self._compiled)

    def run(self, message: InboundMessage, *, explain: bool = False) -> Rerun:
        """Evaluate and render.

        Args:
            message: Its `received_ms` is the time of its columns; 0 for the present.
            explain: Whether to find out which part of WHERE is false, which takes longer.
        """
        if not self._compiled.matches(message.topic):
            return Rerun("other_topic")
        event = self._event(message)
        outcome = self._compiled.evaluate(event, self._context)
        if isinstance(outcome, Failed):
            return Rerun("failed", error=outcome.error.message, hint=outcome.error.hint)
        if isinstance(outcome, NoResult):
            reasons: tuple[FalsePart, ...] = ()
            if explain and not outcome.empty:
                reasons = self._why_not.parts(self._event(message), self._context)
            return Rerun("no_match", reasons=reasons)
        name = self._action.name
        records = tuple(preview(name, self._action, output) for output in outcome.outputs)
        return Rerun("passed", records)

    def _event(self, message: InboundMessage) -> Event:
        clock: Clock = self._context.clock
        if message.received_ms:
            clock = _Then(message.received_ms)
        event = ColumnBuilder(self._identity, [self._compiled], clock).event(message)
        if reads_metadata(self._compiled):
            event = with_metadata(event, message, self._rule_id)
        return event


def publisher_of(message: InboundMessage, identity: Identity) -> str:
    """Tell the client id of a message's publisher; empty where it is not known."""
    event = Event({}, message.payload)
    value = compile_identity(identity.clientid)(message, event.decode)
    return "" if value is UNDEFINED else str(value)


class _Then(SystemClock):
    """A wall clock that stands still."""

    def __init__(self, now_ms: int) -> None:
        self._now_ms = now_ms

    def now_ms(self) -> int:
        """Tell the moment."""
        return self._now_ms
