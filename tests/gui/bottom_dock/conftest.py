"""The bottom dock in a session whose engine says what a test has it say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from core.bridge.metrics import ActionStats, ConnectorStats, Snapshot
from gui.engine_client import InProcessEngine
from gui.main_window import MainWindow
from gui.recent import RecentFiles
from gui.theme import Theme
from gui.viewmodels.session import Session
from tests.gui.conftest import Run
from tests.helpers.workspaces import write_workspace


@pytest.fixture
def engine() -> InProcessEngine:
    return InProcessEngine()


@pytest.fixture
def session(engine: InProcessEngine, run: Run) -> Iterator[Session]:
    """A session whose engine says what a test has it say."""
    made = Session(engine, recent=RecentFiles())
    yield made
    run(made.close(), 30)
    made.deleteLater()


def open_file(session: Session, qtbot: QtBot, path: Path) -> None:
    with qtbot.waitSignal(session.workspaceChanged, timeout=20_000):
        session.open(path)


@pytest.fixture
def plain(session: Session, qtbot: QtBot, tmp_path: Path) -> Path:
    """An open workspace on brokers that nothing connects to."""
    path = write_workspace(
        tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a", key="${topic}"
    )
    open_file(session, qtbot, path)
    return path


def snapshot(**changes: Any) -> Snapshot:
    made = Snapshot(
        final=False,
        state="running",
        uptime_s=1.0,
        sources={},
        rules={},
        actions={"to_kafka": ActionStats("connected", "")},
        connectors={
            "plant": ConnectorStats("connected", ""),
            "laptop": ConnectorStats("connected", ""),
        },
    )
    return msgspec.structs.replace(made, **changes)


@pytest.fixture
def window(
    session: Session, theme: Theme, tmp_path: Path, qtbot: QtBot, run: Run
) -> Iterator[MainWindow]:
    made = MainWindow(session, theme)
    made.resize(1280, 800)
    with qtbot.waitActive(made):
        made.show()
    path = write_workspace(
        tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a", key="${topic}"
    )
    open_file(session, qtbot, path)
    yield made
    run(session.close(), 30)
    made.close()
    made.deleteLater()


def reopen(session: Session, qtbot: QtBot, path: Path) -> None:
    with qtbot.waitSignal(session.workspaceChanged):
        session.close_workspace()
    open_file(session, qtbot, path)
