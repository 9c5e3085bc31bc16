"""How the window says that something was done, takes long, or went wrong: never by a dialog."""

from __future__ import annotations

import os
import signal
import sys
from functools import partialmethod
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from core.bridge.engine import Engine
from gui.engine_client import ChildEngine, InProcessEngine
from gui.main_window import MainWindow
from gui.pages.connector import ConnectorPage
from gui.recent import RecentFiles
from gui.shell.status_bar import StatusBar
from gui.theme import Theme
from gui.viewmodels.health import health
from gui.viewmodels.session import Session
from gui.viewmodels.status import Figure, StatusTexts
from gui.widgets.toast import Toasts
from tests.helpers.engine import run_publish
from tests.helpers.workspaces import write_workspace

from .conftest import Run

pytestmark = pytest.mark.timeout(60)  # starts engines


class Dialogs(QObject):
    """Notes every dialog that is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []
        app = QApplication.instance()
        assert app is not None
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Show and isinstance(watched, QDialog):
            self.shown.append(type(watched).__name__)
        return False


def window_on(session: Session, theme: Theme, qtbot: QtBot, path: Path) -> MainWindow:
    made = MainWindow(session, theme)
    made.resize(1280, 800)
    made.show()
    with qtbot.waitSignal(made.live.factsChanged, timeout=20_000):
        session.open(path)
    return made


def end(window: MainWindow, run: Run) -> None:
    session = window.session
    run(session.close(), 30)
    window.close()
    window.deleteLater()
    session.deleteLater()


@pytest.fixture
def toasts(theme: Theme, qtbot: QtBot) -> Toasts:
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(800, 600)
    QLineEdit(host).setFocus()  # a window always has something else with the keyboard
    host.show()
    return Toasts(host, lambda: 26)


def test_toasts_stack_with_the_newest_lowest_and_three_at_most(toasts: Toasts, qtbot: QtBot):
    for number in range(5):
        toasts.say(f"Deleted rule {number}")

    assert [toast.text for toast in toasts.shown] == [f"Deleted rule {n}." for n in (2, 3, 4)]
    tops = [toast.y() for toast in toasts.shown]
    assert tops == sorted(tops)
    lowest = toasts.shown[-1]
    qtbot.waitUntil(lambda: lowest.geometry().bottom() == 600 - 26 - 12 - 1)  # it rises
    assert lowest.geometry().right() == 800 - 12 - 1


def test_what_is_said_again_is_counted_and_told_to_the_log(toasts: Toasts):
    said: list[str] = []
    toasts.said.connect(said.append)
    toasts.say("Something else")
    for _ in range(12):
        toasts.say("Copied")
    toasts.say("Something else")

    counted, other = toasts.shown
    assert (counted.text, counted.count) == ("Copied.", 12)
    assert counted.times.text == "x 12"
    assert counted.accessibleName() == "Copied. x 12"
    assert other.count == 2
    assert said.count("Copied.") == 12


def test_a_toast_offers_one_thing(toasts: Toasts, qtbot: QtBot):
    done: list[str] = []
    toasts.say("Deleted rule a", link="Undo", on_link=lambda: done.append("undone"))
    (toast,) = toasts.shown
    qtbot.keyClick(toast.link, Qt.Key.Key_Return)
    assert done == ["undone"]
    assert toasts.shown == []


def test_a_toast_goes_after_six_seconds(toasts: Toasts):
    toasts.say("Deleted rule b")
    (toast,) = toasts.shown
    assert toast._timer.isActive()
    assert toast._timer.interval() == 6_000
    toast._timer.timeout.emit()
    assert toasts.shown == []


def test_what_takes_long_is_shown_with_a_way_out(
    theme: Theme, run: Run, qtbot: QtBot, workspace: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(Engine, "stop", partialmethod(Engine.stop, 0.0))  # the end is no part of it
    text = workspace.read_text("utf-8")
    slow = text.replace("message = {", 'max_linger_time = "8s"\nmessage = {')
    workspace.write_text(slow, "utf-8")
    window = window_on(Session(InProcessEngine(), recent=RecentFiles()), theme, qtbot, workspace)
    session, bar = window.session, window.statusBar()
    session.start()
    qtbot.waitUntil(lambda: session.state == "running", timeout=30_000)
    run_publish(
        *(str(workspace), "plant", f"gui/{workspace.parent.name}/a", "x"),
        *("--qos", "1", "--repeat", "3", "--sandbox", str(session.sandbox)),
    )
    qtbot.waitUntil(lambda: window.applying.model.in_flight == 3)
    workspace.write_text(slow.replace("topic, payload", "topic, payload, qos"), "utf-8")
    with qtbot.waitSignal(session.workspaceChanged):
        session.read_again()
    session.apply(drain_first=True)
    qtbot.waitUntil(lambda: "3 left" in session.busy)
    assert bar.way_out.isHidden()
    qtbot.waitUntil(bar.way_out.isVisible)
    assert bar.progress.isVisible()
    assert bar.way_out.text() == "Apply now"
    with qtbot.waitSignal(session.applied) as applied:
        qtbot.mouseClick(bar.way_out, Qt.MouseButton.LeftButton)
    assert applied.args == [1, 3]
    qtbot.waitUntil(bar.progress.isHidden)
    session.stop()
    qtbot.waitUntil(lambda: session.state == "stopped", timeout=20_000)
    end(window, run)


@pytest.mark.expect_warnings  # nobody is at any of the addresses
def test_no_network_error_ever_opens_a_dialog(theme: Theme, run: Run, qtbot: QtBot, tmp_path: Path):
    dialogs = Dialogs()
    path = write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a")
    window = window_on(Session(InProcessEngine(), recent=RecentFiles()), theme, qtbot, path)
    session = window.session
    session.start()
    qtbot.waitUntil(lambda: bool(window.live.connector_state("plant").reason), timeout=20_000)
    assert window.bottom.tabs is not None
    for name in ("plant", "laptop"):
        window.open_document(f"connector:{name}")
        page = window.documents.page(f"connector:{name}")
        assert isinstance(page, ConnectorPage)
        page.test_connection()
        qtbot.waitUntil(lambda page=page: page.test.phase == "failed", timeout=20_000)
    window.bottom_pages.show_publish()
    window.publish.send_button.click()
    session.reload()
    session.stop()
    qtbot.waitUntil(lambda: session.state == "stopped", timeout=20_000)
    assert dialogs.shown == []
    end(window, run)


def test_a_dead_engine_is_said_restarted_once_and_then_by_hand(
    theme: Theme, run: Run, qtbot: QtBot, workspace: Path
):
    dialogs = Dialogs()
    engine = ChildEngine()
    window = window_on(Session(engine, recent=RecentFiles()), theme, qtbot, workspace)
    session, banner = window.session, window.documents.banner
    session.start()
    qtbot.waitUntil(lambda: session.state == "running", timeout=30_000)
    first = engine.pid
    os.kill(first, signal.SIGKILL)
    qtbot.waitUntil(lambda: session.state == "running" and engine.pid != first, timeout=30_000)
    assert banner.isVisible()
    assert "started again" in banner.accessibleName()
    assert "killed" in banner.accessibleName()

    os.kill(engine.pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: session.state == "died")
    assert "stopped unexpectedly" in banner.accessibleName()
    assert banner.link.text() == "Restart"
    assert health(window.live).link == banner.link.text()
    banner.link.click()
    qtbot.waitUntil(lambda: session.state == "running", timeout=30_000)
    qtbot.waitUntil(banner.isHidden)
    assert dialogs.shown == []
    end(window, run)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGSTOP there")
def test_an_engine_that_hangs_is_said_until_it_answers_or_is_started_again(
    theme: Theme, run: Run, qtbot: QtBot, workspace: Path
):
    engine = ChildEngine()
    window = window_on(Session(engine, recent=RecentFiles()), theme, qtbot, workspace)
    session, banner = window.session, window.documents.banner
    session.start()
    qtbot.waitUntil(lambda: session.state == "running", timeout=30_000)
    first = engine.pid
    os.kill(first, signal.SIGSTOP)
    qtbot.waitUntil(banner.isVisible, timeout=20_000)
    assert "The engine does not answer since" in banner.accessibleName()
    assert session.state == "running"
    os.kill(first, signal.SIGCONT)
    qtbot.waitUntil(banner.isHidden, timeout=20_000)

    os.kill(first, signal.SIGSTOP)
    qtbot.waitUntil(banner.isVisible, timeout=20_000)
    assert banner.link.text() == "Restart"
    banner.link.click()
    qtbot.waitUntil(
        lambda: engine.pid not in (0, first) and session.state == "running", timeout=30_000
    )
    assert session.silence.since_s is None
    end(window, run)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("", ""),
        ("the only one\n", " the only one"),
        ("first\nsecond\n\nthird\nlast\n", "\nsecond\nthird\nlast"),
    ],
)
def test_the_last_lines_that_a_dead_engine_said_are_shown(
    theme: Theme, run: Run, qtbot: QtBot, workspace: Path, said: str, shown: str
):
    window = window_on(Session(InProcessEngine(), recent=RecentFiles()), theme, qtbot, workspace)
    window.session.engineDied.emit(said, False)

    expected = f"The engine stopped unexpectedly; nothing is moved.{shown}"
    assert window.documents.banner.label.whole_text() == expected
    end(window, run)


def test_a_problem_that_is_solved_is_said_no_longer(
    theme: Theme, run: Run, qtbot: QtBot, tmp_path: Path
):
    path = write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a")
    good = path.read_text("utf-8")
    path.write_text(good.replace('connector = "laptop"', 'connector = "x"'), "utf-8")
    window = window_on(Session(InProcessEngine(), recent=RecentFiles()), theme, qtbot, path)
    assert window.documents.banner.isVisible()
    path.write_text(good, "utf-8")
    with qtbot.waitSignal(window.session.workspaceChanged):
        window.session.read_again()

    assert window.documents.banner.isHidden()
    end(window, run)


def test_a_file_that_cannot_be_read_is_said_while_the_bridge_runs_too(
    theme: Theme, run: Run, qtbot: QtBot, workspace: Path
):
    good = workspace.read_text("utf-8")
    window = window_on(Session(InProcessEngine(), recent=RecentFiles()), theme, qtbot, workspace)
    session, banner = window.session, window.documents.banner
    session.start()
    qtbot.waitUntil(lambda: session.state == "running", timeout=30_000)
    for text, is_said in ((good.replace("[rules.all]", "[rules.all"), True), (good, False)):
        workspace.write_text(text, "utf-8")
        with qtbot.waitSignal(session.workspaceChanged):
            session.read_again()
        assert banner.isVisible() == is_said
    assert session.state == "running"
    session.stop()
    qtbot.waitUntil(lambda: session.state == "stopped", timeout=20_000)
    end(window, run)


def test_long_words_in_the_status_bar_keep_off_its_figures(window: MainWindow):
    bar = window.statusBar()
    assert isinstance(bar, StatusBar)
    reason = "mqtt://127.0.0.1:1 did not let the client in: " + "the password is wrong, " * 20
    figures = (Figure("in", "0.0/s"), Figure("dropped", "0"))
    bar._show(StatusTexts("failed", "plant is not connected", figures=figures, busy=reason))
    bar._row.activate()

    part, label = bar._figures[-1]
    end = part.mapTo(bar, part.rect().topRight()).x()
    assert label.value.text() == "0"
    assert bar.busy.text().endswith("…")
    assert bar.busy.x() - end >= 8
