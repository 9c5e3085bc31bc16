"""What the window does with many rules, counted in steps of the interpreter, not in time."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import FrameType, SimpleNamespace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from core.bridge.metrics import (
    ActionStats,
    ConnectorStats,
    FilterStats,
    RuleStats,
    Snapshot,
    SourceStats,
)
from gui.engine_client import InProcessEngine
from gui.main_window import MainWindow
from gui.viewmodels.rates import RateWindow

HEAD = """\
sluicegate = 1

[connectors.mqtt.plant]
server = "mqtt://127.0.0.1:1"

[connectors.kafka.laptop]
bootstrap_hosts = "127.0.0.1:1"

[actions.kafka.to_kafka]
connector = "laptop"
topic = "a"
message = { key = "${clientid}" }
"""
RULE = """
[rules.r{number}]
source = "plant"
sql = 'SELECT * FROM "t/{number}"'
actions = ["to_kafka"]
"""
FEW, MANY = 25, 100


def test_the_work_of_a_snapshot_grows_with_the_rules_and_not_with_their_square(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
):
    few = _work_of_a_snapshot(window, tmp_path, FEW, qtbot)
    many = _work_of_a_snapshot(window, tmp_path, MANY, qtbot)

    assert few > FEW * 100, "the window has looked at each of them"
    assert many / few < 1.1 * MANY / FEW


@pytest.mark.parametrize("rules", [FEW, MANY])
def test_a_rename_reads_the_file_as_often_with_many_rules_as_with_few(
    window: MainWindow,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    rules: int,
):
    _open(window, tmp_path, rules, qtbot)
    read: list[str] = []

    def loads(text: str) -> dict[str, Any]:
        read.append(text)
        return tomllib.loads(text)

    monkeypatch.setattr("gui.viewmodels.file_changes.tomllib", SimpleNamespace(loads=loads))
    window.navigator.renamed.emit("rule:r5", "renamed")
    qtbot.waitUntil(lambda: "renamed" in window.live.facts)

    assert len(read) == 2, "as it was, and as it is"


def test_a_slow_flow_is_looked_for_where_it_grew_and_not_in_every_moment():
    def work(moments: int) -> int:
        window = RateWindow()
        for half in range(moments):
            window.add(half / 2, {"door": half // 20})
        assert window.rate("door") == pytest.approx(0.1)
        window.add(moments / 2, {"door": moments // 20})
        return _steps(lambda: window.rate("door"))

    assert work(115) < 1.5 * work(55)


def _open(window: MainWindow, folder: Path, rules: int, qtbot: QtBot) -> None:
    path = folder / f"{rules}.toml"
    path.write_text(HEAD + "".join(RULE.format(number=number) for number in range(rules)))
    window.session.open(path)
    qtbot.waitUntil(lambda: len(window.live.facts) == rules)


def _work_of_a_snapshot(window: MainWindow, folder: Path, rules: int, qtbot: QtBot) -> int:
    _open(window, folder, rules, qtbot)
    engine = window.session.engine
    assert isinstance(engine, InProcessEngine)
    engine._set_state("running")
    for half in range(8):  # until the rates have their span
        engine.snapshotTaken.emit(_snapshot(half, rules))
    qtbot.wait(0)
    return _steps(lambda: engine.snapshotTaken.emit(_snapshot(8, rules)))


def _steps(call: Callable[[], Any]) -> int:
    """Count the steps of the interpreter until a call returns, those of slots as well."""
    count = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        frame.f_trace_opcodes = True
        frame.f_trace_lines = False
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return count


def _snapshot(half: int, rules: int) -> Snapshot:
    count = 3 * half
    return Snapshot(
        final=False,
        state="running",
        uptime_s=half / 2,
        sources={
            "plant": SourceStats(
                "connected",
                "",
                received=count * rules,
                matched=count * rules,
                filters={f"t/{number}": FilterStats(1, count) for number in range(rules)},
            )
        },
        rules={f"r{number}": RuleStats(matched=count, passed=count) for number in range(rules)},
        actions={
            "to_kafka": ActionStats("connected", "", matched=count * rules, success=count * rules)
        },
        connectors={
            "plant": ConnectorStats("connected", ""),
            "laptop": ConnectorStats("connected", ""),
        },
    )
