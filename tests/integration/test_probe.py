"""The stages of a connection test, over loopback."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.certificate import Certificate
from core.errors import CodecError
from core.probe import (
    Address,
    connect,
    presented_certificate,
    resolve,
    split_address,
    tls_handshake,
)
from tests.helpers.certificates import Certificates
from tests.helpers.wait import PATIENCE_S


@contextmanager
def tls_server(certificate: Path, key: Path) -> Iterator[Address]:
    """A server that does TLS handshakes until it is left."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            try:
                context.wrap_socket(connection, server_side=True).close()
            except OSError:
                connection.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield Address(socket.AF_INET, "127.0.0.1", listener.getsockname()[1])
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def handshake(address: Address, context: ssl.SSLContext, host: str = "127.0.0.1"):
    _, connection = connect([address])
    assert connection is not None
    step, secure = tls_handshake(connection, context, host, timeout_s=PATIENCE_S)
    if secure is not None:
        secure.close()
    return step


def trusting(certificates: Certificates) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certificates.ca)


@pytest.mark.parametrize(
    ("text", "split"),
    [
        ("kafka:9092", ("kafka", 9092)),
        ("kafka", ("kafka", 1883)),
        ("[::1]:9092", ("::1", 9092)),
        ("::1", ("::1", 1883)),
    ],
)
def test_addresses_are_split(text: str, split: tuple[str, int]):
    assert split_address(text, 1883) == split


def test_known_name_is_resolved():
    step, addresses = resolve("localhost", 9092, family="v4")
    assert step.ok
    assert [str(address) for address in addresses] == ["127.0.0.1:9092"]


def test_unknown_name_is_said():
    step, addresses = resolve("no-such-host.invalid", 9092)
    assert (step.step, step.ok, addresses) == ("resolve", False, ())
    assert step.detail == "The name no-such-host.invalid cannot be resolved."
    assert step.cause
    assert step.hint


def test_closed_port_is_said():
    step, connection = connect([Address(socket.AF_INET, "127.0.0.1", 1)], host="localhost")
    assert connection is None
    assert (step.step, step.ok, step.cause) == ("connect", False, "connection refused")
    assert step.detail == "Nothing answers on 127.0.0.1:1."
    assert "127.0.0.1 in place of localhost" in step.hint


def test_second_address_is_tried(certificates: Certificates):
    with tls_server(certificates.server, certificates.server_key) as address:
        step, connection = connect([Address(socket.AF_INET, "127.0.0.1", 1), address])
        assert connection is not None
        connection.close()
    assert step.ok


def test_trusted_certificate_is_shown(certificates: Certificates):
    with tls_server(certificates.server, certificates.server_key) as address:
        step = handshake(address, trusting(certificates))
    assert step.ok
    assert "certificate of localhost (localhost, 127.0.0.1)" in step.detail
    assert "signed by Test Authority" in step.detail


def test_unknown_authority_is_said_with_what_was_shown(certificates: Certificates):
    with tls_server(certificates.server, certificates.server_key) as address:
        step = handshake(address, ssl.create_default_context())
    assert not step.ok
    assert "not trusted here" in step.detail
    assert "signed by Test Authority" in step.detail
    assert "cacertfile" in step.hint


def test_other_host_name_is_said(certificates: Certificates):
    with tls_server(certificates.wrong_host, certificates.server_key) as address:
        step = handshake(address, trusting(certificates))
    assert step.detail == ("The certificate is for broker.example, but you connect to 127.0.0.1.")
    assert "check_hostname" in step.hint


def test_port_without_tls_is_said(certificates: Certificates):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def answer() -> None:
            connection, _ = listener.accept()
            connection.recv(100)
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            connection.close()

        thread = threading.Thread(target=answer)
        thread.start()
        step = handshake(Address(socket.AF_INET, "127.0.0.1", port), trusting(certificates))
        thread.join()
    assert step.detail == f"127.0.0.1:{port} does not speak TLS."


def test_silent_port_ends_after_its_timeout(certificates: Certificates):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = Address(socket.AF_INET, "127.0.0.1", listener.getsockname()[1])
        _, connection = connect([address])
        assert connection is not None
        step, _ = tls_handshake(connection, trusting(certificates), "127.0.0.1", timeout_s=0.2)
    assert step.cause == "timed out"


def test_certificate_is_read_without_trust(certificates: Certificates):
    with tls_server(certificates.wrong_host, certificates.server_key) as address:
        found = presented_certificate((address.ip, address.port), "x")
    assert found is not None
    assert found.subject == "broker.example"
    assert found.names == ("broker.example",)
    assert found.issuer == "Test Authority"
    assert found.not_before <= datetime.now(UTC) < found.not_after
    assert len(found.sha256) == 64


def test_nothing_is_shown_by_a_port_without_tls():
    assert presented_certificate(("127.0.0.1", 1), "x", timeout_s=1) is None


def test_addresses_and_names_are_read(certificates: Certificates):
    der = ssl.PEM_cert_to_DER_cert(certificates.server.read_text())
    assert Certificate.from_der(der).names == ("localhost", "127.0.0.1")


@pytest.mark.parametrize("garbage", [b"", b"\x30\x03\x01", b"no certificate at all", b"\x30\x80"])
def test_bytes_that_are_no_certificate_are_refused(garbage: bytes):
    with pytest.raises(CodecError):
        Certificate.from_der(garbage)
