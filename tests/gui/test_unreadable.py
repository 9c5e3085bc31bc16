"""What the window says in every place that lists parts, while the file cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from gui.pages.connector import ConnectorPage
from gui.pages.overview import OverviewPage
from gui.pages.simulator import SimulatorPage
from gui.shell.goals import page_goals
from gui.viewmodels.unreadable import unreadable
from tests.helpers.workspaces import write_workspace

HEADLINE = "The file cannot be read: see line 8."


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a")
    made.write_text(whole(made).replace("[connectors.kafka.laptop]", "[connectors.kafka.laptop"))
    assert "[connectors.kafka.laptop\n" in made.read_text()
    return made


def whole(path: Path) -> str:
    """Give the text of the file as it should be."""
    text = path.read_text()
    return text.replace("[connectors.kafka.laptop\n", "[connectors.kafka.laptop]\n")


@pytest.fixture
def broken(window: MainWindow, qtbot: QtBot, path: Path) -> MainWindow:
    """A window with a file that is broken in line 8."""
    with qtbot.waitSignal(window.live.factsChanged, timeout=20_000):
        window.session.open(path)
    return window


def test_the_navigator_and_the_overview_say_where_and_offer_the_file(
    broken: MainWindow, path: Path, monkeypatch: pytest.MonkeyPatch
):
    edited: list[str] = []

    def open_url(url: QUrl) -> bool:
        edited.append(url.toLocalFile())
        return True

    monkeypatch.setattr("gui.main_window.QDesktopServices.openUrl", open_url)
    navigator, page = broken.navigator, broken.documents.page("overview")
    assert isinstance(page, OverviewPage)

    assert navigator.trouble.isVisible()
    assert (
        navigator.trouble_text.whole_text() == f"{HEADLINE} Correct that line and reload the file."
    )
    assert page.sentence.label.whole_text() == "The workspace file cannot be read."
    assert page.empty.isVisible()
    assert page.empty.sentence.accessibleName() == HEADLINE
    assert page.empty.hint.accessibleName().startswith(
        "The file is not TOML at line 8, column 25: "
    )
    navigator.edit_link.click()
    page.empty.button.click()
    assert edited == [str(path), str(path)]


def test_the_palette_leads_to_the_problem(broken: MainWindow):
    first = page_goals(broken)[0]
    assert first.name == HEADLINE

    broken.bottom.show_page("feed")
    first.go()
    assert broken.bottom.tabs.current_key == "problems"


def test_feed_tail_and_its_topics_do_not_look_like_an_empty_workspace(
    broken: MainWindow, qtbot: QtBot
):
    tail = broken.tail
    empty = tail.tails.tabs[0].empty()
    assert empty is not None
    assert empty.sentence == HEADLINE
    tail.show_topics()
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert menu.actions()[-1].text() == HEADLINE
    menu.close()


def test_choices_of_a_connector_say_that_it_is_not_known(broken: MainWindow, qtbot: QtBot):
    broken.bottom_pages.show_publish()
    page = broken.publish
    for form in (page.mqtt, page.kafka):
        assert form.connector.placeholderText() == "not known"
        form.topic.setText("a")
    page.mqtt.send()
    assert page.mqtt.connector.accessibleDescription().startswith(HEADLINE)

    broken.commands["new_simulator"].trigger()
    simulator = broken.documents.shown_page
    assert isinstance(simulator, SimulatorPage)
    assert simulator.simulator.form.problem(("connector",)).startswith(HEADLINE)


def test_a_connection_test_says_why_it_cannot_be_made(broken: MainWindow, qtbot: QtBot):
    broken.commands["new_mqtt"].trigger()
    page = broken.documents.shown_page
    assert isinstance(page, ConnectorPage)
    page.test_connection()
    qtbot.waitUntil(lambda: page.test.phase == "failed")

    assert page.test.verdict == f"{HEADLINE} Correct that line and reload the file."


def test_all_of_it_goes_when_the_file_can_be_read(broken: MainWindow, qtbot: QtBot, path: Path):
    path.write_text(whole(path))
    broken.session.read_again()
    qtbot.waitUntil(lambda: bool(broken.live.workspace.rules))

    assert unreadable(broken.live) is None
    assert not broken.navigator.trouble.isVisible()
    assert broken.publish.mqtt.connector.currentText() == "plant"
    page = broken.documents.page("overview")
    assert isinstance(page, OverviewPage)
    assert not page.empty.isVisible()


def test_an_empty_file_has_its_way_out_without_a_line(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
):
    path = tmp_path / "empty.toml"
    path.write_text("")
    with qtbot.waitSignal(window.live.factsChanged, timeout=20_000):
        window.session.open(path)

    found = unreadable(window.live)
    assert found is not None
    assert found.headline == "The file cannot be read."
    assert found.cause == "The file does not name its format version."
    assert found.way_out == "Write sluicegate = 1 as its first line."
