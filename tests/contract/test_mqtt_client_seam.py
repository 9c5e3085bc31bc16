"""Our client against the installed paho: whatever way bytes arrive, the packets are the same."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.mqtt.client import MqttClient
from core.mqtt.packets import Publish
from core.mqtt.settings import source_settings
from core.mqtt.signin import wait_readable
from core.workspace.mqtt import MqttConnector
from tests.helpers.subscriber import environment_at

CONNACK = {"5.0": b"\x20\x06\x01\x00\x03\x21\x00\x07", "3.1.1": b"\x20\x02\x01\x00"}
SUBACK = {"5.0": b"\x90\x04\x00\x01\x00\x01", "3.1.1": b"\x90\x03\x00\x01\x01"}
PUBLISH = {
    "5.0": b"\x3b\x12\x00\x03a/b\x00\x09\x07\x26\x00\x01k\x00\x01vpay",
    "3.1.1": b"\x3b\x0a\x00\x03a/b\x00\x09pay",
}
LARGE = b"\x30\x84\x01\x00\x01t" + b"x" * 129
PINGRESP = b"\xd0\x00"


def stream(protocol: str) -> bytes:
    large = b"\x30\x84\x01\x00\x01t\x00" + b"x" * 128 if protocol == "5.0" else LARGE
    return CONNACK[protocol] + SUBACK[protocol] + PUBLISH[protocol] + PINGRESP + large


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made


def read_in_parts(
    listener: socket.socket, folder: Path, protocol: str, parts: list[bytes]
) -> tuple[list[Publish], MqttClient]:
    connector = MqttConnector(name="plant", server="mqtt://127.0.0.1", protocol=protocol)
    client = MqttClient(source_settings(connector, "me", environment_at(folder)))
    client.prepared = socket.create_connection(listener.getsockname())
    broker, _ = listener.accept()
    found: list[Publish] = []
    client.on_packet = lambda publish, _size: found.append(publish)
    client.open()
    with broker:
        for part in parts:
            broker.sendall(part)
            wait_readable(client, 2)
            client.loop_read(100)
        client.abandon()
    return found, client


@pytest.mark.parametrize("protocol", ["5.0", "3.1.1"])
def test_packets_split_at_every_byte_are_read_alike(
    listener: socket.socket, tmp_path: Path, protocol: str
) -> None:
    whole = stream(protocol)
    for split in range(1, len(whole) - 100):  # the rest is inside one payload
        found, client = read_in_parts(listener, tmp_path, protocol, [whole[:split], whole[split:]])
        assert client.closed is None
        assert client.connack is not None
        assert client.connack.session_present
        assert client.answered == [(1, [1])]
        assert [(p.topic, p.qos, p.packet_id, p.retain, p.dup) for p in found] == [
            ("a/b", 1, 9, True, True),
            ("t", 0, 0, False, False),
        ]
        assert found[0].payload == b"pay"
        assert len(found[1].payload) == (128 if protocol == "5.0" else 129)
        assert bool(found[0].properties) == (protocol == "5.0")


def test_acknowledgements_go_out_together_and_in_order(
    listener: socket.socket, tmp_path: Path
) -> None:
    connector = MqttConnector(name="plant", server="mqtt://127.0.0.1")
    client = MqttClient(source_settings(connector, "me", environment_at(tmp_path)))
    client.prepared = socket.create_connection(listener.getsockname())
    broker, _ = listener.accept()
    client.open()
    with broker:
        broker.recv(4096)
        for packet_id in (7, 8, 300):
            client.acknowledge(packet_id)
        client.flush()
        assert broker.recv(4096) == b"\x40\x02\x00\x07\x40\x02\x00\x08\x40\x02\x01\x2c"
        client.abandon()


def test_sign_in_carries_the_connectors_options(listener: socket.socket, tmp_path: Path) -> None:
    connector = MqttConnector(
        name="plant",
        server="mqtt://127.0.0.1",
        username="bridge",
        password="env:TEST_PASSWORD",
        keepalive="2min",
        session_expiry="1h",
        receive_maximum=50,
        max_packet_size="1KB",
        user_properties={"k": "v"},
        will={"topic": "gone", "payload": "bye", "qos": 1, "retain": True, "delay": "5s"},
    )
    client = MqttClient(source_settings(connector, "me", environment_at(tmp_path)))
    client.prepared = socket.create_connection(listener.getsockname())
    broker, _ = listener.accept()
    client.open()
    with broker:
        packet = broker.recv(4096)
        client.abandon()
    flags, keepalive = packet[9], packet[10:12]
    assert packet[2:9] == b"\x00\x04MQTT\x05"
    assert flags == 0b1110_1100  # user name, password, will retained with QoS 1, no clean start
    assert keepalive == b"\x00\x78"
    for part in (
        b"\x11\x00\x00\x0e\x10",  # session expiry 3,600 s
        b"\x21\x00\x32",  # receive maximum
        b"\x27\x00\x00\x04\x00",  # maximum packet size
        b"\x26\x00\x01k\x00\x01v",
        b"\x18\x00\x00\x00\x05",  # will delay
        b"\x00\x04gone\x00\x03bye",
        b"\x00\x06bridge\x00\x05right",
    ):
        assert part in packet
