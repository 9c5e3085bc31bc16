"""The pages with the most room and the least: beside no dock, in halves, beside a wide tail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from .scenes import Stage

Show: TypeAlias = "Callable[[Stage], QWidget]"

_PAGES: Final = (
    *("overview as a map", "overview as a table", "monitor", "MQTT connector", "Kafka connector"),
    *("connector's users", "connector's activity", "tested MQTT connector"),
    *(
        "tested Kafka connector",
        "wrong connector",
        "rule",
        "whole rule",
        "rule's live trace",
    ),
    *("wrong rule", "examples", "compare", "Kafka action", "republish action", "wrong action"),
    *("simulator", "simulator in bursts", "new rule"),
    *("dead letters", "SQL reference", "settings", "shortcuts"),
)
"""Scenes whose pages are laid out in another way where tail and bottom dock are hidden."""


_SMALL: Final = QSize(1_024, 700)
_LARGE: Final = QSize(1_920, 1_080)
_IN_SMALL: Final = (
    *("rule", "wrong rule", "monitor", "MQTT connector", "Kafka action"),
    *("results of cases", "toast"),
)
_BESIDE_TAIL: Final = ("settings", "overview as a table", "whole rule", "publish a message")
_IN_LARGE: Final = ("rule", "monitor")
_ALONE: Final = ("overview as a map", "rule")


def with_room(scenes: Mapping[str, Show]) -> dict[str, Show]:
    """Make the scenes of pages beside the navigator alone, as wide as they are drawn."""
    return {f"{name} with room": _in_room(scenes[name]) for name in _PAGES}


def in_sizes(scenes: Mapping[str, Show]) -> dict[str, Show]:
    """Make the scenes of pages in a small window, whose tail is a strip, and in a large one.

    Some of them are beside the tail in the small window, too, as one can open it there.
    """
    small = {f"{name} in a small window": _sized(scenes[name], _SMALL) for name in _IN_SMALL}
    small |= {
        f"{name} beside the tail in a small window": _sized(_with_tail(scenes[name]), _SMALL)
        for name in _BESIDE_TAIL
    }
    large = {f"{name} in a large window": _sized(scenes[name], _LARGE) for name in _IN_LARGE}
    return small | large


def without_docks(scenes: Mapping[str, Show]) -> dict[str, Show]:
    """Make the scenes of pages that have the whole window."""
    return {f"{name} without docks": _alone(scenes[name]) for name in _ALONE}


def _in_room(show: Show) -> Show:
    def shown(stage: Stage) -> QWidget:
        for dock in (stage.window.tail, stage.window.bottom):
            dock.hide()
            stage.afterwards(dock.show)
        return show(stage)

    return shown


def _sized(show: Show, size: QSize) -> Show:
    def shown(stage: Stage) -> QWidget:
        window = stage.window
        stage.afterwards(partial(window.resize, window.size()))
        window.resize(size)
        return show(stage)

    return shown


def _with_tail(show: Show) -> Show:
    def shown(stage: Stage) -> QWidget:
        stage.window.strip.button.click()
        return show(stage)

    return shown


def _alone(show: Show) -> Show:
    def shown(stage: Stage) -> QWidget:
        navigator = stage.window.navigator
        stage.afterwards(navigator.show)
        navigator.hide()
        return _in_room(show)(stage)

    return shown


def halves(stage: Stage) -> QWidget:
    """A connector to the right of a rule, with all groups of its form open."""
    _room_for_two(stage)
    stage.rule()
    stage.connector("cluster", "settings")
    return _beside(stage, "connector:cluster")


def monitor_in_half(stage: Stage) -> QWidget:
    """The monitor to the right of a rule."""
    _room_for_two(stage)
    stage.rule()
    return _beside(stage, "monitor")


def _room_for_two(stage: Stage) -> None:
    stage.afterwards(stage.window.tail.show)  # which gives its room


def _beside(stage: Stage, key: str) -> QWidget:
    window = stage.window
    window.beside.open(key)
    stage.afterwards(window.documents.join)
    stage.rule()
    return window.documents


def one_below(stage: Stage) -> QWidget:
    """A connector below a rule: each is scrolled in its half of the height."""
    window = stage.window
    stage.afterwards(lambda: window.bottom.fold(False))  # which gives its room
    stage.rule()
    stage.connector("cluster", "settings")
    window.beside.open("connector:cluster", below=True)
    stage.afterwards(window.documents.join)
    return window.documents


def monitor_above(stage: Stage) -> QWidget:
    """A rule below the monitor, with the bottom dock open: both have little room."""
    window = stage.window
    stage.page("monitor")
    stage.rule()
    name = window.documents.current
    window.beside.open(name, below=True)
    window.bottom.fold(False)
    stage.afterwards(window.documents.join)
    return window.documents


def widened_tail(stage: Stage) -> QWidget:
    """The tail as a table; the pages and the bottom dock have what is left."""
    stage.page("overview")
    stage.tail("headers")
    stage.window.tail.toggle_width()
    stage.afterwards(stage.window.tail.toggle_width)
    return stage.window


WIDE: Final[dict[str, Show]] = {
    "two pages": halves,
    "two pages, one below": one_below,
    "monitor above a rule": monitor_above,
    "monitor in a half": monitor_in_half,
    "tail as a table": widened_tail,
}
"""Layouts that users choose, by their names."""
