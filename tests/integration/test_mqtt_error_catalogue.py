"""Every entry of the MQTT error catalogue, brought about by what it is about.

Each answer has to say what happened, where, why, and what to do next.
"""

from __future__ import annotations

import contextlib
import http.server
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from core.errors import AuthFailed, ConnectFailed, DeliveryFailed
from core.mqtt.catalogue import (
    DISCONNECTS,
    FILTER_HINTS,
    REASONS,
    REFUSALS,
    TROUBLES,
    Trouble,
    connack_failure,
    disconnect_failure,
    failure,
    filter_hint,
    reason_text,
)
from core.mqtt.publisher import Publisher
from core.mqtt.settings import source_settings
from core.workspace.mqtt import MqttConnector
from tests.helpers.certificates import Certificates, make_certificates
from tests.helpers.mosquitto import Mosquitto, free_port
from tests.helpers.raw_server import RawServer
from tests.helpers.scripted_broker import ScriptedBroker, sized
from tests.helpers.subscriber import Subscriber, environment_at
from tests.helpers.tcp_proxy import TcpProxy
from tests.helpers.ws_proxy import WebSocketProxy

pytestmark = pytest.mark.broker

PROTOCOLS = ("5.0", "3.1.1")
CONNACK_V5 = b"\x20\x03\x00\x00\x00"

Act = Callable[[Subscriber], None]
"""What a test does once the source has been started."""


@dataclass
class World:
    """What a cause may be made of."""

    folder: Path
    make_mosquitto: Callable[..., Mosquitto]
    certificates: Certificates
    strangers: Certificates


@dataclass(frozen=True)
class Cause:
    step: str
    make: Callable[[World], contextlib.AbstractContextManager[tuple[dict[str, Any], Act]]]


CAUSES: dict[Trouble, Cause] = {}


def nothing(_: Subscriber) -> None:
    return


def cause(trouble: Trouble, step: str) -> Callable[[Any], Any]:
    """Register a generator of (connector options, what to do then)."""

    def register(make: Callable[[World], Iterator[tuple[dict[str, Any], Act]]]) -> object:
        CAUSES[trouble] = Cause(step, contextlib.contextmanager(make))
        return make

    return register


Made = Iterator[tuple[dict[str, Any], Act]]


def tcp(port: int, scheme: str = "mqtt", **options: Any) -> dict[str, Any]:
    return {"server": f"{scheme}://127.0.0.1:{port}", **options}


# -- reaching it


@cause("resolve", "resolve")
def unknown_name(_: World) -> Made:
    yield {"server": "mqtt://no-such-host.invalid:1883"}, nothing


@cause("refused", "connect")
def nothing_listens(_: World) -> Made:
    yield tcp(free_port()), nothing


@cause("unreachable", "connect")
def no_way(_: World) -> Made:
    yield {"server": "mqtt://255.255.255.255:1883"}, nothing  # refused here, not on a network


@cause("timeout", "tls")
def silent_during_the_handshake(_: World) -> Made:
    with RawServer(b"", hangs_up=False) as server:
        yield tcp(server.port, "mqtts", connect_timeout="2s"), nothing


@contextlib.contextmanager
def resetting_server() -> Iterator[int]:
    """Accepts, waits for a first byte, and resets the connection."""

    def serve() -> None:
        with contextlib.suppress(OSError):
            client, _ = listener.accept()
            client.recv(1)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(5)


@cause("websocket", "connect")
def wrong_path(world: World) -> Made:
    broker = world.make_mosquitto()
    with WebSocketProxy(broker.port, path="/right") as front:
        yield {"server": f"ws://127.0.0.1:{front.port}/wrong"}, nothing


# -- TLS


def tls(world: World, broker: Mosquitto, **ssl_options: Any) -> dict[str, Any]:
    return {"server": broker.url, "ssl": {"cacertfile": str(world.certificates.ca), **ssl_options}}


@cause("certificate", "tls")
def unknown_authority(world: World) -> Made:
    broker = world.make_mosquitto(certificates=world.certificates)
    yield tls(world, broker, cacertfile=str(world.strangers.ca)), nothing


@cause("certificate_name", "tls")
def certificate_of_another_host(world: World) -> Made:
    broker = world.make_mosquitto(
        certificates=world.certificates, certfile=world.certificates.wrong_host
    )
    yield tls(world, broker), nothing


@cause("certificate_expired", "tls")
def old_certificate(world: World) -> Made:
    broker = world.make_mosquitto(
        certificates=world.certificates, certfile=world.certificates.expired
    )
    yield tls(world, broker), nothing


@cause("client_certificate", "tls")
def client_of_another_authority(world: World) -> Made:
    broker = world.make_mosquitto(certificates=world.certificates, needs_client_certificate=True)
    strangers = world.strangers
    own = {"certfile": str(strangers.client), "keyfile": str(strangers.client_key)}
    yield tls(world, broker, versions=["tlsv1.2"], **own), nothing


@cause("tls_refused", "tls")
def no_client_certificate(world: World) -> Made:
    broker = world.make_mosquitto(certificates=world.certificates, needs_client_certificate=True)
    yield tls(world, broker, versions=["tlsv1.2"]), nothing


@cause("not_tls", "tls")
def tls_to_a_plain_port(world: World) -> Made:
    answer = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
    with RawServer(answer, hangs_up=False) as server:
        yield tcp(server.port, "mqtts"), nothing


@cause("tls", "tls")
def tls_to_a_broker_that_hangs_up(world: World) -> Made:
    broker = world.make_mosquitto()
    yield tcp(broker.port, "mqtts"), nothing


@contextlib.contextmanager
def tls_server(world: World) -> Iterator[int]:
    """Shakes hands, then hangs up, as a broker does that misses a certificate (TLS 1.3)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(world.certificates.server, world.certificates.server_key)

    def serve() -> None:
        with contextlib.suppress(OSError):
            client, _ = listener.accept()
            with context.wrap_socket(client, server_side=True) as wrapped:
                wrapped.recv(4096)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(5)


@cause("closed_early_tls", "sign_in")
def hung_up_after_the_handshake(world: World) -> Made:
    with tls_server(world) as port:
        yield tcp(port, "mqtts", ssl={"cacertfile": str(world.certificates.ca)}), nothing


# -- signing in


@cause("no_answer", "sign_in")
def silent_server(_: World) -> Made:
    with RawServer(b"", hangs_up=False) as server:
        yield tcp(server.port, connect_timeout="2s"), nothing


@cause("reset", "sign_in")
def reset_during_the_sign_in(_: World) -> Made:
    with resetting_server() as port:
        yield tcp(port), nothing


@cause("closed_early", "sign_in")
def broker_that_cannot_keep_the_will(world: World) -> Made:
    broker = world.make_mosquitto(extra=("retain_available false",))
    will = {"topic": "gone", "retain": True}
    yield tcp(broker.port, protocol="3.1.1", will=will), nothing


@cause("not_mqtt", "sign_in")
def ssh_server(_: World) -> Made:
    with RawServer(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", speaks_first=True) as server:
        yield tcp(server.port), nothing


@cause("expects_tls", "sign_in")
def plain_connection_to_a_tls_port(_: World) -> Made:
    with RawServer(b"\x15\x03\x01\x00\x02\x02\x46") as server:
        yield tcp(server.port), nothing


@cause("http", "sign_in")
def web_server(_: World) -> Made:
    class Quiet(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            return

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        # A line that ends is what makes a web server answer a sign-in.
        yield tcp(server.server_port, username="\r\n\r\n"), nothing
        server.shutdown()
        thread.join(5)


# -- staying connected


@cause("closed", "sign_in")
def connection_cut(world: World) -> Made:
    broker = world.make_mosquitto()
    with TcpProxy(broker.port) as proxy:

        def cut(sub: Subscriber) -> None:
            sub.until_subscribed()
            proxy.cut()

        yield tcp(proxy.port), cut


@cause("keepalive", "sign_in")
def cable_pulled(world: World) -> Made:
    broker = world.make_mosquitto()
    with TcpProxy(broker.port) as proxy:

        def pull(sub: Subscriber) -> None:
            sub.until_subscribed()
            proxy.pause()

        yield tcp(proxy.port, keepalive="1s"), pull


@cause("malformed", "sign_in")
def broken_packet(_: World) -> Made:
    with RawServer(CONNACK_V5, b"\x30\x05\x00\x02\xff\xfe\x00", hangs_up=False) as server:
        yield tcp(server.port), nothing


@cause("taken_over", "sign_in")
def session_taken_over(_: World) -> Made:
    with RawServer(CONNACK_V5, b"\xe0\x02\x8e\x00") as server:
        yield tcp(server.port), nothing


@cause("repeated_drops", "sign_in")
def fight_for_the_client_id(world: World) -> Made:
    broker = world.make_mosquitto()

    def fight(sub: Subscriber) -> None:
        """Sign in with the same id again and again; Mosquitto 2.0.11 drops the older one."""
        for count in range(1, 4):
            sub.until(lambda count=count: sub.source.connection == count and sub.source.subscribed)
            intruder = MqttConnector(name="x", server=broker.url, reconnect_min="10s")
            other = Subscriber(intruder, environment_at(world.folder / f"{count}"), ("x",))
            with other:
                other.until_subscribed()
                sub.until(lambda: sub.source.status != "connected")

    yield tcp(broker.port, reconnect_min="50ms", reconnect_max="50ms"), fight


# -- the tests


@pytest.fixture(scope="module")
def strangers(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("strangers"))


@pytest.fixture
def world(
    tmp_path: Path,
    make_mosquitto: Callable[..., Mosquitto],
    certificates: Certificates,
    strangers: Certificates,
) -> World:
    return World(tmp_path, make_mosquitto, certificates, strangers)


def source(folder: Path, **options: Any) -> Subscriber:
    connector = MqttConnector(name="plant", **{"reconnect_min": "10s", **options})
    return Subscriber(connector, environment_at(folder / "source"), ("t",))


def failed(sub: Subscriber) -> ConnectFailed:
    """Wait for the failure and give it, with what every failure has to have."""
    sub.until(lambda: sub.source.status in ("disconnected", "failed"))
    error = sub.source._link.failure
    assert isinstance(error, ConnectFailed)
    assert error.cause
    assert error.hint
    assert error.message in sub.source.status_reason
    assert sub.events[-1].hint == error.hint
    return error


def facts_of(sub: Subscriber) -> Any:
    return source_settings(sub.source._connector, "subscriber", environment_at(Path())).facts


def test_every_trouble_has_its_cause_here() -> None:
    """All but `other`, which is for errors of a system that nobody here has seen."""
    assert set(CAUSES) == set(TROUBLES) - {"other"}


@pytest.mark.allow_hosts(["127.0.0.1", "255.255.255.255"])  # refused before it leaves the machine
@pytest.mark.parametrize("trouble", CAUSES)
def test_trouble_is_explained(trouble: Trouble, world: World) -> None:
    step, make = CAUSES[trouble].step, CAUSES[trouble].make
    with make(world) as (options, act), source(world.folder, **options) as sub:
        act(sub)
        error = failed(sub)
        facts = facts_of(sub)
        expected = failure(trouble, facts, step=step, cause=error.cause)
        assert error.message == expected.error.message
        assert error.hint == expected.error.hint
        assert error.step == step
        assert facts.server in error.message or facts.host in error.message
        assert sub.source.status == ("failed" if expected.fatal else "disconnected")


def test_client_certificate_that_tls_1_3_misses_late_is_named(world: World) -> None:
    """The broker's word may get lost behind a reset; then the sentence says that it may be that."""
    broker = world.make_mosquitto(certificates=world.certificates, needs_client_certificate=True)
    with source(world.folder, **tls(world, broker, versions=["tlsv1.3"])) as sub:
        error = failed(sub)
        assert "client certificate" in error.message
        assert "ssl.certfile" in error.hint


@pytest.mark.parametrize("code", REFUSALS, ids=hex)
def test_refused_sign_in_is_explained(code: int, tmp_path: Path) -> None:
    words = b"\x1f\x00\x07no tea."
    answer = sized(0x20, bytes((0, code, len(words))) + words)
    with RawServer(answer) as server, source(tmp_path, **tcp(server.port, username="u")) as sub:
        error = failed(sub)
        expected = connack_failure(code, facts_of(sub), "no tea.")
        assert (error.message, error.hint) == (expected.error.message, expected.error.hint)
        assert error.message.endswith("It says: no tea.")
        assert error.step == "sign_in"
        assert f"0x{code:02X}" in error.cause
        assert sub.source.status == ("failed" if expected.fatal else "disconnected")


@pytest.mark.parametrize("code", [1, 2, 3, 4, 5, 99])
def test_refused_sign_in_of_3_1_1_is_explained(code: int, tmp_path: Path) -> None:
    answer = bytes((0x20, 2, 0, code))
    with RawServer(answer) as server, source(tmp_path, **tcp(server.port, protocol="3.1.1")) as sub:
        error = failed(sub)
        expected = connack_failure(code, facts_of(sub))
        assert (error.message, error.hint) == (expected.error.message, expected.error.hint)
        assert sub.source.status == ("failed" if expected.fatal else "disconnected")


@pytest.mark.parametrize("code", DISCONNECTS, ids=hex)
def test_disconnect_is_explained(code: int, tmp_path: Path) -> None:
    words = b"\x1f\x00\x07no tea."
    with ScriptedBroker() as broker, source(tmp_path, **tcp(broker.port)) as sub:
        connection = broker.sign_in("5.0", session=False, sub=sub)
        connection.send(sized(0xE0, bytes((code, len(words))) + words))
        error = failed(sub)
        if code:
            expected = disconnect_failure(code, facts_of(sub), "no tea.")
        else:  # a normal end needs no words of the broker's
            expected = failure("closed", facts_of(sub))
        assert (error.message, error.hint) == (expected.error.message, expected.error.hint)
        assert sub.source.status == ("failed" if expected.fatal else "disconnected")


SUBACK_CODES = [0x80, 0x83, 0x87, 0x8F, 0x91, 0x97, 0x9E, 0xA1, 0xA2]


def test_every_hint_for_a_filter_is_tried_here() -> None:
    assert set(FILTER_HINTS) < set(SUBACK_CODES) <= set(REASONS)


@pytest.mark.parametrize("code", SUBACK_CODES, ids=hex)
def test_refused_filter_is_explained(code: int, tmp_path: Path) -> None:
    with ScriptedBroker() as broker, source(tmp_path, **tcp(broker.port)) as sub:
        broker.sign_in("5.0", session=False, sub=sub, granted=code)
        sub.until(lambda: sub.source.status == "degraded")
        reason = sub.source.status_reason
        assert f'"t": {reason_text(code)}' in reason
        assert facts_of(sub).server in reason
        assert reason.endswith(filter_hint(code, facts_of(sub)))


# -- what a real broker says


@pytest.mark.parametrize(
    ("extra", "will", "words"),
    [
        ("retain_available false", {"topic": "w", "retain": True}, "0x9A"),
        ("max_qos 1", {"topic": "w", "qos": 2}, "0x9B"),
    ],
)
def test_mosquitto_refuses_a_will_that_it_cannot_keep(
    world: World, extra: str, will: dict[str, Any], words: str
) -> None:
    broker = world.make_mosquitto(extra=(extra,))
    with source(world.folder, server=broker.url, will=will) as sub:
        assert words in failed(sub).message
        assert sub.source.status == "failed"


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("user", ["bridge", "nobody", None], ids=["password", "unknown", "none"])
def test_mosquitto_refuses_credentials(world: World, protocol: str, user: str | None) -> None:
    broker = world.make_mosquitto(users={"bridge": "right"})
    options = {} if user is None else {"username": user, "password": "env:WRONG_PASSWORD"}
    with source(world.folder, server=broker.url, protocol=protocol, **options) as sub:
        error = failed(sub)
        assert isinstance(error, AuthFailed)
        assert user is None or f'"{user}"' in error.message
        assert "wrong" not in error.message.replace("password is wrong", ""), "a secret is told"
        assert sub.source.status == "failed"


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_mosquitto_does_not_let_this_client_id_in(world: World, protocol: str) -> None:
    broker = world.make_mosquitto(extra=("clientid_prefixes engine-",))
    with source(world.folder, server=broker.url, protocol=protocol) as sub:
        error = failed(sub)
        assert '"subscriber"' in error.message
        assert "not allowed to connect" in error.message


def test_mosquitto_ends_a_connection_over_a_packet_that_is_too_large(world: World) -> None:
    """Its limit is in CONNACK, so only what is sent regardless gets there: a long filter."""
    broker = world.make_mosquitto(extra=("max_packet_size 100",))
    connector = MqttConnector(name="plant", server=broker.url, reconnect_min="10s")
    with Subscriber(connector, environment_at(world.folder), ("t" * 200,)) as sub:
        error = failed(sub)
        assert "0x95" in error.message
        assert error.cause == "DISCONNECT 0x95"


def test_message_that_mosquitto_does_not_let_through_is_named(world: World) -> None:

    broker = world.make_mosquitto(acl=("topic read t",))
    connector = MqttConnector(name="plant", server=broker.url)
    publisher = Publisher(connector, client_id="me", environment=environment_at(world.folder))
    for qos in (1, 2):
        with pytest.raises(DeliveryFailed, match=r'message to "secret": not authorized') as caught:
            publisher.publish("secret", b"x", qos=qos)
        assert caught.value.hint
    publisher.close()
