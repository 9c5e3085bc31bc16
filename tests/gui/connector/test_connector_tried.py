"""The test of a connection on the page: its steps, its failures, what the broker grants."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from gui.widgets.buttons import LinkButton
from gui.widgets.labels import Label
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.wait import PATIENCE_S
from tests.helpers.workspaces import write_workspace

from .conftest import SECRET, Key, on_broker, open_file, page_of


def test_the_connection_test_passes_on_a_real_broker(
    window: MainWindow,
    qtbot: QtBot,
    tmp_path: Path,
    broker: Mosquitto,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("FORM_PASSWORD", SECRET)
    open_file(window, qtbot, on_broker(broker, tmp_path))
    page = page_of(window, "plant")
    page.test_button.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(page.test_button, Key.Key_Return)
    qtbot.waitUntil(lambda: page.test.phase == "passed")

    statuses = {row.name: row.status for row in page.test.rows}
    assert statuses == {
        "Resolve name": "passed",
        "Connect": "passed",
        "TLS": "no_result",
        "MQTT connect": "passed",
        "Sign in": "passed",
        "Subscribe": "passed",
        "Receive a message": "no_result",
    }
    assert page.verdict.label.whole_text() == "All 5 steps passed"
    drafts = window.drafts
    drafts.set("connector:plant", ("server",), "mqtt://127.0.0.1:1")
    assert page.verdict.label.whole_text() == "All 5 steps passed, before the last edits"
    assert page.verdict.shape.status == "not_tried"
    drafts.revert("connector:plant")
    assert page.verdict.label.whole_text() == "All 5 steps passed"
    lines = {line.accessibleName() for line in page.panel.limits.findChildren(QWidget)}
    assert page.panel.limits.isVisible()
    assert {"Highest QoS: 1", "Messages in flight: 7", "Retained messages: no"} <= lines
    assert "Keep alive: 45 s, set by the broker" in lines
    assert "Wildcards: yes" in lines


def test_a_wrong_password_opens_the_failing_step_and_is_tested_before_it_is_saved(
    window: MainWindow,
    qtbot: QtBot,
    tmp_path: Path,
    broker: Mosquitto,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("FORM_PASSWORD", "quite another")
    path = on_broker(broker, tmp_path)
    open_file(window, qtbot, path)
    page = page_of(window, "plant")
    page.test_connection()
    qtbot.waitUntil(lambda: page.test.phase == "failed")

    (failed,) = (row for row in page.test.rows if row.status == "failed")
    assert failed.name == "Sign in"
    assert failed.hint
    assert page.verdict.label.whole_text() == "Failed at step 5 of 7"
    secret = page.fields.editor("password")
    qtbot.keyClick(secret.change_button, Key.Key_Return)
    qtbot.keyClicks(secret.line, SECRET)
    qtbot.keyClick(secret.line, Key.Key_Return)
    assert secret.line.text() == ""
    page.test_connection()
    qtbot.waitUntil(lambda: page.test.phase == "passed")
    assert all(SECRET not in file.read_text("utf-8") for file in tmp_path.glob("*.toml*"))


def test_where_the_page_is_narrow_a_failing_step_is_wholly_in_sight(
    window: MainWindow, qtbot: QtBot, path: Path
):
    window.resize(1280, 800)
    open_file(window, qtbot, path)
    page = page_of(window, "plant")
    qtbot.waitUntil(lambda: page.fields.isAncestorOf(page.panel.body))
    page.test_connection()
    qtbot.waitUntil(lambda: page.test.phase == "failed")
    (failed,) = (row for row in page.test.rows if row.status == "failed")

    step = page.panel.failing
    assert step is not None
    qtbot.waitUntil(lambda: step.visibleRegion().boundingRect() == step.rect())
    assert failed.hint in {each.accessibleName() for each in step.findChildren(Label)}
    (details,) = step.findChildren(LinkButton)
    assert details.isVisible()
    left, width = page.panel.card.mapTo(page.fields, QPoint()).x(), page.panel.card.width()
    above = page.fields.group("tls")
    assert (left, width) == (above.mapTo(page.fields, QPoint()).x(), above.width())
    window.tail.hide()
    qtbot.waitUntil(lambda: page.panel.isAncestorOf(page.panel.body))
    assert page.panel.card.isVisible()
    assert page.panel.card.width() < page.panel.width()


def test_what_the_system_said_of_a_failure_is_behind_its_details(
    window: MainWindow, qtbot: QtBot, path: Path
):
    open_file(window, qtbot, path)
    page = page_of(window, "plant")
    page.test_connection()
    qtbot.waitUntil(lambda: page.test.phase == "failed")
    (failed,) = (row for row in page.test.rows if row.status == "failed")
    step = page.panel.failing
    assert step is not None
    (details,) = step.findChildren(LinkButton)

    def said() -> list[str]:
        seen = {each.accessibleName() for each in step.findChildren(Label) if each.isVisible()}
        return [text for text in (failed.hint, failed.cause) if text in seen]

    assert failed.cause
    assert failed.cause not in failed.detail
    assert said() == [failed.hint]
    details.setFocus()
    qtbot.keyClick(details, Key.Key_Space)
    assert said() == [failed.hint, failed.cause]
    qtbot.keyClick(details, Key.Key_Space)
    assert said() == [failed.hint]


@pytest.fixture
def silent_server() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_running_test_is_given_up_at_once(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, silent_server: int
):
    path = write_workspace(
        tmp_path, mqtt=f"mqtt://127.0.0.1:{silent_server}", kafka="127.0.0.1:1", topic="a"
    )
    open_file(window, qtbot, path)
    page = page_of(window, "plant")
    page.test_connection()
    qtbot.waitUntil(lambda: len(page.test.steps) == 2)
    assert page.test.took == "", "it still runs"
    page.test_connection()

    assert page.test.phase == "cancelled"
    assert page.test.took == ""
    assert page.test.rows[-1].status == "not_tried"
    qtbot.waitUntil(lambda: "test connector:plant" not in window.session.tasks.names)
    assert (page.test.phase, len(page.test.steps)) == ("cancelled", 2), "no more is looked at"


@pytest.mark.timeout(60)  # starts an engine
def test_granted_filters_and_the_last_client_stand_under_subscribing(
    window: MainWindow,
    qtbot: QtBot,
    tmp_path: Path,
    broker: Mosquitto,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("FORM_PASSWORD", SECRET)
    open_file(window, qtbot, on_broker(broker, tmp_path, kafka="sandbox"))
    page = page_of(window, "plant")
    page.fields.group("subscribing").open()
    part = page.subscribed
    qtbot.waitUntil(lambda: part.lines == ["bench/#, not subscribed"])
    assert part.sample.isHidden()

    window.session.start()
    qtbot.waitUntil(lambda: part.lines == ["bench/#, QoS 1, 0.0/s"], timeout=30_000)
    client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
    client.username_pw_set("bridge", SECRET)
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    known = Properties(PacketTypes.PUBLISH)
    known.UserProperty = ("clientid", "dev-6")
    client.publish("bench/a", b"{}", qos=1, properties=known).wait_for_publish(PATIENCE_S)
    client.disconnect()
    client.loop_stop()

    qtbot.waitUntil(part.client.isVisible)
    assert part.client.whole_text() == "dev-6"
    assert part.where.whole_text() == "from property clientid"
    assert part.sample.toolTip() == "bench/a"
    note = page.fields.group("subscribing").head.accessibleName()
    assert note == "Subscribing, 1 topic filter, all granted"
