"""Sources and publishers of one broker that comes and goes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.mqtt.publisher import Publisher
from core.workspace.mqtt import MqttConnector
from tests.helpers.subscriber import Subscriber, environment_at

CONNACK_V5 = b"\x20\x03\x00\x00\x00"

PINGRESP = b"\xd0\x00"


def connector(port: int, **options: Any) -> MqttConnector:
    values = {"reconnect_min": "50ms", "reconnect_max": "200ms", **options}
    return MqttConnector(name="plant", server=f"mqtt://127.0.0.1:{port}", **values)


def subscriber(port: int, folder: Path, *filters: str, **options: Any) -> Subscriber:
    acknowledges = options.pop("acknowledges", True)
    return Subscriber(
        connector(port, **options), environment_at(folder), filters, acknowledges=acknowledges
    )


def publish(port: int, folder: Path, topic: str, *payloads: bytes) -> None:
    publisher = Publisher(
        connector(port), client_id="elsewhere", environment=environment_at(folder)
    )
    for payload in payloads:
        publisher.publish(topic, payload, qos=1)
    publisher.close()
