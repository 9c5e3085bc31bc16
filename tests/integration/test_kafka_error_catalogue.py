"""Each entry of the catalogue of Kafka's failures, brought about by its own cause.

Causes are a real Kafka, servers that speak something else, and a scripted listener for what one
healthy node does not do: see also `test_kafka_security` (sign-in, TLS), `test_kafka_delivery`
(records), `test_kafka_cluster` (topics, limits). Not brought about: a certificate that is not valid
yet (one code path with an expired one), a refusal by a policy of the cluster (a policy is a Java
class on the broker), a connection closed because it was idle (brokers wait for minutes; see
`test_status`), routers that answer "unreachable".
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_socket
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    ResourcePatternType,
    ResourceType,
)

from core.errors import AuthFailed, ConnectFailed, DeliveryFailed
from core.kafka.check import check_kafka
from core.kafka.check_brokers import check_brokers
from core.kafka.metadata import Broker
from core.kafka.options import producer_group
from core.kafka.producer import QueueFull, RecordProducer
from core.kafka.tail import Tail
from core.probe import Step
from core.workspace.environment import Environment
from core.workspace.kafka import KafkaAction, KafkaConnector
from tests.helpers.certificates import Certificates
from tests.helpers.kafka import PASSWORD, USER, Kafka
from tests.helpers.raw_server import RawServer
from tests.helpers.scripted_kafka import OLD, ScriptedKafka
from tests.helpers.wait import PATIENCE_S, eventually

pytestmark = [
    pytest.mark.broker,
    pytest.mark.expect_warnings("failures are what is tested"),
]
NOWHERE = "no-such-host.invalid"
TLS_ALERTS = b"\x15\x03\x03\x00\x02\x02\x46\x15\x03\x03\x00\x02\x01\x00"
"""Unsupported version, and goodbye."""
HTTP = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"


class Bench:
    """A producer of one connector, closed after the test."""

    def __init__(self, folder: Path, bootstrap: str, action: dict[str, Any], **options: Any):
        self.environment = Environment(folder, folder, lambda reference: PASSWORD)
        settings = {"name": "lab", "bootstrap_hosts": bootstrap, "connect_timeout": "1s"}
        self.connector = KafkaConnector(**{**settings, **options})
        group = producer_group(KafkaAction(connector="lab", topic="t", **action))
        self.producer = RecordProducer(self.connector, group, self.environment)

    def until(self, condition: Callable[[], object], timeout: float = PATIENCE_S) -> None:
        """Poll the producer until a condition holds."""

        def state() -> object:
            self.producer.poll(0.02)
            return condition()

        eventually(state, timeout, lambda: f"{self.producer.status} {self.producer.status_reason}")

    def trouble(self) -> tuple[str, str]:
        """Wait for the first failure: status and reason."""
        self.until(lambda: self.producer.status_reason)
        return self.producer.status, self.producer.status_reason

    def send(self, topic: str = "t", timestamp_ms: int = 0, **more: Any) -> DeliveryFailed | None:
        """Write a record and wait for its report; None when it was delivered."""
        errors: list[object] = []

        def queued() -> bool:
            try:
                self.producer.produce(
                    topic, b"x", b"k", lambda error, _: errors.append(error), timestamp_ms, **more
                )
            except QueueFull:
                return False
            return True

        self.until(queued)
        self.until(lambda: errors)
        return None if errors[0] is None else self.producer.delivery_failure(errors[0], topic)

    def check(self, *topics: str) -> dict[str, Step]:
        """Test the connection; the steps by their names."""
        return {step.step: step for step in check_kafka(self.connector, self.environment, topics)}

    def last_step(self) -> Step:
        """Test the connection; the step that failed."""
        step = list(self.check().values())[-1]
        assert not step.ok
        assert step.hint
        return step


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Callable[..., Bench]]:
    made: list[Bench] = []

    def make(bootstrap: str, action: dict[str, Any] | None = None, **options: Any) -> Bench:
        made.append(Bench(tmp_path, bootstrap, action or {}, **options))
        return made[-1]

    yield make
    for each in made:
        each.producer.close(0)


def allow(kafka: Kafka, topic: str, right: AclOperation) -> None:
    """Give the test's user a right to a topic; it has no other there from then on."""
    rule = AclBinding(
        ResourceType.TOPIC, topic, ResourcePatternType.LITERAL, f"User:{USER}", "*", right,
        AclPermissionType.ALLOW,
    )  # fmt: skip
    for result in kafka.admin.create_acls([rule]).values():
        result.result(PATIENCE_S)


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def tls_server(certificate: Path, key: Path) -> Iterator[str]:
    """A server that does TLS handshakes, alert and all, until it is left."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    listener = socket.create_server(("127.0.0.1", 0))

    def talk(connection: socket.socket) -> None:
        try:
            with context.wrap_socket(connection, server_side=True) as secure:
                secure.recv(1_000)
        except OSError:
            connection.close()

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connection.settimeout(PATIENCE_S)
            threading.Thread(target=talk, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


# -- reaching the cluster ---------------------------------------------------------------------


def test_nothing_listens(bench: Callable[..., Bench]):
    port = closed_port()
    made = bench(f"127.0.0.1:{port}")
    assert made.trouble() == (
        "disconnected",
        f"Nothing answers on 127.0.0.1:{port} (connection refused).",
    )
    step = made.last_step()
    assert (step.step, step.detail) == ("connect", f"Nothing answers on 127.0.0.1:{port}.")


def test_name_is_unknown(bench: Callable[..., Bench]):
    made = bench(f"{NOWHERE}:9092")
    assert made.trouble() == ("disconnected", f"The name {NOWHERE} cannot be resolved.")
    step = made.last_step()
    assert (step.step, step.detail) == ("resolve", f"The name {NOWHERE} cannot be resolved.")
    assert step.cause


def test_packets_vanish(bench: Callable[..., Bench]):
    """A full queue of connections drops further ones without an answer, as a firewall does."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        address = listener.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        try:
            for each in waiting:
                each.setblocking(False)
                each.connect_ex(address)
            made = bench(f"127.0.0.1:{address[1]}")
            where = f"127.0.0.1:{address[1]}"
            assert made.trouble() == ("disconnected", f"No answer from {where} in time.")
            step = made.last_step()
            assert (step.step, step.detail) == ("connect", f"No answer from {where} within 1 s.")
            assert "firewall" in step.hint
        finally:
            for each in waiting:
                each.close()


def test_server_accepts_and_says_nothing(bench: Callable[..., Bench]):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        where = f"127.0.0.1:{listener.getsockname()[1]}"
        made = bench(where)
        assert made.trouble() == ("disconnected", f"No answer from {where} in time.")
        assert made.check()["connect"].ok
        assert where in made.last_step().detail


def test_port_of_a_web_server(bench: Callable[..., Bench]):
    with RawServer(HTTP) as server:
        where = f"127.0.0.1:{server.port}"
        made = bench(where)
        sentence = f"{where} answers with HTTP, not with Kafka's protocol."
        made.until(lambda: made.producer.status_reason == sentence)  # it may hang up first
        assert made.producer.status == "failed"
        assert made.last_step().detail == sentence


def test_port_wants_tls_and_answers_with_an_alert(bench: Callable[..., Bench]):
    with RawServer(TLS_ALERTS) as server:
        where = f"127.0.0.1:{server.port}"
        made = bench(where)
        sentence = f"{where} answers with TLS, not with Kafka's protocol."
        made.until(lambda: made.producer.status_reason == sentence)  # it may hang up first
        assert made.producer.status == "failed"
        assert "switch ssl on" in made.last_step().hint


def test_port_wants_tls_and_hangs_up(bench: Callable[..., Bench], certificates: Certificates):
    with tls_server(certificates.server, certificates.server_key) as where:
        made = bench(where)
        assert made.trouble() == ("disconnected", f"{where} closed the connection.")
        step = made.last_step()
        assert (step.step, "speaks TLS" in step.detail) == ("tls", True)


def test_port_does_not_speak_tls(kafka: Kafka, bench: Callable[..., Bench]):
    made = bench(kafka.bootstrap, ssl={"enable": True})
    assert made.trouble() == ("failed", f"{kafka.bootstrap} does not speak TLS.")
    assert made.last_step().detail == f"{kafka.bootstrap} does not speak TLS."


@pytest.mark.parametrize(
    ("which", "said"),
    [
        ("wrong_host", "The certificate is for broker.example, but you connect to 127.0.0.1."),
        ("expired", "The certificate of 127.0.0.1 has expired."),
    ],
)
def test_certificate_is_not_accepted(
    bench: Callable[..., Bench], certificates: Certificates, which: str, said: str
):
    with tls_server(getattr(certificates, which), certificates.server_key) as where:
        made = bench(where, ssl={"enable": True, "cacertfile": str(certificates.ca)})
        status, reason = made.trouble()
        assert (status, reason.partition(" was not")[0]) == (
            "failed",
            f"The certificate of {where}",
        )
        step = made.last_step()
        assert step.step == "tls"
        assert step.detail.startswith(said)


def test_authority_is_unknown(kafka: Kafka, bench: Callable[..., Bench]):
    made = bench(kafka.address("SASLSSL"), ssl={"enable": True})
    status, reason = made.trouble()
    assert status == "failed"
    assert "its authority is unknown here" in reason
    step = made.last_step()
    assert "Test Authority" in step.detail, "what was shown"


def test_client_certificate_is_missing(kafka: Kafka, bench: Callable[..., Bench]):
    where = kafka.address("SSL")
    made = bench(where, ssl={"enable": True, "cacertfile": str(kafka.certificates.ca)})
    assert made.trouble() == ("failed", f"{where} asks for a client certificate.")
    assert "client certificate" in made.last_step().detail


def test_mechanism_is_not_offered(kafka: Kafka, bench: Callable[..., Bench]):
    where = kafka.address("OAUTH")
    auth = {"mechanism": "scram_sha_256", "username": USER, "password": "env:X"}
    made = bench(where, authentication=auth)
    assert made.trouble() == ("failed", f"{where} does not offer this SASL mechanism.")
    step = made.last_step()
    assert step.step == "sign_in"
    assert "OAUTHBEARER" in step.hint, "what it offers"


def test_listener_wants_no_sign_in(kafka: Kafka, bench: Callable[..., Bench]):
    auth = {"mechanism": "plain", "username": USER, "password": "env:X"}
    made = bench(kafka.bootstrap, authentication=auth)
    sentence = f"The listener {kafka.bootstrap} does not use SASL sign-in."
    assert made.trouble() == ("failed", sentence)
    assert made.last_step().detail == sentence


@pytest.mark.parametrize("listener", ["SASL", "SASLSSL"])
def test_listener_closes_what_it_does_not_understand(
    kafka: Kafka, bench: Callable[..., Bench], listener: str
):
    made = bench(kafka.address(listener))
    assert made.trouble() == (
        "disconnected",
        f"{kafka.address(listener)} closed the connection.",
    )
    assert "sluicegate check" in made.producer.cluster.cause.hint
    said = "TLS" if listener == "SASLSSL" else "do not sign in"
    assert said in made.last_step().detail


# -- addresses that the cluster names ---------------------------------------------------------


def named(server: ScriptedKafka, *others: tuple[int, str, int]) -> ScriptedKafka:
    server.brokers = list(others)
    return server


def test_named_port_is_not_published(bench: Callable[..., Bench]):
    port = closed_port()
    with named(ScriptedKafka(), (1, "127.0.0.1", port)) as server:
        made = bench(server.address)
        status, reason = made.trouble()
        assert status == "disconnected"
        assert reason == (
            f"The cluster tells clients to use 127.0.0.1:{port}, which does not answer from here."
        )
        step = made.check()["brokers"]
        assert (step.ok, f"use 127.0.0.1:{port}, " in step.detail) == (False, True)
        assert "advertised.listeners" in step.hint


def test_named_address_is_of_another_network(bench: Callable[..., Bench]):
    """This machine's own address, on a port where nothing listens; no packet leaves it."""
    own = socket.gethostbyname(socket.gethostname())
    if ipaddress.ip_address(own).is_loopback or not ipaddress.ip_address(own).is_private:
        pytest.skip("this machine has no private address")
    pytest_socket.socket_allow_hosts(["127.0.0.1", own], allow_unix_socket=True)
    with ScriptedKafka() as server:
        made = bench(server.address)
        brokers = [Broker(1, own, closed_port())]
        reached = ("127.0.0.1", server.port)
        step, _ = check_brokers(made.connector, made.environment, brokers, reached)
    assert "probably an address inside a container network" in step.detail


def test_loopback_by_its_other_name_is_the_same_place(bench: Callable[..., Bench]):
    port = closed_port()
    with named(ScriptedKafka(), (1, "localhost", port)) as server:
        made = bench(server.address)
        brokers = [Broker(1, "localhost", port)]
        reached = ("127.0.0.1", server.port)
        step, _ = check_brokers(made.connector, made.environment, brokers, reached)
    assert f"port {port} is not published. No record can be delivered." in step.detail


def test_named_address_is_this_computer_though_the_broker_is_another(
    bench: Callable[..., Bench],
):
    """The name of this machine stands for another one: it is not written as loopback."""
    port = closed_port()
    with named(ScriptedKafka(), (1, "localhost", port)) as server:
        made = bench(f"localhost.localdomain:{server.port}", ip_family="v4")
        steps = made.check()
    if not steps["resolve"].ok:
        pytest.skip("this machine has no second name for its loopback address")
    assert "only clients on the broker's machine can use it" in steps["brokers"].detail


def test_named_listener_speaks_tls(kafka: Kafka, bench: Callable[..., Bench]):
    with named(ScriptedKafka(), (1, "127.0.0.1", kafka.ports["SASLSSL"])) as server:
        made = bench(server.address)
        step = made.check()["brokers"]
        assert not step.ok
        assert "ssl.enable" in step.hint
        brokers = [Broker(1, "127.0.0.1", kafka.ports["SASLSSL"])]
        reached = ("127.0.0.1", server.port)
        step, _ = check_brokers(made.connector, made.environment, brokers, reached)
    assert "The listener speaks TLS, but this connector does not." in step.detail
    assert "localhost" in step.cause, "the certificate that was shown"
    assert "ssl.enable" in step.hint


def test_named_listener_speaks_no_tls(kafka: Kafka, bench: Callable[..., Bench]):
    ssl_options = {"enable": True, "cacertfile": str(kafka.certificates.ca)}
    certificates = (kafka.certificates.server, kafka.certificates.server_key)
    with ScriptedKafka(certificates=certificates) as server:
        made = bench(server.address, ssl=ssl_options)
        assert made.check()["brokers"].ok
        server.brokers = [(1, "127.0.0.1", server.port), (2, "127.0.0.1", kafka.ports["PLAIN"])]
        step = made.check()["brokers"]
    assert "does not speak TLS" in step.detail
    assert "Partitions led by broker 2 cannot be written" in step.detail


def test_some_of_the_brokers_are_out_of_reach(bench: Callable[..., Bench]):
    server = ScriptedKafka(topics=["t"])
    server.brokers.append((2, NOWHERE, 9092))
    with server:
        steps = bench(server.address).check("t")
    assert f"use {NOWHERE}:9092, a name that this computer does not know" in steps["brokers"].detail
    assert "Partitions led by broker 2 cannot be written (1 of 2 brokers)" in (
        steps["brokers"].detail
    )
    assert steps["topic"].ok, "the stages after it are looked at all the same"


# -- topics and records -----------------------------------------------------------------------


def test_health_check_topic_is_looked_at(kafka: Kafka, bench: Callable[..., Bench]):
    topic = kafka.topic()
    assert bench(kafka.bootstrap, health_check_topic=topic).check()["topic"].ok
    step = bench(kafka.bootstrap, health_check_topic=f"{topic}x").check()["topic"]
    assert step.detail == f"Topic {topic}x does not exist on this cluster."
    assert topic in step.hint, "the nearest name"


def test_settings_of_a_topic_that_decide_what_it_takes_are_told(
    kafka: Kafka, bench: Callable[..., Bench]
):
    plain = kafka.topic(partitions=3)
    strict = kafka.topic(
        cleanup_policy="compact", max_message_bytes="2000", min_insync_replicas="2"
    )
    made = bench(kafka.bootstrap)
    assert made.check(plain)["topic"].detail == (
        f"{plain} has 3 partitions, replication 1; records up to 1,048,588 bytes"
    )
    assert made.check(strict)["topic"].detail == (
        f"{strict} has 1 partition, replication 1; records up to 2,000 bytes; compacted: every "
        "record needs a key; 2 replicas have to be in sync"
    )


def test_settings_that_a_user_may_not_see_are_left_out(kafka: Kafka, bench: Callable[..., Bench]):
    topic = kafka.topic()
    allow(kafka, topic, AclOperation.WRITE)  # which lets one see it, too
    auth = {"mechanism": "plain", "username": USER, "password": "env:X"}
    step = bench(kafka.address("SASL"), authentication=auth).check(topic)["topic"]
    assert (step.ok, step.detail) == (True, f"{topic} has 1 partition, replication 1")


def test_partition_has_no_leader(bench: Callable[..., Bench]):
    with ScriptedKafka(topics=["t"], leaders=[1, -1, 1]) as server:
        step = bench(server.address).check("t")["topic"]
    assert not step.ok
    assert step.detail == "t: 2 of 3 partitions have a leader."


@pytest.mark.parametrize("code", [5, 6])
def test_leader_that_moves_costs_nothing(bench: Callable[..., Bench], code: int):
    with ScriptedKafka(errors=[code]) as server:
        assert bench(server.address).send() is None
        assert server.produced == 2


def test_too_few_replicas_are_in_sync(bench: Callable[..., Bench]):
    """A lone node of today's Kafka counts itself as enough, whatever min.insync.replicas says."""
    with ScriptedKafka(errors=[19, 20] * 5) as server:
        failure = bench(server.address, {"max_retries": 1}).send()
    assert failure is not None
    assert failure.retryable
    assert failure.message == "Topic t has fewer replicas in sync than its min.insync.replicas."
    assert "leader_only" in failure.hint


def test_batch_is_larger_than_the_broker_takes(bench: Callable[..., Bench]):
    with ScriptedKafka(errors=[18] * 5) as server:
        failure = bench(server.address).send()
    assert failure is not None
    assert not failure.retryable
    assert "max.message.bytes" in failure.message


def test_timestamp_is_refused(kafka: Kafka, bench: Callable[..., Bench]):
    topic = kafka.topic(message_timestamp_after_max_ms="60000")
    tomorrow_ms = int(time.time() * 1_000) + 86_400_000
    failure = bench(kafka.bootstrap).send(topic, tomorrow_ms)
    assert failure is not None
    assert not failure.retryable
    assert failure.message == f"Kafka refused the timestamp of the record for topic {topic}."


def test_idempotence_is_not_allowed(kafka: Kafka, bench: Callable[..., Bench]):
    """Needs both: whoever may write somewhere may be idempotent, too."""
    rules = [
        AclBinding(
            kind, name, ResourcePatternType.LITERAL, f"User:{USER}", "*", what,
            AclPermissionType.DENY,
        )
        for kind, name, what in (
            (ResourceType.TOPIC, "*", AclOperation.WRITE),
            (ResourceType.BROKER, "kafka-cluster", AclOperation.IDEMPOTENT_WRITE),
        )
    ]  # fmt: skip
    for result in kafka.admin.create_acls(rules).values():
        result.result(PATIENCE_S)
    try:
        auth = {"mechanism": "plain", "username": USER, "password": "env:X"}
        made = bench(kafka.address("SASL"), authentication=auth)
        made.until(lambda: made.producer.status == "failed")
        assert made.producer.status_reason == (
            "This user may not use an idempotent producer on this cluster."
        )
        with pytest.raises(QueueFull):
            made.producer.produce("t", b"x", b"k", lambda error, record: None)
    finally:
        own = AclBindingFilter(
            ResourceType.ANY, None, ResourcePatternType.ANY, f"User:{USER}", "*",
            AclOperation.ANY, AclPermissionType.DENY,
        )  # fmt: skip
        for result in kafka.admin.delete_acls([own]).values():
            result.result(PATIENCE_S)


@pytest.mark.parametrize("sees_it", [True, False])
def test_reading_is_not_allowed(kafka: Kafka, bench: Callable[..., Bench], sees_it: bool):
    topic = kafka.topic()
    right = AclOperation.DESCRIBE if sees_it else AclOperation.DESCRIBE_CONFIGS
    allow(kafka, topic, right)
    auth = {"mechanism": "plain", "username": USER, "password": "env:X"}
    made = bench(kafka.address("SASL"), authentication=auth)

    def read() -> None:
        tail = Tail(made.connector, made.environment, topic, start="beginning")
        try:
            eventually(tail.poll)
        finally:
            tail.close()

    with pytest.raises(AuthFailed, match=f"may not read topic {topic}"):
        read()
    failure = made.send(topic)
    assert failure is not None
    assert not failure.retryable
    assert failure.message == f"This user may not write to topic {topic}."
    step = made.check(topic)["write" if sees_it else "topic"]
    assert (step.ok, step.detail) == (
        False,
        f"This user may not write to topic {topic}."
        if sees_it
        else f"This user may not see topic {topic}, nor whether it exists.",
    )
    assert "WRITE" in step.hint


def test_tail_waits_for_a_leader(bench: Callable[..., Bench]):
    with ScriptedKafka(topics=["t"], errors=[6, 5]) as server:
        made = bench(server.address)
        Tail(made.connector, made.environment, "t", start="end").close()
        assert server.errors == []


def test_tail_says_that_there_is_no_leader(
    bench: Callable[..., Bench], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("core.kafka.tail._OFFSETS_TIMEOUT_S", 1.0)
    with ScriptedKafka(topics=["t"], errors=[6] * 10_000) as server:
        made = bench(server.address)
        with pytest.raises(ConnectFailed, match="Topic t has no leader at the moment"):
            Tail(made.connector, made.environment, "t", start="end")


def test_broker_is_too_old_for_idempotence(bench: Callable[..., Bench]):
    with ScriptedKafka(apis=OLD) as server:
        made = bench(server.address)
        made.until(lambda: made.producer.status == "failed")
        assert made.producer.status_reason == ("The broker is too old for what this action uses.")
        assert bench(server.address, {"max_inflight": 10}).send() is None, "without idempotence"


def test_broken_idempotent_producer_is_replaced(bench: Callable[..., Bench]):
    with ScriptedKafka(errors=[45]) as server:
        made = bench(server.address)
        failure = made.send()
        assert failure is not None
        assert failure.retryable
        assert "lost its place" in failure.message
        assert made.send() is None, "the next one goes through the new producer"


def test_quota_is_said_though_nothing_fails(bench: Callable[..., Bench]):
    with ScriptedKafka(throttle_ms=1_000) as server:
        made = bench(server.address)
        assert made.send() is None
        made.until(lambda: made.producer.status_reason)
        assert made.producer.status == "connected"
        assert made.producer.status_reason == (
            f"{server.address} makes this client wait because of a quota."
        )


def test_broker_sees_the_name_of_the_connector(bench: Callable[..., Bench]):
    with ScriptedKafka() as server:
        assert bench(server.address).send() is None
        assert server.clients == {"sluicegate:lab"}
