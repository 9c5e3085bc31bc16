"""What lies inside the regions of the window: words, shapes and rows, where they are drawn.

The ends of words were measured in the drawings, where the same texts stand as here.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final, TypeAlias

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QTableView, QWidget
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from tests.gui.tour.places import Place, Span, height_of, place_of, words_of
from tests.gui.tour.told import tell_counters, tell_rows, tell_states, tell_steps

Words: TypeAlias = tuple[Place, int, list[Span]]
"""Where to look, how wide a gap lies within a word at most, and the words."""

RESULT_OF_THE_TRACE: Final = 468
"""Where the last column begins."""

SLACK: Final = 2
"""Widths of texts agree to so many pixels, by the design's own words."""

OVERVIEW: Final[dict[str, Words]] = {
    "a button of the toolbar": ((144, 38, 60, 24), 4, [(146, 172), (177, 199)]),
    "the next button": ((244, 38, 60, 24), 4, [(247, 290)]),
    "chips": ((1070, 40, 209, 22), 3, [(1089, 1096), (1106, 1158), (1188, 1195), (1204, 1257)]),
    "current tab": ((210, 75, 100, 26), 4, [(221, 233), (242, 300)]),
    "other tabs": (
        (318, 76, 300, 26),
        4,
        [(327, 335), (344, 407), (420, 428), (457, 464), (474, 531), (544, 552)],
    ),
    "parts of the view": ((232, 117, 50, 20), 4, [(235, 246), (255, 278)]),
    "row of the navigator": ((36, 113, 90, 22), 4, [(40, 98)]),
    "group of the navigator": ((8, 178, 110, 16), 3, [(17, 24), (32, 99)]),
    "child of the navigator": ((48, 203, 90, 24), 3, [(51, 108)]),
    "name on a card": ((428, 208, 130, 17), 4, [(441, 449), (458, 522)]),
    "detail on a card": ((430, 227, 128, 18), 4, [(440, 483)]),
    "rate on a card": ((430, 256, 70, 22), 4, [(440, 478)]),
    "name on a disabled card": ((428, 440, 130, 17), 4, [(440, 449), (458, 523)]),
    "rate on a disabled card": ((430, 488, 128, 22), 4, [(439, 457), (507, 552)]),
    "first tab of the dock": ((210, 549, 50, 24), 4, [(221, 249)]),
    "other tabs of the dock": (
        (262, 549, 214, 24),
        4,
        [(275, 319), (345, 401), (415, 419), (451, 472)],
    ),
}
STATUS: Final[Words] = (
    (2, 778, 600, 18),
    4,
    [
        *[(14, 22), (31, 75), (83, 134), (146, 146), (157, 165), (174, 210)],
        *[(221, 221), (233, 271), (280, 316), (327, 327), (338, 355), (363, 399)],
        *[(410, 410), (422, 459), (467, 472), (484, 484), (495, 541), (549, 555)],
    ],
)
RULE: Final[dict[str, Words]] = {
    "head of a rule": ((238, 110, 156, 44), 4, [(247, 326), (339, 390)]),
}
CONNECTOR: Final[dict[str, Words]] = {
    "head of a connector": ((210, 110, 164, 44), 4, [(225, 240), (253, 324), (342, 370)]),
    "tabs of a connector": (
        (210, 160, 400, 28),
        6,
        [(224, 274), (300, 349), (358, 374), (399, 445)],
    ),
    "a step that passed": (
        (876, 251, 345, 25),
        6,
        [(889, 898), (910, 993), (1111, 1163), (1186, 1212)],
    ),
    "a step that was not needed": (
        (876, 305, 345, 25),
        4,
        [(890, 897), (909, 932), (1164, 1181), (1186, 1211)],
    ),
    "the fifth step": ((876, 359, 160, 25), 4, [(889, 898), (910, 939), (944, 1001)]),
    "the step that failed": ((876, 396, 345, 22), 6, [(889, 898), (910, 1086), (1186, 1212)]),
}
COUNTERS: Final[dict[str, Words]] = {
    "head": ((212, 155, 345, 18), 5, [(222, 267), (432, 492), (520, 544)]),
    "first sum": ((212, 181, 180, 20), 6, [(225, 231), (242, 372)]),
    "first counter": ((212, 206, 180, 20), 4, [(256, 357)]),
    "second counter": ((212, 230, 180, 20), 4, [(242, 247), (257, 335)]),
    "figures of the first counter": ((400, 206, 155, 20), 6, [(442, 485), (516, 544)]),
}

TAIL_ROW: Final[dict[str, Words]] = {
    "first line": (
        (1, 1, 320, 20),
        5,
        [(12, 88), (97, 109), (126, 155), (170, 203), (287, 312)],
    ),
    "second line": (
        (1, 20, 320, 20),
        6,
        [(11, 64), (75, 107), (119, 158), (169, 203)],
    ),
}
"""Within the row, which begins at (957, 502); so for the feed's, at (208, 748)."""
FEED_ROW: Final[dict[str, Words]] = {
    "cells": ((1, 2, 500, 18), 6, [(18, 94), (113, 206), (226, 259), (285, 484)]),
    "outcome": ((506, 2, 80, 18), 3, [(511, 519), (526, 583)]),
}


def near(words: list[Span]) -> list[Any]:
    return [pytest.approx(each, abs=SLACK) for each in words]


def gaps(words: list[Span]) -> list[int]:
    """Tell how far it is from each word to the next."""
    return [after[0] - before[1] for before, after in pairwise(words)]


def check(picture: QImage, wanted: dict[str, Words]) -> None:
    found = {name: words_of(picture, box, gap) for name, (box, gap, _) in wanted.items()}
    assert found == {name: near(words) for name, (_, _, words) in wanted.items()}


def fold(window: MainWindow, qtbot: QtBot) -> None:
    """Have the tail and the bottom dock folded, as they are beside these pages."""
    window.tail.hide()
    window.bottom.fold(True)
    qtbot.waitUntil(lambda: place_of(window, window.documents)[2:] == (1036, 670))


def row_place(window: QWidget, table: QTableView, row: int) -> Place:
    """Tell where a row of a table lies in its window."""
    rect = table.visualRect(table.model().index(row, 0))
    left, top = table.viewport().mapTo(window, rect.topLeft()).toTuple()  # pyright: ignore[reportGeneralTypeIssues] - two numbers
    return left, top, rect.width(), rect.height()


def test_words_of_the_overview_stand_where_they_are_drawn(window: MainWindow, qtbot: QtBot):
    tell_states(window)
    qtbot.waitUntil(lambda: window.statusBar()._figures[0][1].value.width() > 30)
    picture = window.grab().toImage()

    check(picture, OVERVIEW)
    box, gap, words = STATUS
    found = words_of(picture, box, gap)
    assert gaps(found) == pytest.approx(gaps(words), abs=SLACK)
    assert found[-1][0] == pytest.approx(words[-1][0], abs=SLACK), "they do not add up"
    heights = {"name": (456, 198, 100, 28), "detail": (430, 228, 100, 18)}
    heights |= {"rate": (430, 256, 50, 26), "row": (48, 203, 90, 24)}
    assert {name: height_of(picture, box) for name, box in heights.items()} == {
        "name": near([(211, 223)])[0],
        "detail": near([(230, 241)])[0],
        "rate": near([(263, 274)])[0],
        "row": near([(209, 221)])[0],
    }


def test_rows_of_tail_and_feed_are_written_as_they_are_drawn(window: MainWindow, qtbot: QtBot):
    tell_rows(window, qtbot)
    picture = window.grab().toImage()
    left, top, width, height = row_place(window, window.tail.table, 1)
    row = picture.copy(left, top, width, height)
    check(row, TAIL_ROW)
    assert [height_of(row, box) for box in ((11, 1, 200, 19), (10, 20, 200, 20))] == near(
        [(7, 18), (22, 34)]
    )

    left, top, _, height = row_place(window, window.bottom_pages.feed.table, 1)
    row = picture.copy(left, top, 748, height)
    check(row, FEED_ROW)
    assert height_of(row, (17, 1, 80, 22)) == near([(7, 16)])[0]


def test_heads_tabs_and_steps_of_a_page_stand_where_they_are_drawn(
    window: MainWindow, qtbot: QtBot
):
    fold(window, qtbot)
    window.open_document("rule:temp_hum")
    window.navigator.view.setFocus(Qt.FocusReason.MouseFocusReason)
    check(window.grab().toImage(), RULE)
    window.open_document("connector:kafka-lab")
    page: Any = window.documents.page("connector:kafka-lab")
    tell_steps(page)
    window.navigator.view.setFocus(Qt.FocusReason.MouseFocusReason)
    qtbot.waitUntil(lambda: page.panel.card.height() > 200)
    check(window.grab().toImage(), CONNECTOR)


def test_counters_stand_where_they_are_drawn(window: MainWindow, qtbot: QtBot):
    fold(window, qtbot)
    window.open_document("monitor")
    tell_counters(window)
    page: Any = window.documents.page("monitor")
    model = page.tree.model()
    qtbot.waitUntil(lambda: model.rowCount() == 3)
    first, second = model.index(0, 0), model.index(1, 0)
    rows = [first, model.index(0, 0, first), model.index(1, 0, first), second]
    qtbot.waitUntil(page.tree.isVisible)
    picture = window.grab().toImage()
    check(picture, COUNTERS)
    assert [page.tree.visualRect(row).height() for row in rows] == [27, 24, 24, 31]
    last = page.trace.model().columnCount() - 1
    assert page.trace.columnViewportPosition(last) == RESULT_OF_THE_TRACE
