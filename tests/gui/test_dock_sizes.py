"""Docks keep their sizes, whatever page is opened, and get them back when they are shown again."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QWidget
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from gui.pages.settings import SettingsPage
from gui.shell.settings_pages import SETTINGS
from gui.theme import current
from tests.helpers.workspaces import write_workspace

SIZES = (207, 323, 227)
"""Navigator and tail, wide, and the bottom dock, high, at 1280x800; each without its line."""

SIMULATOR = """
[simulators.sensors]
connector = "plant"
topic = "t/{{device}}"
payload = '{"temp": "{{temp}}"}'
every = "1s"
fields.temp = { kind = "walk", from = 20, to = 45, step = 0.5 }
"""


@pytest.fixture
def window(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> MainWindow:
    path = write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a")
    path.write_text(path.read_text("utf-8") + SIMULATOR, "utf-8")
    with qtbot.waitSignal(window.live.factsChanged, timeout=20_000):
        window.session.open(path)
    qtbot.waitUntil(lambda: sizes(window) == SIZES)
    return window


def sizes(window: MainWindow) -> tuple[int, int, int]:
    return window.navigator.width(), window.tail.width(), window.bottom.height()


PAGES = (
    "overview",
    "monitor",
    "brokers",
    "diagnostics",
    "reference",
    SETTINGS,
    "connector:plant",
    "connector:laptop",
    "rule:all",
    "dead_letters:to_kafka",
    "simulator:sensors",
    "compare:file",
)
NEW = ("new_rule", "new_mqtt", "new_kafka", "new_simulator")


def test_every_kind_of_page_is_opened_here(window: MainWindow):
    assert {key.partition(":")[0] for key in PAGES} == set(window.documents.kinds)


@pytest.mark.parametrize("page", [*PAGES, *NEW, "shortcuts"])
def test_a_page_leaves_the_docks_alone(window: MainWindow, qtbot: QtBot, page: str):
    if page in NEW:
        window.run_command(page)
    elif page == "shortcuts":
        window.show_settings(page)
    else:
        window.documents.open(page)
        assert window.documents.current == page
    settle()
    assert sizes(window) == SIZES


def test_the_settings_need_no_more_room_with_conflicts_of_shortcuts(
    window: MainWindow, qtbot: QtBot
):
    window.shortcuts.choose("tail", "Ctrl+B")
    assert window.shortcuts.conflict_count == 1
    window.show_settings("shortcuts")
    page = window.documents.page(SETTINGS)
    assert isinstance(page, SettingsPage)
    qtbot.waitUntil(page.shortcuts.counts.isVisible)
    settle()
    assert sizes(window) == SIZES
    assert page.minimumSizeHint().width() <= window.documents.width()


def test_a_page_without_room_is_scrolled_and_the_next_one_is_not(window: MainWindow, qtbot: QtBot):
    window.documents.open("overview")
    wide = window.documents.page("overview")
    wide.setMinimumWidth(900)
    qtbot.waitUntil(lambda: stack_width(wide) == 900)
    assert sizes(window) == SIZES
    window.documents.open("rule:all")
    rule = window.documents.page("rule:all")
    qtbot.waitUntil(lambda: stack_width(rule) == window.documents.width())


def stack_width(page: QWidget) -> int:
    stack = page.parentWidget()
    assert stack is not None
    return stack.width()


@pytest.mark.parametrize("page", ["overview", SETTINGS, "rule:all"])
@pytest.mark.parametrize("name", ["navigator", "tail"])
def test_a_dock_that_is_shown_again_is_as_wide_as_before(
    window: MainWindow, qtbot: QtBot, page: str, name: str
):
    window.documents.open(page)
    dock = window.findChild(QDockWidget, name)
    assert dock is not None
    for _ in range(2):
        window.run_command(name)
        qtbot.waitUntil(dock.isHidden)
        settle()
        window.run_command(name)
        qtbot.waitUntil(dock.isVisible)
        settle()
        assert sizes(window) == SIZES


@pytest.mark.parametrize("page", ["overview", SETTINGS, "simulator:sensors"])
@pytest.mark.parametrize("in_one_step", [True, False])
def test_the_tail_in_a_narrow_window_leaves_the_navigator_its_width(
    window: MainWindow, page: str, in_one_step: bool
):
    window.documents.open(page)
    window.resize(1024, 700)
    settle()
    assert window.tail.isHidden()
    if in_one_step:
        window.run_command("bottom")
        settle()
        window.run_command("bottom")
    window.run_command("tail")
    settle()
    assert sizes(window) == (*SIZES[:2], HEIGHTS[1024, 700])


def test_reset_layout_leaves_the_tail_folded_in_a_narrow_window(window: MainWindow):
    window.resize(1024, 700)
    window.run_command("tail")
    assert window.tail.isVisible()

    window.run_command("reset_layout")
    assert window.tail.isHidden()
    assert window.strip.isVisible()

    window.resize(1280, 800)
    assert window.tail.isVisible()


HEIGHTS = {(1024, 700): 180, (1600, 1000): 270, (1280, 800): 227}
"""The bottom dock's in windows of these sizes: 30 % of the body, and what is drawn at 1280x800."""


def resize_through(window: MainWindow, qtbot: QtBot, heights: Iterable[int]) -> None:
    """Give the window several sizes and come back; the bottom dock gets these heights."""
    for size, height in zip(HEIGHTS, heights, strict=True):
        window.resize(*size)
        settle()
        qtbot.waitUntil(lambda height=height: window.bottom.height() == height)


def settle() -> None:
    """Have what layouts have asked for be done."""
    for _ in range(3):
        QApplication.sendPostedEvents()
        QApplication.processEvents()


@pytest.mark.parametrize("page", ["feed", "problems", "log"])
def test_the_bottom_dock_keeps_its_share_of_the_window(window: MainWindow, qtbot: QtBot, page: str):
    window.bottom.show_page(page)
    for _ in range(2):
        resize_through(window, qtbot, HEIGHTS.values())
    assert sizes(window) == SIZES


def test_the_form_that_sends_keeps_its_share_of_the_window(window: MainWindow, qtbot: QtBot):
    window.run_command("publish")
    resize_through(window, qtbot, (299, 387, 301))


def test_a_height_that_was_dragged_to_stays_in_a_window_of_another_size(
    window: MainWindow, qtbot: QtBot
):
    window.resizeDocks([window.bottom], [260], Qt.Orientation.Vertical)
    qtbot.waitUntil(lambda: window.bottom.height() == 260)
    resize_through(window, qtbot, (260, 260, 260))
    window.run_command("reset_layout")
    qtbot.waitUntil(lambda: sizes(window) == SIZES)
    resize_through(window, qtbot, HEIGHTS.values())


def test_a_folded_dock_stays_folded_and_unfolds_to_its_share(window: MainWindow, qtbot: QtBot):
    window.bottom.fold(True)
    resize_through(window, qtbot, (31, 31, 31))
    window.resize(1600, 1000)
    window.bottom.fold(False)
    qtbot.waitUntil(lambda: window.bottom.height() == 270)


@pytest.mark.parametrize("key", ["feed", "problems", "log"])
@pytest.mark.parametrize("first", ["feed", "problems", "log"])
def test_a_click_on_a_tab_unfolds_the_dock_to_its_share(
    window: MainWindow, qtbot: QtBot, first: str, key: str
):
    window.bottom.show_page(first)
    window.bottom.fold(True)
    qtbot.waitUntil(lambda: window.bottom.height() == 31)
    tabs = window.bottom.tabs
    place = tabs.tabRect(tabs.keys.index(key)).center()
    qtbot.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=place)
    settle()
    assert sizes(window) == SIZES


@pytest.mark.parametrize("first", ["feed", "problems", "log"])
def test_unfolding_and_choosing_a_page_at_once_leaves_the_docks_their_sizes(
    window: MainWindow, qtbot: QtBot, first: str
):
    window.bottom.show_page(first)
    window.bottom.fold(True)
    qtbot.waitUntil(lambda: window.bottom.height() == 31)
    window.bottom.fold(False)
    window.bottom.show_page("feed")
    settle()
    assert sizes(window) == SIZES


AREAS = Qt.DockWidgetArea


def places(window: MainWindow) -> tuple[Qt.DockWidgetArea, ...]:
    docks = (window.navigator, window.bottom, window.tail)
    return tuple(window.dockWidgetArea(dock) for dock in docks)


def test_reset_layout_brings_back_docks_that_float_or_were_moved(window: MainWindow, qtbot: QtBot):
    window.tail.setFloating(True)
    window.addDockWidget(AREAS.RightDockWidgetArea, window.navigator)
    window.addDockWidget(AREAS.LeftDockWidgetArea, window.bottom)
    window.run_command("reset_layout")

    assert not window.tail.isFloating()
    assert places(window) == (
        AREAS.LeftDockWidgetArea,
        AREAS.BottomDockWidgetArea,
        AREAS.RightDockWidgetArea,
    )
    qtbot.waitUntil(lambda: sizes(window) == SIZES)


@pytest.mark.parametrize("was_kept_hidden", [False, True])
def test_the_toolbar_is_there_again_with_the_next_workspace(
    window: MainWindow, qtbot: QtBot, *, was_kept_hidden: bool
):
    path = window.session.path
    assert path is not None
    window.toolbar.setHidden(was_kept_hidden)
    window.run_command("close_workspace")
    qtbot.waitUntil(lambda: window.session.loaded is None)
    assert not window.toolbar.isVisible()

    window.session.open(path)
    qtbot.waitUntil(lambda: window.session.loaded is not None, timeout=20_000)
    assert window.toolbar.isVisible()


@pytest.mark.parametrize("width", [1024, 1280])
def test_the_folded_navigator_leaves_a_strip_that_brings_it_back(
    window: MainWindow, qtbot: QtBot, width: int
):
    window.resize(width, 700)
    settle()
    strip, was = window.left_strip, window.navigator.width()
    assert strip.isHidden()
    window.run_command("navigator")
    settle()
    assert window.navigator.isHidden()
    assert (strip.isVisible(), strip.width(), strip.x()) == (True, 36, 0)
    assert strip.button.accessibleName() == "Navigator"

    strip.button.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(strip.button, Qt.Key.Key_Return)
    settle()
    assert strip.isHidden()
    assert window.navigator.width() == was
    assert window.navigator.view.hasFocus()
    window.session.close_workspace()
    qtbot.waitUntil(window.welcome.isVisible)
    assert strip.isHidden()


def test_the_tools_of_the_publish_page_stand_side_by_side_at_the_right(window: MainWindow):
    window.bottom_pages.show_publish()
    page, fold = window.publish, window.bottom.fold_button
    page.saved_button.show()
    QApplication.processEvents()
    lefts = [each.mapTo(window, QPoint(0, 0)).x() for each in (page.tear_button, fold)]
    ends = [
        each.mapTo(window, QPoint(each.width(), 0)).x()
        for each in (page.saved_button, page.tear_button)
    ]
    assert [left - end for left, end in zip(lefts, ends, strict=True)] == [
        current().size("space.xs")
    ] * 2
    assert page.saved_button.width() == page.saved_button.sizeHint().width()
