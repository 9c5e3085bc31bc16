"""Records sent by hand with an action's options."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import DeliveryFailed
from core.kafka.single import Delivered, Record, RecordSender
from core.workspace.environment import Environment
from core.workspace.kafka import KafkaAction, KafkaConnector
from core.workspace.units import SecretRef
from tests.helpers.kafka import Kafka

pytestmark = pytest.mark.broker


def no_secret(reference: SecretRef) -> str:
    raise AssertionError(reference)


def sender(kafka: Kafka, folder: Path, topic: str, **options: object) -> RecordSender:
    connector = KafkaConnector(name="laptop", bootstrap_hosts=kafka.bootstrap)
    environment = Environment(folder, folder, no_secret)
    action = KafkaAction.model_validate({"connector": "laptop", "topic": topic, **options})
    return RecordSender(connector, environment, action)


def test_every_record_has_its_own_outcome(kafka: Kafka, tmp_path: Path):
    topic = kafka.topic(max_message_bytes="1000")
    sending = sender(kafka, tmp_path, topic)
    records = [Record(topic, b"x" * size, b"k") for size in (10, 5_000, 20)]
    first, refused, last = sending.send(records)
    assert isinstance(first, Delivered)
    assert isinstance(last, Delivered)
    assert (first.partition, first.offset, last.offset) == (0, 0, 1)
    assert isinstance(refused, DeliveryFailed)
    assert (refused.kind, refused.retryable) == ("too_large", False)
    (again,) = sending.send(records[:1])
    assert isinstance(again, Delivered)
    sending.close()


def test_record_arrives_whole(kafka: Kafka, tmp_path: Path):
    topic = kafka.topic(partitions=2)
    sending = sender(kafka, tmp_path, topic)
    record = Record(topic, None, b"k", (("h", b"1"), ("n", None)), 1, 1_700_000_000_000)
    (sent,) = sending.send([record])
    sending.close()
    assert isinstance(sent, Delivered)
    assert sent.partition == 1
    (read,) = kafka.read(topic, 1)
    assert (read.key(), read.value(), read.timestamp()[1]) == (b"k", None, 1_700_000_000_000)
    assert read.headers() == [("h", b"1"), ("n", None)]


@pytest.mark.expect_warnings("the cluster's address is none")
def test_missing_topic_and_a_cluster_that_does_not_answer_are_told_apart(
    kafka: Kafka, tmp_path: Path
):
    sending = sender(kafka, tmp_path, "never-made")
    (missing,) = sending.send([Record("never-made", b"v")])
    assert isinstance(missing, DeliveryFailed)
    assert missing.kind == "unknown_topic"
    sending.close()
    connector = KafkaConnector(name="lost", bootstrap_hosts=kafka.address("LOST"))
    environment = Environment(tmp_path, tmp_path, no_secret)
    lost = RecordSender(connector, environment, KafkaAction(connector="lost", topic="t"))
    (gone,) = lost.send([Record("t", b"v")], timeout_s=2.0)
    lost.close()
    assert isinstance(gone, DeliveryFailed)
    assert gone.retryable
    assert "within 2 s" in gone.message
