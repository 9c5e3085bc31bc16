"""`sluicegate run`: the engine on a workspace, until told to stop."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from core.bridge.control import ControlServer
from core.bridge.engine import Engine
from core.bridge.events import ConsoleOutput, EngineEvent, Notice, RuleFailed, StatusChanged
from core.bridge.messages import Hello
from core.cli.app import app_version
from core.cli.common import Exit, duration_s, put_json, sandbox_addresses, say
from core.cli.stats_text import status_line, summary_lines
from core.cli.workspace_file import open_workspace
from core.errors import AppError, ConfigError
from core.sandbox.process import SandboxProcess

if TYPE_CHECKING:
    from core.bridge.metrics import Snapshot
    from core.cli.common import Subparsers
    from core.workspace.environment import Environment
    from core.workspace.model import Workspace

_STATS_S: Final = 1.0
_POLL_S: Final = 0.1
_FIRST_CONNECT_S: Final = 10.0


def add_parser(subparsers: Subparsers) -> None:
    """Describe the command's arguments."""
    parser = subparsers.add_parser("run", help="run a workspace: the engine")
    parser.add_argument("workspace", type=Path, metavar="WORKSPACE")
    parser.add_argument("--rule", action="append", metavar="NAME", help="run just this rule")
    parser.add_argument("--for", dest="for_s", type=duration_s, metavar="DURATION")
    parser.add_argument(
        "--until-idle",
        dest="idle_s",
        type=duration_s,
        metavar="DURATION",
        help="end when nothing moved for this long and nothing is in flight or buffered",
    )
    parser.add_argument("--stats", choices=("text", "json", "none"), help="default: text")
    parser.add_argument("--fail-on-errors", action="store_true", help="exit 1 if anything failed")
    parser.add_argument(
        "--sandbox",
        type=sandbox_addresses,
        metavar="mqtt=HOST:PORT,kafka=HOST:PORT",
        help="embedded brokers that already run",
    )
    parser.add_argument("--control", choices=("stdio",), help="be driven over stdin and stdout")
    # What the window restarts: the file may hold what has not been applied.
    parser.add_argument("--text", type=Path, metavar="FILE", help=argparse.SUPPRESS)
    parser.set_defaults(handler=run)


def run(args: argparse.Namespace) -> int:
    """Run until a signal, the time or idleness ends it; see the exit codes in `common`."""
    if args.control and args.stats:
        raise ConfigError(
            "--control stdio takes stdout for itself, so there can be no --stats beside it.",
            path="--stats",
            hint="Leave --stats out: the control channel sends every snapshot.",
        )
    args.stats = args.stats or "text"
    workspace, environment = open_workspace(
        args.workspace, sandbox=args.sandbox, text_file=args.text
    )
    sandbox = None
    if workspace.uses_sandbox() and environment.sandbox is None:
        sandbox = SandboxProcess.start()
        workspace, environment = open_workspace(
            args.workspace, sandbox=sandbox.addresses, text_file=args.text, quiet=True
        )
    try:
        if args.control:
            return asyncio.run(_serve_control(args, workspace, environment))
        if sandbox is not None:
            _tell_sandbox(args, environment)
        return asyncio.run(_Session(args, workspace, environment).run())
    finally:
        if sandbox is not None:
            sandbox.close()


def _tell_sandbox(args: argparse.Namespace, environment: Environment) -> None:
    if environment.sandbox is None:
        return
    if args.stats == "json":
        addresses = {"mqtt": environment.sandbox.mqtt, "kafka": environment.sandbox.kafka}
        put_json({"sandbox": addresses})
    else:
        say(f"Embedded brokers: --sandbox {environment.sandbox}")


async def _serve_control(
    args: argparse.Namespace, workspace: Workspace, environment: Environment
) -> int:
    """Run as the child of a window."""
    path: Path = args.workspace

    async def reload(other: str | None, drain_s: float) -> int:
        changed, surroundings = open_workspace(
            Path(other) if other else path, sandbox=environment.sandbox
        )
        return await engine.reload(changed, surroundings, drain_s=drain_s)

    def emit(event: EngineEvent) -> None:
        server.emit(event)

    engine = Engine(workspace, environment, only_rules=_rules(args), on_event=emit)
    hello = Hello(protocol=1, pid=os.getpid(), version=app_version())
    server = ControlServer(engine, sys.stdin.buffer, sys.stdout.buffer, reload, hello)
    # The parent decides: Ctrl+C in its terminal reaches this process too.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    await server.serve()
    return Exit.OK


def _rules(args: argparse.Namespace) -> frozenset[str] | None:
    return frozenset(args.rule) if args.rule else None


@dataclass(slots=True)
class _Movement:
    """When the counters last changed, to tell when nothing moves any more."""

    seen: tuple[int, ...] = ()
    since_s: float = 0.0


class _Session:
    """One `run` in the foreground."""

    def __init__(
        self, args: argparse.Namespace, workspace: Workspace, environment: Environment
    ) -> None:
        self._args = args
        self._workspace = workspace
        self._engine = Engine(
            workspace, environment, only_rules=_rules(args), on_event=self._on_event
        )
        self._stop = asyncio.Event()
        self._abort = asyncio.Event()
        self._reload = False
        self._ever_connected: set[str] = set()
        self._movement = _Movement()

    async def run(self) -> int:
        """Run and drain; a second signal aborts."""
        loop = asyncio.get_running_loop()
        with _signals(loop, self._on_signal, self._on_hangup):
            await self._engine.start()
            started_s = loop.time()
            next_stats_s = started_s + _STATS_S
            while not self._stop.is_set() and not self._is_over(loop.time(), started_s):
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stop.wait(), _POLL_S)
                if self._reload:
                    await self._take_over()
                if loop.time() >= next_stats_s:
                    self._print(self._engine.snapshot())
                    next_stats_s += _STATS_S
            return await self._finish()

    async def _finish(self) -> int:
        never = self._never_connected() if self._is_timed else []
        stopping = asyncio.ensure_future(self._engine.stop())
        aborting = asyncio.ensure_future(self._abort.wait())
        await asyncio.wait({stopping, aborting}, return_when=asyncio.FIRST_COMPLETED)
        aborting.cancel()
        if not stopping.done():
            say("Aborted; what was in flight may be lost (QoS 0) or come again (QoS 1).")
            os._exit(Exit.ABORTED)  # threads that still deliver must not hold the exit up
        snapshot = stopping.result()
        self._print(snapshot)
        if self._engine.failures:
            return Exit.INTERNAL
        if never:
            say(f"Never connected: {', '.join(never)}.")
            return Exit.UNREACHABLE
        return Exit.NO if self._args.fail_on_errors and _has_errors(snapshot) else Exit.OK

    @property
    def _is_timed(self) -> bool:
        return self._args.for_s is not None or self._args.idle_s is not None

    def _is_over(self, now_s: float, started_s: float) -> bool:
        snapshot = self._engine.snapshot()
        for name, connector in snapshot.connectors.items():
            if connector.status in ("connected", "degraded"):
                self._ever_connected.add(name)
        if self._engine.failures:
            return True
        if self._args.for_s is not None and now_s - started_s >= self._args.for_s:
            return True
        return self._args.idle_s is not None and self._is_idle(snapshot, now_s, started_s)

    def _is_idle(self, snapshot: Snapshot, now_s: float, started_s: float) -> bool:
        sources, actions = snapshot.sources.values(), snapshot.actions.values()
        moved = (
            *(source.received for source in sources),
            *(action.success + action.failed + action.dropped for action in actions),
        )
        busy = any(action.queuing or action.inflight for action in actions) or any(
            source.unacked for source in sources
        )
        if busy or moved != self._movement.seen:
            self._movement = _Movement(moved, now_s)
        if self._never_connected() and now_s - started_s < _FIRST_CONNECT_S:
            return False
        return not busy and now_s - self._movement.since_s >= self._args.idle_s

    def _never_connected(self) -> list[str]:
        """Name the connectors in use that have not been connected once."""
        snapshot = self._engine.snapshot()
        return [
            name
            for name, connector in snapshot.connectors.items()
            if connector.status != "stopped" and name not in self._ever_connected
        ]

    def _on_signal(self) -> None:
        if self._stop.is_set():
            self._abort.set()
        else:
            say("Stopping: finishing what is in flight. Once more to abort.")
            self._stop.set()

    def _on_hangup(self) -> None:
        self._reload = True

    async def _take_over(self) -> None:
        """Reload the file; a broken one is reported and the old rules go on."""
        self._reload = False
        try:
            workspace, environment = open_workspace(
                self._args.workspace, sandbox=self._engine.environment.sandbox
            )
            await self._engine.reload(workspace, environment)
        except AppError as exc:
            say(f"Not reloaded: {exc.message} The engine goes on as before.")
        else:
            say("Reloaded.")

    def _print(self, snapshot: Snapshot) -> None:
        if self._args.stats == "json":
            put_json(snapshot)
        elif self._args.stats == "text":
            if snapshot.final:
                say("\n".join(summary_lines(snapshot)))
            elif sys.stderr.isatty():
                print(status_line(snapshot), end="", file=sys.stderr, flush=True)

    def _on_event(self, event: EngineEvent) -> None:
        match event:
            case StatusChanged(kind="source" | "connector", name=name, status=status, reason=why):
                say(f"{name}: {status}{': ' + why if why else ''}")
            case RuleFailed(rule=rule, message=message, count=count):
                say(f"rule {rule} failed{f' {count} times' if count > 1 else ''}: {message}")
            case ConsoleOutput(rule=rule, output=output):
                say(f"[{rule}] {output}")
            case Notice(text=text):
                say(text)
            case _:
                return


def _has_errors(snapshot: Snapshot) -> bool:
    return any(rule.failed_exception or rule.actions_failed for rule in snapshot.rules.values())


@contextlib.contextmanager
def _signals(
    loop: asyncio.AbstractEventLoop, on_stop: Callable[[], None], on_hangup: Callable[[], None]
) -> Generator[None]:
    """Take SIGINT, SIGTERM and, where it exists, SIGHUP for as long as the block runs.

    `signal.signal` instead of the loop's own handlers, which Windows does not have.
    """
    handlers = {signal.SIGINT: on_stop, signal.SIGTERM: on_stop}
    if hasattr(signal, "SIGHUP"):
        handlers[signal.SIGHUP] = on_hangup

    def handle(number: int, _frame: object) -> None:
        loop.call_soon_threadsafe(handlers[signal.Signals(number)])

    before = {number: signal.signal(number, handle) for number in handlers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
