"""The engine as users run it: `sluicegate run WORKSPACE --stats json` in a process of its own."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from core.cli.app import run_command
from tests.helpers.wait import eventually

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, str(ROOT / "main.py")]
_OFTEN = f"""
import sys
sys.path[0] = {str(ROOT)!r}
from core.cli import run
from main import main
run._STATS_S /= 10
sys.exit(main())
"""


def sluicegate(
    *args: str | Path, stdin: str | None = None, timeout: float = 20.0, **env: str
) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [*COMMAND, *map(str, args)],
        input=stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        env={**os.environ, **env},
    )


def sluicegate_here(*args: str | Path) -> subprocess.CompletedProcess[str]:
    """Run one command to its end in this process, which has the program imported already."""
    out, said = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(said):
        code = run_command([*map(str, args)])
    texts = [stream.buffer.getvalue().decode() for stream in (out, said)]  # type: ignore[union-attr]
    return subprocess.CompletedProcess(args, code, *texts)


def run_publish(*args: str | Path) -> None:
    """Publish as `sluicegate publish` does."""
    said = sluicegate_here("publish", *args)
    assert said.returncode == 0, said.stderr


class RunningCommand:
    """A command that goes on; its stdout lines are collected as they come."""

    def __init__(
        self,
        *args: str | Path,
        stdin: int = subprocess.DEVNULL,
        command: Sequence[str] = COMMAND,
    ) -> None:
        self.process = subprocess.Popen(
            [*command, *map(str, args)],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines: list[str] = []
        self.errors: list[str] = []
        self._threads = [
            threading.Thread(target=_collect, args=(stream, lines), daemon=True)
            for stream, lines in (
                (self.process.stdout, self.lines),
                (self.process.stderr, self.errors),
            )
        ]
        for thread in self._threads:
            thread.start()

    @property
    def said(self) -> str:
        """Everything on stderr so far."""
        return "".join(self.errors)

    def interrupt(self) -> None:
        """Press Ctrl+C."""
        self.process.send_signal(signal.SIGINT)

    def wait(self, timeout: float = 20.0) -> int:
        """Wait for the end and for its last output; returns the exit code."""
        code = self.process.wait(timeout)
        for thread in self._threads:
            thread.join(5)
        return code

    def end(self) -> None:
        """Kill it if it still runs, and release its pipes."""
        if self.process.poll() is None:
            self.process.kill()
        self.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()


class RunningEngine(RunningCommand):
    """`run --stats json`, with its snapshots.

    They come ten times a second, so that nobody waits long for one, and more of them are checked;
    as often as for users where `often` is false.
    """

    def __init__(self, workspace: Path, *args: str, often: bool = True) -> None:
        command = [sys.executable, "-c", _OFTEN] if often else COMMAND
        super().__init__("run", workspace, "--stats", "json", *args, command=command)

    @property
    def snapshots(self) -> list[dict[str, Any]]:
        """Every snapshot printed so far."""
        return [data for line in list(self.lines) if "uptime_s" in (data := json.loads(line))]

    @property
    def latest(self) -> dict[str, Any]:
        """The last snapshot printed, empty before the first."""
        for line in reversed(self.lines):
            if "uptime_s" in (data := json.loads(line)):
                return data
        return {}

    def until(self, condition: Callable[[dict[str, Any]], object], timeout: float = 20.0) -> Any:
        """Wait until the last snapshot fulfils a condition; returns that snapshot."""

        def met() -> dict[str, Any] | None:
            latest = self.latest
            return latest if latest and condition(latest) else None

        return eventually(met, timeout, lambda: f"{self.latest}\n{self.said[-2_000:]}")

    def until_running(self) -> None:
        """Wait until every source is subscribed."""
        self.until(lambda snapshot: snapshot["state"] == "running")

    def stop(self) -> dict[str, Any]:
        """Stop as Ctrl+C does; returns the final snapshot."""
        self.interrupt()
        assert self.wait() == 0, self.said
        assert self.latest["final"], self.lines[-1:]
        return self.latest


def _collect(stream: Any, lines: list[str]) -> None:
    lines.extend(iter(stream.readline, ""))


def balances(snapshot: dict[str, Any]) -> bool:
    """Tell whether the invariants hold in one snapshot, as a reader of the output would."""
    return (
        all(
            s["received"] == s["matched"] + s["unmatched"] + s["retained_ignored"] + s["duplicates"]
            for s in snapshot["sources"].values()
        )
        and all(r["matched"] == r["passed"] + r["failed"] for r in snapshot["rules"].values())
        and all(
            r["actions.total"]
            == r["actions.success"]
            + r["actions.failed"]
            + r["actions.discarded"]
            + r["actions.pending"]
            for r in snapshot["rules"].values()
        )
        and all(
            a["matched"] == a["success"] + a["failed"] + a["dropped"] + a["queuing"] + a["inflight"]
            for a in snapshot["actions"].values()
        )
    )


@pytest.fixture
def start_engine() -> Iterator[Callable[..., RunningEngine]]:
    """Start engines that end with the test."""
    running: list[RunningEngine] = []

    def start(workspace: Path, *args: str) -> RunningEngine:
        engine = RunningEngine(workspace, *args)
        running.append(engine)
        return engine

    yield start
    for engine in running:
        engine.end()
    violated = [line for each in running for s in each.snapshots for line in s["violations"]]
    assert violated == [], "the engine itself found that its counters do not add up"
