"""Hearing the answer to a message that names a response topic."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from core.errors import ConnectFailed, DeliveryFailed
from core.mqtt.publisher import Publisher, PublishProperties
from core.mqtt.replies import ReplyListener
from core.workspace.mqtt import MqttConnector
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.raw_server import RawServer
from tests.helpers.subscriber import environment_at
from tests.helpers.tcp_proxy import TcpProxy
from tests.helpers.wait import PATIENCE_S

pytestmark = pytest.mark.broker


def made(port: int, folder: Path, topic: str, **options: Any) -> tuple[ReplyListener, Publisher]:
    connector = MqttConnector(name="plant", server=f"mqtt://127.0.0.1:{port}", **options)
    environment = environment_at(folder)
    publisher = Publisher(connector, client_id="engine", environment=environment)
    return ReplyListener(connector, "engine", environment, topic), publisher


def answer(data: bytes) -> PublishProperties:
    return PublishProperties(correlation_data=data)


def test_the_answer_with_the_same_correlation_data_is_heard(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    topic = f"reply/{tmp_path.name}"
    listener, device = made(mosquitto.port, tmp_path, topic)
    listener.open()
    device.publish(topic, b"of another", properties=answer(b"1"))
    device.publish(topic, b"mine", properties=answer(b"\xff2"))
    heard = listener.wait(b"\xff2", PATIENCE_S)
    assert heard is not None
    assert (heard.topic, heard.payload) == (topic, b"mine")
    assert heard.received_ms > 0
    listener.close()
    device.close()


@pytest.mark.parametrize("protocol", ["5.0", "3.1.1"])
def test_a_device_that_returns_no_correlation_data_is_heard_but_nothing_retained(
    mosquitto: Mosquitto, tmp_path: Path, protocol: str
) -> None:
    topic = f"plain/{tmp_path.name}"
    listener, device = made(mosquitto.port, tmp_path, topic, protocol=protocol)
    device.publish(topic, b"from before", qos=1, retain=True)
    listener.open()
    device.publish(topic, b"from now")
    heard = listener.wait(b"2", PATIENCE_S)
    assert heard is not None
    assert heard.payload == b"from now"
    listener.close()
    device.publish(topic, b"", qos=1, retain=True)
    device.close()


def test_no_answer_in_time_is_none_and_stopping_does_not_wait_for_it(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    listener, _ = made(mosquitto.port, tmp_path, f"silence/{tmp_path.name}")
    listener.open()
    assert listener.wait(b"1", 0.2) is None
    stopping = threading.Timer(0.2, listener.stop)
    stopping.start()
    assert listener.wait(b"1", 60) is None, "the test's own limit is far below"
    stopping.join()
    listener.close()


def test_a_lost_connection_ends_the_waiting(mosquitto: Mosquitto, tmp_path: Path) -> None:
    with TcpProxy(mosquitto.port) as proxy:
        listener, _ = made(proxy.port, tmp_path, f"lost/{tmp_path.name}")
        listener.open()
        proxy.cut()
        with pytest.raises(ConnectFailed, match="closed the connection"):
            listener.wait(b"1", PATIENCE_S)
        listener.close()


def test_a_refused_subscription_is_said(tmp_path: Path) -> None:
    with RawServer(b"\x20\x03\x00\x00\x00", b"\x90\x04\x00\x01\x00\x87") as server:
        listener, _ = made(server.port, tmp_path, "reply/1")
        with pytest.raises(DeliveryFailed, match='refused the subscription to "reply/1"') as caught:
            listener.open()
        assert "allows the client" in caught.value.hint
        listener.close()
