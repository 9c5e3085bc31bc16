"""Load for delivery tests: numbered messages, each acknowledged by the broker."""

from __future__ import annotations

import threading
import time
import uuid
from types import TracebackType

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from tests.helpers.mosquitto import Mosquitto
from tests.helpers.wait import eventually

_WINDOW = 500
_WINDOW_QOS_2 = 20  # Mosquitto hangs up on more


class NumberLoad:
    """Publishes 0, 1, 2, ... as payloads in a thread, until `count` or `stop`.

    Attributes:
        published: How many were handed to the broker.
        acknowledged: How many the broker has acknowledged; at QoS 0, how many were sent.
        refused: How many were never sent, at QoS 0 without a connection.
    """

    def __init__(
        self,
        broker: Mosquitto,
        topic: str,
        count: int,
        per_second: float | None = None,
        qos: int = 1,
    ) -> None:
        self.count = count
        self.published = 0
        self.acknowledged = 0
        self.refused = 0
        self._topic = topic
        self._qos = qos
        self._pause_s = 1 / per_second if per_second else 0.0
        self._room = threading.Semaphore(_WINDOW)
        self._stop = threading.Event()
        self._goes = threading.Event()
        self._goes.set()
        self._client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"load-{uuid.uuid4().hex[:8]}",
            protocol=MQTTProtocolVersion.MQTTv5,
        )
        self._client.max_inflight_messages_set(_WINDOW_QOS_2 if qos == 2 else _WINDOW)
        self._client.reconnect_delay_set(min_delay=1, max_delay=1)
        self._client.on_publish = self._on_publish
        session = Properties(PacketTypes.CONNECT)
        session.SessionExpiryInterval = 3_600  # what is on its way outlives a stopped broker
        self._client.connect("127.0.0.1", broker.port, properties=session)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> NumberLoad:
        self._client.loop_start()
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        self._client.disconnect()
        self._client.loop_stop()

    @property
    def is_done(self) -> bool:
        """Whether everything was published and acknowledged."""
        return self.acknowledged == self.count

    def finish(self, timeout: float) -> None:
        """Wait until the broker has acknowledged everything."""
        eventually(lambda: self.is_done, timeout, lambda: f"{self.acknowledged} of {self.count}")

    def hold(self) -> None:
        """Publish no more for now, and wait for what is on its way."""
        self._goes.clear()
        self._until_acknowledged()

    def go_on(self) -> None:
        """Publish again, once the broker is there."""
        eventually(self._client.is_connected, 20)
        self._goes.set()

    def stop(self) -> int:
        """Publish no more, wait for what is on its way; returns how many were published."""
        self._stop.set()
        self._goes.set()
        self._room.release()
        self._thread.join()
        self._until_acknowledged()
        return self.published

    def _until_acknowledged(self) -> None:
        eventually(
            lambda: self.acknowledged + self.refused == self.published,
            20,
            lambda: f"{self.acknowledged} of {self.published} acknowledged",
        )

    def _run(self) -> None:
        due = time.monotonic()
        while self.published < self.count and not self._stop.is_set():
            self._room.acquire()
            self._goes.wait()
            if self._pause_s:
                due = max(due, time.monotonic() - 1.0) + self._pause_s
                self._stop.wait(max(0.0, due - time.monotonic()))
            if self._stop.is_set():
                return
            told = self._client.publish(self._topic, str(self.published), qos=self._qos)
            self.published += 1
            if self._qos == 0 and told.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
                self.refused += 1  # without a connection nothing is kept at QoS 0
                self._room.release()

    def _on_publish(self, *_: object) -> None:
        self.acknowledged += 1
        self._room.release()
