"""An engine whose state folder cannot be written goes on, and says what it cannot keep."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.helpers.engine import RunningEngine, balances
from tests.helpers.kafka import Kafka
from tests.helpers.load import NumberLoad
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.workspaces import write_workspace

MESSAGES = 100


@pytest.mark.broker
@pytest.mark.timeout(60)  # the first one may have to start Kafka
@pytest.mark.parametrize("qos", [0, 1])
def test_messages_arrive_without_a_state_folder(
    tmp_path: Path,
    shared_mosquitto: Mosquitto,
    kafka: Kafka,
    start_engine: Callable[..., RunningEngine],
    qos: int,
):
    state = Path(os.environ["XDG_STATE_HOME"])
    state.parent.mkdir(parents=True, exist_ok=True)
    state.symlink_to("nowhere")  # permissions would not keep an administrator out
    topic = kafka.topic()
    path = write_workspace(
        tmp_path,
        mqtt=shared_mosquitto.url,
        kafka=kafka.bootstrap,
        topic=topic,
        topic_filter=f"{topic}/#",
        action_options='buffer = { mode = "disk" }',
    )
    engine = start_engine(path)
    engine.until_running()
    with NumberLoad(shared_mosquitto, f"{topic}/1", MESSAGES, qos=qos) as load:
        load.finish(20)
        done = engine.until(lambda s: s["actions"]["to_kafka"]["success"] == MESSAGES)
    if not qos:
        assert "buffer" in done["actions"]["to_kafka"]["status_reason"]
    assert balances(engine.stop())
    assert "mqtt-plant.json cannot be written" in engine.said
    assert "Traceback" not in engine.said
    assert len(kafka.read(topic, MESSAGES)) == MESSAGES
