"""Where records go that an action cannot deliver: the kinds of `fallback_actions`.

Each record goes to all fallbacks of its action. Those that refuse it get it again later, so that
nothing is acknowledged to MQTT that nobody has.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeAlias

import msgspec

from core.bridge.deadletters import plain_properties
from core.bridge.metrics import RuleCounters
from core.errors import DeliveryFailed, StoreError
from core.kafka.producer import QueueFull
from core.sql.values import str_to_bytes

if TYPE_CHECKING:
    from core.bridge.deadletters import DeadLetters
    from core.bridge.ports import Producer
    from core.bridge.record import Holder, Output, Record
    from core.clock import Clock
    from core.kafka.producer import Headers
    from core.mqtt.message import InboundMessage

Taken: TypeAlias = "Callable[[Record, Target, str], None]"
"""Told once for each record: the target has it, or refused it for the reason given."""


class Target(Protocol):
    """One fallback of an action. One thread.

    Attributes:
        is_letter: It keeps the record for people, as a dead letter.
        needs_output: It wants the rule's output, which records then carry along.
    """

    is_letter: bool
    needs_output: bool

    def take(self, record: Record, taken: Taken) -> None:
        """Take a record, whose `reason` says why; `taken` is told now or later."""
        ...

    def flush(self) -> None:
        """Finish what was taken in this turn."""
        ...


class FileTarget:
    """Dead letters in a file, written together once a turn."""

    is_letter = True
    needs_output = False

    def __init__(self, letters: DeadLetters) -> None:
        self._letters = letters
        self._waiting: list[tuple[Record, Taken, bytes]] = []

    def take(self, record: Record, taken: Taken) -> None:
        """Keep a record until the next `flush`."""
        self._waiting.append((record, taken, self._letters.letter(record)))

    def flush(self) -> None:
        """Write what came since the last time."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        error = ""
        try:
            self._letters.write([line for _, _, line in waiting])
        except StoreError as exc:
            error = f"{exc.message} {exc.hint}"
        for record, taken, _ in waiting:
            taken(record, self, error)


class TopicTarget:
    """Dead letters in a Kafka topic of the same cluster: the record, with the reason in headers.

    What that topic refuses for good, such as a record that is too large, goes to the file.
    """

    is_letter = True
    needs_output = False

    def __init__(
        self, topic: str, action: str, producer: Producer, last_resort: FileTarget, clock: Clock
    ) -> None:
        self._topic = topic
        self._action = action
        self._producer = producer
        self._last_resort = last_resort
        self._clock = clock

    def take(self, record: Record, taken: Taken) -> None:
        """Send a record; `taken` is told with its delivery report."""

        def report(error: object, _report: object) -> None:
            if error is None:
                taken(record, self, "")
            else:
                self._refuse(record, taken, self._producer.delivery_failure(error, self._topic))

        value = record.value if record.topic else record.message.payload
        try:
            self._producer.produce(
                self._topic, value, record.key, report, 0, self._headers(record), -1
            )
        except QueueFull:
            taken(record, self, f"The dead-letter topic {self._topic} cannot be written now.")
        except DeliveryFailed as exc:
            self._refuse(record, taken, exc)

    def flush(self) -> None:
        """Write what the topic did not take."""
        self._last_resort.flush()

    def _refuse(self, record: Record, taken: Taken, failure: DeliveryFailed) -> None:
        if failure.retryable:
            taken(record, self, f"The dead-letter topic is not written: {failure.message}")
        else:
            self._last_resort.take(record, lambda each, _, error: taken(each, self, error))

    def _headers(self, record: Record) -> Headers:
        message = record.message
        now = datetime.fromtimestamp(self._clock.now_ms() / 1_000, UTC)
        told = {
            "sluicegate-reason": str_to_bytes(record.reason),
            "sluicegate-kind": record.kind.encode(),
            "sluicegate-time": now.isoformat().encode(),
            "sluicegate-rule": record.rule.id.encode(),
            "sluicegate-action": self._action.encode(),
            "sluicegate-topic": str_to_bytes(record.topic),
            "mqtt-topic": str_to_bytes(message.topic),
            "mqtt-payload": message.payload,
            "mqtt-qos": b"%d" % message.qos,
            "mqtt-retain": b"true" if message.retain else b"false",
            "mqtt-properties": msgspec.json.encode(plain_properties(message.properties())),
        }
        return [*(record.headers or ()), *told.items()]


class OtherAction(Protocol):
    """An action that takes what another one could not deliver."""

    def write_fallback(
        self,
        output: Output,
        message: InboundMessage,
        rule: RuleCounters,
        pending: Holder | None,
        lost: Callable[[], None],
        /,
    ) -> None:
        """Deliver an output; `pending` waits for the outcome.

        `lost` is told before that if it cannot be delivered and has no fallbacks of its own.
        """
        ...


class ActionTarget:
    """Another action of the workspace, or a republish of this action's own.

    It counts what it is given as its own; the rule's numbers stay as they are.
    """

    is_letter = False
    needs_output = True

    def __init__(self, find: Callable[[], OtherAction | None], last_resort: FileTarget) -> None:
        """Take a way to find the action, which may be changed meanwhile.

        Args:
            find: Gives the action; None while it is disabled.
            last_resort: Takes what has no rule output any more, or can be delivered nowhere.
        """
        self._find = find
        self._last_resort = last_resort
        self._uncounted: dict[str, RuleCounters] = {}

    def take(self, record: Record, taken: Taken) -> None:
        """Have the other action render and deliver the same output."""
        other = self._find()
        if other is None or record.output is None:
            self._last_resort.take(record, lambda each, _, error: taken(each, self, error))
            return
        rule = self._uncounted.get(record.rule.id)
        if rule is None:  # the rule has counted this record as failed, and counts it once
            rule = self._uncounted[record.rule.id] = RuleCounters(id=record.rule.id)
        waits = _Waits(lambda refusal: taken(record, self, refusal))
        lost = partial(self._keep, record, waits)
        if record.is_kept:
            other.write_fallback(record.output, record.message, rule, waits, lost)
        else:  # nobody waits: the other action's buffer bounds what is on its way
            other.write_fallback(record.output, record.message, rule, None, lost)
        waits.release()

    def _keep(self, record: Record, waits: _Waits) -> None:
        """Have the file take what the other action could not deliver either."""
        waits.hold()
        self._last_resort.take(record, lambda _record, _target, error: waits.release(error))
        if waits.is_over:
            self._last_resort.flush()

    def flush(self) -> None:
        """Write what could not be handed on."""
        self._last_resort.flush()


class _Waits:
    """Waits for the outcomes of one record at another action.

    Attributes:
        is_over: There was nothing left to wait for; what comes later is told to nobody.
    """

    __slots__ = ("_done", "_outstanding", "_refusal", "is_over")

    def __init__(self, done: Callable[[str], None]) -> None:
        self._done = done
        self._outstanding = 1
        self._refusal = ""
        self.is_over = False

    def hold(self) -> None:
        self._outstanding += 1

    def release(self, refusal: str = "") -> None:
        self._outstanding -= 1
        self._refusal = self._refusal or refusal
        if not (self._outstanding or self.is_over):
            self.is_over = True
            self._done(self._refusal)
