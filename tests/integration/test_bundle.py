"""The frozen program as a user gets it: a folder anywhere, no Python on the machine.

Build it first: make bundle.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.wait import eventually
from tests.helpers.window import descendants, is_alive

BUNDLE = Path(__file__).parents[2] / "dist" / "sluicegate"

pytestmark = [
    pytest.mark.skipif(not BUNDLE.is_dir(), reason="no bundle in dist/: make bundle"),
    pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc"),
    pytest.mark.timeout(90),  # a first start from a cold disk, embedded brokers, engines
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle where its builder has never been, under a name that is hard to get right."""
    target = tmp_path_factory.mktemp("Größe und Mäßigung 東京") / "my programs"
    shutil.copytree(BUNDLE, target, symlinks=True)
    return target


def bare(home: Path, **more: str) -> dict[str, str]:
    """An environment in which no Python can be found."""
    return {"HOME": str(home), "PATH": "/nonexistent", "LC_ALL": "C.UTF-8", **more}


def run(folder: Path, *args: str, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(folder / "sluicegate"), *args],
        env=bare(home),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_self_check_passes(folder: Path, tmp_path: Path):
    said = run(folder, "self-check", home=tmp_path)
    assert said.returncode == 0, said.stdout + said.stderr
    states = {line[8:26].strip(): line[:8].strip() for line in said.stdout.splitlines()}
    for name in ("Qt", "Qt signals", "Qt platform", "embedded brokers", "MQTT to Kafka"):
        assert states[name] == "ok", said.stdout


def test_the_demo_reads_its_records_back(folder: Path, tmp_path: Path):
    said = run(folder, "demo", "--for", "8s", home=tmp_path)
    assert said.returncode == 0, said.stderr
    assert "All counters add up." in said.stderr
    assert len(said.stdout.splitlines()) > 50


def test_the_version_and_a_rule_with_jq_work(folder: Path, tmp_path: Path):
    said = run(folder, "--version", home=tmp_path)
    assert said.stdout.startswith("sluicegate 0."), said.stderr
    said = run(
        folder,
        *("sql", "--sql", "SELECT first(jq('.[0]', payload)) as a FROM \"t\""),
        *("--context", '{"topic": "t", "payload": "[7, 8]"}'),
        home=tmp_path,
    )
    assert said.returncode == 0, said.stderr
    assert '"a":7' in said.stdout.replace(" ", "")


@pytest.mark.parametrize("program", ["sluicegate", "sluicegate-window"])
def test_the_window_runs_the_demo_and_ends_with_everything_it_started(
    folder: Path, tmp_path: Path, program: str
):
    window = subprocess.Popen(
        [str(folder / program), "--demo"],
        env=bare(tmp_path, QT_QPA_PLATFORM="offscreen"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        # Engine, sandbox and MQTT broker: each is the program itself in another mode.
        eventually(lambda: len(descendants(window.pid)) >= 3, 30)
        children = descendants(window.pid)
        commands = [Path(f"/proc/{pid}/cmdline").read_text().split("\0") for pid in children]
        assert {command[1] for command in commands} >= {"run", "sandbox", "sandbox-mqtt"}
        assert {os.path.basename(command[0]) for command in commands} == {program}
        window.send_signal(signal.SIGTERM)
        said, _ = window.communicate(timeout=40)
    finally:
        window.kill()
        window.wait()
    assert window.returncode == 0, said
    assert not any(is_alive(pid) for pid in children)
