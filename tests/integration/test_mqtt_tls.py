"""TLS and WebSocket connections, on a real Mosquitto."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.mqtt.publisher import Publisher
from core.workspace.mqtt import MqttConnector
from tests.helpers.certificates import Certificates
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.subscriber import Subscriber, environment_at
from tests.helpers.ws_proxy import WebSocketProxy

pytestmark = pytest.mark.broker

MakeMosquitto = Callable[..., Mosquitto]


def connect(server: str, folder: Path, **options: Any) -> Subscriber:
    connector = MqttConnector(name="plant", server=server, reconnect_min="10s", **options)
    return Subscriber(connector, environment_at(folder), ("t",))


def exchange(sub: Subscriber, server: str, folder: Path, payload: bytes, **options: Any) -> None:
    """Publish over the same transport and wait until it has come."""
    publisher = Publisher(
        MqttConnector(name="plant", server=server, **options),
        client_id="elsewhere",
        environment=environment_at(folder),
    )
    publisher.publish("t", payload, qos=1)
    publisher.close()
    sub.until_received(1)
    assert sub.payloads == [payload]


def burst(sub: Subscriber, server: str, folder: Path, **options: Any) -> None:
    """Publish more than one call reads, in sizes around those of TLS records, before reading."""
    payloads = [f"{number:>{1 + number % 40 * 300}}".encode() for number in range(1_200)]
    publisher = Publisher(
        MqttConnector(name="plant", server=server, **options),
        client_id="elsewhere",
        environment=environment_at(folder),
    )
    for payload in payloads:
        publisher.publish("t", payload, qos=0)
    publisher.close()
    sub.until_received(len(payloads))
    assert sub.payloads == payloads
    assert sub.source.connection == 1


@pytest.mark.parametrize("protocol", ["5.0", "3.1.1"])
def test_messages_pass_over_tls(
    make_mosquitto: MakeMosquitto, certificates: Certificates, tmp_path: Path, protocol: str
) -> None:
    broker = make_mosquitto(certificates=certificates)
    options = {"protocol": protocol, "ssl": {"cacertfile": str(certificates.ca)}}
    with connect(broker.url, tmp_path, **options) as sub:
        sub.until_subscribed()
        exchange(sub, broker.url, tmp_path, bytes(200_000), **options)


def test_certificates_may_be_relative_paths_or_pem_text(
    make_mosquitto: MakeMosquitto, certificates: Certificates, tmp_path: Path
) -> None:
    broker = make_mosquitto(certificates=certificates, needs_client_certificate=True)
    (tmp_path / "ca.pem").write_text(certificates.ca.read_text())
    options = {
        "cacertfile": "ca.pem",
        "certfile": certificates.client.read_text(),
        "keyfile": certificates.client_key.read_text(),
    }
    with connect(broker.url, tmp_path, ssl=options) as sub:
        sub.until_subscribed()
    with connect(broker.url, tmp_path, ssl={**options, "keyfile": "absent.key"}) as sub:
        sub.until(lambda: sub.source.status == "failed")
        assert "there is no file" in sub.source.status_reason


@pytest.mark.parametrize("version", ["tlsv1.2", "tlsv1.3"])
@pytest.mark.parametrize("protocol", ["5.0", "3.1.1"])
def test_client_certificate_opens_the_door_and_gives_the_user(
    make_mosquitto: MakeMosquitto,
    certificates: Certificates,
    tmp_path: Path,
    version: str,
    protocol: str,
) -> None:
    broker = make_mosquitto(
        certificates=certificates,
        needs_client_certificate=True,
        extra=("use_identity_as_username true",),
    )
    options = {
        "protocol": protocol,
        "qos": 2,
        "ssl": {
            "cacertfile": str(certificates.ca),
            "certfile": str(certificates.client),
            "keyfile": str(certificates.client_key),
            "versions": [version],
        },
    }
    with connect(broker.url, tmp_path, **options) as sub:
        sub.until_subscribed()
        publisher = Publisher(
            MqttConnector(name="plant", server=broker.url, **options),
            client_id="elsewhere",
            environment=environment_at(tmp_path),
        )
        for number in range(100):
            publisher.submit("t", b"%d" % number + bytes(20_000), qos=2)
        publisher.wait()
        publisher.close()
        sub.until_received(100)
        assert [int(payload.rstrip(b"\0")) for payload in sub.payloads] == list(range(100))
        assert {message.qos for message in sub.messages} == {2}
    assert "as subscriber (" in broker.log()
    assert "u'test client'" in broker.log()


@pytest.mark.parametrize(("password", "status"), [("TEST", "connected"), ("WRONG", "failed")])
def test_key_of_the_client_certificate_may_be_encrypted(
    make_mosquitto: MakeMosquitto,
    certificates: Certificates,
    tmp_path: Path,
    password: str,
    status: str,
) -> None:
    broker = make_mosquitto(certificates=certificates, needs_client_certificate=True)
    options = {
        "cacertfile": str(certificates.ca),
        "certfile": str(certificates.client),
        "keyfile": str(certificates.locked_client_key),
        "password": f"env:{password}_PASSWORD",
    }
    with connect(broker.url, tmp_path, ssl=options) as sub:
        sub.until(lambda: sub.source.status == status)
        if status == "failed":
            assert "client certificate and its key cannot be used" in sub.source.status_reason


def test_missing_client_certificate_is_named(
    make_mosquitto: MakeMosquitto, certificates: Certificates, tmp_path: Path
) -> None:
    broker = make_mosquitto(certificates=certificates, needs_client_certificate=True)
    options = {"cacertfile": str(certificates.ca), "versions": ["tlsv1.2"]}
    with connect(broker.url, tmp_path, ssl=options) as sub:
        sub.until(lambda: sub.source.status == "disconnected")
        assert "TLS" in sub.source.status_reason


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "is not trusted"),
        ({"cacertfile": "{ca}", "server_name_indication": "other.example"}, "for another name"),
        ({"cacertfile": "nowhere.pem"}, "there is no file"),
        ({"cacertfile": "{key}"}, "holds no certificate"),
    ],
    ids=["unknown authority", "wrong name", "missing file", "no certificate"],
)
def test_certificate_trouble_is_named(
    make_mosquitto: MakeMosquitto,
    certificates: Certificates,
    tmp_path: Path,
    options: dict[str, str],
    words: str,
) -> None:
    broker = make_mosquitto(certificates=certificates)
    filled = {
        name: value.format(ca=certificates.ca, key=certificates.server_key)
        for name, value in options.items()
    }
    with connect(broker.url, tmp_path, ssl=filled) as sub:
        sub.until(lambda: sub.source.status in ("disconnected", "failed"))
        assert words in sub.source.status_reason


def test_unverified_tls_takes_any_certificate(
    make_mosquitto: MakeMosquitto, certificates: Certificates, tmp_path: Path
) -> None:
    broker = make_mosquitto(certificates=certificates)
    with connect(broker.url, tmp_path, ssl={"verify": "verify_none"}) as sub:
        sub.until_subscribed()


def test_tls_on_a_plain_port_is_named(mosquitto: Mosquitto, tmp_path: Path) -> None:
    with connect(f"mqtts://127.0.0.1:{mosquitto.port}", tmp_path) as sub:
        sub.until(lambda: sub.source.status == "disconnected")
        assert "TLS" in sub.source.status_reason


def test_plain_connection_to_a_tls_port_is_named(
    make_mosquitto: MakeMosquitto, certificates: Certificates, tmp_path: Path
) -> None:
    broker = make_mosquitto(certificates=certificates)
    with connect(f"mqtt://127.0.0.1:{broker.port}", tmp_path) as sub:
        sub.until(lambda: sub.source.status == "disconnected")
        assert "TLS" in sub.source.status_reason


@pytest.mark.parametrize("protocol", ["5.0", "3.1.1"])
def test_messages_pass_over_websocket(mosquitto: Mosquitto, tmp_path: Path, protocol: str) -> None:
    with WebSocketProxy(mosquitto.port, path="/broker") as front:
        server = f"ws://127.0.0.1:{front.port}/broker"
        with connect(server, tmp_path, protocol=protocol) as sub:
            sub.until_subscribed()
            exchange(sub, server, tmp_path, b"x" * 100_000, protocol=protocol)
        assert set(front.paths) == {"/broker"}


def test_messages_pass_over_websocket_with_tls(
    mosquitto: Mosquitto, certificates: Certificates, tmp_path: Path
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.server, certificates.server_key)
    options = {"ssl": {"cacertfile": str(certificates.ca)}}
    with WebSocketProxy(mosquitto.port, context=context) as front:
        server = f"wss://localhost:{front.port}"
        with connect(server, tmp_path, **options) as sub:
            sub.until_subscribed()
            exchange(sub, server, tmp_path, b"hello", **options)
        assert set(front.paths) == {"/mqtt"}


@pytest.mark.parametrize("has_tls", [False, True], ids=["ws", "wss"])
def test_burst_passes_whole_over_websocket(
    mosquitto: Mosquitto, certificates: Certificates, tmp_path: Path, has_tls: bool
) -> None:
    context = None
    if has_tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates.server, certificates.server_key)
    options = {"ssl": {"cacertfile": str(certificates.ca)}} if has_tls else {}
    with WebSocketProxy(mosquitto.port, context=context) as front:
        server = f"{'wss' if has_tls else 'ws'}://localhost:{front.port}"
        with connect(server, tmp_path, **options) as sub:
            sub.until_subscribed()
            burst(sub, mosquitto.url, tmp_path)


def test_burst_passes_whole_over_tls(
    make_mosquitto: MakeMosquitto, certificates: Certificates, tmp_path: Path
) -> None:
    broker = make_mosquitto(certificates=certificates)
    options = {"ssl": {"cacertfile": str(certificates.ca)}}
    with connect(broker.url, tmp_path, **options) as sub:
        sub.until_subscribed()
        burst(sub, broker.url, tmp_path, **options)


def test_wrong_websocket_path_is_named(mosquitto: Mosquitto, tmp_path: Path) -> None:
    with (
        WebSocketProxy(mosquitto.port, path="/right") as front,
        connect(f"ws://127.0.0.1:{front.port}/wrong", tmp_path) as sub,
    ):
        sub.until(lambda: sub.source.status == "disconnected")
        assert "WebSocket" in sub.source.status_reason
        assert sub.source._link.failure is not None
        assert "path" in sub.source._link.failure.hint
