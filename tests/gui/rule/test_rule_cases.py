"""Test cases of a rule in the window: saved, chosen, changed, run; the command agrees."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from gui.pages.rule import RulePage
from tests.helpers.engine import sluicegate

from .conftest import CONTROL, SHIFT, labels, outcome_of, page_of, settle

HOT_MESSAGE = '{"temp": 33.5}'


def cases_in(path: Path) -> list[dict[str, Any]]:
    return tomllib.loads(path.read_text())["rules"]["hot"].get("tests", [])


def try_payload(qtbot: QtBot, page: RulePage, text: str, word: str) -> None:
    page.test.payload.edit.setPlainText(text)
    outcome_of(qtbot, page, word)
    qtbot.waitUntil(lambda: not page._editor.test.is_running)


def save_as(qtbot: QtBot, page: RulePage, name: str) -> None:
    """Save the present trial by the keyboard."""
    popup = page.test.cases.popup
    if page._editor.cases.chosen < 0:
        page.test.cases.save.click()
    else:
        page.test.cases.save.click()
        page.test.cases.menu.actions()[1].trigger()
        page.test.cases.menu.close()
    qtbot.waitUntil(popup.isVisible)
    popup.field.selectAll()
    qtbot.keyClicks(popup.field, name)
    qtbot.keyClick(popup.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: name in [case.name for case in page._editor.cases.cases])
    page.window().activateWindow()


@pytest.fixture
def saved(page: RulePage, path: Path, qtbot: QtBot) -> RulePage:
    """The page with one saved case, which is in the file."""
    try_payload(qtbot, page, HOT_MESSAGE, "Passed")
    save_as(qtbot, page, "a hot one")
    qtbot.waitUntil(lambda: bool(cases_in(path)))
    return page


def test_a_case_holds_event_output_and_record(saved: RulePage, path: Path) -> None:
    (case,) = cases_in(path)

    assert case["name"] == "a hot one"
    assert case["context"] == {"topic": "plant/1", "payload": HOT_MESSAGE}
    assert case["expect"]["output"] == {"clientid": "c_emqx", "temp": 33.5}
    assert case["expect"]["records"] == [
        {"action": "to_hot", "topic": "hot", "key": "c_emqx", "value": "33.5"}
    ]


def test_the_command_runs_what_the_window_saved(saved: RulePage, path: Path, qtbot: QtBot) -> None:
    done = sluicegate("test", path)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "ok    hot: a hot one" in done.stdout


@pytest.mark.parametrize("width", [1280, 1000])
def test_saving_a_case_by_enter_leaves_the_keyboard_with_the_cases(
    page: RulePage, window: MainWindow, qtbot: QtBot, width: int
) -> None:
    window.resize(width, 800)
    try_payload(qtbot, page, HOT_MESSAGE, "Passed")
    strip = page.test.cases
    strip.save.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(strip.save.hasFocus)
    qtbot.keyClick(strip.save, Qt.Key.Key_Return)
    qtbot.waitUntil(strip.popup.isVisible)
    qtbot.keyClick(strip.popup.field, Qt.Key.Key_Return)

    window.activateWindow()  # the screen of tests does not when a popup closes
    qtbot.waitUntil(strip.choice.isVisible)
    qtbot.waitUntil(lambda: strip.isAncestorOf(QApplication.focusWidget()))


def test_comments_of_the_file_stay(saved: RulePage, path: Path) -> None:
    text = path.read_text()

    assert "# what is too hot" in text
    assert "# one place" in text


def test_saving_a_case_leaves_nothing_to_apply(saved: RulePage, window: MainWindow) -> None:
    from gui.viewmodels.unapplied import unapplied

    before = window.live.workspace.rules["hot"].model_copy(update={"tests": ()})
    running = window.live.workspace.model_copy(update={"rules": {"hot": before}})

    assert unapplied(running, window.live.workspace) == []


def test_the_first_case_is_tried_when_the_page_is_opened(
    saved: RulePage, window: MainWindow, qtbot: QtBot
) -> None:
    window.documents.close_document("rule:hot")
    page = page_of(window, "hot")
    seen: list[str] = []
    page._editor.test.resultChanged.connect(lambda: seen.append(page._editor.test.result.outcome))
    qtbot.waitUntil(lambda: bool(seen), timeout=20_000)
    assert page._editor.cases.chosen == 0
    assert page.test.payload.edit.toPlainText() == HOT_MESSAGE
    assert set(seen) == {"passed"}


def test_a_case_fills_the_form(saved: RulePage, qtbot: QtBot) -> None:
    try_payload(qtbot, saved, '{"temp": 1}', "No match")

    choice = saved.test.cases.choice
    choice.setFocus()
    assert choice.currentText() == "a hot one"
    saved._editor.cases.choose(0)

    outcome_of(qtbot, saved, "Passed")
    assert saved.test.payload.edit.toPlainText() == HOT_MESSAGE


def test_all_run_by_their_keys(saved: RulePage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(saved._editor.cases.ran):
        qtbot.keyClick(saved.panel.editor, Qt.Key.Key_Return, CONTROL | SHIFT)

    assert saved.test.cases.verdict.text() == "1 of 1"


def test_a_failing_case_says_why(saved: RulePage, qtbot: QtBot) -> None:
    saved.panel.editor.replace_all(
        'SELECT clientid, payload.temp + 1 as temp FROM "plant/#" WHERE payload.temp > 20'
    )
    settle(qtbot, saved)
    with qtbot.waitSignal(saved._editor.cases.ran):
        saved.test.cases.run.click()

    assert saved.test.cases.verdict.text() == "0 of 1"
    results = saved.test.case_results
    assert results.isVisible(), "what failed is shown at once"
    said = labels(results)
    assert any("temp is 34.5, not 33.5." in text for text in said), said
    assert results.rows[0].accessibleName() == "a hot one, failed"
    results.rows[0].click()
    qtbot.waitUntil(lambda: saved.test.result.isVisible())


def test_typing_and_running_the_test_show_its_result_and_not_those_of_cases(
    saved: RulePage, qtbot: QtBot
) -> None:
    results, result = saved.test.case_results, saved.test.result
    saved.panel.editor.replace_all('SELECT clientid FROM "plant/#" WHERE payload.temp > 20')
    settle(qtbot, saved)
    with qtbot.waitSignal(saved._editor.cases.ran):
        saved.test.cases.run.click()
    assert results.isVisible()
    qtbot.keyClick(saved.panel.editor, Qt.Key.Key_Return, CONTROL)
    assert result.isVisible()
    saved.test.cases.resultsAsked.emit()
    assert results.isVisible()
    qtbot.keyClicks(saved.test.payload.edit, " ")
    assert result.isVisible()


def test_an_edit_makes_the_verdict_void(saved: RulePage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(saved._editor.cases.ran):
        saved.run_cases()
    assert saved.test.cases.verdict.text() == "1 of 1"

    saved.panel.editor.replace_all('SELECT clientid FROM "plant/#"')

    assert saved.test.cases.verdict.text() == "not run"


def test_a_case_is_updated_renamed_and_deleted(saved: RulePage, path: Path, qtbot: QtBot) -> None:
    cases = saved._editor.cases
    try_payload(qtbot, saved, '{"temp": 40}', "Passed")
    cases.update()
    qtbot.waitUntil(lambda: cases_in(path)[0]["expect"]["output"]["temp"] == 40)

    cases.rename("hotter")
    qtbot.waitUntil(lambda: cases_in(path)[0]["name"] == "hotter")
    qtbot.waitUntil(lambda: not saved._editor.is_dirty)

    cases.delete()
    qtbot.waitUntil(lambda: cases_in(path) == [])
    assert saved.test.cases.choice.isHidden()


def test_a_second_case_is_saved_beside_the_first(saved: RulePage, path: Path, qtbot: QtBot) -> None:
    try_payload(qtbot, saved, '{"temp": 1}', "No match")

    save_as(qtbot, saved, "cold")

    qtbot.waitUntil(lambda: len(cases_in(path)) == 2)
    assert cases_in(path)[1]["expect"] == {"no_match": True}


def test_each_of_two_cases_of_one_name_has_its_own_result(
    saved: RulePage, path: Path, qtbot: QtBot
) -> None:
    cases = saved._editor.cases
    (case,) = cases_in(path)
    wrong = {**case, "expect": {"output": {"temp": 0}}}
    saved._editor.drafts.set("rule:hot", ("tests",), [wrong, case])
    with qtbot.waitSignal(cases.ran):
        saved.test.cases.run.click()

    assert [each.result.passed for each in cases.cases if each.result] == [False, True]
    assert saved.test.cases.verdict.text() == "1 of 2"


def test_a_case_has_a_name_of_its_own(saved: RulePage, path: Path, qtbot: QtBot) -> None:
    cases, strip = saved._editor.cases, saved.test.cases
    said = "Another case is called a hot one. Choose another name."
    cases.choose(-1)
    strip.save.click()
    qtbot.waitUntil(strip.popup.isVisible)
    strip.popup.field.setText("a hot one")
    qtbot.keyClick(strip.popup.field, Qt.Key.Key_Return)
    assert strip.popup.isVisible()
    assert strip.popup.field.accessibleDescription() == said
    qtbot.keyClick(strip.popup.field, Qt.Key.Key_Escape)

    save_as(qtbot, saved, "another")
    qtbot.waitUntil(lambda: cases.chosen == 1)
    strip.save.click()
    strip.menu.actions()[2].trigger()
    strip.menu.close()
    renaming = strip._renaming
    qtbot.waitUntil(renaming.isVisible)
    assert not renaming.field.accessibleDescription(), "its own name is not another's"
    renaming.field.setText("a hot one")
    qtbot.keyClick(renaming.field, Qt.Key.Key_Return)
    assert renaming.field.accessibleDescription() == said
    qtbot.keyClick(renaming.field, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: [case["name"] for case in cases_in(path)] == ["a hot one", "another"])


def test_a_case_of_an_edited_rule_waits_for_save(
    page: RulePage, path: Path, qtbot: QtBot, window: MainWindow
) -> None:
    page.panel.editor.replace_all('SELECT qos FROM "plant/#"')
    outcome_of(qtbot, page, "Passed")
    save_as(qtbot, page, "qos")
    assert cases_in(path) == []

    with qtbot.waitSignal(page._editor.saved):
        page.save()

    qtbot.waitUntil(lambda: len(cases_in(path)) == 1)


def test_the_proposed_name_comes_from_the_payload(page: RulePage, qtbot: QtBot) -> None:
    page.test.payload.edit.setPlainText('{"temp": "27.5", "hum": "41.8", "fw": 2}')

    assert page._editor.cases.proposed_name() == "27.5 and 41.8"


def test_bytes_that_are_no_text_are_not_saved(page: RulePage, qtbot: QtBot) -> None:
    page.panel.editor.replace_all('SELECT qos FROM "plant/#"')
    page._editor.test.set_format("hex")
    page.test.payload.edit.setPlainText("ff")
    outcome_of(qtbot, page, "Passed")

    page._editor.cases.save_new("raw")

    qtbot.waitUntil(page.problem.isVisible)
    assert "text alone" in page.problem.label.whole_text()


def test_esc_keeps_the_case_unsaved(page: RulePage, qtbot: QtBot) -> None:
    try_payload(qtbot, page, HOT_MESSAGE, "Passed")
    page.test.cases.save.click()
    popup = page.test.cases.popup
    qtbot.waitUntil(popup.isVisible)

    qtbot.keyClick(popup.field, Qt.Key.Key_Escape)

    qtbot.waitUntil(lambda: not popup.isVisible())
    assert page._editor.cases.cases == []
    assert QApplication.activePopupWidget() is None
