"""A burst of messages over every transport: more than one call of the reader takes."""

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
PROTOCOLS = ("5.0", "3.1.1")


def take_burst(server: str, publisher_server: str, folder: Path, **options: Any) -> None:
    """Publish in sizes up to those of a TLS record, before anything is read; all must come."""
    payloads = [f"{number:>{1 + number % 40 * 300}}".encode() for number in range(1_200)]
    connector = MqttConnector(name="plant", server=server, reconnect_min="10s", **options)
    with Subscriber(connector, environment_at(folder), ("t",)) as sub:
        sub.until_subscribed()
        publisher = Publisher(
            MqttConnector(name="plant", server=publisher_server, **options),
            client_id="elsewhere",
            environment=environment_at(folder),
        )
        for payload in payloads:
            publisher.publish("t", payload, qos=0)
        publisher.close()
        sub.until_received(len(payloads))
        assert sub.payloads == payloads
        assert sub.source.connection == 1


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_burst_passes_whole_over_tcp(mosquitto: Mosquitto, tmp_path: Path, protocol: str) -> None:
    take_burst(mosquitto.url, mosquitto.url, tmp_path, protocol=protocol)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_burst_passes_whole_over_tls(
    make_mosquitto: MakeMosquitto, certificates: Certificates, tmp_path: Path, protocol: str
) -> None:
    broker = make_mosquitto(certificates=certificates)
    options = {"ssl": {"cacertfile": str(certificates.ca)}, "protocol": protocol}
    take_burst(broker.url, broker.url, tmp_path, **options)


@pytest.mark.parametrize("has_tls", [False, True], ids=["ws", "wss"])
def test_burst_passes_whole_over_websocket(
    mosquitto: Mosquitto, certificates: Certificates, tmp_path: Path, has_tls: bool
) -> None:
    context = None
    options: dict[str, Any] = {}
    if has_tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates.server, certificates.server_key)
        options = {"ssl": {"cacertfile": str(certificates.ca)}}
    with WebSocketProxy(mosquitto.port, context=context) as front:
        server = f"{'wss' if has_tls else 'ws'}://localhost:{front.port}"
        take_burst(server, mosquitto.url, tmp_path, **options)
