"""How the window is started: arguments, displays, signals, faults."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from core.cli.app import run_command
from core.cli.window import WindowOptions, has_display, is_for_window, window_options
from gui.app import App
from gui.faults import Faults
from gui.main_window import MainWindow
from gui.pages.overview import OverviewPage
from gui.signals import EndSignals
from tests.helpers.engine import COMMAND, sluicegate
from tests.helpers.wait import eventually

from .conftest import Run


def options(*args: str) -> WindowOptions:
    return window_options(list(args))


def test_arguments_are_read():
    assert options() == WindowOptions(None, False, "system", "child")
    assert options("a.toml", "--theme", "dark", "--engine", "in-process") == WindowOptions(
        Path("a.toml"), False, "dark", "in-process"
    )
    assert options("--demo").demo


@pytest.mark.parametrize(
    "args", [["--theme", "blue"], ["--engine", "none"], ["--demo", "a.toml"], ["--frobnicate"]]
)
def test_wrong_arguments_end_with_the_usage(args: list[str], capsys: pytest.CaptureFixture[str]):
    assert run_command(args) == 2
    assert "usage: sluicegate [WORKSPACE]" in capsys.readouterr().err


def test_files_are_for_the_window_and_other_words_are_not(tmp_path: Path):
    assert is_for_window([])
    assert is_for_window(["--demo"])
    assert is_for_window(["plant.sluicegate.toml"])
    assert is_for_window([str(tmp_path)])
    assert not is_for_window(["frobnicate"])


def test_a_display_is_known_by_its_variables():
    assert has_display({"DISPLAY": ":0"}, "linux")
    assert has_display({"WAYLAND_DISPLAY": "wayland-0"}, "linux")
    assert has_display({"QT_QPA_PLATFORM": "offscreen"}, "linux")
    assert not has_display({"DISPLAY": ""}, "linux")
    assert has_display({}, "darwin")
    assert has_display({}, "win32")


def test_unknown_words_and_missing_files_are_named():
    said = sluicegate("frobnicate")
    assert said.returncode == 2
    assert "No command or file 'frobnicate'" in said.stderr
    said = sluicegate("nowhere.toml")
    assert said.returncode == 2
    assert "There is no file nowhere.toml" in said.stderr


def without_display() -> dict[str, str]:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return {name: value for name, value in os.environ.items() if name not in hidden}


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a display")
def test_a_workspace_without_a_display_is_pointed_to_run(workspace: Path):
    said = subprocess.run(
        [*COMMAND, str(workspace)], env=without_display(), capture_output=True, text=True
    )
    assert said.returncode == 2
    assert "no display" in said.stderr
    assert f"sluicegate run {workspace}" in said.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a display")
@pytest.mark.timeout(60)  # starts the demo
def test_without_a_display_the_demo_runs_in_the_terminal():
    process = subprocess.Popen(
        [*COMMAND, "--demo"],
        env=without_display(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert "key dev-" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 0, said
    assert said.startswith("There is no display")
    assert "All counters add up." in said


@pytest.fixture
def app(gui_loop: asyncio.AbstractEventLoop, qapp: QApplication, qtbot: QtBot) -> Iterator[App]:
    made = App(qapp, options("--demo", "--theme", "dark", "--engine", "in-process"), str)
    yield made  # not through qtbot.addWidget, which would delete the window while it closes
    made.lateness.stop()
    if made.window.isVisible():
        with qtbot.waitSignal(made.closing.finished, timeout=30_000):
            made.window.close()
    made.window.deleteLater()


@pytest.mark.timeout(60)  # embedded brokers and an engine
def test_the_demo_starts_by_itself_and_shows_its_counters(app: App, qtbot: QtBot):
    window = app.window
    assert isinstance(window, MainWindow)
    assert window.isVisible()
    assert app.theme.scheme == "dark"

    def delivered() -> int:
        snapshot = app.session.snapshot
        return snapshot.actions["to_emqx"].success if snapshot and snapshot.actions else 0

    qtbot.waitUntil(lambda: delivered() > 10, timeout=25_000)
    assert app.session.state == "running"
    qtbot.waitUntil(lambda: window.tail.rows.rowCount() > 10)
    qtbot.waitUntil(lambda: len(window.history.points()) > 1)
    page = window.documents.page("overview")
    assert isinstance(page, OverviewPage)
    assert page.map.card("rule:temp_hum").isVisible()
    page.views.choose("table")
    chart = page.chart
    qtbot.waitUntil(lambda: any(values[2] > 0 for _, values in chart.points))


@pytest.mark.timeout(60)
def test_the_app_ends_on_a_signal_when_all_is_stopped(app: App, run: Run, qtbot: QtBot):
    qtbot.waitUntil(lambda: app.session.state == "running", timeout=25_000)

    async def ended() -> None:
        ending = asyncio.ensure_future(app.until_closed())
        await asyncio.sleep(0)
        os.kill(os.getpid(), signal.SIGTERM)
        await ending

    run(ended(), 30)
    assert app.session.state == "stopped"
    assert app.session.sandbox is None
    assert not app.window.isVisible()


def test_signals_reach_an_idle_loop_and_are_given_back(qapp: QApplication, qtbot: QtBot):
    before = signal.getsignal(signal.SIGINT)
    heard: list[bool] = []
    signals = EndSignals(lambda: heard.append(True))
    os.kill(os.getpid(), signal.SIGINT)
    qtbot.waitUntil(lambda: heard == [True])
    signals.close()
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.expect_warnings  # faults are logged with their tracebacks
def test_faults_open_one_sheet_with_a_masked_report(
    gui_loop: asyncio.AbstractEventLoop, qapp: QApplication, qtbot: QtBot
):
    faults = Faults(lambda text: text.replace("LookupError", "***"))
    hook = sys.excepthook
    faults.install(gui_loop)
    try:
        for words in ("first", "second"):
            try:
                raise LookupError(words)
            except LookupError as exc:
                sys.excepthook(type(exc), exc, exc.__traceback__)
        gui_loop.call_soon(lambda: 1 // 0)
        qtbot.waitUntil(lambda: "ZeroDivisionError" in faults.text())
    finally:
        sys.excepthook = hook
        gui_loop.set_exception_handler(None)
    sheets = [w for w in QApplication.topLevelWidgets() if isinstance(w, QMessageBox)]
    assert len(sheets) == 1
    assert "The bridge goes on" in sheets[0].text()
    copy = next(b for b in sheets[0].buttons() if b.text() == "Copy report")
    copy.click()
    eventually(lambda: "Traceback" in QGuiApplication.clipboard().text())
    report = QGuiApplication.clipboard().text()
    assert report.count("***\n") == 2
    assert "LookupError" not in report
    sheets[0].close()
    qtbot.waitUntil(lambda: faults.text().count("Traceback") == 0)


def test_a_report_tells_what_was_raised_where_and_quotes_no_payload(
    qapp: QApplication, qtbot: QtBot
):
    payload, error = "21.5 in the cellar", None
    faults = Faults(lambda text: text)
    try:
        try:
            float(payload)
        except ValueError as exc:
            try:
                raise UnicodeError(payload)
            except UnicodeError as beside:
                raise ExceptionGroup(payload, [KeyError(payload), beside]) from exc
    except ExceptionGroup as exc:
        exc.add_note(payload)
        error = exc
    assert error is not None
    faults.report(error)
    report = faults.text()
    assert payload not in report
    for told in ("ValueError", "ExceptionGroup", "KeyError", "UnicodeError", "float(payload)"):
        assert told in report
    assert report.count(Path(__file__).name) == 3
    (sheet,) = (w for w in QApplication.topLevelWidgets() if isinstance(w, QMessageBox))
    sheet.close()
    qtbot.waitUntil(lambda: faults.text().count("Traceback") == 0)
