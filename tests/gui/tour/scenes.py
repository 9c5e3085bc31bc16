"""One scene for each picture: a function that leads the window to what is to be seen.

A scene begins on whatever the one before it has left, with the bridge running.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication

from gui.pages.rule import RulePage
from gui.widgets.buttons import LinkButton
from gui.widgets.live_table import LiveTable
from tests.gui.tour.stage import SIZE, Stage

Play: TypeAlias = Callable[[Stage], Awaitable[None]]


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
    page = window.publish
    page.mqtt.topic.setText("temp_hum/emqx")
    page.mqtt.payload.edit.set_text('{\n  "temp": "27.5",\n  "hum": "41.8"\n}')
    await _send_until_sampled(stage)
    next(link for link in page.result.findChildren(LinkButton) if link.isVisible()).click()
    await stage.until(lambda: window.tail.table.currentIndex().isValid(), "the record in the tail")
    page.focus_form()


async def _send_until_sampled(stage: Stage) -> None:
    """Publish until the engine has looked at one of the messages: it samples some each second."""
    page = stage.window.publish
    for _ in range(10):
        page.send_action.trigger()
        for _ in range(40):
            await stage.pause()
            if any(link.isVisible() for link in page.result.findChildren(LinkButton)):
                return
    raise TimeoutError("no published message was sampled")


async def tail(stage: Stage) -> None:
    """The tail with the detail of a record."""
    await _show_all(stage)
    stage.open_only("overview")
    stage.window.tail.focus()
    stage.freeze()
    _choose_last(stage.window.tail.table)


async def rule(stage: Stage) -> None:
    """A rule that is edited, with completion behind `payload.temp`, and a test that passes."""
    page = await _open_rule(stage)
    await _write_statement(stage, page, '"n/a"', "float(payload.temp")
    editor = page.panel.editor
    editor.setFocus(Qt.FocusReason.ShortcutFocusReason)
    await stage.settle()
    page.panel.completer.open()
    await stage.settle()


async def rule_failed(stage: Stage) -> None:
    """A function that does not exist, with the card that mends it."""
    page = await _open_rule(stage)
    await _write_statement(stage, page, "'n/a'", "flaot(payload.temp)")
    page.panel.editor.setFocus(Qt.FocusReason.ShortcutFocusReason)
    await stage.settle()
    stage.press(Qt.Key.Key_F8)


async def rule_empty(stage: Stage) -> None:
    """A new rule."""
    await _fold(stage)
    stage.open_only("rule:temp_hum")
    stage.window.commands["new_rule"].trigger()
    await stage.settle()


async def action(stage: Stage) -> None:
    """An action that is edited beside its rule."""
    page = await _open_rule(stage)
    page.open_action("action:to_emqx")
    await stage.settle()


async def apply(stage: Stage) -> None:
    """What Apply will change, and how."""
    window = stage.window
    page = await _open_rule(stage)
    text = page.panel.editor.toPlainText()
    page.panel.editor.selectAll()
    page.panel.editor.insertPlainText(text.replace("> 15", "> 20"))
    await stage.until(lambda: window.commands["save"].isEnabled(), "an edit")
    window.commands["save"].trigger()
    await stage.until(lambda: window.commands["apply"].isEnabled(), "something to apply")
    window.commands["apply"].trigger()
    await stage.settle()


async def connector(stage: Stage) -> None:
    """A Kafka connector after its test."""
    await _fold(stage)
    stage.open_only("rule:temp_hum", "connector:kafka-lab")
    await _test_connector(stage, "kafka-lab")


async def mqtt_connector(stage: Stage) -> None:
    """An MQTT connector after its test."""
    await _fold(stage)
    stage.open_only("rule:temp_hum", "connector:emqx-lab")
    await _test_connector(stage, "emqx-lab")


async def _test_connector(stage: Stage, name: str) -> None:
    page = stage.window.documents.page(f"connector:{name}")
    page.test_button.click()
    await stage.until(lambda: page.test.phase in ("passed", "failed"), "the connection test")


async def monitor(stage: Stage) -> None:
    """The counters, with a message that failed."""
    await _fold(stage)
    stage.open_only("monitor", "rule:temp_hum", "monitor")
    await _fail_one(stage)


async def simulator(stage: Stage) -> None:
    """Devices that publish, with what they send and how fast."""
    await _fold(stage)
    stage.open_only("rule:temp_hum", "simulator:sensors")
    await stage.settle()


async def dead_letters(stage: Stage) -> None:
    """What could not be delivered, with the first of it."""
    await _fold(stage)
    stage.open_only("monitor", "dead_letters:to_alarms")
    await stage.settle()
    stage.press(Qt.Key.Key_Home)


async def settings(stage: Stage) -> None:
    """The keys of all commands."""
    await _fold(stage)
    stage.open_only("rule:temp_hum", "settings")
    stage.window.documents.page("settings").show_section("shortcuts")
    await stage.settle()


async def settings_general(stage: Stage) -> None:
    """The other sections of the settings."""
    await _fold(stage)
    stage.open_only("rule:temp_hum", "settings")
    stage.window.documents.page("settings").show_section("general")
    await stage.settle()


async def palette(stage: Stage) -> None:
    """Go to anything, over the overview."""
    await _show_all(stage)
    stage.open_only("rule:temp_hum", "overview")
    stage.window.go_to_anything()
    stage.window.palette_window.field.setText("em")


async def _open_rule(stage: Stage) -> RulePage:
    await _fold(stage)
    drafts = stage.window.drafts
    for key in drafts.dirty:
        drafts.revert(key)
    stage.open_only("connector:kafka-lab", "rule:temp_hum")
    page = stage.window.documents.page("rule:temp_hum")
    assert isinstance(page, RulePage)
    await stage.settle()
    return page


async def _write_statement(stage: Stage, page: RulePage, hum: str, temp: str) -> None:
    """Change the conditions of the statement, with the caret behind the last."""
    editor = page.panel.editor
    head = editor.toPlainText().partition("WHERE")[0]
    editor.selectAll()
    editor.insertPlainText(f"{head}WHERE payload.hum != {hum}\n  AND {temp}")
    caret = editor.textCursor()
    place = caret.position()
    if temp.count("(") > temp.count(")"):
        editor.insertPlainText(") > 20")
        caret.setPosition(place)
        editor.setTextCursor(caret)
    else:
        editor.insertPlainText(" > 20")
    await stage.settle()


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
    live = stage.window.live
    before = live.total("action.failed", "to_alarms")
    await stage.house.devices.send_too_large()
    await stage.until(lambda: live.total("action.failed", "to_alarms") > before, "a failure")


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
    Scene("tail", tail, is_in_docs=True),
    Scene("palette", palette),
    Scene("kafka-connector", connector, is_in_docs=True),
    Scene("mqtt-connector", mqtt_connector),
    Scene("monitor", monitor, is_in_docs=True),
    Scene("simulator", simulator, is_in_docs=True),
    Scene("dead-letters", dead_letters, is_in_docs=True),
    Scene("settings", settings),
    Scene("settings-general", settings_general),
    Scene("rule", rule, is_in_docs=True),
    Scene("rule-failed", rule_failed),
    Scene("kafka-action", action),
    Scene("rule-empty", rule_empty),
    Scene("apply", apply, is_in_docs=True),
)
"""With the bridge running, in this order."""

IN_DOCS: Final = ("welcome", *(scene.name for scene in SCENES if scene.is_in_docs))
"""The names of the user guide's pictures."""


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
            try:
                await scene.play(stage)
            except (
                AttributeError,
                KeyError,
                TimeoutError,
            ) as exc:  # the others are taken all the same
                stage.missing[scene.name] = repr(exc)
            else:
                await stage.take(scene.name)
            stage.close_popups()
