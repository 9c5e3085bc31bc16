"""The publisher when the broker is slow, strict or goes away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.errors import ConfigError, ConnectFailed, DeliveryFailed, NotConnected
from core.mqtt.publisher import Publisher, PublishProperties
from core.workspace.mqtt import MqttConnector
from tests.helpers.mosquitto import Mosquitto, free_port
from tests.helpers.raw_server import RawServer
from tests.helpers.subscriber import environment_at
from tests.helpers.tcp_proxy import TcpProxy
from tests.helpers.wait import PATIENCE_S, eventually

pytestmark = pytest.mark.broker

CONNACK = b"\x20\x03\x00\x00\x00"


def publisher(port: int, folder: Path, **options: Any) -> Publisher:
    connector = MqttConnector(name="plant", server=f"mqtt://127.0.0.1:{port}", **options)
    return Publisher(connector, client_id="engine", environment=environment_at(folder))


def test_lost_connection_is_made_anew_by_the_next_message(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    with TcpProxy(mosquitto.port) as proxy:
        made = publisher(proxy.port, tmp_path)
        made.publish("t", b"1", qos=1)
        proxy.cut()
        made.publish("t", b"2", qos=1)
        assert proxy.accepted == 2
        assert made.client_id in mosquitto.log()
        made.close()


def test_connection_lost_before_the_answer_fails_the_message(tmp_path: Path) -> None:
    with RawServer(CONNACK, b"") as server:
        made = publisher(server.port, tmp_path)
        with pytest.raises(DeliveryFailed, match="closed the connection") as caught:
            made.publish("t", b"1", qos=1)
        assert caught.value.retryable
        assert '"t"' in caught.value.message
        assert made.in_flight == 0


def test_disconnect_of_the_broker_is_explained(tmp_path: Path) -> None:
    with RawServer(CONNACK, b"\xe0\x02\x95\x00") as server:
        made = publisher(server.port, tmp_path)
        receipt = made.submit("t", b"1", qos=1)
        with pytest.raises(NotConnected, match="0x95"):
            made.wait(PATIENCE_S)
        assert receipt.error is not None
        assert receipt.is_done


def test_broker_that_does_not_answer_is_given_up(tmp_path: Path) -> None:
    with RawServer(CONNACK, hangs_up=False) as server:
        made = publisher(server.port, tmp_path)
        with pytest.raises(DeliveryFailed, match=r"did not answer for 1 message\(s\)"):
            made.publish("t", b"1", qos=1, timeout_s=0.1)
        made.submit("t", b"2", qos=1)
        with pytest.raises(DeliveryFailed, match=r"did not answer for 2 message\(s\)"):
            made.wait(0.1)
        made.close(0.1)


def test_messages_ahead_of_their_answers_are_bounded(tmp_path: Path) -> None:
    with RawServer(CONNACK, hangs_up=False) as server:
        made = publisher(server.port, tmp_path)
        for _ in range(1_000):
            made.submit("t", b"", qos=1)
        with pytest.raises(DeliveryFailed, match="1000 message"):
            made.submit("t", b"", qos=1, timeout_s=0.1)
        made.close(0.1)


@pytest.mark.parametrize(
    ("limits", "options", "words"),
    [
        (b"\x27\x00\x00\x00\x20", {}, "takes packets up to 32 bytes"),
        (b"\x24\x00", {"qos": 1}, "takes QoS up to 0"),
        (b"\x25\x00", {"retain": True}, "does not keep retained messages"),
    ],
    ids=["size", "qos", "retain"],
)
def test_limits_of_the_broker_are_kept(
    tmp_path: Path, limits: bytes, options: dict[str, Any], words: str
) -> None:
    connack = bytes((0x20, 3 + len(limits), 0, 0, len(limits))) + limits
    with RawServer(connack, hangs_up=False) as server:
        made = publisher(server.port, tmp_path)
        with pytest.raises(DeliveryFailed, match=words) as caught:
            made.publish("t", b"x" * 100, **options)
        assert caught.value.hint
        assert not caught.value.retryable
        made.close(0.1)


def test_illegal_topic_and_qos_are_refused(mosquitto: Mosquitto, tmp_path: Path) -> None:
    made = publisher(mosquitto.port, tmp_path)
    with pytest.raises(ConfigError, match="wildcard"):
        made.publish("a/#", b"")
    with pytest.raises(ConfigError, match="QoS 3"):
        made.publish("a", b"", qos=3)
    made.close()


def test_unreachable_broker_is_told_by_the_first_message(tmp_path: Path) -> None:
    made = publisher(free_port(), tmp_path)
    with pytest.raises(ConnectFailed, match="Nothing listens"):
        made.publish("t", b"")
    made.pump(0)
    made.close()


def test_properties_are_left_out_with_3_1_1(mosquitto: Mosquitto, tmp_path: Path) -> None:
    made = publisher(mosquitto.port, tmp_path, protocol="3.1.1")
    properties = PublishProperties(content_type="x", message_expiry_s=5, payload_format=1)
    assert made.publish("t", b"", qos=1, properties=properties).error is None
    assert made.publish("t", b"", qos=2, user_properties={"a": "b"}).has_subscribers
    made.close()
    eventually(lambda: f"Client {made.client_id} disconnected" in mosquitto.log())
