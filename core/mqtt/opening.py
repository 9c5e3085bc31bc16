"""Opening a connection: the transport in stages, and what the sign-in carries."""

from __future__ import annotations

import socket
from typing import Any, Final, cast

import paho.mqtt.client as paho
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from core.mqtt import sockets
from core.mqtt.catalogue import failure, network_failure
from core.mqtt.settings import Settings
from core.tls import client_context, server_name
from core.workspace.mqtt import Will

_MAX_PACKET: Final = 268_435_455


def connect_properties(settings: Settings) -> Properties:
    """Put a connector's options into the properties of CONNECT (MQTT 5)."""
    connector = settings.connector
    properties = Properties(PacketTypes.CONNECT)
    expiry_s = int(connector.session_expiry.s) if settings.keeps_session else 0
    properties.SessionExpiryInterval = expiry_s
    properties.ReceiveMaximum = connector.receive_maximum
    properties.MaximumPacketSize = min(connector.max_packet_size.bytes, _MAX_PACKET)
    for name, value in connector.user_properties.items():
        properties.UserProperty = (name, value)
    return properties


def will_properties(will: Will) -> Properties:
    """Put the options of a will into its properties (MQTT 5)."""
    properties = Properties(PacketTypes.WILLMESSAGE)
    properties.WillDelayInterval = int(will.delay.s)
    return properties


def open_transport(settings: Settings, prepared: socket.socket | None, timeout_s: float) -> Any:
    """Connect in stages, so that a failure names the one it happened in. Blocks.

    Args:
        settings: Where to, and with which certificates.
        prepared: An open connection, with TLS if the address says so, to use in place of a new one.
        timeout_s: For each stage.

    Returns:
        A socket as paho uses them: plain, TLS, or paho's WebSocket around one of them.

    Raises:
        ConnectFailed: Not reached; `step` says how far it came.
        ConfigError: A secret or a certificate file is missing or wrong.
    """
    address = settings.address
    facts = settings.facts
    ssl = settings.connector.ssl
    context = client_context(ssl, settings.environment) if address.tls else None
    step = "resolve"
    sock = prepared
    try:
        if sock is None:
            targets = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
            step = "connect"
            sock = sockets.connect_any(targets, timeout_s)
            if context is not None:
                step = "tls"
                sock = sockets.wrap(context, sock, server_name(ssl, address.host))
        step = "connect"
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(timeout_s)
        if address.websocket:
            return _websocket(settings, sock)
    except UnicodeError as exc:  # a host name that cannot be one
        cause = str(exc)
        raise failure("resolve", facts, step="resolve", cause=cause).error from exc
    except paho.WebsocketConnectionError as exc:
        sockets.close(sock)
        raise failure("websocket", facts, step="connect", cause=str(exc)).error from exc
    except OSError as exc:
        sockets.close(sock)
        raise network_failure(exc, facts, step).error from exc
    return sock


def _websocket(settings: Settings, sock: socket.socket) -> Any:
    address = settings.address
    wrapper = cast("Any", paho)._WebsocketWrapper  # paho's only WebSocket, not public
    try:
        return wrapper(
            socket=sock,
            host=f"[{address.host}]" if ":" in address.host else address.host,
            port=address.port,
            is_ssl=address.tls,
            path=address.path,
            extra_headers=None,
        )
    except (UnicodeDecodeError, IndexError) as exc:  # an answer that is no HTTP
        raise paho.WebsocketConnectionError("the answer is no HTTP") from exc
