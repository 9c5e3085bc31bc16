"""What an MQTT broker allows, as it said when it was signed in to."""

from __future__ import annotations

from typing import Final

from core.mqtt.answers import Connack
from core.workspace.mqtt import MqttConnector
from gui.viewmodels.connector import Figure
from gui.viewmodels.words import memory_size, number, tr

_MOST_UNACKED: Final = 65_535
"""What MQTT 5.0 has apply when the broker names no receive maximum (section 3.2.2.3.3)."""


def limits_of(connack: Connack, connector: MqttConnector) -> tuple[Figure, ...]:
    """List a broker's limits; empty with MQTT 3.1.1, in which a broker cannot name any.

    The session's expiry is listed only where the broker sets one: a test asks for no session.
    """
    if connector.protocol != "5.0":
        return ()
    packet, keepalive = connack.maximum_packet_size, connack.server_keepalive_s
    asked = tr("{time} s, as asked").format(time=number(round(connector.keepalive.s)))
    found = [
        Figure(tr("Highest QoS"), number(connack.maximum_qos)),
        Figure(
            tr("Largest packet"), tr("no limit named") if packet is None else memory_size(packet)
        ),
        Figure(tr("Messages in flight"), number(connack.receive_maximum or _MOST_UNACKED)),
        Figure(tr("Keep alive"), asked if keepalive is None else _set_by_broker(keepalive)),
    ]
    if connack.session_expiry_s is not None:
        found.append(Figure(tr("Session expiry"), _set_by_broker(connack.session_expiry_s)))
    kinds = (
        (tr("Wildcards"), connack.wildcard_subscriptions),
        (tr("Shared groups"), connack.shared_subscriptions),
        (tr("Retained messages"), connack.retain_available),
    )
    if all(is_there for _, is_there in kinds):
        return (*found, Figure(tr("Wildcards, shared groups, retained"), tr("yes")))
    found += [Figure(name, tr("yes") if is_there else tr("no")) for name, is_there in kinds]
    return tuple(found)


def _set_by_broker(seconds: int) -> str:
    return tr("{time} s, set by the broker").format(time=number(seconds))
