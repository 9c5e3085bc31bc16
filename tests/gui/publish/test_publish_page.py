"""The page that publishes: by keyboard, with its marks and its result line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.workspace.mqtt import MqttConnector
from gui.docks.publish import PublishPage
from gui.viewmodels.drafts import KafkaDraft, MqttDraft
from gui.viewmodels.pairs import PairsModel
from gui.viewmodels.publish import PublishViewModel
from gui.viewmodels.session import Session
from gui.widgets.buttons import LinkButton
from gui.widgets.labels import StateShape
from gui.widgets.topic_popup import TopicPopup
from tests.gui.conftest import Run
from tests.helpers.kafka import Kafka
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.raw_server import RawServer
from tests.helpers.subscriber import Subscriber, environment_at
from tests.helpers.workspaces import write_workspace

from .conftest import answer, on, open_file

pytestmark = pytest.mark.usefixtures("theme")


def page_on(publish: PublishViewModel, qtbot: QtBot) -> PublishPage:
    page = PublishPage(publish)
    qtbot.addWidget(page)
    page.resize(748, 270)
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()
    return page


@pytest.mark.timeout(40)  # starts embedded brokers
def test_a_message_is_published_by_keyboard_alone_on_the_embedded_broker(
    session: Session, publish: PublishViewModel, qtbot: QtBot, workspace: Path, tmp_path: Path
):
    open_file(session, qtbot, workspace)
    page = page_on(publish, qtbot)
    topic = f"keys/{tmp_path.name}"
    environment = environment_at(tmp_path, session.sandbox)
    reader = MqttConnector(name="reader", server="sandbox")
    with Subscriber(reader, environment, (topic,), client_id=tmp_path.name) as subscriber:
        subscriber.until_subscribed()
        page.mqtt.topic.setFocus(Qt.FocusReason.ShortcutFocusReason)
        page.mqtt.topic.selectAll()
        type_keys(qtbot, topic)
        for _ in range(4):  # QoS, retain, format, payload
            press(qtbot, Qt.Key.Key_Tab)
        assert QApplication.focusWidget() is page.mqtt.payload.edit
        press(qtbot, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        type_keys(qtbot, '{"by": "hand"}')
        press(qtbot, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        answer(publish, qtbot)
        subscriber.until_received(1)

    assert subscriber.payloads == [b'{"by": "hand"}']
    assert page.result.text.startswith("PUBACK")
    assert page.mqtt.payload.edit.toPlainText() == '{"by": "hand"}', "Ctrl+Enter types nothing"


def test_tab_goes_through_the_form_as_one_reads(
    session: Session, publish: PublishViewModel, qtbot: QtBot
):
    page = page_on(publish, qtbot)
    stops = [stop for stop in page.mqtt.stops() if stop.isVisible()]
    page.mqtt.connector.setFocus(Qt.FocusReason.TabFocusReason)
    met = [QApplication.focusWidget()]
    for _ in range(len(stops)):
        press(qtbot, Qt.Key.Key_Tab)
        met.append(QApplication.focusWidget())

    assert met == [*stops, page.send_button]
    assert all(stop.accessibleName() or getattr(stop, "text", str)() for stop in stops)


def test_a_wrong_topic_is_marked_until_it_is_right(
    session: Session, publish: PublishViewModel, qtbot: QtBot
):
    page = page_on(publish, qtbot)
    problem = "A topic to publish to cannot contain + or #."
    page.mqtt.topic.setText("a/#")
    page.send_action.trigger()

    assert page.mqtt.topic.property("problem") is True
    assert page.mqtt.topic.accessibleDescription() == problem
    assert page.result.text == problem
    assert [shape.accessibleName() for shape in page.result.findChildren(StateShape)] == ["Problem"]
    assert QApplication.focusWidget() is page.mqtt.topic

    press(qtbot, Qt.Key.Key_End)
    press(qtbot, Qt.Key.Key_Backspace)
    assert page.mqtt.topic.text() == "a/"
    assert page.mqtt.topic.property("problem") is False
    assert page.result.text == ""


def test_user_properties_are_added_typed_and_removed_by_keyboard(
    session: Session, publish: PublishViewModel, qtbot: QtBot
):
    page = page_on(publish, qtbot)
    block = page.mqtt.properties
    block.model.show([("clientid", "c")])
    block.add_link.setFocus(Qt.FocusReason.TabFocusReason)
    press(qtbot, Qt.Key.Key_Return)
    choose_from_menu(qtbot, "User property")
    type_keys(qtbot, "site")
    press(qtbot, Qt.Key.Key_Tab)
    type_keys(qtbot, "1")
    assert block.pairs() == (("clientid", "c"), ("site", "1")), "with what is being typed"

    block.table.edit_at(block.model.index(1, 1))
    press(qtbot, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is page.mqtt.waits, "behind the last cell"

    block.table.setFocus(Qt.FocusReason.BacktabFocusReason)
    block.table.setCurrentIndex(block.model.index(0, 0))
    press(qtbot, Qt.Key.Key_Delete)
    assert block.pairs() == (("site", "1"),)


def test_every_property_of_the_standard_is_added_by_keyboard(
    session: Session, publish: PublishViewModel, qtbot: QtBot
):
    page = page_on(publish, qtbot)
    block = page.mqtt.properties
    block.model.show([("clientid", "c")])
    for name, value in (
        ("Content type", "text/plain"),
        ("Correlation data", "q1"),
        ("Message expiry (s)", "60"),
        ("Payload format", "1"),
    ):
        block.add_link.setFocus(Qt.FocusReason.TabFocusReason)
        press(qtbot, Qt.Key.Key_Return)
        choose_from_menu(qtbot, name)
        type_keys(qtbot, value)
    draft = page.draft

    assert isinstance(draft, MqttDraft)
    assert draft.user_properties == (("clientid", "c"),)
    assert (draft.content_type, draft.correlation_data) == ("text/plain", "q1")
    assert (draft.message_expiry, draft.payload_format) == ("60", "1")
    block.model.remove(1)
    assert page.draft == replace(draft, content_type="")


def test_a_tombstone_has_no_value(session: Session, publish: PublishViewModel, qtbot: QtBot):
    page = page_on(publish, qtbot)
    page.kind.choose("kafka")
    page.kafka.tombstone.setFocus(Qt.FocusReason.TabFocusReason)
    press(qtbot, Qt.Key.Key_Space)
    draft = page.draft
    assert isinstance(draft, KafkaDraft)
    assert draft.record().value is None
    assert not page.kafka.value.isEnabled()
    assert not page.save_button.isEnabled(), "the file has no word for it"

    press(qtbot, Qt.Key.Key_Space)
    assert page.kafka.value.isEnabled()
    assert page.save_button.isEnabled()


def test_what_was_typed_survives_the_other_kind(
    session: Session, publish: PublishViewModel, qtbot: QtBot
):
    page = page_on(publish, qtbot)
    page.mqtt.topic.setText("kept")
    page.kind.part("mqtt").setFocus(Qt.FocusReason.TabFocusReason)
    press(qtbot, Qt.Key.Key_Right)

    assert page.kind.current_key == "kafka"
    assert page.kafka.value.isVisible()
    assert not page.mqtt.payload.isVisible()
    press(qtbot, Qt.Key.Key_Left)
    assert page.mqtt.payload.isVisible()
    assert page.mqtt.topic.text() == "kept"


def test_what_became_of_a_message_is_shown_with_the_form_that_sent_it(
    session: Session, publish: PublishViewModel, qtbot: QtBot, mosquitto: Mosquitto, tmp_path: Path
):
    open_file(session, qtbot, on(mosquitto, tmp_path))
    page = page_on(publish, qtbot)
    page.mqtt.topic.setText("a")
    page.send_action.trigger()
    answer(publish, qtbot)
    assert page.result.text.startswith("PUBACK")

    page.kind.part("kafka").click()
    assert page.result.text == ""
    page.kind.part("mqtt").click()
    assert page.result.text.startswith("PUBACK")
    page.send_action.trigger()
    page.kind.part("kafka").click()
    qtbot.waitUntil(lambda: not publish.is_busy)
    assert page.result.text == ""


def test_mqtt_3_has_no_properties(
    session: Session,
    publish: PublishViewModel,
    qtbot: QtBot,
    tmp_path: Path,
    shared_mosquitto: Mosquitto,
):
    options = 'protocol = "3.1.1"'
    open_file(session, qtbot, on(shared_mosquitto, tmp_path, mqtt_options=options))
    page = page_on(publish, qtbot)

    assert not page.mqtt.properties.isEnabled()
    assert page.mqtt.properties.note.text() == "MQTT 3.1.1 has none"
    page.mqtt.topic.setText("a")
    page.send_action.trigger()
    assert answer(publish, qtbot)[0].text.startswith("PUBACK")


def test_the_check_of_the_payload_is_shown_while_typing(
    session: Session, publish: PublishViewModel, qtbot: QtBot
):
    page = page_on(publish, qtbot)
    block = page.mqtt.payload
    block.edit.setFocus()
    type_keys(qtbot, '{"a": 1')
    qtbot.waitUntil(lambda: block.verdict.text() == "Not valid JSON")
    assert "expected a comma or the end" in block.problem.whole_text()
    type_keys(qtbot, "}")
    qtbot.waitUntil(lambda: block.verdict.text() == "Valid JSON")
    assert not block.problem.isVisible()
    assert block.size_label.text() == "8 bytes"
    block.edit.set_text('{"a": {{seq}}}')
    qtbot.waitUntil(lambda: block.size_label.text() == "14 bytes")
    assert block.verdict.text() == "Valid JSON"


def test_bytes_are_written_in_hex_and_what_is_no_hex_is_not_sent(
    session: Session,
    publish: PublishViewModel,
    qtbot: QtBot,
    mosquitto: Mosquitto,
    tmp_path: Path,
):
    open_file(session, qtbot, on(mosquitto, tmp_path))
    page = page_on(publish, qtbot)
    block, topic = page.mqtt.payload, f"bytes/{tmp_path.name}"
    page.mqtt.topic.setText(topic)
    block.edit.set_text("01 f")
    block.formats.chosen.emit("hex")  # the bytes of the text so far
    assert block.text == "30 31 20 66"
    block.edit.set_text("ff 0")

    page.send_action.trigger()
    assert not publish.is_busy
    assert block.problem.isVisible()
    assert block.problem.text().startswith("Not hex")
    assert page.result.text.startswith("Not hex")
    assert QApplication.focusWidget() is block.edit

    connector = publish.live.workspace.connectors.mqtt["plant"]
    with Subscriber(connector, environment_at(tmp_path), (topic,)) as subscriber:
        subscriber.until_subscribed()
        block.edit.set_text("ff 00")
        page.send_action.trigger()
        answer(publish, qtbot)
        subscriber.until_received(1)
    assert subscriber.payloads == [b"\xff\x00"]

    block.formats.chosen.emit("text")
    assert (block.format, block.text) == ("hex", "ff 00"), "bytes that are no text stay"
    assert "no text" in block.problem.text()


def test_of_a_long_payload_the_beginning_is_shown_and_all_of_it_is_sent(
    session: Session, publish: PublishViewModel, qtbot: QtBot
):
    page = page_on(publish, qtbot)
    block, long = page.mqtt.payload, '{"big": "' + "x" * 300_000 + '"}'
    page.show_draft(MqttDraft("", "a", long))
    assert len(block.edit.toPlainText()) == 4_000
    assert block.edit.isReadOnly()
    assert block.part_label.whole_text().startswith("The first 4,000 of 300,011 characters;")
    assert block.size_label.text() == "300,011 bytes"
    assert page.mqtt.draft().payload == long

    qtbot.mouseClick(block.whole_link, Qt.MouseButton.LeftButton)
    assert QApplication.focusWidget() is block.edit
    type_keys(qtbot, " ")
    assert page.mqtt.draft().payload == f" {long}"
    page.show_draft(MqttDraft("", "a", "short"))
    assert (page.mqtt.draft().payload, block.edit.isReadOnly()) == ("short", False)
    assert not block.whole_link.isVisible()


def test_a_long_text_that_is_pasted_is_shown_in_part_and_can_be_taken_back(
    session: Session, publish: PublishViewModel, qtbot: QtBot
):
    page = page_on(publish, qtbot)
    block, long = page.mqtt.payload, "x" * 300_000
    page.show_draft(MqttDraft("", "a", "one two three"))
    cursor = block.edit.textCursor()
    cursor.setPosition(4)
    cursor.setPosition(7, cursor.MoveMode.KeepAnchor)
    block.edit.setTextCursor(cursor)
    pasted = QMimeData()
    pasted.setText(long)
    block.edit.insertFromMimeData(pasted)
    assert page.mqtt.draft().payload == f"one {long} three"
    assert (len(block.edit.toPlainText()), block.edit.isReadOnly()) == (4_000, True)

    qtbot.mouseClick(block.undo_link, Qt.MouseButton.LeftButton)
    assert (page.mqtt.draft().payload, block.edit.isReadOnly()) == ("one two three", False)
    assert not block.undo_link.isVisible()


def test_the_value_of_a_record_is_written_in_base64(
    session: Session, publish: PublishViewModel, qtbot: QtBot
):
    page = page_on(publish, qtbot)
    page.kind.choose("kafka")
    page.kafka.show(KafkaDraft("laptop", "t", value="/wA=", format="base64"))
    assert page.kafka.value.size_label.text() == "2 bytes"
    assert page.kafka.draft().record().value == b"\xff\x00"

    page.kafka.value.edit.set_text("/wA")
    page.send_action.trigger()
    assert page.kafka.value.problem.text().startswith("Not Base64")


def test_rows_with_fixed_names_stand_behind_the_others():
    model = PairsModel("Name", fixed={"type": "Content type", "data": "Correlation data"})
    model.show([("a", "1")], {"data": "q", "type": ""})
    assert model.values == {"data": "q"}
    assert not model.flags(model.index(1, 0)) & Qt.ItemFlag.ItemIsEditable
    assert model.flags(model.index(1, 1)) & Qt.ItemFlag.ItemIsEditable
    assert model.add("data") == model.index(1, 1), "there is one already"
    added = model.add()
    assert (added.row(), added.column()) == (1, 0)
    model.setData(added, "b")
    assert model.pairs == (("a", "1"), ("b", ""))
    model.remove(2)
    assert model.values == {}


def test_pairs_without_a_name_count_for_nothing():
    model = PairsModel("Header")
    model.show([("a", "1"), ("", "2")])
    model.add()
    assert model.pairs == (("a", "1"),)
    model.remove(0)
    model.remove(7)
    assert model.rowCount() == 2
    assert model.headerData(0, Qt.Orientation.Horizontal) == "Header"


def press(
    qtbot: QtBot,
    key: Qt.Key,
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    qtbot.keyClick(focused(), key, modifiers)


def choose_from_menu(qtbot: QtBot, name: str) -> None:
    """Go down to an entry of the open menu, and choose it."""
    menu: Any = QApplication.activePopupWidget()
    for _ in menu.actions():
        if menu.activeAction().text() == name:
            break
        qtbot.keyClick(menu, Qt.Key.Key_Down)
    assert menu.activeAction().text() == name
    qtbot.keyClick(menu, Qt.Key.Key_Return)


def type_keys(qtbot: QtBot, text: str) -> None:
    qtbot.keyClicks(focused(), text)


def focused() -> Any:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def test_a_silent_broker_is_waited_for_in_sight_and_closing_does_not_wait(
    session: Session,
    publish: PublishViewModel,
    qtbot: QtBot,
    tmp_path: Path,
    run: Run,
):
    with RawServer(hangs_up=False) as server:
        path = write_workspace(
            tmp_path,
            mqtt=f"mqtt://127.0.0.1:{server.port}",
            mqtt_options='connect_timeout = "60s"',
            kafka="127.0.0.1:1",
            topic="t",
            topic_filter="a",
        )
        open_file(session, qtbot, path)
        page = page_on(publish, qtbot)
        page.mqtt.topic.setText("a")
        page.send_action.trigger()
        qtbot.waitUntil(lambda: page.result.text == "Sending")
        assert not page.send_button.isEnabled()
        page.mqtt.topic.setFocus(Qt.FocusReason.OtherFocusReason)
        press(qtbot, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        assert page.result.text.startswith("Still sending the one before")

        run(session.close())  # not for as long as the connection may take


def test_the_wait_for_a_silent_broker_is_stopped_and_the_next_message_is_sent(
    session: Session,
    publish: PublishViewModel,
    qtbot: QtBot,
    mosquitto: Mosquitto,
    tmp_path: Path,
):
    with RawServer(hangs_up=False) as server:
        path = on(mosquitto, tmp_path)
        silent = f'[connectors.mqtt.silent]\nserver = "mqtt://127.0.0.1:{server.port}"\n'
        text = path.read_text("utf-8")
        path.write_text(text + silent + 'connect_timeout = "2s"\n', "utf-8")
        open_file(session, qtbot, path)
        page = page_on(publish, qtbot)
        assert not page.stop_button.isVisible()
        page.mqtt.connector.setCurrentText("silent")
        page.mqtt.topic.setText("a")
        page.send_action.trigger()
        qtbot.waitUntil(page.stop_button.isVisible)
        page.stop_button.setFocus(Qt.FocusReason.TabFocusReason)
        press(qtbot, Qt.Key.Key_Space)

        assert not publish.is_busy
        assert not page.stop_button.isVisible()
        assert page.result.text.startswith("Stopped")
        assert QApplication.focusWidget() is page.send_button
        qtbot.waitUntil(lambda: "publish on silent" not in session.tasks.names)

        page.mqtt.connector.setCurrentText("plant")
        page.send_action.trigger()
        answer(publish, qtbot)
        assert page.result.text.startswith("PUBACK")
        assert session.outlets.connected == ["plant"], "the silent one is not used again"


@pytest.mark.broker
@pytest.mark.timeout(60)
def test_a_topic_that_is_not_there_is_made_from_the_result_line(
    session: Session, publish: PublishViewModel, qtbot: QtBot, tmp_path: Path, kafka: Kafka
):
    topic = f"made-{tmp_path.name}"
    path = write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka=kafka.bootstrap, topic=topic)
    open_file(session, qtbot, path)
    page = page_on(publish, qtbot)
    page.kind.choose("kafka")
    page.kafka.topic.setText(topic)
    page.send_action.trigger()
    answer(publish, qtbot)
    assert page.result.text == f"Topic {topic} does not exist on this cluster."
    (link,) = [each for each in page.result.findChildren(LinkButton) if each.isVisible()]
    link.click()
    popup = QApplication.activePopupWidget()
    assert isinstance(popup, TopicPopup)
    popup.button.click()
    said = f"Topic {topic} was created. Send the record again."
    qtbot.waitUntil(lambda: page.result.text == said)
    assert topic in kafka.admin.list_topics(timeout=5).topics
