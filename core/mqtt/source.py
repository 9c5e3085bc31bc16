"""The engine's subscriber on one connector: it hands messages on and acknowledges them.

Everything happens in the thread that calls `step`; only `wake` may come from others.

    step -> bytes -> PUBLISH -> held back? copy? retained? -> on_message -> ... -> ack -> PUBACK
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from msgspec.structs import replace
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from core.clock import Clock
from core.errors import ConfigError
from core.mqtt.catalogue import failure
from core.mqtt.client import MqttClient
from core.mqtt.link import Link, LinkEvents
from core.mqtt.message import InboundMessage
from core.mqtt.settings import source_settings
from core.mqtt.signin import end_session
from core.mqtt.state import Remembered, SubscriptionStore, plan_ids
from core.mqtt.subscriptions import Subscription, Subscriptions
from core.mqtt.topics import check_filter, check_topic
from core.status import Status
from core.workspace.environment import Environment
from core.workspace.mqtt import MqttConnector

__all__ = ["DropReason", "InboundMessage", "MqttSource", "SourceCounters", "SourceEvent"]

DropReason: TypeAlias = Literal["duplicate", "retained", "too_large"]

_SEND_ALWAYS: Final = SubscribeOptions.RETAIN_SEND_ON_SUBSCRIBE
_SEND_IF_NEW: Final = SubscribeOptions.RETAIN_SEND_IF_NEW_SUB
_SEND_NEVER: Final = SubscribeOptions.RETAIN_DO_NOT_SEND


@dataclass(slots=True)
class SourceCounters:
    """What a source has counted since it was made; plain integers of its thread.

    Attributes:
        received: Messages handed on, and those dropped as retained or as a copy.
        received_bytes: Payload bytes of `received`.
        retained_ignored: Retained messages of a subscription, which were not wanted.
        duplicates: Further copies of a message that came because filters overlap.
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

    A QoS 1 message stays the broker's until `ack`. The caller acknowledges in the order in which
    `on_message` and `on_dropped` gave the messages; after a reconnect it may forget those of the
    connection before, which the broker sends again (`ack` would only count them as late).

    Attributes:
        counters: Totals.
        unacked: QoS 1 messages of this connection handed on and not acknowledged.
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
            on_dropped: Takes QoS 1 messages that are no news, so that they are acknowledged in
                their turn; their counting is done.
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
        self._store = SubscriptionStore(environment.state_dir, connector.name)
        self._subscriptions = Subscriptions(connector.shared_group)
        self._remembered = self._store.load(client_id)
        self._filters = filters
        self._held: deque[InboundMessage] = deque()
        self._asked: dict[int, Subscription | frozenset[str]] = {}  # a set: UNSUBSCRIBE
        self._uses_ids = False
        self._is_reading = True
        self._told: tuple[Status, str] = ("stopped", "")
        # 3.1.1 and the embedded broker cannot hold retained messages back: they come flagged.
        self._drops_retained = connector.retained == "ignore" and (
            not self._settings.is_v5 or self._settings.is_embedded
        )
        self._window = connector.receive_maximum
        self._max_packet_bytes = connector.max_packet_size.bytes or 1 << 28
        events = LinkEvents(self._up, self._down, self._tell, self._packet)
        self._link = Link(self._settings, clock, events)

    # -- for the pipeline ----------------------------------------------------------------------

    def start(self) -> None:
        """Remember the filters and begin to connect; returns at once.

        Raises:
            StoreError: The state file cannot be written.
        """
        self._use_filters(self._filters)
        self._link.start()

    def step(self, timeout_s: float) -> None:
        """Wait at most `timeout_s` for something to do, then do a bounded part of it.

        At most about 500 messages or 20 ms are read. Messages held back are handed on first.
        """
        if self._held:
            self._hand_on_held()
        self._link.pump(timeout_s)
        client = self._link.client
        if client is not None and client.answered:
            self._take_answers(client)

    def wake(self) -> None:
        """End a waiting `step`. Any thread."""
        self._link.wake()

    def ack(self, message: InboundMessage) -> None:
        """Acknowledge a QoS 1 message; sent by the next `step` or `close`, in order.

        One whose connection has ended is not sent and counted in `late_acks`: packet ids are used
        again, and it would acknowledge another message.
        """
        if not message.qos:
            return
        if message.connection != self._link.connection or self._link.client is None:
            self.counters.late_acks += 1
            return
        self.unacked -= 1
        if message.packet_id:
            self._link.client.acknowledge(message.packet_id)

    def set_filters(self, filters: tuple[str, ...]) -> None:
        """Subscribe another set of filters: new ones now, gone ones are unsubscribed.

        Raises:
            ConfigError: A filter is not legal.
            StoreError: The state file cannot be written.
        """
        _check(self._connector, filters)
        if set(filters) == {s.topic_filter for s in self._subscriptions.all}:
            return
        self._use_filters(filters)
        if self._link.client is not None:
            self._subscribe(self._link.client)
            self._tell()

    def stop_reading(self) -> None:
        """Hand no more messages on. Acknowledgements still go out, the connection stays alive.

        What arrives from now on is left unacknowledged and uncounted, for the next run.
        """
        self._is_reading = False
        self._held.clear()

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
            self._remember(replace(self._remembered, ids={}, held=[], stale=[]))

    @property
    def status(self) -> Status:
        """Where it stands; `degraded` when the broker refused some of the filters."""
        status = self._link.status
        if status == "connected" and self._subscriptions.refusals():
            return "degraded"
        return status

    @property
    def status_reason(self) -> str:
        """Why it is not connected, or which filters were refused: one sentence."""
        if self._link.status != "connected":
            return self._link.status_reason
        refused = self._subscriptions.refusals()
        if not refused:
            return ""
        names = ", ".join(f'"{s.topic_filter}": {s.refused}' for s in refused[:3])
        more = f" and {len(refused) - 3} more" if len(refused) > 3 else ""
        return (
            f"{self._settings.address} refused to subscribe {names}{more}. Check what the broker "
            f'allows the client "{self._settings.client_id}" to read.'
        )

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
        return self._uses_ids

    def overlapping_filters(self) -> list[tuple[str, str]]:
        """List the pairs of filters that some topic matches both of."""
        return self._subscriptions.overlapping()

    # -- messages ------------------------------------------------------------------------------

    def _packet(self, message: InboundMessage) -> None:
        if not self._is_reading:
            return
        link = self._link
        if message.qos == 2:
            link.fail(failure("qos2_queued", self._settings.facts, step="sign_in"))
            return
        message.connection = link.connection
        message.received_ms = link.read_ms
        message.received_s = link.read_s
        if message.packet_bytes > self._max_packet_bytes:
            self.counters.too_large += 1
            if message.qos:
                self._drop(message, "too_large")
        elif message.qos and (self._held or self.unacked >= self._window):
            self._held.append(message)
        else:
            self._hand_on(message)

    def _hand_on_held(self) -> None:
        held = self._held
        while held and self.unacked < self._window:
            self._hand_on(held.popleft())

    def _hand_on(self, message: InboundMessage) -> None:
        counters = self.counters
        counters.received += 1
        counters.received_bytes += len(message.payload)
        if message.dup:
            counters.redelivered += 1
        subscriptions = self._subscriptions
        if (
            self._uses_ids
            and subscriptions.overlaps
            and subscriptions.is_copy(message.topic, message.raw_properties)
        ):
            counters.duplicates += 1
            self._drop(message, "duplicate")
            return
        for subscription in subscriptions.matching(message.topic):
            subscription.received += 1
        if message.retain and self._drops_retained:
            counters.retained_ignored += 1
            self._drop(message, "retained")
            return
        if message.qos:
            self.unacked += 1
        self._on_message(message)

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
        self.unacked = 0
        if has_session:
            self._held.clear()  # the broker sends them again
        else:
            self._adopt_held()
            self._remember(replace(self._remembered, held=[], stale=[]))
        self._uses_ids = self._settings.is_v5 and connack is not None and connack.subscription_ids
        self._subscriptions.start_over(has_session=has_session)
        self._subscribe(client)

    def _adopt_held(self) -> None:
        """Keep what was held back though its session is gone: nobody else has it any more."""
        for message in self._held:
            message.connection = self._link.connection
            message.packet_id = 0  # nothing to acknowledge

    def _down(self) -> None:
        self._asked.clear()
        self.unacked = 0

    def _tell(self) -> None:
        now = (self.status, self.status_reason)
        if now != self._told:
            self._told = now
            error = self._link.failure
            self._on_event(SourceEvent(*now, hint=error.hint if error is not None else ""))

    # -- subscriptions -------------------------------------------------------------------------

    def _use_filters(self, filters: tuple[str, ...]) -> None:
        self._filters = filters
        # Written before the first SUBSCRIBE: an identifier that was ever sent must be on file.
        self._remember(plan_ids(self._remembered, self._subscriptions.wires(filters)))
        self._subscriptions.replace(filters, self._remembered, uses_ids=self._uses_ids)

    def _remember(self, remembered: Remembered) -> None:
        self._store.save(remembered)
        self._remembered = remembered

    def _subscribe(self, client: MqttClient) -> None:
        """Send one SUBSCRIBE per filter, in order, and one UNSUBSCRIBE for the stale ones."""
        stale = self._remembered.stale
        if stale:
            _, packet_id = client.unsubscribe(stale)
            if packet_id is not None:
                self._asked[packet_id] = frozenset(stale)
        for subscription in self._subscriptions.all:
            if subscription.is_answered:
                continue  # on this connection, under this identifier
            if self._settings.is_v5:
                properties = None
                if self._uses_ids:
                    properties = Properties(PacketTypes.SUBSCRIBE)
                    properties.SubscriptionIdentifier = subscription.identifier
                _, packet_id = client.subscribe(
                    subscription.wire, options=self._options(subscription), properties=properties
                )
            else:
                _, packet_id = client.subscribe(subscription.wire, self._connector.qos)
            if packet_id is not None:
                self._asked[packet_id] = subscription

    def _options(self, subscription: Subscription) -> SubscribeOptions:
        retain_handling = _SEND_NEVER
        if self._connector.retained == "take":
            # Once is enough: not again after each reconnect or reload.
            retain_handling = _SEND_IF_NEW if subscription.is_taken else _SEND_ALWAYS
        return SubscribeOptions(
            qos=self._connector.qos, retainAsPublished=True, retainHandling=retain_handling
        )

    def _take_answers(self, client: MqttClient) -> None:
        remembered = self._remembered
        for packet_id, codes in client.answered:
            if packet_id not in self._asked:
                continue
            subscription = self._asked.pop(packet_id)
            if isinstance(subscription, frozenset):
                left = [wire for wire in remembered.stale if wire not in subscription]
                remembered = replace(remembered, stale=left)
            elif codes:
                subscription.answer(codes[0])
        client.answered.clear()
        if self._subscriptions.is_answered:
            remembered = replace(remembered, held=self._subscriptions.held())
        if remembered != self._remembered:
            self._remember(remembered)
        self._tell()


def _check(connector: MqttConnector, filters: tuple[str, ...]) -> None:
    if connector.qos == 2:
        raise ConfigError(
            f"QoS 2 is not supported by this version for the subscriptions of the connector "
            f"{connector.name!r}",
            path=f"connectors.mqtt.{connector.name}.qos",
            value=2,
            hint="use qos = 1: nothing is lost, duplicates are possible",
        )
    for topic_filter in filters:
        check_filter(topic_filter)
    if connector.will is not None:
        check_topic(connector.will.topic)
