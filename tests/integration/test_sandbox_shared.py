"""Two engines and a tail on one sandbox, as three terminals with `--sandbox` have it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from core.workspace.environment import SandboxAddresses
from tests.helpers.engine import RunningCommand, RunningEngine, balances, sluicegate
from tests.helpers.wait import eventually
from tests.helpers.workspaces import write_workspace


@pytest.mark.timeout(60)  # five processes start
def test_two_engines_and_a_tail_share_one_sandbox(
    tmp_path: Path, sandbox: SandboxAddresses, start_engine: Callable[..., RunningEngine]
):
    topics = ("shared-one", "shared-two")
    workspaces: list[Path] = []
    for topic in topics:
        folder = tmp_path / topic
        folder.mkdir()
        workspaces.append(
            write_workspace(
                folder, mqtt="sandbox", kafka="sandbox", topic="shared", topic_filter=topic,
                key=topic,
            )
        )  # fmt: skip
    option = ("--sandbox", str(sandbox))
    engines = [start_engine(workspace, *option) for workspace in workspaces]
    for engine in engines:
        engine.until_running()
    tail = RunningCommand("tail", workspaces[0], "laptop", "shared", "--from", "beginning", *option)
    try:
        for workspace, topic in zip(workspaces, topics, strict=True):
            said = sluicegate("publish", workspace, "plant", topic, f"to {topic}", *option)
            assert said.returncode == 0, said.stderr
        eventually(lambda: len(tail.lines) == 2, message=lambda: f"{tail.lines} {tail.said}")
    finally:
        tail.end()
    records = [json.loads(line) for line in tail.lines]
    assert {(record["key"], record["value"]) for record in records} == {
        (topic, f"to {topic}") for topic in topics
    }
    for engine in engines:
        engine.until(lambda s: s["actions"]["to_kafka"]["success"] == 1)
        assert balances(engine.stop())


def test_run_starts_its_own_sandbox_and_says_where(
    tmp_path: Path, start_engine: Callable[..., RunningEngine]
):
    workspace = write_workspace(tmp_path, mqtt="sandbox", kafka="sandbox", topic="own")
    engine = start_engine(workspace)
    engine.until_running()
    addresses = json.loads(engine.lines[0])["sandbox"]
    option = ("--sandbox", f"mqtt={addresses['mqtt']},kafka={addresses['kafka']}")
    said = sluicegate("publish", workspace, "plant", "bench/1", "hello", *option)
    assert said.returncode == 0, said.stderr
    engine.until(lambda s: s["actions"]["to_kafka"]["success"] == 1)
    engine.stop()
