"""The way of a sent message through its rule into a record."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.bridge.events import MessageSample, RecordSettled, RuleOutcome
from core.workspace.lab import SavedMessage
from gui.viewmodels.drafts import MqttDraft
from gui.viewmodels.journey import Step
from gui.viewmodels.publish import PublishViewModel
from gui.viewmodels.session import Session
from tests.helpers.mosquitto import Mosquitto

from .conftest import answer, on, open_file


def test_topics_sent_to_are_remembered_newest_first(
    session: Session,
    publish: PublishViewModel,
    qtbot: QtBot,
    tmp_path: Path,
    shared_mosquitto: Mosquitto,
):
    open_file(session, qtbot, on(shared_mosquitto, tmp_path, topic_filter="named/here"))
    for topic in ("b", "a", "b"):
        publish.send_message(MqttDraft("plant", topic, "x"))
        answer(publish, qtbot)
    session.messageSampled.emit(sample(1, topic="seen", payload="y"))

    qtbot.waitUntil(lambda: "named/here" in publish.topics)
    assert publish.topics == ["b", "a", "seen", "named/here"]


def sample(number: int, *outcomes: RuleOutcome, topic: str = "a", payload: str = "x"):
    return MessageSample(number, 0, "plant", topic, "c", payload, len(payload), 1, list(outcomes))


@pytest.fixture
def sent(
    session: Session,
    publish: PublishViewModel,
    qtbot: QtBot,
    tmp_path: Path,
    shared_mosquitto: Mosquitto,
) -> PublishViewModel:
    """A message `x` was published to `a`, and the broker has answered."""
    open_file(session, qtbot, on(shared_mosquitto, tmp_path))
    publish.send_message(MqttDraft("plant", "a", "x", 0))
    answer(publish, qtbot)
    return publish


def test_the_result_line_follows_the_message_into_its_record(
    session: Session, sent: PublishViewModel
):
    passed = RuleOutcome("all", "passed")
    session.messageSampled.emit(sample(1, topic="another"))
    session.messageSampled.emit(sample(2, payload="another"))
    session.messageSampled.emit(sample(3, RuleOutcome("cold", "no_result"), passed))
    session.recordSettled.emit(RecordSettled(3, "of_another_rule", "c", 1, 7))
    session.recordSettled.emit(RecordSettled(2, "to_b", "b", 0, 9))
    session.recordSettled.emit(RecordSettled(3, "to_kafka", "emqx", 2, 118, 6.04))

    assert sent.steps[1:] == [
        Step("passed", "all passed (+1)"),
        Step("passed", "emqx p2 #118, 6 ms (+1)", ("laptop", "emqx", 2, 118)),
    ]


def test_a_record_that_failed_is_told_even_when_it_failed_first(
    session: Session, sent: PublishViewModel
):
    session.recordSettled.emit(RecordSettled(3, "to_a", "emqx", error="no temp"))
    session.messageSampled.emit(sample(3, RuleOutcome("hot", "passed")))

    assert sent.steps[1:] == [
        Step("passed", "hot passed"),
        Step("failed", "to_a failed: no temp"),
    ]


def test_no_result_and_no_rule_are_outcomes_too(session: Session, sent: PublishViewModel):
    session.messageSampled.emit(sample(3, RuleOutcome("hot", "no_result", "18 is not > 30")))
    assert sent.steps[1:] == [Step("no_result", "hot: no result: 18 is not > 30")]


def test_a_message_that_no_rule_takes_is_said(session: Session, sent: PublishViewModel):
    session.messageSampled.emit(sample(3))
    assert sent.steps[1:] == [Step("no_result", "no rule listens to this topic")]


def test_a_failed_rule_tells_why(session: Session, sent: PublishViewModel):
    session.messageSampled.emit(sample(3, RuleOutcome("hot", "failed", "no number")))
    assert sent.steps[1:] == [Step("failed", "hot failed: no number")]


def test_a_message_that_was_sent_is_followed_while_the_next_one_is_not_right(
    session: Session, sent: PublishViewModel
):
    told: list[list[Step]] = []
    sent.stepsChanged.connect(told.append)
    assert not sent.is_right(MqttDraft("plant", "a/#", "x"))
    assert [step.status for step in told[-1]] == ["failed"]
    gone = SavedMessage(name="x", topic="a", connector="gone")
    sent.choose(gone)
    assert "gone" in told[-1][0].text
    session.messageSampled.emit(sample(3, RuleOutcome("hot", "passed")))

    assert sent.steps[1:] == told[-1][1:] == [Step("passed", "hot passed")]
