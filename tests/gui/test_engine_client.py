"""The engine as the window drives it: the same behaviour in a child and on the window's loop."""

from __future__ import annotations

import asyncio
import os
import signal
from functools import partialmethod
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.bridge.engine import Engine
from core.bridge.events import MessageSample, RecordSettled
from core.bridge.invariants import imbalances
from core.bridge.metrics import Snapshot
from core.cli.window import window_options
from core.errors import AppError
from core.workspace.environment import SandboxAddresses
from gui.engine_client import (
    ChildEngine,
    EngineClient,
    FallbackEngine,
    InProcessEngine,
    make_engine,
)
from gui.engine_client.child import last_words
from tests.helpers.engine import run_publish

from .conftest import Run

pytestmark = pytest.mark.timeout(60)  # starts processes that import the whole engine


class Heard:
    """What a client has told."""

    def __init__(self, engine: EngineClient) -> None:
        self.states: list[str] = []
        self.snapshots: list[Any] = []
        self.events: list[Any] = []
        self.lines: list[str] = []
        self.deaths: list[str] = []
        engine.stateChanged.connect(self.states.append)
        engine.snapshotTaken.connect(self.snapshots.append)
        engine.eventReceived.connect(self.events.append)
        engine.logLine.connect(self.lines.append)
        engine.died.connect(self.deaths.append)

    def of(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


def test_the_window_has_its_engine_in_a_process_of_its_own(qapp: QApplication):
    made = make_engine(window_options([]).engine)
    assert isinstance(made, FallbackEngine)
    assert isinstance(made._actual, ChildEngine)
    made.deleteLater()


def test_a_stop_that_nobody_waits_for_any_more_ends_before_closing_does(
    qapp: QApplication, run: Run
):
    class Draining:
        def __init__(self) -> None:
            self.begun, self.delivered = asyncio.Event(), asyncio.Event()

        async def stop(self, *, forget_session: bool) -> Snapshot:
            self.begun.set()
            await self.delivered.wait()
            return Snapshot(True, "stopped", 1.0, {}, {}, {}, {})

    client = InProcessEngine()
    heard = Heard(client)

    async def journey() -> None:
        engine = Draining()
        client._engine = engine  # pyright: ignore[reportAttributeAccessIssue] - all that is called
        stopping = asyncio.create_task(client.stop())
        await engine.begun.wait()
        stopping.cancel()
        await asyncio.wait([stopping])
        engine.delivered.set()
        await client.close()

    run(journey())

    assert heard.states == ["draining", "stopped"]
    assert len(heard.snapshots) == 1
    client.deleteLater()


def publish(workspace: Path, sandbox: SandboxAddresses, payload: str, count: int) -> None:
    run_publish(
        *(workspace, "plant", topic_of(workspace), payload),
        *("--qos", "1", "--repeat", str(count), "--sandbox", str(sandbox)),
    )


def topic_of(workspace: Path) -> str:
    return f"gui/{workspace.parent.name}/a"


def test_messages_are_counted_sampled_and_settled(
    engine: EngineClient, run: Run, qtbot: QtBot, workspace: Path, sandbox: SandboxAddresses
):
    heard = Heard(engine)
    run(engine.start(workspace, sandbox))
    qtbot.waitUntil(lambda: engine.state == "running")
    publish(workspace, sandbox, '{"a": 1}', 3)
    qtbot.waitUntil(lambda: len(heard.of(RecordSettled)) == 3)
    run(engine.stop())

    last = heard.snapshots[-1]
    assert last.final
    assert last.actions["to_kafka"].success == 3
    assert imbalances(last) == []
    sample = heard.of(MessageSample)[0]
    assert sample.topic == topic_of(workspace)
    assert sample.outcomes[0].result == "passed"
    assert {settled.id for settled in heard.of(RecordSettled)} == {1, 2, 3}
    assert heard.states == ["starting", "running", "draining", "stopped"]
    assert heard.deaths == []


def test_an_engine_can_be_started_again(
    engine: EngineClient, run: Run, qtbot: QtBot, workspace: Path, sandbox: SandboxAddresses
):
    heard = Heard(engine)
    for _ in range(2):
        run(engine.start(workspace, sandbox))
        qtbot.waitUntil(lambda: engine.state == "running")
        run(engine.stop())
        assert engine.state == "stopped"
        assert heard.snapshots[-1].final


def test_reload_takes_over_a_changed_rule_and_refuses_a_broken_one(
    engine: EngineClient, run: Run, qtbot: QtBot, workspace: Path, sandbox: SandboxAddresses
):
    heard = Heard(engine)
    run(engine.start(workspace, sandbox))
    qtbot.waitUntil(lambda: engine.state == "running")
    good = workspace.read_text("utf-8")
    workspace.write_text(good.replace("SELECT topic", "SELECT ,"), "utf-8")
    with pytest.raises(AppError) as refused:
        run(engine.reload())
    assert refused.value.hint
    assert engine.state == "running"

    workspace.write_text(good.replace("/#", "/b"), "utf-8")
    run(engine.reload())
    wanted = f"gui/{workspace.parent.name}/b"
    qtbot.waitUntil(lambda: set(heard.snapshots[-1].sources["plant"].filters) == {wanted})


def slow(workspace: Path) -> str:
    """Have records wait for company, and return the option that makes them."""
    option = 'max_linger_time = "2s"'
    text = workspace.read_text("utf-8")
    workspace.write_text(text.replace("message = {", f"{option}\nmessage = {{"), "utf-8")
    return option


def test_a_change_waits_for_what_is_in_flight_or_goes_beside_it(
    engine: EngineClient, run: Run, qtbot: QtBot, workspace: Path, sandbox: SandboxAddresses
):
    heard = Heard(engine)
    slow(workspace)

    def in_flight() -> int:
        return heard.snapshots[-1].actions["to_kafka"].inflight

    run(engine.start(workspace, sandbox))
    qtbot.waitUntil(lambda: engine.state == "running")
    for wait_s, left in ((0.0, 3), (10.0, 0)):
        publish(workspace, sandbox, "x", 3)
        qtbot.waitUntil(lambda: in_flight() == 3)
        assert run(engine.reload(drain_s=wait_s)) == left
        qtbot.waitUntil(lambda: in_flight() == 0)
    run(engine.stop())
    assert heard.snapshots[-1].actions["to_kafka"].success == 6
    assert imbalances(heard.snapshots[-1]) == []


@pytest.mark.expect_warnings  # nobody is at the address
def test_stop_and_another_change_end_the_waiting(
    engine: EngineClient,
    run: Run,
    qtbot: QtBot,
    workspace: Path,
    sandbox: SandboxAddresses,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(Engine, "stop", partialmethod(Engine.stop, 0.0))  # nobody takes the rest
    heard = Heard(engine)
    text = workspace.read_text("utf-8")
    workspace.write_text(text.replace('"sandbox"\n\n\n[rules', '"127.0.0.1:1"\n[rules'), "utf-8")
    run(engine.start(workspace, sandbox))
    qtbot.waitUntil(lambda: engine.state == "running")
    publish(workspace, sandbox, "x", 3)
    qtbot.waitUntil(lambda: waiting_in(heard.snapshots[-1]) == 3)

    async def wait() -> int:
        first = asyncio.ensure_future(engine.reload(drain_s=60))
        await asyncio.sleep(0)
        assert await engine.reload() == 3
        return await first

    assert run(wait()) == 3

    async def stop() -> None:
        change = asyncio.ensure_future(engine.reload(drain_s=60))
        await asyncio.sleep(0)
        stopping = asyncio.ensure_future(engine.stop())
        async with asyncio.timeout(8):  # a child gives the rest ten seconds
            with pytest.raises(AppError) as refused:
                await change
        assert refused.value.hint
        engine.kill()
        await stopping

    run(stop(), 30)


def waiting_in(snapshot: Any) -> int:
    action = snapshot.actions["to_kafka"]
    return action.inflight + action.queuing


def test_a_broken_workspace_is_refused_with_its_problem(
    engine: EngineClient, run: Run, workspace: Path, sandbox: SandboxAddresses
):
    heard = Heard(engine)
    workspace.write_text(workspace.read_text("utf-8").replace("SELECT topic", "SELECT ,"), "utf-8")
    with pytest.raises(AppError) as refused:
        run(engine.start(workspace, sandbox))

    assert "`,` cannot stand here" in refused.value.hint
    assert engine.state == "stopped"
    assert heard.deaths == []


def test_stopping_what_does_not_run_does_nothing(engine: EngineClient, run: Run):
    heard = Heard(engine)
    run(engine.stop())
    run(engine.close())
    with pytest.raises(AppError):
        run(engine.reload())
    assert heard.states == []


def test_a_killed_child_is_told_with_its_last_words_and_can_be_started_again(
    run: Run, qtbot: QtBot, workspace: Path, sandbox: SandboxAddresses
):
    child = ChildEngine()
    heard = Heard(child)
    run(child.start(workspace, sandbox))
    qtbot.waitUntil(lambda: child.state == "running")
    os.kill(child.pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: len(heard.deaths) == 1)

    assert "killed" in heard.deaths[0]
    assert child.state == "died"
    run(child.start(workspace, sandbox))
    qtbot.waitUntil(lambda: child.state == "running")
    run(child.close())
    assert len(heard.deaths) == 1


def test_the_last_words_are_those_of_the_end():
    said = [(100.0, "Kafka was away"), (158.0, "out of memory"), (160.0, "giving up")]

    assert last_words(said, 161.0) == "out of memory\ngiving up"
    assert last_words(said, 300.0) == ""


def test_a_death_takes_waiting_commands_with_it(
    run: Run, workspace: Path, sandbox: SandboxAddresses
):
    child = ChildEngine(command=lambda *_: ["/bin/sh", "-c", "echo out of memory >&2; exit 3"])
    with pytest.raises(AppError) as failed:
        run(child.start(workspace, sandbox))
    assert "out of memory" in failed.value.hint
    assert child.state == "stopped"


def test_where_the_system_refuses_processes_the_engine_runs_here(
    run: Run, qtbot: QtBot, workspace: Path, sandbox: SandboxAddresses
):
    engine = FallbackEngine(ChildEngine(command=lambda *_: ["/nowhere/sluicegate"]))
    heard = Heard(engine)
    run(engine.start(workspace, sandbox))
    qtbot.waitUntil(lambda: engine.state == "running")

    assert "inside the window" in heard.lines[0]
    run(engine.close())
    assert heard.snapshots[-1].final
    assert heard.states == ["starting", "stopped", "starting", "running", "draining", "stopped"]


def test_nonsense_and_floods_from_a_child_do_no_harm(run: Run, qtbot: QtBot, workspace: Path):
    """A console event for every message can come faster than a window can show them."""
    script = (
        'read -r _; printf \'{"event":"answer","id":1,"ok":true}\\n\'; '
        "i=0; while [ $i -lt 30000 ]; do "
        'printf \'{"event":"console","rule":"r","output":"%s"}\\n\' $i; i=$((i+1)); done; '
        'printf \'{"event":"notice","level":"info","text":"last"}\\n\'; read -r _'
    )
    child = ChildEngine(command=lambda *_: ["/bin/sh", "-c", script])
    heard = Heard(child)
    run(child.start(workspace))
    qtbot.waitUntil(
        lambda: bool(heard.events) and getattr(heard.events[-1], "text", "") == "last",
        timeout=20_000,
    )
    assert len(heard.events) + child.skipped_events == 30_001
    run(child.close())
