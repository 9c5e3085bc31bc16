"""The form to publish in a window of its own."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from gui.viewmodels.session import Session
from tests.helpers.workspaces import write_workspace

from .conftest import reopen


def test_the_form_is_torn_off_and_put_back(window: MainWindow, qtbot: QtBot):
    pages, page = window.bottom_pages, window.publish
    window.commands["publish"].trigger()
    page.mqtt.topic.setText("kept")
    page.tear_button.click()

    assert page.window() is pages.torn
    assert pages.torn.isFloating()
    assert page.isVisible()
    assert page.tools.window() is pages.torn
    qtbot.waitUntil(lambda: pages.torn.isAncestorOf(QApplication.focusWidget() or window))
    assert window.bottom.page("publish").accessibleName() == "Publish is in a window of its own."

    window.commands["show_feed"].trigger()
    window.commands["publish"].trigger()
    assert window.bottom.current_key == "feed", "what is asked for is elsewhere"
    pages.torn.close()
    assert page.window() is window
    assert window.bottom.page("publish") is page
    window.commands["publish"].trigger()
    assert page.isVisible()
    assert page.mqtt.topic.text() == "kept"
    assert page.tear_button.isVisible()
    assert not window.commands["tear_off"].isChecked()


def test_undo_in_a_form_that_was_torn_off_leaves_the_texts_of_the_window_alone(
    window: MainWindow, qtbot: QtBot
):
    pages, page = window.bottom_pages, window.publish
    window.commands["show_feed"].trigger()
    there = pages.feed.filter
    there.setFocus()
    qtbot.keyClicks(there, "abc")
    window.commands["tear_off"].trigger()
    pages.torn.activateWindow()
    page.send_button.setFocus()
    qtbot.waitUntil(page.send_button.hasFocus)
    window.undoing.refresh()
    window.commands["undo"].trigger()
    assert there.text() == "abc"

    page.mqtt.topic.clear()
    page.mqtt.topic.setFocus()
    qtbot.keyClicks(page.mqtt.topic, "t/1")
    window.undoing.refresh()
    window.commands["undo"].trigger()
    assert page.mqtt.topic.text() == ""


def test_a_form_that_was_torn_off_is_so_with_its_workspace(
    window: MainWindow, session: Session, qtbot: QtBot, plain: Path, tmp_path: Path
):
    pages = window.bottom_pages
    window.commands["tear_off"].trigger()
    elsewhere = tmp_path / "other"
    elsewhere.mkdir()
    here = "127.0.0.1:1"
    other = write_workspace(elsewhere, mqtt=f"mqtt://{here}", kafka=here, topic="t")
    reopen(session, qtbot, other)
    assert not pages.is_torn
    assert pages.torn.isHidden()
    reopen(session, qtbot, plain)
    assert pages.is_torn
    assert pages.torn.isVisible()
    window.commands["reset_layout"].trigger()
    assert not pages.is_torn
    assert window.publish.window() is window
