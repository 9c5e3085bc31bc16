from __future__ import annotations

import pytest

from core.errors import ConfigError
from core.mqtt.identity import compile_identity
from core.mqtt.message import InboundMessage
from core.sql.values import UNDEFINED, EvalError, Value

USER = b"\x26\x00\x08clientid\x00\x02d1"


def identify(source: str, topic: str = "t", payload: Value = UNDEFINED, raw: bytes = b"") -> Value:
    message = InboundMessage(topic, b"", raw_properties=raw)
    return compile_identity(source)(message, lambda: payload)


def test_none_is_undefined() -> None:
    assert identify("none") is UNDEFINED


def test_property_gives_the_user_property() -> None:
    assert identify("property:clientid", raw=USER) == "d1"
    assert identify("property:other", raw=USER) is UNDEFINED
    assert identify("property:clientid") is UNDEFINED


@pytest.mark.parametrize(
    ("pattern", "topic", "expected"),
    [
        ("devices/{}/#", "devices/d1/temp/c", "d1"),
        ("devices/{}/#", "devices/d1", "d1"),
        ("devices/{}/#", "devices", UNDEFINED),
        ("devices/{}/#", "plants/d1/temp", UNDEFINED),
        ("devices/{}", "devices/d1", "d1"),
        ("devices/{}", "devices/d1/temp", UNDEFINED),
        ("+/{}/temp", "hall/d1/temp", "d1"),
        ("+/{}/temp", "hall/d1/hum", UNDEFINED),
        ("{}", "d1", "d1"),
        ("{}/x", "/x", UNDEFINED),
    ],
)
def test_topic_gives_the_level(pattern: str, topic: str, expected: Value) -> None:
    assert identify(f"topic:{pattern}", topic=topic) == expected


def test_payload_gives_the_value_at_the_path() -> None:
    payload: Value = {"device": {"id": "d1", "n": 7}}
    assert identify("payload:device.id", payload=payload) == "d1"
    assert identify("payload:device.n", payload=payload) == 7
    assert identify("payload:device.id.x", payload=payload) is UNDEFINED
    assert identify("payload:absent", payload=payload) is UNDEFINED
    assert identify("payload:device", payload="text") is UNDEFINED


def test_payload_that_is_no_json_is_undefined() -> None:
    def broken() -> Value:
        raise EvalError("decode_json_failed")

    assert compile_identity("payload:a")(InboundMessage("t", b"x"), broken) is UNDEFINED


@pytest.mark.parametrize(
    "source", ["", "clientid", "property:", "topic:a/b", "topic:{}/{}", "payload:", "header:x"]
)
def test_anything_else_is_refused(source: str) -> None:
    with pytest.raises(ConfigError) as caught:
        compile_identity(source)
    assert "property:NAME" in caught.value.hint
