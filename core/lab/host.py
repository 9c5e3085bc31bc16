"""Runs the simulators of workspaces, each in a thread with a connection of its own."""

from __future__ import annotations

from dataclasses import dataclass

from core.clock import Clock, SystemClock
from core.errors import AppError, ConfigError
from core.lab.messages import Progress
from core.lab.runner import SimulatorRunner
from core.lab.simulate import Simulation
from core.mqtt.publisher import Publisher
from core.workspace.environment import Environment
from core.workspace.lab import Simulator
from core.workspace.model import Workspace


@dataclass(slots=True)
class _Run:
    runner: SimulatorRunner
    target: float
    simulator: Simulator
    started_s: float
    ended_s: float | None = None


class SimulatorHost:
    """Starts and stops simulators.

    One thread at a time; `progress` may be read by any while nothing is started or forgotten.
    """

    def __init__(self, clock: Clock | None = None) -> None:
        """Start with none running."""
        self._clock = clock or SystemClock()
        self._runs: dict[str, _Run] = {}
        self._refused: dict[str, Progress] = {}

    @property
    def progress(self) -> dict[str, Progress]:
        """How those are that were started, by name."""
        return self._refused | {name: self._progress(run) for name, run in self._runs.items()}

    def start(self, name: str, workspace: Workspace, environment: Environment) -> None:
        """Start one, unless it runs; it connects in its own thread.

        Blocks only while the same one is being stopped. What keeps it from starting is told as its
        error.
        """
        run = self._runs.get(name)
        if run is not None and run.runner.is_running:
            if not run.runner.is_stopping:
                return
            run.runner.stop()
        self._runs.pop(name, None)
        self._refused.pop(name, None)
        try:
            run = self._prepare(name, workspace, environment)
        except AppError as exc:
            self.refuse(name, exc)
            return
        self._runs[name] = run
        run.runner.start()

    def refuse(self, name: str, error: AppError) -> None:
        """Take note of why one cannot be started."""
        self._refused[name] = Progress(has_failed=True, error=error.message, hint=error.hint)

    def stop(self, name: str) -> None:
        """Have one stop soon, once what is on its way has been answered; its figures stay."""
        if name in self._runs:
            self._runs[name].runner.ask_to_stop()

    def stop_all(self) -> None:
        """Stop them all and wait until they have; their figures stay."""
        for run in self._runs.values():
            run.runner.ask_to_stop()
        for run in self._runs.values():
            run.runner.stop()

    def forget(self) -> None:
        """Forget the figures of those that do not run."""
        self._runs = {name: run for name, run in self._runs.items() if run.runner.is_running}
        self._refused = {}

    def _prepare(self, name: str, workspace: Workspace, environment: Environment) -> _Run:
        simulator = workspace.simulators.get(name)
        if simulator is None:
            raise ConfigError(f"There is no simulator {name!r} that can run.", path="simulators")
        connector = workspace.connectors.mqtt.get(simulator.connector)
        if connector is None:
            raise ConfigError(
                f"There is no MQTT connector {simulator.connector!r} to publish on.",
                path=f"simulators.{name}.connector",
                value=simulator.connector,
                hint="Choose one that the workspace has.",
            )
        publisher = Publisher(
            connector,
            client_id=workspace.client_id(connector),
            environment=environment,
            purpose="sim",
        )
        simulation = Simulation(simulator)
        runner = SimulatorRunner(simulator, simulation, publisher, self._clock)
        target = simulation.rate if simulator.every.ms else 0.0
        return _Run(runner, target, simulator, self._clock.monotonic_s())

    def _progress(self, run: _Run) -> Progress:
        runner = run.runner
        is_running = runner.is_running
        if not is_running and run.ended_s is None:
            run.ended_s = self._clock.monotonic_s()
        until_s = run.ended_s if run.ended_s is not None else self._clock.monotonic_s()
        error = runner.last_error
        return Progress(
            is_running=is_running,
            is_connected=runner.is_connected,
            has_failed=runner.has_failed,
            target=run.target,
            devices=run.simulator.devices,
            burst=run.simulator.burst,
            sent=runner.sent,
            acknowledged=runner.acknowledged,
            failed=runner.failed,
            in_flight=runner.in_flight,
            skipped_s=runner.skipped_s,
            late_s=runner.late_s,
            blocked_s=runner.blocked_s,
            run_s=until_s - run.started_s,
            late_p99_ms=runner.lateness_ms(99),
            error=error.message if error is not None else "",
            hint=error.hint if error is not None else "",
        )
