"""Clusters that cannot be reached: nothing there, another protocol, TLS, signing in."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.helpers.certificates import Certificates
from tests.helpers.kafka import USER, Kafka
from tests.helpers.raw_server import RawServer
from tests.helpers.wait import PATIENCE_S

from .conftest import NOWHERE, Bench, closed_port

pytestmark = [
    pytest.mark.broker,
    pytest.mark.expect_warnings("failures are what is tested"),
]

TLS_ALERTS = b"\x15\x03\x03\x00\x02\x02\x46\x15\x03\x03\x00\x02\x01\x00"
"""Unsupported version, and goodbye."""

HTTP = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"


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
