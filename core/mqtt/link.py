"""Keeping one MQTT connection up: dialling, signing in, backoff, and what to say about it.

A `Link` is driven by its owner's thread through `pump`; only `wake` may be called from others.
Every sentence of `status_reason` comes from the catalogue.
"""

from __future__ import annotations

import logging
import math
import random
import selectors
import socket
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from core.clock import Clock
from core.errors import AppError, ConnectFailed
from core.mqtt.catalogue import Failure, Trouble, disconnect_failure, failure
from core.mqtt.client import MessageHandler, MqttClient
from core.mqtt.dial import Dial
from core.mqtt.settings import Settings
from core.mqtt.signin import refusal, silence
from core.status import Status

log = logging.getLogger("core.mqtt")

MAX_PACKETS: Final = 500
_EARLY_DROP_S: Final = 3.0
_DROPS: Final = 3
_DROPS_WITHIN_S: Final = 10.0
_STEADY_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class LinkEvents:
    """What the owner is told, in the thread that pumps.

    Attributes:
        on_up: Signed in; called before the first message of the connection.
        on_down: The connection has ended.
        on_status: Status or reason have changed.
        on_packet: A PUBLISH.
        on_release: The packet id of a PUBREL; None for an owner that subscribes nothing.
    """

    on_up: Callable[[MqttClient], None]
    on_down: Callable[[], None]
    on_status: Callable[[], None]
    on_packet: MessageHandler
    on_release: Callable[[int], None] | None = None


class Link:
    """One connection that is made again whenever it breaks.

    Attributes:
        status: Where it stands.
        connection: Number of the present or last connection, from 1.
        client: The signed-in client; None while there is none.
        failure: Why it is not connected, in full; None while it is.
        read_ms: Wall clock when `pump` last began to read, in milliseconds.
        read_s: Monotonic clock at the same moment, in seconds.
    """

    def __init__(self, settings: Settings, clock: Clock, events: LinkEvents) -> None:
        self.status: Status = "stopped"
        self.connection = 0
        self.client: MqttClient | None = None
        self.failure: AppError | None = None
        self.read_ms = 0
        self.read_s = 0.0
        self._settings = settings
        self._clock = clock
        self._events = events
        self._dial: Dial | None = None
        self._candidate: MqttClient | None = None  # dialled, its sign-in not answered yet
        self._deadline_s = 0.0  # of the dial or of the sign-in
        self._retry_at_s: float | None = None
        self._attempts = 0
        self._up_since_s = 0.0
        self._drops: deque[float] = deque(maxlen=_DROPS)
        self._selector = selectors.DefaultSelector()
        self._wake_reader, self._wake_writer = socket.socketpair()
        for end in (self._wake_reader, self._wake_writer):
            end.setblocking(False)
        self._selector.register(self._wake_reader, selectors.EVENT_READ)
        self._watched: tuple[MqttClient, int, int] | None = None  # client, its file, interest
        self._is_closed = False

    # -- for the owner -------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to connect; returns at once."""
        self._dial_now()

    def wake(self) -> None:
        """End a waiting `pump` early. Any thread, any number of times."""
        try:
            self._wake_writer.send(b"\0")
        except BlockingIOError:
            return  # enough wake-ups are waiting
        except OSError:
            return  # closed meanwhile: nobody waits any more

    def pump(self, timeout_s: float) -> None:
        """Wait at most `timeout_s`, then read, write and serve the timers. Bounded work."""
        client = self._candidate or self.client
        if client is not None:
            client.flush()
            if client.closed is not None:
                self._look_at(client)
                return
        self._watch(client)
        for key, _ in self._selector.select(self._wait_s(client, timeout_s)):
            if key.fileobj is self._wake_reader:
                self._wake_reader.recv(4096)
        if client is not None:
            self.read_ms = self._clock.now_ms()
            self.read_s = self._clock.monotonic_s()
            client.loop_read(MAX_PACKETS)
            client.loop_misc()
            client.flush()
            self._look_at(client)
        self._serve_timers()

    @property
    def status_reason(self) -> str:
        """Why it is not connected: one sentence, with the time of the next try or the way out."""
        error = self.failure
        if error is None or self.status in ("connected", "stopped"):
            return ""
        way_out = error.hint if self.status == "failed" else ""
        said = f"{error.message} {way_out}".strip()
        if self._retry_at_s is None:
            return said
        left_s = max(1, math.ceil(self._retry_at_s - self._clock.monotonic_s()))
        return f"{said} Next try in {left_s} s."

    def close(self, timeout_s: float, *, forget_session: bool = False) -> bool:
        """Write what is queued, say goodbye and stop. Blocks at most `timeout_s`.

        Returns:
            Whether there was a connection and everything went out on it.
        """
        if self._is_closed:
            return False
        self._is_closed = True
        clean = False
        if self.client is not None:
            self._watch(None)
            clean = self.client.say_goodbye(timeout_s, forget_session=forget_session)
            self.client = None
        self._drop_clients()
        self._retry_at_s = None
        self._selector.close()
        self._wake_reader.close()
        self._wake_writer.close()
        self.status, self.failure = "stopped", None
        self._events.on_status()
        return clean

    # -- connecting ----------------------------------------------------------------------------

    def _dial_now(self) -> None:
        self._retry_at_s = None
        self._attempts += 1
        timeout_s = self._settings.connector.connect_timeout.s
        self._deadline_s = self._clock.monotonic_s() + 3 * timeout_s  # name, TCP, TLS
        if self.status not in ("connecting", "failed"):  # refused, it stays so until it is let in
            self.status = "connecting"
            self._events.on_status()
        self._dial = Dial(self._settings, self.wake)

    def _take_over(self, dial: Dial) -> None:
        self._dial = None
        try:
            client = dial.take()
        except ConnectFailed as exc:
            self._retry_later(exc)
            return
        except AppError as exc:  # a secret or a certificate file: trying again cannot help
            self._settle("failed", exc)
            return
        client.on_packet = self._events.on_packet
        client.on_release = self._events.on_release
        client.on_signed_in = self._signed_in
        self._candidate = client
        self._deadline_s = self._clock.monotonic_s() + self._settings.connector.connect_timeout.s

    def _signed_in(self) -> None:
        client = self._candidate
        if client is None:
            return
        self._candidate = None
        self.client = client
        self.connection += 1
        self._up_since_s = self._clock.monotonic_s()
        self.failure = None
        self.status = "connected"
        log.info("signed in", extra={"connector": self._settings.connector.name})
        self._events.on_up(client)
        self._events.on_status()

    def _serve_timers(self) -> None:
        now_s = self._clock.monotonic_s()
        if self._dial is not None:
            if self._dial.done:
                self._take_over(self._dial)
            elif now_s >= self._deadline_s:
                self._drop_clients()
                self._retry_later(failure("timeout", self._settings.facts).error)
        elif self._candidate is not None and now_s >= self._deadline_s:
            error = silence(self._candidate).error
            self._drop_clients()
            self._retry_later(error)
        elif self._retry_at_s is not None and now_s >= self._retry_at_s:
            self._dial_now()

    # -- losing it -----------------------------------------------------------------------------

    def _look_at(self, client: MqttClient) -> None:
        """Notice that a connection has ended, and decide what comes next."""
        if client.closed is None:
            return
        is_refused = client is self._candidate
        if is_refused:
            failed = refusal(client)
            self._drop_clients()
        elif client is self.client:
            failed = self._loss(client)
            self._drop_clients()
            self._events.on_down()
        else:
            return  # given up already
        if failed.fatal and is_refused:
            self._retry_refused(failed.error)
        elif failed.fatal:
            self._settle("failed", failed.error)
        else:
            self._retry_later(failed.error)

    def _loss(self, client: MqttClient) -> Failure:
        closed, facts = client.closed, self._settings.facts
        now_s = self._clock.monotonic_s()
        lived_s = now_s - self._up_since_s
        if lived_s >= _STEADY_S:
            self._attempts = 0
        if closed is None or closed.how in ("keepalive", "malformed"):
            trouble: Trouble = "malformed" if closed and closed.how == "malformed" else "keepalive"
            return failure(trouble, facts, step="sign_in")
        if closed.how == "disconnect" and closed.code:
            return disconnect_failure(closed.code, facts, closed.reason_string)
        if lived_s < _EARLY_DROP_S:
            self._drops.append(now_s)
            if len(self._drops) == _DROPS and now_s - self._drops[0] < _DROPS_WITHIN_S:
                return failure("repeated_drops", facts, step="sign_in")
        return failure("closed", facts, step="sign_in")

    def _retry_refused(self, error: AppError) -> None:
        """Ask again at the slowest pace: somebody may let the client in meanwhile."""
        self._settle("failed", error)
        self._retry_at_s = self._clock.monotonic_s() + self._slowest_s

    @property
    def _slowest_s(self) -> float:
        connector = self._settings.connector
        return max(connector.reconnect_max.s, connector.reconnect_min.s)

    def _retry_later(self, error: AppError) -> None:
        connector = self._settings.connector
        ceiling_s = self._slowest_s
        # Attempt n waits up to min * 2^(n-1); jitter keeps clients from coming back in step.
        exponent = min(max(self._attempts - 1, 0), 30)
        delay_s = min(ceiling_s, connector.reconnect_min.s * 2**exponent)
        delay_s *= random.uniform(0.75, 1.0)  # noqa: S311 - no secret
        self._retry_at_s = self._clock.monotonic_s() + delay_s
        self._settle("disconnected", error)

    def _settle(self, status: Status, error: AppError) -> None:
        self.status, self.failure = status, error
        if status == "failed":
            self._retry_at_s = None
        log.info(error.message, extra={"connector": self._settings.connector.name})
        self._events.on_status()

    def _drop_clients(self) -> None:
        self._watch(None)
        if self._dial is not None:
            self._dial.abandon()
            self._dial = None
        for client in (self._candidate, self.client):
            if client is not None:
                client.abandon()
        self._candidate = self.client = None

    # -- waiting -------------------------------------------------------------------------------

    def _watch(self, client: MqttClient | None) -> None:
        """Have the selector look at this client's socket, and at nothing else of ours."""
        sock = client.socket() if client is not None else None
        file = sock.fileno() if sock is not None else -1
        interest = 0
        if client is not None:
            interest |= 0 if client.is_paused else selectors.EVENT_READ
            interest |= selectors.EVENT_WRITE if client.want_write() else 0
        wanted = (client, file, interest) if client is not None and file >= 0 and interest else None
        if wanted == self._watched:
            return
        if self._watched is not None and self._watched[1] in self._selector.get_map():
            self._selector.unregister(self._watched[1])
        if wanted is not None:
            self._selector.register(file, interest)
        self._watched = wanted

    def _wait_s(self, client: MqttClient | None, timeout_s: float) -> float:
        if client is not None and client.has_pending_bytes:
            return 0.0
        now_s = self._clock.monotonic_s()
        if self._retry_at_s is not None:
            timeout_s = min(timeout_s, self._retry_at_s - now_s)
        elif self._dial is not None or self._candidate is not None:
            timeout_s = min(timeout_s, self._deadline_s - now_s)
        return max(timeout_s, 0.0)
