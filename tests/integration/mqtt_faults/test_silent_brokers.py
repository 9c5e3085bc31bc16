"""A source against a broker that hangs or falls quiet."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from core.mqtt import client
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.raw_server import RawServer
from tests.helpers.scripted_broker import PINGREQ, ScriptedBroker
from tests.helpers.scripted_broker import publish as scripted_publish
from tests.helpers.tcp_proxy import TcpProxy

from .conftest import PINGRESP, publish, subscriber

pytestmark = pytest.mark.broker


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
