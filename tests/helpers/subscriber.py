"""Drives an `MqttSource` in the test's own thread and keeps what it hands on."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from core.clock import SystemClock
from core.mqtt.message import InboundMessage
from core.mqtt.source import DropReason, MqttSource, SourceEvent
from core.workspace.environment import Environment, SandboxAddresses
from core.workspace.mqtt import MqttConnector
from tests.helpers.wait import PATIENCE_S

PASSWORDS = {"TEST_PASSWORD": "right", "WRONG_PASSWORD": "wrong"}


def environment_at(folder: Path, sandbox: SandboxAddresses | None = None) -> Environment:
    """Surroundings with a state folder of their own; `env:` secrets are those of PASSWORDS."""
    return Environment(folder, folder / "state", lambda ref: PASSWORDS[ref.name], sandbox)


class Subscriber:
    """A source and what came out of it.

    Attributes:
        messages: Handed on, in order.
        dropped: Not handed on, with the reason; acknowledged at once.
        events: Changes of status.
    """

    def __init__(
        self,
        connector: MqttConnector,
        environment: Environment,
        filters: tuple[str, ...],
        *,
        client_id: str = "subscriber",
        acknowledges: bool = True,
    ) -> None:
        self.messages: list[InboundMessage] = []
        self.dropped: list[tuple[InboundMessage, DropReason]] = []
        self.events: list[SourceEvent] = []
        self._acknowledges = acknowledges
        self.source = MqttSource(
            connector,
            client_id=client_id,
            filters=filters,
            environment=environment,
            clock=SystemClock(),
            on_message=self._take,
            on_dropped=self._take_dropped,
            on_event=self.events.append,
        )

    def __enter__(self) -> Subscriber:
        self.source.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.source.close(2.0)

    @property
    def payloads(self) -> list[bytes]:
        return [message.payload for message in self.messages]

    def until(self, predicate: Callable[[], object], timeout: float = PATIENCE_S) -> Subscriber:
        """Step until the state is there; fail with what the source says of itself."""
        deadline = time.monotonic() + timeout
        while not predicate():
            if time.monotonic() >= deadline:
                raise AssertionError(
                    f"not within {timeout} s: {self.source.status} "
                    f"{self.source.status_reason!r} {self.source.counters} {self.messages}"
                )
            self.source.step(0.02)
        return self

    def until_subscribed(self) -> Subscriber:
        return self.until(lambda: self.source.subscribed)

    def until_received(self, count: int, timeout: float = PATIENCE_S) -> Subscriber:
        return self.until(lambda: len(self.messages) >= count, timeout)

    def acknowledge_all(self) -> None:
        """Acknowledge everything handed on so far, in order, and write it."""
        for message in self.messages:
            self.source.ack(message)
        self.source.step(0)

    def _take(self, message: InboundMessage) -> None:
        self.messages.append(message)
        if self._acknowledges:
            self.source.ack(message)

    def _take_dropped(self, message: InboundMessage, reason: DropReason) -> None:
        self.dropped.append((message, reason))
        self.source.ack(message)
