"""The pages of the Tools menu: the embedded brokers, and the diagnostics."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from core.log import Redactor
from gui.main_window import MainWindow
from gui.pages.brokers import BrokersPage
from gui.pages.diagnostics import DiagnosticsPage
from gui.shell.goals import command_goals
from gui.shell.palette import find
from tests.helpers.workspaces import write_workspace


@pytest.fixture
def window(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> MainWindow:
    path = write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a")
    with qtbot.waitSignal(window.live.factsChanged, timeout=20_000):
        window.session.open(path)
    return window


def brokers_page(window: MainWindow) -> BrokersPage:
    window.commands["brokers"].trigger()
    page = window.documents.page("brokers")
    assert isinstance(page, BrokersPage)
    return page


def test_embedded_brokers_are_started_copied_and_stopped_from_their_page(
    window: MainWindow, qtbot: QtBot
):
    page, session = brokers_page(window), window.session
    assert page.start_button.hasFocus()
    assert not page.mqtt.button.isEnabled()
    assert "No connector" in page.users.accessibleName()
    qtbot.keyClick(page.start_button, Qt.Key.Key_Space)
    qtbot.waitUntil(page.stop_button.isEnabled, timeout=20_000)
    found = session.sandbox
    assert found is not None
    assert page.stop_button.hasFocus()
    page.option.button.click()
    assert QGuiApplication.clipboard().text() == f"--sandbox {found}"
    assert window.toasts.shown[-1].text == "Copied: For commands."

    qtbot.keyClick(page.stop_button, Qt.Key.Key_Space)
    qtbot.waitUntil(page.start_button.isEnabled, timeout=20_000)
    assert session.sandbox is None
    assert page.header.state.text() == "Stopped"
    assert not page.mqtt.button.isEnabled()


def test_brokers_that_the_bridge_runs_on_are_not_stopped(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    page, session = brokers_page(window), window.session
    monkeypatch.setattr(type(session), "state", "running")
    session.stateChanged.emit("running")
    assert not page.start_button.isEnabled()
    assert not page.stop_button.isEnabled()
    assert page.note.accessibleName() == "Stop the bridge first."


def test_diagnostics_tell_paths_on_their_page_and_none_in_the_report(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
):
    window.commands["diagnostics"].trigger()
    page = window.documents.page("diagnostics")
    assert isinstance(page, DiagnosticsPage)
    path = str(window.session.path)
    _, paths, engine, _ = page.groups
    row = paths.rows["Workspace file"]
    row.button.click()
    assert QGuiApplication.clipboard().text() == path
    assert engine.rows["State"].value.text() == "stopped"
    page.copy_button.click()
    report = QGuiApplication.clipboard().text()
    assert "engine: in the window's process; the embedded brokers do not run" in report
    assert path not in report
    assert str(Path.home()) not in report
    handler, redactor = logging.NullHandler(), Redactor()
    redactor.add("embedded brokers")
    handler.addFilter(redactor)
    monkeypatch.setattr(logging.getLogger(), "handlers", [handler])
    page.copy_button.click()
    assert "the embedded brokers do not run" not in QGuiApplication.clipboard().text()


def test_the_palette_finds_the_pages_of_tools(window: MainWindow):
    goals = command_goals(window)
    assert [goal.name for goal in find(goals, "embedded brokers")] == ["Embedded brokers"]
    assert "Diagnostics" in [goal.name for goal in find(goals, "diagnostics")]
