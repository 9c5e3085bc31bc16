"""The record that an action would send."""

from __future__ import annotations

from typing import Any

from core.bridge.preview import RecordPreview, preview
from core.kafka.partitioner import murmur2
from core.sql.values import Value
from core.workspace.kafka import KafkaAction

OUTPUT: dict[str, Value] = {"clientid": "dev-3", "temp": 27.5, "props": {"a": "x", "b": 1}}


def of(partitions: int = 0, output: dict[str, Value] = OUTPUT, **options: Any) -> RecordPreview:
    action = KafkaAction.model_validate({"connector": "lab", "topic": "emqx", **options})
    return preview("to_emqx", action, output, partitions=partitions)


def test_key_value_and_size_are_those_of_a_real_record() -> None:
    record = of(message={"key": "${clientid}", "value": '{"t": ${temp}}'})

    assert (record.topic, record.key, record.value) == ("emqx", b"dev-3", b'{"t": 27.5}')
    assert record.size == len(b'{"t": 27.5}')
    assert not record.error


def test_an_empty_value_is_a_tombstone_or_skipped_or_empty() -> None:
    message = {"key": "k", "value": "${nothing}"}

    assert of(message=message).value is None
    assert of(message=message, empty_value="empty").value == b""
    assert of(message=message, empty_value="skip").is_skipped


def test_headers_that_are_no_text_are_named_as_dropped() -> None:
    record = of(kafka_headers="${props}")

    assert record.headers == (("a", b"x"),)
    assert record.dropped == ("b",)
    assert of(kafka_headers="${props}", kafka_header_value_encode_mode="json").dropped == ()


def test_extra_headers_without_a_value_are_named_with_their_placeholder() -> None:
    pairs = {"source": "${clientid}", "unit": "${unit}", "${no}": "x", "site": "north"}
    record = of(
        kafka_ext_headers=[
            {"kafka_ext_header_key": key, "kafka_ext_header_value": value}
            for key, value in pairs.items()
        ]
    )

    assert record.headers == (("source", b"dev-3"), ("site", b"north"))
    assert record.missing == (("unit", "${unit}"), ("${no}", "${no}"))


def test_the_partition_is_chosen_by_the_hash_of_the_key() -> None:
    by_key = {"partition_strategy": "key_dispatch", "message": {"key": "${clientid}"}}

    assert of(**by_key, partitions=3).partition == (murmur2(b"dev-3") & 0x7FFFFFFF) % 3
    assert of(**by_key).partition == -1, "without the number of partitions there is no telling"
    assert of(partitions=3).partition == -1, "chance decides"


def test_what_cannot_be_rendered_is_an_error_with_advice() -> None:
    record = of(topic="plant.${nothing}")

    assert "nothing" in record.error
    assert record.value is None
