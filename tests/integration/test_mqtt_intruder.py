"""A client that takes our client id for a while, on a real Mosquitto: nothing is lost over it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.mqtt.publisher import Publisher
from core.workspace.mqtt import MqttConnector
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.packet_proxy import PacketProxy
from tests.helpers.scripted_broker import PUBREL
from tests.helpers.subscriber import Subscriber, environment_at

pytestmark = pytest.mark.broker


def client(port: int, folder: Path, *, acknowledges: bool, **options: Any) -> Subscriber:
    connector = MqttConnector(name="plant", server=f"mqtt://127.0.0.1:{port}", **options)
    return Subscriber(connector, environment_at(folder), ("t",), acknowledges=acknowledges)


def publish(port: int, folder: Path, numbers: range, qos: int) -> None:
    publisher = Publisher(
        MqttConnector(name="plant", server=f"mqtt://127.0.0.1:{port}"),
        client_id="elsewhere",
        environment=environment_at(folder),
    )
    for number in numbers:
        publisher.publish("t", b"%d" % number, qos=qos)
    publisher.close()


@pytest.mark.parametrize("clean", [False, True], ids=["our session", "a session of its own"])
@pytest.mark.parametrize("qos", [1, 2])
def test_what_an_intruder_took_and_did_not_acknowledge_comes_to_us(
    mosquitto: Mosquitto, tmp_path: Path, qos: int, clean: bool
) -> None:
    """With PUBRELs lost, the source still knows packet ids that mean other messages afterwards."""
    # Long enough for the intruder to be there before the source takes its id back.
    pace = {"reconnect_min": "2s", "qos": qos}
    with (
        PacketProxy(mosquitto.port, swallows=PUBREL) as proxy,
        client(proxy.port, tmp_path / "ours", acknowledges=True, **pace) as sub,
    ):
        sub.until_subscribed()
        publish(mosquitto.port, tmp_path, range(5), qos)
        sub.until_received(5)
        receipt = "PUBACK" if qos == 1 else "PUBREC"  # what the broker has not read, it sends again
        sub.until(lambda: mosquitto.log().count(f"Received {receipt} from") >= 5)
        intruder = client(
            mosquitto.port, tmp_path / "intruder", acknowledges=False, clean_start=clean, qos=qos
        )
        intruder.source.start()
        intruder.until_subscribed()
        sub.until(lambda: sub.source.status == "disconnected")
        publish(mosquitto.port, tmp_path, range(5, 10), qos)
        intruder.until_received(5)
        ids = {message.packet_id for message in intruder.messages}
        intruder.source.close(1.0)

        sub.until(lambda: {b"%d" % number for number in range(10)} <= set(sub.payloads))
        if clean:
            assert ids & {message.packet_id for message in sub.messages[:5]}, "ids that meet"
        assert sub.source.counters.sessions_lost == 0
        assert sub.source.unacked == 0
        assert len(sub.payloads) == len(set(sub.payloads))
