"""How a cluster is reached, from what librdkafka says about it.

librdkafka repeats one failure many times, tells some only in its log, and sums up with "all
brokers down"; here that becomes one status with one readable reason.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence
from typing import Final, Protocol

import msgspec

from core.clock import Clock
from core.kafka.catalogue import Cause, Origin, explain_connection, explain_throttling
from core.status import Status

log = logging.getLogger("core.kafka")

_UP_STATES: Final = frozenset({"UP", "UPDATE"})
_LOG_AGAIN_S: Final = 60.0
_IDLE_CLOSE_MS: Final = 240_000  # brokers close idle connections after minutes; no failure
_TIME_UP: Final = re.compile(r"\(after (\d+)ms in state UP\)")
_ALL_DOWN: Final = "all_down"
_CLOSED: Final = "closed"


class ErrorEvent(Protocol):
    """The part of confluent_kafka's KafkaError that is used."""

    def str(self) -> str:
        """The text, with the broker's address."""
        ...

    def code(self) -> int:
        """The error's number."""
        ...


class Waits(msgspec.Struct, frozen=True, gc=False):
    """Times of the last seconds in librdkafka's statistics, in milliseconds."""

    avg: int = 0


class BrokerState(msgspec.Struct, frozen=True, gc=False):
    """One broker in librdkafka's statistics; `nodeid` -1 is an address that the user typed.

    `throttle` is how long the broker makes this client wait because of a quota.
    """

    nodename: str
    nodeid: int
    state: str
    throttle: Waits = Waits()


class PartitionState(msgspec.Struct, frozen=True, gc=False):
    """One partition in librdkafka's statistics; -1 collects records without a partition."""

    partition: int


class TopicState(msgspec.Struct, frozen=True, gc=False):
    """One topic in librdkafka's statistics."""

    partitions: dict[str, PartitionState]


class Statistics(msgspec.Struct, frozen=True, gc=False):
    """The part of librdkafka's statistics that is used."""

    brokers: dict[str, BrokerState]
    topics: dict[str, TopicState]

    @classmethod
    def parse(cls, text: str) -> Statistics:
        """Read the JSON text of the statistics callback."""
        return _DECODER.decode(text)

    def partition_counts(self) -> dict[str, int]:
        """Tell the number of partitions of each topic that has some."""
        counts = {
            topic: sum(part.partition >= 0 for part in state.partitions.values())
            for topic, state in self.topics.items()
        }
        return {topic: count for topic, count in counts.items() if count}


_DECODER: Final = msgspec.json.Decoder(Statistics)


class ClusterStatus:
    """Status and reason of one client of a cluster.

    Not locked: its methods are called by the thread that polls the client, which is also the one
    that librdkafka's callbacks run in.
    """

    def __init__(
        self,
        name: str,
        bootstrap: Sequence[str],
        clock: Clock,
        *,
        user: str = "",
        quiet: bool = False,
    ) -> None:
        """Begin as connecting.

        Args:
            name: The connector's, for the log.
            bootstrap: The addresses that the user typed.
            clock: Spaces repeated lines of the log.
            user: Who signs in, if somebody does.
            quiet: Leave the log alone, where the caller reports failures itself.
        """
        self.status: Status = "connecting"
        self.reason = ""
        self.cause: Cause | None = None
        self._name = name
        self._bootstrap = frozenset(bootstrap)
        self._clock = clock
        self._user = user
        self._quiet = quiet
        self._failing: dict[str, Cause] = {}
        self._refusal: Cause | None = None
        self._throttling = ""
        self._up: set[str] = set()
        self._ever_up: set[str] = set()
        self._logged_s: dict[str, float] = {}

    def take_event(self, error: ErrorEvent) -> None:
        """Take an error event of the client."""
        self.take_failure(error.str(), error.code())

    def take_failure(self, text: str, code: int = 0) -> None:
        """Take an error event or a FAIL line of the log.

        Args:
            text: As librdkafka gives it, with the broker's address.
            code: Of the error event; 0 for a line of the log.
        """
        origin = Origin.parse(text)
        elsewhere = (
            origin.advertised
            and origin.address not in self._bootstrap
            and origin.address not in self._ever_up
        )
        cause = explain_connection(text, code, elsewhere=elsewhere, user=self._user)
        if cause.kind == _ALL_DOWN:
            self._up.clear()
            self._go_down(self.cause or cause)
            return
        if cause.kind == _CLOSED and _was_idle(text):
            return
        known = self._failing.get(origin.address)
        if known is not None and known.permanent and cause.kind == _CLOSED:
            return  # the connection ends after the broker has said why
        self._up.discard(origin.address)
        self._failing[origin.address] = self.cause = cause
        if self._up:
            self._go_up()
        else:
            self._go_down(cause)

    def take_brokers(self, brokers: Iterable[BrokerState]) -> None:
        """Take the brokers' states from the statistics."""
        known = [broker for broker in brokers if broker.nodename]
        up = {broker.nodename for broker in known if broker.state in _UP_STATES}
        names = {broker.nodename for broker in known}
        self._ever_up |= up
        self._throttling = next((each.nodename for each in known if each.throttle.avg > 0), "")
        self._up = {broker.nodename for broker in known if broker.nodeid >= 0} & up
        # With all of them down, librdkafka forgets the brokers that it was told of and asks the
        # bootstrap addresses anew: that one of those answers mends nothing.
        is_told = any(broker.nodeid >= 0 for broker in known)
        self._failing = {
            address: cause
            for address, cause in self._failing.items()
            if address not in up and (address in names or not is_told)
        }
        if self._up or (up and not self._failing):
            self._go_up()

    def take_statistics(self, text: str) -> None:
        """Take the JSON text of the statistics callback."""
        self.take_brokers(Statistics.parse(text).brokers.values())

    def take_answer(self) -> None:
        """Take note that the cluster has answered a request for metadata."""
        if not self._failing:
            self._go_up()

    def take_refusal(self, cause: Cause | None) -> None:
        """Take note that the cluster refuses this client for good, or (None) no longer does."""
        self._refusal = self.cause = cause
        if cause is not None:
            self._go_down(cause)

    def _go_up(self) -> None:
        if self._refusal is not None:
            self._go_down(self._refusal)
            return
        others = next(iter(self._failing.values()), None)
        if self.status != "connected" and not self._quiet:
            log.info("%s: connected to Kafka", self._name, extra={"connector": self._name})
        self.status = "connected"
        self.reason = others.summary if others else ""
        if not others and self._throttling:
            self.reason = explain_throttling(self._throttling).summary
        if others is None:
            self.cause = None

    def _go_down(self, cause: Cause) -> None:
        self.status = "failed" if cause.permanent else "disconnected"
        self.reason = cause.summary
        now = self._clock.monotonic_s()
        last = self._logged_s.get(cause.kind)
        if not self._quiet and (last is None or now - last >= _LOG_AGAIN_S):
            self._logged_s[cause.kind] = now
            log.warning(
                "%s: %s %s", self._name, cause.summary, cause.hint, extra={"connector": self._name}
            )


class LogLines:
    """Stands in for a client's logger: takes the causes that librdkafka tells in its log only."""

    def __init__(self, cluster: ClusterStatus) -> None:
        self._cluster = cluster

    def log(self, level: int, _format: str, facility: str, _client: str, text: str) -> None:
        """Take a line; errors come as events too and are left to them."""
        if facility == "FAIL" and level < logging.ERROR:
            self._cluster.take_failure(text)
        log.debug("%s %s", facility, text)


def _was_idle(text: str) -> bool:
    found = _TIME_UP.search(text)
    return found is not None and int(found[1]) >= _IDLE_CLOSE_MS
