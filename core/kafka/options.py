"""Connector and action options as librdkafka properties.

Every property is written out that librdkafka's own default would decide otherwise than EMQX. What
it cannot realise is reported by `core.kafka.advice`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.errors import ConfigError, NotConnected
from core.tls_files import is_pem
from core.workspace.environment import Environment
from core.workspace.kafka import KafkaAction, KafkaConnector, Kerberos, OAuth, PasswordAuth
from core.workspace.mqtt import SANDBOX, Ssl

PropertyValue = str | int | float | bool
MESSAGE_MAX_BYTES: Final = 10 << 20
WINDOW_RECORDS: Final = 10_000
WINDOW_KBYTES: Final = 64 << 10
STATISTICS_MS: Final = 1_000
_ACKS_WAIT_MS: Final = 10_000  # what EMQX's producer gives the broker to collect acknowledgements
_UNKNOWN_TOPIC_MS: Final = 5_000
_AUTO_CREATE_MS: Final = 30_000
_FIRST_RECONNECT_MS: Final = 50  # doubled up to reconnect_delay; also delays the first connection
_ENDLESS_RETRIES: Final = 2_147_483_647
_BATCH_RECORDS: Final = 10_000  # librdkafka's own default
_SECRETS: Final = frozenset(
    {"sasl.password", "ssl.key.password", "ssl.key.pem", "sasl.oauthbearer.client.secret"}
)
TLS_1_3_CIPHERS: Final = "TLS_"
"""How their names begin; librdkafka chooses among the older ones only."""

_ACKS: Final = {"all_isr": "all", "leader_only": "1", "none": "0"}
_MECHANISMS: Final = {
    "plain": "PLAIN",
    "scram_sha_256": "SCRAM-SHA-256",
    "scram_sha_512": "SCRAM-SHA-512",
}
_PARTITIONERS: Final = {
    "murmur2": "murmur2_random",
    "crc32": "consistent_random",
    "even": "random",
    "sticky": "random",
    "phash2": "random",
}
_OPTION_OF_PROPERTY: Final = {
    "bootstrap.servers": "bootstrap_hosts",
    "socket.connection.setup.timeout.ms": "connect_timeout",
    "socket.timeout.ms": "request_timeout",
    "socket.send.buffer.bytes": "socket_opts.sndbuf",
    "socket.receive.buffer.bytes": "socket_opts.recbuf",
    "broker.address.family": "ip_family",
    "security.protocol": "authentication",
    "sasl.mechanism": "authentication.mechanism",
    "sasl.username": "authentication.username",
    "sasl.password": "authentication.password",
    "sasl.oauthbearer.token.endpoint.url": "authentication.endpoint_uri",
    "sasl.oauthbearer.client.id": "authentication.client_id",
    "sasl.oauthbearer.client.secret": "authentication.client_secret",
    "sasl.oauthbearer.scope": "authentication.scope",
    "sasl.oauthbearer.extensions": "authentication.extensions",
    "ssl.ca.location": "ssl.cacertfile",
    "ssl.ca.pem": "ssl.cacertfile",
    "ssl.certificate.location": "ssl.certfile",
    "ssl.certificate.pem": "ssl.certfile",
    "ssl.key.location": "ssl.keyfile",
    "ssl.key.pem": "ssl.keyfile",
    "ssl.key.password": "ssl.password",
    "ssl.cipher.suites": "ssl.ciphers",
    "acks": "required_acks",
    "linger.ms": "max_linger_time",
    "batch.size": "max_batch_bytes",
    "message.max.bytes": "max_batch_bytes",
    "compression.type": "compression",
    "max.in.flight.requests.per.connection": "max_inflight",
    "enable.idempotence": "max_inflight",
    "message.timeout.ms": "max_batch_age",
    "retries": "max_retries",
    "reconnect.backoff.ms": "reconnect_delay",
    "reconnect.backoff.max.ms": "reconnect_delay",
    "topic.metadata.refresh.interval.ms": "partition_count_refresh_interval",
    "partitioner": "partitioner",
}


class Properties(dict[str, PropertyValue]):
    """librdkafka properties; secrets are hidden when printed."""

    def __repr__(self) -> str:
        shown = {key: "***" if key in _SECRETS else value for key, value in self.items()}
        return f"Properties({shown})"

    __str__ = __repr__


@dataclass(frozen=True, slots=True)
class ProducerGroup:
    """What one librdkafka producer has in common for all its records, as options of actions.

    Attributes:
        linger_ms: `max_linger_time`.
        max_age_ms: `max_batch_age`, 0 for infinity.
        max_retries: As the option, the largest integer for infinity.
        partitions_limit: As the option, 0 for all partitions.
        batch_records: Most records in a batch.
    """

    acks: str
    compression: str
    linger_ms: int
    batch_bytes: int
    max_inflight: int
    idempotent: bool
    max_age_ms: int
    max_retries: int
    reconnect_delay_ms: int
    refresh_ms: int
    partitioner: str
    partitions_limit: int
    batch_records: int = _BATCH_RECORDS


def producer_group(action: KafkaAction) -> ProducerGroup:
    """Tell which producer of its connector an action belongs to; equal groups can share one."""
    age = action.max_batch_age
    retries = _ENDLESS_RETRIES if action.max_retries == "infinity" else action.max_retries
    limit = action.partitions_limit
    return ProducerGroup(
        acks=_ACKS[action.required_acks],
        compression="none" if action.compression == "no_compression" else action.compression,
        linger_ms=action.max_linger_time.ms,
        batch_bytes=max(action.max_batch_bytes.bytes, 1),
        max_inflight=action.max_inflight,
        idempotent=action.idempotent and retries > 0,
        max_age_ms=0 if age == "infinity" else max(age.ms, 1),
        max_retries=retries,
        reconnect_delay_ms=min(action.reconnect_delay.ms, 3_600_000),
        refresh_ms=min(max(action.partition_count_refresh_interval.ms, 1_000), 3_600_000),
        partitioner=action.effective_partitioner,
        partitions_limit=0 if limit == "all_partitions" else limit,
    )


def bootstrap_servers(connector: KafkaConnector, environment: Environment) -> tuple[str, ...]:
    """Tell the addresses to start from, each as HOST:PORT.

    Raises:
        NotConnected: The connector stands on the sandbox, and none is running.
    """
    if connector.bootstrap_hosts != SANDBOX:
        return connector.bootstrap_servers
    if environment.sandbox is None:
        raise NotConnected(
            f"{connector.name or 'The connector'} uses the embedded Kafka, which is not running.",
            connector=connector.name,
            hint="Start one with `sluicegate sandbox` and pass its addresses with --sandbox.",
        )
    return (environment.sandbox.kafka,)


def user_name(connector: KafkaConnector) -> str:
    """Tell who signs in; empty for nobody."""
    auth = connector.authentication
    if isinstance(auth, OAuth):
        return auth.client_id
    return auth.username if isinstance(auth, PasswordAuth) else ""


def not_in_this_build(connector: KafkaConnector) -> tuple[str, str]:
    """Name a sign-in that this build cannot do, and what to do instead; empty for all others."""
    auth = connector.authentication
    if auth == "none" or isinstance(auth, PasswordAuth | OAuth):
        return "", ""
    if isinstance(auth, Kerberos):
        return (
            "Kerberos is not in this build: its Kafka client was built without SASL/GSSAPI",
            "use another mechanism, or build confluent-kafka from source against a librdkafka "
            "with libsasl2",
        )
    return (
        "MSK IAM is not in this build: it needs the AWS signer",
        "use SASL/SCRAM with Amazon MSK, with the secret that AWS Secrets Manager has for it",
    )


def may_create_topics(connector: KafkaConnector) -> bool:
    """Tell whether asking for an unknown topic may create it; always on the sandbox."""
    return connector.allow_auto_topic_creation or connector.bootstrap_hosts == SANDBOX


def client_properties(connector: KafkaConnector, environment: Environment) -> Properties:
    """Make the properties that every client of a connector has; resolves its secrets.

    Raises:
        ConfigError: A file is missing, a secret is not there, or this build cannot sign in so.
        NotConnected: The connector stands on the sandbox, and none is running.
    """
    on_sandbox = connector.bootstrap_hosts == SANDBOX
    properties = Properties(
        {
            "bootstrap.servers": ",".join(bootstrap_servers(connector, environment)),
            "client.id": f"sluicegate:{connector.name}" if connector.name else "sluicegate",
            "allow.auto.create.topics": may_create_topics(connector),
            "enable.metrics.push": False,
            "socket.connection.setup.timeout.ms": max(connector.connect_timeout.ms, 1_000),
            "socket.timeout.ms": min(max(connector.request_timeout.ms, 10), 300_000),
            "socket.send.buffer.bytes": connector.socket_opts.sndbuf.bytes,
            "socket.receive.buffer.bytes": connector.socket_opts.recbuf.bytes,
            "socket.nagle.disable": connector.socket_opts.nodelay,
            "socket.keepalive.enable": connector.socket_opts.tcp_keepalive != "none",
            "broker.address.family": connector.ip_family,
            "security.protocol": "plaintext",
        }
    )
    if on_sandbox:
        return properties
    missing, hint = not_in_this_build(connector)
    if missing:
        path = f"connectors.kafka.{connector.name}.authentication"
        raise ConfigError(f"{missing}.", path=path, hint=hint)
    if isinstance(connector.authentication, PasswordAuth):
        properties |= _sign_in(connector.authentication, environment)
    elif isinstance(connector.authentication, OAuth):
        properties |= _token(connector, connector.authentication, environment)
    if connector.ssl.enable:
        properties |= _tls(connector, environment)
    signs_in = connector.authentication != "none"
    properties["security.protocol"] = ("sasl_" if signs_in else "") + (
        "ssl" if connector.ssl.enable else "plaintext"
    )
    return properties


def producer_properties(
    connector: KafkaConnector, group: ProducerGroup, environment: Environment
) -> Properties:
    """Make the properties of one producer of a connector.

    Raises:
        ConfigError: As `client_properties`.
        NotConnected: As `client_properties`.
    """
    properties = client_properties(connector, environment)
    create = may_create_topics(connector)
    linger_ms = min(group.linger_ms, 900_000)
    properties |= {
        "statistics.interval.ms": STATISTICS_MS,
        "acks": group.acks,
        "compression.type": group.compression,
        "linger.ms": linger_ms,
        "batch.size": group.batch_bytes,
        "batch.num.messages": group.batch_records,
        "message.max.bytes": max(MESSAGE_MAX_BYTES, min(group.batch_bytes, 1_000_000_000)),
        "max.in.flight.requests.per.connection": min(group.max_inflight, 1_000_000),
        "enable.idempotence": group.idempotent,
        "message.timeout.ms": max(group.max_age_ms, linger_ms + 1) if group.max_age_ms else 0,
        "request.timeout.ms": _ACKS_WAIT_MS,
        "retries": group.max_retries,
        "reconnect.backoff.ms": min(group.reconnect_delay_ms, _FIRST_RECONNECT_MS),
        "reconnect.backoff.max.ms": group.reconnect_delay_ms,
        "topic.metadata.refresh.interval.ms": group.refresh_ms,
        "topic.metadata.propagation.max.ms": _AUTO_CREATE_MS if create else _UNKNOWN_TOPIC_MS,
        "partitioner": _PARTITIONERS[group.partitioner],
        "queue.buffering.max.messages": WINDOW_RECORDS,
        "queue.buffering.max.kbytes": WINDOW_KBYTES,
    }
    if group.partitioner == "even":
        properties["sticky.partitioning.linger.ms"] = 0
    return properties


def _sign_in(auth: PasswordAuth, environment: Environment) -> Properties:
    return Properties(
        {
            "sasl.mechanism": _MECHANISMS[auth.mechanism],
            "sasl.username": auth.username,
            "sasl.password": environment.resolve_secret(auth.password),
        }
    )


def _token(connector: KafkaConnector, auth: OAuth, environment: Environment) -> Properties:
    properties = Properties(
        {
            "sasl.mechanism": "OAUTHBEARER",
            "sasl.oauthbearer.method": "oidc",
            "sasl.oauthbearer.token.endpoint.url": auth.endpoint_uri,
            "sasl.oauthbearer.client.id": auth.client_id,
            "sasl.oauthbearer.client.secret": environment.resolve_secret(auth.client_secret),
        }
    )
    if auth.scope:
        properties["sasl.oauthbearer.scope"] = auth.scope
    if auth.extensions:
        pairs = ",".join(f"{name}={value}" for name, value in auth.extensions.items())
        properties["sasl.oauthbearer.extensions"] = pairs
    authority = connector.ssl.cacertfile
    if authority and auth.endpoint_uri.startswith("https:"):
        if is_pem(authority):
            properties["https.ca.pem"] = authority
        else:
            path = _existing_file(connector.name, "cacertfile", environment.path(authority))
            properties["https.ca.location"] = str(path)
    return properties


def _tls(connector: KafkaConnector, environment: Environment) -> Properties:
    ssl = connector.ssl
    properties = Properties(
        {
            "enable.ssl.certificate.verification": ssl.verify == "verify_peer",
            "ssl.endpoint.identification.algorithm": "https" if _checks_host(ssl) else "none",
        }
    )
    for option, text, stem in (
        ("cacertfile", ssl.cacertfile, "ssl.ca"),
        ("certfile", ssl.certfile, "ssl.certificate"),
        ("keyfile", ssl.keyfile, "ssl.key"),
    ):
        if text and is_pem(text):
            properties[f"{stem}.pem"] = text
        elif text:
            path = _existing_file(connector.name, option, environment.path(text))
            properties[f"{stem}.location"] = str(path)
    if ssl.password is not None:
        properties["ssl.key.password"] = environment.resolve_secret(ssl.password)
    older = [name for name in ssl.ciphers if not name.startswith(TLS_1_3_CIPHERS)]
    if older:
        properties["ssl.cipher.suites"] = ":".join(older)
    return properties


def _checks_host(ssl: Ssl) -> bool:
    return ssl.verify == "verify_peer" and ssl.check_hostname


def _existing_file(connector: str, option: str, path: Path) -> Path:
    if path.is_file():
        return path
    raise ConfigError(
        f"The file of ssl.{option} does not exist: {path}",
        path=f"connectors.kafka.{connector}.ssl.{option}",
        value=str(path),
        hint="Correct the path (it is relative to the workspace file), or paste the PEM text.",
    )


def refused_property(text: str, connector: str = "", action: str = "") -> ConfigError:
    """Turn librdkafka's complaint about its configuration into one about the option behind it.

    Args:
        text: What the constructor of a client said (`_INVALID_ARG`).
        connector: Name, for the path.
        action: Name, for the path of an action's option.
    """
    line = text.strip().splitlines()[0] if text.strip() else "no reason given"
    found = re.search(r'property "([\w.]+)"', line) or re.match(r".*?: (\w+(?:\.\w+)+) ", line)
    option = _OPTION_OF_PROPERTY.get(found[1], "") if found else ""
    if not option and "sasl" in line.lower():
        option = "authentication"
    table = f"actions.kafka.{action}" if action else f"connectors.kafka.{connector}"
    what = f"The option {option} was refused" if option else "The Kafka client refused its options"
    return ConfigError(
        f"{what}: {line}",
        path=f"{table}.{option}" if option else table,
        hint="Correct the option in the workspace.",
    )
