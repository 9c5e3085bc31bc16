"""Sending by hand: MQTT messages and Kafka records, with what became of each."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Coroutine, Iterable
from dataclasses import replace
from random import Random
from typing import Any, Final, TypeVar, cast

from PySide6.QtCore import QObject, Signal, Slot
from shiboken6 import isValid

from core.bridge.events import MessageSample
from core.errors import AppError, DeliveryFailed
from core.lab.variables import fill, values_of
from core.workspace.lab import SavedMessage
from gui.viewmodels.cluster_topics import ClusterTopics
from gui.viewmodels.drafts import (
    KafkaDraft,
    MqttDraft,
    draft_of,
    filled,
    first_message,
    first_record,
)
from gui.viewmodels.journey import Journey, Step
from gui.viewmodels.live import Live, State
from gui.viewmodels.outlets import Listening
from gui.viewmodels.publish_checks import problem_of
from gui.viewmodels.question import ANSWER_S, Question
from gui.viewmodels.unreadable import unreadable
from gui.viewmodels.words import sentence, sentences, tr, whole_milliseconds

D = TypeVar("D", bound=MqttDraft | KafkaDraft)

_CORRELATION_BYTES: Final = 4
_MOST_TOPICS: Final = 200
_ANSWERS: Final = {0: "", 1: "PUBACK", 2: "PUBCOMP"}


class PublishViewModel(QObject):
    """Checks what is to be sent, sends it off the loop, and tells what became of it.

    Belongs to the loop's thread. It works whether or not the bridge runs.

    Signals:
        draftsReplaced: Another workspace is open: `mqtt_draft` and `kafka_draft` are what the
            forms start with.
        topicOffered: A topic for a form that has none yet.
        draftChosen: A saved message was chosen: a `MqttDraft` or a `KafkaDraft`.
        connectorsChanged: Names or states of connectors.
        topicsChanged: What topic fields complete from.
        busyChanged: Whether something is on its way.
        stepsChanged: The result line: a list of `Step`, empty for nothing.
        problemFound: A field by its name, and what is wrong with its value.
    """

    draftsReplaced = Signal()
    topicOffered = Signal(str)
    draftChosen = Signal(object)
    connectorsChanged = Signal()
    topicsChanged = Signal()
    busyChanged = Signal(bool)
    stepsChanged = Signal(list)
    problemFound = Signal(str, str)

    def __init__(
        self, live: Live, parent: QObject | None = None, *, patience_s: float = ANSWER_S
    ) -> None:
        """Make it; `patience_s` is how long an answer is waited for."""
        super().__init__(parent)
        self.live = live
        self._session = live.session
        self._journey = Journey(live.session, self)
        self._question = Question(live.session, self, patience_s=patience_s)
        self._answer: Step | None = None
        self._sent_record = False  # what `_answer` is about
        self._workspace = ""
        self._sent = 0
        self._random = Random()  # noqa: S311 - test data
        self._topics: dict[str, None] = {}
        self._seen: dict[str, None] = {}
        self._is_busy = self._waits_for_topics = False
        self._task: asyncio.Task[Any] | None = None  # what is on its way
        self._cluster = ClusterTopics(live, self)
        self._cluster.created.connect(self._tell_made)
        self._cluster.changed.connect(self._tell_not_made)
        self._journey.stepped.connect(self._take_steps)
        self._question.stepped.connect(self._take_steps)
        live.workspaceChanged.connect(self._take_workspace)
        live.factsChanged.connect(self._take_facts)
        live.changed.connect(self.connectorsChanged)
        live.session.messageSampled.connect(self._see)
        self.mqtt_draft, self.kafka_draft = MqttDraft(), KafkaDraft()
        self._take_workspace()

    # What there is

    @property
    def mqtt_connectors(self) -> list[str]:
        """Names of the workspace's MQTT connectors."""
        return list(self.live.workspace.connectors.mqtt)

    @property
    def kafka_connectors(self) -> list[str]:
        """Names of the workspace's Kafka connectors."""
        return list(self.live.workspace.connectors.kafka)

    @property
    def topics(self) -> list[str]:
        """MQTT topics to complete from: sent to before, seen, and named in the workspace."""
        named = dict.fromkeys(_topics_of(self.live))
        return list(self._topics | self._seen | named)

    @property
    def kafka_topics(self) -> list[str]:
        """Kafka topics that the workspace's actions write to."""
        actions = self.live.workspace.actions.kafka.values()
        return list(dict.fromkeys(a.topic for a in actions if "${" not in a.topic))

    @property
    def saved(self) -> tuple[SavedMessage, ...]:
        """The messages that the workspace keeps."""
        return self.live.workspace.messages

    @property
    def is_busy(self) -> bool:
        """Whether something is on its way."""
        return self._is_busy

    @property
    def steps(self) -> list[Step]:
        """The result line: the broker's answer, then the receiver's or what the bridge did."""
        if self._answer is None:
            return []
        asked = self._question.step
        return [self._answer, *([asked] if asked is not None else self._journey.steps)]

    def steps_of(self, *, is_record: bool) -> list[Step]:
        """Give the result line where a record, or a message, was sent last; else nothing."""
        return self.steps if is_record == self._sent_record else []

    @property
    def unreadable(self) -> str:
        """Why the connectors are not known, and what to do; empty when they are."""
        found = unreadable(self.live)
        return found.text if found is not None else ""

    @property
    def no_connector(self) -> str:
        """What stands in the choice of a connector where there is none."""
        return tr("not known") if self.unreadable else tr("none")

    def state_of(self, connector: str) -> State:
        """Tell how the bridge is connected there."""
        return self.live.connector_state(connector)

    def has_properties(self, connector: str) -> bool:
        """Tell whether messages on a connector can have properties: it speaks MQTT 5."""
        found = self.live.workspace.connectors.mqtt.get(connector)
        return found is None or found.protocol == "5.0"

    # Checks

    def is_right(self, draft: MqttDraft | KafkaDraft) -> bool:
        """Tell whether a draft could be sent as far as one sees here; says what is wrong."""
        problem = problem_of(self._filled(draft)) or self._problem_of_name(draft)
        if problem is not None:
            self._tell(*problem)
        return problem is None

    # Commands

    def choose(self, saved: SavedMessage) -> None:
        """Fill the form with a message that the workspace keeps; says if its connector is gone."""
        draft = draft_of(saved, self.live.workspace)
        self.draftChosen.emit(draft)
        if (problem := self._problem_of_name(draft)) is not None:
            self._tell(*problem)

    def send_message(self, draft: MqttDraft) -> bool:
        """Publish a message, unless something in it is wrong; tells whether it was begun.

        Variables such as `{{seq}}` are filled now.
        """
        draft = self._filled(draft)
        if draft.waits and not draft.correlation_data:
            draft = replace(draft, correlation_data=secrets.token_hex(_CORRELATION_BYTES))
        problem = problem_of(draft) or self._problem_of_connector(draft)
        if problem is not None:
            return self._refuse(*problem, is_record=False)
        if self._is_busy:
            return False
        self._begin(self._publish(draft), f"publish on {draft.connector}", is_record=False)
        return True

    def send_record(self, draft: KafkaDraft) -> bool:
        """Send a record, unless something in it is wrong; tells whether it was begun.

        Variables such as `{{seq}}` are filled now.
        """
        draft = self._filled(draft)
        problem = problem_of(draft) or self._problem_of_connector(draft)
        if problem is not None:
            return self._refuse(*problem, is_record=True)
        if self._is_busy:
            return False
        self._begin(self._send(draft), f"send to {draft.connector}", is_record=True)
        return True

    def create_topic(self, connector: str, topic: str, partitions: int, replication: int) -> None:
        """Make the topic that a record was for; the result line tells what became of it."""
        self._cluster.create(connector, topic, partitions, replication)

    def stop(self) -> None:
        """Wait no longer for what is on its way; does nothing if nothing is."""
        task, self._task = self._task, None
        if task is None:
            return
        task.cancel()
        self._journey.forget()
        self._answer = Step("no_result", tr("Stopped; it may have arrived"))
        self._set_busy(False)
        self.stepsChanged.emit(self.steps)

    # How they are done

    def _filled(self, draft: D) -> D:
        """Fill the variables of what is sent; a refused one is not counted."""
        values = values_of(self._sent + 1, time.time_ns() // 1_000_000, self._random)
        made = filled(draft, lambda text: fill(text, values, self._random))
        return cast("D", made)  # of the same class

    def _problem_of_connector(self, draft: MqttDraft | KafkaDraft) -> tuple[str, str] | None:
        """Say why there is nothing to send a draft on, with the name of the field."""
        is_record, connectors = isinstance(draft, KafkaDraft), self.live.workspace.connectors
        known = connectors.kafka if is_record else connectors.mqtt
        if draft.connector in known:
            return None
        if is_record:
            text = tr("There is no Kafka connector {name}. Choose another one.")
            none = tr("The workspace has no Kafka connector to send to. Add one to its file.")
        else:
            text = tr("There is no MQTT connector {name}. Choose another one.")
            none = tr("The workspace has no MQTT connector to publish on. Add one to its file.")
        problem = self.unreadable or (text.format(name=draft.connector) if known else none)
        return ("kafka_connector" if is_record else "connector"), problem

    def _problem_of_name(self, draft: MqttDraft | KafkaDraft) -> tuple[str, str] | None:
        """Say that a connector that a draft names is gone; it may name none."""
        return self._problem_of_connector(draft) if draft.connector else None

    def _refuse(self, field: str, problem: str, *, is_record: bool) -> bool:
        self._sent_record = is_record
        self._answer = Step("failed", problem)
        self._question.forget()
        self._journey.forget()
        self._tell(field, problem)
        return False

    def _tell(self, field: str, problem: str) -> None:
        """Show a problem; what was sent before is followed on, and shown with its next step."""
        self.problemFound.emit(field, problem)
        self.stepsChanged.emit([Step("failed", problem)])

    def _begin(self, work: Coroutine[Any, Any, None], name: str, *, is_record: bool) -> None:
        self._sent_record = is_record
        self._sent += 1
        self._question.forget()
        self._set_busy(True)
        self._task = self._session.tasks.start(work, name, owner=self)

    def _end(self) -> None:
        # The window may be gone; and who was stopped may end while the next one is on its way.
        if isValid(self) and self._task is asyncio.current_task():
            self._task = None
            if self._answer is None:  # an error that nobody foresaw, which the log has
                self._journey.forget()
                self._answer = Step("failed", tr("Not sent, for an unexpected error. See the log."))
            self._set_busy(False)
            self.stepsChanged.emit(self.steps)

    def _set_busy(self, is_busy: bool) -> None:
        self._is_busy = is_busy
        self.busyChanged.emit(is_busy)

    async def _publish(self, draft: MqttDraft) -> None:
        workspace, environment = self.live.workspace, self._session.environment
        connector = workspace.connectors.mqtt[draft.connector]
        message = draft.message()
        self._answer = None
        self._journey.expect(draft.connector, message.topic, message.payload)
        outlets, client_id = self._session.outlets, workspace.client_id(connector)
        listening: Listening | None = None
        try:
            if environment is None:
                return
            if draft.waits:
                topic = draft.response_topic
                listening = await outlets.listen(connector, client_id, environment, topic)
            answered = await outlets.publish(connector, client_id, environment, message)
        except AppError as exc:
            self._fail(exc)
        else:
            self._remember(draft.topic)
            self._answer = _answer(draft.qos, answered.latency_ms, answered.has_subscribers)
            if listening is not None:
                self._ask(listening, draft)
                listening = None
        finally:
            if listening is not None:
                await listening.close()
            self._end()

    def _ask(self, listening: Listening, draft: MqttDraft) -> None:
        self._question.ask(listening, draft.connector, draft.response_topic, draft.correlation_data)

    async def _send(self, draft: KafkaDraft) -> None:
        environment = self._session.environment
        connector = self.live.workspace.connectors.kafka[draft.connector]
        self._answer = None
        self._journey.forget()
        try:
            if environment is None:
                return
            sent = await self._session.outlets.send(
                connector, environment, draft.record(), draft.compression
            )
        except DeliveryFailed as exc:
            self._fail(exc)
            if exc.kind == "unknown_topic":
                missing = draft.connector, draft.topic
                self._answer = Step("failed", sentence(exc.message), missing=missing)
        except AppError as exc:
            self._fail(exc)
        else:
            time = whole_milliseconds(sent.latency_ms)
            text = tr("partition {partition} offset {offset}, {time}")
            text = text.format(partition=sent.partition, offset=sent.offset, time=time)
            self._answer = Step(
                "passed", text, (draft.connector, sent.topic, sent.partition, sent.offset)
            )
        finally:
            self._end()

    def _fail(self, error: AppError) -> None:
        self._journey.forget()
        self._answer = Step("failed", sentences(error.message, error.hint))

    def _remember(self, topic: str) -> None:
        """Put a topic in front of the history."""
        self._topics.pop(topic, None)
        self._topics = {topic: None, **self._topics}
        while len(self._topics) > _MOST_TOPICS:
            self._topics.popitem()
        self.topicsChanged.emit()

    # What comes from below

    @Slot(list)
    def _take_steps(self) -> None:
        if self._answer is not None:
            self.stepsChanged.emit(self.steps)

    @Slot(str, str)
    def _tell_made(self, _connector: str, topic: str) -> None:
        text = tr("Topic {topic} was created. Send the record again.").format(topic=topic)
        self._show_answer(Step("passed", text))

    @Slot(str)
    def _tell_not_made(self, connector: str) -> None:
        if problem := self._cluster.of(connector).problem:
            self._show_answer(Step("failed", problem))

    def _show_answer(self, answer: Step) -> None:
        """Show what became of a topic, unless something else is on its way by now."""
        if not self._is_busy:
            self._answer = answer
            self.stepsChanged.emit(self.steps)

    @Slot(object)
    def _see(self, sample: MessageSample) -> None:
        if sample.topic not in self._seen and len(self._seen) < _MOST_TOPICS:
            self._seen[sample.topic] = None
            self.topicsChanged.emit()

    @Slot()
    def _take_workspace(self) -> None:
        self.connectorsChanged.emit()
        self.topicsChanged.emit()
        path = self._session.path
        name = str(path) if path is not None else ""
        if name == self._workspace:
            return
        self._workspace = name
        self._topics, self._seen = {}, {}
        self._answer = None
        self._question.forget()
        self._journey.forget()
        self._start_over()
        self._waits_for_topics = not self.mqtt_draft.topic
        self.stepsChanged.emit(self.steps)

    @Slot()
    def _take_facts(self) -> None:
        """Offer a topic that a rule listens to, now that rules have been read."""
        self.topicsChanged.emit()
        topic = next(iter(_topics_of(self.live)), "")
        if self._waits_for_topics and topic:
            self.mqtt_draft = replace(self.mqtt_draft, topic=topic)
            self.topicOffered.emit(topic)
        self._waits_for_topics = False

    def _start_over(self) -> None:
        workspace = self.live.workspace
        self.mqtt_draft = first_message(workspace, _topics_of(self.live))
        self.kafka_draft = first_record(workspace, self.kafka_topics)
        self.draftsReplaced.emit()


def _topics_of(live: Live) -> Iterable[str]:
    """Name the topics of the workspace that a message can be published to."""
    yield from (topic for _, topic in live.filters() if "+" not in topic and "#" not in topic)
    for simulator in live.workspace.simulators.values():
        if "{{" not in simulator.topic:
            yield simulator.topic
    yield from (saved.topic for saved in live.workspace.messages if saved.kind == "mqtt")


def _answer(qos: int, latency_ms: float, has_subscribers: bool) -> Step:
    if not _ANSWERS[qos]:
        return Step("passed", tr("Sent; at QoS 0 there is no answer"))
    text = f"{_ANSWERS[qos]} {whole_milliseconds(latency_ms)}"
    if not has_subscribers:
        return Step("no_result", tr("{answer}, nobody is subscribed").format(answer=text))
    return Step("passed", text)
