"""The stages that every connection test shares: resolve the name, connect, TLS handshake.

Each stage blocks at most its own timeout and answers with a `Step` instead of raising, so that a
test shows how far it came. Knows neither MQTT nor Kafka.
"""

from __future__ import annotations

import errno
import queue
import re
import socket
import ssl
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, cast

import msgspec

from core.certificate import Certificate
from core.errors import AppError, CodecError, ConfigError, ConnectorError

StepId: TypeAlias = Literal[
    "resolve",
    "connect",
    "tls",
    "mqtt",
    "sign_in",
    "subscribe",
    "receive",
    "metadata",
    "brokers",
    "topic",
    "write",
    "options",
]
DEFAULT_TIMEOUT_S: Final = 5.0
_FAMILIES: Final = {"any": socket.AF_UNSPEC, "v4": socket.AF_INET, "v6": socket.AF_INET6}
_LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_SELF_SIGNED: Final = frozenset({18, 19, 20, 21})
_NOT_YET_VALID: Final = 9
_EXPIRED: Final = 10
_WRONG_NAME: Final = frozenset({62, 64})
_WORD: Final = re.compile(r"[a-z]+(['-][a-z]+)*[,:;]?(\s|$)")
"""A word at the beginning of a sentence; an address or the name of an option is none."""


UNKNOWN_TOPIC: Final = "unknown topic"
"""The `cause` of a stage that misses a topic, which `about` names; surfaces offer to make it."""


class Step(msgspec.Struct, frozen=True, omit_defaults=False):
    """One stage of a connection test.

    Attributes:
        step: Which stage.
        ok: Whether it went well.
        ms: How long it took, in whole milliseconds.
        detail: What was found, or in one sentence what failed and where.
        cause: The raw text of the system or library; empty when ok, or when there is none.
        hint: What to do next; empty when ok.
        brief: What was found in a word or two, where there is no room for `detail`.
        about: The address or topic that a failure is about; empty for none.
        fixes: Ready lines that mend it, by where they go: `compose`, `properties`.
    """

    step: StepId
    ok: bool
    ms: int
    detail: str
    cause: str = ""
    hint: str = ""
    brief: str = ""
    about: str = ""
    fixes: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Address:
    """A network address that a name resolved to."""

    family: socket.AddressFamily
    ip: str
    port: int

    def __str__(self) -> str:
        return f"[{self.ip}]:{self.port}" if ":" in self.ip else f"{self.ip}:{self.port}"


class Stopwatch:
    """Counts the milliseconds since it was made."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    def ms(self) -> int:
        """Tell the whole milliseconds so far."""
        return round((time.monotonic() - self._start) * 1_000)


def failure(step: StepId, ms: int, error: AppError) -> Step:
    """Make the step of a stage that ended with an error.

    What the workspace or this machine lacks (a secret, a file) is the step `options`, whichever
    stage needed it: no broker has refused anything.
    """
    return Step(
        step="options" if isinstance(error, ConfigError) else step,
        ok=False,
        ms=ms,
        detail=_sentence(error.message),
        cause=error.cause if isinstance(error, ConnectorError) else "",
        hint=_sentence(error.hint) if isinstance(error, ConfigError) else error.hint,
    )


def _sentence(text: str) -> str:
    """Give a remark a full stop, and a capital letter unless an address or a name begins it."""
    if not text:
        return ""
    begins = text[0].upper() if _WORD.match(text) else text[0]
    return f"{begins}{text[1:].rstrip('.')}."


def split_address(text: str, default_port: int) -> tuple[str, int]:
    """Split `host:port`, `host` or `[v6]:port` into host and port."""
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdigit() or (":" in host and not host.endswith("]")):
        return text.strip("[]"), default_port
    return host.strip("[]"), int(port)


def resolve(
    host: str,
    port: int,
    *,
    family: Literal["any", "v4", "v6"] = "any",
    timeout_s: float = DEFAULT_TIMEOUT_S,
) -> tuple[Step, tuple[Address, ...]]:
    """Look a host name up; the addresses are empty when that failed."""
    watch = Stopwatch()
    try:
        found = _lookup(host, port, _FAMILIES[family], timeout_s)
    except TimeoutError:
        return Step(
            step="resolve",
            ok=False,
            ms=watch.ms(),
            detail=f"The name {host} was not resolved within {timeout_s:g} s.",
            cause="timed out",
            hint="Check the network connection and the name server, or use the IP address.",
        ), ()
    except (socket.gaierror, UnicodeError) as exc:
        return Step(
            step="resolve",
            ok=False,
            ms=watch.ms(),
            detail=f"The name {host} cannot be resolved.",
            cause=exc.strerror if isinstance(exc, OSError) and exc.strerror else str(exc),
            hint="Check the spelling; a name known elsewhere only needs its VPN or a line in "
            "the hosts file.",
        ), ()
    text = ", ".join(dict.fromkeys(address.ip for address in found))
    detail = "an IP address" if text == host else f"{host} is {text}"
    return Step(step="resolve", ok=True, ms=watch.ms(), detail=detail, brief=text), found


def _lookup(
    host: str, port: int, family: socket.AddressFamily, timeout_s: float
) -> tuple[Address, ...]:
    """Ask the system, in a thread of its own since the system's call cannot be interrupted."""
    answer: queue.SimpleQueue[tuple[Address, ...] | OSError | UnicodeError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            rows = socket.getaddrinfo(host, port, family, socket.SOCK_STREAM)
        except (OSError, UnicodeError) as exc:
            answer.put(exc)
        else:
            addresses = (Address(row[0], str(row[4][0]), port) for row in rows)
            answer.put(tuple(dict.fromkeys(addresses)))

    threading.Thread(target=ask, name=f"resolve {host}", daemon=True).start()
    try:
        result = answer.get(timeout=timeout_s)
    except queue.Empty as exc:
        raise TimeoutError from exc
    if isinstance(result, tuple):
        return result
    raise result


def connect(
    addresses: Sequence[Address], *, host: str = "", timeout_s: float = DEFAULT_TIMEOUT_S
) -> tuple[Step, socket.socket | None]:
    """Open a TCP connection to the first address that answers; the caller closes it.

    Args:
        addresses: From `resolve`, at least one; tried in this order.
        host: The name as the user wrote it, for hints.
        timeout_s: For all addresses together.
    """
    watch = Stopwatch()
    deadline = time.monotonic() + timeout_s
    failure: OSError = TimeoutError()
    failed_at = addresses[0]
    for number, address in enumerate(addresses):
        left = (deadline - time.monotonic()) / (len(addresses) - number)
        connection = socket.socket(address.family, socket.SOCK_STREAM)
        connection.settimeout(max(left, 0.1))
        try:
            connection.connect((address.ip, address.port))
        except OSError as exc:
            connection.close()
            failure, failed_at = exc, address
        else:
            detail, brief = f"connected to {address}", f"port {address.port}"
            step = Step(step="connect", ok=True, ms=watch.ms(), detail=detail, brief=brief)
            return step, connection
    return _connect_failure(failed_at, host, failure, watch.ms(), timeout_s), None


def _connect_failure(
    address: Address, host: str, failure: OSError, ms: int, timeout_s: float
) -> Step:
    if isinstance(failure, TimeoutError):
        detail = f"No answer from {address} within {timeout_s:g} s."
        cause = "timed out"
        hint = "Check the address; a firewall, VPN or security group may drop the packets."
    elif failure.errno == errno.ECONNREFUSED:
        detail = f"Nothing answers on {address}."
        cause = "connection refused"
        hint = "Check that the broker is started and that the port is right."
        if host in _LOOPBACK_NAMES:
            hint += " If it runs in a container, check that the port is published."
        if host == "localhost":
            hint += " Try 127.0.0.1 in place of localhost."
    else:
        detail = f"{address} cannot be reached."
        cause = failure.strerror or str(failure)
        hint = "Check the network connection and the address."
    return Step(step="connect", ok=False, ms=ms, detail=detail, cause=cause, hint=hint)


def tls_handshake(
    connection: socket.socket,
    context: ssl.SSLContext,
    host: str,
    *,
    timeout_s: float = DEFAULT_TIMEOUT_S,
    note: str = "",
) -> tuple[Step, ssl.SSLSocket | None]:
    """Do the TLS handshake on an open connection, which is closed when that fails.

    Args:
        connection: From `connect`; belongs to the returned socket afterwards.
        context: Says what is verified.
        host: Server name to send and, if the context says so, to compare.
        timeout_s: For the whole handshake.
        note: What is known to be wrong with our own files, told with whatever comes of it; with
            TLS 1.3 a server refuses a certificate only after the handshake.
    """
    watch = Stopwatch()
    peer = cast("tuple[str, int]", connection.getpeername()[:2])
    connection.settimeout(timeout_s)
    try:
        secure = context.wrap_socket(connection, server_hostname=host)
    except (OSError, ValueError) as exc:
        connection.close()
        step = _tls_failure(exc, host, peer, watch.ms(), timeout_s)
        hint = f"{note}. {step.hint}" if note else step.hint
        return msgspec.structs.replace(step, hint=hint), None
    version = secure.version() or "TLS"
    certificate = _certificate(secure)
    detail = f"{version}, {certificate.summary()}" if certificate else version
    if note:
        version, detail = f"{version}, but {note}", f"{detail}; {note}"
    return Step(step="tls", ok=True, ms=watch.ms(), detail=detail, brief=version), secure


def _tls_failure(
    failure: OSError | ValueError, host: str, peer: tuple[str, int], ms: int, timeout_s: float
) -> Step:
    where = f"{host}:{peer[1]}"
    cause = str(failure)
    if isinstance(failure, ssl.SSLCertVerificationError):
        detail, hint = _refused_certificate(failure, host, peer, timeout_s)
        cause = failure.verify_message
    elif isinstance(failure, TimeoutError):
        detail = f"{where} did not answer the TLS handshake within {timeout_s:g} s."
        cause = "timed out"
        hint = "This port probably does not speak TLS: switch TLS off, or use the TLS port."
    elif "WRONG_VERSION_NUMBER" in cause or isinstance(failure, ConnectionError | ssl.SSLEOFError):
        detail = f"{where} does not speak TLS."
        hint = "Switch TLS off for this connector, or use the broker's TLS port."
    elif "ALERT_CERTIFICATE_REQUIRED" in cause or "HANDSHAKE_FAILURE" in cause:
        detail = f"{where} refused the TLS handshake."
        hint = "It may ask for a client certificate: set certfile and keyfile."
    else:
        detail = f"The TLS handshake with {where} failed."
        hint = "Check that the port speaks TLS and which TLS versions the broker accepts."
    return Step(step="tls", ok=False, ms=ms, detail=detail, cause=cause, hint=hint)


def _refused_certificate(
    failure: ssl.SSLCertVerificationError, host: str, peer: tuple[str, int], timeout_s: float
) -> tuple[str, str]:
    certificate = presented_certificate(peer, host, timeout_s=timeout_s)
    shown = f" Shown: {certificate.summary()}." if certificate else ""
    code = failure.verify_code
    if code in _WRONG_NAME:
        names = ", ".join(certificate.names) if certificate else ""
        whom = names or (certificate.subject if certificate else "another host")
        return (
            f"The certificate is for {whom}, but you connect to {host}.",
            "Connect to a name of the certificate, or set ssl.check_hostname = false.",
        )
    if code in (_EXPIRED, _NOT_YET_VALID):
        what = "has expired" if code == _EXPIRED else "is not valid yet"
        return (
            f"The certificate of {host} {what}.{shown}",
            "Renew the broker's certificate, and check this computer's clock.",
        )
    if code in _SELF_SIGNED:
        return (
            f"The certificate of {host} is signed by an authority that is not trusted here.{shown}",
            "Set ssl.cacertfile to the CA certificate of the broker (PEM).",
        )
    return (
        f"The certificate of {host} was not accepted.{shown}",
        "Set ssl.cacertfile to the CA certificate of the broker (PEM).",
    )


def presented_certificate(
    peer: tuple[str, int], host: str, *, timeout_s: float = DEFAULT_TIMEOUT_S
) -> Certificate | None:
    """Read the certificate that a server shows, without trusting it; None if it shows none.

    Opens a connection of its own and sends nothing over it but the handshake.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with (
            socket.create_connection(peer, timeout=timeout_s) as connection,
            context.wrap_socket(connection, server_hostname=host) as secure,
        ):
            return _certificate(secure)
    except (OSError, ValueError):
        return None


def _certificate(secure: ssl.SSLSocket) -> Certificate | None:
    der = secure.getpeercert(binary_form=True)
    if der is None:
        return None
    try:
        return Certificate.from_der(der)
    except CodecError:
        return None
