"""How long the program takes from its start to a window that can be used.

    python tests/benchmarks/bench_cold_start.py [--runs 7] [--imports 20] [WORKSPACE]

Each run is a new process that does what `main.py` does: imports, Qt's application, the window,
its first paint, and until its loop has nothing left to do. Prints the median of each step, in
milliseconds since the process was asked for, and fails when the whole takes 1.5 s. The first run
is not counted: it compiles the modules and fills the system's cache of files, as installing does.
Beside it stands the processor time of each step, which other work on the machine changes little.
With `--imports` it prints the modules whose import takes longest.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
GOAL_MS = 1_500
STEPS = ("interpreter", "command line", "imports", "application", "window", "paint", "idle")


def main() -> int:
    """Run the parent."""
    parser = argparse.ArgumentParser()
    parser.add_argument("workspace", nargs="?", default="")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--imports", type=int, default=0)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        child = Child(Path(folder), args.workspace)
        child.run()
        runs = [child.run() for _ in range(args.runs)]
        if args.imports:
            print(child.slowest_imports(args.imports))
    before = cpu_before = 0.0
    print(f"start of the window, {args.runs} runs, milliseconds since the start of the process")
    for step in STEPS:
        at_ms = statistics.median(run["at_ms"][step] for run in runs)
        cpu_ms = statistics.median(run["cpu_ms"][step] for run in runs)
        used = f"processor {cpu_ms:7.0f}   + {cpu_ms - cpu_before:.0f}"
        print(f"  {step:13} {at_ms:7.0f}   + {at_ms - before:<7.0f} {used}")
        before, cpu_before = at_ms, cpu_ms
    slowest = max(run["at_ms"]["idle"] for run in runs)
    modules = runs[0]["modules"]
    is_quick = before < GOAL_MS
    print(
        f"usable after {before:.0f} ms (median; slowest {slowest:.0f} ms) with {modules} modules: "
        f"{'under' if is_quick else 'NOT under'} {GOAL_MS:,} ms"
    )
    return 0 if is_quick else 1


class Child:
    """Starts the program again and again, on folders of its own."""

    def __init__(self, folder: Path, workspace: str) -> None:
        self._command = [sys.executable, __file__, "--child"]
        self._arguments = [str(Path(workspace).resolve())] if workspace else []
        self._environment = {
            **os.environ,
            "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen"),
            "XDG_CONFIG_HOME": str(folder),
            "XDG_STATE_HOME": str(folder),
            "PYTHONPYCACHEPREFIX": str(folder / "compiled"),
        }
        self._environment.pop("PYTHONDONTWRITEBYTECODE", None)

    def run(self) -> dict[str, Any]:
        """Start it once; returns when each step was done."""
        command = [*self._command, repr(time.monotonic()), *self._arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self._environment, capture_output=True, text=True, check=True
        )
        return json.loads(done.stdout)

    def slowest_imports(self, count: int) -> str:
        """Start it once more; returns the modules that took longest, with what they import."""
        command = [sys.executable, "-X", "importtime", *self._command[1:], repr(time.monotonic())]
        done = subprocess.run(
            [*command, *self._arguments],
            cwd=ROOT,
            env=self._environment,
            capture_output=True,
            text=True,
            check=True,
        )
        lines = [line.split("|") for line in done.stderr.splitlines() if line.startswith("import")]
        rows = [(int(parts[1]), parts[2]) for parts in lines if parts[1].strip().isdigit()]
        slowest = sorted(rows, reverse=True)[:count]
        return "\n".join(f"{micro / 1_000:8.1f} ms {name}" for micro, name in slowest)


def child(started: float, arguments: list[str]) -> None:
    """Be the program, note when each step is done, and end when the window is idle."""
    steps: dict[str, float] = {}
    used: dict[str, float] = {}

    def note(step: str) -> None:
        steps[step] = (time.monotonic() - started) * 1_000
        used[step] = time.process_time() * 1_000

    note("interpreter")
    sys.path.insert(0, str(ROOT))
    import main as program
    from core import log
    from core.cli.window import window_options

    redactor = log.set_up(30)
    note("command line")
    from gui import app

    assert program
    note("imports")
    from PySide6.QtCore import QEvent, QObject, QTimer

    class Watch(QObject):
        """Notes the first paint, and when all that followed from it is done."""

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's
            if event.type() == QEvent.Type.UpdateRequest and "paint" not in steps:
                QTimer.singleShot(0, self._painted)
            return False

        def _painted(self) -> None:
            if "paint" not in steps:
                note("paint")
                self._wait(time.monotonic(), 0)

        def _wait(self, asked: float, quiet: int) -> None:
            """Be idle once a timer of no time has come at once several times."""
            now = time.monotonic()
            quiet = quiet + 1 if now - asked < 0.005 else 0
            if quiet < 10:
                QTimer.singleShot(0, lambda: self._wait(now, quiet))
                return
            note("idle")
            found = {"at_ms": steps, "cpu_ms": used, "modules": len(sys.modules)}
            print(json.dumps(found), flush=True)
            os._exit(0)

    def make(session: Any, theme: Any) -> Any:
        note("application")
        window = app.MainWindow(session, theme)
        note("window")
        watch = Watch(window)
        window.installEventFilter(watch)
        return window

    app.run_window(window_options(arguments), redactor.mask, make)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(float(sys.argv[2]), sys.argv[3:])
    sys.exit(main())
