"""Asking a cluster what it has, with a readable reason when it does not answer."""

from __future__ import annotations

import difflib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

from confluent_kafka import KafkaError, KafkaException

from core.errors import AuthFailed, ConnectFailed
from core.kafka.catalogue import Cause
from core.kafka.status import ClusterStatus

if TYPE_CHECKING:
    from confluent_kafka.admin._metadata import ClusterMetadata

_ASK_S: Final = 0.5
_GRACE_S: Final = 1.0
"""How long a failure may last before it is believed: a name can have a second address."""

_SIGN_IN: Final = frozenset(
    {"credentials", "mechanism", "sign_in", "no_sasl_here", "token_refused", "token"}
)
_STEPS: Final = {
    "unknown_host": "resolve",
    "certificate": "tls",
    "client_certificate": "tls",
    "no_tls_here": "tls",
    "tls": "tls",
    "advertised_unknown": "brokers",
    "advertised_unreachable": "brokers",
    "advertised_other": "brokers",
}


@dataclass(frozen=True, slots=True)
class Broker:
    """A broker at the address that the cluster tells its clients to use."""

    id: int
    host: str
    port: int

    @property
    def address(self) -> str:
        """HOST:PORT."""
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic; `leaders` counts the partitions that can be written to now."""

    name: str
    partitions: int
    replication: int
    leaders: int


@dataclass(frozen=True, slots=True)
class Cluster:
    """What a cluster answered.

    Attributes:
        answered_by: Address of the broker that did.
        brokers: All of them.
        topics: By name; without Kafka's own (`__consumer_offsets` and such).
        hidden: Topics asked for by name of which this user may not even know whether they exist.
    """

    answered_by: str
    brokers: tuple[Broker, ...]
    topics: dict[str, Topic]
    hidden: frozenset[str] = frozenset()


class CanListTopics(Protocol):
    """Any client of confluent_kafka."""

    def list_topics(self, topic: str = ..., timeout: float = ...) -> Any:
        """Ask for the metadata of one or all topics."""
        ...


def describe_cluster(
    client: CanListTopics,
    status: ClusterStatus,
    *,
    topic: str = "",
    timeout_s: float,
    serve: Callable[[], object],
    connector: str = "",
) -> Cluster:
    """Ask for brokers and topics; blocks at most about `timeout_s`.

    Args:
        client: Whom to ask with.
        status: Fed by the client's callbacks; explains a failure.
        topic: The only topic of interest; all for none.
        timeout_s: Ends earlier where the status says that waiting is in vain.
        serve: Lets the client's callbacks run.
        connector: Name, for the error.

    Raises:
        ConnectFailed: The cluster was not reached; AuthFailed if it refused the sign-in.
    """
    start = time.monotonic()
    asked = {"topic": topic} if topic else {}
    while True:
        try:
            metadata = client.list_topics(**asked, timeout=_ASK_S)
        except KafkaException as exc:
            serve()
            elapsed = time.monotonic() - start
            down = status.status == "disconnected" and elapsed >= _GRACE_S
            if status.status == "failed" or down or elapsed >= timeout_s:
                raise unreachable(status.cause, connector, elapsed) from exc
        else:
            return _cluster(cast("ClusterMetadata", metadata))


def unreachable(cause: Cause | None, connector: str, waited_s: float) -> ConnectFailed:
    """Make the error of a cluster that did not answer.

    Its `step` is "brokers" where the cluster answered, but named addresses that do not.
    """
    if cause is None:
        return ConnectFailed(
            f"The cluster did not answer within {waited_s:.0f} s.",
            connector=connector,
            step="connect",
            cause="timed out",
            hint="Check the address; a firewall or VPN may drop the packets.",
        )
    if cause.kind in _SIGN_IN:
        return AuthFailed(cause.summary, connector=connector, cause=cause.raw, hint=cause.hint)
    return ConnectFailed(
        cause.summary,
        connector=connector,
        step=_STEPS.get(cause.kind, "connect"),
        cause=cause.raw,
        hint=cause.hint,
        address=cause.address,
    )


def nearest(name: str, known: Iterable[str]) -> str:
    """Suggest up to three known names like a given one: `Nearest names: a, b.`; empty if none."""
    found = difflib.get_close_matches(name, list(known), n=3, cutoff=0.6)
    return f"Nearest names: {', '.join(found)}." if found else ""


def _cluster(metadata: ClusterMetadata) -> Cluster:
    topics: dict[str, Topic] = {}
    hidden: set[str] = set()
    for name, found in metadata.topics.items():
        code = 0 if found.error is None else found.error.code()
        if code == KafkaError.TOPIC_AUTHORIZATION_FAILED:
            hidden.add(name)
        if code in (KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.UNKNOWN_TOPIC_OR_PART):
            continue
        parts = found.partitions.values()
        topics[name] = Topic(
            name=name,
            partitions=len(parts),
            replication=max((len(part.replicas) for part in parts), default=0),
            leaders=sum(part.leader >= 0 for part in parts),
        )
    brokers = (
        Broker(broker.id, str(broker.host), broker.port) for broker in metadata.brokers.values()
    )
    return Cluster(
        answered_by=str(metadata.orig_broker_name).rpartition("/")[0],
        brokers=tuple(sorted(brokers, key=lambda broker: broker.id)),
        topics={name: topics[name] for name in sorted(topics) if not name.startswith("__")},
        hidden=frozenset(hidden),
    )
