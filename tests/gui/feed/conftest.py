"""A session whose engine says what a test has it say, for the feed of its messages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.bridge.events import (
    MessageSample,
    RecordSettled,
    RuleOutcome,
)
from core.bridge.metrics import Snapshot, SourceStats
from gui.engine_client import InProcessEngine
from gui.recent import RecentFiles
from gui.viewmodels.feed import FeedModel
from gui.viewmodels.feed_rows import COLUMNS, FeedRow
from gui.viewmodels.live import Live
from gui.viewmodels.session import Session
from tests.gui.conftest import Run
from tests.helpers.workspaces import write_workspace

OUTCOME = COLUMNS.index("outcome")


class Told:
    """A session whose engine says what a test has it say; nothing is connected."""

    def __init__(self, session: Session, engine: InProcessEngine) -> None:
        self.session, self._engine = session, engine
        self.live = Live(session)

    def state(self, state: str) -> None:
        self._engine._set_state(state)  # type: ignore[arg-type]

    def sample(
        self, number: int, *outcomes: RuleOutcome, payload: str = "{}", **more: object
    ) -> None:
        found = list(outcomes) or [RuleOutcome("all", "passed")]
        self._engine.eventReceived.emit(
            MessageSample(
                id=number,
                time_ms=1_767_225_600_250,
                source="plant",
                topic=f"bench/{number}",
                client="dev-3",
                payload=payload,
                qos=1,
                outcomes=found,
                **{"payload_bytes": len(payload.encode()), **more},  # type: ignore[arg-type]
            )
        )

    def snapshot(self, at_s: float, received: int) -> None:
        self._engine.snapshotTaken.emit(
            Snapshot(
                final=False,
                state="running",
                uptime_s=at_s,
                sources={"plant": SourceStats("connected", "", received=received)},
                rules={},
                actions={},
                connectors={},
            )
        )

    def settle(self, number: int, **changes: object) -> None:
        fields: dict[str, object] = {"partition": 2, "offset": 118, "latency_ms": 3.4, **changes}
        self._engine.eventReceived.emit(
            RecordSettled(id=number, action="to_kafka", topic="a", **fields)  # type: ignore[arg-type]
        )


@pytest.fixture
def told(tmp_path: Path, run: Run, qtbot: QtBot) -> Iterator[Told]:
    path = write_workspace(tmp_path, mqtt="mqtt://127.0.0.1:1", kafka="127.0.0.1:1", topic="a")
    engine = InProcessEngine()
    session = Session(engine, recent=RecentFiles())
    made = Told(session, engine)
    session.open(path)
    qtbot.waitUntil(lambda: "all" in made.live.facts)
    yield made
    run(session.close(), 30)
    session.deleteLater()
    engine.deleteLater()


def rows_of(model: FeedModel) -> list[FeedRow]:
    found = (model.row_at(place) for place in range(model.rowCount()))
    return [row for row in found if isinstance(row, FeedRow)]


def texts(row: FeedRow) -> list[str]:
    return [f"{outcome.status}: {outcome.text}" for outcome in row.outcomes()]
