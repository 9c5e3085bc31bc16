"""Settings: typed and checked, kept in a file that others may write into, never in the way."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QMainWindow
from pytestqt.qtbot import QtBot

from core.cli.window import window_options
from gui.app import App
from gui.engine_client import InProcessEngine
from gui.main_window import MainWindow
from gui.recent import RecentFiles
from gui.shell.follow_settings import FollowSettings, zoomed
from gui.shell.layout_store import LayoutStore
from gui.theme import Look, Theme
from gui.viewmodels.draft_entries import decode
from gui.viewmodels.session import Session
from gui.viewmodels.settings import Settings, SettingsStore
from tests.gui.conftest import Run


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.toml"


@pytest.fixture
def store(file: Path, qapp: QApplication) -> SettingsStore:
    return SettingsStore(file, qapp)


def test_without_a_file_everything_is_at_its_default(store: SettingsStore, file: Path):
    assert store.values == Settings()
    assert store.problems == ()
    assert not file.exists()


def test_what_is_chosen_is_there_the_next_time(store: SettingsStore, file: Path, qtbot: QtBot):
    with qtbot.waitSignal(store.changed):
        store.put("appearance", "density", "compact")
    store.put("feeds", "feed_rows", 1_000)
    store.put_shortcuts({"start": ("F9",), "stop": ()})
    again = SettingsStore(file)
    assert again.values == store.values
    assert again.values.appearance.density == "compact"
    assert again.values.shortcuts == {"start": ("F9",), "stop": ()}
    assert again.problems == ()


def test_the_same_value_again_is_no_change(store: SettingsStore, file: Path, qtbot: QtBot):
    with qtbot.assertNotEmitted(store.changed):
        store.put("appearance", "density", "comfortable")
    assert not file.exists()


@pytest.mark.parametrize(
    ("section", "name", "value"),
    [
        ("appearance", "theme", "pink"),
        ("appearance", "text_percent", 500),
        ("feeds", "feed_rows", "many"),
        ("editor", "suggest_while_typing", "yes"),
    ],
)
def test_what_cannot_be_chosen_is_refused(store: SettingsStore, section, name, value):
    with pytest.raises(ValueError, match=r"Expected|Invalid"):
        store.put(section, name, value)
    assert store.values == Settings()


def test_unknown_keys_and_comments_stay(file: Path):
    file.parent.mkdir()
    file.write_text(
        '# mine\nversion = 1\n[appearance]\ntheme = "dark" # at night\nglow = 7\n[later]\nx = 1\n'
    )
    store = SettingsStore(file)
    assert store.values.appearance.theme == "dark"
    store.put("appearance", "theme", "light")
    text = file.read_text()
    assert "# mine" in text
    assert 'theme = "light" # at night' in text
    assert "glow = 7" in text
    assert "[later]" in text


def test_one_wrong_value_leaves_the_others(file: Path):
    file.parent.mkdir()
    file.write_text('[appearance]\ntheme = "pink"\ndensity = "compact"\n[shortcuts]\nstart = 5\n')
    store = SettingsStore(file)
    assert store.values.appearance.density == "compact"
    assert store.values.appearance.theme == "system"
    assert store.values.shortcuts == {}
    wrong, shortcuts = store.problems
    assert "appearance.theme" in wrong
    assert "shortcuts" in shortcuts


@pytest.mark.parametrize(
    "data", [b"[appearance", b"\xff\xfe", b"version = 99\n"], ids=["no TOML", "no text", "newer"]
)
def test_a_damaged_file_is_said_and_put_aside_when_it_is_written(file: Path, data: bytes):
    file.parent.mkdir()
    file.write_bytes(data)
    store = SettingsStore(file)
    assert store.values == Settings()
    assert len(store.problems) == 1
    assert "settings.toml" in store.problems[0]
    assert file.read_bytes() == data
    store.put("general", "start_bridge", True)
    assert file.with_name("settings.toml.damaged").read_bytes() == data
    assert SettingsStore(file).values.general.start_bridge


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (
            b"version = 1\n# \xff",
            "settings.toml is no text in UTF-8 (byte 14). Save it as UTF-8.",
        ),
        (
            b"version = 1\n[appearance\n",
            "settings.toml cannot be read: the file is not TOML at line 2, column 12: "
            "Expected ']' at the end of a table declaration.",
        ),
        (
            b"x = " + b"[" * 5_000,
            "settings.toml cannot be read: the file is nested too deeply to be read.",
        ),
    ],
    ids=["no text", "no TOML", "too deep"],
)
def test_what_is_wrong_with_a_file_is_said_in_words(file: Path, data: bytes, said: str):
    file.parent.mkdir()
    file.write_bytes(data)

    assert SettingsStore(file).problems == (said,)


def test_a_file_that_is_damaged_while_the_window_is_open_is_put_aside(
    store: SettingsStore, file: Path
):
    store.put("general", "start_bridge", True)
    file.write_bytes(b"\xff\xfe")
    store.put("appearance", "theme", "dark")

    assert file.with_name("settings.toml.damaged").read_bytes() == b"\xff\xfe"
    assert SettingsStore(file).values == store.values


@pytest.mark.parametrize("data", [b'["\xff"]', b"[" * 50_000], ids=["no text", "too deep"])
def test_damaged_lists_and_layouts_and_drafts_are_as_if_they_were_not_there(
    tmp_path: Path, data: bytes
):
    file = tmp_path / "damaged.json"
    file.write_bytes(data)

    assert RecentFiles(file).paths == []
    assert LayoutStore(file).filters == {}
    assert decode(data) is None


def test_a_folder_that_cannot_be_written_to_is_said_and_the_choice_holds(
    tmp_path: Path, qapp: QApplication, qtbot: QtBot
):
    (tmp_path / "config").write_text("no folder")
    store = SettingsStore(tmp_path / "config" / "settings.toml", qapp)
    with qtbot.waitSignals([store.failed, store.changed]):
        store.put("appearance", "theme", "dark")
    assert store.values.appearance.theme == "dark"


def test_nothing_but_whole_files_is_left_behind(store: SettingsStore, file: Path):
    for rows in (200, 300, 400):
        store.put("feeds", "tail_rows", rows)
    assert [each.name for each in file.parent.iterdir()] == ["settings.toml"]


@pytest.fixture
def window(theme: Theme, qtbot: QtBot) -> QMainWindow:
    made = QMainWindow()
    qtbot.addWidget(made)
    return made


def test_the_look_follows(store: SettingsStore, theme: Theme, window: QMainWindow):
    follower = FollowSettings(store, theme, window)
    store.put("appearance", "theme", "dark")
    store.put("appearance", "density", "compact")
    store.put("appearance", "text_percent", 120)
    store.put("editor", "code_px", 15)
    store.put("editor", "zoom_percent", 150)
    assert theme.scheme == "dark"
    assert theme.look == Look("compact", "bundled", 120, 15, 150)
    follower.deleteLater()
    theme.set_look(Look())


def test_a_scheme_named_at_the_start_holds_until_another_is_chosen(
    store: SettingsStore, theme: Theme, window: QMainWindow
):
    store.put("appearance", "theme", "dark")
    follower = FollowSettings(store, theme, window)  # the fixture has named light
    assert theme.scheme == "light"
    store.put("editor", "code_px", 15)
    assert theme.scheme == "light"
    store.put("appearance", "theme", "system")
    assert theme.preference == "system"
    follower.deleteLater()
    theme.set_look(Look())


def test_zoom_goes_in_steps_and_stays_within_them():
    assert zoomed(100, 1) == 110
    assert zoomed(100, -1) == 90
    assert zoomed(101, -1) == 100
    assert zoomed(300, 1) == 300
    assert zoomed(50, -1) == 50
    assert zoomed(250, 0) == 100


@pytest.mark.timeout(60)  # an engine
def test_the_bridge_starts_with_a_workspace_where_that_is_chosen(
    workspace: Path, run: Run, qtbot: QtBot
):
    engine = InProcessEngine()
    session = Session(engine)
    session.settings.put("general", "start_bridge", True)
    session.open(workspace)
    qtbot.waitUntil(lambda: session.state == "running", timeout=30_000)
    run(session.close(), 30)
    session.deleteLater()
    engine.deleteLater()


@pytest.mark.parametrize("at_start", ["welcome", "last"])
@pytest.mark.timeout(60)
def test_the_last_workspace_opens_where_that_is_chosen(
    at_start: str, workspace: Path, qapp: QApplication, run: Run, qtbot: QtBot
):
    RecentFiles().add(workspace)
    SettingsStore().put("general", "open_at_start", at_start)
    app = App(qapp, window_options(["--engine", "in-process"]), str)
    assert isinstance(app.window, MainWindow)
    if at_start == "last":
        qtbot.waitUntil(lambda: app.session.path == workspace, timeout=30_000)
    else:
        assert app.session.busy == ""
        assert app.window.welcome.isVisible()
    app.lateness.stop()
    with qtbot.waitSignal(app.closing.finished, timeout=30_000):
        app.window.close()
    app.window.deleteLater()
    app.session.deleteLater()  # with what waits in it to be loaded
