"""The buffer on disk in a real engine: killed with records that Kafka has not seen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.helpers.engine import RunningEngine, balances, run_publish
from tests.helpers.kafka import Kafka
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.workspaces import write_workspace

pytestmark = pytest.mark.broker
MESSAGES = 300
NOBODY = "127.0.0.1:1"
BUFFER = 'query_mode = "async"\nbuffer = { mode = "disk", segment_bytes = "4KB" }'


@pytest.mark.timeout(60)  # starts three engines
def test_records_that_never_saw_kafka_survive_two_kills(
    tmp_path: Path,
    shared_mosquitto: Mosquitto,
    kafka: Kafka,
    start_engine: Callable[..., RunningEngine],
):
    topic = kafka.topic()
    workspace = write_workspace(
        tmp_path,
        mqtt=shared_mosquitto.url,
        kafka=NOBODY,
        topic=topic,
        topic_filter=f"{topic}/#",
        action_options=BUFFER,
    )
    for run in (1, 2):
        engine = start_engine(workspace)
        engine.until_running()
        run_publish(
            *(workspace, "plant", f"{topic}/{run}", f"run {run}"),
            *("--qos", "0", "--repeat", str(MESSAGES)),
        )
        held = engine.until(
            lambda s, n=run * MESSAGES: (
                s["actions"]["to_kafka"]["queuing"] + s["actions"]["to_kafka"]["inflight"] == n
            )
        )
        assert balances(held)
        engine.process.kill()
        engine.wait()
    text = workspace.read_text().replace(NOBODY, kafka.bootstrap)
    workspace.write_text(text)
    engine = start_engine(workspace, "--until-idle", "1s")
    assert engine.wait() == 0, engine.said
    action = engine.latest["actions"]["to_kafka"]
    assert action["recovered"] == action["matched"] == action["success"] == 2 * MESSAGES
    assert all(balances(snapshot) for snapshot in engine.snapshots)
    values = [record.value() for record in kafka.read(topic, 2 * MESSAGES)]
    assert values == [b"run 1"] * MESSAGES + [b"run 2"] * MESSAGES
