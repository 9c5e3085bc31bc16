"""One step of a path."""

from __future__ import annotations

import pytest

from core.sql.access import get_index, get_key
from core.sql.values import UNDEFINED, Atom, Value


@pytest.mark.parametrize(
    ("value", "key", "expected"),
    [
        ({"a": 1}, "a", 1),
        ({"a": None}, "a", None),
        ({"": 2}, "", 2),
        ({"a": 1}, "b", UNDEFINED),
        ([1, 2], "a", UNDEFINED),
        (5, "a", UNDEFINED),
        (True, "a", UNDEFINED),
        (None, "a", UNDEFINED),
        (UNDEFINED, "a", UNDEFINED),
        (Atom("a"), "a", UNDEFINED),
        ('{"a":1}', "a", 1),
        ('"{\\"a\\":1}"', "a", 1),
        ("not json", "a", UNDEFINED),
        ("", "a", UNDEFINED),
        ("[1]", "a", UNDEFINED),
    ],
)
def test_key(value: Value, key: str, expected: Value) -> None:
    assert get_key(value, key) is expected or get_key(value, key) == expected


@pytest.mark.parametrize(
    ("value", "index", "expected"),
    [
        ([10, 20, 30], 1, 10),
        ([10, 20, 30], 3, 30),
        ([10, 20, 30], -1, 30),
        ([10, 20, 30], -3, 10),
        ([10, 20, 30], 0, UNDEFINED),
        ([10, 20, 30], 4, UNDEFINED),
        ([10, 20, 30], -4, UNDEFINED),
        ([10, 20, 30], 1.0, UNDEFINED),
        ([10, 20, 30], True, UNDEFINED),
        ([10, 20, 30], "1", UNDEFINED),
        ([10, 20, 30], UNDEFINED, UNDEFINED),
        ({"1": 2}, 1, UNDEFINED),
        ("[7,8]", 2, 8),
        ("text", 1, UNDEFINED),
        (None, 1, UNDEFINED),
        ([], 1, UNDEFINED),
    ],
)
def test_index(value: Value, index: Value, expected: Value) -> None:
    assert get_index(value, index) == expected
