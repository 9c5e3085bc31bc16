"""The connections that one pipeline writes to: Kafka producers, and publishers of MQTT messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from core.bridge.plan import ActionPlan, AnyActionPlan, RepublishPlan
from core.bridge.republisher import RepublishWriter
from core.kafka.options import ProducerGroup, producer_group
from core.kafka.producer import RecordProducer
from core.mqtt.outbound import Outbound
from core.status import Status, worst
from core.workspace.kafka import KafkaConnector
from core.workspace.mqtt import MqttConnector

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.bridge.writer import ActionWriter
    from core.clock import Clock
    from core.workspace.environment import Environment

_ProducerKey: TypeAlias = tuple[KafkaConnector, ProducerGroup]
_CLOSE_S: Final = 0.2
_GOODBYE_S: Final = 1.0


class Outlets:
    """One producer per Kafka connector and set of producer settings, one publisher per MQTT one.

    librdkafka knows acks, linger, compression and partitioner per client, so actions of one
    connector share a client only when these agree.

    Attributes:
        has_unused: Whether a connection may have become superfluous.
    """

    def __init__(self, environment: Environment, clock: Clock) -> None:
        self.has_unused = False
        self._environment = environment
        self._clock = clock
        # By equality: connectors may hold tables, such as the extensions of OAuth, without a hash.
        self._producers: list[tuple[_ProducerKey, RecordProducer]] = []
        self._publishers: list[tuple[MqttConnector, Outbound]] = []

    def prepare(self, plan: AnyActionPlan) -> None:
        """Have every connection that an action needs, its fallbacks' included.

        Raises:
            ConfigError: One cannot be made of its options.
            NotConnected: One stands on the embedded broker, and none is running.
        """
        self.has_unused = True  # should one of them fail
        if isinstance(plan, RepublishPlan):
            self.publisher(plan)
            return
        self.producer(plan)
        for _, republish in plan.republishes:
            self.publisher(republish)

    def producer(self, plan: ActionPlan) -> RecordProducer:
        """Give the producer of an action, connecting it if it is new.

        Raises:
            ConfigError: It cannot be made of its options.
        """
        found = self._producer_of(plan)
        if found is None:
            key = _key_of(plan)
            found = RecordProducer(plan.connector, key[1], self._environment)
            self._producers.append((key, found))
        return found

    def publisher(self, plan: RepublishPlan) -> Outbound:
        """Give the publisher of a republish action, connecting it if it is new.

        Raises:
            NotConnected: It stands on the embedded broker, and none is running.
        """
        for connector, publisher in self._publishers:
            if connector == plan.connector:
                return publisher
        made = Outbound(
            plan.connector,
            client_id=plan.client_id,
            environment=self._environment,
            clock=self._clock,
        )
        self._publishers.append((plan.connector, made))
        made.start()
        return made

    def poll(self) -> None:
        """Serve delivery reports, answers and timers."""
        for _, producer in self._producers:
            producer.poll(0)
        for _, publisher in self._publishers:
            publisher.pump()

    def leave(self, old: AnyActionPlan, writers: Iterable[ActionWriter | RepublishWriter]) -> None:
        """Take note that a writer has left the connection of a plan.

        Records on their way to a cluster that nobody uses any more and that is out of reach come
        back to their writers.
        """
        self.has_unused = True
        if isinstance(old, RepublishPlan):
            return
        producer = self._producer_of(old)
        if producer is None:
            return
        if id(producer) not in _used(writers) and producer.status != "connected":
            producer.purge()

    def drop_unused(self, writers: Iterable[ActionWriter | RepublishWriter]) -> None:
        """Close what no writer sends to any more, once everything on its way has arrived."""
        used = _used(writers)
        idle = [each for _, each in self._producers if id(each) not in used]
        done = {id(each) for each in idle if not len(each)}
        for each in idle:
            if id(each) in done:
                each.close(0)
        self._producers = [pair for pair in self._producers if id(pair[1]) not in done]
        for connector, publisher in list(self._publishers):
            if id(publisher) not in used:
                self._publishers.remove((connector, publisher))
                publisher.close(_GOODBYE_S)
        self.has_unused = len(done) < len(idle)

    def close(self) -> None:
        """Close all; what has no outcome is given up."""
        for _, producer in self._producers:
            producer.close(_CLOSE_S)
        self._producers.clear()
        for _, publisher in self._publishers:
            publisher.close(_GOODBYE_S)
        self._publishers.clear()

    def statuses(self) -> dict[str, tuple[Status, str]]:
        """Tell status and reason per connector: the worst of its connections."""
        found: dict[str, list[RecordProducer | Outbound]] = {}
        for (connector, _), producer in self._producers:
            found.setdefault(connector.name, []).append(producer)
        for connector, publisher in self._publishers:
            found.setdefault(connector.name, []).append(publisher)
        statuses: dict[str, tuple[Status, str]] = {}
        for name, connections in found.items():
            status = worst([each.status for each in connections])
            reasons = [each.status_reason for each in connections if each.status == status]
            statuses[name] = (status, reasons[0])
        return statuses

    def _producer_of(self, plan: ActionPlan) -> RecordProducer | None:
        key = _key_of(plan)
        return next((each for made, each in self._producers if made == key), None)


def _key_of(plan: ActionPlan) -> _ProducerKey:
    return plan.connector, producer_group(plan.action)


def _used(writers: Iterable[ActionWriter | RepublishWriter]) -> set[int]:
    return {
        id(each.publisher if isinstance(each, RepublishWriter) else each.producer)
        for each in writers
    }
