"""A token endpoint on loopback: what an identity provider answers to client credentials."""

from __future__ import annotations

import base64
import json
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import parse_qsl

from tests.helpers.certificates import Certificates


class TokenEndpoint:
    """Gives unsigned tokens, as the tests' Kafka takes them.

    Attributes:
        status: Of the answers.
        asked: The form of each request.
        secrets: The credentials that came with them, as `id:secret`.
    """

    def __init__(self, certificates: Certificates | None = None) -> None:
        """Prepare one; with certificates it speaks HTTPS, with `server` as its own."""
        self.status = 200
        self.asked: list[dict[str, str]] = []
        self.secrets: set[str] = set()
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                form = dict(parse_qsl(self.rfile.read(length).decode()))
                kind, _, credentials = self.headers.get("Authorization", "").partition(" ")
                if kind == "Basic":
                    endpoint.secrets.add(base64.b64decode(credentials).decode())
                endpoint.asked.append(form)
                body = json.dumps(endpoint.answer()).encode()
                self.send_response(endpoint.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                """Be silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._scheme = "http"
        if certificates is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificates.server, certificates.server_key)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
            self._scheme = "https"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self._server.server_address[1]}/token"

    def answer(self) -> dict[str, object]:
        if self.status != 200:
            return {"error": "invalid_client", "error_description": "no such client"}
        now = int(time.time())
        claims = {"sub": "sluicegate", "iat": now, "exp": now + 300, "scope": "kafka"}
        token = f"{_part({'alg': 'none'})}.{_part(claims)}."
        return {"access_token": token, "token_type": "bearer", "expires_in": 300}

    def __enter__(self) -> TokenEndpoint:
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


def _part(value: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
