"""What the engine is started on after a crash, and which simulators start with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from core.bridge.metrics import EngineState, Snapshot, SourceStats
from core.status import Status
from core.workspace.environment import SandboxAddresses
from gui.opening import Opened, open_file
from gui.viewmodels.running import Running
from gui.viewmodels.simulators import make_simulators
from tests.gui.conftest import Run
from tests.helpers.workspaces import write_workspace

OLD = SandboxAddresses("127.0.0.1:1", "127.0.0.1:2")
NEW = SandboxAddresses("127.0.0.1:3", "127.0.0.1:4")


class FakeEngine:
    """Notes what it is asked for."""

    def __init__(self) -> None:
        self.state = "starting"
        self.asked: list[str] = []

    async def start(self, _path: Path, sandbox: SandboxAddresses, **_how: Any) -> None:
        self.asked.append(f"start on {sandbox}")

    async def stop(self) -> None:
        self.asked.append("stop")

    async def reload(self, *, drain_s: float) -> int:
        self.asked.append(f"reload in {drain_s:g} s")
        return 0


def test_changes_after_a_crash_are_reloaded_on_the_brokers_that_it_was_started_on(
    tmp_path: Path, run: Run
):
    path = write_workspace(tmp_path, mqtt="sandbox", kafka="sandbox", topic="a")
    engine = FakeEngine()
    running = Running(engine, make_simulators(in_process=True))  # pyright: ignore[reportArgumentType] - only these are called
    run(running.start(open_file(path, OLD)), 10)
    run(running.start_again(NEW), 10)
    run(running.take_over(open_file(path, NEW), 0.0), 10)

    assert engine.asked == [f"start on {OLD}", f"start on {NEW}", "reload in 0 s"]


class FakeSimulators:
    """Notes which are started."""

    def __init__(self) -> None:
        self.started: list[str] = []

    def start(self, name: str, _opened: Opened) -> None:
        self.started.append(name)

    def start_all(self, _opened: Opened, but: set[str]) -> None:
        self.started += [name for name in ("near", "own") if name not in but]


def sources(state: EngineState, **statuses: Status) -> Snapshot:
    made = {
        name: SourceStats(status=status, status_reason="Refused." if status == "failed" else "")
        for name, status in statuses.items()
    }
    return Snapshot(state == "stopped", state, 1.0, made, {}, {}, {})


@pytest.fixture
def near_and_own(tmp_path: Path) -> Opened:
    """A simulator on a connector that a rule reads, and one on a connector of its own."""
    path = tmp_path / "w.sluicegate.toml"
    names = {"plant": "near", "alone": "own"}
    text = "sluicegate = 1\n"
    for connector, simulator in names.items():
        text += f'[connectors.mqtt.{connector}]\nserver = "mqtt://127.0.0.1:1"\n'
        text += f'[simulators.{simulator}]\nconnector = "{connector}"\ntopic = "t"\n'
        text += 'every = "1s"\nautostart = true\n'
    path.write_text(text, "utf-8")
    return open_file(path)


def test_simulators_wait_for_sources_but_not_for_one_that_is_refused(
    near_and_own: Opened, run: Run
):
    simulators = FakeSimulators()
    running = Running(cast("Any", FakeEngine()), cast("Any", simulators))
    run(running.start(near_and_own), 10)
    running.take_snapshot(sources("starting", plant="connected", other="connecting"))
    assert simulators.started == [], "the other may be there in a moment"
    running.take_snapshot(sources("starting", plant="connecting", other="failed"))
    assert simulators.started == []
    running.take_snapshot(sources("starting", plant="connected", other="failed"))
    running.take_snapshot(sources("starting", plant="connected", other="failed"))
    assert sorted(simulators.started) == ["near", "own"]
    running.start_simulators(near_and_own)
    assert len(simulators.started) == 2, "one that was stopped meanwhile stays so"
