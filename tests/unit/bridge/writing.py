"""A writer of records with everything around it, on a producer that tests answer for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.bridge.acks import Acks
from core.bridge.deadletters import DeadLetters
from core.bridge.fallbacks import FileTarget
from core.bridge.memory import MemoryWatch
from core.bridge.metrics import ActionCounters, RuleCounters, action_stats
from core.bridge.record import RecordDecoder
from core.bridge.stores import Buffers
from core.bridge.writer import ActionWriter
from core.errors import DeliveryFailed
from core.kafka.producer import QueueFull
from core.mqtt.message import InboundMessage
from core.workspace.kafka import Fallback, KafkaAction


class ManualClock:
    def __init__(self) -> None:
        self.now_s = 1_000.0

    def now_ms(self) -> int:
        return int(self.now_s * 1_000)

    def monotonic_s(self) -> float:
        return self.now_s


class Place:
    """Where a record came to lie."""

    def partition(self) -> int:
        return 3

    def offset(self) -> int:
        return 42


class FakeProducer:
    """Takes up to `room` records and reports on them when told."""

    status = "connected"
    status_reason = ""

    def __init__(self, room: int = 1_000) -> None:
        self.room = room
        self.partitions = 0
        self.taken: list[tuple[bytes | None, Any]] = []
        self.refuse: DeliveryFailed | None = None
        self.alone = 0

    def produce(self, topic, value, key, on_delivery, timestamp_ms, headers, partition):
        if self.refuse is not None:
            raise self.refuse
        if len(self.taken) >= self.room:
            raise QueueFull
        self.taken.append((value, on_delivery))

    def produce_alone(self, *record):
        self.produce(*record)
        self.alone += 1

    def poll(self, timeout_s: float = 0.0) -> int:
        return 0

    def report(self, error: DeliveryFailed | None = None) -> None:
        """Report on the oldest record."""
        _, on_delivery = self.taken.pop(0)
        on_delivery(error, Place())

    def partition_count(self, topic: str) -> int:
        return self.partitions

    def delivery_failure(self, error: DeliveryFailed, topic: str) -> DeliveryFailed:
        return error


class Bench:
    """A writer with everything around it."""

    def __init__(
        self,
        folder: Path | None = None,
        room: int = 1_000,
        state: Path | None = None,
        clock: ManualClock | None = None,
        meminfo: Path | None = None,
        **options: Any,
    ) -> None:
        """Make one; `folder` takes dead letters, `state` what survives."""
        self.clock = clock or ManualClock()
        self.producer = FakeProducer(room)
        self.counters = ActionCounters()
        self.rule = RuleCounters(id="r")
        self.acked: list[int] = []
        self.acks = Acks(lambda message: self.acked.append(message.packet_id))
        self.letters = folder / "letters.jsonl" if folder else None
        action = KafkaAction.model_validate(
            {"name": "to", "connector": "k", "topic": "t", "message": {"value": "${v}"}, **options}
        )
        dead = DeadLetters(self.letters, Fallback(kind="file"), self.clock) if folder else None
        self.told: list[object] = []
        buffers = Buffers(
            "plant", state or Path("/nowhere"), self.clock, RecordDecoder({"r": self.rule})
        )
        self.writer = ActionWriter(
            self.counters,
            self.clock,
            self.told.append,
            lambda owner: buffers.make(action, owner),
            action,
            self.producer,
            [FileTarget(dead)] if dead else [],
            memory=MemoryWatch(self.clock, meminfo or Path("/nowhere")),
        )
        self._packet_id = 0

    def message(self, value: str = "x", qos: int = 1, raw: bytes = b"", sample: int = 0) -> None:
        """One message that the action writes once; `raw` are its properties."""
        self._packet_id += 1
        message = InboundMessage(
            "a/b", b"payload", qos, packet_id=self._packet_id, raw_properties=raw
        )
        message.received_s = self.clock.now_s
        pending = self.acks.open(message) if qos else None
        self.writer.write({"v": value}, message, self.rule, pending, sample)
        if pending is not None:
            pending.release()

    def check_balance(self) -> None:
        stats = action_stats(self.counters, "connected", "")
        assert stats.matched == (
            stats.success + stats.failed + stats.dropped + stats.queuing + stats.inflight
        )
        assert min(stats.queuing, stats.queuing_bytes, stats.inflight) >= 0


PERMANENT = DeliveryFailed("not authorized", code=29, kind="not_authorized", hint="grant it")

OF_A_BATCH = DeliveryFailed("too large", code=10)

PASSING = DeliveryFailed("topic is unknown", code=3, retryable=True)
