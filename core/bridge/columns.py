"""The columns of a live message, built only as far as its rules read them.

A plain subscriber knows less than EMQX: who published (`clientid`, `username`) comes from where
the connector's identity says, and `peerhost`, `peername` and `client_attrs` are never known, so
they are undefined here as in any event that lacks them.
"""

from __future__ import annotations

import platform
import uuid
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from core.mqtt.identity import compile_identity
from core.sql.rule import CompiledRule, Event
from core.sql.values import Atom, Value, bytes_to_str

if TYPE_CHECKING:
    from core.clock import Clock
    from core.mqtt.source import InboundMessage
    from core.workspace.mqtt import Identity

Build: TypeAlias = "Callable[[InboundMessage], Value]"

_EVENT: Final = Atom("message.publish")
_NODE: Final = Atom(f"sluicegate@{platform.node() or 'localhost'}")
_METADATA: Final = "metadata"
