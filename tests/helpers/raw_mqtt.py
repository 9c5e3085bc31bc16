"""MQTT clients made of bytes, for what no client library does."""

from __future__ import annotations

import socket
import struct

from core.workspace.environment import SandboxAddresses
from tests.helpers.wait import PATIENCE_S

LEVELS = {"3.1.1": 4, "5.0": 5}
DISCONNECT = b"\xe0\x00"


def open_mqtt(sandbox: SandboxAddresses) -> socket.socket:
    """Connect to the sandbox's MQTT port; every wait ends."""
    host, _, port = sandbox.mqtt.partition(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE_S)


def connect(client_id: str, version: str = "3.1.1", will: tuple[str, bytes] | None = None) -> bytes:
    """Write CONNECT with a clean session."""
    properties = b"\x00" if version == "5.0" else b""
    flags = 0x02 if will is None else 0x06
    body = b"\x00\x04MQTT" + bytes([LEVELS[version], flags, 0, 60]) + properties + _text(client_id)
    if will is not None:
        body += properties + _text(will[0]) + len(will[1]).to_bytes(2) + will[1]
    return _packet(0x10, body)


def subscribe(topic_filter: str, version: str = "3.1.1") -> bytes:
    """Write SUBSCRIBE with QoS 0."""
    properties = b"\x00" if version == "5.0" else b""
    return _packet(0x82, b"\x00\x01" + properties + _text(topic_filter) + b"\x00")


def publish(topic: str, payload: bytes, version: str = "3.1.1") -> bytes:
    """Write PUBLISH with QoS 0."""
    properties = b"\x00" if version == "5.0" else b""
    return _packet(0x30, _text(topic) + properties + payload)


def answer(connection: socket.socket) -> str:
    """Name the next packet; `closed` when there is none."""
    try:
        first = connection.recv(1)
        if not first:
            return "closed"
        connection.recv(connection.recv(1)[0])
    except ConnectionError:
        return "closed"
    return {0x20: "CONNACK", 0x90: "SUBACK", 0x30: "PUBLISH"}.get(first[0] & 0xF0, first.hex())


def vanish(connection: socket.socket) -> None:
    """Reset the connection."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def _text(text: str) -> bytes:
    return len(text.encode()).to_bytes(2) + text.encode()


def _packet(kind: int, body: bytes) -> bytes:
    assert len(body) < 128
    return bytes([kind, len(body)]) + body
