"""The receiving side of a connection: whatever way a stream is cut, its packets are the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import CodecError
from core.mqtt.message import InboundMessage
from core.mqtt.reader import Packet, PacketReader

ALIAS = b"\x23\x00\x01"
HASH_IN_A_VALUE = b"\x03\x00\x03a#b"  # a content type that holds the byte of an alias


def body(
    topic: bytes, payload: bytes, packet_id: int = 0, properties: bytes | None = None
) -> bytes:
    data = len(topic).to_bytes(2, "big") + topic
    if packet_id:
        data += packet_id.to_bytes(2, "big")
    if properties is not None:
        data += length(properties) + properties
    return data + payload


def length(data: bytes) -> bytes:
    encoded = bytearray()
    number = len(data)
    while True:
        number, digit = divmod(number, 128)
        encoded.append(digit | (0x80 if number else 0))
        if not number:
            return bytes(encoded)


def packet(first_byte: int, data: bytes) -> bytes:
    return bytes((first_byte,)) + length(data) + data


def read(
    stream: bytes, *cuts: int, v5: bool = True, max_bytes: int = 1 << 28
) -> list[InboundMessage | Packet]:
    """Everything that a stream holds, fed in parts that end at the cuts."""
    reader = PacketReader(has_properties=v5, max_bytes=max_bytes)
    found: list[InboundMessage | Packet] = []
    for start, end in zip((0, *cuts), (*cuts, len(stream)), strict=True):
        passed_by = reader.feed(stream[start:end])
        if passed_by is not None:
            found.append(passed_by)
        while (taken := reader.take()) is not None:
            found.append(taken)
    assert not reader.has_unread
    return found


def message(first_byte: int, data: bytes, *, v5: bool) -> InboundMessage:
    (found,) = read(packet(first_byte, data), v5=v5)
    assert isinstance(found, InboundMessage)
    return found


def test_publish_of_3_1_1_is_decoded() -> None:
    found = message(0x3B, body(b"a/b", b"xyz", 258), v5=False)
    assert (found.topic, found.payload, found.qos, found.packet_id) == ("a/b", b"xyz", 1, 258)
    assert found.retain
    assert found.dup
    assert found.raw_properties == b""
    assert found.packet_bytes == 12


def test_publish_of_5_keeps_its_properties_undecoded() -> None:
    found = message(0x30, body(b"t", b"p", 0, b"\x01\x01"), v5=True)
    assert (found.payload, found.raw_properties, found.qos) == (b"p", b"\x01\x01", 0)
    assert not found.retain
    assert not found.dup


def test_properties_longer_than_one_length_byte_are_kept() -> None:
    properties = b"\x03" + (300).to_bytes(2, "big") + b"c" * 300
    found = message(0x30, body(b"t", b"p", 0, properties), v5=True)
    assert found.raw_properties == properties
    assert found.payload == b"p"


def test_payload_may_be_empty_or_any_bytes() -> None:
    assert message(0x30, body(b"t", b""), v5=False).payload == b""
    assert message(0x30, body(b"t", b"\x00\xff"), v5=False).payload == b"\x00\xff"


def test_payload_is_bytes_however_it_came() -> None:
    whole = packet(0x30, body(b"t", b"payload", 0, b""))
    for cut in range(1, len(whole)):
        (found,) = read(whole, cut)
        assert isinstance(found, InboundMessage)
        assert type(found.payload) is bytes


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00",
        b"\x00\x05abc",
        b"\x00\x01\xff\x00",
        b"\x00\x01t",
        b"\x00\x01t\x09\x01",
        b"\x00\x01t\xff\xff\xff\xff\x01",
        b"\x00\x00\x00payload",
        body(b"", b"p", 0, ALIAS),
        body(b"t", b"p", 0, ALIAS),
        body(b"t", b"p", 0, HASH_IN_A_VALUE + ALIAS),
    ],
)
@pytest.mark.parametrize("follows", [b"", packet(0x30, body(b"next", b"payload", 0, b"")) * 2])
def test_malformed_publish_is_refused(data: bytes, follows: bytes) -> None:
    with pytest.raises(CodecError):
        read(packet(0x30, data) + follows)


def test_publish_with_qos_3_is_refused() -> None:
    with pytest.raises(CodecError):
        read(packet(0x36, body(b"t", b"", 1)), v5=False)


@pytest.mark.parametrize("first_byte", [0x32, 0x34])
def test_publish_with_packet_id_0_is_refused(first_byte: int) -> None:
    with pytest.raises(CodecError):
        read(packet(first_byte, b"\x00\x01t\x00\x00p"), v5=False)


def test_byte_of_an_alias_inside_a_value_is_no_alias() -> None:
    found = message(0x30, body(b"t", b"p", 0, HASH_IN_A_VALUE), v5=True)
    assert found.raw_properties == HASH_IN_A_VALUE


def test_length_of_five_bytes_is_refused() -> None:
    with pytest.raises(CodecError):
        read(b"\x30\xff\xff\xff\xff\x01")


def test_malformed_packet_does_not_swallow_those_before_it() -> None:
    reader = PacketReader(has_properties=False)
    reader.feed(packet(0x30, body(b"t", b"good")) + packet(0x30, b""))
    first = reader.take()
    assert isinstance(first, InboundMessage)
    assert first.payload == b"good"
    with pytest.raises(CodecError):
        reader.take()


def test_other_packets_keep_their_body() -> None:
    assert read(b"\xd0\x00" + b"\x90\x03\x00\x01\x01") == [
        Packet(0xD0, b""),
        Packet(0x90, b"\x00\x01\x01"),
    ]


def test_what_was_not_taken_is_unread() -> None:
    reader = PacketReader(has_properties=True)
    reader.feed(b"\xd0\x00\xd0\x00\xd0")
    assert reader.take() is not None
    assert reader.has_unread
    assert reader.take() is not None
    assert reader.take() is None
    assert not reader.has_unread  # the start of a packet waits for bytes, not for `take`


LARGE = packet(0x3D, body(b"a/b", b"x" * 100, 258, b"\x03\x00\x01c"))
NEXT = packet(0x30, body(b"next", b"payload", 0, b""))


@pytest.mark.parametrize("second_cut", [0, 40])
def test_message_above_the_limit_passes_by_and_keeps_what_its_answer_needs(second_cut: int) -> None:
    stream = NEXT + LARGE + NEXT
    for cut in range(len(NEXT) + 1, len(NEXT) + len(LARGE)):
        cuts = sorted({cut, min(cut + second_cut, len(stream) - 1)})
        before, large, after = read(stream, *cuts, max_bytes=50)
        assert isinstance(before, InboundMessage)
        assert isinstance(large, InboundMessage)
        assert isinstance(after, InboundMessage)
        assert (before.payload, after.payload) == (b"payload", b"payload")
        assert (large.topic, large.qos, large.packet_id) == ("a/b", 2, 258)
        assert large.packet_bytes == len(LARGE)
        assert large.dup
        assert large.retain


@pytest.mark.parametrize("v5", [True, False])
def test_payload_above_the_limit_is_not_kept(v5: bool) -> None:
    large = packet(0x30, body(b"t", bytes(100_000), 0, b"" if v5 else None))
    cuts = range(30, len(large), 1_000)
    (found,) = read(large, *cuts, v5=v5, max_bytes=1_000)
    assert isinstance(found, InboundMessage)
    assert (found.payload, found.packet_bytes, found.packet_id) == (b"", len(large), 0)


@pytest.mark.parametrize("first_byte", [0x30, 0x32, 0x34])
def test_malformed_message_above_the_limit_is_refused(first_byte: int) -> None:
    data = b"\x00\x01\xff\x00\x01" + bytes(100)
    no_topic = b"\x00\x00\x00\x01" + bytes(100)
    for bad in (packet(first_byte, data), packet(first_byte, no_topic)):
        with pytest.raises(CodecError):
            read(bad, 20, max_bytes=50)
    with pytest.raises(CodecError):
        read(packet(0x36, body(b"t", bytes(100), 1)), 20, max_bytes=50)
    with pytest.raises(CodecError):
        read(packet(0x32, b"\x00\x01t\x00\x00" + bytes(100)), 20, max_bytes=50)


def test_other_packets_may_be_above_the_limit_but_not_endless() -> None:
    answer = packet(0x90, b"\x00\x01" + bytes(100))
    assert read(answer, 20, max_bytes=50) == [Packet(0x90, b"\x00\x01" + bytes(100))]
    with pytest.raises(CodecError):
        read(packet(0x90, bytes(2 << 20)), 20)


def test_large_message_below_the_limit_is_whole() -> None:
    payload = bytes(2 << 20)
    (found,) = read(packet(0x30, body(b"t", payload)), 20, 1_000_000, v5=False)
    assert isinstance(found, InboundMessage)
    assert found.payload == payload


TOPIC = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
PUBLISHES = st.tuples(TOPIC, st.binary(max_size=200), st.integers(0, 1))


@given(st.lists(PUBLISHES, min_size=1, max_size=8), st.lists(st.integers(0, 2_000), max_size=6))
def test_any_cuts_give_the_same_messages(
    publishes: list[tuple[str, bytes, int]], cuts: list[int]
) -> None:
    stream = b"".join(
        packet(0x30 | qos << 1, body(topic.encode(), payload, qos * 77, b"\x03\x00\x01c"))
        for topic, payload, qos in publishes
    )
    ends = sorted({cut for cut in cuts if 0 < cut < len(stream)})
    found = read(stream, *ends)
    assert [
        (each.topic, each.payload, each.qos, each.packet_id)
        for each in found
        if isinstance(each, InboundMessage)
    ] == [(topic, payload, qos, qos * 77) for topic, payload, qos in publishes]
