"""The commands and keys that the description of the window names: each has its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from gui.pages.monitor import MonitorPage
from gui.pages.rule import RulePage
from gui.shell.goal import find
from gui.shell.goals import command_goals, topic_goals
from gui.widgets.menu import Menu
from tests.helpers.workspaces import write_workspace

IN_MENUS = {
    "File": ("New workspace", "Open workspace", "Settings", "Quit"),
    "Edit": ("Undo", "Redo", "Cut", "Copy", "Paste", "Find", "Delete", "Commands"),
    "View": ("Navigator", "Kafka tail", "Bottom dock", "Larger code", "Reset layout"),
    "Bridge": ("Start", "Stop", "Apply changes", "Pause feed", "Reset counters"),
    "Rule": ("Test rule", "Format SQL", "Toggle comment", "Insert example", "Live trace"),
    "Message": ("Publish", "Send again", "Save message"),
    "Tools": ("Embedded brokers", "Diagnostics"),
    "Help": ("Tour", "SQL reference", "Shortcuts", "Copy diagnostics", "About Sluicegate"),
}
OF_MONITOR = (
    "Reset counters",
    "Pause the monitor",
    "Mark this moment in the monitor",
    "Export the monitor",
)
# Del, Space and End are keys of rows; their lists test them.
KEYS = (
    *("Ctrl+K", "Ctrl+Shift+P", "Ctrl+Return", "F5", "Shift+F5", "Ctrl+Shift+Return"),
    *("Ctrl+Shift+A", "Ctrl+/", "Ctrl+Shift+I", "Ctrl+N", "Ctrl+Shift+N", "F8", "Shift+F8"),
    *("Ctrl+S", "Ctrl+Z", "Ctrl+Shift+Z", "F2", "Ctrl+D", "Ctrl+F", "Ctrl+T"),
    *("Ctrl+1", "Ctrl+9", "Ctrl+Tab", "Ctrl+P", "Ctrl+B", "Ctrl+J", "F6", "Shift+F6", "Ctrl+."),
)


@pytest.fixture
def window(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> MainWindow:
    path = write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a")
    with qtbot.waitSignal(window.live.factsChanged, timeout=20_000):
        window.session.open(path)
    return window


def test_every_named_command_has_its_place_among_the_shortcuts(window: MainWindow):
    shortcuts = window.shortcuts
    missing = [
        (group, name)
        for group, names in IN_MENUS.items()
        for name in names
        if (group, name) not in {(each.group, each.text) for each in shortcuts.commands}
    ]
    assert missing == []


def test_every_named_key_belongs_to_a_command(window: MainWindow):
    shortcuts = window.shortcuts
    taken = {keys for each in shortcuts.commands for keys in shortcuts.keys(each.name)}
    assert [keys for keys in KEYS if keys not in taken] == []


def found_in_palette(window: MainWindow, text: str) -> list[str]:
    return [goal.name for goal in find(command_goals(window), text)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("focus publish", "Publish"),
        ("focus tail", "Go to the Kafka tail"),
        ("zoom", "Larger code"),
        ("zoom", "Usual size of code"),
        ("tab 1", "Tab 1"),
        ("last tab", "Last tab"),
    ],
)
def test_the_palette_finds_commands_by_the_words_of_the_description(
    window: MainWindow, text: str, name: str
):
    assert name in found_in_palette(window, text)


def test_the_palette_has_the_tabs_that_there_are(window: MainWindow):
    assert "Tab 2" not in found_in_palette(window, "tab 2")
    window.open_document("monitor")
    assert "Tab 2" in found_in_palette(window, "tab 2")
    window.documents.close_document("monitor")
    assert "Tab 2" not in found_in_palette(window, "tab 2")


def test_the_palette_opens_before_the_statements_of_another_version_are_known(window: MainWindow):
    before = [goal.name for goal in topic_goals(window)]
    window.live.facts = {}
    assert [goal.name for goal in topic_goals(window)] == before


def test_text_is_cut_and_brought_back_from_the_palette(window: MainWindow, qtbot: QtBot):
    window.open_document("rule:all")
    page = window.documents.shown_page
    assert isinstance(page, RulePage)
    editor = page.panel.editor
    text = editor.toPlainText()
    editor.setFocus()
    editor.selectAll()
    for command in ("Cut", "Undo typing"):
        window.go_to_anything()
        palette = window.palette_window
        palette.field.setText(command)
        assert palette.list.currentIndex().data() == command
        qtbot.keyClick(palette.field, Qt.Key.Key_Return)
        assert editor.toPlainText() == ("" if command == "Cut" else text)
        assert editor.hasFocus()


def test_problems_are_gone_to_from_every_page_while_a_rule_is_open(window: MainWindow):
    assert "Next problem" not in found_in_palette(window, "next problem")
    window.open_document("rule:all")
    window.open_document("overview")
    assert "Next problem" in found_in_palette(window, "next problem")
    window.commands["next_problem"].trigger()
    assert window.documents.current == "rule:all"
    window.open_document("overview")
    window.documents.close_document("rule:all")
    assert not window.commands["previous_problem"].isEnabled()


def test_the_palette_has_what_the_monitor_can_do(window: MainWindow):
    listed = {entry.name for entry in window.commands.entries()}
    assert [name for name in OF_MONITOR if name not in listed] == []


def test_commands_of_the_monitor_show_on_its_page(window: MainWindow, qtbot: QtBot):
    commands = window.commands
    commands["pause_monitor"].trigger()
    page = window.documents.page("monitor")
    assert isinstance(page, MonitorPage)
    assert window.documents.current == "monitor"
    assert page.pause.isChecked()
    assert commands["pause_monitor"].isChecked()
    page.pause.click()
    assert not window.monitor.is_paused
    assert not commands["pause_monitor"].isChecked()
    commands["mark_monitor"].trigger()
    assert len(window.monitor.marks) == 1
    window.open_document("overview")
    commands["export_monitor"].trigger()
    assert window.documents.current == "monitor"
    qtbot.waitUntil(lambda: any(menu.isVisible() for menu in page.findChildren(Menu)))
    next(menu for menu in page.findChildren(Menu) if menu.isVisible()).close()


def test_counters_cannot_be_reset_before_anything_is_counted(window: MainWindow):
    window.commands["reset_counters"].trigger()
    assert window.monitor.marks == []
