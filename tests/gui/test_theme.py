"""The look is the token table: every pair that may meet is readable, nothing else is painted."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from importlib.resources import files
from itertools import product
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFontInfo, QImage, QPainter, QPalette
from PySide6.QtWidgets import QApplication

from gui.theme import Theme
from gui.theme.tokens import Scheme, tokens
from tests.gui.drawn_tokens import COLOURS, FACES, HEIGHTS, SIZES, STATES

ROOT = Path(__file__).parents[2]
TABLE = tomllib.loads(files("resources").joinpath("tokens.toml").read_text("utf-8"))
PAIRS = [
    (scheme, fg, bg, pair["floor"])
    for pair in TABLE["contrast"]
    for scheme, fg, bg in product(("light", "dark"), pair["fg"], pair["bg"])
]
PAIRS_BY_FLOOR = {4.5: 185, 3.0: 41}
"""How many the design has in each scheme: nobody guards a pair that is left out."""
DECLARATION = re.compile(r"[{;]\s*([\w-]+)\s*:\s*([^;{}]*)")
NO_COLOUR = re.compile(r"-?\d+(px)?|solid|none|left|transparent")
"""What else values of the sheet are made of."""
PLANTED = (
    "QLineEdit, QComboBox, QPlainTextEdit { color: red }",
    "QPushButton:disabled { color: magenta; }",
    "QToolTip { background: yellow; }",
    "QFrame { border: 1px solid rgb(1, 2, 3); }",
    "QFrame { border-top: 1px solid #123456; }",
    "QTextEdit { padding: 2px; selection-background-color: hsv(10, 20, 30); }",
    "QFrame { background: qlineargradient(x1: 0, stop: 0 white); }",
    "QFrame { border: 1px solid palette(mid); }",
)


def test_the_table_is_the_designs():
    """Compare it with its copy: the other tests read the table that the window reads."""
    table = tokens()
    faces = {n: (face.size, face.weight, face.line) for n, face in table.faces.items()}
    states = {n: (look.shape, look.colour, look.word) for n, look in table.states.items()}
    advice = "has the design changed, change tests/gui/drawn_tokens.py, too; else mend the table"

    for number, scheme in enumerate(("light", "dark")):
        wanted = {name: pair[number] for name, pair in COLOURS.items()}
        assert table.colours[scheme] == wanted, advice
    for number, density in enumerate(("comfortable", "compact")):
        wanted = {name: pair[number] for name, pair in HEIGHTS.items()}
        assert table.heights[density] == wanted, advice
    assert (table.sizes, faces, states) == (SIZES, FACES, STATES), advice


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_pair_that_may_meet_is_readable(scheme: str):
    colours = tokens().colours[scheme]
    found = [(s, fg, bg, floor) for s, fg, bg, floor in PAIRS if s == scheme]
    assert Counter(floor for *_, floor in set(found)) == PAIRS_BY_FLOOR
    for _, fg, bg, floor in found:
        assert contrast(colours[fg], colours[bg]) >= floor, (fg, bg)


def test_bundled_fonts_are_the_ones_in_use(theme: Theme):
    assert QFontInfo(theme.font("body")).family() == "Inter"
    assert QFontInfo(theme.font("code")).family() == "JetBrains Mono"
    assert theme.font("title").pixelSize() == 16


def test_scheme_changes_palette_and_icons(theme: Theme, qapp: QApplication):
    light = theme.icon("play").pixmap(16).toImage()
    assert qapp.palette().color(QPalette.ColorRole.Base) == QColor(
        tokens().colours["light"]["surface2"]
    )
    theme.set_preference("dark")
    assert theme.scheme == "dark"
    assert qapp.palette().color(QPalette.ColorRole.Base) == QColor(
        tokens().colours["dark"]["surface2"]
    )
    assert theme.icon("play").pixmap(16).toImage() != light


@pytest.mark.parametrize("state", list(tokens().states))
def test_every_state_has_a_shape_that_paints(theme: Theme, state: str):
    image = QImage(24, 24, QImage.Format.Format_ARGB32)
    image.fill(theme.colour("surface1"))
    blank = image.copy()
    painter = QPainter(image)
    theme.paint_state(painter, QRectF(0, 0, 24, 24), state)
    painter.end()
    assert image != blank


def test_shapes_tell_states_apart_without_colour(theme: Theme):
    """States that can stand side by side differ in shape."""
    shapes = [look.shape for look in tokens().states.values()]
    assert len(set(shapes)) == len(shapes)


def foreign_values(sheet: str, scheme: Scheme) -> list[str]:
    """Find values of a sheet that are neither colours of a scheme nor lengths and kinds of lines.

    Every property is looked at: whichever takes a colour, a foreign one has no other way in.
    """
    known = {colour.casefold() for colour in tokens().colours[scheme].values()}
    return [
        f"{name}: {value}"
        for name, value in DECLARATION.findall(sheet)
        if not all(word in known or NO_COLOUR.fullmatch(word) for word in value.casefold().split())
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_sheet_uses_colours_of_the_table_only(theme: Theme, qapp: QApplication, scheme: Scheme):
    theme.set_preference(scheme)
    assert qapp.styleSheet().count("background: ") > 50
    assert foreign_values(qapp.styleSheet(), scheme) == []


@pytest.mark.parametrize("planted", PLANTED)
def test_a_foreign_colour_in_the_sheet_is_found(theme: Theme, qapp: QApplication, planted: str):
    theme.set_preference("light")
    assert len(foreign_values(qapp.styleSheet() + planted, "light")) == 1


def test_no_colour_is_written_into_the_window_itself():
    for path in (ROOT / "gui").rglob("*.py"):
        assert not re.search(r"[\"']#[0-9A-Fa-f]{3,8}\b", path.read_text("utf-8")), path


def test_fonts_and_icons_carry_their_licences():
    fonts = {file.name for file in files("resources").joinpath("fonts").iterdir()}
    assert {"Inter-OFL.txt", "JetBrainsMono-OFL.txt"} <= fonts
    assert "ISC" in files("resources").joinpath("icons", "LICENSE").read_text("utf-8")
