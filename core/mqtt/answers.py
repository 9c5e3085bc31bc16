"""What a broker says of a connection: its answer to the sign-in, and why the connection ended."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Literal

from paho.mqtt import MQTTException
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties


@dataclass(frozen=True, slots=True)
class Connack:
    """The broker's answer to the sign-in; limits are None where it names none."""

    session_present: bool
    subscription_ids: bool = True
    shared_subscriptions: bool = True
    wildcard_subscriptions: bool = True
    retain_available: bool = True
    maximum_qos: int = 2
    receive_maximum: int | None = None
    maximum_packet_size: int | None = None
    server_keepalive_s: int | None = None
    session_expiry_s: int | None = None
    topic_alias_maximum: int = 0
    assigned_client_id: str | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """Why a connection ended. `code` is the reason code of the broker's packet, if it sent one."""

    how: Literal["refused", "disconnect", "lost", "keepalive", "malformed"]
    code: int = 0
    reason_string: str = ""


def connack_of(*, session_present: bool, named: Properties | None) -> Connack:
    """Read what a broker that says yes tells of itself; `named` are its MQTT 5 properties."""
    found = vars(named) if named is not None else {}
    return Connack(
        session_present=session_present,
        subscription_ids=bool(found.get("SubscriptionIdentifierAvailable", 1)),
        shared_subscriptions=bool(found.get("SharedSubscriptionAvailable", 1)),
        wildcard_subscriptions=bool(found.get("WildcardSubscriptionAvailable", 1)),
        retain_available=bool(found.get("RetainAvailable", 1)),
        maximum_qos=int(found.get("MaximumQoS", 2)),
        receive_maximum=found.get("ReceiveMaximum"),
        maximum_packet_size=found.get("MaximumPacketSize"),
        server_keepalive_s=found.get("ServerKeepAlive"),
        session_expiry_s=found.get("SessionExpiryInterval"),
        topic_alias_maximum=int(found.get("TopicAliasMaximum", 0)),
        assigned_client_id=found.get("AssignedClientIdentifier"),
    )


def refusal_words(packet: bytes) -> str:
    """Give the reason string of an MQTT 5 CONNACK that says no; empty without one."""
    if len(packet) < 3:
        return ""
    properties = Properties(PacketTypes.CONNACK)
    with contextlib.suppress(MQTTException):
        properties.unpack(packet[2:])  # pyright: ignore[reportUnknownMemberType] - untyped
    return str(getattr(properties, "ReasonString", ""))
