"""A session that says what a test has it say, with the monitor over it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from core.bridge.events import MessageSample, RecordSettled, RuleOutcome
from core.bridge.metrics import ActionStats, Latency, RuleStats
from gui.engine_client import InProcessEngine
from gui.main_window import MainWindow
from gui.pages.monitor import MonitorPage
from gui.recent import RecentFiles
from gui.theme import Theme
from gui.viewmodels.history import History
from gui.viewmodels.monitor import MonitorViewModel
from gui.viewmodels.session import Session
from gui.viewmodels.trace import TraceModel
from tests.gui.conftest import Run
from tests.gui.test_live import Told
from tests.helpers.workspaces import write_workspace


@dataclass
class Watched:
    """A session that says what a test has it say, and the monitor over it."""

    told: Told
    engine: InProcessEngine
    history: History
    model: MonitorViewModel

    def sample(
        self,
        number: int,
        result: str = "passed",
        detail: str = "",
        payload: str = '{"temp": 1}',
        size: int = 11,
    ) -> None:
        outcome = RuleOutcome("all", result, detail, ['{"t":1}'], 0.051)  # pyright: ignore[reportArgumentType] - one of three
        time_ms = 1_700_000_000_000 + number
        self.engine.eventReceived.emit(
            MessageSample(
                number, time_ms, "plant", f"bench/{number}", "c", payload, size, 1, [outcome]
            )
        )

    def settle(self, number: int, error: str = "", value: str = '{"t":1}') -> None:
        self.engine.eventReceived.emit(
            RecordSettled(
                number,
                "to_kafka",
                "a",
                0,
                number,
                3.2,
                error,
                "c",
                value,
                render_ms=0.021,
                kind="too_large" if error else "",
                hint="Raise max.message.bytes." if error else "",
                size=1_200_000 if error else 0,
            )
        )


@pytest.fixture
def watched(tmp_path: Path, run: Run, qtbot: QtBot) -> Iterator[Watched]:
    path = write_workspace(
        tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a", key="${clientid}"
    )
    engine = InProcessEngine()
    session = Session(engine, recent=RecentFiles())
    told = Told(session, engine)
    history = History(told.live)
    made = Watched(told, engine, history, MonitorViewModel(told.live, history))
    session.open(path)
    qtbot.waitUntil(lambda: "all" in told.live.facts)
    yield made
    run(session.close(), 30)
    session.deleteLater()
    engine.deleteLater()


def failing(passed: int) -> dict[str, Any]:
    """Every third of the records that pass fails, and two messages in the rule."""
    failed = passed // 3
    return {
        "rules": {
            "all": RuleStats(
                matched=2 * passed + 2,
                passed=passed,
                failed=passed + 2,
                failed_exception=2,
                failed_no_result=passed,
                actions_total=passed,
                actions_success=passed - failed - 1,
                actions_failed=failed,
                actions_pending=1,
            )
        },
        "actions": {
            "to_kafka": ActionStats(
                "connected",
                "",
                matched=passed,
                success=passed - failed - 1,
                failed=failed,
                inflight=1,
                queuing_bytes=4_096,
                latency_last5s=Latency(2.0, 4.0, 6.0, 9.0),
            )
        },
    }


def shown(model: TraceModel) -> list[str]:
    return [str(model.index(row, 1).data()) for row in range(model.rowCount())]


@pytest.fixture
def page(watched: Watched, theme: Theme, qtbot: QtBot) -> MonitorPage:
    made = MonitorPage(watched.model)
    qtbot.addWidget(made)
    made.resize(1_036, 636)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


@pytest.fixture
def window(watched: Watched, theme: Theme, qtbot: QtBot) -> Iterator[MainWindow]:
    made = MainWindow(watched.told.session, theme)
    with qtbot.waitActive(made):
        made.show()
    yield made
    made.close()
    made.deleteLater()
