"""A listener that speaks just enough of Kafka's protocol to fail as a test wants.

For what one real node cannot do on demand: several brokers at addresses of the test's choice,
partitions without a leader, answers of an old or a troubled broker.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType

PRODUCE, LIST_OFFSETS, METADATA, API_VERSIONS, INIT_PRODUCER_ID = 0, 2, 3, 18, 22
_UNSUPPORTED_VERSION = 35
RECENT = {PRODUCE: 3, LIST_OFFSETS: 1, METADATA: 4, API_VERSIONS: 0, INIT_PRODUCER_ID: 1}
"""Highest version of each request; enough for headers and idempotence."""
OLD = {PRODUCE: 2, METADATA: 1, API_VERSIONS: 0}
"""What a broker before 0.11 offers."""


class ScriptedKafka:
    """Accepts connections and answers requests; a context manager.

    Attributes:
        port: Where it listens on 127.0.0.1.
        brokers: `(id, host, port)` of each, as the metadata tell; itself alone unless changed.
        topics: Named to who asks for all; any other is there too.
        leaders: Of the partitions of every topic; -1 for none.
        errors: Codes for the next requests to write or for offsets; 0 once they are used up.
        throttle_ms: Told with every answer to a produce request.
        init_error: Code of the answer to InitProducerId.
        clients: The client ids of all requests.
        produced: How many produce requests came.
    """

    def __init__(
        self,
        *,
        brokers: Iterable[tuple[int, str, int]] = (),
        topics: Iterable[str] = (),
        leaders: Iterable[int] = (1,),
        errors: Iterable[int] = (),
        throttle_ms: int = 0,
        init_error: int = 0,
        apis: Mapping[int, int] = RECENT,
        certificates: tuple[Path, Path] | None = None,
    ) -> None:
        """Listen; with a certificate and its key it speaks TLS."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.brokers = list(brokers) or [(1, "127.0.0.1", self.port)]
        self.topics = list(topics)
        self.leaders = list(leaders)
        self.errors = list(errors)
        self.throttle_ms = throttle_ms
        self.init_error = init_error
        self.clients: set[str] = set()
        self.produced = 0
        self._apis = apis
        self._tls: ssl.SSLContext | None = None
        if certificates is not None:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(*certificates)
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def address(self) -> str:
        """HOST:PORT."""
        return f"127.0.0.1:{self.port}"

    def __enter__(self) -> ScriptedKafka:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for sock in (self._listener, *self._open):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(client)
            threading.Thread(target=self._talk, args=(client,), daemon=True).start()

    def _talk(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError, EOFError):
            if self._tls is not None:
                client = self._tls.wrap_socket(client, server_side=True)
                self._open.append(client)
            while True:
                (size,) = struct.unpack(">i", _exactly(client, 4))
                answer = self._answer(_Reader(_exactly(client, size)))
                client.sendall(struct.pack(">i", len(answer)) + answer)

    def _answer(self, request: _Reader) -> bytes:
        key, version, correlation = request.numbers(">hhi")
        client = request.text() or ""
        with self._lock:
            self.clients.add(client)
            match key:
                case 18:
                    body = self._versions(version)
                case 3:
                    body = self._metadata(request, version)
                case 0:
                    body = self._produce(request, version)
                case 2:
                    body = self._offsets(request)
                case 22:
                    body = struct.pack(">ihqh", 0, self.init_error, 4_711, 0)
                case _:
                    raise EOFError
        return struct.pack(">i", correlation) + body

    def _versions(self, version: int) -> bytes:
        code = _UNSUPPORTED_VERSION if version > self._apis[API_VERSIONS] else 0
        rows = b"".join(struct.pack(">hhh", key, 0, most) for key, most in self._apis.items())
        return struct.pack(">hi", code, len(self._apis)) + rows

    def _metadata(self, request: _Reader, version: int) -> bytes:
        (count,) = request.numbers(">i")
        topics = self.topics if count < 0 else [request.text() or "" for _ in range(count)]
        brokers = b"".join(
            struct.pack(">i", number) + _text(host) + struct.pack(">i", port) + _text(None)
            for number, host, port in self.brokers
        )
        body = struct.pack(">i", 0) if version >= 3 else b""
        body += struct.pack(">i", len(self.brokers)) + brokers
        if version >= 2:
            body += _text("scripted")
        body += struct.pack(">ii", self.brokers[0][0], len(topics))
        for topic in topics:
            body += struct.pack(">h", 0) + _text(topic) + b"\x00"
            body += struct.pack(">i", len(self.leaders))
            for partition, leader in enumerate(self.leaders):
                code = 5 if leader < 0 else 0
                replicas = struct.pack(">ii", 1, max(leader, self.brokers[0][0]))
                body += struct.pack(">hii", code, partition, leader) + replicas + replicas
        return body

    def _offsets(self, request: _Reader) -> bytes:
        _, topics = request.numbers(">ii")
        code = self.errors.pop(0) if self.errors else 0
        body = struct.pack(">i", topics)
        for _ in range(topics):
            body += _text(request.text())
            (partitions,) = request.numbers(">i")
            body += struct.pack(">i", partitions)
            for _ in range(partitions):
                partition, _time = request.numbers(">iq")
                body += struct.pack(">ihqq", partition, code, -1, -1 if code else 0)
        return body

    def _produce(self, request: _Reader, version: int) -> bytes:
        if version >= 3:
            request.text()
        request.numbers(">hi")
        (topics,) = request.numbers(">i")
        self.produced += 1
        code = self.errors.pop(0) if self.errors else 0
        body = struct.pack(">i", topics)
        for _ in range(topics):
            body += _text(request.text())
            (partitions,) = request.numbers(">i")
            body += struct.pack(">i", partitions)
            for _ in range(partitions):
                partition, size = request.numbers(">ii")
                request.skip(size)
                offset = -1 if code else self.produced
                body += struct.pack(">ihqq", partition, code, offset, -1)
        return body + struct.pack(">i", self.throttle_ms)


class _Reader:
    """Takes a request apart, front to back."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def numbers(self, form: str) -> tuple[int, ...]:
        found = struct.unpack_from(form, self._data, self._at)
        self._at += struct.calcsize(form)
        return found

    def text(self) -> str | None:
        (size,) = self.numbers(">h")
        if size < 0:
            return None
        self._at += size
        return self._data[self._at - size : self._at].decode()

    def skip(self, size: int) -> None:
        self._at += size


def _text(value: str | None) -> bytes:
    if value is None:
        return struct.pack(">h", -1)
    return struct.pack(">h", len(value)) + value.encode()


def _exactly(sock: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = sock.recv(size - len(data))
        if not part:
            raise EOFError
        data += part
    return data
