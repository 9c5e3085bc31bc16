"""Publishes a simulation in real time, in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Final, Protocol

from core.clock import Clock
from core.errors import AppError
from core.lab.simulate import SimulatedMessage, Simulation
from core.workspace.lab import Simulator

_LAG_S: Final = 1.0
"""How far the schedule may fall behind before it is moved instead of caught up with."""


class MessagePublisher(Protocol):
    """Where simulated messages go; blocks until the message is taken."""

    def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        qos: int,
        retain: bool,
        user_properties: Mapping[str, str],
    ) -> object:
        """Publish one message.

        Raises:
            ConnectorError: It was not taken.
        """
        ...


class SimulatorRunner:
    """Runs one simulator until it is stopped or has made its last message.

    `start` and `stop` belong to one thread; the counters may be read from any.

    Attributes:
        sent: Messages taken by the publisher.
        failed: Messages that were not; `last_error` is the reason of the latest.
        skipped_s: Seconds that the schedule was moved because publishing was slower than it.
    """

    def __init__(
        self,
        simulator: Simulator,
        simulation: Simulation,
        publisher: MessagePublisher,
        clock: Clock,
    ) -> None:
        """Prepare; nothing is published before `start`."""
        self._simulator = simulator
        self._simulation = simulation
        self._publisher = publisher
        self._clock = clock
        self._stop = threading.Event()
        self._thread = threading.Thread(
            target=self._run, name=f"simulator {simulator.name}", daemon=True
        )
        self.sent = 0
        self.failed = 0
        self.skipped_s = 0.0
        self.last_error: AppError | None = None

    @property
    def is_running(self) -> bool:
        """Whether more messages will come."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Start publishing."""
        self._thread.start()

    def stop(self) -> None:
        """Stop publishing, and wait until the message that is on its way has been taken."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        start_s = self._clock.monotonic_s()
        for message in self._simulation.messages(self._clock.now_ms()):
            wait_s = start_s + self.skipped_s + message.at_s - self._clock.monotonic_s()
            if wait_s < -_LAG_S:
                self.skipped_s -= wait_s  # no flood of old messages after an outage
            if self._stop.wait(max(wait_s, 0)):
                return
            self._publish(message)

    def _publish(self, message: SimulatedMessage) -> None:
        try:
            self._publisher.publish(
                message.topic,
                message.payload,
                qos=self._simulator.qos,
                retain=self._simulator.retain,
                user_properties=dict(message.properties),
            )
        except AppError as exc:
            self.failed += 1
            self.last_error = exc
        else:
            self.sent += 1
