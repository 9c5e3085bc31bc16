"""The small widgets, all on one page: their sizes, their room, their names, their colours."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from gui.gallery.page import COLUMNS, MORE, Gallery
from gui.theme import Theme
from gui.theme.tokens import Scheme, tokens
from gui.widgets.buttons import Button, IconButton, PrimaryButton, SecondaryButton
from gui.widgets.chips import Chip, KeyCap, Tag
from gui.widgets.fields import CheckBox, ComboBox, LineField
from gui.widgets.filter_field import FilterField
from gui.widgets.labels import Label
from gui.widgets.switch import Switch

HEIGHTS: dict[type[QWidget], int] = {
    PrimaryButton: 30,
    LineField: 30,
    ComboBox: 30,
    FilterField: 26,
    IconButton: 26,
    Chip: 26,
    Tag: 18,
    KeyCap: 18,
}


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest, theme: Theme) -> Scheme:
    theme.set_preference(request.param)
    return theme.scheme


@pytest.fixture
def gallery(theme: Theme, qtbot: QtBot) -> Gallery:
    return shown(Gallery(), qtbot)


@pytest.fixture(params=[COLUMNS, MORE], ids=["first", "second"])
def page(request: pytest.FixtureRequest, theme: Theme, qtbot: QtBot) -> Gallery:
    return shown(Gallery(request.param), qtbot)


def shown(made: Gallery, qtbot: QtBot) -> Gallery:
    qtbot.addWidget(made)
    made.resize(1280, 800)
    with qtbot.waitExposed(made):
        made.show()
    return made


def of_class(gallery: Gallery, kind: type[QWidget]) -> list[QWidget]:
    """All widgets of a class itself or of a pose of it."""
    posed = f"Posed{kind.__name__}"
    return [w for w in gallery.findChildren(kind) if type(w).__name__ in (kind.__name__, posed)]


def picture_of(gallery: Gallery, widget: QWidget) -> QImage:
    return gallery.grab(widget.rect().translated(widget.mapTo(gallery, QPoint()))).toImage()


def colours_of(picture: QImage) -> Counter[str]:
    return Counter(
        picture.pixelColor(x, y).name().lower()
        for x in range(picture.width())
        for y in range(picture.height())
    )


@pytest.mark.parametrize("kind", HEIGHTS, ids=lambda kind: kind.__name__)
def test_every_kind_has_its_height_in_every_state(gallery: Gallery, kind: type[QWidget]):
    found = [w for w in of_class(gallery, kind) if w.property("square") != "24"]  # of tabs
    assert found
    assert {widget.height() for widget in found} == {HEIGHTS[kind]}


def test_a_button_keeps_its_width_in_every_state(gallery: Gallery):
    for text in ("Save", "Test", "Undo"):
        widths = {b.width() for b in gallery.findChildren(Button) if b.text() == text}
        assert len(widths) == 1


def test_what_is_clicked_has_room_for_the_pointer(page: Gallery):
    for button in page.findChildren(QAbstractButton):
        if button.isVisible() and "Scroll" not in button.objectName():  # Qt's own, of tab bars
            assert min(button.width(), button.height()) >= 24 or isinstance(button, Switch), button


def test_everything_has_a_name_and_nothing_is_cut(page: Gallery):
    assert page.sizeHint().height() <= 800
    for widget in page.findChildren(QWidget):
        if not widget.isVisible() or widget.objectName().startswith("qt_"):
            continue
        if isinstance(widget, QAbstractButton | QLineEdit):
            name = widget.accessibleName() or (
                widget.text() if isinstance(widget, QAbstractButton) else ""
            )
            assert name, widget
        if isinstance(widget, Label):
            assert widget.text() == widget.whole_text() or widget.textFormat() != (
                Qt.TextFormat.PlainText
            ), widget.whole_text()
        if isinstance(widget, QLabel | SecondaryButton | PrimaryButton | Chip | CheckBox):
            assert widget.width() >= widget.minimumSizeHint().width(), widget.text()


def test_grounds_and_outlines_have_the_colours_of_the_tokens(gallery: Gallery, scheme: Scheme):
    colours = {name: QColor(value).name() for name, value in tokens().colours[scheme].items()}
    save = {b.isDown(): b for b in of_class(gallery, PrimaryButton) if b.isEnabled()}  # pyright: ignore[reportAttributeAccessIssue] - buttons
    assert colours["accent_pressed"] in colours_of(picture_of(gallery, save[True]))
    field = next(f for f in of_class(gallery, LineField) if f.accessibleDescription())
    seen = colours_of(picture_of(gallery, field))
    assert seen[colours["bad"]] > 2 * field.width()
    assert seen.most_common(1)[0][0] == colours["surface2"]
    ground = gallery.grab().toImage().pixelColor(2, 2).name()
    assert ground == colours["surface1"]


def test_a_hovered_and_a_focused_button_look_different(gallery: Gallery, scheme: Scheme):
    test = [b for b in of_class(gallery, SecondaryButton) if b.text() == "Test"]  # pyright: ignore[reportAttributeAccessIssue] - buttons
    pictures = {colours_of(picture_of(gallery, b)).most_common(2)[0][0] for b in test}
    assert len(pictures) >= 4
    focused = next(b for b in test if b.hasFocus() and type(b) is not SecondaryButton)
    outline = picture_of(gallery, focused).pixelColor(focused.width() // 2, 0).name()
    assert outline == QColor(tokens().colours[scheme]["focus"]).name()
