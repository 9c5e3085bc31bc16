"""What QoS 1 and 2 promise, on real brokers: nothing the MQTT broker acknowledged is ever lost."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.helpers.engine import RunningEngine, balances
from tests.helpers.kafka import Kafka
from tests.helpers.load import NumberLoad
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.numbers import read_numbers
from tests.helpers.wait import PATIENCE_S
from tests.helpers.workspaces import write_workspace

MESSAGES = 20_000
MEMORY = Path("/dev/shm")


@pytest.fixture
def mosquitto() -> Iterator[Mosquitto]:
    """A broker whose files are in memory where the system allows it.

    It saves everything at each change, so that a stop loses nothing; on a disk that is 200
    messages a second.
    """
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        broker = Mosquitto(Path(folder) / "mosquitto")
        broker.start()
        yield broker
        broker.stop()


@pytest.mark.timeout(360)  # twenty thousand messages through the brokers' disks, twice in part
def test_engine_killed_in_the_middle_loses_nothing(
    tmp_path: Path,
    mosquitto: Mosquitto,
    kafka: Kafka,
    start_engine: Callable[..., RunningEngine],
):
    topic = kafka.topic(partitions=4)
    workspace = write_workspace(tmp_path, mqtt=mosquitto.url, kafka=kafka.bootstrap, topic=topic)
    first = start_engine(workspace)
    first.until_running()
    with NumberLoad(mosquitto, "bench/n", MESSAGES) as load:
        first.until(lambda s: s["actions"]["to_kafka"]["success"] > MESSAGES // 10, timeout=60)
        first.process.kill()
        first.wait()
        assert not load.is_done, "the kill came too late to be in the middle"
        second = start_engine(workspace)
        load.finish(timeout=200)
    seen = read_numbers(kafka, topic, MESSAGES, timeout=60)
    second.until(lambda s: not s["sources"]["plant"]["unacked"])
    final = second.stop()
    print(f"{MESSAGES} published, {len(seen)} records, {len(seen) - len(set(seen))} duplicates")
    assert set(range(MESSAGES)) - set(seen) == set()
    assert balances(final)


@pytest.mark.timeout(120)  # Kafka is away for ten seconds and takes some to come back
def test_kafka_stopped_under_load_is_said_and_survived(
    tmp_path: Path,
    mosquitto: Mosquitto,
    private_kafka: Kafka,
    start_engine: Callable[..., RunningEngine],
):
    topic = private_kafka.topic()
    workspace = write_workspace(
        tmp_path, mqtt=mosquitto.url, kafka=private_kafka.bootstrap, topic=topic
    )
    engine = start_engine(workspace)
    engine.until_running()
    with NumberLoad(mosquitto, "bench/n", 1_000_000, per_second=500) as load:
        engine.until(lambda s: s["actions"]["to_kafka"]["success"] > 200)
        private_kafka.stop()
        stopped = time.monotonic()
        down = engine.until(
            lambda s: s["connectors"]["laptop"]["status"] not in ("connected", "connecting")
        )
        assert time.monotonic() - stopped < 5
        assert private_kafka.bootstrap in down["connectors"]["laptop"]["status_reason"]
        engine.until(lambda s: s["uptime_s"] > down["uptime_s"] + 10)
        private_kafka.start()
        engine.until(lambda s: s["connectors"]["laptop"]["status"] == "connected", timeout=30)
        back = engine.latest["actions"]["to_kafka"]["success"]
        engine.until(lambda s: s["actions"]["to_kafka"]["success"] > back + 200, timeout=30)
        published = load.stop()
    seen = read_numbers(private_kafka, topic, published, timeout=30)
    engine.until(lambda s: not s["sources"]["plant"]["unacked"])
    final = engine.stop()
    assert set(seen) == set(range(published))
    assert all(balances(snapshot) for snapshot in engine.snapshots)
    assert final["actions"]["to_kafka"]["failed"] == 0
    print(f"{published} published, {len(seen)} records; said: {down['connectors']['laptop']}")


@pytest.mark.timeout(90)  # Kafka hangs for some seconds, and takes some to come back
def test_hanging_kafka_is_said_though_it_stays_connected(
    tmp_path: Path,
    mosquitto: Mosquitto,
    private_kafka: Kafka,
    start_engine: Callable[..., RunningEngine],
):
    topic = private_kafka.topic()
    workspace = write_workspace(
        tmp_path, mqtt=mosquitto.url, kafka=private_kafka.bootstrap, topic=topic
    )
    engine = start_engine(workspace)
    engine.until_running()
    with NumberLoad(mosquitto, "bench/n", 1_000_000, per_second=100) as load:
        engine.until(lambda s: s["actions"]["to_kafka"]["success"] > 20)
        private_kafka.pause()
        try:
            hangs = engine.until(lambda s: s["connectors"]["laptop"]["status"] == "degraded")
        finally:
            private_kafka.resume()
        reason = hangs["connectors"]["laptop"]["status_reason"]
        assert "has confirmed no record for more than 5 s" in reason
        assert hangs["actions"]["to_kafka"]["status"] == "degraded"
        engine.until(lambda s: s["connectors"]["laptop"]["status"] == "connected", timeout=30)
        published = load.stop()
    seen = read_numbers(private_kafka, topic, published, timeout=30)
    assert set(seen) == set(range(published))
    assert balances(engine.stop())


@pytest.mark.timeout(40)  # thousands of messages, with two packets or four each
@pytest.mark.parametrize("qos", [1, 2])
def test_drain_delivers_what_was_read_and_leaves_the_rest_to_the_session(
    tmp_path: Path,
    mosquitto: Mosquitto,
    kafka: Kafka,
    start_engine: Callable[..., RunningEngine],
    qos: int,
):
    topic = kafka.topic()
    workspace = write_workspace(
        tmp_path,
        mqtt=mosquitto.url,
        kafka=kafka.bootstrap,
        topic=topic,
        mqtt_options=f"qos = {qos}",
    )
    first = start_engine(workspace)
    first.until_running()
    with NumberLoad(mosquitto, "bench/n", 3_000, qos=qos) as load:
        first.until(lambda s: s["actions"]["to_kafka"]["success"] > 0)
        final = first.stop()
        load.finish(timeout=PATIENCE_S)
    action = final["actions"]["to_kafka"]
    assert action["success"] == action["matched"] == final["sources"]["plant"]["received"]
    assert final["sources"]["plant"]["unacked"] == 0
    second = start_engine(workspace, "--until-idle", "1s")
    assert second.wait() == 0
    seen = read_numbers(kafka, topic, 3_000, timeout=PATIENCE_S)
    assert len(seen) == 3_000, "a clean stop must not cause duplicates"
