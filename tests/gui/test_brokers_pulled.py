"""Brokers that go away while messages flow, and come back: what the window says of it."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox
from pytestqt.qtbot import QtBot

from core.bridge.invariants import imbalances
from core.bridge.metrics import Snapshot
from gui.docks.problems import ProblemsPage
from gui.engine_client import ChildEngine
from gui.main_window import MainWindow
from gui.pages.overview import OverviewPage
from gui.recent import RecentFiles
from gui.theme import Theme
from gui.viewmodels.problems import ProblemRole
from gui.viewmodels.session import Session
from gui.viewmodels.words import number
from tests.helpers.counters import PLACES, bring_up, shown_totals, totals
from tests.helpers.kafka import Kafka
from tests.helpers.load import NumberLoad
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.numbers import read_numbers
from tests.helpers.wait import PATIENCE_S
from tests.helpers.workspaces import write_workspace

from .conftest import Run

MEMORY = Path("/dev/shm")
PER_SECOND = 200
SAID_WITHIN_S = 5.0
OUTAGE_S = 10.0


class Dialogs(QObject):
    """Notes every dialog that is shown."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self.shown: list[str] = []
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's
        if event.type() == QEvent.Type.Show and isinstance(watched, QDialog):
            text = watched.text() if isinstance(watched, QMessageBox) else watched.windowTitle()
            self.shown.append(text or type(watched).__name__)
        return False


class Watched:
    """A window on a running bridge, and everything it has said."""

    def __init__(self, window: MainWindow, dialogs: Dialogs, qtbot: QtBot, run: Run) -> None:
        self.window, self.session, self.dialogs = window, window.session, dialogs
        self.qtbot, self.run = qtbot, run
        self.snapshots: list[Snapshot] = []
        self.session.snapshotTaken.connect(self.snapshots.append)

    @property
    def delivered(self) -> int:
        snapshot = self.session.snapshot
        return snapshot.actions["to_kafka"].success if snapshot is not None else 0

    def status(self, connector: str) -> str:
        """Tell the state that the chip in the toolbar shows."""
        return self.chip(connector).status

    def chip(self, connector: str):
        return next(chip for chip in self.window.toolbar.chips if chip.text() == connector)

    @property
    def sentence(self) -> str:
        """Give what the overview says."""
        page = self.window.documents.page("overview")
        assert isinstance(page, OverviewPage)
        return page.sentence.label.whole_text()

    def until(self, condition: Callable[[], object], timeout_s: float) -> None:
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=round(timeout_s * 1_000))

    @property
    def listed(self) -> list[tuple[str, str]]:
        """Give the rows of the window's Problems: what is wrong, and why."""
        page = self.window.bottom.page("problems")
        assert isinstance(page, ProblemsPage)
        model = page.view.model()
        rows = [model.index(row, 0) for row in range(model.rowCount())]
        return [(str(row.data()), str(row.data(ProblemRole.HINT))) for row in rows]

    def unsaid(self, connector: str, why: str) -> list[str]:
        """List the places that do not say that a connector is away, and why."""
        chip, head = self.chip(connector), f"{connector} is not connected: "
        rows = [hint for text, hint in self.listed if text == f"{connector}: Not connected."]
        told = {
            "chip": chip.status == "disconnected" and why in chip.toolTip(),
            "overview": self.sentence.startswith(head) and why in self.sentence,
            "problems": len(rows) == 1 and why in rows[0],
            "rule": self.window.live.rule_state("all").status == "disconnected",
        }
        return [place for place, is_told in told.items() if not is_told]

    def pull(self, stop: Callable[[], None], connector: str, why: str) -> None:
        """Stop a broker: why it is away is said everywhere soon, and for as long as it is away."""
        stopped_s = time.monotonic()
        self.run(asyncio.to_thread(stop), 30)
        self.until(lambda: not self.unsaid(connector, why), SAID_WITHIN_S)
        assert time.monotonic() - stopped_s < SAID_WITHIN_S

        looks: list[list[str]] = []

        def look() -> None:
            looks.append(self.unsaid(connector, why))

        self.window.live.changed.connect(look)
        began_s = time.monotonic()
        self.until(lambda: time.monotonic() - began_s > OUTAGE_S, OUTAGE_S + 5)
        self.window.live.changed.disconnect(look)
        assert len(looks) > OUTAGE_S / 2, "the window was looked at all the time"
        assert not any(looks)

    def comes_back(self, start: Callable[[], None], connector: str) -> None:
        """Start it again and touch nothing: everything goes on by itself."""
        before = self.delivered
        self.run(asyncio.to_thread(start), 60)
        self.until(lambda: self.status(connector) == "connected", 30)
        self.until(lambda: self.delivered > before + PER_SECOND, 30)
        self.until(lambda: not self.listed, PATIENCE_S)
        self.until(lambda: self.window.live.rule_state("all").status == "running", PATIENCE_S)


@pytest.fixture
def mosquitto() -> Iterator[Mosquitto]:
    """A broker whose files are in memory where the system allows it: it saves at each change."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        broker = Mosquitto(Path(folder) / "mosquitto")
        broker.start()
        yield broker
        broker.stop()


@pytest.fixture
def watched(
    theme: Theme, run: Run, qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> Iterator[Watched]:
    dialogs = Dialogs(qapp)
    session = Session(ChildEngine(), recent=RecentFiles(tmp_path / "recent"))
    window = MainWindow(session, theme)
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.show()
    yield Watched(window, dialogs, qtbot, run)
    run(session.close(), 40)
    qapp.removeEventFilter(dialogs)
    session.deleteLater()


@pytest.mark.alone
@pytest.mark.broker
@pytest.mark.timeout(240)  # both brokers are away for 10 s, and Kafka takes some to come back
def test_brokers_that_go_and_come_back_are_said_and_nothing_is_lost(
    watched: Watched, mosquitto: Mosquitto, private_kafka: Kafka, tmp_path: Path
):
    topic = private_kafka.topic()
    path = write_workspace(tmp_path, mqtt=mosquitto.url, kafka=private_kafka.bootstrap, topic=topic)
    session = watched.session
    session.open(path)
    session.start()
    watched.until(lambda: session.state == "running", 30)
    with NumberLoad(mosquitto, "bench/n", 1_000_000, per_second=PER_SECOND) as load:
        watched.until(lambda: watched.delivered > PER_SECOND, 20)
        watched.pull(mosquitto.stop, "plant", f"{mosquitto.url} refused the connection.")
        watched.comes_back(mosquitto.start, "plant")
        refused = f"Nothing answers on {private_kafka.bootstrap} (connection refused)."
        watched.pull(private_kafka.stop, "laptop", refused)
        watched.comes_back(private_kafka.start, "laptop")
        published = watched.run(asyncio.to_thread(load.stop), 30)
    seen = watched.run(asyncio.to_thread(read_numbers, private_kafka, topic, published, 30), 40)
    watched.until(lambda: not session.snapshot.sources["plant"].unacked, 20)
    session.stop()
    watched.until(lambda: session.snapshot.final, 20)

    assert set(seen) == set(range(published))
    assert watched.dialogs.shown == []
    for snapshot in watched.snapshots:
        assert imbalances(snapshot) == []
        assert not snapshot.violations
    final = session.snapshot
    assert final.actions["to_kafka"].failed == 0
    assert final.actions["to_kafka"].dropped == 0
    counted = totals(final, published, action="to_kafka")
    for place in PLACES:
        bring_up(watched.window, place)
        wanted = {total.key: number(total.engine) for total in counted[place]}
        watched.until(lambda p=place, w=wanted: shown_totals(watched.window, p) == w, PATIENCE_S)
