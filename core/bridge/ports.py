"""What the bridge needs of Kafka and of MQTT brokers; anything that behaves alike can stand in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from core.errors import DeliveryFailed
from core.kafka.producer import DeliveryCallback, Headers
from core.mqtt.publisher import PublishProperties
from core.status import Status


class Producer(Protocol):
    """Sends records to one cluster; used by one thread, which also polls."""

    def produce(
        self,
        topic: str,
        value: bytes | None,
        key: bytes | None,
        on_delivery: DeliveryCallback,
        timestamp_ms: int,
        headers: Headers | None,
        partition: int,
    ) -> None:
        """Queue a record; `partition` -1 leaves the choice to the partitioner.

        Raises:
            QueueFull: Try again after some polling.
            DeliveryFailed: This record can never be sent.
        """
        ...

    def produce_alone(
        self,
        topic: str,
        value: bytes | None,
        key: bytes | None,
        on_delivery: DeliveryCallback,
        timestamp_ms: int,
        headers: Headers | None,
        partition: int,
    ) -> None:
        """Do the same with a record that must not share its fate with others of a batch."""
        ...

    def poll(self, timeout_s: float = 0.0) -> int:
        """Serve delivery reports and events; returns how many."""
        ...

    def partition_count(self, topic: str) -> int:
        """Tell how many partitions a topic has; 0 as long as that is not known."""
        ...

    def delivery_failure(self, error: object, topic: str = "") -> DeliveryFailed:
        """Explain a delivery report's error."""
        ...

    @property
    def status(self) -> Status:
        """How the cluster is reached right now."""
        ...

    @property
    def status_reason(self) -> str:
        """Why, when it is not connected."""
        ...


class MessagePublisher(Protocol):
    """Publishes MQTT messages without blocking; used by one thread, which also pumps it."""

    def publish(
        self,
        topic: str,
        payload: bytes,
        qos: int,
        retain: bool,
        properties: PublishProperties | None,
        answered: Callable[[DeliveryFailed | None], None],
    ) -> bool:
        """Hand a message over; False when it cannot be taken now.

        Raises:
            DeliveryFailed: This message can never be published there.
        """
        ...

    @property
    def status(self) -> Status:
        """How the broker is reached right now."""
        ...

    @property
    def status_reason(self) -> str:
        """Why, when it is not connected."""
        ...
