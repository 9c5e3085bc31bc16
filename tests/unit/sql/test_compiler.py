"""What a statement means, rule by rule: names, paths, the payload, conditions, CASE, outputs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.rules import NO_MATCH, evaluate, failed, same, value_of

DOC = '{"a": 1, "b": {"c": [5, {"d": "x"}]}, "i": 2, "l": [10, 20, 30], "s": "{\\"q\\": [7, 8]}"}'


def select(fields: str, where: str = "", payload: str = DOC, **context: Any) -> Any:
    condition = f" WHERE {where}" if where else ""
    return evaluate(f'SELECT {fields} FROM "t/#"{condition}', payload=payload, **context)


def foreach(rest: str, payload: str = DOC, **context: Any) -> Any:
    return evaluate(f"FOREACH {rest}", payload=payload, **context)


def gives(result: Any, expected: Any) -> bool:
    assert same(result, expected), result
    return True


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


# ------------------------------------------------------------------------------ payload


def test_the_plain_payload_is_never_decoded() -> None:
    assert gives(select("payload", payload="{not json"), {"payload": "{not json"})
    assert gives(value_of("payload", payload="\ufffd"), "\ufffd")


@pytest.mark.parametrize("payload", ["", "x", "{'a':1}", '{"a":1} x', "NaN", "[1,]", '{"a":1e400}'])
def test_a_payload_path_needs_json(payload: str) -> None:
    assert failed(select("payload.a as x", payload=payload), "select")
    assert failed(select("1 as x", "payload.a = 1", payload=payload), "where")
    assert failed(foreach('payload.a FROM "t/#"', payload=payload), "foreach")
    assert failed(foreach('[1] as i DO payload.a as x FROM "t/#"', payload=payload), "do")
    rule = '[1] as i INCASE payload.a = 1 FROM "t/#"'
    assert failed(foreach(rule, payload=payload), "incase")
    assert gives(foreach('[] as i DO payload.a as x FROM "t/#"', payload=payload), [])


@pytest.mark.parametrize("payload", ["42", "null", "true", "1.5", '"text"', "[5, 6]"])
def test_a_payload_that_is_no_map_has_no_keys(payload: str) -> None:
    assert gives(value_of("payload.a", payload=payload), "undefined")


def test_payload_numbers_keep_their_kind() -> None:
    payload = '{"e": 1e3, "f": 1.0, "i": 123456789012345678901234567890, "d": 1, "d": 2}'
    fields = "payload.e as e, payload.f as f, payload.i as i, payload.d as d"
    expected = {"e": 1000.0, "f": 1.0, "i": 123456789012345678901234567890, "d": 2}
    assert gives(select(fields, payload=payload), expected)


def test_a_list_payload_is_indexed() -> None:
    assert gives(value_of("payload[2].v", payload='[{"v": 1}, {"v": 2}]'), 2)
    assert gives(value_of("payload[1]", payload="7"), "undefined")


P = '{"a": 1, "b": 2}'

# What `payload` and `payload.<path>` read: a row for what the output holds.
PAYLOAD_TABLE = [
    # fields, plain payload, payload.a in SELECT, payload.b in SELECT
    ("1 as x", P, 1, 2),
    ("json_decode('{\"a\": 9}') as payload", {"a": 9}, 9, 2),
    ("[7] as payload", [7], 1, 2),
    ("payload.a as y, '{\"a\": 9}' as payload", '{"a": 9}', 1, 2),
    ("'{\"a\": 9}' as payload", '{"a": 9}', 9, "undefined"),
    ("5 as payload", 5, 1, 2),
    ("true as payload", True, 1, 2),
    ("nothing as payload", P, 1, 2),
    ("payload.a", {"a": 1}, 1, 2),
    ("*, 9 as payload.a", {"a": 9}, 9, 2),
    ("*, 5 as payload", 5, 1, 2),
]


@pytest.mark.parametrize(("fields", "plain", "a", "b"), PAYLOAD_TABLE)
def test_what_payload_means_after_it_was_written(fields: str, plain: Any, a: Any, b: Any) -> None:
    result = select(f"{fields}, payload as p, payload.a as pa, payload.b as pb", payload=P)
    assert gives({k: result[k] for k in ("p", "pa", "pb")}, {"p": plain, "pa": a, "pb": b})


@pytest.mark.parametrize(
    ("fields", "plain", "a", "b"),
    [
        ("1 as x", "payload = '" + P + "'", 1, 2),
        ("json_decode('{\"a\": 9}') as payload", "is_map(payload)", 1, 2),
        # The alias was never read as a path: the event's payload is decoded.
        ("'{\"a\": 9}' as payload", "payload = '{\"a\": 9}'", 1, 2),
        # It was: it has become the decoded payload.
        ("'{\"a\": 9}' as payload, payload.a as z", "is_str(payload)", 9, None),
        ("5 as payload", "payload = 5", 1, 2),
        ("nothing as payload", "is_null(payload)", 1, 2),
        ("payload.a", "is_map(payload)", 1, None),
        ("*, 9 as payload.a", "is_map(payload)", 9, None),
        ("*, 5 as payload", "payload = 5", None, None),
    ],
)
def test_what_payload_means_in_where(fields: str, plain: str, a: Any, b: Any) -> None:
    def matches(condition: str) -> bool:
        return select(fields, condition, payload=P) != NO_MATCH

    assert matches(plain)
    assert matches("is_null(payload.a)" if a is None else f"payload.a = {a}")
    assert matches("is_null(payload.b)" if b is None else f"payload.b = {b}")


def test_a_text_written_to_payload_must_be_json_when_a_path_reads_it() -> None:
    assert failed(select("'x' as payload, payload.a as y"), "select")
    assert gives(select("payload.a as z, 'x' as payload, payload.a as y")["y"], 1)


def test_an_unaliased_payload_field_hides_the_rest_in_where() -> None:
    assert select("payload.a", "payload.i = 2") == NO_MATCH
    assert gives(select("payload.a as a", "payload.i = 2"), {"a": 1})


def test_an_event_without_payload_reads_the_selected_one() -> None:
    sql = """SELECT json_decode('{"a": 9}') as payload FROM "$events/client/connected"
             WHERE payload.a = 9"""
    assert gives(evaluate(sql, "client.connected"), {"payload": {"a": 9}})


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("payload as x", P),
        ("payload.a as x", 1),
        ("payload.none as x", "undefined"),
    ],
)
def test_foreach_reads_the_payload(fields: str, expected: Any) -> None:
    result = foreach(f'[1] as i DO {fields} FROM "t/#"', payload=P)
    assert gives(result, [{"x": expected}])


def test_an_unaliased_foreach_path_hides_the_rest_of_the_payload() -> None:
    payload = '{"base": 1, "other": 2, "xs": [1]}'
    rest = 'payload.base, payload.xs as x DO payload.base as b, payload.other as o FROM "t/#"'
    assert gives(foreach(rest, payload=payload), [{"b": 1, "o": "undefined"}])
    assert foreach(rest + " WHERE payload.other = 2", payload=payload) == NO_MATCH
    hidden = 'payload.xs DO payload.xs as x, payload.base as b FROM "t/#"'
    assert gives(foreach(hidden, payload=payload), [{"x": [1], "b": "undefined"}])


def test_a_foreach_alias_payload_is_read_plainly_and_by_later_fields() -> None:
    payload = '{"o": {"k": [5]}, "l": [1, 2]}'
    later = 'payload.o as payload, payload.k as x DO x as v FROM "t/#"'
    assert gives(foreach(later, payload=payload), [{"v": 5}])
    only = 'payload.o as payload, payload.l as x DO x as v FROM "t/#"'
    assert gives(foreach(only, payload=payload), [])
    item = 'payload.l as payload DO payload as p, payload.o.k as k FROM "t/#"'
    assert gives(foreach(item, payload=payload), [{"p": 1, "k": [5]}, {"p": 2, "k": [5]}])


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


# ------------------------------------------------------------------------------ foreach


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("payload.l as x DO x as v", [{"v": 10}, {"v": 20}, {"v": 30}]),
        ("payload.l DO item as v", [{"v": 10}, {"v": 20}, {"v": 30}]),
        ("payload.l as x DO x as v INCASE x > 15", [{"v": 20}, {"v": 30}]),
        ("payload.l as x DO x as v INCASE false", []),
        ("payload.none as x DO x as v", []),
        ("payload.a as x DO x as v", []),
        ("payload.b as x DO x as v", []),
        ("payload.s as x DO x as v", []),
        ("'[1]' as x DO x as v", []),
        ("qos, payload.l as x DO qos as q INCASE x = 10", [{"q": 1}]),
        ("payload.l as l, sublist(1, l) as x DO x as v, l as l", [{"v": 10, "l": [10, 20, 30]}]),
        ("payload.l as clientid DO clientid as c INCASE clientid = 10", [{"c": 10}]),
        # An aliased earlier field replaces the column for the later fields.
        ("[5] as clientid, clientid as x DO x as v", [{"v": 5}]),
        ("none as clientid, [clientid] as x DO x as v", [{"v": "undefined"}]),
        # The item hides an alias of its name.
        ("7 as x, [1, 2] as x DO x as v", [{"v": 1}, {"v": 2}]),
        ("7 as item, [1] DO item as v", [{"v": 1}]),
        # With a path as the last alias no item name is bound.
        ("payload.l as a.b DO a.b[1] as v INCASE a.b[3] = 30", [{"v": 10}] * 3),
        # An index by reference: item and columns are in one scope.
        (
            "[1, 2] as n DO payload.l as list, list[n] as v",
            [{"list": [10, 20, 30], "v": "undefined"}] * 2,
        ),
        ("payload.l as list, [1, 3] as n DO list[n] as v", [{"v": 10}, {"v": 30}]),
        (
            "[1..2] as n DO n as r.l[-0], n * 2 as r.l[-0]",
            [{"r": {"l": [1, 2]}}, {"r": {"l": [2, 4]}}],
        ),
        ("[[1, 2], [3]] as row DO row[1] as v", [{"v": 1}, {"v": 3}]),
        ("payload.l as x DO x, x as y, y + 1 as z INCASE x = 10", [{"x": 10, "y": 10, "z": 11}]),
    ],
)
def test_foreach(rest: str, expected: Any) -> None:
    assert gives(foreach(f'{rest} FROM "t/#"', qos=1), expected)


def test_the_collection_payload_is_decoded_but_stays_text() -> None:
    rest = 'payload as p DO p as v, payload as raw FROM "t/#" WHERE is_str(p)'
    expected = [{"v": 4, "raw": "[4, 5]"}, {"v": 5, "raw": "[4, 5]"}]
    assert gives(foreach(rest, payload="[4, 5]"), expected)
    assert gives(foreach('payload DO item as v FROM "t/#"', payload="[4]"), [{"v": 4}])
    assert gives(foreach('payload DO item as v FROM "t/#"', payload='{"a": 1}'), [])
    assert failed(foreach('payload DO item as v FROM "t/#"', payload="x"), "foreach")


def test_where_of_foreach_is_asked_once_with_the_whole_list() -> None:
    rest = 'payload.l as x DO x as v FROM "t/#" WHERE x[1] = 10'
    assert gives(foreach(rest), [{"v": 10}, {"v": 20}, {"v": 30}])
    assert foreach('payload.l as x DO x as v FROM "t/#" WHERE x = 10') == NO_MATCH
    assert failed(foreach('payload.l as x DO 1 div 0 as v FROM "t/#" WHERE y + 1 = 2'), "where")


def test_without_do_an_output_has_everything() -> None:
    outputs = foreach('payload.a as a, payload.l as x FROM "t/#"', clientid="dev")
    assert [output["x"] for output in outputs] == [10, 20, 30]
    assert all(output["a"] == 1 and output["clientid"] == "dev" for output in outputs)
    assert foreach('[1, 2] FROM "t/#"')[1]["item"] == 2


def test_all_columns_in_do_hold_foreach_values_and_the_item() -> None:
    outputs = foreach('payload.a as a, payload.l as x DO *, x + a as s FROM "t/#"', qos=2)
    expected = [{"a": 1, "x": x, "s": x + 1, "qos": 2, "payload": DOC} for x in (10, 20, 30)]
    shown = [{key: output[key] for key in expected[0]} for output in outputs]
    assert gives(shown, expected)


@pytest.mark.parametrize(
    ("rest", "stage"),
    [
        ("* FROM t", "foreach"),
        ("upper(1) as x DO x FROM t", "foreach"),
        ("-1 FROM t", "foreach"),
        ("[1] as true FROM t", "foreach"),
        ("[1] as x DO 1 div 0 as y FROM t", "do"),
        ("[1, 2] as x DO 1 div (x - 2) as y FROM t", "do"),
        ("[1] as x DO x INCASE x FROM t", "incase"),
        ("[1] as x DO x INCASE x + 1 > 'a' FROM t", "incase"),
        ("[1] as x DO x FROM t WHERE x", "where"),
    ],
)
def test_one_failure_discards_the_whole_foreach(rest: str, stage: str) -> None:
    assert failed(foreach(rest.replace("FROM t", 'FROM "t/#"')), stage)


def test_do_aliases_are_not_seen_by_incase_and_where() -> None:
    assert gives(foreach('[1] as x DO 5 as y INCASE y = 5 FROM "t/#"'), [])
    assert foreach('[1] as x DO 5 as y FROM "t/#" WHERE y = 5') == NO_MATCH
    assert gives(foreach('[1, 2] as x DO x as y, y as z FROM "t/#"')[1], {"y": 2, "z": 2})
