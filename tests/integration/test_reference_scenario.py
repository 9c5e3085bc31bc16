"""The reference scenario on real Mosquitto and real Apache Kafka, with the README's own file."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.helpers.engine import RunningEngine, balances, sluicegate
from tests.helpers.kafka import Kafka
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.workspaces import readme_workspace

PAYLOAD = '{"temp":"27.5","hum":"41.8"}'
IDENTITY = ["-D", "publish", "user-property", "clientid", "dev-1"]


@pytest.fixture
def workspace(tmp_path: Path, mosquitto: Mosquitto, kafka: Kafka) -> tuple[Path, str]:
    """The README's workspace on this test's brokers, and its Kafka topic."""
    topic = kafka.topic()
    text = readme_workspace()
    for old, new in (
        ("mqtt://127.0.0.1:1883", mosquitto.url),
        ("127.0.0.1:9092", kafka.bootstrap),
        ('topic = "emqx"', f'topic = "{topic}"'),
    ):
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "plant.sluicegate.toml"
    path.write_text(text)
    return path, topic


def publish(broker: Mosquitto, *options: str) -> None:
    """Publish as a device does, with Mosquitto's own client."""
    address = ["-h", "127.0.0.1", "-p", str(broker.port)]
    subprocess.run(
        ["mosquitto_pub", *address, *options, "-t", "temp_hum/emqx", "-m", PAYLOAD], check=True
    )


def test_message_of_a_device_becomes_a_record_and_is_counted(
    workspace: tuple[Path, str],
    mosquitto: Mosquitto,
    kafka: Kafka,
    start_engine: Callable[..., RunningEngine],
):
    path, topic = workspace
    engine = start_engine(path)
    engine.until_running()
    publish(mosquitto, "-V", "5", *IDENTITY)
    [record] = kafka.read(topic, 1)
    assert record.key() == b"dev-1"
    assert record.value() == b'{"temp": 27.5, "hum": 41.8}'

    engine.until(lambda snapshot: snapshot["actions"]["to_emqx"]["success"] == 1)
    final = engine.stop()
    rule, action = final["rules"]["temp_hum"], final["actions"]["to_emqx"]
    assert (rule["matched"], rule["passed"], rule["failed"]) == (1, 1, 0)
    assert (rule["actions.total"], rule["actions.success"]) == (1, 1)
    assert (action["matched"], action["success"]) == (1, 1)
    assert final["sources"]["plant"]["filters"] == {
        "temp_hum/emqx": {"granted_qos": 1, "received": 1}
    }
    assert all(balances(snapshot) for snapshot in engine.snapshots)


def test_publisher_without_the_property_gives_a_null_key_and_validate_says_why(
    workspace: tuple[Path, str],
    mosquitto: Mosquitto,
    kafka: Kafka,
    start_engine: Callable[..., RunningEngine],
):
    path, topic = workspace
    engine = start_engine(path)
    engine.until_running()
    publish(mosquitto, "-V", "mqttv311")
    [record] = kafka.read(topic, 1)
    assert record.key() is None
    assert record.value() == b'{"temp": 27.5, "hum": 41.8}'
    engine.stop()

    said = sluicegate("validate", path)
    assert said.returncode == 0
    text = said.stdout + said.stderr
    assert "a key made from it is null" in text
    assert "user property" in text
