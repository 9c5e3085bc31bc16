"""Objects of Qt are destroyed in the thread they live in."""

from __future__ import annotations

import gc
import threading
import weakref

from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot


class Holder(QObject):
    """Holds itself, so that only the collector can end it."""

    def __init__(self, ended_in: list[str]) -> None:
        super().__init__()
        self.itself = self
        self.timer = QTimer(self)
        self.timer.start(10)
        weakref.finalize(self, lambda: ended_in.append(threading.current_thread().name))


def allocate_much() -> None:
    """Allocate more than the collector of a thread of its own would let pass."""
    for _ in range(100_000):
        made: list[object] = []
        made.append(made)


def test_cycles_left_behind_end_on_the_window_thread(qtbot: QtBot):
    assert not gc.isenabled()
    ended_in: list[str] = []
    Holder(ended_in)
    worker = threading.Thread(target=allocate_much, name="worker")
    worker.start()
    worker.join()
    assert ended_in == []

    qtbot.waitUntil(lambda: ended_in == [threading.main_thread().name])
