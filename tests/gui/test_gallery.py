"""The small widgets, all on one page: their sizes, their room, their names, their colours."""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QMenu, QWidget
from pytestqt.qtbot import QtBot

import gui.widgets
from gui.gallery.page import MORE, PAGES, Gallery
from gui.theme import Theme
from gui.theme.tokens import Scheme, tokens
from gui.widgets.buttons import (
    Button,
    DangerButton,
    IconButton,
    PrimaryButton,
    SecondaryButton,
)
from gui.widgets.chips import Chip, KeyCap, Tag
from gui.widgets.fields import CheckBox, ComboBox, LineField
from gui.widgets.filter_field import FilterField
from gui.widgets.frames import Banner
from gui.widgets.labels import Label
from gui.widgets.measure_field import MeasureEditor
from gui.widgets.navigator_view import NavigatorView
from gui.widgets.outcome_tag import OutcomeTag
from gui.widgets.segmented import Segmented
from gui.widgets.switch import Switch
from gui.widgets.tab_bar import TabBar
from gui.widgets.table_view import TableView
from gui.widgets.template_edit import TemplateEdit
from gui.widgets.toast import Toast

HEIGHTS: dict[type[QWidget], int] = {
    PrimaryButton: 30,
    SecondaryButton: 30,
    DangerButton: 30,
    LineField: 30,
    ComboBox: 30,
    MeasureEditor: 30,
    TemplateEdit: 30,
    IconButton: 26,
    Segmented: 26,
    Chip: 26,
    Tag: 18,
    KeyCap: 18,
    TabBar: 34,
    Toast: 40,
    Banner: 36,
}
LATER_HEIGHTS: dict[type[QWidget], int] = {FilterField: 26, OutcomeTag: 22}
PLACES: dict[str, tuple[int, int, int]] = {
    "Fields": (24, 222, 452),
    "States: shape, word, colour": (24, 570, 452),
    "Navigator rows": (500, 42, 364),
    "Table": (500, 260, 364),
    "Menu and popover": (500, 424, 364),
    "Tabs": (500, 623, 364),
    "Chart series": (500, 697, 364),
    "Toasts, bottom right above the status bar": (888, 42, 368),
    "Banners, at the top of a page": (888, 178, 368),
    "Empty state": (888, 350, 368),
    "Surfaces and text": (888, 562, 368),
    "Type": (888, 652, 368),
}
"""Left, top and width of each group in the drawing."""


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest, theme: Theme) -> Scheme:
    theme.set_preference(request.param)
    return theme.scheme


@pytest.fixture
def gallery(theme: Theme, qtbot: QtBot) -> Gallery:
    return shown(Gallery(), qtbot)


@pytest.fixture(params=PAGES.values(), ids=["first", "second", "forms", "parts", "choices"])
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


@pytest.mark.parametrize("kind", LATER_HEIGHTS, ids=lambda kind: kind.__name__)
def test_what_is_on_the_second_page_has_its_height(theme: Theme, qtbot: QtBot, kind: type[QWidget]):
    second = shown(Gallery(MORE), qtbot)
    found = of_class(second, kind)
    assert found
    assert {widget.height() for widget in found} == {LATER_HEIGHTS[kind]}


def test_every_group_is_at_its_place_in_the_drawing(gallery: Gallery):
    for title, (left, top, width) in PLACES.items():
        made = gallery.groups[title]
        corner = made.mapTo(gallery, QPoint())
        assert (corner.x(), made.width()) == (left, width), title
        assert abs(corner.y() - top) <= 2, (title, corner.y())


def test_rows_of_lists_and_menus_have_their_heights(gallery: Gallery):
    navigator, table = gallery.findChild(NavigatorView), gallery.findChild(TableView)
    menu = gallery.findChild(QMenu)
    assert isinstance(navigator, NavigatorView)
    assert isinstance(table, TableView)
    assert isinstance(menu, QMenu)
    rows = [navigator.visualRect(navigator.model().index(row, 0)) for row in range(6)]
    assert [row.height() for row in rows] == [28] * 6
    assert table.horizontalHeader().height() == 26
    assert {table.rowHeight(row) for row in range(4)} == {24}
    items = [menu.actionGeometry(each) for each in menu.actions() if not each.isSeparator()]
    assert [item.height() for item in items] == [28] * 5


def test_rows_stand_in_their_poses(gallery: Gallery, scheme: Scheme):
    colours = {name: QColor(value).name() for name, value in tokens().colours[scheme].items()}
    grounds = {
        NavigatorView: (28, ("surface1", "hover", "selection", "selection_idle", "surface2")),
        TableView: (24, ("surface2", "hover_content", "selection", "selection_idle")),
    }
    for kind, (height, names) in grounds.items():
        view = gallery.findChild(kind)
        assert isinstance(view, NavigatorView | TableView)
        picture = picture_of(gallery, view.viewport())
        seen = [picture.pixelColor(230, row * height + height // 2) for row in range(len(names))]
        assert [colour.name() for colour in seen] == [colours[name] for name in names]


def test_a_button_keeps_its_width_in_every_state(gallery: Gallery):
    for text in ("Save", "Test", "Revert"):
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


def widget_classes() -> set[type[QWidget]]:
    """All public widgets of `gui.widgets`, where they are defined."""
    found: set[type[QWidget]] = set()
    for module in pkgutil.iter_modules(gui.widgets.__path__, "gui.widgets."):
        members = vars(importlib.import_module(module.name)).items()
        found |= {
            member
            for name, member in members
            if isinstance(member, type)
            and issubclass(member, QWidget)
            and member.__module__ == module.name
            and not name.startswith("_")
        }
    return found


def test_every_widget_is_in_the_gallery(theme: Theme, qtbot: QtBot):
    pages = [shown(Gallery(columns), qtbot) for columns in PAGES.values()]
    there = {type(widget) for page in pages for widget in page.findChildren(QWidget)}
    missing = {c.__name__ for c in widget_classes() if not any(issubclass(t, c) for t in there)}
    fill_a_page = {"FlowMap", "FlowCanvas", "PageStack"}
    assert missing == fill_a_page, "the cards of the map are there"
