"""Grounds, words and corners inside the window's regions, against the table of tokens."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from gui.theme.tokens import Scheme
from gui.widgets.buttons import Button, DangerButton, FlatButton, PrimaryButton, SecondaryButton
from gui.widgets.chips import Chip, Tag
from gui.widgets.fields import ComboBox, LineField
from gui.widgets.frames import Banner, Card, Ground, Well
from gui.widgets.labels import Label
from gui.widgets.live_table import LiveTable
from gui.widgets.popover import Popover
from gui.widgets.toast import Toast
from gui.widgets.tour_card import TourCard
from tests.gui.tour.pixels import amount, colour, on, whole
from tests.gui.tour.places import Place, colour_at, place_of
from tests.gui.tour.told import ROWS, tell_rows

# Rows of live lists


def row_place(window: MainWindow, table: LiveTable, row: int) -> Place:
    left, top, width, _ = place_of(window, table.viewport())
    rect = table.visualRect(table.model().index(row, 0))
    return left, top + rect.top(), width, rect.height()


def point_at(table: LiveTable, row: int) -> None:
    """Move the pointer over a row; Qt itself is told of none, so that it does not leave."""
    at = QPointF(table.visualRect(table.model().index(row, 0)).center())
    none = Qt.MouseButton.NoButton
    where = table.viewport().mapToGlobal(at)
    keys = Qt.KeyboardModifier.NoModifier
    move = QMouseEvent(QEvent.Type.MouseMove, at, where, none, none, keys)
    QApplication.sendEvent(table.viewport(), move)


def ground_of(window: MainWindow, table: LiveTable, row: int) -> str:
    left, top, _, height = row_place(window, table, row)
    return colour_at(window.grab().toImage(), left + 3, top + height // 2)


def test_rows_of_live_lists_have_their_grounds(window: MainWindow, scheme: Scheme, qtbot: QtBot):
    tell_rows(window, qtbot)
    check_record_that_does_not_fit(window, scheme)
    for table in (window.tail.table, window.bottom_pages.feed.table):
        table.selectRow(1)
        table.setFocus(Qt.FocusReason.MouseFocusReason)
        point_at(table, 2)
        found = [ground_of(window, table, row) for row in (0, 1, 2)]
        names = ("surface2", "selection", "hover_content")
        assert found == [colour(scheme, name) for name in names]
        window.navigator.view.setFocus(Qt.FocusReason.MouseFocusReason)
        assert ground_of(window, table, 1) == colour(scheme, "selection_idle")


def check_record_that_does_not_fit(window: MainWindow, scheme: Scheme) -> None:
    """Look for its badge, and for the line below."""
    left, top, width, height = row_place(window, window.tail.table, ROWS - 1)
    picture = window.grab().toImage().copy(left, top, width, height)
    assert amount(picture, whole(picture), colour(scheme, "warn_bg")) > 16 * 20
    assert amount(picture, whole(picture), colour(scheme, "warn")) > 0
    assert colour_at(picture, 3, height - 1) == colour(scheme, "border")
    assert colour_at(picture, 3, height - 2) == colour(scheme, "surface2")


# Buttons, words, what floats


BUTTONS: dict[type[Button], tuple[str, str, str]] = {
    PrimaryButton: ("accent", "accent", "on_accent"),
    SecondaryButton: ("surface2", "border_control", "text1"),
    FlatButton: ("surface1", "surface1", "text1"),
    DangerButton: ("bad_fill", "bad_fill", "on_bad"),
}
"""Ground, outline and words of each kind, on the ground of a page."""


@pytest.mark.parametrize("kind", BUTTONS, ids=lambda kind: kind.__name__)
def test_buttons_have_the_colours_and_the_room_of_their_kind(
    page: Ground, scheme: Scheme, kind: type[Button]
):
    picture = on(page, kind("HEH"))
    ground, outline, words = (colour(scheme, name) for name in BUTTONS[kind])

    assert colour_at(picture, 6, 15) == ground
    assert colour_at(picture, 0, 15) == outline
    assert amount(picture, whole(picture), words) >= 5
    text = kind("HEH").fontMetrics().horizontalAdvance("HEH")
    assert picture.width() - text == pytest.approx(2 * 12, abs=1)
    assert picture.height() == 30


@pytest.mark.parametrize("role", ["text1", "text2", "text3", "bad", "warn", "ok", "accent_text"])
def test_words_have_the_colour_of_their_role(page: Ground, scheme: Scheme, role: str):
    picture = on(page, Label("HEH", role=role))
    assert amount(picture, whole(picture), colour(scheme, role)) >= 5


def toast() -> QWidget:
    made = Toast()
    made.say("Deleted rule hot_plant.", link="Undo")
    made.stop_clock()
    return made


def tour_card() -> QWidget:
    made = TourCard()
    made.show_step(1, 5, "Overview", "Messages flow from left to right.")
    return made


def popover(page: Ground) -> QWidget:
    made = Popover(page, "Name", 200)
    made.setWindowFlags(Qt.WindowType.Widget)
    made.column.addWidget(Label("Name"))
    return made


def banner(status: str) -> QWidget:
    made = Banner()
    made.say("The file was changed elsewhere.", status=status)
    return made


@pytest.mark.parametrize("make", [toast, tour_card, popover], ids=lambda make: make.__name__)
def test_what_floats_has_the_fourth_surface_and_a_strong_outline(
    page: Ground, scheme: Scheme, make: Callable[..., QWidget]
):
    picture = on(page, make(page) if make is popover else make())
    middle = picture.width() // 2
    assert colour_at(picture, middle, 0) == colour(scheme, "border_strong")
    assert colour_at(picture, middle, 3) == colour(scheme, "surface3")
    assert colour_at(picture, 3, picture.height() // 2) == colour(scheme, "surface3")


def test_a_toast_stands_in_the_corner_above_the_status_bar(window: MainWindow, qtbot: QtBot):
    window.toasts.say("Deleted rule hot_plant.", link="Undo")
    made = window.toasts.shown[-1]
    bottom = 800 - 26 - 12
    qtbot.waitUntil(lambda: made.y() + made.height() == bottom)
    assert (made.height(), made.x() + made.width()) == (40, 1280 - 12)


@pytest.mark.parametrize(
    ("status", "name"), [("info", "info_bg"), ("degraded", "warn_bg"), ("failed", "bad_bg")]
)
def test_banners_have_the_ground_of_their_state(
    page: Ground, scheme: Scheme, status: str, name: str
):
    picture = on(page, banner(status), 560)
    assert colour_at(picture, 3, 18) == colour(scheme, name)


@pytest.mark.parametrize("role", ["ok", "warn", "bad", "info"])
def test_tags_have_the_ground_and_the_colour_of_their_state(
    page: Ground, scheme: Scheme, role: str
):
    picture = on(page, Tag("HEH", role))
    assert (picture.height(), colour_at(picture, 3, 9)) == (18, colour(scheme, f"{role}_bg"))
    assert amount(picture, whole(picture), colour(scheme, role)) > 0


# Corners


def radius_of(picture: QImage) -> int:
    """Tell where the straight part of the upper edge begins."""
    edge = colour_at(picture, picture.width() // 2, 0)
    return next(x for x in range(picture.width()) if colour_at(picture, x, 0) == edge)


CORNERS: dict[str, tuple[Callable[[], QWidget], int]] = {
    "card": (Card, 8),
    "well": (Well, 8),
    "toast": (toast, 8),
    "card of a tour": (tour_card, 8),
    "primary button": (lambda: PrimaryButton("Save"), 6),
    "secondary button": (lambda: SecondaryButton("Save"), 6),
    "field": (lambda: LineField("Name"), 6),
    "combo box": (lambda: ComboBox("Name"), 6),
    "chip": (lambda: Chip("emqx-lab"), 6),
    "tag": (lambda: Tag("Passed", "ok"), 4),
}


@pytest.mark.parametrize("name", CORNERS)
def test_corners_are_as_round_as_the_design_has_them(page: Ground, name: str):
    make, radius = CORNERS[name]
    widget = make()
    widget.setMinimumHeight(widget.minimumHeight() or 30)
    assert radius_of(on(page, widget, 120)) == pytest.approx(radius, abs=1)
