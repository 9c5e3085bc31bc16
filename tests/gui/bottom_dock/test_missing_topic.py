"""A tail on a topic that its cluster does not have."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from pytestqt.qtbot import QtBot

from core.errors import ConnectFailed
from gui.docks.tail import TailDock
from gui.viewmodels import cluster_topics
from gui.viewmodels.live import Live, State
from gui.viewmodels.session import Session
from gui.viewmodels.tail_reader import Batch, TailReader
from gui.widgets.prose import Prose
from gui.widgets.topic_popup import TopicPopup

MISSING = Batch([], State("failed", "Topic a does not exist on this cluster."), is_missing=True)


async def read_nothing(_reader: TailReader) -> AsyncIterator[Batch]:
    yield MISSING
    await asyncio.Event().wait()


@pytest.fixture
def dock(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> TailDock:
    monkeypatch.setattr(TailReader, "batches", read_nothing)
    request.getfixturevalue("theme")
    request.getfixturevalue("plain")
    made = TailDock(Live(session, session))
    qtbot.addWidget(made)
    made.resize(380, 600)
    made.show()
    qtbot.waitUntil(lambda: made.model.is_missing)
    return made


def create(dock: TailDock, partitions: str) -> None:
    dock.panel.empty.button.click()
    popup = dock.panel.empty.button.findChild(TopicPopup)
    assert popup is not None
    popup.partitions.setText(partitions)
    popup.button.click()


def test_a_missing_topic_is_created_beside_the_sentence(
    dock: TailDock, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    made: list[tuple[str, tuple[int, int]]] = []

    def make(_connector: object, _environment: object, topic: str, numbers: tuple[int, int]) -> int:
        made.append((topic, numbers))
        return numbers[0]

    monkeypatch.setattr(cluster_topics, "_make", make)
    assert dock.panel.empty.button.isVisible()
    assert dock.panel.empty.button.text() == "Create topic"
    create(dock, "3")
    qtbot.waitUntil(lambda: bool(made))
    assert made == [("a", (3, 1))]


@pytest.mark.parametrize("wrong", ["abc", "0", ""])
def test_what_is_no_number_of_partitions_is_said_in_words(dock: TailDock, wrong: str):
    dock.panel.empty.button.click()
    popup = dock.panel.empty.button.findChild(TopicPopup)
    assert popup is not None
    height = popup.height()
    popup.partitions.setText(wrong)

    said = popup.boxes[0].findChild(Prose)
    assert said is not None
    assert said.isVisible()
    assert said.whole_text() == "Write a number from 1."
    assert popup.height() > height
    assert not popup.button.isEnabled()
    popup.partitions.setText("3")
    assert not said.isVisible()
    assert popup.height() == height


def test_what_asks_for_a_topic_opens_within_the_screen(dock: TailDock):
    room = dock.screen().availableGeometry()
    dock.move(room.right() - dock.width() // 2, room.bottom() - dock.height() // 2)
    dock.panel.empty.button.click()
    popup = dock.panel.empty.button.findChild(TopicPopup)
    assert popup is not None
    assert room.contains(popup.geometry())
    popup.partitions.setText("none")
    assert room.contains(popup.geometry())


def test_why_a_topic_was_not_made_stands_where_it_was_asked_for(
    dock: TailDock, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    def refuse(*_args: object) -> int:
        raise ConnectFailed("Three copies need three brokers.")

    monkeypatch.setattr(cluster_topics, "_make", refuse)
    create(dock, "1")
    hint = dock.panel.empty.hint
    qtbot.waitUntil(lambda: hint.accessibleName() == "Three copies need three brokers.")
    dock.model._take(Batch([], State("connected")))
    assert dock.model.advice == ""
