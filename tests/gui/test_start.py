"""What is loaded before the window is there, and what follows."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys

from pytestqt.qtbot import QtBot

from gui.warm_up import MODULES, WarmUp
from tests.helpers.window import ROOT

LATER = {
    "confluent_kafka": "the first record",
    "core.bridge.pipeline": "an engine of the window's own",
    "core.bridge.validation": "the first workspace",
    "core.sql.compiler": "the first workspace",
    "gui.pages.monitor": "the monitor",
    "gui.pages.rule": "the first rule",
    "lark": "the first workspace",
    "paho.mqtt.client": "the first message",
    "gui.widgets.chart": "the first chart",
    "pygments": "the first payload",
}
"""Module to what it is loaded for."""


def modules_after(code: str) -> set[str]:
    """Tell what a new process has loaded."""
    said = subprocess.run(
        [sys.executable, "-c", f"import json, sys; {code}; print(json.dumps(list(sys.modules)))"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(said.stdout))


def test_the_window_is_loaded_without_what_is_used_later():
    assert modules_after("import gui.app") & set(LATER) == set()


def test_what_the_first_workspace_needs_is_loaded_while_nobody_waits(
    gui_loop: asyncio.AbstractEventLoop, qtbot: QtBot
):
    warm_up = WarmUp()
    qtbot.waitUntil(lambda: set(MODULES) <= set(sys.modules))
    warm_up.deleteLater()


def test_what_is_loaded_beforehand_is_nothing_of_qt():
    before = modules_after("import gui.warm_up")
    after = modules_after("import gui.warm_up as warm_up; warm_up.load_all()")

    assert {"lark", "confluent_kafka", "core.sql.compiler"} <= after - before
    assert [name for name in after - before if name.startswith(("PySide6", "gui"))] == []
