"""Signing in while the caller waits, and what to say when the broker does not let us in."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from dataclasses import replace
from typing import Final

from core.errors import AppError
from core.mqtt.catalogue import Failure, Trouble, connack_failure, failure, network_failure
from core.mqtt.client import MqttClient
from core.mqtt.dial import Dial
from core.mqtt.settings import Settings
from core.mqtt.waiting import wait_readable

_TLS_ALERT: Final = 0x15
_HTTP: Final = (b"HT", b"<")  # of HTTP/1.1, or of a page without a head


def sign_in(settings: Settings, timeout_s: float) -> MqttClient:
    """Connect and wait for the broker's yes. Blocks at most about `timeout_s`.

    Raises:
        ConnectFailed: Not reached or refused.
        ConfigError: A secret or a certificate file is missing or wrong.
    """
    return complete(settings, timeout_s, prepared=None)


def complete(settings: Settings, timeout_s: float, *, prepared: socket.socket | None) -> MqttClient:
    """Sign in over a connection that is open already, if there is one; else as `sign_in`."""
    deadline = time.monotonic() + timeout_s
    is_done = threading.Event()
    dial = Dial(settings, is_done.set, prepared=prepared)
    if not is_done.wait(timeout_s):
        dial.abandon()
        raise failure("timeout", settings.facts).error
    client = dial.take()
    try:
        await_answer(client, deadline)
    except AppError:
        client.abandon()
        raise
    return client


def await_answer(client: MqttClient, deadline: float) -> None:
    """Wait for the answer to the sign-in until `deadline` (`time.monotonic`).

    Raises:
        ConnectFailed: There is none in time, or it says no.
    """
    while client.connack is None:
        left_s = deadline - time.monotonic()
        if left_s <= 0:
            raise silence(client).error
        wait_readable(client, left_s)
        client.loop_read(1)
        client.flush()
        if client.closed is not None:
            raise refusal(client).error


def end_session(settings: Settings, timeout_s: float) -> None:
    """Have the broker forget the session of a client id: sign in with a clean start and leave.

    A broker that cannot be reached keeps it until it expires; there is nobody to tell.
    """
    deadline = time.monotonic() + timeout_s
    with contextlib.suppress(AppError):
        client = sign_in(replace(settings, keeps_session=False), timeout_s)
        client.say_goodbye(max(deadline - time.monotonic(), 0.1))


def refusal(client: MqttClient) -> Failure:
    """Explain why a connection ended before the sign-in was accepted."""
    closed, facts = client.closed, client.settings.facts
    if closed is not None and closed.how == "refused":
        return connack_failure(closed.code, facts, closed.reason_string)
    broken_by, has_tls = client.broken_by, client.settings.address.tls
    if isinstance(broken_by, ssl.SSLError) and "ALERT" in (broken_by.reason or ""):
        # TLS 1.3 tells what it dislikes of us only after our side of the handshake.
        return network_failure(broken_by, facts, "tls")
    if isinstance(broken_by, ConnectionError) and not has_tls:  # with TLS it may be the same
        return network_failure(broken_by, facts, "sign_in")
    trouble = _foreign(client)
    if trouble is None and closed is not None and closed.how == "malformed":
        trouble = "not_mqtt"
    if trouble is None:
        trouble = "closed_early_tls" if has_tls else "closed_early"
    return failure(trouble, facts, step="sign_in")


def silence(client: MqttClient) -> Failure:
    """Explain why there was no answer to the sign-in in time."""
    return failure(_foreign(client) or "no_answer", client.settings.facts, step="sign_in")


def _foreign(client: MqttClient) -> Trouble | None:
    start = client.foreign_start
    if not start:
        return None
    if start[0] == _TLS_ALERT:
        return "expects_tls"
    return "http" if start.startswith(_HTTP) else "not_mqtt"
