"""Keys of commands: chosen, kept, and never in each other's way without a word."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.viewmodels.settings import SettingsStore
from gui.viewmodels.shortcuts import Area, Command, Shortcuts, inner, meet, split, why_not


def command(name: str, *usual: str, area: Area = "everywhere") -> Command:
    return Command(name, name.capitalize(), "Bridge", area, usual)


@pytest.fixture
def settings(tmp_path: Path, qapp: QApplication) -> SettingsStore:
    return SettingsStore(tmp_path / "settings.toml", qapp)


@pytest.fixture
def shortcuts(settings: SettingsStore) -> Shortcuts:
    made = Shortcuts(settings, settings)
    made.declare(command("start", "F5"))
    made.declare(command("pause", "Ctrl+."))
    made.declare(command("suggest", "Ctrl+Space", area="sql_editor"))
    made.declare(command("test", "Ctrl+Return", "Ctrl+Enter", area="rule"))
    made.declare(command("send", "Ctrl+Return", "Ctrl+Enter", area="publish"))
    return made


def test_commands_have_their_usual_keys_at_first(shortcuts: Shortcuts):
    assert shortcuts.keys("start") == ("F5",)
    assert shortcuts.changed_count == 0
    assert shortcuts.conflicts() == {}


def test_keys_are_chosen_kept_and_reset(
    shortcuts: Shortcuts, settings: SettingsStore, qtbot: QtBot
):
    with qtbot.waitSignal(shortcuts.changed):
        shortcuts.choose("start", "F9")
    assert shortcuts.keys("start") == ("F9",)
    assert SettingsStore(settings.file).values.shortcuts == {"start": ("F9",)}
    assert shortcuts.is_changed("start")
    shortcuts.reset("start")
    assert shortcuts.keys("start") == ("F5",)
    assert SettingsStore(settings.file).values.shortcuts == {}


def test_a_command_can_have_no_keys(shortcuts: Shortcuts):
    shortcuts.choose("start")
    assert shortcuts.keys("start") == ()
    assert shortcuts.is_changed("start")


def test_rivals_are_found_where_both_could_be_meant(shortcuts: Shortcuts):
    assert [each.name for each in shortcuts.rivals("pause", "Ctrl+Space")] == ["suggest"]
    assert [each.name for each in shortcuts.rivals("start", "Ctrl+.")] == ["pause"]
    assert shortcuts.rivals("suggest", "F9") == []
    assert shortcuts.rivals("test", "Ctrl+Return") == []  # the form that sends is elsewhere


def test_taken_keys_are_lost_by_the_other(shortcuts: Shortcuts):
    shortcuts.take("pause", "Ctrl+Space", ["suggest"])
    assert shortcuts.keys("pause") == ("Ctrl+Space",)
    assert shortcuts.keys("suggest") == ()
    assert shortcuts.conflicts() == {}


def test_kept_both_is_one_conflict_of_two_commands(shortcuts: Shortcuts):
    shortcuts.choose("pause", "Ctrl+Space")
    assert shortcuts.conflicts() == {"pause": ["suggest"], "suggest": ["pause"]}
    assert shortcuts.conflict_count == 1
    shortcuts.reset_all()
    assert shortcuts.conflict_count == 0
    assert shortcuts.changed_count == 0


def test_what_was_reset_can_be_restored(shortcuts: Shortcuts):
    shortcuts.choose("start", "F9")
    before = shortcuts.chosen
    shortcuts.reset_all()
    shortcuts.restore(before)
    assert shortcuts.keys("start") == ("F9",)


def test_fixed_keys_stay_and_are_rivals_all_the_same(shortcuts: Shortcuts):
    shortcuts.declare(Command("copy", "Copy", "Edit", "text", ("Ctrl+C",), is_fixed=True))
    shortcuts.choose("copy", "F9")
    assert shortcuts.keys("copy") == ("Ctrl+C",)
    assert [each.name for each in shortcuts.rivals("start", "Ctrl+C")] == ["copy"]


def test_areas_meet_where_one_lies_in_the_other():
    assert meet("everywhere", "publish")
    assert meet("rule", "sql_editor")
    assert not meet("rule", "publish")
    assert inner("everywhere", "publish") == "publish"
    assert inner("sql_editor", "rule") == "sql_editor"
    assert inner("rule", "rule") is None


@pytest.mark.parametrize(
    ("keys", "parts"),
    [
        ("F5", ["F5"]),
        ("Ctrl+Shift+A", ["Ctrl", "Shift", "A"]),
        ("Ctrl++", ["Ctrl", "+"]),
        ("Ctrl+-", ["Ctrl", "-"]),
        ("Ctrl+Shift++", ["Ctrl", "Shift", "+"]),
        ("", []),
    ],
)
def test_keys_are_parted(keys: str, parts: list[str]):
    assert split(keys) == parts


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ("Ctrl+K", ""),
        ("F8", ""),
        ("Shift+F8", ""),
        ("Alt+Return", ""),
        ("A", "alone"),
        ("Shift+A", "alone"),
        ("Space", "alone"),
        ("", "alone"),
        ("Ctrl+@", "alt_gr"),
        ("Ctrl+]", "alt_gr"),
        ("Ctrl+\\", "alt_gr"),
    ],
)
def test_keys_that_typing_or_alt_gr_needs_are_refused(keys: str, reason: str):
    assert why_not(keys) == reason
