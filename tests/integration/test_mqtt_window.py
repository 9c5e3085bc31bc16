"""The window of unacknowledged messages, where nothing but we can keep it: MQTT 3.1.1."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.mqtt.publisher import Publisher
from core.workspace.mqtt import MqttConnector
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.scripted_broker import PINGREQ, PUBACK, PUBREC, ScriptedBroker, publish
from tests.helpers.subscriber import Subscriber, environment_at

PROTOCOLS = ("5.0", "3.1.1")
READ_BYTES = 256 * 1024
WINDOW = 10
SIZE = 60_000


@contextlib.contextmanager
def source(port: int, folder: Path, protocol: Any, **more: Any) -> Iterator[Subscriber]:
    """A source with a small window and a short keep-alive, which acknowledges nothing by itself."""
    options = {
        "reconnect_min": "50ms",
        "keepalive": "1s",
        "receive_maximum": WINDOW,
        "qos": 2,
        **more,
    }
    connector = MqttConnector(
        name="plant", server=f"mqtt://127.0.0.1:{port}", protocol=protocol, **options
    )
    with Subscriber(connector, environment_at(folder), ("t",), acknowledges=False) as sub:
        yield sub


def is_bounded(sub: Subscriber) -> bool:
    """Whether no more is held back than one read brings."""
    return len(sub.source._held) <= READ_BYTES // SIZE + 1


@pytest.mark.parametrize("qos", [1, 2])
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_reading_pauses_at_the_window_while_the_connection_is_kept_alive(
    tmp_path: Path, protocol: str, qos: int
) -> None:
    """A broker that does not keep to the window fills the system's buffers, never our memory."""
    stream = b"".join(
        publish(protocol, b"%0*d" % (SIZE, n), qos=qos, packet_id=n) for n in range(1, 401)
    )
    with ScriptedBroker() as broker, source(broker.port, tmp_path, protocol) as sub:
        connection = broker.sign_in(protocol, session=False, sub=sub)
        sent = 0

        def is_stuck() -> bool:
            nonlocal sent
            taken = connection.send_some(stream[sent:])
            sent += taken
            return not taken and len(sub.messages) == WINDOW

        sub.until(is_stuck)
        pings = connection.count(PINGREQ)
        paused_at = time.monotonic()
        sub.until(lambda: connection.count(PINGREQ) >= pings + 4)
        assert time.monotonic() - paused_at > 1.5, "longer than the keep-alive allows for silence"
        sub.until(is_stuck)
        assert sub.source.status == "connected"
        assert is_bounded(sub)
        assert sent < len(stream), "the broker has to wait"

        acknowledged = 0

        def has_all() -> bool:
            nonlocal sent, acknowledged
            sent += connection.send_some(stream[sent:])
            for message in sub.messages[acknowledged:]:
                sub.source.ack(message)
            acknowledged = len(sub.messages)
            return acknowledged == 400

        sub.until(has_all)
        assert [int(payload[-9:]) for payload in sub.payloads] == list(range(1, 401))
        sub.until(lambda: len(connection.answers()) == 400)
        kind = PUBREC if qos == 2 else PUBACK
        assert connection.answers() == [(kind, n) for n in range(1, 401)]
        assert sub.source.connection == 1
        broker.hang_up()


@pytest.mark.broker
@pytest.mark.parametrize("qos", [1, 2])
def test_mosquitto_without_a_limit_waits_for_us_and_keeps_the_connection(
    make_mosquitto: Callable[..., Mosquitto], tmp_path: Path, qos: int
) -> None:
    count = 400
    broker = make_mosquitto(extra=("max_inflight_messages 0",))
    with source(broker.port, tmp_path, "3.1.1", qos=qos) as sub:
        sub.until_subscribed()
        publisher = Publisher(
            MqttConnector(name="plant", server=broker.url),
            client_id="elsewhere",
            environment=environment_at(tmp_path),
        )
        for number in range(count):
            publisher.submit("t", b"%0*d" % (SIZE, number), qos=qos)
        publisher.wait()
        publisher.close()
        sub.until_received(WINDOW)
        full_at = time.monotonic()
        sub.until(lambda: time.monotonic() - full_at > 3)  # twice what Mosquitto allows
        assert len(sub.messages) == WINDOW
        assert is_bounded(sub)
        assert sub.source.status == "connected"

        acknowledged = 0

        def has_all() -> bool:
            nonlocal acknowledged
            for message in sub.messages[acknowledged:]:
                sub.source.ack(message)
            acknowledged = len(sub.messages)
            return acknowledged == count

        sub.until(has_all)
        assert [int(payload[-9:]) for payload in sub.payloads] == list(range(count))
        assert sub.source.connection == 1
    assert "exceeded timeout" not in broker.log()


def test_broker_that_hangs_up_while_reading_is_paused_is_noticed_at_once(tmp_path: Path) -> None:
    """As long as its goodbye comes through: behind full buffers it has to wait for a ping."""
    with (
        ScriptedBroker() as broker,
        source(broker.port, tmp_path, "3.1.1", keepalive="60s") as sub,
    ):
        connection = broker.sign_in("3.1.1", session=False, sub=sub)
        packets = [publish("3.1.1", b"x" * SIZE, packet_id=n) for n in range(1, WINDOW + 2)]
        for packet in packets:
            connection.send(packet)
            sub.source.step(0.01)
        sub.until(lambda: len(sub.source._held) == 1)
        connection.send(publish("3.1.1", b"unread", packet_id=99))
        connection.hang_up()
        sub.until(lambda: sub.source.status == "disconnected")  # a keep-alive takes far longer
        assert len(sub.messages) == WINDOW


@pytest.mark.parametrize("qos", [1, 2])
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_connections_that_break_while_nothing_is_delivered_pile_nothing_up(
    tmp_path: Path, protocol: str, qos: int
) -> None:
    numbers = range(1, WINDOW + 1)
    with ScriptedBroker() as broker, source(broker.port, tmp_path, protocol) as sub:
        connection = broker.sign_in(protocol, session=False, sub=sub)
        connection.send(*(publish(protocol, b"%d" % n, qos=qos, packet_id=n) for n in numbers))
        sub.until_received(WINDOW)
        for _ in range(2):
            connection.hang_up()
            sub.until(lambda: sub.source.status == "disconnected")
            connection = broker.sign_in(protocol, session=True, sub=sub)
            connection.send(
                *(publish(protocol, b"%d" % n, qos=qos, packet_id=n, dup=True) for n in numbers)
            )
            sub.until(lambda: len(sub.source._held) == WINDOW)
        assert len(sub.messages) == WINDOW
        assert sub.source.unacked == WINDOW
        for message in list(sub.messages):
            sub.source.ack(message)
        sub.until_received(2 * WINDOW)
        assert sub.source.counters.late_acks == WINDOW
        assert connection.answers() == []
        for message in sub.messages[WINDOW:]:
            sub.source.ack(message)
        kind = PUBREC if qos == 2 else PUBACK
        sub.until(lambda: connection.answers() == [(kind, n) for n in numbers])
        assert sub.source.unacked == 0
        broker.hang_up()
