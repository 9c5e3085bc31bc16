"""Simulators in a child and in the window's process: running, figures, and what holds them back."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from core.lab.messages import Progress, Report
from gui.opening import Opened, open_file
from gui.simulator_client import ChildSimulators, InProcessSimulators, SimulatorClient
from gui.viewmodels.simulators import Simulators
from tests.helpers.mosquitto import Mosquitto

from .conftest import Run

KINDS: dict[str, Callable[[], SimulatorClient]] = {
    "child": ChildSimulators,
    "in-process": InProcessSimulators,
}


@pytest.fixture(params=KINDS)
def simulators(request: pytest.FixtureRequest, run: Run) -> Iterator[Simulators]:
    made = Simulators(KINDS[request.param]())
    yield made
    run(made.close(), 20)
    made.deleteLater()


def workspace(folder: Path, port: int, every: str = "100ms", name: str = "sensors") -> Opened:
    path = folder / "devices.sluicegate.toml"
    path.write_text(
        f"""sluicegate = 1
id = "0a1b2c3d"
[connectors.mqtt.plant]
server = "mqtt://127.0.0.1:{port}"
[simulators.{name}]
connector = "plant"
topic = "devices"
devices = 10
every = "{every}"
qos = 1
autostart = true
[simulators.few]
connector = "plant"
topic = "few"
every = "1ms"
stop_after = 3
""",
        "utf-8",
    )
    return open_file(path)


def sent(simulators: Simulators, name: str = "sensors") -> int:
    return simulators.states[name].sent if name in simulators.states else 0


def test_a_simulator_runs_until_it_is_halted_and_keeps_its_figures(
    simulators: Simulators, mosquitto: Mosquitto, tmp_path: Path, qtbot: QtBot
):
    opened = workspace(tmp_path, mosquitto.port)
    simulators.start_all(opened)
    qtbot.waitUntil(lambda: sent(simulators) > 100)

    assert list(simulators.states) == ["sensors"]
    assert simulators.rate("sensors") == pytest.approx(100, rel=0.3)
    assert simulators.points("sensors")[-1][1][0] > 0
    simulators.halt("sensors")
    qtbot.waitUntil(lambda: not simulators.states["sensors"].is_running)

    assert simulators.states["sensors"].acknowledged == sent(simulators) > 100
    assert simulators.rate("sensors") == 0


def test_one_that_runs_goes_on_as_the_file_says_now(
    simulators: Simulators, mosquitto: Mosquitto, tmp_path: Path, qtbot: QtBot
):
    before = workspace(tmp_path, mosquitto.port)
    simulators.start("sensors", before)
    qtbot.waitUntil(lambda: sent(simulators) > 10)
    now = workspace(tmp_path, mosquitto.port, every="1s")
    simulators.take_over(before, now)
    qtbot.waitUntil(lambda: simulators.states["sensors"].target == 10)

    assert simulators.states["sensors"].is_running


@pytest.mark.parametrize("every", ["100ms", "50ms"])
def test_one_that_runs_goes_on_under_another_name_and_back(
    simulators: Simulators, mosquitto: Mosquitto, tmp_path: Path, qtbot: QtBot, every: str
):
    def is_running(name: str) -> bool:
        return name in simulators.states and simulators.states[name].is_running

    before = workspace(tmp_path, mosquitto.port)
    simulators.start("sensors", before)
    qtbot.waitUntil(lambda: sent(simulators) > 10)
    now = workspace(tmp_path, mosquitto.port, every, name="devices")
    simulators.take_over(before, now)
    qtbot.waitUntil(lambda: is_running("devices") and not is_running("sensors"))
    assert not is_running("few"), "nobody has started it"
    simulators.take_over(now, workspace(tmp_path, mosquitto.port))
    qtbot.waitUntil(lambda: is_running("sensors") and not is_running("devices"))


def test_one_that_is_taken_out_does_not_have_another_start(
    simulators: Simulators, mosquitto: Mosquitto, tmp_path: Path, qtbot: QtBot
):
    before = workspace(tmp_path, mosquitto.port)
    simulators.start("sensors", before)
    qtbot.waitUntil(lambda: sent(simulators) > 10)
    now = workspace(tmp_path, mosquitto.port)
    del now.loaded.partial.simulators["sensors"]
    simulators.take_over(before, now)
    qtbot.waitUntil(lambda: not simulators.states["sensors"].is_running)

    assert list(simulators.states) == ["sensors"]


def test_stopping_all_waits_for_them_and_forgets_them(
    simulators: Simulators, mosquitto: Mosquitto, tmp_path: Path, qtbot: QtBot, run: Run
):
    opened = workspace(tmp_path, mosquitto.port)
    simulators.start("sensors", opened)
    qtbot.waitUntil(lambda: sent(simulators) > 10)
    run(simulators.stop())

    assert simulators.states == {}
    simulators.start("few", opened)
    qtbot.waitUntil(lambda: sent(simulators, "few") == 3)


def test_a_child_that_is_killed_is_told_and_the_next_start_has_another(
    mosquitto: Mosquitto, tmp_path: Path, qtbot: QtBot, run: Run
):
    client = ChildSimulators()
    simulators = Simulators(client)
    opened = workspace(tmp_path, mosquitto.port)
    simulators.start("sensors", opened)
    qtbot.waitUntil(lambda: sent(simulators) > 10)
    first = client.pid
    os.kill(first, signal.SIGKILL)
    qtbot.waitUntil(lambda: simulators.states["sensors"].has_failed)

    assert "ended unexpectedly" in simulators.states["sensors"].error
    simulators.start("sensors", opened)
    qtbot.waitUntil(lambda: sent(simulators) > 10)
    assert client.pid not in (0, first)
    run(simulators.close(), 20)
    assert client.pid == 0
    simulators.deleteLater()


def test_where_there_can_be_no_child_they_run_here(
    mosquitto: Mosquitto, tmp_path: Path, qtbot: QtBot, run: Run
):
    missing = str(tmp_path / "missing")
    simulators = Simulators(ChildSimulators(command=lambda *args: [missing, *args]))
    simulators.start("few", workspace(tmp_path, mosquitto.port))
    qtbot.waitUntil(lambda: sent(simulators, "few") == 3)

    run(simulators.close(), 20)
    simulators.deleteLater()


class Reporter(SimulatorClient):
    """Reports what a test says."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.at_s = 0.0

    def tell(self, step_s: float, **figures: float | bool) -> None:
        self.at_s += step_s
        progress = Progress(is_running=True, is_connected=True, target=20, run_s=self.at_s)
        merged = {f: getattr(progress, f) for f in progress.__struct_fields__} | figures
        self.reported.emit(Report(self.at_s, 0, {"sensors": Progress(**merged)}))


@pytest.fixture
def reporter(qapp: object) -> Iterator[tuple[Simulators, Reporter]]:
    client = Reporter()
    made = Simulators(client)
    yield made, client
    made.deleteLater()


def test_behind_is_told_after_five_seconds_under_95_percent(
    reporter: tuple[Simulators, Reporter],
):
    simulators, client = reporter
    for second in range(5):
        client.tell(1, late_s=0.1 * second)
        assert not simulators.is_behind("sensors")
    client.tell(1, late_s=0.5)

    assert simulators.is_behind("sensors")
    for _ in range(5):
        client.tell(1, late_s=0.5)
    assert not simulators.is_behind("sensors")


def test_a_schedule_that_was_moved_is_behind(reporter: tuple[Simulators, Reporter]):
    simulators, client = reporter
    for second in range(8):
        client.tell(1, skipped_s=0.5 * second, blocked_s=0.4 * second)

    assert simulators.is_behind("sensors")
    assert simulators.blocked_share("sensors") == pytest.approx(0.4)


def test_a_rate_of_slow_devices_does_not_flicker(reporter: tuple[Simulators, Reporter]):
    simulators, client = reporter
    rates: list[float] = []
    for second in range(40):
        client.tell(1, target=0.25, sent=second // 4)
        rates.append(simulators.rate("sensors"))

    assert max(rates[20:]) - min(rates[20:]) < 0.06
