"""What conditions and CASE mean."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.rules import NO_MATCH, failed, value_of
from tests.unit.sql.compiling import DOC, foreach, gives, select

# ------------------------------------------------------------------------------ conditions


@pytest.mark.parametrize(
    ("where", "matches"),
    [
        ("true", True),
        ("false", False),
        ("1 = 1 or 1 div 0 = 1", True),
        ("1 = 2 and 1 div 0 = 1", False),
        ("1 = 1 or 1 = 1 and 1 = 2", True),
        ("not qos = 2", True),
        ("not qos = 1 and qos = 1", False),
        ("not payload.none", False),
        ("not payload.f", True),
        ("not 5", False),
        ("not true", False),
        ("not is_null(qos)", True),
        ("qos in (1, 2)", True),
        ("qos in (1.0, '1')", False),
        ("clientid in ('x', 'dev')", True),
        ("qos in ('x', qos)", True),
        ("event in ('message.publish')", False),
        ("event = 'message.publish'", True),
        ("(qos = 1)", True),
        ("is_not_null(qos)", True),
        ("is_not_null(qos) and qos = 1", True),
        ("qos = 2 or qos = 3 or qos = 1", True),
        ("qos = 1 and qos = 1 and qos = 2", False),
        ("qos != missing", False),
        ("missing = other", True),
        ("topic =~ 't/+'", True),
        ("topic =~ 'u/+'", False),
        ("1 = 1 or (1 = 2 as z)", True),
        ("null() or 1 = 1", None),
        ("eq(1, 1) and eq(1, 2)", False),
    ],
)
def test_conditions(where: str, matches: bool | None) -> None:
    result = select("1 as x", where, payload='{"f": false}', qos=1, clientid="dev")
    if matches is None:
        assert failed(result, "where")
    else:
        assert result == ({"x": 1} if matches else NO_MATCH)


@pytest.mark.parametrize(
    "where",
    [
        "payload.on",
        "qos",
        "'text'",
        "1",
        "1 + 1",
        "-1",
        "[1]",
        "qos in ('a', 1 div 0)",
        "not (qos = 1 and qos = 1)",
        "not qos in (1)",
        "not (not qos = 1)",
        "qos not in (1)",
        "(qos = 1 as z)",
        "qos in (1 as z, 2)",
        "qos ~= 1",
        "coalesce(1, 2) and 1 = 1",
        "coalesce(1, 2) or 1 = 1",
        "(coalesce(1, 2) and 1 = 1) or 1 = 1",
        "(1 = 1 and coalesce(1, 2)) or 1 = 1",
        "qos = 1 and qos",
        "no_such_function(1)",
        "is_null()",
    ],
)
def test_conditions_that_fail_when_they_are_reached(where: str) -> None:
    assert failed(select("1 as x", where, payload='{"on": true}', qos=1), "where")


@pytest.mark.parametrize(
    "where", ["coalesce(1, 2)", "1 = 1 and coalesce(1, 2)", "1 = 2 or coalesce(1, 2)", "null()"]
)
def test_a_call_that_decides_must_give_a_boolean_and_fails_without_stage(where: str) -> None:
    assert failed(select("1 as x", where), None)
    assert failed(foreach(f'[1] as i DO i INCASE {where} FROM "t/#"'), None)


def test_message_functions_are_undefined_in_conditions() -> None:
    assert select("1 as x", "topic(1) = 't'") == NO_MATCH
    assert gives(select("topic(1) as t1", "t1 = 't'"), {"t1": "t"})


# ------------------------------------------------------------------------------ case


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("case when 1 = 1 then 'y' else 'n' end", "y"),
        ("case when 1 = 2 then 'y' else 'n' end", "n"),
        ("case when 1 = 2 then 'y' end", "undefined"),
        ("case when 1 = 2 then 1 when 2 = 2 then 2 when 1 div 0 = 1 then 3 end", 2),
        ("case when 1 = 1 then 1 else 1 div 0 end", 1),
        ("case when coalesce(1, 2) then 1 else 2 end", 2),
        ("case when 1 = 1 and coalesce(1, 2) then 1 else 2 end", 2),
        ("case when not payload.none then 1 else 2 end", 2),
        ("case when true then 1 end", 1),
        ("case payload.i when 1 then 'one' when 2 then 'two' end", "two"),
        ("case payload.i when 2.0 then 'float' when '2' then 'text' else 'none' end", "none"),
        ("case payload.none when missing then 'both undefined' end", "both undefined"),
        ("case payload.none when null then 'both undefined' end", "both undefined"),
        ("case event when 'message.publish' then 1 else 2 end", 2),
        ("case str(event) when 'message.publish' then 1 else 2 end", 1),
        ("case true when 1 = 1 then 'yes' end", "yes"),
        ("case payload.l when [10, 20, 30] then 'same' end", "same"),
        ("case 1 when 1 then 'first' when 1 div 0 then 'never' end", "first"),
        ("case when 1 = 2 then 5 as z else 6 end", 6),
        ("coalesce(case when 1 = 1 then 2 end + 1, 0)", 3),
        ("(case when 1 = 1 then 2 end)", 2),
    ],
)
def test_case(expression: str, expected: Any) -> None:
    assert gives(value_of(expression, payload=DOC), expected)


@pytest.mark.parametrize(
    "expression",
    [
        "case when qos then 1 else 2 end",
        "case when 1 div 0 = 1 then 1 else 2 end",
        "case 1 when 1 = 1 and 1 = 1 then 1 end",
        "case 1 when 1 in (1) then 1 end",
        "case 1 when not 1 = 1 then 1 end",
        "case 1 as z when 1 then 1 end",
        "case when 1 = 1 then 1 as z end",
        "case when coalesce(1, 2) and 1 = 1 then 1 end",
        "case 1 div 0 when 1 then 1 end",
    ],
)
def test_case_that_fails(expression: str) -> None:
    assert failed(value_of(expression, payload=DOC), "select")


def test_the_subject_of_case_is_evaluated_after_each_value() -> None:
    count = "kv_store_put('n', coalesce(kv_store_get('n'), 0) + 1)"
    counted = f"case {count} when 1 then 1 when 2 then 2 end as x, kv_store_get('n') as n"
    assert gives(select(counted), {"x": "undefined", "n": 2})
