"""A proxy that knows where MQTT packets end, and swallows one kind of those the broker sends."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable

from tests.helpers.tcp_proxy import TcpProxy, shut


class PacketProxy(TcpProxy):
    """Forwards everything to the broker, and all but one kind of packet to the client.

    Attributes:
        swallowed: Packets of that kind that the broker has sent.
    """

    def __init__(self, target_port: int, *, swallows: int) -> None:
        """Listen; `swallows` is the first byte of the packets to keep from the client."""
        self.swallowed: list[bytes] = []
        self._swallows = swallows
        super().__init__(target_port)

    def _answer(self, server: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError), server.makefile("rb") as stream:
            while packet := _packet(stream.read):
                if packet[0] == self._swallows:
                    self.swallowed.append(packet)
                else:
                    client.sendall(packet)
        shut(server)
        shut(client)


def _packet(read: Callable[[int], bytes]) -> bytes:
    """Read one packet; empty at the end of the stream."""
    packet = read(1)
    length = shift = 0
    while packet:
        digit = read(1)
        if not digit:
            return b""
        packet += digit
        length |= (digit[0] & 0x7F) << shift
        shift += 7
        if digit[0] < 0x80:
            return packet + read(length)
    return b""
