"""The bottom dock: its pages, its heights, folding, its keyboard."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.bridge.metrics import ConnectorStats
from gui.docks.log import LogPage
from gui.engine_client import InProcessEngine
from gui.main_window import MainWindow
from gui.shell.regions import is_stop
from gui.viewmodels.session import Session

from .conftest import reopen, snapshot


def test_the_dock_has_the_drawn_heights(window: MainWindow, qtbot: QtBot):
    bottom = window.bottom
    assert bottom.tabs.keys == ["feed", "publish", "problems", "log"]
    qtbot.waitUntil(lambda: bottom.height() == 227)  # 228 with the line above
    window.commands["publish"].trigger()
    qtbot.waitUntil(lambda: bottom.height() == 301)
    bottom.show_page("log")
    qtbot.waitUntil(lambda: bottom.height() == 227)
    assert bottom.x() == window.documents.mapTo(window, window.documents.rect().topLeft()).x()
    assert bottom.width() == window.documents.width()


def test_the_dock_folds_to_its_tabs_by_key_and_unfolds_by_a_tab(window: MainWindow, qtbot: QtBot):
    bottom = window.bottom
    qtbot.waitUntil(lambda: bottom.height() == 227)
    qtbot.keyClick(window, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bottom.height() == 31)
    assert bottom.tabs.isVisible()
    assert not window.commands["bottom"].isChecked()
    qtbot.keyClick(window, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bottom.height() == 227)

    bottom.fold_button.click()
    qtbot.waitUntil(lambda: bottom.height() == 31)
    place = bottom.tabs.tabRect(bottom.tabs.keys.index("log")).center()
    qtbot.mouseClick(bottom.tabs, Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: bottom.height() == 227)
    assert bottom.page("log").isVisible()


def test_a_height_that_was_dragged_to_stays_with_its_kind_of_page(window: MainWindow, qtbot: QtBot):
    bottom = window.bottom
    qtbot.waitUntil(lambda: bottom.height() == 227)
    window.resizeDocks([bottom], [280], Qt.Orientation.Vertical)
    qtbot.waitUntil(lambda: bottom.height() == 280)
    window.commands["publish"].trigger()
    qtbot.waitUntil(lambda: bottom.height() == 301)
    bottom.show_page("feed")
    qtbot.waitUntil(lambda: bottom.height() == 280)
    window.commands["reset_layout"].trigger()
    qtbot.waitUntil(lambda: bottom.height() == 227)


def test_page_and_fold_are_remembered_with_the_workspace(
    window: MainWindow, session: Session, qtbot: QtBot
):
    qtbot.waitUntil(lambda: window.bottom.height() == 227)
    window.commands["publish"].trigger()
    qtbot.waitUntil(lambda: window.bottom.height() == 301)
    path = session.path
    assert path is not None
    reopen(session, qtbot, path)
    assert window.bottom.current_key == "publish"
    qtbot.waitUntil(lambda: window.bottom.height() == 301)

    window.bottom.fold(True)
    reopen(session, qtbot, path)
    assert window.bottom.is_folded
    qtbot.waitUntil(lambda: window.bottom.height() == 31)
    window.bottom.fold(False)
    qtbot.waitUntil(lambda: window.bottom.height() == 301)


def test_tools_belong_to_the_page_that_is_shown(window: MainWindow, qtbot: QtBot):
    log, feed = window.bottom.page("log"), window.bottom.page("feed")
    assert isinstance(log, LogPage)
    assert feed.tools.isVisible()  # type: ignore[attr-defined]
    window.bottom.show_page("log")
    assert log.tools.isVisible()
    assert not feed.tools.isVisible()  # type: ignore[attr-defined]
    window.bottom.fold(True)
    assert not log.tools.isVisible()


def test_the_count_of_problems_stands_on_their_tab(window: MainWindow, engine: InProcessEngine):
    tabs = window.bottom.tabs
    place = tabs.keys.index("problems")
    engine._set_state("running")
    away = {"laptop": ConnectorStats("disconnected", "away")}
    engine.snapshotTaken.emit(snapshot(connectors=away))
    assert tabs.accessibleTabName(place) == "Problems, 1"
    window.open_document("problems")
    assert window.bottom.current_key == "problems"
    engine.snapshotTaken.emit(snapshot())
    assert tabs.accessibleTabName(place) == "Problems"


def test_ctrl_p_brings_the_keyboard_into_the_form(window: MainWindow, qtbot: QtBot):
    window.bottom.fold(True)
    qtbot.keyClick(window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    focus = QApplication.focusWidget()
    assert focus is not None
    assert window.publish.isAncestorOf(focus)
    assert not window.bottom.is_folded


def test_f6_reaches_the_dock(window: MainWindow, qtbot: QtBot):
    met: list[bool] = []
    for _ in range(5):
        window.regions.go(1)
        focus = QApplication.focusWidget()
        met.append(focus is not None and window.bottom.isAncestorOf(focus))
    assert any(met)


def test_every_stop_in_the_dock_has_a_name_for_screen_readers(window: MainWindow):
    for key in window.bottom.tabs.keys:
        window.bottom.show_page(key)
        stops = [w for w in window.bottom.findChildren(QWidget) if is_stop(w)]
        assert stops
        for stop in stops:
            interface = QAccessible.queryAccessibleInterface(stop)
            assert interface.text(QAccessible.Text.Name), stop


def test_pages_are_commands_of_their_own(window: MainWindow):
    for key in ("feed", "problems", "log"):
        window.commands[f"show_{key}"].trigger()
        assert window.bottom.current_key == key


def test_tab_goes_from_the_tabs_over_the_tools_into_the_page(window: MainWindow, qtbot: QtBot):
    bottom, log = window.bottom, window.bottom.page("log")
    assert isinstance(log, LogPage)
    bottom.show_page("log")
    window.session.logLine.emit("a line")
    qtbot.waitUntil(log.text.isVisible)
    bottom.tabs.setFocus(Qt.FocusReason.TabFocusReason)
    met: list[QWidget | None] = []
    for _ in range(5):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)  # type: ignore[arg-type]
        met.append(QApplication.focusWidget())

    assert met == [log.filter, log.copy_button, log.clear_button, bottom.fold_button, log.text]
