from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.bridge.loops import can_meet
from core.mqtt.topics import topic_matches


@pytest.mark.parametrize(
    ("topic", "topic_filter", "meets"),
    [
        ("a/b", "a/b", True),
        ("a/b", "a/+", True),
        ("a/b", "a/b/#", True),
        ("a/b", "a", False),
        ("copy/${topic}", "copy/#", True),
        ("copy/${topic}", "copy/a/b", True),
        ("copy/${topic}", "plant/#", False),
        ("copy/${topic}", "+/a", True),
        ("${site}/in", "+/out", False),
        ("${site}/in", "#", True),
        ("dev-${id}/x", "dev-1/x", True),
        ("dev-${id}/x", "gate-1/x", False),
        ("a/${b}/c", "a/c", False),
        ("a/${b}-c", "a/x-c", True),
        ("a/${b}-c", "a/x-d", False),
        ("a${$}b", "a$b", True),
    ],
)
def test_topics_meet_filters(topic: str, topic_filter: str, meets: bool):
    assert can_meet(topic, topic_filter) is meets


LEVEL = st.sampled_from(["a", "b", "ab", ""])


@given(
    st.lists(st.sampled_from(["a", "b", "/", "${x}", "${y}"]), min_size=1, max_size=7),
    st.lists(st.sampled_from(["a", "b", "ab", "+"]), min_size=1, max_size=4),
    st.booleans(),
    st.dictionaries(st.sampled_from(["x", "y"]), st.lists(LEVEL, min_size=1, max_size=3)),
)
def test_no_meeting_is_missed(
    parts: list[str], levels: list[str], ends_open: bool, values: dict[str, list[str]]
):
    template = "".join(parts)
    topic_filter = "/".join([*levels, *(["#"] if ends_open else [])])
    topic = re.sub(r"\$\{(\w)\}", lambda m: "/".join(values.get(m[1], ["a"])), template)
    if topic and topic_matches(topic, topic_filter):
        assert can_meet(template, topic_filter)
