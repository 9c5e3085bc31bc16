"""Where the keyboard is after Ctrl+S: where it was, or at the first problem."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.workspace.load import load
from gui.main_window import MainWindow
from gui.pages.connector import ConnectorPage
from gui.pages.rule import RulePage
from tests.helpers.workspaces import write_workspace

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a")


@pytest.fixture
def opened(window: MainWindow, qtbot: QtBot, path: Path) -> MainWindow:
    with qtbot.waitSignal(window.live.factsChanged, timeout=20_000):
        window.session.open(path)
    return window


def stand_in(qtbot: QtBot, field: QWidget) -> None:
    field.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(field.hasFocus)


def save(window: MainWindow, qtbot: QtBot, key: str) -> None:
    """Save by keys, and wait for the page of the saved object."""
    qtbot.keyClick(QApplication.focusWidget() or window, Key.Key_S, CTRL)
    drafts = window.drafts
    qtbot.waitUntil(lambda: drafts.exists(key) and not drafts.dirty)
    qtbot.waitUntil(lambda: window.documents.current == key)


def name_connector(window: MainWindow, qtbot: QtBot, kind: str, name: str) -> ConnectorPage:
    """Begin a connector, with another name than the proposed one."""
    window.objects.new_connector(kind)
    page = window.documents.page(f"connector:{kind}-1")
    assert isinstance(page, ConnectorPage)
    field = page.fields.editor("@name")
    stand_in(qtbot, field)
    field.selectAll()
    qtbot.keyClicks(field, name)
    return page


def test_a_new_connector_is_saved_with_the_keyboard_in_the_field_that_is_typed_in(
    opened: MainWindow, qtbot: QtBot
):
    page = name_connector(opened, qtbot, "mqtt", "attic")
    host = page.fields.editor("server").host
    stand_in(qtbot, host)
    host.selectAll()
    qtbot.keyClicks(host, "attic.example")
    qtbot.keyClick(host, Key.Key_Left)
    save(opened, qtbot, "connector:attic")

    page = opened.documents.page("connector:attic")
    assert isinstance(page, ConnectorPage)
    host = page.fields.editor("server").host
    assert QApplication.focusWidget() is host
    assert host.cursorPosition() == len("attic.exampl")


def test_a_group_that_was_opened_is_open_after_the_save_with_the_keyboard_in_it(
    opened: MainWindow, qtbot: QtBot
):
    page = name_connector(opened, qtbot, "mqtt", "attic")
    page.fields.show_option(("reconnect_max",))
    page.fields.group("subscribing").set_open(False)
    save(opened, qtbot, "connector:attic")

    page = opened.documents.page("connector:attic")
    assert isinstance(page, ConnectorPage)
    field = page.fields.editor("reconnect_max")
    assert QApplication.focusWidget() is field
    assert not page.fields.group("subscribing").head.isChecked()
    sight = page.fields.viewport()
    qtbot.waitUntil(lambda: sight.rect().contains(field.mapTo(sight, field.rect().center())))


def test_a_new_connector_that_is_refused_has_the_keyboard_at_the_first_problem(
    opened: MainWindow, qtbot: QtBot, path: Path
):
    page = name_connector(opened, qtbot, "mqtt", "attic")
    port = page.fields.editor("server").port
    stand_in(qtbot, port)
    port.selectAll()
    qtbot.keyClicks(port, "99999")
    stand_in(qtbot, page.fields.editor("keepalive"))
    with qtbot.waitSignal(opened.drafts.refused):
        qtbot.keyClick(page.fields.editor("keepalive"), Key.Key_S, CTRL)

    keyboard = QApplication.focusWidget()
    assert keyboard is not None
    assert page.fields.editor("server").isAncestorOf(keyboard)
    assert "attic" not in load(path).partial.connectors.mqtt


def test_a_new_rule_and_its_action_are_saved_with_the_keyboard_in_the_action(
    opened: MainWindow, qtbot: QtBot, path: Path
):
    opened.commands["new_rule"].trigger()
    page = opened.documents.page("rule:rule_1")
    assert isinstance(page, RulePage)
    page.panel.editor.replace_all('SELECT clientid FROM "plant/#"')
    opened.drafts.set_name("rule:rule_1", "warm")
    key = page._editor.add_action("kafka")
    page.side.actionAdded.emit(key)
    assert page.sheet is not None
    topic = page.sheet.form.editor("topic")
    stand_in(qtbot, topic)
    topic.selectAll()
    qtbot.keyClicks(topic, "warm")
    save(opened, qtbot, "rule:warm")

    page = opened.documents.page("rule:warm")
    assert isinstance(page, RulePage)
    assert page.sheet is not None, "what is edited beside the rule stays"
    assert QApplication.focusWidget() is page.sheet.form.editor("topic")
    assert [action.topic for action in load(path).partial.actions.kafka.values()][-1] == "warm"


def test_a_new_rule_is_saved_with_the_cursor_where_it_was(opened: MainWindow, qtbot: QtBot):
    opened.commands["new_rule"].trigger()
    page = opened.documents.page("rule:rule_1")
    assert isinstance(page, RulePage)
    opened.drafts.set_name("rule:rule_1", "warm")
    page.panel.editor.replace_all('SELECT clientid FROM "plant/#"')
    page.panel.editor.go_to(7)
    stand_in(qtbot, page.panel.editor)
    save(opened, qtbot, "rule:warm")

    page = opened.documents.page("rule:warm")
    assert isinstance(page, RulePage)
    assert QApplication.focusWidget() is page.panel.editor
    assert page.panel.editor.offset == 7


def test_a_new_rule_that_is_refused_has_the_cursor_at_its_first_mistake(
    opened: MainWindow, qtbot: QtBot, path: Path
):
    opened.commands["new_rule"].trigger()
    page = opened.documents.page("rule:rule_1")
    assert isinstance(page, RulePage)
    page.panel.editor.replace_all("SELECT clientid FROM")
    qtbot.waitUntil(lambda: page.panel.editor.statement.errors > 0)
    stand_in(qtbot, page.header.enabled)
    with qtbot.waitSignal(page._editor.refused):
        qtbot.keyClick(page.header.enabled, Key.Key_S, CTRL)

    assert QApplication.focusWidget() is page.panel.editor
    assert page.panel.editor.offset == page.panel.editor.statement.problems[0].start
    assert "rule_1" not in load(path).partial.rules
