"""Every drawn page against its drawing: where its parts lie, and which flat colours they have.

The numbers are those of the design's table of splits, or were measured in the drawing of the page.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QHeaderView, QWidget
from pytestqt.exceptions import TimeoutError as NotYet
from pytestqt.qtbot import QtBot

from gui.engine_client import InProcessEngine
from gui.main_window import MainWindow
from gui.pages.parts import PageHeader
from gui.pages.settings_fields import SettingRow
from gui.pages.welcome import RecentRow
from gui.recent import RecentFiles
from gui.theme import Theme
from gui.theme.tokens import Scheme, tokens
from gui.viewmodels.session import Session
from gui.widgets.fields import Field
from gui.widgets.form_group import FormGroup
from gui.widgets.frames import Card, Strip
from tests.gui.conftest import Run
from tests.gui.tour.places import Place, colour_at, place_of
from tests.helpers.letters import EXPIRED, Writer

Grounds: TypeAlias = dict[tuple[int, int], str]
"""Pixels, and the tokens they have."""
Parts: TypeAlias = dict[str, QWidget]


@dataclass(frozen=True)
class Drawn:
    """A page as it is drawn.

    Attributes:
        show: Leads there; gives the parts by name.
        places: Where each part lies at 1280x800.
        grounds: Its flat colours.
    """

    show: Callable[[MainWindow, QtBot], Parts]
    places: dict[str, Place]
    grounds: Grounds


FRAME: Grounds = {
    (600, 742): "border",  # above the folded dock
    (700, 745): "surface0",
    (700, 773): "surface0",
    (700, 774): "border",
    (600, 157): "border",  # below the page's header
    (1244, 500): "border",  # of the side strip
    (1270, 600): "surface0",
}
"""What every page has around it where the docks are folded."""


def page_of(window: MainWindow, key: str) -> Any:
    window.open_document(key)
    return window.documents.page(key)


def in_dock(host: QWidget, kind: type[QWidget], number: int = 0) -> QWidget:
    """Find a part by its kind, in the order of the reading."""
    shown = [each for each in host.findChildren(kind) if each.isVisible()]
    return sorted(shown, key=lambda each: each.mapTo(host, QPoint()).toTuple()[::-1])[number]


def show_rule(window: MainWindow, _qtbot: QtBot) -> Parts:
    page = page_of(window, "rule:temp_hum")
    page.close_action()
    return {
        "header": in_dock(page, PageHeader),
        "editor": page.panel.editor,
        "problem line": page.panel.line,
        "side": page._side_area,
        "test": page.test,
        "event": page.test.event_form,
        "payload": page.test.payload,
        "a card of an action": next(iter(page.side.cards.findChildren(QWidget))),
    }


def show_action(window: MainWindow, qtbot: QtBot) -> Parts:
    page = page_of(window, "rule:temp_hum")
    page.test.cases.choice.activated.emit(1)
    page.open_action("action:to_emqx")
    qtbot.waitUntil(lambda: page.sheet.preview.height() > 100)
    sheet = page.sheet
    return {
        "sheet": sheet,
        "form": sheet.form,
        "preview": sheet.preview,
        "field": in_dock(sheet, Field),
    }


def show_connector(name: str) -> Callable[[MainWindow, QtBot], Parts]:
    def show(window: MainWindow, _qtbot: QtBot) -> Parts:
        page = page_of(window, f"connector:{name}")
        parts: Parts = {
            "header": page.header,
            "tabs": in_dock(page, Strip),
            "form": page.fields,
            "test": page.panel,
            "save": page.save_button,
        }
        if name == "kafka-lab":
            parts |= {"name": in_dock(page.fields, Field), "tls": in_dock(page.fields, FormGroup)}
        return parts

    return show


def show_monitor(window: MainWindow, _qtbot: QtBot) -> Parts:
    page = page_of(window, "monitor")
    return {
        "window of time": page.windows,
        "counters": page._counters,
        "rates": page.rates,
        "latency": page.lower_charts.latency,
        "trace": page.trace,
        "heads of the trace": in_dock(page.trace, QHeaderView),
    }


def show_simulator(window: MainWindow, _qtbot: QtBot) -> Parts:
    page = page_of(window, "simulator:sensors")
    return {
        "header": page.header,
        "options": page.options,
        "to": in_dock(page.options, Field),
        "topic": in_dock(page.options, Field, 1),
        "qos": in_dock(page.options, Field, 2),
        "retain": in_dock(page.options, Field, 3),
        "client": in_dock(page.options, Field, 4),
        "devices": in_dock(page.options, Field, 5),
        "template": page.template,
        "text of the template": page.template.payload,
        "preview": page.preview,
        "heads of the preview": in_dock(page.preview, QHeaderView),
        "rate": page.rate,
    }


def show_letters(window: MainWindow, qtbot: QtBot) -> Parts:
    page = page_of(window, "dead_letters:to_alarms")
    if not page.model.model.shown:
        environment = window.session.environment
        assert environment is not None
        writer = Writer(environment.state_dir, "to_alarms", "hot_plant")
        for number in range(3):
            writer.put(f'{{"temp":4{number}}}', EXPIRED, topic="plant/1/temp", client="dev-1")
        qtbot.waitUntil(lambda: len(page.model.model.shown) == 3)
        page.table.selectRow(1)
        page.model.model.check((1, 2), is_checked=True)
        qtbot.waitUntil(lambda: page.model.detail.trial.status == "passed")
    page.table.setFocus(Qt.FocusReason.MouseFocusReason)
    return {
        "filter": page.filter,
        "table": page.table,
        "bulk bar": page.bulk,
        "detail": page.pane,
    }


def show_settings(window: MainWindow, _qtbot: QtBot) -> Parts:
    page = page_of(window, "settings")
    page.show_section("shortcuts")
    return {"sections": page.sections, "table": page.shortcuts.view}


def show_general(window: MainWindow, qtbot: QtBot) -> Parts:
    page = page_of(window, "settings")
    page.show_section("general")
    rows = {row.label.whole_text(): row for row in page.findChildren(SettingRow)}
    qtbot.waitUntil(rows["Open at start"].isVisible)
    names = ("Open at start", "Start the bridge when a workspace opens", "Language", "Code size")
    names = (*names, "Rows kept in the feed", "Rows kept in a tail", "Longest payload shown")
    return {"sections": page.sections} | {name: rows[name].control for name in names}


def show_new_rule(window: MainWindow, qtbot: QtBot) -> Parts:
    window.commands["new_rule"].trigger()
    qtbot.waitUntil(lambda: window.documents.current not in ("", "settings"))
    page: Any = window.documents.page(window.documents.current)
    page.turn_examples()
    return {
        "editor": page.panel.editor,
        "side": page._side_area,
        "drawer": page.drawer,
        "filter": page.drawer.filter,
    }


def show_publish(window: MainWindow, _qtbot: QtBot) -> Parts:
    window.commands["publish"].trigger()
    form = window.publish.mqtt
    return {
        "dock": window.bottom,
        "payload": form.payload.edit,
        "properties": form.properties,
    }


DRAWN: dict[str, Drawn] = {
    "rule": Drawn(
        show_rule,
        {
            "header": (208, 106, 1036, 52),
            "editor": (208, 194, 720, 234),
            "problem line": (208, 428, 720, 32),
            "side": (929, 158, 315, 302),
            "test": (208, 461, 1036, 281),
            "event": (208, 495, 282, 247),
            "payload": (490, 495, 292, 247),
            "a card of an action": (941, 258, 291, 94),
        },
        {
            (700, 160): "surface_alt",
            (600, 193): "border",
            (600, 400): "surface2",
            (600, 428): "border",
            (928, 300): "border",
            (1236, 430): "surface1",
            (1100, 262): "surface2",
            (700, 460): "border",
            (700, 465): "surface0",
            (700, 494): "border",
            (215, 738): "surface1",
            (600, 600): "surface2",
            (490, 650): "border_control",
            (782, 738): "border",
        },
    ),
    "kafka-action": Drawn(
        show_action,
        {
            "sheet": (776, 106, 468, 636),
            "form": (777, 158, 467, 413),
            "preview": (777, 571, 467, 120),
            "field": (793, 168, 212, 52),
        },
        {
            (775, 400): "surface2",
            (776, 300): "border_strong",
            (780, 300): "surface1",
            (1100, 217): "surface2",
            (1100, 219): "border_control",
            (900, 571): "border",
            (1236, 600): "accent_subtle",
            (900, 690): "border",
            (900, 695): "surface1",
        },
    ),
    "kafka-connector": Drawn(
        show_connector("kafka-lab"),
        {
            "header": (208, 106, 1036, 52),
            "tabs": (208, 158, 1036, 34),
            "form": (208, 192, 648, 498),
            "test": (857, 192, 387, 498),
            "save": (1142, 702, 78, 30),
            "name": (232, 212, 292, 52),
            "tls": (232, 524, 600, 40),
        },
        {
            (222, 191): "accent",
            (600, 191): "border",
            (222, 650): "surface1",
            (600, 234): "border_control",
            (600, 237): "surface2",
            (600, 263): "border_control",
            (856, 400): "border",
            (860, 670): "surface1",
            (600, 524): "border",
            (600, 690): "border",
        },
    ),
    "mqtt-connector": Drawn(
        show_connector("emqx-lab"),
        {
            "header": (208, 106, 1036, 52),
            "tabs": (208, 158, 1036, 34),
            "form": (208, 192, 648, 498),
            "test": (857, 192, 387, 498),
            "save": (1142, 702, 78, 30),
        },
        {(856, 400): "border", (860, 670): "surface1", (600, 690): "border"},
    ),
    "monitor": Drawn(
        show_monitor,
        {
            "window of time": (224, 115, 173, 26),
            "counters": (208, 150, 351, 592),
            "rates": (560, 180, 684, 152),
            "latency": (560, 365, 684, 134),
            "trace": (560, 536, 684, 206),
            "heads of the trace": (560, 536, 684, 26),
        },
        {
            (600, 157): "surface2",  # in place of a header it has a row of tools
            (600, 149): "border",
            (250, 117): "surface2",
            (300, 117): "selection",
            (559, 735): "border",
            (1240, 152): "surface2",
            (1240, 334): "border",
            (1240, 501): "border",
            (900, 505): "surface1",
            (1240, 540): "surface_alt",
            (1240, 700): "surface2",
        },
    ),
    "simulator": Drawn(
        show_simulator,
        {
            "header": (208, 106, 1036, 52),
            "options": (208, 158, 1036, 136),
            "to": (232, 168, 168, 52),
            "topic": (416, 168, 332, 52),
            "qos": (764, 168, 132, 52),
            "retain": (912, 168, 96, 52),
            "client": (1024, 168, 196, 52),
            "devices": (232, 229, 168, 52),
            "template": (208, 295, 1036, 145),
            "text of the template": (232, 327, 376, 99),
            "preview": (208, 441, 679, 301),
            "heads of the preview": (208, 474, 679, 26),
            "rate": (888, 441, 356, 301),
        },
        {
            (600, 190): "border_control",
            (600, 193): "surface2",
            (222, 280): "surface1",
            (600, 294): "border",
            (400, 400): "surface2",
            (608, 400): "surface1",
            (600, 440): "border",
            (222, 445): "surface1",
            (222, 473): "border",
            (222, 480): "surface_alt",
            (222, 600): "surface2",
            (887, 600): "border",
            (895, 720): "surface1",
        },
    ),
    "dead-letters": Drawn(
        show_letters,
        {
            "filter": (224, 167, 220, 26),
            "table": (208, 202, 608, 488),
            "bulk bar": (208, 690, 608, 52),
            "detail": (817, 202, 427, 540),
        },
        {
            (217, 201): "border",
            (217, 206): "surface_alt",
            (217, 250): "surface2",
            (217, 256): "selection",
            (217, 281): "selection",
            (217, 282): "surface2",
            (217, 690): "border",
            (217, 695): "accent_subtle",
            (815, 600): "surface2",
            (816, 600): "border",
            (820, 210): "bad_bg",
            (820, 670): "surface1",
            (1200, 640): "accent_subtle",
            (820, 690): "border",
        },
    ),
    "settings": Drawn(
        show_settings,
        {"sections": (208, 166, 183, 576), "table": (392, 202, 852, 540)},
        {
            (220, 600): "surface1",
            (300, 330): "selection",
            (391, 500): "border",
            (600, 201): "border",
            (600, 206): "surface_alt",
            (770, 600): "surface2",
        },
    ),
    "settings-general": Drawn(
        show_general,
        {
            "sections": (208, 166, 183, 576),
            "Open at start": (650, 211, 148, 26),
            "Start the bridge when a workspace opens": (766, 249, 32, 26),
            "Language": (650, 329, 148, 26),
            "Code size": (1136, 211, 84, 26),
            "Rows kept in the feed": (1116, 374, 104, 26),
            "Rows kept in a tail": (1116, 412, 104, 26),
            "Longest payload shown": (1116, 452, 104, 26),
        },
        {
            (391, 500): "border",
            (600, 200): "border",  # below the names of the groups
            (415, 200): "surface1",
            (1000, 200): "border",
            (600, 401): "border",
            (1000, 363): "border",
            (660, 215): "surface2",
            (700, 211): "border_control",
            (820, 300): "surface1",
        },
    ),
    "rule-empty": Drawn(
        show_new_rule,
        {
            "editor": (208, 194, 420, 234),
            "side": (629, 158, 259, 302),
            "drawer": (888, 106, 356, 636),
            "filter": (901, 168, 331, 26),
        },
        {
            (600, 400): "surface2",
            (628, 400): "border",
            (700, 455): "surface1",
            (700, 465): "surface0",
            (300, 700): "surface1",
            (888, 300): "border_strong",
            (896, 700): "surface1",
            (1000, 690): "border",
        },
    ),
}


PUBLISH = Drawn(
    show_publish,
    {
        "dock": (208, 473, 748, 301),
        "payload": (224, 578, 408, 142),
        "properties": (648, 553, 292, 167),
    },
    {
        (216, 472): "border",
        (216, 503): "border",
        (216, 700): "surface1",
        (280, 518): "selection",
        (400, 700): "surface2",
        (956, 700): "border",
    },
)

WELCOME: Grounds = {
    (600, 27): "surface0",
    (600, 28): "border",
    (100, 400): "surface1",
    (156, 300): "border",
    (300, 480): "surface2",
    (467, 300): "border",
    (600, 586): "border",
    (600, 552): "surface2",
}


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


def test_fields_rows_cards_and_the_sheet_have_the_colours_of_the_dark_theme(
    window: MainWindow, theme: Theme, qtbot: QtBot
):
    theme.set_preference("dark")
    fold(window, qtbot)
    for name in ("rule", "kafka-action", "dead-letters"):
        check(window, qtbot, DRAWN[name], "dark", FRAME)
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
