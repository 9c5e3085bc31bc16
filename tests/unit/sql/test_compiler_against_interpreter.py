"""The compiler decides beforehand what the interpreter looks up: both must come to the same."""

from __future__ import annotations

from typing import Any

from hypothesis import assume, example, given
from hypothesis import strategies as st

from core.errors import SqlError
from core.sql.event import Event
from core.sql.functions.context import EvalContext
from core.sql.rule import Failed, NoResult, compile_rule
from core.sql.values import EvalError
from tests.helpers.rule_interpreter import Interpreter
from tests.helpers.rules import FixedClock

FAILED = "failed"
COLUMNS: dict[str, Any] = {"qos": 1, "topic": "t/1", "flags": {"l": [7, 8], "a": {"b": 5}}, "i": 2}
PAYLOADS: list[str | None] = [
    '{"a": {"b": 1, "l": [1, 2]}, "l": [10, {"b": 3}, 30],'
    ' "i": 1, "s": "{\\"a\\": [4]}", "n": null}',
    '[1, {"a": 2}]',
    '"{\\"a\\": 6}"',
    "no json",
    "3",
    None,
]

names = st.sampled_from(["payload", "payload", "payload", "flags", "qos", "i", "x", "y", "item"])
steps = st.sampled_from(
    [".a", ".b", ".l", ".s", ".n", "[1]", "[2]", "[-1]", "[i]", "[x]", "[payload.i]"]
)
writes = st.sampled_from([".a", ".b", ".l", ".n", "[1]", "[-1]", "[0]", "[-0]", "[i]"])


def path(first: Any, below: Any, most: int) -> Any:
    parts = st.lists(below, max_size=most).map("".join)
    return st.tuples(first, parts).map("".join)


refs = path(names, steps, 3)
targets = path(names, writes, 3)
literals = st.sampled_from(
    [
        "1",
        "'t'",
        "true",
        "[1, 2]",
        "null()",
        "2",
        '\'{"a": {"b": 9}}\'',
        'json_decode(\'{"a": {"b": 8}, "l": [6]}\')',
    ]
)
values = st.one_of(
    refs,
    refs,
    literals,
    st.builds("case when {} = 1 then {} else {} end".format, refs, refs, refs),
    st.builds("case {} when {} then {} end".format, refs, literals, refs),
)
operands = refs | literals
items = st.one_of(
    st.just("*"), refs, refs, st.builds("{} as {}".format, values, targets), st.just("payload")
)
fields = st.lists(items, min_size=1, max_size=6).map(", ".join)
comparisons = st.one_of(
    st.builds("{} {} {}".format, operands, st.sampled_from(["=", "!="]), operands),
    st.builds("is_null({})".format, refs),
    st.builds("{} in ({}, {})".format, operands, operands, operands),
    st.builds("not {} = {}".format, operands, operands),
)
conditions = st.one_of(
    comparisons,
    st.builds("{} or {}".format, comparisons, comparisons),
    st.builds("{} and not is_null({})".format, comparisons, refs),
    st.just("true"),
    st.just("true"),
)
lists = st.sampled_from(
    ["payload.l", "payload", "payload.a.l", "flags.l", "[1, 2]", "x", "payload.s.a"]
)
earlier = st.lists(refs | st.builds("{} as {}".format, values, targets), max_size=3)
collections = st.one_of(
    lists, st.builds("{} as {}".format, lists, names), st.builds("{} as {}".format, lists, targets)
)
select = st.builds("SELECT {} FROM t WHERE {}".format, fields, conditions)
foreach = st.builds(
    "FOREACH {} {} INCASE {} FROM t WHERE {}".format,
    st.builds(lambda first, last: ", ".join([*first, last]), earlier, collections),
    st.one_of(st.just(""), fields.map("DO {}".format), fields.map("DO {}".format)),
    conditions,
    conditions,
)


def interpreted(sql: str, columns: dict[str, Any]) -> Any:
    context = EvalContext.for_tester(clock=FixedClock())
    interpreter = Interpreter(columns, context)
    try:
        result = interpreter.run(compile_rule(sql).statement)
    except EvalError:
        return FAILED
    assume(not interpreter.is_ambiguous)
    return result


def compiled(sql: str, columns: dict[str, Any], *, raw: bool) -> Any:
    rule = compile_rule(sql)
    given_columns = dict(columns)
    data = given_columns.pop("payload").encode() if raw and "payload" in columns else None
    result = rule.evaluate(Event(given_columns, data), EvalContext.for_tester(clock=FixedClock()))
    if isinstance(result, Failed):
        return FAILED
    if isinstance(result, NoResult):
        return [] if result.empty else None
    return result.outputs if rule.is_foreach else result.outputs[0]


def without_made_names(result: Any) -> Any:
    """Give the one made name that an output may have the same text everywhere."""
    if isinstance(result, list):
        return [without_made_names(output) for output in result]
    if not isinstance(result, dict):
        return result
    return {"_v_" if key.startswith("_v_") else key: value for key, value in result.items()}


def check(sql: str, payload: str | None, *, raw: bool) -> None:
    # Known difference: `*` and then writes to `payload`, on an event that has no payload.
    assume(payload is not None or "*" not in sql)
    columns = COLUMNS if payload is None else {**COLUMNS, "payload": payload}
    try:
        compile_rule(sql)
    except SqlError:
        assume(False)
    expected = without_made_names(interpreted(sql, columns))
    result = without_made_names(compiled(sql, columns, raw=raw))
    assert result == expected, f"{sql}\ncompiled {result}\nexpected {expected}"


@given(select, st.sampled_from(PAYLOADS), st.booleans())
@example("SELECT payload, payload.a, *, payload.b, 1 as payload.c FROM t", PAYLOADS[0], False)
@example("SELECT 'x' as payload, *, payload.b as c FROM t", PAYLOADS[0], False)
def test_select_comes_to_the_same(sql: str, payload: str | None, raw: bool) -> None:
    check(sql, payload, raw=raw)


@given(foreach, st.sampled_from(PAYLOADS), st.booleans())
def test_foreach_comes_to_the_same(sql: str, payload: str | None, raw: bool) -> None:
    check(sql, payload, raw=raw)
