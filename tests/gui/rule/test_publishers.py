"""Columns that messages need not bring: a warning until live messages have all brought them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.bridge.events import MessageSample, MqttProperties
from core.workspace.problems import Unsupplied
from gui.main_window import MainWindow
from gui.pages.connector import ConnectorPage
from gui.pages.rule import RulePage
from gui.viewmodels.action_sheet import ActionSheet
from gui.viewmodels.problems import ProblemsModel
from gui.viewmodels.publishers import Publishers
from gui.viewmodels.session import Session

from .conftest import HOT, settle

CLIENT = Unsupplied("clientid", "plant", "clientid")
NAMED = MqttProperties(user=[("clientid", "dev-1")])


def message(topic: str = "plant/1", *, named: bool = True, source: str = "plant") -> MessageSample:
    properties = NAMED if named else MqttProperties()
    return MessageSample(1, 1, source, topic, "", "{}", 2, 1, [], properties=properties)


@pytest.fixture
def publishers(idle: Session) -> Publishers:
    return Publishers(idle, idle)


def test_nobody_knows_before_the_first_message(publishers: Publishers):
    assert not publishers.is_supplied(CLIENT, ["plant/#"])


def test_messages_that_carry_the_property_supply_the_column(
    idle: Session, publishers: Publishers, qtbot: QtBot
):
    with qtbot.waitSignal(publishers.changed):
        idle.messageSampled.emit(message())

    assert publishers.is_supplied(CLIENT, ["plant/#"])
    assert publishers.is_supplied(CLIENT, [])
    assert not publishers.is_supplied(CLIENT, ["other/#"]), "no message of these topics came"
    assert not publishers.is_supplied(Unsupplied("clientid", "other", "clientid"), [])
    assert not publishers.is_supplied(Unsupplied("peerhost", "plant"), ["plant/#"])


def test_one_publisher_without_it_is_enough(idle: Session, publishers: Publishers):
    idle.messageSampled.emit(message())
    idle.messageSampled.emit(message("plant/2", named=False))

    assert not publishers.is_supplied(CLIENT, ["plant/#"])
    assert publishers.is_supplied(CLIENT, ["plant/1"])


def test_the_last_messages_of_a_topic_count(idle: Session, publishers: Publishers):
    idle.messageSampled.emit(message(named=False))
    for _ in range(20):
        assert not publishers.is_supplied(CLIENT, ["plant/#"])
        idle.messageSampled.emit(message())

    assert publishers.is_supplied(CLIENT, ["plant/#"])


def test_changes_are_told_once(idle: Session, publishers: Publishers, qtbot: QtBot):
    with qtbot.waitSignal(publishers.changed):
        idle.messageSampled.emit(message())
    with qtbot.assertNotEmitted(publishers.changed, wait=400):
        idle.messageSampled.emit(message())


def test_changes_of_many_topics_are_told_together(
    idle: Session, publishers: Publishers, qtbot: QtBot
):
    told: list[int] = []
    publishers.changed.connect(lambda: told.append(1))
    for number in range(600):
        idle.messageSampled.emit(message(f"plant/{number}"))
    qtbot.waitUntil(lambda: told != [])
    assert told == [1]


# In the window


@pytest.fixture
def unknown(page: RulePage, window: MainWindow, qtbot: QtBot) -> RulePage:
    """The page of a rule that reads `clientid`; no message of its source has brought one."""
    qtbot.waitUntil(lambda: "hot" in window.live.facts)
    qtbot.waitUntil(lambda: len(page.panel.editor.statement.problems) == 1)
    return page


def test_problems_list_the_column_until_messages_bring_it(
    unknown: RulePage, window: MainWindow, qtbot: QtBot
) -> None:
    model = ProblemsModel(window.live)
    before = [finding.text for finding in model.findings]
    assert any("clientid" in text for text in before)

    for topic in ("plant/1", "plant/2"):
        for _ in range(20):
            window.session.messageSampled.emit(message(topic))

    qtbot.waitUntil(lambda: not any("clientid" in found.text for found in model.findings))
    assert unknown.panel.editor.statement.problems == ()
    window.session.messageSampled.emit(message(named=False))
    qtbot.waitUntil(lambda: [finding.text for finding in model.findings] == before)


def test_the_column_is_marked_where_it_is_read(unknown: RulePage) -> None:
    (problem,) = unknown.panel.editor.statement.problems

    assert HOT[problem.start : problem.end] == "clientid"
    assert problem.severity == "warning"
    assert "user property clientid" in unknown.panel.line.text.whole_text()
    assert unknown.panel.line.fix.text() == "Open plant"


def test_a_column_that_is_written_now_is_marked_too(unknown: RulePage, qtbot: QtBot) -> None:
    unknown.panel.editor.replace_all('SELECT payload.id as clientid, username FROM "plant/#"')
    settle(qtbot, unknown)

    qtbot.waitUntil(lambda: len(unknown.panel.editor.statement.problems) == 1)
    (problem,) = unknown.panel.editor.statement.problems
    assert problem.unsupplied == Unsupplied("username", "plant")


def test_its_fix_leads_to_the_option_that_says_where_it_comes_from(
    unknown: RulePage, window: MainWindow, qtbot: QtBot
) -> None:
    qtbot.keyClick(unknown.panel.editor, Qt.Key.Key_F8)
    qtbot.keyClick(unknown.panel.editor, Qt.Key.Key_Return, Qt.KeyboardModifier.AltModifier)

    page = window.documents.page(window.documents.current)
    assert isinstance(page, ConnectorPage)
    assert window.documents.current == "connector:plant"
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused.accessibleName() == "clientid, where from"


def test_the_sheet_of_an_action_warns_no_more(
    unknown: RulePage, window: MainWindow, qtbot: QtBot
) -> None:
    sheet = ActionSheet(window.drafts, "action:to_hot", "rule:hot", window)
    qtbot.waitUntil(lambda: any("client" in found.text for _, found in sheet.findings()))

    for _ in range(20):
        window.session.messageSampled.emit(message())

    qtbot.waitUntil(lambda: sheet.findings() == [])
