"""How large a record a topic takes, as long as its cluster is the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.bridge.metrics import ConnectorStats, Snapshot
from gui.viewmodels import topic_limits
from gui.viewmodels.live import Live
from gui.viewmodels.session import Session
from gui.viewmodels.topic_limits import TopicLimits
from tests.helpers.workspaces import write_workspace


def test_a_limit_stays_until_its_own_connector_is_another_one(
    idle: Session, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    answers = [1_000, 2_000, 3_000]
    monkeypatch.setattr(topic_limits, "_limit", lambda *_asked: answers.pop(0))
    path = write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a")
    live = Live(idle)
    limits = TopicLimits(live)
    with qtbot.waitSignal(live.workspaceChanged):
        idle.open(path)
    idle.engine._set_state("running")
    connected = {"laptop": ConnectorStats("connected", "")}
    idle.engine.snapshotTaken.emit(
        Snapshot(False, "running", 1.0, sources={}, rules={}, actions={}, connectors=connected)
    )

    def save(before: str, after: str) -> None:
        path.write_text(path.read_text("utf-8").replace(before, after), "utf-8")
        with qtbot.waitSignal(live.workspaceChanged):
            idle.read_again()

    with qtbot.waitSignal(limits.changed):
        assert limits.of("laptop", "a") == 0
    save("bench/#", "other/#")
    with qtbot.waitSignal(limits.changed):
        assert limits.of("laptop", "a") == 1_000
    assert limits.of("laptop", "a") == 2_000

    save('hosts = "127.0.0.1:1"', 'hosts = "127.0.0.1:2"')
    with qtbot.waitSignal(limits.changed):
        assert limits.of("laptop", "a") == 0
    assert limits.of("laptop", "a") == 3_000
