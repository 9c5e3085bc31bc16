"""What is said of certificates and keys: under their field, in the tab, and in Problems."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from threading import Event

import keyring
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from core.lab.validation import all_problems
from core.workspace.load import load
from gui.main_window import MainWindow
from gui.opening import Opened
from gui.pages.connector import ConnectorPage
from gui.viewmodels import open_workspace
from gui.viewmodels.problems import ProblemsModel
from tests.helpers.certificates import KEY_PASSWORD, Certificates
from tests.helpers.wait import PATIENCE_S
from tests.helpers.workspaces import write_workspace

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
LOOK = "look at the files of the workspace"
OWN = "ssl.certfile = 'client.pem'\nssl.keyfile = 'client.key'\n"


@pytest.fixture
def folder(certificates: Certificates, tmp_path: Path) -> Path:
    """Where the workspace and its certificates are."""
    return certificates.copied_to(tmp_path)


def open_with(window: MainWindow, qtbot: QtBot, folder: Path, options: str) -> ConnectorPage:
    """Open a workspace whose MQTT connector uses TLS, at the page of that connector."""
    path = write_workspace(
        folder,
        mqtt="mqtts://127.0.0.1:1",
        kafka="127.0.0.1:1",
        topic="a",
        mqtt_options=options,
    )
    with qtbot.waitSignal(window.live.factsChanged, timeout=20_000):
        window.session.open(path)
    window.open_document("connector:plant")
    page = window.documents.page("connector:plant")
    assert isinstance(page, ConnectorPage)
    return page


def type_into(qtbot: QtBot, field: QWidget, text: str) -> None:
    """Replace what a field holds, and stay there."""
    field.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(field, Key.Key_A, CTRL)
    qtbot.keyClicks(field, text)


def said(page: ConnectorPage, option: str) -> str:
    return page.fields.editor("ssl", option).accessibleDescription()


def test_a_wrong_key_is_said_when_its_field_is_left_and_goes_while_typing(
    window: MainWindow, qtbot: QtBot, folder: Path
):
    page = open_with(window, qtbot, folder, OWN)
    field = page.fields.editor("ssl", "keyfile")
    assert said(page, "keyfile") == ""
    type_into(qtbot, field, "client.pem")
    key = "connector:plant"
    qtbot.waitUntil(lambda: bool(window.drafts.problems(key)), timeout=10_000)
    assert said(page, "keyfile") == "", "it is still being typed for the first time"
    qtbot.keyClick(field, Key.Key_Tab)
    sentence = "This file has no private key. A key in PEM begins with -----BEGIN PRIVATE KEY-----."
    assert said(page, "keyfile") == sentence
    assert page.tabs.accessibleTabName(0) == "Settings, 1"

    type_into(qtbot, field, "server.key")
    belongs = "This key does not belong to the client certificate."
    qtbot.waitUntil(lambda: said(page, "keyfile").startswith(belongs), timeout=10_000)
    type_into(qtbot, field, "client.key")
    qtbot.waitUntil(lambda: said(page, "keyfile") == "", timeout=10_000)
    assert page.tabs.accessibleTabName(0) == "Settings"


def test_a_typed_passphrase_is_tried_before_and_after_it_is_saved(
    window: MainWindow, qtbot: QtBot, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PLANT_KEY", KEY_PASSWORD)
    page = open_with(window, qtbot, folder, OWN.replace("client.key", "client-locked.key"))
    assert said(page, "password").startswith("The private key is encrypted.")
    drafts, option = window.drafts, page.fields.editor("ssl", "password")
    option.typed.emit("wrong")
    wrong = "This passphrase does not open the private key."
    option.left.emit()
    qtbot.waitUntil(lambda: said(page, "password").startswith(wrong), timeout=10_000)

    option.typed.emit(KEY_PASSWORD)
    qtbot.waitUntil(lambda: said(page, "password") == "", timeout=10_000)
    drafts.set("connector:plant", ("ssl", "password"), "env:PLANT_KEY")
    with qtbot.waitSignal(drafts.saved, timeout=10_000):
        page.save()
    assert said(page, "password") == ""


def test_an_expired_certificate_is_told_at_once_and_can_be_saved(
    window: MainWindow, qtbot: QtBot, folder: Path
):
    page = open_with(window, qtbot, folder, "ssl.cacertfile = 'expired.pem'\n")
    assert said(page, "cacertfile").startswith("Certificate expired on 20")
    assert page.tabs.accessibleTabName(0) == "Settings, 1"
    texts = [finding.text for finding in ProblemsModel(window.live).findings]
    assert any(text.startswith("Certificate expired on 20") for text in texts)
    assert not window.live.has_errors

    type_into(qtbot, page.fields.editor("keepalive"), "30s")
    assert said(page, "cacertfile").startswith("Certificate expired on 20"), "it stays meanwhile"
    with qtbot.waitSignal(window.drafts.saved, timeout=10_000):
        page.save()
    assert said(page, "cacertfile").startswith("Certificate expired on 20")


def test_a_renewed_certificate_is_seen_when_somebody_comes_back(
    window: MainWindow, qtbot: QtBot, folder: Path
):
    page = open_with(window, qtbot, folder, "ssl.cacertfile = 'authority.pem'\n")
    assert said(page, "cacertfile") == "", "that it is not there is told where the file is checked"
    shutil.copy(folder / "expired.pem", folder / "authority.pem")
    with qtbot.waitSignal(window.session.filesChanged, timeout=10_000):
        window.session.look_at_files()
    assert said(page, "cacertfile").startswith("Certificate expired on 20")

    shutil.copy(folder / "ca.pem", folder / "authority.pem")
    with qtbot.waitSignal(window.session.filesChanged, timeout=10_000):
        window.session.look_at_files()
    assert said(page, "cacertfile") == ""
    assert page.tabs.accessibleTabName(0) == "Settings"


def test_a_disk_that_does_not_answer_is_looked_at_once_and_nobody_waits_for_it(
    window: MainWindow, qtbot: QtBot, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    open_with(window, qtbot, folder, "ssl.cacertfile = 'ca.pem'\n")
    own, asked, may_go = window.session, list[Opened](), Event()

    def hang(opened: Opened) -> Opened:
        asked.append(opened)
        assert may_go.wait(PATIENCE_S)
        return replace(opened, problems=()) if opened is asked[0] else opened

    monkeypatch.setattr(open_workspace, "with_files", hang)
    own.look_at_files()
    qtbot.waitUntil(lambda: bool(asked))
    for _ in range(3):
        own.look_at_files()
    text = (path := asked[0].loaded.path).read_text("utf-8")
    path.write_text(text.replace("ca.pem", "expired.pem"), "utf-8")
    with qtbot.waitSignal(own.workspaceChanged, timeout=10_000):
        own.read_again()
    assert own.problems
    assert len(asked) == 1

    may_go.set()
    qtbot.waitUntil(lambda: LOOK not in own.tasks.names, timeout=10_000)
    assert [opened.loaded.text == text for opened in asked] == [True, False]
    assert own.problems, "what the first look has found is of what is open no more"


def test_the_keychain_is_not_asked_by_looking_at_files(
    window: MainWindow, qtbot: QtBot, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    asked: list[str] = []
    monkeypatch.setattr(keyring, "get_password", lambda _service, name: asked.append(name))
    options = OWN.replace("client.key", "client-locked.key") + "ssl.password = 'secret:plant-key'\n"
    page = open_with(window, qtbot, folder, options)
    window.session.look_at_files()
    window.drafts.set("connector:plant", ("keepalive",), "30s")
    window.drafts.check("connector:plant")
    with qtbot.waitSignal(window.drafts.checked, timeout=10_000):
        pass
    qtbot.waitUntil(lambda: LOOK not in window.session.tasks.names, timeout=10_000)

    assert said(page, "password") == ""
    assert asked == []


def test_a_kafka_connector_that_is_new_is_told_of_what_is_no_certificate(
    window: MainWindow, qtbot: QtBot, folder: Path
):
    open_with(window, qtbot, folder, "")
    (folder / "notes.txt").write_text("call the plant on Monday\n")
    window.objects.new_connector("kafka")
    page = window.documents.page("connector:kafka-1")
    assert isinstance(page, ConnectorPage)
    window.drafts.set("connector:kafka-1", ("bootstrap_hosts",), "broker.example:9093")
    window.drafts.set("connector:kafka-1", ("ssl", "enable"), True)
    page.fields.group("tls").open()
    field = page.fields.editor("ssl", "cacertfile")
    type_into(qtbot, field, "notes.txt")
    qtbot.keyClick(field, Key.Key_Tab)
    words = "This file is not a certificate."
    qtbot.waitUntil(lambda: said(page, "cacertfile").startswith(words), timeout=10_000)
    type_into(qtbot, field, "nowhere.pem")
    words = f"There is no file {folder / 'nowhere.pem'}."
    qtbot.waitUntil(lambda: said(page, "cacertfile").startswith(words), timeout=10_000)


def test_the_command_line_says_nothing_of_what_is_in_the_files(
    window: MainWindow, qtbot: QtBot, folder: Path
):
    open_with(window, qtbot, folder, "ssl.cacertfile = 'expired.pem'\n")
    path = window.session.path
    assert path is not None

    assert window.session.problems
    assert [p for p in all_problems(load(path)) if "ssl" in p.path] == []
