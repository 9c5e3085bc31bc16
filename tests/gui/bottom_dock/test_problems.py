"""The page of problems: of the file and of what runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QTextLayout
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.bridge.metrics import ActionStats, ConnectorStats
from gui.docks.problems import ProblemsPage, ProblemsView
from gui.engine_client import InProcessEngine
from gui.theme import current
from gui.viewmodels.live import Live
from gui.viewmodels.problems import ProblemsModel, target_of
from gui.viewmodels.session import Session
from tests.gui.watched import watched_calls
from tests.helpers.workspaces import write_workspace

from .conftest import open_file, snapshot


def test_problems_of_the_file_have_line_advice_and_document(
    session: Session, qtbot: QtBot, tmp_path: Path
):
    path = write_workspace(
        tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a", key="${nothing}"
    )
    path.write_text(path.read_text().replace('connector = "laptop"', 'connector = "laptob"'))
    model = ProblemsModel(Live(session))
    counted: list[tuple[int, str]] = []
    model.countChanged.connect(lambda *count: counted.append(count))
    open_file(session, qtbot, path)

    found = next(f for f in model.findings if f.status == "failed")
    assert "laptob" in found.text
    assert "laptop" in found.hint, "it says what was meant"
    assert found.place.startswith("line ")
    assert found.target == "rule:all"
    assert counted[-1] == (len(model.findings), "bad")

    path.write_text(path.read_text().replace("laptob", "laptop").replace("${nothing}", "k"))
    session.reload()
    qtbot.waitUntil(lambda: model.findings == ())
    assert counted[-1] == (0, "")


@pytest.mark.usefixtures("plain")
def test_conditions_of_what_runs_come_and_go_by_themselves(
    session: Session, engine: InProcessEngine
):
    model = ProblemsModel(Live(session))
    assert model.findings == ()
    engine._set_state("running")
    reason = "Connection refused. Start the broker."
    away = {"plant": ConnectorStats("disconnected", reason)}
    slow = {"to_kafka": ActionStats("degraded", "2 records were too large")}
    engine.snapshotTaken.emit(snapshot(connectors=away, actions=slow))

    rows = [(f.status, f.text, f.hint, f.target) for f in model.findings]
    assert rows == [
        ("disconnected", "plant: Not connected.", reason, "connector:plant"),
        ("degraded", "to_kafka: Degraded.", "2 records were too large.", "rule:all"),
    ]
    assert model.colour == "bad"

    engine.snapshotTaken.emit(snapshot(actions=slow))
    assert model.colour == "warn"
    engine.snapshotTaken.emit(snapshot())
    assert model.findings == ()
    engine._set_state("died")
    assert "stopped unexpectedly" in model.findings[0].text


@pytest.mark.usefixtures("plain")
def test_the_list_is_left_alone_while_nothing_changes(session: Session, engine: InProcessEngine):
    model = ProblemsModel(Live(session))
    engine._set_state("running")
    away = {"plant": ConnectorStats("disconnected", "away")}
    engine.snapshotTaken.emit(snapshot(connectors=away))
    resets: list[None] = []
    model.modelReset.connect(lambda: resets.append(None))

    engine.snapshotTaken.emit(snapshot(connectors=away, uptime_s=2.0))

    assert resets == []


def test_places_lead_to_documents(session: Session, plain: Path):
    workspace = Live(session).workspace
    assert plain.is_file()
    assert target_of("connectors.mqtt.plant.server", workspace) == "connector:plant"
    assert target_of("connectors.kafka.laptop", workspace) == "connector:laptop"
    assert target_of("connectors.kafka.other", workspace) == ""
    assert target_of("rules.all.tests[0].name", workspace) == "rule:all"
    assert target_of("actions.kafka.to_kafka.topic", workspace) == "rule:all"
    assert target_of("actions.kafka.unused", workspace) == ""
    assert target_of("", workspace) == ""


@pytest.mark.usefixtures("theme", "plain")
def test_enter_and_click_open_the_document_of_a_problem(
    session: Session, engine: InProcessEngine, qtbot: QtBot
):
    page = ProblemsPage(ProblemsModel(Live(session)))
    qtbot.addWidget(page)
    page.resize(700, 200)
    with qtbot.waitActive(page):
        page.show()
    assert page.empty.isVisible()
    assert page.empty.label.text() == "No problems."

    engine._set_state("running")
    away = {"laptop": ConnectorStats("disconnected", "away now")}
    engine.snapshotTaken.emit(snapshot(connectors=away))
    assert page.view.isVisible()
    page.view.setFocus(Qt.FocusReason.TabFocusReason)
    with qtbot.waitSignal(page.documentAsked) as asked:
        qtbot.keyClick(page.view, Qt.Key.Key_Return)
    assert asked.args == ["connector:laptop"]
    with qtbot.waitSignal(page.documentAsked) as asked:
        place = page.view.visualRect(page.view.model().index(0, 0)).center()
        qtbot.mouseClick(page.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert asked.args == ["connector:laptop"]
    qtbot.keyClick(page.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "Connector laptop: Not connected. Away now."


@pytest.mark.usefixtures("theme")
def test_what_to_do_is_painted_below_the_problem(session: Session, qtbot: QtBot, tmp_path: Path):
    path = write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a")
    path.write_text(path.read_text().replace('connector = "laptop"', 'connector = "laptob"'))
    model = ProblemsModel(Live(session))
    page = ProblemsPage(model)
    qtbot.addWidget(page)
    page.resize(900, 200)
    page.show()
    open_file(session, qtbot, path)
    painted: list[str] = []
    with watched_calls(QTextLayout, "draw", lambda each, *_: painted.append(each.text())):
        page.view.viewport().grab()

    found = model.findings[0]
    assert found.hint
    assert painted == [found.text, found.hint]


def row_boxes(view: ProblemsView) -> list[QRect]:
    model = view.model()
    return [view.visualRect(model.index(row, 0)) for row in range(model.rowCount())]


@pytest.mark.usefixtures("theme", "plain")
def test_advice_is_seen_whole_in_rows_that_part_from_each_other(
    session: Session, engine: InProcessEngine, qtbot: QtBot
):
    page = ProblemsPage(ProblemsModel(Live(session)))
    qtbot.addWidget(page)
    page.resize(300, 300)
    page.show()
    advice = "Write `kafka:9092` where the list names the cluster. " * 3
    away = {name: ConnectorStats("disconnected", advice) for name in ("plant", "laptop")}
    engine._set_state("running")
    engine.snapshotTaken.emit(snapshot(connectors=away))

    view, least = page.view, current().size("height.row_two_line")
    view.grab()
    narrow = row_boxes(view)
    assert all(box.height() >= least + 2 * 16 for box in narrow), "three lines of advice"
    assert narrow[0].bottom() < narrow[1].top()

    page.resize(1400, 300)
    view.grab()
    wide = row_boxes(view)
    assert [box.height() for box in wide] == [least, least]
    assert wide[0].bottom() < wide[1].top()
