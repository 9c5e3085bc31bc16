"""The embedded brokers as their users see them: through TCP, from another process."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import paho.mqtt.client as paho
import pytest
from confluent_kafka import OFFSET_BEGINNING, Consumer, Producer, TopicPartition
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from core.sandbox.rumqttd import MAX_PACKET_BYTES
from core.workspace.environment import SandboxAddresses
from tests.helpers.raw_mqtt import open_mqtt
from tests.helpers.wait import PATIENCE_S, eventually

VERSIONS = {"3.1": paho.MQTTv31, "3.1.1": paho.MQTTv311, "5.0": paho.MQTTv5}


@contextmanager
def mqtt_client(
    sandbox: SandboxAddresses, version: str, subscribe: str = "", qos: int = 1
) -> Iterator[tuple[paho.Client, list[paho.MQTTMessage]]]:
    received: list[paho.MQTTMessage] = []
    ready = threading.Event()
    client = paho.Client(paho.CallbackAPIVersion.VERSION2, protocol=VERSIONS[version])

    def on_connect(
        client: paho.Client, data: object, flags: object, reason: object, props: object
    ) -> None:
        if subscribe:
            client.subscribe(subscribe, qos)
        else:
            ready.set()

    client.on_connect = on_connect
    client.on_subscribe = lambda *_: ready.set()
    client.on_message = lambda _client, _data, message: received.append(message)
    host, _, port = sandbox.mqtt.partition(":")
    client.connect(host, int(port))
    client.loop_start()
    try:
        assert ready.wait(PATIENCE_S), f"no session with MQTT {version}"
        yield client, received
    finally:
        client.disconnect()
        client.loop_stop()


@pytest.mark.parametrize("receiver", VERSIONS)
@pytest.mark.parametrize("sender", VERSIONS)
def test_every_version_reaches_every_other_on_one_port(
    sandbox: SandboxAddresses, sender: str, receiver: str
) -> None:
    topic = f"versions/{sender}/{receiver}"
    with (
        mqtt_client(sandbox, receiver, topic) as (_, received),
        mqtt_client(sandbox, sender) as (client, _),
    ):
        client.publish(topic, b"hello", qos=1).wait_for_publish(PATIENCE_S)

        eventually(lambda: received)

    assert [message.payload for message in received] == [b"hello"]


@pytest.mark.parametrize("qos", [0, 1, 2])
@pytest.mark.parametrize("version", ["3.1.1", "5.0"])
def test_messages_of_every_qos_arrive_once_and_in_order(
    sandbox: SandboxAddresses, version: str, qos: int
) -> None:
    topic = f"order/{version}/{qos}"
    with (
        mqtt_client(sandbox, version, topic, qos) as (_, received),
        mqtt_client(sandbox, version) as (client, _),
    ):
        for number in range(500):
            sent = client.publish(topic, str(number), qos=qos)
        sent.wait_for_publish(PATIENCE_S)

        eventually(lambda: len(received) >= 500)

    assert [int(message.payload) for message in received] == list(range(500))


def test_user_properties_arrive(sandbox: SandboxAddresses) -> None:
    properties = Properties(PacketTypes.PUBLISH)
    properties.UserProperty = [("clientid", "dev-1"), ("site", "north")]
    with (
        mqtt_client(sandbox, "5.0", "props/#") as (_, received),
        mqtt_client(sandbox, "5.0") as (client, _),
    ):
        client.publish("props/a", b"1", qos=1, properties=properties).wait_for_publish(PATIENCE_S)

        eventually(lambda: received)

    arrived = received[0].properties
    assert arrived is not None
    assert arrived.UserProperty == [("clientid", "dev-1"), ("site", "north")]


@pytest.mark.parametrize("version", ["3.1.1", "5.0"])
def test_a_retained_message_greets_a_later_subscriber(
    sandbox: SandboxAddresses, version: str
) -> None:
    topic = f"retained/{version}"
    with mqtt_client(sandbox, version) as (client, _):
        client.publish(topic, b"kept", qos=1, retain=True).wait_for_publish(PATIENCE_S)

    with mqtt_client(sandbox, version, topic) as (_, received):
        eventually(lambda: received)

    assert [(message.payload, message.retain) for message in received] == [(b"kept", True)]


def test_a_large_payload_passes(sandbox: SandboxAddresses) -> None:
    payload = bytes(MAX_PACKET_BYTES - 1_000)
    with (
        mqtt_client(sandbox, "5.0", "large") as (_, received),
        mqtt_client(sandbox, "3.1.1") as (client, _),
    ):
        client.publish("large", payload, qos=1).wait_for_publish(PATIENCE_S)

        eventually(lambda: received)

    assert received[0].payload == payload


def test_an_unknown_version_is_refused_in_words_that_clients_know(
    sandbox: SandboxAddresses,
) -> None:
    with open_mqtt(sandbox) as connection:
        connection.sendall(b"\x10\x0e\x00\x04MQTT\x06\x02\x00\x3c\x00\x02me")

        assert connection.recv(16) == b"\x20\x02\x00\x01"
        assert connection.recv(16) == b""


def test_what_is_not_mqtt_is_closed(sandbox: SandboxAddresses) -> None:
    with open_mqtt(sandbox) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n\r\n")

        assert connection.recv(16) == b""


def test_connect_in_single_bytes_is_understood(sandbox: SandboxAddresses) -> None:
    with open_mqtt(sandbox) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in b"\x10\x0e\x00\x04MQTT\x04\x02\x00\x3c\x00\x02b1":
            connection.sendall(bytes([byte]))

        assert connection.recv(16) == b"\x20\x02\x00\x00"


def test_a_client_that_ends_its_side_is_let_go(sandbox: SandboxAddresses) -> None:
    with open_mqtt(sandbox) as connection:
        connection.sendall(b"\x10\x0e\x00\x04MQTT\x04\x02\x00\x3c\x00\x02b2")
        assert connection.recv(16) == b"\x20\x02\x00\x00"

        connection.shutdown(socket.SHUT_WR)

        assert connection.recv(16) == b""


def test_records_written_to_kafka_are_read_back(sandbox: SandboxAddresses) -> None:
    topic = "sandbox-round-trip"
    base = {"bootstrap.servers": sandbox.kafka, "enable.metrics.push": False}
    producer = Producer({**base, "allow.auto.create.topics": True})
    for number in range(100):
        producer.produce(topic, value=str(number), key=b"k", partition=0)
    assert producer.flush(PATIENCE_S) == 0

    consumer = Consumer({**base, "group.id": "unused", "enable.auto.commit": False})
    try:
        consumer.assign([TopicPartition(topic, 0, OFFSET_BEGINNING)])
        records = consumer.consume(100, timeout=PATIENCE_S)
    finally:
        consumer.close()

    assert [int(record.value() or b"") for record in records] == list(range(100))
