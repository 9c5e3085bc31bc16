"""Publishing by hand in a session whose bridge stays stopped."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from core.workspace.mqtt import MqttConnector
from gui.engine_client import InProcessEngine
from gui.recent import RecentFiles
from gui.viewmodels.journey import Step
from gui.viewmodels.live import Live
from gui.viewmodels.publish import PublishViewModel
from gui.viewmodels.session import Session
from tests.gui.conftest import Run
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.subscriber import Subscriber, environment_at
from tests.helpers.workspaces import write_workspace


@pytest.fixture
def session(run: Run) -> Iterator[Session]:
    """A session whose bridge stays stopped."""
    made = Session(InProcessEngine(), recent=RecentFiles())
    yield made
    run(made.close(), 30)
    made.deleteLater()


@pytest.fixture
def publish(session: Session) -> PublishViewModel:
    return PublishViewModel(Live(session))


def open_file(session: Session, qtbot: QtBot, path: Path) -> None:
    with qtbot.waitSignal(session.workspaceChanged, timeout=20_000):
        session.open(path)


@contextlib.contextmanager
def listening(broker: Mosquitto, folder: Path, topic_filter: str) -> Iterator[Subscriber]:
    """A device that hears what is published, subscribed already."""
    connector = MqttConnector(name="device", server=broker.url)
    client_id = f"{folder.name}-d"
    environment = environment_at(folder)
    with Subscriber(connector, environment, (topic_filter,), client_id=client_id) as subscriber:
        subscriber.until_subscribed()
        yield subscriber


def on(broker: Mosquitto, folder: Path, **options: Any) -> Path:
    return write_workspace(
        folder, mqtt=broker.url, kafka="127.0.0.1:1", topic="a", key="${topic}", **options
    )


def answer(publish: PublishViewModel, qtbot: QtBot) -> list[Step]:
    qtbot.waitUntil(lambda: bool(publish.steps) and not publish.is_busy)
    return publish.steps
