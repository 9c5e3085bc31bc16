from __future__ import annotations

from typing import Any

import pytest

from core.kafka.advice import connector_advice
from core.workspace.kafka import KafkaConnector


def connector(**options: Any) -> KafkaConnector:
    return KafkaConnector(**{"name": "lab", "bootstrap_hosts": "127.0.0.1:9092", **options})


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ({"connect_timeout": "500ms"}, ("connect_timeout",)),
        ({"request_timeout": "10min"}, ("request_timeout",)),
        ({"socket_opts": {"tcp_keepalive": "60,5,3"}}, ("socket_opts", "tcp_keepalive")),
        (
            {"ssl": {"enable": True, "server_name_indication": "x"}},
            ("ssl", "server_name_indication"),
        ),
    ],
)
def test_what_is_realised_differently_is_said(options: dict[str, Any], option: tuple[str, ...]):
    [advice] = connector_advice(connector(**options))
    assert advice.option == option
    assert advice.message
    assert advice.hint


def test_nothing_is_said_without_need():
    assert connector_advice(connector()) == []
