"""What is told of a sampled message: enough to show it, and to publish it again."""

from __future__ import annotations

import msgspec

from core.bridge.events import MessageSample, MqttProperties
from core.bridge.samples import KEPT_BYTES, SHOWN_CHARACTERS, sample_of
from core.mqtt.message import InboundMessage
from core.mqtt.publisher import PublishProperties, pack


def sampled(payload: bytes = b"{}", properties: PublishProperties | None = None) -> MessageSample:
    raw = b""
    if properties is not None:
        raw = bytes(pack(properties).pack())[1:]  # without the length in front
    message = InboundMessage("a/b", payload, qos=1, retain=True, raw_properties=raw)
    return sample_of(7, "plant", message, None, [])


def test_a_short_text_is_told_once():
    sample = sampled(b'{"t": 1}')
    assert (sample.payload, sample.data, sample.retain) == ('{"t": 1}', b"", True)


def test_bytes_that_are_no_text_are_told_beside_what_is_readable():
    sample = sampled(b"\xff\x00a")
    assert (sample.payload, sample.data) == ("\ufffd\x00a", b"\xff\x00a")


def test_a_long_payload_is_cut_for_showing_and_told_whole_up_to_a_limit():
    long = sampled(b"x" * 5_000)
    assert (len(long.payload), len(long.data)) == (SHOWN_CHARACTERS, 5_000)
    assert sampled(b"x" * (KEPT_BYTES + 1)).data == b""


def test_all_properties_are_told_user_properties_in_their_order():
    given = PublishProperties(
        user_properties=(("site", "roof"), ("site", "cellar"), ("clientid", "dev-3")),
        content_type="application/json",
        response_topic="answers/1",
        correlation_data=b"\xfe\x01",
        message_expiry_s=60,
        payload_format=1,
    )
    assert sampled(properties=given).properties == MqttProperties(
        user=[("site", "roof"), ("site", "cellar"), ("clientid", "dev-3")],
        content_type="application/json",
        response_topic="answers/1",
        correlation_data=b"\xfe\x01",
        message_expiry_s=60,
        payload_format=1,
    )


def test_a_sample_survives_the_way_to_the_window():
    given = PublishProperties(user_properties=(("n", "ä"),), correlation_data=b"\xfe")
    sample = sampled(b"\xff", given)
    assert msgspec.json.decode(msgspec.json.encode(sample), type=MessageSample) == sample


def test_names_that_are_no_text_can_still_be_told():
    raw = b"\x26\x00\x01\xff\x00\x01v"
    message = InboundMessage("a", b"", raw_properties=raw)
    sample = sample_of(1, "plant", message, None, [])
    assert sample.properties.user == [("\ufffd", "v")]
    assert msgspec.json.encode(sample)
