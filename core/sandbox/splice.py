"""One MQTT port for all versions: joins each client to the listener of its version.

rumqttd serves one protocol version a port. This reads the version out of CONNECT, connects to
that listener and copies from then on, with back-pressure and half-close in both directions.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final, cast

from core.errors import CodecError
from core.sandbox.hello import Version, read_hello
from core.sandbox.rumqttd import LOOPBACK

_HELLO_TIMEOUT_S: Final = 10.0
_UNACCEPTABLE_VERSION: Final = b"\x20\x02\x00\x01"
"""CONNACK of MQTT 3.1.1 (section 3.2.2.3), which clients of every version understand."""


class _End(asyncio.Protocol):
    """One end of a joined pair: what arrives here leaves at the peer, which is connected."""

    transport: asyncio.Transport

    def __init__(self, peer: _End | None = None) -> None:
        self.peer = peer
        self.has_ended = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # servers and clients of TCP only

    def data_received(self, data: bytes) -> None:
        if self.peer is not None:
            self.peer.transport.write(data)

    def eof_received(self) -> bool:
        self.has_ended = True
        if self.peer is None or self.peer.has_ended:
            return False
        self.peer.transport.write_eof()
        return True

    def pause_writing(self) -> None:
        if self.peer is not None:
            self.peer.transport.pause_reading()

    def resume_writing(self) -> None:
        if self.peer is not None:
            self.peer.transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        if self.peer is not None:
            self.peer.transport.close()  # sends what is still buffered first


class _Client(_End):
    """The end that faces a client: holds its first bytes until the version is known."""

    def __init__(self, splice: Splice) -> None:
        super().__init__()
        self._splice = splice
        self._head: bytearray | None = bytearray()
        self._timeout: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._splice.clients.add(self)
        loop = asyncio.get_running_loop()
        self._timeout = loop.call_later(_HELLO_TIMEOUT_S, transport.close)

    def data_received(self, data: bytes) -> None:
        if self._head is None:
            super().data_received(data)
            return
        self._head += data
        try:
            hello = read_hello(bytes(self._head))
        except CodecError:
            self.transport.close()
            return
        if hello is None:
            return
        self._stop_timeout()
        self._head = None
        if hello.version is None:
            self.transport.write(_UNACCEPTABLE_VERSION)
            self.transport.close()
            return
        self.transport.pause_reading()
        self._splice.join(self, hello.version, hello.data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timeout()
        self._splice.clients.discard(self)
        super().connection_lost(exc)

    def _stop_timeout(self) -> None:
        if self._timeout is not None:
            self._timeout.cancel()


class Splice:
    """Listens on one loopback port and joins clients to the listener of their version.

    Runs on the loop that called `start`; `close` ends every connection at once.
    """

    def __init__(self, listeners: Mapping[Version, int]) -> None:
        """Name the broker's loopback port of each version."""
        self._listeners = dict(listeners)
        self._server: asyncio.Server | None = None
        self._joining: set[asyncio.Task[None]] = set()
        self.clients: set[_Client] = set()

    async def start(self, port: int = 0) -> int:
        """Listen, and tell the port.

        Args:
            port: 0 lets the system choose.

        Raises:
            OSError: The port is taken.
        """
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Client(self), LOOPBACK, port)
        return int(self._server.sockets[0].getsockname()[1])

    def join(self, client: _Client, version: Version, head: bytes) -> None:
        """Connect a client, which has stopped reading, to its listener; hand its head over."""
        task = asyncio.get_running_loop().create_task(
            self._join(client, self._listeners[version], head), name=f"splice {version}"
        )
        self._joining.add(task)
        task.add_done_callback(self._joining.discard)

    async def _join(self, client: _Client, port: int, head: bytes) -> None:
        loop = asyncio.get_running_loop()
        try:
            _, broker = await loop.create_connection(lambda: _End(client), LOOPBACK, port)
        except OSError:  # the broker is going or full: the client sees a closed connection
            client.transport.close()
            return
        if client.transport.is_closing():
            broker.transport.close()
            return
        client.peer = broker
        broker.transport.write(head)
        client.transport.resume_reading()

    def close(self) -> None:
        """Stop listening and drop all connections."""
        if self._server is not None:
            self._server.close()
        for task in self._joining:
            task.cancel()
        for client in tuple(self.clients):
            for end in (client, client.peer):
                if end is not None:
                    end.transport.abort()
