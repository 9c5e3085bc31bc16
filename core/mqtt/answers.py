"""What a broker says of a connection: its answer to the sign-in, and why the connection ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


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
    assigned_client_id: str | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """Why a connection ended. `code` is the reason code of the broker's packet, if it sent one."""

    how: Literal["refused", "disconnect", "lost", "keepalive", "malformed"]
    code: int = 0
    reason_string: str = ""
