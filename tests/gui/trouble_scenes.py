"""What pages say about trouble: banners, refusals, previews of nothing, reasons below rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from core.kafka.presets import PRESETS
from gui.viewmodels.action_sheet import ActionSheet
from gui.viewmodels.feed import FeedModel
from gui.viewmodels.live import State
from gui.viewmodels.payload_check import LARGEST
from gui.viewmodels.simulator_rate import SimulatorRate, Verdict
from gui.viewmodels.trace import Explanation
from gui.widgets.secret_field import SecretEditor

from .overlay_scenes import opened

if TYPE_CHECKING:
    from .scenes import Stage

NOT_WRITTEN: Final = "The file every-page.sluicegate.toml cannot be written: permission denied."
WAY_OUT: Final = "Save it under another name, or ask for the right to write there."
_NAME, _VALUE = "kafka_ext_header_key", "kafka_ext_header_value"


# Pages


def refused_rule(stage: Stage) -> QWidget:
    """A wrong rule that is not saved, and the question before records are sent for real."""
    page: Any = stage.wrong_rule()
    page.test.tabs.choose("whole")
    whole = page.test.whole
    whole.mode.choose("real")
    whole.run()
    stage.afterwards(lambda: whole.mode.choose("dry"))
    stage.afterwards(whole.banner.hide)
    page.save()
    stage.afterwards(page.problem.hide)
    stage.until(page.problem.isVisible)
    assert whole.banner.isVisible()
    return page


def preset(stage: Stage) -> QWidget:
    """A connector that begins as a service has it, and references that are typed as secrets."""
    longest = max(PRESETS, key=lambda each: sum(len(field.help) for field in each.fields))
    stage.window.objects.new_from_preset(longest)
    key = stage.window.documents.current
    stage.afterwards(lambda: stage.window.drafts.revert(key))
    page: Any = stage.page(key)
    type_references(stage, page)
    assert page.banner.isVisible()
    return page


def type_references(stage: Stage, page: QWidget) -> None:
    """Type into each secret what may be a reference, which a button beside it says it is not."""
    seen = [each for each in page.findChildren(SecretEditor) if each.line.isVisible()]
    for each in seen:
        each.line.setText("env:PASSWORD")
        stage.afterwards(lambda each=each: each.line.clear() if isValid(each) else None)
    assert seen


def settings(stage: Stage) -> QWidget:
    """Settings that are not taken, and a file that cannot be written."""
    page: Any = stage.settings("feeds")
    page._tell_failure(NOT_WRITTEN, WAY_OUT)
    stage.afterwards(page.banner.hide)
    for key, row in page.fields.rows.items():
        if row.option.kind == "number":
            row.type_text("many")
            text = page._form.text(row.option)
            stage.afterwards(lambda row=row, text=text: row.type_text(text))
            assert row.shape.isVisibleTo(row), key
    return page


def wrong_header(stage: Stage) -> QWidget:
    """An action with a header that no record can have; it could not be written, either."""
    headers = [{_NAME: "site", _VALUE: "${clientid}"}, {_NAME: "line", _VALUE: "${"}]
    stage.draft("action:to_emqx", ("kafka_ext_headers",), headers)
    sheet: Any = stage.action("to_emqx")
    stage.until(sheet.sheet.first_problem)
    sheet.form.show_first_problem()
    sheet.sheet.failed.emit(f"{NOT_WRITTEN} {WAY_OUT}")
    stage.afterwards(lambda: sheet.banner.hide() if isValid(sheet) else None)
    return sheet


def tombstone(stage: Stage) -> QWidget:
    """An action whose record would have no value, and lose two headers."""
    drafts, key = stage.window.drafts, "action:to_emqx"
    stage.afterwards(lambda: drafts.revert(key))
    drafts.set(key, ("message", "value"), "${nothing}")
    drafts.set(key, ("kafka_headers",), "${.}")
    headers = [{_NAME: "site", _VALUE: "${site}"}, {_NAME: "line", _VALUE: "${line}"}]
    drafts.set(key, ("kafka_ext_headers",), headers)
    test: Any = stage.rule()._editor.test
    stage.until(lambda: test.result.outcome == "passed")
    patch = pytest.MonkeyPatch()
    patch.setattr(ActionSheet, "has_letters", True)
    stage.afterwards(patch.undo)
    sheet = stage.action("to_emqx")
    assert sheet.letters_button.isVisible()
    return sheet


def unselected(stage: Stage) -> QWidget:
    """A republish action with a field that the rule does not select, which fails anyhow."""
    stage.break_payload(stage.rule())
    stage.draft("action:copy", ("topic",), "copy/${nothing}")
    sheet: Any = stage.action("copy")
    stage.until(sheet.sheet.first_problem)
    sheet.form.show_first_problem()
    field = sheet.form._fields["topic",]
    assert field._link.isVisible()
    assert field._behind.isVisible()
    stage.until(sheet.message.reason.isVisible)
    return sheet


def simulator(stage: Stage) -> QWidget:
    """A simulator without fields that has a name for none, and is not saved."""
    drafts, key = stage.window.drafts, "simulator:sensors"
    stage.afterwards(lambda: drafts.revert(key))
    drafts.set(key, ("fields",), {})
    drafts.set(key, ("payload",), '{"temp": {{temperature}}, "hum": ')
    page: Any = stage.page(key)
    page.banner.say(f"{NOT_WRITTEN} {WAY_OUT}")
    stage.afterwards(page.banner.hide)
    patch = pytest.MonkeyPatch()
    held = "Held back by broker: 12,345 messages wait for its answer."
    patch.setattr(SimulatorRate, "verdict", Verdict("degraded", "1.2/s of 400/s", held))
    stage.afterwards(page.rate.refresh)
    stage.afterwards(patch.undo)
    page.rate.refresh()
    stage.until(page.template.problem.isVisible)
    assert page.rate.reason.isVisible()
    return page


def edited_letter(stage: Stage) -> QWidget:
    """A dead letter whose edit is compared, and which does not pass the rule any more."""
    page: Any = stage.dead_letters("message")
    message = page.pane.message
    message.payload.setPlainText('{"temp": 3}')
    message.compare_link.click()
    stage.afterwards(page.model.detail.undo_edit)
    stage.until(message.trial.reason.isVisible)
    return page


# Docks


def wrong_filters(stage: Stage) -> QWidget:
    """Filters that are none; a feed that shows few of many, a tail that reads no more."""
    window: Any = stage.window
    page = stage.page("monitor")
    page.lower_charts.choose("errors")
    stage.afterwards(lambda: page.lower_charts.choose("latency"))
    stage.tail("metadata")
    stage.bottom("feed")
    feed, panel = window.bottom_pages.feed, window.tail.panel
    patch = pytest.MonkeyPatch()
    patch.setattr(FeedModel, "shown_in", 2_469)
    stage.afterwards(patch.undo)
    feed._show_sampling()
    model = panel.model
    state = model._state
    model._say(State("failed", "The cluster closed the connection: the password is wrong."))
    model._advice = "Look at user name and password."
    stage.afterwards(lambda: model._say(state))
    for each in (feed, panel, page):
        each.filter.setText("payload.temp >")
        stage.afterwards(each.filter.clear)
    assert feed.problem.isVisible()
    assert feed.sampling.isVisible()
    assert panel.trouble.isVisible()
    return window


def reason(stage: Stage) -> QWidget:
    """Why a message failed, below its row; meanwhile others come."""
    page = stage.page("monitor")
    trace, model = page.trace, page.trace._model
    page.lower_charts.choose("queue")
    text = "The record is too large for topic `alerts`: its `max.message.bytes` is 1,048,576."
    details = (("Rule output", '{"temp": 41.2}'), ("Request", "alerts, 1,234,567 bytes"))
    model._why = lambda _row: Explanation(text, "rule:too_hot", details)
    stage.afterwards(trace.go_on)
    stage.afterwards(lambda: delattr(model, "_why"))
    stage.until(model.rowCount)
    trace.setCurrentIndex(QModelIndex())
    trace.setCurrentIndex(model.index(0, 0))
    panel = trace.indexWidget(model.index(1, 0))
    panel.details[0].click()
    stage.until(trace.newer.isVisible)
    return page


def large_payload(stage: Stage) -> QWidget:
    """A payload of which the beginning is shown, and a chosen row of the properties."""
    publish, form = stage.publish("mqtt"), stage.window.publish.mqtt
    form.payload.edit.longPasted.emit("[" + "1," * LARGEST)
    stage.afterwards(lambda: form.payload.show_text("", "json"))
    form.properties.model.show(tuple((f"site {n}", "roof") for n in range(40)), {})
    form.properties.table.setCurrentIndex(form.properties.model.index(0, 0))
    stage.afterwards(lambda: form.properties.model.show((), {}))
    assert form.properties.remove_link.isVisible()
    assert form.payload.undo_link.isVisible()
    stage.until(form.properties.table.bar.isVisible)
    return publish


def wrong_payload(stage: Stage) -> QWidget:
    """A value that is no JSON, and a header that is being removed."""
    publish, form = stage.publish("kafka"), stage.window.publish.kafka
    form.value.show_text('{"temp": ', "json")
    stage.afterwards(lambda: form.value.show_text("", "json"))
    form.value.check()
    form.headers.model.show((("site", "roof"),), {})
    form.headers.table.setCurrentIndex(form.headers.model.index(0, 0))
    stage.afterwards(lambda: form.headers.model.show((), {}))
    assert form.value.problem.isVisible()
    return publish


def gone_file(stage: Stage) -> QWidget:
    """The file, which somebody has deleted while something was edited."""
    session, banner = stage.window.session, stage.window.documents.notices["file"]
    assert session.path is not None
    path, text = session.path, session.path.read_text("utf-8")
    stage.window.drafts.set("rule:off", ("label",), "Not in use")
    stage.afterwards(session.read_again)
    stage.afterwards(lambda: path.write_text(text, "utf-8"))
    stage.afterwards(lambda: stage.window.drafts.revert("rule:off"))
    path.unlink()
    stage.page("overview")
    stage.until(banner.isVisible)
    return banner


# Over a page


def refused_apply(stage: Stage) -> QWidget:
    """What is saved, which cannot be applied."""
    stage.change("WHERE payload", "WHER payload")
    stage.afterwards(lambda: stage.change("WHER payload", "WHERE payload"))
    stage.until(stage.window.toolbar.apply_button.isVisible)
    stage.hold_in_flight()
    stage.window.commands["apply"].trigger()
    popover = stage.window.applying.popover
    stage.until(popover.why.isVisible)
    return popover


def signature(stage: Stage) -> QWidget:
    """The arguments of the function that is being written."""
    page: Any = stage.rule("too_hot")
    editor, signatures = page.panel.editor, page.panel.signatures
    text = editor.toPlainText()
    editor.setFocus(Qt.FocusReason.OtherFocusReason)
    editor.setPlainText("SELECT date_to_unix_ts(")
    stage.afterwards(lambda: editor.setPlainText(text))
    editor.go_to(len(editor.toPlainText()))
    signatures.open()
    stage.afterwards(signatures.close)
    stage.until(lambda: signatures.is_open)
    return signatures.hint


def case_menu(stage: Stage) -> QWidget:
    """What can be done with the chosen case."""
    page: Any = stage.rule()
    cases, strip = page._editor.cases, page.test.cases
    cases.choose(0)
    stage.afterwards(lambda: cases.choose(-1))
    strip._ask()
    return opened(stage)


TROUBLE: Final[dict[str, Callable[[Stage], QWidget]]] = {
    "refused rule": refused_rule,
    "connector of a service": preset,
    "refused settings": settings,
    "wrong header": wrong_header,
    "tombstone": tombstone,
    "field that is not selected": unselected,
    "refused simulator": simulator,
    "edited letter": edited_letter,
    "wrong filters": wrong_filters,
    "reason of a failure": reason,
    "large payload": large_payload,
    "file gone": gone_file,
    "refused apply": refused_apply,
    "signature": signature,
    "menu of a case": case_menu,
}
"""States of trouble, and what helps out of it, by their names."""
