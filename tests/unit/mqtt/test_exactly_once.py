"""What a source remembers of QoS 2 messages, judged by what it would answer."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from core.mqtt.exactly_once import QoS2Flows
from core.mqtt.message import InboundMessage


def message(packet_id: int, payload: bytes = b"A", *, dup: bool = False) -> InboundMessage:
    return InboundMessage("t", payload, qos=2, dup=dup, packet_id=packet_id)


def received(payload: bytes = b"A") -> QoS2Flows:
    """Flows with one message, packet id 5, whose PUBREC has gone out."""
    flows = QoS2Flows()
    first = message(5, payload)
    assert flows.open(first)
    flows.receive(first)
    return flows


def test_repeat_of_a_pending_message_is_recognised() -> None:
    flows = QoS2Flows()
    assert flows.open(message(5))
    assert not flows.open(message(5, dup=True))


def test_repeat_of_a_received_message_is_recognised_until_its_release() -> None:
    flows = received()
    again = message(5, dup=True)
    assert flows.open(again)
    assert flows.was_received(again)
    flows.receive(again)
    flows.release(5)
    assert not flows.was_received(message(5, dup=True))


def test_message_without_the_dup_flag_is_news() -> None:
    assert not received().was_received(message(5))


def test_same_packet_id_with_other_contents_is_news() -> None:
    assert not received().was_received(message(5, b"B", dup=True))


def test_id_given_to_another_message_is_not_answered_twice() -> None:
    flows = QoS2Flows()
    first, second = message(5), message(5, b"B", dup=True)
    flows.open(first)
    assert flows.open(second)
    assert (first.packet_id, second.packet_id) == (0, 5)


def test_released_while_pending_is_not_answered_any_more() -> None:
    flows = QoS2Flows()
    pending = message(5)
    flows.open(pending)
    flows.release(5)
    assert pending.packet_id == 0
    flows.release(6)  # an unknown one is no trouble


def test_received_ones_outlive_the_connection_but_not_the_session() -> None:
    resumed, lost = received(), received()
    resumed.start_over(has_session=True)
    lost.start_over(has_session=False)
    assert resumed.was_received(message(5, dup=True))
    assert not lost.was_received(message(5, dup=True))


def test_pending_ones_end_with_the_connection() -> None:
    flows = QoS2Flows()
    flows.open(message(5))
    flows.start_over(has_session=True)
    again = message(5, dup=True)
    assert flows.open(again)
    assert not flows.was_received(again)


class BrokerAndReceiver(RuleBasedStateMachine):
    """A broker that keeps to MQTT, with a session that may be lost, and a network that may be cut.

    Each message must be handed on at least once, and exactly once while nothing is lost but bytes.
    """

    def __init__(self) -> None:
        super().__init__()
        self.flows = QoS2Flows()
        self.number = 0
        self.unreceived: dict[int, bytes] = {}  # the broker waits for PUBREC
        self.unreleased: set[int] = set()  # the broker waits for PUBCOMP
        self.outstanding: list[InboundMessage] = []  # in the receiver's actions
        self.answers: list[InboundMessage] = []  # PUBRECs on the wire
        self.delivered: dict[bytes, int] = {}
        self.cut_while_pending: set[bytes] = set()

    def _send(self, packet_id: int, *, dup: bool) -> None:
        found = message(packet_id, self.unreceived[packet_id], dup=dup)
        if not self.flows.open(found):
            return
        if self.flows.was_received(found):
            self._answer(found)
            return
        self.delivered[found.payload] = self.delivered.get(found.payload, 0) + 1
        self.outstanding.append(found)

    def _answer(self, found: InboundMessage) -> None:
        if found.packet_id:
            self.flows.receive(found)
            self.answers.append(found)

    @rule(packet_id=st.integers(1, 4))
    def publish(self, packet_id: int) -> None:
        if packet_id not in self.unreceived and packet_id not in self.unreleased:
            self.number += 1
            self.unreceived[packet_id] = str(self.number).encode()
            self._send(packet_id, dup=False)

    @precondition(lambda self: self.outstanding)
    @rule()
    def finish(self) -> None:
        self._answer(self.outstanding.pop(0))

    @precondition(lambda self: self.answers)
    @rule()
    def take_answer(self) -> None:
        packet_id = self.answers.pop(0).packet_id
        assert self.unreceived.pop(packet_id), "an answer to what was not sent"
        self.unreleased.add(packet_id)

    @precondition(lambda self: self.unreleased)
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        packet_id = data.draw(st.sampled_from(sorted(self.unreleased)))
        self.flows.release(packet_id)
        self.unreleased.discard(packet_id)

    @rule()
    def cut(self) -> None:
        """Lose what is on the wire; the broker sends again what it has no answer for."""
        self.cut_while_pending |= {each.payload for each in self.outstanding}
        self.outstanding.clear()
        self.answers.clear()
        self.flows.start_over(has_session=True)
        for packet_id in sorted(self.unreceived):
            self._send(packet_id, dup=True)

    @rule()
    def lose_session(self) -> None:
        self.outstanding.clear()
        self.answers.clear()
        self.unreceived.clear()
        self.unreleased.clear()
        self.flows.start_over(has_session=False)

    @invariant()
    def everything_sent_was_handed_on(self) -> None:
        assert set(self.delivered) == {str(n + 1).encode() for n in range(self.number)}

    @invariant()
    def nothing_came_twice_but_what_a_cut_has_interrupted(self) -> None:
        assert {p for p, count in self.delivered.items() if count > 1} <= self.cut_while_pending


TestBrokerAndReceiver = BrokerAndReceiver.TestCase
