"""The engine's subscriber on one connector: it hands messages on and acknowledges them.

Everything happens in the thread that calls `step`; only `wake` may come from others.

    step -> bytes -> PUBLISH -> held back? copy? retained? -> on_message -> ... -> ack -> PUBACK
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from core.clock import Clock
from core.mqtt.catalogue import filter_hint
from core.mqtt.client import ANSWER_S, ASK_AFTER_S, MqttClient
from core.mqtt.exactly_once import QoS2Flows
from core.mqtt.link import Link, LinkEvents
from core.mqtt.message import InboundMessage
from core.mqtt.settings import source_settings
from core.mqtt.signin import end_session
from core.mqtt.state import SubscriptionStore
from core.mqtt.subscribing import Subscribing
from core.mqtt.subscriptions import Subscription
from core.mqtt.topics import check_filter, check_topic
from core.status import Status
from core.workspace.environment import Environment
from core.workspace.mqtt import MqttConnector

__all__ = ["DropReason", "InboundMessage", "MqttSource", "SourceCounters", "SourceEvent"]

DropReason: TypeAlias = Literal["duplicate", "retained", "too_large"]

_HELD_BYTES: Final = 8 << 20
"""How much is held back on request before reading pauses: at QoS 0 no broker waits for us."""
_HANDED_AT_ONCE: Final = 500
_SILENT: Final = (
    "{server} is connected, but has sent nothing for more than {silent_s:.0f} s, though it was "
    "asked. It may hang, or the network be cut; after {limit_s:.0f} s the connection is made anew."
)


@dataclass(slots=True)
class SourceCounters:
    """What a source has counted since it was made; plain integers of its thread.

    Attributes:
        received: Messages handed on, and those dropped as retained or as a copy.
        received_bytes: Payload bytes of `received`.
        retained_ignored: Retained messages of a subscription, which were not wanted.
        duplicates: Further copies of a message: because filters overlap, or a QoS 2 message that
            the broker sent again though this source has it.
        too_large: Messages above `max_packet_size`, which only 3.1.1 lets through; not in
            `received`.
        redelivered: Messages of `received` with the DUP flag.
        reconnects: Connections after the first one.
        sessions_lost: Reconnects at which the broker had forgotten the session.
        late_acks: Acknowledgements that came after their connection had ended.
    """

    received: int = 0
    received_bytes: int = 0
    retained_ignored: int = 0
    duplicates: int = 0
    too_large: int = 0
    redelivered: int = 0
    reconnects: int = 0
    sessions_lost: int = 0
    late_acks: int = 0


@dataclass(frozen=True, slots=True)
class SourceEvent:
    """A change of status: `reason` is one sentence, `hint` says what to do next."""

    status: Status
    reason: str
    hint: str


class MqttSource:
    """Subscribes a connector's topic filters with its stable session.

    A message of QoS 1 or 2 stays the broker's until `ack`. The caller acknowledges in the order in
    which `on_message` and `on_dropped` gave the messages. Those of a connection that has ended,
    which the broker sends again, it acknowledges too, at any time: they are counted as late.

    At most `receive_maximum` messages are handed on and not acknowledged, those of earlier
    connections included: a connection that breaks again and again while nothing can be delivered
    must not pile up messages. A broker that sends more (3.1.1 has no words for the limit) is read
    no further until there is room; what was received already is held back, at most one read.

    Attributes:
        counters: Totals.
        unacked: Messages of QoS 1 and 2 handed on and not acknowledged, on whatever connection.
    """

    def __init__(
        self,
        connector: MqttConnector,
        *,
        client_id: str,
        filters: tuple[str, ...],
        environment: Environment,
        clock: Clock,
        on_message: Callable[[InboundMessage], None],
        on_dropped: Callable[[InboundMessage, DropReason], None],
        on_event: Callable[[SourceEvent], None],
    ) -> None:
        """Prepare; nothing connects before `start`.

        Args:
            connector: Options.
            client_id: Of the session; stable over runs.
            filters: Distinct topic filters, without shared group.
            environment: State folder, secrets, embedded broker.
            clock: Time.
            on_message: Takes each message, in the thread that calls `step`.
            on_dropped: Takes messages of QoS 1 and 2 that are no news, so that they are
                acknowledged in their turn; their counting is done.
            on_event: Takes changes of status.

        Raises:
            ConfigError: An option or a filter cannot be used.
            NotConnected: It stands on the embedded broker, and none is running.
            StoreError: The state file cannot be read.
        """
        _check(connector, filters)
        self.counters = SourceCounters()
        self.unacked = 0
        self._connector = connector
        self._clock = clock
        self._on_message = on_message
        self._on_dropped = on_dropped
        self._on_event = on_event
        self._settings = source_settings(connector, client_id, environment)
        self._subscribing = Subscribing(
            self._settings, SubscriptionStore(environment.state_dir, connector.name), filters
        )
        self._subscriptions = self._subscribing.subscriptions
        self._held: deque[InboundMessage] = deque()
        self._held_bytes = 0
        self._is_held = False  # on request: everything, until `let_go`
        self._is_behind = False  # what was held on request has not all been handed on
        self._qos2 = QoS2Flows()
        self._is_reading = True
        self._told: tuple[Status, str] = ("stopped", "")
        # 3.1.1 and the embedded broker cannot hold retained messages back: they come flagged.
        self._drops_retained = connector.retained == "ignore" and (
            not self._settings.is_v5 or self._settings.is_embedded
        )
        self._window = connector.receive_maximum
        self._max_packet_bytes = connector.max_packet_size.bytes or 1 << 28
        events = LinkEvents(
            self._up, self._subscribing.lose, self._tell, self._packet, self._qos2.release
        )
        self._link = Link(self._settings, clock, events)

    # -- for the pipeline ----------------------------------------------------------------------

    def start(self) -> None:
        """Remember the filters and begin to connect; returns at once."""
        self._subscribing.plan()
        self._link.start()

    def step(self, timeout_s: float) -> None:
        """Wait at most `timeout_s` for something to do, then do a bounded part of it.

        At most about 500 messages or 20 ms are read. Messages held back are handed on first.
        """
        if self._held:
            self._hand_on_held()
        has_more = bool(self._held) and not self._is_held and self.unacked < self._window
        self._link.pump(0 if has_more else timeout_s)
        client = self._link.client
        if client is not None and client.answered:
            self._subscribing.take_answers(client)
            self._tell()

    def wake(self) -> None:
        """End a waiting `step`. Any thread."""
        self._link.wake()

    def ack(self, message: InboundMessage) -> None:
        """Acknowledge a message; PUBACK or PUBREC go out with the next `step` or `close`, in order.

        One whose connection has ended is not sent and counted in `late_acks`: packet ids are used
        again, and it would acknowledge another message.
        """
        if not message.qos:
            return
        self.unacked -= 1
        client = self._link.client
        if message.connection != self._link.connection or client is None:
            self.counters.late_acks += 1
            return
        if message.packet_id:
            if message.qos == 2:
                self._qos2.receive(message)
            client.acknowledge(message.packet_id, message.qos)

    def set_filters(self, filters: tuple[str, ...]) -> None:
        """Subscribe another set of filters: new ones now, gone ones are unsubscribed.

        Raises:
            ConfigError: A filter is not legal.
        """
        _check(self._connector, filters)
        if not self._subscribing.use(filters):
            return
        if self._link.client is not None:
            self._subscribing.ask(self._link.client)
            self._tell()

    def hold(self) -> None:
        """Hold back every message that arrives, in order, until `let_go`; the connection lives.

        Reading pauses only when megabytes are held: a broker drops QoS 0 messages that it cannot
        get rid of.
        """
        self._is_held = self._is_behind = True

    def let_go(self) -> None:
        """Hand on what is held back, with the next calls of `step`, before anything newer."""
        self._is_held = False
        self._is_behind = bool(self._held)

    def stop_reading(self) -> None:
        """Hand no more messages on. Acknowledgements still go out, the connection stays alive.

        What arrives from now on is left unacknowledged and uncounted, for the next run; held
        messages of QoS 0, which nobody else has any more, are handed on first.
        """
        for message in self._held:
            if not message.qos:
                self._hand_on(message)
        self._is_reading = False
        self._forget_held()
        if self._link.client is not None:
            self._link.client.resume()

    def close(self, timeout_s: float, *, forget_session: bool = False) -> None:
        """Send what is queued, disconnect and end. Blocks at most about `timeout_s`.

        Args:
            timeout_s: For writing and for the broker's answer.
            forget_session: Have the broker drop the session with its queue: by the DISCONNECT
                with MQTT 5, else by signing in once more with a clean start.
        """
        self._is_reading = False
        deadline_s = self._clock.monotonic_s() + timeout_s
        clean = self._link.close(timeout_s, forget_session=forget_session)
        if forget_session:
            # 3.1.1 has no words for it, and the embedded broker does not listen to them.
            if not (clean and self._settings.is_v5 and not self._settings.is_embedded):
                end_session(self._settings, max(deadline_s - self._clock.monotonic_s(), 1.0))
            self._subscribing.forget()

    @property
    def status(self) -> Status:
        """Where it stands; `degraded` when the broker refused some filters, or answers nothing."""
        status = self._link.status
        if status == "connected" and (self._subscriptions.refusals() or self._silent is not None):
            return "degraded"
        return status

    @property
    def _silent(self) -> MqttClient | None:
        """The client whose broker answers nothing; None while there is no such thing."""
        client = self._link.client
        return client if client is not None and client.is_silent else None

    @property
    def status_reason(self) -> str:
        """Why it is not connected, that it is silent, or which filters were refused."""
        if self._link.status != "connected":
            return self._link.status_reason
        if (silent := self._silent) is not None:
            return _SILENT.format(
                server=self._settings.address,
                silent_s=ASK_AFTER_S + ANSWER_S,
                limit_s=1.5 * silent.keepalive,  # MQTT 5: the broker may have set another
            )
        refused = self._subscriptions.refusals()
        if not refused:
            return ""
        names = ", ".join(f'"{s.topic_filter}": {s.refused}' for s in refused[:3])
        more = f" and {len(refused) - 3} more" if len(refused) > 3 else ""
        hint = filter_hint(refused[0].refusal_code, self._settings.facts)
        return f"{self._settings.address} refused to subscribe {names}{more}. {hint}"

    @property
    def subscribed(self) -> bool:
        """Whether the broker has answered for every filter on the present connection."""
        return self._link.client is not None and self._subscriptions.is_answered

    @property
    def connection(self) -> int:
        """Number of the present or last connection, from 1; 0 before the first."""
        return self._link.connection

    @property
    def subscriptions(self) -> tuple[Subscription, ...]:
        """The filters with their granted QoS and counts; read in the pipeline thread only."""
        return self._subscriptions.all

    @property
    def tells_copies_apart(self) -> bool:
        """Whether copies that overlapping filters cause are recognised on this connection."""
        return self._subscribing.uses_ids

    def overlapping_filters(self) -> list[tuple[str, str]]:
        """List the pairs of filters that some topic matches both of."""
        return self._subscriptions.overlapping()

    # -- messages ------------------------------------------------------------------------------

    def _packet(self, message: InboundMessage) -> None:
        if not self._is_reading:
            return
        link = self._link
        message.connection = link.connection
        message.received_ms = link.read_ms
        message.received_s = link.read_s
        if message.qos == 2 and not self._qos2.open(message):
            self._count(message)
            self.counters.duplicates += 1
        elif self._is_behind or (message.qos and (self._held or self.unacked >= self._window)):
            self._hold(message)
        else:
            self._hand_on(message)

    def _hold(self, message: InboundMessage) -> None:
        self._held.append(message)
        self._held_bytes += message.packet_bytes
        is_much = not self._is_held or self._held_bytes >= _HELD_BYTES
        if is_much and self._link.client is not None:
            self._link.client.pause()

    def _hand_on_held(self) -> None:
        if self._is_held:
            return
        held = self._held
        for _ in range(_HANDED_AT_ONCE):
            if not held or self.unacked >= self._window:
                break
            message = held.popleft()
            self._held_bytes -= message.packet_bytes
            self._hand_on(message)
        if not held:
            self._is_behind = False
            if self._link.client is not None:
                self._link.client.resume()

    def _forget_held(self, *, keep: Callable[[InboundMessage], bool] | None = None) -> None:
        """Let what is held back go, but for the messages to `keep`."""
        self._held = deque(m for m in self._held if keep is not None and keep(m))
        self._held_bytes = sum(message.packet_bytes for message in self._held)
        self._is_behind = self._is_behind and (self._is_held or bool(self._held))

    def _hand_on(self, message: InboundMessage) -> None:
        counters = self.counters
        if message.packet_bytes > self._max_packet_bytes:
            counters.too_large += 1
            self._drop(message, "too_large")
            return
        self._count(message)
        if (
            self._subscribing.uses_ids
            and self._subscriptions.overlaps
            and self._subscriptions.is_copy(message.topic, message.raw_properties)
        ) or (message.qos == 2 and self._qos2.was_received(message)):
            counters.duplicates += 1
            self._drop(message, "duplicate")
            return
        for subscription in self._subscriptions.matching(message.topic):
            subscription.received += 1
        if message.retain and self._drops_retained:
            counters.retained_ignored += 1
            self._drop(message, "retained")
            return
        if message.qos:
            self.unacked += 1
        self._on_message(message)

    def _count(self, message: InboundMessage) -> None:
        counters = self.counters
        counters.received += 1
        counters.received_bytes += len(message.payload)
        if message.dup:
            counters.redelivered += 1

    def _drop(self, message: InboundMessage, reason: DropReason) -> None:
        if message.qos:
            self.unacked += 1
            self._on_dropped(message, reason)

    # -- connection ----------------------------------------------------------------------------

    def _up(self, client: MqttClient) -> None:
        connack = client.connack
        has_session = connack is not None and connack.session_present
        if self._link.connection > 1:
            self.counters.reconnects += 1
            if not has_session and not self._connector.clean_start:
                self.counters.sessions_lost += 1
        self._qos2.start_over(has_session=has_session)
        if has_session:  # the broker sends them again, but those of QoS 0
            self._forget_held(keep=lambda message: not message.qos)
        elif self._held:
            self._adopt_held()
            if not self._is_held:
                client.pause()
        self._subscribing.start_over(connack)
        self._subscribing.ask(client)

    def _adopt_held(self) -> None:
        """Keep what was held back though its session is gone: nobody else has it any more."""
        for message in self._held:
            message.connection = self._link.connection
            message.packet_id = 0  # nothing to acknowledge

    def _tell(self) -> None:
        now = (self.status, self.status_reason)
        if now != self._told:
            self._told = now
            error = self._link.failure
            self._on_event(SourceEvent(*now, hint=error.hint if error is not None else ""))


def _check(connector: MqttConnector, filters: tuple[str, ...]) -> None:
    for topic_filter in filters:
        check_filter(topic_filter)
    if connector.will is not None:
        check_topic(connector.will.topic)
