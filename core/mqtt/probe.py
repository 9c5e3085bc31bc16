"""The staged connection test of an MQTT connector: name, TCP, TLS, sign-in.

Blocks; not for a pipeline thread. Every stage ends with a `Step`, the first failure is the last.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Sequence

from msgspec.structs import replace

from core.errors import AppError, AuthFailed, ConfigError, ConnectorError
from core.mqtt.answers import Connack
from core.mqtt.client import MqttClient
from core.mqtt.probe_filters import try_filters
from core.mqtt.settings import Settings, helper_settings
from core.mqtt.signin import complete
from core.probe import Step, Stopwatch, connect, failure, resolve, tls_handshake
from core.tls import client_context, own_trouble, server_name
from core.workspace.environment import Environment
from core.workspace.mqtt import MqttConnector

_GOODBYE_S = 1.0


def check_mqtt(
    connector: MqttConnector,
    environment: Environment,
    *,
    client_id: str = "",
    filters: Sequence[str] = (),
    on_welcome: Callable[[Connack], None] = lambda _connack: None,
) -> Iterator[Step]:
    """Test a connector, yielding each stage as it is done.

    Signs in as `<client id>-check-xxxx` with a clean start and without a session, so that the
    engine's own session is not touched. Filters are subscribed without the shared group, so that
    no message is taken from anybody. That nothing comes within two seconds is no failure: there
    is no stage `receive` then.

    Args:
        connector: What to test.
        environment: Secrets, certificates, embedded broker.
        client_id: The engine's client id there.
        filters: Topic filters to subscribe; without any the test ends signed in.
        on_welcome: Is given the broker's answer to the sign-in, before that stage is yielded.
    """
    own_id = client_id or connector.client_id or f"sluicegate-{connector.name}"
    try:
        settings = helper_settings(connector, own_id, environment, "check")
    except ConnectorError as exc:
        yield failure("resolve", 0, exc)
        return
    address = settings.address
    timeout_s = connector.connect_timeout.s
    step, addresses = resolve(address.host, address.port, timeout_s=timeout_s)
    yield step
    if not step.ok:
        return
    step, sock = connect(addresses, host=address.host, timeout_s=timeout_s)
    yield step
    if sock is None:
        return
    if address.tls:
        step, sock = _tls(settings, sock, timeout_s)
        yield step
        if sock is None:
            return
    steps, client = _sign_in(settings, sock, timeout_s)
    if client is None:
        yield from steps
        return
    if client.connack is not None:
        on_welcome(client.connack)
    yield from _signed_in(client, steps, filters, timeout_s)


def _signed_in(
    client: MqttClient, steps: Sequence[Step], filters: Sequence[str], timeout_s: float
) -> Iterator[Step]:
    """Go on with a client that is signed in, and have it leave at the end."""
    is_done = False
    try:
        yield from steps
        if filters:
            yield from try_filters(client, filters, timeout_s)
        is_done = True
    finally:
        if is_done:
            client.say_goodbye(_GOODBYE_S)
        else:  # nobody wants to know the rest
            client.abandon()


def _tls(
    settings: Settings, sock: socket.socket, timeout_s: float
) -> tuple[Step, socket.socket | None]:
    watch = Stopwatch()
    options, host = settings.connector.ssl, settings.address.host
    try:
        context = client_context(options, settings.environment)
    except ConfigError as exc:
        sock.close()
        return failure("tls", watch.ms(), exc), None
    name, note = server_name(options, host) or host, own_trouble(options, settings.environment)
    return tls_handshake(sock, context, name, timeout_s=timeout_s, note=note)


def _sign_in(
    settings: Settings, sock: socket.socket, timeout_s: float
) -> tuple[list[Step], MqttClient | None]:
    """Have the broker speak MQTT and let us in, which it answers at once; two stages."""
    watch = Stopwatch()
    protocol = settings.connector.protocol
    spoken = Step(
        step="mqtt",
        ok=True,
        ms=0,
        detail=f"the broker speaks MQTT {protocol}",
        brief=f"{protocol} accepted",
    )
    try:
        client = complete(settings, timeout_s, prepared=sock)
    except AuthFailed as exc:
        sock.close()
        return [replace(spoken, ms=watch.ms()), failure("sign_in", 0, exc)], None
    except AppError as exc:
        sock.close()
        return [failure("mqtt", watch.ms(), exc)], None
    user = settings.connector.username
    let_in = Step(
        step="sign_in", ok=True, ms=0, detail=_welcome(client), brief=user or "no user name"
    )
    return [replace(spoken, ms=watch.ms()), let_in], client


def _welcome(client: MqttClient) -> str:
    settings = client.settings
    who = f' as user "{settings.connector.username}"' if settings.connector.username else ""
    text = f"signed in{who} with MQTT {settings.connector.protocol}"
    limits = _limits(client.connack) if client.connack is not None else []
    return f"{text}; the broker says: {', '.join(limits)}" if limits else text


def _limits(connack: Connack) -> list[str]:
    """Put what the broker restricts into words; what it leaves at its default is not named."""
    limits: list[str] = []
    if connack.receive_maximum is not None:
        limits.append(f"receive maximum {connack.receive_maximum}")
    if connack.maximum_packet_size is not None:
        limits.append(f"packets up to {connack.maximum_packet_size} bytes")
    if connack.maximum_qos < 2:
        limits.append(f"QoS up to {connack.maximum_qos}")
    if connack.server_keepalive_s is not None:
        limits.append(f"keep-alive {connack.server_keepalive_s} s")
    if not connack.retain_available:
        limits.append("no retained messages")
    if not connack.shared_subscriptions:
        limits.append("no shared subscriptions")
    if not connack.wildcard_subscriptions:
        limits.append("no wildcards in topic filters")
    if not connack.subscription_ids:
        limits.append("no subscription identifiers")
    return limits
