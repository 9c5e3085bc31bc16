from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from core.mqtt.packets import (
    PUBACK,
    PUBCOMP,
    PUBREC,
    encode_answer,
    encode_disconnect,
    read_properties,
    subscription_ids,
)

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


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
    assert encode_answer(PUBACK, 258) == b"\x40\x02\x01\x02"
    assert encode_answer(PUBREC, 258) == b"\x50\x02\x01\x02"
    assert encode_answer(PUBCOMP, 0xFFFF) == b"\x70\x02\xff\xff"
    assert encode_disconnect(forget_session=False) == b"\xe0\x00"
    assert encode_disconnect(forget_session=True) == b"\xe0\x07\x00\x05\x11\x00\x00\x00\x00"
