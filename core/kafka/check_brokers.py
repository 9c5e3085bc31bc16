"""Whether clients reach every broker where the cluster says it is, and in the way it expects."""

from __future__ import annotations

import ipaddress
import socket
import struct
from collections.abc import Sequence
from typing import Final

from core.errors import ConfigError
from core.kafka.listeners import compose_lines, server_lines
from core.kafka.metadata import Broker
from core.probe import Step, Stopwatch, connect, presented_certificate, resolve, tls_handshake
from core.tls import client_context, server_name
from core.workspace.environment import Environment
from core.workspace.kafka import KafkaConnector

_TIMEOUT_S: Final = 1.0
_ASK_VERSIONS: Final = struct.pack(">ihhih", 10, 18, 0, 1, -1)
"""The plainest request of Kafka's protocol: ApiVersions 0 without a client id."""

_FIX: Final = (
    "Let the broker advertise an address that is valid here (advertised.listeners), for example "
    "{host}:{port}."
)


def check_brokers(
    connector: KafkaConnector,
    environment: Environment,
    brokers: Sequence[Broker],
    reached: tuple[str, int],
) -> tuple[Step, int]:
    """Connect to every broker at its advertised address; blocks a second or two for each at most.

    Args:
        connector: Says whether TLS is spoken, and which addresses are used.
        environment: Certificates.
        brokers: As the cluster names them.
        reached: Host and port that have answered; not asked again.

    Returns:
        The stage, and how many of the brokers are reached.
    """
    host, port = reached
    watch = Stopwatch()
    failures: list[tuple[Broker, Step]] = []
    for broker in brokers:
        step = _reach(
            connector, environment, broker, is_known=(broker.host, broker.port) == reached
        )
        if not step.ok:
            failures.append((broker, step))
    if not failures:
        what = "the broker is" if len(brokers) == 1 else f"all {len(brokers)} brokers are"
        detail = f"{what} reachable at the advertised address"
        brief = brokers[0].address if len(brokers) == 1 else f"all {len(brokers)}"
        made = Step(step="brokers", ok=True, ms=watch.ms(), detail=detail, brief=brief)
        return made, len(brokers)
    broker, step = failures[0]
    verdict = _verdict(broker, step, host)
    if len(failures) < len(brokers):
        ids = ", ".join(str(each.id) for each, _ in failures)
        scope = f"Partitions led by broker {ids} cannot be written ({len(failures)} of "
        scope += f"{len(brokers)} brokers)."
    else:
        scope = "No record can be delivered."
    is_tls = step.step == "tls"
    made = Step(
        step="brokers",
        ok=False,
        ms=watch.ms(),
        detail=f"Connected to {host}:{port}, but the cluster tells clients to use "
        f"{broker.address}, {verdict} {scope}",
        cause=step.cause,
        hint=step.hint if is_tls else _FIX.format(host=host, port=port),
        about=broker.address,
        fixes={} if is_tls else _fixes(connector, reached, broker),
    )
    return made, len(brokers) - len(failures)


def _fixes(connector: KafkaConnector, reached: tuple[str, int], broker: Broker) -> dict[str, str]:
    return {
        "compose": compose_lines(connector, reached, broker),
        "properties": server_lines(connector, reached),
    }


def _reach(
    connector: KafkaConnector, environment: Environment, broker: Broker, *, is_known: bool
) -> Step:
    """Go as far as possible with one broker: its name, TCP, TLS or the lack of it."""
    step, addresses = resolve(
        broker.host, broker.port, family=connector.ip_family, timeout_s=_TIMEOUT_S
    )
    if not addresses:
        return step
    step, connection = connect(addresses, host=broker.host, timeout_s=_TIMEOUT_S)
    if connection is None:
        return step
    with connection:
        if is_known:
            return step
        if connector.ssl.enable:
            return _handshake(connector, environment, connection, broker)
        return step if _speaks_kafka(connection) else _tls_instead(broker, step)


def _handshake(
    connector: KafkaConnector, environment: Environment, connection: socket.socket, broker: Broker
) -> Step:
    try:
        context = client_context(connector.ssl, environment)
    except ConfigError as exc:  # said before, by the stage of the bootstrap address
        return Step(step="tls", ok=False, ms=0, detail=exc.message, hint=exc.hint)
    name = server_name(connector.ssl, broker.host) or broker.host
    step, secure = tls_handshake(connection, context, name, timeout_s=_TIMEOUT_S)
    if secure is not None:
        secure.close()
    return step


def _speaks_kafka(connection: socket.socket) -> bool:
    """Ask for the versions, as the first request of any client."""
    connection.settimeout(_TIMEOUT_S)
    try:
        connection.sendall(_ASK_VERSIONS)
        return len(connection.recv(8)) == 8
    except OSError:
        return False


def _tls_instead(broker: Broker, otherwise: Step) -> Step:
    """Find out whether what does not speak Kafka speaks TLS; else leave the verdict open."""
    certificate = presented_certificate(
        (broker.host, broker.port), broker.host, timeout_s=_TIMEOUT_S
    )
    if certificate is None:
        return otherwise
    return Step(
        step="tls",
        ok=False,
        ms=0,
        detail="The listener speaks TLS, but this connector does not.",
        cause=certificate.summary(),
        hint="Set ssl.enable = true, or have the listener advertise the address of its own kind.",
    )


def _verdict(broker: Broker, step: Step, host: str) -> str:
    if step.step == "resolve":
        return "a name that this computer does not know."
    if step.step == "tls":
        return f"where TLS does not fit. {step.detail}"
    if _is_loopback(broker.host) and not _is_loopback(host):
        return "which is this computer itself: only clients on the broker's machine can use it."
    if broker.host == host or (_is_loopback(broker.host) and _is_loopback(host)):
        return f"where nothing answers: port {broker.port} is not published."
    if _is_private(broker.host):
        return "probably an address inside a container network, which does not answer from here."
    return "which does not answer from here."


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_private(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False
