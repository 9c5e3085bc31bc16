"""Objects in the navigator: renamed, copied, deleted and taken back, by keys and by its menu."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from core.kafka.presets import PRESETS, Preset
from core.workspace.load import load
from core.workspace.model import Workspace
from gui.main_window import MainWindow
from gui.pages.connector import ConnectorPage
from gui.pages.overview import OverviewPage
from gui.shell.goals import command_goals
from gui.widgets.confirm_popup import ConfirmPopup
from gui.widgets.flow_card import FlowCard
from tests.helpers.workspaces import write_workspace

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a")


@pytest.fixture
def window(window: MainWindow, qtbot: QtBot, path: Path) -> MainWindow:
    with qtbot.waitSignal(window.live.factsChanged, timeout=20_000):
        window.session.open(path)
    return window


def stand_on(window: MainWindow, key: str) -> None:
    view = window.navigator.view
    view.setFocus(Qt.FocusReason.TabFocusReason)
    view.setCurrentIndex(window.navigator.model.index_of(key))
    assert window.objects.target == key


def saved(path: Path) -> Workspace:
    return load(path).partial


def until_done(window: MainWindow, qtbot: QtBot, text: str) -> None:
    qtbot.waitUntil(lambda: bool(window.toasts.shown) and window.toasts.shown[-1].text == text)


def menu_of(window: MainWindow, qtbot: QtBot) -> QMenu:
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def choose(menu: QMenu, text: str) -> None:
    action = next(each for each in menu.actions() if each.text().partition("\t")[0] == text)
    menu.hide()
    action.trigger()


def test_a_rule_is_renamed_in_its_row_and_its_page_follows(
    window: MainWindow, qtbot: QtBot, path: Path
):
    window.open_document("rule:all")
    stand_on(window, "rule:all")
    qtbot.keyClick(window.navigator.view, Key.Key_F2)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    assert field.selectedText() == "all"
    qtbot.keyClicks(field, "every one")
    qtbot.keyClick(field, Key.Key_Return)
    assert field.accessibleDescription() == "Use letters, digits, - and _."
    assert field.hasFocus()
    field.setText("")
    qtbot.keyClicks(field, "everyone")
    qtbot.keyClick(field, Key.Key_Return)
    until_done(window, qtbot, "Renamed rule all to everyone.")

    assert list(saved(path).rules) == ["everyone"]
    assert window.documents.current == "rule:everyone"
    assert "rule:all" not in window.documents.keys
    qtbot.keyClick(window.navigator.view, Key.Key_Z, CTRL)
    until_done(window, qtbot, "Undone: Renamed rule all to everyone.")
    assert list(saved(path).rules) == ["all"]
    assert window.documents.current == "rule:all"


def test_the_tab_of_a_renamed_object_stays_where_it_is(window: MainWindow, qtbot: QtBot):
    documents = window.documents
    for key in ("rule:all", "connector:plant", "monitor"):
        window.open_document(key)
    documents.open_beside("connector:laptop")
    window.open_document("monitor")
    window.file_changes.rename("connector:plant", "roof")
    until_done(window, qtbot, "Renamed connector plant to roof.")
    assert documents.keys == [
        "overview",
        "rule:all",
        "connector:roof",
        "monitor",
        "connector:laptop",
    ]
    assert documents.current == "monitor"

    window.file_changes.rename("connector:laptop", "cluster")
    until_done(window, qtbot, "Renamed connector laptop to cluster.")
    assert documents.is_beside("connector:cluster")
    assert documents.is_shown("connector:cluster")
    assert documents.current == "monitor"
    documents.reopen()
    assert "connector:plant" not in documents


@pytest.mark.parametrize("end", [Key.Key_Return, Key.Key_Escape])
def test_a_page_that_asks_for_another_name_has_the_keyboard_afterwards(
    window: MainWindow, qtbot: QtBot, path: Path, end: Qt.Key
):
    window.go_to_document("rule:all")
    page = window.documents.page("rule:all")
    before = QApplication.focusWidget()
    assert before is not None
    assert page.isAncestorOf(before)
    name = before.accessibleName()
    qtbot.keyClick(before, Key.Key_F2)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    assert window.navigator.isAncestorOf(field)
    qtbot.keyClicks(field, "every")
    qtbot.keyClick(field, end)
    if end == Key.Key_Escape:
        assert QApplication.focusWidget() is before
        return
    until_done(window, qtbot, "Renamed rule all to every.")
    qtbot.waitUntil(lambda: window.documents.current == "rule:every")
    keyboard = QApplication.focusWidget()
    assert keyboard is not None
    assert window.documents.page("rule:every").isAncestorOf(keyboard)
    assert keyboard.accessibleName() == name


def test_a_name_that_is_taken_is_said_where_it_is_typed(
    window: MainWindow, qtbot: QtBot, path: Path
):
    stand_on(window, "connector:plant")
    qtbot.keyClick(window.navigator.view, Key.Key_F2)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    qtbot.keyClicks(field, "laptop")
    assert "laptop" in field.accessibleDescription()
    qtbot.keyClick(field, Key.Key_Return)
    assert field.isVisible()
    qtbot.keyClick(field, Key.Key_Escape)
    assert list(saved(path).connectors.mqtt) == ["plant"]


def test_del_deletes_a_rule_and_ctrl_z_brings_it_back(window: MainWindow, qtbot: QtBot, path: Path):
    before = path.read_text("utf-8")
    window.open_document("rule:all")
    stand_on(window, "rule:all")
    qtbot.keyClick(window.navigator.view, Key.Key_Delete)
    until_done(window, qtbot, "Deleted rule all.")
    assert "rule:all" not in window.documents.keys
    assert not saved(path).rules

    qtbot.keyClick(window, Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: path.read_text("utf-8") == before)
    qtbot.waitUntil(lambda: window.commands["redo"].isEnabled())
    qtbot.keyClick(window, Key.Key_Z, CTRL | SHIFT)
    qtbot.waitUntil(lambda: not saved(path).rules)


def test_ctrl_z_in_a_text_undoes_typing_and_nothing_else(
    window: MainWindow, qtbot: QtBot, path: Path
):
    window.objects.duplicate("rule:all")
    until_done(window, qtbot, "Duplicated rule all as all-1.")
    field = window.tail.findChild(QLineEdit)
    assert isinstance(field, QLineEdit)
    field.setFocus()
    qtbot.keyClicks(field, "abc")
    qtbot.keyClick(field, Key.Key_Z, CTRL)
    assert field.text() == ""
    assert "all-1" in saved(path).rules


def test_ctrl_d_copies_a_rule_and_shows_it(window: MainWindow, qtbot: QtBot, path: Path):
    window.open_document("rule:all")
    qtbot.keyClick(window, Key.Key_D, CTRL)
    until_done(window, qtbot, "Duplicated rule all as all-1.")

    assert window.documents.current == "rule:all-1"
    assert not saved(path).rules["all-1"].enable


@pytest.mark.parametrize(
    ("key", "texts"),
    [
        (
            "connector:plant",
            [
                "Open",
                "Open to the side",
                "Open below",
                "New rule",
                "Rename",
                "Duplicate",
                "Delete",
                "Copy as JSON",
            ],
        ),
        (
            "connector:laptop",
            [
                "Open",
                "Open to the side",
                "Open below",
                "Rename",
                "Duplicate",
                "Disable",
                "Delete",
                "Copy as JSON",
            ],
        ),
        (
            "rule:all",
            [
                "Open",
                "Open to the side",
                "Open below",
                "Rename",
                "Duplicate",
                "Disable",
                "Delete",
                "Copy as JSON",
            ],
        ),
    ],
)
def test_the_menu_of_a_row_offers_what_can_be_done(
    window: MainWindow, qtbot: QtBot, key: str, texts: list[str]
):
    stand_on(window, key)
    qtbot.keyClick(window.navigator.view, Key.Key_Menu)
    window.navigator.view.menuAsked.emit(key, window.mapToGlobal(window.rect().center()))
    menu = menu_of(window, qtbot)

    shown = [a.text().partition("\t")[0].replace("&", "") for a in menu.actions() if a.text()]
    assert shown == texts
    menu.hide()


def test_a_rule_is_disabled_and_copied_by_its_menu(window: MainWindow, qtbot: QtBot, path: Path):
    place = window.mapToGlobal(window.rect().center())
    window.navigator.menuAsked.emit("rule:all", place)
    choose(menu_of(window, qtbot), "Disable")
    until_done(window, qtbot, "Disabled rule all.")
    assert not saved(path).rules["all"].enable

    window.navigator.menuAsked.emit("rule:all", place)
    choose(menu_of(window, qtbot), "Copy as &JSON")
    copied = json.loads(QApplication.clipboard().text())
    assert copied["enable"] is False
    assert copied["actions"] == ["to_kafka"]


def test_the_plus_of_the_navigator_adds(window: MainWindow, qtbot: QtBot):
    window.navigator.new_button.click()
    menu = menu_of(window, qtbot)
    texts = [action.text().replace("&", "") for action in menu.actions()]
    assert texts[:3] == ["New rule", "New MQTT connector", "New Kafka connector"]
    qtbot.keyClick(menu, Key.Key_Return)
    assert window.documents.current == "rule:rule_1"


def card_of(window: MainWindow, key: str) -> FlowCard:
    page = window.documents.page("overview")
    assert isinstance(page, OverviewPage)
    card = page.map.card(key)
    card.setFocus(Qt.FocusReason.TabFocusReason)
    assert card.hasFocus()
    return card


def until_on_map(window: MainWindow, qtbot: QtBot, key: str) -> None:
    page = window.documents.page("overview")
    assert isinstance(page, OverviewPage)
    qtbot.waitUntil(lambda: key in page.map.canvas.cards)


def test_del_on_a_card_of_the_map_deletes_its_rule(window: MainWindow, qtbot: QtBot, path: Path):
    qtbot.keyClick(card_of(window, "rule:all"), Key.Key_Delete)
    until_done(window, qtbot, "Deleted rule all.")
    assert not saved(path).rules


def test_deleting_has_keys_that_can_be_changed(window: MainWindow, qtbot: QtBot, path: Path):
    assert window.shortcuts.keys("delete") == ("Del",)
    assert window.commands["delete"].text().endswith("\tDel")
    window.shortcuts.choose("delete", "Ctrl+Backspace")
    card = card_of(window, "rule:all")
    qtbot.keyClick(card, Key.Key_Delete)
    assert saved(path).rules
    qtbot.keyClick(card, Key.Key_Backspace, CTRL)
    until_done(window, qtbot, "Deleted rule all.")
    assert window.navigator.delete_action.shortcut().toString() == "Ctrl+Backspace"


def test_f2_on_a_card_of_the_map_renames_its_rule(window: MainWindow, qtbot: QtBot):
    card = card_of(window, "rule:all")
    qtbot.keyClick(card, Key.Key_F2)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    assert field.selectedText() == "all"


def asked(window: MainWindow) -> ConfirmPopup:
    (popup,) = window.findChildren(ConfirmPopup)
    return popup


def test_del_on_the_card_of_a_topic_asks_since_its_connector_is_in_use(
    window: MainWindow, qtbot: QtBot, path: Path
):
    until_on_map(window, qtbot, "topic:laptop/a")
    qtbot.keyClick(card_of(window, "topic:laptop/a"), Key.Key_Delete)
    popup = asked(window)
    assert popup.accessibleName() == "Delete connector laptop?"
    assert "In use by action to_kafka, " in popup.accessibleDescription()
    qtbot.keyClick(popup, Key.Key_Escape)
    qtbot.waitUntil(lambda: not window.findChildren(ConfirmPopup))
    assert list(saved(path).connectors.kafka) == ["laptop"]

    window.objects.delete("connector:laptop")
    qtbot.keyClick(asked(window).button, Key.Key_Return)
    until_done(window, qtbot, "Deleted connector laptop.")
    assert not saved(path).connectors.kafka
    window.run_command("undo")
    until_done(window, qtbot, "Undone: Deleted connector laptop.")
    assert list(saved(path).connectors.kafka) == ["laptop"]


def test_f2_on_the_card_of_a_topic_filter_renames_its_connector(
    window: MainWindow, qtbot: QtBot, path: Path
):
    until_on_map(window, qtbot, "filter:plant/bench/#")
    qtbot.keyClick(card_of(window, "filter:plant/bench/#"), Key.Key_F2)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    assert field.selectedText() == "plant"
    qtbot.keyClicks(field, "other")
    qtbot.keyClick(field, Key.Key_Return)
    until_done(window, qtbot, "Renamed connector plant to other.")
    assert list(saved(path).connectors.mqtt) == ["other"]


def test_a_card_that_is_no_object_of_its_own_deletes_nothing(window: MainWindow):
    card_of(window, "action:to_kafka")
    assert not window.commands["delete"].isEnabled()
    stand_on(window, "rule:all")
    assert window.commands["delete"].isEnabled()


def test_a_double_click_beside_the_cards_makes_a_rule(window: MainWindow, qtbot: QtBot):
    page = window.documents.page("overview")
    assert isinstance(page, OverviewPage)
    canvas = page.map.canvas
    corner = canvas.rect().bottomRight() - QPoint(4, 4)
    assert canvas.childAt(corner) is None
    qtbot.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=corner)
    assert window.documents.current == "rule:rule_1"


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.id)
def test_the_palette_starts_a_connector_for_a_service(window: MainWindow, preset: Preset):
    goals = {goal.name: goal for goal in command_goals(window)}
    goals[f"New Kafka connector for {preset.title}"].go()
    assert window.documents.current == "connector:kafka-1"
    page = window.documents.page("connector:kafka-1")
    assert isinstance(page, ConnectorPage)
    assert page.banner.label.whole_text().startswith(preset.title)


def test_no_service_is_offered_where_nothing_is_open(window: MainWindow, qtbot: QtBot):
    window.run_command("close_workspace")
    qtbot.waitUntil(lambda: window.session.loaded is None)
    assert not [goal for goal in command_goals(window) if "Kafka connector" in goal.name]
