"""Publishing on a connector, with a client of its own and no session.

Not for the pipeline thread: connecting and waiting block. One thread at a time.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from core.errors import ConfigError, DeliveryFailed, NotConnected
from core.mqtt.catalogue import REFUSED, disconnect_failure, failure, reason_text
from core.mqtt.client import MqttClient
from core.mqtt.settings import helper_settings
from core.mqtt.signin import sign_in
from core.mqtt.topics import check_topic, too_long
from core.mqtt.waiting import wait_readable
from core.workspace.environment import Environment
from core.workspace.mqtt import MqttConnector

_IN_FLIGHT: Final = 1_000
# 3.1.1 has no words for a limit, and Mosquitto hangs up on the 21st (its max_inflight_messages).
_QOS_2_IN_FLIGHT_3_1_1: Final = 20
_MAX_PACKETS: Final = 500
_NO_SUBSCRIBERS: Final = 0x10
_HEADER_BYTES: Final = 9
DEFAULT_TIMEOUT_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class PublishProperties:
    """MQTT 5 properties of a message; with 3.1.1 there is no place for them."""

    user_properties: tuple[tuple[str, str], ...] = ()
    content_type: str | None = None
    response_topic: str | None = None
    correlation_data: bytes | None = None
    message_expiry_s: int | None = None
    payload_format: int | None = None


class Receipt:
    """What becomes of one message.

    Attributes:
        topic: Where it goes.
        qos: At which it was published.
        is_done: Whether it is settled: written (QoS 0) or answered by PUBACK or PUBCOMP.
        reason_code: Of the answer; 0 is success.
        error: Why it was not taken; None as long as that is not known.
    """

    __slots__ = ("error", "is_done", "qos", "reason_code", "topic")

    def __init__(self, topic: str, qos: int) -> None:
        self.topic = topic
        self.qos = qos
        self.is_done = False
        self.reason_code = 0
        self.error: DeliveryFailed | None = None

    @property
    def has_subscribers(self) -> bool:
        """False if the broker said that nobody is subscribed to it (MQTT 5, QoS 1 and 2)."""
        return self.reason_code != _NO_SUBSCRIBERS


class Publisher:
    """Publishes messages and waits for the broker's answers.

    Connects when the first message comes, and again after the connection was lost.
    """

    def __init__(
        self,
        connector: MqttConnector,
        *,
        client_id: str,
        environment: Environment,
        purpose: Literal["pub", "sim"] = "pub",
    ) -> None:
        """Prepare; nothing connects.

        Args:
            connector: Options.
            client_id: The engine's client id there; this client's is derived from it.
            environment: Secrets, certificates, embedded broker.
            purpose: `pub` for publishing by hand, `sim` for simulators.

        Raises:
            NotConnected: It stands on the embedded broker, and none is running.
        """
        self._settings = helper_settings(connector, client_id, environment, purpose)
        self._client: MqttClient | None = None
        self._pending: dict[int, Receipt] = {}
        self._pending_qos_2 = 0

    @property
    def client_id(self) -> str:
        """Its own client id, `<id>-pub-xxxx`."""
        return self._settings.client_id

    @property
    def is_connected(self) -> bool:
        """Whether there is a connection; one that was just lost may still count."""
        return self._client is not None

    @property
    def in_flight(self) -> int:
        """Messages without an answer."""
        return len(self._pending)

    def connect(self, timeout_s: float | None = None) -> None:
        """Sign in now. Blocks at most `timeout_s`, by default the connector's timeout.

        Raises:
            ConnectFailed: Not reached, or refused; AuthFailed if the credentials were.
            ConfigError: A secret or a certificate file is missing or wrong.
        """
        if self._client is not None:
            return
        limit_s = timeout_s or self._settings.connector.connect_timeout.s
        client = sign_in(self._settings, limit_s)
        client.limit_in_flight(_IN_FLIGHT)
        self._client = client

    def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        qos: int = 0,
        retain: bool = False,
        user_properties: Mapping[str, str] | None = None,
        properties: PublishProperties | None = None,
        timeout_s: float = DEFAULT_TIMEOUT_S,
    ) -> Receipt:
        """Publish one message and wait until it is settled.

        Raises:
            ConnectFailed: The broker is not reached, or refuses us.
            DeliveryFailed: It refused the message, hung up or did not answer in time.
            ConfigError: The topic or a value is not legal.
        """
        if user_properties:
            pairs = tuple(user_properties.items())
            properties = PublishProperties(user_properties=pairs)
        deadline = time.monotonic() + timeout_s
        receipt = self.submit(
            topic, payload, qos=qos, retain=retain, properties=properties, timeout_s=timeout_s
        )
        while not receipt.is_done:
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                raise self._unanswered(timeout_s)
            with contextlib.suppress(NotConnected):  # the receipt knows better what became of it
                self.pump(left_s)
        if receipt.error is not None:
            raise receipt.error
        return receipt

    def submit(
        self,
        topic: str,
        payload: bytes,
        *,
        qos: int = 0,
        retain: bool = False,
        properties: PublishProperties | None = None,
        timeout_s: float = DEFAULT_TIMEOUT_S,
    ) -> Receipt:
        """Queue a message; `pump` or `wait` settles its receipt.

        Blocks only to connect, and while 1,000 messages are unanswered (20 of QoS 2 with 3.1.1).

        Raises:
            ConnectFailed: The broker is not reached, or refuses us.
            DeliveryFailed: It is larger than the broker takes, needs what the broker has not, or
                no message was answered for too long.
            ConfigError: The topic or a value is not legal.
        """
        check_topic(topic)
        client = self._connected()
        self._check_limits(client, topic, payload, qos, retain)
        deadline = time.monotonic() + timeout_s
        while self._is_full(qos):
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                raise self._unanswered(timeout_s)
            self.pump(left_s)
        packed = pack(properties) if properties is not None and self._settings.is_v5 else None
        receipt = Receipt(topic, qos)
        info = client.publish(topic, payload, qos, retain, packed)
        if info.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise self._lost(client)
        self._pending[info.mid] = receipt
        self._pending_qos_2 += qos == 2
        return receipt

    def pump(self, timeout_s: float) -> None:
        """Wait at most `timeout_s` for the broker, then write, read and settle receipts.

        Raises:
            NotConnected: The connection is gone; the receipts in flight have failed.
        """
        client = self._client
        if client is None:
            return
        in_flight = len(self._pending)
        client.flush()
        self._settle(client)
        if len(self._pending) == in_flight:  # nothing to tell the caller at once
            wait_readable(client, timeout_s)
        client.loop_read(_MAX_PACKETS)
        client.loop_misc()
        client.flush()
        self._settle(client)
        if client.closed is not None:
            raise self._lost(client)

    def wait(self, timeout_s: float = DEFAULT_TIMEOUT_S) -> None:
        """Wait until nothing is in flight.

        Raises:
            DeliveryFailed: Something still is.
            NotConnected: The connection is gone.
        """
        deadline = time.monotonic() + timeout_s
        while self._pending:
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                raise self._unanswered(timeout_s)
            self.pump(left_s)

    def close(self, timeout_s: float = 2.0) -> None:
        """Write what is queued and disconnect. Blocks at most about `timeout_s`."""
        if self._client is not None:
            self._client.say_goodbye(timeout_s)
            self._client = None

    def _connected(self) -> MqttClient:
        """Give a client that lives; a connection lost while nobody looked is made anew."""
        if self._client is not None and not self._pending:
            try:
                self.pump(0)
            except NotConnected:
                self._client = None
        if self._client is None:
            self.connect()
        assert self._client is not None  # noqa: S101 - `connect` sets it or raises
        return self._client

    def _is_full(self, qos: int) -> bool:
        if len(self._pending) >= _IN_FLIGHT:
            return True
        limit = _IN_FLIGHT if self._settings.is_v5 else _QOS_2_IN_FLIGHT_3_1_1
        return qos == 2 and self._pending_qos_2 >= limit

    def _settle(self, client: MqttClient) -> None:
        for packet_id, codes in client.answered:
            receipt = self._pending.pop(packet_id, None)
            if receipt is None:
                continue
            receipt.is_done = True
            self._pending_qos_2 -= receipt.qos == 2
            receipt.reason_code = codes[0]
            if codes[0] >= REFUSED:
                receipt.error = DeliveryFailed(
                    f'{self._settings.address} did not take the message to "{receipt.topic}": '
                    f"{reason_text(codes[0])}.",
                    connector=self._settings.connector.name,
                    code=codes[0],
                    hint=f'Check what the broker allows the client "{self.client_id}" to publish.',
                )
        client.answered.clear()

    def _lost(self, client: MqttClient) -> NotConnected:
        closed, facts = client.closed, self._settings.facts
        if closed is not None and closed.how == "disconnect" and closed.code:
            cause = disconnect_failure(closed.code, facts, closed.reason_string).error
        elif closed is not None and closed.how == "keepalive":
            cause = failure("keepalive", facts).error
        else:
            cause = failure("closed", facts).error
        for receipt in self._pending.values():
            receipt.is_done = True
            receipt.error = DeliveryFailed(
                f'{cause.message} It had not answered for the message to "{receipt.topic}".',
                connector=self._settings.connector.name,
                retryable=True,
                hint=cause.hint,
            )
        self._pending.clear()
        self._pending_qos_2 = 0
        client.abandon()
        self._client = None
        return NotConnected(cause.message, connector=self._settings.connector.name, hint=cause.hint)

    def _unanswered(self, timeout_s: float) -> DeliveryFailed:
        return DeliveryFailed(
            f"{self._settings.address} did not answer for {len(self._pending)} message(s) within "
            f"{timeout_s:g} s.",
            connector=self._settings.connector.name,
            retryable=True,
            hint="Check the network and the broker's log; the messages may have arrived.",
        )

    def _check_limits(
        self, client: MqttClient, topic: str, payload: bytes, qos: int, retain: bool
    ) -> None:
        connack = client.connack
        if qos not in (0, 1, 2):
            raise ConfigError(
                f"QoS {qos} does not exist", path="qos", value=qos, hint="use 0, 1 or 2"
            )
        if connack is None:
            return
        size = len(payload) + len(topic.encode()) + _HEADER_BYTES
        limit = connack.maximum_packet_size
        problem = hint = ""
        if limit is not None and size > limit:
            problem = f"takes packets up to {limit} bytes, and this message needs {size}"
            hint = "Publish less, or raise the broker's limit."
        elif qos > connack.maximum_qos:
            problem = f"takes QoS up to {connack.maximum_qos}, and this message has QoS {qos}"
            hint = "Use a lower QoS."
        elif retain and not connack.retain_available:
            problem, hint = "does not keep retained messages", "Publish without retain."
        if problem:
            raise DeliveryFailed(
                f"{self._settings.address} {problem}.",
                connector=self._settings.connector.name,
                hint=hint,
            )


def pack(given: PublishProperties) -> Properties:
    """Give the properties of a PUBLISH in paho's form.

    Raises:
        ConfigError: A text or the correlation data is longer than MQTT has room for.
    """
    _check_length("content type", given.content_type)
    _check_length("response topic", given.response_topic)
    _check_length("correlation data", given.correlation_data)
    for pair in given.user_properties:
        _check_length("name of a user property", pair[0])
        _check_length("value of a user property", pair[1])
    properties = Properties(PacketTypes.PUBLISH)
    for pair in given.user_properties:
        properties.UserProperty = pair
    _set(properties, "ContentType", given.content_type)
    _set(properties, "ResponseTopic", given.response_topic)
    _set(properties, "CorrelationData", given.correlation_data)
    _set(properties, "MessageExpiryInterval", given.message_expiry_s)
    _set(properties, "PayloadFormatIndicator", given.payload_format)
    return properties


def _check_length(what: str, value: str | bytes | None) -> None:
    data = value.encode() if isinstance(value, str) else value
    if data is not None and (wrong := too_long(data)):
        raise ConfigError(f"the {what} {wrong}", hint="shorten it")


def _set(properties: Properties, name: str, value: Sequence[int] | str | int | None) -> None:
    if value is not None:
        setattr(properties, name, value)
