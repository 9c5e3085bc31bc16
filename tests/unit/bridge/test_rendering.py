from __future__ import annotations

from typing import Any

import pytest

from core.bridge.rendering import Renderer
from core.errors import TemplateError
from core.workspace.kafka import KafkaAction


def renderer(**options: Any) -> Renderer:
    return Renderer(KafkaAction.model_validate({"connector": "k", "topic": "t", **options}))


def test_reference_record():
    message = {
        "key": "${clientid}",
        "value": '{"temp": ${temp}, "hum": ${hum}}',
        "timestamp": "${timestamp}",
    }
    made = renderer(message=message)
    output = {"clientid": "dev-1", "temp": "27.5", "hum": "41.8", "timestamp": 1_700_000_000_000}
    assert made.key(output) == b"dev-1"
    assert made.value(output) == b'{"temp": 27.5, "hum": 41.8}'
    assert made.timestamp_ms(output) == 1_700_000_000_000
    assert made.topic(output) == "t"
    assert made.headers(output) is None
    assert made.partition(output) == -1


@pytest.mark.parametrize("output", [{}, {"clientid": ""}])
def test_empty_key_is_a_null_key(output: dict[str, Any]):
    assert renderer(message={"key": "${clientid}"}).key(output) is None


@pytest.mark.parametrize("value", ["", "soon", "1.5", -1, 0, 10**15, "\uff19"])
def test_timestamp_that_is_no_sensible_integer_is_now(value: Any):
    assert renderer(message={"timestamp": "${t}"}).timestamp_ms({"t": value}) == 0


def test_binary_payload_passes_through_a_value_of_one_placeholder():
    text = b"\xff\x00\xc3".decode("utf-8", "surrogateescape")
    assert renderer(message={"value": "${payload}"}).value({"payload": text}) == b"\xff\x00\xc3"


def test_dynamic_topic_is_strict():
    made = renderer(topic="plant-${line}")
    assert made.topic({"line": "a"}) == "plant-a"
    with pytest.raises(TemplateError):
        made.topic({})


def test_explicit_partition_must_be_a_number():
    made = renderer(partition_strategy="explicit", partition="${p}")
    assert made.partition({"p": 3}) == 3
    for wrong in ({"p": -1}, {"p": "x"}, {}):
        with pytest.raises(TemplateError, match="partition"):
            made.partition(wrong)


HEADERS = [
    ({"a": "1", "b": 2}, [("a", b"1")]),
    ([{"key": "a", "value": "1"}, {"key": "a", "value": "2"}], [("a", b"1"), ("a", b"2")]),
    ([["a", "1"], ["b", "2"]], [("a", b"1"), ("b", b"2")]),
    ('{"a": "1"}', [("a", b"1")]),
    ({"a": 1, "b": None, "c": {}}, None),
]


@pytest.mark.parametrize(("value", "expected"), HEADERS)
def test_headers_of_every_accepted_shape(value: Any, expected: Any):
    assert renderer(kafka_headers="${h}").headers({"h": value}) == expected


def test_missing_headers_are_no_headers():
    assert renderer(kafka_headers="${h}").headers({}) is None


@pytest.mark.parametrize("value", [5, True, "text", '"text"', [5], [{"key": "a"}]])
def test_anything_else_as_headers_fails_the_message(value: Any):
    with pytest.raises(TemplateError, match="bad_kafka_headers"):
        renderer(kafka_headers="${h}").headers({"h": value})


def test_json_mode_encodes_every_value():
    made = renderer(kafka_headers="${h}", kafka_header_value_encode_mode="json")
    value = {"s": "abc", "n": 1, "o": {"k": None}}
    assert made.headers({"h": value}) == [("s", b'"abc"'), ("n", b"1"), ("o", b'{"k":null}')]


def test_extra_headers_come_after_and_miss_silently():
    extra = [
        {"kafka_ext_header_key": "mqtt_topic", "kafka_ext_header_value": "${topic}"},
        {"kafka_ext_header_key": "fixed", "kafka_ext_header_value": "text"},
        {"kafka_ext_header_key": "k-${missing}", "kafka_ext_header_value": "text"},
        {"kafka_ext_header_key": "gone", "kafka_ext_header_value": "${missing}"},
    ]
    made = renderer(kafka_headers="${h}", kafka_ext_headers=extra)
    found = made.headers({"h": {"a": "1"}, "topic": "t/1"})
    assert found == [("a", b"1"), ("mqtt_topic", b"t/1"), ("fixed", b"text")]
