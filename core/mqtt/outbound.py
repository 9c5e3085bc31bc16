"""Publishing from a pipeline's thread: nothing here blocks, and the connection is kept up.

A client of its own beside the source's, with no session: what was not answered when a connection
ended comes back to the caller.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias

from paho.mqtt.enums import MQTTErrorCode

from core.errors import ConfigError, DeliveryFailed
from core.mqtt.catalogue import REFUSED, reason_text
from core.mqtt.link import Link, LinkEvents
from core.mqtt.publisher import PublishProperties, pack
from core.mqtt.settings import helper_settings
from core.mqtt.topics import check_topic

if TYPE_CHECKING:
    from paho.mqtt.properties import Properties

    from core.clock import Clock
    from core.mqtt.client import MqttClient
    from core.mqtt.message import InboundMessage
    from core.status import Status
    from core.workspace.environment import Environment
    from core.workspace.mqtt import MqttConnector

Answered: TypeAlias = Callable[[DeliveryFailed | None], None]
"""Told once for each message that was taken: None when the broker has it."""

_IN_FLIGHT: Final = 1_000
_IN_FLIGHT_3_1_1: Final = 20  # 3.1.1 has no words for a limit; Mosquitto's is 20
_HEADER_BYTES: Final = 16
_QUOTA_EXCEEDED: Final = 0x97


class Outbound:
    """Publishes to one broker. One thread, which calls `pump`."""

    def __init__(
        self, connector: MqttConnector, *, client_id: str, environment: Environment, clock: Clock
    ) -> None:
        """Prepare; nothing connects before `start`.

        Args:
            connector: Options.
            client_id: The engine's client id there; this client's is derived from it.
            environment: Secrets, certificates, embedded broker.
            clock: Time.

        Raises:
            NotConnected: It stands on the embedded broker, and none is running.
        """
        self._settings = helper_settings(connector, client_id, environment, "pub")
        self._pending: dict[int, Answered] = {}
        self._room = 0
        events = LinkEvents(self._up, self._down, _nothing, _ignore, _ignore_release)
        self._link = Link(self._settings, clock, events)

    @property
    def is_v5(self) -> bool:
        """Whether messages can have properties."""
        return self._settings.is_v5

    @property
    def status(self) -> Status:
        """Where the connection stands."""
        return self._link.status

    @property
    def status_reason(self) -> str:
        """Why it is not connected: one sentence."""
        return self._link.status_reason

    def start(self) -> None:
        """Begin to connect; returns at once."""
        self._link.start()

    def publish(
        self,
        topic: str,
        payload: bytes,
        qos: int,
        retain: bool,
        properties: PublishProperties | None,
        answered: Answered,
    ) -> bool:
        """Hand a message to the broker; False when it cannot be taken now.

        Args:
            topic: Where to; without wildcards.
            payload: Its bytes.
            qos: 0, 1 or 2; QoS 0 counts as answered when it is written.
            retain: Whether the broker keeps it.
            properties: Left out with 3.1.1.
            answered: Told what became of it, by a later `pump`.

        Raises:
            DeliveryFailed: This message can never be published there.
        """
        client = self._link.client
        if client is None or len(self._pending) >= self._room:
            return False
        self._check(client, topic, payload, qos, retain)
        packed = self._pack(properties)
        info = client.publish(topic, payload, qos, retain, packed)
        if info.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
            return False  # the connection has just ended, as `pump` will notice
        self._pending[info.mid] = answered
        return True

    def pump(self) -> None:
        """Write, read, and tell what was answered. Does not wait."""
        self._link.pump(0)
        client = self._link.client
        if client is None or not client.answered:
            return
        for packet_id, codes in client.answered:
            answered = self._pending.pop(packet_id, None)
            if answered is not None:
                answered(self._refusal(codes[0]) if codes[0] >= REFUSED else None)
        client.answered.clear()

    def close(self, timeout_s: float) -> None:
        """Write what is queued, disconnect and end; blocks at most about `timeout_s`."""
        self._link.close(timeout_s)
        self._down()

    def _up(self, client: MqttClient) -> None:
        client.limit_in_flight(_IN_FLIGHT)
        limit = client.connack.receive_maximum if client.connack is not None else None
        most = _IN_FLIGHT if self._settings.is_v5 else _IN_FLIGHT_3_1_1
        self._room = min(limit or most, most)

    def _down(self) -> None:
        """Give everything back that has no answer."""
        pending, self._pending = self._pending, {}
        failure = DeliveryFailed(
            "The connection ended before the broker had answered.",
            connector=self._settings.connector.name,
            retryable=True,
        )
        for answered in pending.values():
            answered(failure)

    def _refusal(self, code: int) -> DeliveryFailed:
        return DeliveryFailed(
            f"{self._settings.address} did not take the message: {reason_text(code)}.",
            connector=self._settings.connector.name,
            code=code,
            retryable=code == _QUOTA_EXCEEDED,
            hint=f'Check what "{self._settings.client_id}" may publish there.',
        )

    def _pack(self, properties: PublishProperties | None) -> Properties | None:
        if properties is None or not self._settings.is_v5:
            return None
        try:
            return pack(properties)
        except ConfigError as exc:
            raise DeliveryFailed(
                f"The message cannot be published to {self._settings.address}: {exc.message}.",
                connector=self._settings.connector.name,
            ) from exc

    def _check(
        self, client: MqttClient, topic: str, payload: bytes, qos: int, retain: bool
    ) -> None:
        """Refuse what the broker would end the connection for."""
        problem = kind = ""
        try:
            check_topic(topic)
        except ConfigError as exc:
            problem = f"{exc.message}"
        connack = client.connack
        if connack is not None and not problem:
            size = len(payload) + len(topic.encode()) + _HEADER_BYTES
            limit = connack.maximum_packet_size
            if limit is not None and size > limit:
                problem = f"the broker takes packets up to {limit} bytes, this needs {size}"
                kind = "too_large"
            elif qos > connack.maximum_qos:
                problem = f"the broker takes QoS up to {connack.maximum_qos}, this has QoS {qos}"
            elif retain and not connack.retain_available:
                problem = "the broker does not keep retained messages"
        if problem:
            raise DeliveryFailed(
                f"The message cannot be published to {self._settings.address}: {problem}.",
                connector=self._settings.connector.name,
                kind=kind,
            )


def _nothing() -> None:
    """Hear of a change of status, which is read when it is wanted."""


def _ignore(message: InboundMessage) -> None:
    """Take no messages: this client subscribes to nothing."""


def _ignore_release(packet_id: int) -> None:
    """Take no releases either."""
