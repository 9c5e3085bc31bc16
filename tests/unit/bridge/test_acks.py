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


def test_forgotten_messages_are_never_acknowledged_and_hold_nobody_up():
    sent: list[object] = []
    acks = Acks(sent.append)
    old = acks.open("old")
    acks.forget()
    new = acks.open("new")
    new.release()
    old.release()
    assert sent == ["new"]
    assert len(acks) == 0
