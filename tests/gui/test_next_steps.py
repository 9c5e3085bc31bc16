"""A new workspace leads to what it lacks: connectors, a rule, an action, and the start."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from core.workspace.load import load
from gui.engine_client import InProcessEngine
from gui.main_window import MainWindow
from gui.pages.overview import OverviewPage
from gui.recent import RecentFiles
from gui.theme import Theme
from gui.viewmodels.session import Session

from .conftest import Run


@pytest.fixture
def window(theme: Theme, run: Run, qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    """A window on a workspace that was made in it."""
    session = Session(InProcessEngine(), recent=RecentFiles())
    made = MainWindow(session, theme)
    qtbot.addWidget(made)
    made.resize(1280, 800)
    made.show()
    made.make_workspace(tmp_path / "lab.sluicegate.toml")
    qtbot.waitUntil(lambda: session.loaded is not None)
    yield made
    run(session.close(), 30)
    session.deleteLater()


def overview_of(window: MainWindow) -> OverviewPage:
    page = window.documents.page("overview")
    assert isinstance(page, OverviewPage)
    return page


def save(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.drafts.saved):
        window.commands["save"].trigger()


def follow_banner(window: MainWindow, qtbot: QtBot) -> None:
    link = window.documents.banner.link
    link.setFocus()
    qtbot.keyClick(link, Qt.Key.Key_Return)


def test_a_workspace_made_here_keeps_its_id_when_its_file_is_renamed(
    window: MainWindow, tmp_path: Path
):
    loaded = window.session.loaded
    assert loaded is not None
    assert re.fullmatch(r"[0-9a-f]{8}", str(loaded.data.get("id")))

    renamed = loaded.path.rename(tmp_path / "plant.sluicegate.toml")
    assert load(renamed).partial.id == loaded.partial.id
    window.make_workspace(tmp_path / "other.sluicegate.toml")
    assert load(tmp_path / "other.sluicegate.toml").partial.id != loaded.partial.id


def test_a_new_workspace_offers_a_connector_where_the_map_will_be(window: MainWindow, qtbot: QtBot):
    page = overview_of(window)
    qtbot.waitUntil(page.empty.isVisible)
    assert page.empty.sentence.accessibleName().startswith("No connectors yet.")
    page.empty.button.setFocus()
    qtbot.keyClick(page.empty.button, Qt.Key.Key_Return)

    assert window.documents.current == "connector:mqtt-1"


def test_each_thing_that_was_saved_leads_to_the_next(window: MainWindow, qtbot: QtBot):
    window.commands["new_mqtt"].trigger()
    save(window, qtbot)
    banner = window.documents.banner
    qtbot.waitUntil(banner.isVisible)
    assert banner.label.whole_text().startswith("mqtt-1 is saved. No Kafka connector yet.")
    follow_banner(window, qtbot)

    assert window.documents.current == "connector:kafka-1"
    save(window, qtbot)
    qtbot.waitUntil(lambda: banner.link.text() == "New rule")
    follow_banner(window, qtbot)

    assert window.documents.current == "rule:rule_1"
    window.drafts.set("rule:rule_1", ("sql",), 'SELECT payload FROM "a"')
    save(window, qtbot)
    qtbot.waitUntil(lambda: banner.link.text() == "Add an action")
    assert "sends them nowhere yet" in banner.label.whole_text()


def test_the_map_is_there_when_nothing_is_missing(window: MainWindow, qtbot: QtBot):
    page = overview_of(window)
    window.commands["new_mqtt"].trigger()
    save(window, qtbot)
    window.commands["new_kafka"].trigger()
    save(window, qtbot)
    window.commands["new_rule"].trigger()
    window.drafts.set("rule:rule_1", ("sql",), 'SELECT payload FROM "a"')
    save(window, qtbot)
    window.open_document("overview")

    qtbot.waitUntil(page.map.isVisible)
    assert not page.empty.isVisible()
