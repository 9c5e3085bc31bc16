"""How clients leave the embedded MQTT broker: nobody else pays for it, however they do it."""

from __future__ import annotations

import asyncio
import socket
import threading

import pytest

from core.sandbox.broker import MqttBroker
from core.sandbox.process import SandboxProcess
from core.sandbox.splice import Splice
from core.workspace.environment import SandboxAddresses
from tests.helpers.raw_mqtt import (
    DISCONNECT,
    LEVELS,
    answer,
    connect,
    open_mqtt,
    publish,
    subscribe,
    vanish,
)
from tests.helpers.wait import PATIENCE_S, aeventually


def assert_serves(sandbox: SandboxAddresses) -> None:
    """Fail when a new client gets no session, in any version."""
    for version in LEVELS:
        with open_mqtt(sandbox) as probe:
            probe.sendall(connect("", version))
            assert answer(probe) == "CONNACK", version


@pytest.mark.parametrize("version", LEVELS)
def test_a_client_id_comes_back_whatever_its_letters(
    private_sandbox: SandboxProcess, version: str
) -> None:
    for client_id in ["site/dev", "a+b", "$SYS", "#1", "50%", "plain"] * 3:
        with open_mqtt(private_sandbox.addresses) as client:
            client.sendall(connect(client_id, version))
            assert answer(client) == "CONNACK"
            client.sendall(DISCONNECT)
            assert answer(client) == "closed"


@pytest.mark.parametrize("version", LEVELS)
def test_clients_that_are_gone_before_their_session_harm_nobody(
    private_sandbox: SandboxProcess, version: str
) -> None:
    for number in range(100):
        client = open_mqtt(private_sandbox.addresses)
        client.sendall(connect("hasty", version))
        if number % 2:
            vanish(client)
        else:
            client.close()

    assert_serves(private_sandbox.addresses)


def test_sessions_last_while_others_come_and_leave(sandbox: SandboxAddresses) -> None:
    lost: list[str] = []

    def come_and_leave(version: str) -> None:
        for _ in range(100):
            with open_mqtt(sandbox) as client:
                client.sendall(connect("", version))
                first = answer(client)
                client.sendall(subscribe("nothing/here", version))
                if (found := (first, answer(client))) != ("CONNACK", "SUBACK"):
                    lost.append(f"{version}: {found}")
                client.sendall(DISCONNECT)

    threads = [threading.Thread(target=come_and_leave, args=(v,)) for v in [*LEVELS, *LEVELS]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert lost == []


def test_subscribers_leave_in_the_middle_of_a_flood(private_sandbox: SandboxProcess) -> None:
    sandbox = private_sandbox.addresses
    ended = threading.Event()

    def flood() -> None:
        burst = publish("flood", b"x" * 50) * 400
        with open_mqtt(sandbox) as publisher:
            publisher.sendall(connect(""))
            while not ended.wait(0.004):
                publisher.sendall(burst)

    publishers = [threading.Thread(target=flood) for _ in range(2)]
    for thread in publishers:
        thread.start()
    try:
        for _ in range(20):
            with open_mqtt(sandbox) as subscriber:
                subscriber.sendall(connect("") + subscribe("flood"))
                received = 0
                while received < 400_000:
                    got = len(subscriber.recv(8192))
                    assert got, "closed by the broker"
                    received += got
                subscriber.sendall(DISCONNECT)
                while subscriber.recv(65_536):
                    pass
    finally:
        ended.set()
        for thread in publishers:
            thread.join()

    assert_serves(sandbox)


@pytest.mark.parametrize("version", LEVELS)
def test_what_is_published_right_before_disconnect_arrives(
    sandbox: SandboxAddresses, version: str
) -> None:
    topic = f"last-words/{version}"
    with open_mqtt(sandbox) as subscriber:
        subscriber.sendall(connect("", version) + subscribe(topic, version))
        assert [answer(subscriber), answer(subscriber)] == ["CONNACK", "SUBACK"]
        for _ in range(50):
            with open_mqtt(sandbox) as publisher:
                publisher.sendall(
                    connect("", version) + publish(topic, b"bye", version) + DISCONNECT
                )

        assert {answer(subscriber) for _ in range(50)} == {"PUBLISH"}


@pytest.mark.parametrize("version", LEVELS)
def test_a_will_is_published_for_who_vanishes_and_not_for_who_says_goodbye(
    sandbox: SandboxAddresses, version: str
) -> None:
    topic = f"wills/{version}"
    with open_mqtt(sandbox) as subscriber:
        subscriber.sendall(connect("", version) + subscribe(topic, version))
        assert [answer(subscriber), answer(subscriber)] == ["CONNACK", "SUBACK"]

        for payload, ending in ((b"polite", DISCONNECT), (b"gone", b"")):
            with open_mqtt(sandbox) as client:
                client.sendall(connect("", version, will=(topic, payload)))
                assert answer(client) == "CONNACK"
                client.sendall(ending)
                client.shutdown(socket.SHUT_WR)
                assert answer(client) == "closed"

        assert subscriber.recv(200).endswith(b"gone")
        assert_serves(sandbox)


@pytest.mark.parametrize("cut", [1, 2, 3])
async def test_a_goodbye_that_comes_in_pieces_is_handed_on_whole(cut: int) -> None:
    hello, goodbye = connect("polite", "5.0", will=("t", b"gone")), b"\xe0\x02\x04\x00"
    received = bytearray()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while not received.endswith(goodbye) and (data := await reader.read(100)):
            received.extend(data)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    splice = Splice({"5.0": server.sockets[0].getsockname()[1]})
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", await splice.start())
        writer.write(hello + goodbye[:cut])
        await aeventually(lambda: received == hello + goodbye[:cut])
        writer.write(goodbye[cut:])

        assert await reader.read() == b""
        assert received == hello + goodbye
        writer.close()
    finally:
        splice.close()
        server.close()


def test_a_client_id_that_comes_twice_takes_the_session_over(sandbox: SandboxAddresses) -> None:
    with open_mqtt(sandbox) as first, open_mqtt(sandbox) as second:
        first.sendall(connect("twin"))
        assert answer(first) == "CONNACK"

        second.sendall(connect("twin", "5.0"))

        assert answer(second) == "CONNACK"
        assert answer(first) == "closed"
        second.sendall(subscribe("twin", "5.0"))
        assert answer(second) == "SUBACK"


async def test_a_broker_that_has_lost_a_listener_ends_instead_of_answering_nobody(
    capfd: pytest.CaptureFixture[str],
) -> None:
    broker = await MqttBroker.spawn()
    try:
        await broker.ready()
        for _ in range(2):  # past the splice, which knows better than to hand this id over
            address = ("127.0.0.1", broker.listeners["3.1.1"])
            with socket.create_connection(address, timeout=PATIENCE_S) as client:
                client.sendall(connect("a/b"))
                assert answer(client) == "closed"

        await broker.wait()
    finally:
        await broker.close()

    assert "panicked" in capfd.readouterr().err
