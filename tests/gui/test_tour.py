"""The tour and what the demo proposes: seen once, by keyboard, and never in the way."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.workspace.bundled import demo_workspace
from gui.main_window import MainWindow
from gui.pages.rule import RulePage
from gui.viewmodels.threshold import number_span
from gui.widgets.tour_card import TourCard


@pytest.fixture
def window(window: MainWindow, workspace: Path, qtbot: QtBot) -> MainWindow:
    with qtbot.waitSignal(window.session.workspaceChanged):
        window.session.open(workspace)
    return window


def started(window: MainWindow) -> TourCard:
    window.commands["tour"].trigger()
    card = window.tour.card
    assert card is not None
    return card


def press(key: Qt.Key, qtbot: QtBot) -> None:
    focused = QApplication.focusWidget()
    assert focused is not None
    qtbot.keyClick(focused, key)


def test_the_tour_walks_by_the_keyboard_through_five_places(window: MainWindow, qtbot: QtBot):
    window.tail.hide()
    card = started(window)
    rule = next(iter(window.live.workspace.rules))
    seen = []
    for number in range(1, 6):
        assert card.place.text() == f"Step {number} of 5"
        assert card.title.text() in card.accessibleName()
        assert card.next_button.hasFocus()
        if number == 3:
            assert window.bottom.current_key == "publish"
        assert window.tail.isVisible() == (number >= 4)
        seen.append(window.documents.current)
        press(Qt.Key.Key_Return, qtbot)

    assert seen == ["overview", f"rule:{rule}", f"rule:{rule}", f"rule:{rule}", "monitor"]
    assert window.tour.card is None
    assert not card.isVisible()


def test_the_last_step_ends_by_done_and_the_first_has_no_way_back(window: MainWindow, qtbot: QtBot):
    card = started(window)
    assert not card.back_button.isEnabled()
    card.next_button.click()
    card.back_button.setFocus()
    press(Qt.Key.Key_Space, qtbot)
    assert card.place.text() == "Step 1 of 5"
    assert card.next_button.hasFocus()
    for _ in range(4):
        card.next_button.click()
    assert card.next_button.text() == "Done"
    assert card.skip_button.isHidden()


def test_esc_and_skip_end_the_tour_with_the_keyboard_in_the_page(window: MainWindow, qtbot: QtBot):
    for is_by_key in (True, False):
        card = started(window)
        if is_by_key:
            press(Qt.Key.Key_Escape, qtbot)
        else:
            card.skip_button.setFocus()
            press(Qt.Key.Key_Return, qtbot)
        focused = QApplication.focusWidget()
        assert window.tour.card is None
        assert focused is not None
        assert window.documents.isAncestorOf(focused)


def test_the_card_is_a_region_of_its_own_in_the_corner_of_the_pages(
    window: MainWindow, qtbot: QtBot
):
    card = started(window)
    window.documents.focus_page()
    window.commands["next_region"].trigger()
    assert card.next_button.hasFocus()
    card.next_button.click()
    press(Qt.Key.Key_Tab, qtbot)
    assert card.back_button.hasFocus()
    press(Qt.Key.Key_Tab, qtbot)
    assert card.skip_button.hasFocus()
    window.commands["next_region"].trigger()
    assert not card.has_keyboard
    window.bottom.fold(not window.bottom.is_folded)

    def is_in_the_corner() -> bool:
        area = window.documents
        corner = area.mapTo(window, area.rect().bottomRight())
        return corner - card.geometry().bottomRight() == QPoint(12, 12)

    qtbot.waitUntil(is_in_the_corner)


def test_the_tour_needs_a_workspace_and_ends_with_it(window: MainWindow, qtbot: QtBot):
    started(window)
    with qtbot.waitSignal(window.session.workspaceChanged):
        window.session.close_workspace()

    assert window.tour.card is None
    assert not window.commands["tour"].isEnabled()
    window.tour.start()
    assert window.tour.card is None


@pytest.mark.timeout(90)  # brokers, engine and simulators start first
def test_the_demo_proposes_its_own_number_once_until_the_rule_is_edited(
    window: MainWindow, qtbot: QtBot
):
    banner = window.coach.banner
    assert not banner.isVisible()
    window.session.openDemo()
    qtbot.waitUntil(banner.isVisible, timeout=40_000)
    assert "> 40\n" in demo_workspace().read_text("utf-8")
    assert banner.label.whole_text() == "Change 40 to 30 in the rule and watch."

    banner.link.click()
    page = window.documents.page("rule:too_hot")
    assert isinstance(page, RulePage)
    editor = page.panel.editor
    assert editor.hasFocus()
    assert editor.textCursor().selectedText() == "40"
    chosen = window.tail.model.chosen
    assert chosen is not None
    assert chosen.topic == "alerts", "where this rule writes to"
    assert banner.isVisible()
    qtbot.keyClicks(editor, "30")
    qtbot.waitUntil(lambda: not banner.isVisible())
    count = window.tail.rows.rowCount()
    qtbot.waitUntil(lambda: window.tail.rows.rowCount() > count)
    assert not banner.isVisible()


@pytest.mark.timeout(90)
def test_the_proposal_goes_by_its_cross_and_comes_with_the_next_opening(
    window: MainWindow, qtbot: QtBot
):
    banner = window.coach.banner
    for _ in range(2):
        window.session.openDemo()
        qtbot.waitUntil(banner.isVisible, timeout=40_000)
        banner.close_button.click()
        assert not banner.isVisible()


@pytest.mark.parametrize(
    ("sql", "number"),
    [
        ('SELECT * FROM "a" WHERE float(payload.temp) > 40\n', "40"),
        ('SELECT * FROM "a>1"', ""),
        ('SELECT * FROM "a" WHERE t > 4.5', ""),
    ],
)
def test_the_number_is_a_whole_one_that_a_condition_compares_with(sql: str, number: str):
    span = number_span(sql)
    assert (sql[slice(*span)] if span else "") == number
