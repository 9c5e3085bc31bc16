"""Qt without a screen, one loop for Qt and asyncio, and the parts that a window is made of."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partialmethod
from pathlib import Path
from typing import Any, TypeAlias

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
import qasync
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui.app import THREADS
from gui.engine_client import ChildEngine, EngineClient, InProcessEngine
from gui.garbage import Garbage
from gui.main_window import MainWindow
from gui.recent import RecentFiles
from gui.theme import Theme, install
from gui.viewmodels.session import Session
from tests.helpers.wait import PATIENCE_S
from tests.helpers.workspaces import write_workspace

Run: TypeAlias = Callable[..., Any]

PATIENCE_MS = round(PATIENCE_S * 1_000)


class PatientBot(QtBot):
    """Waits as long as everybody here where a test names no limit of its own."""

    waitSignal = partialmethod(QtBot.waitSignal, timeout=PATIENCE_MS)
    waitSignals = partialmethod(QtBot.waitSignals, timeout=PATIENCE_MS)
    waitUntil = partialmethod(QtBot.waitUntil, timeout=PATIENCE_MS)
    waitActive = partialmethod(QtBot.waitActive, timeout=PATIENCE_MS)
    waitExposed = partialmethod(QtBot.waitExposed, timeout=PATIENCE_MS)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """Drive widgets; what is waited for has time on a loaded machine, too."""
    return PatientBot(request)


@pytest.fixture(autouse=True, scope="package")
def _garbage(qapp: QApplication) -> Iterator[None]:
    """Objects of Qt that a test leaves behind are destroyed in the thread they live in."""
    garbage = Garbage(qapp)
    yield
    garbage.stop()


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    """The application's theme, light at the start of each test."""
    made = install(qapp)
    made.set_preference("light")
    return made


@pytest.fixture(scope="session")
def _one_loop(qapp: QApplication) -> asyncio.AbstractEventLoop:
    """The loop of the whole run, as an application has one; it ends with the process.

    Stopping it would make Qt's application exit, and no later loop would run.
    """
    loop = qasync.QEventLoop(qapp, already_running=True)
    loop.set_default_executor(ThreadPoolExecutor(THREADS, thread_name_prefix="gui"))
    asyncio.events._set_running_loop(None)
    return loop


@contextmanager
def running(loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """Have asyncio see the loop as the running one."""
    before = asyncio.events._get_running_loop()
    asyncio.set_event_loop(loop)
    asyncio.events._set_running_loop(loop)
    try:
        yield
    finally:
        asyncio.events._set_running_loop(before)
        asyncio.set_event_loop(before)


@pytest.fixture
def gui_loop(_one_loop: asyncio.AbstractEventLoop) -> Iterator[asyncio.AbstractEventLoop]:
    """The loop of Qt and asyncio; it runs whenever Qt's does, as in `qtbot.waitUntil`."""
    with running(_one_loop):
        yield _one_loop


@pytest.fixture
def run(gui_loop: asyncio.AbstractEventLoop, qtbot: QtBot) -> Run:
    """Run a coroutine to its end while the window goes on; returns its result."""

    def run(coroutine: Coroutine[Any, Any, Any], timeout_s: float = PATIENCE_S) -> Any:
        task = gui_loop.create_task(coroutine)
        qtbot.waitUntil(task.done, timeout=round(timeout_s * 1_000))
        return task.result()

    return run


def make_client(kind: str) -> EngineClient:
    return ChildEngine() if kind == "child" else InProcessEngine()


@pytest.fixture(params=["child", "in-process"])
def engine(request: pytest.FixtureRequest, run: Run) -> Iterator[EngineClient]:
    """An engine client of each kind; ended with the test."""
    client = make_client(request.param)
    yield client
    run(client.close(), 30)
    client.deleteLater()


@pytest.fixture
def session(engine: EngineClient, run: Run) -> Iterator[Session]:
    """A session with an engine client of each kind, closed with the test."""
    made = Session(engine, recent=RecentFiles())
    yield made
    run(made.close(), 30)
    made.deleteLater()


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace on embedded brokers, with a topic and a filter of its own."""
    return write_workspace(
        tmp_path,
        mqtt="sandbox",
        kafka="sandbox",
        topic=f"gui-{tmp_path.name}",
        topic_filter=f"gui/{tmp_path.name}/#",
    )


@pytest.fixture
def idle(run: Run) -> Iterator[Session]:
    """A session whose bridge is not started, with nothing open."""
    engine = InProcessEngine()
    made = Session(engine, recent=RecentFiles())
    yield made
    run(made.close(), 30)
    made.deleteLater()
    engine.deleteLater()


@pytest.fixture
def window(theme: Theme, run: Run, qtbot: QtBot) -> Iterator[MainWindow]:
    """A window that has the keyboard, with nothing open; tests that need more build on it."""
    session = Session(InProcessEngine(), recent=RecentFiles())
    made = MainWindow(session, theme)
    made.resize(1280, 800)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    yield made
    run(session.close(), 30)
    made.close()
    made.deleteLater()
    session.deleteLater()


@pytest.fixture
def opened(idle: Session, workspace: Path, qtbot: QtBot) -> Session:
    """The workspace on embedded brokers is open, and nothing is started."""
    with qtbot.waitSignal(idle.workspaceChanged):
        idle.open(workspace)
    return idle


@pytest.fixture
def show(theme: Theme, qtbot: QtBot) -> Iterator[Callable[..., QWidget]]:
    """Shows widgets below each other in an active window of a fixed width."""
    host = QWidget()
    host.setObjectName("host")
    qtbot.addWidget(host)
    column = QVBoxLayout(host)

    def show(*widgets: QWidget, width: int = 200) -> QWidget:
        for widget in widgets:
            column.addWidget(widget)
        host.setFixedWidth(width)
        with qtbot.waitActive(host):
            host.show()
            host.activateWindow()
        return host

    yield show
    host.hide()
