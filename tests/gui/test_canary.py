"""A password that was typed into a form is in no file, no log, no report and no picture's text."""

from __future__ import annotations

import asyncio
import base64
import io
import logging
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.cli.window import window_options
from core.log import set_up
from core.workspace.load import load
from gui.app import App
from gui.main_window import MainWindow
from gui.pages.connector import ConnectorPage
from gui.pages.monitor import MonitorPage
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.workspaces import write_workspace

from .conftest import Run

CANARY = "canary-9f2c-Tweet!"
FORMS = (CANARY, base64.b64encode(CANARY.encode()).decode(), CANARY.encode().hex())


class Folders:
    """Where the program may write while a test runs, and all that it says."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.log = io.StringIO()
        self.said: list[str] = []
        self.redactor = set_up(logging.DEBUG, stream=self.log)

    def found(self) -> list[str]:
        """Name everything that holds the canary, in one of its forms."""
        files = [path for path in self.root.rglob("*") if path.is_file()]
        assert len(files) > 3, files
        texts = {str(path): path.read_bytes().decode(errors="replace") for path in files}
        texts |= {str(path): str(path) for path in files if _holds(str(path))}
        texts["log"] = self.log.getvalue()
        texts["what was said"] = "\n".join(self.said)
        return [name for name, text in texts.items() if _holds(text)]


def _holds(text: str) -> bool:
    return any(form in text for form in FORMS)


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Folders]:
    root, before = logging.getLogger(), logging.getLogger().handlers[:]
    level = root.level
    made = Folders(tmp_path)
    for variable, name in (
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_STATE_HOME", "state"),
        ("XDG_CACHE_HOME", "cache"),
        ("TMPDIR", "tmp"),
    ):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(variable, str(tmp_path / name))
    monkeypatch.setattr(tempfile, "tempdir", None)
    yield made
    root.setLevel(level)
    for handler in root.handlers[:]:
        if handler not in before:
            root.removeHandler(handler)


@pytest.fixture
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    made = Mosquitto(tmp_path_factory.mktemp("broker"), users={"bridge": CANARY})
    made.start()
    yield made
    made.stop()


@pytest.fixture
def app(
    folders: Folders,
    gui_loop: asyncio.AbstractEventLoop,
    qapp: QApplication,
    qtbot: QtBot,
) -> Iterator[App]:
    made = App(qapp, window_options(["--engine", "child"]), folders.redactor.mask)
    made.window.activateWindow()
    qtbot.waitUntil(made.window.isActiveWindow)
    made.session.logLine.connect(folders.said.append)
    made.session.eventReceived.connect(lambda event: folders.said.append(repr(event)))
    yield made
    made.lateness.stop()
    with qtbot.waitSignal(made.closing.finished, timeout=30_000):
        made.window.close()
    made.window.deleteLater()
    made.session.deleteLater()


def type_password(app: App, qtbot: QtBot) -> ConnectorPage:
    """Open the connector's form, type the password, and save."""
    window = app.window
    assert isinstance(window, MainWindow)
    window.go_to_document("connector:plant")
    page = window.documents.page("connector:plant")
    assert isinstance(page, ConnectorPage)
    secret = page.fields.editor("password")
    if secret.change_button.isVisible():
        secret.change_button.click()
    secret.line.setFocus()
    qtbot.keyClicks(secret.line, CANARY)
    qtbot.keyClick(secret.line, Qt.Key.Key_Return)
    assert secret.line.text() == ""
    with qtbot.waitSignal(window.drafts.saved):
        window.commands["save"].trigger()
    return page


@pytest.mark.timeout(120)  # a child engine, a broker, and a test of the connection
@pytest.mark.expect_warnings  # what fails here on purpose is logged
def test_a_typed_password_is_nowhere_afterwards(
    app: App, folders: Folders, broker: Mosquitto, run: Run, qtbot: QtBot, tmp_path: Path
):
    window, session = app.window, app.session
    assert isinstance(window, MainWindow)
    session.settings.put("secrets", "keep_in", "session")
    session.settings.put("secrets", "hide_in_reports", False)
    (tmp_path / "workspace").mkdir()
    path = write_workspace(
        tmp_path / "workspace",
        mqtt=broker.url,
        kafka="127.0.0.1:1",
        topic="a",
        mqtt_options="username = 'bridge'",
    )
    with qtbot.waitSignal(window.live.factsChanged, timeout=20_000):
        session.open(path)
    page = type_password(app, qtbot)
    reference = load(path).partial.connectors.mqtt["plant"].password
    assert str(reference).startswith("env:")
    assert os.environ[str(reference).removeprefix("env:")] == CANARY

    page.test_connection()
    qtbot.waitUntil(lambda: page.test.phase == "passed")
    session.start()
    qtbot.waitUntil(
        lambda: window.live.connector_state("plant").status == "connected", timeout=30_000
    )
    broker.stop()  # an error of the network, and of the sign-in after it
    qtbot.waitUntil(
        lambda: window.live.connector_state("plant").status != "connected", timeout=30_000
    )
    broker.users = {"bridge": "another"}
    broker.start()
    page.test_connection()
    qtbot.waitUntil(lambda: page.test.phase == "failed")
    app.faults.report(RuntimeError(f"an error of ours that holds {CANARY}"))
    folders.said.append(app.faults.text())
    assert "RuntimeError" in folders.said[-1]
    logging.getLogger("gui").warning("said aloud: %s", CANARY)

    window.commands["copy_diagnostics"].trigger()
    folders.said.append(QGuiApplication.clipboard().text())
    assert "the bridge is running" in folders.said[-1]
    window.open_document("monitor")
    monitor = window.documents.page("monitor")
    assert isinstance(monitor, MonitorPage)
    monitor.save_csv(tmp_path / "monitor.csv")
    monitor.save_png(tmp_path / "monitor.png")
    assert (tmp_path / "monitor.png").stat().st_size > 0
    for text in (page.fields.editor("password"), page):
        folders.said.append(text.accessibleName())
        folders.said.append(text.accessibleDescription())

    session.stop()
    qtbot.waitUntil(lambda: session.state == "stopped", timeout=30_000)
    assert "said aloud: ***" in folders.log.getvalue()
    assert folders.found() == []
    os.environ.pop(str(reference).removeprefix("env:"))


def test_the_canary_would_be_found(folders: Folders):
    """The search itself is right: it finds each form, in files and in what was said."""
    for number, form in enumerate(FORMS):
        (folders.root / f"{number}.txt").write_text(f"password={form}")
    (folders.root / "other").write_text("nothing")
    folders.said.append(CANARY)
    assert len(folders.found()) == len(FORMS) + 1
