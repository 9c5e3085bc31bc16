"""The rule page by keyboard: write with completion, solve problems, test, save."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.workspace.load import load
from gui.editors.brackets import bracket_pair
from gui.editors.comments import toggled
from gui.editors.positions import from_qt, to_qt
from gui.editors.sql_editor import SqlEditor
from gui.main_window import MainWindow
from gui.pages.record_card import RecordCard
from gui.pages.rule import RulePage
from gui.theme import Theme
from gui.viewmodels.outlets import MqttMessage
from gui.widgets.code_spot import CodeSpot

from .conftest import (
    ALT,
    CONTROL,
    HOT,
    SHIFT,
    WORKSPACE,
    labels,
    outcome_of,
    page_of,
    settle,
    text_of,
)

# Writing


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


# Problems


def test_a_problem_is_gone_to_and_solved_by_keys(page: RulePage, qtbot: QtBot) -> None:
    editor = page.panel.editor
    editor.go_to(len(HOT))
    qtbot.keyClicks(editor, " AND flaot(payload.hum) > 1")
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    settle(qtbot, page)
    assert page.panel.line.text.whole_text().startswith("Function flaot does not exist.")

    editor.go_to(0)
    qtbot.keyClick(editor, Qt.Key.Key_F8)
    assert editor.offset == text_of(page).index("flaot")
    assert page.panel.hover.is_open
    qtbot.keyClick(editor, Qt.Key.Key_Return, ALT)

    assert text_of(page) == f"{HOT} AND float(payload.hum) > 1"
    settle(qtbot, page)
    assert not editor.statement.problems
    assert page.panel.line.text.whole_text() == "No problems"


def test_help_is_shown_by_keys(page: RulePage, qtbot: QtBot) -> None:
    editor = page.panel.editor
    editor.replace_all("SELECT abs(payload.temp) as t, flaot(1) as u FROM 'plant/#'")
    settle(qtbot, page)
    card = page.panel.hover.card

    editor.go_to(text_of(page).index("abs"))
    qtbot.keyClick(editor, Qt.Key.Key_F1)
    assert card.sentence.accessibleName().startswith("abs(")

    qtbot.keyClick(editor, Qt.Key.Key_F8)
    assert card.sentence.accessibleName() == "Function flaot does not exist."
    assert card.help.isVisible()
    qtbot.keyClick(editor, Qt.Key.Key_F1)
    assert card.sentence.accessibleName().startswith("float(")

    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    editor.go_to(len("SEL"))
    qtbot.keyClick(editor, Qt.Key.Key_F1)
    assert not page.panel.hover.is_open, "a keyword has no help"


def test_the_fix_is_one_step_of_undo(page: RulePage, qtbot: QtBot) -> None:
    editor = page.panel.editor
    wrong = HOT.replace("temp > 20", 'temp = "x"')
    editor.replace_all(wrong)
    settle(qtbot, page)

    page.panel.fix()
    assert text_of(page) == wrong.replace('"x"', "'x'")
    editor.undo()

    assert text_of(page) == wrong


def test_edits_are_written_down_without_touching_cursor_scroll_or_undo(
    window: MainWindow, page: RulePage, qtbot: QtBot
) -> None:
    editor, environment = page.panel.editor, window.session.environment
    assert environment is not None
    editor.replace_all(HOT + "\n-- the rest" * 60)
    qtbot.keyClick(editor, Qt.Key.Key_Home, CONTROL)
    qtbot.keyClicks(editor, "--canary ")
    before_it = text_of(page).removeprefix("--canary ")
    for _ in range(3):
        qtbot.keyClick(editor, Qt.Key.Key_Left, SHIFT)
    bar = editor.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)

    def state() -> tuple[int, ...]:
        cursor, sideways = editor.textCursor(), editor.horizontalScrollBar()
        steps = editor.document().availableUndoSteps()
        return cursor.anchor(), cursor.position(), bar.value(), sideways.value(), steps

    def written() -> str:
        return "".join(
            each.read_text("utf-8") for each in environment.state_dir.glob("drafts-*.json")
        )

    before = state()
    assert 0 < before[2] < bar.maximum()
    assert "canary" not in written(), "it is written down later"
    qtbot.waitUntil(lambda: "canary" in written())
    qtbot.waitUntil(lambda: "write the drafts" not in window.session.tasks.names)

    assert state() == before
    qtbot.keyClick(editor, Qt.Key.Key_Z, CONTROL)
    assert text_of(page) == before_it


def test_the_pointer_opens_the_card_of_a_problem_and_the_help_of_a_function(
    page: RulePage, qtbot: QtBot
) -> None:
    editor = page.panel.editor
    editor.replace_all("SELECT float(payload.temp) as t, flaot(1) as u FROM 'plant/#'")
    settle(qtbot, page)

    def rest_over(word: str) -> None:
        place = editor.rect_of(text_of(page).index(word) + 1)
        point = editor.viewport().mapFrom(editor, place.center())
        event = QHelpEvent(QHelpEvent.Type.ToolTip, point, editor.viewport().mapToGlobal(point))
        QApplication.sendEvent(editor.viewport(), event)

    rest_over("flaot")
    card = page.panel.hover.card
    assert (card.sentence.accessibleName(), card.button.text()) == (
        "Function flaot does not exist.",
        "Use float",
    )
    rest_over("float")
    assert card.sentence.accessibleName().startswith("float(")
    assert not card.button.isVisible()
    rest_over("FROM")
    assert not page.panel.hover.is_open


def test_format_and_comment_are_one_step_of_undo_each(page: RulePage, qtbot: QtBot) -> None:
    editor = page.panel.editor
    editor.replace_all("select a from 't'")

    qtbot.keyClick(editor, Qt.Key.Key_I, CONTROL | SHIFT)
    assert text_of(page) == 'SELECT a\nFROM "t"'
    editor.go_to(0)
    qtbot.keyClick(editor, Qt.Key.Key_Slash, CONTROL)
    assert text_of(page) == '-- SELECT a\nFROM "t"'
    qtbot.keyClick(editor, Qt.Key.Key_Slash, CONTROL)
    assert text_of(page) == 'SELECT a\nFROM "t"'
    for _ in range(3):
        editor.undo()

    assert text_of(page) == "select a from 't'"


def test_format_says_why_it_does_nothing(page: RulePage, qtbot: QtBot) -> None:
    page.panel.editor.replace_all('-- why\nSELECT a FROM "t"')

    page.panel.format()

    assert "Comments would be lost" in page.panel.line.text.whole_text()
    assert text_of(page).startswith("-- why")


def test_the_text_grows_and_shrinks(page: RulePage, qtbot: QtBot) -> None:
    editor = page.panel.editor
    usual = (editor.font().pixelSize(), editor.rect_of(0).height())

    qtbot.keyClick(editor, Qt.Key.Key_Plus, CONTROL)
    assert editor.font().pixelSize() == usual[0] + 1
    assert editor.rect_of(0).height() > usual[1]
    qtbot.keyClick(editor, Qt.Key.Key_0, CONTROL)

    assert (editor.font().pixelSize(), editor.rect_of(0).height()) == usual
    assert usual[1] == 20


# The test


def test_ctrl_enter_runs_the_test_and_shows_the_record(page: RulePage, qtbot: QtBot) -> None:
    page.test.tabs.choose("trace")
    page.test.event_form.use_last.click()

    qtbot.keyClick(page.panel.editor, Qt.Key.Key_Return, CONTROL)

    outcome_of(qtbot, page, "Passed")
    assert page.test.tabs.current_key == "test"
    assert '"temp": 22.5' in page.test.result.output.toPlainText()
    shown = page.test.result
    qtbot.waitUntil(
        lambda: any(
            {"hot", "dev-1", "22.5"} <= set(labels(card)) for card in shown.findChildren(RecordCard)
        )
    )


def test_the_record_of_an_open_action_stands_in_its_preview_alone(
    page: RulePage, qtbot: QtBot
) -> None:
    def records() -> list[RecordCard]:
        found = page.test.result.findChildren(RecordCard)
        return [card for card in found if card.isVisible()]

    page.test.event_form.use_last.click()
    outcome_of(qtbot, page, "Passed")
    qtbot.waitUntil(lambda: len(records()) == 1)
    page.open_action("action:to_hot")
    assert page.sheet is not None
    qtbot.waitUntil(lambda: records() == [])
    assert page.test.result.output.isVisible()
    page.close_action()
    qtbot.waitUntil(lambda: len(records()) == 1)


def test_a_message_from_elsewhere_is_tried_at_once(page: RulePage, qtbot: QtBot) -> None:
    page.test.tabs.choose("trace")

    page.take_message(MqttMessage("plant/7", b'{"temp": 33.25}', 1), client="dev-7")

    outcome_of(qtbot, page, "Passed")
    assert page.test.tabs.current_key == "test"
    assert page.test.event_form.fields["topic"].text() == "plant/7"
    qtbot.waitUntil(lambda: '"temp": 33.25' in page.test.result.output.toPlainText())
    assert '"dev-7"' in page.test.result.output.toPlainText()


def test_a_format_that_the_bytes_cannot_be_written_in_is_refused_in_words(
    page: RulePage, qtbot: QtBot
) -> None:
    page.take_message(MqttMessage("plant/7", b"\xff"))
    box = page.test.payload

    box.formats.chosen.emit("text")

    assert (box.edit.toPlainText(), box.formats.text()) == ("ff", "Hex")
    assert box.problem.isVisible()
    assert "The payload is no text. Write it as hex." in box.problem.text()
    box.formats.chosen.emit("base64")
    assert (box.edit.toPlainText(), box.problem.isVisible()) == ("/w==", False)


def test_the_result_follows_what_is_typed(page: RulePage, qtbot: QtBot) -> None:
    payload = page.test.payload.edit
    payload.setFocus()
    payload.selectAll()
    qtbot.keyClicks(payload, '{"temp": 12}')

    qtbot.waitUntil(lambda: "payload.temp is 12" in labels(page.test.result))
    assert page.test.result.tag.accessibleName() == "No match"
    assert "payload.temp > 20" in labels(page.test.result)

    page.panel.editor.replace_all("SELECT flaot(1) as x FROM 'plant/#'")
    outcome_of(qtbot, page, "Failed")


def test_a_column_of_the_event_is_typed(page: RulePage, qtbot: QtBot) -> None:
    page.panel.editor.replace_all("SELECT clientid FROM 'plant/#'")
    settle(qtbot, page)
    field = page.test.event_form.fields["clientid"]
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "press-7")

    qtbot.waitUntil(lambda: "press-7" in page.test.result.output.toPlainText())
    assert page.test.event_form.fields["topic"].text() == "plant/1"


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


# Small parts


def test_brackets_are_matched_outside_strings() -> None:
    text = "a(b[1], ')') + (c"

    assert bracket_pair(text, 2) == (1, text.index("')'") + 3)
    assert bracket_pair(text, 4) == (3, 5)
    assert bracket_pair(text, len("a(b[1], ')') + (")) == ()
    assert bracket_pair(text, 10) == ()


def test_comments_keep_the_indent_and_end_with_a_line_end() -> None:
    assert toggled(["  a", "", "    b"], is_at_end=False) == ["  -- a", "", "  --   b"]
    assert toggled(["  -- a", "", "  --   b"], is_at_end=False) == ["  a", "", "    b"]
    assert toggled(["a"], is_at_end=True) == ["-- a", ""]


def test_places_count_characters_beyond_the_basic_plane_once() -> None:
    text = "SELECT '\N{THERMOMETER}\N{FIRE}' as a"

    assert to_qt(text, text.index(" as")) == text.index(" as") + 2
    assert [from_qt(text, to_qt(text, n)) for n in range(len(text))] == list(range(len(text)))


def test_long_lines_of_a_failure_are_cut_around_the_place(theme: Theme, qtbot: QtBot) -> None:
    spot = CodeSpot(12, f"{'a' * 80}flaot{'b' * 80}", 80, 5)
    qtbot.addWidget(spot)

    line, start = spot.shown(50)

    assert line.startswith("…")
    assert line[start : start + 5] == "flaot"
    assert start < 45
    short = CodeSpot(1, "abc flaot", 4, 5)
    qtbot.addWidget(short)
    assert short.shown(50) == ("abc flaot", 4)
