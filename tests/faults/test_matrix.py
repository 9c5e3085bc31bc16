"""Every fault with every way of delivering: where each message went, on real brokers.

A part of the cells runs with all tests; all of them run with `make test-faults`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pytest

from tests.helpers.account import ROWS, Account
from tests.helpers.engine import RunningEngine, balances
from tests.helpers.kafka import Kafka
from tests.helpers.load import NumberLoad
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.numbers import read_all_numbers
from tests.helpers.tcp_proxy import TcpProxy
from tests.helpers.workspaces import write_workspace

from .faults import (
    KAFKA_FAULTS,
    MQTT_FAULTS,
    Fault,
    Scene,
    kafka_killed,
    session_taken_over,
    topic_deleted,
)

RATE: Final = 500
BEFORE: Final = 500
AFTER: Final = 500
KILLS: Final = 3


@dataclass(frozen=True, slots=True)
class Mode:
    """A way of delivering: the source's QoS and the action's buffer."""

    name: str
    qos: int
    buffer: str = "memory"

    @property
    def is_kept(self) -> bool:
        """Whether the MQTT broker keeps what is not in Kafka yet."""
        return self.qos > 0


MEMORY = Mode("QoS 0, memory", 0)
DISK = Mode("QoS 0, disk", 0, "disk")
QOS_1 = Mode("QoS 1", 1)
QOS_2 = Mode("QoS 2", 2)
ALWAYS = {
    (kafka_killed, QOS_1),
    (topic_deleted, QOS_1),
    (session_taken_over, QOS_2),
}
"""The cells that run with all tests."""


def cells(faults: tuple[Fault, ...], modes: tuple[Mode, ...]) -> list[Any]:
    found: list[Any] = []
    for fault in faults:
        for mode in modes:
            marks = [] if (fault, mode) in ALWAYS else [pytest.mark.faults]
            name = f"{fault.__name__}-{mode.name}".replace(" ", "_").replace(",", "")
            found.append(pytest.param(fault, mode, id=name, marks=marks))
    return found


class Stage:
    """Brokers, workspace and engines of one test."""

    def __init__(
        self,
        folder: Path,
        kafka: Kafka,
        mosquitto: Mosquitto,
        proxy: TcpProxy,
        start_engine: Callable[..., RunningEngine],
        mode: Mode,
    ) -> None:
        self.kafka, self.mosquitto, self.proxy, self.mode = kafka, mosquitto, proxy, mode
        self.topic = kafka.topic(partitions=4)
        self.client_id = f"engine-{self.topic}"
        self._start = start_engine
        query = "at_least_once" if mode.is_kept else "async"
        self._workspace = write_workspace(
            folder,
            mqtt=f"mqtt://127.0.0.1:{proxy.port}",
            kafka=kafka.bootstrap,
            topic=self.topic,
            mqtt_options=f'qos = {mode.qos}\nclient_id = "{self.client_id}"\nkeepalive = "5s"',
            action_options=(
                f'query_mode = "{query}"\nbuffer = {{ mode = "{mode.buffer}" }}\n'
                'fallback_actions = [{ kind = "file" }]'
            ),
        )
        self.engine = self.restart()

    def restart(self) -> RunningEngine:
        """Start an engine on the workspace."""
        self.engine = self._start(self._workspace)
        self.engine.until_running()
        return self.engine

    def scene(self, load: NumberLoad) -> Scene:
        """Tell what a fault acts on."""
        return Scene(
            self.engine, self.kafka, self.mosquitto, self.proxy, self.topic, self.client_id, load
        )

    @contextmanager
    def load(self) -> Iterator[NumberLoad]:
        """Publish until told to stop."""
        with NumberLoad(
            self.mosquitto, "bench/n", 1_000_000, per_second=RATE, qos=self.mode.qos
        ) as load:
            yield load

    def until_settled(self) -> None:
        """Wait until nothing is on its way any more and nothing comes."""
        before = -1

        def settled(snapshot: dict[str, Any]) -> bool:
            nonlocal before
            source, action = snapshot["sources"]["plant"], snapshot["actions"]["to_kafka"]
            received, before = before, source["received"]
            return (
                source["status"] == "connected"
                and received == source["received"]
                and not (source["unacked"] or action["queuing"] or action["inflight"])
            )

        self.engine.until(settled, timeout=60)


@pytest.fixture
def set_stage(
    tmp_path: Path,
    patient_kafka: Kafka,
    mosquitto: Mosquitto,
    start_engine: Callable[..., RunningEngine],
) -> Iterator[Callable[[Mode], Stage]]:
    with TcpProxy(mosquitto.port) as proxy:
        yield lambda mode: Stage(tmp_path, patient_kafka, mosquitto, proxy, start_engine, mode)


def waiting(snapshot: dict[str, Any]) -> int:
    """Count what the action has taken and Kafka has not confirmed."""
    action = snapshot["actions"]["to_kafka"]
    return int(action["queuing"]) + int(action["inflight"])


def run_through(stage: Stage, fault: Fault) -> tuple[int, dict[str, Any]]:
    """Load, fault in the middle, load again, settle, stop; returns the number and the end."""
    engine = stage.engine
    with stage.load() as load:
        engine.until(lambda s: s["actions"]["to_kafka"]["success"] >= BEFORE)
        fault(stage.scene(load))
        told = load.published
        engine.until(lambda _: load.published >= told + AFTER)
        engine.until(lambda s: s["sources"]["plant"]["status"] == "connected", timeout=40)
        injected = load.stop()
    stage.until_settled()
    final = engine.stop()
    assert all(balances(snapshot) for snapshot in engine.snapshots)
    return injected, final


@pytest.mark.timeout(150)  # a broker goes away under load and comes back
@pytest.mark.parametrize(("fault", "mode"), cells(KAFKA_FAULTS, (MEMORY, DISK, QOS_1, QOS_2)))
def test_kafka_faults_lose_nothing(
    set_stage: Callable[[Mode], Stage], fault: Fault, mode: Mode
) -> None:
    stage = set_stage(mode)
    injected, final = run_through(stage, fault)
    action = final["actions"]["to_kafka"]
    if fault is topic_deleted:
        account = Account(
            fault.__name__, mode.name, injected,
            delivered=action["success"], duplicates=0, set_aside=action["dead_lettered"],
            lost=injected - action["success"] - action["dead_lettered"],
            note="by delivery reports: the records went with the topic",
        )  # fmt: skip
        assert action["dead_lettered"] > 0
    else:
        seen = read_all_numbers(stage.kafka, stage.topic)
        account = Account.of(fault.__name__, mode.name, injected, seen)
        assert action["failed"] == 0
    ROWS.append(account)
    assert account.lost == 0, account


@pytest.mark.timeout(150)  # a broker goes away under load and comes back
@pytest.mark.parametrize(("fault", "mode"), cells(MQTT_FAULTS, (MEMORY, QOS_1, QOS_2)))
def test_mqtt_faults_lose_nothing_that_the_broker_keeps(
    set_stage: Callable[[Mode], Stage], fault: Fault, mode: Mode
) -> None:
    stage = set_stage(mode)
    injected, final = run_through(stage, fault)
    seen = read_all_numbers(stage.kafka, stage.topic)
    note = "" if mode.is_kept else "QoS 0: the MQTT broker keeps nothing for who is away"
    account = Account.of(fault.__name__, mode.name, injected, seen)
    ROWS.append(replace(account, note=note))
    assert final["sources"]["plant"]["reconnects"] > 0
    assert len(seen) == final["actions"]["to_kafka"]["success"]
    if mode.is_kept:
        assert account.lost == 0, account


@pytest.mark.timeout(150)  # three engines, one after the other, under load
@pytest.mark.parametrize(
    "mode",
    [pytest.param(mode, id=mode.name, marks=pytest.mark.faults) for mode in (QOS_1, QOS_2)],
)
def test_engine_killed_at_random_moments_loses_nothing(
    set_stage: Callable[[Mode], Stage], mode: Mode
) -> None:
    stage = set_stage(mode)
    moments = random.Random()
    with stage.load() as load:
        for _ in range(KILLS):
            goal = load.published + moments.randrange(200, 1_200)
            stage.engine.until(lambda _, goal=goal: load.published >= goal)
            stage.engine.process.kill()
            stage.engine.wait()
            stage.restart()
        injected = load.stop()
    stage.until_settled()
    stage.engine.stop()
    account = Account.of(
        f"engine killed {KILLS} times", mode.name, injected,
        read_all_numbers(stage.kafka, stage.topic),
    )  # fmt: skip
    ROWS.append(account)
    assert account.lost == 0, account


@pytest.mark.timeout(150)  # Kafka stands still while the buffer fills
def test_what_the_buffer_held_survives_the_engine(set_stage: Callable[[Mode], Stage]) -> None:
    stage = set_stage(DISK)
    engine = stage.engine
    with stage.load() as load:
        engine.until(lambda s: s["actions"]["to_kafka"]["success"] >= BEFORE)
        stage.kafka.pause()
        try:
            held = engine.until(lambda s: waiting(s) >= AFTER)
            engine.process.kill()
            engine.wait()
        finally:
            stage.kafka.resume()
        load.stop()
    stage.restart()
    stage.until_settled()
    final = stage.engine.stop()
    seen = read_all_numbers(stage.kafka, stage.topic)
    in_time = held["actions"]["to_kafka"]["success"] + waiting(held)
    account = Account.of(
        "engine killed, buffer on disk", DISK.name, in_time, [n for n in seen if n < in_time]
    )
    ROWS.append(account)
    assert final["actions"]["to_kafka"]["recovered"] >= waiting(held)
    assert balances(final)
    assert account.lost == 0, account
