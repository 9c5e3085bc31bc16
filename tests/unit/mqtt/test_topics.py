from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ConfigError
from core.mqtt.topics import check_filter, check_topic, filters_overlap, shared, topic_matches

LEVELS = st.sampled_from(["a", "b", "", "$x"])
TOPICS = st.lists(LEVELS, min_size=1, max_size=4).map("/".join).filter(bool)
FILTERS = (
    st.tuples(
        st.lists(st.one_of(LEVELS, st.just("+")), max_size=4), st.sampled_from(["", "#", "a"])
    )
    .map(lambda parts: "/".join([*parts[0], parts[1]] if parts[1] else parts[0]))
    .filter(bool)
)


@pytest.mark.parametrize("topic", ["a", "/", "a//b", "$SYS/x", "ä/ö", "a b", "x" * 65_535])
def test_legal_topics_are_accepted(topic: str) -> None:
    check_topic(topic)
    check_filter(topic)


@pytest.mark.parametrize(
    ("topic", "words"),
    [
        ("", "is empty"),
        ("a/+", "holds a wildcard"),
        ("a/#", "holds a wildcard"),
        ("a\0b", "NUL"),
        ("\ud800", "not valid UTF-8"),
        ("ä" * 40_000, "80000 bytes"),
    ],
)
def test_illegal_topics_are_refused_with_a_way_out(topic: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words) as caught:
        check_topic(topic)
    assert caught.value.hint


@pytest.mark.parametrize("topic_filter", ["#", "+", "+/+", "a/#", "/+/a/#", "$SYS/#"])
def test_legal_filters_are_accepted(topic_filter: str) -> None:
    check_filter(topic_filter)


@pytest.mark.parametrize(
    ("topic_filter", "words"),
    [
        ("", "is empty"),
        ("a/b+", "beside other characters"),
        ("a#", "beside other characters"),
        ("#/a", "goes on after #"),
        ("$share/g/a", "shared subscription"),
    ],
)
def test_illegal_filters_are_refused_with_a_way_out(topic_filter: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words) as caught:
        check_filter(topic_filter)
    assert caught.value.hint


def test_shared_group_is_spelled_as_mqtt_wants_it() -> None:
    assert shared("a/#", "g") == "$share/g/a/#"
    assert shared("a/#", "") == "a/#"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("a/#", "a/b", True),
        ("a/#", "a", True),
        ("+/x", "a/+", True),
        ("+/x", "a/y", False),
        ("a/+", "a", False),
        ("a/b/#", "a/+", True),
        ("a/b/c/#", "a/+", False),
        ("#", "$SYS/a", False),
        ("+/a", "$SYS/a", False),
        ("$SYS/#", "$SYS/a", True),
        ("a", "b", False),
    ],
)
def test_overlap_is_symmetric_and_known(first: str, second: str, expected: bool) -> None:
    assert filters_overlap(first, second) is expected
    assert filters_overlap(second, first) is expected


@given(FILTERS, FILTERS, TOPICS)
def test_filters_that_share_a_topic_overlap(first: str, second: str, topic: str) -> None:
    if topic_matches(topic, first) and topic_matches(topic, second):
        assert filters_overlap(first, second)


@given(FILTERS)
def test_filter_overlaps_itself(topic_filter: str) -> None:
    assert filters_overlap(topic_filter, topic_filter)
