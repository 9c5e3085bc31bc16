"""The first page: recent workspaces, and how they are forgotten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from gui.pages.welcome import RecentRow, WelcomePage
from gui.theme import Theme
from gui.viewmodels.recent import RecentViewModel
from gui.viewmodels.session import Session
from gui.viewmodels.words import day_or_time

NOW = datetime(2026, 3, 12, 12, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ago", "text"),
    [
        (timedelta(hours=3), "today, 09:04"),
        (timedelta(hours=13), "yesterday"),
        (timedelta(days=2), "10 March"),
        (timedelta(days=110), "22 November 2025"),
    ],
)
def test_a_list_tells_days_as_people_do(ago: timedelta, text: str):
    assert day_or_time(NOW - ago, NOW) == text


@pytest.fixture
def page(opened: Session, theme: Theme, qtbot: QtBot) -> WelcomePage:
    made = WelcomePage(
        RecentViewModel(opened), {name: QAction(name) for name in ("demo", "new", "open", "goto")}
    )
    qtbot.addWidget(made)
    made.resize(1280, 800)
    made.show()
    qtbot.waitUntil(lambda: bool(made.findChildren(RecentRow)))
    return made


def test_the_list_of_recent_workspaces_is_cleared(
    page: WelcomePage, opened: Session, workspace: Path, qtbot: QtBot
):
    page.clear_link.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(page.clear_link, Qt.Key.Key_Space)

    qtbot.waitUntil(lambda: not page.clear_link.isVisible())
    assert opened.recent == []
    assert workspace.is_file()
