"""The open workspace: opening, starting, crashing and closing, with each kind of engine."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from core.bridge.invariants import imbalances
from core.bridge.metrics import Snapshot
from core.kafka.tail import Start, Tail
from gui.engine_client import ChildEngine
from gui.recent import RecentFiles
from gui.viewmodels.live import Live
from gui.viewmodels.sandbox import SandboxOwner
from gui.viewmodels.session import Session
from tests.helpers.engine import run_publish

from .conftest import Run

pytestmark = pytest.mark.timeout(60)  # starts embedded brokers and engines


class Heard:
    def __init__(self, session: Session) -> None:
        self.failures: list[tuple[str, str]] = []
        self.busy: list[str] = []
        self.deaths: list[tuple[str, bool]] = []
        self.faults: list[Exception] = []
        self.samples: list[Any] = []
        self.changes = 0
        self.states: list[str] = []
        session.stateChanged.connect(self.states.append)
        session.failed.connect(lambda message, hint: self.failures.append((message, hint)))
        session.busyChanged.connect(self.busy.append)
        session.engineDied.connect(lambda words, again: self.deaths.append((words, again)))
        session.faulted.connect(self.faults.append)
        session.messageSampled.connect(self.samples.append)
        session.workspaceChanged.connect(self._count)

    def _count(self) -> None:
        self.changes += 1


@pytest.fixture
def heard(session: Session) -> Heard:
    return Heard(session)


def is_running(session: Session) -> bool:
    return session.state == "running"


def start(session: Session, qtbot: QtBot, path: Path) -> None:
    session.open(path)
    session.start()
    qtbot.waitUntil(lambda: is_running(session), timeout=20_000)


def delivered(session: Session) -> int:
    snapshot = session.snapshot
    return 0 if snapshot is None else sum(a.success for a in snapshot.actions.values())


def publish(session: Session, topic: str, count: int = 1) -> None:
    run_publish(
        *(str(session.path), "plant", topic, "x"),
        *("--qos", "1", "--repeat", str(count), "--sandbox", str(session.sandbox)),
    )


def topic_of(workspace: Path) -> str:
    return f"gui/{workspace.parent.name}/a"


def records_of(session: Session, topic: str, count: int) -> list[Any]:
    loaded, environment = session.loaded, session.environment
    assert loaded is not None
    assert environment is not None
    connector = loaded.partial.connectors.kafka["laptop"]
    with contextlib.closing(Tail(connector, environment, topic, start=Start("beginning"))) as tail:
        found: list[Any] = []
        while len(found) < count:
            found += tail.poll(100, 5.0)
        return found


def test_a_simulator_that_was_stopped_has_no_rate(session: Session, run: Run, qtbot: QtBot):
    live = Live(session, session)
    session.openDemo()
    qtbot.waitUntil(lambda: live.rate("simulator", "sensors") > 0, timeout=20_000)
    session.stop()
    qtbot.waitUntil(lambda: live.simulator_state("sensors").status == "stopped", timeout=20_000)

    assert live.rate("simulator", "sensors") == 0


def test_the_demo_runs_and_its_counters_add_up(
    session: Session, heard: Heard, run: Run, qtbot: QtBot
):
    session.openDemo()
    qtbot.waitUntil(lambda: delivered(session) > 10, timeout=20_000)
    qtbot.waitUntil(lambda: len(heard.samples) > 3)
    qtbot.waitUntil(lambda: session.simulators.states["sensors"].sent > 10)

    assert session.is_demo
    assert session.recent == []
    assert session.sandbox is not None
    assert heard.failures == []
    assert "Starting the embedded brokers" in heard.busy
    run(session.close(), 30)
    snapshot = session.snapshot
    assert isinstance(snapshot, Snapshot)
    assert snapshot.final
    assert imbalances(snapshot) == []
    assert heard.busy[-1] == ""


@pytest.mark.timeout(60)  # the engine is started twice
def test_the_brokers_keep_their_records_over_stop_and_reload(
    session: Session, heard: Heard, run: Run, qtbot: QtBot, workspace: Path
):
    start(session, qtbot, workspace)
    brokers = session.sandbox
    publish(session, topic_of(workspace))
    qtbot.waitUntil(lambda: delivered(session) == 1)
    session.reload()
    session.stop()
    session.start()
    again = ["stopped", "starting", "running"]
    qtbot.waitUntil(lambda: heard.states[-3:] == again, timeout=30_000)

    assert session.sandbox == brokers
    publish(session, topic_of(workspace))
    qtbot.waitUntil(lambda: delivered(session) == 1)
    topic = f"gui-{workspace.parent.name}"
    assert len(run(as_coroutine(records_of, session, topic, 2))) == 2
    assert heard.failures == []


async def as_coroutine(function: Any, *args: Any) -> Any:
    return await asyncio.to_thread(function, *args)


def test_a_crash_of_the_engine_keeps_the_records_and_is_mended_once(
    run: Run, qtbot: QtBot, workspace: Path
):
    engine = ChildEngine()
    session = Session(engine, recent=RecentFiles())
    heard = Heard(session)
    start(session, qtbot, workspace)
    brokers, first = session.sandbox, engine.pid
    os.kill(first, signal.SIGKILL)
    publish(session, topic_of(workspace), 5)  # waits in the broker's session
    qtbot.waitUntil(lambda: is_running(session) and engine.pid != first, timeout=20_000)
    qtbot.waitUntil(lambda: delivered(session) == 5)

    assert session.sandbox == brokers
    assert [again for _, again in heard.deaths] == [True]
    os.kill(engine.pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: len(heard.deaths) == 2)
    assert [again for _, again in heard.deaths] == [True, False]
    assert session.state == "died"
    session.start()
    qtbot.waitUntil(lambda: is_running(session), timeout=20_000)
    run(session.close(), 30)
    assert heard.failures == []


@pytest.mark.parametrize("is_garbage", [False, True])
def test_a_crash_starts_what_ran_and_not_what_the_file_holds_by_now(
    run: Run, qtbot: QtBot, workspace: Path, is_garbage: bool
):
    engine = ChildEngine()
    session = Session(engine, recent=RecentFiles())
    heard = Heard(session)
    start(session, qtbot, workspace)
    first, ran = engine.pid, session.running
    text = workspace.read_text("utf-8")
    changed = "[[" if is_garbage else text.replace("[rules.all]", "[rules.other]")
    assert changed != text
    workspace.write_text(changed, "utf-8")
    session.read_again()
    qtbot.waitUntil(lambda: heard.changes > 1, timeout=10_000)
    session.snapshot = None
    os.kill(first, signal.SIGKILL)
    qtbot.waitUntil(lambda: engine.pid not in (0, first) and is_running(session), timeout=20_000)
    qtbot.waitUntil(lambda: session.snapshot is not None, timeout=10_000)

    assert list(session.snapshot.rules) == ["all"]
    assert session.running == ran
    assert session.loaded.text == changed
    workspace.write_text(text.replace("[rules.all]", "[rules.third]"), "utf-8")
    session.reload()
    qtbot.waitUntil(lambda: list(session.snapshot.rules) == ["third"], timeout=10_000)
    run(session.close(), 30)
    assert heard.failures == []


def test_lost_brokers_are_told_and_new_ones_come_with_the_next_start(
    session: Session, heard: Heard, qtbot: QtBot, workspace: Path
):
    session.open(workspace)
    qtbot.waitUntil(lambda: session.sandbox is not None, timeout=20_000)
    before = session.sandbox
    os.kill(session.brokers.pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: len(heard.failures) == 1)
    assert "embedded brokers have ended" in heard.failures[0][0]
    assert heard.failures[0][1]

    session.start()
    qtbot.waitUntil(lambda: is_running(session), timeout=20_000)
    assert session.sandbox not in (None, before)


def test_a_broken_workspace_opens_with_its_problems_and_does_not_start(
    session: Session, heard: Heard, qtbot: QtBot, workspace: Path
):
    good = workspace.read_text("utf-8")
    workspace.write_text(good.replace("SELECT topic", "SELECT ,"), "utf-8")
    session.open(workspace)
    session.start()
    qtbot.waitUntil(lambda: bool(heard.failures), timeout=20_000)

    assert [problem.path for problem in session.problems] == ["rules.all.sql"]
    message, hint = heard.failures[0]
    assert "1 error" in message
    assert hint.startswith("Line ")
    assert session.state == "stopped"
    workspace.write_text(good, "utf-8")
    session.start()
    qtbot.waitUntil(lambda: is_running(session), timeout=20_000)
    assert not session.problems


def test_a_file_that_cannot_be_read_is_told_and_the_open_one_stays(
    session: Session, heard: Heard, qtbot: QtBot, workspace: Path
):
    session.open(workspace)
    session.open(workspace.parent / "nowhere.toml")
    qtbot.waitUntil(lambda: bool(heard.failures), timeout=20_000)

    assert "nowhere.toml" in heard.failures[0][0]
    assert session.path == workspace
    assert session.recent == [workspace]


def test_closing_a_workspace_ends_its_brokers(session: Session, qtbot: QtBot, workspace: Path):
    start(session, qtbot, workspace)
    session.close_workspace()
    qtbot.waitUntil(lambda: session.loaded is None, timeout=20_000)
    assert session.sandbox is None
    assert session.snapshot is None
    assert session.state == "stopped"


def test_commands_after_closing_do_nothing(
    session: Session, heard: Heard, run: Run, workspace: Path
):
    run(session.close())
    session.open(workspace)
    session.start()
    assert session.tasks.names == []
    assert heard.changes == 0


def test_closing_while_the_brokers_start_leaves_nothing_behind(
    session: Session, run: Run, qtbot: QtBot, workspace: Path
):
    session.open(workspace)
    qtbot.waitUntil(lambda: "brokers" in session.busy)
    run(session.close(), 30)
    assert session.sandbox is None
    assert session.brokers.pid == 0


def test_refused_processes_are_explained(run: Run):
    def refuse() -> Any:
        raise PermissionError(1, "Operation not permitted")

    owner = SandboxOwner(refuse)
    with pytest.raises(Exception, match="refuses new processes") as failed:
        run(owner.ensure())
    assert failed.value.hint  # type: ignore[attr-defined]
    assert owner.addresses is None


@pytest.mark.expect_warnings  # a fault is logged with its traceback
def test_a_fault_of_our_own_is_told_apart(session: Session, heard: Heard, qtbot: QtBot):
    async def fail() -> None:
        raise LookupError("a bug")

    session.tasks.start(fail(), "a faulty task")
    qtbot.waitUntil(lambda: bool(heard.faults))
    assert isinstance(heard.faults[0], LookupError)
    assert heard.failures == []


def test_recent_files_are_bounded_and_survive_nonsense(tmp_path: Path):
    recent = RecentFiles(tmp_path / "config" / "recent.json")
    assert recent.paths == []
    files = [tmp_path / f"{number}.toml" for number in range(15)]
    for file in files:
        file.write_text("")
        recent.add(file)
    recent.add(files[12])
    assert recent.paths[:3] == [files[12], files[14], files[13]]
    assert len(recent.paths) == 10
    files[12].unlink()
    assert recent.paths[0] == files[14]
    (tmp_path / "config" / "recent.json").write_bytes(msgspec.json.encode({"a": 1}))
    assert recent.paths == []
