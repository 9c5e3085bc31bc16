"""A server that answers each connection with bytes of the test's choice."""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType


class RawServer:
    """Accepts, answers what it receives with the next of its answers, then hangs up or is silent.

    Attributes:
        port: Where it listens.
        received: What came before each answer, over all connections.
    """

    def __init__(self, *answers: bytes, hangs_up: bool = True, speaks_first: bool = False) -> None:
        self._answers = answers
        self._hangs_up = hangs_up
        self._speaks_first = speaks_first
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.received: list[bytes] = []
        self._open: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __enter__(self) -> RawServer:
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
        self._thread.join(5)
        for sock in (self._listener, *self._open):  # one more may have come at the last moment
            sock.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(client)
            with contextlib.suppress(OSError):
                for answer in self._answers:
                    if not self._speaks_first:
                        self.received.append(client.recv(65_536))
                    client.sendall(answer)
                if self._hangs_up:
                    client.shutdown(socket.SHUT_RDWR)
