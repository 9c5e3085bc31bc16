"""The whole rule on the test message: its statement, then every action, rendered or sent."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, cast

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from core.bridge.preview import RecordPreview, preview
from core.errors import AppError, CodecError
from core.mqtt.message import InboundMessage
from core.sql.text import encode_json
from core.sql.values import Value, str_to_bytes
from core.workspace.kafka import KafkaAction
from core.workspace.model import RepublishAction
from gui.viewmodels.edited_actions import EditedAction, edited_actions
from gui.viewmodels.object_drafts import Drafts
from gui.viewmodels.outlets import MqttMessage
from gui.viewmodels.rule_test import RuleTest
from gui.viewmodels.rule_trial import TrialInput, TrialResult, try_rule
from gui.viewmodels.words import milliseconds, sentences, tr

if TYPE_CHECKING:  # the client libraries are loaded with the first message
    from core.bridge.message_preview import MessagePreview
    from core.kafka.single import Record

_MOST_OUTPUTS: Final = 5


@dataclass(frozen=True, slots=True)
class WholeStep:
    """What one action makes of one output.

    Attributes:
        action: The action; `kind` tells whether it is of Kafka, MQTT or the console.
        status: Name of a state: not_tried (rendered only), connecting, passed, failed, disabled.
        text: What became of it, in a few words.
        record: Of a Kafka action.
        message: Of a republish action.
        output: What the console writes.
    """

    action: EditedAction
    status: str
    text: str
    record: RecordPreview | None = None
    message: MessagePreview | None = None
    output: str = ""


class WholeRule(QObject):
    """Belongs to the loop's thread.

    Signals:
        changed: `result`, `steps` or `is_busy` are new.
    """

    changed = Signal()

    def __init__(self, drafts: Drafts, rule: str, test: RuleTest, parent: QObject) -> None:
        """Take the rule's key and its test, whose message is used."""
        super().__init__(parent)
        self._drafts, self._rule, self._test = drafts, rule, test
        self.result = TrialResult("empty")
        self.steps: list[WholeStep] = []
        self.is_busy = False

    @property
    def is_confirmed(self) -> bool:
        """Whether the user has agreed that it is sent for real."""
        return self._drafts.live.session.outlets.is_confirmed

    def confirm(self) -> None:
        """Send for real from now on, without asking again."""
        self._drafts.live.session.outlets.is_confirmed = True

    @property
    def message_text(self) -> str:
        """Say which message is used, in a few words."""
        shown = {column.name: column.text for column in self._test.columns}
        text = tr("{client} on {topic}")
        return text.format(client=shown.get("clientid", ""), topic=shown.get("topic", ""))

    def run(self, *, for_real: bool) -> None:
        """Evaluate and render; `for_real` sends what was rendered, once it is confirmed."""
        session = self._drafts.live.session
        if self.is_busy or session.is_closing or (for_real and not self.is_confirmed):
            return
        try:
            given = self._test.trial_input()
        except CodecError as exc:
            self.result = TrialResult("failed", sentence=exc.message, advice=exc.hint)
            self.steps = []
            self.changed.emit()
            return
        self.is_busy = True
        self.changed.emit()
        session.tasks.start(self._run(given, for_real=for_real), f"try {self._rule}")

    async def _run(self, given: TrialInput, *, for_real: bool) -> None:
        actions, name = edited_actions(self._drafts, self._rule), self._drafts.name(self._rule)
        try:
            result, steps = await asyncio.to_thread(_rendered, given, actions, name)
            if not isValid(self):  # its page was closed meanwhile
                return
            self.result, self.steps = result, steps
            if for_real:
                self.changed.emit()
                for place in range(len(steps)):
                    await self._send(place)
                    if not isValid(self):
                        return
        finally:
            if isValid(self):
                self.is_busy = False
                self.changed.emit()

    async def _send(self, place: int) -> None:
        step = self.steps[place]
        if step.status != "not_tried":
            return
        self._put(place, replace(step, status="connecting", text=tr("on its way")))
        try:
            text = await self._sent(step)
        except AppError as exc:
            text = sentences(exc.message, exc.hint)
            self._put(place, replace(step, status="failed", text=text))
        else:
            self._put(place, replace(step, status="passed", text=text))

    async def _sent(self, step: WholeStep) -> str:
        """Send one step for real and say what became of it."""
        live, model = self._drafts.live, step.action.model
        session, workspace = live.session, live.workspace
        environment = session.environment
        if step.output:
            session.logLine.emit(f"{self._drafts.name(self._rule)}: {step.output}")
            return tr("written to the log")
        if environment is None:
            return ""
        if isinstance(model, KafkaAction) and step.record is not None:
            connector = workspace.connectors.kafka.get(model.connector)
            if connector is None:
                raise _no_connector(model.connector)
            sent = await session.outlets.send_as(
                model, connector, environment, _record_of(step.record)
            )
            text = tr("{topic} p{partition} #{offset}, {time}")
            return text.format(
                topic=sent.topic,
                partition=sent.partition,
                offset=sent.offset,
                time=milliseconds(sent.latency_ms),
            )
        if isinstance(model, RepublishAction) and step.message is not None:
            mqtt, made = workspace.connectors.mqtt.get(model.connector), step.message.publication
            if mqtt is None or made is None:
                raise _no_connector(model.connector)
            message = MqttMessage(made.topic, made.payload, made.qos, made.retain, made.properties)
            answered = await session.outlets.publish(
                mqtt, workspace.client_id(mqtt), environment, message
            )
            return tr("published, {time}").format(time=milliseconds(answered.latency_ms))
        return ""

    def _put(self, place: int, step: WholeStep) -> None:
        if isValid(self):
            self.steps = [*self.steps[:place], step, *self.steps[place + 1 :]]
            self.changed.emit()


def _rendered(
    given: TrialInput, actions: Sequence[EditedAction], rule: str
) -> tuple[TrialResult, list[WholeStep]]:
    """Evaluate, and render each action for each output. Blocks as a trial does."""
    result = try_rule(given)
    if result.outcome != "passed":
        return result, []
    found: Any = result.output
    outputs = found if isinstance(found, list) else [found]
    steps = [
        _step(action, cast("dict[str, Value]", output), given, rule)
        for output in outputs[:_MOST_OUTPUTS]
        for action in actions
    ]
    return result, steps


def _step(
    action: EditedAction, output: dict[str, Value], given: TrialInput, rule: str
) -> WholeStep:
    if not action.is_enabled:
        return WholeStep(action, "disabled", tr("disabled, gets nothing"))
    if action.kind == "console":
        return WholeStep(action, "not_tried", tr("would write"), output=encode_json(output))
    would = tr("would send")
    if isinstance(action.model, KafkaAction):
        partitions = given.partitions.get(action.name, 0)
        record = preview(action.name, action.model, output, partitions=partitions)
        if record.error:
            text = sentences(record.error, record.hint)
            return WholeStep(action, "failed", text)
        if record.is_skipped:
            return WholeStep(action, "no_result", tr("sends nothing: the value is empty"))
        return WholeStep(action, "not_tried", would, record=record)
    if isinstance(action.model, RepublishAction):
        from core.bridge.message_preview import preview_message

        message = preview_message(action.name, action.model, output, inbound_of(given), rule)
        if message.error:
            text = sentences(message.error, message.hint)
            return WholeStep(action, "failed", text)
        return WholeStep(action, "not_tried", tr("would publish"), message=message)
    return WholeStep(action, "failed", tr("Its options have problems: open it to see them."))


def inbound_of(given: TrialInput) -> InboundMessage:
    """Make the message that republish actions look at, of the columns of the test."""
    context = given.context
    payload, props = context.get("payload", ""), context.get("pub_props")
    return InboundMessage(
        str(context.get("topic", "")),
        str_to_bytes(payload) if isinstance(payload, str) else b"",
        decoded_properties=cast("Any", props) if isinstance(props, dict) else {},
    )


def _no_connector(name: str) -> AppError:
    text = tr("There is no connector {name}.")
    return AppError(text.format(name=name), hint=tr("Save it first."))


def _record_of(made: RecordPreview) -> Record:
    from core.kafka.single import Record

    # By key, the producer's own partitioner decides, as it does in the engine.
    partition = -1 if made.is_by_key else made.partition
    return Record(made.topic, made.value, made.key, made.headers, partition, made.timestamp_ms)
