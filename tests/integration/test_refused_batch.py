"""Kafka refuses whole batches: what was good in one arrives, and only the rest is given up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.helpers.engine import RunningEngine, balances
from tests.helpers.kafka import Kafka
from tests.helpers.load import NumberLoad
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.workspaces import write_workspace

pytestmark = [
    pytest.mark.broker,
    pytest.mark.timeout(60),  # the first one may have to start Kafka
]
MESSAGES = 200
EVERY = 20
BAD = frozenset(range(3, MESSAGES, EVERY))
FAR_MS = 10 * 86_400_000  # Kafka takes nothing that is more than an hour ahead


def outcome(
    folder: Path,
    mosquitto: Mosquitto,
    kafka: Kafka,
    start_engine: Callable[..., RunningEngine],
    topic: str,
    good: str,
    bad: str,
    options: str = "",
    every: int = EVERY,
) -> set[int]:
    """Send records in large batches, with a field for good and bad; returns who failed."""
    field, _, good = good.partition(" = ")
    case = f"CASE WHEN int(payload) mod {every} = 3 THEN {bad} ELSE {good} END as {field}"
    path = write_workspace(
        folder,
        mqtt=mosquitto.url,
        kafka=kafka.bootstrap,
        topic=topic,
        topic_filter=f"{topic}/#",
        select=f"topic as key, payload, {case}",
        key="${key}",
        value="${payload} ${filling}",
        action_options=f'max_linger_time = "100ms"\n{options}',
    )
    engine = start_engine(path)
    engine.until_running()
    with NumberLoad(mosquitto, f"{topic}/1", MESSAGES) as load:
        load.finish(20)
        done = engine.until(
            lambda s: (
                s["actions"]["to_kafka"]["success"] + s["actions"]["to_kafka"]["failed"] == MESSAGES
            )
        )
    assert done["actions"]["to_kafka"]["retried"] > 0, "no batch was refused"
    assert balances(engine.stop())
    delivered = kafka.read(topic, done["actions"]["to_kafka"]["success"])
    return set(range(MESSAGES)) - {int((m.value() or b"").split()[0]) for m in delivered}


def test_batch_that_is_larger_than_the_topic_allows_arrives_one_by_one(
    tmp_path: Path,
    shared_mosquitto: Mosquitto,
    kafka: Kafka,
    start_engine: Callable[..., RunningEngine],
):
    topic = kafka.topic(max_message_bytes="5000")
    failed = outcome(
        *(tmp_path, shared_mosquitto, kafka, start_engine, topic),
        good="filling = pad('', 1000)",
        bad="pad('', 6000)",
    )
    assert failed == BAD


def test_bad_timestamp_costs_its_own_record_only(
    tmp_path: Path,
    shared_mosquitto: Mosquitto,
    kafka: Kafka,
    start_engine: Callable[..., RunningEngine],
):
    failed = outcome(
        *(tmp_path, shared_mosquitto, kafka, start_engine, kafka.topic()),
        good="timestamp = now_timestamp('millisecond')",
        bad=f"now_timestamp('millisecond') + {FAR_MS}",
        every=MESSAGES,
    )
    assert failed == {3}


def test_missing_key_costs_its_own_record_only_even_without_retries(
    tmp_path: Path,
    shared_mosquitto: Mosquitto,
    kafka: Kafka,
    start_engine: Callable[..., RunningEngine],
):
    failed = outcome(
        *(tmp_path, shared_mosquitto, kafka, start_engine, kafka.topic(cleanup_policy="compact")),
        good="key = topic",
        bad="''",
        options="max_retries = 0",
    )
    assert failed == BAD
