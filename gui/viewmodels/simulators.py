"""The simulated devices of the open workspace, which run while the bridge runs."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from core.clock import SystemClock
from core.errors import AppError
from core.lab.runner import SimulatorRunner
from core.lab.simulate import Simulation
from core.mqtt.publisher import Publisher
from core.workspace.environment import Environment
from core.workspace.model import Workspace


@dataclass(frozen=True, slots=True)
class SimulatorState:
    """What a simulator has done since it was started."""

    is_running: bool
    sent: int
    failed: int
    last_error: AppError | None


class Simulators:
    """Starts and stops simulators; each publishes in a thread, on a connection of its own."""

    def __init__(self) -> None:
        self._running: dict[str, tuple[SimulatorRunner, Publisher]] = {}

    @property
    def states(self) -> dict[str, SimulatorState]:
        """Those that were started, by name."""
        return {
            name: SimulatorState(runner.is_running, runner.sent, runner.failed, runner.last_error)
            for name, (runner, _) in self._running.items()
        }

    def start(self, name: str, workspace: Workspace, environment: Environment) -> None:
        """Start one, unless it runs. Does not block: it connects in its own thread."""
        running = self._running.get(name)
        if running is not None and running[0].is_running:
            return
        simulator = workspace.simulators[name]
        connector = workspace.connectors.mqtt[simulator.connector]
        publisher = Publisher(
            connector,
            client_id=workspace.client_id(connector),
            environment=environment,
            purpose="sim",
        )
        runner = SimulatorRunner(simulator, Simulation(simulator), publisher, SystemClock())
        self._running[name] = (runner, publisher)
        runner.start()

    def start_all(self, workspace: Workspace, environment: Environment) -> None:
        """Start those that are to run with the bridge."""
        for name, simulator in workspace.simulators.items():
            if simulator.autostart:
                self.start(name, workspace, environment)

    async def stop(self) -> None:
        """Stop them all; a message on its way is finished first."""
        running, self._running = self._running, {}
        await asyncio.gather(*(asyncio.to_thread(_end, *pair) for pair in running.values()))


def _end(runner: SimulatorRunner, publisher: Publisher) -> None:
    runner.stop()
    publisher.close()
