"""When a message is acknowledged, in each query mode, with Kafka there and away."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.helpers.engine import RunningEngine, balances, run_publish
from tests.helpers.kafka import Kafka
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.workspaces import write_workspace

pytestmark = [
    pytest.mark.broker,
    pytest.mark.timeout(60),  # the first one may have to start Kafka
]
NOBODY = "127.0.0.1:1"
MESSAGES = 25


def publish(path: Path, topic: str, qos: int) -> None:
    run_publish(path, "plant", topic, "x", "--qos", str(qos), "--repeat", str(MESSAGES))


@pytest.mark.parametrize("mode", ["async", "sync", "at_least_once"])
@pytest.mark.parametrize("qos", [0, 1, 2])
def test_every_mode_delivers_every_qos(
    tmp_path: Path,
    shared_mosquitto: Mosquitto,
    kafka: Kafka,
    start_engine: Callable[..., RunningEngine],
    mode: str,
    qos: int,
):
    topic = kafka.topic()
    path = write_workspace(
        tmp_path,
        mqtt=shared_mosquitto.url,
        kafka=kafka.bootstrap,
        topic=topic,
        topic_filter=f"{topic}/#",
        mqtt_options="qos = 2",
        action_options=f'query_mode = "{mode}"\nmax_linger_time = "0ms"',
    )
    engine = start_engine(path)
    engine.until_running()
    publish(path, f"{topic}/1", qos)
    engine.until(lambda s: s["actions"]["to_kafka"]["success"] == MESSAGES)
    engine.until(lambda s: s["sources"]["plant"]["unacked"] == 0)
    if mode == "sync":
        assert all(s["actions"]["to_kafka"]["inflight"] <= 1 for s in engine.snapshots)
    assert balances(engine.stop())
    assert len(kafka.read(topic, MESSAGES)) == MESSAGES


@pytest.mark.parametrize(
    ("mode", "unacked"), [("async", 0), ("sync", 0), ("at_least_once", MESSAGES)]
)
def test_acknowledgement_without_kafka(
    tmp_path: Path,
    shared_mosquitto: Mosquitto,
    start_engine: Callable[..., RunningEngine],
    mode: str,
    unacked: int,
):
    topic = tmp_path.name
    path = write_workspace(
        tmp_path,
        mqtt=shared_mosquitto.url,
        kafka=NOBODY,
        topic="nowhere",
        topic_filter=f"{topic}/#",
        action_options=f'query_mode = "{mode}"\nsync_query_timeout = "500ms"',
    )
    engine = start_engine(path)
    engine.until_running()
    publish(path, f"{topic}/1", 1)
    held = engine.until(
        lambda s: (
            s["sources"]["plant"]["received"] == MESSAGES
            and s["sources"]["plant"]["unacked"] == unacked
        )
    )
    action = held["actions"]["to_kafka"]
    assert action["queuing"] + action["inflight"] == MESSAGES
    assert balances(held)
    if mode == "sync":
        assert "500ms" in action["status_reason"]
    engine.process.kill()
