"""Where dead letters are told of, and what leads to them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.bridge.letterbox import count_letters
from gui.engine_client import InProcessEngine
from gui.main_window import MainWindow
from gui.pages.rule import RulePage
from gui.recent import RecentFiles
from gui.shell.goals import page_goals
from gui.theme import Theme
from gui.viewmodels.problems import ProblemsModel
from gui.viewmodels.session import Session
from gui.viewmodels.tail_topics import TailTopic
from tests.helpers.letters import Writer
from tests.helpers.workspaces import write_workspace

from .conftest import Run

KEY = "dead_letters:to_kafka"


@pytest.fixture
def window(run: Run, theme: Theme) -> Iterator[MainWindow]:
    session = Session(InProcessEngine(), recent=RecentFiles())
    made = MainWindow(session, theme)
    yield made
    run(session.close(), 30)
    made.close()
    made.deleteLater()
    session.deleteLater()


def opened(window: MainWindow, qtbot: QtBot, folder: Path, action: str = "") -> Writer:
    path = write_workspace(
        folder,
        mqtt="mqtt://127.0.0.1:1",
        kafka="127.0.0.1:1",
        topic="t",
        action_options=action,
        kafka_options="enable = false",
    )
    with qtbot.waitSignal(window.session.workspaceChanged, timeout=20_000):
        window.session.open(path)
    window.show()
    environment = window.session.environment
    assert environment is not None
    return Writer(environment.state_dir, "to_kafka", "all")


def count_again(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.live.letters.changed):
        window.live.letters.look()


def test_letters_are_counted_and_told_of(window: MainWindow, qtbot: QtBot, tmp_path: Path):
    writer = opened(window, qtbot, tmp_path)
    problems = ProblemsModel(window.live)
    page = window.documents
    window.open_document("rule:all")
    rule = page.page("rule:all")
    assert isinstance(rule, RulePage)
    link = rule.side.cards.cards[0].letters_link
    assert link.isHidden()
    writer.put("one")
    writer.put("two")
    assert count_letters(writer.path) == 2
    count_again(window, qtbot)

    assert window.live.letters.of("to_kafka") == 2
    assert link.text() == "2 dead letters"
    (finding,) = [each for each in problems.findings if each.target == KEY]
    assert finding.text == "to_kafka: 2 messages were put aside."
    assert "to_kafka, dead letters" in [goal.name for goal in page_goals(window)]
    link.click()
    assert page.current == KEY


def test_action_sheet_leads_to_letters(window: MainWindow, qtbot: QtBot, tmp_path: Path):
    writer = opened(window, qtbot, tmp_path)
    window.open_document("rule:all")
    rule = window.documents.page("rule:all")
    assert isinstance(rule, RulePage)
    rule.open_action("action:to_kafka")
    assert rule.sheet is not None
    assert rule.sheet.letters_button.isHidden(), "there are none"
    writer.put("a message")
    count_again(window, qtbot)
    rule.sheet.letters_button.click()
    assert window.documents.current == KEY


def test_letters_in_a_topic_are_opened_in_the_tail(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
):
    fallback = 'fallback_actions = [{ kind = "topic", topic = "t.dead" }]'
    writer = opened(window, qtbot, tmp_path, fallback)
    window.open_document(KEY)
    assert window.tail.model.chosen == TailTopic("laptop", "t.dead")
    assert KEY not in window.documents.keys
    writer.put("what the topic refused, too")
    count_again(window, qtbot)
    window.open_document(KEY)
    assert window.documents.current == KEY


def test_the_navigator_marks_the_rule_whose_letters_are_shown(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
):
    opened(window, qtbot, tmp_path)

    window.open_document(KEY)

    assert window.navigator.current_key == "rule:all"


def test_the_tab_of_a_rule_tells_that_its_action_is_not_saved(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
):
    opened(window, qtbot, tmp_path)
    window.open_document("rule:all")
    tabs = window.documents.tabs
    place = tabs.keys.index("rule:all")
    assert "not saved" not in tabs.accessibleTabName(place)

    window.drafts.set("action:to_kafka", ("max_linger_time",), "7ms")
    assert tabs.accessibleTabName(place) == "all, not saved"
    window.drafts.revert("action:to_kafka")
    assert "not saved" not in tabs.accessibleTabName(place)
