"""A WebSocket front for a plain MQTT port: the distribution's Mosquitto has none.

Speaks as much of RFC 6455 as an MQTT client needs: one upgrade, masked binary frames in, binary
frames out, close. One thread per direction.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import socket
import ssl
import threading
from types import TracebackType

from tests.helpers.wait import PATIENCE_S

_MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_BINARY = 0x82
_CLOSE = 0x8


class WebSocketProxy:
    """Listens for WebSocket clients and forwards their bytes to a TCP port.

    Attributes:
        port: Where it listens.
        paths: The path of every upgrade request so far.
    """

    def __init__(
        self,
        target_port: int,
        *,
        path: str = "/mqtt",
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._target = ("127.0.0.1", target_port)
        self._path = path
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.paths: list[str] = []
        self._threads: list[threading.Thread] = []
        self._open: list[socket.socket] = []
        self._start(self._accept)

    def __enter__(self) -> WebSocketProxy:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _shut(self._listener)
        for sock in self._open:
            _shut(sock)
        for thread in self._threads:
            thread.join(5)

    def _start(self, target: object, *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(client)
            self._start(self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError, EOFError):
            if self._context is not None:
                client = self._context.wrap_socket(client, server_side=True)
                self._open.append(client)
            if not self._upgrade(client):
                _shut(client)
                return
            server = socket.create_connection(self._target, timeout=PATIENCE_S)
            server.settimeout(None)
            self._open.append(server)
            self._start(self._to_client, server, client)
            self._to_server(client, server)
        _shut(client)

    def _upgrade(self, client: socket.socket) -> bool:
        request = b""
        while not request.endswith(b"\r\n\r\n"):
            request += _exactly(client, 1)
        first, *lines = request.decode("latin-1").split("\r\n")
        headers = {
            name.strip().lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines)
        }
        path = first.split(" ")[1]
        self.paths.append(path)
        if path != self._path or headers.get("sec-websocket-protocol") != "mqtt":
            client.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            return False
        key = headers["sec-websocket-key"].encode()
        accept = base64.b64encode(hashlib.sha1(key + _MAGIC).digest())
        client.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Protocol: mqtt\r\nSec-WebSocket-Accept: " + accept + b"\r\n\r\n"
        )
        return True

    def _to_server(self, client: socket.socket, server: socket.socket) -> None:
        while True:
            first, second = _exactly(client, 2)
            size = second & 0x7F
            if size == 126:
                size = int.from_bytes(_exactly(client, 2), "big")
            elif size == 127:
                size = int.from_bytes(_exactly(client, 8), "big")
            mask = _exactly(client, 4)
            data = bytes(
                byte ^ mask[index % 4] for index, byte in enumerate(_exactly(client, size))
            )
            if first & 0x0F == _CLOSE:
                _shut(server)
                return
            server.sendall(data)

    def _to_client(self, server: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(60_000):
                size = len(data)
                head = (
                    bytes((_BINARY, size))
                    if size < 126
                    else bytes((_BINARY, 126)) + size.to_bytes(2, "big")
                )
                client.sendall(head + data)
        _shut(client)
        _shut(server)


def _exactly(sock: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        part = sock.recv(count - len(data))
        if not part:
            raise EOFError
        data += part
    return data


def _shut(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
    sock.close()
