"""Records that are sent to a cluster."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from core.kafka.tail import Start, Tail
from gui.viewmodels.drafts import KafkaDraft
from gui.viewmodels.publish import PublishViewModel
from gui.viewmodels.session import Session
from tests.gui.conftest import Run
from tests.helpers.workspaces import write_workspace

from .conftest import answer, open_file


@pytest.mark.timeout(40)  # starts embedded brokers
def test_a_record_reaches_the_embedded_kafka(
    session: Session, publish: PublishViewModel, qtbot: QtBot, workspace: Path, run: Run
):
    open_file(session, qtbot, workspace)
    topic = f"record-{workspace.parent.name}"
    headers = (("a", "1"), ("a", "2"))
    assert publish.send_record(KafkaDraft("laptop", topic, "k", '{"v": 1}', "2", headers))
    [step] = answer(publish, qtbot)

    assert step.text.startswith("partition 2 offset 0, "), step
    assert step.place == ("laptop", topic, 2, 0)
    assert session.environment is not None
    connector = publish.live.workspace.connectors.kafka["laptop"]
    with contextlib.closing(
        Tail(connector, session.environment, topic, start=Start("beginning"))
    ) as tail:
        found: list[Any] = []
        while not found:
            found += tail.poll(100, 5.0)
    [record] = found
    assert (record.key, record.value) == ("k", '{"v": 1}')
    assert record.headers == [("a", "1"), ("a", "2")]


@pytest.mark.timeout(40)  # starts embedded brokers
def test_a_compressed_record_and_a_tombstone_reach_the_embedded_kafka(
    session: Session, publish: PublishViewModel, qtbot: QtBot, workspace: Path
):
    open_file(session, qtbot, workspace)
    topic = f"tombstone-{workspace.parent.name}"
    value = '{"v": 1}'
    compressed = KafkaDraft("laptop", topic, "k", value, "0", compression="zstd")
    for draft in (compressed, replace(compressed, is_tombstone=True)):
        assert publish.send_record(draft)
        qtbot.waitUntil(lambda: not publish.is_busy)
        assert publish.steps[0].status == "passed", publish.steps
    assert session.environment is not None
    connector = publish.live.workspace.connectors.kafka["laptop"]
    with contextlib.closing(
        Tail(connector, session.environment, topic, start=Start("beginning"))
    ) as tail:
        found: list[Any] = []
        while len(found) < 2:
            found += tail.poll(100, 5.0)
    assert [record.value for record in found] == [value, None]


@pytest.mark.expect_warnings  # the producer says that the cluster is away
def test_a_cluster_that_is_away_is_said(
    session: Session,
    publish: PublishViewModel,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    import core.kafka.single

    monkeypatch.setattr(core.kafka.single.send_record, "__defaults__", (2.0,))
    path = write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="t")
    open_file(session, qtbot, path)
    publish.send_record(KafkaDraft("laptop", "t", "", "x"))
    [step] = answer(publish, qtbot)

    assert step.status == "failed"
    assert "127.0.0.1:1" in step.text
