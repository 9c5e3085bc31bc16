"""The bottom dock: its pages, folding, the problems and the log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.bridge.events import ConsoleOutput, Notice, RuleFailed, StatusChanged
from core.bridge.metrics import ActionStats, ConnectorStats, Snapshot
from gui.docks.log import LogPage
from gui.docks.problems import ProblemsPage
from gui.engine_client import InProcessEngine
from gui.main_window import MainWindow
from gui.recent import RecentFiles
from gui.shell.regions import is_stop
from gui.theme import Theme
from gui.viewmodels.live import Live
from gui.viewmodels.log import MOST_LINES, LogViewModel
from gui.viewmodels.problems import ProblemsModel, target_of
from gui.viewmodels.session import Session
from tests.helpers.workspaces import write_workspace

from .conftest import Run


@pytest.fixture
def engine() -> InProcessEngine:
    return InProcessEngine()


@pytest.fixture
def session(engine: InProcessEngine, run: Run) -> Iterator[Session]:
    """A session whose engine says what a test has it say."""
    made = Session(engine, recent=RecentFiles())
    yield made
    run(made.close(), 30)
    made.deleteLater()


def open_file(session: Session, qtbot: QtBot, path: Path) -> None:
    with qtbot.waitSignal(session.workspaceChanged, timeout=20_000):
        session.open(path)


@pytest.fixture
def plain(session: Session, qtbot: QtBot, tmp_path: Path) -> Path:
    """An open workspace on brokers that nothing connects to."""
    path = write_workspace(
        tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a", key="${topic}"
    )
    open_file(session, qtbot, path)
    return path


def snapshot(**changes: Any) -> Snapshot:
    made = Snapshot(
        final=False,
        state="running",
        uptime_s=1.0,
        sources={},
        rules={},
        actions={"to_kafka": ActionStats("connected", "")},
        connectors={
            "plant": ConnectorStats("connected", ""),
            "laptop": ConnectorStats("connected", ""),
        },
    )
    return msgspec.structs.replace(made, **changes)


# Problems


def test_problems_of_the_file_have_line_advice_and_document(
    session: Session, qtbot: QtBot, tmp_path: Path
):
    path = write_workspace(
        tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a", key="${nothing}"
    )
    path.write_text(path.read_text().replace('connector = "laptop"', 'connector = "laptob"'))
    model = ProblemsModel(Live(session))
    counted: list[tuple[int, str]] = []
    model.countChanged.connect(lambda *count: counted.append(count))
    open_file(session, qtbot, path)

    found = next(f for f in model.findings if f.status == "failed")
    assert "laptob" in found.text
    assert "laptop" in found.hint, "it says what was meant"
    assert found.place.startswith("line ")
    assert found.target == "rule:all"
    assert counted[-1] == (len(model.findings), "bad")

    path.write_text(path.read_text().replace("laptob", "laptop").replace("${nothing}", "k"))
    session.reload()
    qtbot.waitUntil(lambda: model.findings == ())
    assert counted[-1] == (0, "")


@pytest.mark.usefixtures("plain")
def test_conditions_of_what_runs_come_and_go_by_themselves(
    session: Session, engine: InProcessEngine
):
    model = ProblemsModel(Live(session))
    assert model.findings == ()
    engine._set_state("running")
    reason = "Connection refused. Start the broker."
    away = {"plant": ConnectorStats("disconnected", reason)}
    slow = {"to_kafka": ActionStats("degraded", "2 records were too large")}
    engine.snapshotTaken.emit(snapshot(connectors=away, actions=slow))

    rows = [(f.status, f.text, f.hint, f.target) for f in model.findings]
    assert rows == [
        ("disconnected", "plant: Not connected.", reason, "connector:plant"),
        ("degraded", "to_kafka: Degraded.", "2 records were too large.", "rule:all"),
    ]
    assert model.colour == "bad"

    engine.snapshotTaken.emit(snapshot(actions=slow))
    assert model.colour == "warn"
    engine.snapshotTaken.emit(snapshot())
    assert model.findings == ()
    engine._set_state("died")
    assert "stopped unexpectedly" in model.findings[0].text


@pytest.mark.usefixtures("plain")
def test_the_list_is_left_alone_while_nothing_changes(session: Session, engine: InProcessEngine):
    model = ProblemsModel(Live(session))
    engine._set_state("running")
    away = {"plant": ConnectorStats("disconnected", "away")}
    engine.snapshotTaken.emit(snapshot(connectors=away))
    resets: list[None] = []
    model.modelReset.connect(lambda: resets.append(None))

    engine.snapshotTaken.emit(snapshot(connectors=away, uptime_s=2.0))

    assert resets == []


def test_places_lead_to_documents(session: Session, plain: Path):
    workspace = Live(session).workspace
    assert plain.is_file()
    assert target_of("connectors.mqtt.plant.server", workspace) == "connector:plant"
    assert target_of("connectors.kafka.laptop", workspace) == "connector:laptop"
    assert target_of("connectors.kafka.other", workspace) == ""
    assert target_of("rules.all.tests[0].name", workspace) == "rule:all"
    assert target_of("actions.kafka.to_kafka.topic", workspace) == "rule:all"
    assert target_of("actions.kafka.unused", workspace) == ""
    assert target_of("", workspace) == ""


@pytest.mark.usefixtures("theme", "plain")
def test_enter_and_click_open_the_document_of_a_problem(
    session: Session, engine: InProcessEngine, qtbot: QtBot
):
    page = ProblemsPage(ProblemsModel(Live(session)))
    qtbot.addWidget(page)
    page.resize(700, 200)
    with qtbot.waitActive(page):
        page.show()
    assert page.empty.isVisible()
    assert page.empty.label.text() == "No problems."

    engine._set_state("running")
    away = {"laptop": ConnectorStats("disconnected", "away now")}
    engine.snapshotTaken.emit(snapshot(connectors=away))
    assert page.view.isVisible()
    page.view.setFocus(Qt.FocusReason.TabFocusReason)
    with qtbot.waitSignal(page.documentAsked) as asked:
        qtbot.keyClick(page.view, Qt.Key.Key_Return)
    assert asked.args == ["connector:laptop"]
    with qtbot.waitSignal(page.documentAsked) as asked:
        place = page.view.visualRect(page.view.model().index(0, 0)).center()
        qtbot.mouseClick(page.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert asked.args == ["connector:laptop"]
    qtbot.keyClick(page.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "Connector laptop: Not connected. Away now."


# Log


def noon() -> datetime:
    return datetime(2026, 1, 2, 12, 4, 1, tzinfo=UTC)


def log_of(session: Session) -> LogViewModel:
    return LogViewModel(session, now=noon)


def test_lines_and_events_are_listed_with_their_time(session: Session, qtbot: QtBot):
    log = log_of(session)
    session.logLine.emit("12:00:00 warning core.mqtt: lost")
    for event in (
        StatusChanged("connector", "plant", "connected"),
        StatusChanged("connector", "plant", "disconnected", "refused"),
        RuleFailed("all", "no number", 3),
        ConsoleOutput("all", '{"a":1}'),
        Notice("error", "left behind"),
    ):
        session.eventReceived.emit(event)
    session.stateChanged.emit("running")
    qtbot.waitUntil(lambda: log.count == 7)

    assert log.lines == [
        "12:00:00 warning core.mqtt: lost",
        "12:04:01 info    plant: connected",
        "12:04:01 warning plant: disconnected: refused",
        "12:04:01 warning rule all failed 3 times: no number",
        '12:04:01 output  [all] {"a":1}',
        "12:04:01 error   left behind",
        "12:04:01 info    bridge: running",
    ]


def test_a_flood_is_bounded_and_what_is_left_out_is_told(session: Session, qtbot: QtBot):
    log = log_of(session)
    batches: list[list[str]] = []
    log.added.connect(batches.append)
    for number in range(10_000):
        session.logLine.emit(f"line {number}")
    qtbot.waitUntil(lambda: bool(batches))

    assert len(batches) == 1
    assert len(batches[0]) == 501
    assert batches[0][-1] == "(9,500 lines left out)"
    for _ in range(12):
        for number in range(500):
            session.logLine.emit(f"line {number}")
        count = len(batches)
        qtbot.waitUntil(lambda count=count: len(batches) > count)
    assert log.count == MOST_LINES


def test_the_log_is_filtered_and_cleared(session: Session, qtbot: QtBot):
    log = log_of(session)
    for line in ("One", "two", "x" * 9_000, "a\nb"):
        session.logLine.emit(line)
    qtbot.waitUntil(lambda: log.count == 5)
    log.set_filter(" O ")
    assert log.lines == ["One", "two"]
    assert log.filter == "o"
    log.set_filter("")
    assert max(len(line) for line in log.lines) == 4_000
    log.clear()
    assert log.lines == []


@pytest.mark.usefixtures("theme")
def test_the_log_page_follows_filters_and_copies(session: Session, qtbot: QtBot):
    log = log_of(session)
    page = LogPage(log)
    qtbot.addWidget(page)
    page.resize(600, 120)
    page.show()
    assert page.empty.isVisible()
    for number in range(100):
        session.logLine.emit(f"line {number}")
    qtbot.waitUntil(lambda: page.text.document().blockCount() == 100)
    bar = page.text.verticalScrollBar()
    assert bar.maximum() > 0
    assert bar.value() == bar.maximum(), "the end is in sight"

    bar.setValue(0)
    session.logLine.emit("one more")
    qtbot.waitUntil(lambda: page.text.document().blockCount() == 101)
    assert bar.value() == 0, "a reader is not pulled away"

    page.filter.setText("line 9")
    assert page.text.document().blockCount() == 11
    page.copy()
    assert QApplication.clipboard().text().splitlines()[:2] == ["line 9", "line 90"]
    page.filter.setText("nowhere")
    assert page.empty.label.text() == "0 of 101 lines match."
    page.filter.clear()
    page.clear_button.click()
    assert log.count == 0
    assert page.empty.isVisible()


# The dock


@pytest.fixture
def window(
    session: Session, theme: Theme, tmp_path: Path, qtbot: QtBot, run: Run
) -> Iterator[MainWindow]:
    made = MainWindow(session, theme)
    made.resize(1280, 800)
    with qtbot.waitActive(made):
        made.show()
    path = write_workspace(
        tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a", key="${topic}"
    )
    open_file(session, qtbot, path)
    yield made
    run(session.close(), 30)
    made.close()
    made.deleteLater()


def test_the_dock_has_the_drawn_heights(window: MainWindow, qtbot: QtBot):
    bottom = window.bottom
    assert bottom.tabs.keys == ["feed", "publish", "problems", "log"]
    qtbot.waitUntil(lambda: bottom.height() == 227)  # 228 with the line above
    window.commands["publish"].trigger()
    qtbot.waitUntil(lambda: bottom.height() == 301)
    bottom.show_page("log")
    qtbot.waitUntil(lambda: bottom.height() == 227)
    assert bottom.x() == window.documents.mapTo(window, window.documents.rect().topLeft()).x()
    assert bottom.width() == window.documents.width()


def test_the_dock_folds_to_its_tabs_by_key_and_unfolds_by_a_tab(window: MainWindow, qtbot: QtBot):
    bottom = window.bottom
    qtbot.waitUntil(lambda: bottom.height() == 227)
    qtbot.keyClick(window, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bottom.height() == 31)
    assert bottom.tabs.isVisible()
    assert not window.commands["bottom"].isChecked()
    qtbot.keyClick(window, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bottom.height() == 227)

    bottom.fold_button.click()
    qtbot.waitUntil(lambda: bottom.height() == 31)
    place = bottom.tabs.tabRect(bottom.tabs.keys.index("log")).center()
    qtbot.mouseClick(bottom.tabs, Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: bottom.height() == 227)
    assert bottom.page("log").isVisible()


def test_a_height_that_was_dragged_to_stays_with_its_kind_of_page(window: MainWindow, qtbot: QtBot):
    bottom = window.bottom
    qtbot.waitUntil(lambda: bottom.height() == 227)
    window.resizeDocks([bottom], [280], Qt.Orientation.Vertical)
    qtbot.waitUntil(lambda: bottom.height() == 280)
    window.commands["publish"].trigger()
    qtbot.waitUntil(lambda: bottom.height() == 301)
    bottom.show_page("feed")
    qtbot.waitUntil(lambda: bottom.height() == 280)
    window.commands["reset_layout"].trigger()
    qtbot.waitUntil(lambda: bottom.height() == 227)


def test_page_and_fold_are_remembered_with_the_workspace(
    window: MainWindow, session: Session, qtbot: QtBot
):
    qtbot.waitUntil(lambda: window.bottom.height() == 227)
    window.commands["publish"].trigger()
    qtbot.waitUntil(lambda: window.bottom.height() == 301)
    path = session.path
    assert path is not None
    reopen(session, qtbot, path)
    assert window.bottom.current_key == "publish"
    qtbot.waitUntil(lambda: window.bottom.height() == 301)

    window.bottom.fold(True)
    reopen(session, qtbot, path)
    assert window.bottom.is_folded
    qtbot.waitUntil(lambda: window.bottom.height() == 31)
    window.bottom.fold(False)
    qtbot.waitUntil(lambda: window.bottom.height() == 301)


def reopen(session: Session, qtbot: QtBot, path: Path) -> None:
    with qtbot.waitSignal(session.workspaceChanged):
        session.close_workspace()
    open_file(session, qtbot, path)


def test_tools_belong_to_the_page_that_is_shown(window: MainWindow, qtbot: QtBot):
    log, feed = window.bottom.page("log"), window.bottom.page("feed")
    assert isinstance(log, LogPage)
    assert feed.tools.isVisible()  # type: ignore[attr-defined]
    window.bottom.show_page("log")
    assert log.tools.isVisible()
    assert not feed.tools.isVisible()  # type: ignore[attr-defined]
    window.bottom.fold(True)
    assert not log.tools.isVisible()


def test_the_count_of_problems_stands_on_their_tab(window: MainWindow, engine: InProcessEngine):
    tabs = window.bottom.tabs
    place = tabs.keys.index("problems")
    engine._set_state("running")
    away = {"laptop": ConnectorStats("disconnected", "away")}
    engine.snapshotTaken.emit(snapshot(connectors=away))
    assert tabs.accessibleTabName(place) == "Problems, 1"
    window.open_document("problems")
    assert window.bottom.current_key == "problems"
    engine.snapshotTaken.emit(snapshot())
    assert tabs.accessibleTabName(place) == "Problems"


def test_ctrl_p_brings_the_keyboard_into_the_form(window: MainWindow, qtbot: QtBot):
    window.bottom.fold(True)
    qtbot.keyClick(window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    focus = QApplication.focusWidget()
    assert focus is not None
    assert window.publish.isAncestorOf(focus)
    assert not window.bottom.is_folded


def test_f6_reaches_the_dock(window: MainWindow, qtbot: QtBot):
    met: list[bool] = []
    for _ in range(5):
        window.regions.go(1)
        focus = QApplication.focusWidget()
        met.append(focus is not None and window.bottom.isAncestorOf(focus))
    assert any(met)


def test_every_stop_in_the_dock_has_a_name_for_screen_readers(window: MainWindow):
    for key in window.bottom.tabs.keys:
        window.bottom.show_page(key)
        stops = [w for w in window.bottom.findChildren(QWidget) if is_stop(w)]
        assert stops
        for stop in stops:
            interface = QAccessible.queryAccessibleInterface(stop)
            assert interface.text(QAccessible.Text.Name), stop


def test_pages_are_commands_of_their_own(window: MainWindow):
    for key in ("feed", "problems", "log"):
        window.commands[f"show_{key}"].trigger()
        assert window.bottom.current_key == key


def test_tab_goes_from_the_tabs_over_the_tools_into_the_page(window: MainWindow, qtbot: QtBot):
    bottom, log = window.bottom, window.bottom.page("log")
    assert isinstance(log, LogPage)
    bottom.show_page("log")
    window.session.logLine.emit("a line")
    qtbot.waitUntil(log.text.isVisible)
    bottom.tabs.setFocus(Qt.FocusReason.TabFocusReason)
    met: list[QWidget | None] = []
    for _ in range(5):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)  # type: ignore[arg-type]
        met.append(QApplication.focusWidget())

    assert met == [log.filter, log.copy_button, log.clear_button, bottom.fold_button, log.text]


# The form in a window of its own


def test_the_form_is_torn_off_and_put_back(window: MainWindow, qtbot: QtBot):
    pages, page = window.bottom_pages, window.publish
    window.commands["publish"].trigger()
    page.mqtt.topic.setText("kept")
    page.tear_button.click()

    assert page.window() is pages.torn
    assert pages.torn.isFloating()
    assert page.isVisible()
    assert page.tools.window() is pages.torn
    qtbot.waitUntil(lambda: pages.torn.isAncestorOf(QApplication.focusWidget() or window))
    assert window.bottom.page("publish").accessibleName() == "Publish is in a window of its own."

    window.commands["show_feed"].trigger()
    window.commands["publish"].trigger()
    assert window.bottom.current_key == "feed", "what is asked for is elsewhere"
    pages.torn.close()
    assert page.window() is window
    assert window.bottom.page("publish") is page
    window.commands["publish"].trigger()
    assert page.isVisible()
    assert page.mqtt.topic.text() == "kept"
    assert page.tear_button.isVisible()
    assert not window.commands["tear_off"].isChecked()


def test_undo_in_a_form_that_was_torn_off_leaves_the_texts_of_the_window_alone(
    window: MainWindow, qtbot: QtBot
):
    pages, page = window.bottom_pages, window.publish
    window.commands["show_feed"].trigger()
    there = pages.feed.filter
    there.setFocus()
    qtbot.keyClicks(there, "abc")
    window.commands["tear_off"].trigger()
    pages.torn.activateWindow()
    page.send_button.setFocus()
    qtbot.waitUntil(page.send_button.hasFocus)
    window.undoing.refresh()
    window.commands["undo"].trigger()
    assert there.text() == "abc"

    page.mqtt.topic.clear()
    page.mqtt.topic.setFocus()
    qtbot.keyClicks(page.mqtt.topic, "t/1")
    window.undoing.refresh()
    window.commands["undo"].trigger()
    assert page.mqtt.topic.text() == ""


def test_a_form_that_was_torn_off_is_so_with_its_workspace(
    window: MainWindow, session: Session, qtbot: QtBot, plain: Path, tmp_path: Path
):
    pages = window.bottom_pages
    window.commands["tear_off"].trigger()
    elsewhere = tmp_path / "other"
    elsewhere.mkdir()
    here = "127.0.0.1:1"
    other = write_workspace(elsewhere, mqtt=f"mqtt://{here}", kafka=here, topic="t")
    reopen(session, qtbot, other)
    assert not pages.is_torn
    assert pages.torn.isHidden()
    reopen(session, qtbot, plain)
    assert pages.is_torn
    assert pages.torn.isVisible()
    window.commands["reset_layout"].trigger()
    assert not pages.is_torn
    assert window.publish.window() is window
