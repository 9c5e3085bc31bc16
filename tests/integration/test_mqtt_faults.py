"""A source against a real Mosquitto that goes away, and against things that are no broker."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.errors import ConfigError, NotConnected
from core.mqtt import client
from core.mqtt.publisher import Publisher
from core.mqtt.settings import source_settings
from core.mqtt.signin import end_session
from core.workspace.mqtt import MqttConnector
from tests.helpers.mosquitto import Mosquitto, free_port
from tests.helpers.raw_server import RawServer
from tests.helpers.scripted_broker import PINGREQ, ScriptedBroker
from tests.helpers.scripted_broker import publish as scripted_publish
from tests.helpers.subscriber import Subscriber, environment_at
from tests.helpers.tcp_proxy import TcpProxy
from tests.helpers.wait import PATIENCE_S

pytestmark = pytest.mark.broker

CONNACK_V5 = b"\x20\x03\x00\x00\x00"
PINGRESP = b"\xd0\x00"


def connector(port: int, **options: Any) -> MqttConnector:
    values = {"reconnect_min": "50ms", "reconnect_max": "200ms", **options}
    return MqttConnector(name="plant", server=f"mqtt://127.0.0.1:{port}", **values)


def subscriber(port: int, folder: Path, *filters: str, **options: Any) -> Subscriber:
    acknowledges = options.pop("acknowledges", True)
    return Subscriber(
        connector(port, **options), environment_at(folder), filters, acknowledges=acknowledges
    )


def publish(port: int, folder: Path, topic: str, *payloads: bytes) -> None:
    publisher = Publisher(
        connector(port), client_id="elsewhere", environment=environment_at(folder)
    )
    for payload in payloads:
        publisher.publish(topic, payload, qos=1)
    publisher.close()


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


@pytest.mark.alone
@pytest.mark.parametrize("protocol", ["5.0", "3.1.1"])
def test_silent_cut_is_noticed_after_one_and_a_half_keepalives(
    mosquitto: Mosquitto, tmp_path: Path, protocol: str
) -> None:
    options = {"keepalive": "1s", "protocol": protocol}
    with TcpProxy(mosquitto.port) as proxy, subscriber(proxy.port, tmp_path, "t", **options) as sub:
        sub.until_subscribed()
        proxy.pause()
        silent_at = time.monotonic()
        sub.until(lambda: sub.source.status == "disconnected")
        assert 1.3 < time.monotonic() - silent_at < 2.5
        assert "silent" in sub.source.status_reason
        proxy.resume()
        sub.until_subscribed()


def test_a_broker_that_hangs_is_said_long_before_the_keep_alive_ends(
    mosquitto: Mosquitto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "ASK_AFTER_S", 0.2)
    monkeypatch.setattr(client, "ANSWER_S", 0.5)
    with TcpProxy(mosquitto.port) as proxy, subscriber(proxy.port, tmp_path, "t") as sub:
        sub.until_subscribed()
        publish(mosquitto.port, tmp_path, "t", b"1")
        sub.until_received(1)
        proxy.pause()
        publish(mosquitto.port, tmp_path, "t", b"2")
        sub.until(lambda: sub.source.status == "degraded")
        said = sub.source.status_reason
        assert said.startswith(f"mqtt://127.0.0.1:{proxy.port} is connected, but has sent nothing")
        assert "after 90 s the connection is made anew" in said

        proxy.resume()
        sub.until_received(2)
        assert (sub.source.status, sub.source.status_reason) == ("connected", "")
        assert sub.source.connection == 1


@pytest.mark.parametrize("protocol", ["5.0", "3.1.1"])
def test_a_broker_that_falls_quiet_is_asked_once_if_it_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, protocol: str
) -> None:
    monkeypatch.setattr(client, "ASK_AFTER_S", 0.1)
    monkeypatch.setattr(client, "ANSWER_S", 60.0)
    with ScriptedBroker() as broker, subscriber(broker.port, tmp_path, "t", protocol=protocol) as s:
        connection = broker.sign_in(protocol, session=False, sub=s)
        for asked in (1, 2):
            s.until(lambda asked=asked: connection.count(PINGREQ) == asked)
            connection.send(PINGRESP)
            until = time.monotonic() + 0.5
            s.until(lambda until=until: time.monotonic() > until)
            assert connection.count(PINGREQ) == asked, "an answer is enough"
            connection.send(scripted_publish(protocol, b"x", qos=0))
            s.until_received(asked)


def test_a_broker_that_answers_is_asked_once_in_each_keep_alive(tmp_path: Path) -> None:
    with ScriptedBroker() as broker, subscriber(broker.port, tmp_path, "t", keepalive="1s") as sub:
        connection = broker.sign_in("5.0", session=False, sub=sub)
        began = time.monotonic()
        answered = 0

        def answers() -> int:
            nonlocal answered
            if connection.count(PINGREQ) > answered:
                answered += 1
                connection.send(PINGRESP)
            return answered

        sub.until(lambda: answers() == 3)
        assert time.monotonic() - began > 2.5
        assert sub.source.connection == 1


def test_a_broker_that_hangs_later_on_an_idle_topic_is_said_with_the_next_keep_alive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "ASK_AFTER_S", 0.1)
    monkeypatch.setattr(client, "ANSWER_S", 0.3)
    with ScriptedBroker() as broker, subscriber(broker.port, tmp_path, "t", keepalive="4s") as sub:
        connection = broker.sign_in("5.0", session=False, sub=sub)
        sub.until(lambda: connection.count(PINGREQ) == 1)
        connection.send(PINGRESP)
        sub.until(lambda: connection.count(PINGREQ) == 2)
        sub.until(lambda: sub.source.status != "connected")
        assert sub.source.status == "degraded"


def test_a_broker_that_is_asked_again_stays_silent_until_it_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "ASK_AFTER_S", 0.1)
    monkeypatch.setattr(client, "ANSWER_S", 0.3)
    with ScriptedBroker() as broker, subscriber(broker.port, tmp_path, "t", keepalive="2s") as sub:
        connection = broker.sign_in("5.0", session=False, sub=sub)
        sub.until(lambda: sub.source.status == "degraded")
        seen: set[str] = set()

        def is_lost() -> bool:
            seen.add(sub.source.status)
            return sub.source.status == "disconnected"

        sub.until(is_lost)
        assert connection.count(PINGREQ) == 2
        assert seen == {"degraded", "disconnected"}


def test_the_time_at_which_a_silent_connection_ends_is_the_one_the_broker_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "ASK_AFTER_S", 0.1)
    monkeypatch.setattr(client, "ANSWER_S", 0.3)
    keeps_alive_20_s = b"\x20\x06\x00\x00\x03\x13\x00\x14"
    with (
        RawServer(keeps_alive_20_s, hangs_up=False) as server,
        subscriber(server.port, tmp_path, "t") as sub,
    ):
        sub.until(lambda: sub.source.status == "degraded")
        assert "after 30 s the connection is made anew" in sub.source.status_reason


def test_idle_connection_is_kept_alive(mosquitto: Mosquitto, tmp_path: Path) -> None:
    with subscriber(mosquitto.port, tmp_path, "t", keepalive="1s") as sub:
        sub.until_subscribed()
        until = time.monotonic() + 3
        sub.until(lambda: time.monotonic() > until)
        assert sub.source.status == "connected"
        assert sub.source.connection == 1


def test_session_taken_over_stops_the_source(tmp_path: Path) -> None:
    taken_over = b"\xe0\x02\x8e\x00"
    with (
        RawServer(CONNACK_V5, taken_over) as server,
        subscriber(server.port, tmp_path, "t") as sub,
    ):
        sub.until(lambda: sub.source.status == "failed")
        assert 'the client id "subscriber"' in sub.source.status_reason
        assert "set another client_id" in sub.source.status_reason
        assert len(server.received) == 2


def test_two_sources_with_one_client_id_do_not_fight_for_ever(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    """Mosquitto 2.0 closes the older connection without a word."""
    with (
        subscriber(mosquitto.port, tmp_path / "1", "t") as one,
        subscriber(mosquitto.port, tmp_path / "2", "t") as two,
    ):
        sources = (one.source, two.source)
        one.until(lambda: (two.source.step(0), any(s.status == "failed" for s in sources))[1])
        loser, winner = sorted(sources, key=lambda source: source.status != "failed")
        assert 'another client uses the client id "subscriber"' in loser.status_reason
        one.until(lambda: (two.source.step(0), winner.subscribed)[1])


def test_repeated_drops_after_sign_in_stop_the_source(mosquitto: Mosquitto, tmp_path: Path) -> None:
    with (
        TcpProxy(mosquitto.port) as proxy,
        subscriber(proxy.port, tmp_path, "t", protocol="3.1.1") as sub,
    ):
        for count in range(1, 4):
            sub.until(lambda count=count: sub.source.connection == count)
            proxy.cut()
            sub.until(lambda: sub.source.status != "connected")
        assert sub.source.status == "failed"
        assert '"subscriber"' in sub.source.status_reason
        assert proxy.accepted == 3


@pytest.mark.parametrize("protocol", ["5.0", "3.1.1"])
def test_wrong_password_names_the_user_and_is_tried_again_slowly(
    make_mosquitto: Callable[..., Mosquitto], tmp_path: Path, protocol: str
) -> None:
    broker = make_mosquitto(users={"bridge": "right"})
    wrong = {"username": "bridge", "password": "env:WRONG_PASSWORD", "protocol": protocol}
    with (
        TcpProxy(broker.port) as proxy,
        subscriber(proxy.port, tmp_path, "t", **wrong, reconnect_max="30s") as sub,
    ):
        sub.until(lambda: sub.source.status == "failed")
        assert '"bridge"' in sub.source.status_reason
        assert "username and password" in sub.source.status_reason
        assert "Next try in 30 s." in sub.source.status_reason
        for _ in range(20):
            sub.source.step(0.02)
        assert proxy.accepted == 1
    right = {**wrong, "password": "env:TEST_PASSWORD"}
    with subscriber(broker.port, tmp_path, "t", **right) as sub:
        sub.until_subscribed()


def test_who_was_refused_is_let_in_as_soon_as_the_broker_allows_it(
    make_mosquitto: Callable[..., Mosquitto], tmp_path: Path
) -> None:
    broker = make_mosquitto(users={"bridge": "another"})
    options = {"username": "bridge", "password": "env:TEST_PASSWORD"}
    pace = {"reconnect_min": "100ms", "reconnect_max": "200ms"}
    with subscriber(broker.port, tmp_path, "t", **options, **pace) as sub:
        sub.until(lambda: sub.source.status == "failed")
        broker.stop()
        broker.users["bridge"] = "right"
        broker.start()
        sub.until_subscribed()
        assert sub.source.status == "connected"


@pytest.mark.parametrize(
    ("protocol", "answer", "other"),
    [
        ("5.0", b"\x20\x03\x00\x84\x00", "3.1.1"),
        ("5.0", b"\x20\x02\x00\x01", "3.1.1"),
        ("3.1.1", b"\x20\x02\x00\x01", "5.0"),
    ],
)
def test_refused_version_is_said_and_never_changed(
    tmp_path: Path, protocol: str, answer: bytes, other: str
) -> None:
    with (
        RawServer(answer) as server,
        subscriber(server.port, tmp_path, "t", protocol=protocol) as sub,
    ):
        sub.until(lambda: sub.source.status == "failed")
        assert f"does not speak MQTT {protocol}" in sub.source.status_reason
        assert f'protocol = "{other}"' in sub.source.status_reason
        assert len(server.received) == 1


@pytest.mark.parametrize(
    ("answer", "speaks_first", "words"),
    [
        (b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", False, "web server"),
        (b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", True, "does not speak MQTT"),
        (b"\x15\x03\x01\x00\x02\x02\x46", False, "expects TLS"),
        (b"", False, "closed the connection without answering"),
    ],
    ids=["web server", "ssh", "tls", "nothing"],
)
def test_what_is_no_broker_is_named(
    tmp_path: Path, answer: bytes, speaks_first: bool, words: str
) -> None:
    with (
        RawServer(answer, speaks_first=speaks_first) as server,
        subscriber(server.port, tmp_path, "t") as sub,
    ):
        sub.until(lambda: sub.source.status == "disconnected")
        assert words in sub.source.status_reason


def test_broker_that_never_answers_is_given_up_and_tried_again(tmp_path: Path) -> None:
    with (
        RawServer(b"", hangs_up=False) as server,
        subscriber(server.port, tmp_path, "t", connect_timeout="2s") as sub,
    ):
        sub.until(lambda: sub.source.status == "disconnected")
        assert "did not answer the sign-in" in sub.source.status_reason
        sub.until(lambda: len(server.received) == 2)


def test_nothing_listening_is_said_with_the_time_of_the_next_try(tmp_path: Path) -> None:
    with subscriber(free_port(), tmp_path, "t", reconnect_min="10s") as sub:
        sub.until(lambda: sub.source.status == "disconnected")
        assert "Nothing listens on port" in sub.source.status_reason
        assert sub.source.status_reason.endswith(" s.")
        assert "Next try in" in sub.source.status_reason


def test_refused_filter_degrades_the_source_and_is_named(tmp_path: Path) -> None:
    suback = b"\x90\x04\x00\x01\x00\x87"
    with (
        RawServer(CONNACK_V5, suback, hangs_up=False) as server,
        subscriber(server.port, tmp_path, "secret/#") as sub,
    ):
        sub.until(lambda: sub.source.status == "degraded")
        assert sub.source.subscribed
        assert '"secret/#": not authorized (0x87)' in sub.source.status_reason
        assert sub.source.subscriptions[0].granted_qos is None
        assert sub.events[-1].status == "degraded"


def test_malformed_packet_ends_the_connection(tmp_path: Path) -> None:
    publish_with_bad_topic = b"\x30\x05\x00\x02\xff\xfe\x00"
    with (
        RawServer(CONNACK_V5, publish_with_bad_topic, hangs_up=False) as server,
        subscriber(server.port, tmp_path, "t") as sub,
    ):
        sub.until(lambda: sub.source.status == "disconnected")
        assert "no legal MQTT 5.0" in sub.source.status_reason


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


def test_missing_secret_fails_for_good(mosquitto: Mosquitto, tmp_path: Path) -> None:
    def missing(_reference: object) -> str:
        raise ConfigError("the secret env:NOPE is not set", hint="Set it.")

    environment = replace(environment_at(tmp_path), resolve_secret=missing)
    options = connector(mosquitto.port, username="u", password="env:NOPE")
    with Subscriber(options, environment, ("t",)) as sub:
        sub.until(lambda: sub.source.status == "failed")
        assert sub.source.status_reason == "the secret env:NOPE is not set Set it."


def test_embedded_broker_that_is_not_running_is_said(tmp_path: Path) -> None:
    embedded = MqttConnector(name="plant", server="sandbox")
    with pytest.raises(NotConnected, match="embedded broker") as caught:
        Subscriber(embedded, environment_at(tmp_path), ("t",))
    assert "--sandbox" in caught.value.hint


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


def test_tls_handshake_that_never_ends_is_given_up(tmp_path: Path) -> None:
    with RawServer(b"", hangs_up=False) as server:
        silent = MqttConnector(
            name="plant", server=f"mqtts://127.0.0.1:{server.port}", connect_timeout="2s"
        )
        with Subscriber(silent, environment_at(tmp_path), ("t",)) as sub:
            sub.until(lambda: sub.source.status == "disconnected")
            assert "did not answer in time" in sub.source.status_reason


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
