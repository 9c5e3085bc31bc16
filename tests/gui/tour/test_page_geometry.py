"""Every drawn page against its drawing: where its parts lie, and which flat colours they have."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget
from pytestqt.exceptions import TimeoutError as NotYet
from pytestqt.qtbot import QtBot

from gui.engine_client import InProcessEngine
from gui.main_window import MainWindow
from gui.pages.welcome import RecentRow
from gui.recent import RecentFiles
from gui.theme import Theme
from gui.theme.tokens import Scheme, tokens
from gui.viewmodels.session import Session
from gui.widgets.chips import KeyCap
from gui.widgets.frames import Card
from tests.gui.conftest import Run
from tests.gui.tour.drawn_pages import DRAWN, FAILED_RULE, FRAME, PUBLISH, WELCOME, Drawn, Grounds
from tests.gui.tour.places import Place, colour_at, place_of
from tests.gui.tour.shown_parts import Parts
from tests.gui.tour.told import tell_changes

KEYS = (15, 41, 125, 214, 248, 424, 526)
"""From where on the keys below the palette's list are drawn."""


def fold(window: MainWindow, qtbot: QtBot) -> None:
    """Have the tail and the bottom dock folded, as they are beside most of the drawn pages."""
    window.tail.hide()
    window.bottom.fold(True)
    qtbot.waitUntil(lambda: place_of(window, window.documents)[2:] == (1036, 670))


def check(window: MainWindow, qtbot: QtBot, drawn: Drawn, scheme: Scheme, frame: Grounds) -> None:
    parts = drawn.show(window, qtbot)
    wanted = dict(drawn.places)
    assert parts.keys() == wanted.keys()
    with suppress(NotYet):
        qtbot.waitUntil(lambda: places_of(window, parts) == wanted)
    assert places_of(window, parts) == wanted
    check_colours(window, frame | drawn.grounds, scheme)


def places_of(window: MainWindow, parts: Parts) -> dict[str, Place]:
    return {name: place_of(window, part) for name, part in parts.items()}


def check_colours(window: QWidget, grounds: Grounds, scheme: Scheme) -> None:
    picture = window.grab().toImage()
    wanted = {at: tokens().colours[scheme][token].lower() for at, token in grounds.items()}
    assert {(x, y): colour_at(picture, x, y) for x, y in grounds} == wanted


def test_every_page_lies_and_looks_as_it_is_drawn(window: MainWindow, qtbot: QtBot):
    check(window, qtbot, PUBLISH, "light", {})
    fold(window, qtbot)
    for drawn in DRAWN.values():
        check(window, qtbot, drawn, "light", FRAME)


def test_every_page_lies_and_looks_the_same_in_the_dark_theme(
    window: MainWindow, theme: Theme, qtbot: QtBot
):
    theme.set_preference("dark")
    fold(window, qtbot)
    for drawn in DRAWN.values():
        check(window, qtbot, drawn, "dark", FRAME)
    theme.set_preference("light")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_rule_that_fails_lies_and_looks_as_it_is_drawn(
    window: MainWindow, theme: Theme, qtbot: QtBot, scheme: Scheme
):
    theme.set_preference(scheme)
    fold(window, qtbot)
    check(window, qtbot, FAILED_RULE, scheme, FRAME)
    theme.set_preference("light")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_popover_of_apply_lies_and_looks_as_it_is_drawn(
    window: MainWindow, theme: Theme, qtbot: QtBot, scheme: Scheme
):
    theme.set_preference(scheme)
    popover = tell_changes(window)
    assert popover.width() == 520
    last = popover.height() - 1
    qtbot.waitUntil(lambda: popover._foot.y() + 51 == last)
    assert (popover.apply.height(), popover.cancel.height()) == (30, 30)
    left, top, width, _ = place_of(popover, popover.apply)
    assert (left + width, top) == (520 - 17, pytest.approx(last - 40, abs=1))

    grounds: Grounds = {
        (300, 0): "border_strong",
        (300, 4): "surface3",
        (0, 100): "border_strong",
        (519, 100): "border_strong",
        (17, 90): "border",  # at the left of the comparison
        (502, 90): "border",
        (300, 67): "border",
        (300, last - 151): "border",  # above the choice
        (300, last - 100): "surface3",
        (300, last - 52): "border",  # above the foot
        (10, last - 30): "surface_alt",
        (510, last - 30): "surface_alt",
        (300, last): "border_strong",
    }
    check_colours(popover, grounds, scheme)
    popover.hide()
    theme.set_preference("light")


def test_the_palette_lies_and_looks_as_it_is_drawn(window: MainWindow, qtbot: QtBot):
    window.go_to_anything()
    palette = window.palette_window
    start = palette.mapToGlobal(QPoint()) - window.mapToGlobal(QPoint())
    assert (start.x(), start.y(), palette.width(), palette.height()) == (340, 80, 600, 520)
    model, view = palette.model, palette.list
    row = view.visualRect(model.index(model.next_goal(0, 0), 0))
    place = view.viewport().mapTo(palette, row.topLeft())
    assert (place.y(), row.height()) == (151 - 80, 30), "below the first group's name"
    keys = [place_of(palette, cap)[0] for cap in palette.findChildren(KeyCap)]
    assert keys[1:] == [pytest.approx(each, abs=3) for each in KEYS]

    grounds: Grounds = {
        (360, 0): "border_strong",
        (360, 4): "surface3",
        (360, 44): "border",  # below the field
        (360, 485): "border",  # above the keys
        (5, 75): "selection",
        (4, 75): "surface3",
        (360, 490): "surface_alt",
        (360, 518): "surface_alt",
        (360, 519): "border_strong",
    }
    check_colours(palette, grounds, "light")
    palette.field.setText("emq")  # all fits, and nothing is scrolled
    check_colours(palette, {(594, 75): "selection", (595, 75): "surface3"}, "light")
    palette.close()


def test_the_first_page_lies_and_looks_as_it_is_drawn(
    theme: Theme, run: Run, qtbot: QtBot, tmp_path: Path
):
    recent = RecentFiles()
    for name in ("greenhouse", "line-4", "load-test"):
        path = tmp_path / f"{name}.toml"
        path.write_text("sluicegate = 1\n", "utf-8")
        recent.add(path)
    session = Session(InProcessEngine(), recent=recent)
    window = MainWindow(session, theme)
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.show()
    qtbot.waitUntil(lambda: len(window.welcome.findChildren(RecentRow)) == 3)
    rows = window.welcome.findChildren(RecentRow)
    cards = [card for card in window.welcome.findChildren(Card) if card.isVisible()]

    assert sorted(place_of(window, card) for card in cards if card.height() > 200) == [
        (156, 189, 312, 306),
        (484, 189, 312, 306),
        (812, 189, 312, 306),
    ]
    assert {row.height() for row in rows} <= {36, 37}, "with the line between two"
    check_colours(window, WELCOME, "light")
    run(session.close(), 30)
    session.deleteLater()
