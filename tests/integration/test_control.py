"""The engine as a child of a window: commands and events over its standard input and output."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.workspace.environment import SandboxAddresses
from tests.helpers.engine import RunningCommand, balances, run_publish, sluicegate
from tests.helpers.wait import eventually
from tests.helpers.workspaces import write_workspace


class Child(RunningCommand):
    """`run --control stdio` with its commands and events."""

    def __init__(self, workspace: Path, sandbox: SandboxAddresses) -> None:
        super().__init__(
            *("run", workspace, "--control", "stdio", "--sandbox", str(sandbox)),
            stdin=subprocess.PIPE,
        )

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in list(self.lines)]

    def do(self, command: str, **fields: object) -> dict[str, Any]:
        """Send one command and wait for its answer."""
        number = sum(event["event"] == "answer" for event in self.events) + 1
        self.write(json.dumps({"do": command, "id": number, **fields}))

        def answer() -> dict[str, Any] | None:
            found = [e for e in self.events if e["event"] == "answer" and e["id"] == number]
            return found[0] if found else None

        return eventually(answer, 20, lambda: self.said)

    def write(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def snapshot(self) -> dict[str, Any]:
        found = [event["snapshot"] for event in self.events if event["event"] == "snapshot"]
        return found[-1] if found else {}

    def until_running(self) -> None:
        eventually(lambda: self.snapshot().get("state") == "running", 20, lambda: self.said)


@pytest.fixture
def child(tmp_path: Path, sandbox: SandboxAddresses) -> Iterator[Child]:
    workspace = write_workspace(
        tmp_path, mqtt="sandbox", kafka="sandbox", topic="control", topic_filter="control/a"
    )
    made = Child(workspace, sandbox)
    yield made
    made.end()


def publish(folder: Path, sandbox: SandboxAddresses, topic: str) -> None:
    run_publish(folder / "test.sluicegate.toml", "plant", topic, "x", "--sandbox", str(sandbox))


def test_start_count_stop_and_start_again(child: Child, tmp_path: Path, sandbox: SandboxAddresses):
    eventually(lambda: child.events, 20, lambda: child.said)
    assert child.events[0]["event"] == "hello"
    assert child.events[0]["pid"] == child.process.pid
    for round_number in (1, 2):
        assert child.do("start")["ok"]
        child.until_running()
        publish(tmp_path, sandbox, "control/a")
        eventually(
            lambda wanted=round_number: child.snapshot()["actions"]["to_kafka"]["success"] == wanted
        )
        assert child.do("stop")["ok"]
        assert child.snapshot()["final"]
        assert balances(child.snapshot())


def test_reload_takes_over_a_changed_rule_and_refuses_a_broken_one(
    child: Child, tmp_path: Path, sandbox: SandboxAddresses
):
    child.do("start")
    child.until_running()
    path = tmp_path / "test.sluicegate.toml"
    good = path.read_text()
    path.write_text(good.replace("SELECT topic", "SELECT ,"))
    refused = child.do("reload")
    assert not refused["ok"]
    assert refused["hint"]
    assert "rules.all.sql" in child.said
    path.write_text(good.replace("control/a", "control/b"))
    assert child.do("reload")["ok"]

    def subscribed() -> bool:
        filters = child.snapshot()["sources"]["plant"]["filters"]
        return set(filters) == {"control/b"} and filters["control/b"]["granted_qos"] is not None

    eventually(subscribed)
    publish(tmp_path, sandbox, "control/a")
    publish(tmp_path, sandbox, "control/b")
    eventually(lambda: child.snapshot()["actions"]["to_kafka"]["success"] == 1)
    assert child.snapshot()["sources"]["plant"]["unmatched"] == 0


def test_sample_tells_every_stage_of_a_message(
    child: Child, tmp_path: Path, sandbox: SandboxAddresses
):
    child.do("start")
    child.until_running()
    publish(tmp_path, sandbox, "control/a")

    def told(kind: str) -> list[dict[str, Any]]:
        return [event for event in child.events if event["event"] == kind]

    eventually(lambda: told("settled"), 20, lambda: child.said)
    (sample,), (settled,) = told("sample"), told("settled")
    assert (sample["topic"], sample["payload"]) == ("control/a", "x")
    (outcome,) = sample["outcomes"]
    assert (outcome["rule"], outcome["result"]) == ("all", "passed")
    assert [json.loads(output) for output in outcome["outputs"]] == [
        {"topic": "control/a", "payload": "x"}
    ]
    assert settled["id"] == sample["id"]
    assert (settled["action"], settled["topic"]) == ("to_kafka", "control")
    assert (settled["key"], settled["value"]) == ("control/a", "x")
    assert settled["partition"] >= 0
    assert settled["offset"] >= 0


def test_sample_without_a_result_says_which_condition_was_false(
    child: Child, tmp_path: Path, sandbox: SandboxAddresses
):
    path = tmp_path / "test.sluicegate.toml"
    path.write_text(path.read_text().replace("'''\nactions", " WHERE qos > 1'''\nactions"))
    child.do("start")
    child.until_running()
    publish(tmp_path, sandbox, "control/a")

    def samples() -> list[dict[str, Any]]:
        return [event for event in child.events if event["event"] == "sample"]

    eventually(samples, 20, lambda: child.said)
    (outcome,) = samples()[0]["outcomes"]
    assert (outcome["result"], outcome["detail"]) == ("no_result", "1 is not > 1")
    assert balances(child.snapshot())


def test_nonsense_is_answered_and_the_engine_goes_on(child: Child):
    child.write("not json")
    eventually(lambda: any(not event.get("ok", True) for event in child.events))
    assert child.do("start")["ok"]


def test_engine_ends_by_itself_when_its_parent_has_gone(child: Child):
    child.do("start")
    child.until_running()
    assert child.process.stdin is not None
    child.process.stdin.close()
    assert child.wait() == 0
    assert child.snapshot()["final"]


def test_stats_and_control_exclude_each_other():
    said = sluicegate("run", "x.toml", "--control", "stdio", "--stats", "json")
    assert said.returncode == 2
    assert "--stats" in said.stderr
