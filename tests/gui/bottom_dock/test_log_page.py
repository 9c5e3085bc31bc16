"""The log: lines and events, bounded, filtered, copied."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.bridge.events import ConsoleOutput, Notice, RuleFailed, StatusChanged
from gui.docks.log import LogPage
from gui.viewmodels.log import MOST_LINES, LogViewModel
from gui.viewmodels.session import Session


def noon() -> datetime:
    return datetime(2026, 1, 2, 12, 4, 1, tzinfo=UTC)


def log_of(session: Session) -> LogViewModel:
    return LogViewModel(session, now=noon)


def test_lines_and_events_are_listed_with_their_time(session: Session, qtbot: QtBot):
    log = log_of(session)
    session.logLine.emit("12:00:00 warning core.mqtt: lost")
    for event in (
        StatusChanged("connector", "plant", "connected"),
        StatusChanged("connector", "plant", "disconnected", "refused"),
        RuleFailed("all", "no number", 3),
        ConsoleOutput("all", '{"a":1}'),
        Notice("error", "left behind"),
    ):
        session.eventReceived.emit(event)
    session.stateChanged.emit("running")
    qtbot.waitUntil(lambda: log.count == 7)

    assert log.lines == [
        "12:00:00 warning core.mqtt: lost",
        "12:04:01 info    plant: connected",
        "12:04:01 warning plant: disconnected: refused",
        "12:04:01 warning rule all failed 3 times: no number",
        '12:04:01 output  [all] {"a":1}',
        "12:04:01 error   left behind",
        "12:04:01 info    bridge: running",
    ]


def test_a_flood_is_bounded_and_what_is_left_out_is_told(session: Session, qtbot: QtBot):
    log = log_of(session)
    batches: list[list[str]] = []
    log.added.connect(batches.append)
    for number in range(10_000):
        session.logLine.emit(f"line {number}")
    qtbot.waitUntil(lambda: bool(batches))

    assert len(batches) == 1
    assert len(batches[0]) == 501
    assert batches[0][-1] == "(9,500 lines left out)"
    for _ in range(12):
        for number in range(500):
            session.logLine.emit(f"line {number}")
        count = len(batches)
        qtbot.waitUntil(lambda count=count: len(batches) > count)
    assert log.count == MOST_LINES


def test_the_log_is_filtered_and_cleared(session: Session, qtbot: QtBot):
    log = log_of(session)
    for line in ("One", "two", "x" * 9_000, "a\nb"):
        session.logLine.emit(line)
    qtbot.waitUntil(lambda: log.count == 5)
    log.set_filter(" O ")
    assert log.lines == ["One", "two"]
    assert log.filter == "o"
    log.set_filter("")
    assert max(len(line) for line in log.lines) == 4_000
    log.clear()
    assert log.lines == []


@pytest.mark.usefixtures("theme")
def test_the_log_page_follows_filters_and_copies(session: Session, qtbot: QtBot):
    log = log_of(session)
    page = LogPage(log)
    qtbot.addWidget(page)
    page.resize(600, 120)
    page.show()
    assert page.empty.isVisible()
    for number in range(100):
        session.logLine.emit(f"line {number}")
    qtbot.waitUntil(lambda: page.text.document().blockCount() == 100)
    bar = page.text.verticalScrollBar()
    assert bar.maximum() > 0
    assert bar.value() == bar.maximum(), "the end is in sight"

    bar.setValue(0)
    session.logLine.emit("one more")
    qtbot.waitUntil(lambda: page.text.document().blockCount() == 101)
    assert bar.value() == 0, "a reader is not pulled away"

    page.filter.setText("line 9")
    assert page.text.document().blockCount() == 11
    page.copy()
    assert QApplication.clipboard().text().splitlines()[:2] == ["line 9", "line 90"]
    page.filter.setText("nowhere")
    assert page.empty.label.text() == "0 of 101 lines match."
    page.filter.clear()
    page.clear_button.click()
    assert log.count == 0
    assert page.empty.isVisible()
