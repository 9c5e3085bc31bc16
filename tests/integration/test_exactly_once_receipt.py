"""What QoS 2 promises when the engine dies or its session is lost: no message is lost."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.workspace.environment import SandboxAddresses
from tests.helpers.engine import RunningEngine, balances
from tests.helpers.kafka import Kafka
from tests.helpers.load import NumberLoad
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.numbers import read_numbers
from tests.helpers.packet_proxy import PacketProxy
from tests.helpers.scripted_broker import PUBACK, PUBCOMP, PUBREC, PUBREL, ScriptedBroker, publish
from tests.helpers.scripted_broker import with_id as packet_with_id
from tests.helpers.tcp_proxy import TcpProxy
from tests.helpers.wait import PATIENCE_S, eventually
from tests.helpers.workspaces import write_workspace

MEMORY = Path("/dev/shm")
PROTOCOLS = ("5.0", "3.1.1")
Start = Callable[..., RunningEngine]


@pytest.fixture
def mosquitto() -> Iterator[Mosquitto]:
    """A broker whose files are in memory where the system allows it: it saves at each change."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        broker = Mosquitto(Path(folder) / "mosquitto")
        broker.start()
        yield broker
        broker.stop()


@pytest.mark.broker
@pytest.mark.timeout(60)  # two engines, and a broker that saves at each change
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_engine_killed_between_receipt_and_release_loses_nothing(
    tmp_path: Path, mosquitto: Mosquitto, kafka: Kafka, start_engine: Start, protocol: str
):
    count = 300
    topic = kafka.topic()
    options = f'qos = 2\nprotocol = "{protocol}"\nclient_id = "engine"\nreceive_maximum = 50'

    def workspace(port: int) -> Path:
        return write_workspace(
            tmp_path,
            mqtt=f"mqtt://127.0.0.1:{port}",
            kafka=kafka.bootstrap,
            topic=topic,
            mqtt_options=options,
        )

    with PacketProxy(mosquitto.port, swallows=PUBREL) as proxy:
        first = start_engine(workspace(proxy.port))
        first.until_running()
        with NumberLoad(mosquitto, "bench/n", count, qos=2) as load:
            # Without PUBCOMP the broker's window fills: nothing more comes than what was received.
            first.until(lambda s: s["actions"]["to_kafka"]["success"] and proxy.swallowed)
            load.finish(timeout=20)
            first.until(lambda s: s["actions"]["to_kafka"]["success"] == len(proxy.swallowed))
            first.process.kill()
            first.wait()
    received = len(proxy.swallowed)
    assert 0 < received < count

    second = start_engine(workspace(mosquitto.port))
    seen = read_numbers(kafka, topic, count, timeout=30)
    second.until(lambda s: not s["sources"]["plant"]["unacked"])
    eventually(
        lambda: mosquitto.log().count("Received PUBCOMP from engine") == count,
        PATIENCE_S,
        mosquitto.log,
    )
    final = second.stop()
    assert balances(final)
    assert sorted(seen) == list(range(count)), "what the broker knew to be received came again"
    assert final["sources"]["plant"]["received"] == count - received


@pytest.mark.broker
@pytest.mark.timeout(120)  # thousands of messages, four packets each, through a disk
def test_engine_killed_again_and_again_at_qos_2_loses_nothing(
    tmp_path: Path, mosquitto: Mosquitto, kafka: Kafka, start_engine: Start
):
    least, kills = 5_000, 4
    topic = kafka.topic(partitions=4)
    workspace = write_workspace(
        tmp_path,
        mqtt=mosquitto.url,
        kafka=kafka.bootstrap,
        topic=topic,
        mqtt_options="qos = 2",
    )
    engine = start_engine(workspace)
    engine.until_running()
    with NumberLoad(mosquitto, "bench/n", 1_000_000, per_second=700, qos=2) as load:
        for kill in range(1, kills + 1):
            goal = least * kill // (2 * kills)
            eventually(lambda goal=goal: load.published >= goal, 30)
            engine.until(lambda s: s["actions"]["to_kafka"]["success"], timeout=30)
            engine.process.kill()
            engine.wait()
            engine = start_engine(workspace)
        eventually(lambda: load.published >= least, 30)
        count = load.stop()
    seen = read_numbers(kafka, topic, count, timeout=60)
    engine.until(lambda s: not s["sources"]["plant"]["unacked"])
    final = engine.stop()
    print(f"{count} published, {len(seen)} records, {len(seen) - len(set(seen))} duplicates")
    assert set(range(count)) - set(seen) == set()
    assert balances(final)


@pytest.mark.parametrize("qos", [1, 2])
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_delivery_after_the_session_was_lost_acknowledges_nothing_else(
    tmp_path: Path, sandbox: SandboxAddresses, start_engine: Start, protocol: str, qos: int
):
    """A's record arrives when its packet id means B, whose own record never does."""
    answer = PUBREC if qos == 2 else PUBACK
    kafka_port = int(sandbox.kafka.rpartition(":")[2])
    with ScriptedBroker() as broker, TcpProxy(kafka_port) as slow_kafka:
        workspace = tmp_path / "two.sluicegate.toml"
        workspace.write_text(f"""sluicegate = 1
[connectors.mqtt.plant]
server = "mqtt://127.0.0.1:{broker.port}"
protocol = "{protocol}"
qos = {qos}
reconnect_min = "50ms"

[connectors.kafka.slow]
bootstrap_hosts = "127.0.0.1:{slow_kafka.port}"
allow_auto_topic_creation = true
[connectors.kafka.dead]
bootstrap_hosts = "127.0.0.1:9"

[rules.a]
sql = '''SELECT payload FROM "a"'''
actions = ["to_slow"]
[rules.b]
sql = '''SELECT payload FROM "b"'''
actions = ["to_dead"]

[actions.kafka.to_slow]
connector = "slow"
topic = "late-{protocol}-{qos}"
[actions.kafka.to_dead]
connector = "dead"
topic = "never"
""")
        slow_kafka.pause()
        engine = start_engine(workspace)
        first = broker.sign_in(protocol, session=False)
        first.send(publish(protocol, b"A", qos=qos, packet_id=1, topic=b"a"))
        engine.until(lambda s: s["sources"]["plant"]["received"] == 1)
        first.hang_up()
        second = broker.sign_in(protocol, session=False)
        second.send(publish(protocol, b"B", qos=qos, packet_id=1, topic=b"b"))
        engine.until(lambda s: s["sources"]["plant"]["received"] == 2)
        slow_kafka.resume()
        engine.until(lambda s: s["sources"]["plant"]["late_acks"] == 1)
        assert engine.latest["actions"]["to_slow"]["success"] == 1
        second.send(packet_with_id(PUBREL, 99))
        eventually(lambda: (PUBCOMP, 99) in second.answers())
        assert (answer, 1) not in second.answers()
        assert engine.latest["sources"]["plant"]["unacked"] == 1
