"""Publishes a simulation in real time, in a thread of its own."""

from __future__ import annotations

import threading
from collections import deque
from typing import Final, Protocol

from core.bridge.histogram import Histogram
from core.clock import Clock
from core.errors import AppError, ConnectorError
from core.lab.simulate import SimulatedMessage, Simulation
from core.mqtt.publisher import PublishProperties
from core.workspace.lab import Simulator

_LAG_S: Final = 1.0
"""How far the schedule may fall behind before it is moved instead of caught up with."""

_POLL_S: Final = 0.1
"""How long a stop may be overlooked while waiting for the next message or the broker."""

_PUMP_EVERY: Final = 64
"""Messages that are queued before the connection is looked after, when there is no time to wait."""

_ANSWER_S: Final = 2.0
"""How long a broker may keep everything waiting, and how long its last answers are waited for."""

_RETRY_S: Final = 1.0
_WAITS_FROM_S: Final = 0.001
_RECENT: Final = 2_000


class Answer(Protocol):
    """What becomes of one message."""

    @property
    def is_done(self) -> bool:
        """Whether it is settled: written (QoS 0) or answered."""
        ...

    @property
    def error(self) -> AppError | None:
        """Why it was not taken; None as long as that is not known."""
        ...


class MessagePublisher(Protocol):
    """Where simulated messages go, many on their way at once; belongs to the runner's thread."""

    @property
    def is_connected(self) -> bool:
        """Whether there is a connection now."""
        ...

    def submit(
        self,
        topic: str,
        payload: bytes,
        *,
        qos: int,
        retain: bool,
        properties: PublishProperties | None,
        timeout_s: float,
    ) -> Answer:
        """Queue a message; blocks to connect, and while too many wait for an answer.

        Raises:
            AppError: It was not taken.
        """
        ...

    def pump(self, timeout_s: float) -> None:
        """Wait at most `timeout_s` for the broker, then write and read.

        Raises:
            ConnectorError: The connection is gone.
        """
        ...

    def wait(self, timeout_s: float) -> None:
        """Wait until every message has its answer.

        Raises:
            ConnectorError: That takes too long, or the connection is gone.
        """
        ...

    def close(self) -> None:
        """Disconnect."""
        ...


class SimulatorRunner:
    """Runs one simulator until it is stopped or has made its last message.

    `start` and `stop` belong to one thread; the figures may be read from any.

    Attributes:
        sent: Messages taken by the publisher.
        acknowledged: Those that the broker has answered; at QoS 0, those that were written.
        failed: Messages that were not taken or not acknowledged; `last_error` is the latest reason.
        skipped_s: Seconds that the schedule was moved because publishing was slower than it.
        late_s: How far the latest message was behind the schedule.
        blocked_s: Seconds spent waiting for the broker to answer for earlier messages.
        is_connected: Whether there was a connection when it was looked at last.
        has_failed: It has ended since a message could not be made; `last_error` is the reason.
    """

    def __init__(
        self,
        simulator: Simulator,
        simulation: Simulation,
        publisher: MessagePublisher,
        clock: Clock,
    ) -> None:
        """Prepare; nothing is published before `start`.

        Args:
            simulator: What to publish, and how.
            simulation: The same, compiled.
            publisher: The runner's own from `start` on: it closes it at its end.
            clock: Its time.
        """
        self._simulator = simulator
        self._simulation = simulation
        self._publisher = publisher
        self._clock = clock
        self._stop = threading.Event()
        self._thread = threading.Thread(
            target=self._run, name=f"simulator {simulator.name}", daemon=True
        )
        self._waiting: deque[Answer] = deque()
        self._late = deque[float](maxlen=_RECENT)
        self._unlooked = 0
        self.sent = 0
        self.acknowledged = 0
        self.failed = 0
        self.skipped_s = 0.0
        self.late_s = 0.0
        self.blocked_s = 0.0
        self.is_connected = False
        self.has_failed = False
        self.last_error: AppError | None = None

    @property
    def is_running(self) -> bool:
        """Whether more messages will come."""
        return self._thread.is_alive()

    @property
    def is_stopping(self) -> bool:
        """Whether it was asked to stop."""
        return self._stop.is_set()

    @property
    def in_flight(self) -> int:
        """Messages without an answer yet."""
        return len(self._waiting)

    def lateness_ms(self, percent: float) -> float:
        """Tell how late messages are against the schedule: of the last 2,000, `percent` are less.

        Cost: O(2,000).
        """
        histogram = Histogram()
        for late_s in self._late.copy():
            histogram.record(late_s)
        return histogram.percentile_ms(percent)

    def start(self) -> None:
        """Start publishing."""
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Stop publishing soon; `stop` waits until that is done."""
        self._stop.set()

    def stop(self) -> None:
        """Stop publishing, and wait until what is on its way has been answered, and hung up."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            self._publish_all()
        except AppError as exc:  # a payload is not in the format that it should be in
            self._fail(exc)
            self.has_failed = True
        try:
            self._finish()
        finally:
            self._publisher.close()
            self.is_connected = False

    def _publish_all(self) -> None:
        clock = self._clock
        start_s = clock.monotonic_s()
        for message in self._simulation.messages(clock.now_ms()):
            due_s = start_s + message.at_s
            late_s = clock.monotonic_s() - due_s - self.skipped_s
            while late_s < 0 and not self._stop.is_set():
                self.late_s = 0.0
                self._look_after(min(-late_s, _POLL_S))
                late_s = clock.monotonic_s() - due_s - self.skipped_s
            self._late.append(late_s)
            self.late_s = late_s
            if late_s > _LAG_S:
                self.skipped_s += late_s  # no flood of old messages after an outage
                self.late_s = 0.0
            if self._stop.is_set():
                return
            self._submit(message)

    def _submit(self, message: SimulatedMessage) -> None:
        before_s, was_connected = self._clock.monotonic_s(), self.is_connected
        try:
            answer = self._publisher.submit(
                message.topic,
                message.payload,
                qos=self._simulator.qos,
                retain=self._simulator.retain,
                properties=PublishProperties(message.properties) if message.properties else None,
                timeout_s=_ANSWER_S,
            )
        except AppError as exc:
            self._fail(exc)
            self._settle()
            if isinstance(exc, ConnectorError) and not self._publisher.is_connected:
                self._stop.wait(_RETRY_S)  # a broker that is away is not asked for every message
            return
        self.sent += 1
        self.is_connected = True
        self._waiting.append(answer)
        took_s = self._clock.monotonic_s() - before_s
        if was_connected and took_s > _WAITS_FROM_S:
            self.blocked_s += took_s
        self._unlooked += 1
        if self._unlooked >= _PUMP_EVERY:
            self._look_after(0)

    def _look_after(self, timeout_s: float) -> None:
        """Write, read and count answers; wait for that at most `timeout_s`."""
        self._unlooked = 0
        if not self._publisher.is_connected:
            self._stop.wait(timeout_s)
        else:
            try:
                self._publisher.pump(timeout_s)
            except ConnectorError as exc:
                self.last_error = exc
        self._settle()

    def _settle(self) -> None:
        """Count the messages that have their answer; they come in the order of sending."""
        self.is_connected = self._publisher.is_connected
        waiting = self._waiting
        while waiting and waiting[0].is_done:
            error = waiting.popleft().error
            if error is None:
                self.acknowledged += 1
            else:
                self._fail(error)

    def _finish(self) -> None:
        """Wait for the last answers; a message without one has failed."""
        try:
            self._publisher.wait(_ANSWER_S)
        except ConnectorError as exc:
            self.last_error = exc
        self._settle()
        self.failed += len(self._waiting)
        self._waiting.clear()

    def _fail(self, error: AppError) -> None:
        self.failed += 1
        self.last_error = error
