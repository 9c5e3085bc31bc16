"""How late the window's loop is: the probe that tells it, and keys and counters under a flood.

How late it is under the highest rate depends on the machine, and is what the benchmark
`bench_firehose.py` judges; no number of milliseconds decides here.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from itertools import cycle
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.bridge.invariants import imbalances
from gui.editors.sql_editor import SqlEditor
from gui.engine_client import ChildEngine
from gui.lateness import Lateness, LatenessProbe
from gui.main_window import MainWindow
from gui.pages.rule import RulePage
from gui.recent import RecentFiles
from gui.theme import Theme
from gui.viewmodels.session import Session
from gui.viewmodels.words import number
from tests.helpers.counters import PLACES, bring_up, shown_totals, totals
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.window import ROOT
from tests.helpers.workspaces import write_workspace

from .conftest import Run

RATE = 20_000
FLOOD_S = 15
KEY_EVERY_MS = 90
STATEMENT = "-- SELECT clientid, payload.temp as temp FROM t WHERE payload.temp > 20 "
"""What is typed; nothing is completed in a comment, so that each key is a letter."""


class Typist:
    """Somebody who goes on typing where the keyboard is."""

    def __init__(self, qtbot: QtBot, editor: SqlEditor) -> None:
        self._qtbot, self._editor = qtbot, editor
        self._letters = cycle(STATEMENT)
        self.pressed = 0

    def measure(self, seconds: float) -> Lateness:
        """Type for a while; tells how late the loop was meanwhile."""
        probe = LatenessProbe()
        probe.start()
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            focused = QApplication.focusWidget()
            assert focused is self._editor
            QTest.keyClicks(focused, next(self._letters))
            self.pressed += 1
            self._qtbot.wait(KEY_EVERY_MS)
        return probe.stop()


@pytest.mark.alone
def test_a_blocked_loop_is_seen(qtbot: QtBot):
    probe = LatenessProbe(interval_ms=5)
    assert probe.report() == Lateness(0, 0.0, 0.0, 0.0)
    probe.start()
    qtbot.wait(150)
    threading.Event().wait(0.08)
    qtbot.wait(150)
    found = probe.stop()
    assert found.max_ms > 60
    assert found.p50_ms < found.max_ms / 2
    assert found.count > 5
    assert found.own_max_ms < 40, "waiting is no work"


def test_a_long_stall_counts_once_for_every_tick_that_it_made_late(qtbot: QtBot):
    probe = LatenessProbe(interval_ms=10)
    probe.start()
    qtbot.wait(50)
    threading.Event().wait(1.0)
    qtbot.wait(50)
    found = probe.stop()

    assert found.count >= 100, "a tick every 10 ms of the stall"
    assert found.p50_ms > 250, "most ticks were late, each by less than the one before"
    assert found.p50_ms < found.p99_ms < found.max_ms


def test_own_work_is_told_from_waiting(qtbot: QtBot):
    probe = LatenessProbe(interval_ms=5)
    probe.start()
    qtbot.wait(20)
    until_s = time.thread_time() + 0.08
    while time.thread_time() < until_s:
        sum(range(1_000))
    qtbot.wait(20)

    assert probe.stop().own_max_ms > 60


@pytest.mark.alone
@pytest.mark.timeout(120)  # a flood of 15 s
def test_under_a_flood_every_key_arrives_and_every_counter_is_the_engines(
    theme: Theme, run: Run, qtbot: QtBot, tmp_path: Path, mosquitto: Mosquitto
):
    path = write_workspace(
        tmp_path,
        mqtt=mosquitto.url,
        kafka="sandbox",
        topic="flooded",
        topic_filter="flood/#",
        mqtt_options="subscribe = { qos = 0 }",
    )
    session = Session(ChildEngine(), recent=RecentFiles())
    window = MainWindow(session, theme)
    qtbot.addWidget(window)
    window.resize(1280, 800)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    session.open(path)
    session.start()
    qtbot.waitUntil(lambda: session.state == "running", timeout=20_000)
    window.open_document("rule:all")
    page = window.documents.page("rule:all")
    assert isinstance(page, RulePage)
    page.focus_editor()
    editor = page.panel.editor
    typist = Typist(qtbot, editor)
    typist.measure(1)  # what is loaded with the first keys
    before, pressed = editor.toPlainText(), typist.pressed
    flood = subprocess.Popen(
        [
            *(sys.executable, "-m", "tests.helpers.flood", "--port", str(mosquitto.port)),
            *("--rate", str(RATE), "--seconds", str(FLOOD_S)),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    flooded = typist.measure(FLOOD_S)
    out, _ = flood.communicate(timeout=60)
    sent = int(out.split()[0])

    def settled() -> bool:
        snapshot = session.snapshot
        if snapshot is None:
            return False
        action = snapshot.actions["to_kafka"]
        return snapshot.sources["plant"].received == sent and not action.queuing + action.inflight

    qtbot.waitUntil(settled, timeout=30_000)
    session.stop()
    qtbot.waitUntil(lambda: session.snapshot is not None and session.snapshot.final, timeout=30_000)
    final = session.snapshot

    assert final is not None
    assert imbalances(final) == []
    assert flooded.count, "the loop was watched"
    assert len(editor.toPlainText()) >= len(before) + typist.pressed - pressed, "every key arrived"
    counted = totals(final, sent, action="to_kafka")
    for place in PLACES:
        bring_up(window, place)
        wanted = {total.key: number(total.wanted) for total in counted[place]}
        qtbot.waitUntil(lambda p=place, w=wanted: shown_totals(window, p) == w)
        assert all(total.engine == total.wanted for total in counted[place])
    run(session.close(), 30)
