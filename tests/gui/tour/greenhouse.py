"""The greenhouse of the pictures: real brokers, a workspace, and devices that publish into it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from confluent_kafka.admin import NewTopic

from core.lab.host import SimulatorHost
from core.mqtt.publisher import Publisher, PublishProperties
from gui.opening import Opened, open_file
from tests.helpers.certificates import make_certificates
from tests.helpers.kafka import PASSWORD, USER, Kafka
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.wait import PATIENCE_S

HERE: Final = Path(__file__).parent
_PASSWORD_NAME: Final = "GREENHOUSE_KAFKA_PASSWORD"
_MQTT_PASSWORD_NAME: Final = "GREENHOUSE_MQTT_PASSWORD"
_MQTT_USER: Final = "bridge"
_TOO_LARGE_BYTES: Final = 1_200_000
_LIMITS: Final = (
    "message_size_limit 0",
    "max_packet_size 16777216",
    "max_inflight_messages 32",
)
_TOPICS: Final = (
    NewTopic("emqx", num_partitions=3),
    NewTopic("plant.alarms", num_partitions=1, config={"max.message.bytes": "1000000"}),
    NewTopic("archive", num_partitions=6),
)
_OTHERS: Final = (
    ("Line 4 packaging", "plant/line-4.toml", 7, 4, 1),
    ("Load test", "load-test.toml", 1, 2, 9),
)
"""Title, file, rules, connectors and age in days of the workspaces that were open before."""


@dataclass(frozen=True, slots=True)
class Greenhouse:
    """What runs, and where its files are.

    Attributes:
        folder: The folder of the user's documents.
        workspace: The workspace file.
        mosquitto: The MQTT broker.
        kafka: The Kafka node.
        devices: Publishes what the workspace's own simulator does not.
    """

    folder: Path
    workspace: Path
    mosquitto: Mosquitto
    kafka: Kafka
    devices: Devices

    def write(self, name: str, *, kafka: str = "") -> Path:
        """Write the workspace under another name, maybe with another Kafka listener."""
        return _write(self.folder / name, "greenhouse.toml", self.mosquitto, kafka or self._sasl)

    @property
    def lost(self) -> str:
        """The listener that sends its clients to an address nobody knows."""
        return self.kafka.address("LOSTSASL")

    @property
    def _sasl(self) -> str:
        return self.kafka.address("SASL")


class Devices:
    """Plants and doors; started once, stopped at the end."""

    def __init__(self, opened: Opened) -> None:
        self._workspace = opened.loaded.partial
        self._environment = opened.environment
        self._host = SimulatorHost()

    def start(self) -> None:
        """Have them publish."""
        for name in self._workspace.simulators:
            self._host.start(name, self._workspace, self._environment)

    async def stop(self) -> None:
        """Have them stop."""
        await asyncio.to_thread(self._host.stop_all)

    async def send_too_large(self) -> None:
        """Publish a reading with a picture in it that no alarm record may be as large as."""
        picture = "/9j/4AAQSkZJRgABAQ" + "A" * _TOO_LARGE_BYTES
        await asyncio.to_thread(self._publish, "plant/3/temp", f'{{"temp":41.2,"img":"{picture}"}}')

    async def send_more_fields(self) -> None:
        """Publish a reading with more fields than most have."""
        payload = '{"temp":"27.5","hum":"41.8","temp_offset":0.2,"temp_unit":"C"}'
        await asyncio.to_thread(self._publish, "temp_hum/emqx", payload)

    def _publish(self, topic: str, payload: str) -> None:
        publisher = Publisher(
            self._workspace.connectors.mqtt["emqx-lab"],
            client_id="camera",
            environment=self._environment,
        )
        try:
            properties = PublishProperties(user_properties=(("clientid", "dev-3"),))
            publisher.publish(topic, payload.encode(), qos=1, properties=properties)
        finally:
            publisher.close()


@contextmanager
def greenhouse(home: Path) -> Iterator[Greenhouse]:
    """Start brokers and write the files into a home folder; ends what it started.

    Blocks for as long as Kafka takes to start, so not for a running loop.
    """
    parts = home / "parts"
    folder = home / "Documents"
    for each in (parts / "kafka", folder):
        each.mkdir(parents=True)
    os.environ[_PASSWORD_NAME] = os.environ[_MQTT_PASSWORD_NAME] = PASSWORD
    mosquitto = Mosquitto(parts / "mosquitto", users={_MQTT_USER: PASSWORD}, extra=_LIMITS)
    kafka = Kafka(parts / "kafka", make_certificates(parts / "kafka"))
    try:
        mosquitto.start()
        kafka.start()
        for made in kafka.admin.create_topics(list(_TOPICS)).values():
            made.result(PATIENCE_S)
        workspace = _write(
            folder / "greenhouse.toml", "greenhouse.toml", mosquitto, kafka.address("SASL")
        )
        devices = _write(parts / "devices.toml", "devices.toml", mosquitto, "")
        yield Greenhouse(folder, workspace, mosquitto, kafka, Devices(open_file(devices)))
    finally:
        kafka.kill()
        mosquitto.stop()


def _write(path: Path, template: str, mosquitto: Mosquitto, kafka: str) -> Path:
    text = (HERE / template).read_text("utf-8")
    for mark, value in (
        ("@MQTT@", mosquitto.url),
        ("@KAFKA@", kafka),
        ("@USER@", USER),
        ("@PASSWORD@", _PASSWORD_NAME),
    ):
        text = text.replace(mark, value)
    path.write_text(text, "utf-8")
    return path


def write_others(folder: Path, now_s: float) -> list[Path]:
    """Write the workspaces that were open before this one, the latest first."""
    written: list[Path] = []
    for title, name, rules, connectors, days in _OTHERS:
        lines = ["sluicegate = 1", f'title = "{title}"']
        for number in range(connectors):
            lines += [f"[connectors.mqtt.line-{number}]", 'server = "mqtt://127.0.0.1:1883"']
        for number in range(rules):
            lines += [f"[rules.rule_{number}]", f"sql = 'SELECT * FROM \"line/{number}\"'"]
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n", "utf-8")
        written_s = now_s - days * 86_400
        os.utime(path, (written_s, written_s))
        written.append(path)
    return written
