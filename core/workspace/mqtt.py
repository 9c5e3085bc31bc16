"""MQTT connectors of a workspace, and what is attached to them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Final, Literal
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator

from core.workspace.units import (
    LONGEST_WAIT_MS,
    ByteSize,
    CodedError,
    Duration,
    DurationS,
    SecretRef,
    Wait,
)

SANDBOX: Final = "sandbox"
DEFAULT_PORTS: Final = {"mqtt": 1883, "mqtts": 8883, "ws": 8083, "wss": 8084}
SECURE_SCHEMES: Final = ("mqtts://", "wss://")
TLS_VERSIONS: Final = ("tlsv1.3", "tlsv1.2", "tlsv1.1", "tlsv1")
_TWO_BYTES: Final = 65_535
_FOUR_BYTES: Final = 4_294_967_295
"""The most of integers of these sizes in MQTT 5: seconds, bytes of a packet."""

_IDENTITY: Final = re.compile(r"none|property:.+|topic:.+|payload:.+")

Qos = Literal[0, 1, 2]


def _at_most(most_s: int) -> Callable[[Duration], Duration]:
    def check(value: Duration) -> Duration:
        if value.ms > most_s * 1_000:
            msg = f"is longer than MQTT can ask for; write at most {most_s}s"
            raise ValueError(msg)
        return value

    return check


TwoByteSeconds = Annotated[DurationS, AfterValidator(_at_most(_TWO_BYTES))]
FourByteSeconds = Annotated[DurationS, AfterValidator(_at_most(_FOUR_BYTES))]
"""What is sent as seconds, in integers of these sizes (MQTT 5, section 3.1)."""


class Model(BaseModel):
    """A frozen part of the workspace; unknown keys are reported elsewhere and kept in the file."""

    model_config = ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=False)


class Ssl(Model):
    """TLS of a connector, with EMQX's names (`spec` of the Kafka connector's TLS object).

    File options take a path, relative to the workspace file, or PEM text.
    """

    enable: bool = False
    verify: Literal["verify_peer", "verify_none"] = "verify_peer"
    cacertfile: str | None = None
    certfile: str | None = None
    keyfile: str | None = None
    password: SecretRef | None = None
    server_name_indication: str = "auto"
    check_hostname: bool = True
    alpn: tuple[str, ...] = ()
    versions: tuple[str, ...] = ("tlsv1.3", "tlsv1.2")
    ciphers: tuple[str, ...] = ()
    depth: Annotated[int, Field(ge=0)] = 10

    @field_validator("versions")
    @classmethod
    def _known_versions(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        unknown = next((name for name in value if name not in TLS_VERSIONS), None)
        if unknown is not None:
            msg = f'"{unknown}" is no version of TLS; write some of {", ".join(TLS_VERSIONS)}'
            raise ValueError(msg)
        return value


class Identity(Model):
    """Where columns come from that MQTT does not carry to a subscriber.

    Each is `property:NAME` (an MQTT 5 user property), `topic:devices/{}/#` (the level at `{}`),
    `payload:device.id` (a path in the JSON payload) or `none`.
    """

    clientid: str = "property:clientid"
    username: str = "none"

    @field_validator("clientid", "username")
    @classmethod
    def _known_kind(cls, value: str) -> str:
        if not _IDENTITY.fullmatch(value):
            msg = (
                "names no place; write property:NAME, topic:FILTER with one {} level, "
                "payload:PATH or none"
            )
            raise ValueError(msg)
        if (
            value.startswith("topic:")
            and value.split("/").count("{}")
            + (value == "topic:{}" or value.startswith("topic:{}/"))
            != 1
        ):
            msg = "needs exactly one level {}; write it as in topic:devices/{}/#"
            raise ValueError(msg)
        return value


class Will(Model):
    """The message that the broker publishes when this client vanishes."""

    topic: str
    payload: str = ""
    qos: Qos = 0
    retain: bool = False
    delay: FourByteSeconds = Duration(0)


class MqttConnector(Model):
    """A connection to an MQTT broker, as a source of messages and a place to publish."""

    name: str = ""
    label: str = ""
    description: str = ""
    server: str
    protocol: Literal["5.0", "3.1.1"] = "5.0"
    username: str | None = None
    password: SecretRef | None = None
    client_id: str = ""
    keepalive: TwoByteSeconds = Duration(60_000)
    clean_start: bool = False
    session_expiry: FourByteSeconds = Duration(3_600_000)
    qos: Qos = 1
    receive_maximum: Annotated[int, Field(ge=1, le=65_535)] = 1_000
    retained: Literal["ignore", "take"] = "ignore"
    shared_group: str = ""
    connect_timeout: Duration = Duration(10_000)
    reconnect_min: Wait = Duration(1_000)
    reconnect_max: Wait = Duration(30_000)
    max_packet_size: ByteSize = ByteSize(1 << 20)
    user_properties: dict[str, str] = {}
    will: Will | None = None
    ssl: Ssl = Ssl()
    identity: Identity = Identity()

    @field_validator("server")
    @classmethod
    def _known_server(cls, value: str) -> str:
        if value == SANDBOX:
            return value
        parts = urlsplit(value)
        is_one_word = not any(sign.isspace() for sign in value)
        if not (parts.scheme in DEFAULT_PORTS and parts.hostname and is_one_word):
            msg = (
                "is no address of an MQTT broker; write mqtt://HOST:PORT, mqtts://HOST:PORT, "
                'ws://HOST:PORT/PATH, wss://HOST:PORT/PATH or "sandbox"'
            )
            raise ValueError(msg)
        if not _has_legal_port(parts):
            msg = "has no legal port; write a number from 1 to 65535"
            raise CodedError("port", msg)
        if parts.username or parts.password:
            msg = "must not hold credentials; write them as username and password"
            raise ValueError(msg)
        return value

    @field_validator("connect_timeout")
    @classmethod
    def _time_to_connect(cls, value: Duration) -> Duration:
        if not 1 <= value.ms <= LONGEST_WAIT_MS:
            msg = "is no time in which to connect; write 1ms to 596h"
            raise ValueError(msg)
        return value

    @field_validator("max_packet_size")
    @classmethod
    def _size_of_a_packet(cls, value: ByteSize) -> ByteSize:
        if not 1 <= value.bytes <= _FOUR_BYTES:
            msg = f"is no size of a packet; write 1B to {_FOUR_BYTES}B, such as 1MB"
            raise ValueError(msg)
        return value

    @field_validator("shared_group")
    @classmethod
    def _legal_group(cls, value: str) -> str:
        if any(sign in value for sign in "/+#"):
            msg = "must not hold /, + or # (MQTT 5, section 4.8.2); write a plain word"
            raise ValueError(msg)
        return value


def _has_legal_port(parts: SplitResult) -> bool:
    try:
        return parts.port != 0
    except ValueError:
        return False
