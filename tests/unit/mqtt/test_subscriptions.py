from __future__ import annotations

from core.mqtt.state import Remembered, plan_ids
from core.mqtt.subscriptions import Subscriptions


def made(*filters: str, group: str = "", held: bool = True) -> Subscriptions:
    subscriptions = Subscriptions(group)
    remembered = plan_ids(Remembered("me"), subscriptions.wires(filters))
    subscriptions.replace(filters, remembered, uses_ids=True)
    if held:
        for subscription in subscriptions.all:
            subscription.answer(1)
    return subscriptions


def identifiers(*numbers: int) -> bytes:
    return b"".join(bytes((0x0B, number)) for number in numbers)


def test_filters_are_subscribed_once_each_in_the_order_of_their_text() -> None:
    subscriptions = made("b", "a/#", "b", "a/b")
    assert [s.topic_filter for s in subscriptions.all] == ["a/#", "a/b", "b"]
    assert [s.identifier for s in subscriptions.all] == [1, 2, 3]


def test_shared_group_is_on_the_wire_only() -> None:
    (subscription,) = made("a", group="g").all
    assert (subscription.topic_filter, subscription.wire) == ("a", "$share/g/a")


def test_copy_of_the_first_matching_filter_counts() -> None:
    subscriptions = made("a/#", "a/b")
    assert not subscriptions.is_copy("a/b", identifiers(1))
    assert subscriptions.is_copy("a/b", identifiers(2))


def test_single_delivery_with_all_identifiers_counts() -> None:
    assert not made("a/#", "a/b").is_copy("a/b", identifiers(2, 1))


def test_delivery_without_or_with_unknown_identifiers_counts() -> None:
    subscriptions = made("a/#", "a/b")
    assert not subscriptions.is_copy("a/b", b"")
    assert not subscriptions.is_copy("a/b", identifiers(9))
    assert not subscriptions.is_copy("a/b", identifiers(2, 9))


def test_refused_filter_is_never_the_one_whose_copy_counts() -> None:
    subscriptions = made("a/#", "a/b")
    subscriptions.all[0].answer(0x87)
    assert not subscriptions.is_copy("a/b", identifiers(2))


def test_filter_without_an_answer_is_not_relied_on() -> None:
    assert not made("a/#", "a/b", held=False).is_copy("a/b", identifiers(2))


def test_what_a_session_holds_is_relied_on_before_the_answers() -> None:
    subscriptions = made("a/#", "a/b")
    subscriptions.start_over(has_session=True)
    assert subscriptions.is_copy("a/b", identifiers(2))
    subscriptions.start_over(has_session=False)
    assert not subscriptions.is_copy("a/b", identifiers(2))


def test_message_that_matches_nothing_any_more_counts() -> None:
    assert not made("a/#", "a/b").is_copy("other", identifiers(2))


def test_overlapping_pairs_are_listed() -> None:
    subscriptions = made("a/#", "a/b", "c")
    assert subscriptions.overlapping() == [("a/#", "a/b")]
    assert subscriptions.overlaps
    assert not made("a", "b").overlaps


def test_reload_keeps_counts_and_asks_again_where_the_identifier_changed() -> None:
    subscriptions = made("a", "b")
    subscriptions.all[0].received = 5
    remembered = plan_ids(Remembered("me", {"a": 1, "b": 2}, next_id=3), ["a", "c"])
    subscriptions.replace(("a", "c"), remembered, uses_ids=True)
    first = subscriptions.all[0]
    assert (first.received, first.is_answered) == (5, False)


def test_reload_without_identifiers_keeps_the_answers() -> None:
    subscriptions = made("a", "b")
    remembered = plan_ids(Remembered("me", {"a": 1, "b": 2}, next_id=3), ["a", "c"])
    subscriptions.replace(("a", "c"), remembered, uses_ids=False)
    assert [s.is_answered for s in subscriptions.all] == [True, False]


def test_refusals_name_the_reason() -> None:
    subscriptions = made("a", "b")
    subscriptions.all[1].answer(0x87)
    assert [s.refused for s in subscriptions.refusals()] == ["not authorized (0x87)"]
    assert subscriptions.is_answered
    assert subscriptions.held() == ["a"]


def test_matching_stays_right_when_many_topics_have_been_seen() -> None:
    subscriptions = made("a/+")
    for number in range(10_050):
        assert subscriptions.matching(f"a/{number}") == subscriptions.all
    assert subscriptions.matching("b") == ()
