"""What a workspace asks of Kafka that the client library cannot do, or should not. Pure."""

from __future__ import annotations

import ipaddress

from core.workspace.kafka import KafkaAction, KafkaConnector, PasswordAuth
from core.workspace.mqtt import SANDBOX
from core.workspace.problems import Problem

_MOST_ORDERED_INFLIGHT = 5


def connector_problems(connector: KafkaConnector) -> list[Problem]:
    """List options of a connector that are realised differently from how they are written."""
    path = f"connectors.kafka.{connector.name}"
    problems: list[Problem] = []

    def warn(option: str, code: str, message: str, hint: str) -> None:
        problems.append(Problem(f"{path}.{option}", code, "warning", message, hint))

    if connector.connect_timeout.ms < 1_000:
        warn(
            "connect_timeout",
            "clamped",
            f"{connector.connect_timeout} is below the shortest that works; 1s is used.",
            'Write "1s" or more.',
        )
    if not 10 <= connector.request_timeout.ms <= 300_000:
        warn(
            "request_timeout",
            "clamped",
            f"{connector.request_timeout} is outside 10ms to 5min; the nearest of them is used.",
            'Write a value from "10ms" to "5min".',
        )
    if connector.socket_opts.tcp_keepalive != "none":
        warn(
            "socket_opts.tcp_keepalive",
            "not_realised",
            "keep-alive is switched on with the system's own timings; the three numbers are kept "
            "for EMQX only.",
            "Set the timings in the operating system if they matter.",
        )
    if connector.ssl.enable and connector.ssl.server_name_indication != "auto":
        warn(
            "ssl.server_name_indication",
            "not_realised",
            "the broker's host name is always sent as server name.",
            'Write "auto"; for host name trouble set check_hostname = false.',
        )
    if connector.ssl.enable and bool(connector.ssl.certfile) != bool(connector.ssl.keyfile):
        warn(
            "ssl.certfile",
            "incomplete",
            "certfile and keyfile belong together; one of them is missing.",
            "Set both, or neither.",
        )
    if _sends_password_openly(connector):
        warn(
            "authentication",
            "password_in_clear",
            "the password is sent unencrypted over the network (PLAIN without TLS).",
            "Switch ssl on, or use scram_sha_256.",
        )
    return problems


def action_problems(action: KafkaAction) -> list[Problem]:
    """List options of an action that are realised differently from how they are written."""
    path = f"actions.kafka.{action.name}"
    if action.required_acks != "all_isr" or action.max_inflight <= _MOST_ORDERED_INFLIGHT:
        return []
    return [
        Problem(
            f"{path}.max_inflight",
            "not_idempotent",
            "warning",
            f"{action.max_inflight} batches in flight switch the idempotent producer off: a retry "
            "can repeat records or change their order.",
            "Write 5 or less to keep order and drop repeats.",
        )
    ]


def _sends_password_openly(connector: KafkaConnector) -> bool:
    auth = connector.authentication
    if not isinstance(auth, PasswordAuth) or auth.mechanism != "plain" or connector.ssl.enable:
        return False
    if connector.bootstrap_hosts == SANDBOX:
        return False
    return not all(_is_loopback(server) for server in connector.bootstrap_servers)


def _is_loopback(server: str) -> bool:
    host = server.rpartition(":")[0].strip("[]")
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
