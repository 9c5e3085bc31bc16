"""A compiled rule: what it tells about itself, and that evaluation never raises."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import SqlCheckError, SqlError, SqlSyntaxError
from core.sql.event import NOT_DECODED, Event
from core.sql.functions import FUNCTIONS
from core.sql.functions.context import EvalContext
from core.sql.functions.registry import Example, Function
from core.sql.rule import Failed, NoResult, Passed, compile_rule
from core.sql.values import UNDEFINED, Atom, EvalError, Value

REFERENCE = (
    'SELECT timestamp, clientid, payload.temp as temp, payload.hum as hum FROM "temp_hum/emqx"'
)


def outcome(sql: str, event: Event | None = None, **columns: Any) -> Passed | NoResult | Failed:
    return compile_rule(sql).evaluate(event or Event(columns), EvalContext.for_tester())


def test_the_reference_rule() -> None:
    rule = compile_rule(REFERENCE)
    assert rule.topics == ("temp_hum/emqx",)
    assert rule.columns == {"timestamp", "clientid", "payload"}
    assert rule.selected == {"timestamp", "clientid", "temp", "hum"}
    assert rule.reads_payload_path
    assert not rule.is_foreach
    assert rule.warnings == ()
    event = Event({"timestamp": 7, "clientid": "dev"}, b'{"temp": 27.5, "hum": 41.8}')
    result = rule.evaluate(event, EvalContext())
    assert isinstance(result, Passed)
    assert result.outputs == [{"timestamp": 7, "clientid": "dev", "temp": 27.5, "hum": 41.8}]


@pytest.mark.parametrize(
    ("sql", "columns", "selected", "reads_path"),
    [
        ("SELECT * FROM t", None, None, False),
        ("SELECT *, 1 as a FROM t", None, None, False),
        ("SELECT 1 as a FROM t", set(), {"a"}, False),
        ("SELECT payload FROM t", {"payload"}, {"payload"}, False),
        ("SELECT payload.a FROM t", {"payload"}, {"payload"}, True),
        ("SELECT qos as q FROM t WHERE username = 'x'", {"qos", "username"}, {"q"}, False),
        ("SELECT topic(1) as t, clientip() as i FROM t", {"topic", "peerhost"}, {"t", "i"}, False),
        ("SELECT flag('retain') as r FROM t", {"flags"}, {"r"}, False),
        ("SELECT 1 as a.b, 2 as a.c FROM t", set(), {"a"}, False),
        ("FOREACH payload.l as x DO x FROM t", {"payload"}, {"x"}, True),
        ("FOREACH payload.l as x FROM t", None, None, True),
        ("FOREACH payload as x DO x.k as k, qos FROM t", {"payload", "qos"}, {"k", "qos"}, True),
    ],
)
def test_a_rule_tells_what_it_reads_and_writes(
    sql: str, columns: set[str] | None, selected: set[str] | None, reads_path: bool
) -> None:
    rule = compile_rule(sql)
    assert rule.columns == columns
    assert rule.selected == selected
    assert rule.reads_payload_path is reads_path
    assert rule.is_foreach is sql.startswith("FOREACH")


def test_from_is_matched_by_topic() -> None:
    rule = compile_rule("SELECT 1 as a FROM \"a/+\", b, '$SYS/#'")
    assert rule.topics == ("a/+", "b", "$SYS/#")
    assert [t for t in ("a/1", "b", "$SYS/x", "a/1/2", "c", "$a/1") if rule.matches(t)] == [
        "a/1",
        "b",
        "$SYS/x",
    ]


def test_warnings_come_with_the_rule() -> None:
    (problem,) = compile_rule('SELECT qos FROM "t/#" WHERE clientid = "abc"').warnings
    assert problem.code == "quoted-value"
    assert compile_rule('SELECT from_clientid FROM "$events/message/delivered"').warnings == ()


def test_outcomes_are_values() -> None:
    assert isinstance(outcome("SELECT qos FROM t", qos=1), Passed)
    assert outcome("SELECT qos FROM t WHERE qos = 2", qos=1) == NoResult()
    assert outcome("FOREACH [] as x DO x FROM t") == NoResult(empty=True)
    assert outcome("FOREACH [1] as x DO x FROM t WHERE false") == NoResult()
    assert isinstance(outcome("SELECT qos + 'a' - 1 as x FROM t", qos=1), Failed)


def test_outputs_keep_undefined_and_constants() -> None:
    result = outcome("SELECT event, missing FROM t", Event({"event": Atom("message.publish")}))
    assert isinstance(result, Passed)
    assert result.outputs == [{"event": Atom("message.publish"), "missing": UNDEFINED}]


@pytest.mark.parametrize(
    "sql", ["", "SELECT", "SELECT 1 as a", "DELETE FROM t", "SELECT 1,, FROM t"]
)
def test_what_does_not_parse_is_refused(sql: str) -> None:
    with pytest.raises(SqlSyntaxError):
        compile_rule(sql)


def test_a_path_too_deep_to_compile_is_refused() -> None:
    with pytest.raises(SqlCheckError):
        compile_rule("SELECT 1 as a" + ".b" * 3000 + " FROM t")


def test_long_and_nested_statements_work() -> None:
    terms = " or ".join(["qos = 9"] * 3000)
    assert outcome(f"SELECT 1 as x FROM t WHERE {terms}", qos=1) == NoResult()
    nested = "coalesce(case when qos = 1 then " * 28 + "1" + " end, 0)" * 28
    result = outcome(f"SELECT {nested} as x FROM t", qos=1)
    assert isinstance(result, Passed)
    assert result.outputs == [{"x": 1}]
    condition = "(qos = 1 and " * 55 + "qos = 1" + ")" * 55
    assert isinstance(outcome(f"SELECT 1 as x FROM t WHERE {condition}", qos=1), Passed)


@pytest.mark.parametrize(
    "fields",
    [
        "[1] as a, " + ", ".join(["[a, a] as a"] * 40),
        "[payload] as a, " + ", ".join(["[a, a] as a"] * 40),
        "[1] as a, " + ", ".join(["a as b.x, a as b.y, b as a"] * 40),
        "[1] as a, " + ", ".join(["a as a[0]"] * 80),
        "payload as a, " + ", ".join(["a + a as a"] * 40),
        "map_new() as a, " + ", ".join(["map_put('x', a, map_put('y', a, a)) as a"] * 40),
        "10 as a, " + ", ".join(["a * a as a"] * 40),
        "2.5 as a, " + ", ".join(["a * a as a"] * 40),
    ],
)
def test_a_small_statement_cannot_make_a_huge_value(fields: str) -> None:
    assert isinstance(outcome(f"SELECT {fields} FROM t", payload="x"), Failed)


def test_a_foreach_goes_through_a_limited_number_of_elements() -> None:
    event = Event({"payload": json.dumps([0] * 100_001)})
    assert isinstance(outcome("FOREACH payload as x DO 1 as y FROM t", event), Failed)


def test_deeply_nested_json_is_a_failure_not_a_crash() -> None:
    for payload in ("[" * 100_000, "[" * 100_000 + "]" * 100_000):
        event = Event({"payload": payload})
        assert isinstance(outcome("SELECT payload.a as x FROM t", event), Failed)
    deep: Value = 1
    for _ in range(5_000):
        deep = [deep]
    assert isinstance(
        outcome("SELECT eq(a, b) as x FROM t", Event({"a": deep, "b": [deep]})), Failed
    )


def test_a_mistake_in_a_function_becomes_a_failure() -> None:
    def broken() -> Value:
        raise KeyError("lost")

    function = Function("broken", "test", 0, 0, broken, "broken()", "", "", Example("broken()", 1))
    rule = compile_rule("SELECT broken() as x FROM t", functions={"broken": function})
    result = rule.evaluate(Event({}), EvalContext())
    assert isinstance(result, Failed)
    assert result.error.stage == "select"
    assert "KeyError" in result.error.message
    assert result.error.hint


# ------------------------------------------------------------------------------ events


def test_an_event_decodes_its_payload_once_for_all_rules() -> None:
    event = Event({}, b'{"a": 1}')
    first, second = (compile_rule(f"SELECT payload.a as {name} FROM t") for name in "xy")
    context = EvalContext()
    assert event.decoded is NOT_DECODED
    first.evaluate(event, context)
    decoded = event.decoded
    second.evaluate(event, context)
    assert event.decoded is decoded
    assert "payload" not in event.columns


def test_an_event_keeps_that_its_payload_is_no_json() -> None:
    event = Event({}, b"\xff{")
    rule = compile_rule("SELECT payload.a as x FROM t")
    for _ in range(2):
        result = rule.evaluate(event, EvalContext())
        assert isinstance(result, Failed)
        assert "decode_json_failed" in result.error.message
    with pytest.raises(EvalError):
        event.decode()


def test_payload_bytes_become_text_when_a_rule_reads_the_text() -> None:
    result = outcome("SELECT payload, bytesize(payload) as n FROM t", Event({}, b"\xff\xc3\xa9"))
    assert isinstance(result, Passed)
    assert result.outputs == [{"payload": "\udcff\u00e9", "n": 3}]
    everything = outcome("SELECT * FROM t", Event({"qos": 1}, b"x"))
    assert isinstance(everything, Passed)
    assert everything.outputs == [{"qos": 1, "payload": "x"}]
    function = outcome("SELECT payload() as p, payload('a') as a FROM t", Event({}, b'{"a": 2}'))
    assert isinstance(function, Passed)
    assert function.outputs == [{"p": '{"a": 2}', "a": 2}]


def test_an_event_without_payload_has_none() -> None:
    result = outcome("SELECT payload, payload.a as a FROM t")
    assert isinstance(result, Passed)
    assert result.outputs == [{"payload": UNDEFINED, "a": UNDEFINED}]


def test_a_rule_leaves_the_event_to_the_next_rule() -> None:
    event = Event({"flags": {"retain": True}, "payload": '{"l": [1, {"k": 2}]}'})
    context = EvalContext()
    compile_rule(
        "SELECT *, 0 as flags.retain, payload.l as l, 9 as l[2].k, 9 as payload.l[1] FROM t"
    ).evaluate(event, context)
    result = compile_rule("SELECT flags, payload.l as l FROM t").evaluate(event, context)
    assert isinstance(result, Passed)
    assert result.outputs == [{"flags": {"retain": True}, "l": [1, {"k": 2}]}]


def test_one_rule_may_be_evaluated_in_several_threads() -> None:
    rule = compile_rule("FOREACH payload as x DO x * 2 as y, topic FROM t WHERE qos = 1")
    wrong: list[object] = []

    def work(number: int) -> None:
        for _ in range(50):
            event = Event({"payload": f"[{number}]", "qos": 1, "topic": str(number)})
            result = rule.evaluate(event, EvalContext())
            if result != Passed([{"y": number * 2, "topic": str(number)}]):
                wrong.append(result)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


# ------------------------------------------------------------------------------ properties

NAMES = ["payload", "qos", "topic", "a", "item", "x"]
names = st.sampled_from(NAMES)
steps = st.sampled_from([".a", ".b", "[1]", "[-1]", "[0]", "[a]", ".'x y'", "[qos]"])
refs = st.builds(lambda name, below: name + "".join(below), names, st.lists(steps, max_size=3))
literals = st.sampled_from(
    ["1", "2.5", "'t'", "true", "[1..3]", "'{\"a\":[1]}'", "'5'", "[]", "null()"]
)
CALLS = sorted(set(FUNCTIONS) - {"jq"})
leaves = refs | literals | st.builds("{}[1..2]".format, refs)
scalar = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from(["+", "-", "*", "/", "div"]), inner),
        st.builds("-{}".format, leaves),
        st.builds("[{}, {}]".format, inner, inner),
        st.builds("{}({})".format, st.sampled_from(CALLS), inner),
        st.builds("{}({}, {})".format, st.sampled_from(CALLS), inner, inner),
    ),
    max_leaves=5,
)
comparison = st.builds(
    "{} {} {}".format, scalar, st.sampled_from(["=", "!=", "<", ">=", "=~", "~="]), scalar
)
condition = st.recursive(
    comparison | st.builds("{} in ({}, {})".format, scalar, scalar, scalar) | scalar,
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("not ({})".format, inner),
    ),
    max_leaves=4,
)
case = st.builds("case when {} then {} else {} end".format, condition, scalar, scalar) | st.builds(
    "case {} when {} then {} end".format, scalar, scalar, scalar
)
field = st.one_of(
    st.just("*"),
    refs,
    st.builds("{} as {}".format, scalar | comparison | case, refs),
)
fields = st.lists(field, min_size=1, max_size=5).map(", ".join)
select = st.builds("SELECT {} FROM t WHERE {}".format, fields, condition)
foreach = st.builds(
    "FOREACH {} as {} DO {} INCASE {} FROM t".format, scalar, refs, fields, condition
)
payloads = st.sampled_from(
    ['{"a": [1, {"b": 2}], "b": "{\\"a\\": 1}", "x y": null}', "[1, [2]]", "5", "no json", '"[1]"']
)


@given(select | foreach, payloads)
def test_every_statement_that_parses_gives_an_outcome(sql: str, payload: str) -> None:
    columns: dict[str, Value] = {"payload": payload, "qos": 1, "topic": "t/1", "a": ["x", {}]}
    try:
        rule = compile_rule(sql)
    except SqlError:
        return
    event = Event(columns)
    before = json.dumps([event.columns, payload], default=repr)
    result = rule.evaluate(event, EvalContext.for_tester())
    if isinstance(result, Failed):
        assert "unexpected" not in result.error.message, result.error.message
        assert result.error.span is not None
        assert 0 <= result.error.span.start < result.error.span.end <= len(sql)
    elif isinstance(result, Passed) and rule.selected is not None:
        assert all(set(output) == rule.selected for output in result.outputs)
    assert json.dumps([event.columns, payload], default=repr) == before
    again = compile_rule(sql).evaluate(Event(columns, None), EvalContext.for_tester())
    assert type(again) is type(result)
