"""The page of the feed, beside the tail."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from core.bridge.samples import PER_SECOND
from gui.docks.feed import FeedPage
from gui.main_window import MainWindow
from gui.shell.commands import Commands
from gui.theme import Theme
from gui.viewmodels.feed import FeedModel
from gui.viewmodels.feed_rows import FeedRow
from gui.viewmodels.live_rows import ROW_ROLE
from gui.viewmodels.session import Session
from gui.viewmodels.settings import SettingsStore
from gui.viewmodels.shortcuts import Shortcuts
from gui.viewmodels.tail_row import TailRow
from tests.gui.conftest import Run

from .conftest import OUTCOME, Told, rows_of


def test_the_page_says_of_how_many_messages_one_is_shown(told: Told, theme: Theme, qtbot: QtBot):
    host = QWidget()
    qtbot.addWidget(host)
    page = FeedPage(told.live, Commands(host, Shortcuts(SettingsStore(parent=host), host)))
    qtbot.addWidget(page)
    qtbot.addWidget(page.tools)
    page.tools.show()
    told.state("running")
    told.snapshot(1.0, 0)
    told.snapshot(2.0, 60)
    assert not page.sampling.isVisible(), "nearly all of them"
    told.snapshot(3.0, 40_060)

    assert page.sampling.isVisible()
    shown_in = round(40_060 / 2 / PER_SECOND)
    assert page.sampling.whole_text() == f"showing 1 in {shown_in}"
    told.state("stopped")
    assert not page.sampling.isVisible()
    told.state("running")
    told.snapshot(1.0, 0)
    told.snapshot(2.0, 3 * PER_SECOND)
    assert page.sampling.isVisible()
    assert page.sampling.whole_text() == "showing 1 in 3"


def test_an_empty_feed_says_what_it_waits_for(told: Told, qtbot: QtBot):
    model = FeedModel(told.live)

    def sentence() -> str:
        empty = model.empty()
        return f"{empty.sentence} {empty.hint} [{empty.button}]" if empty is not None else ""

    assert sentence() == "The bridge is stopped: no messages come in.  [Start]"
    told.state("running")
    assert sentence().startswith("Waiting for the first message on bench/#. plant: ")
    model._waiting_since_s -= 11
    assert "Ctrl+P publishes" in sentence()
    model.set_paused(True)
    assert sentence().startswith("Paused")
    model.set_paused(False)
    told.sample(1)
    qtbot.waitUntil(lambda: model.rowCount() == 1)
    assert sentence() == ""
    model.set_filter("nowhere")
    assert sentence() == "0 of 1 rows match.  [Clear filter]"


def test_the_page_filters_pauses_copies_and_clears(told: Told, theme: Theme, qtbot: QtBot):
    host = QWidget()
    qtbot.addWidget(host)
    commands = Commands(host, Shortcuts(SettingsStore(parent=host), host))
    page = FeedPage(told.live, commands)
    qtbot.addWidget(page)
    qtbot.addWidget(page.tools)
    page.resize(750, 200)
    page.show()
    page.tools.show()
    assert page.empty.isVisible()
    for number in range(20):
        told.sample(number)
    qtbot.waitUntil(lambda: page.model.rowCount() == 20)
    assert page.table.isVisible()
    bar = page.table.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0
    page.table.selectRow(2)
    told.sample(20)
    qtbot.waitUntil(lambda: page.table.newer.isVisible())
    assert page.table.newer.text() == "1 new below"
    qtbot.keyClick(page.table, Qt.Key.Key_End)
    assert not page.table.newer.isVisible()

    page.table.selectRow(2)
    menu = QMenu()
    qtbot.addWidget(menu)
    page.table.menuAsked.emit(menu)
    actions = {action.text(): action for action in menu.actions()}
    actions["Copy topic"].trigger()
    assert QGuiApplication.clipboard().text() == "bench/2"
    actions["Filter by this topic"].trigger()
    assert page.model.rowCount() == 1
    page.filter.setText("/(/")
    assert page.problem.isVisible()
    assert "no regular expression" in page.problem.label.whole_text()
    page.filter.clear()
    assert not page.problem.isVisible()

    commands["pause_feed"].trigger()
    assert page.pause_button.isChecked()
    assert page.pause_button.accessibleName() == "Go on with the feed"
    told.sample(21)
    qtbot.mouseClick(page.pause_button, Qt.MouseButton.LeftButton)
    assert not page.model.is_paused
    assert page.model.left_out == 1
    qtbot.waitUntil(lambda: page.model.rowCount() == 22)
    qtbot.mouseClick(page.clear_button, Qt.MouseButton.LeftButton)
    assert page.model.rowCount() == 0


@pytest.mark.timeout(60)  # brokers, engine and window start first
def test_the_demo_is_seen_in_feed_and_tail(session: Session, theme: Theme, qtbot: QtBot, run: Run):
    window = MainWindow(session, theme)
    window.resize(1280, 800)
    window.show()
    session.openDemo()
    feed = window.bottom.page("feed")
    assert isinstance(feed, FeedPage)
    tail = window.tail
    qtbot.waitUntil(lambda: tail.rows.rowCount() >= 20, timeout=30_000)

    def settled() -> dict[tuple[str, int, int], FeedRow]:
        found = rows_of(feed.model)
        return {(r.topic, r.partition, r.offset): row for row in found for r in row.records}

    def read() -> dict[tuple[str, int, int], TailRow]:
        rows = (tail.rows.row_at(place) for place in range(tail.rows.rowCount()))
        found = (row for row in rows if isinstance(row, TailRow))
        return {(r.record.topic, r.record.partition, r.record.offset): r for r in found}

    qtbot.waitUntil(lambda: len(settled().keys() & read().keys()) >= 10, timeout=20_000)
    messages, records = settled(), read()
    for place in messages.keys() & records.keys():  # each record is the one of its message
        assert records[place].key == messages[place].sample.client
        number = records[place].value.split(": ")[1].split(",")[0]
        assert f'"temp": "{number}"' in messages[place].sample.payload
    topic, partition, offset = next(iter(messages.keys() & records.keys()))
    index = feed.model.index(rows_of(feed.model).index(messages[topic, partition, offset]), OUTCOME)
    assert f"→ {topic} p{partition} #{offset}" in index.data()
    assert index.data(ROW_ROLE) is messages[topic, partition, offset]

    place = next(
        place
        for place in range(tail.rows.rowCount())
        if isinstance(row := tail.rows.row_at(place), TailRow)
        and (row.record.topic, row.record.partition, row.record.offset)
        == (topic, partition, offset)
    )
    window.bottom.show_page("log")
    feed.filter.setText("not to be found")
    tail.table.selectRow(place)
    assert tail.detail.link.isVisible()
    qtbot.mouseClick(tail.detail.link, Qt.MouseButton.LeftButton)
    assert feed.isVisible()
    assert feed.table.currentIndex().data(ROW_ROLE) is messages[topic, partition, offset]

    window.commands["focus_tail"].trigger()
    tail.table.selectRow(0)
    chosen = tail.detail.row
    assert chosen is not None
    assert '"temp"' in tail.detail.pages["value"].toPlainText()
    tail.detail.tabs.choose("metadata")
    assert f"Offset     {chosen.record.offset}" in tail.detail.pages["metadata"].toPlainText()
    run(session.close(), 30)
    window.close()
    window.deleteLater()


def test_the_tail_folds_into_a_strip_where_the_window_is_narrow(
    told: Told, theme: Theme, qtbot: QtBot
):
    window = MainWindow(told.session, theme)
    window.resize(1280, 800)
    window.show()
    qtbot.waitUntil(window.tail.isVisible)
    assert not window.strip.isVisible()
    window.resize(1024, 700)
    qtbot.waitUntil(window.strip.isVisible)
    assert not window.tail.isVisible()
    window.strip.button.click()
    assert window.tail.isVisible()
    assert not window.strip.isVisible()
    window.tail.fold_button.click()
    assert window.strip.isVisible()
    window.resize(1280, 800)
    assert window.strip.isVisible()  # folded by hand, it stays folded
    window.commands["tail"].trigger()
    qtbot.waitUntil(window.tail.isVisible)
    window.resize(1024, 700)
    qtbot.waitUntil(window.strip.isVisible)
    window.resize(1280, 800)
    qtbot.waitUntil(window.tail.isVisible)
    window.close()
    window.deleteLater()
