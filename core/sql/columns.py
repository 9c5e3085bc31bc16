"""The events that rules can listen to: their names, FROM topics, columns and example values.

The example values are EMQX's own, kept as data in `resources/event_defaults.json`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

import msgspec

from core.sql.topics import topic_matches
from core.sql.values import UNDEFINED, Atom, Value

MESSAGE_PUBLISH: Final = "message.publish"
NODE: Final = "emqx@127.0.0.1"
"""The node name of examples."""

_SOURCE: Final = "$bridges/mqtt:*"
_SOURCE_PREFIXES: Final = ("$bridges/", "$sources/")

# Event, its topic, its topic before EMQX 5.9 (the same meaning; some events had none).
_TOPICS: Final[tuple[tuple[str, str, str | None], ...]] = (
    ("message.delivered", "message/delivered", "message_delivered"),
    ("message.acked", "message/acked", "message_acked"),
    ("message.dropped", "message/dropped", "message_dropped"),
    ("delivery.dropped", "message/delivery_dropped", "delivery_dropped"),
    ("client.connected", "client/connected", "client_connected"),
    ("client.disconnected", "client/disconnected", "client_disconnected"),
    ("client.connack", "client/connack", "client_connack"),
    ("client.ping", "client/ping", None),
    ("client.check_authz_complete", "auth/check_authz_complete", "client_check_authz_complete"),
    ("client.check_authn_complete", "auth/check_authn_complete", "client_check_authn_complete"),
    ("session.subscribed", "session/subscribed", "session_subscribed"),
    ("session.unsubscribed", "session/unsubscribed", "session_unsubscribed"),
    ("schema.validation_failed", "schema_validation/failed", "schema_validation_failed"),
    (
        "message.transformation_failed",
        "message_transformation/failed",
        "message_transformation_failed",
    ),
    ("alarm.activated", "sys/alarm_activated", None),
    ("alarm.deactivated", "sys/alarm_deactivated", None),
)

EVENT_TOPICS: Final[Mapping[str, str]] = MappingProxyType(
    {event: f"$events/{topic}" for event, topic, _ in _TOPICS}
)
"""Event name to the topic that stands for it in FROM."""

LEGACY_TOPICS: Final[Mapping[str, str]] = MappingProxyType(
    {f"$events/{legacy}": f"$events/{topic}" for _, topic, legacy in _TOPICS if legacy}
)
"""Old event topic to the current one."""

LIVE_COLUMNS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "id": "a new id for every message received",
        "clientid": "where the connector's identity says, else undefined",
        "username": "where the connector's identity says, else undefined",
        "payload": "the message's bytes as text",
        "topic": "the topic it was published to",
        "qos": "the QoS it was delivered with",
        "flags": "`retain` and `dup`, as delivered",
        "pub_props": "the MQTT 5 properties; none with MQTT 3.1.1",
        "timestamp": "the time of evaluation, in milliseconds",
        "publish_received_at": "the time it was received here, in milliseconds",
        "node": "the name of this engine",
        "event": "message.publish",
        "metadata": "`rule_id` and `namespace`",
    }
)
"""The columns of message.publish that a subscriber of a broker can supply, and what they hold."""

UNKNOWN_LIVE_COLUMNS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "peerhost": "only the broker knows the publisher's address",
        "peername": "only the broker knows the publisher's address and port",
        "client_attrs": "only EMQX knows the attributes it gave to the publisher",
    }
)
"""The columns of message.publish that no subscriber can know, and why; they are undefined."""


@dataclass(frozen=True, slots=True)
class EventKind:
    """What one kind of event looks like.

    Attributes:
        name: The value of its column `event`; for messages of a source the topic in FROM.
        topic: What FROM must match; None for messages, whose own topic counts.
        examples: Example value of every column; see `example_columns` for placeholders.
        constants: Columns of the examples whose texts are constants, not strings.
    """

    name: str
    topic: str | None
    examples: Mapping[str, Value]
    constants: frozenset[str]

    @property
    def is_source(self) -> bool:
        """Whether it is a message that came from a source, not from a client."""
        return self.name.startswith(_SOURCE_PREFIXES)

    def example_columns(self, now_ms: int) -> dict[str, Value]:
        """Return the columns as the tester fills them in.

        Args:
            now_ms: The time of evaluation; it also makes the message id.
        """
        placeholders: dict[str, Value] = {
            "$now": now_ms,
            "$id": f"{now_ms:016X}F442000000010000",
            "$node": Atom(NODE),
            "$undefined": UNDEFINED,
        }
        columns: dict[str, Value] = {"event": self.name if self.is_source else Atom(self.name)}
        for name, example in self.examples.items():
            if not isinstance(example, str):
                columns[name] = example
            elif example in placeholders:
                columns[name] = placeholders[example]
            else:
                columns[name] = Atom(example) if name in self.constants else example
        return columns


def event_kinds() -> tuple[str, ...]:
    """Name the events that have a name of their own, message.publish first."""
    return (MESSAGE_PUBLISH, *EVENT_TOPICS)


def event_kind(name: str) -> EventKind | None:
    """Describe an event by its name; a source is named by its topic, `$bridges/mqtt:my_source`.

    Returns:
        None for an unknown event.
    """
    if name.startswith(_SOURCE_PREFIXES) and not name.endswith("/"):
        known = name.partition("/")[2].startswith("mqtt:")
        data = _data()[_SOURCE]
        examples = data.columns if known else {"timestamp": "$now", "node": "$node"}
        return EventKind(name, name, MappingProxyType(examples), frozenset())
    if name != MESSAGE_PUBLISH and name not in EVENT_TOPICS:
        return None
    data = _data()[name]
    return EventKind(
        name,
        EVENT_TOPICS.get(name),
        MappingProxyType(data.columns),
        frozenset(data.constants),
    )


def columns_of_topics(topics: Iterable[str]) -> frozenset[str]:
    """Name every column that an event matched by these entries of FROM may have."""
    names = {"event", "timestamp", "node", "metadata"}
    for entry in topics:
        kinds = [event_kind(name) for name, topic in EVENT_TOPICS.items() if _stands(entry, topic)]
        if entry.startswith(_SOURCE_PREFIXES):
            kinds.append(event_kind(entry))
        for kind in kinds or [event_kind(MESSAGE_PUBLISH)]:
            names.update(() if kind is None else kind.examples)
    return frozenset(names)


def _stands(entry: str, event_topic: str) -> bool:
    return topic_matches(event_topic, entry) or LEGACY_TOPICS.get(entry) == event_topic


class _EventData(msgspec.Struct, frozen=True):
    constants: list[str]
    columns: dict[str, Any]


class _Defaults(msgspec.Struct, frozen=True):
    events: dict[str, _EventData]


@cache
def _data() -> Mapping[str, _EventData]:
    text = files("resources").joinpath("event_defaults.json").read_bytes()
    return msgspec.json.decode(text, type=_Defaults).events
