"""A link stands right behind the words that there is room for."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from gui.theme import Theme
from gui.widgets.linked_line import LinkedLine

LONG = "4 records of to_alarms could not be delivered since the start."
SHORT = "4 records of to_alarms not delivered."


@pytest.fixture
def line(theme: Theme, qtbot: QtBot) -> LinkedLine:
    made = LinkedLine()
    qtbot.addWidget(made)
    made.link.setText("Show them")
    made.sentence.set_state("degraded", LONG, shorter=[SHORT])
    made.resize(made.sizeHint().width() + 100, 30)
    made.show()
    qtbot.waitExposed(made)
    return made


def air(line: LinkedLine) -> int:
    """Tell how far the link is from the end of the words."""
    label = line.sentence.label
    words = label.fontMetrics().horizontalAdvance(label.text())
    return line.link.x() - line.sentence.x() - label.x() - words


def test_the_link_follows_the_wording_that_is_shown(line: LinkedLine, qtbot: QtBot):
    for less, text in ((0, LONG), (120, SHORT), (0, LONG)):
        line.resize(line.sizeHint().width() + 100 - less, 30)
        qtbot.waitUntil(lambda text=text: line.sentence.label.text() == text)
        assert air(line) == 6


def test_words_without_room_are_cut_before_the_link(line: LinkedLine, qtbot: QtBot):
    line.resize(200, 30)
    qtbot.waitUntil(lambda: line.sentence.label.text().endswith("…"))
    assert line.link.geometry().right() < line.width()
    line.link.hide()
    qtbot.waitUntil(lambda: line.sentence.geometry().right() == line.width() - 1)
