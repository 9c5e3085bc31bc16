"""Connections for what is sent by hand: MQTT messages, whether or not the bridge runs, and records.

Nothing here blocks the window: brokers are waited for in worker threads.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from core.errors import DeliveryFailed
from core.workspace.environment import Environment, SandboxAddresses
from core.workspace.kafka import Compression, KafkaAction, KafkaConnector
from core.workspace.mqtt import MqttConnector
from gui.viewmodels.words import tr

if TYPE_CHECKING:  # the client libraries are loaded with the first message
    from core.kafka.single import Delivered, Record
    from core.mqtt.message import InboundMessage
    from core.mqtt.publisher import Publisher, PublishProperties
    from core.mqtt.replies import ReplyListener

T = TypeVar("T")

_CLOSE_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class MqttMessage:
    """A message to publish."""

    topic: str
    payload: bytes
    qos: int = 0
    retain: bool = False
    properties: PublishProperties | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """The broker took a message.

    Attributes:
        latency_ms: From writing it to its answer; the time to connect is not in it.
        has_subscribers: False if the broker said that nobody is subscribed.
    """

    latency_ms: float
    has_subscribers: bool


@dataclass(frozen=True, slots=True)
class _Place:
    """What a connection was made for: with another one it is made anew."""

    connector: MqttConnector
    client_id: str
    base_dir: Path
    sandbox: SandboxAddresses | None


@dataclass(slots=True)
class _Line:
    place: _Place
    publisher: Publisher


class Outlets:
    """Keeps one connection per MQTT connector, for the next message. One thing at a time.

    Belongs to the loop's thread. A thread that waits for a broker is bounded by the connector's
    own timeouts.

    Attributes:
        is_confirmed: Whether the user has agreed, in this session, that tests send for real.
    """

    def __init__(self) -> None:
        self.is_confirmed = False
        self._lines: dict[str, _Line] = {}
        self._turn = asyncio.Lock()
        self._job: asyncio.Future[Any] | None = None

    @property
    def connected(self) -> list[str]:
        """The connectors that a connection is kept for."""
        return list(self._lines)

    async def publish(
        self,
        connector: MqttConnector,
        client_id: str,
        environment: Environment,
        message: MqttMessage,
    ) -> Answered:
        """Publish a message and wait for the broker's answer.

        When it is cancelled, its thread is left alone with the connection, which it closes; what
        was not written by then is not published.

        Args:
            connector: Where to.
            client_id: The engine's client id there; this connection's is derived from it.
            environment: Secrets, certificates, embedded broker.
            message: What.

        Raises:
            ConnectFailed: The broker is not reached, or refuses us.
            DeliveryFailed: It refused the message, hung up or did not answer in time.
            ConfigError: The topic or a value is not legal, or a secret is missing.
        """
        place = _Place(connector, client_id, environment.base_dir, environment.sandbox)
        async with self._turn:
            line = self._lines.get(connector.name)
            if line is not None and line.place != place:
                del self._lines[connector.name]
                await self._do(partial(line.publisher.close, _CLOSE_S))
                line = None
            if line is None:
                from core.mqtt.publisher import Publisher

                publisher = Publisher(connector, client_id=client_id, environment=environment)
                line = self._lines[connector.name] = _Line(place, publisher)
            first = threading.Lock()
            try:
                return await self._do(partial(_publish, line.publisher, message, first))
            except asyncio.CancelledError:
                self._lines.pop(connector.name, None)  # gone already where the window closes
                if not first.acquire(blocking=False):  # else the thread closes it
                    self._job = _in_thread(partial(line.publisher.close, _CLOSE_S))
                raise

    async def listen(
        self, connector: MqttConnector, client_id: str, environment: Environment, topic: str
    ) -> Listening:
        """Subscribe to the topic of an answer, on a connection that its caller closes.

        Raises:
            ConnectFailed: The broker is not reached, or refuses us.
            DeliveryFailed: It refuses the subscription.
            ConfigError: A secret or a certificate file is missing or wrong.
        """
        from core.mqtt.replies import ReplyListener

        listening = Listening(ReplyListener(connector, client_id, environment, topic))
        await listening.open()
        return listening

    async def send(
        self,
        connector: KafkaConnector,
        environment: Environment,
        record: Record,
        compression: Compression = "no_compression",
    ) -> Delivered:
        """Send a record and wait for its delivery report.

        Raises:
            AppError: As `send_record` does.
        """
        from core.kafka.single import send_record

        async with self._turn:
            work = partial(send_record, connector, environment, record, compression=compression)
            return await self._do(work)

    async def send_as(
        self,
        action: KafkaAction,
        connector: KafkaConnector,
        environment: Environment,
        record: Record,
    ) -> Delivered:
        """Send a record with the options of an action, and wait for its delivery report.

        Raises:
            DeliveryFailed: It was refused, or there was no report in time.
            ConfigError: An option is refused, a file or a secret is missing.
        """
        async with self._turn:
            sent = await self._do(partial(_send_as, action, connector, environment, record))
        if isinstance(sent, DeliveryFailed):
            raise sent
        return sent

    async def close(self) -> None:
        """Disconnect everywhere. What is on its way is waited for a second; safe to call twice.

        A thread that waits longer for a broker keeps its connection until its own limit.
        """
        if self._job is not None and not self._job.done():
            await asyncio.wait([self._job], timeout=_CLOSE_S)
        lines, self._lines = self._lines, {}
        if self._job is None or self._job.done():
            for line in lines.values():
                await self._do(partial(line.publisher.close, _CLOSE_S))

    async def _do(self, work: Callable[[], T]) -> T:
        job = self._job = _in_thread(work)
        return await asyncio.shield(job)


class Listening:
    """Hears the topic of an answer, in worker threads. Belongs to the loop's thread."""

    def __init__(self, listener: ReplyListener) -> None:
        self._listener = listener
        self._job: asyncio.Future[Any] | None = None

    async def open(self) -> None:
        """Sign in and subscribe."""
        try:
            await self._do(self._listener.open)
        except BaseException:
            await self.close()
            raise

    async def answer(self, correlation: bytes, timeout_s: float) -> InboundMessage | None:
        """Wait for the answer; None if there is none in time.

        Raises:
            ConnectFailed: The connection is gone.
        """
        return await self._do(partial(self._listener.wait, correlation, timeout_s))

    async def close(self) -> None:
        """Stop waiting and disconnect."""
        self._listener.stop()
        if self._job is not None and not self._job.done():
            await asyncio.wait([self._job])
        await self._do(self._listener.close)

    async def _do(self, work: Callable[[], T]) -> T:
        job = self._job = _in_thread(work)
        return await asyncio.shield(job)


def _in_thread(work: Callable[[], T]) -> asyncio.Future[T]:
    """Do what blocks in a worker thread."""
    job = asyncio.get_running_loop().run_in_executor(None, work)
    job.add_done_callback(_look)
    return job


def _send_as(
    action: KafkaAction, connector: KafkaConnector, environment: Environment, record: Record
) -> Delivered | DeliveryFailed:
    from core.kafka.single import RecordSender

    sender = RecordSender(connector, environment, action)
    try:
        return sender.send([record])[0]
    finally:
        sender.close()


def _publish(publisher: Publisher, message: MqttMessage, first: threading.Lock) -> Answered:
    """Connect and publish.

    Args:
        publisher: Its connection is kept, unless the caller has left by the end.
        message: What.
        first: Taken by whoever ends first, this or the caller; the other one closes.
    """
    try:
        publisher.connect()
        if first.locked():
            raise DeliveryFailed(tr("It was stopped before it was sent."))
        started_s = time.perf_counter()
        receipt = publisher.publish(
            message.topic,
            message.payload,
            qos=message.qos,
            retain=message.retain,
            properties=message.properties,
        )
        return Answered((time.perf_counter() - started_s) * 1_000, receipt.has_subscribers)
    finally:
        if not first.acquire(blocking=False):
            publisher.close(_CLOSE_S)


def _look(job: asyncio.Future[Any]) -> None:
    """Take note of a failure that nobody waits for any more."""
    if not job.cancelled():
        job.exception()
