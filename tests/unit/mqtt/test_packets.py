from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from core.errors import CodecError
from core.mqtt.packets import (
    decode_publish,
    encode_disconnect,
    encode_puback,
    read_properties,
    subscription_ids,
)

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


def body(
    topic: bytes, payload: bytes, packet_id: int = 0, properties: bytes | None = None
) -> bytes:
    data = len(topic).to_bytes(2, "big") + topic
    if packet_id:
        data += packet_id.to_bytes(2, "big")
    if properties is not None:
        data += bytes((len(properties),)) + properties
    return data + payload


def test_publish_of_3_1_1_is_decoded() -> None:
    found = decode_publish(0x3B, body(b"a/b", b"xyz", 258), has_properties=False)
    assert (found.topic, found.payload, found.qos, found.packet_id) == ("a/b", b"xyz", 1, 258)
    assert found.retain
    assert found.dup
    assert found.properties == b""


def test_publish_of_5_keeps_its_properties_undecoded() -> None:
    found = decode_publish(0x30, body(b"t", b"p", 0, b"\x01\x01"), has_properties=True)
    assert (found.payload, found.properties, found.qos) == (b"p", b"\x01\x01", 0)
    assert not found.retain


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
    ],
)
def test_malformed_publish_is_refused(data: bytes) -> None:
    with pytest.raises(CodecError):
        decode_publish(0x30, data, has_properties=True)


def test_publish_with_qos_3_is_refused() -> None:
    with pytest.raises(CodecError):
        decode_publish(0x36, body(b"t", b"", 1), has_properties=False)


@given(st.lists(st.tuples(TEXT, TEXT), max_size=5), TEXT, st.integers(1, 268_435_455))
def test_properties_are_read_as_another_implementation_writes_them(
    pairs: list[tuple[str, str]], content_type: str, identifier: int
) -> None:
    written = Properties(PacketTypes.PUBLISH)
    for pair in pairs:
        written.UserProperty = pair
    written.ContentType = content_type
    written.SubscriptionIdentifier = identifier
    written.MessageExpiryInterval = 70_000
    written.PayloadFormatIndicator = 1
    written.TopicAlias = 5
    written.CorrelationData = b"\x00\xff"
    packed = bytes(written.pack())
    raw = packed[next(i for i, byte in enumerate(packed) if byte < 0x80) + 1 :]
    found = read_properties(raw)
    assert [value for number, value in found if number == 38] == pairs
    assert (3, content_type) in found
    assert (2, 70_000) in found
    assert (1, 1) in found
    assert (35, 5) in found
    assert (9, "\x00\udcff") in found
    assert subscription_ids(raw) == (identifier,)


@pytest.mark.parametrize(
    "tail", [b"\x26\x00\x05ab", b"\x02\x00", b"\x11\x00\x00\x00\x01", b"\x0b\xff", b"\x7e\x01"]
)
def test_reading_ends_at_a_malformed_property(tail: bytes) -> None:
    assert read_properties(b"\x01\x01" + tail) == [(1, 1)]


@given(st.binary(max_size=60))
def test_any_bytes_are_read_without_an_error(raw: bytes) -> None:
    read_properties(raw)


def test_answers_are_the_bytes_of_the_standard() -> None:
    assert encode_puback(258) == b"\x40\x02\x01\x02"
    assert encode_disconnect(forget_session=False) == b"\xe0\x00"
    assert encode_disconnect(forget_session=True) == b"\xe0\x07\x00\x05\x11\x00\x00\x00\x00"
