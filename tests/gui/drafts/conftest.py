"""Edits of a small workspace, with a keychain of the test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from core.errors import ConfigError
from core.workspace.units import SecretRef
from gui.engine_client import InProcessEngine
from gui.recent import RecentFiles
from gui.viewmodels.live import Live
from gui.viewmodels.object_drafts import Drafts
from gui.viewmodels.secret_keeper import SecretKeeper
from gui.viewmodels.session import Session
from tests.gui.conftest import Run
from tests.helpers.wait import PATIENCE_S

FILE = """sluicegate = 1
id = "0a1b2c3d"

# the plant's own broker
[connectors.mqtt.plant]
server = "mqtt://127.0.0.1:1883"   # in the cellar
colour = "green"                   # nothing here knows this key
keepalive = "60s"

[connectors.kafka.lab]
bootstrap_hosts = "127.0.0.1:9092"
authentication = "none"

[rules.all]
sql = '''SELECT * FROM "t/#"'''    # everything
actions = ["console"]
"""

PLANT = "connector:plant"

SECRET = "correct horse battery"


class Keychain:
    """Takes secrets, or refuses as a machine without a keychain does."""

    def __init__(self) -> None:
        self.entries: dict[str, str] = {}
        self.is_there = True
        self.is_dropping, self.may_drop = Event(), Event()
        self.may_drop.set()

    def put(self, name: str, secret: str) -> SecretRef:
        if not self.is_there:
            raise ConfigError("there is no keychain")
        self.entries[name] = secret
        return SecretRef("secret", name)

    def drop(self, name: str) -> None:
        if not self.is_there:
            raise ConfigError("there is no keychain")
        self.is_dropping.set()
        assert self.may_drop.wait(PATIENCE_S)
        self.entries.pop(name, None)


@pytest.fixture
def keychain() -> Keychain:
    return Keychain()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "plant.sluicegate.toml"
    made.write_text(FILE, "utf-8")
    return made


@pytest.fixture
def drafts(path: Path, keychain: Keychain, run: Run, qtbot: QtBot) -> Iterator[Drafts]:
    engine = InProcessEngine()
    session = Session(engine, recent=RecentFiles())
    live = Live(session)
    session.open(path)
    qtbot.waitUntil(lambda: session.loaded is not None)
    yield Drafts(live, session, secrets=SecretKeeper(keychain.put, keychain.drop))
    run(session.close(), 30)
    session.deleteLater()
    engine.deleteLater()


def save(drafts: Drafts, key: str, qtbot: QtBot) -> None:
    with qtbot.waitSignal(drafts.saved):
        drafts.save(key)


def start_bridge(drafts: Drafts, path: Path, qtbot: QtBot) -> None:
    """Start it on brokers that are not there, for which it goes on waiting."""
    session = drafts.live.session
    text = path.read_text("utf-8").replace(":1883", ":1").replace(":9092", ":1")
    read_anew(drafts, path, text, qtbot)
    session.start()
    qtbot.waitUntil(lambda: session.running_file is not None, timeout=10_000)


def read_anew(drafts: Drafts, path: Path, text: str, qtbot: QtBot) -> None:
    path.write_text(text, "utf-8")
    with qtbot.waitSignal(drafts.live.workspaceChanged):
        drafts.live.session.read_again()


def held(call: Callable[..., Any]) -> tuple[Callable[..., Any], Event, Event]:
    """Have a call wait beside the loop: tells when it has begun, and goes on when it may."""
    begun, may_go = Event(), Event()

    def hold(*args: Any) -> Any:
        begun.set()
        assert may_go.wait(PATIENCE_S)
        return call(*args)

    return hold, begun, may_go


def broken(text: str) -> str:
    return text.replace("[rules.all]", "[rules.all")
