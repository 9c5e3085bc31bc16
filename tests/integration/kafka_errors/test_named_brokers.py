"""Clusters that name addresses which cannot be used."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable

import pytest
import pytest_socket

from core.kafka.check_brokers import check_brokers
from core.kafka.metadata import Broker
from tests.helpers.kafka import Kafka
from tests.helpers.scripted_kafka import ScriptedKafka

from .conftest import NOWHERE, Bench, closed_port

pytestmark = [
    pytest.mark.broker,
    pytest.mark.expect_warnings("failures are what is tested"),
]


def named(server: ScriptedKafka, *others: tuple[int, str, int]) -> ScriptedKafka:
    server.brokers = list(others)
    return server


def test_named_port_is_not_published(bench: Callable[..., Bench]):
    port = closed_port()
    with named(ScriptedKafka(), (1, "127.0.0.1", port)) as server:
        made = bench(server.address)
        status, reason = made.trouble()
        assert status == "disconnected"
        assert reason == (
            f"The cluster tells clients to use 127.0.0.1:{port}, which does not answer from here."
        )
        step = made.check()["brokers"]
        assert (step.ok, f"use 127.0.0.1:{port}, " in step.detail) == (False, True)
        assert "advertised.listeners" in step.hint


def test_named_address_is_of_another_network(bench: Callable[..., Bench]):
    """This machine's own address, on a port where nothing listens; no packet leaves it."""
    own = socket.gethostbyname(socket.gethostname())
    if ipaddress.ip_address(own).is_loopback or not ipaddress.ip_address(own).is_private:
        pytest.skip("this machine has no private address")
    pytest_socket.socket_allow_hosts(["127.0.0.1", own], allow_unix_socket=True)
    with ScriptedKafka() as server:
        made = bench(server.address)
        brokers = [Broker(1, own, closed_port())]
        reached = ("127.0.0.1", server.port)
        step, _ = check_brokers(made.connector, made.environment, brokers, reached)
    assert "probably an address inside a container network" in step.detail


def test_loopback_by_its_other_name_is_the_same_place(bench: Callable[..., Bench]):
    port = closed_port()
    with named(ScriptedKafka(), (1, "localhost", port)) as server:
        made = bench(server.address)
        brokers = [Broker(1, "localhost", port)]
        reached = ("127.0.0.1", server.port)
        step, _ = check_brokers(made.connector, made.environment, brokers, reached)
    assert f"port {port} is not published. No record can be delivered." in step.detail


def test_named_address_is_this_computer_though_the_broker_is_another(
    bench: Callable[..., Bench],
):
    """The name of this machine stands for another one: it is not written as loopback."""
    port = closed_port()
    with named(ScriptedKafka(), (1, "localhost", port)) as server:
        made = bench(f"localhost.localdomain:{server.port}", ip_family="v4")
        steps = made.check()
    if not steps["resolve"].ok:
        pytest.skip("this machine has no second name for its loopback address")
    assert "only clients on the broker's machine can use it" in steps["brokers"].detail


def test_named_listener_speaks_tls(kafka: Kafka, bench: Callable[..., Bench]):
    with named(ScriptedKafka(), (1, "127.0.0.1", kafka.ports["SASLSSL"])) as server:
        made = bench(server.address)
        step = made.check()["brokers"]
        assert not step.ok
        assert "ssl.enable" in step.hint
        brokers = [Broker(1, "127.0.0.1", kafka.ports["SASLSSL"])]
        reached = ("127.0.0.1", server.port)
        step, _ = check_brokers(made.connector, made.environment, brokers, reached)
    assert "The listener speaks TLS, but this connector does not." in step.detail
    assert "localhost" in step.cause, "the certificate that was shown"
    assert "ssl.enable" in step.hint


def test_named_listener_speaks_no_tls(kafka: Kafka, bench: Callable[..., Bench]):
    ssl_options = {"enable": True, "cacertfile": str(kafka.certificates.ca)}
    certificates = (kafka.certificates.server, kafka.certificates.server_key)
    with ScriptedKafka(certificates=certificates) as server:
        made = bench(server.address, ssl=ssl_options)
        assert made.check()["brokers"].ok
        server.brokers = [(1, "127.0.0.1", server.port), (2, "127.0.0.1", kafka.ports["PLAIN"])]
        step = made.check()["brokers"]
    assert "does not speak TLS" in step.detail
    assert "Partitions led by broker 2 cannot be written" in step.detail


def test_some_of_the_brokers_are_out_of_reach(bench: Callable[..., Bench]):
    server = ScriptedKafka(topics=["t"])
    server.brokers.append((2, NOWHERE, 9092))
    with server:
        steps = bench(server.address).check("t")
    assert f"use {NOWHERE}:9092, a name that this computer does not know" in steps["brokers"].detail
    assert "Partitions led by broker 2 cannot be written (1 of 2 brokers)" in (
        steps["brokers"].detail
    )
    assert steps["topic"].ok, "the stages after it are looked at all the same"
