"""Texts as librdkafka gives them, and what a person reads."""

from __future__ import annotations

import pytest

from core.kafka.catalogue import Origin, explain_connection, explain_record

CONNECTION = [
    (-195, "127.0.0.1:9092/bootstrap: Connect to ipv4#127.0.0.1:9092 failed: Connection refused "
     "(after 0ms in state CONNECT)", "refused", "127.0.0.1:9092"),
    (-193, "x.invalid:9092/bootstrap: Failed to resolve 'x.invalid:9092': Name or service not "
     "known (after 1ms in state CONNECT)", "unknown_host", "x.invalid"),
    (0, "[thrd:10.0.0.1:9092/bootstrap]: 10.0.0.1:9092/bootstrap: Connection setup timed out in "
     "state CONNECT (after 5000ms in state CONNECT)", "timeout", "10.0.0.1:9092"),
    (-169, "sasl_plaintext://127.0.0.1:9092/bootstrap: SASL authentication error: Authentication "
     "failed: Invalid username or password (after 309ms in state AUTH_REQ)", "credentials",
     "127.0.0.1:9092"),
    (-169, "sasl_plaintext://b:1/bootstrap: SASL OAUTHBEARER mechanism handshake failed: Broker: "
     "Unsupported SASL mechanism: broker's supported mechanisms: PLAIN,SCRAM-SHA-256 (after 2ms "
     "in state AUTH_HANDSHAKE)", "mechanism", "b:1"),
    (-169, "sasl_plaintext://b:1/bootstrap: SASL PLAIN mechanism handshake failed: Broker: Request "
     "not valid in current SASL state: broker's supported mechanisms:  (after 2ms in state "
     "AUTH_HANDSHAKE)", "no_sasl_here", "b:1"),
    (-169, 'Failed to acquire SASL OAUTHBEARER token: {"error": "invalid_client"}',
     "token_refused", "the user"),
    (-169, "Failed to acquire SASL OAUTHBEARER token: Could not resolve host: idp.invalid",
     "token", "no token"),
    (-169, "sasl_ssl://b:1/bootstrap: something new (after 2ms in state AUTH_REQ)", "sign_in",
     "b:1"),
    (-181, "ssl://b:1/bootstrap: SSL handshake failed: error:0A000086:SSL routines::certificate "
     "verify failed: broker certificate could not be verified (after 6ms in state SSL_HANDSHAKE)",
     "certificate", "b:1"),
    (-195, "ssl://b:1/bootstrap: SSL handshake failed: Disconnected: SSL connection closed by "
     "peer: connecting to a PLAINTEXT broker listener? (after 2ms in state SSL_HANDSHAKE)",
     "no_tls_here", "b:1"),
    (-195, "ssl://b:1/bootstrap: Disconnected: SSL connection closed by peer (after 1ms in state "
     "SSL_HANDSHAKE)", "no_tls_here", "b:1"),
    (-195, "ssl://b:1/1: Disconnected: SSL connection closed by peer (after 9000ms in state UP)",
     "closed", "b:1"),
    (-195, "ssl://b:1/bootstrap: Receive failed: error:0A000412:SSL routines::ssl/tls alert bad "
     "certificate: SSL alert number 42 (after 2ms in state APIVERSION_QUERY)",
     "client_certificate", "b:1"),
    (-199, "b:8081/bootstrap: Receive failed: Invalid response size 1213486160 (0..100000000): "
     "increase receive.message.max.bytes", "not_kafka", "HTTP"),
    (-199, "b:8443/bootstrap: Receive failed: Invalid response size 352518912 (0..100000000): "
     "increase receive.message.max.bytes", "not_kafka", "TLS"),
    (0, "127.0.0.1:1/bootstrap: Disconnected: connection closed by peer: receive 0 after POLLIN "
     "(after 1ms in state UP)", "closed", "127.0.0.1:1"),
    (-187, "1/1 brokers are down", "all_down", "No broker"),
    (-195, "b:1/1: Receive failed: Network is unreachable", "unreachable", "b:1"),
    (-1, "b:1/1: never heard of", "other", "b:1"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text", "kind", "said"), CONNECTION)
def test_connection_failures(code: int, text: str, kind: str, said: str):
    cause = explain_connection(text, code)
    assert cause.kind == kind
    assert said in cause.summary
    assert cause.summary[-1] in "." or kind == "other"
    assert "{" not in cause.summary + cause.hint
    assert cause.hint or kind == "other"


def test_offered_mechanisms_are_named():
    [text] = [row[1] for row in CONNECTION if row[2] == "mechanism"]
    assert "PLAIN,SCRAM-SHA-256" in explain_connection(text, -169).hint


def test_refused_user_is_named():
    [text] = [row[1] for row in CONNECTION if row[2] == "credentials"]
    assert "refused user alice" in explain_connection(text, -169, user="alice").summary


@pytest.mark.parametrize(
    ("code", "text", "kind"),
    [
        (-193, "kafka:9092/1: Failed to resolve 'kafka:9092': Name or", "advertised_unknown"),
        (-195, "10.1.2.3:9092/1: Connect to ipv4#10.1.2.3:9092 failed: Connection refused",
         "advertised_unreachable"),
    ],
)  # fmt: skip
def test_addresses_that_only_the_cluster_named_explain_advertised_listeners(
    code: int, text: str, kind: str
):
    cause = explain_connection(text, code, elsewhere=True)
    assert cause.kind == kind
    assert "The cluster tells clients to use" in cause.summary
    assert "advertised.listeners" in cause.hint


def test_repetitions_have_the_same_text():
    first = Origin.parse("b:1/bootstrap: refused (after 0ms in state CONNECT)")
    again = Origin.parse("b:1/bootstrap: refused (after 812ms in state CONNECT)")
    assert first == again == Origin("b:1", advertised=False, text="refused", state="CONNECT")


@pytest.mark.parametrize("address", ["kafka.example:9092", "[::1]:9092", "10.0.0.1:1"])
@pytest.mark.parametrize("protocol", ["", "ssl://", "sasl_ssl://", "sasl_plaintext://"])
def test_addresses_are_found(address: str, protocol: str):
    origin = Origin.parse(f"{protocol}{address}/2: gone")
    assert origin == Origin(address, advertised=True, text="gone", state="")


@pytest.mark.parametrize("named", ["kafka.invalid:9092: ", ""])
def test_a_coordinator_has_an_address_that_the_cluster_told(named: str):
    text = "Failed to resolve 'kafka.invalid:9092': Name or service not known"
    after = "(after 9ms in state CONNECT, 1 identical error(s) suppressed)"
    origin = Origin.parse(f"GroupCoordinator: {named}{text} {after}")
    assert origin == Origin("kafka.invalid:9092", advertised=True, text=text, state="CONNECT")


@pytest.mark.parametrize(
    ("code", "kind", "permanent"),
    [
        (10, "too_large", True),
        (18, "too_large", True),
        (3, "unknown_topic", True),
        (-188, "unknown_topic", True),
        (-190, "unknown_partition", True),
        (17, "topic_name", True),
        (29, "not_authorized", True),
        (31, "cluster_not_authorized", True),
        (87, "needs_key", True),
        (-192, "expired", True),
        (19, "replicas", False),
        (6, "leader", False),
        (-152, "purged", False),
        (-150, "fatal", False),
        (-195, "other", False),
    ],
)
def test_record_failures(code: int, kind: str, permanent: bool):
    cause = explain_record(code, "raw text", topic="temps")
    assert (cause.kind, cause.permanent) == (kind, permanent)
    assert "{" not in cause.summary + cause.hint
    assert cause.raw == "raw text"


def test_topic_is_named_where_it_is_known():
    assert explain_record(3, "x", topic="temps").summary == (
        "Topic temps does not exist on this cluster."
    )
    assert explain_record(3, "x").summary == "The topic does not exist on this cluster."
    assert "topic temps" in explain_record(29, "x", topic="temps").summary
