"""Blocking steps on plain and TLS sockets, each bounded by a timeout."""

from __future__ import annotations

import contextlib
import select
import selectors
import socket
import ssl
import time
from typing import Any

from core.errors import ConfigError


def connect_any(targets: list[tuple[Any, Any, int, str, Any]], timeout_s: float) -> socket.socket:
    """Connect to the first address that answers; the last error if none does."""
    error: OSError = OSError("the name has no address")
    for family, kind, number, _, where in targets:
        sock = socket.socket(family, kind, number)
        sock.settimeout(timeout_s)
        try:
            sock.connect(where)
        except OSError as exc:
            sock.close()
            error = exc
        else:
            return sock
    raise error


def wrap(context: ssl.SSLContext, sock: socket.socket, name: str | None) -> ssl.SSLSocket:
    """Shake hands; on failure the socket is closed."""
    try:
        wrapped = context.wrap_socket(sock, server_hostname=name, do_handshake_on_connect=False)
    except ValueError as exc:
        sock.close()
        raise ConfigError(
            f"ssl.server_name_indication is no host name: {name!r}",
            path="ssl.server_name_indication",
            value=name,
            hint='write a host name, "auto" or "disable"',
        ) from exc
    try:
        wrapped.do_handshake()
    except OSError:
        wrapped.close()
        raise
    return wrapped


def close(sock: socket.socket | None) -> None:
    """Close a socket that may never have been opened."""
    if sock is not None:
        sock.close()


def wait_writable(sock: socket.socket, timeout_s: float) -> None:
    """Wait until the socket takes bytes, at most `timeout_s`."""
    with selectors.DefaultSelector() as selector:
        selector.register(sock, selectors.EVENT_WRITE)
        selector.select(timeout_s)


def has_hung_up(sock: socket.socket) -> bool:
    """Tell whether the other side has closed, be it behind bytes that nobody has read.

    Only Linux can say so; elsewhere the answer is always no.
    """
    if not hasattr(select, "POLLRDHUP"):
        return False
    poll = select.poll()
    poll.register(sock, select.POLLRDHUP)
    return bool(poll.poll(0))


def read_away(sock: socket.socket, timeout_s: float) -> None:
    """Shut the sending side and read until the other side closes, within the time given."""
    deadline = time.monotonic() + timeout_s
    with contextlib.suppress(OSError):  # reset, or silent for too long: gone either way
        sock.shutdown(socket.SHUT_WR)
        while (left := deadline - time.monotonic()) > 0:
            sock.settimeout(left)
            if not sock.recv(65_536):
                return
