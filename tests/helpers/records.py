"""Records for a tail to read."""

from __future__ import annotations

from collections.abc import Iterable

from confluent_kafka import Producer


def produce(address: str, topic: str, values: Iterable[str | bytes | None], **more: object) -> None:
    """Produce values and wait until all are delivered.

    Args:
        address: HOST:PORT.
        topic: Name.
        values: One record each.
        more: What `Producer.produce` takes besides, for all of them.
    """
    producer = Producer({"bootstrap.servers": address, "queue.buffering.max.messages": 200_000})
    for value in values:
        data = value.encode() if isinstance(value, str) else value
        producer.produce(topic, data, **more)  # type: ignore[arg-type]
        producer.poll(0)
    assert producer.flush(30) == 0
