"""The idempotent producer breaks for good while messages are on their way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.helpers.engine import RunningEngine, balances, run_publish
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.scripted_kafka import ScriptedKafka
from tests.helpers.workspaces import write_workspace

pytestmark = pytest.mark.broker
MESSAGES = 200
OUT_OF_ORDER = 45


@pytest.mark.timeout(60)  # two commands, and a pause of a second before the producer is replaced
def test_every_message_is_delivered_by_the_next_producer(
    tmp_path: Path,
    make_mosquitto: Callable[..., Mosquitto],
    start_engine: Callable[..., RunningEngine],
):
    broker = make_mosquitto()
    with ScriptedKafka(errors=[0, 0, OUT_OF_ORDER]) as kafka:
        workspace = write_workspace(tmp_path, mqtt=broker.url, kafka=kafka.address, topic="t")
        engine = start_engine(workspace)
        engine.until_running()
        run_publish(
            workspace, "plant", "bench/1", "x",
            "--qos", "1", "--repeat", str(MESSAGES), "--rate", "200",
        )  # fmt: skip
        engine.until(lambda s: s["actions"]["to_kafka"]["success"] == MESSAGES)
        final = engine.stop()
        assert kafka.errors == [], "the producer has met the failure"
    assert "started anew" in engine.said
    assert final["actions"]["to_kafka"]["retried"] > 0
    assert final["actions"]["to_kafka"]["failed"] == 0
    assert final["sources"]["plant"]["unacked"] == 0
    assert balances(final)
    latency = final["rules"]["all"]["latency_ms"]
    assert 0 < latency["p50"] <= latency["p99"] <= latency["max"]
