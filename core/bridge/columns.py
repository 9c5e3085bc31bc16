"""The columns of a live message, built only as far as its rules read them.

A plain subscriber knows less than EMQX: who published (`clientid`, `username`) comes from where
the connector's identity says, and `peerhost`, `peername` and `client_attrs` are never known, so
they are undefined here as in any event that lacks them.
"""

from __future__ import annotations

import platform
import uuid
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from core.mqtt.identity import compile_identity
from core.sql.event import Event
from core.sql.values import UNDEFINED, Atom, Value

if TYPE_CHECKING:
    from core.clock import Clock
    from core.mqtt.message import InboundMessage
    from core.sql.rule import CompiledRule
    from core.workspace.mqtt import Identity

Build: TypeAlias = "Callable[[InboundMessage], Value]"

_EVENT: Final = Atom("message.publish")
_NODE: Final = Atom(f"sluicegate@{platform.node() or 'localhost'}")
_GLOBAL: Final = Atom("global")
METADATA: Final = "metadata"


class ColumnBuilder:
    """Makes the event of a message for the rules of one topic."""

    def __init__(self, identity: Identity, rules: Sequence[CompiledRule], clock: Clock) -> None:
        """Decide which columns to build.

        Args:
            identity: Where the publisher's names come from.
            rules: The rules that will read the event.
            clock: The time of evaluation, for `timestamp`.
        """
        reads = [rule.columns for rule in rules]
        everything = any(columns is None for columns in reads)
        names = set[str]().union(*(columns or () for columns in reads))
        known = _columns(clock)
        self._builds = [
            (name, build) for name, build in known.items() if everything or name in names
        ]
        self._identities = [
            (column, compile_identity(source))
            for column, source in (("clientid", identity.clientid), ("username", identity.username))
            if (everything or column in names) and source != "none"
        ]

    def event(self, message: InboundMessage) -> Event:
        """Make the event; the payload stays bytes until a rule reads it."""
        columns = {name: build(message) for name, build in self._builds}
        event = Event(columns, message.payload)
        for column, identify in self._identities:
            value = identify(message, event.decode)
            if value is not UNDEFINED:
                columns[column] = value
        return event


def reads_metadata(rule: CompiledRule) -> bool:
    """Tell whether a rule reads the one column that is different for every rule."""
    return rule.columns is None or METADATA in rule.columns


def with_metadata(event: Event, message: InboundMessage, rule_id: str) -> Event:
    """Give one rule its own view of a message's event; a decoded payload stays decoded."""
    metadata: dict[str, Value] = {"rule_id": rule_id, "namespace": _GLOBAL}
    own = Event({**event.columns, METADATA: metadata}, message.payload)
    own.decoded = event.decoded
    return own


def _columns(clock: Clock) -> dict[str, Build]:
    return {
        "id": lambda _message: uuid.uuid4().hex.upper(),
        "topic": lambda message: message.topic,
        "qos": lambda message: message.qos,
        "flags": lambda message: {"retain": message.retain, "dup": message.dup},
        "pub_props": lambda message: cast("Value", message.properties()),
        "timestamp": lambda _message: clock.now_ms(),
        "publish_received_at": lambda message: message.received_ms,
        "node": lambda _message: _NODE,
        "event": lambda _message: _EVENT,
    }
