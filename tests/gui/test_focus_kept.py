"""Where the keyboard goes when what had it hides, is disabled or is gone: somewhere near."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from gui.pages.dead_letters import DeadLettersPage
from gui.pages.rule import RulePage
from gui.widgets.flow_card import FlowCard
from tests.helpers.letters import Writer
from tests.helpers.workspaces import write_workspace

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def opened(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> MainWindow:
    path = write_workspace(
        tmp_path,
        mqtt="mqtt://127.0.0.1:1",
        kafka="127.0.0.1:1",
        topic="t",
        select="clientid, payload.temp as temp",
        key="${clientid}",
        value='{"temp": ${temp}}',
    )
    with qtbot.waitSignal(window.live.factsChanged, timeout=20_000):
        window.session.open(path)
    return window


def keyboard() -> QWidget | None:
    return QApplication.focusWidget()


def stand_in(qtbot: QtBot, widget: QWidget) -> None:
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(widget.hasFocus)


def holds(part: QWidget) -> bool:
    focused = keyboard()
    return focused is not None and (part is focused or part.isAncestorOf(focused))


def test_closing_the_page_at_the_side_has_the_keyboard_in_the_page_in_front(
    opened: MainWindow, qtbot: QtBot
):
    documents = opened.documents
    documents.open("rule:all")
    documents.open_beside("connector:plant")
    documents.focus_page()
    page = documents.page("connector:plant")
    assert holds(page)
    qtbot.keyClick(opened, Key.Key_W, CTRL)
    assert "connector:plant" not in documents
    front = documents.shown_page
    assert front is not None
    qtbot.waitUntil(lambda: holds(front))


def test_a_rule_that_a_click_opens_has_the_keyboard_in_its_statement(
    opened: MainWindow, qtbot: QtBot
):
    documents = opened.documents
    card = next(
        card
        for card in documents.page("overview").findChildren(FlowCard)
        if card.object_key == "rule:all"
    )
    card.setFocus(Qt.FocusReason.MouseFocusReason)
    qtbot.waitUntil(card.hasFocus)
    qtbot.mouseDClick(card, Qt.MouseButton.LeftButton)
    page = documents.page("rule:all")
    assert isinstance(page, RulePage)
    qtbot.waitUntil(page.panel.editor.hasFocus)

    documents.close_document("rule:all")
    qtbot.waitUntil(lambda: holds(documents.page("overview")))
    documents.reopen()
    page = documents.page("rule:all")
    assert isinstance(page, RulePage)
    qtbot.waitUntil(page.panel.editor.hasFocus)


def test_the_last_dead_letter_leaves_the_keyboard_in_its_page(opened: MainWindow, qtbot: QtBot):
    session = opened.session
    assert session.environment is not None
    Writer(session.environment.state_dir, "to_kafka", "all").put('{"temp": 1}')
    opened.documents.open("dead_letters:to_kafka")
    page = opened.documents.page("dead_letters:to_kafka")
    assert isinstance(page, DeadLettersPage)
    qtbot.waitUntil(
        lambda: page.pane.delete_button.isEnabled() and len(page.model.model.shown) == 1
    )
    stand_in(qtbot, page.pane.delete_button)
    qtbot.keyClick(page.pane.delete_button, Key.Key_Return)
    qtbot.waitUntil(page.empty.isVisible)
    qtbot.waitUntil(lambda: holds(page))


def test_the_whole_rule_is_run_again_by_the_same_key(opened: MainWindow, qtbot: QtBot):
    opened.documents.open("rule:all")
    page = opened.documents.page("rule:all")
    assert isinstance(page, RulePage)
    qtbot.waitUntil(lambda: page.panel.editor.statement.is_checked)
    page.test.tabs.choose("whole")
    whole = page._editor.whole
    stand_in(qtbot, page.test.whole.run_button)
    qtbot.keyClick(page.test.whole.run_button, Key.Key_Return)
    assert whole.is_busy
    qtbot.waitUntil(lambda: not whole.is_busy)
    qtbot.waitUntil(page.test.whole.run_button.hasFocus)
