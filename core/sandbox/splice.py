"""One MQTT port for all versions: joins each client to the listener of its version.

rumqttd serves one protocol version a port. This reads the version out of CONNECT, connects to
that listener and copies from then on, with back-pressure and half-close in both directions.

It also keeps from rumqttd (0.20) what breaks it when clients leave. A connection that ends twice,
by DISCONNECT and by its socket, ends the one that has its number by then. DISCONNECT to a full
queue ends the router. A session that fails between CONNECT and CONNACK makes the next one with
its client id end the listener. So a connection ends at rumqttd in one way alone, is read until it
has ended, and its client id comes back only then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final, cast

from core.errors import CodecError
from core.sandbox.hello import Hello, Version, read_hello
from core.sandbox.packets import PacketBorders, is_whole
from core.sandbox.rumqttd import LOOPBACK

_HELLO_TIMEOUT_S: Final = 10.0
_LEAVE_TIMEOUT_S: Final = 5.0
_UNACCEPTABLE_VERSION: Final = b"\x20\x02\x00\x01"
"""CONNACK of MQTT 3.1.1 (section 3.2.2.3), which clients of every version understand."""


class _End(asyncio.Protocol):
    """One end of a joined pair."""

    transport: asyncio.Transport

    def __init__(self, splice: Splice) -> None:
        self.splice = splice
        self.has_ended = False
        """Whether the other side sends nothing more."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # servers and clients of TCP only
        self.splice.ends.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.splice.ends.discard(self)


class _Broker(_End):
    """The end that faces rumqttd: what arrives here goes to the client, unless that has left."""

    def __init__(self, client: _Client) -> None:
        super().__init__(client.splice)
        self._client = client

    def data_received(self, data: bytes) -> None:
        if not self._client.has_left:
            self._client.transport.write(data)

    def eof_received(self) -> bool:
        self.has_ended = True
        self._client.set_gone()
        if self._client.has_ended or self._client.has_left:
            return False
        self._client.transport.write_eof()
        return True

    def pause_writing(self) -> None:
        self._client.transport.pause_reading()

    def resume_writing(self) -> None:
        self._client.transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._client.set_gone()
        self._client.transport.close()  # sends what is still buffered first


class _Client(_End):
    """The end that faces a client: holds its first bytes until it is known who that is."""

    def __init__(self, splice: Splice) -> None:
        super().__init__(splice)
        self._head: bytearray | None = bytearray()
        self._borders = PacketBorders()
        self._goodbye = bytearray()  # what has come of its DISCONNECT, where it has a will
        self._hello_timeout: asyncio.TimerHandle | None = None
        self._leave_timeout: asyncio.TimerHandle | None = None
        self._has_will = False
        self.client_id = b""
        self._broker: _Broker | None = None
        self.has_left = False
        """Whether it said DISCONNECT, is not there any more, or is to go."""
        self.gone = asyncio.Event()
        """Set once rumqttd has ended this connection on its side, or will never see it."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        loop = asyncio.get_running_loop()
        self._hello_timeout = loop.call_later(_HELLO_TIMEOUT_S, transport.close)

    def data_received(self, data: bytes) -> None:
        if self._head is None:
            self._forward(data)
            return
        self._head += data
        try:
            hello = read_hello(bytes(self._head))
        except CodecError:
            self.transport.close()
            return
        if hello is None:
            return
        _cancel(self._hello_timeout)
        self._head = None
        self._has_will = hello.has_will
        if hello.version is None:
            self.transport.write(_UNACCEPTABLE_VERSION)
            self.transport.close()
            return
        self.transport.pause_reading()
        self.splice.join(self, hello.version, hello)

    def eof_received(self) -> bool:
        self.has_ended = True
        if self._broker is None or self._broker.has_ended:
            return False
        if not self.has_left:
            self._end_broker(self._broker)
        return True

    def pause_writing(self) -> None:
        if self._broker is not None and not self.has_left:
            self._broker.transport.pause_reading()

    def resume_writing(self) -> None:
        if self._broker is not None:
            self._broker.transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        _cancel(self._hello_timeout)
        self.leave()

    def joined(self, broker: _Broker, head: bytes) -> None:
        """Begin to copy, with the first bytes."""
        self._broker = broker
        self.transport.resume_reading()
        self._forward(head)  # which may be more than is taken, and pause it again

    def leave(self) -> None:
        """End the connection at rumqttd; `gone` tells when it has ended."""
        if self._broker is not None and not self.has_left:
            self._drain(self._broker)
            self._end_broker(self._broker)

    def set_gone(self) -> None:
        """Note that rumqttd does not know this connection any more."""
        _cancel(self._leave_timeout)
        self.gone.set()
        self.splice.forget(self)

    def _forward(self, data: bytes) -> None:
        if self._broker is None or self.has_left:
            return
        at = 0 if self._goodbye else self._borders.find_disconnect(data)
        if at is None:
            self._broker.transport.write(data)
        elif self._has_will:  # which only a whole DISCONNECT keeps rumqttd from publishing
            self._broker.transport.write(data)
            self._goodbye += data[at:]
            if is_whole(self._goodbye):
                self._drain(self._broker)
                self._end_in_time(self._broker)
        else:
            self._broker.transport.write(data[:at])
            self.leave()

    def _drain(self, broker: _Broker) -> None:
        """Read and forget what rumqttd still sends; it may not come to the end otherwise."""
        self.has_left = True
        broker.transport.resume_reading()

    def _end_broker(self, broker: _Broker) -> None:
        if broker.has_ended:
            broker.transport.close()
            return
        broker.transport.write_eof()
        self._end_in_time(broker)

    def _end_in_time(self, broker: _Broker) -> None:
        if self._leave_timeout is None and not self.gone.is_set():
            loop = asyncio.get_running_loop()
            self._leave_timeout = loop.call_later(_LEAVE_TIMEOUT_S, broker.transport.abort)


class Splice:
    """Listens on one loopback port and joins clients to the listener of their version.

    Runs on the loop that called `start`; `close` ends every connection at once.
    """

    def __init__(self, listeners: Mapping[Version, int]) -> None:
        """Name the broker's loopback port of each version."""
        self._listeners = dict(listeners)
        self._server: asyncio.Server | None = None
        self._joining: set[asyncio.Task[None]] = set()
        self._sessions: dict[bytes, _Client] = {}
        self.ends: set[_End] = set()

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

    def join(self, client: _Client, version: Version, hello: Hello) -> None:
        """Connect a client, which has stopped reading, to its listener; hand its head over."""
        task = asyncio.get_running_loop().create_task(
            self._join(client, self._listeners[version], hello), name=f"splice {version}"
        )
        self._joining.add(task)
        task.add_done_callback(self._joining.discard)

    def forget(self, client: _Client) -> None:
        """Give the client id of a client that is gone free."""
        if self._sessions.get(client.client_id) is client:
            del self._sessions[client.client_id]

    async def _join(self, client: _Client, port: int, hello: Hello) -> None:
        await self._take_over(client, hello.client_id)
        loop = asyncio.get_running_loop()
        try:
            _, broker = await loop.create_connection(lambda: _Broker(client), LOOPBACK, port)
        except OSError:  # the broker is going or full: the client sees a closed connection
            client.transport.close()
            client.set_gone()
            return
        if client.transport.is_closing():
            broker.transport.close()
            client.set_gone()
            return
        client.joined(broker, hello.data)

    async def _take_over(self, client: _Client, client_id: bytes) -> None:
        """End the session that has this client id, and wait until rumqttd has ended it."""
        if not client_id:  # rumqttd makes one that nobody else has
            return
        while (former := self._sessions.get(client_id)) is not None:
            former.leave()
            former.transport.close()
            await former.gone.wait()
        client.client_id = client_id
        self._sessions[client_id] = client

    def close(self) -> None:
        """Stop listening and drop all connections."""
        if self._server is not None:
            self._server.close()
        for task in self._joining:
            task.cancel()
        for end in tuple(self.ends):
            end.transport.abort()


def _cancel(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()
