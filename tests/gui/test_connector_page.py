"""Connectors in the window, by keyboard: typed, tested, saved, made, deleted, applied."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QWidget
from pytestqt.qtbot import QtBot

from core.errors import ConfigError
from core.workspace.kafka import KafkaSsl
from core.workspace.load import load
from core.workspace.units import SecretRef
from gui.main_window import MainWindow
from gui.pages.connector import ConnectorPage
from gui.viewmodels.connector_options import groups_of
from gui.viewmodels.draft import secret_name
from gui.viewmodels.secret_keeper import SecretKeeper
from gui.widgets.buttons import LinkButton
from gui.widgets.labels import Paragraph
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.wait import PATIENCE_S
from tests.helpers.workspaces import write_workspace

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
SECRET = "correct horse battery"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_workspace(
        tmp_path,
        mqtt="mqtt://127.0.0.1:1",
        kafka="127.0.0.1:1",
        topic="a",
        mqtt_options="keepalive = '60s'  # as the plant asks",
    )


def open_file(window: MainWindow, qtbot: QtBot, path: Path) -> None:
    with qtbot.waitSignal(window.session.workspaceChanged, timeout=20_000):
        window.session.open(path)


def page_of(window: MainWindow, name: str) -> ConnectorPage:
    window.go_to_document(f"connector:{name}")
    page = window.documents.page(f"connector:{name}")
    assert isinstance(page, ConnectorPage)
    return page


def type_into(qtbot: QtBot, field: QWidget, text: str) -> None:
    """Replace what a field holds, as a person does, and go on by Tab."""
    field.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(field, Key.Key_A, CTRL)
    qtbot.keyClick(field, Key.Key_Delete)
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Key.Key_Tab)


def press_save(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Key.Key_S, CTRL)


def test_an_option_typed_and_saved_is_in_the_file_beside_its_comment(
    window: MainWindow, qtbot: QtBot, path: Path
):
    open_file(window, qtbot, path)
    page = page_of(window, "plant")
    page.fields.group("advanced").open()
    type_into(qtbot, page.fields.editor("keepalive"), "15")
    type_into(qtbot, page.fields.editor("receive_maximum"), "20")

    assert page.fields.editor("keepalive").text() == "15", "its unit stands beside it"
    assert (
        page.fields.group("advanced").head.accessibleName().endswith("1 of 7 changed from default")
    )
    assert window.isWindowModified()
    with qtbot.waitSignal(page.form.saved):
        press_save(window, qtbot)

    text = path.read_text("utf-8")
    assert "keepalive = '15s'  # as the plant asks" in text
    assert load(path).partial.connectors.mqtt["plant"].receive_maximum == 20
    assert not window.isWindowModified()


def test_an_error_stands_under_its_field_and_save_leads_there(
    window: MainWindow, qtbot: QtBot, path: Path
):
    open_file(window, qtbot, path)
    page = page_of(window, "plant")
    before = path.read_text("utf-8")
    field = page.fields.field("keepalive")
    type_into(qtbot, page.fields.editor("keepalive"), "soon")
    qtbot.waitUntil(lambda: "unit: 500 ms, 5 s, 2 min." in field.editor.accessibleDescription())

    press_save(window, qtbot)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is field.editor)
    assert path.read_text("utf-8") == before

    size = page.fields.field("max_packet_size")
    type_into(qtbot, page.fields.editor("max_packet_size"), "large")
    qtbot.waitUntil(lambda: "unit: 896KB, 256MB." in size.editor.accessibleDescription())


def test_a_mistake_in_a_folded_group_opens_it(window: MainWindow, qtbot: QtBot, path: Path):
    open_file(window, qtbot, path)
    page = page_of(window, "plant")
    group = page.fields.group("advanced")
    group.open()
    type_into(qtbot, page.fields.editor("max_packet_size"), "huge")
    group.set_open(False)

    press_save(window, qtbot)
    qtbot.waitUntil(group.head.isChecked)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is page.fields.editor("max_packet_size"))


def test_what_is_required_is_said(window: MainWindow, qtbot: QtBot, path: Path):
    open_file(window, qtbot, path)
    page = page_of(window, "plant")
    type_into(qtbot, page.fields.editor("server").host, "")
    press_save(window, qtbot)

    assert page.fields.editor("server").host.accessibleDescription() == "Server is required."


def test_a_pasted_address_fills_scheme_host_and_port(window: MainWindow, qtbot: QtBot, path: Path):
    open_file(window, qtbot, path)
    page = page_of(window, "plant")
    server = page.fields.editor("server")
    QApplication.clipboard().setText("mqtts://plant.example:8884")
    server.host.setFocus(Qt.FocusReason.TabFocusReason)
    server.host.selectAll()
    server.host.paste()
    server.host.textEdited.emit(server.host.text())

    assert server.scheme.currentText() == "mqtts"
    assert server.host.text() == "plant.example"
    assert server.port.text() == "8884"
    assert page.form.read(("server",)) == "mqtts://plant.example:8884"


def test_a_typed_address_is_taken_apart_when_left_and_that_can_be_undone(
    window: MainWindow, qtbot: QtBot, path: Path
):
    open_file(window, qtbot, path)
    page = page_of(window, "plant")
    server, field = page.fields.editor("server"), page.fields.field("server")
    type_into(qtbot, server.host, "wss://plant.example/mqtt")

    assert (server.scheme.currentText(), server.port.text()) == ("wss", "8084")
    assert server.host.text() == "plant.example/mqtt"
    assert page.form.read(("server",)) == "wss://plant.example:8084/mqtt"
    assert field.link.isVisible()
    qtbot.keyClick(field.link, Key.Key_Return)
    assert server.host.text() == "wss://plant.example/mqtt"
    assert server.scheme.currentText() == "mqtt"
    assert field.link.isHidden()


def test_a_bad_host_and_a_bad_port_are_said_where_they_are(
    window: MainWindow, qtbot: QtBot, path: Path
):
    open_file(window, qtbot, path)
    server = page_of(window, "plant").fields.editor("server")
    type_into(qtbot, server.port, "99999")
    qtbot.waitUntil(lambda: server.port.accessibleDescription() == "Port is 1 to 65535.")
    assert server.host.accessibleDescription() == ""
    type_into(qtbot, server.port, "1883")
    type_into(qtbot, server.host, "plant example")
    qtbot.waitUntil(lambda: "one host" in server.host.accessibleDescription())


def test_another_client_id_is_asked_for_by_its_button(window: MainWindow, qtbot: QtBot, path: Path):
    open_file(window, qtbot, path)
    page = page_of(window, "plant")
    editor = page.fields.editor("client_id")
    qtbot.keyClick(editor.button, Key.Key_Return)

    assert page.form.read(("client_id",)).startswith(f"{editor.placeholderText()}-")
    assert editor.text() == page.form.read(("client_id",))


def test_hosts_are_chips_that_a_pasted_list_fills(window: MainWindow, qtbot: QtBot, path: Path):
    open_file(window, qtbot, path)
    page = page_of(window, "laptop")
    hosts = page.fields.editor("bootstrap_hosts")
    hosts.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(hosts.line, Key.Key_Backspace)
    qtbot.keyClicks(hosts.line, "a:9092,b:9093 c")
    qtbot.keyClick(hosts.line, Key.Key_Return)

    assert hosts.hosts == ["a:9092", "b:9093", "c"]
    assert page.form.read(("bootstrap_hosts",)) == "a:9092,b:9093,c"
    chip = hosts.chips[1]
    chip.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(chip, Key.Key_Delete)
    assert page.form.read(("bootstrap_hosts",)) == "a:9092,c"


def test_a_click_takes_a_host_out_while_the_keyboard_is_elsewhere(
    window: MainWindow, qtbot: QtBot, path: Path
):
    open_file(window, qtbot, path)
    page = page_of(window, "laptop")
    window.drafts.set("connector:laptop", ("bootstrap_hosts",), "a:9092,b:9093")
    page.fields.field("ip_family").setFocus(Qt.FocusReason.TabFocusReason)
    hosts = page.fields.editor("bootstrap_hosts")
    qtbot.mouseClick(hosts.chips[0], Qt.MouseButton.LeftButton)

    assert hosts.hosts == ["b:9093"]
    assert page.form.read(("bootstrap_hosts",)) == "b:9093"


def test_a_port_out_of_range_is_said_of_hosts_as_of_a_server(
    window: MainWindow, qtbot: QtBot, path: Path
):
    open_file(window, qtbot, path)
    hosts = page_of(window, "laptop").fields.field("bootstrap_hosts")
    hosts.editor.line.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(hosts.editor.line, Key.Key_Backspace)
    qtbot.keyClicks(hosts.editor.line, "a:9092,b:99999")
    qtbot.keyClick(hosts.editor.line, Key.Key_Return)
    qtbot.keyClick(hosts.editor.line, Key.Key_Tab)

    said = hosts.editor.line.accessibleDescription
    qtbot.waitUntil(lambda: "Port is 1 to 65535." in said())
    assert "HOST:PORT" not in said()


def test_every_option_of_tls_to_kafka_is_in_the_form_with_its_default():
    options = {option.path: option for group in groups_of("kafka") for option in group.options}
    for name in KafkaSsl.model_fields:
        shown = options["ssl", name].default
        given = {} if shown is None else {name: shown}
        left = getattr(KafkaSsl.model_validate(given), name)
        assert left == getattr(KafkaSsl(), name) or not left, name


def test_what_is_kept_for_emqx_alone_is_edited_and_taken_back(
    window: MainWindow, qtbot: QtBot, path: Path
):
    open_file(window, qtbot, path)
    page = page_of(window, "laptop")
    group = page.fields.group("emqx")
    assert "they do nothing here" in group.head.accessibleName()
    group.open()
    editor = partial(page.fields.editor, "ssl")
    qtbot.keyClick(editor("reuse_sessions"), Key.Key_Space)
    type_into(qtbot, editor("hibernate_after"), "7s")
    type_into(qtbot, editor("managed_certs"), "bundle_name=lab")
    for _ in range(2):
        qtbot.keyClick(editor("partial_chain"), Key.Key_Down)
    with qtbot.waitSignal(page.form.saved, timeout=10_000):
        press_save(window, qtbot)

    kept = load(path).partial.connectors.kafka["laptop"].ssl
    assert (kept.reuse_sessions, kept.hibernate_after.s) == (True, 7)
    assert kept.partial_chain is True
    assert kept.managed_certs == {"bundle_name": "lab"}
    assert kept.log_level == "notice"


def test_a_way_to_sign_in_brings_its_fields(window: MainWindow, qtbot: QtBot, path: Path):
    open_file(window, qtbot, path)
    page = page_of(window, "laptop")
    choice = page.fields.editor("@mechanism")
    assert page.fields.field("authentication", "username").isHidden()
    choice.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(2):
        qtbot.keyClick(choice, Key.Key_Down)

    assert page.form.read(("authentication", "mechanism")) == "scram_sha_256"
    assert page.fields.field("authentication", "username").isVisible()
    assert page.fields.field("authentication", "client_secret").isHidden()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    limits = ("max_qos 1", "max_inflight_messages 7", "retain_available false", "max_keepalive 45")
    made = Mosquitto(tmp_path / "broker", users={"bridge": SECRET}, extra=limits)
    made.start()
    yield made
    made.stop()


def on_broker(broker: Mosquitto, folder: Path, kafka: str = "127.0.0.1:1") -> Path:
    return write_workspace(
        folder,
        mqtt=broker.url,
        kafka=kafka,
        topic="a",
        mqtt_options="username = 'bridge'\npassword = 'env:FORM_PASSWORD'",
    )


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


def test_a_secret_is_typed_where_change_leads_whatever_the_page_shows_meanwhile(
    window: MainWindow, qtbot: QtBot, path: Path
):
    text = path.read_text("utf-8")
    before = text.replace("keepalive =", 'username = "a"\npassword = "env:BEFORE"\nkeepalive =')
    path.write_text(before, "utf-8")
    open_file(window, qtbot, path)
    page = page_of(window, "plant")
    secret = page.fields.editor("password")
    secret.setFocus(Qt.FocusReason.TabFocusReason)
    for key in (Key.Key_Space, Key.Key_Return):
        press(qtbot, key)
        assert QApplication.focusWidget() is secret.line
        page.form.changed.emit()
        assert QApplication.focusWidget() is secret.line
        press(qtbot, Key.Key_Escape)
        assert QApplication.focusWidget() is secret.change_button
    press(qtbot, Key.Key_Return)
    for key in "env:AFTER":
        keyboard = QApplication.focusWidget()
        assert keyboard is not None
        qtbot.keyClicks(keyboard, key)
        page.form.changed.emit()
    press(qtbot, Key.Key_Return)
    assert QApplication.focusWidget() is secret.change_button
    press_save(window, qtbot)
    qtbot.waitUntil(lambda: 'password = "env:AFTER"' in path.read_text("utf-8"))


@pytest.mark.parametrize("by", ["keys", "mouse"])
@pytest.mark.parametrize("kept", ["nothing", "another"])
def test_a_secret_that_still_stands_in_its_field_is_saved(
    window: MainWindow, qtbot: QtBot, path: Path, by: str, kept: str
):
    signed_in = 'username = "a"\n' + ("password = 'env:BEFORE'\n" if kept == "another" else "")
    path.write_text(path.read_text("utf-8").replace("keepalive =", f"{signed_in}keepalive ="))
    open_file(window, qtbot, path)
    keychain: dict[str, str] = {}
    window.drafts.secrets = SecretKeeper(
        lambda name, secret: keychain.update({name: secret}) or SecretRef("secret", name)
    )
    page = page_of(window, "plant")
    secret = page.fields.editor("password")
    if kept == "another":
        secret.change_button.click()
    assert page.unsaved.isVisible()
    secret.line.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClicks(secret.line, SECRET)
    assert page.save_button.isEnabled()
    assert not page.unsaved.isVisible()
    with qtbot.waitSignal(window.drafts.saved, timeout=10_000):
        if by == "keys":
            press_save(window, qtbot)
        else:
            qtbot.mouseClick(page.save_button, Qt.MouseButton.LeftButton)
    assert list(keychain.values()) == [SECRET]
    assert str(load(path).partial.connectors.mqtt["plant"].password).startswith("secret:")
    assert secret.line.text() == ""
    qtbot.waitUntil(page.unsaved.isVisible)
    assert not page.save_button.isEnabled()


def test_a_secret_that_was_typed_and_deleted_leaves_nothing_to_save(
    window: MainWindow, qtbot: QtBot, path: Path
):
    open_file(window, qtbot, path)
    page = page_of(window, "plant")
    line = page.fields.editor("password").line
    line.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClicks(line, "s")
    assert window.commands["save"].isEnabled()
    qtbot.keyClick(line, Key.Key_Backspace)
    assert not window.commands["save"].isEnabled()
    assert page.unsaved.isVisible()


def test_a_click_on_test_takes_the_secret_that_still_stands_in_its_field(
    window: MainWindow,
    qtbot: QtBot,
    tmp_path: Path,
    broker: Mosquitto,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("FORM_PASSWORD", "quite another")
    open_file(window, qtbot, on_broker(broker, tmp_path))
    page = page_of(window, "plant")
    secret = page.fields.editor("password")
    secret.change_button.click()
    qtbot.keyClicks(secret.line, SECRET)
    qtbot.mouseClick(page.test_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.test.phase in ("passed", "failed"), timeout=15_000)
    assert page.test.phase == "passed"


def press(qtbot: QtBot, key: Qt.Key) -> None:
    """Press a key where the keyboard is."""
    keyboard = QApplication.focusWidget()
    assert keyboard is not None
    qtbot.keyClick(keyboard, key)


@pytest.mark.parametrize("way", ["click", "keys"])
def test_a_password_that_looks_like_a_reference_can_be_used_as_it_is(
    window: MainWindow, qtbot: QtBot, path: Path, way: str
):
    password = f"secret:{SECRET}"
    open_file(window, qtbot, path)
    page = page_of(window, "plant")
    type_into(qtbot, page.fields.editor("username"), "u")
    secret = page.fields.editor("password")
    secret.line.setFocus()
    qtbot.keyClicks(secret.line, password)
    assert secret.literal_button.isVisible()
    if way == "click":
        qtbot.mouseClick(secret.literal_button, Qt.MouseButton.LeftButton)
    else:
        press(qtbot, Key.Key_Tab)
        assert QApplication.focusWidget() is secret.literal_button
        press(qtbot, Key.Key_Space)

    reference = window.drafts.value("connector:plant", ("password",))
    assert window.drafts.pending_secrets("connector:plant") == {reference: password}
    assert SECRET not in reference
    assert secret.line.text() == ""
    assert secret.literal_button.isHidden()
    assert QApplication.focusWidget() is secret.change_button


def test_a_reference_is_taken_when_the_keyboard_leaves_its_button(
    window: MainWindow, qtbot: QtBot, path: Path
):
    open_file(window, qtbot, path)
    page = page_of(window, "plant")
    type_into(qtbot, page.fields.editor("username"), "u")
    secret = page.fields.editor("password")
    secret.line.setFocus()
    qtbot.keyClicks(secret.line, "env:PLANT")
    press(qtbot, Key.Key_Tab)
    assert window.drafts.value("connector:plant", ("password",)) is None
    press(qtbot, Key.Key_Tab)
    assert window.drafts.value("connector:plant", ("password",)) == "env:PLANT"


@pytest.mark.parametrize("has_keychain", [True, False])
def test_passwords_of_connectors_whose_names_look_alike_are_kept_apart(
    window: MainWindow,
    qtbot: QtBot,
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    has_keychain: bool,
):
    keychain: dict[str, str] = {}

    def put(name: str, secret: str) -> SecretRef:
        if not has_keychain:
            raise ConfigError("there is no keychain")
        keychain[name.casefold()] = secret  # as some keychains do
        return SecretRef("secret", name)

    table = '\n[connectors.mqtt.{name}]\nserver = "mqtt://127.0.0.1:1"\nusername = "u"\n'
    passwords = {name: f"typed for {name}" for name in ("plant-1", "plant_1", "Plant_1", "plant")}
    more = "".join(table.format(name=name) for name in passwords if name != "plant")
    path.write_text(path.read_text("utf-8") + more, "utf-8")
    open_file(window, qtbot, path)
    window.drafts.secrets = SecretKeeper(put)
    for name, password in passwords.items():
        page = page_of(window, name)
        if name == "plant":
            type_into(qtbot, page.fields.editor("username"), "u")
        line = page.fields.editor("password").line
        line.setFocus()
        qtbot.keyClicks(line, password)
        qtbot.keyClick(line, Key.Key_Return)
        with qtbot.waitSignal(window.drafts.saved):
            press_save(window, qtbot)

    saved = load(path).partial.connectors.mqtt
    found: dict[str, str | None] = {}
    for name in passwords:
        kind, _, kept = str(saved[name].password).partition(":")
        found[name] = keychain.get(kept.casefold()) if kind == "secret" else os.environ.get(kept)
        if kind == "env":
            monkeypatch.delenv(kept, raising=False)
    assert found == passwords


def test_a_plain_name_of_a_secret_stays_readable_and_none_is_another_ones():
    whole = ("connectors", "mqtt", "plant")
    assert secret_name("0a1b2c3d", whole, ("password",)) == "0a1b2c3d-plant-password"
    outer = secret_name("0a1b2c3d", ("plant-a",), ("password",))
    assert outer != secret_name("0a1b2c3d", ("plant",), ("a", "password"))


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
    assert failed.hint in {each.accessibleName() for each in step.findChildren(Paragraph)}
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
        found = step.findChildren(Paragraph)
        return [each.accessibleName() for each in found if each.isVisible()]

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


def test_a_new_connector_has_a_free_name_and_is_saved_under_the_one_typed(
    window: MainWindow, qtbot: QtBot, path: Path
):
    open_file(window, qtbot, path)
    qtbot.keyClick(window, Key.Key_N, CTRL | SHIFT)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    qtbot.keyClick(menu, Key.Key_Return)
    assert window.documents.current == "connector:mqtt-1"
    page = window.documents.page("connector:mqtt-1")
    assert isinstance(page, ConnectorPage)
    name = page.fields.editor("@name")
    assert QApplication.focusWidget() is name
    assert name.text() == "mqtt-1"
    type_into(qtbot, name, "attic")
    type_into(qtbot, page.fields.editor("server").host, "attic.example")
    with qtbot.waitSignal(window.drafts.saved):
        press_save(window, qtbot)

    assert window.documents.current == "connector:attic"
    saved = load(path).partial.connectors.mqtt["attic"]
    assert saved.server == "mqtt://attic.example:1883"


def test_a_name_that_is_taken_is_refused(window: MainWindow, qtbot: QtBot, path: Path):
    open_file(window, qtbot, path)
    window.objects.new_connector("kafka")
    page = window.documents.page("connector:kafka-1")
    assert isinstance(page, ConnectorPage)
    type_into(qtbot, page.fields.editor("@name"), "plant")
    press_save(window, qtbot)
    name = page.fields.editor("@name")
    qtbot.waitUntil(lambda: "is called plant" in name.accessibleDescription())

    assert "kafka" not in [c.name for c in load(path).partial.connectors.kafka.values()]


def test_a_new_connector_is_not_saved_over_another_one(
    window: MainWindow, qtbot: QtBot, path: Path
):
    before = path.read_text("utf-8")
    open_file(window, qtbot, path)
    window.objects.new_connector("mqtt")
    page = window.documents.page("connector:mqtt-1")
    assert isinstance(page, ConnectorPage)
    name = page.fields.editor("@name")
    type_into(qtbot, name, "plant")
    said = "Another connector is called plant. Choose another name."
    qtbot.waitUntil(lambda: name.accessibleDescription() == said, timeout=10_000)

    with qtbot.waitSignal(window.drafts.refused, timeout=10_000):
        press_save(window, qtbot)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is name, timeout=10_000)
    assert path.read_text("utf-8") == before


def test_deleting_can_be_undone_with_every_comment(window: MainWindow, qtbot: QtBot, path: Path):
    open_file(window, qtbot, path)
    before = path.read_text("utf-8")
    page_of(window, "plant")
    window.commands["delete"].trigger()
    qtbot.waitUntil(lambda: "connector:plant" not in window.documents.keys)
    assert "plant" not in load(path).data["connectors"].get("mqtt", {})
    (toast,) = window.toasts.shown
    assert toast.text == "Deleted connector plant."
    toast.link.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(toast.link, Key.Key_Return)
    qtbot.waitUntil(lambda: path.read_text("utf-8") == before)
    qtbot.waitUntil(lambda: window.live.connector_kind("plant") == "mqtt")


def test_a_copy_has_its_own_name_and_the_same_options(window: MainWindow, qtbot: QtBot, path: Path):
    open_file(window, qtbot, path)
    page_of(window, "plant")
    qtbot.keyClick(window, Key.Key_D, CTRL)
    qtbot.waitUntil(lambda: window.documents.current == "connector:plant-1")

    assert window.drafts.value("connector:plant-1", ("server",)) == "mqtt://127.0.0.1:1"
    assert load(path).partial.connectors.mqtt["plant-1"].keepalive.s == 60


@pytest.mark.timeout(60)  # starts embedded brokers and an engine
def test_what_is_saved_and_does_not_run_is_applied(
    window: MainWindow, qtbot: QtBot, workspace: Path
):
    open_file(window, qtbot, workspace)
    window.session.start()
    qtbot.waitUntil(lambda: window.session.state == "running", timeout=30_000)
    assert window.toolbar.apply_button.isHidden()
    page = page_of(window, "plant")
    type_into(qtbot, page.fields.editor("keepalive"), "30s")
    with qtbot.waitSignal(page.form.saved):
        press_save(window, qtbot)
    qtbot.waitUntil(window.toolbar.apply_button.isVisible)
    assert window.toolbar.apply_button.text() == "Apply 1 change"

    qtbot.keyClick(window, Key.Key_A, CTRL | SHIFT)
    qtbot.keyClick(window.applying.popover, Key.Key_Return)
    qtbot.waitUntil(window.toolbar.apply_button.isHidden, timeout=20_000)
    assert window.session.state == "running"


def test_every_widget_of_the_page_has_a_name_and_is_reached_by_tab(
    window: MainWindow, qtbot: QtBot, path: Path
):
    open_file(window, qtbot, path)
    for name in ("plant", "laptop"):
        page = page_of(window, name)
        for key in ("tls", "advanced"):
            page.fields.group(key).open()
        stops = [
            widget
            for widget in page.findChildren(QWidget)
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            and widget.isVisible()
            and widget.isEnabled()
        ]
        nameless = [
            widget for widget in stops if not (widget.accessibleName() or widget.property("text"))
        ]
        assert not nameless
        reached = {stops[0]}
        at = stops[0].nextInFocusChain()
        while at is not None and at is not stops[0]:
            reached.add(at)
            at = at.nextInFocusChain()
        assert set(stops) <= reached


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


def test_the_name_in_the_header_renames_and_the_page_goes_on_under_the_new_name(
    window: MainWindow, qtbot: QtBot, path: Path
):
    open_file(window, qtbot, path)
    page = page_of(window, "plant")
    page.header.name.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(page.header.name, Key.Key_Space)
    qtbot.waitUntil(lambda: isinstance(QApplication.focusWidget(), QLineEdit))
    line = QApplication.focusWidget()
    assert line is not None
    assert window.navigator.isAncestorOf(line)
    qtbot.keyClick(line, Key.Key_A, CTRL)
    qtbot.keyClicks(line, "greenhouse")
    qtbot.keyClick(line, Key.Key_Return)

    qtbot.waitUntil(lambda: window.documents.current == "connector:greenhouse")
    again = window.documents.page("connector:greenhouse")
    assert isinstance(again, ConnectorPage)
    assert again.header.name.text() == "greenhouse"
    workspace = load(path).partial
    assert set(workspace.connectors.mqtt) == {"greenhouse"}
    assert all(workspace.source_of(rule) == "greenhouse" for rule in workspace.rules.values())
