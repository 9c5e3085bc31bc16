"""How large a regular expression becomes when it is compiled."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.sql.pattern_size import pattern_parts

MOST = 1_000_000_000


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("", 0),
        ("abc", 3),
        (r"\d{4}-\d{2}", 7),
        ("(ab){100}", 300),
        ("((a{10}){10}){10}x", 1111),
        ("a{2,9}b{0,9}c{7,}", 10),
        ("(ab)*c+", 6),
        (r"[]{90}]{5}", 5),
        (r"[\]{9]{5}", 5),
        (r"\(a\){3}\p{Lu}{4}", 9),
        (r"\{90}", 4),
        ("a{10}{10}", 100),
        ("a{ 7 }", 7),
        ("(((a{3}", 3),
        ("a)){3}", 9),
        ("a{00000000000000000003}", 3),
        (f"a{{{'9' * 5000}}}", MOST),
    ],
)
def test_what_has_to_occur_several_times_counts_as_often(source: str, parts: int):
    assert pattern_parts(source) == parts


@given(st.text(alphabet="a(){}[]\\,19?*:^"))
def test_no_text_breaks_the_count(source: str):
    assert 0 <= pattern_parts(source) <= MOST
