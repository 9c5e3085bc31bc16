"""A statement is typed: completion, the Tab key, indents."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from core.bridge.events import MessageSample
from gui.main_window import MainWindow
from gui.pages.rule import RulePage

from .conftest import (
    CONTROL,
    HOT,
    SHIFT,
    outcome_of,
    settle,
    text_of,
)


def test_a_statement_is_written_with_completion(new_page: RulePage, qtbot: QtBot) -> None:
    editor, completer = new_page.panel.editor, new_page.panel.completer

    qtbot.keyClicks(editor, "sel")
    qtbot.waitUntil(lambda: completer.is_open)
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    qtbot.keyClicks(editor, "payload.")
    assert [c.label for c in completer.popup.model.completions.candidates] == ["hum", "temp"]
    qtbot.keyClick(editor, Qt.Key.Key_Down)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.keyClicks(editor, " fr")
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    assert completer.is_open, "behind FROM the topics are offered"
    qtbot.keyClick(editor, Qt.Key.Key_Tab)

    assert text_of(new_page) == 'SELECT payload.temp FROM "plant/1"'
    settle(qtbot, new_page)
    assert not editor.statement.errors


def test_a_function_is_written_with_the_cursor_between_its_brackets(
    new_page: RulePage, qtbot: QtBot
) -> None:
    editor = new_page.panel.editor

    qtbot.keyClicks(editor, "SELECT upp")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.keyClicks(editor, "x")

    assert text_of(new_page) == "SELECT upper(x)"


def test_esc_closes_the_list_and_the_next_tab_indents(new_page: RulePage, qtbot: QtBot) -> None:
    editor = new_page.panel.editor

    qtbot.keyClicks(editor, "SELECT pay")
    assert new_page.panel.completer.is_open
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert not new_page.panel.completer.is_open
    qtbot.keyClick(editor, Qt.Key.Key_Tab)

    assert text_of(new_page) == "SELECT pay  "
    assert editor.hasFocus()


def test_the_list_shows_the_share_of_a_field_and_does_not_cover_the_line(
    new_page: RulePage, qtbot: QtBot
) -> None:
    editor = new_page.panel.editor
    qtbot.keyClicks(editor, "SELECT payload.")

    popup = new_page.panel.completer.popup
    with qtbot.waitSignal(popup.announced) as said:
        qtbot.keyClick(editor, Qt.Key.Key_Down)
    assert said.args is not None
    assert said.args[0].startswith("temp, number, 22.5, In 3 of 3 messages.")
    candidate = popup.candidate
    line = editor.rect_of(0)
    below = editor.mapTo(editor.window(), QPoint(0, line.bottom()))

    assert candidate is not None
    assert "3 of 3 messages" in candidate.help
    assert popup.y() > below.y()
    assert popup.list.verticalScrollBar().maximum() == 0, "the few rows are all in sight"


def test_tab_takes_the_start_of_an_empty_statement(new_page: RulePage, qtbot: QtBot) -> None:
    assert new_page.panel.ghost.isVisible()

    qtbot.keyClick(new_page.panel.editor, Qt.Key.Key_Tab)

    assert text_of(new_page) == 'SELECT\n  clientid, payload.hum as hum\nFROM "plant/1"'
    assert not new_page.panel.ghost.isVisible()
    outcome_of(qtbot, new_page, "Passed")


def test_tab_goes_over_the_topics_seen_and_writes_nothing(new_page: RulePage, qtbot: QtBot) -> None:
    editor, ghost = new_page.panel.editor, new_page.panel.ghost
    window = new_page.window()
    assert isinstance(window, MainWindow)
    window.fields.take(MessageSample(9, 9, "broker", "oven", "dev-1", "{}", 2, 1, []))
    window.bottom.hide()  # which gives its room to the topics
    qtbot.waitUntil(lambda: len(ghost.topics) > 1 and ghost.topics[1].isVisible())
    for key in (Qt.Key.Key_Escape, Qt.Key.Key_Tab):
        qtbot.keyClick(editor, key)

    for topic in ghost.topics:
        assert topic.hasFocus()
        qtbot.keyClick(topic, Qt.Key.Key_Tab)

    assert text_of(new_page) == ""
    focused = window.focusWidget()
    assert focused is not None
    assert focused is not editor
    assert not editor.isAncestorOf(focused)


def test_ctrl_m_sets_tab_free_until_it_is_pressed_again(page: RulePage, qtbot: QtBot) -> None:
    editor = page.panel.editor
    qtbot.keyClick(editor, Qt.Key.Key_M, CONTROL)
    for _ in range(2):
        editor.setFocus()
        qtbot.keyClick(editor, Qt.Key.Key_Tab)
        assert not editor.hasFocus()
    assert text_of(page) == HOT

    editor.setFocus()
    qtbot.keyClick(editor, Qt.Key.Key_M, CONTROL)
    qtbot.keyClick(editor, Qt.Key.Key_Tab)

    assert editor.hasFocus()
    assert len(text_of(page)) == len(HOT) + 2


def test_tab_leaves_after_esc_and_shift_tab_at_once(page: RulePage, qtbot: QtBot) -> None:
    editor = page.panel.editor

    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    assert not editor.hasFocus()
    assert text_of(page) == HOT

    editor.setFocus()
    qtbot.keyClick(editor, Qt.Key.Key_Backtab, SHIFT)
    assert not editor.hasFocus()
    assert text_of(page) == HOT


def test_enter_keeps_the_indent(new_page: RulePage, qtbot: QtBot) -> None:
    editor = new_page.panel.editor
    editor.insertPlainText("SELECT\n  1 as a,")

    qtbot.keyClick(editor, Qt.Key.Key_Return)

    assert text_of(new_page).endswith("a,\n  ")
