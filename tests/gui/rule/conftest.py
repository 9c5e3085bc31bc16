"""A window with one rule, for the tests of its page; nothing runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from core.bridge.events import MessageSample, RuleOutcome
from gui.engine_client import InProcessEngine
from gui.main_window import MainWindow
from gui.pages.rule import RulePage
from gui.recent import RecentFiles
from gui.theme import Theme
from gui.viewmodels.session import Session
from gui.widgets.code_label import CodeLabel
from gui.widgets.labels import Label
from gui.widgets.prose import Prose, ProseLine
from tests.gui.conftest import Run

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
NOWHERE = "127.0.0.1:9"

WORKSPACE = f"""sluicegate = 1
id = "5c0ffee5"

[connectors.mqtt.plant]
server = "mqtt://{NOWHERE}"

[connectors.kafka.laptop]
bootstrap_hosts = "{NOWHERE}"

# what is too hot
[rules.hot]
sql = '''
SELECT clientid, payload.temp as temp
FROM "plant/#"
WHERE payload.temp > 20
'''
actions = ["to_hot"]  # one place

[actions.kafka.to_hot]
connector = "laptop"
topic = "hot"
message.key = "${{clientid}}"
message.value = "${{temp}}"
"""
HOT = 'SELECT clientid, payload.temp as temp\nFROM "plant/#"\nWHERE payload.temp > 20'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "plant.sluicegate.toml"
    made.write_text(WORKSPACE)
    return made


@pytest.fixture
def window(theme: Theme, path: Path, qtbot: QtBot, run: Run) -> Iterator[MainWindow]:
    """A window with the workspace open; nothing runs."""
    engine = InProcessEngine()
    session = Session(engine, recent=RecentFiles())
    made = MainWindow(session, theme)
    with qtbot.waitActive(made):
        made.show()
    with qtbot.waitSignal(session.workspaceChanged):
        session.open(path)
    made.tail.hide()
    made.bottom.fold(True)
    for number in range(3):
        payload = f'{{"temp": {number + 20}.5, "hum": "40"}}'
        outcomes = [RuleOutcome("hot", "passed")]
        session.messageSampled.emit(
            MessageSample(
                number, number, "plant", "plant/1", "dev-1", payload, len(payload), 1, outcomes
            )
        )
    yield made
    run(session.close(), 30)
    made.close()
    made.deleteLater()
    engine.deleteLater()


def page_of(window: MainWindow, name: str) -> RulePage:
    window.open_document(f"rule:{name}")
    page = window.documents.page(f"rule:{name}")
    assert isinstance(page, RulePage)
    return page


@pytest.fixture
def page(window: MainWindow, qtbot: QtBot) -> RulePage:
    """The page of the rule, with the keyboard in its statement and its first test done."""
    made = page_of(window, "hot")
    made.focus_editor()
    qtbot.waitUntil(lambda: made.panel.editor.statement.is_checked)
    return made


@pytest.fixture
def new_page(window: MainWindow, qtbot: QtBot) -> RulePage:
    """A new rule, made by its keys."""
    qtbot.keyClick(window, Qt.Key.Key_N, CONTROL)
    made = page_of(window, "rule_1")
    assert made.panel.editor.hasFocus()
    return made


def text_of(page: RulePage) -> str:
    return page.panel.editor.toPlainText()


def settle(qtbot: QtBot, page: RulePage) -> None:
    qtbot.waitUntil(lambda: page.panel.editor.statement.is_checked)


def outcome_of(qtbot: QtBot, page: RulePage, word: str) -> None:
    qtbot.waitUntil(lambda: page.test.result.tag.accessibleName() == word)


def labels(widget: QWidget) -> list[str]:
    kinds = (Label, CodeLabel, Prose, ProseLine)
    found = [label for kind in kinds for label in widget.findChildren(kind)]
    return [label.whole_text() for label in found if label.isVisible()]
