"""Options of a Kafka connector that the client library realises differently from how they read."""

from __future__ import annotations

from dataclasses import dataclass

from core.workspace.kafka import KafkaConnector


@dataclass(frozen=True, slots=True)
class Advice:
    """What becomes of one option: `option` are its keys below the connector."""

    option: tuple[str, ...]
    code: str
    message: str
    hint: str


def connector_advice(connector: KafkaConnector) -> list[Advice]:
    """List the options of a connector that do not do what they say. Pure."""
    found: list[Advice] = []
    if connector.connect_timeout.ms < 1_000:
        found.append(
            Advice(
                ("connect_timeout",),
                "clamped",
                f"{connector.connect_timeout} is below the shortest that works; 1s is used",
                'write "1s" or more',
            )
        )
    if not 10 <= connector.request_timeout.ms <= 300_000:
        found.append(
            Advice(
                ("request_timeout",),
                "clamped",
                f"{connector.request_timeout} is outside 10ms to 5min; the nearest of them is used",
                'write a value from "10ms" to "5min"',
            )
        )
    if connector.socket_opts.tcp_keepalive != "none":
        found.append(
            Advice(
                ("socket_opts", "tcp_keepalive"),
                "not_realised",
                "keep-alive is switched on with the system's own timings; the three numbers are "
                "kept for EMQX only",
                "set the timings in the operating system if they matter",
            )
        )
    if connector.ssl.enable and connector.ssl.server_name_indication != "auto":
        found.append(
            Advice(
                ("ssl", "server_name_indication"),
                "not_realised",
                "the broker's host name is always sent as server name",
                'write "auto"; for host name trouble set check_hostname = false',
            )
        )
    return found
