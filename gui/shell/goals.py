"""What the palette can go to: the pages of the open workspace, and every command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.shell.palette import Goal
from gui.viewmodels.navigator import MONITOR, OVERVIEW

if TYPE_CHECKING:
    from gui.main_window import MainWindow


def page_goals(window: MainWindow) -> list[Goal]:
    """List the pages of the open workspace, with the state of what they show."""
    live = window.live
    if window.session.loaded is None:
        return []

    def to(key: str) -> Goal:
        kind, _, name = key.partition(":")
        found = window.documents.kinds[kind]
        go = lambda: window.go_to_document(key)  # noqa: E731 - two forms of one goal
        if found.state is None:
            return Goal(found.title(name), "", go, "", found.icon)
        state = found.state(name)
        return Goal(found.title(name), f"{words[kind]}, {state.word}", go, state.status)

    words = {
        "rule": window.tr("rule"),
        "connector": window.tr("connector"),
        "simulator": window.tr("simulator"),
        "dead_letters": window.tr("action"),
    }
    connectors = live.workspace.connectors
    keys = [f"rule:{name}" for name in live.workspace.rules]
    keys += [f"connector:{name}" for name in (*connectors.mqtt, *connectors.kafka)]
    keys += [f"simulator:{name}" for name in live.workspace.simulators]
    keys += [f"dead_letters:{name}" for name in live.letters.actions]
    return [to(key) for key in (OVERVIEW, MONITOR, *keys)]


def command_goals(window: MainWindow) -> list[Goal]:
    """List what can be done now."""
    return [
        Goal(entry.name, entry.menu, entry.action.trigger, "", "chevron-right", entry.keys)
        for entry in window.commands.entries()
        if not entry.action.objectName().startswith("goto")
        and not window.shortcuts.is_fixed(entry.action.objectName())
    ]
