from __future__ import annotations

from core.mqtt.message import InboundMessage

USER = b"\x26\x00\x01k\x00\x011"
USER_AGAIN = b"\x26\x00\x01k\x00\x012"


def test_message_without_properties_has_an_empty_user_property() -> None:
    message = InboundMessage("t", b"")
    assert message.properties() == {"User-Property": {}}
    assert message.user_property("k") is None


def test_last_value_of_a_repeated_user_property_wins_and_pairs_keep_all() -> None:
    message = InboundMessage("t", b"", raw_properties=USER + USER_AGAIN)
    props = message.properties()
    assert props["User-Property"] == {"k": "2"}
    assert props["User-Property-Pairs"] == [
        {"key": "k", "value": "1"},
        {"key": "k", "value": "2"},
    ]
    assert message.user_property("k") == "2"
    assert message.user_property("other") is None


def test_other_properties_have_emqx_names() -> None:
    raw = b"\x01\x01" + b"\x02\x00\x00\x00\x3c" + b"\x03\x00\x01c" + b"\x08\x00\x01r"
    raw += b"\x09\x00\x01d" + b"\x0b\x05"
    assert InboundMessage("t", b"", raw_properties=raw).properties() == {
        "Payload-Format-Indicator": 1,
        "Message-Expiry-Interval": 60,
        "Content-Type": "c",
        "Response-Topic": "r",
        "Correlation-Data": "d",
        "User-Property": {},
    }


def test_properties_are_decoded_once() -> None:
    message = InboundMessage("t", b"", raw_properties=USER)
    assert message.properties() is message.properties()


def test_text_form_names_the_packet_but_not_the_payload() -> None:
    text = repr(InboundMessage("t", b"secret", qos=1, packet_id=7, connection=2))
    assert "secret" not in text
    assert "packet_id=7" in text
