"""Waiting for the answer to a message that names a response topic.

Blocks: not for a loop's thread. One thread at a time, but `stop` may come from any.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Final

from core.errors import DeliveryFailed
from core.mqtt.catalogue import REFUSED, failure, reason_text
from core.mqtt.client import MqttClient
from core.mqtt.message import InboundMessage
from core.mqtt.settings import helper_settings
from core.mqtt.signin import sign_in
from core.mqtt.waiting import serve, subscribe_to_new
from core.workspace.environment import Environment
from core.workspace.mqtt import MqttConnector

_POLL_S: Final = 0.1
_GOODBYE_S: Final = 1.0
_CORRELATION: Final = "Correlation-Data"


class ReplyListener:
    """A client of its own that hears one topic, from its subscription on.

    Retained messages are left out: they were there before the question.
    """

    def __init__(
        self, connector: MqttConnector, client_id: str, environment: Environment, topic: str
    ) -> None:
        """Prepare; nothing connects.

        Args:
            connector: Options.
            client_id: The engine's client id there; this client's is derived from it.
            environment: Secrets, certificates, embedded broker.
            topic: Where the answer comes.

        Raises:
            NotConnected: It stands on the embedded broker, and none is running.
        """
        self.topic = topic
        self._settings = helper_settings(connector, client_id, environment, "pub")
        self._client: MqttClient | None = None
        self._heard: deque[InboundMessage] = deque()
        self._is_stopped = threading.Event()

    def open(self) -> None:
        """Sign in and subscribe; an answer that comes from now on is heard.

        Raises:
            ConnectFailed: Not reached, or refused.
            DeliveryFailed: The broker refuses the subscription, or does not answer in time.
            ConfigError: A secret or a certificate file is missing or wrong.
        """
        limit_s = self._settings.connector.connect_timeout.s
        client = self._client = sign_in(self._settings, limit_s)
        client.on_packet = self._hear
        subscribe_to_new(client, self.topic, 0)
        deadline = time.monotonic() + limit_s
        while not client.answered:
            if time.monotonic() >= deadline:
                raise self._failed("did not answer the subscription to", "in time")
            self._pump(_POLL_S)
        code = (client.answered.pop(0)[1] or [REFUSED])[0]
        if code >= REFUSED:
            raise self._failed("refused the subscription to", f"({reason_text(code)})")

    def wait(self, correlation: bytes, timeout_s: float) -> InboundMessage | None:
        """Wait for the answer; None if there is none in time, or after `stop`.

        Args:
            correlation: An answer that carries other correlation data belongs to another
                question. One that carries none is taken.
            timeout_s: How long, at most.

        Raises:
            ConnectFailed: The connection is gone.
        """
        deadline = time.monotonic() + timeout_s
        while not self._is_stopped.is_set():
            while self._heard:
                message = self._heard.popleft()
                found = message.properties().get(_CORRELATION)
                if not isinstance(found, str) or _bytes_of(found) == correlation:
                    return message
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                return None
            self._pump(min(left_s, _POLL_S))
        return None

    def stop(self) -> None:
        """Have `wait` come back soon. Any thread."""
        self._is_stopped.set()

    def close(self) -> None:
        """Disconnect; safe to call twice."""
        client, self._client = self._client, None
        if client is not None:
            client.say_goodbye(_GOODBYE_S)

    def _hear(self, message: InboundMessage) -> None:
        message.received_ms = time.time_ns() // 1_000_000
        if not message.retain:
            self._heard.append(message)

    def _pump(self, timeout_s: float) -> None:
        client = self._client
        if client is None:
            return
        serve(client, timeout_s)
        if client.closed is not None:
            raise failure("closed", self._settings.facts).error

    def _failed(self, what: str, why: str) -> DeliveryFailed:
        return DeliveryFailed(
            f'{self._settings.address} {what} "{self.topic}" {why}.',
            connector=self._settings.connector.name,
            hint=f'Check what the broker allows the client "{self._settings.client_id}" to hear.',
        )


def _bytes_of(text: str) -> bytes:
    """Give binary data back as it came: `packets` reads it into a text."""
    return text.encode("utf-8", "surrogateescape")
