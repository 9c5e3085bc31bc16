"""A TCP proxy on loopback whose connections a test can cut, pause and count."""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType
from typing import Self

from tests.helpers.wait import PATIENCE_S


class TcpProxy:
    """Forwards connections to a port of this machine.

    Attributes:
        port: Where it listens.
        accepted: Connections so far.
    """

    def __init__(self, target_port: int) -> None:
        self._target = ("127.0.0.1", target_port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.accepted = 0
        self._open: list[socket.socket] = []
        self._lock = threading.Lock()
        self._flows = threading.Event()
        self._flows.set()
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def cut(self) -> None:
        """Close every connection, in both directions."""
        with self._lock:
            open_now, self._open = self._open, []
        for sock in open_now:
            shut(sock)

    def pause(self) -> None:
        """Forward nothing more; connections stay open, as when a cable is pulled."""
        self._flows.clear()

    def resume(self) -> None:
        """Forward again, what has waited first."""
        self._flows.set()

    def close(self) -> None:
        """Stop listening, cut everything and wait for the threads."""
        shut(self._listener)
        self._flows.set()
        self.cut()
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
            self.accepted += 1
            try:
                server = socket.create_connection(self._target, timeout=PATIENCE_S)
            except OSError:
                shut(client)
                continue
            server.settimeout(None)
            with self._lock:
                self._open += [client, server]
            self._start(self._forward, client, server)
            self._start(self._answer, server, client)

    def _answer(self, server: socket.socket, client: socket.socket) -> None:
        self._forward(server, client)

    def _forward(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                self._flows.wait()
                sink.sendall(data)
        shut(source)
        shut(sink)


def shut(sock: socket.socket) -> None:
    """Close a socket even while another thread is reading from it."""
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
    sock.close()
