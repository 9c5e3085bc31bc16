"""Options of a Kafka connector that the client library realises differently from how they read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Final

from core.kafka.options import TLS_1_3_CIPHERS
from core.workspace.kafka import KafkaConnector, OAuth

_PLAIN: Final = KafkaConnector(bootstrap_hosts="localhost")
_FOLLOWS: Final = "here the status follows connections and deliveries at once"
_OUT: Final = "leave it out, unless the file goes to EMQX"
_KEPT: Final = (
    (("resource_opts", "health_check_interval"), _FOLLOWS, _OUT),
    (("resource_opts", "health_check_timeout"), _FOLLOWS, _OUT),
    (("resource_opts", "start_timeout"), "a start waits for no connection", _OUT),
    (
        ("resource_opts", "start_after_created"),
        "a connector starts with the first rule that needs it",
        "write enable = false to keep it from connecting",
    ),
)
_KEPT_OF_TLS: Final = (
    (("ssl", "versions"), "the Kafka client agrees on TLS 1.2 or 1.3 with the broker"),
    (("ssl", "depth"), "the Kafka client accepts chains of any usual length"),
    (("ssl", "alpn"), "Kafka knows no protocol names of TLS"),
    (("ssl", "reuse_sessions"), ""),
    (("ssl", "secure_renegotiate"), ""),
    (("ssl", "log_level"), ""),
    (("ssl", "hibernate_after"), ""),
    (("ssl", "middlebox_comp_mode"), ""),
    (("ssl", "partial_chain"), ""),
    (("ssl", "verify_peer_ext_key_usage"), ""),
    (("ssl", "managed_certs"), ""),
)


@dataclass(frozen=True, slots=True)
class Advice:
    """What becomes of one option: `option` are its keys below the connector."""

    option: tuple[str, ...]
    code: str
    message: str
    hint: str


def connector_advice(connector: KafkaConnector) -> list[Advice]:
    """List the options of a connector that do not do what they say. Pure."""
    return [*_connection(connector), *_sign_in(connector), *_tls(connector), *_health(connector)]


def _connection(connector: KafkaConnector) -> Iterator[Advice]:
    if connector.connect_timeout.ms < 1_000:
        yield Advice(
            ("connect_timeout",),
            "clamped",
            f"{connector.connect_timeout} is below the shortest that works; 1s is used",
            'write "1s" or more',
        )
    if not 10 <= connector.request_timeout.ms <= 300_000:
        yield Advice(
            ("request_timeout",),
            "clamped",
            f"{connector.request_timeout} is outside 10ms to 5min; the nearest of them is used",
            'write a value from "10ms" to "5min"',
        )
    if connector.socket_opts.tcp_keepalive != "none":
        yield Advice(
            ("socket_opts", "tcp_keepalive"),
            "not_realised",
            "keep-alive is switched on with the system's own timings; the three numbers are "
            "kept for EMQX only",
            "set the timings in the operating system if they matter",
        )


def _sign_in(connector: KafkaConnector) -> Iterator[Advice]:
    if not isinstance(connector.authentication, OAuth):
        return
    for key in ("timeout", "connect_timeout"):
        default: object = OAuth.model_fields[key].default
        if getattr(connector.authentication, key) != default:
            yield _kept(
                ("authentication", key), "the Kafka client times requests for tokens itself"
            )


def _tls(connector: KafkaConnector) -> Iterator[Advice]:
    if not connector.ssl.enable:
        return
    if connector.ssl.server_name_indication != "auto":
        yield Advice(
            ("ssl", "server_name_indication"),
            "not_realised",
            "the broker's host name is always sent as server name",
            'write "auto"; for host name trouble set check_hostname = false',
        )
    newer = [name for name in connector.ssl.ciphers if name.startswith(TLS_1_3_CIPHERS)]
    if newer:
        yield Advice(
            ("ssl", "ciphers"),
            "not_realised",
            f"{', '.join(newer)} cannot be chosen: those of TLS 1.3 are always all offered",
            "name only ciphers of TLS 1.2, or leave the option out",
        )
    for path, reason in _KEPT_OF_TLS:
        if _value(connector, path) != _value(_PLAIN, path):
            yield _kept(path, reason or "it means something to EMQX's own TLS only")


def _health(connector: KafkaConnector) -> Iterator[Advice]:
    if connector.health_check_topic is not None:
        yield Advice(
            ("health_check_topic",),
            "not_realised",
            f"the connection test looks at this topic; in a running bridge {_FOLLOWS[5:]}",
            _OUT,
        )
    for path, reason, hint in _KEPT:
        if _value(connector, path) != _value(_PLAIN, path):
            yield _kept(path, reason, hint)


def _kept(path: tuple[str, ...], reason: str, hint: str = _OUT) -> Advice:
    message = f"{path[-1]} is kept for EMQX and has no effect: {reason}"
    return Advice(path, "not_realised", message, hint)


def _value(connector: KafkaConnector, path: tuple[str, ...]) -> object:
    return reduce(getattr, path, connector)
