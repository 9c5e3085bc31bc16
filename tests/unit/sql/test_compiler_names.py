"""What names, paths, slices and lists of a statement mean."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.rules import NO_MATCH, failed, value_of
from tests.unit.sql.compiling import DOC, gives, select

# ------------------------------------------------------------------------------ names


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("clientid as c", {"c": "dev"}),
        ("nothing as n", {"n": "undefined"}),
        ("1 as clientid, clientid as c", {"clientid": 1, "c": 1}),
        # An alias that is undefined does not hide the column.
        ("nothing as clientid, clientid as c", {"clientid": "undefined", "c": "dev"}),
        ("clientid as c, 2 as clientid", {"c": "dev", "clientid": 2}),
        ("payload.a as x, x * 2 as y, y + x as z", {"x": 1, "y": 2, "z": 3}),
        ("null as n, undefined as u", {"n": "undefined", "u": "undefined"}),
        ('"clientid" as c', {"c": "dev"}),
    ],
)
def test_names_are_looked_up_in_aliases_then_columns(fields: str, expected: Any) -> None:
    assert gives(select(fields, clientid="dev"), expected)


def test_where_sees_columns_under_selected_values() -> None:
    assert gives(select("1 as q", "q = 1 and qos = 1", qos=1), {"q": 1})
    assert select("'x' as clientid", "clientid = 'dev'", clientid="dev") == NO_MATCH
    # In WHERE an undefined alias hides the column.
    assert select("nothing as clientid", "clientid = 'dev'", clientid="dev") == NO_MATCH


def test_select_fails_before_where_is_asked() -> None:
    assert failed(select("1 div 0 as x", "1 = 2"), "select")


# ------------------------------------------------------------------------------ paths


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("payload.b.c[1]", 5),
        ("payload.b.c[2].d", "x"),
        ("payload.b.c[-1].d", "x"),
        ("payload . b . c [ 1 ]", 5),
        ("payload.l[- 1]", 30),
        ("payload.l[0]", "undefined"),
        ("payload.l[-0]", "undefined"),
        ("payload.l[4]", "undefined"),
        ("payload.l[-4]", "undefined"),
        ("payload.l.x", "undefined"),
        ("payload.a.x", "undefined"),
        ("payload.a[1]", "undefined"),
        ("payload.b[1]", "undefined"),
        ("payload.s.q[2]", 8),
        ("payload.none.x.y", "undefined"),
        # The index is looked up from the root of the decoded payload.
        ("payload.l[i]", 20),
        ("payload.l[b.c[1]]", "undefined"),
        ("payload.l[qos]", "undefined"),
        ("payload.l[a]", 10),
        ("flags.retain", True),
        ("flags.x[1]", "undefined"),
    ],
)
def test_paths(path: str, expected: Any) -> None:
    assert gives(value_of(path, payload=DOC, flags={"retain": True}, qos=1), expected)


def test_null_ends_a_path_but_is_a_value() -> None:
    payload = '{"n": null}'
    assert gives(value_of("payload.n", payload=payload), None)
    assert gives(value_of("payload.n.x", payload=payload), "undefined")


def test_an_index_by_reference_is_looked_up_where_its_path_starts() -> None:
    # An alias's list and a column's index are in different scopes in SELECT ...
    assert gives(
        select("payload.l as arr, arr[qos] as x", qos=1), {"arr": [10, 20, 30], "x": "undefined"}
    )
    assert gives(select("payload.l as arr, 2 as i, arr[i] as x")["x"], 20)
    assert gives(value_of("flags.l[qos]", flags={"l": [7]}, qos=1), 7)
    assert gives(select("1 as i, flags.l[i] as x", flags={"l": [7]}), {"i": 1, "x": "undefined"})
    # ... and in one in WHERE.
    assert gives(select("payload.l as arr", "arr[qos] = 10", qos=1), {"arr": [10, 20, 30]})
    assert gives(select("1 as i", "flags.l[i] = 7", flags={"l": [7]}), {"i": 1})
    # `*` brings the columns into the scope of the aliases.
    assert gives(select("*, 1 as i, flags.l[i] as x", flags={"l": [7]})["x"], 7)


def test_an_index_that_is_no_integer_finds_nothing() -> None:
    for index in ("1.0", '"1"', "true", "null", "[1]"):
        assert gives(value_of("payload.l[i]", payload=f'{{"l": [1], "i": {index}}}'), "undefined")


def test_text_on_the_way_is_read_as_json() -> None:
    assert gives(value_of("username.a[2]", username='{"a": [1, 2]}'), 2)
    assert gives(value_of("username.a", username="{'a': 1}"), "undefined")
    assert gives(value_of("payload.a", payload='"{\\"a\\": 5}"'), 5)


# ------------------------------------------------------------------------------ slices, lists


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("payload.l[2..3]", [20, 30]),
        ("payload.l[-1..-1]", [30]),
        ("[1..3]", [1, 2, 3]),
        ("[3..2]", []),
        ("[-1..1]", [-1, 0, 1]),
        ("[1, 'a', payload.a, [2]]", [1, "a", 1, [2]]),
        ("[1,]", [1]),
        ("[]", []),
        ("[payload.none]", ["undefined"]),
    ],
)
def test_slices_and_lists(expression: str, expected: Any) -> None:
    assert gives(value_of(expression, payload=DOC), expected)


@pytest.mark.parametrize(
    "expression",
    ["payload[1..2]", "payload.s[1..1]", "payload.none[1..2]", "[3..1]", "payload.l[0..1]"],
)
def test_slices_and_ranges_that_fail(expression: str) -> None:
    assert failed(value_of(expression, payload=DOC), "select")
