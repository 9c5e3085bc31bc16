"""Our client against the installed paho: whatever way bytes arrive, the packets are the same."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from core.mqtt.client import MqttClient
from core.mqtt.exactly_once import QoS2Flows
from core.mqtt.message import InboundMessage
from core.mqtt.packets import read_properties
from core.mqtt.settings import source_settings
from core.mqtt.waiting import wait_readable
from core.workspace.mqtt import MqttConnector
from tests.helpers.subscriber import environment_at

PROTOCOLS = ("5.0", "3.1.1")


def sized(first_byte: int, body: bytes) -> bytes:
    """Put a fixed header before a body of less than 16,384 bytes."""
    size = len(body)
    length = bytes((size,)) if size < 128 else bytes((size & 0x7F | 0x80, size >> 7))
    return bytes((first_byte,)) + length + body


EVERY_PROPERTY = (
    b"\x01\x01"  # payload format
    b"\x02\x00\x01\x11\x70"  # message expiry
    b"\x03\x00\x0atext/plain"  # content type
    b"\x08\x00\x03r/s"  # response topic
    b"\x09\x00\x03\x00\xff\x01"  # correlation data
    b"\x0b\x07\x0b\x80\x80\x01"  # two subscription identifiers, one of three bytes
    b"\x26\x00\x01k\x00\x011\x26\x00\x01k\x00\x012\x26\x00\x00\x00\x00"  # user properties
)

# What a broker says to a client that subscribed, unsubscribed and published (packet ids 1 to 5).
CORPUS = {
    "3.1.1": [
        b"\x20\x02\x01\x00",  # CONNACK, session present
        b"\x90\x03\x00\x01\x01",  # SUBACK
        b"\xb0\x02\x00\x02",  # UNSUBACK
        b"\x40\x02\x00\x03",  # PUBACK
        b"\x50\x02\x00\x04",  # PUBREC
        sized(0x3B, b"\x00\x03a/b\x00\x09pay"),  # PUBLISH, QoS 1, retained, again
        sized(0x30, b"\x00\x01t"),  # without payload
        b"\x70\x02\x00\x04",  # PUBCOMP
        b"\xc0\x00",  # PINGREQ
        b"\xd0\x00",  # PINGRESP
        sized(0x30, b"\x00\x02\xc3\xa9" + b"\xff" * 130),  # a length of two bytes
        b"\x62\x02\x00\x07",  # PUBREL of a message that we do not know
        sized(0x34, b"\x00\x01q\x00\x07first"),  # QoS 2
        sized(0x3C, b"\x00\x01q\x00\x07first"),  # the same again
        b"\x62\x02\x00\x07",
        b"\xc0\x00",
        sized(0x35, b"\x00\x01q\x00\x07second"),  # its packet id for another one
        b"\x62\x02\x00\x07",
        b"\x62\x02\x00\x07",
    ],
    "5.0": [
        b"\x20\x06\x01\x00\x03\x21\x00\x07",
        b"\x90\x04\x00\x01\x00\x01",
        b"\xb0\x04\x00\x02\x00\x00",
        b"\x40\x04\x00\x03\x10\x00",  # nobody listens
        b"\x50\x02\x00\x04",
        b"\x50\x04\x00\x05\x87\x00",  # refused
        sized(0x3B, b"\x00\x03a/b\x00\x09\x07\x26\x00\x01k\x00\x01vpay"),
        sized(0x30, b"\x00\x01t\x00"),
        b"\x70\x02\x00\x04",
        b"\xc0\x00",
        b"\xd0\x00",
        sized(0x30, b"\x00\x02\xc3\xa9\x86\x01\x03\x00\x83" + b"c" * 131 + b"\xff" * 20),
        b"\x62\x02\x00\x07",
        sized(0x33, b"\x00\x01e\x00\x0a" + sized(0, EVERY_PROPERTY)[1:] + b"every"),
        sized(0x34, b"\x00\x01q\x00\x07\x02\x01\x01first"),
        sized(0x3C, b"\x00\x01q\x00\x07\x02\x01\x01first"),
        b"\x62\x02\x00\x07",
        b"\xc0\x00",
        sized(0x35, b"\x00\x01q\x00\x07\x00second"),
        b"\x62\x03\x00\x07\x00",  # with a reason, and below with properties
        b"\x62\x0b\x00\x07\x92\x07\x26\x00\x01k\x00\x01v",
    ],
}


FAREWELL = {
    "3.1.1": b"",
    "5.0": sized(0xE0, b"\x8b\x0c\x1f\x00\x09goodbye!!"),  # DISCONNECT, server shutting down
}


class PahoReading(MqttClient):
    """The same client, reading as paho does.

    paho hands a QoS 2 message on at its PUBREL, and the last of its repeats; it leaves PUBCOMP to
    the application.
    """

    messages: list[tuple[Any, ...]]

    def loop_read(self, max_packets: int = 1) -> MQTTErrorCode:
        result = MQTTErrorCode.MQTT_ERR_SUCCESS
        for _ in range(max_packets):
            result = paho.Client.loop_read(self)
        return result

    def _handle_on_message(self, message: paho.MQTTMessage) -> None:
        packed = message.properties.pack() if message.properties is not None else b"\0"
        start = 1 if packed[0] < 0x80 else 2
        self.messages.append(
            (
                message.topic,
                bytes(message.payload),
                message.qos,
                message.retain,
                message.dup and message.qos < 2,
                message.mid,
                sorted(map(repr, read_properties(packed[start:]))),
            )
        )

    def _handle_pubrel(self) -> MQTTErrorCode:
        result = paho.Client._handle_pubrel(self)
        self._send_pubcomp(int.from_bytes(self._in_packet["packet"][:2], "big"))
        return result


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made


class Session:
    """A client that has asked for something, and the broker's end of its connection."""

    def __init__(
        self,
        listener: socket.socket,
        folder: Path,
        protocol: Any,
        kind: type[MqttClient],
        **options: Any,
    ) -> None:
        connector = MqttConnector(
            name="plant", server="mqtt://127.0.0.1", protocol=protocol, **options
        )
        self.client = client = kind(source_settings(connector, "me", environment_at(folder)))
        client.prepared = socket.create_connection(listener.getsockname())
        self.broker, _ = listener.accept()
        self.messages: list[tuple[Any, ...]] = []
        self.flows = QoS2Flows()
        if isinstance(client, PahoReading):
            client.messages = self.messages
        client.on_packet = self._take
        client.on_release = self.flows.release
        client.open()

    def ask(self) -> None:
        """Send what the corpus answers."""
        client = self.client
        if client.settings.is_v5:
            options = Properties(PacketTypes.SUBSCRIBE)
            client.subscribe("a/#", options=paho.SubscribeOptions(qos=1), properties=options)
        else:
            client.subscribe("a/#", 1)
        client.unsubscribe("old")
        client.publish("p", b"1", 1)
        client.publish("p", b"2", 2)
        if client.settings.is_v5:
            client.publish("p", b"3", 2)
        client.flush()

    def _take(self, message: InboundMessage) -> None:
        """Keep what is news, and answer QoS 2 at once, as paho does."""
        if message.qos == 2:
            assert self.flows.open(message)
            is_repeat = self.flows.was_received(message)
            self.flows.receive(message)
            self.client.acknowledge(message.packet_id, 2)
            if is_repeat:
                return
        self.messages.append(
            (
                message.topic,
                message.payload,
                message.qos,
                message.retain,
                message.dup,
                message.packet_id,
                sorted(map(repr, read_properties(message.raw_properties))),
            )
        )

    def receive(self, *parts: bytes, max_packets: int = 100) -> None:
        for part in parts:
            self.broker.sendall(part)
            wait_readable(self.client, 2)
            self.client.loop_read(max_packets)
            if self.client.socket() is not None:
                self.client.flush()

    def end(self) -> tuple[Any, ...]:
        """Close both ends; everything that the client has made of what it received."""
        client = self.client
        if client.socket() is not None:
            client.flush()
        client.abandon()
        written = bytearray()
        with self.broker:
            while data := self.broker.recv(65_536):
                written += data
        # Answers are batched, so their place among other packets is their own; their order is not.
        sent = cut(bytes(written))
        answers = [packet for packet in sent if packet[0] & 0xF0 in (0x40, 0x50, 0x70)]
        others = [packet for packet in sent if packet not in answers]
        return client.closed, client.connack, client.answered, self.messages, answers, others


def cut(stream: bytes) -> list[bytes]:
    """Cut what a client has sent into packets of less than 128 bytes; its last one may be short."""
    packets = []
    while stream:
        end = 2 + stream[1]
        packets.append(stream[:end])
        stream = stream[end:]
    return packets


def outcome(
    listener: socket.socket,
    folder: Path,
    protocol: str,
    parts: list[bytes],
    kind: type[MqttClient] = MqttClient,
) -> tuple[Any, ...]:
    session = Session(listener, folder, protocol, kind)
    session.ask()
    session.receive(*parts)
    if FAREWELL[protocol]:
        session.receive(FAREWELL[protocol])
    return session.end()


def reference(listener: socket.socket, folder: Path, protocol: str) -> tuple[Any, ...]:
    """What paho makes of the corpus; it must have understood all of it."""
    found = outcome(listener, folder, protocol, CORPUS[protocol], PahoReading)
    closed, connack, answered, messages, answers, _ = found
    assert connack is not None
    assert len(answered) == (5 if protocol == "5.0" else 4)
    assert len(messages) == (6 if protocol == "5.0" else 5)
    assert answers == [b"\x70\x02\x00\x07", *[b"\x50\x02\x00\x07"] * 2,
                       b"\x70\x02\x00\x07", b"\x50\x02\x00\x07",
                       *[b"\x70\x02\x00\x07"] * 2]  # fmt: skip
    assert (closed is None) == (protocol == "3.1.1")
    return found


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_packets_cut_at_every_byte_are_read_as_paho_reads_them(
    listener: socket.socket, tmp_path: Path, protocol: str
) -> None:
    expected = reference(listener, tmp_path, protocol)
    whole = b"".join(CORPUS[protocol])
    for cut in range(1, len(whole)):
        found = outcome(listener, tmp_path, protocol, [whole[:cut], whole[cut:]])
        assert found == expected, f"cut at {cut}"


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_packets_that_come_byte_by_byte_are_read_as_paho_reads_them(
    listener: socket.socket, tmp_path: Path, protocol: str
) -> None:
    whole = b"".join(CORPUS[protocol])
    parts = [whole[index : index + 1] for index in range(len(whole))]
    assert outcome(listener, tmp_path, protocol, parts) == reference(listener, tmp_path, protocol)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_corpus_cut_short_anywhere_ends_as_with_paho(
    listener: socket.socket, tmp_path: Path, protocol: str
) -> None:
    whole = b"".join(CORPUS[protocol]) + FAREWELL[protocol]
    for end in range(0, len(whole), 7):
        ends: list[tuple[object, ...]] = []
        for kind in (PahoReading, MqttClient):
            session = Session(listener, tmp_path, protocol, kind)
            session.ask()
            if end:
                session.receive(whole[:end])
            session.broker.shutdown(socket.SHUT_WR)
            wait_readable(session.client, 2)
            session.client.loop_read(100)
            closed, connack, answered, messages, *written = session.end()
            # paho hands QoS 2 on at its PUBREL, we at its PUBLISH.
            others = [message for message in messages if message[2] < 2]
            ends.append((closed, connack, answered, others, *written))
        assert ends[0] == ends[1], f"cut short at {end}"
        assert ends[1][0] is not None


MALFORMED = {
    "length of five bytes": b"\xd0\xff\xff\xff\xff\x01",
    "publish without body": b"\x30\x00",
    "topic longer than its packet": b"\x30\x04\x00\x09ab",
    "topic that is no UTF-8": b"\x30\x04\x00\x01\xffx",
    "no packet id": b"\x32\x03\x00\x01t",
    "unknown packet": b"\xf0\x00",
    "packet type 0": b"\x00\x00",
    "answer to a ping with a body": b"\xd0\x01x",
    "subscription answer without an id": b"\x90\x01\x00",
    "publish answer without an id": b"\x40\x00",
    "packet id 0": b"\x32\x06\x00\x01t\x00\x00\x00",
    "QoS 3": b"\x36\x06\x00\x01t\x00\x01\x00",
    "no topic": b"\x30\x03\x00\x00\x00",
    "release without an id": b"\x62\x00",
    "release with half an id": b"\x62\x01\x00",
    "release with other flags": b"\x60\x02\x00\x01",
    "answer to a subscription that is too long": b"\x90\x81\x80\x80\x01",
}
MALFORMED_5 = {
    "topic alias that was not allowed": b"\x30\x08\x00\x01t\x03\x23\x00\x01x",
    "alias in place of a topic": b"\x30\x07\x00\x00\x03\x23\x00\x01x",
    "properties longer than the packet": b"\x30\x05\x00\x01t\x09\x01",
    "properties without an end": b"\x30\x08\x00\x01t\xff\xff\xff\xff\x01",
}


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("packet", MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_packet_ends_the_connection_after_those_before_it(
    listener: socket.socket, tmp_path: Path, protocol: str, packet: bytes
) -> None:
    good = CORPUS[protocol][0] + sized(0x30, b"\x00\x01t" + b"\x00good")
    for parts in ([good + packet + good], [good, packet]):
        session = Session(listener, tmp_path, protocol, MqttClient)
        session.receive(*parts)
        assert session.client.closed is not None
        assert session.client.closed.how == "malformed"
        assert [message[1].lstrip(b"\0") for message in session.messages] == [b"good"]
        session.end()


@pytest.mark.parametrize("packet", MALFORMED_5.values(), ids=MALFORMED_5.keys())
def test_malformed_properties_end_the_connection(
    listener: socket.socket, tmp_path: Path, packet: bytes
) -> None:
    session = Session(listener, tmp_path, "5.0", MqttClient)
    session.receive(CORPUS["5.0"][0] + packet)
    assert session.client.closed is not None
    assert session.client.closed.how == "malformed"
    assert session.messages == []
    session.end()


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_oversized_message_passes_by_however_it_is_cut(
    listener: socket.socket, tmp_path: Path, protocol: str
) -> None:
    properties = b"" if protocol == "3.1.1" else b"\0"
    large = sized(0x32, b"\x00\x01t\x00\x09" + properties + bytes(3_000))
    small = sized(0x30, b"\x00\x01t" + properties + b"small")
    stream = CORPUS[protocol][0] + large + small
    for at in range(len(CORPUS[protocol][0]) + 1, len(stream), 97):
        session = Session(listener, tmp_path, protocol, MqttClient, max_packet_size=1_000)
        session.receive(stream[:at], stream[at:])
        assert [message[1] for message in session.messages if message[1] == b"small"] == [b"small"]
        assert session.messages[0][5] == 9, "what its acknowledgement needs"
        assert session.client.closed is None
        session.end()


def test_message_before_the_sign_in_is_answered_is_foreign(
    listener: socket.socket, tmp_path: Path
) -> None:
    session = Session(listener, tmp_path, "5.0", MqttClient)
    session.receive(sized(0x30, b"\x00\x01t\x00x"))
    assert session.messages == []
    assert session.client.foreign_start[:1] == b"\x30"
    assert session.client.closed is not None
    session.end()


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_what_one_call_leaves_is_read_by_the_next(
    listener: socket.socket, tmp_path: Path, protocol: str
) -> None:
    packets = [
        sized(0x30, b"\x00\x01t\x00" + str(number).encode().rjust(5)) for number in range(250)
    ]
    session = Session(listener, tmp_path, protocol, MqttClient)
    session.receive(CORPUS[protocol][0] + b"".join(packets) + packets[0][:4], max_packets=101)
    calls = 1
    assert len(session.messages) == 100
    while session.client.has_pending_bytes:
        session.client.loop_read(101)
        calls += 1
    assert calls == 3
    assert [int(message[1].lstrip(b"\0")) for message in session.messages] == list(range(250))
    session.receive(packets[0][4:])
    assert len(session.messages) == 251
    session.end()


def test_message_that_closes_the_connection_is_the_last(
    listener: socket.socket, tmp_path: Path
) -> None:
    session = Session(listener, tmp_path, "3.1.1", MqttClient)

    def take(message: InboundMessage) -> None:
        session.messages.append((message.payload,))
        session.client.abandon()

    session.client.on_packet = take
    session.receive(CORPUS["3.1.1"][0] + sized(0x30, b"\x00\x01tx") * 3)
    assert session.messages == [(b"x",)]
    assert not session.client.has_pending_bytes
    session.end()


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
        for packet_id, qos in ((7, 1), (8, 2), (300, 1)):
            client.acknowledge(packet_id, qos)
        client.flush()
        assert broker.recv(4096) == b"\x40\x02\x00\x07\x50\x02\x00\x08\x40\x02\x01\x2c"
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
