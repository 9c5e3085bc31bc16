"""A record or message is sent again, edited, tried on a rule, and leads to where it came from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from core.mqtt.publisher import PublishProperties
from gui.docks.detail_pages import DetailWindow
from gui.docks.save_message import SaveMessagePopover
from gui.engine_client import InProcessEngine
from gui.main_window import MainWindow
from gui.pages.rule import RulePage
from gui.recent import RecentFiles
from gui.theme import Theme
from gui.viewmodels.feed_rows import FeedRow
from gui.viewmodels.outlets import MqttMessage
from gui.viewmodels.session import Session
from gui.viewmodels.tail_row import TailRow
from tests.helpers.records import produce

from .conftest import Run

pytestmark = pytest.mark.timeout(90)  # starts embedded brokers and an engine


@pytest.fixture
def window(theme: Theme, run: Run, workspace: Path, qtbot: QtBot) -> Iterator[MainWindow]:
    session = Session(InProcessEngine(), recent=RecentFiles())
    made = MainWindow(session, theme)
    made.resize(1280, 800)
    with qtbot.waitExposed(made):
        made.show()
    with qtbot.waitSignal(session.workspaceChanged, timeout=20_000):
        session.open(workspace)
    qtbot.waitUntil(lambda: made.tail.model.state.status == "connected", timeout=20_000)
    yield made
    run(session.close(), 30)
    made.close()
    made.deleteLater()
    session.deleteLater()


def records(window: MainWindow) -> list[TailRow]:
    rows = window.tail.rows
    found = (rows.row_at(place) for place in range(rows.rowCount()))
    return [row for row in found if isinstance(row, TailRow)]


def messages(window: MainWindow) -> list[FeedRow]:
    model = window.bottom_pages.feed.model
    found = (model.row_at(place) for place in range(model.rowCount()))
    return [row for row in found if isinstance(row, FeedRow)]


def write_record(
    window: MainWindow, qtbot: QtBot, value: str | bytes | None, **more: object
) -> None:
    sandbox, topic = window.session.sandbox, window.tail.model.chosen
    assert sandbox is not None
    assert topic is not None
    produce(sandbox.kafka, topic.topic, [value], **more)
    qtbot.waitUntil(lambda: len(records(window)) == 1)
    window.tail.table.selectRow(0)


def run_bridge(window: MainWindow, qtbot: QtBot) -> None:
    window.session.start()
    qtbot.waitUntil(lambda: window.session.state == "running", timeout=20_000)


def publish(
    window: MainWindow,
    run: Run,
    topic: str,
    payload: bytes,
    more: dict[str, Any] | None = None,
) -> None:
    """Publish a message; `more` are properties of the standard."""
    session, workspace = window.session, window.live.workspace
    connector = workspace.connectors.mqtt["plant"]
    assert session.environment is not None
    properties = PublishProperties(
        (("clientid", "dev-3"), ("site", "roof")), "application/json", **(more or {})
    )
    message = MqttMessage(topic, payload, 1, False, properties)
    client_id = workspace.client_id(connector)
    run(session.outlets.publish(connector, client_id, session.environment, message))


def choose(window: MainWindow, name: str, *, of_feed: bool = False) -> None:
    """Take an entry of a row's menu."""
    menu = QMenu(window)
    table = window.bottom_pages.feed.table if of_feed else window.tail.table
    table.menuAsked.emit(menu)
    next(action for action in menu.actions() if action.text() == name).trigger()
    menu.deleteLater()


def test_a_record_is_sent_again_with_all_its_bytes(window: MainWindow, qtbot: QtBot):
    headers = [("site", b"roof"), ("none", None), ("raw", b"\xff")]
    write_record(window, qtbot, b"\x00\xfe", key=b"dev-3", headers=headers, partition=1)
    qtbot.mouseClick(window.tail.detail.send_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(records(window)) == 2)

    first, second = (row.record for row in records(window))
    assert (first.key, first.headers, first.value) == (second.key, second.headers, second.value)
    qtbot.waitUntil(lambda: bool(window.toasts.shown))
    (toast,) = window.toasts.shown
    place = f"p{second.partition} #{second.offset}"
    assert f"Sent again: {second.topic} {place}, " in toast.label.whole_text()
    qtbot.mouseClick(toast.link, Qt.MouseButton.LeftButton)
    assert window.tail.panel.chosen() is records(window)[1]


def test_a_record_is_edited_in_the_form(window: MainWindow, qtbot: QtBot):
    write_record(window, qtbot, '{"t": 1}', key="dev-3", headers=[("site", b"roof")])
    choose(window, "Edit and send")
    form = window.publish.kafka
    assert window.bottom.current_key == "publish"
    assert form.value.edit.isVisible()
    draft, topic = form.draft(), records(window)[0].record.topic
    assert (draft.topic, draft.key, draft.value) == (topic, "dev-3", '{"t": 1}')
    assert draft.headers == (("site", "roof"),)


def test_a_tombstone_stays_one_in_the_form_and_is_not_saved(window: MainWindow, qtbot: QtBot):
    write_record(window, qtbot, None, key="dev-3")
    choose(window, "Save...")
    assert "no value" in window.documents.banner.label.whole_text()
    assert QApplication.activePopupWidget() is None
    choose(window, "Edit and send")
    assert window.publish.kafka.draft().is_tombstone
    window.documents.banner.hide()
    window.commands["save_message"].trigger()
    assert window.documents.banner.isVisible()
    assert "no value" in window.documents.banner.label.whole_text()
    assert QApplication.activePopupWidget() is None
    qtbot.mouseClick(window.publish.send_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(records(window)) == 2)
    assert [row.record.value for row in records(window)] == [None, None]


def test_what_the_form_cannot_show_is_said(window: MainWindow, qtbot: QtBot):
    write_record(window, qtbot, b"\xff")
    choose(window, "Edit and send")
    banner = window.documents.banner
    assert banner.isVisible()
    assert "no text" in banner.label.whole_text()
    assert window.bottom.current_key != "publish"


def test_a_record_is_tried_on_the_rule_that_writes_its_topic(window: MainWindow, qtbot: QtBot):
    write_record(window, qtbot, '{"t": 7}', key="dev-3")
    qtbot.mouseClick(window.tail.detail.test_button, Qt.MouseButton.LeftButton)
    assert window.documents.current == "rule:all"
    page = window.documents.page("rule:all")
    assert isinstance(page, RulePage)
    test = page._editor.test
    assert test.payload == '{"t": 7}'
    columns = {column.name: column.text for column in test.columns}
    assert columns["clientid"] == "dev-3"
    assert columns["topic"].startswith("gui/")
    qtbot.waitUntil(lambda: test.result.outcome == "passed")


def test_a_message_is_shown_with_its_properties_and_sent_again(
    window: MainWindow, workspace: Path, run: Run, qtbot: QtBot
):
    run_bridge(window, qtbot)
    topic = f"gui/{workspace.parent.name}/a"
    more = {"response_topic": "answers", "correlation_data": b"q1", "message_expiry_s": 600}
    publish(window, run, topic, b'{"t": 1}', more | {"payload_format": 1})
    qtbot.waitUntil(lambda: len(messages(window)) == 1)
    feed = window.bottom_pages.feed
    feed.table.selectRow(0)
    assert not feed.detail.isVisible()
    qtbot.keyClick(feed.table, Qt.Key.Key_Space)
    assert feed.detail.pages["payload"].toPlainText() == '{\n  "t": 1\n}'
    feed.detail.tabs.choose("properties")
    shown = feed.detail.pages["properties"].toPlainText()
    assert "clientid  dev-3\nsite      roof" in shown
    standard = [line.split("  ", 1) for line in shown.splitlines()[3:]]
    assert {name: value.strip() for name, value in standard} == {
        "Content type": "application/json",
        "Response topic": "answers",
        "Correlation data": "q1",
        "Message expiry": "600 s",
        "Payload format": "1",
    }
    feed.detail.tabs.choose("hex")
    assert feed.detail.pages["hex"].toPlainText().startswith("0000  7b 22 74 22 3a 20 31 7d")
    qtbot.waitUntil(lambda: feed.detail.link.isVisible())

    qtbot.mouseClick(feed.detail.send_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(messages(window)) == 2)
    first, second = (row.sample for row in messages(window))
    assert second.properties == first.properties
    assert (second.payload, second.qos, second.client) == (first.payload, 1, "dev-3")
    qtbot.waitUntil(lambda: bool(window.toasts.shown))
    toast = window.toasts.shown[-1]
    qtbot.waitUntil(lambda: "Published again to " in toast.label.whole_text())
    qtbot.keyClick(feed.table, Qt.Key.Key_Return)
    detail = window.findChildren(DetailWindow)[0]
    assert detail.windowTitle().startswith(topic)
    detail.close()


def test_a_message_is_edited_tried_and_leads_to_its_record(
    window: MainWindow, workspace: Path, run: Run, qtbot: QtBot
):
    run_bridge(window, qtbot)
    publish(window, run, f"gui/{workspace.parent.name}/a", b'{"t": 2}')
    qtbot.waitUntil(lambda: len(records(window)) == 1)
    qtbot.waitUntil(lambda: bool(messages(window)[0].records))
    window.bottom_pages.feed.table.selectRow(0)
    choose(window, "Show the record it made", of_feed=True)
    qtbot.waitUntil(lambda: window.tail.panel.chosen() is not None)
    assert window.tail.detail.link.isVisible()
    window.bottom.show_page("log")
    choose(window, "Show the message that made it")
    assert window.bottom.current_key == "feed"

    choose(window, "Edit and send", of_feed=True)
    draft = window.publish.mqtt.draft()
    assert draft.payload == '{"t": 2}'
    assert draft.user_properties == (("clientid", "dev-3"), ("site", "roof"))
    assert draft.content_type == "application/json"
    choose(window, "Use as test input", of_feed=True)
    page = window.documents.page("rule:all")
    assert isinstance(page, RulePage)
    assert page._editor.test.payload == '{"t": 2}'
    columns = {column.name: column.text for column in page._editor.test.columns}
    assert columns["clientid"] == "dev-3"


def test_the_menu_of_messages_is_about_the_row_that_was_chosen_last(
    window: MainWindow, workspace: Path, run: Run, qtbot: QtBot
):
    window.commands["edit_again"].trigger()
    assert "Choose a message" in window.toasts.shown[-1].label.whole_text()
    run_bridge(window, qtbot)
    publish(window, run, f"gui/{workspace.parent.name}/a", b"of the feed")
    qtbot.waitUntil(lambda: len(records(window)) == 1)
    window.bottom_pages.feed.table.selectRow(0)
    window.commands["edit_again"].trigger()
    assert window.publish.kind.current_key == "mqtt"
    assert window.publish.mqtt.draft().payload == "of the feed"
    window.tail.table.selectRow(0)
    window.commands["edit_again"].trigger()
    assert window.publish.kind.current_key == "kafka"
    assert window.publish.kafka.draft().value == "of the feed"


def test_a_record_that_is_chosen_too_early_learns_where_it_came_from(
    window: MainWindow, workspace: Path, run: Run, qtbot: QtBot
):
    run_bridge(window, qtbot)
    window.tail.rows.rowsInserted.connect(lambda: window.tail.table.selectRow(0))
    topic = f"gui/{workspace.parent.name}/a"
    publish(window, run, topic, b"{}")
    qtbot.waitUntil(lambda: window.tail.detail.link.isVisible())
    assert window.tail.detail._line_text.whole_text() == topic


SAVED = """[[messages]]
name = "hot one"
folder = "samples"
"""
SAVED_RECORD = (
    SAVED
    + """kind = "kafka"
connector = "laptop"
topic = "{topic}"
key = "dev-3"
value = '{"t": 41}'
headers = {site = "roof"}
"""
)
SAVED_MESSAGE = (
    SAVED
    + """connector = "plant"
topic = "{topic}"
payload = '{"t": 41}'
qos = 1
properties = {clientid = "dev-3", site = "roof"}
content_type = "application/json"
"""
)


def save_as(qtbot: QtBot, name: str, folder: str) -> None:
    """Answer what Save... asks, by keyboard."""
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), SaveMessagePopover))
    popover = QApplication.activePopupWidget()
    assert isinstance(popover, SaveMessagePopover)
    qtbot.keyClicks(popover.name, name)
    qtbot.keyClicks(popover.folder, folder)
    qtbot.keyClick(popover.folder, Qt.Key.Key_Return)


def test_a_received_record_is_saved_in_the_file(window: MainWindow, workspace: Path, qtbot: QtBot):
    before = workspace.read_bytes()
    write_record(window, qtbot, '{"t": 41}', key="dev-3", headers=[("site", b"roof")])
    topic = records(window)[0].record.topic
    choose(window, "Save...")
    save_as(qtbot, "hot one", "samples")
    qtbot.waitUntil(lambda: workspace.read_bytes() != before)

    assert workspace.read_bytes() == before + SAVED_RECORD.replace("{topic}", topic).encode()


def test_a_received_message_is_saved_in_the_file(
    window: MainWindow, workspace: Path, run: Run, qtbot: QtBot
):
    run_bridge(window, qtbot)
    before = workspace.read_bytes()
    topic = f"gui/{workspace.parent.name}/a"
    publish(window, run, topic, b'{"t": 41}')
    qtbot.waitUntil(lambda: len(messages(window)) == 1)
    window.bottom_pages.feed.table.selectRow(0)
    choose(window, "Save...", of_feed=True)
    save_as(qtbot, "hot one", "samples")
    qtbot.waitUntil(lambda: workspace.read_bytes() != before)

    assert workspace.read_bytes() == before + SAVED_MESSAGE.replace("{topic}", topic).encode()


def test_lists_are_cleared_while_bridge_and_brokers_are_gone(
    window: MainWindow, workspace: Path, run: Run, qtbot: QtBot
):
    session, feed, tail = window.session, window.bottom_pages.feed, window.tail
    run_bridge(window, qtbot)
    publish(window, run, f"gui/{workspace.parent.name}/a", b"1")
    qtbot.waitUntil(lambda: len(messages(window)) == len(records(window)) == 1)
    session.stop()
    qtbot.waitUntil(lambda: session.state == "stopped", timeout=20_000)
    run(session.brokers.close())
    qtbot.waitUntil(lambda: tail.model.state.status != "connected", timeout=20_000)
    window.bottom.show_page("feed")
    for page in (feed, tail.panel):
        assert page.table.model().rowCount() > 0
        qtbot.mouseClick(page.clear_button, Qt.MouseButton.LeftButton)

    assert (messages(window), records(window)) == ([], [])
    assert QApplication.activeModalWidget() is None
    assert feed.model.taken == tail.rows.taken == 0, "they count from here on"
