"""Columns of the event, stores, UUIDs and environment variables."""

from __future__ import annotations

import re

import pytest

from core.sql.event import Event
from core.sql.functions.context import EvalContext
from core.sql.rule import NoResult, Passed, compile_rule
from core.sql.values import UNDEFINED, Value
from tests.unit.sql.evaluating import EvaluationError, check, context_at, value_of

COLUMNS: dict[str, Value] = {
    "id": "0005",
    "clientid": "dev-9",
    "username": "bob",
    "qos": 2,
    "topic": "lab//r1",
    "payload": '{"a":{"b":1},"l":[1],"t":"{\\"q\\":7}","n":null}',
    "peerhost": "10.1.2.3",
    "flags": {"retain": True, "dup": False},
}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("msgid()", "0005"),
        ("clientid()", "dev-9"),
        ("username()", "bob"),
        ("qos()", 2),
        ("topic()", "lab//r1"),
        ("payload()", COLUMNS["payload"]),
        ("peerhost()", "10.1.2.3"),
        ("clientip()", "10.1.2.3"),
        ("flags()", {"retain": True, "dup": False}),
        ("flag('retain')", True),
        ("flag('other')", UNDEFINED),
        ("topic(1)", "lab"),
        ("topic(2)", ""),
        ("topic(3)", "r1"),
        ("payload('a.b')", 1),
        ("payload('a.c')", UNDEFINED),
        ("payload('l.1')", UNDEFINED),
        ("payload('t.q')", 7),
        ("payload('n')", None),
        ("contains_topic([], 't/a', 1)", False),
        ("contains_topic_match([], 't/a')", False),
    ],
)
def test_columns_of_the_event(expression: str, expected: Value) -> None:
    check(expression, expected, **COLUMNS)


@pytest.mark.parametrize("expression", ["topic(0)", "topic(4)", "topic('1')", "flag(1)"])
def test_bad_arguments_fail(expression: str) -> None:
    with pytest.raises(EvaluationError):
        value_of(expression, **COLUMNS)


def test_an_event_without_the_columns_gives_undefined() -> None:
    names = ("msgid()", "qos()", "topic()", "topic(1)", "payload()", "payload('a')", "flag('x')")
    for expression in names:
        assert value_of(expression) is UNDEFINED
    assert value_of("flags()") == {}


def test_a_path_of_a_payload_that_is_no_json_fails() -> None:
    with pytest.raises(EvaluationError, match="decode_json_failed"):
        value_of("payload('a')", payload="x")


def test_conditions_do_not_see_the_event() -> None:
    rule = compile_rule('SELECT 1 as r FROM "t/#" WHERE is_null(topic()) = true and flags() = o')
    outcome = rule.evaluate(Event({**COLUMNS, "o": {}}), context_at())
    assert isinstance(outcome, Passed)
    rule = compile_rule("SELECT 1 as r FROM \"t/#\" WHERE clientid() = 'dev-9'")
    assert isinstance(rule.evaluate(Event(dict(COLUMNS)), context_at()), NoResult)


def test_the_store_keeps_values_by_identity_of_the_key() -> None:
    context = context_at()
    assert value_of("kv_store_put(1, 'integer')", context) is True
    assert value_of("kv_store_put(1.0, 'float')", context) is True
    assert value_of("kv_store_put(true, 'boolean')", context) is True
    assert value_of("kv_store_put([1], 'list')", context) is True
    assert value_of("kv_store_put(m, 'map')", context, m={"a": 1}) is True
    assert value_of("kv_store_get(1)", context) == "integer"
    assert value_of("kv_store_get(1.0)", context) == "float"
    assert value_of("kv_store_get(true)", context) == "boolean"
    assert value_of("kv_store_get([1])", context) == "list"
    assert value_of("kv_store_get([1.0])", context) is UNDEFINED
    assert value_of("kv_store_get(m)", context, m={"a": 1}) == "map"
    assert value_of("kv_store_get('1', 'none')", context) == "none"
    assert value_of("kv_store_del(1)", context) is True
    assert value_of("kv_store_del(1)", context) is True
    assert value_of("kv_store_get(1)", context) is UNDEFINED


def test_the_store_of_a_connection_tells_the_previous_value() -> None:
    context = context_at()
    assert value_of("proc_dict_put('k', 1)", context) is UNDEFINED
    assert value_of("proc_dict_put('k', 2)", context) == 1
    assert value_of("proc_dict_get('k')", context) == 2
    assert value_of("proc_dict_del('k')", context) == 2
    assert value_of("proc_dict_del('k')", context) is UNDEFINED
    assert value_of("proc_dict_get('k')", context) is UNDEFINED


def test_two_trials_share_no_store() -> None:
    first, second = EvalContext.for_tester(), EvalContext.for_tester()
    value_of("kv_store_put('k', 1)", first)
    assert value_of("kv_store_get('k')", second) is UNDEFINED


def test_an_environment_variable_keeps_its_first_value() -> None:
    variables = {"EMQXVAR_SITE": "lab", "SECRET": "x"}
    context = EvalContext.for_tester(environ=variables)
    assert value_of("getenv('SITE')", context) == "lab"
    assert value_of("getenv('SECRET')", context) == ""
    variables["EMQXVAR_SITE"] = "field"
    variables["EMQXVAR_SECRET"] = "y"
    assert value_of("getenv('SITE')", context) == "lab"
    assert value_of("getenv('SECRET')", context) == ""
    with pytest.raises(EvaluationError):
        value_of("getenv(1)", context)


def test_uuids_are_random_and_of_version_4() -> None:
    uuid = value_of("uuid_v4()")
    assert isinstance(uuid, str)
    assert re.fullmatch(
        r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", uuid
    )
    plain = value_of("uuid_v4_no_hyphen()")
    assert isinstance(plain, str)
    assert re.fullmatch(r"[0-9a-f]{12}4[0-9a-f]{19}", plain)
    assert value_of("uuid_v4()") != value_of("uuid_v4()")


def test_without_a_runner_jq_says_so() -> None:
    with pytest.raises(EvaluationError, match="without jq"):
        value_of("jq('.', '1')")


def test_a_store_has_room_for_so_much_and_removing_makes_room() -> None:
    context = context_at()
    large = "pad('x', 1000000)"
    rule = compile_rule(f'FOREACH [1..100] as i DO kv_store_put(i, {large}) as r FROM "t"')
    result = rule.evaluate(Event({}), context)
    assert "the store has no room left in its 64 MiB" in str(result)
    assert value_of(f"kv_store_put(1, {large})", context) is True
    with pytest.raises(EvaluationError, match="no room left"):
        value_of(f"kv_store_put(100, {large})", context)
    assert value_of("kv_store_del(1)", context) is True
    assert value_of("kv_store_del(1)", context) is True
    assert value_of(f"kv_store_put(100, {large})", context) is True
    with pytest.raises(EvaluationError, match="no room left"):
        value_of(f"kv_store_put(101, {large})", context)
    for i in range(67):
        value_of(f"kv_store_del({i})", context)
    assert value_of(f"strlen(kv_store_get(100, {large}))", context) == 1_000_000
