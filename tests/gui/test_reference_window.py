"""The reference scenario by window: started, published from its dock, seen in its tail.

On real Mosquitto and real Apache Kafka, with each kind of engine.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.bridge.invariants import imbalances
from core.bridge.metrics import Snapshot
from gui.docks.publish import ResultLine
from gui.main_window import MainWindow
from gui.theme import Theme
from gui.viewmodels.live_rows import ROW_ROLE
from gui.viewmodels.session import Session
from gui.viewmodels.tail_row import TailRow
from gui.widgets.buttons import LinkButton
from tests.helpers.kafka import Kafka
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.workspaces import readme_workspace

from .conftest import Run

pytestmark = [pytest.mark.broker, pytest.mark.timeout(120)]  # Apache Kafka takes its time to start

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def window(session: Session, theme: Theme, qtbot: QtBot, run: Run) -> Iterator[MainWindow]:
    made = MainWindow(session, theme)
    with qtbot.waitActive(made):
        made.show()
    yield made
    run(session.close(), 30)
    made.close()
    made.deleteLater()


@pytest.fixture
def topic(kafka: Kafka) -> str:
    return kafka.topic()


@pytest.fixture
def workspace(tmp_path: Path, mosquitto: Mosquitto, kafka: Kafka, topic: str) -> Path:
    """The README's workspace on this test's brokers."""
    text = readme_workspace()
    for old, new in (
        ("mqtt://127.0.0.1:1883", mosquitto.url),
        ("127.0.0.1:9092", kafka.bootstrap),
        ('topic = "emqx"', f'topic = "{topic}"'),
    ):
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "plant.sluicegate.toml"
    path.write_text(text)
    return path


def link_of(line: ResultLine) -> LinkButton | None:
    return next((link for link in line.findChildren(LinkButton) if link.isVisible()), None)


def test_a_message_published_by_keyboard_is_seen_as_a_record(
    window: MainWindow,
    session: Session,
    workspace: Path,
    topic: str,
    kafka: Kafka,
    qtbot: QtBot,
):
    session.open(workspace)
    qtbot.waitUntil(lambda: window.tail.model.state.status == "connected", timeout=20_000)
    qtbot.keyClick(window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: session.state == "running", timeout=20_000)

    qtbot.keyClick(window, Qt.Key.Key_P, CONTROL)
    form = window.publish.mqtt
    assert form.draft().topic == "temp_hum/emqx", "a topic that the rule listens to"
    payload = QApplication.focusWidget()
    assert payload is form.payload.edit
    qtbot.keyClick(payload, Qt.Key.Key_A, CONTROL)
    qtbot.keyClicks(payload, '{"temp": "27.5", "hum": "41.8"}')
    qtbot.keyClick(payload, Qt.Key.Key_Return, CONTROL)
    line = window.publish.result
    qtbot.waitUntil(lambda: link_of(line) is not None)

    link = link_of(line)
    assert link is not None
    assert line.text.startswith("PUBACK ")
    assert "temp_hum passed" in line.text
    assert f"{topic} p0 #0, " in line.text
    link.click()
    table = window.tail.table
    qtbot.waitUntil(lambda: table.currentIndex().isValid())
    row = table.currentIndex().data(ROW_ROLE)
    assert isinstance(row, TailRow)
    assert (row.record.partition, row.record.offset) == (0, 0)
    assert (row.key, row.value) == ("c_emqx", '{"temp": 27.5, "hum": 41.8}')

    [record] = kafka.read(topic, 1)
    assert (record.key(), record.value()) == (b"c_emqx", b'{"temp": 27.5, "hum": 41.8}')
    qtbot.keyClick(window, Qt.Key.Key_F5, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: session.state == "stopped", timeout=20_000)
    final = session.snapshot
    assert isinstance(final, Snapshot)
    assert imbalances(final) == []
    assert final.rules["temp_hum"].passed == final.actions["to_emqx"].success == 1
