"""Back-pressure between the two ends of a connection, without any network."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from core.sandbox.splice import Splice, _Broker, _Client


class StubTransport(asyncio.Transport):
    """Takes everything, and says at each write that it is too much."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = True
        self.when_full: Callable[[], None] | None = None

    def pause_reading(self) -> None:
        self.reads = False

    def resume_reading(self) -> None:
        self.reads = True

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self.when_full is not None:
            self.when_full()


def test_a_client_whose_first_bytes_are_too_much_is_read_no_further() -> None:
    client = _Client(Splice({}))
    broker = _Broker(client)
    client.transport, broker.transport = StubTransport(), StubTransport()
    client.transport.pause_reading()  # as while it is joined
    broker.transport.when_full = broker.pause_writing

    client.joined(broker, b"\x30\x00")

    assert not client.transport.reads
    broker.resume_writing()
    assert client.transport.reads
