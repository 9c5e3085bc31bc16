"""The staged connection test of a Kafka connector.

resolve, connect, tls, sign_in, metadata, then every broker as the cluster names it, then the
topics of the actions and whether they may be written to. The first stage that fails ends it; of
brokers and topics all are looked at, and topics as long as one of the brokers is reached.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator, Sequence
from typing import Final

from confluent_kafka import KafkaError

from core.errors import AppError, ConfigError, ConnectFailed, ConnectorError
from core.kafka.admin import Admin
from core.kafka.catalogue import explain_record
from core.kafka.check_brokers import check_brokers
from core.kafka.metadata import Broker, Cluster, nearest
from core.kafka.options import bootstrap_servers, may_create_topics, user_name
from core.probe import (
    UNKNOWN_TOPIC,
    Step,
    StepId,
    Stopwatch,
    connect,
    failure,
    presented_certificate,
    resolve,
    split_address,
    tls_handshake,
)
from core.tls import client_context, own_trouble, server_name
from core.workspace.environment import Environment
from core.workspace.kafka import DEFAULT_PORT, KafkaConnector
from core.workspace.mqtt import SANDBOX

_BROKER_TIMEOUT_S: Final = 1.0
_CLOSED: Final = ("closed", "reset", "receive 0")


def check_kafka(
    connector: KafkaConnector, environment: Environment, topics: Sequence[str] = ()
) -> Iterator[Step]:
    """Test a connector, one `Step` after the other; blocks, each stage with its own timeout.

    Sends no record and creates no topic. Of several bootstrap addresses the first that answers
    is used; the others' failures are shown as details of it.

    Args:
        connector: What to test.
        environment: Secrets, certificates, the sandbox.
        topics: Names of the topics that actions of this connector write to. The connector's
            `health_check_topic` is looked at too.
    """
    watch = Stopwatch()
    try:
        servers = bootstrap_servers(connector, environment)
    except ConnectorError as exc:
        yield failure("resolve", watch.ms(), exc)
        return
    steps, connection, host, port = _reach(connector, servers)
    yield from steps
    if connection is None:
        return
    tls = _tls(connector, environment, connection, host)
    if tls is not None:
        yield tls
        if not tls.ok:
            return
    watch = Stopwatch()
    try:
        admin, cluster = _ask(connector, environment)
    except ConnectFailed as exc:
        if exc.step == "brokers":
            yield _signed_in(connector, watch)
            yield Step(
                step="metadata",
                ok=True,
                ms=0,
                detail="the cluster answered",
                brief="the cluster answered",
            )
            yield _lost(connector, environment, exc, (host, port))
        else:
            yield _refused(connector, exc, watch, host, port)
        return
    except AppError as exc:
        yield failure("sign_in", watch.ms(), exc)
        return
    yield _signed_in(connector, watch)
    yield from _inside(connector, environment, admin, cluster, (host, port), topics)


def _ask(connector: KafkaConnector, environment: Environment) -> tuple[Admin, Cluster]:
    """Ask the cluster what it has.

    A client asks once for itself and goes on to the brokers that were named. Where nothing answers
    there it may never get to our question, so that a second client is given a try.
    """
    admin = Admin(connector, environment)
    try:
        return admin, admin.describe()
    except ConnectFailed as exc:
        if exc.step != "brokers":
            raise
    admin = Admin(connector, environment)
    return admin, admin.describe()


def _reach(
    connector: KafkaConnector, servers: Sequence[str]
) -> tuple[list[Step], socket.socket | None, str, int]:
    """Resolve and connect to the first address that answers; else show the last failure."""
    steps: list[Step] = []
    timeout_s = max(connector.connect_timeout.s, 1.0)
    host, port = "", 0
    for server in servers:
        host, port = split_address(server, DEFAULT_PORT)
        step, addresses = resolve(host, port, family=connector.ip_family, timeout_s=timeout_s)
        steps = [step]
        if not addresses:
            continue
        step, connection = connect(addresses, host=host, timeout_s=timeout_s)
        steps.append(step)
        if connection is not None:
            return steps, connection, host, port
    return steps, None, host, port


def _tls(
    connector: KafkaConnector, environment: Environment, connection: socket.socket, host: str
) -> Step | None:
    if not connector.ssl.enable:
        connection.close()
        return None
    watch = Stopwatch()
    try:
        context = client_context(connector.ssl, environment)
    except ConfigError as exc:
        connection.close()
        return failure("tls", watch.ms(), exc)
    name = server_name(connector.ssl, host) or host
    step, secure = tls_handshake(
        connection,
        context,
        name,
        timeout_s=max(connector.connect_timeout.s, 1.0),
        note=own_trouble(connector.ssl, environment),
    )
    if secure is not None:
        secure.close()
    return step


def _signed_in(connector: KafkaConnector, watch: Stopwatch) -> Step:
    if connector.mechanism:
        detail = f"signed in as {user_name(connector)} with {connector.mechanism}"
    else:
        detail = "the listener asks for no sign-in"
    brief = user_name(connector) or "not asked for"
    return Step(step="sign_in", ok=True, ms=watch.ms(), detail=detail, brief=brief)


def _lost(
    connector: KafkaConnector,
    environment: Environment,
    error: ConnectFailed,
    reached: tuple[str, int],
) -> Step:
    """Explain what the client could not: it has gone to the broker that the cluster named."""
    host, port = split_address(error.address, 0)
    if port:
        step, _ = check_brokers(connector, environment, [Broker(-1, host, port)], reached)
        if not step.ok:
            return step
    return failure("brokers", 0, error)


def _refused(
    connector: KafkaConnector, error: ConnectFailed, watch: Stopwatch, host: str, port: int
) -> Step:
    """Explain why the cluster gave no metadata, now that its port is known to be open."""
    where = f"{host}:{port}"
    closed = any(word in error.cause for word in _CLOSED)
    if not closed or error.step in ("tls", "resolve"):
        step: StepId = "tls" if error.step == "tls" else "sign_in"
        return failure(step, watch.ms(), error)
    if not connector.ssl.enable:
        certificate = presented_certificate((host, port), host, timeout_s=_BROKER_TIMEOUT_S)
        if certificate is not None:
            return Step(
                step="tls",
                ok=False,
                ms=watch.ms(),
                detail=f"{where} speaks TLS, but this connector does not: {certificate.summary()}.",
                cause=error.cause,
                hint="Set ssl.enable = true, and ssl.cacertfile unless its authority is known.",
            )
    if connector.authentication == "none":
        return Step(
            step="sign_in",
            ok=False,
            ms=watch.ms(),
            detail=f"{where} closes connections that do not sign in, or is no Kafka broker.",
            cause=error.cause,
            hint="Set authentication (mechanism, username and password), or check host and port.",
        )
    return failure("sign_in", watch.ms(), error)


def _inside(
    connector: KafkaConnector,
    environment: Environment,
    admin: Admin,
    cluster: Cluster,
    reached: tuple[str, int],
    topics: Sequence[str],
) -> Iterator[Step]:
    """Look at what the cluster says about itself."""
    watch = Stopwatch()
    with contextlib.suppress(ConnectFailed):  # badly advertised brokers answer once only
        cluster = admin.describe()
    count = len(cluster.topics)
    plural = "s" if count != 1 else ""
    brokers = ", ".join(f"{broker.address} (id {broker.id})" for broker in cluster.brokers)
    yield Step(
        step="metadata",
        ok=bool(cluster.brokers),
        ms=watch.ms(),
        detail=f"{count} topic{plural}; brokers as the cluster names them: {brokers}",
        brief=f"{_counted(len(cluster.brokers), 'broker')}, {count} topic{plural}",
    )
    step, found = check_brokers(connector, environment, cluster.brokers, reached)
    yield step
    if not found:
        return
    own = connector.health_check_topic
    wanted = list(dict.fromkeys([*topics, own] if own else topics))
    for topic in wanted:
        yield _topic(connector, admin, cluster, topic)
    known = [topic for topic in wanted if topic in cluster.topics]
    if known and connector.bootstrap_hosts != SANDBOX:
        yield _writable(admin, known)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _topic(connector: KafkaConnector, admin: Admin, cluster: Cluster, name: str) -> Step:
    watch = Stopwatch()
    found = cluster.topics.get(name)
    if found is not None:
        plural = "s" if found.partitions != 1 else ""
        detail = f"{name} has {found.partitions} partition{plural}, replication {found.replication}"
        if found.leaders == found.partitions:
            if connector.bootstrap_hosts != SANDBOX:
                detail = "; ".join((detail, *_settings(admin, name)))
            brief = _counted(found.partitions, "partition")
            return Step(step="topic", ok=True, ms=watch.ms(), detail=detail, brief=brief)
        return Step(
            step="topic",
            ok=False,
            ms=watch.ms(),
            detail=f"{name}: {found.leaders} of {found.partitions} partitions have a leader.",
            cause="no leader",
            hint="Look at the brokers; a partition without a leader takes no records.",
        )
    if _is_hidden(admin, name):
        return Step(
            step="topic",
            ok=False,
            ms=watch.ms(),
            detail=f"This user may not see topic {name}, nor whether it exists.",
            cause="topic authorization failed",
            hint="Grant the user DESCRIBE and WRITE on the topic.",
        )
    if may_create_topics(connector):
        detail = f"{name} does not exist yet; it is created with the first record"
        brief = "made with the first record"
        return Step(step="topic", ok=True, ms=watch.ms(), detail=detail, brief=brief)
    return Step(
        step="topic",
        ok=False,
        ms=watch.ms(),
        detail=f"Topic {name} does not exist on this cluster.",
        cause=UNKNOWN_TOPIC,
        about=name,
        hint=" ".join(
            filter(
                None,
                (
                    nearest(name, cluster.topics),
                    "Create it, or set `allow_auto_topic_creation = true`.",
                ),
            )
        ),
    )


def _writable(admin: Admin, topics: Sequence[str]) -> Step:
    """Ask whether the user may write to the topics; a cluster need not tell."""
    watch = Stopwatch()
    answers = {topic: admin.may_write(topic) for topic in topics}
    refused = next((topic for topic, may in answers.items() if may is False), None)
    if refused is not None:
        text = "no right to WRITE"
        cause = explain_record(KafkaError.TOPIC_AUTHORIZATION_FAILED, text, topic=refused)
        return Step(
            step="write",
            ok=False,
            ms=watch.ms(),
            detail=cause.summary,
            cause=cause.raw,
            hint=cause.hint,
            about=refused,
        )
    is_told = None not in answers.values()
    detail = "the user may write to the topics" if is_told else "nothing speaks against it"
    return Step(
        step="write",
        ok=True,
        ms=watch.ms(),
        detail=detail,
        brief="granted" if is_told else "not refused",
    )


def _settings(admin: Admin, topic: str) -> Iterator[str]:
    """Say which of a topic's settings decide what records it takes."""
    found = admin.topic_settings(topic)
    if largest := found.get("max.message.bytes"):
        yield f"records up to {int(largest):,} bytes"
    if "compact" in found.get("cleanup.policy", ""):
        yield "compacted: every record needs a key"
    if (replicas := found.get("min.insync.replicas", "1")) != "1":
        yield f"{replicas} replicas have to be in sync"


def _is_hidden(admin: Admin, topic: str) -> bool:
    try:
        return topic in admin.describe(topic).hidden
    except ConnectFailed:
        return False
