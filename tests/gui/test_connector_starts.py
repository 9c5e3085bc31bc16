"""What begins at a connector: from a known service, a rule on it, a topic that is missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.kafka.presets import PRESETS
from gui.engine_client import InProcessEngine
from gui.main_window import MainWindow
from gui.pages.connector import ConnectorPage
from gui.recent import RecentFiles
from gui.theme import Theme
from gui.viewmodels.session import Session
from gui.widgets.buttons import SecondaryButton
from gui.widgets.topic_popup import TopicPopup
from tests.helpers.kafka import Kafka
from tests.helpers.workspaces import write_workspace

from .conftest import Run


@pytest.fixture
def window(theme: Theme, run: Run, qtbot: QtBot) -> Iterator[MainWindow]:
    session = Session(InProcessEngine(), recent=RecentFiles())
    made = MainWindow(session, theme)
    made.resize(1280, 800)
    made.show()
    yield made
    run(session.close(), 30)
    made.close()
    made.deleteLater()
    session.deleteLater()


def opened(window: MainWindow, qtbot: QtBot, folder: Path, kafka: str, topic: str) -> None:
    path = write_workspace(folder, mqtt="mqtt://127.0.0.1:1", kafka=kafka, topic=topic)
    with qtbot.waitSignal(window.session.workspaceChanged, timeout=20_000):
        window.session.open(path)


@pytest.mark.parametrize("preset", PRESETS, ids=[preset.id for preset in PRESETS])
def test_known_service_fills_the_form_and_says_what_is_left(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, preset: object
):
    opened(window, qtbot, tmp_path, "127.0.0.1:1", "t")
    chosen = next(each for each in PRESETS if each is preset)
    window.objects.new_from_preset(chosen)
    page = window.documents.page("connector:kafka-1")
    assert isinstance(page, ConnectorPage)
    for path, value in chosen.fixed.items():
        assert page.form.read(path) == value
    assert page.banner.isVisible()
    assert chosen.title in page.banner.label.whole_text()
    hosts = page.form.read(("bootstrap_hosts",))
    is_here = hosts is None or hosts == "sandbox" or "127.0.0.1" in hosts
    assert is_here, "nobody's own address is made up"


def test_rule_begun_at_a_connector_listens_to_it(window: MainWindow, qtbot: QtBot, tmp_path: Path):
    opened(window, qtbot, tmp_path, "127.0.0.1:1", "t")
    window.open_document("connector:plant")
    page = window.documents.page("connector:plant")
    assert isinstance(page, ConnectorPage)
    page.used_by.rule_button.click()
    assert window.documents.current == "rule:rule_1"
    assert window.drafts.value("rule:rule_1", ("source",)) == "plant"
    window.open_document("connector:laptop")
    kafka = window.documents.page("connector:laptop")
    assert isinstance(kafka, ConnectorPage)
    assert kafka.used_by.rule_button.isHidden()


@pytest.mark.broker
@pytest.mark.timeout(60)
def test_missing_topic_is_made_where_the_test_misses_it(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, kafka: Kafka
):
    topic = f"new-{tmp_path.name}"
    opened(window, qtbot, tmp_path, kafka.bootstrap, topic)
    window.open_document("connector:laptop")
    page = window.documents.page("connector:laptop")
    assert isinstance(page, ConnectorPage)
    page.test_connection()
    qtbot.waitUntil(lambda: page.test.phase == "failed", timeout=20_000)
    buttons = page.findChildren(SecondaryButton)
    create = next(button for button in buttons if button.text() == "Create topic")
    create.click()
    popup = QApplication.activePopupWidget()
    assert isinstance(popup, TopicPopup)
    popup.partitions.setText("0")
    assert not popup.button.isEnabled()
    popup.partitions.setText("3")
    qtbot.keyClick(popup.partitions, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.test.phase == "passed", timeout=20_000)
    assert any(f"{topic} has 3 partitions, replication 1" in row.found for row in page.test.rows)
