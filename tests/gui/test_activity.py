"""What is noted of connectors while a workspace is open; nothing is connected."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.bridge.events import StatusChanged
from core.bridge.metrics import ActionStats, FilterStats, Snapshot, SourceStats
from gui.engine_client import InProcessEngine
from gui.pages.connector_use import Activity as ActivityPart
from gui.recent import RecentFiles
from gui.theme import Theme
from gui.viewmodels.activity import Activity
from gui.viewmodels.connector import ConnectorViewModel
from gui.viewmodels.live import Live
from gui.viewmodels.session import Session
from tests.helpers.workspaces import write_workspace

from .conftest import Run

EMPTY = Snapshot(
    final=False, state="running", uptime_s=1.0, sources={}, rules={}, actions={}, connectors={}
)


class Told:
    """A session whose engine says what a test has it say."""

    def __init__(self, session: Session, engine: InProcessEngine) -> None:
        self.live = Live(session)
        self._engine = engine

    @property
    def activity(self) -> Activity:
        return self.live.activity

    def texts(self, name: str) -> list[str]:
        return [each.text for each in self.activity.of(name)]

    def state(self, state: Any) -> None:
        self._engine._set_state(state)

    def status(self, name: str, status: Any, reason: str = "") -> None:
        self._engine.eventReceived.emit(StatusChanged("connector", name, status, reason))

    def snapshot(self, **changes: Any) -> None:
        self._engine.snapshotTaken.emit(msgspec.structs.replace(EMPTY, **changes))


@pytest.fixture
def told(tmp_path: Path, run: Run, qtbot: QtBot) -> Iterator[Told]:
    path = write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a")
    engine = InProcessEngine()
    session = Session(engine, recent=RecentFiles())
    made = Told(session, engine)
    session.open(path)
    qtbot.waitUntil(lambda: "all" in made.live.facts)
    yield made
    run(session.close(), 30)
    session.deleteLater()
    engine.deleteLater()


def test_a_connection_that_comes_and_goes_is_told_with_its_reasons(told: Told):
    told.state("starting")
    for status, reason in (
        ("connecting", ""),
        ("connected", ""),
        ("disconnected", "the broker hung up. Next try in 4 s"),
        ("connecting", ""),
        ("disconnected", "Nothing answers"),
        ("connecting", ""),
        ("connected", ""),
    ):
        told.status("plant", status, reason)

    assert told.texts("plant")[::-1] == [
        "Connecting.",
        "Connected.",
        "Not connected. The broker hung up. Next try in 4 s.",
        "Connecting again, attempt 1.",
        "Not connected. Nothing answers.",
        "Connecting again, attempt 2.",
        "Connected again after 1 s.",
    ]
    up_s = told.activity.up_s("plant")
    assert up_s is not None
    error = told.activity.last_error("plant")
    assert error is not None
    assert error.text == "Not connected. Nothing answers."


def test_a_cluster_that_refuses_to_sign_us_in_is_told(told: Told):
    told.state("starting")
    told.status("laptop", "connecting")
    told.status("laptop", "failed", "The broker refused user svc")

    assert told.texts("laptop")[0] == "Failed. The broker refused user svc."
    assert told.activity.up_s("laptop") is None


def test_what_is_granted_and_which_topic_is_missing_is_told_once(told: Told):
    told.state("starting")
    source = SourceStats("connected", "", filters={"bench/#": FilterStats(1, 0)})
    action = ActionStats("disconnected", "Topic a does not exist on this cluster")
    for _ in range(2):
        told.snapshot(sources={"plant": source}, actions={"to_kafka": action})

    assert told.texts("plant") == ["Subscribed bench/#, QoS 1 granted."]
    assert told.texts("laptop") == ["Action to_kafka: Topic a does not exist on this cluster."]


def test_only_the_last_two_hundred_are_kept_and_stopping_ends_the_connection(told: Told):
    told.state("starting")
    told.status("plant", "connected")
    for number in range(250):
        told.status("plant", "degraded", f"Reason {number}")
    assert len(told.texts("plant")) == 200
    told.state("stopped")
    assert told.texts("plant")[0] == "Stopped."
    assert told.activity.up_s("plant") is None


def test_the_page_has_the_newest_on_top_and_copies_all(told: Told, theme: Theme, qtbot: QtBot):
    part = ActivityPart(ConnectorViewModel(told.live, "plant"))
    qtbot.addWidget(part)
    part.show()
    assert part.nothing.isVisible()
    told.state("starting")
    told.status("plant", "connecting")
    told.status("plant", "connected")

    assert part.nothing.isHidden()
    assert [line[10:] for line in part.lines] == ["Connected.", "Connecting."]
    part.copy_button.click()
    assert QApplication.clipboard().text() == "\n".join(part.lines)
