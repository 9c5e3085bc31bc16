"""Scenes of what no drawing shows; and of the tail, which a window of its own begins at."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMessageBox

from gui.docks.detail_pages import DetailWindow
from gui.shell.change_commands import COMPARE_APPLIED
from gui.viewmodels.action_options import FALLBACKS, TOPIC
from gui.viewmodels.rule_actions import new_action
from tests.gui.tour.stage import Scene, Stage
from tests.gui.tour.steps import (
    choose_last,
    fold,
    open_rule,
    open_saved_rule,
    show_all,
    usual_rates,
)

_TRACED: Final = 10
"""Messages that a live trace waits for."""


async def whole_rule(stage: Stage) -> None:
    """The whole rule on the message of a case, step by step, and nothing is sent."""
    page = await open_rule(stage)
    page.test.cases.choice.activated.emit(1)
    page.test.tabs.choose("whole")
    whole = page.test.whole
    await stage.until(whole.run_button.isEnabled, "a message to run the rule on")
    whole.run_button.click()
    await stage.until(lambda: page._editor.whole.steps, "the steps of the rule")


async def live_trace(stage: Stage) -> None:
    """The next messages on their way through the rule, and the steps of one."""
    page = await open_rule(stage)
    page.test.tabs.choose("trace")
    trace = page.test.trace
    await stage.until(trace.start_button.isEnabled, "that the rule runs")
    trace.start_button.click()
    await stage.until(lambda: trace.table.model().rowCount() >= _TRACED, "traced messages")
    trace.table.selectRow(1)
    trace.table.setFocus(Qt.FocusReason.MouseFocusReason)


async def republish(stage: Stage) -> None:
    """An action that publishes what the rule yields, before it is saved."""
    page = await open_rule(stage)
    page.test.show_test()
    page.test.cases.choice.activated.emit(1)
    fields = ("timestamp", "clientid", "temp", "hum")
    page.open_action(new_action(stage.window.drafts, "rule:temp_hum", "republish", fields))
    await stage.settle()
    assert page.sheet is not None
    page.sheet.setFocus(Qt.FocusReason.MouseFocusReason)


async def fallback(stage: Stage) -> None:
    """What becomes of records that cannot be delivered."""
    page = await open_rule(stage)
    ways = [{"kind": "topic", "topic": "emqx.undelivered"}, {"kind": "file"}]
    stage.window.drafts.set("action:to_emqx", FALLBACKS, ways)
    page.open_action("action:to_emqx")
    assert page.sheet is not None
    await stage.settle()
    form = page.sheet.form
    page.sheet.show_edit(FALLBACKS)
    await stage.settle()
    page.sheet.setFocus(Qt.FocusReason.MouseFocusReason)
    form.ensureWidgetVisible(form.field(*FALLBACKS))


async def create_topic(stage: Stage) -> None:
    """How a topic is to be made that the cluster does not have."""
    page = await open_rule(stage)
    stage.window.drafts.set("action:to_emqx", TOPIC, "emqx.readings")
    page.open_action("action:to_emqx")
    assert page.sheet is not None
    await stage.settle()
    page.sheet.form._picker.ask(page.sheet.form.editor(*TOPIC))


async def record_window(stage: Stage) -> None:
    """A record in a window of its own."""
    await tail(stage)
    stage.window.tail.panel.open_window()
    window = stage.window.findChildren(DetailWindow)[-1]
    window.move(stage.window.mapToGlobal(QPoint(420, 190)))


async def tail(stage: Stage) -> None:
    """The tail with the detail of a record."""
    await show_all(stage)
    stage.open_only("overview")
    stage.window.tail.focus()
    await stage.hold()
    choose_last(stage.window.tail.table)


async def about(stage: Stage) -> None:
    """What this program is."""
    await show_all(stage)
    stage.open_only("overview")
    stage.window.commands["about"].trigger()
    sheet = stage.window.findChildren(QMessageBox)[-1]
    sheet.move(stage.window.mapToGlobal(stage.window.rect().center() - sheet.rect().center()))


async def tour_card(stage: Stage) -> None:
    """A step of the tour."""
    await show_all(stage)
    stage.open_only("overview")
    stage.window.commands["tour"].trigger()
    card = stage.window.tour.card
    assert card is not None
    card.nextAsked.emit()


async def reference(stage: Stage) -> None:
    """The functions of the SQL, and one of them."""
    await fold(stage)
    stage.open_only("rule:temp_hum", "reference")
    stage.window.documents.page("reference").show_function("float")


async def compare(stage: Stage) -> None:
    """What runs beside what is saved."""
    await open_saved_rule(stage)
    stage.open_only("rule:temp_hum", COMPARE_APPLIED)
    await usual_rates(stage)


async def used_by(stage: Stage) -> None:
    """Which rules and actions use a connector."""
    await _connector(stage, "kafka-lab", "users")


async def activity(stage: Stage) -> None:
    """What a connector has done lately."""
    await _connector(stage, "emqx-lab", "activity")


async def _connector(stage: Stage, name: str, tab: str) -> None:
    await fold(stage)
    stage.open_only("rule:temp_hum", f"connector:{name}")
    page = stage.window.documents.page(f"connector:{name}")
    page.tabs.choose(tab)
    page.setFocus(Qt.FocusReason.MouseFocusReason)


async def publish_record(stage: Stage) -> None:
    """A record by hand, for Kafka."""
    await show_all(stage)
    stage.open_only("overview")
    stage.window.commands["publish"].trigger()
    page = stage.window.publish
    page.kind.choose("kafka")
    page.kafka.topic.setText("plant.alarms")
    page.kafka.key.setText("dev-3")
    page.kafka.value.edit.set_text('{\n  "temp": 41.2\n}')
    page.focus_form()


async def problems(stage: Stage) -> None:
    """What is wrong, with what mends it."""
    await show_all(stage)
    stage.open_only("overview")
    stage.window.bottom.show_page("problems")


async def log(stage: Stage) -> None:
    """What the bridge has written down."""
    await show_all(stage)
    stage.open_only("overview")
    stage.window.bottom.show_page("log")


async def settings_secrets(stage: Stage) -> None:
    """The last sections of the settings, with all docks."""
    await show_all(stage)
    stage.open_only("settings")
    page = stage.window.documents.page("settings")
    page.shortcuts.table.cancel()
    await stage.settle()  # what is not laid out cannot be scrolled to
    page.show_section("secrets")
    await stage.settle()
    page.sections.setFocus(Qt.FocusReason.MouseFocusReason)


UNDRAWN: Final = (
    Scene("publish-record", publish_record),
    Scene("problems", problems),
    Scene("log", log),
    Scene("connector-used-by", used_by),
    Scene("connector-activity", activity),
    Scene("reference", reference),
    Scene("settings-secrets", settings_secrets),
    Scene("rule-whole", whole_rule),
    Scene("rule-trace", live_trace),
    Scene("republish", republish),
    Scene("compare", compare),
    Scene("action-fallback", fallback),
    Scene("create-topic", create_topic),
    Scene("record-window", record_window),
    Scene("about", about),
    Scene("tour-card", tour_card),
)
"""In this order."""
