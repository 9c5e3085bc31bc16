"""Connectors as objects: made, named, copied, deleted, applied."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from core.workspace.load import load
from gui.main_window import MainWindow
from gui.pages.connector import ConnectorPage
from gui.viewmodels.connector import ConnectorViewModel
from gui.viewmodels.live import State
from gui.widgets.confirm_popup import ConfirmPopup

from .conftest import CTRL, SHIFT, Key, open_file, page_of, press_save, type_into


def test_a_new_connector_has_a_free_name_and_is_saved_under_the_one_typed(
    window: MainWindow, qtbot: QtBot, path: Path
):
    open_file(window, qtbot, path)
    qtbot.keyClick(window, Key.Key_N, CTRL | SHIFT)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    qtbot.keyClick(menu, Key.Key_Return)
    assert window.documents.current == "connector:mqtt-1"
    page = window.documents.page("connector:mqtt-1")
    assert isinstance(page, ConnectorPage)
    name = page.fields.editor("@name")
    assert QApplication.focusWidget() is name
    assert name.text() == "mqtt-1"
    type_into(qtbot, name, "attic")
    type_into(qtbot, page.fields.editor("server").host, "attic.example")
    with qtbot.waitSignal(window.drafts.saved):
        press_save(window, qtbot)

    assert window.documents.current == "connector:attic"
    saved = load(path).partial.connectors.mqtt["attic"]
    assert saved.server == "mqtt://attic.example:1883"


def test_a_name_that_is_taken_is_refused(window: MainWindow, qtbot: QtBot, path: Path):
    open_file(window, qtbot, path)
    window.objects.new_connector("kafka")
    page = window.documents.page("connector:kafka-1")
    assert isinstance(page, ConnectorPage)
    type_into(qtbot, page.fields.editor("@name"), "plant")
    press_save(window, qtbot)
    name = page.fields.editor("@name")
    qtbot.waitUntil(lambda: "is called plant" in name.accessibleDescription())

    assert "kafka" not in [c.name for c in load(path).partial.connectors.kafka.values()]


def test_a_new_connector_is_not_saved_over_another_one(
    window: MainWindow, qtbot: QtBot, path: Path
):
    before = path.read_text("utf-8")
    open_file(window, qtbot, path)
    window.objects.new_connector("mqtt")
    page = window.documents.page("connector:mqtt-1")
    assert isinstance(page, ConnectorPage)
    name = page.fields.editor("@name")
    type_into(qtbot, name, "plant")
    said = "Another connector is called plant. Choose another name."
    qtbot.waitUntil(lambda: name.accessibleDescription() == said, timeout=10_000)

    with qtbot.waitSignal(window.drafts.refused, timeout=10_000):
        press_save(window, qtbot)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is name, timeout=10_000)
    assert path.read_text("utf-8") == before


def test_deleting_can_be_undone_with_every_comment(window: MainWindow, qtbot: QtBot, path: Path):
    open_file(window, qtbot, path)
    before = path.read_text("utf-8")
    page_of(window, "plant")
    window.commands["delete"].trigger()
    (popup,) = window.findChildren(ConfirmPopup)
    popup.button.click()
    qtbot.waitUntil(lambda: "connector:plant" not in window.documents.keys)
    assert "plant" not in load(path).data["connectors"].get("mqtt", {})
    (toast,) = window.toasts.shown
    assert toast.text == "Deleted connector plant."
    toast.link.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(toast.link, Key.Key_Return)
    qtbot.waitUntil(lambda: path.read_text("utf-8") == before)
    qtbot.waitUntil(lambda: window.live.connector_kind("plant") == "mqtt")


def test_a_copy_has_its_own_name_and_the_same_options(window: MainWindow, qtbot: QtBot, path: Path):
    open_file(window, qtbot, path)
    page_of(window, "plant")
    qtbot.keyClick(window, Key.Key_D, CTRL)
    qtbot.waitUntil(lambda: window.documents.current == "connector:plant-1")

    assert window.drafts.value("connector:plant-1", ("server",)) == "mqtt://127.0.0.1:1"
    assert load(path).partial.connectors.mqtt["plant-1"].keepalive.s == 60


@pytest.mark.timeout(60)  # starts embedded brokers and an engine
def test_what_is_saved_and_does_not_run_is_applied(
    window: MainWindow, qtbot: QtBot, workspace: Path
):
    open_file(window, qtbot, workspace)
    window.session.start()
    qtbot.waitUntil(lambda: window.session.state == "running", timeout=30_000)
    assert window.toolbar.apply_button.isHidden()
    page = page_of(window, "plant")
    type_into(qtbot, page.fields.editor("keepalive"), "30s")
    with qtbot.waitSignal(page.form.saved):
        press_save(window, qtbot)
    qtbot.waitUntil(window.toolbar.apply_button.isVisible)
    assert window.toolbar.apply_button.text() == "Apply 1 change"

    qtbot.keyClick(window, Key.Key_A, CTRL | SHIFT)
    qtbot.keyClick(window.applying.popover, Key.Key_Return)
    qtbot.waitUntil(window.toolbar.apply_button.isHidden, timeout=20_000)
    assert window.session.state == "running"


def test_the_name_in_the_header_renames_and_the_page_goes_on_under_the_new_name(
    window: MainWindow, qtbot: QtBot, path: Path
):
    open_file(window, qtbot, path)
    page = page_of(window, "plant")
    page.header.name.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(page.header.name, Key.Key_Space)
    qtbot.waitUntil(lambda: isinstance(QApplication.focusWidget(), QLineEdit))
    line = QApplication.focusWidget()
    assert line is not None
    assert window.navigator.isAncestorOf(line)
    qtbot.keyClick(line, Key.Key_A, CTRL)
    qtbot.keyClicks(line, "greenhouse")
    qtbot.keyClick(line, Key.Key_Return)

    qtbot.waitUntil(lambda: window.documents.current == "connector:greenhouse")
    again = window.documents.page("connector:greenhouse")
    assert isinstance(again, ConnectorPage)
    assert again.header.name.text() == "greenhouse"
    workspace = load(path).partial
    assert set(workspace.connectors.mqtt) == {"greenhouse"}
    assert all(workspace.source_of(rule) == "greenhouse" for rule in workspace.rules.values())


def test_a_reason_that_has_no_room_in_the_header_is_cut_and_whole_in_its_tooltip(
    window: MainWindow, qtbot: QtBot, path: Path, monkeypatch: pytest.MonkeyPatch
):
    open_file(window, qtbot, path)
    header = page_of(window, "plant").header
    reason = "mqtt://127.0.0.1:1 did not let the client in: " + "the password is wrong, " * 20
    monkeypatch.setattr(ConnectorViewModel, "state", State("failed", reason))
    header.refresh()

    assert header.word.text() == "Failed."
    assert header.state.text().startswith(" mqtt://127.0.0.1:1 did not")
    assert header.state.text().endswith("…")
    assert reason.strip() in header.state.toolTip()
