"""Asking the broker for a source's filters, and remembering over runs what it has granted."""

from __future__ import annotations

import logging
from typing import Final

from msgspec.structs import replace
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from core.errors import StoreError
from core.mqtt.answers import Connack
from core.mqtt.client import MqttClient
from core.mqtt.settings import Settings
from core.mqtt.state import Remembered, SubscriptionStore, id_never_used, plan_ids
from core.mqtt.subscriptions import Subscription, Subscriptions

log = logging.getLogger("core.mqtt")

_SEND_ALWAYS: Final = SubscribeOptions.RETAIN_SEND_ON_SUBSCRIBE
_SEND_IF_NEW: Final = SubscribeOptions.RETAIN_SEND_IF_NEW_SUB
_SEND_NEVER: Final = SubscribeOptions.RETAIN_DO_NOT_SEND


class Subscribing:
    """SUBSCRIBE and UNSUBSCRIBE of one source. One thread.

    Where the state folder cannot be written, the source works without it: the next run then does
    not know which filters to unsubscribe.

    Attributes:
        subscriptions: The filters, with the broker's answers.
        uses_ids: Whether subscription identifiers are sent on this connection.
    """

    def __init__(
        self, settings: Settings, store: SubscriptionStore, filters: tuple[str, ...]
    ) -> None:
        """Read what the last run left behind; nothing is written or asked yet.

        Raises:
            StoreError: The state file cannot be read.
        """
        self.subscriptions = Subscriptions(settings.connector.shared_group)
        self.uses_ids = False
        self._settings = settings
        self._connector = settings.connector
        self._store = store
        self._remembered = store.load(settings.client_id)
        self._filters = filters
        self._asked: dict[int, Subscription | frozenset[str]] = {}  # a set: UNSUBSCRIBE
        self._trouble = ""

    def plan(self) -> None:
        """Give identifiers to the filters and write them down."""
        wires = self.subscriptions.wires(self._filters)
        known = self._remembered.ids
        # Written before the first SUBSCRIBE: an identifier that was ever sent must be on file.
        self._remember(plan_ids(self._remembered, wires))
        if self._trouble and self._remembered.ids != known:  # or be one that no run gives again
            anywhere = replace(self._remembered, ids={}, next_id=id_never_used())
            self._remember(plan_ids(anywhere, wires))
        self.subscriptions.replace(self._filters, self._remembered, uses_ids=self.uses_ids)

    def use(self, filters: tuple[str, ...]) -> bool:
        """Take another set of filters; False if it is the same one."""
        if set(filters) == {s.topic_filter for s in self.subscriptions.all}:
            return False
        self._filters = filters
        self.plan()
        return True

    def start_over(self, connack: Connack | None) -> None:
        """Begin another connection."""
        has_session = connack is not None and connack.session_present
        if not has_session:
            self._remember(replace(self._remembered, held=[], stale=[]))
        elif self._trouble:
            self._remember(self._remembered)
        self.uses_ids = self._settings.is_v5 and connack is not None and connack.subscription_ids
        self.subscriptions.start_over(has_session=has_session)

    def lose(self) -> None:
        """Expect no more answers: the connection has ended."""
        self._asked.clear()

    def forget(self) -> None:
        """Note that the session with all its subscriptions is gone."""
        self._remember(replace(self._remembered, ids={}, held=[], stale=[]))

    def ask(self, client: MqttClient) -> None:
        """Send one SUBSCRIBE per filter, in order, and one UNSUBSCRIBE for the stale ones."""
        stale = self._remembered.stale
        if stale:
            _, packet_id = client.unsubscribe(stale)
            if packet_id is not None:
                self._asked[packet_id] = frozenset(stale)
        for subscription in self.subscriptions.all:
            if subscription.is_answered:
                continue  # on this connection, under this identifier
            if self._settings.is_v5:
                properties = None
                if self.uses_ids:
                    properties = Properties(PacketTypes.SUBSCRIBE)
                    properties.SubscriptionIdentifier = subscription.identifier
                _, packet_id = client.subscribe(
                    subscription.wire, options=self._options(subscription), properties=properties
                )
            else:
                _, packet_id = client.subscribe(subscription.wire, self._connector.qos)
            if packet_id is not None:
                self._asked[packet_id] = subscription

    def take_answers(self, client: MqttClient) -> None:
        """Take the SUBACKs and UNSUBACKs that have come, and write down what they change."""
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
        if self.subscriptions.is_answered:
            remembered = replace(remembered, held=self.subscriptions.held())
        if remembered != self._remembered:
            self._remember(remembered)

    def _options(self, subscription: Subscription) -> SubscribeOptions:
        retain_handling = _SEND_NEVER
        if self._connector.retained == "take":
            # Once is enough: not again after each reconnect or reload.
            retain_handling = _SEND_IF_NEW if subscription.is_taken else _SEND_ALWAYS
        return SubscribeOptions(
            qos=self._connector.qos, retainAsPublished=True, retainHandling=retain_handling
        )

    def _remember(self, remembered: Remembered) -> None:
        self._remembered = remembered
        try:
            self._store.save(remembered)
        except StoreError as exc:
            if exc.message != self._trouble:
                log.error("%s %s The source works without it.", exc.message, exc.hint)
            self._trouble = exc.message
        else:
            self._trouble = ""
