"""Undo and redo by keys, in each kind of document: by where the keyboard is, and back to there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.workspace.load import load
from gui.main_window import MainWindow
from tests.helpers.workspaces import write_workspace

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
PLANT, RULE, ACTION = "connector:plant", "rule:all", "action:to_kafka"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a")


@pytest.fixture
def window(window: MainWindow, qtbot: QtBot, path: Path) -> MainWindow:
    with qtbot.waitSignal(window.live.factsChanged, timeout=20_000):
        window.session.open(path)
    return window


def page_of(window: MainWindow, key: str) -> Any:
    window.open_document(key)
    return window.documents.page(key)


def focus() -> QWidget:
    found = QApplication.focusWidget()
    assert found is not None
    return found


def undo(qtbot: QtBot) -> None:
    qtbot.keyClick(focus(), Key.Key_Z, CTRL)


def redo(qtbot: QtBot) -> None:
    qtbot.keyClick(focus(), Key.Key_Z, CTRL | SHIFT)


def text_of(window: MainWindow, name: str) -> str:
    return window.commands[name].text().replace("&", "")


def test_a_field_undoes_its_typing_and_then_the_form_the_rest(window: MainWindow, qtbot: QtBot):
    fields = page_of(window, PLANT).fields
    keepalive, description = fields.editor("keepalive"), fields.editor("description")
    before = keepalive.text()
    keepalive.setFocus()
    keepalive.selectAll()
    qtbot.keyClicks(keepalive, "90")
    after = window.drafts.value(PLANT, ("keepalive",))
    description.setFocus()
    qtbot.keyClicks(description, "cellar")
    assert text_of(window, "undo") == "Undo typing"

    while description.text():
        undo(qtbot)
    assert text_of(window, "undo") == "Undo change of Keep alive"
    undo(qtbot)

    assert keepalive.text() == before
    assert focus() is keepalive
    assert not window.drafts.is_dirty(PLANT)
    assert not window.commands["undo"].isEnabled()
    assert text_of(window, "redo") == "Redo change of Keep alive"
    redo(qtbot)
    assert keepalive.text() != before
    assert window.drafts.value(PLANT, ("keepalive",)) == after


def test_nothing_of_one_file_is_undone_in_a_copy_of_it(
    window: MainWindow, qtbot: QtBot, path: Path
):
    editor = page_of(window, "rule:all").panel.editor
    before = editor.toPlainText()
    qtbot.keyClicks(editor, " ")
    copy = path.with_name("copy.sluicegate.toml")
    copy.write_bytes(path.read_bytes())
    with qtbot.waitSignal(window.live.factsChanged, timeout=20_000):
        window.session.open(copy)
    assert "rule:all" not in window.documents
    editor = page_of(window, "rule:all").panel.editor
    assert editor.toPlainText() == before
    assert not editor.document().isUndoAvailable()
    assert not window.commands["undo"].isEnabled()


def test_a_choice_that_is_undone_has_the_keyboard_again(window: MainWindow, qtbot: QtBot):
    page = page_of(window, PLANT)
    qos = page.fields.editor("qos")
    qos.setFocus()
    shown = qos.currentText()
    qtbot.keyClick(qos, Key.Key_Down)
    assert qos.currentText() != shown
    page.fields.editor("description").setFocus()

    undo(qtbot)

    assert qos.currentText() == shown
    assert focus() is qos


def test_the_way_of_signing_in_is_one_step(window: MainWindow, qtbot: QtBot):
    fields = page_of(window, PLANT).fields
    way = fields.editor("@auth")
    way.setFocus()
    before = window.drafts.values(PLANT)
    for name in ("password", "certificate"):
        way.setCurrentIndex(way.findData(name))
        way.activated.emit(way.currentIndex())

    undo(qtbot)
    assert way.currentData() == "password"
    undo(qtbot)

    assert window.drafts.values(PLANT) == before
    assert focus() is way


def test_the_actions_of_a_rule_come_back_as_they_were(window: MainWindow, qtbot: QtBot):
    page = page_of(window, RULE)
    names = [card.action.name for card in page.side.cards.cards]
    page.side.cards.cards[0].switch.click()
    page.side.cards.focus_first()
    qtbot.keyClick(focus(), Key.Key_Delete)
    assert page.side.cards.cards == [], "a rule that sends nowhere shows the next step instead"
    assert text_of(window, "undo") == "Undo change of Actions"

    undo(qtbot)
    assert [card.action.name for card in page.side.cards.cards] == names
    assert not page.side.cards.cards[0].action.is_enabled
    undo(qtbot)

    assert page.side.cards.cards[0].action.is_enabled
    assert window.drafts.dirty == []
    assert page.side.cards.isAncestorOf(focus())


def test_an_added_action_goes_and_its_sheet_with_it(window: MainWindow, qtbot: QtBot):
    page = page_of(window, RULE)
    key = page._editor.add_action("kafka")
    page.open_action(key, is_added=True)
    topic = page.sheet.form.editor("topic")
    topic.setFocus()
    topic.insert("x")
    assert "x" in window.drafts.value(key, ("topic",))

    undo(qtbot)  # the text's own
    assert page.sheet is not None
    undo(qtbot)
    assert page.sheet is None
    assert not window.drafts.exists(key)
    assert window.drafts.dirty == []

    redo(qtbot)
    assert window.drafts.exists(key)


def test_an_option_of_the_sheet_is_undone_there(window: MainWindow, qtbot: QtBot):
    page = page_of(window, RULE)
    page.open_action(ACTION)
    strategy = page.sheet.form.editor("partition_strategy")
    before = strategy.currentText()
    strategy.setFocus()
    strategy.setCurrentIndex(strategy.findData("explicit"))
    strategy.activated.emit(strategy.currentIndex())
    page.sheet.form.editor("topic").setFocus()

    undo(qtbot)

    assert strategy.currentText() == before
    assert focus() is strategy
    assert window.drafts.dirty == []


def test_a_statement_that_was_undone_from_elsewhere_is_not_undone_twice(
    window: MainWindow, qtbot: QtBot
):
    page = page_of(window, RULE)
    editor, before = page.panel.editor, page.panel.editor.toPlainText()
    editor.setFocus()
    qtbot.keyClicks(editor, "x")
    page.header.enabled.click()
    page.header.enabled.setFocus()

    undo(qtbot)
    assert window.drafts.value(RULE, ("enable",), True)
    assert text_of(window, "undo") == "Undo change of SQL"
    undo(qtbot)
    assert editor.toPlainText() == before
    assert focus() is editor
    assert not window.commands["undo"].isEnabled()
    redo(qtbot)
    assert editor.toPlainText() == f"x{before}"


def test_fields_of_a_simulator_come_back(window: MainWindow, qtbot: QtBot):
    window.simulators.new_simulator()
    page: Any = window.documents.page(window.documents.current)
    names = [row.name.name for row in page.template.rows]
    assert names
    page.form.rename_field(names[0], "renamed")
    page.form.remove_field("renamed")
    page.options.devices.setFocus()

    undo(qtbot)
    assert "renamed" in [row.name.name for row in page.template.rows]
    undo(qtbot)

    assert [row.name.name for row in page.template.rows] == names
    assert text_of(window, "redo") == "Redo change of Fields"


def test_with_the_keyboard_in_the_navigator_the_file_is_taken_back(
    window: MainWindow, qtbot: QtBot, path: Path
):
    page = page_of(window, PLANT)
    page.form.enable(False)
    window.objects.duplicate(RULE)
    qtbot.waitUntil(lambda: bool(window.file_changes.undo_text))
    page_of(window, PLANT).fields.editor("keepalive").setFocus()
    assert text_of(window, "undo") == "Undo change of Enabled"
    window.navigator.view.setFocus()
    assert text_of(window, "undo") == "Undo: Duplicated rule all as all-1"

    undo(qtbot)

    qtbot.waitUntil(lambda: "all-1" not in load(path).partial.rules)
    assert window.drafts.is_dirty(PLANT)


def test_what_was_reverted_comes_back_into_the_form(window: MainWindow, qtbot: QtBot):
    fields = page_of(window, PLANT).fields
    fields.editor("keepalive").setFocus()
    qtbot.keyClicks(fields.editor("keepalive"), "0")
    typed = fields.editor("keepalive").text()
    window.objects.revert()
    assert fields.editor("keepalive").text() != typed

    undo(qtbot)

    assert fields.editor("keepalive").text() == typed
    assert window.drafts.is_dirty(PLANT)


def test_what_a_text_has_undone_is_not_brought_back_by_the_next_undo(
    window: MainWindow, qtbot: QtBot
):
    fields = page_of(window, PLANT).fields
    description, keepalive = fields.editor("description"), fields.editor("keepalive")
    description.setFocus()
    qtbot.keyClicks(description, "cellar")
    keepalive.setFocus()
    qtbot.keyClicks(keepalive, "0")
    longer = keepalive.text()
    description.setFocus()

    undo(qtbot)  # the text's own
    assert (description.text(), keepalive.text()) == ("", longer)
    undo(qtbot)
    assert description.text() == ""
    assert keepalive.text() != longer
    assert not window.commands["undo"].isEnabled()


def test_a_text_that_was_emptied_after_it_was_saved_comes_back(window: MainWindow, qtbot: QtBot):
    page = page_of(window, PLANT)
    description = page.fields.editor("description")
    description.setFocus()
    qtbot.keyClicks(description, "cellar")
    qtbot.keyClick(description, Key.Key_S, CTRL)
    qtbot.waitUntil(lambda: not window.drafts.is_dirty(PLANT))
    assert focus() is description, "the keyboard stays where it was"
    description.selectAll()
    qtbot.keyClick(description, Key.Key_Delete)
    page.fields.editor("keepalive").setFocus()

    undo(qtbot)

    assert description.text() == "cellar"


@pytest.mark.parametrize("name", ["new_simulator", "new_rule", "new_mqtt"])
def test_undo_leaves_a_new_document_there(window: MainWindow, qtbot: QtBot, name: str):
    window.commands[name].trigger()
    key = window.documents.current
    undo(qtbot)
    assert window.documents.current == key
    assert window.drafts.is_new(key)


def test_the_keyboard_stays_in_the_list_of_actions(window: MainWindow, qtbot: QtBot):
    window.resize(1600, 900)  # with the actions beside the statement
    page = page_of(window, RULE)
    qtbot.waitUntil(page.side.isVisible)
    page._editor.add_action("kafka")
    cards = page.side.cards
    qtbot.waitUntil(lambda: cards.cards[1].row.isVisible())
    cards.cards[0].switch.setFocus()
    qtbot.keyClick(focus(), Key.Key_Space)
    qtbot.waitUntil(lambda: cards.cards[1].row.isVisible())
    assert focus() is cards.cards[0].switch
    following = cards.cards[1].action.name
    cards.cards[0].row.setFocus()
    qtbot.keyClick(focus(), Key.Key_Tab)
    assert focus() is cards.cards[0].switch, "cards that were made anew are in their place"
    qtbot.keyClick(focus(), Key.Key_Tab)
    assert focus() is cards.cards[1].row
    cards.cards[0].row.setFocus()

    qtbot.keyClick(focus(), Key.Key_Delete)

    assert cards.cards[0].action.name == following
    assert focus() is cards.cards[0].row


def test_the_last_header_that_is_removed_leaves_the_keyboard_at_add(
    window: MainWindow, qtbot: QtBot
):
    window.resize(1600, 900)  # with the actions beside the statement
    page = page_of(window, RULE)
    qtbot.waitUntil(page.side.isVisible)
    page.side.cards.focus_first()
    qtbot.keyClick(focus(), Key.Key_Return)
    headers = page.sheet.form.editor("kafka_ext_headers")
    page.sheet.form.advanced.open()
    headers.add_button.setFocus()
    qtbot.keyClick(focus(), Key.Key_Space)
    qtbot.keyClick(headers.rows[0].stops[-1], Key.Key_Space)
    assert headers.rows == []
    assert focus() is headers.add_button
