"""The window by keyboard alone, and on files that cannot run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.engine_client import ClientState, InProcessEngine
from gui.main_window import MainWindow
from gui.recent import RecentFiles
from gui.theme import Theme
from gui.viewmodels.session import Session
from gui.widgets.menu_bar import MenuBar
from tests.helpers.workspaces import write_workspace

from .conftest import Run


@pytest.fixture
def window(theme: Theme, run: Run, qtbot: QtBot) -> Iterator[MainWindow]:
    session = Session(InProcessEngine(), recent=RecentFiles())
    made = MainWindow(session, theme)
    qtbot.addWidget(made)
    made.resize(1280, 800)
    made.show()
    yield made
    run(session.close(), 30)
    session.deleteLater()


def open_file(window: MainWindow, qtbot: QtBot, path: Path) -> None:
    with qtbot.waitSignal(window.live.factsChanged, timeout=20_000):
        window.session.open(path)


def test_going_to_a_page_takes_the_keyboard_there(window: MainWindow, qtbot: QtBot, tmp_path: Path):
    path = write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a")
    open_file(window, qtbot, path)
    window.bottom_pages.show_publish()
    payload = QApplication.focusWidget()
    assert payload is not None
    assert window.publish.isAncestorOf(payload)
    window.go_to_anything()
    palette = window.palette_window
    qtbot.keyClicks(palette.field, "plant")
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)

    assert window.documents.current == "connector:plant"
    focused = QApplication.focusWidget()
    assert focused is not None
    assert window.documents.page("connector:plant").isAncestorOf(focused)


def test_a_tab_with_the_keyboard_can_be_read(window: MainWindow, qtbot: QtBot, tmp_path: Path):
    path = write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a")
    open_file(window, qtbot, path)
    tabs = window.documents.tabs
    tabs.setFocus()
    qtbot.waitUntil(tabs.hasFocus)
    image = tabs.grab(tabs.tabRect(0)).toImage()
    columns, rows = range(8, image.width() - 8), range(8, image.height() - 8)
    colours = {image.pixel(x, y) for x in columns for y in rows}

    assert len(colours) > 10  # letters and icon on their ground, with soft edges


def test_letters_of_menus_are_marked_while_alt_is_held(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
):
    path = write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a")
    open_file(window, qtbot, path)
    bar = window.menuBar()
    assert isinstance(bar, MenuBar)
    quiet = bar.grab().toImage()
    qtbot.keyPress(window, Qt.Key.Key_Alt, Qt.KeyboardModifier.AltModifier)

    assert bar.marks_letters
    assert bar.grab().toImage() != quiet
    qtbot.keyRelease(window, Qt.Key.Key_Alt)
    qtbot.keyClick(bar, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not bar.marks_letters)
    assert bar.grab().toImage() == quiet


def test_a_tab_is_closed_by_its_cross_and_by_a_key(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
):
    path = write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a")
    open_file(window, qtbot, path)
    documents, tabs = window.documents, window.documents.tabs
    for key in ("rule:all", "connector:plant", "connector:laptop"):
        window.open_document(key)
    qtbot.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.close_rect("rule:all").center())

    assert documents.keys == ["overview", "connector:plant", "connector:laptop"]
    assert documents.current == "connector:laptop", "a tab beside the current one was closed"
    qtbot.keyClick(tabs, Qt.Key.Key_Delete)
    assert documents.keys == ["overview", "connector:plant"]
    documents.tabs.choose("overview")
    qtbot.keyClick(tabs, Qt.Key.Key_Delete)
    assert documents.keys == ["overview", "connector:plant"], "the overview stays"


def test_a_rule_is_tested_from_every_page(window: MainWindow, qtbot: QtBot, tmp_path: Path):
    path = write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a")
    open_file(window, qtbot, path)
    window.open_document("connector:plant")
    window.commands["test_rule"].trigger()

    assert window.documents.current == "rule:all"


@pytest.mark.parametrize("text", ['sluicegate = 1\nid = "x\n[rules', ""])
def test_a_file_that_cannot_be_read_is_shown_with_all_regions(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, text: str
):
    path = tmp_path / "broken.toml"
    path.write_text(text)
    open_file(window, qtbot, path)

    assert window.navigator.isVisible()
    assert window.bottom.isVisible()
    assert window.tail.isVisible()


def test_the_banner_says_a_problem_in_whole_sentences(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
):
    path = write_workspace(tmp_path, mqtt="mqt://127.0.0.1:1", kafka="127.0.0.1", topic="a")
    open_file(window, qtbot, path)

    first, rest = window.documents.banner.label.whole_text().split(". ", 1)
    assert first.startswith("Line ")
    assert rest[0].isupper()
    assert rest.endswith('or "sandbox".')


def test_a_file_that_went_away_is_said_in_whole_sentences(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
):
    path = write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a")
    open_file(window, qtbot, path)
    path.unlink()
    with qtbot.waitSignal(window.session.failed):
        window.session.start()

    said = window.documents.banner.label.whole_text()
    assert said == f"There is no file {path}. Check the name and the folder."


def test_a_restart_of_the_engine_is_said_until_the_next_start(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
):
    path = write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a")
    open_file(window, qtbot, path)
    session, banner = window.session, window.documents.banner
    states: list[ClientState] = ["running", "died", "starting", "running"]
    for state in states:
        session.engine._set_state(state)
        if state == "died":
            session.engineDied.emit("Segmentation fault", True)

    assert banner.isVisible()
    assert "was started again" in banner.label.whole_text()
    assert "Segmentation fault" in banner.label.whole_text()
    session.engine._set_state("stopped")
    session.engine._set_state("running")
    assert not banner.isVisible()


def names_by_tab(qtbot: QtBot, count: int) -> list[str]:
    """Press Tab so many times; returns what a screen reader calls each stop."""
    names: list[str] = []
    for _ in range(count):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)  # type: ignore[arg-type]
        names.append(getattr(QApplication.focusWidget(), "accessibleName", str)())
    return names


def test_tab_goes_on_behind_hosts_that_were_typed(window: MainWindow, qtbot: QtBot, tmp_path: Path):
    path = write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a")
    open_file(window, qtbot, path)
    window.commands["new_kafka"].trigger()
    page: Any = window.documents.page(window.documents.current)
    hosts = page.fields.editor("bootstrap_hosts")
    hosts.setFocus()
    qtbot.waitUntil(hosts.line.hasFocus)
    qtbot.keyClicks(hosts.line, "a:9092,b:9092,")
    assert len(hosts.chips) >= 2

    assert names_by_tab(qtbot, 2) == ["Authentication", "TLS, off"]
    hosts.line.setFocus()
    qtbot.keyClick(hosts.line, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert hosts.chips[-1].hasFocus()


def test_tab_goes_from_the_options_of_a_simulator_on_to_its_payload(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
):
    path = write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a")
    open_file(window, qtbot, path)
    window.commands["new_simulator"].trigger()
    page: Any = window.documents.page(window.documents.current)
    page.options.devices.setFocus()
    qtbot.waitUntil(page.options.devices.hasFocus)

    names = names_by_tab(qtbot, 8)

    assert names[:4] == ["Schedule", "Interval", "Jitter", "Stop"]
    assert names[-2:] == ["Format of the payload: JSON", "Payload template"]
