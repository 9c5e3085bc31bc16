"""Two documents at once, and what the palette lists first."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from gui.shell.goal import Goal, find
from gui.shell.goals import command_goals
from gui.widgets.menu import Menu
from tests.helpers.workspaces import write_workspace


@pytest.fixture
def window(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> MainWindow:
    path = write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a")
    with qtbot.waitSignal(window.live.factsChanged, timeout=20_000):
        window.session.open(path)
    return window


def choose_in_palette(window: MainWindow, qtbot: QtBot, text: str, *, beside: bool) -> None:
    window.go_to_anything()
    palette = window.palette_window
    qtbot.keyClicks(palette.field, text)
    held = Qt.KeyboardModifier.ControlModifier if beside else Qt.KeyboardModifier.NoModifier
    qtbot.keyClick(palette.field, Qt.Key.Key_Return, held)


def entries(window: MainWindow, key: str) -> dict[str, bool]:
    """List what a tab's menu has, and what of it can be done."""
    window.documents.menuAsked.emit(key, window.mapToGlobal(QPoint(10, 10)))
    shown = QApplication.activePopupWidget()
    assert isinstance(shown, Menu)
    found = {each.text(): each.isEnabled() for each in shown.actions() if each.text()}
    shown.close()
    return found


def top(page: QWidget, window: MainWindow) -> int:
    return page.mapTo(window, QPoint()).y()


def test_ctrl_enter_opens_to_the_side(window: MainWindow, qtbot: QtBot):
    choose_in_palette(window, qtbot, "plant", beside=True)

    documents = window.documents
    assert documents.is_beside("connector:plant")
    assert documents.current == "connector:plant"
    page, overview = documents.page("connector:plant"), documents.page("overview")
    qtbot.waitUntil(lambda: page.isVisible() and overview.isVisible())
    focused = QApplication.focusWidget()
    assert focused is not None
    assert page.isAncestorOf(focused)
    assert window.width() == 1280
    left, right = (each.mapTo(window, QPoint()).x() for each in (overview, page))
    assert right - left > 400


def test_commands_go_to_the_half_that_has_the_keyboard(window: MainWindow, qtbot: QtBot):
    documents = window.documents
    window.open_document("rule:all")
    window.beside.open("connector:plant")
    told: list[str] = []
    documents.currentChanged.connect(told.append)
    rule = documents.page("rule:all")
    documents.tabs.setFocus(Qt.FocusReason.MouseFocusReason)

    assert documents.current == "rule:all"
    assert told == ["rule:all"]
    window.open_document("connector:laptop")
    assert not documents.is_beside("connector:laptop")
    assert documents.page("connector:plant").isVisible()
    assert not rule.isVisible()


def test_closing_the_last_page_at_the_side_leaves_one_half(window: MainWindow):
    documents = window.documents
    window.open_document("rule:all")
    window.beside.open("connector:plant")
    window.commands["close_tab"].trigger()

    assert not documents.is_split
    assert documents.current == "rule:all"
    assert documents.keys == ["overview", "rule:all"]
    documents.reopen()
    assert documents.keys == ["overview", "rule:all", "connector:plant"]


def test_a_document_moves_to_the_side_and_back_with_what_is_typed(window: MainWindow, qtbot: QtBot):
    documents, move = window.documents, window.commands["beside"]
    window.open_document("connector:plant")
    page = documents.page("connector:plant")
    window.drafts.set("connector:plant", ("description",), "of the hall")
    move.trigger()
    assert documents.is_beside("connector:plant")
    move.trigger()

    assert not documents.is_split
    assert documents.page("connector:plant") is page
    assert page.isVisible()
    assert window.drafts.is_dirty("connector:plant")
    window.open_document("overview")
    assert not move.isEnabled(), "the overview stays on the left"


def test_of_two_rules_the_commands_of_the_one_that_is_used_are_listed(window: MainWindow):
    documents, commands = window.documents, window.commands
    window.open_document("rule:all")
    window.drafts.create("rule:second", "", {"sql": 'SELECT qos FROM "b"'})
    window.beside.open("rule:second")
    usual = commands.shortcuts["suggest"].text
    for key in ("rule:second", "rule:all"):
        window.open_document(key)
        page = documents.shown_page
        assert page is documents.page(key)

        names = [goal.name for goal in command_goals(window)]
        assert usual in names
        assert len(names) == len(set(names))
        found = next(each for each in commands.entries(page) if each.name == usual)
        host = found.action.parent()
        assert isinstance(host, QWidget)
        assert host is page or page.isAncestorOf(host)


def test_a_tab_tells_what_can_be_done_with_it(window: MainWindow):
    window.open_document("rule:all")

    assert entries(window, "overview") == {
        "Close": False,
        "Close the others": True,
        "Open to the side": False,
        "Open below": False,
    }
    alone = {"Close": True, "Close the others": False}
    assert entries(window, "rule:all") == {
        **alone,
        "Open to the side": True,
        "Open below": True,
    }
    window.beside.open("rule:all")
    assert entries(window, "rule:all") == {**alone, "Move to the left": True, "Open below": True}
    window.beside.open("rule:all", below=True)
    assert entries(window, "rule:all") == {**alone, "Move up": True, "Open to the side": True}


def test_a_document_moves_down_and_up_with_what_is_typed(window: MainWindow, qtbot: QtBot):
    documents, move = window.documents, window.commands["below"]
    window.open_document("connector:plant")
    page, overview = documents.page("connector:plant"), documents.page("overview")
    window.drafts.set("connector:plant", ("description",), "of the hall")
    move.trigger()
    assert documents.is_below
    qtbot.waitUntil(lambda: overview.isVisible() and page.isVisible())
    qtbot.waitUntil(lambda: top(page, window) - top(overview, window) > 200)
    focused = QApplication.focusWidget()
    assert focused is not None
    assert page.isAncestorOf(focused)
    move.trigger()

    assert not documents.is_split
    assert documents.page("connector:plant") is page
    assert window.drafts.is_dirty("connector:plant")
    window.open_document("overview")
    assert not move.isEnabled(), "the overview stays above"


def test_the_second_half_is_turned(window: MainWindow, qtbot: QtBot):
    documents, commands = window.documents, window.commands
    window.open_document("rule:all")
    window.beside.open("connector:plant")
    page, rule = documents.page("connector:plant"), documents.page("rule:all")
    commands["below"].trigger()
    qtbot.waitUntil(lambda: top(page, window) > top(rule, window))
    name = documents._side.tabs.accessibleName()
    commands["beside"].trigger()
    qtbot.waitUntil(lambda: top(page, window) == top(rule, window))

    assert documents.is_beside("connector:plant")
    assert (name, documents._side.tabs.accessibleName()) == ("Pages below", "Pages at the side")


def test_the_bottom_dock_gives_its_room_to_a_page_below(window: MainWindow):
    window.open_document("rule:all")
    window.commands["beside"].trigger()
    assert not window.bottom.is_folded
    window.commands["below"].trigger()

    assert window.bottom.is_folded
    assert window.bottom.isVisible()


@pytest.mark.parametrize("key", ["rule:all", "connector:plant", "monitor", "settings"])
def test_a_page_in_half_the_height_is_scrolled_and_not_squashed(
    window: MainWindow, qtbot: QtBot, key: str
):
    documents = window.documents
    window.bottom.hide()
    window.open_document(key)
    page = documents.page(key)
    qtbot.waitUntil(page.isVisible)
    needs = page.minimumSizeHint().height()
    window.beside.open(key, below=True)
    documents._halves.setSizes([1_000, 1])
    area = documents._side._area
    qtbot.waitUntil(lambda: area.viewport().height() < 150)

    assert page.height() >= needs
    assert area.verticalScrollBar().maximum() == page.height() - area.viewport().height()


@pytest.mark.parametrize("text", ["Move up or down", "Move to the other side"])
def test_both_ways_are_found_with_the_palette(window: MainWindow, text: str):
    window.open_document("rule:all")

    assert text in [goal.name for goal in command_goals(window)]


def test_the_palette_begins_with_what_was_used_last(window: MainWindow, qtbot: QtBot):
    choose_in_palette(window, qtbot, "plant", beside=False)
    choose_in_palette(window, qtbot, "monitor", beside=False)
    window.go_to_anything()
    model = window.palette_window.model
    shown = [str(model.index(row).data()) for row in range(4)]
    window.palette_window.hide()

    assert shown == ["Recent", "Monitor", "plant", "Pages"]


def goals(*names: str, group: str = "Rules") -> list[Goal]:
    return [Goal(name, "", lambda: None, group=group) for name in names]


def test_what_is_found_keeps_its_order(qtbot: QtBot):
    all_goals = [*goals("temp_hum", "to_emqx"), *goals("Next problem", group="Commands")]
    found = [goal.name for goal in find(all_goals, "em")]

    assert found == ["temp_hum", "to_emqx", "Next problem"]


def test_a_whole_name_comes_first(qtbot: QtBot):
    all_goals = [*goals("to_emqx", "emqx-lab"), *goals("plant/emqx", "emqx", group="Topics")]
    found = [goal.name for goal in find(all_goals, "emqx")]

    assert found == ["emqx", "plant/emqx", "to_emqx", "emqx-lab"]
