"""Where nothing is: lists without rows, windows of a bridge that does not run, no difference."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from gui.shell.change_commands import COMPARE_APPLIED

if TYPE_CHECKING:
    from gui.main_window import MainWindow

    from .scenes import Stage

NOTHING: Final = "sluicegate = 1\n"
STOPPED: Final = """
sluicegate = 1

[connectors.mqtt.broker]
server = "sandbox"

[connectors.kafka.cluster]
bootstrap_hosts = "sandbox"

[rules.plain]
source = "broker"
sql = 'SELECT * FROM "t/#"'
actions = []
"""


def _not_started(stage: Stage, text: str) -> MainWindow:
    """Open a file in the window that has nothing open; its bridge is not started."""
    window, path = stage.empty, stage.window.session.path
    assert path is not None
    file = path.with_name("not-started.toml")
    file.write_text(text, "utf-8")
    session = window.session
    with stage.qtbot.waitSignal(session.workspaceChanged):
        session.open(file)
    stage.afterwards(lambda: stage.until(lambda: session.loaded is None))
    stage.afterwards(session.close_workspace)
    stage._activate(window)
    return window


def empty_workspace(stage: Stage) -> QWidget:
    """A workspace with nothing in it: what to begin with, no messages, no records."""
    window = _not_started(stage, NOTHING)
    window.open_document("overview")
    window.bottom.show_page("feed")
    return window


def nothing_counted(stage: Stage) -> QWidget:
    """The monitor without counters, and no problems."""
    window = _not_started(stage, NOTHING)
    window.open_document("monitor")
    window.bottom.show_page("problems")
    return window


def stopped_connector(stage: Stage) -> QWidget:
    """A connector of a bridge that was never started, and a log without lines."""
    window = _not_started(stage, STOPPED)
    window.open_document("connector:broker")
    page: Any = window.documents.page("connector:broker")
    page.tabs.choose("activity")
    window.bottom.show_page("log")
    return window


def stopped_rule(stage: Stage) -> QWidget:
    """A rule of such a bridge without actions, and no messages to trace."""
    window = _not_started(stage, STOPPED)
    window.open_document("rule:plain")
    page: Any = window.documents.page("rule:plain")
    page._tabs.choose("parts")
    page.test.tabs.choose("trace")
    stage.until(page.test.trace.empty.isVisible)
    return page


def stopped_brokers(stage: Stage) -> QWidget:
    """Embedded brokers that no bridge stands on: they can be started, and stopped as well."""
    window = _not_started(stage, NOTHING)
    window.open_document("brokers")
    page: Any = window.documents.page("brokers")
    patch = pytest.MonkeyPatch()
    patch.setattr(type(page._model), "can_stop", True)
    stage.afterwards(page._show)
    stage.afterwards(patch.undo)
    page._show()
    assert page.start_button.isEnabled()
    assert page.stop_button.isEnabled()
    return page


def no_rows_match(stage: Stage) -> QWidget:
    """Feed and tail, where a filter hides every row."""
    stage.page("overview")
    stage.bottom("feed")
    feed, tail = stage.window.bottom_pages.feed, stage.tail()
    panel: Any = stage.window.tail.panel
    for each in (feed, panel):
        each.filter.setText("zzzz")
        stage.afterwards(each.filter.clear)
        stage.until(each.empty.isVisible)
    assert tail.isVisible()
    return stage.window


def no_letters_match(stage: Stage) -> QWidget:
    """Dead letters that a filter hides, below what could not be done."""
    page: Any = stage.dead_letters("message")
    page.filter.setText("zzzz")
    stage.afterwards(page.filter.clear)
    page.model.failed.emit(
        "The file dead-letters.jsonl cannot be written.", "Choose another folder, or another name."
    )
    stage.afterwards(page.problem.hide)
    stage.until(page.empty.isVisible)
    return page


def no_commands(stage: Stage) -> QWidget:
    """The settings of shortcuts, filtered by keys that no command has."""
    page: Any = stage.settings("shortcuts")
    section = page.shortcuts
    section.by_keys.setChecked(True)
    stage.afterwards(section.empty.pressed.emit)
    QTest.keyClick(
        section.pressed,
        Qt.Key.Key_F12,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier,
    )
    stage.until(section.empty.isVisible)
    return page


def no_goals(stage: Stage) -> QWidget:
    stage.window.go_to_anything()
    stage.window.palette_window.field.setText("zzzz")
    return stage.window.palette_window


EMPTY: Final[dict[str, Callable[[Stage], QWidget]]] = {
    "empty workspace": empty_workspace,
    "nothing counted": nothing_counted,
    "stopped connector": stopped_connector,
    "stopped rule": stopped_rule,
    "embedded brokers that are stopped": stopped_brokers,
    "no rows match": no_rows_match,
    "no letters match": no_letters_match,
    "no commands": no_commands,
    "no goals": no_goals,
    "no difference": lambda stage: stage.page(COMPARE_APPLIED),
}
"""What is seen where there is nothing to list, by its names."""
