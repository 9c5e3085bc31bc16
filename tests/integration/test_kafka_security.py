"""Sign-in and TLS against a real Kafka, and what is said when they fail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.errors import AuthFailed, ConfigError, ConnectFailed
from core.kafka.admin import Admin
from core.kafka.check import check_kafka
from core.kafka.options import producer_group
from core.kafka.producer import RecordProducer
from core.kafka.tail import Start, Tail
from core.workspace.environment import Environment
from core.workspace.kafka import KafkaAction, KafkaConnector
from tests.helpers.certificates import KEY_PASSWORD
from tests.helpers.kafka import LOST_NAME, PASSWORD, USER, Kafka
from tests.helpers.tokens import TokenEndpoint
from tests.helpers.wait import eventually

pytestmark = pytest.mark.broker
MECHANISMS = ("plain", "scram_sha_256", "scram_sha_512")
WRONG = "not-the-password-4711"


@pytest.fixture
def tokens() -> Iterator[TokenEndpoint]:
    with TokenEndpoint() as endpoint:
        yield endpoint


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    secrets = {"PW": PASSWORD, "WRONG": WRONG}
    return Environment(tmp_path, tmp_path, lambda reference: secrets[reference.name])


def connector(kafka: Kafka, listener: str, **options: Any) -> KafkaConnector:
    return KafkaConnector(**{"name": "lab", "bootstrap_hosts": kafka.address(listener), **options})


def auth(mechanism: str, password: str = "PW", user: str = USER) -> dict[str, str]:
    return {"mechanism": mechanism, "username": user, "password": f"env:{password}"}


def oauth(tokens: TokenEndpoint, **more: str) -> dict[str, str]:
    return {
        "mechanism": "oauth",
        "endpoint_uri": tokens.url,
        "client_id": "sluicegate",
        "client_secret": "env:PW",
        **more,
    }


def deliver(made: KafkaConnector, environment: Environment, topic: str) -> None:
    group = producer_group(KafkaAction(connector="lab", topic=topic))
    producer = RecordProducer(made, group, environment)
    outcomes: list[object] = []
    try:
        producer.produce(topic, b"x", b"k", lambda error, record: outcomes.append(error))
        eventually(lambda: producer.poll(0.05) >= 0 and outcomes, message=producer.status_reason)
    finally:
        producer.close(0)
    assert outcomes == [None]


def failure(made: KafkaConnector, environment: Environment) -> tuple[str, str]:
    """Wait for a producer's first failure: status and reason."""
    group = producer_group(KafkaAction(connector="lab", topic="t"))
    producer = RecordProducer(made, group, environment)
    try:
        eventually(lambda: producer.poll(0.02) >= 0 and producer.status_reason)
        return producer.status, producer.status_reason
    finally:
        producer.close(0)


@pytest.mark.parametrize("mechanism", MECHANISMS)
@pytest.mark.parametrize("listener", ["SASL", "SASLSSL"])
def test_records_arrive_after_sign_in(
    kafka: Kafka, environment: Environment, mechanism: str, listener: str
):
    ssl = {"enable": listener == "SASLSSL", "cacertfile": str(kafka.certificates.ca)}
    made = connector(kafka, listener, authentication=auth(mechanism), ssl=ssl)
    deliver(made, environment, kafka.topic())
    assert all(step.ok for step in check_kafka(made, environment))


def test_records_arrive_with_a_client_certificate(kafka: Kafka, environment: Environment):
    certificates = kafka.certificates
    made = connector(
        kafka,
        "SSL",
        ssl={
            "enable": True,
            "cacertfile": certificates.ca.read_text(),
            "certfile": str(certificates.client),
            "keyfile": str(certificates.client_key),
        },
    )
    deliver(made, environment, kafka.topic())
    steps = {step.step: step for step in check_kafka(made, environment)}
    assert steps["tls"].ok
    assert "localhost" in steps["tls"].detail


def test_certificate_and_encrypted_key_may_be_text(kafka: Kafka, tmp_path: Path):
    certificates = kafka.certificates
    environment = Environment(tmp_path, tmp_path, lambda reference: KEY_PASSWORD)
    ssl = {
        "enable": True,
        "cacertfile": certificates.ca.read_text(),
        "certfile": certificates.client.read_text(),
        "keyfile": certificates.locked_client_key.read_text(),
        "password": "env:KEY",
    }
    made = connector(kafka, "SSL", ssl=ssl)
    deliver(made, environment, kafka.topic())
    assert all(step.ok for step in check_kafka(made, environment))


def test_only_the_chosen_ip_family_is_used(kafka: Kafka, environment: Environment):
    """The node listens on IPv4 alone."""
    localhost = kafka.bootstrap.replace("127.0.0.1", "localhost")
    deliver(
        connector(kafka, "PLAIN", bootstrap_hosts=localhost, ip_family="v4"),
        environment,
        kafka.topic(),
    )
    made = connector(kafka, "PLAIN", bootstrap_hosts=localhost, ip_family="v6")
    assert not list(check_kafka(made, environment))[-1].ok
    with pytest.raises(ConnectFailed):
        Admin(made, environment).describe()


@pytest.mark.parametrize("as_text", [True, False])
def test_token_endpoint_may_have_a_private_authority(
    kafka: Kafka, environment: Environment, as_text: bool
):
    authority = kafka.certificates.ca
    with TokenEndpoint(kafka.certificates) as endpoint:
        made = connector(
            kafka,
            "OAUTH",
            authentication=oauth(endpoint),
            ssl={"cacertfile": authority.read_text() if as_text else str(authority)},
        )
        deliver(made, environment, kafka.topic())
        assert endpoint.asked


@pytest.mark.expect_warnings("the authority of the token endpoint is unknown")
def test_token_endpoint_of_an_unknown_authority_is_explained(
    kafka: Kafka, environment: Environment
):
    with TokenEndpoint(kafka.certificates) as endpoint:
        made = connector(kafka, "OAUTH", authentication=oauth(endpoint))
        status, reason = failure(made, environment)
        assert (status, reason) == ("disconnected", "The token endpoint gave no token.")
        assert endpoint.asked == []
        *_, step = check_kafka(made, environment)
        assert "ssl.cacertfile" in step.hint


def test_records_arrive_with_a_token(kafka: Kafka, environment: Environment, tokens: TokenEndpoint):
    made = connector(kafka, "OAUTH", authentication=oauth(tokens, scope="kafka"))
    deliver(made, environment, kafka.topic())
    assert tokens.asked[0] == {"grant_type": "client_credentials", "scope": "kafka"}
    assert tokens.secrets == {f"sluicegate:{PASSWORD}"}
    assert all(step.ok for step in check_kafka(made, environment))


@pytest.mark.expect_warnings("the refused token")
def test_refused_token_is_explained(kafka: Kafka, environment: Environment, tokens: TokenEndpoint):
    tokens.status = 401
    made = connector(kafka, "OAUTH", authentication=oauth(tokens))
    status, reason = failure(made, environment)
    assert status == "failed"
    assert reason == "The token endpoint refused user sluicegate."
    *_, step = check_kafka(made, environment)
    assert (step.step, step.ok) == ("sign_in", False)
    assert "endpoint_uri" in step.hint
    assert PASSWORD not in f"{reason} {step.detail} {step.cause}"


@pytest.mark.expect_warnings("no token endpoint")
def test_token_endpoint_that_is_away_is_explained(kafka: Kafka, environment: Environment):
    with TokenEndpoint() as gone:
        pass
    made = connector(kafka, "OAUTH", authentication=oauth(gone))
    status, reason = failure(made, environment)
    assert status == "disconnected", "it may come back"
    assert reason == "The token endpoint gave no token."


@pytest.mark.expect_warnings("the refused sign-in")
@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_wrong_password_is_one_sentence(kafka: Kafka, environment: Environment, mechanism: str):
    made = connector(kafka, "SASL", authentication=auth(mechanism, "WRONG"))
    status, reason = failure(made, environment)
    assert status == "failed"
    sentence = f"{kafka.address('SASL')} refused user {USER}: the name or the password is wrong."
    assert reason == sentence
    with pytest.raises(AuthFailed, match="refused user") as caught:
        Admin(made, environment).describe()
    assert WRONG not in f"{caught.value} {caught.value.hint} {caught.value.cause}"
    *_, step = check_kafka(made, environment)
    assert (step.step, step.ok, step.detail) == ("sign_in", False, sentence)
    assert step.hint


@pytest.mark.parametrize(
    ("listener", "options", "step", "said"),
    [
        ("SASL", {}, "sign_in", "closes connections that do not sign in"),
        ("SASLSSL", {}, "tls", "speaks TLS, but this connector does not"),
        ("PLAIN", {"ssl": {"enable": True}}, "tls", "does not speak TLS"),
        ("PLAIN", {"authentication": auth("plain")}, "sign_in", "does not use SASL"),
        ("SASLSSL", {"ssl": {"enable": True}}, "tls", "not trusted here"),
        ("SSL", {"ssl": {"enable": True, "verify": "verify_none"}}, "tls", "client certificate"),
    ],
)
def test_check_tells_what_the_listener_wants(
    kafka: Kafka,
    environment: Environment,
    listener: str,
    options: dict[str, Any],
    step: str,
    said: str,
):
    *_, last = check_kafka(connector(kafka, listener, **options), environment)
    assert (last.step, last.ok) == (step, False)
    assert said in last.detail
    assert last.cause
    assert last.hint


def test_missing_ca_file_is_said_before_connecting(kafka: Kafka, environment: Environment):
    made = connector(kafka, "SASLSSL", ssl={"enable": True, "cacertfile": "nowhere.pem"})
    with pytest.raises(ConfigError, match=r"nowhere\.pem"):
        Admin(made, environment)


def test_check_explains_advertised_listeners(kafka: Kafka, environment: Environment):
    steps = {step.step: step for step in check_kafka(connector(kafka, "LOST"), environment)}
    assert steps["metadata"].ok
    assert not steps["brokers"].ok
    assert LOST_NAME in steps["brokers"].detail
    assert "advertised.listeners" in steps["brokers"].hint


@pytest.mark.expect_warnings("the address that nobody can resolve")
def test_status_explains_advertised_listeners(kafka: Kafka, environment: Environment):
    status, reason = failure(connector(kafka, "LOST"), environment)
    assert status == "disconnected"
    assert reason == (
        f"The cluster tells clients to use {LOST_NAME}:9092, which this computer cannot resolve."
    )


@pytest.mark.expect_warnings("the address that nobody can resolve")
def test_a_tail_explains_advertised_listeners_each_time(kafka: Kafka, environment: Environment):
    topic, said = kafka.topic(), set[str]()
    for _ in range(4):
        with pytest.raises(ConnectFailed) as refused:
            Tail(connector(kafka, "LOST"), environment, topic, start=Start("beginning"))
        said.add(refused.value.message)
    assert said == {
        f"The cluster tells clients to use {LOST_NAME}:9092, which this computer cannot resolve."
    }


def test_unreachable_cluster_is_said_soon(environment: Environment):
    made = KafkaConnector(name="lab", bootstrap_hosts="127.0.0.1:1")
    with pytest.raises(ConnectFailed, match=r"Nothing answers on 127\.0\.0\.1:1"):
        Admin(made, environment).describe()
    steps = list(check_kafka(made, environment))
    assert [(step.step, step.ok) for step in steps] == [("resolve", True), ("connect", False)]


def test_check_goes_on_to_the_next_bootstrap_host(kafka: Kafka, environment: Environment):
    made = connector(kafka, "PLAIN", bootstrap_hosts=f"127.0.0.1:1,{kafka.bootstrap}")
    assert all(step.ok for step in check_kafka(made, environment))
