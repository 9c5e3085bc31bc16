"""The whole rule on the test message: rendered only, and sent for real on embedded brokers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gui.engine_client import InProcessEngine
from gui.pages.rule import RulePage
from gui.pages.rule_whole import step_card
from gui.recent import RecentFiles
from gui.theme import Theme
from gui.viewmodels.live import Live
from gui.viewmodels.object_drafts import Drafts
from gui.viewmodels.payload_fields import PayloadFields
from gui.viewmodels.rule_editor import RuleEditor
from gui.viewmodels.session import Session
from gui.widgets.labels import Label
from tests.gui.conftest import Run

from .conftest import labels, outcome_of


def run_dry(qtbot: QtBot, page: RulePage, payload: str) -> None:
    page.test.payload.edit.setPlainText(payload)
    qtbot.waitUntil(lambda: not page._editor.test.is_running)
    page.test.tabs.choose("whole")
    page.actions_by_name["run"].trigger()
    qtbot.waitUntil(lambda: page._editor.whole.result.outcome != "empty")
    qtbot.waitUntil(lambda: not page._editor.whole.is_busy)


def test_every_action_shows_what_it_would_send(page: RulePage, qtbot: QtBot) -> None:
    page._editor.add_action("republish")
    page.side.cards.cards[2].switch.click()  # the console

    run_dry(qtbot, page, '{"temp": 33}')

    steps = page._editor.whole.steps
    assert [(step.action.kind, step.status) for step in steps] == [
        ("kafka", "not_tried"),
        ("republish", "not_tried"),
        ("console", "not_tried"),
    ]
    assert steps[0].record is not None
    assert steps[0].record.value == b"33"
    assert steps[1].message is not None
    assert steps[1].message.publication is not None
    assert steps[1].message.publication.topic == "out/hot"
    assert steps[2].output == '{"temp":33,"clientid":"c_emqx"}'
    qtbot.waitUntil(lambda: "would publish" in labels(page.test.whole))


def test_without_a_match_no_action_gets_anything(page: RulePage, qtbot: QtBot) -> None:
    run_dry(qtbot, page, '{"temp": 3}')

    assert page._editor.whole.steps == []
    said = "No match, so no action gets anything"
    qtbot.waitUntil(lambda: said in labels(page.test.whole))


def test_a_disabled_action_gets_nothing(page: RulePage, qtbot: QtBot) -> None:
    page.side.cards.cards[0].switch.click()

    run_dry(qtbot, page, '{"temp": 33}')

    assert page._editor.whole.steps[0].status == "disabled"


def test_for_real_is_asked_before_anything_is_sent(page: RulePage, qtbot: QtBot) -> None:
    outcome_of(qtbot, page, "No match")
    whole = page.test.whole
    page.test.tabs.choose("whole")
    whole.mode.choose("real")

    whole.run_button.click()

    assert whole.banner.isVisible()
    assert not page._editor.whole.is_busy
    assert page._editor.whole.result.outcome == "empty"


@pytest.mark.usefixtures("theme")
def test_a_failed_statement_is_told_in_a_word_where_there_is_little_room(qtbot: QtBot) -> None:
    said = "Failed, so no action gets anything"
    card, _ = step_card("failed", "SQL", "", said, "Failed")
    qtbot.addWidget(card)
    card.resize(400, 40)
    card.show()
    shown = {label.text(): label for label in card.findChildren(Label)}
    assert shown["SQL"].width() < 40, "no gap behind a short name"
    assert said in shown

    card.resize(150, 40)

    qtbot.waitUntil(lambda: shown[said].text() == "Failed")
    assert shown["SQL"].text() == "SQL"


@pytest.fixture
def editor(theme: Theme, workspace: Path, run: Run, qtbot: QtBot) -> Iterator[RuleEditor]:
    """A rule of a workspace on embedded brokers; no engine runs."""
    engine = InProcessEngine()
    session = Session(engine, recent=RecentFiles())
    with qtbot.waitSignal(session.workspaceChanged, timeout=20_000):
        session.open(workspace)
    live = Live(session)
    name = next(iter(live.workspace.rules))
    yield RuleEditor(live, Drafts(live), PayloadFields(session, session), name)
    run(session.close(), 30)
    session.deleteLater()
    engine.deleteLater()


def test_a_record_is_sent_for_real_with_its_delivery_report(
    editor: RuleEditor, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: editor.document.does_compile)
    editor.whole.run(for_real=True)
    assert not editor.whole.is_busy, "nobody has agreed yet"

    editor.whole.confirm()
    editor.whole.run(for_real=True)
    qtbot.waitUntil(lambda: not editor.whole.is_busy, timeout=20_000)

    sent = [step for step in editor.whole.steps if step.record is not None]
    assert [step.status for step in sent] == ["passed"], editor.whole.steps
    assert "#0, " in sent[0].text, "the offset of the first record"
