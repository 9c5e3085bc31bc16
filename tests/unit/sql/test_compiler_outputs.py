"""What a statement puts out: calls, aliases, written paths, made names."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.rules import evaluate, failed, value_of
from tests.unit.sql.compiling import DOC, foreach, gives, select

# ------------------------------------------------------------------------------ calls


@pytest.mark.parametrize(
    "expression",
    [
        "nope(1)",
        "upper()",
        "upper('a', 'b')",
        "os.cmd('ls')",
        "emqx_rule_funcs.a.upper('a')",
        "true(1)",
        '"*"(1)',
        'upper("*")',
        'concat("*", 1)',
        "1 ~= 1",
        "Upper('a')",
        "schema_decode('x', payload)",
        "coalesce(1, 2, 3)",
    ],
)
def test_calls_that_fail(expression: str) -> None:
    assert failed(value_of(expression), "select")


def test_built_in_functions_have_a_module() -> None:
    assert gives(value_of("emqx_rule_funcs.upper('a')"), "A")
    assert gives(value_of("\"upper\"('a')"), "A")
    assert gives(value_of("div(7, 2)"), 3)


def test_message_functions_read_the_event() -> None:
    fields = "topic(2) as t, clientid() as c, qos() as q, flag('retain') as r, payload('a') as a"
    expected = {"t": "1", "c": "dev", "q": 2, "r": True, "a": 1}
    context = {"clientid": "dev", "qos": 2, "flags": {"retain": True}}
    assert gives(select(fields, **context), expected)
    assert gives(foreach(f'[1] as i DO {fields} FROM "t/#"', **context), [expected])
    assert gives(foreach("split(topic(), '/') as i DO i FROM \"t/#\""), [{"i": "t"}, {"i": "1"}])


def test_a_failure_names_its_place() -> None:
    sql = 'SELECT qos as q,\n upper(5) as x FROM "t/#"'
    result = evaluate(sql)
    assert failed(result, "select", at="upper(5)", sql=sql)
    assert (result.span.line, result.span.column) == (2, 2)


def test_a_failure_in_a_long_statement_names_its_place() -> None:
    fields = ", ".join(f"{n} as f{n}" for n in range(50))
    sql = f'SELECT {fields}, 1 + (2 * missing) as x FROM "t/#" WHERE 1 = 1'
    assert failed(evaluate(sql), "select", at="* missing", sql=sql)
    sql = f"SELECT {fields} FROM \"t/#\" WHERE qos = 1 and 'abc' > 1"
    assert failed(evaluate(sql, qos=1), "where", at="'abc' > 1", sql=sql)


# ------------------------------------------------------------------------------ outputs


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("qos", {"qos": 1}),
        ("(qos)", {"qos": 1}),
        ("payload.b.c", {"payload": {"b": {"c": [5, {"d": "x"}]}}}),
        ("payload.a, payload.i", {"payload": {"a": 1, "i": 2}}),
        ("payload.l[2]", {"payload": {"l": [20]}}),
        ("payload.l[i]", {"payload": {"l": [20]}}),
        ("payload.l[1..2]", {"payload": {"l": [10, 20]}}),
        ("'x'", {"x": "x"}),
        ("'x' as x.y", {"x": {"y": "x"}}),
        ('1 as "x.y"', {"x.y": 1}),
        ("1 as p.'User Id'", {"p": {"User Id": 1}}),
        ("1 as a, 2 as a", {"a": 2}),
        ("1 as a, 2 as a.b", {"a": {"b": 2}}),
        ("1 as a.b, 2 as a", {"a": 2}),
        ("1 as a.b, 2 as a.c, 3 as a.b.d", {"a": {"b": {"d": 3}, "c": 2}}),
        ("[1] as a, 2 as a.b", {"a": {"b": 2}}),
        ("[1, 2, 3] as c, 9 as c[2]", {"c": [1, 9, 3]}),
        ("[1, 2, 3] as c, 9 as c[-3]", {"c": [9, 2, 3]}),
        ("[1, 2, 3] as c, 9 as c[4], 9 as c[-4]", {"c": [1, 2, 3]}),
        ("[1] as c, 0 as c[0], 2 as c[-0]", {"c": [0, 1, 2]}),
        ("9 as c[5]", {"c": [9]}),
        ("9 as c[0]", {"c": [9]}),
        ("9 as c[-0]", {"c": [9]}),
        ("5 as c, 9 as c[2]", {"c": [9]}),
        ("1 as c.k, 9 as c[2]", {"c": [9]}),
        ("5 as a[3].k", {"a": [{"k": 5}]}),
        ("[1] as a, 5 as a[3].k", {"a": [1]}),
        ("[1] as a, 5 as a[0].k", {"a": [{"k": 5}, 1]}),
        ("[json_decode('{\"k\":1}')] as a, 5 as a[1].m", {"a": [{"k": 1, "m": 5}]}),
        ("2 as i, [1, 2] as c, 9 as c[i]", {"i": 2, "c": [1, 9]}),
        ("0 as i, [1, 2] as c, 9 as c[i]", {"i": 0, "c": [1, 2]}),
        ("1.0 as i, [1, 2] as c, 9 as c[i]", {"i": 1.0, "c": [1, 2]}),
        ("[1, 2] as c, 9 as c[i]", {"c": [1, 2]}),
        ("9 as c[i]", {"c": [9]}),
        ("1 as i.j, [1, 2] as c, 9 as c[i.j]", {"i": {"j": 1}, "c": [9, 2]}),
        ("-1 as i, [1, 2] as c, 9 as c[i]", {"i": -1, "c": [1, 9]}),
        # A write into text replaces it; what lies below the step is kept.
        ("payload as p, 1 as p.x", {"p": {"x": 1}}),
        ('\'{"x":{"z":5},"w":1}\' as p, 1 as p.x.y', {"p": {"x": {"z": 5, "y": 1}}}),
        ("'[[1],2]' as p, 9 as p[1][-0]", {"p": [[1, 9]]}),
        ("'no json' as p, 1 as p.x.y", {"p": {"x": {"y": 1}}}),
        # Only `payload` written by name is extended.
        ("payload, 1 as payload.n", {"payload": {"a": 1, "i": 2, "n": 1}}),
        (
            "payload.i as j, '{\"z\": 3}' as payload, 1 as payload.n",
            {"j": 2, "payload": {"a": 1, "i": 2, "n": 1}},
        ),
        ("'{\"z\": 3}' as payload, 1 as payload.n", {"payload": {"z": 3, "n": 1}}),
        ("1 as payload.n", {"payload": {"n": 1}}),
        ("payload, payload.a", {"payload": {"a": 1}}),
        ("5 as payload, 1 as payload.n", {"payload": {"n": 1}}),
        ("payload.a, 2 as payload.n", {"payload": {"a": 1, "n": 2}}),
        ("1 as payload.n, payload.a", {"payload": {"n": 1, "a": 1}}),
        ("'' as x", {"x": ""}),
    ],
)
def test_writing(fields: str, expected: Any) -> None:
    payload = DOC if "l[" in fields or "b.c" in fields else '{"a": 1, "i": 2}'
    assert gives(select(fields, payload=payload, qos=1), expected)


def test_a_text_payload_that_is_no_json_cannot_be_extended() -> None:
    assert failed(select("payload, 1 as payload.n", payload="x"), "select")
    assert failed(select("'x' as payload, 1 as payload.n"), "select")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("*", '{"a": 1, "i": 2}'),
        ("*, 1 as payload.n", {"n": 1}),
        ("*, payload.a", {"a": 1, "i": 2}),
        ("*, payload.x.y", {"a": 1, "i": 2, "x": {"y": "undefined"}}),
        ("payload.a, *", '{"a": 1, "i": 2}'),
        ("*, 1 as payload.n, *", '{"a": 1, "i": 2}'),
        ("*, 'z' as payload", "z"),
    ],
)
def test_payload_beside_all_columns(fields: str, expected: Any) -> None:
    result = select(fields, payload='{"a": 1, "i": 2}')
    assert gives(result["payload"], expected)
    assert result["topic"] == "t/1"
    assert result["metadata"]["namespace"] == "global"


def test_columns_and_aliases_in_one_output() -> None:
    result = select("*, 'x' as clientid, qos + 1 as q, 'y' as other", clientid="dev", qos=1)
    assert {k: result[k] for k in ("clientid", "q", "other", "qos")} == {
        "clientid": "x",
        "q": 2,
        "other": "y",
        "qos": 1,
    }
    again = select("*, 'x' as clientid, 'y' as other, *", clientid="dev")
    assert (again["clientid"], again["other"]) == ("dev", "y")


@pytest.mark.parametrize(
    "fields",
    ["7", "1 + 1", "1 = 1", "upper('a')", "[1]", "[1..2]", "case when 1 = 1 then 1 end", "true"],
)
def test_an_expression_without_alias_gets_a_made_name(fields: str) -> None:
    (name,) = select(fields)
    assert name.startswith("_v_")


def test_made_names_are_different() -> None:
    assert sorted(select("7, 8, 7").values()) == [7, 7, 8]


@pytest.mark.parametrize(
    "fields",
    ["-1", "-qos", "+qos", "1 as true", "1 as false", '1 as "*"', "-'x' as y", "-true as y"],
)
def test_fields_that_cannot_be_written(fields: str) -> None:
    assert failed(select(fields, qos=1), "select")


def test_a_plus_sign_changes_nothing() -> None:
    assert gives(select("+'x' as a, +qos as b, - -3 as c", qos=1), {"a": "x", "b": 1, "c": 3})


def test_writing_leaves_the_message_as_it_was() -> None:
    fields = "payload.b as b, 9 as b.c[1], 8 as b.new, payload.b.c as c, payload as p"
    result = select(fields)
    assert result["b"] == {"c": [9, {"d": "x"}], "new": 8}
    assert result["c"] == [5, {"d": "x"}]
    assert result["p"] == DOC
