"""Records and outages against a real Kafka."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    ResourcePatternType,
    ResourceType,
)

from core.errors import DeliveryFailed
from core.kafka.options import producer_group
from core.kafka.producer import EXPIRED, QueueFull, RecordProducer
from core.workspace.environment import Environment
from core.workspace.kafka import KafkaAction, KafkaConnector
from tests.helpers.kafka import PASSWORD, USER, Kafka
from tests.helpers.wait import PATIENCE_S, eventually

pytestmark = pytest.mark.broker


@pytest.fixture
def make(tmp_path: Path):
    made: list[RecordProducer] = []
    environment = Environment(tmp_path, tmp_path, lambda reference: PASSWORD)

    def producer(bootstrap: str, sign_in: bool = False, **options: object) -> RecordProducer:
        auth = {"mechanism": "plain", "username": USER, "password": "env:X"}
        connector = KafkaConnector(
            name="lab", bootstrap_hosts=bootstrap, authentication=auth if sign_in else "none"
        )
        group = producer_group(KafkaAction(connector="lab", topic="t", **options))
        made.append(RecordProducer(connector, group, environment))
        return made[-1]

    yield producer
    for each in made:
        each.close(0)


def polling(producer: RecordProducer, condition: Callable[[], object]) -> Callable[[], object]:
    return lambda: producer.poll(0.02) >= 0 and condition()


def outcome_of(
    producer: RecordProducer, topic: str, value: bytes | None, key: bytes | None = None
) -> DeliveryFailed:
    """Produce what must fail, and explain the failure."""
    errors: list[object] = []
    producer.produce(topic, value, key, lambda error, record: errors.append(error))
    eventually(polling(producer, lambda: errors))
    assert errors[0] is not None
    return producer.delivery_failure(errors[0], topic)


def test_record_that_the_topic_finds_too_large_fails_for_good(
    kafka: Kafka, make: Callable[..., RecordProducer]
):
    topic = kafka.topic(max_message_bytes="2000")
    failure = outcome_of(make(kafka.bootstrap), topic, b"x" * 5_000)
    assert not failure.retryable
    assert "max.message.bytes" in failure.message
    assert topic in failure.message


def test_large_record_goes_through_where_the_topic_allows_it(
    kafka: Kafka, make: Callable[..., RecordProducer]
):
    topic = kafka.topic(max_message_bytes="5000000")
    outcomes: list[object] = []
    producer = make(kafka.bootstrap)
    producer.produce(topic, b"x" * 4_000_000, None, lambda error, record: outcomes.append(error))
    eventually(polling(producer, lambda: outcomes))
    assert outcomes == [None]


def test_compacted_topic_asks_for_keys(kafka: Kafka, make: Callable[..., RecordProducer]):
    topic = kafka.topic(cleanup_policy="compact")
    failure = outcome_of(make(kafka.bootstrap), topic, b"x")
    assert not failure.retryable
    assert "key" in failure.message


def test_illegal_topic_name_is_explained(kafka: Kafka, make: Callable[..., RecordProducer]):
    failure = outcome_of(make(kafka.bootstrap), "plant/line 1", b"x")
    assert not failure.retryable
    assert "plant/line 1" in failure.message


def test_missing_right_is_explained(kafka: Kafka, make: Callable[..., RecordProducer]):
    topic = kafka.topic()
    denied = AclBinding(
        ResourceType.TOPIC, topic, ResourcePatternType.LITERAL, f"User:{USER}", "*",
        AclOperation.WRITE, AclPermissionType.DENY,
    )  # fmt: skip
    for result in kafka.admin.create_acls([denied]).values():
        result.result(PATIENCE_S)
    failure = outcome_of(make(kafka.address("SASL"), sign_in=True), topic, b"x")
    assert not failure.retryable
    assert "may not write" in failure.message


@pytest.mark.parametrize("compression", ["no_compression", "snappy", "gzip", "lz4", "zstd"])
@pytest.mark.parametrize("acks", ["all_isr", "leader_only", "none"])
def test_every_compression_and_acknowledgement(
    kafka: Kafka, make: Callable[..., RecordProducer], compression: str, acks: str
):
    topic = kafka.topic()
    producer = make(kafka.bootstrap, compression=compression, required_acks=acks)
    outcomes: list[object] = []
    for number in range(20):
        producer.produce(
            topic, b"value %d" % number, None, lambda error, record: outcomes.append(error)
        )
    eventually(polling(producer, lambda: len(outcomes) == 20))
    assert outcomes == [None] * 20
    assert [m.value() for m in kafka.read(topic, 20)] == [b"value %d" % n for n in range(20)]


@pytest.mark.timeout(60)  # starts a node of its own, twice
@pytest.mark.expect_warnings("the outage")
def test_outage_is_told_and_outlived(private_kafka: Kafka, make: Callable[..., RecordProducer]):
    topic = private_kafka.topic()
    producer = make(private_kafka.bootstrap)
    delivered: list[object] = []

    def report(error: object, record: object) -> None:
        assert error is None
        delivered.append(record)

    producer.produce(topic, b"before", None, report)
    eventually(polling(producer, lambda: delivered and producer.status == "connected"))
    private_kafka.kill()
    eventually(polling(producer, lambda: producer.status == "disconnected"), 5)
    eventually(polling(producer, lambda: "refused" in producer.status_reason), 5)
    assert producer.status_reason == (
        f"Nothing answers on {private_kafka.bootstrap} (connection refused)."
    )
    producer.produce(topic, b"meanwhile", None, report)
    private_kafka.start()
    eventually(polling(producer, lambda: producer.status == "connected"))
    eventually(polling(producer, lambda: len(delivered) == 2))
    assert producer.status_reason == ""
    values = [message.value() for message in private_kafka.read(topic, 2)]
    assert values == [b"before", b"meanwhile"]


@pytest.mark.timeout(60)  # starts a node of its own
@pytest.mark.expect_warnings("the outage")
def test_record_older_than_its_age_has_expired(
    private_kafka: Kafka, make: Callable[..., RecordProducer]
):
    topic = private_kafka.topic()
    producer = make(private_kafka.bootstrap, max_batch_age="500ms")
    eventually(polling(producer, lambda: producer.status == "connected"))
    private_kafka.kill()
    eventually(polling(producer, lambda: "refused" in producer.status_reason))
    failure = outcome_of(producer, topic, b"x")
    assert failure.code == EXPIRED
    assert not failure.retryable
    assert "connection refused" in failure.message, "the cause, not only that time is up"


@pytest.mark.expect_warnings("nobody listens")
def test_records_wait_while_the_cluster_was_never_there(make: Callable[..., RecordProducer]):
    producer = make("127.0.0.1:1")
    outcomes: list[object] = []
    for _ in range(10_000):
        producer.produce("t", b"x", None, lambda error, record: outcomes.append(error))
    with pytest.raises(QueueFull):
        producer.produce("t", b"x", None, lambda error, record: None)
    eventually(polling(producer, lambda: producer.status == "disconnected"))
    assert not outcomes
