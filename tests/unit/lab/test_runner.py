from __future__ import annotations

import threading

from core.clock import SystemClock
from core.errors import AppError, DeliveryFailed, NotConnected
from core.lab.runner import SimulatorRunner
from core.lab.simulate import Simulation
from core.mqtt.publisher import PublishProperties
from core.workspace.lab import Simulator
from tests.helpers.wait import eventually


class Receipt:
    def __init__(self) -> None:
        self.is_done = False
        self.error: AppError | None = None


class Publisher:
    """Keeps what it is given, and answers when it is looked after, as long as it shall.

    Messages whose numbers are in `refused` are not taken.
    """

    def __init__(self, refused: tuple[int, ...] = ()) -> None:
        self.calls: list[tuple[str, bytes, int, bool, PublishProperties | None]] = []
        self.refused = refused
        self.answers = threading.Event()
        self.answers.set()
        self.is_connected = True
        self.is_closed = False
        self.pending: list[Receipt] = []

    def submit(
        self,
        topic: str,
        payload: bytes,
        *,
        qos: int,
        retain: bool,
        properties: PublishProperties | None,
        timeout_s: float,
    ) -> Receipt:
        self.calls.append((topic, payload, qos, retain, properties))
        if len(self.calls) in self.refused:
            raise NotConnected("The broker is away.")
        receipt = Receipt()
        self.pending.append(receipt)
        return receipt

    def pump(self, timeout_s: float) -> None:
        if self.answers.is_set():
            self.settle()

    def settle(self, error: AppError | None = None) -> None:
        for receipt in self.pending:
            receipt.error, receipt.is_done = error, True
        self.pending = []

    def wait(self, timeout_s: float) -> None:
        self.pump(timeout_s)
        if self.pending:
            raise DeliveryFailed("No answer.")

    def close(self) -> None:
        self.is_closed = True


class JumpingClock(SystemClock):
    """Half a minute passes while a message is taken, and nothing otherwise."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher

    def monotonic_s(self) -> float:
        return 30.0 * len(self._publisher.calls)


def runner(
    simulator: Simulator, publisher: Publisher, clock: SystemClock | None = None
) -> SimulatorRunner:
    return SimulatorRunner(simulator, Simulation(simulator), publisher, clock or SystemClock())


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
    running = runner(simulator, publisher)

    running.start()
    eventually(lambda: not running.is_running)

    first, second = (PublishProperties((("clientid", f"dev-{n}"),)) for n in (1, 2))
    assert publisher.calls == [
        ("t/1", b"1", 1, True, first),
        ("t/2", b"1", 1, True, second),
        ("t/1", b"2", 1, True, first),
        ("t/2", b"2", 1, True, second),
    ]
    assert (running.sent, running.acknowledged, running.failed) == (4, 4, 0)
    assert publisher.is_closed
    assert not running.is_connected


def test_a_refused_message_is_counted_and_the_next_one_sent() -> None:
    simulator = Simulator(name="s", connector="c", topic="t", every="1ms", stop_after=3)
    running = runner(simulator, Publisher(refused=(2,)))

    running.start()
    eventually(lambda: not running.is_running)

    assert (running.sent, running.failed) == (2, 1)
    assert running.last_error is not None
    assert running.last_error.message == "The broker is away."


def test_the_next_message_does_not_wait_for_an_answer() -> None:
    simulator = Simulator(name="s", connector="c", topic="t", every="1ms", qos=1)
    publisher = Publisher()
    publisher.answers.clear()
    running = runner(simulator, publisher)
    running.start()
    eventually(lambda: running.in_flight > 3)

    assert running.acknowledged == 0
    publisher.answers.set()
    running.stop()

    assert running.sent == running.acknowledged > 3


def test_a_message_whose_answer_is_no_or_never_comes_has_failed() -> None:
    simulator = Simulator(name="s", connector="c", topic="t", every="1ms", stop_after=5, qos=1)
    publisher = Publisher()
    publisher.answers.clear()
    running = runner(simulator, publisher)

    running.start()
    eventually(lambda: not running.is_running)

    assert (running.sent, running.acknowledged, running.failed) == (5, 0, 5)
    assert running.in_flight == 0


def test_stopping_does_not_wait_for_the_next_message() -> None:
    simulator = Simulator(name="s", connector="c", topic="t", every="1h")
    publisher = Publisher()
    running = runner(simulator, publisher)
    running.start()
    eventually(lambda: publisher.calls)

    running.stop()

    assert not running.is_running
    assert running.sent == 1


def test_a_schedule_that_fell_behind_is_moved_on() -> None:
    simulator = Simulator(name="s", connector="c", topic="t", every="1s", stop_after=5)
    publisher = Publisher()
    running = runner(simulator, publisher, JumpingClock(publisher))

    running.start()
    eventually(lambda: not running.is_running)

    assert running.sent == 5
    assert running.skipped_s == 30 * 4 - 4
    assert running.lateness_ms(100) == 29_000


def test_a_payload_that_cannot_be_made_ends_it_with_the_reason() -> None:
    simulator = Simulator(
        name="s", connector="c", topic="t", every="1ms", payload="0{{seq}}x", format="hex"
    )
    running = runner(simulator, Publisher())

    running.start()
    eventually(lambda: not running.is_running)

    assert (running.sent, running.failed) == (0, 1)
    assert running.last_error is not None
    assert "is not hex" in running.last_error.message
