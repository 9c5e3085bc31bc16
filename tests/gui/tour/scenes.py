"""One scene for each picture: a function that leads the window to what is to be seen.

A scene begins on whatever the one before it has left, with the bridge running.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication

from gui.widgets.buttons import LinkButton
from gui.widgets.live_table import LiveTable
from tests.gui.tour.stage import SIZE, Stage

Play: TypeAlias = Callable[[Stage], Awaitable[None]]

CONTROL: Final = Qt.KeyboardModifier.ControlModifier


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture.

    Attributes:
        name: Of its file, without scheme.
        play: Leads there.
        size: Of the window.
        is_in_docs: Whether the user guide shows it.
    """

    name: str
    play: Play
    size: QSize = SIZE
    is_in_docs: bool = False


async def welcome(stage: Stage) -> None:
    """Nothing is open yet; three workspaces were."""
    window = stage.window
    window.welcome.demo_button.setFocus(Qt.FocusReason.TabFocusReason)


async def overview(stage: Stage) -> None:
    """The map with a failing action, the feed, and a record in the tail."""
    await _show_all(stage)
    stage.open_only("rule:temp_hum", "connector:kafka-lab", "overview")
    await _fail_one(stage)
    await stage.until(lambda: stage.window.tail.table.model().rowCount() > 6, "records")
    stage.freeze()
    _choose_last(stage.window.tail.table)
    _choose_last(stage.window.bottom_pages.feed.table)
    await _choose_card(stage, "rule:temp_hum")


async def overview_narrow(stage: Stage) -> None:
    """The same where there is little room."""
    stage.window.resize(1024, 700)
    await _fail_one(stage)
    await _choose_card(stage, "rule:temp_hum")


async def overview_table(stage: Stage) -> None:
    """The same as a table."""
    await _show_all(stage)
    stage.open_only("overview")
    stage.window.documents.page("overview").views.choose("table")


async def publish(stage: Stage) -> None:
    """A message by hand, what became of it, and its record."""
    window = stage.window
    await _show_all(stage)
    stage.open_only("rule:temp_hum", "overview")
    window.documents.page("overview").views.choose("map")
    await _choose_card(stage, "rule:temp_hum")
    window.commands["publish"].trigger()
    window.publish.mqtt.payload.edit.set_text('{\n  "temp": "27.5",\n  "hum": "41.8"\n}')
    window.publish.send_action.trigger()
    links = window.publish.result.findChildren
    await stage.until(lambda: any(link.isVisible() for link in links(LinkButton)), "a record")
    next(link for link in links(LinkButton) if link.isVisible()).click()
    await stage.until(lambda: window.tail.table.currentIndex().isValid(), "the record in the tail")
    window.publish.focus_form()


async def rule(stage: Stage) -> None:
    """A rule that is edited, with completion."""
    await _fold(stage)
    stage.open_only("connector:kafka-lab", "rule:temp_hum")


async def connector(stage: Stage) -> None:
    """A Kafka connector after its test."""
    await _fold(stage)
    stage.open_only("rule:temp_hum", "connector:kafka-lab")


async def mqtt_connector(stage: Stage) -> None:
    """An MQTT connector after its test."""
    await _fold(stage)
    stage.open_only("rule:temp_hum", "connector:emqx-lab")


async def monitor(stage: Stage) -> None:
    """The counters, with a message that failed."""
    await _fold(stage)
    stage.open_only("rule:temp_hum", "monitor")


async def palette(stage: Stage) -> None:
    """Go to anything, over the overview."""
    await _show_all(stage)
    stage.open_only("rule:temp_hum", "overview")
    stage.window.go_to_anything()
    stage.type("em")


async def _show_all(stage: Stage) -> None:
    """The window as it is at first: all docks."""
    window = stage.window
    window.palette_window.hide()
    window.resize(SIZE)
    window.tail.show()
    window.bottom.fold(False)
    window.bottom.show_page("feed")
    await stage.settle()


async def _fold(stage: Stage) -> None:
    """Leave the room to the page."""
    window = stage.window
    window.resize(SIZE)
    window.tail.hide()
    window.bottom.fold(True)
    await stage.settle()


async def _fail_one(stage: Stage) -> None:
    """Have one more record refused, and wait until the window says so."""
    window, live = stage.window, stage.window.live
    before = live.total("action.failed", "to_alarms")
    await stage.house.devices.send_too_large()
    await stage.until(lambda: live.total("action.failed", "to_alarms") > before, "a failure")
    assert window.isVisible()


def _choose_last(table: LiveTable) -> None:
    table.selectRow(table.model().rowCount() - 1)


async def _choose_card(stage: Stage, key: str) -> None:
    page = stage.window.documents.page("overview")
    page.map.card(key).setFocus(Qt.FocusReason.MouseFocusReason)
    focused = QApplication.focusWidget()
    if focused is not None:
        focused.clearFocus()


SCENES: Final[tuple[Scene, ...]] = (
    Scene("overview", overview, is_in_docs=True),
    Scene("overview-narrow", overview_narrow, QSize(1024, 700)),
    Scene("overview-table", overview_table),
    Scene("publish", publish, is_in_docs=True),
    Scene("rule", rule, is_in_docs=True),
    Scene("kafka-connector", connector),
    Scene("mqtt-connector", mqtt_connector),
    Scene("monitor", monitor, is_in_docs=True),
    Scene("palette", palette),
)
"""With the bridge running, in this order."""


async def play(stage: Stage, chosen: list[str], *, run_s: float) -> None:
    """Play the chosen scenes, or all of them, and take a picture of each.

    Args:
        stage: The window.
        chosen: Names of scenes; none for all.
        run_s: How long the bridge runs before the first of them, in seconds.
    """
    session = stage.app.session
    if not chosen or "welcome" in chosen:
        await welcome(stage)
        await stage.take("welcome")
    session.open(stage.house.workspace)
    await stage.until(lambda: session.loaded is not None, "the workspace")
    stage.house.devices.start()
    session.start()
    await stage.until(lambda: session.snapshot and session.snapshot.uptime_s > 5, "the bridge")
    await stage.house.devices.send_too_large()
    await stage.until(lambda: session.snapshot and session.snapshot.uptime_s > run_s, "the run")
    for scene in SCENES:
        if not chosen or scene.name in chosen:
            stage.window.resize(scene.size)
            await scene.play(stage)
            await stage.take(scene.name)
