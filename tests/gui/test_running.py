"""Which embedded brokers the engine is started on after a crash, and what comes after that."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.workspace.environment import SandboxAddresses
from gui.opening import open_file
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
