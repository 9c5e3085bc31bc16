"""The rows of the feed: sampled messages with their outcomes."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from core.bridge.events import (
    MessageSample,
    RuleOutcome,
    StatusChanged,
)
from gui.docks.feed import FeedPage
from gui.shell.commands import Commands
from gui.theme import Theme
from gui.viewmodels.feed import FeedModel
from gui.viewmodels.feed_rows import COLUMNS
from gui.viewmodels.live_rows import Divider
from gui.viewmodels.replay import message_of
from gui.viewmodels.samples import RecentRows
from gui.viewmodels.settings import SettingsStore
from gui.viewmodels.shortcuts import Shortcuts
from tests.gui.watched import watched_calls

from .conftest import OUTCOME, Told, rows_of, texts


def test_a_message_is_shown_with_the_place_of_its_record(told: Told, qtbot: QtBot):
    model = FeedModel(told.live)
    told.sample(1)
    qtbot.waitUntil(lambda: model.rowCount() == 1)
    row = rows_of(model)[0]
    assert texts(row) == ["connecting: all on its way"]
    with qtbot.waitSignal(model.dataChanged):
        told.settle(1)

    assert texts(row) == ["passed: all → a p2 #118 3.4 ms"]
    assert model.index(0, OUTCOME).data() == "Passed: all → a p2 #118 3.4 ms"
    assert model.index(0, COLUMNS.index("client")).data() == "dev-3"


def test_a_record_without_a_report_is_on_its_way_no_more_when_the_bridge_has_stopped(
    told: Told, qtbot: QtBot
):
    model = FeedModel(told.live)
    told.state("running")
    told.sample(1)
    told.sample(2)
    told.settle(2)
    qtbot.waitUntil(lambda: model.rowCount() == 2)
    with qtbot.waitSignal(model.dataChanged):
        told.state("stopped")

    lost, arrived = rows_of(model)
    assert texts(lost) == ["failed: all no delivery report: the bridge stopped"]
    assert texts(arrived) == ["passed: all → a p2 #118 3.4 ms"]


def test_the_message_of_a_record_is_found_before_it_is_shown(told: Told):
    model = FeedModel(told.live)
    told.sample(1)
    told.settle(1)
    assert not model.rowCount(), "views hear of new rows a moment later"
    found = model.message_of("a", 2, 118)
    assert found is not None
    assert found.sample.topic == "bench/1"
    assert model.message_of("a", 2, 119) is None


def test_a_record_that_settles_before_its_sample_is_told_is_not_lost(told: Told, qtbot: QtBot):
    model = FeedModel(told.live)
    told.settle(7, error="the key is no text", partition=-1, offset=-1)
    told.sample(7)
    qtbot.waitUntil(lambda: model.rowCount() == 1)

    assert texts(rows_of(model)[0]) == ["failed: all the key is no text"]


def test_a_record_that_was_too_large_is_told_with_its_size(told: Told, qtbot: QtBot):
    model = FeedModel(told.live)
    told.sample(7)
    told.settle(7, error="Topic a takes less: look there", kind="too_large", size=1_258_291)
    qtbot.waitUntil(lambda: model.rowCount() == 1)

    (line,) = texts(rows_of(model)[0])
    assert line == "failed: all record too large, 1.3 MB"


def test_failures_stand_first_and_no_result_last(told: Told, qtbot: QtBot):
    model = FeedModel(told.live)
    told.sample(
        1,
        RuleOutcome("cold", "no_result", "21.9 is not < 5"),
        RuleOutcome("wet", "no_result"),
        RuleOutcome("all", "passed"),
        RuleOutcome("hot", "failed", "payload is no JSON\nmore"),
    )
    told.settle(1)
    qtbot.waitUntil(lambda: model.rowCount() == 1)

    assert texts(rows_of(model)[0]) == [
        "failed: hot payload is no JSON",
        "passed: all → a p2 #118 3.4 ms",
        "no_result: cold no result: 21.9 is not < 5",
        "no_result: wet no result",
    ]


def test_messages_that_no_rule_wants_are_shown_as_that(told: Told, qtbot: QtBot):
    model = FeedModel(told.live)
    told._engine.eventReceived.emit(
        MessageSample(1, 1_767_225_600_250, "plant", "x", "", "é" * 5, 20, 0, [])
    )
    qtbot.waitUntil(lambda: model.rowCount() == 1)

    assert texts(rows_of(model)[0]) == ["no_result: no rule listens to this topic"]
    assert model.index(0, COLUMNS.index("payload")).data() == "ééééé and 10 bytes more"


def test_ids_of_another_engine_are_another_matter(told: Told, qtbot: QtBot):
    model = FeedModel(told.live)
    told.sample(1)
    qtbot.waitUntil(lambda: model.rowCount() == 1)
    told.state("starting")
    told.settle(1)
    told.sample(1)
    qtbot.waitUntil(lambda: model.rowCount() == 3)

    old, new = rows_of(model)
    assert texts(old) == ["failed: all no delivery report: the bridge stopped"]
    assert texts(new) == ["passed: all → a p2 #118 3.4 ms"]
    assert isinstance(model.row_at(1), Divider)


def test_a_lost_connection_leaves_a_line_with_its_gap(told: Told, theme: Theme, qtbot: QtBot):
    host = QWidget()
    qtbot.addWidget(host)
    page = FeedPage(told.live, Commands(host, Shortcuts(SettingsStore(parent=host), host)))
    qtbot.addWidget(page)
    page.resize(750, 200)
    page.show()
    model, painted = page.model, list[str]()

    def status(status: Any) -> None:
        for name in ("plant", "laptop"):  # of what is written to nothing is missed
            told._engine.eventReceived.emit(StatusChanged("connector", name, status))

    for first in ("disconnected", "connecting", "connected"):  # that is how it begins
        status(first)
    told.sample(1)
    status("disconnected")
    model._lost_s["plant"] -= 12
    for later in ("connecting", "connected"):
        status(later)
    told.sample(2)
    qtbot.waitUntil(lambda: model.rowCount() == 3)

    divider = model.row_at(1)
    assert isinstance(divider, Divider)
    assert divider.text == "plant reconnected, 12 s gap"
    with watched_calls(QPainter, "drawText", lambda _, *args: painted.append(str(args[-1]))):
        page.table.viewport().grab()
    assert divider.text in painted


def test_nothing_sorts_the_rows_anew(told: Told, theme: Theme, qtbot: QtBot):
    host = QWidget()
    qtbot.addWidget(host)
    page = FeedPage(told.live, Commands(host, Shortcuts(SettingsStore(parent=host), host)))
    qtbot.addWidget(page)
    page.show()
    for number in range(20):
        told.sample(number)
    qtbot.waitUntil(lambda: page.model.rowCount() == 20)
    head = page.table.horizontalHeader()
    place = QPoint(head.sectionViewportPosition(1) + 8, head.height() // 2)
    qtbot.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=place)
    for number in (31, 30):
        told.sample(number)
    qtbot.waitUntil(lambda: page.model.rowCount() == 22)

    assert not page.table.isSortingEnabled()
    assert [row.sample.id for row in rows_of(page.model)] == [*range(20), 31, 30]


def test_a_message_knows_its_whole_payload_or_that_it_does_not(told: Told, qtbot: QtBot):
    model = FeedModel(told.live)
    told.sample(1, payload="é")
    told.sample(2, payload="\ufffd", payload_bytes=1, data=b"\xff")
    told.sample(3, payload="x" * 2_000, payload_bytes=300_000)
    told.sample(4, retain=True)
    qtbot.waitUntil(lambda: model.rowCount() == 4)

    rows = rows_of(model)
    assert [row.payload for row in rows] == ["é".encode(), b"\xff", None, b"{}"]
    assert [message_of(rows[place]).retain for place in (0, 3)] == [False, True], "sent again"


def test_a_message_weighs_its_payload_and_old_ones_go_by_it(told: Told, qtbot: QtBot):
    model = FeedModel(told.live)
    model._most_bytes = 25_000
    for number in range(5):
        told.sample(number, payload="x" * 10_000)
    qtbot.waitUntil(lambda: model.taken == 5 and model.kept == 2)

    assert [row.sample.id for row in rows_of(model)] == [3, 4]
    assert 20_000 < model.kept_bytes <= 25_000


def test_rows_that_are_remembered_keep_to_their_bytes(told: Told, qtbot: QtBot):
    model = FeedModel(told.live)
    told.sample(1, data=b"x" * 1_000)
    qtbot.waitUntil(lambda: model.rowCount() == 1)
    row = rows_of(model)[0]
    recent = RecentRows(100, 3 * row.weight)
    for number in range(5):
        recent.put(number, row)
    recent.put(3, row)

    assert [recent.get(number) is row for number in range(5)] == [False, False, True, True, True]
