"""Every setting does what it says: bounds of lists, suggestions, tests by themselves, secrets."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from core.errors import ConfigError
from core.workspace.units import SecretRef
from gui.docks.log import LogPage
from gui.engine_client import InProcessEngine
from gui.main_window import MainWindow
from gui.recent import RecentFiles
from gui.theme import Theme
from gui.viewmodels.content import laid_out
from gui.viewmodels.live_rows import Divider
from gui.viewmodels.secret_keeper import SecretKeeper
from gui.viewmodels.session import Session
from tests.helpers.workspaces import write_workspace

from .conftest import Run


@pytest.fixture
def window(theme: Theme, run: Run, qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    session = Session(InProcessEngine(), recent=RecentFiles())
    made = MainWindow(session, theme)
    qtbot.addWidget(made)
    made.resize(1280, 800)
    made.show()
    path = write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a")
    with qtbot.waitSignal(made.live.factsChanged, timeout=20_000):
        session.open(path)
    yield made
    run(session.close(), 30)
    session.deleteLater()


def test_the_lists_keep_as_many_rows_as_chosen(window: MainWindow, qtbot: QtBot):
    settings, feed = window.session.settings, window.bottom_pages.feed.model
    settings.put("feeds", "feed_rows", 200)
    for number in range(300):
        feed.divide(str(number))
    qtbot.waitUntil(lambda: feed.rowCount() == 200)
    first = feed._shown[0]  # - what views show
    assert isinstance(first, Divider)
    assert first.text == "100"
    settings.put("feeds", "feed_rows", 100)
    qtbot.waitUntil(lambda: feed.rowCount() == 100)


def test_the_tail_keeps_as_many_rows_as_chosen(window: MainWindow, qtbot: QtBot):
    rows = window.tail.rows
    window.session.settings.put("feeds", "tail_rows", 100)
    for number in range(150):
        rows.divide(str(number))
    qtbot.waitUntil(lambda: rows.rowCount() == 100)


def test_long_payloads_are_cut_where_chosen():
    text = laid_out("x" * 5_000, "text", 1 << 10)
    assert text.startswith("x" * 1_024 + "\n")
    assert "3,976 characters more" in text


def test_suggestions_wait_for_their_keys_where_that_is_chosen(window: MainWindow, qtbot: QtBot):
    window.session.settings.put("editor", "suggest_while_typing", False)
    window.go_to_document(f"rule:{next(iter(window.live.workspace.rules))}")
    page = window.rules.page
    assert page is not None
    editor, completer = page.panel.editor, page.panel.completer
    editor.replace_all("")
    editor.setFocus()
    qtbot.keyClicks(editor, "SEL")
    assert not completer.is_open
    qtbot.keyClick(editor, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: completer.is_open)
    completer.close()
    window.session.settings.put("editor", "suggest_while_typing", True)
    qtbot.keyClicks(editor, "E")
    qtbot.waitUntil(lambda: completer.is_open)
    completer.close()


def test_a_test_waits_until_it_is_run_where_that_is_chosen(window: MainWindow, qtbot: QtBot):
    window.session.settings.put("editor", "test_while_typing", False)
    window.go_to_document(f"rule:{next(iter(window.live.workspace.rules))}")
    page = window.rules.page
    assert page is not None
    test = page._editor.test  # - what the page shows
    with qtbot.waitSignal(test.resultChanged):
        window.commands["test_rule"].trigger()
    assert test.result.outcome != "empty"
    page.panel.editor.replace_all('SELECT topic FROM "other/#"')
    assert test.result.outcome == "empty"
    assert "Ctrl+Enter runs the test" in page.test.result.empty.label.text()
    assert "Ctrl+Enter runs the test" in page.test.first.text.accessibleName()
    assert not test.is_running
    window.commands["test_rule"].trigger()
    qtbot.waitUntil(lambda: test.result.outcome != "empty")
    window.session.settings.put("editor", "test_while_typing", True)
    assert "while you type" in page.test.result.empty.label.text()
    assert "while you type" in page.test.first.text.accessibleName()


def test_secrets_stay_out_of_the_keychain_where_that_is_chosen(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("SLUICEGATE_BROKER_PASSWORD", raising=False)
    stored: list[str] = []

    def put(name: str, secret: str) -> SecretRef:
        stored.append(secret)
        return SecretRef("secret", name)

    keeper = SecretKeeper(put, uses_keychain=lambda: False)
    assert str(keeper.keep("broker-password", "s3cret-typed")) == "env:SLUICEGATE_BROKER_PASSWORD"
    assert stored == []
    assert not keeper.has_missed_keychain
    assert os.environ.pop("SLUICEGATE_BROKER_PASSWORD") == "s3cret-typed"


def test_a_missing_keychain_is_said_once(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    def refuse(name: str, _secret: str) -> SecretRef:
        raise ConfigError(f"no keychain for {name}")

    drafts, told = window.drafts, [0]
    drafts.secrets = SecretKeeper(refuse)
    drafts.keychainMissed.connect(lambda: told.append(told.pop() + 1))
    for typed in ("s3cret-typed", "another-typed"):
        drafts.set("connector:plant", ("username",), "bridge")
        drafts.set_secret("connector:plant", ("password",), typed)
        with qtbot.waitSignal(drafts.saved, timeout=20_000):
            drafts.save("connector:plant")
    monkeypatch.delenv(str(drafts.value("connector:plant", ("password",))).partition(":")[2])

    assert told == [1]


def test_reports_leave_payloads_out_unless_they_are_wanted(window: MainWindow, qtbot: QtBot):
    settings, log = window.session.settings, window.bottom_pages.log
    log.add('payload {"temp": 41.2}')
    qtbot.waitUntil(lambda: log.count > 0)
    window.commands["copy_diagnostics"].trigger()
    text = QGuiApplication.clipboard().text()
    assert text.startswith("sluicegate ")
    assert "41.2" not in text
    assert "1 MQTT connectors" in text
    assert "connector 1: stopped" in text
    settings.put("secrets", "hide_in_reports", False)
    window.commands["copy_diagnostics"].trigger()
    assert "41.2" in QGuiApplication.clipboard().text()


def test_find_searches_where_the_keyboard_is(window: MainWindow, qtbot: QtBot):
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.bottom.show_page("log")
    log = window.findChild(LogPage)
    assert log is not None
    window.bottom_pages.log.add("a line")
    qtbot.waitUntil(log.text.isVisible)
    log.text.setFocus()
    window.commands["find"].trigger()
    assert log.filter.hasFocus()
    window.go_to_document(f"rule:{next(iter(window.live.workspace.rules))}")
    page = window.rules.page
    assert page is not None
    page.focus_editor()
    qtbot.waitUntil(page.panel.editor.hasFocus)
    qtbot.keyClick(page.panel.editor, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert page.panel.find_bar.isVisible()


def test_no_two_commands_have_one_name(window: MainWindow):
    with pytest.raises(ValueError, match="find"):
        window.commands.add("find", "Find", lambda: None)


def test_toasts_and_docks_move_unless_that_is_switched_off(window: MainWindow, qtbot: QtBot):
    settings, toasts = window.session.settings, window.toasts
    settings.put("appearance", "motion", "on")
    toasts.say("A first thing was done")
    [risen] = toasts.shown
    assert window.isAnimated()
    began = risen.y()
    qtbot.waitUntil(lambda: risen.y() == began - 12)

    settings.put("appearance", "motion", "off")
    assert not window.isAnimated()
    toasts.say("A second thing was done")
    [_, still] = toasts.shown
    assert still.y() == began - 12, "at once where it stays"
    settings.put("appearance", "motion", "system")
