"""Connecting without blocking the pipeline thread.

paho's connect blocks: name lookup, TCP, TLS, WebSocket. A short-lived daemon thread does it and
hands the client over when it is done; from then on the client belongs to the thread that took it.
A dial that nobody wants any more closes its own client, so giving up needs no waiting.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

from core.errors import AppError
from core.mqtt.client import MqttClient
from core.mqtt.settings import Settings


class Dial:
    """One attempt to connect, up to the sign-in being sent.

    Attributes:
        done: True once there is a result; set before `on_done` is called.
    """

    def __init__(
        self,
        settings: Settings,
        on_done: Callable[[], None],
        *,
        prepared: socket.socket | None = None,
    ) -> None:
        """Start at once.

        Args:
            settings: The connection.
            on_done: Called in the dialling thread, to wake the owner up.
            prepared: An open connection to use in place of a new one.
        """
        self.done = False
        self._settings = settings
        self._on_done = on_done
        self._prepared = prepared
        self._lock = threading.Lock()
        self._abandoned = False
        self._client: MqttClient | None = None
        self._error: AppError | None = None
        threading.Thread(
            target=self._run, name=f"mqtt-dial-{settings.client_id}", daemon=True
        ).start()

    def take(self) -> MqttClient:
        """Take the client over; only after `done`.

        Raises:
            AppError: What kept it from connecting.
        """
        if self._error is not None:
            raise self._error
        assert self._client is not None  # noqa: S101 - `done` is the caller's duty
        return self._client

    def abandon(self) -> None:
        """Want nothing of it any more; its client is closed as soon as there is one."""
        with self._lock:
            self._abandoned = True
            client = self._client
        if client is not None:
            client.abandon()

    def _run(self) -> None:
        client: MqttClient | None = None
        try:
            client = MqttClient(self._settings)
            client.prepared = self._prepared
            client.open()
        except AppError as exc:
            self._error = exc
            if client is not None:
                client.abandon()
        with self._lock:
            self._client = client
            abandoned = self._abandoned
        if abandoned and client is not None:
            client.abandon()
        self.done = True
        if not abandoned:
            self._on_done()
