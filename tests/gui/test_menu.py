"""Menus and lists of choices: their corners, their columns, their letters."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gui.theme import Theme
from gui.widgets.fields import ComboBox, LineField
from gui.widgets.menu import Menu, key_names, mark_danger, show_text_menu
from gui.widgets.round_window import round_region

pytestmark = pytest.mark.usefixtures("theme")


@pytest.fixture
def host(qtbot: QtBot) -> Iterator[QWidget]:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(400, 300)
    window.show()
    yield window
    while popup := QApplication.activePopupWidget():
        popup.close()


@pytest.fixture
def menu(host: QWidget) -> Menu:
    made = Menu(host, "&Edit")
    made.addAction("&Undo").setShortcut("Ctrl+Z")
    made.addAction("&Redo the change before").setShortcut("Ctrl+Shift+Z")
    made.addSeparator()
    made.addAction("&Dock").setCheckable(True)
    return made


def _open(menu: Menu, host: QWidget) -> QImage:
    menu.popup(host.mapToGlobal(QPoint(10, 10)))
    return menu.grab().toImage()


def _columns(image: QImage, rect: QRect, ground: str) -> list[int]:
    """List the columns of a row in which something is painted on the ground."""
    rows = range(rect.top() + 2, rect.bottom() - 2)
    names = [
        {image.pixelColor(x, y).name() for y in rows} for x in range(rect.left() + 1, rect.right())
    ]
    return [rect.left() + 1 + place for place, found in enumerate(names) if found != {ground}]


def test_a_menu_has_transparent_corners(menu: Menu, host: QWidget, theme: Theme):
    image = _open(menu, host)
    right, bottom = image.width() - 1, image.height() - 1
    for x, y in ((0, 0), (right, 0), (0, bottom), (right, bottom)):
        assert image.pixelColor(x, y).alpha() == 0
    middle = image.pixelColor(2, image.height() // 2)
    assert middle.name() == theme.colour("surface3").name()


def test_shortcuts_of_a_menu_end_in_one_line(menu: Menu, host: QWidget, theme: Theme):
    image = _open(menu, host)
    rects = [menu.actionGeometry(action) for action in menu.actions()[:2]]
    ends = [_columns(image, rect, theme.colour("surface3").name())[-1] for rect in rects]
    assert abs(ends[0] - ends[1]) <= 1
    assert rects[0].right() - ends[0] in range(7, 10)


def test_letters_are_marked_once_a_key_was_pressed(menu: Menu, host: QWidget):
    before = _open(menu, host)
    assert not menu.marks_letters
    QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Down)
    assert menu.marks_letters
    first = menu.actionGeometry(menu.actions()[0])
    assert menu.grab().toImage().copy(first) != before.copy(first)


def test_a_menu_opened_again_by_the_pointer_marks_no_letters(menu: Menu, host: QWidget):
    _open(menu, host)
    QTest.keyClick(menu, Qt.Key.Key_Down)
    menu.close()
    _open(menu, host)
    assert not menu.marks_letters


def test_the_menu_of_a_text_field_is_one_of_ours(host: QWidget):
    field = LineField("Name", parent=host)
    field.setText("greenhouse")
    field.selectAll()
    show_text_menu(field, host.mapToGlobal(QPoint(10, 10)))
    shown = QApplication.activePopupWidget()
    assert isinstance(shown, Menu)
    texts = [action.text().partition("\t")[0].replace("&", "") for action in shown.actions()]
    assert {"Undo", "Cut", "Copy", "Paste", "Select All"} <= set(texts)
    next(action for action in shown.actions() if "Cu" in action.text()).trigger()
    assert field.text() == ""


def test_the_list_of_a_choice_has_transparent_corners_below_its_field(host: QWidget):
    combo = ComboBox("From", parent=host)
    combo.addItems(["Live", "Beginning"])
    combo.move(20, 20)
    combo.show()
    combo.showPopup()
    shown = combo.view().window()
    image = shown.grab().toImage()
    assert image.pixelColor(0, 0).alpha() == 0
    assert image.pixelColor(image.width() - 1, image.height() - 1).alpha() == 0
    assert shown.y() >= combo.mapToGlobal(QPoint(0, combo.height())).y()


def test_a_round_region_keeps_every_painted_pixel(menu: Menu, host: QWidget, theme: Theme):
    image = _open(menu, host)
    region = round_region(menu.rect(), theme.size("radius.l"))
    painted = {
        (x, y)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).alpha()
    }
    assert all(region.contains(QPoint(x, y)) for x, y in painted)
    assert not region.contains(QPoint(0, 0))
    assert not region.contains(QPoint(menu.width() - 1, menu.height() - 1))


@pytest.mark.parametrize(
    ("keys", "names"),
    [
        ("Ctrl+D", "Ctrl D"),
        ("Return", "Enter"),
        ("Ctrl+Shift+Return", "Ctrl Shift Enter"),
        ("Ctrl++", "Ctrl +"),
        ("+", "+"),
        ("F2", "F2"),
        ("", ""),
    ],
)
def test_keys_are_named_as_their_caps_are(keys: str, names: str):
    assert key_names(keys) == names


def test_what_takes_something_away_is_red_where_it_can_be_done(
    menu: Menu, host: QWidget, theme: Theme
):
    delete = mark_danger(menu.addAction("&Delete"))
    bad = theme.colour("bad").name()
    for is_on in (True, False):
        delete.setEnabled(is_on)
        image = _open(menu, host)
        assert (bad in _colours(image, menu.actionGeometry(delete))) == is_on
        assert bad not in _colours(image, menu.actionGeometry(menu.actions()[0]))
        menu.hide()


def _colours(image: QImage, rect: QRect) -> set[str]:
    xs, ys = range(rect.left(), rect.right()), range(rect.top(), rect.bottom())
    return {image.pixelColor(x, y).name() for x in xs for y in ys}
