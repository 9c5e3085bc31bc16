"""Problems of a statement are solved; help, format and undo in its editor."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QHelpEvent, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from gui.pages.rule import RulePage
from tests.gui.watched import watched_calls

from .conftest import (
    ALT,
    CONTROL,
    HOT,
    SHIFT,
    settle,
    text_of,
)


def test_a_problem_is_gone_to_and_solved_by_keys(page: RulePage, qtbot: QtBot) -> None:
    editor = page.panel.editor
    editor.go_to(len(HOT))
    qtbot.keyClicks(editor, " AND flaot(payload.hum) > 1")
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    settle(qtbot, page)
    said = page.panel.line.text.whole_text()
    assert said == "Function flaot does not exist. Did you mean float?"

    waves: list[QRectF] = []
    with watched_calls(QPainter, "drawPath", lambda _, wave: waves.append(wave.boundingRect())):
        editor.viewport().grab()
    editor.go_to(0)
    qtbot.keyClick(editor, Qt.Key.Key_F8)
    (wave,), start = waves, editor.cursorRect()
    assert abs(wave.left() - start.left()) <= 2
    assert start.bottom() - 8 < wave.center().y() < start.bottom() + 4, "below the word itself"
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
    assert (card.width(), card.height()) == (440, 90), "as it is drawn"
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
