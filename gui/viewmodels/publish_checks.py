"""What keeps a message or record from being sent by hand, or kept for that, by its own values."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from core.errors import ConfigError
from core.mqtt.topics import check_topic
from gui.viewmodels import tail_topics
from gui.viewmodels.drafts import KafkaDraft, MqttDraft
from gui.viewmodels.payload_check import format_problem
from gui.viewmodels.words import number, sentences, tr

_MOST_EXPIRY_S: Final = 1 << 32
_MOST_BYTES: Final = 65_535
_SHOWN: Final = 40
_NUMBER: Final = re.compile(r"[0-9]{1,10}")
_PARTITION: Final = re.compile(r"[0-9]{1,9}")


def topic_problem(topic: str) -> str:
    """Say what keeps a message from being published to a topic; empty for nothing."""
    if not topic:
        return tr("Write the topic to publish to.")
    if "+" in topic or "#" in topic:
        return tr("A topic to publish to cannot contain + or #.")
    try:
        check_topic(topic)
    except ConfigError as exc:
        return sentences(exc.message, exc.hint)
    return ""


def kafka_topic_problem(topic: str) -> str:
    """Say what keeps a text from being a Kafka topic; empty for nothing."""
    if not topic:
        return tr("Write the topic to send to.")
    return tail_topics.topic_problem(topic)


def problem_of(draft: MqttDraft | KafkaDraft) -> tuple[str, str] | None:
    """Say which field of a draft with filled variables is wrong, and why; None for none.

    Whether there is such a connector is not looked at.
    """
    return _of_record(draft) if isinstance(draft, KafkaDraft) else _of_message(draft)


def _of_record(draft: KafkaDraft) -> tuple[str, str] | None:
    if problem := kafka_topic_problem(draft.topic):
        return "kafka_topic", problem
    if draft.partition and not _PARTITION.fullmatch(draft.partition):
        return "partition", tr("Partition is a number from 0, or empty.")
    if not draft.is_tombstone and (problem := format_problem(draft.value, draft.format)):
        return "value", problem
    return None


def _of_message(draft: MqttDraft) -> tuple[str, str] | None:
    if problem := topic_problem(draft.topic):
        return "topic", problem
    if found := _of_properties(draft):
        return found
    if problem := format_problem(draft.payload, draft.format):
        return "payload", problem
    return None


def _of_properties(draft: MqttDraft) -> tuple[str, str] | None:
    """Say which MQTT 5 property cannot be sent as it is, and why."""
    if draft.waits and not draft.response_topic:
        return "response_topic", tr("Write the topic on which the answer comes.")
    if draft.response_topic and (problem := topic_problem(draft.response_topic)):
        return "response_topic", problem
    expiry = draft.message_expiry
    if expiry and not (_NUMBER.fullmatch(expiry) and int(expiry) < _MOST_EXPIRY_S):
        return "message_expiry", tr("Message expiry is a number of seconds.")
    if draft.payload_format not in ("", "0", "1"):
        return "payload_format", tr("Payload format is 1 for text in UTF-8, 0 for bytes.")
    return _of_lengths(draft)


def _of_lengths(draft: MqttDraft) -> tuple[str, str] | None:
    """Say which text is longer than MQTT has room for."""
    texts: list[tuple[str, str, Iterable[str]]] = [
        ("content_type", tr("Content type"), (draft.content_type,)),
        ("correlation_data", tr("Correlation data"), (draft.correlation_data,)),
    ]
    for name, value in draft.user_properties:
        shown = name if len(name) <= _SHOWN else f"{name[:_SHOWN]}…"
        what = tr("User property {name}").format(name=shown)
        texts.append(("properties", what, (name, value)))
    for field, what, parts in texts:
        size = max(len(part.encode("utf-8", "replace")) for part in parts)
        if size > _MOST_BYTES:
            text = tr("{what} has {size} bytes; MQTT has room for {most}. Shorten it.")
            return field, text.format(what=what, size=number(size), most=number(_MOST_BYTES))
    return None
