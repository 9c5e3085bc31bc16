"""Brokers that are out of reach when the bridge is started: the window says so, and why."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.bridge.engine import Engine
from core.bridge.metrics import ActionStats, Snapshot, SourceStats
from core.workspace.model import Workspace
from gui.engine_client import InProcessEngine
from gui.recent import RecentFiles
from gui.viewmodels.health import away, health
from gui.viewmodels.in_flight import left_behind
from gui.viewmodels.live import Live
from gui.viewmodels.problems import ProblemsModel
from gui.viewmodels.session import Session
from tests.helpers.engine import run_publish
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.workspaces import write_workspace

from .conftest import Run

TWO_BROKERS = """sluicegate = 1
id = "0a1b2c3d"
[connectors.mqtt.plant]
server = "{plant}"
[connectors.mqtt.away]
server = "mqtt://127.0.0.1:1"
[rules.near]
source = "plant"
sql = 'SELECT * FROM "devices"'
[rules.far]
source = "away"
sql = 'SELECT * FROM "devices"'
[simulators.sensors]
connector = "plant"
topic = "devices"
every = "50ms"
autostart = true
"""


@pytest.fixture
def live(run: Run) -> Iterator[Live]:
    session = Session(InProcessEngine(), recent=RecentFiles())
    yield Live(session, session)
    run(session.close(), 30)
    session.deleteLater()


@pytest.mark.expect_warnings  # the engine warns of what it cannot reach
@pytest.mark.timeout(60)  # an engine is started, and drains
def test_an_engine_that_waits_for_its_broker_says_so(live: Live, tmp_path: Path, qtbot: QtBot):
    session = live.session
    problems = ProblemsModel(live)
    path = write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a")
    session.open(path)
    session.start()
    qtbot.waitUntil(lambda: "refused" in live.connector_state("plant").reason)

    assert session.state == "starting"
    assert live.connector_state("plant").status in ("disconnected", "connecting")
    assert live.rule_state("all").status in ("disconnected", "connecting")
    qtbot.waitUntil(lambda: set(away(live)) == {"plant", "laptop"})
    said = health(live)
    assert said.target == "problems"
    assert "plant and 1 more are not connected" in said.text
    assert "127.0.0.1:1" in said.text
    qtbot.waitUntil(lambda: problems.rowCount() > 0)

    session.stop()
    qtbot.waitUntil(lambda: session.state == "stopped", timeout=20_000)
    assert live.connector_state("plant").status == "stopped"


@pytest.mark.expect_warnings  # the engine warns of what it cannot reach
@pytest.mark.timeout(60)  # an engine is started, and drains
def test_records_that_a_stop_leaves_are_told_with_what_becomes_of_them(
    live: Live,
    tmp_path: Path,
    qtbot: QtBot,
    mosquitto: Mosquitto,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(Engine.stop, "__defaults__", (0.2,))  # drains no longer
    session = live.session
    told: list[tuple[str, str]] = []
    lines: list[str] = []
    session.failed.connect(lambda *words: told.append(words))
    session.logLine.connect(lines.append)
    path = write_workspace(tmp_path, mqtt=mosquitto.url, kafka="127.0.0.1:1", topic="a")
    session.open(path)
    session.start()
    qtbot.waitUntil(lambda: session.state == "running", timeout=20_000)
    for qos, repeat in (("0", "3"), ("1", "2")):
        run_publish(str(path), "plant", "bench/a", "x", "--qos", qos, "--repeat", repeat)

    def received() -> int:
        snapshot = session.snapshot
        return snapshot.sources["plant"].received if snapshot is not None else 0

    qtbot.waitUntil(lambda: received() == 5)
    session.stop()
    qtbot.waitUntil(lambda: session.state == "stopped" and bool(told), timeout=20_000)

    assert told == [
        (
            "5 records were not delivered when the bridge stopped.",
            "2 messages of QoS 1 or 2 come again from the broker with the next start. "
            "What waited in memory alone, as of QoS 0, is lost.",
        )
    ]
    assert " ".join(told[0]) in lines


def test_a_record_that_is_kept_nowhere_is_lost():
    def said(inflight: int, unacked: int, *, forgets: bool = False) -> tuple[str, str]:
        snapshot = Snapshot(
            final=True,
            state="stopped",
            uptime_s=1.0,
            sources={"plant": SourceStats("stopped", "", unacked=unacked)},
            rules={},
            actions={"to_kafka": ActionStats("stopped", "", matched=inflight, inflight=inflight)},
            connectors={},
        )
        return left_behind(snapshot, Workspace(), forgets_sessions=forgets)

    assert said(0, 0) == ("", "")
    assert said(1, 0) == ("1 record was not delivered when the bridge stopped.", "It is lost.")
    assert said(2, 2, forgets=True)[1] == "They are lost."
    assert "lost" not in said(2, 2)[1], "all of it comes again"


@pytest.mark.expect_warnings  # the engine warns of what it cannot reach
@pytest.mark.timeout(60)  # an engine is started
def test_a_simulator_does_not_wait_for_a_broker_that_is_not_its_own(
    live: Live, tmp_path: Path, qtbot: QtBot, mosquitto: Mosquitto
):
    session = live.session
    path = tmp_path / "two.sluicegate.toml"
    text = TWO_BROKERS.format(plant=mosquitto.url)
    path.write_text(text, "utf-8")
    session.open(path)
    session.start()
    qtbot.waitUntil(lambda: live.simulator_state("sensors").status == "running", timeout=20_000)
    assert session.state == "starting"
    assert "refused" in live.connector_state("away").reason
    qtbot.waitUntil(lambda: session.snapshot and session.snapshot.rules["near"].passed > 0)
