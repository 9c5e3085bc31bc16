"""The test of a rule: an event to fill in, and the result a moment after the last key."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QKeySequence
from shiboken6 import isValid

from core.errors import CodecError
from core.lab.payloads import fitting_format, payload_bytes, payload_text
from core.sql.columns import EVENT_TOPICS, LEGACY_TOPICS, MESSAGE_PUBLISH, EventKind, event_kind
from core.sql.json_text import NOT_JSON
from core.sql.values import UNDEFINED, Atom, Value, bytes_to_str, str_to_bytes
from core.workspace.kafka import KafkaAction
from core.workspace.lab import PayloadFormat
from gui.tasks import Tasks
from gui.viewmodels.outlets import MqttMessage
from gui.viewmodels.payload_check import rewritten
from gui.viewmodels.payload_fields import PayloadFields
from gui.viewmodels.rule_trial import FieldChange, TrialInput, TrialResult, changes, try_rule
from gui.viewmodels.words import tr

_PAUSE_MS: Final = 300
_NATIVE: Final = QKeySequence.SequenceFormat.NativeText
_PAYLOAD: Final = "payload"
_PROPERTIES: Final = "pub_props"
_CLIENT: Final = "clientid"
_FIRST: Final = ("clientid", "username", "topic", "qos")
_NOT_TYPED: Final = frozenset({_PAYLOAD, "event", "event_type", "metadata"})
_FIRST_TOPIC: Final = "t/a"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the event in the form: its value as text, and whether somebody typed it."""

    name: str
    text: str
    is_typed: bool


class _Typed(msgspec.Struct, frozen=True):
    """An event as it is kept; without a payload of its own it has that of its kind."""

    event: str
    is_chosen: bool
    columns: dict[str, str]
    payload: str | None
    format: PayloadFormat


class RuleTest(QObject):
    """Tries the present statement on the present event. Belongs to the loop's thread.

    Signals:
        eventChanged: The event's kind or values are others: fill the form anew.
        resultChanged: `result` and `changes` are new.
        runningChanged: Whether a trial is being made or about to be.
        typed: The payload or a column is another, by the user's hand.
        habitChanged: `runs_by_itself` is another.
    """

    waits_for_topics: bool
    """Whether nothing is tried until it is known what FROM names, which the event follows."""

    eventChanged = Signal()
    resultChanged = Signal()
    runningChanged = Signal()
    typed = Signal()
    habitChanged = Signal()

    def __init__(self, tasks: Tasks, fields: PayloadFields, parent: QObject | None = None) -> None:
        """Begin with a published message.

        Args:
            tasks: Where trials run.
            fields: Where the last message is taken from.
            parent: Qt's owner.
        """
        super().__init__(parent)
        self._tasks, self._fields = tasks, fields
        self._sql = ""
        self._topics: tuple[str, ...] = ()
        self._actions: dict[str, KafkaAction] = {}
        self._partitions: dict[str, int] = {}
        self._kind = _kind(MESSAGE_PUBLISH)
        self._is_kind_chosen = False
        self._typed: dict[str, str] = {}
        self._payload: str | None = None
        self._format: PayloadFormat = "json"
        self._first = self._content()
        self._result = TrialResult("empty")
        self._changes: tuple[FieldChange, ...] = ()
        self._last_passed = self._result
        self._is_busy = self._must_repeat = False
        self._runs_by_itself = True
        self.waits_for_topics = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.run)

    # What is tried

    @property
    def kind(self) -> EventKind:
        """The event."""
        return self._kind

    @property
    def columns(self) -> list[Column]:
        """The columns of the event besides the payload, the most used first."""
        examples = {**self._kind.example_columns(_now_ms()), **self._followed()}
        names = sorted(set(examples) - _NOT_TYPED, key=lambda name: (_rank(name), name))
        return [
            Column(name, self._typed.get(name, _text_of(examples[name])), name in self._typed)
            for name in names
        ]

    @property
    def has_payload(self) -> bool:
        """Whether the event has a payload."""
        return _PAYLOAD in self._kind.examples

    @property
    def payload(self) -> str:
        """The payload, as text in its format."""
        if self._payload is not None:
            return self._payload
        example = self._kind.examples.get(_PAYLOAD, "")
        return example if isinstance(example, str) else ""

    @property
    def payload_format(self) -> PayloadFormat:
        """How the payload is written."""
        return self._format

    @property
    def last_message_topic(self) -> str:
        """The topic of the message that `use_last` would take; empty when none has come."""
        sample = self._fields.last(self._topics)
        return sample.topic if sample is not None else ""

    @property
    def result(self) -> TrialResult:
        """What the last trial gave."""
        return self._result

    @property
    def does_compile(self) -> bool:
        """Whether the last trial got as far as evaluating; also where there was none yet."""
        return self._result.outcome != "failed" or self._result.took_ms > 0

    @property
    def changes(self) -> tuple[FieldChange, ...]:
        """What differs from the output before."""
        return self._changes

    @property
    def runs_by_itself(self) -> bool:
        """Whether a trial is made a moment after each change, and not only when it is asked for."""
        return self._runs_by_itself

    @runs_by_itself.setter
    def runs_by_itself(self, runs_by_itself: bool) -> None:
        if runs_by_itself != self._runs_by_itself:
            self._runs_by_itself = runs_by_itself
            self.habitChanged.emit()

    @property
    def empty_text(self) -> str:
        """Say how a result comes where there is none yet."""
        if self._runs_by_itself:
            return tr("As soon as there is SQL, its result stands here while you type.")
        text = tr("Once there is SQL, {keys} runs the test, and its result stands here.")
        return text.format(keys=QKeySequence("Ctrl+Enter").toString(_NATIVE))

    @property
    def is_running(self) -> bool:
        """Whether the result is not yet that of what is typed."""
        is_about_to = self._pause.isActive() or (self.runs_by_itself and self.waits_for_topics)
        return self._is_busy or is_about_to

    def set_sql(self, sql: str) -> None:
        """Take another statement."""
        if sql != self._sql:
            self._sql = sql
            self._wait()

    def set_topics(self, topics: tuple[str, ...]) -> None:
        """Take what FROM names now: topic and event follow as long as nobody typed them."""
        if topics == self._topics and not self.waits_for_topics:
            return
        self._topics, self.waits_for_topics = topics, False
        if not self._is_kind_chosen:
            events = {topic: event for event, topic in EVENT_TOPICS.items()}
            current = [LEGACY_TOPICS.get(topic, topic) for topic in topics]
            self._kind = _kind(next((events[t] for t in current if t in events), MESSAGE_PUBLISH))
        self.eventChanged.emit()
        if self._must_repeat and not self._is_busy:  # asked for while that was not known
            self._must_repeat = False
            self.run()
        else:
            self._wait(is_typed=False)

    def set_actions(self, actions: dict[str, KafkaAction]) -> None:
        """Take the Kafka actions whose records are shown."""
        if actions != self._actions:
            self._actions = actions
            self._wait(is_typed=False)

    def set_partitions(self, counts: dict[str, int]) -> None:
        """Take how many partitions the topics of the actions have, by the action's name."""
        if counts != self._partitions:
            self._partitions = counts
            self._wait(is_typed=False)

    def set_kind(self, name: str) -> None:
        """Choose the event."""
        if name != self._kind.name:
            self._kind, self._is_kind_chosen = _kind(name), True
            self._typed = {}
            self.eventChanged.emit()
            self._wait()

    def set_column(self, name: str, text: str) -> None:
        """Type a column."""
        if self._typed.get(name) != text:
            self._typed[name] = text
            self.typed.emit()
            self._wait()

    def set_payload(self, text: str) -> None:
        """Type the payload."""
        if text != self.payload:
            self._payload = text
            self.typed.emit()
            self._wait()

    def set_format(self, name: PayloadFormat) -> None:
        """Write the payload in another format; its bytes stay.

        Raises:
            CodecError: They are no text, and the format is for text; nothing was changed.
        """
        if name == self._format:
            return
        self._payload = rewritten(self.payload, self._format, name)
        self._format = name
        self.eventChanged.emit()
        self._wait()

    def use_last(self) -> bool:
        """Fill in the last message that FROM matches; False when none has come yet."""
        sample = self._fields.last(self._topics)
        if sample is None:
            return False
        message = MqttMessage(sample.topic, sample.payload.encode("utf-8", "replace"), sample.qos)
        self.take_message(message, sample.client)
        return True

    def take_message(self, message: MqttMessage, client: str = "") -> None:
        """Fill in a message that was received or sent.

        Args:
            message: Topic, payload, QoS, retain flag and MQTT 5 properties.
            client: Who published it; empty takes the user property `clientid`, if there is one.
        """
        pairs = message.properties.user_properties if message.properties is not None else ()
        self._kind, self._is_kind_chosen = _kind(MESSAGE_PUBLISH), False
        self._typed = {"topic": message.topic, "qos": str(message.qos)}
        if client := client or dict(pairs).get(_CLIENT, ""):
            self._typed[_CLIENT] = client
        if pairs:
            self._typed[_PROPERTIES] = _json(
                {
                    "User-Property": dict(pairs),
                    "User-Property-Pairs": [{"key": name, "value": value} for name, value in pairs],
                }
            )
        if message.retain:
            self._typed["flags"] = _json({"retain": True, "dup": False})
        self._format = fitting_format(message.payload)
        self._payload = payload_text(message.payload, self._format)
        self.eventChanged.emit()
        self._wait()

    def take_event(self, event: str, columns: Mapping[str, Value]) -> None:
        """Fill in an event whose columns are known, such as that of a stored test.

        Args:
            event: Its kind; an unknown one is taken for a published message.
            columns: Values by name; the others are the examples of the kind.
        """
        self._kind = event_kind(event) or _kind(MESSAGE_PUBLISH)
        self._is_kind_chosen = self._kind.name != MESSAGE_PUBLISH
        known = self._kind.examples
        self._typed = {
            name: _text_of(value) for name, value in columns.items() if name not in _NOT_TYPED
        }
        payload = columns.get(_PAYLOAD, known.get(_PAYLOAD, ""))
        self._format = "json"
        self._payload = payload if isinstance(payload, str) else _text_of(payload)
        if fitting_format(str_to_bytes(self._payload)) != "json":
            self._format = "text"
        self.eventChanged.emit()
        self._wait()

    def begin(self) -> None:
        """Take the present event for what the form begins with."""
        self._first = self._content()

    def to_keep(self) -> dict[str, Any] | None:
        """Give the event as it was typed, for `take_kept`; None for what was begun with."""
        content = self._content()
        return content if content != self._first else None

    def take_kept(self, values: dict[str, Any]) -> None:
        """Fill in an event of an earlier start; one of another form is left out."""
        try:
            kept = msgspec.convert(values, _Typed)
        except msgspec.ValidationError:
            return
        kind = event_kind(kept.event)
        if kind is None:
            return
        self._kind, self._is_kind_chosen = kind, kept.is_chosen
        self._typed, self._payload, self._format = kept.columns, kept.payload, kept.format
        self.eventChanged.emit()
        self._wait()

    def _content(self) -> dict[str, Any]:
        """Give what the user has made of the event, as plain data."""
        event = self._kind.name if self._is_kind_chosen or self._typed else MESSAGE_PUBLISH
        columns, payload = dict(self._typed), self._payload
        return msgspec.to_builtins(
            _Typed(event, self._is_kind_chosen, columns, payload, self._format)
        )

    def trial_input(self) -> TrialInput:
        """Give what is tried: statement, event and actions.

        Raises:
            CodecError: The payload is not in its format.
        """
        return TrialInput(
            self._sql, self._kind, self._context(), self._actions, dict(self._partitions)
        )

    @Slot()
    def run(self) -> None:
        """Try at once."""
        self._pause.stop()
        if self._tasks.is_over:
            return
        if self._is_busy or self.waits_for_topics:
            self._must_repeat = True
            return
        self._is_busy = True
        self.runningChanged.emit()
        self._tasks.start(self._try(), "try a rule")

    async def _try(self) -> None:
        try:
            given = self.trial_input()
            result = await asyncio.to_thread(try_rule, given)
        except CodecError as exc:
            result = TrialResult("failed", self._sql, sentence=exc.message, advice=exc.hint)
        finally:
            self._is_busy = False
        if not isValid(self):  # its page was closed meanwhile
            return
        if result.outcome == "passed":
            self._changes = changes(self._last_passed, result)
            self._last_passed = result
        self._result = result
        if self._must_repeat:
            self._must_repeat = False
            self.run()
        self.resultChanged.emit()
        self.runningChanged.emit()

    def _wait(self, *, is_typed: bool = True) -> None:
        """Try in a moment; a result of what was typed before is no longer shown where not."""
        if self.runs_by_itself:
            self._pause.start()
        elif is_typed and self._result.outcome != "empty":
            self._result, self._changes = TrialResult("empty"), ()
            self.resultChanged.emit()
        self.runningChanged.emit()

    def _context(self) -> dict[str, Value]:
        """Give the columns that were typed, as the values they stand for.

        Raises:
            CodecError: The payload is not in its format.
        """
        examples = self._kind.example_columns(_now_ms())
        context = self._followed()
        for name, text in self._typed.items():
            context[name] = _value_of(text, examples.get(name, ""))
        if self.has_payload:
            context[_PAYLOAD] = bytes_to_str(payload_bytes(self.payload, self._format))
        return context

    def _followed(self) -> dict[str, Value]:
        """Give the topic that FROM asks for, where nobody typed one."""
        if self._kind.topic is not None or "topic" in self._typed:
            return {}
        plain = [topic for topic in self._topics if not topic.startswith("$")]
        return {"topic": concrete(plain[0]) if plain else _FIRST_TOPIC}


def concrete(topic_filter: str) -> str:
    """Name a topic that a filter matches."""
    levels = topic_filter.split("/")
    return "/".join("1" if level in ("+", "#") else level for level in levels)


def _kind(name: str) -> EventKind:
    found = event_kind(name)
    if found is None:  # the list of the form comes from the same table
        raise KeyError(name)
    return found


def _rank(name: str) -> int:
    return _FIRST.index(name) if name in _FIRST else len(_FIRST)


def _text_of(value: Value) -> str:
    match value:
        case str():
            return value
        case Atom(name=name):
            return name
        case _ if value is UNDEFINED:
            return ""
        case _:
            return _json(value)


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _value_of(text: str, example: Value) -> Value:
    """Read a typed text: as JSON where the example is no text, else as it is."""
    if isinstance(example, str | Atom):
        return text
    try:
        return msgspec.json.decode(text)
    except NOT_JSON:
        return text


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
