"""Parts of the rule page: the cards of actions, find, examples, the first test."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu
from pytestqt.qtbot import QtBot

from core.lab.examples import examples
from gui.editors.examples_drawer import ExamplesDrawer
from gui.main_window import MainWindow
from gui.pages.action_help import ActionHelp
from gui.pages.rule import RulePage
from gui.viewmodels.examples import ExampleList
from gui.viewmodels.navigator import NavigatorRole

from .conftest import ALT, CONTROL, HOT, SHIFT, outcome_of, settle, text_of


def names(page: RulePage) -> list[str]:
    return [card.action.name for card in page.side.cards.cards]


@pytest.fixture
def two(page: RulePage, qtbot: QtBot) -> RulePage:
    """The page of a rule with two actions, and the console that is off."""
    page._editor.add_action("republish")
    assert names(page) == ["to_hot", "to_hot_2", "console"]
    return page


# Actions


def test_a_card_tells_what_its_action_writes(page: RulePage) -> None:
    card = page.side.cards.cards[0]

    assert card.action.lines == (("topic", "hot"), ("key", "${clientid}"), ("value", "${temp}"))
    assert card.switch.isChecked()


def test_alt_and_an_arrow_move_an_action_and_the_keyboard_stays_with_it(
    two: RulePage, qtbot: QtBot
) -> None:
    row = two.side.cards.cards[0].row
    row.setFocus(Qt.FocusReason.TabFocusReason)

    qtbot.keyClick(row, Qt.Key.Key_Down, ALT)

    assert names(two) == ["to_hot_2", "to_hot", "console"]
    assert two.side.cards.cards[1].row.hasFocus()
    qtbot.keyClick(two.side.cards.cards[1].row, Qt.Key.Key_Down, ALT)
    assert names(two) == ["to_hot_2", "to_hot", "console"], "the console is off, it has no place"
    qtbot.keyClick(two.side.cards.cards[1].row, Qt.Key.Key_Up, ALT)
    assert names(two) == ["to_hot", "to_hot_2", "console"]


def test_the_grip_drags_an_action(two: RulePage, qtbot: QtBot) -> None:
    cards = two.side.cards
    row, below = cards.cards[0].row, cards.cards[1]
    grip = QPoint(10, row.height() // 2)
    target = row.mapFrom(cards, below.geometry().bottomLeft() - QPoint(0, 2))

    QTest.mousePress(row, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, grip)
    QTest.mouseMove(row, target)
    QTest.mouseRelease(row, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, target)

    assert names(two) == ["to_hot_2", "to_hot", "console"]
    assert two.sheet is None, "a drag opens nothing"


def test_del_takes_an_action_out_of_the_rule(two: RulePage, qtbot: QtBot) -> None:
    row = two.side.cards.cards[0].row
    row.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(row, Qt.Key.Key_Delete)

    assert names(two) == ["to_hot_2", "console"]
    assert two._editor.drafts.exists("action:to_hot"), "it stays in the file"


def test_the_switch_turns_an_action_off_and_its_record_goes(page: RulePage, qtbot: QtBot) -> None:
    page.test.payload.edit.setPlainText('{"temp": 33}')
    outcome_of(qtbot, page, "Passed")
    qtbot.waitUntil(lambda: len(page._editor.test.result.records) == 1)

    page.side.cards.cards[0].switch.click()

    assert page._editor.drafts.value("action:to_hot", ("enable",)) is False
    assert page.side.cards.cards[0].action.kind_word == "Kafka, disabled"
    qtbot.waitUntil(lambda: page._editor.test.result.records == ())


def test_the_console_is_switched_on_and_off(page: RulePage) -> None:
    page.side.cards.cards[1].switch.click()
    assert page._editor.drafts.value("rule:hot", ("actions",)) == ["to_hot", "console"]

    page.side.cards.cards[1].switch.click()

    assert page._editor.drafts.value("rule:hot", ("actions",)) == ["to_hot"]
    assert names(page) == ["to_hot", "console"]


def test_a_rule_without_actions_says_so(page: RulePage) -> None:
    page._editor.remove_action("to_hot")

    assert page.side.no_actions.isVisible()
    assert page.side.no_actions.add_button.isVisible()


# Find


def test_find_goes_from_place_to_place_and_back(page: RulePage, qtbot: QtBot) -> None:
    bar, editor = page.panel.find_bar, page.panel.editor
    editor.go_to(0)
    qtbot.keyClick(editor, Qt.Key.Key_F, CONTROL)
    assert bar.isVisible()
    qtbot.keyClicks(bar.field, "temp")

    assert bar.count.text() == "1 of 3"
    assert editor.textCursor().selectedText() == "temp"
    qtbot.keyClick(bar.field, Qt.Key.Key_Return)
    qtbot.keyClick(bar.field, Qt.Key.Key_Return)
    assert bar.count.text() == "3 of 3"
    qtbot.keyClick(bar.field, Qt.Key.Key_Return)
    assert bar.count.text() == "1 of 3", "around the end"
    qtbot.keyClick(bar.field, Qt.Key.Key_Return, SHIFT)
    assert bar.count.text() == "3 of 3"

    qtbot.keyClick(bar.field, Qt.Key.Key_Escape)
    assert not bar.isVisible()
    assert editor.hasFocus()


def test_find_begins_with_what_is_selected_and_tells_of_nothing(
    page: RulePage, qtbot: QtBot
) -> None:
    start = HOT.index("clientid")
    page.panel.editor.choose(start, start + 8)
    page.actions_by_name["find"].trigger()

    bar = page.panel.find_bar
    assert (bar.field.text(), bar.count.text()) == ("clientid", "1 of 1")
    bar.field.setText("nowhere")
    assert bar.count.text() == "nothing found"
    assert not bar.next.isEnabled()


def test_all_places_are_replaced_in_one_step(page: RulePage, qtbot: QtBot) -> None:
    bar = page.panel.find_bar
    page.actions_by_name["find"].trigger()
    bar.field.setText("temp")
    bar.replacement.setText("hum")
    bar.replace_all.click()

    assert text_of(page) == HOT.replace("temp", "hum")
    page.panel.editor.undo()
    assert text_of(page) == HOT


def test_one_place_is_replaced_and_the_next_is_marked(page: RulePage, qtbot: QtBot) -> None:
    page.panel.editor.go_to(0)
    bar = page.panel.find_bar
    page.actions_by_name["find"].trigger()
    bar.field.setText("temp")
    bar.replacement.setText("t")

    bar.replace_one.click()

    assert text_of(page) == HOT.replace("temp", "t", 1)
    assert bar.count.text() == "1 of 2"


# Examples


def test_an_example_is_taken_and_undone_by_one_step(page: RulePage, qtbot: QtBot) -> None:
    page.panel.examples.click()
    drawer = page.drawer
    assert drawer is not None
    qtbot.waitUntil(drawer.filter.hasFocus)
    qtbot.keyClicks(drawer.filter, "limit")
    qtbot.keyClick(drawer.filter, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: drawer.verdict.label.whole_text() == "Passed")
    assert drawer.output.toPlainText() == '{"clientid": "dev-3", "temp": 44.1}'
    assert "float(payload.temp) > 40" in drawer.sql.toPlainText()

    qtbot.keyClick(drawer.list, Qt.Key.Key_Return)

    assert "float(payload.temp) > 40" in text_of(page)
    assert page.panel.editor.hasFocus()
    page.panel.editor.undo()
    assert text_of(page) == HOT


def test_esc_closes_the_drawer(page: RulePage, qtbot: QtBot) -> None:
    page.turn_examples()
    assert page.drawer is not None
    assert page.panel.examples.isChecked()

    qtbot.keyClick(page.drawer.list, Qt.Key.Key_Escape)

    assert page.drawer is None
    assert not page.panel.examples.isChecked()


def test_the_drawer_leaves_editor_and_side_column(
    page: RulePage, window: MainWindow, qtbot: QtBot
) -> None:
    page.turn_examples()
    assert page.drawer is not None

    qtbot.waitUntil(lambda: page.panel.editor.width() >= 417)
    assert page.drawer.width() == 356
    assert page.side.isVisible()
    page.open_action("action:to_hot")
    assert page.drawer is None, "the sheet takes its place"


@pytest.mark.parametrize("height", [394, 460, 700])
def test_code_of_an_example_scrolls_before_a_label_is_squeezed(
    page: RulePage, qtbot: QtBot, height: int
) -> None:
    drawer = ExamplesDrawer(ExampleList(page._editor.live.session.tasks))
    qtbot.addWidget(drawer)
    drawer.setFixedHeight(height)
    drawer.show()

    longest = max(examples(), key=lambda example: len(example.payload))
    drawer._model.choose(longest)
    qtbot.waitUntil(lambda: drawer.verdict.label.whole_text() == "Passed")
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)

    squeezed = [
        label.text()
        for label in drawer.findChildren(QLabel)
        if label.height() < label.minimumSizeHint().height()
    ]
    assert squeezed == []
    assert drawer.minimumSizeHint().height() <= 394
    shown = drawer.input.height() >= drawer.input.document().size().height()
    assert shown == (height == 700), "scrolls only where there is no room"


def test_words_that_no_example_has_leave_nothing_to_take(page: RulePage) -> None:
    page.turn_examples()
    assert page.drawer is not None
    page.drawer.filter.setText("zzzz")

    assert not page.drawer.use.isEnabled()


# The first test


def test_an_empty_statement_has_no_test_yet(new_page: RulePage, qtbot: QtBot) -> None:
    first = new_page.test.first
    assert first.isVisible()
    assert not new_page.test.cases.isVisible()

    first.type_payload.click()

    assert not first.isVisible()
    assert new_page.test.payload.edit.hasFocus()


def test_the_last_message_can_come_before_the_statement(new_page: RulePage, qtbot: QtBot) -> None:
    new_page.test.first.use_last.click()

    assert new_page.test.event_form.fields["topic"].text() == "plant/1"
    qtbot.keyClicks(new_page.panel.editor, 'SELECT clientid FROM "#"')
    outcome_of(qtbot, new_page, "Passed")


def test_the_menu_shows_the_live_trace(page: RulePage, window: MainWindow) -> None:
    window.commands["trace_rule"].trigger()

    assert page.test.tabs.current_key == "trace"
    assert page.test.trace.isVisible()


# The header


def test_a_new_rule_gets_another_name_before_it_is_saved(
    new_page: RulePage, window: MainWindow, qtbot: QtBot
) -> None:
    header = new_page.header
    assert header.pencil.isVisible()
    header.pencil.click()
    popup = QApplication.activePopupWidget()
    assert popup is not None
    header._naming.field.setText("warm")
    qtbot.keyClick(header._naming.field, Qt.Key.Key_Return)
    assert header.name.text() == "warm"

    new_page.panel.editor.replace_all('SELECT clientid FROM "plant/#"')
    settle(qtbot, new_page)
    new_page.save()

    qtbot.waitUntil(lambda: "warm" in window.live.workspace.rules)


def test_a_taken_name_is_said_while_it_is_typed_and_never_saved(
    new_page: RulePage, window: MainWindow, path: Path, qtbot: QtBot
) -> None:
    before, header = path.read_text("utf-8"), new_page.header
    header.pencil.click()
    field = header._naming.field
    said = "Another rule is called hot. Choose another name."
    field.setText("hot")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert header._naming.isVisible()
    assert field.accessibleDescription() == said
    assert header.name.text() == "rule_1"
    qtbot.keyClick(field, Qt.Key.Key_Escape)

    window.drafts.set_name("rule:rule_1", "hot")  # it was free when it was chosen
    new_page.panel.editor.replace_all('SELECT clientid FROM "plant/#"')
    settle(qtbot, new_page)
    new_page.save()

    qtbot.waitUntil(header._naming.isVisible, timeout=10_000)
    assert field.accessibleDescription() == said
    assert said in new_page.problem.label.whole_text()
    assert path.read_text("utf-8") == before


def test_a_new_rule_stands_in_the_navigator_as_a_draft(
    new_page: RulePage, window: MainWindow, qtbot: QtBot
) -> None:
    model = window.navigator.model
    row = model.index_of("rule:rule_1")
    assert row.isValid()
    assert (row.data(), row.data(NavigatorRole.DETAIL)) == ("rule_1", "draft")
    assert window.navigator.current_key == "rule:rule_1"
    connectors = model.index_of("connector:plant").parent()
    assert window.navigator.view.isExpanded(connectors), "the other groups stay open"

    window.drafts.set_name("rule:rule_1", "warm")
    assert model.index_of("rule:rule_1").data() == "warm"
    window.commands["revert"].trigger()
    assert not model.index_of("rule:rule_1").isValid()


def test_a_note_is_kept(page: RulePage, qtbot: QtBot) -> None:
    page.header.noted.emit("for the greenhouse")

    assert page._editor.drafts.value("rule:hot", ("description",)) == "for the greenhouse"
    assert page.header.label.whole_text() == "for the greenhouse"


def test_what_an_action_is_is_told_by_its_link(new_page: RulePage, qtbot: QtBot) -> None:
    link = new_page.side.no_actions.help_link
    qtbot.waitUntil(link.isVisible)
    link.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(link, Qt.Key.Key_Return)

    card = QApplication.activePopupWidget()
    assert isinstance(card, ActionHelp)
    assert card.add_button.hasFocus()
    qtbot.keyClick(card, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is None)


def test_an_action_is_added_from_what_is_told(new_page: RulePage, qtbot: QtBot) -> None:
    link = new_page.side.no_actions.help_link
    qtbot.waitUntil(link.isVisible)
    link.click()
    card = QApplication.activePopupWidget()
    assert isinstance(card, ActionHelp)
    qtbot.keyClick(card.add_button, Qt.Key.Key_Return)

    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert new_page.sheet is not None
