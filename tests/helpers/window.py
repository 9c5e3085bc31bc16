"""The window in a process of its own, off screen: it opens a workspace and starts the bridge.

As a program it prints the bridge's states and counters, one a line; as a module it runs that
program for tests.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.helpers.wait import eventually

ROOT = Path(__file__).parents[2]


class RunningWindow:
    """A window process and what it has said."""

    def __init__(
        self, workspace: Path, *arguments: str, program: str = "tests.helpers.window"
    ) -> None:
        """Start one of the programs that open a workspace in a window; `child` engine by default.

        Args:
            workspace: The file.
            arguments: What the program takes besides.
            program: Its module.
        """
        self.process = subprocess.Popen(
            [sys.executable, "-m", program, str(workspace), *(arguments or ("child",))],
            cwd=ROOT,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines: list[dict[str, Any]] = []
        self.errors: list[str] = []
        self._threads = [
            threading.Thread(target=self._collect, daemon=True),
            threading.Thread(target=self._collect_errors, daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def state(self) -> str:
        return self.lines[-1]["state"] if self.lines else ""

    @property
    def delivered(self) -> int:
        return self.lines[-1]["delivered"] if self.lines else 0

    def until(self, condition: Callable[[], object], timeout: float = 30.0) -> None:
        eventually(condition, timeout, lambda: f"{self.lines[-3:]} {''.join(self.errors)}")

    def children(self) -> list[int]:
        """Processes that this one started, and theirs."""
        return descendants(self.process.pid)

    def end(self, number: signal.Signals, timeout: float = 30.0) -> int:
        """Send a signal and wait for the end; returns the exit code."""
        self.process.send_signal(number)
        return self.wait(timeout)

    def wait(self, timeout: float = 30.0) -> int:
        code = self.process.wait(timeout)
        for thread in self._threads:
            thread.join(5)
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()
        return code

    def _collect(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(json.loads(line))

    def _collect_errors(self) -> None:
        assert self.process.stderr is not None
        self.errors.extend(self.process.stderr)


def descendants(pid: int) -> list[int]:
    """Find the processes below a process (Linux)."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # ended meanwhile
            continue
        if fields[0] != "Z":
            parents[int(folder.name)] = int(fields[1])
    found = [child for child, parent in parents.items() if parent == pid]
    return found + [below for child in found for below in descendants(child)]


def is_alive(pid: int) -> bool:
    """Whether a process runs (Linux); one that has ended and waits to be noticed does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def main() -> int:
    """Open the named workspace in a window, and start it."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QWidget

    from core.cli.window import window_options
    from gui.app import run_window
    from gui.main_window import MainWindow
    from gui.theme import Theme
    from gui.viewmodels.session import Session

    def make(session: Session, theme: Theme) -> QWidget:
        def tell(*_: object) -> None:
            snapshot = session.snapshot
            delivered = sum(a.success for a in snapshot.actions.values()) if snapshot else 0
            print(json.dumps({"state": session.state, "delivered": delivered}), flush=True)

        session.stateChanged.connect(tell)
        session.snapshotTaken.connect(tell)
        session.failed.connect(lambda *words: print(*words, file=sys.stderr, flush=True))
        QTimer.singleShot(0, session.start)
        return MainWindow(session, theme)

    workspace, engine = sys.argv[1:]
    options = window_options([workspace, "--engine", engine])
    return run_window(options, lambda text: text, make)


if __name__ == "__main__":
    sys.exit(main())
