from __future__ import annotations

from collections.abc import Mapping

from core.clock import SystemClock
from core.errors import NotConnected
from core.lab.runner import SimulatorRunner
from core.lab.simulate import Simulation
from core.workspace.lab import Simulator
from tests.helpers.wait import eventually


class Publisher:
    """Keeps what it is given; refuses the messages whose numbers are in `refused`."""

    def __init__(self, refused: tuple[int, ...] = ()) -> None:
        self.calls: list[tuple[str, bytes, int, bool, Mapping[str, str]]] = []
        self.refused = refused

    def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        qos: int,
        retain: bool,
        user_properties: Mapping[str, str],
    ) -> None:
        self.calls.append((topic, payload, qos, retain, user_properties))
        if len(self.calls) in self.refused:
            raise NotConnected("The broker is away.")


class JumpingClock(SystemClock):
    """Half a minute passes between any two looks at the clock."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def monotonic_s(self) -> float:
        self.now_s += 30
        return self.now_s


def runner(simulator: Simulator, publisher: Publisher, clock: SystemClock) -> SimulatorRunner:
    return SimulatorRunner(simulator, Simulation(simulator), publisher, clock)


def test_messages_are_published_as_the_simulator_says() -> None:
    simulator = Simulator(
        name="s",
        connector="c",
        topic="t/{{device}}",
        payload="{{seq}}",
        devices=2,
        every="1ms",
        qos=1,
        retain=True,
        stop_after=4,
        properties={"clientid": "dev-{{device}}"},
    )
    publisher = Publisher()
    running = runner(simulator, publisher, SystemClock())

    running.start()
    eventually(lambda: not running.is_running)

    assert publisher.calls == [
        ("t/1", b"1", 1, True, {"clientid": "dev-1"}),
        ("t/2", b"1", 1, True, {"clientid": "dev-2"}),
        ("t/1", b"2", 1, True, {"clientid": "dev-1"}),
        ("t/2", b"2", 1, True, {"clientid": "dev-2"}),
    ]
    assert (running.sent, running.failed) == (4, 0)


def test_a_refused_message_is_counted_and_the_next_one_sent() -> None:
    simulator = Simulator(name="s", connector="c", topic="t", every="1ms", stop_after=3)
    running = runner(simulator, Publisher(refused=(2,)), SystemClock())

    running.start()
    eventually(lambda: not running.is_running)

    assert (running.sent, running.failed) == (2, 1)
    assert running.last_error is not None
    assert running.last_error.message == "The broker is away."


def test_stopping_does_not_wait_for_the_next_message() -> None:
    simulator = Simulator(name="s", connector="c", topic="t", every="1h")
    publisher = Publisher()
    running = runner(simulator, publisher, SystemClock())
    running.start()
    eventually(lambda: publisher.calls)

    running.stop()

    assert not running.is_running
    assert running.sent == 1


def test_a_schedule_that_fell_behind_is_moved_on() -> None:
    simulator = Simulator(name="s", connector="c", topic="t", every="1s", stop_after=5)
    running = runner(simulator, Publisher(), JumpingClock())

    running.start()
    eventually(lambda: not running.is_running)

    assert running.sent == 5
    assert running.skipped_s == 30 * 5 - 4
