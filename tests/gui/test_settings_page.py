"""The page of settings: what is chosen counts at once; keys are changed in place, by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gui.engine_client import InProcessEngine
from gui.main_window import MainWindow
from gui.pages.settings import SettingsPage
from gui.pages.settings_fields import NumberField
from gui.pages.shortcuts import ShortcutsSection
from gui.recent import RecentFiles
from gui.theme import Look, Theme
from gui.viewmodels.session import Session
from gui.viewmodels.shortcut_table import ROW_ROLE, GroupRow, ShortcutRow, StripRow
from gui.viewmodels.shortcuts import split, why_not
from gui.widgets.fields import ComboBox
from gui.widgets.segmented import Segmented
from gui.widgets.switch import Switch
from tests.helpers.workspaces import write_workspace

from .conftest import Run


@pytest.fixture
def window(theme: Theme, run: Run, qtbot: QtBot) -> Iterator[MainWindow]:
    session = Session(InProcessEngine(), recent=RecentFiles())
    made = MainWindow(session, theme)
    qtbot.addWidget(made)
    made.resize(1280, 800)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    yield made
    run(session.close(), 30)
    session.deleteLater()
    theme.set_look(Look())


@pytest.fixture
def page(window: MainWindow) -> SettingsPage:
    window.show_settings()
    assert window.settings_pages.loose is not None
    return window.settings_pages.loose


@pytest.fixture
def section(page: SettingsPage) -> ShortcutsSection:
    page.show_section("shortcuts")
    return page.shortcuts


def key(section: ShortcutsSection, qtbot: QtBot, key: Qt.Key, *held: str) -> None:
    """Press keys in the field that records them."""
    modifiers = Qt.KeyboardModifier.NoModifier
    for each in held:
        modifiers |= Qt.KeyboardModifier[f"{each}Modifier"]
    assert section.recorder is not None
    qtbot.keyClick(section.recorder, key, modifiers)


def record(section: ShortcutsSection, name: str, qtbot: QtBot) -> None:
    section.view.selectRow(section.table.row_of(name))
    qtbot.keyClick(section.view, Qt.Key.Key_Return)
    assert section.recorder is not None
    qtbot.waitUntil(lambda: section.recorder is not None and section.recorder.hasFocus())


def listed(section: ShortcutsSection) -> list[str]:
    table = section.table
    rows = (table.index(row, 0).data(ROW_ROLE) for row in range(table.rowCount()))
    return [row.command.name for row in rows if isinstance(row, ShortcutRow)]


# The page


def test_settings_open_without_a_workspace_and_close(window: MainWindow, qtbot: QtBot):
    window.commands["settings"].trigger()
    page = window.settings_pages.loose
    assert page is not None
    assert page.isVisible()
    assert page.sections.hasFocus()
    page.close_button.click()
    assert window.welcome.isVisible()
    assert window.settings_pages.loose is None


def test_settings_are_a_document_of_an_open_workspace(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
):
    path = write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a")
    with qtbot.waitSignal(window.live.factsChanged, timeout=20_000):
        window.session.open(path)
    window.commands["show_shortcuts"].trigger()
    assert window.documents.current == "settings"
    page = window.documents.page("settings")
    assert isinstance(page, SettingsPage)
    assert page.shortcuts.isVisible()
    assert not page.close_button.isVisible()
    window.commands["find"].trigger()
    assert page.shortcuts.filter.hasFocus()


def test_what_is_chosen_takes_effect_and_is_kept(
    window: MainWindow, page: SettingsPage, theme: Theme, qtbot: QtBot
):
    rows, store = page.fields.rows, window.session.settings
    density = rows["appearance", "density"].control
    assert isinstance(density, Segmented)
    density.part("compact").click()
    assert theme.look.density == "compact"
    switch = rows["general", "start_bridge"].control
    assert isinstance(switch, Switch)
    qtbot.keyClick(switch, Qt.Key.Key_Space)
    combo = rows["general", "open_at_start"].control
    assert isinstance(combo, ComboBox)
    qtbot.keyClick(combo, Qt.Key.Key_Up)
    assert store.values.general.start_bridge
    assert store.values.general.open_at_start == "last"


def test_a_number_counts_when_it_is_left_and_is_checked(
    window: MainWindow, page: SettingsPage, theme: Theme, qtbot: QtBot
):
    row = page.fields.rows["feeds", "feed_rows"]
    field, store = row.control, window.session.settings
    assert isinstance(field, NumberField)
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "2,000")
    assert store.values.feeds.feed_rows == 10_000
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert store.values.feeds.feed_rows == 2_000
    field.selectAll()
    qtbot.keyClicks(field, "7")
    page.sections.setFocus()
    assert store.values.feeds.feed_rows == 2_000
    assert row.help.whole_text() == "Write a number from 100 to 200,000."
    assert field.accessibleDescription() == row.help.whole_text()
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "700")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert store.values.feeds.feed_rows == 700
    assert not row.help.isVisible()


def test_a_change_from_elsewhere_is_shown(window: MainWindow, page: SettingsPage):
    window.commands["theme_dark"].trigger()
    control = page.fields.rows["appearance", "theme"].control
    assert isinstance(control, Segmented)
    assert control.current_key == "dark"
    assert window.commands["theme_dark"].isChecked()


def test_zoom_commands_are_kept(window: MainWindow, theme: Theme):
    window.commands["zoom_in"].trigger()
    assert theme.look.zoom_percent == 110
    assert window.session.settings.values.editor.zoom_percent == 110
    window.commands["zoom_reset"].trigger()
    assert theme.look.zoom_percent == 100


def test_sections_lead_to_their_first_control(page: SettingsPage, qtbot: QtBot):
    page.sections.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(page.sections, Qt.Key.Key_Down)
    assert page.sections.current_key == "appearance"
    qtbot.keyClick(page.sections, Qt.Key.Key_Down)
    qtbot.keyClick(page.sections, Qt.Key.Key_Return)
    assert page.fields.first_control("editor").hasFocus()


@pytest.mark.parametrize("width", [560, 1_000])
def test_columns_lie_beside_each_other_where_there_is_room(
    page: SettingsPage, qtbot: QtBot, width: int
):
    fields = page.fields
    page._area.setFixedWidth(width)  # - the room is what is tested
    general, editor = fields.heads["general"], fields.heads["editor"]

    def place(widget: QWidget) -> QPoint:
        return widget.mapTo(fields, QPoint(0, 0))

    if width == 560:
        qtbot.waitUntil(lambda: place(general).x() == place(editor).x())
        assert place(editor).y() > place(general).y()
    else:
        qtbot.waitUntil(lambda: place(editor).x() > place(general).x())
        assert place(editor).y() == place(general).y()


def test_a_damaged_file_is_said(theme: Theme, run: Run, qtbot: QtBot, tmp_path: Path):
    session = Session(InProcessEngine())
    session.settings.problems = ("settings.toml cannot be read: no TOML.",)
    window = MainWindow(session, theme)
    qtbot.addWidget(window)
    window.show()
    window.show_settings()
    page = window.settings_pages.loose
    assert page is not None
    assert page.banner.isVisible()
    assert page.banner.label.whole_text().startswith("settings.toml cannot be read")
    run(session.close(), 30)
    session.deleteLater()


# Shortcuts


def test_every_command_is_listed_where_it_is_of_use_or_under_its_menu(
    window: MainWindow, section: ShortcutsSection
):
    names = listed(section)
    assert set(window.commands.actions) <= set(names)
    assert {"suggest", "run_test", "send"} <= set(names)
    groups = [
        row.title
        for n in range(section.table.rowCount())
        if isinstance(row := section.table.index(n, 0).data(ROW_ROLE), GroupRow)
    ]
    assert groups[:5] == ["Bridge", "Go to", "SQL editor", "File", "Edit"]
    assert names[:4] == ["start", "stop", "apply", "pause_feed"]
    assert len(groups) == len(set(groups))


def test_the_usual_keys_are_in_nobodys_way_and_need_no_alt_gr(window: MainWindow):
    shortcuts = window.shortcuts
    assert shortcuts.conflicts() == {}
    for command in shortcuts.commands:
        for keys in command.usual:
            assert split(keys), keys
            is_bare_in_lists = command.area == "lists" and why_not(keys) == "alone"
            assert is_bare_in_lists or why_not(keys) == "", (command.name, keys)


def test_keys_are_recorded_and_work_at_once(
    window: MainWindow, section: ShortcutsSection, qtbot: QtBot
):
    record(section, "overview", qtbot)
    key(section, qtbot, Qt.Key.Key_F9)
    assert window.shortcuts.keys("overview") == ("F9",)
    assert window.commands["overview"].shortcut().toString() == "F9"
    assert section.view.hasFocus()
    qtbot.keyClick(section.view, Qt.Key.Key_Backspace)
    assert window.shortcuts.keys("overview") == ()


def test_keys_that_are_commands_elsewhere_are_recorded_too(
    window: MainWindow, section: ShortcutsSection, qtbot: QtBot
):
    window.shortcuts.choose("zoom_in")
    record(section, "overview", qtbot)
    key(section, qtbot, Qt.Key.Key_K, "Control")
    assert not window.palette_window.isVisible()
    assert section.strip is not None


def test_a_collision_is_said_with_its_ways_out(
    window: MainWindow, section: ShortcutsSection, qtbot: QtBot
):
    record(section, "pause_feed", qtbot)
    key(section, qtbot, Qt.Key.Key_Space, "Control")
    strip = section.strip
    assert strip is not None
    assert strip.accessibleName() == (
        "Ctrl Space is already Suggest in the SQL editor. "
        "In the SQL editor Suggest would win and Pause feed would not work."
    )
    assert [button.text() for button in strip.buttons.values()] == [
        "Choose other keys",
        "Take it from Suggest",
        "Keep both",
    ]
    row = section.table.index(section.table.strip, 0).data(ROW_ROLE)
    assert isinstance(row, StripRow)
    assert section.counts.label.whole_text() == "1 conflict"
    assert section.counts.label.minimumWidth() >= section.counts.label.sizeHint().width(), (
        "never cut"
    )
    assert window.shortcuts.keys("pause_feed") == ("Ctrl+.",)


@pytest.mark.parametrize("way", ["take", "keep", "other"])
def test_a_collision_is_decided_by_keyboard(
    window: MainWindow, section: ShortcutsSection, page: SettingsPage, qtbot: QtBot, way: str
):
    record(section, "pause_feed", qtbot)
    key(section, qtbot, Qt.Key.Key_Space, "Control")
    assert section.strip is not None
    button = section.strip.buttons[way]
    for _ in range(4):
        focused = QApplication.focusWidget()
        if focused is button:
            break
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    assert button.hasFocus()
    qtbot.keyClick(button, Qt.Key.Key_Return)
    keys = window.shortcuts.keys
    if way == "take":
        assert (keys("pause_feed"), keys("suggest")) == (("Ctrl+Space",), ())
    elif way == "keep":
        assert (keys("pause_feed"), keys("suggest")) == (("Ctrl+Space",), ("Ctrl+Space",))
        assert section.counts.label.whole_text() == "1 conflict, 1 changed"
    else:
        assert section.recorder is not None
        assert section.recorder.keys == ""
        key(section, qtbot, Qt.Key.Key_F9)
        assert keys("pause_feed") == ("F9",)


def test_esc_leaves_the_keys_as_they_were(
    window: MainWindow, section: ShortcutsSection, qtbot: QtBot
):
    record(section, "pause_feed", qtbot)
    key(section, qtbot, Qt.Key.Key_Space, "Control")
    key(section, qtbot, Qt.Key.Key_Escape)
    assert section.table.recording == ""
    assert section.table.strip == -1
    assert window.shortcuts.keys("pause_feed") == ("Ctrl+.",)
    assert section.view.hasFocus()


def test_two_commands_of_one_place_cannot_keep_the_same_keys(
    section: ShortcutsSection, qtbot: QtBot
):
    record(section, "pause_feed", qtbot)
    key(section, qtbot, Qt.Key.Key_F5)
    assert section.strip is not None
    assert list(section.strip.buttons) == ["other", "take"]
    assert "Neither would work." in section.strip.accessibleName()


def test_the_keys_of_text_fields_cannot_be_taken(section: ShortcutsSection, qtbot: QtBot):
    record(section, "pause_feed", qtbot)
    key(section, qtbot, Qt.Key.Key_C, "Control")
    assert section.strip is not None
    assert "take" not in section.strip.buttons


@pytest.mark.parametrize(
    ("pressed", "held", "said"),
    [
        (Qt.Key.Key_A, (), "A alone is typed into fields."),
        (Qt.Key.Key_At, ("Control",), "Ctrl @ needs AltGr on many keyboards."),
        (Qt.Key.Key_Q, ("GroupSwitch",), "Keys with AltGr are characters on many keyboards."),
    ],
)
def test_keys_that_nobody_could_press_are_refused(
    section: ShortcutsSection, qtbot: QtBot, pressed: Qt.Key, held: tuple[str, ...], said: str
):
    record(section, "pause_feed", qtbot)
    key(section, qtbot, pressed, *held)
    assert section.strip is not None
    assert section.strip.accessibleName().startswith(said)
    assert list(section.strip.buttons) == ["other"]


def test_fixed_keys_are_not_recorded(section: ShortcutsSection, qtbot: QtBot):
    section.view.selectRow(section.table.row_of("copy"))
    qtbot.keyClick(section.view, Qt.Key.Key_Return)
    assert section.recorder is None


def test_keys_are_taken_away_and_reset_by_keyboard(
    window: MainWindow, section: ShortcutsSection, qtbot: QtBot
):
    section.view.selectRow(section.table.row_of("pause_feed"))
    qtbot.keyClick(section.view, Qt.Key.Key_Delete)
    assert window.shortcuts.keys("pause_feed") == ()
    qtbot.keyClick(section.view, Qt.Key.Key_Backspace)
    assert window.shortcuts.keys("pause_feed") == ("Ctrl+.",)


def test_resetting_into_taken_keys_asks(
    window: MainWindow, section: ShortcutsSection, qtbot: QtBot
):
    window.shortcuts.choose("pause_feed", "F9")
    window.shortcuts.choose("overview", "Ctrl+.")
    section.view.selectRow(section.table.row_of("pause_feed"))
    qtbot.keyClick(section.view, Qt.Key.Key_Backspace)
    assert section.strip is not None
    section.strip.buttons["take"].click()
    assert window.shortcuts.keys("pause_feed") == ("Ctrl+.",)
    assert window.shortcuts.keys("overview") == ()


def test_all_are_reset_and_brought_back(
    window: MainWindow, section: ShortcutsSection, page: SettingsPage
):
    window.shortcuts.choose("pause_feed", "F9")
    section.reset_button.click()
    assert window.shortcuts.keys("pause_feed") == ("Ctrl+.",)
    assert not section.reset_button.isEnabled()
    window.settings_pages._restore()  # - what the link of the toast does
    assert window.shortcuts.keys("pause_feed") == ("F9",)


def test_words_and_pressed_keys_and_areas_filter(section: ShortcutsSection, qtbot: QtBot):
    qtbot.keyClicks(section.filter, "pause")
    assert listed(section) == ["pause_feed", "pause_monitor"]
    section.filter.clear()
    section.by_keys.click()
    assert section.pressed.hasFocus()
    qtbot.keyClick(section.pressed, Qt.Key.Key_F5)
    assert listed(section) == ["start"]
    qtbot.keyClick(section.pressed, Qt.Key.Key_Escape)
    qtbot.keyClick(section.pressed, Qt.Key.Key_Escape)
    assert section.filter.hasFocus()
    section.area.setCurrentIndex(section.area.findData("sql_editor"))
    section.area.activated.emit(section.area.currentIndex())
    assert set(listed(section)) == {"suggest", "signature", "fix_problem", "rule_explain"}
    qtbot.keyClicks(section.filter, "nothing like it")
    assert section.empty.isVisible()
    section.empty.button.click()
    assert len(listed(section)) > 30


def test_shared_keys_do_what_they_do_where_the_focus_is(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
):
    path = write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a")
    with qtbot.waitSignal(window.live.factsChanged, timeout=20_000):
        window.session.open(path)
    window.shortcuts.choose("pause_feed", "Ctrl+Space")
    rule = next(iter(window.live.workspace.rules))
    window.go_to_document(f"rule:{rule}")
    page = window.rules.page
    assert page is not None
    page.focus_editor()
    qtbot.waitUntil(page.panel.editor.hasFocus)
    suggest = page.actions_by_name["complete"]
    with qtbot.waitSignal(suggest.triggered):
        qtbot.keyClick(page.panel.editor, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    assert not window.commands["pause_feed"].isChecked()
    page.panel.completer.close()
    window.navigator.view.setFocus()
    with qtbot.waitSignal(window.commands["pause_feed"].triggered):
        qtbot.keyClick(window.navigator.view, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    window.shortcuts.choose("suggest", "Ctrl+J")
    assert suggest.shortcut().toString() == "Ctrl+J", "of a page that is open, too"
