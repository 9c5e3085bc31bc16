"""A rule that fails on every message costs the others nothing, and is told about in words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from core.workspace.environment import SandboxAddresses
from tests.helpers.engine import RunningEngine, balances, run_publish
from tests.helpers.workspaces import write_workspace

MESSAGES = 50


def test_rule_that_always_fails_leaves_its_neighbours_alone(
    tmp_path: Path, sandbox: SandboxAddresses, start_engine: Callable[..., RunningEngine]
):
    workspace = write_workspace(
        tmp_path, mqtt="sandbox", kafka="sandbox", topic="isolation", topic_filter="isolation/#"
    )
    with workspace.open("a") as file:
        file.write(
            """
[rules.broken]
sql = '''SELECT payload.x + 1 as y, 1 / 0 as z FROM "isolation/#"'''
actions = ["to_kafka"]

[rules.endless]
sql = '''SELECT regex_match(payload, '^(x+x+)+y$') as r FROM "isolation/#"'''
actions = ["console"]
"""
        )
    option = ("--sandbox", str(sandbox))
    engine = start_engine(workspace, *option)
    engine.until_running()
    run_publish(
        *(workspace, "plant", "isolation/1", "no JSON"),
        *("--repeat", str(MESSAGES), *option),
    )
    engine.until(lambda s: s["rules"]["all"]["actions.success"] == MESSAGES)
    final = engine.stop()
    assert balances(final)
    assert final["rules"]["broken"]["failed.exception"] == MESSAGES
    assert final["rules"]["endless"]["matched"] == MESSAGES
    assert final["actions"]["to_kafka"]["success"] == MESSAGES
    assert "rule broken failed" in engine.said
