from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.bridge.acks import Acks


def test_message_is_acknowledged_after_its_last_outcome():
    sent: list[object] = []
    pending = Acks(sent.append).open("a")
    pending.hold()
    pending.hold()
    pending.release()
    pending.release()
    assert sent == []
    pending.release()
    assert sent == ["a"]


def test_message_without_actions_is_acknowledged_when_its_handling_ends():
    sent: list[object] = []
    Acks(sent.append).open("a").release()
    assert sent == ["a"]


@given(st.permutations(range(8)))
def test_acknowledgements_keep_the_order_of_arrival(order: list[int]):
    sent: list[object] = []
    acks = Acks(sent.append)
    pending = [acks.open(number) for number in range(8)]
    for number in order:
        pending[number].release()
        assert sent == sorted(sent)
    assert sent == list(range(8))


def test_forgotten_messages_hold_nobody_up_and_are_reported_once_each():
    sent: list[object] = []
    acks = Acks(sent.append)
    slow, ready = acks.open("slow"), acks.open("ready")
    ready.release()
    acks.forget()
    assert sent == ["ready"]
    new = acks.open("new")
    new.release()
    assert sent == ["ready", "new"]
    slow.release()
    assert sent == ["ready", "new", "slow"]
    assert len(acks) == 0
