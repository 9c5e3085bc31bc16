"""Controls one by one, as the design has them: grounds, words, rows, and room within."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest
from PySide6.QtCore import QStringListModel
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFrame, QMenu, QWidget
from pytestqt.qtbot import QtBot

from gui.theme.tokens import Scheme
from gui.viewmodels.flow import Card
from gui.viewmodels.live import State
from gui.widgets.buttons import Button, PrimaryButton, SecondaryButton
from gui.widgets.chips import Chip, KeyCap
from gui.widgets.completion_list import complete_from
from gui.widgets.empty_list import EmptyList
from gui.widgets.fields import ComboBox, LineField
from gui.widgets.flow_card import FlowCard
from gui.widgets.frames import Ground
from gui.widgets.menu import Menu
from gui.widgets.secret_field import SecretEditor
from gui.widgets.toast import Toast
from tests.gui.tour.pixels import amount, colour, on, whole
from tests.gui.tour.places import colour_at, words_of

_INSET: Final = 11
"""Where the first letter's stem is painted in a field: outline and padding, 10, and its bearing."""


def test_a_chip_is_content_with_a_quiet_outline(page: Ground, scheme: Scheme):
    picture = on(page, Chip("HEH"))
    assert colour_at(picture, 6, 5) == colour(scheme, "surface2")
    assert colour_at(picture, 0, 13) == colour(scheme, "border")
    assert amount(picture, whole(picture), colour(scheme, "text1")) >= 5


@pytest.mark.parametrize(
    ("status", "role"), [("running", "text3"), ("degraded", "warn"), ("failed", "bad")]
)
def test_the_detail_of_a_map_card_is_quiet_until_something_is_wrong(
    page: Ground, scheme: Scheme, status: str, role: str
):
    card = Card("rule:a", "rule", "name", "HEHHEH", State(status), 0.0, "", has_rate=False)
    picture = on(page, FlowCard(card), 140)
    line = (13, 30, 80, 18)
    assert picture.height() == 92
    assert amount(picture, line, colour(scheme, role)) >= 5
    assert amount(picture, line, colour(scheme, "text1")) == 0
    assert colour_at(picture, 8, 40) == colour(scheme, "surface2")


@pytest.mark.parametrize(
    ("small", "icon", "words", "edge"), [(False, 14, 36, 13), (True, 11, 30, 11)]
)
@pytest.mark.parametrize("kind", [PrimaryButton, SecondaryButton])
def test_icon_and_words_stand_in_a_button_as_they_are_drawn(
    page: Ground, kind: type[Button], small: bool, icon: int, words: int, edge: int
):
    made = kind("HEH", "rotate-cw")
    if small:
        made.set_small()
    picture = on(page, made)
    height = picture.height()
    (left, _), (start, end) = words_of(picture, (3, 5, picture.width() - 6, height - 10), 5)
    assert (left, start) == (pytest.approx(icon, abs=1), pytest.approx(words, abs=1))
    assert picture.width() - 1 - end == pytest.approx(edge, abs=1)


def test_key_caps_are_as_wide_as_their_key_needs(page: Ground):
    widths = [on(page, KeyCap(key)).width() for key in ("↑", ">", "Enter")]
    assert widths == [pytest.approx(each, abs=1) for each in (22, 19, 40)]


def test_what_a_toast_offers_stands_apart_from_what_it_says(page: Ground):
    made = Toast()
    made.say("Deleted saved message hot sample.", link="Undo")
    made.stop_clock()
    picture = on(page, made)
    *_, said, link, _ = words_of(picture, (4, 8, picture.width() - 8, 24), 6)
    assert link[0] - said[1] == pytest.approx(31, abs=2)


def test_a_sentence_of_an_empty_list_has_the_lines_of_a_text(page: Ground):
    made = EmptyList("workflow", large=True)
    made.say("A rule picks messages with SQL and hands them to actions.")
    on(page, made, 400)
    assert made.sentence.height() == 2 * 18


def line_field(*, small: bool = False, problem: str = "") -> LineField:
    made = LineField("Name", small=small)
    made.setText("HEH")
    made.set_problem(problem)
    return made


def combo_box(*, small: bool = False) -> ComboBox:
    made = ComboBox("Name", small=small)
    made.addItem("HEH")
    return made


FIELDS: dict[str, tuple[Callable[[], QWidget], int]] = {
    "field": (line_field, 30),
    "small field": (lambda: line_field(small=True), 26),
    "field with a problem": (lambda: line_field(problem="Too long."), 30),
    "combo box": (combo_box, 30),
    "small combo box": (lambda: combo_box(small=True), 26),
}


@pytest.mark.parametrize("name", FIELDS)
def test_text_starts_in_a_field_where_it_is_drawn(page: Ground, name: str):
    make, height = FIELDS[name]
    picture = on(page, make(), 160)
    assert picture.height() == height
    start, _ = words_of(picture, (3, 4, 100, height - 8))[0]
    assert start == pytest.approx(_INSET, abs=1)


def test_a_secret_is_a_key_and_words_on_a_ground_of_its_own(page: Ground, scheme: Scheme):
    made = SecretEditor("Password")
    made.show_value("secret:a", "HEH")
    picture = on(page, made, 400)
    assert picture.height() == 30
    assert colour_at(picture, 0, 15) == colour(scheme, "border_control")
    assert colour_at(picture, 4, 15) == colour(scheme, "surface_alt")
    words = words_of(picture, (4, 5, 100, 20), 4)
    assert [start for start, _ in words] == pytest.approx([10, 32], abs=2)


def test_the_head_of_a_card_is_an_alternate_ground_with_a_line_below(page: Ground, scheme: Scheme):
    head = QFrame()
    head.setProperty("kind", "card_head")
    head.setFixedHeight(26)
    picture = on(page, head, 200)
    assert colour_at(picture, 100, 12) == colour(scheme, "surface_alt")
    assert colour_at(picture, 100, 24) == colour(scheme, "surface_alt")
    assert colour_at(picture, 100, 25) == colour(scheme, "border")


def test_menus_float_and_have_rows_of_28(scheme: Scheme, qtbot: QtBot):
    menu = Menu()
    qtbot.addWidget(menu)
    entries = [menu.addAction(text) for text in ("HEH", "HEH", "HEH")]
    entries[2].setEnabled(False)
    menu.resize(menu.sizeHint())
    menu.setActiveAction(entries[1])
    picture = menu.grab().toImage()
    rows = [menu.actionGeometry(entry) for entry in entries]

    assert [row.height() for row in rows] == [28, 28, 28]
    assert (rows[0].left(), rows[0].top()) == (5, 5), "the outline, and a padding of 4"
    middle = picture.width() // 2
    assert colour_at(picture, middle, 0) == colour(scheme, "border_strong")
    assert colour_at(picture, middle, 2) == colour(scheme, "surface3")
    grounds = [colour_at(picture, 8, row.center().y()) for row in rows]
    names = ("surface3", "selection", "surface3")
    assert grounds == [colour(scheme, name) for name in names]
    for row, name in zip(rows, ("text1", "text1", "text_disabled"), strict=True):
        assert amount(picture, row.getRect(), colour(scheme, name)) >= 5  # pyright: ignore[reportArgumentType] - four numbers


def test_a_menu_that_qt_paints_has_the_same_ground(scheme: Scheme, qtbot: QtBot):
    menu = QMenu()
    qtbot.addWidget(menu)
    row = menu.actionGeometry(menu.addAction("HEH"))
    menu.resize(menu.sizeHint())
    picture = menu.grab().toImage()
    assert row.height() == 28
    assert colour_at(picture, picture.width() // 2, 2) == colour(scheme, "surface3")
    assert colour_at(picture, picture.width() // 2, 0) == colour(scheme, "border_strong")


def test_the_list_of_a_combo_box_floats_and_has_rows_of_28(
    page: Ground, scheme: Scheme, qtbot: QtBot
):
    box = combo_box()
    box.addItem("HEH")
    on(page, box, 160)
    box.showPopup()
    view = box.view()
    qtbot.waitUntil(view.isVisible)
    rows = [view.visualRect(view.model().index(row, 0)).height() for row in (0, 1)]
    picture = view.window().grab().toImage()
    box.hidePopup()

    assert rows == [28, 28]
    check_list(picture, scheme)


def test_the_list_below_a_field_has_rows_of_26(page: Ground, qtbot: QtBot):
    field = line_field()
    complete_from(field, QStringListModel(["HEH", "HEHE"], field))
    on(page, field, 160)
    completer = field.completer()
    assert completer is not None
    completer.setCompletionPrefix("H")
    completer.complete()
    view = completer.popup()
    qtbot.waitUntil(view.isVisible)
    rows = [view.visualRect(view.model().index(row, 0)).height() for row in (0, 1)]
    view.hide()

    assert rows == [26, 26]


def check_list(picture: QImage, scheme: Scheme) -> None:
    middle = picture.width() // 2
    assert colour_at(picture, middle, 0) == colour(scheme, "border_strong")
    assert colour_at(picture, middle, 3) == colour(scheme, "surface3")
    assert colour_at(picture, middle, picture.height() - 4) == colour(scheme, "surface3")
    assert amount(picture, whole(picture), colour(scheme, "text1")) >= 5
