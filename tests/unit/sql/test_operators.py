"""Operators on values: arithmetic, comparison, identity, order, slices, topic match."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.sql.operators import (
    ARITHMETIC,
    COMPARISONS,
    identical,
    is_member,
    loose_equal,
    negate,
    order,
    slice_list,
)
from core.sql.topics import FilterSet, topic_matches
from core.sql.values import UNDEFINED, Atom, BitString, EvalError, Value
from tests.helpers.rules import same

U = UNDEFINED


def arith(op: str, left: Value, right: Value) -> Value:
    return ARITHMETIC[op](left, right)


def compare(op: str, left: Value, right: Value) -> bool:
    return COMPARISONS[op](left, right)


@pytest.mark.parametrize(
    ("left", "op", "right", "result"),
    [
        (1, "+", 2, 3),
        (1, "+", 0.5, 1.5),
        (2, "*", 1.5, 3.0),
        (3, "-", 1.0, 2.0),
        (9007199254740993, "+", 1, 9007199254740994),
        (10**30, "*", 10**30, 10**60),
        (4, "/", 2, 2.0),
        (7, "div", 2, 3),
        (-7, "div", 2, -3),
        (7, "div", -2, -3),
        (-7, "div", -2, 3),
        (-7, "mod", 4, -3),
        (7, "mod", -4, 3),
        (-8, "mod", 4, 0),
        ("21", "+", 2, "212"),
        (2, "+", "1", "21"),
        ("x", "+", U, "xundefined"),
        (None, "+", "x", "nullx"),
        ("a", "+", True, "atrue"),
        ("a", "+", Atom("message.publish"), "amessage.publish"),
        ("f=", "+", 2.0, "f=2.0"),
        ("l=", "+", [72, 105], "l=Hi"),
        ("l=", "+", [1, 2], "l=[1,2]"),
        ("\udce6\udcb8", "+", "\udca9", "\u6e29"),
    ],
)
def test_arithmetic_gives(left: Value, op: str, right: Value, result: Value) -> None:
    assert same(arith(op, left, right), result)


@pytest.mark.parametrize(
    ("left", "op", "right"),
    [
        (1, "+", U),
        (True, "+", 1),
        ([1], "+", [2]),
        (None, "+", None),
        ({}, "+", 1),
        ("5", "-", 1),
        ("5", "*", 1),
        (1, "/", 0),
        (1, "/", 0.0),
        (1, "/", -0.0),
        (0, "div", 0),
        (1, "mod", 0),
        (7.0, "div", 2),
        (7, "mod", 2.0),
        (True, "div", 1),
        (1e308, "+", 1e308),
        (1e308, "*", 10),
        (-1e308, "-", 1e308),
        (1e308, "/", 1e-10),
        (10**400, "*", 1.0),
        (10**400, "/", 1),
        (10**4000, "*", 10**4000),
        ("x", "+", BitString(1, 2)),
        ("x" * 700_000, "+", "y" * 700_000),
        ("x", "+", 1e300),
    ],
)
def test_arithmetic_fails(left: Value, op: str, right: Value) -> None:
    with pytest.raises(EvalError):
        arith(op, left, right)


def test_a_sign_needs_a_number() -> None:
    assert same(negate(5), -5)
    assert same(negate(2.0), -2.0)
    for value in ("5", True, None, U, [1]):
        with pytest.raises(EvalError):
            negate(value)


@pytest.mark.parametrize(
    ("left", "equals", "right"),
    [
        (1, True, 1.0),
        (9007199254740993, False, 9007199254740992.0),
        ("5", True, 5),
        (5, True, "5.0"),
        (5, True, "+5"),
        (-5, True, "-05"),
        ("2.50", True, 2.5),
        ("5.0", False, "5"),
        (True, True, "true"),
        (True, False, "TRUE"),
        (None, True, "null"),
        (True, False, 1),
        (False, False, 0),
        (None, False, False),
        (Atom("normal"), True, "normal"),
        (Atom("normal"), True, Atom("normal")),
        ([1], True, [1.0]),
        ([1, [2.0]], True, [1.0, [2]]),
        ({"a": 1}, True, {"a": 1.0}),
        ({"a": 1}, False, {"b": 1}),
        ({"a": 1}, False, {"a": 2}),
        ([1], False, [1, 2]),
        (U, True, U),
    ],
)
def test_equality_of_two_values(left: Value, equals: bool, right: Value) -> None:
    for one, other in ((left, right), (right, left)):
        assert compare("=", one, other) is equals
        assert compare("!=", one, other) is not equals
        assert compare("<>", one, other) is not equals


@pytest.mark.parametrize("op", sorted(COMPARISONS))
@pytest.mark.parametrize("other", [1, "x", None, True, [], {}, Atom("x"), "undefined"])
def test_one_undefined_side_makes_every_comparison_false(op: str, other: Value) -> None:
    assert compare(op, U, other) is False
    assert compare(op, other, U) is False


def test_two_undefined_sides_compare_as_equal() -> None:
    results = {op: compare(op, U, U) for op in COMPARISONS}
    assert results == {
        "=": True,
        "<=": True,
        ">=": True,
        "!=": False,
        "<>": False,
        "<": False,
        ">": False,
        "=~": False,
    }


@pytest.mark.parametrize("op", sorted(COMPARISONS))
@pytest.mark.parametrize("text", ["abc", "", "1e3", ".5", "5.", " 5", "0x10", "1.0e999"])
def test_text_that_is_no_number_cannot_be_compared_with_one(op: str, text: str) -> None:
    with pytest.raises(EvalError):
        compare(op, text, 1)
    with pytest.raises(EvalError):
        compare(op, 1.5, text)


IN_ORDER: list[Value] = [
    -1,
    0.5,
    2,
    10**30,
    False,
    Atom("message.publish"),
    None,
    True,
    {},
    {"b": 1},
    {"a": 1, "b": 1},
    {"a": 1, "b": 2},
    {"a": 0, "c": 0},
    [],
    [1],
    [1, 0],
    [2],
    [[]],
    "",
    "10",
    "9",
    "Z",
    "a",
    "\u00e9",
    "\U0001f600",
    "\udcff",
]


def test_values_of_all_types_stand_in_erlang_order() -> None:
    for (i, left), (j, right) in itertools.product(enumerate(IN_ORDER), repeat=2):
        assert (order(left, right) > 0) is (i > j), (left, right)
        assert (order(left, right) == 0) is (i == j), (left, right)


def test_comparison_uses_the_order_between_types() -> None:
    assert compare(">", None, 100)
    assert compare(">", True, 5)
    assert not compare("=", True, 1)
    assert compare("<", {"a": 1}, [1])
    assert compare("<", [1], "a")
    assert compare("<", "10", "9")
    assert compare("<", {"z": 1}, {"a": 1, "b": 1})
    assert compare("<=", {"a": 1}, {"a": 1.0})


def test_bit_strings_are_ordered_bit_by_bit() -> None:
    assert order(BitString(0b101, 3), "\udc80") > 0
    assert order(BitString(0b1, 1), BitString(0b10, 2)) < 0
    assert order(BitString(0b10, 2), BitString(0b10, 2)) == 0


def test_identity_converts_nothing() -> None:
    assert identical(1, 1)
    assert not identical(1, 1.0)
    assert not identical(1, True)
    assert not identical([1], [1.0])
    assert not identical({"a": 1}, {"a": 1.0})
    assert not identical("normal", Atom("normal"))
    assert not identical("1", 1)
    assert identical(U, U)
    assert not identical(U, None)
    assert identical({"a": [1, None]}, {"a": [1, None]})
    assert is_member(1, (2, 1))
    assert not is_member(1, (1.0, "1", True))


def test_loose_equality_converts_numbers_only() -> None:
    assert loose_equal(1, 1.0)
    assert loose_equal([1, {"a": 2}], [1.0, {"a": 2.0}])
    assert not loose_equal("1", 1)
    assert not loose_equal(True, 1)
    assert not loose_equal(Atom("a"), "a")


scalars = st.one_of(
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(),
    st.booleans(),
    st.none(),
)
values = st.recursive(
    st.one_of(scalars, st.just(UNDEFINED), st.builds(Atom, st.text(max_size=3))),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(values, values, st.sampled_from(sorted(COMPARISONS)), st.sampled_from(sorted(ARITHMETIC)))
def test_operators_give_a_value_or_an_evaluation_error(
    left: Value, right: Value, comparison: str, arithmetic: str
) -> None:
    try:
        assert isinstance(compare(comparison, left, right), bool)
        arith(arithmetic, left, right)
    except EvalError:
        pass


@given(values, values, values)
def test_the_order_is_total(a: Value, b: Value, c: Value) -> None:
    assert (order(a, b) > 0) == (order(b, a) < 0)
    assert (order(a, b) == 0) == loose_equal(a, b)
    if order(a, b) <= 0 and order(b, c) <= 0:
        assert order(a, c) <= 0


@pytest.mark.parametrize(
    ("begin", "end", "result"),
    [
        (1, 3, [10, 20, 30]),
        (2, 99, [20, 30]),
        (-2, -1, [20, 30]),
        (2, -1, [20, 30]),
        (1, -2, [10, 20]),
        (9, 12, []),
        (5, 2, []),
        (4, 3, []),
        (4, 9, []),
        (2, 1, []),
        (1, -4, []),
        (2, -3, []),
    ],
)
def test_slices(begin: int, end: int, result: list[Value]) -> None:
    assert slice_list([10, 20, 30], begin, end) == result


@pytest.mark.parametrize(
    ("begin", "end"), [(0, 2), (1, 0), (3, 1), (-4, 2), (-9, -1), (3, -3), (1, -9), (9, 0)]
)
def test_slices_that_cannot_be(begin: int, end: int) -> None:
    with pytest.raises(EvalError):
        slice_list([10, 20, 30], begin, end)


@pytest.mark.parametrize("value", ["[1,2]", {"1": 1}, None, U, 1])
def test_only_a_list_can_be_sliced(value: Value) -> None:
    with pytest.raises(EvalError):
        slice_list(value, 1, 2)


@pytest.mark.parametrize(
    ("topic", "topic_filter", "matches"),
    [
        ("t/1", "t/#", True),
        ("t", "t/#", True),
        ("t/1/2", "t/+", False),
        ("t/1", "t/+", True),
        ("t/", "t/+", True),
        ("/t", "+/t", True),
        ("/t", "t", False),
        ("", "#", True),
        ("", "+", True),
        ("$SYS/x", "#", False),
        ("$SYS/x", "+/x", False),
        ("$SYS/x", "$SYS/#", True),
        ("$SYS/x", "$SYS/+", True),
        ("a/b/c", "a/+/c", True),
        ("a/b/c/d", "a/+/c", False),
        ("a", "A", False),
        ("a/#/b", "a/#/b", True),
        ("a/x/b", "a/#/b", False),
        ("t/1", "$share/g/t/#", False),
        ("$", "+", False),
        ("a//b", "a/+/b", True),
    ],
)
def test_topic_filters(topic: str, topic_filter: str, matches: bool) -> None:
    assert topic_matches(topic, topic_filter) is matches
    assert FilterSet(["never/this", topic_filter]).matches(topic) is matches


@pytest.mark.parametrize(
    ("left", "right", "matches"),
    [
        ("t/1", "t/+", True),
        (True, "tr+", False),
        (True, "+", True),
        (Atom("message.publish"), "message.publish", True),
        (1.5, "1.5", False),
        (7, 7, False),
        (True, True, False),
        ({}, "+", False),
        ([10, 20], "+", False),
        (None, "null", True),
    ],
)
def test_topic_match_operator(left: Value, right: Value, matches: bool) -> None:
    assert compare("=~", left, right) is matches
