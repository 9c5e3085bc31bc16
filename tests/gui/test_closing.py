"""Closing and killing the window: nothing is left running, and nothing is lost at QoS 1."""

from __future__ import annotations

import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gui.closing import Closing, ClosingSheet
from gui.viewmodels.session import Session
from tests.helpers.engine import RunningEngine
from tests.helpers.kafka import Kafka
from tests.helpers.load import NumberLoad
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.numbers import read_numbers
from tests.helpers.wait import eventually
from tests.helpers.window import RunningWindow, is_alive
from tests.helpers.workspaces import write_workspace

from .conftest import Run

pytestmark = [
    pytest.mark.timeout(120),  # windows, engines and brokers are started, and drain
    pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc"),
]

MEMORY = Path("/dev/shm")


@pytest.fixture
def mosquitto() -> Iterator[Mosquitto]:
    """A broker whose files are in memory where the system allows it: it saves every change."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        broker = Mosquitto(Path(folder) / "mosquitto")
        broker.start()
        yield broker
        broker.stop()


def everything_ended(pids: list[int]) -> Callable[[], bool]:
    return lambda: not any(is_alive(pid) for pid in pids)


@pytest.mark.parametrize("engine", ["child", "in-process"])
def test_closing_under_load_delivers_what_was_taken_and_ends_every_child(
    tmp_path: Path, mosquitto: Mosquitto, kafka: Kafka, engine: str
):
    topic = kafka.topic(partitions=1)
    path = write_workspace(tmp_path, mqtt=mosquitto.url, kafka=kafka.bootstrap, topic=topic)
    window = RunningWindow(path, engine)
    window.until(lambda: window.state == "running")
    with NumberLoad(mosquitto, "bench/n", 1_000_000, per_second=1_000):
        window.until(lambda: window.delivered > 1_000)
        children = window.children()
        assert window.end(signal.SIGTERM) == 0, window.errors

    assert window.state == "stopped"
    assert everything_ended(children)()
    seen = read_numbers(kafka, topic, window.delivered, timeout=20)
    assert len(seen) == window.delivered  # the last counters are those of the last record


def test_killing_the_window_loses_nothing_and_leaves_nothing(
    tmp_path: Path,
    mosquitto: Mosquitto,
    kafka: Kafka,
    start_engine: Callable[..., RunningEngine],
):
    messages = 10_000
    topic = kafka.topic(partitions=4)
    path = write_workspace(tmp_path, mqtt=mosquitto.url, kafka=kafka.bootstrap, topic=topic)
    window = RunningWindow(path)
    window.until(lambda: window.state == "running")
    with NumberLoad(mosquitto, "bench/n", messages, per_second=2_000) as load:
        window.until(lambda: window.delivered > messages // 10)
        children = window.children()
        assert children
        window.end(signal.SIGKILL)
        eventually(everything_ended(children), 25, lambda: f"left: {children}")
        assert not load.is_done, "the kill came too late to be in the middle"
        load.finish(timeout=30)
    second = start_engine(path)
    second.until_running()
    seen = read_numbers(kafka, topic, messages, timeout=30)
    assert set(range(messages)) - set(seen) == set()


def test_killing_the_window_ends_its_embedded_brokers(workspace: Path):
    window = RunningWindow(workspace)
    window.until(lambda: window.state == "running")
    children = window.children()
    assert len(children) >= 3  # engine, sandbox, MQTT broker
    window.end(signal.SIGKILL)
    eventually(everything_ended(children), 25, lambda: f"left: {children}")


def test_the_close_button_waits_for_the_end_and_says_what_happens(
    session: Session, run: Run, qtbot: QtBot, workspace: Path
):
    window = QWidget()
    qtbot.addWidget(window)
    closing = Closing(window, session, lambda *_: None)
    session.open(workspace)
    session.start()
    qtbot.waitUntil(lambda: session.state == "running", timeout=20_000)
    window.show()
    with qtbot.waitSignal(closing.finished, timeout=30_000):
        window.close()
        assert window.isVisible()
        sheet = window.findChild(ClosingSheet)
        assert sheet is not None
        assert sheet.text.text()
        window.close()  # once more changes nothing
    assert not window.isVisible()
    assert not closing.was_forced
    assert session.state == "stopped"
    assert session.sandbox is None


def test_the_user_need_not_wait(session: Session, run: Run, qtbot: QtBot, workspace: Path):
    window = QWidget()
    qtbot.addWidget(window)
    closing = Closing(window, session, lambda *_: None)
    session.open(workspace)
    session.start()
    qtbot.waitUntil(lambda: session.state == "running", timeout=20_000)
    window.show()
    window.close()
    sheet = window.findChild(ClosingSheet)
    assert sheet is not None
    with qtbot.waitSignal(closing.finished):
        sheet.end_now.click()
    assert closing.was_forced
    assert not window.isVisible()
    qtbot.waitUntil(lambda: not closing._tasks.names, timeout=30_000)
