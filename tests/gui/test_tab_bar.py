"""Tabs keep the air around their words wherever there is room for it."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui.theme import Theme
from gui.widgets.tab_bar import TabBar


@pytest.fixture
def host(theme: Theme, qtbot: QtBot) -> QWidget:
    """What the row of tabs stands in."""
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(800, 60)
    return made


@pytest.fixture
def bar(host: QWidget, qtbot: QtBot) -> TabBar:
    """Four tabs at the left of a row with room for more."""
    row = QHBoxLayout(host)
    made = TabBar("Pages", in_dock=True)
    row.addWidget(made)
    row.addStretch(1)
    for key in ("feed", "publish", "problems", "log"):
        made.add(key, key.title())
    host.show()
    qtbot.waitExposed(host)
    return made


def sides(bar: TabBar) -> int:
    """Tell the air at both sides of the first tab's word."""
    return bar.tabRect(0).width() - bar.fontMetrics().horizontalAdvance("Feed")


def test_counts_that_come_and_go_leave_the_air_around_the_words(bar: TabBar, qtbot: QtBot):
    for count in (1, 0, 3, 12, 0, 1, 100, 1000, 1):
        bar.show_count("problems", count, "warn")
        qtbot.waitUntil(lambda: sides(bar) == 24)


def test_the_air_comes_back_with_the_room(host: QWidget, bar: TabBar, qtbot: QtBot):
    host.resize(bar.width() - 20, 60)
    qtbot.waitUntil(lambda: sides(bar) < 24)
    bar.show_count("problems", 3)
    bar.show_count("problems", 0)
    host.resize(800, 60)
    qtbot.waitUntil(lambda: sides(bar) == 24)
