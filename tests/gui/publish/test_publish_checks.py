"""What is checked before a message or a record is sent."""

from __future__ import annotations

from typing import Any

import pytest

from gui.viewmodels.drafts import KafkaDraft, MqttDraft, filled
from gui.viewmodels.journey import Step
from gui.viewmodels.payload_check import check_message, check_payload
from gui.viewmodels.publish import PublishViewModel
from gui.viewmodels.publish_checks import kafka_topic_problem, topic_problem
from gui.viewmodels.session import Session

# Variables


def test_variables_are_filled_in_every_text_that_is_sent():
    def fill(text: str) -> str:
        return text.replace("{{seq}}", "7")

    pairs, wanted = (("name", "{{seq}}"),), (("name", "7"),)
    texts = {"response_topic": "{{seq}}", "correlation_data": "{{seq}}", "content_type": "{{seq}}"}
    message = MqttDraft("plant", "{{seq}}", "{{seq}}", user_properties=pairs, **texts)
    assert filled(message, fill) == MqttDraft(
        "plant", "7", "7", user_properties=wanted, **dict.fromkeys(texts, "7")
    )
    record = KafkaDraft("lab", "{{seq}}", "{{seq}}", "{{seq}}", headers=pairs)
    assert filled(record, fill) == KafkaDraft("lab", "7", "7", "7", headers=wanted)


# The payload


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"a": [1, 2.5, null, "x"]}', ""),
        ("27.5", ""),
        ("9" * 5_000, "Not valid JSON: a number has too many digits. Sent as text?"),
        ("", ""),
        (
            '{\n  "temp": 1\n  "hum": 2\n}',
            "Not valid JSON: line 3, column 3, expected a comma. Sent as text?",
        ),
        ('{"a": }', "Not valid JSON: line 1, column 7, expected a value. Sent as text?"),
        ('{"a" 1}', "Not valid JSON: line 1, column 6, expected a colon. Sent as text?"),
        ("{a: 1}", "Not valid JSON: line 1, column 2, expected a name in double quotes. "),
        ('["x', "Not valid JSON: line 1, column 2, a text without its closing quote. "),
        ("1 2", "Not valid JSON: line 1, column 3, something follows the value. "),
        (
            '{"1e999": 1e300,\n "b": [-1e999]}',
            "Not valid JSON: line 2, column 8, a number that is too large. Sent as text?",
        ),
        ("NaN", "Not valid JSON: NaN is no number of JSON. Sent as text?"),
        ("[" * 100_000, "Not valid JSON: nested too deeply. Sent as text?"),
    ],
)
def test_a_payload_that_is_no_json_is_said_with_its_place(text: str, problem: str):
    found = check_payload(text)
    assert found.problem.startswith(problem)
    assert bool(found.problem) == bool(problem)
    assert found.status == ("" if not text else "degraded" if problem else "passed")


def test_the_size_of_a_payload_is_counted_in_bytes():
    assert check_payload("ü").size == "2 bytes"
    assert check_payload("1").size == "1 byte"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"n": {{seq}}, "r": {{ rand -5 100 }}, "t": {{now}}, "d": {{device}}}', ""),
        ('{"u": "{{uuid}}"}', ""),
        ('{"u": {{uuid}}}', "Not valid JSON: "),
        ('{"n": {{seq}}, }', "Not valid JSON: line 1, column "),
        ('{"n": {{seq}} "m": 1}', "Not valid JSON: line 1, column 15, expected a comma."),
        ('{"n": {{other}}}', "Not valid JSON: line 1, column 8, "),
    ],
)
def test_a_message_is_checked_as_it_is_sent(text: str, problem: str):
    found = check_message(text)
    assert found.problem.startswith(problem)
    assert found.status == ("degraded" if problem else "passed")
    assert found.size == f"{len(text)} bytes"


# What is checked


@pytest.mark.parametrize("topic", ["a/+", "a/#", "#", "a+b"])
def test_topics_with_wildcards_are_refused(topic: str, publish: PublishViewModel):
    found: list[tuple[str, str]] = []
    publish.problemFound.connect(lambda *problem: found.append(problem))

    assert not publish.send_message(MqttDraft("plant", topic, "x"))

    assert found == [("topic", "A topic to publish to cannot contain + or #.")]
    assert [step.status for step in publish.steps] == ["failed"]
    assert not publish.is_busy


def test_an_empty_or_impossible_topic_is_refused():
    assert topic_problem("") == "Write the topic to publish to."
    assert "NUL" in topic_problem("a\0b")
    assert topic_problem("a" * 65_536).endswith("Shorten it.")
    assert topic_problem("/a b/ü") == ""


def test_topics_of_kafka_have_their_own_rule():
    rule = "Kafka topics use letters, digits, . _ - and at most 249 characters."
    assert kafka_topic_problem("") == "Write the topic to send to."
    for topic in ("a/b", "a" * 250, ".", ".."):
        assert kafka_topic_problem(topic) == rule
    assert kafka_topic_problem("a.B_9-" + "a" * 243) == ""


def test_a_workspace_without_connectors_says_so(publish: PublishViewModel):
    assert not publish.send_message(MqttDraft("", "a", "x"))
    assert "no MQTT connector" in publish.steps[0].text
    assert not publish.send_record(KafkaDraft("", "a", value="x"))
    assert "no Kafka connector" in publish.steps[0].text


def test_a_partition_is_a_number(session: Session, publish: PublishViewModel):
    assert not publish.send_record(KafkaDraft("laptop", "a", partition="-1"))
    assert publish.steps == [Step("failed", "Partition is a number from 0, or empty.")]


NO_SECONDS = "Message expiry is a number of seconds."


@pytest.mark.parametrize(
    ("more", "field", "problem"),
    [
        ({"waits": True}, "response_topic", "Write the topic on which the answer comes."),
        (
            {"response_topic": "a/#"},
            "response_topic",
            "A topic to publish to cannot contain + or #.",
        ),
        ({"message_expiry": "1 h"}, "message_expiry", NO_SECONDS),
        ({"message_expiry": "4294967296"}, "message_expiry", NO_SECONDS),
        (
            {"payload_format": "2"},
            "payload_format",
            "Payload format is 1 for text in UTF-8, 0 for bytes.",
        ),
        (
            {"content_type": "ü" * 32_768},
            "content_type",
            "Content type has 65,536 bytes; MQTT has room for 65,535. Shorten it.",
        ),
        (
            {"user_properties": (("site", "v" * 65_536),)},
            "properties",
            "User property site has 65,536 bytes; MQTT has room for 65,535. Shorten it.",
        ),
    ],
)
def test_properties_that_cannot_be_sent_are_refused(
    more: dict[str, Any], field: str, problem: str, publish: PublishViewModel
):
    found: list[tuple[str, str]] = []
    publish.problemFound.connect(lambda *told: found.append(told))
    assert not publish.send_message(MqttDraft("plant", "a", "x", **more))
    assert found == [(field, problem)]
