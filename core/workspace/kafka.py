"""Kafka connectors and actions of a workspace, with EMQX's option names and defaults.

Defaults of actions are ours for new ones (idempotent, at least once, murmur2); imports write
EMQX's values out.
"""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal, TypeAlias, cast

from pydantic import Discriminator, Field, Tag, field_validator, model_validator

from core.workspace.mqtt import SANDBOX, Model, Ssl
from core.workspace.units import ByteSize, CodedError, Duration, DurationS, SecretRef, Wait

Compression: TypeAlias = Literal["no_compression", "snappy", "gzip", "lz4", "zstd"]

DEFAULT_PORT: Final = 9092
TOPIC_RULE: Final = "a topic's name has 1 to 249 letters, digits, ., _ and -"
_TOPIC: Final = re.compile(r"[a-zA-Z0-9._-]{1,249}")
_KEEPALIVE_MAX: Final = (72_000, 750, 90)
_LONGEST_INTERVAL_MS: Final = 3_600_000
_INT_32: Final = 2_147_483_647
"""What librdkafka counts with: milliseconds, bytes of a batch, retries."""
_LONGEST_LINGER_MS: Final = 900_000
_MOST_IN_FLIGHT: Final = 1_000_000
_LARGEST_SOCKET_BUFFER: Final = 100_000_000


def is_legal_topic(name: str) -> bool:
    """Tell whether Kafka accepts a name for a topic: `TOPIC_RULE`, and neither `.` nor `..`."""
    return _TOPIC.fullmatch(name) is not None and name not in (".", "..")


class PasswordAuth(Model):
    """SASL with user name and password."""

    mechanism: Literal["plain", "scram_sha_256", "scram_sha_512"]
    username: str
    password: SecretRef


class OAuth(Model):
    """SASL with a token that `endpoint_uri` gives for client credentials (OpenID Connect)."""

    mechanism: Literal["oauth"]
    grant_type: Literal["client_credentials"] = "client_credentials"
    endpoint_uri: str
    client_id: str
    client_secret: SecretRef
    scope: str = ""
    extensions: dict[str, str] = {}
    timeout: Duration = Duration(5_000)
    connect_timeout: Duration = Duration(5_000)

    @field_validator("endpoint_uri")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            msg = "is no address of a token endpoint; write https://HOST/PATH"
            raise ValueError(msg)
        return value

    @field_validator("extensions")
    @classmethod
    def _plain_pairs(cls, value: dict[str, str]) -> dict[str, str]:
        if any("," in text or "=" in text for pair in value.items() for text in pair):
            msg = "must not hold , or = in names and values"
            raise ValueError(msg)
        return value


class Kerberos(Model):
    """SASL with Kerberos; kept for EMQX, since this build has no Kerberos."""

    kerberos_principal: str
    kerberos_keytab_file: str


class MskRolesAnywhere(Model):
    """Sign-in at Amazon MSK with IAM Roles Anywhere; kept for EMQX."""

    type: Literal["msk_iam_roles_anywhere"]
    endpoint: str
    region: str

    @field_validator("endpoint")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            msg = "is no address of a credentials helper; write http://HOST:PORT"
            raise ValueError(msg)
        return value


def _kind_of_authentication(value: object) -> str:
    """Tell which shape is meant, so that its own mistakes are reported and no others."""
    if isinstance(value, str):
        return "word"
    if isinstance(value, Model):
        keys: set[str] = set(type(value).model_fields)
        mechanism = getattr(value, "mechanism", "")
    elif isinstance(value, dict):
        table = cast("dict[str, object]", value)
        keys, mechanism = set(table), table.get("mechanism", "")
    else:
        return "word"
    if "kerberos_principal" in keys or "kerberos_keytab_file" in keys:
        return "kerberos"
    if mechanism == "oauth":
        return "oauth"
    return "roles" if "type" in keys else "user"


Authentication: TypeAlias = Annotated[
    Annotated[Literal["none", "msk_iam"], Tag("word")]
    | Annotated[PasswordAuth, Tag("user")]
    | Annotated[OAuth, Tag("oauth")]
    | Annotated[Kerberos, Tag("kerberos")]
    | Annotated[MskRolesAnywhere, Tag("roles")],
    Discriminator(_kind_of_authentication),
]


class SocketOpts(Model):
    """Options of the TCP connections to the brokers."""

    sndbuf: ByteSize = ByteSize(1 << 20)
    recbuf: ByteSize = ByteSize(1 << 20)
    nodelay: bool = True
    tcp_keepalive: str = "none"

    @field_validator("sndbuf", "recbuf")
    @classmethod
    def _size_of_a_buffer(cls, value: ByteSize) -> ByteSize:
        if value.bytes > _LARGEST_SOCKET_BUFFER:
            msg = f"is too large; write at most {_LARGEST_SOCKET_BUFFER}B, or 0B for the system's"
            raise ValueError(msg)
        return value

    @field_validator("tcp_keepalive")
    @classmethod
    def _three_numbers(cls, value: str) -> str:
        if value == "none":
            return value
        parts = [part.strip() for part in value.split(",")]
        numbers = [int(part) if part.isascii() and part.isdigit() else 0 for part in parts]
        if len(numbers) != len(_KEEPALIVE_MAX) or not all(
            1 <= number <= most for number, most in zip(numbers, _KEEPALIVE_MAX, strict=True)
        ):
            msg = (
                'is no keep-alive; write "none" or "Idle,Interval,Probes": seconds from 1 to '
                "72000, seconds from 1 to 750, a number from 1 to 90"
            )
            raise ValueError(msg)
        return value


class KafkaSsl(Ssl):
    """TLS to a Kafka cluster; the options from `reuse_sessions` on are kept for EMQX alone."""

    reuse_sessions: bool = False
    secure_renegotiate: bool = True
    log_level: str = "notice"
    hibernate_after: Duration = Duration(5_000)
    middlebox_comp_mode: bool = True
    partial_chain: bool | str | None = None
    verify_peer_ext_key_usage: str | None = None
    managed_certs: dict[str, str] | None = None


class ConnectorResourceOpts(Model):
    """How a connection is looked after (EMQX's names)."""

    health_check_interval: Duration = Duration(15_000)
    health_check_timeout: Literal["infinity"] | Duration = Duration(60_000)
    start_timeout: Duration = Duration(5_000)
    start_after_created: bool = True

    @field_validator("health_check_interval")
    @classmethod
    def _within_an_hour(cls, value: Duration) -> Duration:
        if not 1 <= value.ms <= _LONGEST_INTERVAL_MS:
            msg = "is no interval of health checks; write 1ms to 1h"
            raise ValueError(msg)
        return value


class ActionResourceOpts(Model):
    """How an action is looked after (EMQX's names)."""

    health_check_interval: Duration = Duration(15_000)
    health_check_timeout: Literal["infinity"] | Duration = Duration(60_000)


class KafkaConnector(Model):
    """A connection to a Kafka cluster."""

    name: str = ""
    label: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    enable: bool = True
    bootstrap_hosts: str
    connect_timeout: Wait = Duration(5_000)
    min_metadata_refresh_interval: Duration = Duration(3_000)
    metadata_request_timeout: Wait = Duration(5_000)
    request_timeout: Duration = Duration(30_000)
    authentication: Authentication = "none"
    socket_opts: SocketOpts = SocketOpts()
    health_check_topic: str | None = None
    allow_auto_topic_creation: bool = False
    ssl: KafkaSsl = KafkaSsl()
    ip_family: Literal["any", "v4", "v6"] = "any"
    resource_opts: ConnectorResourceOpts = ConnectorResourceOpts()

    @field_validator("bootstrap_hosts")
    @classmethod
    def _host_list(cls, value: str) -> str:
        if value == SANDBOX:
            return value
        hosts = [host.strip() for host in value.split(",")]
        for host in hosts:
            if "://" in host:
                msg = "has a scheme in front; write just HOST:PORT"
                raise ValueError(msg)
            name, colon, port = host.rpartition(":")
            if name and re.fullmatch(r"-?[0-9]+", port) and not 0 < int(port) < 65_536:
                msg = f"{host!r} has no legal port; write a number from 1 to 65535"
                raise CodedError("port", msg)
            if not host or (colon and not (name and re.fullmatch(r"[0-9]+", port))):
                msg = (
                    f"{host!r} is no HOST:PORT; write HOST:PORT, several separated by commas, "
                    'or "sandbox"'
                )
                raise ValueError(msg)
        return value

    @property
    def mechanism(self) -> str:
        """Name the way of signing in, as Kafka does; empty for none."""
        auth = self.authentication
        match auth:
            case "none":
                return ""
            case PasswordAuth():
                return auth.mechanism.replace("_", "-").upper()
            case OAuth():
                return "OAUTHBEARER"
            case Kerberos():
                return "GSSAPI"
            case _:
                return "AWS_MSK_IAM"

    @property
    def bootstrap_servers(self) -> tuple[str, ...]:
        """The hosts with their ports; 9092 where none is written."""
        hosts = (host.strip() for host in self.bootstrap_hosts.split(","))
        return tuple(host if ":" in host else f"{host}:{DEFAULT_PORT}" for host in hosts)


class Message(Model):
    """Templates of a record."""

    key: str = "${.clientid}"
    value: str = "${.}"
    timestamp: str = "${.timestamp}"


class ExtHeader(Model):
    """One more header: both parts are templates."""

    kafka_ext_header_key: str
    kafka_ext_header_value: str


class Buffer(Model):
    """What is kept while Kafka is away (QoS 0 and `async`)."""

    mode: Literal["memory", "disk", "hybrid"] = "memory"
    per_partition_limit: ByteSize = ByteSize(256 << 20)
    segment_bytes: ByteSize = ByteSize(10 << 20)
    memory_overload_protection: bool = True

    @field_validator("per_partition_limit", "segment_bytes")
    @classmethod
    def _some_room(cls, value: ByteSize) -> ByteSize:
        if not value.bytes:
            msg = "leaves no room for a record; write a size such as 256MB"
            raise ValueError(msg)
        return value


_REPUBLISH_ARGS: Final[dict[str, tuple[type, ...]]] = {
    "connector": (str,),
    "topic": (str,),
    "payload": (str,),
    "qos": (int, str),
    "retain": (bool, str),
    "user_properties": (str,),
}


class Fallback(Model):
    """Where a record goes that can never be delivered."""

    kind: Literal["file", "topic", "reference", "republish"]
    topic: str | None = None
    name: str | None = None
    args: dict[str, str | int | bool] = {}
    max_size: ByteSize = ByteSize(64 << 20)
    max_age: Duration = Duration(7 * 86_400_000)

    @model_validator(mode="after")
    def _target_named(self) -> Fallback:
        if self.kind == "topic" and not self.topic:
            msg = 'kind = "topic" has no topic; write topic = "..."'
            raise ValueError(msg)
        if self.kind == "reference" and not self.name:
            msg = 'kind = "reference" has no name; write name = "...", the name of an action'
            raise ValueError(msg)
        if self.kind == "republish":
            _check_republish_args(self.args)
        return self


def _check_republish_args(args: dict[str, str | int | bool]) -> None:
    unknown = [name for name in args if name not in _REPUBLISH_ARGS]
    if unknown:
        msg = f"args has no {unknown[0]}; there are {', '.join(_REPUBLISH_ARGS)}"
        raise ValueError(msg)
    for name, kinds in _REPUBLISH_ARGS.items():
        if name in args and (
            not isinstance(args[name], kinds) or (isinstance(args[name], bool) and name == "qos")
        ):
            msg = f"args.{name} is of the wrong type; write it as in a republish action"
            raise ValueError(msg)
    if not args.get("topic"):
        msg = 'kind = "republish" has no topic; write args = { topic = "..." }'
        raise ValueError(msg)


class KafkaAction(Model):
    """Writes a rule's output to a Kafka topic."""

    name: str = ""
    label: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    enable: bool = True
    connector: str
    topic: Annotated[str, Field(min_length=1)]
    message: Message = Message()
    kafka_headers: str | None = None
    kafka_ext_headers: tuple[ExtHeader, ...] = ()
    kafka_header_value_encode_mode: Literal["none", "json"] = "none"
    partition_strategy: Literal["random", "key_dispatch", "explicit"] = "random"
    partitioner: Literal["murmur2", "phash2", "crc32", "even", "sticky"] | None = None
    partition: str | None = None
    partitions_limit: Literal["all_partitions"] | Annotated[int, Field(ge=1)] = "all_partitions"
    partition_count_refresh_interval: DurationS = Duration(60_000)
    empty_value: Literal["null", "empty", "skip"] = "null"
    max_linger_time: Duration = Duration(5)
    max_linger_bytes: ByteSize = ByteSize(10 << 20)
    max_batch_bytes: ByteSize = ByteSize(896 << 10)
    compression: Compression = "no_compression"
    required_acks: Literal["all_isr", "leader_only", "none"] = "all_isr"
    max_inflight: Annotated[int, Field(ge=1, le=_MOST_IN_FLIGHT)] = 5
    max_batch_age: Literal["infinity"] | Duration = "infinity"
    max_retries: Literal["infinity"] | Annotated[int, Field(ge=0, le=_INT_32)] = "infinity"
    reconnect_delay: Duration = Duration(2_000)
    query_mode: Literal["async", "sync", "at_least_once"] = "at_least_once"
    sync_query_timeout: Duration = Duration(5_000)
    buffer: Buffer = Buffer()
    fallback_actions: tuple[Fallback, ...] = (Fallback(kind="file"),)
    resource_opts: ActionResourceOpts = ActionResourceOpts()

    @field_validator("max_batch_bytes")
    @classmethod
    def _size_of_a_batch(cls, value: ByteSize) -> ByteSize:
        if not 1 <= value.bytes <= _INT_32:
            msg = "is no size of a batch; write at most 2047MB, such as 896KB"
            raise ValueError(msg)
        return value

    @field_validator("max_linger_time")
    @classmethod
    def _within_a_quarter_of_an_hour(cls, value: Duration) -> Duration:
        if value.ms > _LONGEST_LINGER_MS:
            msg = "is too long to wait for a batch; write 0ms to 15min"
            raise ValueError(msg)
        return value

    @field_validator("max_batch_age")
    @classmethod
    def _countable_age(cls, value: Duration | str) -> Duration | str:
        if isinstance(value, Duration) and value.ms > _INT_32:
            msg = 'is too long; write at most 596h, or "infinity"'
            raise ValueError(msg)
        return value

    @property
    def effective_partitioner(self) -> str:
        """The partitioner of the strategy: murmur2 for keys and even for random by default."""
        if self.partitioner is not None:
            return self.partitioner
        return "murmur2" if self.partition_strategy == "key_dispatch" else "even"

    @property
    def idempotent(self) -> bool:
        """Whether the producer keeps order and drops its own repeats (librdkafka's conditions)."""
        return self.required_acks == "all_isr" and self.max_inflight <= 5

    @model_validator(mode="after")
    def _consistent(self) -> KafkaAction:
        by_key = {"murmur2", "phash2", "crc32"}
        if self.partition_strategy == "key_dispatch":
            if not self.message.key:
                msg = (
                    "message.key cannot be empty when partition_strategy is key_dispatch; "
                    "write a template such as ${clientid}"
                )
                raise ValueError(msg)
            if self.partitioner is not None and self.partitioner not in by_key:
                msg = (
                    f"partitioner {self.partitioner} is none of key_dispatch; "
                    "write murmur2, phash2 or crc32"
                )
                raise ValueError(msg)
        if self.partition_strategy == "random" and self.partitioner in by_key:
            msg = f"partitioner {self.partitioner} is none of random; write even or sticky"
            raise ValueError(msg)
        if (self.partition_strategy == "explicit") != (self.partition is not None):
            msg = 'partition and partition_strategy = "explicit" go together; write both or neither'
            raise ValueError(msg)
        if self.buffer.mode == "disk" and "${" in self.topic:
            msg = (
                "buffer.mode disk is not allowed with a topic that holds ${...}; "
                'write mode = "memory"'
            )
            raise ValueError(msg)
        return self
