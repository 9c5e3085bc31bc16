"""Topics and records that a cluster does not take or give."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    ResourcePatternType,
    ResourceType,
)

from core.errors import AuthFailed, ConnectFailed
from core.kafka.producer import QueueFull
from core.kafka.tail import Tail
from tests.helpers.kafka import USER, Kafka
from tests.helpers.scripted_kafka import OLD, ScriptedKafka
from tests.helpers.wait import PATIENCE_S, eventually

from .conftest import Bench, allow

pytestmark = [
    pytest.mark.broker,
    pytest.mark.expect_warnings("failures are what is tested"),
]


def test_health_check_topic_is_looked_at(kafka: Kafka, bench: Callable[..., Bench]):
    topic = kafka.topic()
    assert bench(kafka.bootstrap, health_check_topic=topic).check()["topic"].ok
    step = bench(kafka.bootstrap, health_check_topic=f"{topic}x").check()["topic"]
    assert step.detail == f"Topic {topic}x does not exist on this cluster."
    assert topic in step.hint, "the nearest name"


def test_settings_of_a_topic_that_decide_what_it_takes_are_told(
    kafka: Kafka, bench: Callable[..., Bench]
):
    plain = kafka.topic(partitions=3)
    strict = kafka.topic(
        cleanup_policy="compact", max_message_bytes="2000", min_insync_replicas="2"
    )
    made = bench(kafka.bootstrap)
    assert made.check(plain)["topic"].detail == (
        f"{plain} has 3 partitions, replication 1; records up to 1,048,588 bytes"
    )
    assert made.check(strict)["topic"].detail == (
        f"{strict} has 1 partition, replication 1; records up to 2,000 bytes; compacted: every "
        "record needs a key; 2 replicas have to be in sync"
    )


def test_settings_that_a_user_may_not_see_are_left_out(kafka: Kafka, bench: Callable[..., Bench]):
    topic = kafka.topic()
    allow(kafka, topic, AclOperation.WRITE)  # which lets one see it, too
    auth = {"mechanism": "plain", "username": USER, "password": "env:X"}
    step = bench(kafka.address("SASL"), authentication=auth).check(topic)["topic"]
    assert (step.ok, step.detail) == (True, f"{topic} has 1 partition, replication 1")


def test_partition_has_no_leader(bench: Callable[..., Bench]):
    with ScriptedKafka(topics=["t"], leaders=[1, -1, 1]) as server:
        step = bench(server.address).check("t")["topic"]
    assert not step.ok
    assert step.detail == "t: 2 of 3 partitions have a leader."


@pytest.mark.parametrize("code", [5, 6])
def test_leader_that_moves_costs_nothing(bench: Callable[..., Bench], code: int):
    with ScriptedKafka(errors=[code]) as server:
        assert bench(server.address).send() is None
        assert server.produced == 2


def test_too_few_replicas_are_in_sync(bench: Callable[..., Bench]):
    """A lone node of today's Kafka counts itself as enough, whatever min.insync.replicas says."""
    with ScriptedKafka(errors=[19, 20] * 5) as server:
        failure = bench(server.address, {"max_retries": 1}).send()
    assert failure is not None
    assert failure.retryable
    assert failure.message == "Topic t has fewer replicas in sync than its min.insync.replicas."
    assert "leader_only" in failure.hint


def test_batch_is_larger_than_the_broker_takes(bench: Callable[..., Bench]):
    with ScriptedKafka(errors=[18] * 5) as server:
        failure = bench(server.address).send()
    assert failure is not None
    assert not failure.retryable
    assert "max.message.bytes" in failure.message


def test_timestamp_is_refused(kafka: Kafka, bench: Callable[..., Bench]):
    topic = kafka.topic(message_timestamp_after_max_ms="60000")
    tomorrow_ms = int(time.time() * 1_000) + 86_400_000
    failure = bench(kafka.bootstrap).send(topic, tomorrow_ms)
    assert failure is not None
    assert not failure.retryable
    assert failure.message == f"Kafka refused the timestamp of the record for topic {topic}."


def test_idempotence_is_not_allowed(kafka: Kafka, bench: Callable[..., Bench]):
    """Needs both: whoever may write somewhere may be idempotent, too."""
    rules = [
        AclBinding(
            kind, name, ResourcePatternType.LITERAL, f"User:{USER}", "*", what,
            AclPermissionType.DENY,
        )
        for kind, name, what in (
            (ResourceType.TOPIC, "*", AclOperation.WRITE),
            (ResourceType.BROKER, "kafka-cluster", AclOperation.IDEMPOTENT_WRITE),
        )
    ]  # fmt: skip
    for result in kafka.admin.create_acls(rules).values():
        result.result(PATIENCE_S)
    try:
        auth = {"mechanism": "plain", "username": USER, "password": "env:X"}
        made = bench(kafka.address("SASL"), authentication=auth)
        made.until(lambda: made.producer.status == "failed")
        assert made.producer.status_reason == (
            "This user may not use an idempotent producer on this cluster."
        )
        with pytest.raises(QueueFull):
            made.producer.produce("t", b"x", b"k", lambda error, record: None)
    finally:
        own = AclBindingFilter(
            ResourceType.ANY, None, ResourcePatternType.ANY, f"User:{USER}", "*",
            AclOperation.ANY, AclPermissionType.DENY,
        )  # fmt: skip
        for result in kafka.admin.delete_acls([own]).values():
            result.result(PATIENCE_S)


@pytest.mark.parametrize("sees_it", [True, False])
def test_reading_is_not_allowed(kafka: Kafka, bench: Callable[..., Bench], sees_it: bool):
    topic = kafka.topic()
    right = AclOperation.DESCRIBE if sees_it else AclOperation.DESCRIBE_CONFIGS
    allow(kafka, topic, right)
    auth = {"mechanism": "plain", "username": USER, "password": "env:X"}
    made = bench(kafka.address("SASL"), authentication=auth)

    def read() -> None:
        tail = Tail(made.connector, made.environment, topic, start="beginning")
        try:
            eventually(tail.poll)
        finally:
            tail.close()

    with pytest.raises(AuthFailed, match=f"may not read topic {topic}"):
        read()
    failure = made.send(topic)
    assert failure is not None
    assert not failure.retryable
    assert failure.message == f"This user may not write to topic {topic}."
    step = made.check(topic)["write" if sees_it else "topic"]
    assert (step.ok, step.detail) == (
        False,
        f"This user may not write to topic {topic}."
        if sees_it
        else f"This user may not see topic {topic}, nor whether it exists.",
    )
    assert "WRITE" in step.hint


def test_tail_waits_for_a_leader(bench: Callable[..., Bench]):
    with ScriptedKafka(topics=["t"], errors=[6, 5]) as server:
        made = bench(server.address)
        Tail(made.connector, made.environment, "t", start="end").close()
        assert server.errors == []


def test_tail_says_that_there_is_no_leader(
    bench: Callable[..., Bench], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("core.kafka.tail._OFFSETS_TIMEOUT_S", 1.0)
    with ScriptedKafka(topics=["t"], errors=[6] * 10_000) as server:
        made = bench(server.address)
        with pytest.raises(ConnectFailed, match="Topic t has no leader at the moment"):
            Tail(made.connector, made.environment, "t", start="end")


def test_broker_is_too_old_for_idempotence(bench: Callable[..., Bench]):
    with ScriptedKafka(apis=OLD) as server:
        made = bench(server.address)
        made.until(lambda: made.producer.status == "failed")
        assert made.producer.status_reason == ("The broker is too old for what this action uses.")
        assert bench(server.address, {"max_inflight": 10}).send() is None, "without idempotence"


def test_broken_idempotent_producer_is_replaced(bench: Callable[..., Bench]):
    with ScriptedKafka(errors=[45]) as server:
        made = bench(server.address)
        failure = made.send()
        assert failure is not None
        assert failure.retryable
        assert "lost its place" in failure.message
        assert made.send() is None, "the next one goes through the new producer"


def test_quota_is_said_though_nothing_fails(bench: Callable[..., Bench]):
    with ScriptedKafka(throttle_ms=1_000) as server:
        made = bench(server.address)
        assert made.send() is None
        made.until(lambda: made.producer.status_reason)
        assert made.producer.status == "connected"
        assert made.producer.status_reason == (
            f"{server.address} makes this client wait because of a quota."
        )


def test_broker_sees_the_name_of_the_connector(bench: Callable[..., Bench]):
    with ScriptedKafka() as server:
        assert bench(server.address).send() is None
        assert server.clients == {"sluicegate:lab"}
