from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.errors import ConfigError, NotConnected
from core.kafka.options import (
    client_properties,
    producer_group,
    producer_properties,
    refused_property,
)
from core.workspace.environment import Environment, SandboxAddresses
from core.workspace.kafka import KafkaAction, KafkaConnector

SCRAM = {"mechanism": "scram_sha_512", "username": "alice", "password": "env:PW"}


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    return Environment(tmp_path, tmp_path, lambda reference: f"value of {reference}")


def connector(**options: Any) -> KafkaConnector:
    return KafkaConnector(**{"name": "lab", "bootstrap_hosts": "127.0.0.1:9092", **options})


def action(**options: Any) -> KafkaAction:
    return KafkaAction(**{"name": "out", "connector": "lab", "topic": "t", **options})


def properties_of(environment: Environment, **options: Any):
    return producer_properties(connector(), producer_group(action(**options)), environment)


def test_defaults_are_written_out(environment: Environment):
    properties = client_properties(connector(bootstrap_hosts="a, b:1"), environment)
    assert properties["bootstrap.servers"] == "a:9092,b:1"
    assert properties["client.id"] == "sluicegate:lab"
    assert properties["allow.auto.create.topics"] is False
    assert properties["enable.metrics.push"] is False
    assert properties["security.protocol"] == "plaintext"
    assert properties["socket.connection.setup.timeout.ms"] == 5_000
    assert properties["socket.timeout.ms"] == 30_000


@pytest.mark.parametrize(
    ("options", "name", "value"),
    [
        ({"name": "plant"}, "client.id", "sluicegate:plant"),
        ({"bootstrap_hosts": "a:1,b:2"}, "bootstrap.servers", "a:1,b:2"),
        ({"connect_timeout": "7s"}, "socket.connection.setup.timeout.ms", 7_000),
        ({"connect_timeout": "500ms"}, "socket.connection.setup.timeout.ms", 1_000),
        ({"request_timeout": "20s"}, "socket.timeout.ms", 20_000),
        ({"request_timeout": "1h"}, "socket.timeout.ms", 300_000),
        ({"request_timeout": "1ms"}, "socket.timeout.ms", 10),
        ({"socket_opts": {"sndbuf": "2MB"}}, "socket.send.buffer.bytes", 2 << 20),
        ({"socket_opts": {"recbuf": "64KB"}}, "socket.receive.buffer.bytes", 64 << 10),
        ({"socket_opts": {"nodelay": False}}, "socket.nagle.disable", False),
        ({"socket_opts": {"nodelay": True}}, "socket.nagle.disable", True),
        ({}, "socket.keepalive.enable", False),
        ({"socket_opts": {"tcp_keepalive": "60,5,3"}}, "socket.keepalive.enable", True),
        ({"allow_auto_topic_creation": True}, "allow.auto.create.topics", True),
        ({"ip_family": "v6"}, "broker.address.family", "v6"),
        ({"ssl": {"enable": True, "verify": "verify_none"}}, "security.protocol", "ssl"),
        (
            {"ssl": {"enable": True, "verify": "verify_none"}},
            "enable.ssl.certificate.verification",
            False,
        ),
        ({"ssl": {"enable": True, "cacertfile": "-----BEGIN X"}}, "ssl.ca.pem", "-----BEGIN X"),
        ({"ssl": {"enable": True, "keyfile": "-----BEGIN X"}}, "ssl.key.pem", "-----BEGIN X"),
        (
            {"ssl": {"enable": True, "password": "env:KEY"}},
            "ssl.key.password",
            "value of env:KEY",
        ),
    ],
)
def test_every_option_of_a_connector_has_its_property(
    environment: Environment, options: dict[str, Any], name: str, value: object
):
    made = connector(**options)
    assert client_properties(made, environment)[name] == value
    assert producer_properties(made, producer_group(action()), environment)[name] == value


def test_ciphers_of_tls_1_3_are_left_to_the_library(environment: Environment):
    names = ["TLS_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256"]
    ssl = {"enable": True, "ciphers": names}
    assert client_properties(connector(ssl=ssl), environment)["ssl.cipher.suites"] == names[1]
    ssl = {"enable": True, "ciphers": names[:1]}
    assert "ssl.cipher.suites" not in client_properties(connector(ssl=ssl), environment)


@pytest.mark.parametrize(
    ("tls", "sign_in", "protocol"),
    [
        (False, False, "plaintext"),
        (True, False, "ssl"),
        (False, True, "sasl_plaintext"),
        (True, True, "sasl_ssl"),
    ],
)
def test_security_protocol(environment: Environment, tls: bool, sign_in: bool, protocol: str):
    authentication = SCRAM if sign_in else "none"
    made = connector(ssl={"enable": tls}, authentication=authentication)
    properties = client_properties(made, environment)
    assert properties["security.protocol"] == protocol
    if sign_in:
        assert properties["sasl.mechanism"] == "SCRAM-SHA-512"
        assert properties["sasl.password"] == "value of env:PW"


def test_secrets_are_never_printed(environment: Environment):
    properties = client_properties(connector(authentication=SCRAM), environment)
    assert "value of env:PW" not in f"{properties} {properties!r}"


def test_sandbox_takes_its_address_and_may_create_topics(environment: Environment):
    with pytest.raises(NotConnected, match="not running"):
        client_properties(connector(bootstrap_hosts="sandbox"), environment)
    running = Environment(
        environment.base_dir,
        environment.state_dir,
        environment.resolve_secret,
        SandboxAddresses("127.0.0.1:1", "127.0.0.1:2"),
    )
    properties = client_properties(connector(bootstrap_hosts="sandbox"), running)
    assert properties["bootstrap.servers"] == "127.0.0.1:2"
    assert properties["allow.auto.create.topics"] is True


def test_tls_options(environment: Environment):
    (environment.base_dir / "ca.pem").write_text("x")
    ssl = {
        "enable": True,
        "cacertfile": "ca.pem",
        "certfile": "-----BEGIN X",
        "ciphers": ["A", "B"],
    }
    properties = client_properties(connector(ssl=ssl), environment)
    assert properties["ssl.ca.location"] == str(environment.base_dir / "ca.pem")
    assert properties["ssl.certificate.pem"] == "-----BEGIN X"
    assert properties["ssl.cipher.suites"] == "A:B"
    assert properties["enable.ssl.certificate.verification"] is True
    assert properties["ssl.endpoint.identification.algorithm"] == "https"


def test_host_names_go_unchecked_only_when_asked(environment: Environment):
    ssl = {"enable": True, "check_hostname": False}
    properties = client_properties(connector(ssl=ssl), environment)
    assert properties["ssl.endpoint.identification.algorithm"] == "none"
    assert properties["enable.ssl.certificate.verification"] is True


def test_missing_file_is_named_with_its_option(environment: Environment):
    ssl = {"enable": True, "cacertfile": "nowhere.pem"}
    with pytest.raises(ConfigError, match=r"nowhere\.pem") as caught:
        client_properties(connector(ssl=ssl), environment)
    assert caught.value.path == "connectors.kafka.lab.ssl.cacertfile"
    assert caught.value.hint


def test_new_actions_are_idempotent(environment: Environment):
    properties = properties_of(environment)
    assert properties["enable.idempotence"] is True
    assert properties["acks"] == "all"
    assert properties["linger.ms"] == 5
    assert properties["batch.size"] == 896 << 10
    assert properties["message.timeout.ms"] == 0


@pytest.mark.parametrize(
    "options", [{"max_inflight": 10}, {"required_acks": "leader_only"}, {"max_retries": 0}]
)
def test_idempotence_goes_where_librdkafka_refuses_it(
    environment: Environment, options: dict[str, Any]
):
    assert properties_of(environment, **options)["enable.idempotence"] is False


def test_age_is_longer_than_linger_as_librdkafka_demands(environment: Environment):
    properties = properties_of(environment, max_batch_age="3ms", max_linger_time="5ms")
    assert properties["message.timeout.ms"] == 6


@pytest.mark.parametrize(
    ("options", "partitioner", "spread"),
    [
        ({}, "random", 0),
        ({"partitioner": "sticky"}, "random", None),
        ({"partition_strategy": "key_dispatch"}, "murmur2_random", None),
        ({"partition_strategy": "key_dispatch", "partitioner": "crc32"}, "consistent_random", None),
    ],
)
def test_partitioner(
    environment: Environment, options: dict[str, Any], partitioner: str, spread: int | None
):
    properties = properties_of(environment, **options)
    assert properties["partitioner"] == partitioner
    assert properties.get("sticky.partitioning.linger.ms") == spread


def test_actions_share_a_producer_when_they_agree():
    first, second = action(topic="a"), action(topic="b", message={"key": "${k}"})
    assert producer_group(first) == producer_group(second)
    assert hash(producer_group(first)) == hash(producer_group(second))
    assert producer_group(first) != producer_group(action(compression="gzip"))


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (
            'Configuration property "socket.timeout.ms" value 1 is outside allowed range',
            "request_timeout",
        ),
        ("Failed to create producer: ssl.ca.location failed: error:0588", "ssl.cacertfile"),
        ("Failed to create producer: No provider for SASL mechanism GSSAPI", "authentication"),
    ],
)
def test_refused_properties_name_their_option(text: str, path: str):
    error = refused_property(text, "lab")
    assert error.path == f"connectors.kafka.lab.{path}"
    assert path in error.message


def test_token_options(environment: Environment):
    authentication = {
        "mechanism": "oauth",
        "endpoint_uri": "https://idp/token",
        "client_id": "c",
        "client_secret": "env:SECRET",
        "scope": "kafka",
        "extensions": {"logicalCluster": "lkc-1", "identityPoolId": "pool-1"},
    }
    pem = "-----BEGIN CERTIFICATE-----"
    made = connector(authentication=authentication, ssl={"enable": True, "cacertfile": pem})
    properties = client_properties(made, environment)
    assert properties["security.protocol"] == "sasl_ssl"
    assert properties["sasl.mechanism"] == "OAUTHBEARER"
    assert properties["sasl.oauthbearer.method"] == "oidc"
    assert properties["sasl.oauthbearer.token.endpoint.url"] == "https://idp/token"
    assert properties["sasl.oauthbearer.scope"] == "kafka"
    pairs = "logicalCluster=lkc-1,identityPoolId=pool-1"
    assert properties["sasl.oauthbearer.extensions"] == pairs
    assert properties["https.ca.pem"] == pem
    assert "value of env:SECRET" not in f"{properties!r}"


@pytest.mark.parametrize(
    ("authentication", "mechanism"),
    [
        ("msk_iam", "AWS_MSK_IAM"),
        ({"kerberos_principal": "u/h@R", "kerberos_keytab_file": "k"}, "GSSAPI"),
    ],
)
def test_sign_in_that_is_not_in_this_build_is_refused(
    environment: Environment, authentication: object, mechanism: str
):
    made = connector(authentication=authentication)
    assert made.mechanism == mechanism
    with pytest.raises(ConfigError, match="not in this build") as caught:
        client_properties(made, environment)
    assert caught.value.path == "connectors.kafka.lab.authentication"
    assert caught.value.hint
