"""One message of a live trace, step by step: message, statement, records and their ends."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from core.bridge.events import MessageSample, RecordSettled, RuleOutcome
from core.errors import CodecError
from gui.viewmodels.facts import ActionFacts, action_facts
from gui.viewmodels.feed_rows import FeedRow, clock_time
from gui.viewmodels.json_layout import laid_out_text
from gui.viewmodels.live import Live
from gui.viewmodels.live_trace import Traced
from gui.viewmodels.message_detail import payload_text
from gui.viewmodels.outlets import MqttMessage
from gui.viewmodels.payload_fields import PayloadFields
from gui.viewmodels.replay import message_of
from gui.viewmodels.rule_test import RuleTest
from gui.viewmodels.rule_trial import TrialResult
from gui.viewmodels.words import milliseconds, sentence, tr


@dataclass(frozen=True, slots=True)
class TraceStep:
    """What one part of the way made of the message.

    Attributes:
        status: Name of a state.
        name: The part: topic, statement or action.
        kind: What it is.
        text: What became of it, in a few words.
        short: The same where there is little room; empty for none.
        pairs: Names and values below.
        code: Texts in a box each, JSON where they are it.
        remark: A sentence below.
        result: Why the statement gave nothing, tried on the message once more.
    """

    status: str
    name: str
    kind: str = ""
    text: str = ""
    pairs: tuple[tuple[str, str], ...] = ()
    code: tuple[str, ...] = ()
    remark: str = ""
    result: TrialResult | None = None
    short: str = ""


class TraceSteps(QObject):
    """The steps of the chosen message.

    Where the statement gave no result or failed, the same statement is tried on the same message
    in a thread, so that the part of WHERE that was false is told with its values.

    Attributes:
        steps: In the order of the way; empty while nothing is chosen.

    Signals:
        changed: `steps` are others.
    """

    changed = Signal()

    def __init__(
        self, live: Live, fields: PayloadFields, rule: str, parent: QObject | None = None
    ) -> None:
        super().__init__(parent or live)
        self._rule = rule
        self._traced: Traced | None = None
        self._result: TrialResult | None = None
        self._trial = RuleTest(live.session.tasks, fields, self)
        self._trial.resultChanged.connect(self._take_result)
        self.steps: list[TraceStep] = []

    @property
    def is_trying(self) -> bool:
        """Whether the statement is tried, so that more is told in a moment."""
        return self._result is None and self._needs_trial and self._trial.is_running

    def choose(self, traced: Traced | None) -> None:
        """Tell of another message; of none for None."""
        self._traced, self._result = traced, None
        if traced is not None and self._needs_trial:
            self._try(traced)
        self.refresh()

    def refresh(self) -> None:
        """Look again at what has become of its records."""
        steps = self._steps()
        if steps != self.steps:
            self.steps = steps
            self.changed.emit()

    def message(self) -> tuple[MqttMessage, str]:
        """Give the chosen message, and who published it.

        Raises:
            CodecError: Only the beginning of its payload is known, or none is chosen.
        """
        if self._traced is None:
            raise CodecError(tr("No message is chosen."))
        row = self._traced.row
        return message_of(row), row.sample.client

    # The statement, once more

    @property
    def _outcome(self) -> RuleOutcome | None:
        traced = self._traced
        if traced is None:
            return None
        outcomes = traced.row.sample.outcomes
        return next((each for each in outcomes if each.rule == traced.rule), None)

    @property
    def _needs_trial(self) -> bool:
        outcome, traced = self._outcome, self._traced
        if outcome is None or traced is None or outcome.result == "passed":
            return False
        return traced.row.payload is not None and traced.rule in traced.workspace.rules

    def _try(self, traced: Traced) -> None:
        trial, sample = self._trial, traced.row.sample
        trial.set_sql(traced.workspace.rules[traced.rule].sql)
        trial.take_message(message_of(traced.row), sample.client)
        for column in ("timestamp", "publish_received_at"):
            trial.set_column(column, str(sample.time_ms))
        trial.run()

    @Slot()
    def _take_result(self) -> None:
        if self._needs_trial and not self._trial.is_running:  # else it is of a message before
            self._result = self._trial.result
            self.refresh()

    # What is told

    def _steps(self) -> list[TraceStep]:
        traced, outcome = self._traced, self._outcome
        if traced is None or outcome is None:
            return []
        steps = [_message_step(traced.row), self._statement_step(traced.row, outcome)]
        rule = traced.workspace.rules.get(traced.rule)
        if outcome.result == "passed" and rule is not None:
            for name in rule.actions:
                steps += self._action_steps(traced, action_facts(traced.workspace, name))
        return steps

    def _statement_step(self, row: FeedRow, outcome: RuleOutcome) -> TraceStep:
        name = tr("SQL")
        if outcome.result == "passed":
            outputs = tuple(laid_out_text(output) for output in outcome.outputs)
            return TraceStep("passed", name, text=tr("Passed"), code=outputs)
        result, remark = self._result, ""
        if row.payload is None:
            remark = tr("Only the beginning of this payload was kept, so it cannot be tried again.")
        elif result is not None and result.outcome == "passed":
            result = None
            remark = tr(
                "Tried once more, it passes: the outcome depends on more than the message, such "
                "as the time."
            )
        if outcome.result == "failed":
            detail = sentence(outcome.detail.strip())
            is_told = result is not None and result.outcome == "failed"
            text = tr("Failed, so no action gets anything")
            said = remark if is_told else f"{detail} {remark}".strip()
            return TraceStep(
                "failed", name, text=text, remark=said, result=result, short=tr("Failed")
            )
        text = tr("No result, so no action gets anything")
        return TraceStep(
            "no_result", name, text=text, remark=remark, result=result, short=tr("No result")
        )

    def _action_steps(self, traced: Traced, action: ActionFacts) -> list[TraceStep]:
        """Tell of each record of an action; of one that makes none, what it does instead."""
        kinds = {"kafka": tr("Kafka"), "republish": tr("MQTT"), "console": tr("Console")}
        kind = kinds.get(action.kind, tr("missing"))
        if not action.is_enabled:
            return [TraceStep("disabled", action.name, kind, tr("disabled, gets nothing"))]
        if action.kind == "console":
            return [TraceStep("passed", action.name, kind, tr("writes the output to the log"))]
        if action.kind != "kafka":
            text = tr("publishes; what becomes of it is counted on the page Monitor")
            return [TraceStep("not_tried", action.name, kind, text)]
        records = [each for each in traced.row.records if each.action == action.name]
        if not records and traced.row.is_over:
            why = tr("The bridge stopped before there was a delivery report.")
            return [TraceStep("failed", action.name, kind, tr("not delivered"), remark=why)]
        if not records:
            return [TraceStep("connecting", action.name, kind, tr("on its way"))]
        remark = self._sharing(traced, action.name)
        return [_record_step(record, kind, remark) for record in records]

    def _sharing(self, traced: Traced, action: str) -> str:
        """Say which other rules gave the same message to an action: the engine tells no rule."""
        others = [
            outcome.rule
            for outcome in traced.row.sample.outcomes
            if outcome.rule != traced.rule
            and outcome.result == "passed"
            and action in traced.row.actions.get(outcome.rule, ())
        ]
        if not others:
            return ""
        text = tr("This record may be of {rules}, which passed this message to the same action.")
        return text.format(rules=", ".join(others))


def _message_step(row: FeedRow) -> TraceStep:
    sample = row.sample
    parts = [clock_time(sample.time_ms), sample.client, tr("QoS {qos}").format(qos=sample.qos)]
    if sample.retain:
        parts.append(tr("retained"))
    text = ", ".join(part for part in parts if part)
    payload = row.payload
    code = sample.payload if payload is not None and not sample.data else ""
    return TraceStep(
        "passed",
        sample.topic,
        tr("Message"),
        text,
        pairs=_properties(sample),
        code=(laid_out_text(code) if code else payload_text(row),),
    )


def _properties(sample: MessageSample) -> tuple[tuple[str, str], ...]:
    found = sample.properties
    standard = (
        (tr("content type"), found.content_type),
        (tr("response topic"), found.response_topic),
        (tr("expires after"), found.message_expiry_s),
    )
    told = tuple((name, str(value)) for name, value in standard if value is not None)
    return (*found.user, *told)


def _record_step(record: RecordSettled, kind: str, remark: str) -> TraceStep:
    pairs = [(tr("topic"), record.topic)] if record.topic else []
    if record.value is not None or not record.error:
        pairs.append((tr("key"), tr("none") if record.key is None else record.key))
        value = tr("TOMBSTONE (null)") if record.value is None else record.value
        pairs.append((tr("value"), value))
    if record.error:
        text = tr("not delivered")
        said = f"{sentence(record.error)} {remark}".strip()
        return TraceStep("failed", record.action, kind, text, tuple(pairs), remark=said)
    place = tr("{topic} p{partition} #{offset}, {time}")
    if record.partition < 0:
        place = tr("{topic}, {time}")
    text = place.format(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        time=milliseconds(record.latency_ms),
    )
    return TraceStep("passed", record.action, kind, text, tuple(pairs[1:]), remark=remark)
