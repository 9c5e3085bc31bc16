"""The subscriptions of one source: which filter takes a message, and which copy counts."""

from __future__ import annotations

from typing import Final

from core.mqtt.catalogue import REFUSED, reason_text
from core.mqtt.packets import subscription_ids
from core.mqtt.state import Remembered
from core.mqtt.topics import filters_overlap, shared, topic_matches

_CACHED_TOPICS: Final = 10_000


class Subscription:
    """One topic filter.

    Attributes:
        topic_filter: As the rules write it.
        wire: As it is subscribed, with its shared group.
        identifier: MQTT 5 subscription identifier.
        granted_qos: What the broker granted; None until it answered, or when it refused.
        refusal_code: The reason code with which the broker refused it; 0 if it did not.
        received: Messages that this filter matched, copies not counted.
        is_held: The broker has granted it, on this connection or one before; only then do its
            copies come.
        is_taken: This source has subscribed it before, so retained messages have been sent.
    """

    __slots__ = (
        "granted_qos",
        "identifier",
        "is_held",
        "is_taken",
        "received",
        "refusal_code",
        "topic_filter",
        "wire",
    )

    def __init__(self, topic_filter: str, wire: str, identifier: int) -> None:
        self.topic_filter = topic_filter
        self.wire = wire
        self.identifier = identifier
        self.granted_qos: int | None = None
        self.refusal_code = 0
        self.received = 0
        self.is_held = False
        self.is_taken = False

    @property
    def is_answered(self) -> bool:
        """Whether the broker has answered on this connection."""
        return self.granted_qos is not None or self.refusal_code != 0

    @property
    def refused(self) -> str:
        """Why the broker refused it: words and code; empty if it did not."""
        return reason_text(self.refusal_code) if self.refusal_code else ""

    def answer(self, code: int) -> None:
        """Note the reason code of a SUBACK."""
        if code >= REFUSED:
            self.refusal_code = code
            self.granted_qos = None
            self.is_held = False
        else:
            self.granted_qos = code
            self.refusal_code = 0
            self.is_held = self.is_taken = True


class Subscriptions:
    """All of a source's filters, in the order they are subscribed: sorted by their text.

    The order does not depend on the file or the run, so that engines that share a subscription
    agree on which copy of a message counts.
    """

    def __init__(self, group: str) -> None:
        self._group = group
        self.all: tuple[Subscription, ...] = ()
        self._by_id: dict[int, Subscription] = {}
        self._by_topic: dict[str, tuple[Subscription, ...]] = {}
        self.overlaps = False

    def wires(self, filters: tuple[str, ...]) -> list[str]:
        """Spell distinct filters as they are subscribed, in order."""
        return [shared(topic_filter, self._group) for topic_filter in sorted(set(filters))]

    def replace(self, filters: tuple[str, ...], remembered: Remembered, *, uses_ids: bool) -> None:
        """Take a new set of filters.

        Those that stay keep their counts, and the broker's answer too unless the identifier that
        it was given for has changed.

        Args:
            filters: Distinct topic filters.
            remembered: Their identifiers, and which of them the broker holds.
            uses_ids: Whether identifiers are sent.
        """
        old = {subscription.wire: subscription for subscription in self.all}
        fresh: list[Subscription] = []
        for topic_filter in sorted(set(filters)):
            wire = shared(topic_filter, self._group)
            subscription = Subscription(topic_filter, wire, remembered.ids[wire])
            subscription.is_held = wire in remembered.held
            if wire in old:
                subscription.received = old[wire].received
                subscription.is_taken = old[wire].is_taken
                if not uses_ids or old[wire].identifier == subscription.identifier:
                    subscription.granted_qos = old[wire].granted_qos
                    subscription.refusal_code = old[wire].refusal_code
            fresh.append(subscription)
        self.all = tuple(fresh)
        self._by_id = {subscription.identifier: subscription for subscription in fresh}
        self._by_topic.clear()
        self.overlaps = bool(self.overlapping())

    def overlapping(self) -> list[tuple[str, str]]:
        """List the pairs of filters that one topic can match both of. Cost: O(n^2)."""
        names = [subscription.topic_filter for subscription in self.all]
        return [
            (first, second)
            for index, first in enumerate(names)
            for second in names[index + 1 :]
            if filters_overlap(first, second)
        ]

    def matching(self, topic: str) -> tuple[Subscription, ...]:
        """Give the filters that match a topic, in order of subscription. Cached per topic."""
        found = self._by_topic.get(topic)
        if found is None:
            if len(self._by_topic) >= _CACHED_TOPICS:
                self._by_topic.clear()
            found = tuple(s for s in self.all if topic_matches(topic, s.topic_filter))
            self._by_topic[topic] = found
        return found

    def is_copy(self, topic: str, raw_properties: bytes) -> bool:
        """Tell whether a delivery is a further copy of a message because filters overlap.

        Of the filters that match and that the broker holds, the first is the primary one; its
        copy counts. A delivery without identifiers, or with an unknown one (queued under an
        earlier set of filters), is never called a copy.
        """
        identifiers = subscription_ids(raw_properties)
        if not identifiers or any(number not in self._by_id for number in identifiers):
            return False
        for subscription in self.matching(topic):
            if subscription.is_held:
                return subscription.identifier not in identifiers
        return False

    @property
    def is_answered(self) -> bool:
        """Whether the broker has answered for every filter."""
        return all(subscription.is_answered for subscription in self.all)

    def start_over(self, *, has_session: bool) -> None:
        """Wait for new answers, on a new connection; without a session nothing is held."""
        for subscription in self.all:
            subscription.granted_qos = None
            subscription.refusal_code = 0
            subscription.is_held = subscription.is_held and has_session

    def held(self) -> list[str]:
        """List the filters, as subscribed, that the broker holds."""
        return [subscription.wire for subscription in self.all if subscription.is_held]

    def refusals(self) -> list[Subscription]:
        """List the filters that the broker refused."""
        return [subscription for subscription in self.all if subscription.refusal_code]
