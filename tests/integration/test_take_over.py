"""A running engine takes over a changed workspace: after what is in flight, or beside it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.bridge.engine import Engine
from core.bridge.invariants import imbalances
from core.bridge.metrics import ActionStats, Snapshot
from core.cli.workspace_file import open_workspace
from core.errors import AppError
from core.mqtt.publisher import Publisher
from core.workspace.mqtt import MqttConnector
from tests.helpers.kafka import Kafka
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.subscriber import environment_at
from tests.helpers.wait import aeventually
from tests.helpers.workspaces import write_workspace

pytestmark = [
    pytest.mark.broker,
    pytest.mark.timeout(60),  # the first one may have to start Kafka
]
NOBODY = "127.0.0.1:1"
LONG_S = 15.0
SLOW = 'max_linger_time = "2s"\nmax_linger_bytes = "1MB"'


@dataclass
class Plant:
    """An engine, its workspace file, and somebody who publishes to it."""

    engine: Engine
    path: Path
    publisher: Publisher
    topic: str

    async def publish(self, *payloads: str, qos: int = 1) -> None:
        for payload in payloads:
            self.publisher.submit(f"{self.topic}/x", payload.encode(), qos=qos)
        await asyncio.to_thread(self.publisher.wait)

    def change(self, old: str, new: str) -> None:
        text = self.path.read_text()
        assert old in text
        self.path.write_text(text.replace(old, new))

    async def reload(self, drain_s: float) -> int:
        return await self.engine.reload(*open_workspace(self.path, quiet=True), drain_s=drain_s)

    async def draining(self, drain_s: float) -> asyncio.Future[int]:
        """Begin a change, which waits now for what is in flight."""
        change = asyncio.ensure_future(self.reload(drain_s))
        source = self.engine._pipelines["plant"]._source
        await self.until(lambda: source._is_held)
        return change

    @property
    def action(self) -> ActionStats:
        return self.engine.snapshot().actions["to_kafka"]

    async def in_flight(self, count: int) -> None:
        await self.until(lambda: self.action.inflight + self.action.queuing == count)

    async def delivered(self, count: int) -> None:
        await self.until(lambda: self.action.success == count)

    async def until(self, condition: Callable[[], object]) -> None:
        await aeventually(condition, message=lambda: str(self.engine.snapshot()))


@contextlib.asynccontextmanager
async def plant_of(
    folder: Path, mosquitto: Mosquitto, topic: str, kafka: str, options: str = ""
) -> AsyncIterator[Plant]:
    path = write_workspace(
        folder,
        mqtt=mosquitto.url,
        kafka=kafka,
        topic=topic,
        topic_filter=f"{topic}/#",
        action_options=options,
    )
    engine = Engine(*open_workspace(path, quiet=True))
    publisher = Publisher(
        MqttConnector(name="plant", server=mosquitto.url),
        client_id=f"{topic}-elsewhere",
        environment=environment_at(folder / "publisher"),
    )
    plant = Plant(engine, path, publisher, topic)
    await engine.start()
    try:
        await plant.until(lambda: engine.state == "running")
        yield plant
    finally:
        await asyncio.to_thread(publisher.close)
        if engine.state != "stopped":
            await engine.stop(0.1)


def values(kafka: Kafka, topic: str, count: int) -> list[bytes | None]:
    return [record.value() for record in kafka.read(topic, count)]


def check(snapshot: Snapshot, received: int) -> None:
    """Every message is accounted for, and acknowledged."""
    assert imbalances(snapshot) == []
    assert snapshot.violations == []
    assert snapshot.sources["plant"].received == received
    assert snapshot.sources["plant"].unacked == 0


@pytest.mark.parametrize("qos", [0, 1])
async def test_drain_first_gives_the_new_version_what_arrives_meanwhile(
    tmp_path: Path, shared_mosquitto: Mosquitto, kafka: Kafka, qos: int
):
    old, new = kafka.topic(), kafka.topic()
    async with plant_of(tmp_path, shared_mosquitto, old, kafka.bootstrap, SLOW) as plant:
        await plant.publish(*["old"] * 5, qos=qos)
        await plant.in_flight(5)
        plant.change(f'topic = "{old}"', f'topic = "{new}"')
        plant.change(SLOW, "")
        change = await plant.draining(LONG_S)
        await plant.publish(*["new"] * 5, qos=qos)
        assert not change.done()
        assert plant.action.matched == 5
        assert await change == 0
        await plant.delivered(10)
        check(await plant.engine.stop(), 10)
    assert values(kafka, old, 5) == [b"old"] * 5
    assert values(kafka, new, 5) == [b"new"] * 5


async def test_what_was_counted_under_another_name_stays_in_the_sums(
    tmp_path: Path, shared_mosquitto: Mosquitto, kafka: Kafka
):
    topic = kafka.topic()
    async with plant_of(tmp_path, shared_mosquitto, topic, kafka.bootstrap) as plant:
        await plant.publish("a", "b")
        await plant.delivered(2)
        for before, after in (
            ("[rules.all]", "[rules.every]"),
            ("[connectors.mqtt.plant]", "[connectors.mqtt.hall]"),
        ):
            plant.change(before, after)
            await plant.reload(LONG_S)
            await plant.until(lambda: plant.engine.state == "running")
            pipelines = plant.engine._pipelines.values()
            await plant.until(lambda each=pipelines: all(p.is_ready for p in each))
        await plant.publish("c")
        await plant.delivered(3)
        made = await plant.engine.stop()
    assert made.violations == []
    assert {name: each.received for name, each in made.sources.items()} == {"plant": 2, "hall": 1}
    assert {name: each.matched for name, each in made.rules.items()} == {"all": 2, "every": 1}


async def test_apply_now_does_not_wait_and_loses_nothing(
    tmp_path: Path, shared_mosquitto: Mosquitto, kafka: Kafka
):
    old, new = kafka.topic(), kafka.topic()
    async with plant_of(tmp_path, shared_mosquitto, old, kafka.bootstrap, SLOW) as plant:
        await plant.publish(*["old"] * 5)
        await plant.in_flight(5)
        plant.change(f'topic = "{old}"', f'topic = "{new}"')
        plant.change(SLOW, "")
        assert await plant.reload(0) == 5
        await plant.publish("new")
        await plant.delivered(1)
        assert plant.action.inflight == 5, "the new one has overtaken those of before"
        await plant.delivered(6)
        check(await plant.engine.stop(), 6)
    assert values(kafka, old, 5) == [b"old"] * 5
    assert values(kafka, new, 1) == [b"new"]


@pytest.mark.parametrize("qos", [0, 1])
async def test_nothing_is_lost_while_versions_change_under_a_stream(
    tmp_path: Path, shared_mosquitto: Mosquitto, kafka: Kafka, qos: int
):
    count, versions = 3_000, 6

    topic = kafka.topic()
    async with plant_of(tmp_path, shared_mosquitto, topic, kafka.bootstrap) as plant:

        async def stream() -> None:
            for start in range(0, count, 100):
                await plant.publish(*map(str, range(start, start + 100)), qos=qos)

        streaming = asyncio.ensure_future(stream())
        for version in range(versions):
            await plant.until(
                lambda v=version: (
                    plant.engine.snapshot().sources["plant"].received > v * count / versions
                )
            )
            before = f"message = {{ key = '{'k' * version or '${topic}'}'"
            plant.change(before, f"message = {{ key = '{'k' * (version + 1)}'")
            await plant.reload(LONG_S if version % 2 else 0)
        await streaming
        await plant.delivered(count)
        check(await plant.engine.stop(), count)
    assert values(kafka, topic, count) == [str(n).encode() for n in range(count)]


@pytest.mark.expect_warnings("nobody is at the first address")
async def test_waiting_ends_at_the_limit_with_what_is_left(
    tmp_path: Path, shared_mosquitto: Mosquitto, kafka: Kafka
):
    """Else the address that nothing can be delivered to could not be corrected."""

    topic = kafka.topic()
    async with plant_of(tmp_path, shared_mosquitto, topic, NOBODY) as plant:
        await plant.publish("first", "second")
        await plant.in_flight(2)
        plant.change(NOBODY, kafka.bootstrap)
        assert await plant.reload(0.3) == 2
        await plant.delivered(2)
        check(await plant.engine.stop(), 2)
    assert values(kafka, topic, 2) == [b"first", b"second"]


@pytest.mark.expect_warnings("nobody is at the first address")
async def test_apply_now_ends_the_waiting_of_a_change(
    tmp_path: Path, shared_mosquitto: Mosquitto, kafka: Kafka
):
    topic = kafka.topic()
    async with plant_of(tmp_path, shared_mosquitto, topic, NOBODY) as plant:
        await plant.publish("first")
        await plant.in_flight(1)
        plant.change(NOBODY, kafka.bootstrap)
        waiting = await plant.draining(60)
        await plant.publish("second")
        assert not waiting.done()
        await plant.reload(0)
        assert await waiting == 1
        await plant.delivered(2)
        check(await plant.engine.stop(), 2)


@pytest.mark.expect_warnings("nobody is at the first address")
async def test_stop_ends_the_waiting_and_the_change_is_said_not_to_run(
    tmp_path: Path, shared_mosquitto: Mosquitto, kafka: Kafka
):
    topic = kafka.topic()
    async with plant_of(tmp_path, shared_mosquitto, topic, NOBODY) as plant:
        await plant.publish("first")
        await plant.in_flight(1)
        plant.change(NOBODY, kafka.bootstrap)
        waiting = await plant.draining(60)
        await plant.publish("second")
        final = await plant.engine.stop(0.1)
        with pytest.raises(AppError, match="stopped first") as refused:
            await waiting
        assert refused.value.hint
        assert imbalances(final) == []
        await plant.engine.start()
        await plant.delivered(2)  # the broker has kept them
    assert values(kafka, topic, 2) == [b"first", b"second"]


@pytest.mark.expect_warnings("nobody is at the first address")
async def test_a_stopped_engine_starts_with_the_version_it_was_given(
    tmp_path: Path, shared_mosquitto: Mosquitto, kafka: Kafka
):
    topic = kafka.topic()
    async with plant_of(tmp_path, shared_mosquitto, topic, NOBODY) as plant:
        await plant.engine.stop()
        plant.change(NOBODY, kafka.bootstrap)
        await plant.reload(LONG_S)
        assert plant.engine.snapshot().connectors["laptop"].status == "stopped"
        await plant.engine.start()
        await plant.publish("first")
        await plant.delivered(1)
