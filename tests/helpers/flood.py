"""A firehose: QoS 0 messages at a steady rate, from a cheap process of its own.

The packets are encoded once and written in bulk, so that the sender takes as little of the machine
as possible from what is being measured.
"""

from __future__ import annotations

import argparse
import socket
import struct
import sys
import threading
import time

from tests.helpers.wait import PATIENCE_S

_TICK_S = 0.02


def publish_packet(topic: str, payload: bytes) -> bytes:
    """Encode a QoS 0 PUBLISH of MQTT 3.1.1."""
    body = struct.pack("!H", len(topic)) + topic.encode() + payload
    return bytes([0x30]) + _length(len(body)) + body


def _length(number: int) -> bytes:
    encoded = bytearray()
    while True:
        number, digit = divmod(number, 128)
        encoded.append(digit | (0x80 if number else 0))
        if not number:
            return bytes(encoded)


def connect(port: int, client_id: str) -> socket.socket:
    """Open a clean 3.1.1 session without keep-alive."""
    sock = socket.create_connection(("127.0.0.1", port), PATIENCE_S)
    name = client_id.encode()
    body = b"\x00\x04MQTT\x04\x02\x00\x00" + struct.pack("!H", len(name)) + name
    sock.sendall(b"\x10" + _length(len(body)) + body)
    if sock.recv(4)[:1] != b"\x20":
        msg = "the broker did not accept the firehose"
        raise RuntimeError(msg)
    return sock


def main() -> None:
    """Publish `--rate` messages a second for `--seconds`; print how many, and the seconds."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--topic", default="flood/1")
    parser.add_argument("--payload", default='{"temp": "27.5", "hum": "41.8"}')
    parser.add_argument("--rate", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    args = parser.parse_args()
    packet = publish_packet(args.topic, args.payload.encode())
    batch = max(1, round(args.rate * _TICK_S))
    chunk = packet * batch
    sent = 0
    pause = threading.Event()
    with connect(args.port, "flood") as sock:
        start = time.monotonic()
        while sent < args.rate * args.seconds:
            sock.sendall(chunk)
            sent += batch
            due = start + sent / args.rate
            pause.wait(max(0.0, due - time.monotonic()))
        took_s = time.monotonic() - start
        sock.sendall(b"\xe0\x00")
        sock.shutdown(socket.SHUT_WR)
        sock.recv(1)
    print(sent, f"{took_s:.3f}", file=sys.stdout, flush=True)


if __name__ == "__main__":
    main()
