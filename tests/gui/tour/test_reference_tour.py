"""The reference scenario from the welcome page to the statistics, by keyboard alone.

On real Mosquitto and real Apache Kafka, in the window with its engine as a child. It takes a
picture of every page that it passes, light and dark; `SLUICEGATE_TOUR` names a folder to keep them
in, and QT_SCALE_FACTOR=2 makes them fine.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.bridge.invariants import imbalances
from core.workspace.load import load
from gui.engine_client import ChildEngine
from gui.main_window import MainWindow
from gui.pages.connector import ConnectorPage
from gui.pages.monitor import MonitorPage
from gui.pages.overview import OverviewPage
from gui.pages.rule import RulePage
from gui.recent import RecentFiles
from gui.theme import Theme
from gui.viewmodels.live_rows import ROW_ROLE
from gui.viewmodels.session import Session
from gui.viewmodels.tail_reader import TailRow
from tests.gui.conftest import Run
from tests.gui.tour.album import Album
from tests.gui.tour.keyboard import CTRL, SHIFT, Key, Keyboard
from tests.gui.tour.stage import SCHEMES
from tests.helpers.kafka import Kafka
from tests.helpers.mosquitto import Mosquitto

pytestmark = [pytest.mark.broker, pytest.mark.timeout(300)]

SELECT = "timestamp, clientid, payload.temp as temp, payload.hum as hum"
PAGES = (
    "welcome",
    "mqtt-connector",
    "kafka-connector",
    "rule",
    "kafka-action",
    "overview",
    "publish",
    "tail",
    "monitor",
)
"""In the order in which the scenario passes them."""
PAYLOAD = '{"temp": "27.5", "hum": "41.8"}'
VALUE = '{"temp": ${temp}, "hum": ${hum}}'


@pytest.fixture
def window(theme: Theme, run: Run, qtbot: QtBot) -> Iterator[MainWindow]:
    """The program at its first start: nothing is open."""
    engine = ChildEngine()
    session = Session(engine, recent=RecentFiles())
    made = MainWindow(session, theme)
    made.resize(1280, 800)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    yield made
    run(session.close(), 30)
    made.close()
    made.deleteLater()
    session.deleteLater()
    engine.deleteLater()


def page_of(window: MainWindow, kind: type) -> object:
    page = window.documents.page(window.documents.current)
    assert isinstance(page, kind)
    return page


@pytest.fixture
def album(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> Album:
    """Where the pictures go."""
    folder = Path(os.environ.get("SLUICEGATE_TOUR") or tmp_path / "pictures").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    return Album(window, folder, qtbot)


def make_workspace(window: MainWindow, keys: Keyboard, album: Album, path: Path) -> None:
    """From the welcome page, whose focus is on the demo."""
    assert keys.name.startswith("Start the demo")
    album.take("welcome")
    keys.walk_to("Connect")
    timer = keys.answer_file_dialog(str(path))
    keys.press(Key.Key_Return)
    timer.deleteLater()
    keys.until(lambda: window.session.loaded is not None)


def add_connector(
    window: MainWindow, keys: Keyboard, album: Album, kind: str, name: str, fields: dict[str, str]
) -> None:
    """Make a connector, test it, and save it."""
    keys.press(Key.Key_N, modifier=CTRL | SHIFT)
    if kind == "kafka":
        keys.press(Key.Key_Down)
    keys.press(Key.Key_Return)
    keys.until(lambda: window.documents.current.startswith("connector:"))
    keys.fill("Name", name)
    for field, text in fields.items():
        keys.fill(field, text)
    keys.press(Key.Key_Tab)
    keys.walk_to("Test connection")
    keys.press(Key.Key_Space)
    page = page_of(window, ConnectorPage)
    assert isinstance(page, ConnectorPage)
    keys.until(lambda: "passed" in page.verdict.label.whole_text(), 30)
    album.take(f"{kind}-connector")
    keys.press(Key.Key_S, modifier=CTRL)
    keys.until(lambda: bool(window.live.connector_kind(name)))


def complete(keys: Keyboard, page: RulePage, beginning: str, word: str) -> None:
    """Write the beginning of a word, and have the list that opens write the whole of it."""
    keys.type(beginning)
    completer = page.panel.completer
    keys.until(lambda: completer.is_open and completer.popup.candidate is not None)
    keys.press(Key.Key_Tab)
    keys.until(lambda: page.panel.editor.toPlainText().rstrip().endswith(word))


def write_rule(window: MainWindow, keys: Keyboard, album: Album) -> RulePage:
    """Write the statement, and see it pass.

    Keywords and columns are completed. The fields of the payload and the topic are typed: they are
    learnt from messages, and none has come yet.
    """
    keys.press(Key.Key_N, modifier=CTRL)
    page = page_of(window, RulePage)
    assert isinstance(page, RulePage)
    complete(keys, page, "sel", "SELECT")
    complete(keys, page, " times", "timestamp")
    complete(keys, page, ", cli", "clientid")
    complete(keys, page, ", payl", "payload")
    complete(keys, page, ".temp as temp, payl", "payload")
    complete(keys, page, ".hum as hum fr", "FROM")
    keys.press(Key.Key_Escape)
    before = page.panel.editor.toPlainText()
    assert " ".join(before.split()) == f"SELECT {SELECT} FROM"
    keys.type('"temp_hum/emqx"')
    keys.until(lambda: '"temp_hum/emqx"' in page.panel.editor.toPlainText())
    keys.walk_to("Payload")
    keys.replace(PAYLOAD)
    keys.press(Key.Key_Return, modifier=CTRL)
    keys.until(lambda: page.test.result.tag.accessibleName().startswith("Passed"))
    album.take("rule")
    keys.press(Key.Key_S, modifier=CTRL)
    keys.until(lambda: bool(window.live.workspace.rules))
    return page


def add_action(
    window: MainWindow, keys: Keyboard, album: Album, page: RulePage, topic: str
) -> None:
    """Follow what is offered after the first save: the rule sends its messages nowhere yet."""
    keys.until(lambda: window.documents.banner.link.text() == "Add an action")
    keys.walk_to("Add an action", Key.Key_Backtab)
    keys.press(Key.Key_Return)
    keys.press(Key.Key_Return)  # the first of the menu: write to Kafka
    keys.until(lambda: page.sheet is not None)
    keys.fill("Topic", topic)
    keys.fill("Value", VALUE)
    album.take("kafka-action")
    keys.press(Key.Key_S, modifier=CTRL)
    rules = lambda: window.live.workspace.rules.values()  # noqa: E731 - read anew each time
    keys.until(lambda: any(rule.actions for rule in rules()))


def test_the_reference_scenario_is_driven_by_keyboard_alone(
    window: MainWindow,
    qtbot: QtBot,
    album: Album,
    tmp_path: Path,
    mosquitto: Mosquitto,
    kafka: Kafka,
):
    keys, topic = Keyboard(qtbot, window), kafka.topic(partitions=3)
    path = tmp_path / "lab.sluicegate.toml"
    make_workspace(window, keys, album, path)
    server = {"Server, host": "127.0.0.1", "Server, port": str(mosquitto.port)}
    add_connector(window, keys, album, "mqtt", "plant", server)
    add_connector(window, keys, album, "kafka", "laptop", {"Bootstrap hosts": kafka.bootstrap})
    page = write_rule(window, keys, album)
    add_action(window, keys, album, page, topic)
    [(rule_name, rule)] = load(path).partial.rules.items()
    [(action_name, action)] = load(path).partial.actions.kafka.items()
    assert rule.actions == (action_name,)
    assert (action.connector, action.topic) == ("laptop", topic)

    keys.press(Key.Key_F5)
    session = window.session
    keys.until(lambda: session.state == "running")
    keys.until(lambda: window.live.connector_state("laptop").status == "connected")

    keys.go_to("Overview")
    page_of(window, OverviewPage)
    album.take("overview")
    keys.press(Key.Key_P, modifier=CTRL)
    keys.fill("Topic", "temp_hum/emqx")
    keys.fill("Payload", PAYLOAD)
    keys.press(Key.Key_Return, modifier=CTRL)
    result = window.publish.result
    keys.until(lambda: f"{topic} p" in result.text)
    album.take("publish")
    keys.walk_to(f"{topic} p")
    keys.press(Key.Key_Return)
    keys.until(lambda: tail_row(window) is not None)
    row = tail_row(window)
    assert row is not None
    assert (row.key, row.value) == ("c_emqx", '{"temp": 27.5, "hum": 41.8}')

    album.take("tail")
    keys.go_to("Monitor")
    monitor = page_of(window, MonitorPage)
    assert isinstance(monitor, MonitorPage)
    keys.until(lambda: "1 received" in monitor.verdict.label.whole_text())
    album.take("monitor")
    assert list(album.taken) == [f"{name}-{scheme}" for name in PAGES for scheme in SCHEMES]
    assert album.flaws() == []
    keys.press(Key.Key_F5, modifier=SHIFT)
    keys.until(lambda: session.state == "stopped")
    final = session.snapshot
    assert final is not None
    assert imbalances(final) == []
    assert final.rules[rule_name].passed == final.actions[action_name].success == 1
    [record] = kafka.read(topic, 1)
    assert (record.key(), record.value()) == (b"c_emqx", b'{"temp": 27.5, "hum": 41.8}')


def tail_row(window: MainWindow) -> TailRow | None:
    """The record that is chosen in the tail."""
    index = window.tail.table.currentIndex()
    row = index.data(ROW_ROLE) if index.isValid() else None
    return row if isinstance(row, TailRow) else None
