"""How long the program takes from its start to a window that can be used.

    python tests/benchmarks/bench_cold_start.py [--runs 7] [--imports 20]

Each run is a new process that does what `main.py` does. Measured are, in turns,

- the welcome page, until it is painted and the loop has nothing left to do;
- a workspace given on the command line with the page of its rule open, until it is painted and a
  key that is pressed in the SQL editor has become a letter;
- beside them Python that imports PySide6 and shows an empty QMainWindow, painted and idle, which is
  what no program of this kind can be quicker than on this machine.

Prints the median of each step, in milliseconds since the process was asked for, and fails when the
first or the second takes 1.5 s. The first turn is not counted: it compiles the modules and fills
the system's cache of files, as installing does. Beside each stands the processor time of the step,
which other work on the machine changes little. With `--imports` it prints the modules whose import
takes longest.
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
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
GOAL_MS = 1_500
STARTED = ("interpreter", "command line", "imports", "application", "window", "paint")
STEPS = {
    "an empty window": ("interpreter", "imports", "application", "window", "paint", "idle"),
    "welcome page": (*STARTED, "idle"),
    "page of a rule": (*STARTED, "workspace", "page", "key", "idle"),
}
"""What is started, and the steps it takes."""
USABLE = {"welcome page": "idle", "page of a rule": "key"}


def main() -> int:
    """Run the parent."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--imports", type=int, default=0)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        child = Child(Path(folder))
        turns = [{what: child.run(what) for what in STEPS} for _ in range(1 + args.runs)][1:]
        if args.imports:
            print(child.slowest_imports(args.imports))
    print(f"{args.runs} turns, milliseconds since the start of the process (medians)")
    usable = {what: show(what, [turn[what] for turn in turns]) for what in STEPS}
    floor = usable.pop("an empty window")
    for what, at_ms in usable.items():
        verdict = "under" if at_ms < GOAL_MS else "NOT under"
        print(
            f"{what}: usable after {at_ms:.0f} ms, {verdict} {GOAL_MS:,} ms; "
            f"{at_ms / floor:.1f} times an empty window ({floor:.0f} ms)"
        )
    return 0 if all(at_ms < GOAL_MS for at_ms in usable.values()) else 1


def show(what: str, runs: list[dict[str, Any]]) -> float:
    """Print the steps; returns after how many milliseconds it could be used."""
    print(f"{what}, {runs[0]['modules']} modules")
    before = cpu_before = 0.0
    for step in STEPS[what]:
        at_ms = statistics.median(run["at_ms"][step] for run in runs)
        cpu_ms = statistics.median(run["cpu_ms"][step] for run in runs)
        used = f"processor {cpu_ms:7.0f}   + {cpu_ms - cpu_before:.0f}"
        print(f"  {step:13} {at_ms:7.0f}   + {at_ms - before:<7.0f} {used}")
        before, cpu_before = at_ms, cpu_ms
    return statistics.median(run["at_ms"][USABLE.get(what, "idle")] for run in runs)


class Child:
    """Starts the program again and again, on folders of its own."""

    def __init__(self, folder: Path) -> None:
        from tests.helpers.workspaces import write_workspace

        nowhere = {"mqtt": "mqtt://127.0.0.1:1", "kafka": "127.0.0.1:1"}
        workspace = write_workspace(folder, **nowhere, topic="a")
        self._command = [sys.executable, __file__, "--child"]
        self._arguments = {"page of a rule": [str(workspace)]}
        self._environment = {
            **os.environ,
            "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen"),
            "XDG_CONFIG_HOME": str(folder),
            "XDG_STATE_HOME": str(folder),
            "PYTHONPYCACHEPREFIX": str(folder / "compiled"),
        }
        self._environment.pop("PYTHONDONTWRITEBYTECODE", None)

    def run(self, what: str) -> dict[str, Any]:
        """Start it once; returns when each step was done."""
        command = [*self._command, what, repr(time.monotonic()), *self._arguments.get(what, [])]
        done = subprocess.run(
            command, cwd=ROOT, env=self._environment, capture_output=True, text=True, check=True
        )
        return json.loads(done.stdout)

    def slowest_imports(self, count: int) -> str:
        """Start it once more; returns the modules that took longest, with what they import."""
        what, now = "welcome page", repr(time.monotonic())
        done = subprocess.run(
            [sys.executable, "-X", "importtime", *self._command[1:], what, now],
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


class Notes:
    """When each step was done; the process ends with the last."""

    def __init__(self, started: float) -> None:
        self._started = started
        self._at_ms: dict[str, float] = {}
        self._cpu_ms: dict[str, float] = {}

    def __contains__(self, step: str) -> bool:
        return step in self._at_ms

    def note(self, step: str) -> None:
        """Note that a step is done."""
        self._at_ms[step] = (time.monotonic() - self._started) * 1_000
        self._cpu_ms[step] = time.process_time() * 1_000

    def end(self) -> None:
        """Tell the parent, and end."""
        found = {"at_ms": self._at_ms, "cpu_ms": self._cpu_ms, "modules": len(sys.modules)}
        print(json.dumps(found), flush=True)
        os._exit(0)


def watch_paint(window: Any, notes: Notes, then: Callable[[], None]) -> None:
    """Note the first paint of a window, and go on when all that followed from it is done."""
    from PySide6.QtCore import QEvent, QObject, QTimer

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's
            if event.type() == QEvent.Type.UpdateRequest and "paint" not in notes:
                QTimer.singleShot(0, self._painted)
            return False

        def _painted(self) -> None:
            if "paint" not in notes:
                notes.note("paint")
                then()

    window.installEventFilter(Watch(window))


def when_idle(notes: Notes) -> None:
    """End once a timer of no time has come at once several times."""
    from PySide6.QtCore import QTimer

    def wait(asked: float, quiet: int) -> None:
        now = time.monotonic()
        quiet = quiet + 1 if now - asked < 0.005 else 0
        if quiet < 10:
            QTimer.singleShot(0, lambda: wait(now, quiet))
            return
        notes.note("idle")
        notes.end()

    wait(time.monotonic(), 0)


def be_empty(notes: Notes) -> None:
    """Show a window with nothing in it."""
    from PySide6.QtWidgets import QApplication, QMainWindow

    notes.note("imports")
    qapp = QApplication(sys.argv[:1])
    notes.note("application")
    window = QMainWindow()
    window.resize(1280, 800)
    notes.note("window")
    watch_paint(window, notes, lambda: when_idle(notes))
    window.show()
    qapp.exec()


def be_program(notes: Notes, arguments: list[str]) -> None:
    """Be the program; with a workspace, open the page of its rule and press a key."""
    sys.path.insert(0, str(ROOT))
    import main as program
    from core import log
    from core.cli.window import window_options

    redactor = log.set_up(30)
    notes.note("command line")
    from gui import app

    assert program
    notes.note("imports")

    def make(session: Any, theme: Any) -> Any:
        notes.note("application")
        window = app.MainWindow(session, theme)
        notes.note("window")
        if arguments:
            watch_paint(window, notes, lambda: None)
            session.workspaceChanged.connect(lambda: open_rule(window, notes))
        else:
            watch_paint(window, notes, lambda: when_idle(notes))
        return window

    app.run_window(window_options(arguments), redactor.mask, make)


def open_rule(window: Any, notes: Notes) -> None:
    """Open the page of the rule, and press a key as soon as its editor is painted."""
    from PySide6.QtCore import QEvent, Qt, QTimer
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QApplication

    if "workspace" in notes:
        return
    notes.note("workspace")
    window.open_document("rule:all")
    page = window.documents.page("rule:all")
    window.activateWindow()
    page.focus_editor()
    editor = page.panel.editor
    before = editor.toPlainText()

    def press() -> None:
        if "paint" not in notes or not editor.hasFocus():
            QTimer.singleShot(0, press)
            return
        window.repaint()
        notes.note("page")
        none = Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(editor, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_X, none, "x"))
        if len(editor.toPlainText()) != len(before) + 1:
            sys.exit("the editor takes no key")
        editor.repaint()
        notes.note("key")
        when_idle(notes)

    press()


def child(what: str, started: float, arguments: list[str]) -> None:
    """Be what is measured, note when each step is done, and end when it is idle."""
    notes = Notes(started)
    notes.note("interpreter")
    if what == "an empty window":
        be_empty(notes)
    else:
        be_program(notes, arguments)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2], float(sys.argv[3]), sys.argv[4:])
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
