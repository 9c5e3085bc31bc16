from __future__ import annotations

from typing import Any

import pytest

from core.kafka.advice import connector_advice
from core.workspace.kafka import KafkaConnector

OAUTH = {
    "mechanism": "oauth",
    "endpoint_uri": "https://idp.example/token",
    "client_id": "c",
    "client_secret": "env:S",
}


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
        ({"ssl": {"enable": True, "versions": ["tlsv1.3"]}}, ("ssl", "versions")),
        ({"ssl": {"enable": True, "depth": 2}}, ("ssl", "depth")),
        ({"ssl": {"enable": True, "alpn": ["kafka"]}}, ("ssl", "alpn")),
        ({"ssl": {"enable": True, "ciphers": ["TLS_AES_128_GCM_SHA256"]}}, ("ssl", "ciphers")),
        ({"ssl": {"enable": True, "reuse_sessions": True}}, ("ssl", "reuse_sessions")),
        ({"ssl": {"enable": True, "secure_renegotiate": False}}, ("ssl", "secure_renegotiate")),
        ({"ssl": {"enable": True, "log_level": "debug"}}, ("ssl", "log_level")),
        ({"ssl": {"enable": True, "hibernate_after": "1s"}}, ("ssl", "hibernate_after")),
        ({"ssl": {"enable": True, "middlebox_comp_mode": False}}, ("ssl", "middlebox_comp_mode")),
        ({"ssl": {"enable": True, "partial_chain": True}}, ("ssl", "partial_chain")),
        (
            {"ssl": {"enable": True, "verify_peer_ext_key_usage": "serverAuth"}},
            ("ssl", "verify_peer_ext_key_usage"),
        ),
        ({"ssl": {"enable": True, "managed_certs": {"a": "b"}}}, ("ssl", "managed_certs")),
        ({"authentication": {**OAUTH, "timeout": "1s"}}, ("authentication", "timeout")),
        (
            {"authentication": {**OAUTH, "connect_timeout": "1s"}},
            ("authentication", "connect_timeout"),
        ),
        ({"health_check_topic": "t"}, ("health_check_topic",)),
        *(
            ({"resource_opts": {key: value}}, ("resource_opts", key))
            for key, value in {
                "health_check_interval": "1s",
                "health_check_timeout": "infinity",
                "start_timeout": "1s",
                "start_after_created": False,
            }.items()
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
    assert connector_advice(connector(ssl={"enable": True}, authentication=OAUTH)) == []
    emqx = {"versions": ["tlsv1.3", "tlsv1.2"], "depth": 10, "log_level": "notice"}
    assert connector_advice(connector(ssl={"enable": True, **emqx})) == []
    assert connector_advice(connector(ssl={"enable": False, "depth": 2})) == [], "TLS is off"
