"""One scene for each picture: a function that leads the window to what is to be seen.

A scene begins on whatever the one before it has left, with the bridge running.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QWidget

from gui.gallery.page import Gallery
from gui.viewmodels.drafts import key_of
from gui.viewmodels.table_roles import TableRole
from gui.widgets.buttons import LinkButton
from gui.widgets.trace_table import TraceTable
from tests.gui.tour.stage import SIZE, Scene, Stage
from tests.gui.tour.steps import (
    choose_card,
    choose_known,
    choose_last,
    close_toasts,
    fail_one,
    fold,
    newest_keys,
    open_saved_rule,
    run_cases,
    show_all,
    usual_rates,
    write_statement,
)
from tests.gui.tour.undrawn import UNDRAWN, tail
from tests.helpers.letters import EXPIRED, TOO_LARGE, Writer

_OLDER_S: Final = 2 * 86_400
_APART_S: Final = 97.3
_MISSING: Final = (
    "unknown_topic",
    "Topic plant.alarms does not exist on this cluster.",
    "Create it, or set `allow_auto_topic_creation = true`.",
)
_PICTURE: Final = '{"temp":41.2,"img":"' + "A" * 1_300_000 + '"}'
_OLDER: Final = (
    (EXPIRED, "plant/11/temp", "dev-11", '{"temp":38.4}', 600.0),
    (EXPIRED, "plant/4/temp", "dev-4", '{"temp":36.0}', 600.0),
    (_MISSING, "plant/1/temp", "dev-1", '{"temp":33.1}', 0.0),
    (_MISSING, "plant/7/temp", "dev-7", '{"temp":31.9}', 0.0),
    (_MISSING, "alarm/door", "dev-9", '{"temp":31,"open":1}', 0.0),
    (TOO_LARGE, "plant/3/temp", "dev-3", _PICTURE, 0.0),
)
"""Dead letters of an earlier run, the oldest first: why, topic, client, payload, how old it was."""
_MORE_FIELDS: Final = 5
_BY_HAND: Final = "c_emqx"
"""The client that the message by hand is from, and the key of its record."""
_LOWER: Final = 16
"""How much lower than at first the test of the rule begins in the drawing, in pixels."""
_ONE_ROW: Final = 68
"""How far a form is scrolled, in pixels."""


def components() -> QWidget:
    """The first page of the gallery."""
    gallery = Gallery()
    gallery.resize(SIZE)
    return gallery


async def welcome(stage: Stage) -> None:
    """Nothing is open yet; three workspaces were."""
    window = stage.window
    window.welcome.demo_button.setFocus(Qt.FocusReason.TabFocusReason)


async def overview(stage: Stage) -> None:
    """The map with a failing action, the feed, and a record in the tail."""
    await show_all(stage)
    stage.open_only("rule:temp_hum", "connector:kafka-lab", "overview")
    await fail_one(stage)
    await stage.until(lambda: stage.window.tail.table.model().rowCount() > 6, "records")
    await stage.hold()
    choose_known(stage)
    choose_last(stage.window.bottom_pages.feed.table)
    await choose_card(stage, "rule:temp_hum")
    stage.window.tail.table.setFocus(Qt.FocusReason.MouseFocusReason)


async def overview_narrow(stage: Stage) -> None:
    """The same where there is little room."""
    await show_all(stage)
    stage.window.resize(1024, 700)
    stage.open_only("rule:temp_hum", "connector:kafka-lab", "overview")
    await fail_one(stage)
    await choose_card(stage, "rule:temp_hum")
    feed = stage.window.bottom_pages.feed.table
    await stage.hold()
    choose_last(feed)
    feed.setFocus(Qt.FocusReason.MouseFocusReason)


async def overview_table(stage: Stage) -> None:
    """The same as a table."""
    await show_all(stage)
    stage.open_only("overview")
    stage.window.documents.page("overview").views.choose("table")


async def publish(stage: Stage) -> None:
    """A message by hand, what became of it, and its record."""
    window = stage.window
    await show_all(stage)
    stage.open_only("rule:temp_hum", "overview")
    window.documents.page("overview").views.choose("map")
    await choose_card(stage, "rule:temp_hum")
    window.commands["publish"].trigger()
    page = window.publish
    page.mqtt.topic.setText("temp_hum/emqx")
    page.mqtt.payload.edit.set_text('{\n  "temp": "27.5",\n  "hum": "41.8"\n}')
    await _send_until_sampled(stage)
    await stage.until(lambda: _BY_HAND in newest_keys(window.tail.table), "the record in the tail")
    next(link for link in page.result.findChildren(LinkButton) if link.isVisible()).click()
    await stage.until(lambda: window.tail.table.currentIndex().isValid(), "the chosen record")
    await stage.hold()  # at once, so that nothing new covers the end of the list
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


async def rule(stage: Stage) -> None:
    """A rule that is edited, with quotes to mend and completion behind `payload.temp`."""
    page = await open_saved_rule(stage)
    # With != the column "n/a", which is missing, would keep every message out.
    await write_statement(stage, page, 'NOT payload.hum = "n/a"', "float(payload.temp")
    page.test.payload.edit.setPlainText('{"temp": "27.5", "hum": "40.9"}')
    await stage.until(lambda: "40.9" in page.test.result.output.toPlainText(), "a result")
    await run_cases(stage, page)
    for _ in range(_MORE_FIELDS):
        await stage.house.devices.send_more_fields()
        await stage.settle()
    editor = page.panel.editor
    editor.setFocus(Qt.FocusReason.ShortcutFocusReason)
    await stage.settle()
    page.panel.completer.open()
    await stage.settle()


async def rule_failed(stage: Stage) -> None:
    """A function that does not exist, with the card that mends it."""
    page = await open_saved_rule(stage)
    page.test.cases.choice.activated.emit(1)
    await write_statement(stage, page, "payload.hum != 'n/a'", "flaot(payload.temp)")
    editor, panel = page.panel.editor, page.panel
    editor.setFocus(Qt.FocusReason.ShortcutFocusReason)
    await stage.settle()
    editor.go_to(editor.toPlainText().index(" > 20"))
    panel.hover.show_problem(editor.statement.problems[0])  # as under the pointer


async def rule_empty(stage: Stage) -> None:
    """A new rule, and the examples beside it."""
    await fold(stage)
    stage.open_only("rule:temp_hum")
    stage.window.commands["new_rule"].trigger()
    await stage.settle()
    page = stage.window.documents.page(stage.window.documents.current)
    page.header.enabled.click()
    page.turn_examples()
    await stage.settle()
    drawer = page.drawer
    found = drawer.list.rows.findItems("Only above a limit")
    drawer.list.setCurrentIndex(found[0].index())
    page.focus_editor()
    await stage.settle()


async def action(stage: Stage) -> None:
    """An action that is edited beside its rule."""
    page = await open_saved_rule(stage)
    await run_cases(stage, page)
    drafts, place = stage.window.drafts, ("kafka_ext_headers",)
    headers = [dict(each) for each in drafts.value("action:to_emqx", place)]
    headers[1]["kafka_ext_header_value"] = "${unit}"
    drafts.set("action:to_emqx", place, headers)
    page.panel.editor.go_to(page.panel.editor.toPlainText().index(") > 20"))
    page.open_action("action:to_emqx")
    splitter = page.test.parentWidget()
    upper, lower = splitter.sizes()
    splitter.setSizes([upper + _LOWER, lower - _LOWER])  # as if dragged: so it is drawn
    await stage.settle()
    assert page.sheet is not None
    page.sheet.setFocus(Qt.FocusReason.MouseFocusReason)


async def apply(stage: Stage) -> None:
    """What Apply will change, and how."""
    window = stage.window
    page = await open_saved_rule(stage)
    await run_cases(stage, page)
    editor = page.panel.editor
    editor.go_to(editor.toPlainText().index(") > 20"))
    window.commands["apply"].trigger()
    await stage.settle()
    window.applying.popover.apply.clearFocus()  # as if opened by the mouse
    await stage.settle()


async def connector(stage: Stage) -> None:
    """A Kafka connector whose cluster sends its clients to an address nobody knows."""
    await fold(stage)
    key = "connector:kafka-lab"
    stage.open_only("rule:temp_hum", key)
    window = stage.window
    window.drafts.set(key, ("bootstrap_hosts",), stage.house.lost)
    window.drafts.save(key)
    connectors, state = window.live.workspace.connectors, window.live.connector_state
    await stage.until(lambda: window.live.workspace.connectors != connectors, "the saved address")
    await stage.settle()
    window.session.apply(drain_first=False)
    await stage.until(lambda: state("kafka-lab").status == "disconnected", "a lost cluster")
    window.drafts.set(key, ("health_check_topic",), "emqx")
    await stage.settle()
    await _test_connector(stage, "kafka-lab")
    close_toasts(stage)


async def mqtt_connector(stage: Stage) -> None:
    """An MQTT connector after its test."""
    await fold(stage)
    stage.open_only("rule:temp_hum", "connector:emqx-lab")
    await _test_connector(stage, "emqx-lab")
    page = stage.window.documents.page("connector:emqx-lab")
    page.fields.verticalScrollBar().setValue(_ONE_ROW)


async def _test_connector(stage: Stage, name: str) -> None:
    page = stage.window.documents.page(f"connector:{name}")
    page.test_button.click()
    await stage.until(lambda: page.test.phase in ("passed", "failed"), "the connection test")
    page.setFocus(Qt.FocusReason.MouseFocusReason)


async def monitor(stage: Stage) -> None:
    """The counters, with a message that failed and is explained, and a moment that is read."""
    await fold(stage)
    stage.open_only("monitor", "rule:temp_hum", "monitor")
    await fail_one(stage)
    page = stage.window.documents.page("monitor")
    trace = page.trace
    await stage.until(lambda: _failed_row(trace) >= 0, "the failed message in the trace")
    await stage.hold()
    trace.setFocus(Qt.FocusReason.MouseFocusReason)
    trace.selectRow(_failed_row(trace))
    await stage.settle()
    points = page.rates.points
    page.rates.lead(points[-len(points) // 4][0])
    await stage.settle()


def _failed_row(trace: TraceTable) -> int:
    """Find the newest failed message; -1 for none."""
    model = trace.model()
    rows = range(model.rowCount())
    return next((r for r in rows if model.index(r, 0).data(TableRole.STATUS) == "failed"), -1)


async def simulator(stage: Stage) -> None:
    """Devices that publish, with what they send and how fast."""
    await fold(stage)
    stage.open_only("rule:temp_hum", "simulator:sensors")
    await stage.settle()
    stage.window.documents.page("simulator:sensors").setFocus(Qt.FocusReason.MouseFocusReason)


async def dead_letters(stage: Stage) -> None:
    """What could not be delivered; the first is mended, three are checked."""
    await fold(stage)
    stage.open_only("monitor", "dead_letters:to_alarms")
    page = stage.window.documents.page("dead_letters:to_alarms")
    model, detail = page.model.model, page.model.detail
    letters = stage.window.live.letters
    await stage.until(lambda: len(model.shown) == letters.of("to_alarms"), "what was put aside")
    failed = stage.window.live.total("action.failed", "to_alarms")
    await stage.until(lambda: len(model.shown) >= failed, "all that failed")
    while len(model.shown) < 8:
        before = len(model.shown)
        await fail_one(stage)
        await stage.until(lambda: len(model.shown) > before, "a dead letter")  # noqa: B023
    page.table.selectRow(1)
    model.check((1, 2, 4), is_checked=True)  # between them is the head of a group
    await stage.until(lambda: detail.is_editable, "the whole letter")
    detail.set_payload('{\n  "temp": 41.2\n}')
    await stage.until(lambda: detail.trial.status == "passed", "the rule's trial")
    editor = page.pane.message.payload
    editor.setFocus(Qt.FocusReason.MouseFocusReason)
    caret = editor.textCursor()
    caret.setPosition(editor.toPlainText().index("41.2") + len("41.2"))
    editor.setTextCursor(caret)
    await stage.settle()


def _put_older_letters_aside(stage: Stage) -> None:
    """Have letters of a run two days ago lie there, of several kinds."""
    environment = stage.app.session.environment
    assert environment is not None
    writer = Writer(environment.state_dir, "to_alarms", "hot_plant")
    for number, (why, topic, client, payload, waited_s) in enumerate(_OLDER):
        ago_s = _OLDER_S - number * _APART_S
        writer.put(
            payload,
            why,
            topic=topic,
            client=client,
            record_topic="plant.alarms",
            ago_s=ago_s,
            waited_s=waited_s,
        )


async def settings(stage: Stage) -> None:
    """The keys of all commands; those that were pressed last belong to another one."""
    await fold(stage)
    stage.open_only("rule:temp_hum", "settings")
    page = stage.window.documents.page("settings")
    page.show_section("shortcuts")
    table = page.shortcuts.table
    table.shortcuts.choose("publish", "Ctrl+Alt+P")
    page.shortcuts.view.setFocus(Qt.FocusReason.MouseFocusReason)
    table.record("pause_feed")
    await stage.settle()
    table.press("Ctrl+Space")
    await stage.settle()


async def settings_general(stage: Stage) -> None:
    """The other sections of the settings."""
    await fold(stage)
    stage.open_only("rule:temp_hum", "settings")
    page = stage.window.documents.page("settings")
    page.shortcuts.table.cancel()
    page.shortcuts.table.shortcuts.choose("pause_feed", "Ctrl+Space")  # which another one has
    stage.window.session.settings.put("general", "open_at_start", "last")
    page.show_section("general")
    await stage.settle()
    page.sections.setFocus(Qt.FocusReason.MouseFocusReason)


async def palette(stage: Stage) -> None:
    """Go to anything, over the overview."""
    await show_all(stage)
    stage.open_only("rule:temp_hum", "overview")
    window = stage.window
    messages = len(window.live.workspace.messages)
    hot = next(each for each in window.live.workspace.messages if each.name == "hot sample")
    window.navigator.view.setCurrentIndex(window.navigator.model.index_of(key_of(hot)))
    window.navigator.delete_action.trigger()
    await stage.until(lambda: len(window.live.workspace.messages) < messages, "a deletion")
    for toast in window.toasts.shown:
        toast.stop_clock()
    await usual_rates(stage)
    await stage.hold()
    choose_known(stage)
    choose_last(window.bottom_pages.feed.table)
    await ask_palette(stage)


async def ask_palette(stage: Stage) -> None:
    """Open the palette: it tells which theme was on at that moment."""
    stage.window.go_to_anything()
    stage.window.palette_window.field.setText("em")


SCENES: Final[tuple[Scene, ...]] = (
    Scene("overview", overview),
    Scene("dead-letters", dead_letters),  # while few have failed
    Scene("overview-narrow", overview_narrow, QSize(1024, 700)),
    Scene("overview-table", overview_table),
    Scene("publish", publish),
    Scene("tail", tail),
    Scene("mqtt-connector", mqtt_connector),
    Scene("monitor", monitor),
    Scene("simulator", simulator),
    Scene("settings", settings),
    Scene("settings-general", settings_general),
    Scene("palette", palette, again=ask_palette),
    Scene("rule-empty", rule_empty),
    Scene("rule-failed", rule_failed),
    Scene("rule", rule),
    Scene("kafka-action", action),
    Scene("apply", apply),
    *UNDRAWN,
    Scene("kafka-connector", connector),  # nothing is delivered from then on
)
"""With the bridge running, in this order."""
NAMES: Final = ("welcome", *(scene.name for scene in SCENES), "components")


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
    _put_older_letters_aside(stage)
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
                await stage.take(scene.name, again=scene.again)
            stage.close_popups()
    if not chosen or "components" in chosen:  # last: it takes the keyboard from the window
        await stage.take("components", components)
