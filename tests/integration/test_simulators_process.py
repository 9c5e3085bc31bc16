"""The child that runs simulators for a window, driven over its pipes against a real broker."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.lab.messages import Halt, HaltAll, Order, Progress, Report, Run, encode, read_report
from core.selfexec import child_options, own_command
from tests.helpers.mosquitto import Mosquitto, free_port
from tests.helpers.wait import PATIENCE_S


class Child:
    """The process; `until` reads its reports until one is as wanted."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            own_command("simulators"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            **child_options(),
        )

    def order(self, order: Order) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(encode(order))
        self.process.stdin.flush()

    def until(self, condition: Callable[[Report], bool]) -> Report:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            report = read_report(line)
            if condition(report):
                return report
        pytest.fail("the process has ended")

    def progress(self, name: str, condition: Callable[[Progress], bool]) -> Progress:
        found = self.until(lambda r: name in r.progress and condition(r.progress[name]))
        return found.progress[name]


@pytest.fixture
def child() -> Iterator[Child]:
    made = Child()
    yield made
    made.process.communicate(timeout=PATIENCE_S)
    assert made.process.returncode == 0


def workspace(folder: Path, port: int) -> str:
    path = folder / "devices.sluicegate.toml"
    path.write_text(
        f"""sluicegate = 1
id = "0a1b2c3d"
[connectors.mqtt.plant]
server = "mqtt://127.0.0.1:{port}"
[simulators.fast]
connector = "plant"
topic = "devices/{{{{device}}}}"
payload = '{{"seq": {{{{seq}}}}}}'
devices = 100
every = "100ms"
qos = 1
[simulators.few]
connector = "plant"
topic = "few"
every = "1ms"
stop_after = 3
""",
        "utf-8",
    )
    return str(path)


def test_a_simulator_runs_at_its_rate_until_it_is_halted(
    child: Child, mosquitto: Mosquitto, tmp_path: Path
):
    child.order(Run("fast", workspace(tmp_path, mosquitto.port)))
    running = child.progress("fast", lambda p: p.sent > 500)
    child.order(Halt("fast"))
    halted = child.progress("fast", lambda p: not p.is_running)

    assert running.is_running
    assert running.is_connected
    assert halted.acknowledged == halted.sent >= running.sent
    assert (halted.failed, halted.in_flight, halted.error) == (0, 0, "")
    assert not halted.is_connected


def test_one_ends_by_itself_while_another_goes_on(
    child: Child, mosquitto: Mosquitto, tmp_path: Path
):
    path = workspace(tmp_path, mosquitto.port)
    child.order(Run("fast", path))
    child.order(Run("few", path))
    report = child.until(lambda r: "few" in r.progress and not r.progress["few"].is_running)

    assert report.progress["few"].sent == 3
    assert report.progress["fast"].is_running


def test_a_broker_that_is_away_is_asked_once_a_second(child: Child, tmp_path: Path):
    child.order(Run("fast", workspace(tmp_path, free_port())))
    found = child.progress("fast", lambda p: p.failed >= 2)

    assert found.is_running
    assert found.sent == 0
    assert found.run_s >= 1
    assert "127.0.0.1" in found.error
    assert found.hint


def test_what_cannot_be_started_is_told(child: Child, tmp_path: Path):
    child.order(Run("gone", workspace(tmp_path, free_port())))
    child.order(Run("fast", str(tmp_path / "missing.toml")))
    report = child.until(lambda r: r.orders == 2)

    assert "no simulator 'gone'" in report.progress["gone"].error
    assert "missing.toml" in report.progress["fast"].error
    child.order(HaltAll())
    assert child.until(lambda r: r.orders == 3).progress == {}
