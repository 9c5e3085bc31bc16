"""The page of a rule: saved and reverted, its side column, its stops."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.workspace.load import load
from gui.editors.sql_editor import SqlEditor
from gui.main_window import MainWindow
from gui.pages.rule import RulePage

from .conftest import (
    CONTROL,
    HOT,
    WORKSPACE,
    outcome_of,
    page_of,
    settle,
    text_of,
)

# The file


def test_ctrl_s_writes_the_file_and_keeps_its_comments(
    window: MainWindow, page: RulePage, path: Path, qtbot: QtBot
) -> None:
    editor = page.panel.editor
    editor.go_to(len(HOT))
    qtbot.keyClicks(editor, "0")
    assert window.drafts.is_dirty("rule:hot")

    with qtbot.waitSignal(window.drafts.saved):
        qtbot.keyClick(editor, Qt.Key.Key_S, CONTROL)

    text = path.read_text()
    assert f"{HOT}0\n'''" in text
    assert text == WORKSPACE.replace("> 20", "> 200")
    assert not window.drafts.is_dirty("rule:hot")
    assert text_of(page) == f"{HOT}0"
    assert editor.hasFocus()


def test_a_statement_that_does_not_parse_is_not_saved(
    window: MainWindow, page: RulePage, path: Path, qtbot: QtBot
) -> None:
    page.panel.editor.replace_all("SELECT a, FROM 'plant/#'")
    settle(qtbot, page)
    page.test.payload.edit.setFocus()

    with qtbot.waitSignal(window.drafts.refused):
        page.save()

    assert path.read_text() == WORKSPACE
    assert page.problem.isVisible()
    assert page.panel.editor.hasFocus()
    assert page.panel.editor.offset == page.panel.editor.statement.problems[0].start

    page.panel.editor.replace_all("SELECT a FROM 'plant/#'")

    qtbot.waitUntil(lambda: not page.problem.isVisible())
    assert path.read_text() == WORKSPACE, "what is right now is not saved by itself"


def test_a_new_rule_is_in_the_file_after_saving(
    window: MainWindow, new_page: RulePage, path: Path, qtbot: QtBot
) -> None:
    assert new_page.header.state.whole_text() == "New, not saved yet"
    qtbot.keyClick(new_page.panel.editor, Qt.Key.Key_Tab)

    with qtbot.waitSignal(window.drafts.saved):
        qtbot.keyClick(new_page.panel.editor, Qt.Key.Key_S, CONTROL)

    rules = load(path).partial.rules
    assert rules["rule_1"].sql.strip() == text_of(new_page)
    assert "rule:rule_1" in window.documents.keys


def test_revert_brings_the_saved_statement_back(
    window: MainWindow, page: RulePage, qtbot: QtBot
) -> None:
    page.header.enabled.click()
    page.panel.editor.replace_all("SELECT 1 as x FROM 'a'")
    assert "changes not saved" in page.header.state.whole_text()

    page.actions_by_name["revert"].trigger()

    assert text_of(page) == HOT
    assert page.header.enabled.isChecked()
    assert not window.drafts.is_dirty("rule:hot")


# The page


def test_the_column_at_the_side_follows_what_is_written(page: RulePage, qtbot: QtBot) -> None:
    page.panel.editor.replace_all("SELECT qos as q, topic FROM 'a/+', 'b'")

    qtbot.waitUntil(lambda: [row.text() for row in page.side.input_rows] == ["a/+", "b"])
    assert [button.text() for button in page.side.field_buttons] == ["q", "topic"]
    page.side.field_buttons[0].click()
    assert QApplication.clipboard().text() == "${q}"


def test_without_room_the_side_column_is_a_tab(
    window: MainWindow, page: RulePage, qtbot: QtBot
) -> None:
    assert page.side.isVisible()
    window.resize(900, 700)

    qtbot.waitUntil(lambda: not page.side.isVisible())
    page._tabs.choose("parts")
    assert page.side.isVisible()
    assert not page.panel.isVisible()
    window.resize(1280, 800)
    qtbot.waitUntil(lambda: page.side.isVisible() and page.panel.isVisible())


def test_a_page_closed_while_it_is_checked_and_tested_leaves_nothing_behind(
    window: MainWindow, page: RulePage, qtbot: QtBot
) -> None:
    faults: list[object] = []
    window.session.faulted.connect(faults.append)
    page.panel.editor.replace_all("SELECT 1 as x FROM 'a'")
    page.panel.editor.statement.check_now()
    page.run()
    names = window.session.tasks.names
    assert {"check a statement", "try a rule"} <= set(names)

    with qtbot.waitSignal(page.destroyed):
        window.documents.close_document("rule:hot")
    qtbot.waitUntil(lambda: "try a rule" not in window.session.tasks.names)
    qtbot.waitUntil(lambda: "check a statement" not in window.session.tasks.names)

    assert faults == []
    assert window.drafts.is_dirty("rule:hot"), "the draft outlives its page"
    assert text_of(page_of(window, "hot")) == "SELECT 1 as x FROM 'a'"


def test_every_stop_has_a_name_for_screen_readers(page: RulePage, qtbot: QtBot) -> None:
    outcome_of(qtbot, page, "No match")
    stops = [
        widget
        for widget in page.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible()
    ]

    nameless = [
        widget
        for widget in stops
        if not (widget.accessibleName() or getattr(widget, "text", str)())
    ]
    assert len(stops) > 10
    assert nameless == []


def test_tab_reaches_every_stop(page: RulePage, qtbot: QtBot) -> None:
    page.header.setFocus()
    page.header.enabled.setFocus(Qt.FocusReason.TabFocusReason)
    reached: set[QWidget] = set()
    for _ in range(80):
        focus = QApplication.focusWidget()
        assert focus is not None
        reached.add(focus)
        if isinstance(focus, SqlEditor):
            qtbot.keyClick(focus, Qt.Key.Key_Escape)
        qtbot.keyClick(focus, Qt.Key.Key_Tab)

    wanted = {page.panel.editor, page.test.payload.edit, page.test.event_form.source}
    assert wanted | set(page.side.field_buttons) <= reached


def test_the_result_of_a_test_has_room_in_a_small_window(page: RulePage, qtbot: QtBot) -> None:
    window = page.window()
    window.resize(1024, 700)
    qtbot.waitUntil(lambda: page.test.event_form.isVisible() and page.test.width() < 800)
    qtbot.waitUntil(lambda: page.test._right.width() >= 230)  # for the button of a record
