from __future__ import annotations

from typing import Any

import pytest

from core.kafka.advice import action_problems, connector_problems
from core.workspace.kafka import KafkaAction, KafkaConnector

PLAIN = {"mechanism": "plain", "username": "u", "password": "env:X"}


def connector(**options: Any) -> KafkaConnector:
    return KafkaConnector(**{"name": "lab", "bootstrap_hosts": "127.0.0.1:9092", **options})


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ({"connect_timeout": "500ms"}, "connect_timeout"),
        ({"request_timeout": "10min"}, "request_timeout"),
        ({"socket_opts": {"tcp_keepalive": "60,5,3"}}, "socket_opts.tcp_keepalive"),
        (
            {"ssl": {"enable": True, "server_name_indication": "x"}},
            "ssl.server_name_indication",
        ),
        ({"ssl": {"enable": True, "certfile": "c.pem"}}, "ssl.certfile"),
        ({"bootstrap_hosts": "kafka:9092", "authentication": PLAIN}, "authentication"),
    ],
)
def test_what_is_realised_differently_is_said(options: dict[str, Any], option: str):
    [problem] = connector_problems(connector(**options))
    assert problem.path == f"connectors.kafka.lab.{option}"
    assert problem.severity == "warning"
    assert problem.hint


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"authentication": PLAIN},
        {"bootstrap_hosts": "localhost", "authentication": PLAIN},
        {"bootstrap_hosts": "kafka:1", "authentication": PLAIN, "ssl": {"enable": True}},
        {"bootstrap_hosts": "sandbox", "authentication": PLAIN},
    ],
)
def test_nothing_is_said_without_need(options: dict[str, Any]):
    assert connector_problems(connector(**options)) == []


def test_many_in_flight_cost_idempotence():
    options = {"name": "out", "connector": "lab", "topic": "t"}
    assert action_problems(KafkaAction(**options)) == []
    [problem] = action_problems(KafkaAction(**options, max_inflight=10))
    assert problem.path == "actions.kafka.out.max_inflight"
    assert not action_problems(KafkaAction(**options, max_inflight=10, required_acks="none"))
