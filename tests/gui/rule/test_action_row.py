"""The row of an action's card: what it says where there is little room."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QPainter
from pytestqt.qtbot import QtBot

from gui.pages.rule_actions import ActionRow
from gui.theme import Theme
from gui.viewmodels.edited_actions import EditedAction
from gui.viewmodels.live import State
from tests.gui.watched import watched_calls


@pytest.mark.parametrize(
    ("action", "detail", "tip"),
    [
        (
            EditedAction("log", "", "console", is_new=True),
            "Console, not saved yet",
            "Console, not saved yet. Stopped",
        ),
        (EditedAction("log", "", "console", is_enabled=False), "Console, disabled", "Stopped"),
    ],
)
@pytest.mark.parametrize("has_room", [True, False])
def test_what_an_action_is_besides_its_kind_is_told_where_there_is_room(
    theme: Theme, qtbot: QtBot, action: EditedAction, detail: str, tip: str, *, has_room: bool
):
    row = ActionRow(action)
    qtbot.addWidget(row)
    row.show_state(State("stopped"))
    row.resize(240 if has_room else 130, 24)
    painted: list[str] = []
    with watched_calls(QPainter, "drawText", lambda *args: painted.append(args[-1])):
        row.grab()

    assert painted == ["log", detail if has_room else "Console"]
    assert row.toolTip() == tip
