"""Where records go: the same partition as with Java's producer, or as the other choices say."""

from __future__ import annotations

import collections
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.errors import DeliveryFailed
from core.kafka.options import producer_group
from core.kafka.partitioner import by_crc32, by_murmur2, by_phash2
from core.kafka.producer import QueueFull, RecordProducer
from core.workspace.environment import Environment
from core.workspace.kafka import KafkaAction, KafkaConnector
from tests.helpers.kafka import Kafka, kafka_jars
from tests.helpers.wait import eventually

pytestmark = [
    pytest.mark.broker,
    pytest.mark.timeout(60),  # the first one may have to start Kafka, two start a Java program
]
PARTITIONS = 7
KEYS = [
    *(f"dev-{number}" for number in range(60)),
    *("a", "ab", "abc", "abcd", "abcde", "temp_hum/emqx", "größe", "温度", "x" * 300),
]


@pytest.fixture
def send(kafka: Kafka, tmp_path: Path) -> Iterator[Callable[..., dict[str, set[int]]]]:
    """Write a record for each key with an action's options; tells the partitions by key."""
    made: list[RecordProducer] = []

    def send(topic: str, keys: list[str], **options: object) -> dict[str, set[int]]:
        connector = KafkaConnector(name="lab", bootstrap_hosts=kafka.bootstrap)
        group = producer_group(KafkaAction(connector="lab", topic=topic, **options))
        producer = RecordProducer(connector, group, Environment(tmp_path, tmp_path, lambda _: ""))
        made.append(producer)
        eventually(lambda: producer.poll(0.02) >= 0 and producer.status == "connected")
        found: dict[str, set[int]] = collections.defaultdict(set)
        errors: list[object] = []

        def report(error: object, record: object) -> None:
            errors.append(error)

        waiting = list(keys)
        while waiting:
            sent = _try(producer, topic, waiting[0], report)
            waiting = waiting[1:] if sent else waiting
            producer.poll(0 if sent else 0.02)
        eventually(lambda: producer.poll(0.02) >= 0 and len(errors) == len(keys))
        assert set(errors) == {None}
        for message in kafka.read(topic, len(keys)):
            key = message.key()
            found["" if key is None else key.decode()].add(message.partition() or 0)
        return found

    yield send
    for each in made:
        each.close(0)


def _try(producer: RecordProducer, topic: str, key: str, report: Callable[..., None]) -> bool:
    try:
        producer.produce(topic, b"x", key.encode() or None, report)
    except QueueFull:  # the number of partitions is not known yet
        return False
    return True


def java_partitions(kafka: Kafka, topic: str, keys: list[str]) -> dict[str, int]:
    """Write a record for each key with the console producer of Apache Kafka."""
    command = ["java", "-Xmx256m", "-Dfile.encoding=UTF-8", "-cp", f"{kafka_jars()}/*"]
    command += ["org.apache.kafka.tools.ConsoleProducer", "--bootstrap-server", kafka.bootstrap]
    command += ["--topic", topic, "--property", "parse.key=true", "--property", "key.separator=|"]
    lines = "".join(f"{key}|x\n" for key in keys)
    subprocess.run(command, input=lines.encode(), check=True, capture_output=True, timeout=50)
    records = kafka.read(topic, len(keys))
    return {(record.key() or b"").decode(): record.partition() or 0 for record in records}


def test_murmur2_puts_every_key_where_java_puts_it(
    kafka: Kafka, send: Callable[..., dict[str, set[int]]]
):
    java = java_partitions(kafka, kafka.topic(PARTITIONS), KEYS)
    assert len(set(java.values())) == PARTITIONS, "the keys do not tell the partitions apart"
    ours = send(kafka.topic(PARTITIONS), KEYS, partition_strategy="key_dispatch")
    assert ours == {key: {partition} for key, partition in java.items()}
    assert java == {key: by_murmur2(key.encode(), PARTITIONS) for key in KEYS}, "the preview"


def test_murmur2_within_a_limit_is_javas_with_fewer_partitions(
    kafka: Kafka, send: Callable[..., dict[str, set[int]]]
):
    java = java_partitions(kafka, kafka.topic(3), KEYS)
    options = {"partition_strategy": "key_dispatch", "partitions_limit": 3}
    ours = send(kafka.topic(PARTITIONS), KEYS, **options)
    assert ours == {key: {partition} for key, partition in java.items()}


@pytest.mark.parametrize(("partitioner", "choose"), [("phash2", by_phash2), ("crc32", by_crc32)])
def test_other_hashes(
    kafka: Kafka, send: Callable[..., dict[str, set[int]]], partitioner: str, choose: Callable
):
    options = {"partition_strategy": "key_dispatch", "partitioner": partitioner}
    ours = send(kafka.topic(PARTITIONS), KEYS, **options)
    assert ours == {key: {choose(key.encode(), PARTITIONS)} for key in KEYS}


def test_phash2_sends_records_without_key_to_one_partition(
    kafka: Kafka, send: Callable[..., dict[str, set[int]]]
):
    options = {"partition_strategy": "key_dispatch", "partitioner": "phash2"}
    assert send(kafka.topic(PARTITIONS), [""] * 20, **options)[""] == {by_phash2(b"", PARTITIONS)}


def test_murmur2_spreads_records_without_key(
    kafka: Kafka, send: Callable[..., dict[str, set[int]]]
):
    options = {"partition_strategy": "key_dispatch", "max_linger_time": "0ms"}
    assert len(send(kafka.topic(PARTITIONS), [""] * 300, **options)[""]) > 1


def test_even_uses_every_partition_for_one_key(
    kafka: Kafka, send: Callable[..., dict[str, set[int]]]
):
    found = send(kafka.topic(PARTITIONS), ["k"] * 200, partition_strategy="random")
    assert found["k"] == set(range(PARTITIONS))


def test_limit_leaves_the_other_partitions_alone(
    kafka: Kafka, send: Callable[..., dict[str, set[int]]]
):
    found = send(kafka.topic(PARTITIONS), ["k"] * 200, partitions_limit=2)
    assert found["k"] == {0, 1}


def test_explicit_partition_out_of_range_fails_for_good(kafka: Kafka, tmp_path: Path):
    topic = kafka.topic(2)
    connector = KafkaConnector(name="lab", bootstrap_hosts=kafka.bootstrap)
    group = producer_group(
        KafkaAction(connector="lab", topic=topic, partition_strategy="explicit", partition="${p}")
    )
    producer = RecordProducer(connector, group, Environment(tmp_path, tmp_path, lambda _: ""))
    errors: list[object] = []
    try:
        producer.produce(topic, b"x", None, lambda error, _: errors.append(error), partition=1)
        eventually(lambda: producer.poll(0.02) >= 0 and errors)
        assert errors == [None]
        with pytest.raises(DeliveryFailed) as caught:
            producer.produce(topic, b"x", None, lambda error, _: None, partition=2)
    finally:
        producer.close(0)
    assert not caught.value.retryable
