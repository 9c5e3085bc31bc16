"""A message as it came from the broker."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, TypeAlias

import msgspec

from core.mqtt.packets import USER_PROPERTY, read_properties

PubProps: TypeAlias = dict[str, "int | str | dict[str, str] | list[dict[str, str]]"]

_NAMES: Final = {
    1: "Payload-Format-Indicator",
    2: "Message-Expiry-Interval",
    3: "Content-Type",
    8: "Response-Topic",
    9: "Correlation-Data",
}
_LONGEST_KNOWN: Final = 1_000


class InboundMessage(msgspec.Struct, eq=False, gc=False):
    """One delivery of a message; owned by the pipeline thread.

    Attributes:
        topic: Where it was published.
        payload: Its bytes, untouched.
        qos: Of this delivery, 0 to 2.
        retain: MQTT 5: as published, unless the broker cannot tell (then and with 3.1.1: a
            retained message sent because of a subscription).
        dup: The broker says that it may have sent it before.
        packet_id: For the acknowledgement; 0 with QoS 0, and when nothing is left to acknowledge.
            Means nothing on another connection.
        raw_properties: Undecoded MQTT 5 properties.
        packet_bytes: Size of its packet on the wire.
        connection: Number of the connection it came on, from 1; 0 when that session is gone, so
            that nothing is left to acknowledge.
        received_ms: Wall clock, milliseconds, when the bytes it came with were read.
        received_s: Monotonic clock, seconds, at the same moment.
        decoded_properties: What `properties` has made of `raw_properties`; None before.
    """

    # gc=False: made for every message, and nothing it holds refers back to it.
    topic: str
    payload: bytes
    qos: int = 0
    retain: bool = False
    dup: bool = False
    packet_id: int = 0
    raw_properties: bytes = b""
    packet_bytes: int = 0
    connection: int = 0
    received_ms: int = 0
    received_s: float = 0.0
    decoded_properties: PubProps | None = None

    def __repr__(self) -> str:
        return (
            f"InboundMessage({self.topic!r}, {len(self.payload)} bytes, qos={self.qos}, "
            f"packet_id={self.packet_id}, connection={self.connection})"
        )

    def properties(self) -> PubProps:
        """Give the properties in EMQX's `pub_props` form (`rule-sql.md` 5.3). Decoded once.

        `User-Property` holds the last value of each name, `User-Property-Pairs` all in order;
        without user properties only `"User-Property": {}` is there.
        """
        if self.decoded_properties is None:
            self.decoded_properties = _pub_props(self.raw_properties)
        return self.decoded_properties

    def user_property(self, name: str) -> str | None:
        """Give the last value of an MQTT 5 user property, None if there is none."""
        raw = self.raw_properties
        if not raw:
            return None
        return (_known_names if len(raw) <= _LONGEST_KNOWN else _names)(raw).get(name)


def _names(raw: bytes) -> dict[str, str]:
    """Give the last value of each user property."""
    return dict(
        value
        for identifier, value in read_properties(raw)
        if identifier == USER_PROPERTY and isinstance(value, tuple)
    )


# A publisher sends the same properties with every message, mostly. The results are never changed.
_known_names = lru_cache(maxsize=1_000)(_names)


def _pub_props(raw: bytes) -> PubProps:
    props: PubProps = {}
    pairs: list[dict[str, str]] = []
    for identifier, value in read_properties(raw) if raw else ():
        if identifier == USER_PROPERTY and isinstance(value, tuple):
            pairs.append({"key": value[0], "value": value[1]})
        elif identifier in _NAMES and not isinstance(value, tuple):
            props[_NAMES[identifier]] = value
    props["User-Property"] = {pair["key"]: pair["value"] for pair in pairs}
    if pairs:
        props["User-Property-Pairs"] = pairs
    return props
