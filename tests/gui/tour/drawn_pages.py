"""Every drawn page as its drawing has it: places of its parts, and flat colours.

The numbers are those of the design's table of splits, or were measured in the drawing of the page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from tests.gui.tour.places import Place
from tests.gui.tour.shown_parts import (
    Parts,
    show_action,
    show_connector,
    show_failed_rule,
    show_general,
    show_letters,
    show_monitor,
    show_new_rule,
    show_publish,
    show_rule,
    show_settings,
    show_simulator,
)

Grounds: TypeAlias = dict[tuple[int, int], str]
"""Pixels, and the tokens they have."""


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
            "add an action": (1172, 229, 60, 26),
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
            "key": (793, 252, 435, 30),
            "headers": (793, 397, 435, 56),  # a line below the key takes 21
            "partition": (793, 485, 137, 30),
            "output": (420, 537, 338, 82),
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
            "more": (1200, 117, 30, 30),
            "more of a field": (1120, 329, 24, 24),
            "more of the next field": (1120, 363, 24, 24),
            "a placeholder to insert": (706, 400, 88, 24),
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
            "more": (1200, 117, 30, 30),
            "table": (208, 202, 608, 488),
            "bulk bar": (208, 690, 608, 52),
            "clear the selection": (772, 702, 30, 30),
            "delete": (1200, 702, 30, 30),
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

FAILED_RULE = Drawn(
    show_failed_rule,
    {
        "editor": (208, 194, 720, 234),
        "problem line": (208, 428, 720, 32),
        "card of the problem": (268, 343, 440, 90),
        "test": (208, 461, 1036, 281),
    },
    {
        (500, 343): "border_strong",
        (268, 390): "border_strong",
        (275, 390): "surface3",
        (500, 432): "border_strong",
        (306, 400): "accent",  # the button that mends it
        (215, 450): "surface_alt",
        (900, 330): "current_line",
        (802, 508): "bad_bg",  # of the tag
        (797, 580): "border",
        (805, 580): "surface2",
    },
)
"""On a window of its own: it changes the statement."""

PUBLISH = Drawn(
    show_publish,
    {
        "dock": (208, 473, 748, 301),
        "connector": (459, 516, 128, 30),
        "payload": (224, 578, 408, 142),
        "properties": (648, 553, 292, 167),
        "rows of properties": (650, 605, 288, 48),
        "answer": (801, 665, 139, 26),
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
