"""What helps to write a statement: whole statements to fill in, and the arguments of a call."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from core.sql.completion import Call
from core.sql.rule import compile_rule
from gui.main_window import MainWindow
from gui.pages.rule import RulePage
from gui.theme import current
from gui.viewmodels.signatures import signature_of
from gui.viewmodels.snippets import SNIPPETS, with_stops

from .conftest import CONTROL, SHIFT, text_of


def chosen(page: RulePage) -> str:
    return page.panel.editor.textCursor().selectedText()


# Whole statements


@pytest.mark.parametrize("pattern", [pattern for _, pattern in SNIPPETS])
def test_a_whole_statement_is_right_as_it_is(pattern: str) -> None:
    text, stops = with_stops(pattern.format(topic="plant/#"))

    assert compile_rule(text).topics == ("plant/#",)
    parts = re.findall("«(.*?)»", pattern.format(topic="plant/#"))
    assert [text[start:end] for start, end in stops] == parts
    assert "«" not in text


def test_tab_goes_through_the_parts_of_a_statement(new_page: RulePage, qtbot: QtBot) -> None:
    editor, completer = new_page.panel.editor, new_page.panel.completer
    qtbot.keyClicks(editor, "for")
    labels = [each.label for each in completer.popup.model.completions.candidates]
    assert "FOREACH … DO … INCASE" in labels
    for _ in range(labels.index("FOREACH … DO … INCASE")):
        qtbot.keyClick(editor, Qt.Key.Key_Down)
    qtbot.keyClick(editor, Qt.Key.Key_Return)

    assert chosen(new_page) == "payload.list"
    editor.insertPlainText("payload.sensors")
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    assert chosen(new_page) == "item.name as name"
    qtbot.keyClick(editor, Qt.Key.Key_Backtab)
    assert editor.textCursor().position() == len("FOREACH payload.sensors")
    for part in ("item.name as name", "item.value > 0", "plant/1"):
        qtbot.keyClick(editor, Qt.Key.Key_Tab)
        assert chosen(new_page) == part

    assert text_of(new_page).startswith("FOREACH payload.sensors as item\nDO\n  item.name")
    qtbot.keyClick(editor, Qt.Key.Key_End)
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    assert text_of(new_page).endswith('FROM "plant/1"  '), "Tab indents again behind the last part"


def test_esc_ends_the_parts(new_page: RulePage, qtbot: QtBot) -> None:
    editor = new_page.panel.editor
    qtbot.keyClicks(editor, "sel")
    qtbot.keyClick(editor, Qt.Key.Key_Down)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert chosen(new_page) == "clientid, payload"

    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    qtbot.keyClick(editor, Qt.Key.Key_Tab)

    assert not editor.hasFocus(), "Tab after Esc leaves the editor"


# Arguments


@pytest.mark.parametrize(
    ("name", "argument", "present"),
    [
        ("substr", 0, "t"),
        ("substr", 2, "len"),
        ("substr", 3, ""),
        ("sprintf", 5, "args..."),
        ("topic", 0, "n"),
        ("msgid", 0, ""),
    ],
)
def test_the_present_argument_is_marked(name: str, argument: int, present: str) -> None:
    signature = signature_of(Call(name, 0, argument))

    assert signature is not None
    assert "".join(text for text, is_present in signature.pieces if is_present) == present
    assert "".join(text for text, _ in signature.pieces) == signature.text


def test_the_hint_opens_with_a_call_and_follows_its_arguments(
    new_page: RulePage, qtbot: QtBot
) -> None:
    editor, help_ = new_page.panel.editor, new_page.panel.signatures
    qtbot.keyClicks(editor, "SELECT subs")
    labels = [each.label for each in new_page.panel.completer.popup.model.completions.candidates]
    for _ in range(labels.index("substr")):
        qtbot.keyClick(editor, Qt.Key.Key_Down)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert help_.is_open
    assert help_.hint.accessibleName().startswith("substr(t, start[, len]), now t.")

    qtbot.keyClicks(editor, "topic, ")
    assert help_.hint.accessibleName().startswith("substr(t, start[, len]), now start.")
    line = editor.mapTo(editor.window(), editor.rect_of(0).topLeft())
    assert help_.hint.geometry().bottom() < line.y(), "the line stays in sight"
    qtbot.keyClicks(editor, "2")
    qtbot.keyClick(editor, Qt.Key.Key_Right)

    assert not help_.is_open, "behind the bracket"


def test_the_hint_is_asked_for_by_keys_and_closed_by_esc(page: RulePage, qtbot: QtBot) -> None:
    editor, help_ = page.panel.editor, page.panel.signatures
    editor.replace_all('SELECT upper(topic) FROM "t"')
    editor.go_to(len("SELECT upper(to"))
    assert not help_.is_open

    qtbot.keyClick(editor, Qt.Key.Key_Space, CONTROL | SHIFT)
    assert help_.is_open
    qtbot.keyClick(editor, Qt.Key.Key_Escape)

    assert not help_.is_open


def test_the_commands_of_a_page_are_those_that_are_listed(
    page: RulePage, window: MainWindow
) -> None:
    ids = [command.name for command in window.shortcuts.commands]

    listed = {keys: name for name in ids for keys in window.shortcuts.keys(name)}
    assert listed["F1"] == "rule_explain"
    assert listed["Ctrl+Shift+Space"] == "signature"
    assert "explain" not in ids


# The text


def test_deeper_indents_have_guides(page: RulePage, qtbot: QtBot) -> None:
    editor = page.panel.editor
    editor.replace_all("SELECT\n      qos\n")
    picture = editor.viewport().grab().toImage()
    ratio = picture.devicePixelRatio()
    row = round((editor.rect_of(8).center().y() - editor.viewport().y()) * ratio)
    guide = current().colour("border").name()

    found = [x for x in range(picture.width()) if picture.pixelColor(x, row).name() == guide]

    assert len(found) == 2 * round(ratio), "one at each step inside an indent of three"
