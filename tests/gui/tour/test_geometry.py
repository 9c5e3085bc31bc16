"""The window's regions against the numbers of the design: sizes, places and flat colours."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from gui.pages.connector import ConnectorPage
from gui.pages.overview import OverviewPage
from gui.pages.parts import PageHeader
from gui.pages.rule import RulePage
from gui.theme import Theme
from gui.theme.tokens import Scheme, tokens
from gui.viewmodels.health import Health
from gui.widgets.buttons import Button, IconButton
from gui.widgets.fields import LineField
from gui.widgets.navigator_view import NavigatorView
from tests.gui.tour.places import colour_at, place_of

REGIONS = {
    "menu bar": (0, 0, 1280, 28),
    "toolbar": (0, 28, 1280, 44),
    "navigator": (0, 72, 207, 702),
    "navigator title": (0, 72, 207, 32),
    "document tabs": (208, 72, 748, 34),
    "tool row": (208, 106, 748, 43),
    "map": (208, 150, 748, 396),
    "bottom dock": (208, 547, 748, 227),
    "bottom tabs": (208, 547, 748, 31),
    "tail": (957, 72, 323, 702),
    "tail title": (957, 72, 323, 32),
    "status bar": (0, 774, 1280, 26),
}
"""Left, top, width and height at 1280x800. A splitter's pixel lies between two of them: with it
the navigator is 208, the tail 324, the tool row 44, and the bottom dock 228."""

CARDS = {
    "filter:emqx-lab/temp_hum/emqx": (224, 196, 158, 92),
    "rule:temp_hum": (426, 196, 140, 92),
    "action:to_emqx": (610, 196, 140, 92),
    "topic:kafka-lab/emqx": (794, 196, 146, 92),
    "rule:hot_plant": (426, 312, 140, 92),
    "rule:archive_all": (426, 428, 140, 92),
}

GROUNDS = {
    "menu bar": (600, 10, "surface0"),
    "toolbar": (600, 66, "surface0"),
    "button that starts": (18, 50, "accent"),
    "chip": (1083, 50, "surface2"),
    "outline of a chip": (1100, 37, "border"),
    "line below the toolbar": (600, 71, "border"),
    "navigator": (2, 600, "surface1"),
    "navigator title": (120, 76, "surface0"),
    "line of the navigator": (207, 400, "border"),
    "selected row": (150, 112, "selection"),
    "bar of the selected row": (5, 124, "accent"),
    "idle tabs": (800, 80, "surface0"),
    "current tab": (300, 76, "surface1"),
    "mark of the current tab": (300, 104, "accent"),
    "line below the tabs": (800, 105, "border"),
    "tool row": (780, 110, "surface1"),
    "map": (214, 300, "surface1"),
    "dot of the map": (217, 159, "border"),
    "card": (300, 250, "surface2"),
    "outline of a card": (224, 240, "border_strong"),
    "line above the bottom dock": (600, 546, "border"),
    "bottom tabs": (600, 560, "surface0"),
    "tail title": (1100, 76, "surface0"),
    "line above the status bar": (700, 774, "border"),
    "status bar": (700, 796, "surface0"),
}
"""A pixel of each, and the token it has."""


def overview_of(window: MainWindow) -> OverviewPage:
    page = window.documents.page("overview")
    assert isinstance(page, OverviewPage)
    return page


def test_the_regions_lie_where_the_design_has_them(window: MainWindow, qtbot: QtBot):
    page, bottom = overview_of(window), window.bottom
    title = bottom.titleBarWidget()
    assert title is not None
    widgets: dict[str, QWidget] = {
        "menu bar": window.menuBar(),
        "toolbar": window.toolbar,
        "navigator": window.navigator,
        "navigator title": window.navigator.title,
        "document tabs": window.documents.tabs,
        "tool row": page.tool_row,
        "map": page.map,
        "bottom dock": bottom,
        "bottom tabs": title,
        "tail": window.tail,
        "tail title": window.tail.title,
        "status bar": window.statusBar(),
    }
    assert widgets.keys() == REGIONS.keys()
    qtbot.waitUntil(lambda: place_of(window, bottom) == REGIONS["bottom dock"])

    assert {name: place_of(window, widget) for name, widget in widgets.items()} == REGIONS


def test_the_cards_lie_where_the_design_has_them(window: MainWindow, qtbot: QtBot):
    page = overview_of(window)
    qtbot.waitUntil(lambda: place_of(window, window.bottom) == REGIONS["bottom dock"])

    found = {key: place_of(window, page.map.card(key)) for key in CARDS}
    assert found == CARDS


def test_controls_and_rows_have_their_heights(window: MainWindow, qtbot: QtBot):
    toolbar = window.toolbar
    assert toolbar.start_button.height() == toolbar.search.height() == 30
    assert toolbar.search.width() == 280
    assert {chip.height() for chip in toolbar.chips} == {26}
    view = window.navigator.view
    assert isinstance(view, NavigatorView)
    first = view.visualRect(view.model().index(0, 0))
    assert place_of(window, view.viewport())[1] + first.top() == 110
    assert first.height() == 28
    group = view.visualRect(view.model().index(2, 0))
    assert group.height() == 28 + 6, "groups have space above"
    assert window.tail.table.verticalHeader().defaultSectionSize() == 44
    feed = window.bottom_pages.feed.table
    assert feed.verticalHeader().defaultSectionSize() == 24
    assert {tab.height() for tab in window.findChildren(IconButton)} <= {24, 26, 30}

    window.open_document("connector:kafka-lab")
    page = window.documents.page("connector:kafka-lab")
    assert isinstance(page, ConnectorPage)
    assert page.header.height() == 52
    assert page.tabs.height() == 34
    fields = [field for field in page.findChildren(LineField) if field.isVisible()]
    assert fields
    assert {f.height() for f in fields if f.property("kind") != "bare"} <= {30, 26}
    assert {b.height() for b in (page.test_button, page.save_button)} == {30}

    window.open_document("rule:temp_hum")
    rule = window.documents.page("rule:temp_hum")
    assert isinstance(rule, RulePage)
    header = rule.findChild(PageHeader)
    assert header is not None
    assert header.height() == 52


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_grounds_and_lines_have_the_colours_of_the_tokens(
    window: MainWindow, theme: Theme, qtbot: QtBot, scheme: Scheme
):
    qtbot.waitUntil(lambda: place_of(window, window.bottom) == REGIONS["bottom dock"])
    window.navigator.view.setFocus(Qt.FocusReason.MouseFocusReason)
    theme.set_preference(scheme)
    picture = window.grab().toImage()

    wanted = {name: tokens().colours[scheme][token] for name, (_, _, token) in GROUNDS.items()}
    found = {name: colour_at(picture, x, y) for name, (x, y, _) in GROUNDS.items()}
    assert found == {name: colour.lower() for name, colour in wanted.items()}
    theme.set_preference("light")


def test_a_narrow_window_folds_the_tail_and_lowers_the_cards(window: MainWindow, qtbot: QtBot):
    window.resize(1024, 700)
    page = overview_of(window)
    qtbot.waitUntil(lambda: window.tail.isHidden())

    assert place_of(window, window.strip) == (988, 72, 36, 602)
    qtbot.waitUntil(lambda: page.map.card("rule:temp_hum").height() == 82)
    assert place_of(window, page.map.card("rule:temp_hum"))[1] == 192
    assert place_of(window, window.statusBar()) == (0, 674, 1024, 26)


def test_the_overview_says_what_is_wrong_in_words_that_fit(window: MainWindow, qtbot: QtBot):
    page = overview_of(window)
    text = "4 records of to_alarms could not be delivered since the start."
    short = "4 records of to_alarms not delivered."
    page._model.healthChanged.emit(Health("degraded", text, "Show them", short=short))

    qtbot.waitUntil(page.link.isVisible)
    qtbot.waitUntil(lambda: page.sentence.label.text() == short)
    assert page.sentence.label.whole_text() == text


def test_a_map_of_four_rows_is_scrolled_down_and_not_sideways(window: MainWindow, qtbot: QtBot):
    path = window.session.path
    assert path is not None
    more = '[rules.more]\nsource = "emqx-lab"\nsql = \'SELECT * FROM "more/#"\'\n'
    path.write_text(f"{path.read_text('utf-8')}\n{more}", "utf-8")
    window.session.reload()
    flow_map = overview_of(window).map
    qtbot.waitUntil(lambda: "rule:more" in flow_map.canvas.cards)
    qtbot.waitUntil(lambda: flow_map.verticalScrollBar().maximum() > 0)

    assert place_of(window, flow_map) == REGIONS["map"]
    assert not flow_map.horizontalScrollBar().maximum()
    qtbot.waitUntil(lambda: flow_map.viewport().width() < flow_map.width())
    assert flow_map.canvas.width() == flow_map.viewport().width()


def test_buttons_with_words_have_room_for_them(window: MainWindow):
    for button in window.findChildren(QPushButton):
        if button.isVisible() and isinstance(button, Button):
            assert button.width() >= button.minimumSizeHint().width(), button.text()


def test_a_result_has_a_line_for_each_field_beside_the_sheet_of_an_action(
    window: MainWindow, qtbot: QtBot
):
    window.tail.hide()
    window.open_document("rule:temp_hum")
    page = window.documents.page("rule:temp_hum")
    assert isinstance(page, RulePage)
    page.test.cases.choice.activated.emit(1)
    output = page.test.result.output
    qtbot.waitUntil(lambda: output.toPlainText().startswith('{"timestamp": '))
    qtbot.waitUntil(lambda: output.toPlainText().count("\n") == 1)
    page.open_action("action:to_emqx")
    qtbot.waitUntil(lambda: output.toPlainText().count("\n") == 3)

    _, *lines = output.toPlainText().split("\n")
    assert lines == [' "clientid": "c_emqx",', ' "temp": "27.5",', ' "hum": "41.8"}']
    blocks = output.document()
    assert all(blocks.findBlockByNumber(n).layout().lineCount() == 1 for n in range(4))
    page.close_action()
    qtbot.waitUntil(lambda: output.toPlainText().count("\n") == 1)
