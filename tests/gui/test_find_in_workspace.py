"""Finding a text in the whole workspace: what is searched, what is told, and where Enter leads."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTextEdit, QWidget
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from gui.shell.goal_list import GoalModel
from gui.viewmodels.live import Live
from gui.viewmodels.object_drafts import Drafts
from gui.viewmodels.session import Session
from gui.viewmodels.workspace_search import MOST, Text, WorkspaceSearch, find_in

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
FILE = """sluicegate = 1
id = "0a1b2c3d"

[connectors.mqtt.plant]
server = "mqtt://127.0.0.1:1"
keepalive = "60s"
description = "the Needle machine"

[connectors.kafka.lab]
bootstrap_hosts = "127.0.0.1:1"
authentication = { mechanism = "scram_sha_256", username = "u", password = "env:NEEDLE_PASSWORD" }

[rules.all]
sql = '''
SELECT payload.temp AS temp
FROM "t/needle/#"
'''
actions = ["to_lab"]

[[rules.all.tests]]
name = "hot"
context = { topic = "t/needle/1", payload = "{}" }
expect = { output = { temp = 1 } }

[actions.kafka.to_lab]
connector = "lab"
topic = "out"
message = { key = "needle-${temp}", value = "${.}" }

[actions.kafka.of_nobody]
connector = "lab"
topic = "needle"

[simulators.devices]
connector = "plant"
topic = "t/needle/${device}"
payload = '''{
  "needle": 1
}'''

[[messages]]
name = "one"
folder = "kept"
topic = "t/1"
payload = '''{
 "a": "needle"}'''
properties = { place = "roof" }

[[messages]]
kind = "kafka"
name = "two"
topic = ""
value = "a quill"
key = "a thimble"
headers = { bobbin = "a spool" }
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "find.sluicegate.toml"
    found.write_text(FILE, "utf-8")
    return found


@pytest.fixture
def drafts(idle: Session, qtbot: QtBot, path: Path) -> Drafts:
    live = Live(idle)
    with qtbot.waitSignal(idle.workspaceChanged):
        idle.open(path)
    return Drafts(live, live)


@pytest.fixture
def window(window: MainWindow, qtbot: QtBot, path: Path) -> MainWindow:
    with qtbot.waitSignal(window.live.factsChanged, timeout=20_000):
        window.session.open(path)
    return window


def places(drafts: Drafts, wanted: str) -> list[tuple[str, str, str]]:
    return [(hit.title, hit.place, hit.text) for hit in WorkspaceSearch(drafts).find(wanted)]


def test_lines_are_found_whatever_the_case():
    text = Text("rule:a", ("sql",), "SELECT *\n  FROM Abc\nabc")
    assert [(hit.line, hit.text) for hit in find_in([text], " aBC ")] == [
        (2, "FROM Abc"),
        (3, "abc"),
    ]
    assert list(find_in([text], "  ")) == []


def test_a_match_far_to_the_right_is_brought_into_sight():
    (hit,) = find_in([Text("rule:a", ("sql",), "x" * 500 + "abc" + "y" * 9)], "abc")
    assert hit.text == "…" + "x" * 23 + "abc" + "y" * 9


def test_each_object_tells_its_lines_and_their_places(drafts: Drafts):
    assert places(drafts, "needle") == [
        ("Connector plant", "Note", "the Needle machine"),
        ("Connector lab", "Password", "env:NEEDLE_PASSWORD"),
        ("Rule all", "SQL, line 2", 'FROM "t/needle/#"'),
        ("Rule all", "Test case hot", "t/needle/1"),
        ("Action to_lab", "Key", "needle-${temp}"),
        ("Simulator devices", "Topic", "t/needle/${device}"),
        ("Simulator devices", "Payload template, line 2", '"needle": 1'),
        ("Saved message kept/one", "Payload, line 2", '"a": "needle"}'),
    ]
    assert places(drafts, "TO_lab")[-1] == ("Action to_lab", "Name", "to_lab")


def test_what_is_edited_is_found_and_what_it_was_is_not(drafts: Drafts):
    drafts.set("rule:all", ("sql",), 'SELECT * FROM "t/thread"')
    drafts.create("simulator:fresh", "", {"connector": "plant", "topic": "thread"})
    found = [("Rule all", "SQL"), ("Simulator fresh", "Topic")]
    assert [(title, place) for title, place, _ in places(drafts, "thread")] == found
    assert places(drafts, "t/needle/#") == []


def test_no_secret_is_found(drafts: Drafts):
    secret, typed = "correct horse", ("authentication", "password")
    drafts.set("connector:lab", typed, secret)
    drafts.set("connector:plant", ("server",), f"mqtt://user:{secret.replace(' ', '-')}@plant")
    assert places(drafts, "correct") == []
    assert places(drafts, "@plant") == [("Connector plant", "Server", "mqtt://***@plant")]


def test_the_number_of_hits_is_bounded(drafts: Drafts):
    drafts.set("rule:all", ("sql",), "straw\n" * (MOST + 50))
    assert len(places(drafts, "straw")) == MOST


def test_no_workspace_has_nothing_to_find(idle: Session):
    live = Live(idle)
    assert WorkspaceSearch(Drafts(live, live)).find("a") == []


@pytest.mark.parametrize(
    ("wanted", "number", "document", "chosen"),
    [
        ("the needle", 0, "connector:plant", "the Needle"),
        ("t/needle/#", 0, "rule:all", "t/needle/#"),
        ("needle-", 0, "rule:all", "needle-"),
        ('"needle":', 0, "simulator:devices", '"needle":'),
        ("needle", 5, "simulator:devices", "needle"),
        ("t/1", 0, "overview", "t/1"),
        ('a": "needle', 0, "overview", 'a": "needle'),
        ("roof", 0, "overview", "roof"),
        ("quill", 0, "overview", "quill"),
        ("thimble", 0, "overview", "thimble"),
        ("bobbin", 0, "overview", "bobbin"),
        ("spool", 0, "overview", "spool"),
    ],
)
def test_enter_leads_to_the_text(
    window: MainWindow, qtbot: QtBot, wanted: str, number: int, document: str, chosen: str
):
    window.open_document("overview")
    qtbot.keyClick(window, Qt.Key.Key_F, CTRL_SHIFT)
    palette = window.palette_window
    qtbot.waitUntil(palette.isVisible)
    qtbot.keyClicks(palette.field, wanted)
    for _ in range(number):
        qtbot.keyClick(palette.field, Qt.Key.Key_Down)
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)

    assert window.documents.current == document
    qtbot.waitUntil(lambda: selected(QApplication.focusWidget()) == chosen)
    assert not window.drafts.dirty


def test_enter_leads_to_the_test_case(window: MainWindow, qtbot: QtBot):
    window.open_palette("%t/needle/1")
    qtbot.keyClick(window.palette_window.field, Qt.Key.Key_Return)

    page = window.rules.page
    assert page is not None
    assert page.test.cases.choice.hasFocus()
    assert page.test.cases.choice.currentText() == "hot"


def test_screen_readers_hear_the_object_of_a_line(window: MainWindow):
    window.open_palette("%t/needle/#")
    index = window.palette_window.list.currentIndex()
    heard = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert heard == 'FROM "t/needle/#", SQL, line 2, Rule all'
    assert index.data(GoalModel.GOAL).document == "rule:all"
    window.palette_window.hide()


def selected(widget: QWidget | None) -> str:
    if isinstance(widget, QLineEdit):
        return widget.selectedText()
    if isinstance(widget, QPlainTextEdit | QTextEdit):
        return widget.textCursor().selectedText()
    return ""
