"""Acknowledgements on the wire, packet by packet: QoS 2, lost and resumed sessions."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.mqtt.message import InboundMessage
from core.workspace.mqtt import MqttConnector
from tests.helpers.scripted_broker import (
    PUBACK,
    PUBCOMP,
    PUBREC,
    PUBREL,
    Connection,
    ScriptedBroker,
    publish,
    with_id,
)
from tests.helpers.subscriber import Subscriber, environment_at

PROTOCOLS = ("5.0", "3.1.1")


@pytest.fixture
def broker() -> Iterator[ScriptedBroker]:
    with ScriptedBroker() as made:
        yield made


@contextlib.contextmanager
def subscriber(
    broker: ScriptedBroker, folder: Path, protocol: Any, **more: Any
) -> Iterator[Subscriber]:
    """A source that acknowledges what the test acknowledges, until the broker hangs up."""
    options = {"reconnect_min": "50ms", "reconnect_max": "200ms", "qos": 2, **more}
    connector = MqttConnector(
        name="plant", server=f"mqtt://127.0.0.1:{broker.port}", protocol=protocol, **options
    )
    with Subscriber(connector, environment_at(folder), ("t",), acknowledges=False) as sub:
        yield sub
        broker.hang_up()


def barrier(sub: Subscriber, connection: Connection, protocol: str) -> None:
    """Wait until the source has read everything that was sent before this."""
    before = len(sub.messages)
    connection.send(publish(protocol, b"barrier", qos=0))
    sub.until_received(before + 1)
    assert sub.messages.pop().payload == b"barrier"


def acknowledge(sub: Subscriber, *messages: InboundMessage) -> None:
    for message in messages:
        sub.source.ack(message)
    sub.source.step(0)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_message_is_received_when_acknowledged_and_completed_when_released(
    broker: ScriptedBroker, tmp_path: Path, protocol: str
) -> None:
    with subscriber(broker, tmp_path, protocol) as sub:
        connection = broker.sign_in(protocol, session=False, sub=sub)
        connection.send(*(publish(protocol, b"%d" % n, packet_id=n) for n in (7, 8, 9)))
        sub.until_received(3)
        assert connection.answers() == []
        assert sub.source.unacked == 3
        acknowledge(sub, *sub.messages)
        sub.until(lambda: connection.answers() == [(PUBREC, 7), (PUBREC, 8), (PUBREC, 9)])
        assert sub.source.unacked == 0
        connection.send(*(with_id(PUBREL, n) for n in (7, 8, 9)))
        sub.until(lambda: connection.answers()[3:] == [(PUBCOMP, 7), (PUBCOMP, 8), (PUBCOMP, 9)])
        assert sub.payloads == [b"7", b"8", b"9"]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_release_of_an_unknown_message_is_completed(
    broker: ScriptedBroker, tmp_path: Path, protocol: str
) -> None:
    with subscriber(broker, tmp_path, protocol) as sub:
        connection = broker.sign_in(protocol, session=True, sub=sub)
        connection.send(with_id(PUBREL, 300))
        sub.until(lambda: connection.answers() == [(PUBCOMP, 300)])
        assert sub.messages == []


def test_release_with_reason_and_properties_is_completed(
    broker: ScriptedBroker, tmp_path: Path
) -> None:
    with subscriber(broker, tmp_path, "5.0") as sub:
        connection = broker.sign_in("5.0", session=True, sub=sub)
        connection.send(b"\x62\x0b\x00\x05\x92\x07\x26\x00\x01k\x00\x01v")
        sub.until(lambda: connection.answers() == [(PUBCOMP, 5)])


@pytest.mark.parametrize("packet", [b"\x62\x01\x05", b"\x60\x02\x00\x05"], ids=["short", "flags"])
def test_malformed_release_ends_the_connection(
    broker: ScriptedBroker, tmp_path: Path, packet: bytes
) -> None:
    with subscriber(broker, tmp_path, "5.0") as sub:
        connection = broker.sign_in("5.0", session=True, sub=sub)
        connection.send(packet)
        sub.until(lambda: sub.source.status == "disconnected")
        assert "no legal MQTT 5.0" in sub.source.status_reason


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_repeat_while_the_first_is_pending_is_ignored(
    broker: ScriptedBroker, tmp_path: Path, protocol: str
) -> None:
    with subscriber(broker, tmp_path, protocol) as sub:
        connection = broker.sign_in(protocol, session=False, sub=sub)
        connection.send(publish(protocol, b"A"), publish(protocol, b"A", dup=True))
        barrier(sub, connection, protocol)
        assert sub.payloads == [b"A"]
        acknowledge(sub, *sub.messages)
        sub.until(lambda: connection.answers())
        barrier(sub, connection, protocol)
        assert connection.answers() == [(PUBREC, 1)]
        counters = sub.source.counters
        assert (counters.received, counters.duplicates, counters.redelivered) == (4, 1, 1)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_repeat_after_its_receipt_is_answered_again_in_its_turn(
    broker: ScriptedBroker, tmp_path: Path, protocol: str
) -> None:
    with subscriber(broker, tmp_path, protocol) as sub:
        connection = broker.sign_in(protocol, session=False, sub=sub)
        connection.send(publish(protocol, b"A"))
        sub.until_received(1)
        acknowledge(sub, *sub.messages)
        sub.until(lambda: connection.answers() == [(PUBREC, 1)])
        connection.send(publish(protocol, b"A", dup=True))
        sub.until(lambda: connection.answers() == [(PUBREC, 1), (PUBREC, 1)])
        assert sub.payloads == [b"A"]
        assert [reason for _, reason in sub.dropped] == ["duplicate"]
        assert sub.source.unacked == 0
        connection.send(with_id(PUBREL, 1), publish(protocol, b"A"))
        sub.until_received(2)
        assert sub.payloads == [b"A", b"A"], "a free packet id means another message"


@pytest.mark.parametrize("qos", [1, 2])
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_lost_session_with_the_same_packet_ids_gets_no_late_answer(
    broker: ScriptedBroker, tmp_path: Path, protocol: str, qos: int
) -> None:
    with subscriber(broker, tmp_path, protocol) as sub:
        first = broker.sign_in(protocol, session=False, sub=sub)
        first.send(*(publish(protocol, b"A%d" % n, qos=qos, packet_id=n) for n in (1, 2)))
        sub.until_received(2)
        first.hang_up()
        sub.until(lambda: sub.source.status == "disconnected")
        acknowledge(sub, sub.messages[0])
        second = broker.sign_in(protocol, session=False, sub=sub)
        second.send(*(publish(protocol, b"B%d" % n, qos=qos, packet_id=n) for n in (1, 2)))
        sub.until_received(4)
        acknowledge(sub, sub.messages[1])
        barrier(sub, second, protocol)
        assert second.answers() == []
        assert sub.source.counters.late_acks == 2
        assert sub.source.counters.sessions_lost == 1
        assert sub.source.unacked == 2
        acknowledge(sub, *sub.messages[2:])
        expected = [(PUBREC if qos == 2 else PUBACK, n) for n in (1, 2)]
        sub.until(lambda: second.answers() == expected)
        assert sub.payloads == [b"A1", b"A2", b"B1", b"B2"]


@pytest.mark.parametrize("qos", [1, 2])
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_resumed_session_is_answered_only_on_its_own_connection(
    broker: ScriptedBroker, tmp_path: Path, protocol: str, qos: int
) -> None:
    with subscriber(broker, tmp_path, protocol) as sub:
        first = broker.sign_in(protocol, session=False, sub=sub)
        first.send(publish(protocol, b"A", qos=qos))
        sub.until_received(1)
        first.hang_up()
        sub.until(lambda: sub.source.status == "disconnected")
        second = broker.sign_in(protocol, session=True, sub=sub)
        acknowledge(sub, sub.messages[0])
        second.send(publish(protocol, b"A", qos=qos, dup=True))
        sub.until_received(2)
        barrier(sub, second, protocol)
        assert second.answers() == []
        acknowledge(sub, sub.messages[1])
        sub.until(lambda: second.answers() == [(PUBREC if qos == 2 else PUBACK, 1)])
        assert sub.source.counters.late_acks == 1
        assert sub.source.counters.redelivered == 1


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_receipt_that_the_broker_never_saw_is_sent_again_without_a_second_delivery(
    broker: ScriptedBroker, tmp_path: Path, protocol: str
) -> None:
    with subscriber(broker, tmp_path, protocol) as sub:
        first = broker.sign_in(protocol, session=False, sub=sub)
        first.send(publish(protocol, b"A"))
        sub.until_received(1)
        acknowledge(sub, *sub.messages)
        first.hang_up()
        sub.until(lambda: sub.source.status == "disconnected")
        second = broker.sign_in(protocol, session=True, sub=sub)
        second.send(publish(protocol, b"A", dup=True))
        sub.until(lambda: second.answers() == [(PUBREC, 1)])
        assert sub.payloads == [b"A"]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_other_message_in_a_session_that_somebody_else_left_is_delivered(
    broker: ScriptedBroker, tmp_path: Path, protocol: str
) -> None:
    """An intruder with our client id can begin a session anew, in which packet ids start over."""
    with subscriber(broker, tmp_path, protocol) as sub:
        first = broker.sign_in(protocol, session=False, sub=sub)
        first.send(publish(protocol, b"A"))
        sub.until_received(1)
        acknowledge(sub, *sub.messages)
        sub.until(lambda: first.answers())
        first.hang_up()
        sub.until(lambda: sub.source.status == "disconnected")
        second = broker.sign_in(protocol, session=True, sub=sub)
        second.send(publish(protocol, b"B", dup=True))
        sub.until_received(2)
        assert sub.payloads == [b"A", b"B"]
        assert second.answers() == []


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_id_that_is_released_and_given_away_is_not_answered_for_the_old_message(
    broker: ScriptedBroker, tmp_path: Path, protocol: str
) -> None:
    """A broker that has the PUBREC of an earlier connection releases what we deliver again."""
    with subscriber(broker, tmp_path, protocol) as sub:
        connection = broker.sign_in(protocol, session=True, sub=sub)
        connection.send(publish(protocol, b"A", dup=True), with_id(PUBREL, 1))
        connection.send(publish(protocol, b"B"))
        sub.until_received(2)
        acknowledge(sub, sub.messages[0])
        barrier(sub, connection, protocol)
        assert connection.answers() == [(PUBCOMP, 1)]
        acknowledge(sub, sub.messages[1])
        sub.until(lambda: connection.answers() == [(PUBCOMP, 1), (PUBREC, 1)])
        assert sub.source.unacked == 0


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_stopped_source_receives_nothing_more_but_completes(
    broker: ScriptedBroker, tmp_path: Path, protocol: str
) -> None:
    with subscriber(broker, tmp_path, protocol) as sub:
        connection = broker.sign_in(protocol, session=False, sub=sub)
        connection.send(publish(protocol, b"A", packet_id=1))
        sub.until_received(1)
        sub.source.stop_reading()
        connection.send(publish(protocol, b"B", packet_id=2), with_id(PUBREL, 9))
        acknowledge(sub, *sub.messages)
        sub.until(lambda: len(connection.answers()) == 2)
        assert set(connection.answers()) == {(PUBREC, 1), (PUBCOMP, 9)}
        assert sub.payloads == [b"A"]
