"""A source against a real Mosquitto that goes away and comes back."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from core.mqtt.settings import source_settings
from core.mqtt.signin import end_session
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.raw_server import RawServer
from tests.helpers.subscriber import Subscriber, environment_at
from tests.helpers.tcp_proxy import TcpProxy
from tests.helpers.wait import PATIENCE_S

from .conftest import connector, publish, subscriber

pytestmark = pytest.mark.broker


@pytest.mark.parametrize("protocol", ["5.0", "3.1.1"])
def test_broker_restart_is_survived_with_subscriptions_and_queue(
    mosquitto: Mosquitto, tmp_path: Path, protocol: str
) -> None:
    with subscriber(mosquitto.port, tmp_path, "t", acknowledges=False, protocol=protocol) as sub:
        sub.until_subscribed()
        publish(mosquitto.port, tmp_path, "t", b"before")
        sub.until_received(1)
        mosquitto.stop()
        sub.until(lambda: sub.source.status == "disconnected")
        assert "Next try in 1 s." in sub.source.status_reason
        assert not sub.source.subscribed
        mosquitto.start()
        sub.until_subscribed()
        publish(mosquitto.port, tmp_path, "t", b"after")
        sub.until_received(3)
        assert sub.payloads == [b"before", b"before", b"after"]
        assert [m.connection for m in sub.messages] == [1, 2, 2]
        assert sub.source.counters.reconnects == 1
        assert sub.source.counters.sessions_lost == 0
        assert sub.source.counters.redelivered == 1
        assert sub.source.unacked == 3


def test_late_acknowledgement_does_not_acknowledge_another_message(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    with (
        TcpProxy(mosquitto.port) as proxy,
        subscriber(proxy.port, tmp_path, "t", acknowledges=False) as sub,
    ):
        sub.until_subscribed()
        publish(mosquitto.port, tmp_path, "t", b"A")
        sub.until_received(1)
        proxy.cut()
        sub.until(lambda: sub.source.status == "disconnected")
        settings = source_settings(
            connector(mosquitto.port), "subscriber", environment_at(tmp_path)
        )
        end_session(settings, 5.0)

        sub.until_subscribed()
        assert sub.source.counters.sessions_lost == 1
        publish(mosquitto.port, tmp_path, "t", b"B")
        sub.until_received(2)
        late, other = sub.messages
        assert late.packet_id == other.packet_id
        sub.source.ack(late)
        sub.source.step(0)
        assert sub.source.counters.late_acks == 1
        assert sub.source.unacked == 1

        proxy.cut()
        sub.until(lambda: sub.source.connection == 3)
        sub.until_received(3)
        assert sub.payloads == [b"A", b"B", b"B"]
        assert sub.messages[2].dup


def test_messages_held_back_survive_the_loss_of_the_session(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    options = {"protocol": "3.1.1", "receive_maximum": 1, "acknowledges": False}
    with (
        TcpProxy(mosquitto.port) as proxy,
        subscriber(proxy.port, tmp_path, "t", **options) as sub,
    ):
        sub.until_subscribed()
        publish(mosquitto.port, tmp_path, "t", b"1", b"2", b"3")
        sub.until(lambda: len(sub.source._held) == 2)
        proxy.cut()
        sub.until(lambda: sub.source.status == "disconnected")
        settings = source_settings(
            connector(mosquitto.port, protocol="3.1.1"), "subscriber", environment_at(tmp_path)
        )
        end_session(settings, 5.0)
        sub.until(lambda: sub.source.connection == 2)
        sub.source.ack(sub.messages[0])
        sub.until_received(2)
        sub.source.ack(sub.messages[1])
        sub.until_received(3)
        sub.source.ack(sub.messages[2])
        assert sub.payloads == [b"1", b"2", b"3"]
        assert sub.source.unacked == 0


def test_closed_connection_is_noticed_at_once(mosquitto: Mosquitto, tmp_path: Path) -> None:
    with TcpProxy(mosquitto.port) as proxy, subscriber(proxy.port, tmp_path, "t") as sub:
        sub.until_subscribed()
        proxy.cut()
        sub.until(lambda: sub.source.status == "disconnected")  # a keep-alive takes far longer
        sub.until_subscribed()
        assert proxy.accepted == 2


def test_message_above_the_limit_is_dropped_and_counted_with_3_1_1(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    options = {"protocol": "3.1.1", "max_packet_size": "1KB"}
    with subscriber(mosquitto.port, tmp_path, "t", **options) as sub:
        sub.until_subscribed()
        publish(mosquitto.port, tmp_path, "t", b"x" * 2_000, b"small")
        sub.until_received(1)
        assert sub.payloads == [b"small"]
        assert sub.source.counters.too_large == 1
        assert sub.source.counters.received == 1
        assert [reason for _, reason in sub.dropped] == ["too_large"]
        assert sub.source.unacked == 0


def test_wake_ends_a_waiting_step(mosquitto: Mosquitto, tmp_path: Path) -> None:
    with subscriber(mosquitto.port, tmp_path, "t") as sub:
        sub.until_subscribed()
        sub.source.wake()
        started = time.monotonic()
        sub.source.step(PATIENCE_S)
        assert time.monotonic() - started < PATIENCE_S / 2


def test_stopped_reading_hands_nothing_on_but_acknowledges(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    with subscriber(mosquitto.port, tmp_path, "t", acknowledges=False) as sub:
        sub.until_subscribed()
        publish(mosquitto.port, tmp_path, "t", b"1")
        sub.until_received(1)
        sub.source.stop_reading()
        publish(mosquitto.port, tmp_path, "t", b"2")
        sub.until(lambda: "Sending PUBLISH to subscriber (d0, q1, r0, m2" in mosquitto.log())
        sub.source.step(0.05)
        sub.acknowledge_all()
        assert sub.payloads == [b"1"]
    with subscriber(mosquitto.port, tmp_path, "t") as again:
        again.until_received(1)
        assert again.payloads == [b"2"]


def test_will_is_published_when_the_process_vanishes(mosquitto: Mosquitto, tmp_path: Path) -> None:
    will = {"topic": "gone", "payload": "bye", "qos": 1}
    with (
        TcpProxy(mosquitto.port) as proxy,
        subscriber(mosquitto.port, tmp_path / "w", "gone") as watcher,
    ):
        watcher.until_subscribed()
        victim = Subscriber(
            connector(proxy.port, will=will), environment_at(tmp_path), ("t",), client_id="victim"
        )
        with victim:
            victim.until_subscribed()
            proxy.cut()
            watcher.until_received(1)
        assert watcher.payloads == [b"bye"]


def test_source_can_be_closed_while_it_connects_and_twice(tmp_path: Path) -> None:
    with RawServer(b"", hangs_up=False) as server:
        sub = subscriber(server.port, tmp_path, "t")
        sub.source.start()
        sub.source.step(0)
        assert sub.source.status == "connecting"
        sub.source.close(PATIENCE_S)
        sub.source.close(PATIENCE_S)
        sub.source.wake()
        assert (sub.source.status, sub.source.status_reason) == ("stopped", "")


def test_acknowledgement_after_the_connection_is_gone_is_late(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    with subscriber(mosquitto.port, tmp_path, "t", acknowledges=False) as sub:
        sub.until_subscribed()
        publish(mosquitto.port, tmp_path, "t", b"1")
        sub.until_received(1)
        mosquitto.stop()
        sub.until(lambda: sub.source.status == "disconnected")
        sub.source.ack(sub.messages[0])
        assert sub.source.counters.late_acks == 1
        mosquitto.start()
