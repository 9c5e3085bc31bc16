"""Hours in small: a steady load, nothing lost, and memory that does not grow.

`SOAK_MINUTES` sets how long; 3 by itself.
"""

from __future__ import annotations

import os
import tempfile
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from confluent_kafka import Consumer, TopicPartition

from tests.helpers.account import ROWS, Account
from tests.helpers.engine import RunningEngine, balances
from tests.helpers.kafka import Kafka
from tests.helpers.load import NumberLoad
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.wait import eventually
from tests.helpers.workspaces import write_workspace

from .conftest import MEMORY

MINUTES: Final = float(os.environ.get("SOAK_MINUTES", "3"))
RATE: Final = 5_000
GROWTH: Final = 1 << 20
"""Bytes of resident memory that the engine may grow by in the second half."""
PARTITIONS: Final = 4
RETENTION: Final = 64 << 20
MESSAGES: Final = round(MINUTES * 60 * RATE)


class Reader:
    """Reads a topic while it is written, and ticks off what it has seen."""

    def __init__(self, kafka: Kafka, topic: str) -> None:
        self.records = 0
        self.seen = bytearray(MESSAGES)
        self._stop = threading.Event()
        self._consumer = Consumer(
            {
                "bootstrap.servers": kafka.bootstrap,
                "group.id": uuid.uuid4().hex,
                "enable.auto.commit": False,
            }
        )
        self._consumer.assign([TopicPartition(topic, each, 0) for each in range(PARTITIONS)])
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def distinct(self) -> int:
        """How many different messages were read."""
        return self.seen.count(1)

    def close(self) -> None:
        """Read no more."""
        self._stop.set()
        self._thread.join()
        self._consumer.close()

    def _run(self) -> None:
        while not self._stop.is_set():
            for message in self._consumer.consume(5_000, timeout=0.5):
                if message.error() is None:
                    self.records += 1
                    self.seen[int(message.value() or b"-1")] = 1


@contextmanager
def reading(kafka: Kafka, topic: str) -> Iterator[Reader]:
    reader = Reader(kafka, topic)
    try:
        yield reader
    finally:
        reader.close()


def resident(pid: int) -> int:
    """Tell the resident memory of a process in bytes."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@pytest.fixture
def fast_mosquitto() -> Iterator[Mosquitto]:
    """A broker that saves nothing while it runs: nobody stops it here."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        broker = Mosquitto(
            Path(folder) / "mosquitto", extra=("autosave_on_changes false", "autosave_interval 0")
        )
        broker.start()
        yield broker
        broker.stop()


@pytest.mark.faults
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads memory from /proc")
@pytest.mark.timeout(MINUTES * 90 + 120)  # as long as it is told to go on
def test_a_steady_load_loses_nothing_and_memory_stays(
    tmp_path: Path,
    patient_kafka: Kafka,
    fast_mosquitto: Mosquitto,
    start_engine: Callable[..., RunningEngine],
) -> None:
    topic = patient_kafka.topic(
        partitions=PARTITIONS, retention_bytes=str(RETENTION), segment_bytes=str(RETENTION // 4)
    )
    workspace = write_workspace(
        tmp_path, mqtt=fast_mosquitto.url, kafka=patient_kafka.bootstrap, topic=topic
    )
    engine = start_engine(workspace)
    engine.until_running()
    sizes: list[tuple[float, int]] = []

    def sampled() -> bool:
        sizes.append((engine.latest["uptime_s"], resident(engine.process.pid)))
        return load.is_done

    with (
        reading(patient_kafka, topic) as reader,
        NumberLoad(fast_mosquitto, "bench/n", MESSAGES, per_second=RATE) as load,
    ):
        eventually(sampled, MINUTES * 80 + 30, lambda: f"{load.acknowledged} of {MESSAGES}")
        engine.until(lambda s: not s["sources"]["plant"]["unacked"], timeout=60)
        eventually(lambda: reader.distinct == MESSAGES, 60, lambda: str(reader.distinct))
    final = engine.stop()
    took_s = sizes[-1][0] - sizes[0][0]
    half = [size for at, size in sizes if at - sizes[0][0] >= took_s / 2]
    growth = half[-1] - half[0]
    note = (
        f"{MESSAGES / took_s:,.0f}/s for {took_s / 60:.1f} min; engine {half[-1] / (1 << 20):.1f} "
        f"MB, {growth / (1 << 20):+.2f} MB in the second half"
    )
    lost = MESSAGES - reader.distinct
    duplicates = reader.records - reader.distinct
    ROWS.append(Account("soak", "QoS 1", MESSAGES, reader.distinct, duplicates, 0, lost, note))
    assert all(balances(snapshot) for snapshot in engine.snapshots)
    assert final["actions"]["to_kafka"]["success"] >= MESSAGES
    assert growth < GROWTH, note
