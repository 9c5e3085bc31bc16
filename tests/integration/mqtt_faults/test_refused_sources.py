"""A source that is not let in, or meets what is no broker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import ConfigError, NotConnected
from core.workspace.mqtt import MqttConnector
from tests.helpers.mosquitto import Mosquitto, free_port
from tests.helpers.raw_server import RawServer
from tests.helpers.subscriber import Subscriber, environment_at
from tests.helpers.tcp_proxy import TcpProxy

from .conftest import CONNACK_V5, connector, subscriber

pytestmark = pytest.mark.broker


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


def test_tls_handshake_that_never_ends_is_given_up(tmp_path: Path) -> None:
    with RawServer(b"", hangs_up=False) as server:
        silent = MqttConnector(
            name="plant", server=f"mqtts://127.0.0.1:{server.port}", connect_timeout="2s"
        )
        with Subscriber(silent, environment_at(tmp_path), ("t",)) as sub:
            sub.until(lambda: sub.source.status == "disconnected")
            assert "did not answer in time" in sub.source.status_reason
