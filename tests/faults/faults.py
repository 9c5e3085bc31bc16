"""The faults: what is done to a broker under load, and undone again."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from tests.helpers.engine import RunningEngine
from tests.helpers.kafka import Kafka
from tests.helpers.load import NumberLoad
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.tcp_proxy import TcpProxy
from tests.helpers.wait import PATIENCE_S, eventually

DOWN_S: Final = 3.0
_SLOW_TURNS: Final = 12
_SLOW_PAUSE_S: Final = 0.4
_UNSETTLED: Final = 100
_CONNACK: Final = 0x20
_SOME_MESSAGES: Final = 1_000
"""Bytes of about fifty."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a fault acts on.

    Attributes:
        engine: The running engine.
        kafka: Its cluster.
        mosquitto: Its source.
        proxy: What the engine reaches its source through.
        topic: The topic that it writes to.
        client_id: The engine's, at the source.
        load: What is published meanwhile.
    """

    engine: RunningEngine
    kafka: Kafka
    mosquitto: Mosquitto
    proxy: TcpProxy
    topic: str
    client_id: str
    load: NumberLoad

    def go_on(self, seconds: float) -> None:
        """Let the engine go on until its clock says that this time has passed."""
        until = self.engine.latest["uptime_s"] + seconds
        self.engine.until(lambda s: s["uptime_s"] >= until)


Fault: TypeAlias = Callable[[Scene], None]


def kafka_killed(scene: Scene) -> None:
    """End Kafka as a power cut does, and start it again on the same data."""
    scene.kafka.kill()
    scene.go_on(DOWN_S)
    scene.kafka.start()


def kafka_paused(scene: Scene) -> None:
    """Have Kafka stand still with its connections open."""
    scene.kafka.pause()
    try:
        scene.go_on(DOWN_S)
    finally:
        scene.kafka.resume()


def kafka_slow(scene: Scene) -> None:
    """Give Kafka a short moment to work, then a long one to stand, again and again."""
    for _ in range(_SLOW_TURNS):
        kafka_stands(scene, _SLOW_PAUSE_S)


def kafka_stands(scene: Scene, seconds: float) -> None:
    """Have Kafka stand still for less than the engine's clock can tell."""
    scene.kafka.pause()
    end = time.monotonic() + seconds
    eventually(lambda: time.monotonic() >= end, seconds + 5)
    scene.kafka.resume()
    eventually(lambda: bool(scene.kafka.admin.list_topics(timeout=PATIENCE_S).brokers))


def topic_deleted(scene: Scene) -> None:
    """Delete the topic that records go to."""
    scene.kafka.delete(scene.topic)


def partitions_added(scene: Scene) -> None:
    """Give the topic more partitions than the engine knows."""
    scene.kafka.add_partitions(scene.topic, 8)
    scene.go_on(DOWN_S)


def mqtt_stopped(scene: Scene) -> None:
    """Stop the MQTT broker while much is unacknowledged, and start it again on the same data.

    The publisher has nothing on its way then: this is about what the broker has taken.
    """
    scene.kafka.pause()
    try:
        scene.engine.until(lambda s: s["actions"]["to_kafka"]["inflight"] >= _UNSETTLED)
        scene.load.hold()
        scene.mosquitto.stop()
    finally:
        scene.kafka.resume()
    scene.go_on(DOWN_S)
    scene.mosquitto.start()
    scene.load.go_on()


def session_taken_over(scene: Scene) -> None:
    """Open the engine's session from elsewhere, take messages and acknowledge none.

    By hand: a client library would answer QoS 2 with PUBREC by itself.
    """
    with socket.create_connection(("127.0.0.1", scene.mosquitto.port), PATIENCE_S) as intruder:
        intruder.sendall(_resume(scene.client_id))
        taken = intruder.recv(65_536)
        assert taken[0] == _CONNACK
        while len(taken) < _SOME_MESSAGES and (more := intruder.recv(65_536)):
            taken += more


def _resume(client_id: str) -> bytes:
    """Encode a CONNECT of MQTT 5 that continues a session (section 3.1)."""
    flags, keep_alive_s, expiry_s = 0, 60, 3_600
    name = client_id.encode()
    body = b"\x00\x04MQTT\x05" + struct.pack("!BHBBI", flags, keep_alive_s, 5, 0x11, expiry_s)
    body += struct.pack("!H", len(name)) + name
    return bytes([0x10, len(body)]) + body


def network_cut(scene: Scene) -> None:
    """Have everything on the way to and from the MQTT broker stand, then fall."""
    scene.proxy.pause()
    scene.go_on(DOWN_S / 2)
    scene.proxy.cut()
    scene.proxy.resume()


KAFKA_FAULTS: Final[tuple[Fault, ...]] = (
    kafka_killed,
    kafka_paused,
    kafka_slow,
    topic_deleted,
    partitions_added,
)
MQTT_FAULTS: Final[tuple[Fault, ...]] = (mqtt_stopped, session_taken_over, network_cut)
