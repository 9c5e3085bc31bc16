"""Secrets on the page of a connector: typed, referred to, kept apart."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from core.errors import ConfigError
from core.workspace.load import load
from core.workspace.units import SecretRef
from gui.main_window import MainWindow
from gui.viewmodels.draft import secret_name
from gui.viewmodels.secret_keeper import SecretKeeper
from tests.helpers.mosquitto import Mosquitto

from .conftest import SECRET, Key, on_broker, open_file, page_of, press, press_save, type_into


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


def test_user_and_password_of_a_pasted_address_go_to_their_fields(
    window: MainWindow, qtbot: QtBot, path: Path
):
    open_file(window, qtbot, path)
    keychain: dict[str, str] = {}
    window.drafts.secrets = SecretKeeper(
        lambda name, secret: keychain.update({name: secret}) or SecretRef("secret", name)
    )
    page = page_of(window, "plant")
    server = page.fields.editor("server")
    QApplication.clipboard().setText("mqtt://me:s3cr%40t@plant.example")
    server.host.setFocus(Qt.FocusReason.TabFocusReason)
    server.host.selectAll()
    server.host.paste()
    server.host.textEdited.emit(server.host.text())

    assert page.form.read(("server",)) == "mqtt://plant.example:1883"
    assert page.fields.editor("username").text() == "me"
    reference = page.form.read(("password",))
    assert reference.startswith("secret:")
    assert all("s3cr" not in line.text() for line in page.findChildren(QLineEdit))
    press_save(window, qtbot)
    qtbot.waitUntil(lambda: not window.drafts.dirty)
    assert keychain == {reference.removeprefix("secret:"): "s3cr@t"}
    assert "s3cr" not in path.read_text("utf-8")
