"""The ring behind live lists: bounds, filter, pause, following; no widget."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from gui.viewmodels.live_rows import Divider
from gui.viewmodels.ring import Index, RingModel


@dataclass
class Row:
    number: int
    weight: int = 10

    def texts(self) -> list[str]:
        return [f"row {self.number}"]

    def field(self, name: str) -> str | int | None:
        return self.number if name == "offset" else None

    def document(self) -> str:
        return f'{{"n": {self.number}}}'


def rows(first: int, last: int, weight: int = 10) -> list[Row]:
    return [Row(number, weight) for number in range(first, last)]


class Numbers(RingModel):
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or role != Qt.ItemDataRole.DisplayRole:
            return None
        return str(self.row_at(index.row()))


def shown(model: RingModel) -> list[int]:
    found = (model.row_at(place) for place in range(model.rowCount()))
    return [row.number for row in found if isinstance(row, Row)]


@pytest.fixture
def make(qtbot: QtBot) -> Iterator[Callable[..., RingModel]]:
    made: list[RingModel] = []

    def make(**limits: int) -> RingModel:
        model = Numbers(None, **limits)
        mode = QAbstractItemModelTester.FailureReportingMode.Fatal
        QAbstractItemModelTester(model, mode, model)
        made.append(model)
        return model

    yield make
    for model in made:
        model.deleteLater()


def test_rows_are_shown_in_batches(make: Callable[..., RingModel], qtbot: QtBot):
    model = make()
    inserted: list[tuple[int, int]] = []
    model.rowsInserted.connect(lambda _parent, first, last: inserted.append((first, last)))
    for number in range(1_000):
        model.add([Row(number)])
    qtbot.waitUntil(lambda: model.rowCount() == 1_000)

    assert shown(model) == list(range(1_000))
    assert len(inserted) <= 3
    assert model.taken == 1_000
    assert model.count_text == "1,000 of 50,000"


def test_fewer_rows_can_be_kept_from_now_on(make: Callable[..., RingModel], qtbot: QtBot):
    model = make(most_rows=100)
    model.add(rows(0, 80))
    model.set_most_rows(50)
    qtbot.waitUntil(lambda: model.gone == 30)
    assert shown(model) == list(range(30, 80))
    assert model.count_text == "50 of 50"


def test_the_oldest_rows_go_when_there_are_too_many(make: Callable[..., RingModel], qtbot: QtBot):
    model = make(most_rows=100)
    model.add(rows(0, 80))
    qtbot.waitUntil(lambda: model.rowCount() == 80)
    model.add(rows(80, 250))
    qtbot.waitUntil(lambda: model.gone == 150)

    assert shown(model) == list(range(150, 250))
    assert model.kept == 100
    assert model.taken == 250
    assert "150 older rows have gone" in model.count_detail


def test_bytes_are_bounded_too(make: Callable[..., RingModel], qtbot: QtBot):
    model = make(most_bytes=1_000)
    model.add(rows(0, 50, weight=100))
    qtbot.waitUntil(lambda: model.gone == 40)

    assert shown(model) == list(range(40, 50))
    assert model.kept_bytes == 1_000


def test_a_list_keeps_64_mib_unless_it_is_told_another_limit(
    make: Callable[..., RingModel], qtbot: QtBot
):
    model = make()
    for number in range(6):
        model.add([Row(number, weight=12 << 20)])
        qtbot.waitUntil(lambda number=number: shown(model)[-1:] == [number])

    assert shown(model) == list(range(1, 6))
    assert model.kept_bytes == 60 << 20


def test_views_hear_of_new_rows_ten_times_a_second_at_most(
    make: Callable[..., RingModel], qtbot: QtBot
):
    model = make()
    heard_s: list[float] = []
    model.rowsInserted.connect(lambda: heard_s.append(time.perf_counter()))
    numbers = count()

    def come() -> bool:
        model.add([Row(next(numbers))])
        return len(heard_s) > 5

    qtbot.waitUntil(come)

    assert heard_s[5] - heard_s[0] >= 5 * 0.09  # timers of Qt may be early by a twentieth
    assert model.taken > 6


def test_rows_that_are_written_to_are_painted_anew_ten_times_a_second_at_most(
    make: Callable[..., RingModel], qtbot: QtBot
):
    model = make()
    model.add(rows(0, 3))
    qtbot.waitUntil(lambda: model.rowCount() == 3)
    heard: list[None] = []
    model.dataChanged.connect(lambda: heard.append(None))
    for _ in range(1_000):
        model.rows_changed()
    assert heard == [], "not with each of them"
    qtbot.waitUntil(lambda: bool(heard))

    assert heard == [None]


def test_rows_that_wait_are_bounded_by_their_bytes(make: Callable[..., RingModel], qtbot: QtBot):
    model = make()
    model.add(rows(0, 5, weight=6 << 20))  # 16 MiB wait at most

    assert (model.taken, model.left_out) == (5, 3)
    qtbot.waitUntil(lambda: shown(model) == [3, 4])


def test_rows_that_come_too_fast_are_left_out_and_counted(
    make: Callable[..., RingModel], qtbot: QtBot
):
    model = make()
    model.add(rows(0, 70_000))
    qtbot.waitUntil(lambda: model.rowCount() == 20_000)

    assert model.taken == 70_000
    assert model.left_out == 50_000
    assert shown(model)[-1] == 69_999
    assert "50,000 rows were not shown" in model.count_detail


def test_a_filter_holds_for_rows_that_are_there_and_for_those_to_come(
    make: Callable[..., RingModel], qtbot: QtBot
):
    model = make(most_rows=100)
    model.add(rows(0, 60))
    qtbot.waitUntil(lambda: model.rowCount() == 60)
    model.set_filter("payload.n >= 50")
    assert shown(model) == list(range(50, 60))
    model.add(rows(60, 130))
    qtbot.waitUntil(lambda: model.kept == 100)

    assert shown(model) == list(range(50, 130))
    assert model.count_text == "80 of 100"
    model.set_filter("")
    assert shown(model) == list(range(30, 130))


def test_filtering_many_rows_is_done_in_slices(qtbot: QtBot):
    model = Numbers()  # checking every row takes longer than all the rest
    model.add(rows(0, 20_000))
    qtbot.waitUntil(lambda: model.rowCount() == 20_000)
    model.set_filter("payload.n > 19989")
    assert model.rowCount() < 10  # the rest is looked at later: the window goes on meanwhile
    qtbot.waitUntil(lambda: model.rowCount() == 10)

    assert shown(model) == list(range(19_990, 20_000))
    model.deleteLater()


class Turns(Numbers):
    """Notes how many rows each of its turns has looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.turns: list[int] = []

    def _look(self, until_s: float) -> bool:
        before = self._looked
        is_done = super()._look(until_s)
        self.turns.append(self._looked - before)
        return is_done


def test_a_turn_of_work_ends_after_four_milliseconds(monkeypatch: pytest.MonkeyPatch, qtbot: QtBot):
    readings_ms = count(1_000)  # a row takes a millisecond
    clock = SimpleNamespace(perf_counter=lambda: next(readings_ms) / 1_000)
    monkeypatch.setattr("gui.viewmodels.ring.time", clock)
    model = Turns()
    model.add(rows(0, 100))
    qtbot.waitUntil(lambda: model.rowCount() == 100)
    of_arrivals = len(model.turns)
    model.set_filter("payload.n >= 0")
    qtbot.waitUntil(lambda: model.rowCount() == 100)

    assert max(model.turns) <= 5
    assert of_arrivals >= 20
    assert sum(model.turns) == 200
    model.deleteLater()


def test_a_bad_filter_is_told_and_the_last_good_one_stays(
    make: Callable[..., RingModel], qtbot: QtBot
):
    model = make()
    model.add(rows(0, 20))
    qtbot.waitUntil(lambda: model.rowCount() == 20)
    model.set_filter("offset > 17")
    model.set_filter("offset >")

    assert model.problem == "A value is missing after >. Write offset > 20."
    assert shown(model) == [18, 19]
    model.set_filter("offset > 18")
    assert model.problem == ""
    assert shown(model) == [19]


def test_an_expression_that_takes_for_ever_is_given_up(
    make: Callable[..., RingModel], qtbot: QtBot
):
    class Long(Row):
        def texts(self) -> list[str]:
            return ["a" * 60 + "b"]

    model = make()
    model.set_filter("/(a|aa)+$/")
    model.add([Long(1), Long(2)])
    qtbot.waitUntil(lambda: model.rowCount() == 2)

    assert "takes too long" in model.problem


def test_a_pause_leaves_a_gap_that_says_how_long_and_how_many(
    make: Callable[..., RingModel], qtbot: QtBot
):
    model = make()
    places: list[int] = []
    model.dividerShown.connect(places.append)
    model.add(rows(0, 3))
    qtbot.waitUntil(lambda: model.rowCount() == 3)
    model.set_paused(True)
    model.add(rows(3, 10))
    model.set_paused(False)
    model.add(rows(10, 12))
    qtbot.waitUntil(lambda: model.rowCount() == 6)

    divider = model.row_at(3)
    assert isinstance(divider, Divider)
    assert divider.text.startswith("paused ")
    assert divider.text.endswith("7 not shown")
    assert shown(model) == [0, 1, 2, 10, 11]
    assert (model.kept, model.taken, model.left_out) == (5, 12, 7)
    assert places == [3]
    model.set_filter("offset > 10")  # a gap stays to be seen whatever is filtered
    assert [type(model.row_at(place)) for place in range(2)] == [Divider, Row]
    assert places == [3, 0]


def test_a_pause_without_rows_leaves_no_gap(make: Callable[..., RingModel], qtbot: QtBot):
    model = make()
    model.set_paused(True)
    model.set_paused(False)
    model.add(rows(0, 1))
    qtbot.waitUntil(lambda: model.rowCount() == 1)

    assert shown(model) == [0]


def test_new_rows_are_counted_while_nobody_follows(make: Callable[..., RingModel], qtbot: QtBot):
    model = make()
    model.add(rows(0, 5))
    qtbot.waitUntil(lambda: model.rowCount() == 5)
    assert model.new_below == 0
    model.follow(False)
    model.divide("started 11:43:55")
    model.add(rows(5, 9))
    qtbot.waitUntil(lambda: model.rowCount() == 10)
    assert model.new_below == 4
    model.follow()

    assert model.new_below == 0


def test_clearing_starts_all_counts_over(make: Callable[..., RingModel], qtbot: QtBot):
    model = make(most_rows=5)
    model.add(rows(0, 9))
    qtbot.waitUntil(lambda: model.gone == 4)
    model.clear()

    assert model.rowCount() == model.kept == model.taken == model.gone == model.kept_bytes == 0
    model.add(rows(9, 11))
    qtbot.waitUntil(lambda: model.rowCount() == 2)
    assert shown(model) == [9, 10]
