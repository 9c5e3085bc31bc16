"""A secret that was typed into a form is in no file, log, report or copy; no widget tells it."""

from __future__ import annotations

import asyncio
import base64
import io
import logging
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from core.cli.window import window_options
from core.log import set_up
from core.workspace.load import load
from gui.app import App
from gui.main_window import MainWindow
from gui.pages.connector import ConnectorPage
from gui.pages.monitor import MonitorPage
from gui.viewmodels.connector_options import groups_of
from tests.helpers.certificates import lock_key, make_certificates
from tests.helpers.keychain import fake_keychain
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.workspaces import write_workspace

from .conftest import Run

CANARY = "canary-9f2c-Tweet!"
CORE = "Tweet9f2c5d"
"""What every secret with signs to be escaped has inside, so that it is found in each form."""


def _forms() -> Iterator[str]:
    for text in (CANARY, CORE):
        data = text.encode()
        yield text
        yield data.hex()
        for before in range(3):  # letters of base64 that no neighbour has a part in
            whole = base64.b64encode(bytes(before) + data).decode()
            yield whole[(before * 8 + 5) // 6 : (before + len(data)) * 8 // 6]


FORMS = tuple(_forms())


class Folders:
    """Where the program may write while a test runs, and all that it says."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.log = io.StringIO()
        self.said: list[str] = []
        self.redactor = set_up(logging.DEBUG, stream=self.log)

    def found(self) -> list[str]:
        """Name everything that holds the canary, in one of its forms."""
        files = [path for path in self.root.rglob("*") if path.is_file()]
        assert len(files) > 3, files
        texts = {str(path): path.read_bytes().decode(errors="replace") for path in files}
        texts |= {str(path): str(path) for path in files if _holds(str(path))}
        texts["log"] = self.log.getvalue()
        texts["what was said"] = "\n".join(self.said)
        return [name for name, text in texts.items() if _holds(text)]


def _holds(text: str) -> bool:
    return any(form in text for form in FORMS)


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Folders]:
    root, before = logging.getLogger(), logging.getLogger().handlers[:]
    level = root.level
    made = Folders(tmp_path)
    for variable, name in (
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_STATE_HOME", "state"),
        ("XDG_CACHE_HOME", "cache"),
        ("TMPDIR", "tmp"),
    ):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(variable, str(tmp_path / name))
    monkeypatch.setattr(tempfile, "tempdir", None)
    yield made
    root.setLevel(level)
    for handler in root.handlers[:]:
        if handler not in before:
            root.removeHandler(handler)


@pytest.fixture
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    made = Mosquitto(tmp_path_factory.mktemp("broker"), users={"bridge": CANARY})
    made.start()
    yield made
    made.stop()


@pytest.fixture
def app(
    folders: Folders,
    gui_loop: asyncio.AbstractEventLoop,
    qapp: QApplication,
    qtbot: QtBot,
    request: pytest.FixtureRequest,
) -> Iterator[App]:
    engine = getattr(request, "param", "child")
    made = App(qapp, window_options(["--engine", engine]), folders.redactor.mask)
    made.window.activateWindow()
    qtbot.waitUntil(made.window.isActiveWindow)
    made.session.logLine.connect(folders.said.append)
    made.session.failed.connect(lambda *words: folders.said.append(repr(words)))
    made.session.eventReceived.connect(lambda event: folders.said.append(repr(event)))
    yield made
    made.lateness.stop()
    with qtbot.waitSignal(made.closing.finished, timeout=30_000):
        made.window.close()
    made.window.deleteLater()
    made.session.deleteLater()


def type_password(app: App, qtbot: QtBot) -> ConnectorPage:
    """Open the connector's form, type the password, and save."""
    window = app.window
    assert isinstance(window, MainWindow)
    window.go_to_document("connector:plant")
    page = window.documents.page("connector:plant")
    assert isinstance(page, ConnectorPage)
    secret = page.fields.editor("password")
    if secret.change_button.isVisible():
        secret.change_button.click()
    secret.line.setFocus()
    qtbot.keyClicks(secret.line, CANARY)
    qtbot.keyClick(secret.line, Qt.Key.Key_Return)
    assert secret.line.text() == ""
    with qtbot.waitSignal(window.drafts.saved):
        window.commands["save"].trigger()
    return page


@pytest.mark.timeout(120)  # a child engine, a broker, and a test of the connection
@pytest.mark.expect_warnings  # what fails here on purpose is logged
def test_a_typed_password_is_nowhere_afterwards(
    app: App, folders: Folders, broker: Mosquitto, run: Run, qtbot: QtBot, tmp_path: Path
):
    window, session = app.window, app.session
    assert isinstance(window, MainWindow)
    session.settings.put("secrets", "keep_in", "session")
    session.settings.put("secrets", "hide_in_reports", False)
    (tmp_path / "workspace").mkdir()
    path = write_workspace(
        tmp_path / "workspace",
        mqtt=broker.url,
        kafka="127.0.0.1:1",
        topic="a",
        mqtt_options="username = 'bridge'",
    )
    with qtbot.waitSignal(window.live.factsChanged, timeout=20_000):
        session.open(path)
    page = type_password(app, qtbot)
    reference = load(path).partial.connectors.mqtt["plant"].password
    assert str(reference).startswith("env:")
    assert os.environ[str(reference).removeprefix("env:")] == CANARY

    page.test_connection()
    qtbot.waitUntil(lambda: page.test.phase == "passed")
    session.start()
    qtbot.waitUntil(
        lambda: window.live.connector_state("plant").status == "connected", timeout=30_000
    )
    broker.stop()  # an error of the network, and of the sign-in after it
    qtbot.waitUntil(
        lambda: window.live.connector_state("plant").status != "connected", timeout=30_000
    )
    broker.users = {"bridge": "another"}
    broker.start()
    page.test_connection()
    qtbot.waitUntil(lambda: page.test.phase == "failed")
    app.faults.report(RuntimeError(f"an error of ours that holds {CANARY}"))
    folders.said.append(app.faults.text())
    assert "RuntimeError" in folders.said[-1]
    logging.getLogger("gui").warning("said aloud: %s", CANARY)

    window.commands["copy_diagnostics"].trigger()
    folders.said.append(QGuiApplication.clipboard().text())
    assert "the bridge is running" in folders.said[-1]
    window.open_document("monitor")
    monitor = window.documents.page("monitor")
    assert isinstance(monitor, MonitorPage)
    monitor.save_csv(tmp_path / "monitor.csv")
    monitor.save_png(tmp_path / "monitor.png")
    exports = [tmp_path / name for name in ("monitor.csv", "monitor.png")]
    qtbot.waitUntil(lambda: all(file.is_file() for file in exports))  # written beside the loop
    assert all(file.stat().st_size > 0 for file in exports)
    for text in (page.fields.editor("password"), page):
        folders.said.append(text.accessibleName())
        folders.said.append(text.accessibleDescription())

    session.stop()
    qtbot.waitUntil(lambda: session.state == "stopped", timeout=30_000)
    assert "said aloud: ***" in folders.log.getvalue()
    assert folders.found() == []
    os.environ.pop(str(reference).removeprefix("env:"))


EVERY_FIELD = """
sluicegate = 1
id = "0a1b2c3d"

[connectors.mqtt.plant]
server = "mqtts://127.0.0.1:1"
username = "bridge"

[connectors.mqtt.plant.ssl]
enable = true
certfile = "{certificates}/client.pem"
keyfile = "{certificates}/plant.key"

[connectors.kafka.laptop]
bootstrap_hosts = "127.0.0.1:1"
authentication = {{ mechanism = "plain", username = "u", password = "env:NO_SUCH" }}

[connectors.kafka.laptop.ssl]
enable = true
certfile = "{certificates}/client.pem"
keyfile = "{certificates}/laptop.key"

[connectors.kafka.cloud]
bootstrap_hosts = "127.0.0.1:1"

[connectors.kafka.cloud.authentication]
mechanism = "oauth"
client_id = "us"
client_secret = "env:NO_SUCH"
endpoint_uri = "http://127.0.0.1:1/token"

[rules.all]
sql = 'SELECT payload FROM "t/#"'
actions = ["to_laptop", "to_cloud"]

[actions.kafka.to_laptop]
connector = "laptop"
topic = "a"

[actions.kafka.to_cloud]
connector = "cloud"
topic = "a"
"""
SECRETS = (
    ("plant", ("password",)),
    ("plant", ("ssl", "password")),
    ("laptop", ("authentication", "password")),
    ("laptop", ("ssl", "password")),
    ("cloud", ("authentication", "client_secret")),
)


def test_every_secret_of_the_forms_is_among_those_that_are_typed():
    of_forms = {
        (kind, option.path)
        for kind in ("mqtt", "kafka")
        for group in groups_of(kind)
        for row in group.rows
        for option in row
        if option.kind == "secret"
    }
    kinds = {"plant": "mqtt", "laptop": "kafka", "cloud": "kafka"}
    assert of_forms == {(kinds[name], path) for name, path in SECRETS}


def shown_by(widget: QWidget) -> list[str]:
    """Everything that a widget tells to those who see, point or listen."""
    told = [widget.toolTip(), widget.accessibleName(), widget.accessibleDescription()]
    for reader in ("displayText", "placeholderText", "whole_text", "toPlainText"):
        told.append(str(getattr(widget, reader, str)()))
    if not isinstance(widget, QLineEdit):
        text = getattr(widget, "text", "")
        told.append(str(text() if callable(text) else text))
    interface = QAccessible.queryAccessibleInterface(widget)
    told += [interface.text(part) for part in (QAccessible.Text.Name, QAccessible.Text.Value)]
    return told


def secret_of(name: str, path: tuple[str, ...]) -> str:
    """Make a secret of its own for a field."""
    return f"pa\"ss\\wo'rd {name} {path[0]} {CORE}"


def type_secret(app: App, qtbot: QtBot, folders: Folders, name: str, path: tuple[str, ...]) -> str:
    """Type a secret of its own into a field, which is told by nobody meanwhile; returns it."""
    window = app.window
    assert isinstance(window, MainWindow)
    window.go_to_document(f"connector:{name}")
    page = window.documents.page(f"connector:{name}")
    assert isinstance(page, ConnectorPage)
    page.show_option(path)
    field = page.fields.editor(*path)
    if field.change_button.isVisible():
        field.change_button.click()
    typed = secret_of(name, path)
    qtbot.keyClicks(field.line, typed)
    assert field.line.text() == typed
    folders.said += [text for each in window.findChildren(QWidget) for text in shown_by(each)]
    qtbot.keyClick(field.line, Qt.Key.Key_Return)
    return typed


def try_everything(app: App, folders: Folders, qtbot: QtBot, tmp_path: Path) -> None:
    """Test and run connectors whose secrets are of no use, and copy all that can be copied."""
    window, session = app.window, app.session
    assert isinstance(window, MainWindow)
    for name in dict(SECRETS):
        window.go_to_document(f"connector:{name}")
        page = window.documents.page(f"connector:{name}")
        assert isinstance(page, ConnectorPage)
        page.test_connection()
        qtbot.waitUntil(lambda page=page: page.test.phase == "failed", timeout=20_000)
        window.commands["copy_json"].trigger()
        folders.said += [page.test.report(), QGuiApplication.clipboard().text()]
        assert "127.0.0.1" in folders.said[-1]
        folders.said += [text for each in window.findChildren(QWidget) for text in shown_by(each)]
    session.start()
    state = window.live.connector_state
    for name in dict(SECRETS):
        qtbot.waitUntil(lambda name=name: bool(state(name).reason), timeout=30_000)
    window.commands["copy_diagnostics"].trigger()
    folders.said.append(QGuiApplication.clipboard().text())
    window.open_document("monitor")
    monitor = window.documents.page("monitor")
    assert isinstance(monitor, MonitorPage)
    monitor.save_csv(tmp_path / "monitor.csv")
    folders.said += [text for each in window.findChildren(QWidget) for text in shown_by(each)]
    session.stop()
    qtbot.waitUntil(lambda: session.state == "stopped", timeout=30_000)


@pytest.mark.timeout(180)  # an engine, and three tests of a connection
@pytest.mark.expect_warnings  # what fails here on purpose is logged
@pytest.mark.parametrize(
    ("app", "keep_in"), [("child", "session"), ("in-process", "keychain")], indirect=["app"]
)
def test_no_secret_of_any_form_is_anywhere_afterwards(
    app: App,
    keep_in: str,
    folders: Folders,
    qtbot: QtBot,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
):
    window, session = app.window, app.session
    assert isinstance(window, MainWindow)
    session.settings.put("secrets", "keep_in", keep_in)
    session.settings.put("secrets", "hide_in_reports", False)
    certificates = make_certificates(tmp_path_factory.mktemp("certificates"))
    for name in ("plant", "laptop"):
        key, passphrase = certificates.folder / f"{name}.key", secret_of(name, ("ssl", "password"))
        lock_key(certificates.client_key, key, passphrase)
    path = tmp_path / "test.sluicegate.toml"
    path.write_text(EVERY_FIELD.format(certificates=certificates.folder.as_posix()), "utf-8")
    before = set(os.environ)
    with fake_keychain() as keychain:
        with qtbot.waitSignal(window.live.factsChanged, timeout=20_000):
            session.open(path)
        typed = [type_secret(app, qtbot, folders, *each) for each in SECRETS]
        qtbot.waitUntil(lambda: any(tmp_path.rglob("drafts-*.json")), timeout=5_000)
        assert folders.found() == []
        for name in dict(SECRETS):
            with qtbot.waitSignal(window.drafts.saved, timeout=20_000):
                window.drafts.save(f"connector:{name}")
        made = {name: os.environ[name] for name in set(os.environ) - before}
        for name in made:
            monkeypatch.setenv(name, os.environ.pop(name))  # so that it goes at the end
        kept = keychain.entries if keep_in == "keychain" else made
        assert sorted(kept.values()) == sorted(typed)
        try_everything(app, folders, qtbot, tmp_path)
        try:
            raise ValueError(f"broker refused {typed[0]!r}")
        except ValueError as exc:
            app.faults.report(exc)
            logging.getLogger("gui").warning("it says so", exc_info=exc)
        folders.said.append(app.faults.text())
        assert "it says so" in folders.log.getvalue()
        assert folders.found() == []


def test_the_canary_would_be_found(folders: Folders):
    """The search itself is right: it finds each form, in files and in what was said."""
    told = (*FORMS, *(base64.b64encode(f"{n * 'x'}:{CORE}z".encode()).decode() for n in range(3)))
    for number, form in enumerate(told):
        (folders.root / f"{number}.txt").write_text(f"password={form}")
    (folders.root / "other").write_text("nothing")
    folders.said.append(CANARY)
    assert len(folders.found()) == len(told) + 1
