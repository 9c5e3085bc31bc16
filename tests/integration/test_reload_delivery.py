"""A workspace changed while records are on their way: nothing is lost, nothing goes twice."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.helpers.engine import RunningEngine, balances, run_publish
from tests.helpers.kafka import Kafka
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.wait import PATIENCE_S, eventually
from tests.helpers.workspaces import write_workspace

pytestmark = [
    pytest.mark.broker,
    pytest.mark.timeout(60),  # the first one may have to start Kafka
]
NOBODY = "127.0.0.1:1"
MESSAGES = 50


class Plant:
    """An engine whose workspace is changed while it runs."""

    def __init__(
        self,
        folder: Path,
        mosquitto: Mosquitto,
        start: Callable[..., RunningEngine],
        topic: str,
        kafka: str,
        options: str = "",
    ) -> None:
        self.topic = topic
        self.path = write_workspace(
            folder,
            mqtt=mosquitto.url,
            kafka=kafka,
            topic=topic,
            topic_filter=f"{topic}/#",
            action_options=options,
        )
        self.engine = start(self.path)
        self.engine.until_running()

    def publish(self, text: str, qos: int) -> None:
        run_publish(
            *(self.path, "plant", f"{self.topic}/x", text),
            *("--qos", str(qos), "--repeat", str(MESSAGES)),
        )

    def change(self, old: str, new: str) -> None:
        """Change the file and have the engine take it over, or say why it does not."""
        text, answers = self.path.read_text(), self._answers
        assert old in text
        self.path.write_text(text.replace(old, new))
        self.engine.process.send_signal(signal.SIGHUP)
        eventually(lambda: self._answers > answers, PATIENCE_S, lambda: self.engine.said)

    @property
    def _answers(self) -> int:
        return self.engine.said.count("Reloaded.") + self.engine.said.count("Not reloaded:")

    def held(self, count: int) -> None:
        self.engine.until(lambda s: waiting(s) == count)


def waiting(snapshot: dict[str, dict[str, dict[str, int]]]) -> int:
    action = snapshot["actions"]["to_kafka"]
    return action["queuing"] + action["inflight"]


@pytest.mark.parametrize("buffer", ["memory", "disk", "hybrid"])
@pytest.mark.parametrize("qos", [0, 1])
def test_records_for_a_wrong_address_go_to_the_right_one(
    tmp_path: Path,
    shared_mosquitto: Mosquitto,
    kafka: Kafka,
    start_engine: Callable[..., RunningEngine],
    buffer: str,
    qos: int,
):
    topic = kafka.topic()
    options = f'buffer = {{ mode = "{buffer}", segment_bytes = "4KB" }}'
    plant = Plant(tmp_path, shared_mosquitto, start_engine, topic, NOBODY, options)
    plant.publish("first", qos)
    plant.held(MESSAGES)
    plant.change(NOBODY, kafka.bootstrap)
    plant.engine.until(lambda s: s["actions"]["to_kafka"]["success"] == MESSAGES)
    plant.publish("second", qos)
    plant.engine.until(lambda s: s["actions"]["to_kafka"]["success"] == 2 * MESSAGES)
    plant.engine.until(lambda s: s["sources"]["plant"]["unacked"] == 0)
    final = plant.engine.stop()
    assert balances(final)
    values = [record.value() for record in kafka.read(topic, 2 * MESSAGES)]
    assert values == [b"first"] * MESSAGES + [b"second"] * MESSAGES


def test_records_in_flight_keep_the_topic_they_were_made_for(
    tmp_path: Path,
    shared_mosquitto: Mosquitto,
    kafka: Kafka,
    start_engine: Callable[..., RunningEngine],
):
    old, new = kafka.topic(), kafka.topic()
    options = 'max_linger_time = "3s"\n'
    plant = Plant(tmp_path, shared_mosquitto, start_engine, old, kafka.bootstrap, options)
    plant.publish("first", 1)
    plant.held(MESSAGES)
    plant.change(f'topic = "{old}"', f'topic = "{new}"')
    plant.engine.until(lambda s: s["actions"]["to_kafka"]["success"] == MESSAGES)
    plant.publish("second", 1)
    plant.engine.until(lambda s: s["actions"]["to_kafka"]["success"] == 2 * MESSAGES)
    assert balances(plant.engine.stop())
    assert {record.value() for record in kafka.read(old, MESSAGES)} == {b"first"}
    assert {record.value() for record in kafka.read(new, MESSAGES)} == {b"second"}


@pytest.mark.parametrize("back", ["memory", "disk"])
def test_backlog_on_disk_is_delivered_whatever_the_buffer_becomes(
    tmp_path: Path,
    shared_mosquitto: Mosquitto,
    kafka: Kafka,
    start_engine: Callable[..., RunningEngine],
    back: str,
):
    topic = kafka.topic()
    options = 'query_mode = "async"\nbuffer = { mode = "disk" }'
    plant = Plant(tmp_path, shared_mosquitto, start_engine, topic, NOBODY, options)
    plant.publish("first", 0)
    plant.held(MESSAGES)
    plant.change('actions = ["to_kafka"]', 'actions = ["console"]')
    plant.publish("nobody's", 0)
    plant.engine.until(lambda s: s["rules"]["all"]["matched"] == 2 * MESSAGES)
    plant.change('actions = ["console"]', 'actions = ["to_kafka"]')
    plant.change('mode = "disk"', f'mode = "{back}"')
    plant.publish("second", 0)
    plant.held(2 * MESSAGES)
    plant.change(NOBODY, kafka.bootstrap)
    plant.engine.until(lambda s: s["actions"]["to_kafka"]["success"] == 2 * MESSAGES, PATIENCE_S)
    assert balances(plant.engine.stop())
    values = sorted(record.value() or b"" for record in kafka.read(topic, 2 * MESSAGES))
    assert values == [b"first"] * MESSAGES + [b"second"] * MESSAGES


def test_connector_that_cannot_be_used_leaves_the_old_one_at_work(
    tmp_path: Path,
    shared_mosquitto: Mosquitto,
    kafka: Kafka,
    start_engine: Callable[..., RunningEngine],
):
    topic = kafka.topic()
    plant = Plant(tmp_path, shared_mosquitto, start_engine, topic, kafka.bootstrap)
    sign_in = 'authentication = { mechanism = "plain", username = "u", password = "env:NOT_SET" }'
    other = f"[connectors.kafka.other]\nbootstrap_hosts = '{NOBODY}'\n{sign_in}\n"
    plant.change("[rules.all]", other + "[rules.all]")
    plant.change('connector = "laptop"', 'connector = "other"')
    eventually(
        lambda: "goes on as before" in plant.engine.said, PATIENCE_S, lambda: plant.engine.said
    )
    plant.publish("still", 1)
    plant.engine.until(lambda s: s["actions"]["to_kafka"]["success"] == MESSAGES)
    assert balances(plant.engine.stop())
