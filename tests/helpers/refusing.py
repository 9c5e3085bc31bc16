"""A listener that refuses MQTT 5, as brokers of the 3.1.1 age do (no broker of Debian's can)."""

from __future__ import annotations

import socketserver
import threading
from types import TracebackType

_UNSUPPORTED_VERSION_V5 = b"\x20\x03\x00\x84\x00"
"""CONNACK: no session, reason 0x84, no properties."""


class _Handler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        if self.request.recv(4096):
            self.request.sendall(_UNSUPPORTED_VERSION_V5)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class RefusingBroker:
    """Answers every CONNECT with "unsupported protocol version"; a context manager."""

    def __init__(self) -> None:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"mqtt://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> RefusingBroker:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
