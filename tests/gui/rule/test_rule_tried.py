"""A statement is tried on a message by keyboard."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gui.pages.record_card import RecordCard
from gui.pages.rule import RulePage
from gui.viewmodels.outlets import MqttMessage
from gui.widgets.labels import StateShape

from .conftest import (
    CONTROL,
    labels,
    outcome_of,
    settle,
)


def test_ctrl_enter_runs_the_test_and_shows_the_record(page: RulePage, qtbot: QtBot) -> None:
    page.test.tabs.choose("trace")
    page.test.event_form.use_last.click()

    qtbot.keyClick(page.panel.editor, Qt.Key.Key_Return, CONTROL)

    outcome_of(qtbot, page, "Passed")
    assert page.test.tabs.current_key == "test"
    assert '"temp": 22.5' in page.test.result.output.toPlainText()
    shown = page.test.result
    qtbot.waitUntil(
        lambda: any(
            {"hot", "dev-1", "22.5"} <= set(labels(card)) for card in shown.findChildren(RecordCard)
        )
    )


def test_the_record_of_an_open_action_stands_in_its_preview_alone(
    page: RulePage, qtbot: QtBot
) -> None:
    def records() -> list[RecordCard]:
        found = page.test.result.findChildren(RecordCard)
        return [card for card in found if card.isVisible()]

    page.test.event_form.use_last.click()
    outcome_of(qtbot, page, "Passed")
    qtbot.waitUntil(lambda: len(records()) == 1)
    page.open_action("action:to_hot")
    assert page.sheet is not None
    qtbot.waitUntil(lambda: records() == [])
    assert page.test.result.output.isVisible()
    page.close_action()
    qtbot.waitUntil(lambda: len(records()) == 1)


def test_a_message_from_elsewhere_is_tried_at_once(page: RulePage, qtbot: QtBot) -> None:
    page.test.tabs.choose("trace")

    page.take_message(MqttMessage("plant/7", b'{"temp": 33.25}', 1), client="dev-7")

    outcome_of(qtbot, page, "Passed")
    assert page.test.tabs.current_key == "test"
    assert page.test.event_form.fields["topic"].text() == "plant/7"
    qtbot.waitUntil(lambda: '"temp": 33.25' in page.test.result.output.toPlainText())
    assert '"dev-7"' in page.test.result.output.toPlainText()


def test_a_format_that_the_bytes_cannot_be_written_in_is_refused_in_words(
    page: RulePage, qtbot: QtBot
) -> None:
    page.take_message(MqttMessage("plant/7", b"\xff"))
    box = page.test.payload

    box.formats.chosen.emit("text")

    assert (box.edit.toPlainText(), box.formats.text()) == ("ff", "Hex")
    assert box.problem.isVisible()
    assert "The payload is no text. Write it as hex." in box.problem.text()
    box.formats.chosen.emit("base64")
    assert (box.edit.toPlainText(), box.problem.isVisible()) == ("/w==", False)


def test_the_result_follows_what_is_typed(page: RulePage, qtbot: QtBot) -> None:
    payload = page.test.payload.edit
    payload.setFocus()
    payload.selectAll()
    qtbot.keyClicks(payload, '{"temp": 12}')

    qtbot.waitUntil(lambda: "payload.temp is 12" in labels(page.test.result))
    assert page.test.result.tag.accessibleName() == "No match"
    assert "payload.temp > 20" in labels(page.test.result)

    page.panel.editor.replace_all("SELECT flaot(1) as x FROM 'plant/#'")
    outcome_of(qtbot, page, "Failed")


def test_a_column_of_the_event_is_typed(page: RulePage, qtbot: QtBot) -> None:
    page.panel.editor.replace_all("SELECT clientid FROM 'plant/#'")
    settle(qtbot, page)
    field = page.test.event_form.fields["clientid"]
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "press-7")

    qtbot.waitUntil(lambda: "press-7" in page.test.result.output.toPlainText())
    assert page.test.event_form.fields["topic"].text() == "plant/1"


def test_what_is_wrong_with_a_payload_is_read_whole_below_it_and_in_the_result(
    page: RulePage, qtbot: QtBot
) -> None:
    box = page.test.payload
    box.edit.setPlainText('{"temp": 1,\n"hum": 2,\nx: 3}')
    qtbot.waitUntil(box.problem.isVisible)

    outcome_of(qtbot, page, "Failed")

    assert "Not valid JSON: line 3, column 1, expected a name in" in box.problem.accessibleName()
    assert box.problem.height() >= box.problem.heightForWidth(box.problem.width())
    assert any(shape.isVisible() for shape in box.findChildren(StateShape))
    said = " ".join(labels(page.test.result))
    assert "The payload cannot be read as JSON: line 3, column 1, expected a name in" in said
    assert "decode_json_failed" not in said
