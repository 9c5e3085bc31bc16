"""Republish actions and fallbacks in a real engine, on real brokers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from core.workspace.environment import SandboxAddresses
from core.workspace.mqtt import MqttConnector
from tests.helpers.engine import RunningEngine, balances, run_publish
from tests.helpers.kafka import Kafka
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.subscriber import Subscriber, environment_at

pytestmark = [
    pytest.mark.broker,
    pytest.mark.timeout(60),  # the first one may have to start Kafka
]
MESSAGES = 30
WINDOW = 20


def workspace(folder: Path, *tables: str) -> Path:
    path = folder / "test.sluicegate.toml"
    path.write_text("sluicegate = 1\nid = 'cafe0001'\n" + "".join(tables))
    return path


def connector(name: str, broker: Mosquitto, more: str = "") -> str:
    return (
        f"[connectors.mqtt.{name}]\nserver = '{broker.url}'\nreconnect_min = '100ms'\n"
        f"reconnect_max = '300ms'\n{more}\n"
    )


def rule(topic_filter: str, *actions: str, name: str = "r") -> str:
    return (
        f"[rules.{name}]\nsource = 'plant'\nactions = {list(actions)}\n"
        f"sql = '''SELECT payload, topic, qos FROM \"{topic_filter}\"'''\n"
    )


def republish(topic: str, more: str = "", via: str = "plant", name: str = "copy") -> str:
    return f"[actions.republish.{name}]\nconnector = '{via}'\ntopic = '{topic}'\n{more}\n"


def publish(path: Path, topic: str, *options: str, repeat: int = 1) -> None:
    run_publish(path, "plant", topic, "hello", "--repeat", str(repeat), *options)


def subscriber(folder: Path, broker: Mosquitto, topic_filter: str, **options: object) -> Subscriber:
    made = MqttConnector.model_validate(
        {"name": "watch", "server": broker.url, "qos": 2, **options}
    )
    return Subscriber(made, environment_at(folder), (topic_filter,), client_id=folder.name)


@pytest.mark.parametrize("protocol", ["5.0", "3.1.1"])
@pytest.mark.parametrize("qos", [0, 1, 2])
def test_messages_are_published_again_at_every_qos(
    tmp_path: Path,
    shared_mosquitto: Mosquitto,
    start_engine: Callable[..., RunningEngine],
    protocol: str,
    qos: int,
):
    base = tmp_path.name
    path = workspace(
        tmp_path,
        connector("plant", shared_mosquitto, f"protocol = '{protocol}'"),
        rule(f"{base}/in/#", "copy"),
        republish(f"{base}/out/${{topic}}", "qos = '${qos}'"),
    )
    with subscriber(tmp_path, shared_mosquitto, f"{base}/out/#") as watch:
        watch.until_subscribed()
        engine = start_engine(path)
        engine.until_running()
        publish(path, f"{base}/in/1", "--qos", str(qos), repeat=MESSAGES)
        watch.until_received(MESSAGES)
        engine.until(lambda s: s["actions"]["copy"]["success"] == MESSAGES)
        final = engine.stop()
    assert balances(final)
    assert final["sources"]["plant"]["unacked"] == 0
    assert final["rules"]["r"]["actions.success"] == MESSAGES
    first = watch.messages[0]
    granted = min(qos, 1)  # the engine subscribes at QoS 1, so that is what its rule sees
    assert (first.topic, first.payload) == (f"{base}/out/{base}/in/1", b"hello")
    assert first.qos == granted
    if protocol == "5.0":
        assert first.user_property("clientid") == "r"


def test_rule_that_hears_itself_republishes_once(
    tmp_path: Path, shared_mosquitto: Mosquitto, start_engine: Callable[..., RunningEngine]
):
    base = tmp_path.name
    path = workspace(
        tmp_path,
        connector("plant", shared_mosquitto),
        rule(f"{base}/#", "there"),
        rule(f"{base}/there", "back", name="other"),
        republish(f"{base}/there", name="there"),
        republish(f"{base}/back", name="back"),
    )
    engine = start_engine(path)
    engine.until_running()
    publish(path, f"{base}/x")
    # x, there (by r), back (by other); each comes to r once, and r leaves its own alone.
    engine.until(lambda s: s["rules"]["r"]["matched"] == 3)
    publish(path, f"{base}/y")
    engine.until(lambda s: s["rules"]["r"]["matched"] == 6)
    final = engine.stop()
    assert final["rules"]["r"]["matched"] == 6, "and no more"
    assert final["actions"]["there"]["success"] == final["actions"]["back"]["success"] == 2
    assert final["actions"]["there"]["dropped"] == 4
    assert balances(final)


def test_rule_that_hears_itself_stops_on_the_embedded_broker_too(
    tmp_path: Path, sandbox: SandboxAddresses, start_engine: Callable[..., RunningEngine]
):
    base = tmp_path.name
    path = workspace(
        tmp_path,
        "[connectors.mqtt.plant]\nserver = 'sandbox'\n",
        rule(f"{base}/#", "there"),
        republish(f"{base}/there", "qos = 1", name="there"),
    )
    option = ("--sandbox", str(sandbox))
    engine = start_engine(path, *option)
    engine.until_running()
    publish(path, f"{base}/x", "--qos", "1", *option)
    engine.until(lambda s: s["rules"]["r"]["matched"] == 2)
    publish(path, f"{base}/y", "--qos", "1", *option)
    engine.until(lambda s: s["rules"]["r"]["matched"] == 4)
    final = engine.stop()
    assert final["rules"]["r"]["matched"] == 4, "and no more"
    assert (final["actions"]["there"]["success"], final["actions"]["there"]["dropped"]) == (2, 2)
    assert balances(final)


@pytest.mark.timeout(40)  # a broker that comes late, and an engine that waits for it
def test_source_is_acknowledged_when_the_other_broker_has_the_copy(
    tmp_path: Path,
    mosquitto: Mosquitto,
    make_mosquitto: Callable[..., Mosquitto],
    start_engine: Callable[..., RunningEngine],
):
    other = make_mosquitto()
    path = workspace(
        tmp_path,
        connector("plant", mosquitto, f"receive_maximum = {WINDOW}"),
        connector("elsewhere", other),
        rule("in/#", "copy"),
        republish("in/1", "qos = 1", via="elsewhere"),
    )
    engine = start_engine(path)
    engine.until_running()
    other.stop()
    engine.until(lambda s: s["connectors"]["elsewhere"]["status"] == "disconnected")
    publish(path, "in/1", "--qos", "1", repeat=MESSAGES)
    held = engine.until(lambda s: s["sources"]["plant"]["unacked"] == WINDOW)
    assert held["actions"]["copy"]["queuing"] == WINDOW
    source = held["sources"]["plant"]
    assert source["status"] == "degraded"
    assert source["status_reason"].startswith(f"Waiting for elsewhere: {WINDOW} unacknowledged")
    assert str(other.port) in held["actions"]["copy"]["status_reason"]
    other.start()
    with subscriber(tmp_path, other, "in/#") as watch:
        watch.until_subscribed()
        engine.until(lambda s: s["actions"]["copy"]["success"] == MESSAGES)
        publish(path, "in/1", "--qos", "1")
        watch.until_received(1)
    final = engine.stop()
    assert final["actions"]["copy"]["success"] == MESSAGES + 1
    assert balances(final)


def test_record_that_kafka_refuses_goes_to_every_kind_of_fallback(
    tmp_path: Path,
    shared_mosquitto: Mosquitto,
    kafka: Kafka,
    start_engine: Callable[..., RunningEngine],
):
    base = tmp_path.name
    small, dead, spare = kafka.topic(max_message_bytes="200"), kafka.topic(), kafka.topic()
    path = workspace(
        tmp_path,
        connector("plant", shared_mosquitto),
        f"[connectors.kafka.lab]\nbootstrap_hosts = '{kafka.bootstrap}'\n",
        rule(f"{base}/in", "main"),
        f"""[actions.kafka.main]
connector = "lab"
topic = "{small}"
message = {{ key = "k", value = "${{payload}}" }}
fallback_actions = [
  {{ kind = "topic", topic = "{dead}" }},
  {{ kind = "reference", name = "spare" }},
  {{ kind = "republish", args = {{ topic = "{base}/dead", payload = "${{payload}}" }} }},
]
[actions.kafka.spare]
connector = "lab"
topic = "{spare}"
message = {{ key = "spare", value = "${{payload}}" }}
""",
    )
    with subscriber(tmp_path, shared_mosquitto, f"{base}/dead") as watch:
        watch.until_subscribed()
        engine = start_engine(path)
        engine.until_running()
        large = "x" * 500
        run_publish(path, "plant", f"{base}/in", large, "--qos", "1")
        watch.until_received(1)
        engine.until(lambda s: s["actions"]["main"]["failed"] == 1)
        engine.until(lambda s: s["sources"]["plant"]["unacked"] == 0)
        final = engine.stop()
    assert watch.payloads == [large.encode()]
    (letter,) = kafka.read(dead, 1)
    headers = dict(letter.headers() or [])
    assert (letter.key(), letter.value()) == (b"k", large.encode())
    assert headers["sluicegate-topic"] == small.encode()
    assert b"max.message.bytes" in headers["sluicegate-reason"]
    assert headers["mqtt-topic"] == f"{base}/in".encode()
    assert [record.key() for record in kafka.read(spare, 1)] == [b"spare"]
    main, rule_counts = final["actions"]["main"], final["rules"]["r"]
    assert main["dead_lettered"] == main["failed"] == main["matched"] == 1
    assert final["actions"]["spare"]["success"] == 1
    assert (rule_counts["actions.total"], rule_counts["actions.failed"]) == (1, 1)
    assert balances(final)
