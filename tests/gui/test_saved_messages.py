"""Saved messages in the window: saved, opened, moved, deleted, undone; the file keeps its rest."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from gui.docks.save_message import SaveMessagePopover
from gui.main_window import MainWindow
from gui.viewmodels.drafts import KafkaDraft, MqttDraft
from gui.widgets.ask_popup import AskPopup

from .test_simulator_viewmodels import FILE

Key = Qt.Key
MESSAGES = """
[[messages]]
name = "hot sample"      # above 40
folder = "samples"
topic = "temp_hum/emqx"
payload = '{"temp": "44.1"}'
qos = 1
"""
HOT = "message:samples/hot sample"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "plant.sluicegate.toml"
    made.write_text(FILE.format(port=1) + MESSAGES, "utf-8")
    return made


@pytest.fixture
def window(window: MainWindow, qtbot: QtBot, path: Path) -> MainWindow:
    with qtbot.waitSignal(window.session.workspaceChanged, timeout=20_000):
        window.session.open(path)
    return window


def messages(path: Path) -> list[dict[str, Any]]:
    return tomllib.loads(path.read_text("utf-8")).get("messages", [])


def popover() -> SaveMessagePopover:
    found = QApplication.activePopupWidget()
    assert isinstance(found, SaveMessagePopover)
    return found


def test_what_the_form_holds_is_saved_under_a_name(window: MainWindow, path: Path, qtbot: QtBot):
    window.commands["publish"].trigger()
    window.publish.mqtt.topic.setText("a/b")
    window.publish.mqtt.payload.edit.set_text('{"t": 1}')
    window.commands["save_message"].trigger()
    asked = popover()
    asked.name.setText("hot sample")
    asked.folder.setText("samples")
    asked.answer()
    assert "Another message is called hot sample" in asked.name.accessibleDescription()
    asked.name.setText("one")
    qtbot.keyClick(asked.folder, Key.Key_Return)
    qtbot.waitUntil(lambda: len(messages(path)) == 2)

    assert (
        messages(path)[1].items()
        >= {"name": "one", "folder": "samples", "topic": "a/b", "payload": '{"t": 1}'}.items()
    )
    assert '"hot sample"      # above 40' in path.read_text("utf-8")
    qtbot.waitUntil(lambda: window.navigator.model.index_of("message:samples/one").isValid())


@pytest.mark.parametrize(
    "more",
    [
        {"topic": ""},
        {"topic": "a/#"},
        {"payload_format": "7"},
        {"message_expiry": "99999999999999999999999"},
        {"message_expiry": "-5"},
    ],
)
def test_what_could_not_be_sent_is_not_saved_and_is_said_in_the_form(
    more: dict[str, str], window: MainWindow
):
    window.commands["publish"].trigger()
    window.publish.show_draft(replace(MqttDraft("plant", "a/b", "x"), **more))
    window.commands["save_message"].trigger()

    assert QApplication.activePopupWidget() is None
    assert window.publish.result.text != ""
    if "topic" in more:
        assert window.publish.mqtt.topic.accessibleDescription() == window.publish.result.text


@pytest.mark.parametrize("partition", ["abc", "99999999999999999999999"])
def test_a_record_is_not_saved_with_a_partition_that_is_no_number(
    partition: str, window: MainWindow
):
    window.commands["publish"].trigger()
    window.publish.show_draft(KafkaDraft("", "emqx", value="1", partition=partition))
    window.publish.save_button.click()

    assert QApplication.activePopupWidget() is None
    assert "Partition is a number" in window.publish.result.text


PAIRS = (("k", "1"), ("k", "2"))


@pytest.mark.parametrize(
    ("draft", "words"),
    [
        (MqttDraft("plant", "a", "x", user_properties=PAIRS), "several user properties k;"),
        (KafkaDraft("", "a", value="x", headers=PAIRS), "several headers k;"),
        (KafkaDraft("", "a", value="x", compression="gzip"), "compressed"),
        (MqttDraft("plant", "a", "x", response_topic="r", waits=True), "waits for an answer"),
    ],
)
def test_what_the_file_has_no_word_for_is_refused_and_not_dropped(
    draft: MqttDraft | KafkaDraft, words: str, window: MainWindow
):
    window.commands["publish"].trigger()
    window.publish.show_draft(draft)
    window.commands["save_message"].trigger()

    assert QApplication.activePopupWidget() is None
    assert words in window.documents.banner.label.whole_text()


def test_a_saved_message_opens_and_is_saved_over_itself(
    window: MainWindow, path: Path, qtbot: QtBot
):
    window.publish.mqtt.topic.setText("something/else")
    window.navigator.documentAsked.emit(HOT)
    assert window.publish.mqtt.topic.text() == "temp_hum/emqx"
    window.publish.mqtt.topic.setText("temp_hum/other")
    window.publish.save_button.click()
    assert (popover().name.text(), popover().folder.text()) == ("hot sample", "samples")
    popover().answer()
    qtbot.waitUntil(lambda: messages(path)[0]["topic"] == "temp_hum/other")

    assert len(messages(path)) == 1
    assert 'name = "hot sample"      # above 40' in path.read_text("utf-8")


def test_a_message_of_the_menu_saved_is_saved_over_itself_and_not_over_the_one_before(
    window: MainWindow, path: Path, qtbot: QtBot
):
    window.saved.model.save(MqttDraft("", "a/b"), "b")
    qtbot.waitUntil(lambda: len(window.publish.saved) == 2)
    window.navigator.documentAsked.emit(HOT)
    window.publish.saved_button.click()
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    next(action for action in menu.actions() if action.text() == "b").trigger()
    menu.close()
    assert window.publish.mqtt.topic.text() == "a/b"
    window.publish.save_button.click()

    assert (popover().name.text(), popover().folder.text()) == ("b", "")


def test_a_form_that_was_filled_from_elsewhere_is_saved_as_a_new_message(window: MainWindow):
    window.navigator.documentAsked.emit(HOT)
    window.bottom_pages.messages._edit(MqttDraft("plant", "readings", "{}"))
    window.publish.save_button.click()

    assert (popover().name.text(), popover().folder.text()) == ("", "")


def test_a_message_that_was_opened_in_another_workspace_is_not_saved_over(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
):
    window.navigator.documentAsked.emit(HOT)
    other = tmp_path / "other.sluicegate.toml"
    other.write_text(FILE.format(port=1) + MESSAGES, "utf-8")
    with qtbot.waitSignal(window.session.workspaceChanged, timeout=20_000):
        window.session.open(other)
    window.commands["save_message"].trigger()

    assert (popover().name.text(), popover().folder.text()) == ("", "")


BYTES = """
[[messages]]
name = "raw"
folder = "samples"
topic = "temp_hum/raw"
payload = "ff00fe"
format = "hex"

[[messages]]
name = "in no folder"
topic = "temp_hum/alone"
payload = "1"
"""


RAW = "message:samples/raw"


@pytest.fixture
def raw(window: MainWindow, path: Path, qtbot: QtBot) -> MainWindow:
    """The window with a message of bytes that are no text."""
    with qtbot.waitSignal(window.session.workspaceChanged, timeout=20_000):
        path.write_text(path.read_text("utf-8") + BYTES, "utf-8")
        window.session.open(path)
    return window


def test_a_message_opens_in_its_format_and_is_saved_in_it(
    raw: MainWindow, path: Path, qtbot: QtBot
):
    raw.navigator.documentAsked.emit(RAW)
    block = raw.publish.mqtt.payload
    assert (block.text, block.format, block.formats.text()) == ("ff00fe", "hex", "Hex")

    block.formats.chosen.emit("base64")
    raw.publish.save_button.click()
    popover().answer()
    qtbot.waitUntil(lambda: messages(path)[1]["format"] == "base64")

    assert messages(path)[1]["payload"] == "/wD+"


def test_send_folder_sends_what_is_no_text_too(raw: MainWindow, monkeypatch: pytest.MonkeyPatch):
    begun: list[str] = []
    start = raw.publish.sequence.start
    monkeypatch.setattr(
        raw.publish.sequence,
        "start",
        lambda found, gap_ms: (begun.extend(saved.name for saved in found), start(found, gap_ms)),
    )
    raw.saved._ask_for_gap("samples")
    asked = QApplication.activePopupWidget()
    assert isinstance(asked, AskPopup)
    asked.answered.emit("1s")

    assert begun == ["hot sample", "raw"]


GONE = """
[[messages]]
name = "lost"
connector = "gone"
topic = "temp_hum/lost"
payload = "1"
"""


def test_a_message_whose_connector_is_gone_goes_to_no_other(
    window: MainWindow, path: Path, qtbot: QtBot
):
    with qtbot.waitSignal(window.session.workspaceChanged, timeout=20_000):
        path.write_text(path.read_text("utf-8") + GONE, "utf-8")
        window.session.open(path)
    window.navigator.documentAsked.emit("message:lost")
    box, text = (
        window.publish.mqtt.connector,
        "There is no MQTT connector gone. Choose another one.",
    )
    assert (box.currentIndex(), box.placeholderText()) == (-1, "gone")
    assert box.accessibleDescription() == window.publish.result.text == text

    window.publish.send()
    assert window.publish.result.text == text

    box.setCurrentIndex(0)
    box.activated.emit(0)
    assert box.accessibleDescription() == window.publish.result.text == ""
    assert window.publish.draft.connector == "plant"


def test_a_message_of_a_connector_that_is_gone_is_not_saved_from_a_list(window: MainWindow):
    window.saved.ask(MqttDraft("gone", "a/b", "x"), window.bottom_pages.feed)

    assert QApplication.activePopupWidget() is None
    assert "There is no connector gone." in window.documents.banner.label.whole_text()


def test_folders_stand_in_the_navigator_with_their_messages(window: MainWindow):
    row = window.navigator.model.index_of(HOT)

    assert row.data() == "hot sample"
    assert row.parent().data() == "samples"
    assert row.parent().parent().data() == "Saved messages"
    assert window.navigator.view.isExpanded(row.parent())


def test_a_message_is_moved_and_deleted_and_both_are_undone(
    window: MainWindow, path: Path, qtbot: QtBot
):
    before = path.read_text("utf-8")
    saved = window.saved.model
    saved.place(HOT, "hotter", "")
    qtbot.waitUntil(lambda: saved.find("message:hotter") is not None)
    assert "folder" not in messages(path)[0]
    window.navigator.deleteAsked.emit("message:hotter")
    qtbot.waitUntil(lambda: messages(path) == [])
    told = "Deleted saved message hotter."
    qtbot.waitUntil(lambda: window.toasts.shown[-1].text == told)
    window.file_changes.undo()
    qtbot.waitUntil(lambda: saved.find("message:hotter") is not None)
    window.file_changes.undo()
    qtbot.waitUntil(lambda: path.read_text("utf-8") == before)


def test_a_record_is_saved_with_key_headers_and_partition(
    window: MainWindow, path: Path, qtbot: QtBot
):
    draft = KafkaDraft("lab", "emqx", "dev-1", "v", "0", (("h", "1"),))
    window.saved.model.save(draft, "record")
    qtbot.waitUntil(lambda: len(messages(path)) == 2)

    assert messages(path)[1] == {
        "name": "record",
        "kind": "kafka",
        "connector": "lab",
        "topic": "emqx",
        "key": "dev-1",
        "value": "v",
        "headers": {"h": "1"},
        "partition": 0,
    }


def test_of_a_file_that_cannot_be_read_that_is_said_and_not_that_a_connector_is_gone(
    window: MainWindow, path: Path, qtbot: QtBot
):
    path.write_text(path.read_text("utf-8").replace("[[messages]]", "[[messages"), "utf-8")
    with qtbot.waitSignal(window.session.workspaceChanged, timeout=10_000):
        window.session.read_again()

    problem, advice = window.saved.model.refusal(MqttDraft("plant", "a/b", "x"))
    assert problem.startswith("The file cannot be read: see line ")
    assert advice == "Correct that line and reload the file."


def test_the_messages_of_a_preview_are_saved_in_a_folder_of_their_own(
    window: MainWindow, path: Path, qtbot: QtBot
):
    window.open_document("simulator:sensors")
    page = window.simulators.page
    assert page is not None
    qtbot.waitUntil(page.preview.keep_button.isEnabled)
    page.preview.keep_button.click()
    qtbot.waitUntil(lambda: len(messages(path)) == 11)

    assert {each["folder"] for each in messages(path)[1:]} == {"12 sensors"}
    payloads = [made.payload.decode() for made in page.simulator.preview.made.messages]
    assert [each["payload"] for each in messages(path)[1:]] == payloads
