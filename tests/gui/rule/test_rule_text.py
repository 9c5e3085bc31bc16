"""Small parts of the editor: brackets, comments, places, long lines."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from gui.editors.brackets import bracket_pair
from gui.editors.comments import toggled
from gui.editors.positions import from_qt, to_qt
from gui.theme import Theme
from gui.widgets.code_spot import CodeSpot


def test_brackets_are_matched_outside_strings() -> None:
    text = "a(b[1], ')') + (c"

    assert bracket_pair(text, 2) == (1, text.index("')'") + 3)
    assert bracket_pair(text, 4) == (3, 5)
    assert bracket_pair(text, len("a(b[1], ')') + (")) == ()
    assert bracket_pair(text, 10) == ()


def test_comments_keep_the_indent_and_end_with_a_line_end() -> None:
    assert toggled(["  a", "", "    b"], is_at_end=False) == ["  -- a", "", "  --   b"]
    assert toggled(["  -- a", "", "  --   b"], is_at_end=False) == ["  a", "", "    b"]
    assert toggled(["a"], is_at_end=True) == ["-- a", ""]


def test_places_count_characters_beyond_the_basic_plane_once() -> None:
    text = "SELECT '\N{THERMOMETER}\N{FIRE}' as a"

    assert to_qt(text, text.index(" as")) == text.index(" as") + 2
    assert [from_qt(text, to_qt(text, n)) for n in range(len(text))] == list(range(len(text)))


def test_long_lines_of_a_failure_are_cut_around_the_place(theme: Theme, qtbot: QtBot) -> None:
    spot = CodeSpot(12, f"{'a' * 80}flaot{'b' * 80}", 80, 5)
    qtbot.addWidget(spot)

    line, start = spot.shown(50)

    assert line.startswith("…")
    assert line[start : start + 5] == "flaot"
    assert start < 45
    short = CodeSpot(1, "abc flaot", 4, 5)
    qtbot.addWidget(short)
    assert short.shown(50) == ("abc flaot", 4)
    early = CodeSpot(1, "SELECT payload.temp as temp, payload.hum as hum", 7, 12)
    qtbot.addWidget(early)
    assert early.shown(30) == ("SELECT payload.temp as temp, …", 7), "what is cut is seen to be"
