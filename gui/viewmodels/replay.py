"""Sending a record or a message again, as it was, edited, or to the test of a rule."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, Signal

from core.errors import AppError, CodecError
from core.mqtt.topics import topic_matches
from gui.viewmodels.content import bytes_of
from gui.viewmodels.drafts import KafkaDraft, MqttDraft
from gui.viewmodels.facts import RuleFacts
from gui.viewmodels.feed_rows import FeedRow
from gui.viewmodels.live import Live
from gui.viewmodels.outlets import MqttMessage
from gui.viewmodels.tail_detail import again
from gui.viewmodels.tail_row import TailRow
from gui.viewmodels.words import milliseconds, tr

_ANY_TOPIC: Final = "t/a"


class Replay(QObject):
    """Sends; each takes one turn after the other on its connector.

    Signals:
        done: What became of it, and the place of the record as connector, topic, partition and
            offset; None for a message.
        failed: What happened, and what to do next.
    """

    done = Signal(str, object)
    failed = Signal(str, str)

    def __init__(self, live: Live, parent: QObject | None = None) -> None:
        super().__init__(parent or live)
        self._live = live

    def send_record(self, row: TailRow, connector: str) -> None:
        """Produce a record again: same topic, key, headers and value; its time is now."""
        self._live.session.tasks.start(
            self._send(row, connector), f"send to {connector}", owner=self
        )

    def send_message(self, row: FeedRow) -> None:
        """Publish a message again on its connector, with its properties."""
        source = row.sample.source
        self._live.session.tasks.start(self._publish(row), f"publish on {source}", owner=self)

    async def _send(self, row: TailRow, name: str) -> None:
        session = self._live.session
        connector = self._live.workspace.connectors.kafka.get(name)
        if connector is None or session.environment is None:
            self._tell_gone(name)
            return
        try:
            sent = await session.outlets.send(connector, session.environment, again(row))
        except AppError as exc:
            self.failed.emit(exc.message, exc.hint)
            return
        text = tr("Sent again: {topic} p{partition} #{offset}, {time}").format(
            topic=sent.topic,
            partition=sent.partition,
            offset=sent.offset,
            time=milliseconds(sent.latency_ms),
        )
        self.done.emit(text, (name, sent.topic, sent.partition, sent.offset))

    async def _publish(self, row: FeedRow) -> None:
        session, name = self._live.session, row.sample.source
        connector = self._live.workspace.connectors.mqtt.get(name)
        if connector is None or session.environment is None:
            self._tell_gone(name)
            return
        client_id = self._live.workspace.client_id(connector)
        try:
            answered = await session.outlets.publish(
                connector, client_id, session.environment, message_of(row)
            )
        except AppError as exc:
            self.failed.emit(exc.message, exc.hint)
            return
        text = tr("Published again to {topic}, {time}")
        if not answered.has_subscribers:
            text = tr("Published again to {topic}, {time}; nobody is subscribed")
        time = milliseconds(answered.latency_ms)
        self.done.emit(text.format(topic=row.sample.topic, time=time), None)

    def _tell_gone(self, name: str) -> None:
        text = tr("The workspace has no connector {name} any more.").format(name=name)
        self.failed.emit(text, "")

    # For the test of a rule

    def rule_for(self, topic: str, rules: list[str]) -> str:
        """Choose the rule that a message is tried on; empty if there is none.

        Args:
            topic: The message's; empty if it is not known.
            rules: Those that are most likely meant, first.
        """
        known = self._live.workspace.rules
        facts = self._live.facts
        listening = [
            name
            for name in known
            if topic and any(topic_matches(topic, each) for each in _filters(facts, name))
        ]
        return next((name for name in (*rules, *listening, *known) if name in known), "")

    def rules_that_write(self, topic: str, connector: str) -> list[str]:
        """List the rules with an action that writes to a Kafka topic."""
        workspace = self._live.workspace
        writing = {
            name
            for name, action in workspace.actions.kafka.items()
            if (action.topic, action.connector) == (topic, connector)
        }
        return [name for name, rule in workspace.rules.items() if writing & set(rule.actions)]

    def test_of_record(self, row: TailRow, rule: str) -> MqttMessage:
        """Make a message of a record's value, on a topic that a rule listens to."""
        from gui.viewmodels.rule_test import concrete  # loaded with the first rule

        filters = _filters(self._live.facts, rule)
        topic = concrete(filters[0]) if filters else _ANY_TOPIC
        return MqttMessage(topic, bytes_of(row.record.value), 1)


def message_of(row: FeedRow) -> MqttMessage:
    """Make the message that is the same.

    Raises:
        CodecError: Only the beginning of its payload is known.
    """
    from core.mqtt.publisher import PublishProperties  # loaded with the first message

    sample, payload = row.sample, row.payload
    if payload is None:
        raise CodecError(
            tr("Only the beginning of this payload was kept: it is too large."),
            hint=tr("Publish it from where it came from."),
        )
    properties = PublishProperties(
        user_properties=tuple(sample.properties.user),
        content_type=sample.properties.content_type,
        response_topic=sample.properties.response_topic,
        correlation_data=sample.properties.correlation_data,
        message_expiry_s=sample.properties.message_expiry_s,
        payload_format=sample.properties.payload_format,
    )
    return MqttMessage(sample.topic, payload, sample.qos, sample.retain, properties)


def message_draft(row: FeedRow) -> MqttDraft:
    """Make a draft of a message, to be edited.

    Raises:
        CodecError: Its payload is no text, or only the beginning of it is known.
    """
    message, properties = message_of(row), row.sample.properties
    return MqttDraft(
        row.sample.source,
        message.topic,
        _text(message.payload),
        message.qos,
        message.retain,
        tuple(properties.user),
        properties.content_type or "",
        properties.response_topic or "",
        (properties.correlation_data or b"").decode("utf-8", "ignore"),
        _number(properties.message_expiry_s),
        _number(properties.payload_format),
    )


def record_draft(row: TailRow, connector: str) -> KafkaDraft:
    """Make a draft of a record, to be edited; its key chooses the partition again.

    Raises:
        CodecError: Value, key or a header is no text.
    """
    record = row.record
    return KafkaDraft(
        connector,
        record.topic,
        _text(bytes_of(record.key)),
        _text(bytes_of(record.value)),
        "",
        tuple((name, _text(bytes_of(value))) for name, value in record.headers),
        is_tombstone=record.value is None,
    )


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as exc:
        raise CodecError(
            tr("It holds bytes that are no text, which the form cannot show."),
            hint=tr("Send it again as it is."),
        ) from exc


def _filters(facts: dict[str, RuleFacts], rule: str) -> list[str]:
    """List the topics that a rule listens to, without events."""
    found = facts.get(rule)
    return [topic for topic in found.topics if not topic.startswith("$")] if found else []
