"""Reads back what `NumberLoad` has published."""

from __future__ import annotations

import uuid

from confluent_kafka import Consumer, TopicPartition

from tests.helpers.kafka import Kafka
from tests.helpers.wait import PATIENCE_S, eventually


def read_numbers(kafka: Kafka, topic: str, wanted: int, timeout: float) -> list[int]:
    """Read a topic until every number below `wanted` was seen and no more comes.

    Returns:
        All numbers read, repeats included. When some never come, those that did: the caller's
        comparison then names what is missing.
    """
    consumer = Consumer(
        {
            "bootstrap.servers": kafka.bootstrap,
            "group.id": uuid.uuid4().hex,
            "enable.auto.commit": False,
            "enable.partition.eof": False,
        }
    )
    partitions = consumer.list_topics(topic, timeout=PATIENCE_S).topics[topic].partitions
    consumer.assign([TopicPartition(topic, each, 0) for each in partitions])
    found: list[int] = []
    distinct: set[int] = set()

    def complete() -> bool:
        batch = consumer.consume(5_000, timeout=0.3)
        numbers = [int(m.value() or b"-1") for m in batch if m.error() is None]
        found.extend(numbers)
        distinct.update(numbers)
        return not batch and len(distinct) >= wanted

    try:
        eventually(complete, timeout)
    except AssertionError:
        print(f"{len(distinct)} of {wanted} numbers within {timeout} s")
    finally:
        consumer.close()
    return found


def read_all_numbers(kafka: Kafka, topic: str, timeout: float = 30.0) -> list[int]:
    """Read a topic that nobody writes to any more, repeats included."""
    consumer = Consumer(
        {
            "bootstrap.servers": kafka.bootstrap,
            "group.id": uuid.uuid4().hex,
            "enable.auto.commit": False,
        }
    )
    found: list[int] = []
    try:
        partitions = consumer.list_topics(topic, timeout=PATIENCE_S).topics[topic].partitions
        places = [TopicPartition(topic, each, 0) for each in partitions]
        ends = [consumer.get_watermark_offsets(place, timeout=PATIENCE_S)[1] for place in places]
        consumer.assign(places)

        def complete() -> bool:
            for message in consumer.consume(5_000, timeout=0.3):
                if message.error() is None:
                    found.append(int(message.value() or b"-1"))
            at = [place.offset for place in consumer.position(places)]
            return all(here >= end or end == 0 for here, end in zip(at, ends, strict=True))

        eventually(complete, timeout, lambda: f"{len(found)} records of {topic}, to {ends}")
    finally:
        consumer.close()
    return found
