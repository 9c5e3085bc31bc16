"""`sluicegate demo`: the whole chain in the terminal, on embedded brokers."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from core.bridge.engine import Engine
from core.bridge.invariants import imbalances
from core.cli.common import Exit, duration_s, say
from core.cli.embedded import new_topic_tail, start_engine, until
from core.cli.stats_text import status_line, summary_lines
from core.cli.workspace_file import environment_of
from core.clock import SystemClock, local_time
from core.errors import ConfigError
from core.lab.runner import SimulatorRunner
from core.lab.simulate import Simulation
from core.mqtt.publisher import Publisher
from core.sandbox.process import SandboxProcess
from core.workspace.bundled import demo_workspace
from core.workspace.load import load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.bridge.metrics import Snapshot
    from core.cli.common import Subparsers
    from core.kafka.records import TailRecord
    from core.kafka.tail import Tail
    from core.workspace.environment import Environment
    from core.workspace.lab import Simulator
    from core.workspace.model import Workspace

_UNATTENDED_S: Final = 15.0
_POLL_S: Final = 0.1
_STATUS_S: Final = 0.5
_READ_S: Final = 0.2
_READ_MOST: Final = 200
_CATCH_UP_S: Final = 5.0


def add_parser(subparsers: Subparsers) -> None:
    """Describe the command's arguments."""
    parser = subparsers.add_parser(
        "demo",
        help="the demo in the terminal, on embedded brokers",
        description="Embedded brokers, simulated devices, rules, and the records as a Kafka "
        "consumer reads them. Nothing is left behind. Exits 0 only if records were read back "
        "from Kafka and the counters add up.",
    )
    parser.add_argument(
        "--for",
        dest="for_s",
        type=duration_s,
        metavar="DURATION",
        help="end after this long (default: Ctrl+C; 15s when the output is no terminal)",
    )
    parser.set_defaults(handler=run)


def run(args: argparse.Namespace) -> int:
    """Run the demo workspace for a while and account for every message."""
    for_s: float | None = args.for_s
    if for_s is None and not sys.stdout.isatty():
        for_s = _UNATTENDED_S
    say("Starting the embedded brokers.")
    with SandboxProcess.start() as sandbox, tempfile.TemporaryDirectory("-sluicegate") as folder:
        workspace = _load(path := demo_workspace())
        environment = replace(
            environment_of(workspace, path, sandbox.addresses), state_dir=Path(folder)
        )
        say(
            f"MQTT on {sandbox.addresses.mqtt}, Kafka on {sandbox.addresses.kafka}: "
            "any client may join in. Ctrl+C ends the demo."
        )
        return asyncio.run(_Demo(workspace, environment).run(for_s))


def _load(path: Path) -> Workspace:
    """Read the demo workspace; its warnings are for those who make it their own."""
    loaded = load(path)
    if loaded.workspace is None:
        problems = "\n".join(str(problem) for problem in loaded.problems)
        raise ConfigError(
            f"{path} cannot be run:\n{problems}", path=str(path), hint="Install Sluicegate again."
        )
    return loaded.workspace


class _Demo:
    """One run: simulators publish, the engine works, a tail reads back what reached Kafka."""

    def __init__(self, workspace: Workspace, environment: Environment) -> None:
        self._workspace = workspace
        self._environment = environment
        self._engine = Engine(workspace, environment)
        self._runners = {name: self._runner(s) for name, s in workspace.simulators.items()}
        self._read = 0
        self._is_read_out = asyncio.Event()
        self._has_status_line = False

    async def run(self, for_s: float | None) -> int:
        """Run until the time is over or Ctrl+C, then finish what is in flight and sum up."""
        tails = await self._tails()
        await start_engine(self._engine)
        readers = [asyncio.ensure_future(self._follow(tail)) for tail in tails]
        try:
            for runner in self._runners.values():
                runner.start()
            await self._wait(for_s, readers)
            snapshot = await self._finish(readers)
        finally:
            self._is_read_out.set()
            await asyncio.gather(*readers)
        return self._sum_up(snapshot)

    def _runner(self, simulator: Simulator) -> SimulatorRunner:
        connector = self._workspace.connectors.mqtt[simulator.connector]
        publisher = Publisher(
            connector,
            client_id=self._workspace.client_id(connector),
            environment=self._environment,
            purpose="sim",
        )
        return SimulatorRunner(simulator, Simulation(simulator), publisher, SystemClock())

    async def _tails(self) -> list[Tail]:
        """Open every topic that an action writes to."""
        actions, connectors = self._workspace.actions.kafka, self._workspace.connectors.kafka
        topics = {(action.connector, action.topic) for action in actions.values()}
        return [
            await asyncio.to_thread(new_topic_tail, connectors[name], self._environment, topic)
            for name, topic in sorted(topics)
        ]

    async def _follow(self, tail: Tail) -> None:
        """Print a topic's records until everything that was delivered has been read."""
        with contextlib.closing(tail):
            while not self._is_read_out.is_set():
                records = await asyncio.to_thread(tail.poll, _READ_MOST, _READ_S)
                self._read += len(records)
                if records:
                    self._print_records(records)

    def _print_records(self, records: list[TailRecord]) -> None:
        self._clear_status_line()
        sys.stdout.write("".join(f"{record_line(record)}\n" for record in records))
        sys.stdout.flush()

    async def _wait(self, for_s: float | None, readers: Sequence[asyncio.Future[None]]) -> None:
        loop = asyncio.get_running_loop()
        end_s = None if for_s is None else loop.time() + for_s
        next_status_s = loop.time()
        try:
            while not any(reader.done() for reader in readers):
                if end_s is not None and loop.time() >= end_s:
                    return
                if loop.time() >= next_status_s:
                    self._show_status()
                    next_status_s += _STATUS_S
                await asyncio.sleep(_POLL_S)
        except asyncio.CancelledError:
            # The first Ctrl+C cancels this task; a second one, from here on, ends the process.
            task = asyncio.current_task()
            if task is not None:
                task.uncancel()

    async def _finish(self, readers: Sequence[asyncio.Future[None]]) -> Snapshot:
        """Stop in the order of the flow, so that each part gets what the one before it sent."""
        for runner in self._runners.values():
            await asyncio.to_thread(runner.stop)
        sent = sum(runner.sent for runner in self._runners.values())
        await until(lambda: _received(self._engine.snapshot()) >= sent, _CATCH_UP_S)
        snapshot = await self._engine.stop()
        has_ended = [reader.done for reader in readers]
        await until(
            lambda: self._read >= _delivered(snapshot) or any(ended() for ended in has_ended),
            _CATCH_UP_S,
        )
        return snapshot

    def _sum_up(self, snapshot: Snapshot) -> int:
        self._clear_status_line()
        for name, runner in self._runners.items():
            lost = f", {runner.failed:,} failed: {runner.last_error}" if runner.failed else ""
            say(f"simulator {name}: {runner.sent:,} published{lost}")
        say("\n".join(summary_lines(snapshot)))
        delivered = _delivered(snapshot)
        say(f"Kafka: {self._read:,} of {delivered:,} delivered records read back.")
        is_good = 0 < delivered == self._read and not imbalances(snapshot)
        return Exit.OK if is_good and not self._engine.failures else Exit.NO

    def _show_status(self) -> None:
        if sys.stderr.isatty():
            print(status_line(self._engine.snapshot()), end="", file=sys.stderr, flush=True)
            self._has_status_line = True

    def _clear_status_line(self) -> None:
        if self._has_status_line:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
            self._has_status_line = False


def record_line(record: TailRecord) -> str:
    """Write a record in one line: time, topic, partition, offset, key and value."""
    moment = local_time(record.timestamp or 0)
    shown = moment.isoformat(sep=" ", timespec="milliseconds")[11:23] if moment else ""
    time = shown or str(record.timestamp)
    place = f"{record.topic}[{record.partition}]@{record.offset}"
    return f"{time}  {place:<16}  key {_shown(record.key)}  {_shown(record.value)}"


def _shown(part: object) -> str:
    return part if isinstance(part, str) else msgspec.json.encode(part).decode()


def _received(snapshot: Snapshot) -> int:
    return sum(source.received for source in snapshot.sources.values())


def _delivered(snapshot: Snapshot) -> int:
    return sum(action.success for action in snapshot.actions.values())
