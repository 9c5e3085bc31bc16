"""What the status bar says about the memory of live lists."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from gui.viewmodels.feeds import Feeds
from gui.viewmodels.ring import RingModel


@dataclass(frozen=True, slots=True)
class Row:
    weight: int
    words: list[str] = field(default_factory=list)

    def texts(self) -> list[str]:
        return self.words

    def field(self, name: str) -> None:
        return None

    def document(self) -> str:
        return ""


@pytest.fixture
def owner(qapp: object) -> QObject:
    return QObject()


def test_the_bytes_of_all_lists_are_summed_up_and_freed_bytes_go(owner: QObject, qtbot: QtBot):
    feeds = Feeds(owner)
    first, second = RingModel(owner), RingModel(owner)
    feeds.add(first)
    feeds.add(second)
    assert feeds.text == ""
    with qtbot.waitSignal(feeds.changed):
        first.add([Row(1 << 20), Row(2 << 20)])
        second.add([Row(100 << 10)])
    qtbot.waitUntil(lambda: feeds.bytes == (3 << 20) + (100 << 10))

    assert feeds.text == "feeds 3.1 MiB"
    feeds.remove(second)
    assert feeds.bytes == 3 << 20
    first.clear()
    assert feeds.text == ""


def test_a_list_is_never_larger_than_its_bytes(owner: QObject, qtbot: QtBot):
    feeds, ring = Feeds(owner), RingModel(owner, most_bytes=1 << 20)
    feeds.add(ring)
    ring.add([Row(300 << 10) for _ in range(40)])
    qtbot.waitUntil(lambda: ring.gone > 0)

    assert feeds.bytes == 3 * (300 << 10)
