"""What is in front of the camera stands still, and is what the program would show."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from core.kafka.records import TailRecord
from gui.main_window import MainWindow
from gui.viewmodels.tail_row import TailRow, row_of
from tests.gui.conftest import Run
from tests.gui.tour.stage import Stage
from tests.gui.tour.steps import choose_last


def records(first: int, count: int) -> list[TailRow]:
    offsets = range(first, first + count)
    return [row_of(TailRecord("emqx", 0, offset, 0, "dev-3", [], "{}")) for offset in offsets]


def test_the_chosen_record_stands_in_the_list_though_more_are_on_their_way(
    window: MainWindow, run: Run, tmp_path: Path
):
    app: Any = SimpleNamespace(window=window, session=window.session)
    house: Any = None
    stage, tail = Stage(app, house, tmp_path), window.tail
    tail.rows.add(records(0, 40))
    stage.freeze()
    tail.rows.add(records(40, 20))  # what comes while the picture is taken
    run(stage.hold())
    choose_last(tail.table)
    run(stage.settle())

    chosen = tail.table.currentIndex()
    assert chosen.row() == tail.rows.rowCount() - 1 == 39
    shown = tail.table.visualRect(chosen)
    assert tail.table.viewport().rect().contains(shown.center()), "it can be seen"
    assert not tail.rows.is_following
    stage.thaw()
    run(stage.hold())
    assert tail.rows.rowCount() == 60, "nothing is lost"
    stage.thaw()
