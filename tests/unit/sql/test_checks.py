from __future__ import annotations

import pytest

from core.sql.checks import SqlProblem, check, columns_read, selected_names
from core.sql.functions.registry import Example, Function, Needs
from core.sql.names import MESSAGE_FUNCTIONS
from core.sql.parser import parse


def function(name: str, fewest: int, most: int | None, needs: Needs = "") -> Function:
    example = Example(f"{name}()", None)
    signature = f"{name}(…)"
    return Function(name, "test", fewest, most, len, signature, "Test.", "", example, needs)


FUNCTIONS = {
    made.name: made
    for made in [
        function("upper", 1, 1),
        function("concat", 1, 2),
        function("sprintf", 1, None),
        function("split", 2, 3),
        function("now_timestamp", 0, 1),
        function("json_decode", 1, 1),
        function("unescape", 1, 1),
        function("null", 0, 0),
        *(function(name, 0, 1, "event") for name in MESSAGE_FUNCTIONS),
    ]
}


def problems(sql: str) -> list[SqlProblem]:
    return check(parse(sql), FUNCTIONS, unavailable=frozenset({"schema_decode"}))


def field(text: str) -> str:
    return f'SELECT {text} FROM "t/#"'


def where(text: str) -> str:
    return f'SELECT qos FROM "t/#" WHERE {text}'


class TestFinds:
    """Each pitfall with its code, the text marked and words of the fix."""

    @pytest.mark.parametrize(
        ("sql", "code", "marked", "hint"),
        [
            (where('clientid = "foo"'), "quoted-value", '"foo"', "'foo'"),
            (where('clientid in ("foo")'), "quoted-value", '"foo"', "'foo'"),
            (field('upper("foo") as x'), "quoted-value", '"foo"', "'foo'"),
            (field('case when qos = 1 then "foo" end as x'), "quoted-value", '"foo"', "'foo'"),
            (where("paylod.ok = 1"), "unknown-column", "paylod", "Write payload"),
            (field("topic as place, upper(plase) as x"), "unknown-column", "plase", "Write place"),
            (where("not qos in (1, 2)"), "not-condition", "not qos in (1, 2)",
             "qos <> 1 and qos <> 2"),
            (where("not (qos = 1 and topic < 'a')"), "not-condition",
             "not (qos = 1 and topic < 'a')", "qos <> 1 or topic >= 'a'"),
            (where("not (qos = 1 or upper(topic))"), "not-condition",
             "not (qos = 1 or upper(topic))", "join them with and"),
            (where("not (not qos = 1)"), "not-condition", "not (not qos = 1)", "Write qos = 1"),
            (where("not qos not in (1)"), "not-condition", "not qos not in (1)", "qos in (1)"),
            (where("qos not in (1, 2)"), "not-in", "qos not in (1, 2)", "qos <> 1 and qos <> 2"),
            (where("not 'x'"), "not-value", "not 'x'", "comparison"),
            (where("payload.on"), "bare-condition", "payload.on", "payload.on = true"),
            (where("qos = 1 and flags.retain or true"), "bare-condition", "flags.retain",
             "flags.retain = true"),
            (where("1"), "bare-condition", "1", "true or false"),
            (field("case when payload.on then 1 end as x"), "bare-condition", "payload.on",
             "payload.on = true"),
            (field("case qos when qos = 1 then 1 when not 1 then 2 end as x"), "case-value",
             "not 1", "without x"),
            (where("topic ~= 'a/+'"), "unknown-operator", "topic ~= 'a/+'", "`=~`"),
            (field("-qos"), "sign-without-alias", "-qos", "-qos as x"),
            (field("payload.a[0] as x"), "index-zero", "[0]", "[1]"),
            (field("payload.a[0..2] as x"), "slice-zero", "payload.a[0..2]", "[1..3]"),
            (field("payload[1..2] as x"), "slice-payload", "payload[1..2]", "json_decode"),
            (field("[3..1] as x"), "reversed-range", "[3..1]", "[1..3]"),
            ("FOREACH payload.l as i DO i.v as v INCASE v > 1 FROM t", "do-alias", "v", "FOREACH"),
            ("FOREACH payload.l as i DO i.v as v FROM t WHERE v > 1", "do-alias", "v", "FOREACH"),
            ("FOREACH * FROM t", "star-in-foreach", "*", "FOREACH payload.items"),
            ("SELECT payload.a FROM t WHERE payload.b = 1", "hidden-payload", "payload.b", "as a"),
            ("SELECT *, payload.a FROM t WHERE payload.b = 1", "hidden-payload", "payload.b",
             "as a"),
            ("SELECT topic as payload.t FROM t WHERE payload.b = 1", "hidden-payload",
             "payload.b", "as a"),
            ("FOREACH payload.l DO payload.d as d FROM t", "hidden-payload", "payload.d", "as a"),
            ("FOREACH payload.l INCASE payload.d = 1 FROM t", "hidden-payload", "payload.d",
             "as a"),
            (where("qos = 1 as x"), "alias-here", "x", "Remove the alias"),
            (where("qos in (1 as x)"), "alias-here", "x", "Remove the alias"),
            (field("case when qos = 1 then 2 as y end as x"), "alias-here", "y", "Remove"),
            (where("topic() = 'a'"), "message-function", "topic()", "column topic"),
            (where("clientip() = 'a'"), "message-function", "clientip()", "column peerhost"),
            (where("payload.x = null"), "compare-null", "payload.x = null",
             "is_null_var(payload.x)"),
            (where("undefined <> payload.x"), "compare-null", "undefined <> payload.x",
             "is_not_null(payload.x)"),
            (where("payload.x > '9'"), "text-order", "'9'", "leave the quotes out: 9"),
            (where("'10.5' <= '9'"), "text-order", "'10.5'", "leave the quotes out: 10.5"),
            (field("uper(topic) as x"), "unknown-function", "uper", "upper"),
            (field("UPPER(topic) as x"), "unknown-function", "UPPER", "upper"),
            (field("now() as x"), "unknown-function", "now", "now_timestamp()"),
            (field("count(qos) as x"), "unknown-function", "count", "no aggregates"),
            (field("xyzzy(qos) as x"), "unknown-function", "xyzzy", "case-sensitive"),
            (field("os.cmd(topic) as x"), "unknown-function", "os.cmd", "emqx_rule_funcs"),
            (field("true(topic) as x"), "unknown-function", "true", "emqx_rule_funcs"),
            (field("schema_decode('a', payload) as x"), "unavailable-function", "schema_decode",
             "in EMQX"),
            (field("upper() as x"), "argument-count", "upper()", "upper(…)"),
            (field("concat(1, 2, 3) as x"), "argument-count", "concat(1, 2, 3)", "concat(…)"),
            (field("null(1) as x"), "argument-count", "null(1)", "null(…)"),
            (field("sprintf() as x"), "argument-count", "sprintf()", "sprintf(…)"),
            (field(r"split(payload, '\n') as x"), "no-escapes", r"'\n'", r"unescape('\n')"),
            (where("reason in ('normal')"), "constant-identity", "reason", "str(reason)"),
            (field("case event when 'x' then 1 end as x"), "constant-identity", "event",
             "str(event)"),
            (field("1e5"), "integer-exponent", "1e5", "1.0e5"),
            (field("1 as true"), "alias-name", "true", 'as "true"'),
            (field('1 as "*"'), "alias-name", '"*"', "another name"),
            (field('upper("*") as x'), "star-operand", '"*"', "a field of its own"),
            ('SELECT qos FROM "$share/g/t/#"', "topic-never-matches", '"$share/g/t/#"', '"t/#"'),
            ('SELECT qos FROM "$queue/t"', "topic-never-matches", '"$queue/t"', "first part"),
            ('SELECT qos FROM "t/#/x"', "topic-never-matches", '"t/#/x"', '"a/#"'),
            ('SELECT qos FROM "t#"', "topic-never-matches", '"t#"', '"a/#"'),
            ('SELECT qos FROM "a+/b"', "topic-never-matches", '"a+/b"', '"a/+/b"'),
            ('SELECT qos FROM ""', "topic-never-matches", '""', '"t/#"'),
            ('SELECT qos FROM "$events/message_publish"', "topic-never-matches",
             '"$events/message_publish"', '"t/#"'),
            ('SELECT qos FROM "$events/client/conected"', "topic-never-matches",
             '"$events/client/conected"', '"$events/client/connected"'),
            ('SELECT qos FROM "$events/nope"', "topic-never-matches", '"$events/nope"',
             '"$events/client/connected"'),
        ],
    )  # fmt: skip
    def test_pitfall(self, sql: str, code: str, marked: str, hint: str) -> None:
        (problem,) = problems(sql)
        assert problem.code == code
        assert sql[problem.span.start : problem.span.end] == marked
        assert hint in problem.hint
        assert "\n" not in problem.hint

    def test_problems_come_in_the_order_of_the_text(self) -> None:
        sql = "SELECT uper(qos) as x, -qos FROM \"a#\" WHERE qos not in (1) and topic ~= 'a'"
        found = problems(sql)
        assert [problem.code for problem in found] == [
            "unknown-function",
            "sign-without-alias",
            "topic-never-matches",
            "not-in",
            "unknown-operator",
        ]
        assert [problem.severity for problem in found] == [
            "error",
            "error",
            "warning",
            "error",
            "error",
        ]

    def test_a_long_fix_is_described_instead(self) -> None:
        numbers = ", ".join(str(number) for number in range(50))
        (problem,) = problems(where(f"qos not in ({numbers})"))
        assert problem.hint == "Write x <> a and x <> b for all values"


class TestLeavesAlone:
    @pytest.mark.parametrize(
        "sql",
        [
            'SELECT *, payload.a as a, 1 + qos, upper(topic) FROM "t/#" WHERE payload.b = 1',
            where("\"clientid\" = 'foo' and upper(topic) or true or not qos or qos in (1)"),
            'SELECT 1 as "my key", "my key" as x FROM "+/a/#", "$events/client/connected"',
            "SELECT payload.a FROM t WHERE payload.a = 1 and payload.a.b = 2",
            "SELECT payload.a[1] FROM t WHERE payload.a[2] = 1",
            "SELECT payload.a, * FROM t WHERE payload.b = 1",
            "SELECT payload, payload.a FROM t WHERE payload.b = 1",
            "SELECT json_decode(payload) as payload FROM t WHERE payload.b = 1",
            "FOREACH payload.l as i DO i.v as v INCASE i.v > 1 FROM t WHERE payload.b = 1",
            "FOREACH payload.l DO item.v as v INCASE item > 1 FROM t",
            "FOREACH payload.l as v DO v.x as v INCASE v > 1 FROM t",
            field("topic() as t, clientid() as c, topic(2) as u"),
            field("1 as null, case when null = 1 then 1 end as x"),
            field(r"unescape('\n') as a, sprintf('\n') as b"),
            field("case event when qos then 1 end as x, case qos when 'x' then 1 end as y"),
            field("1 e5, 1 as e5, 5 as a[0], [1..0] as x"),
            where("reason = 'normal'"),
        ],
    )
    def test_what_is_fine(self, sql: str) -> None:
        assert problems(sql) == []

    def test_given_columns_are_known(self) -> None:
        statement = parse(where('"my column" = 1'))
        assert check(statement, FUNCTIONS, columns=frozenset({"my column"})) == []


class TestColumnsRead:
    @pytest.mark.parametrize(
        ("sql", "names"),
        [
            (field("a, b.c[d] as e, f(g), h[1..2], 'x', [i], -j"), "a b d g h i j"),
            (field("case k when 1 = l then m else n end as x"), "k l m n"),
            ("SELECT a FROM t WHERE b in (c) and not d", "a b c d"),
            ("FOREACH a as b DO b.c, d INCASE e = 1 FROM t WHERE f = 1", "a b d e f"),
            (field("msgid(), clientip() as x, flag('a')"), "id peerhost flags"),
            (field("topic as payload.t, qos as x.y"), "topic payload qos"),
        ],
    )
    def test_names(self, sql: str, names: str) -> None:
        assert columns_read(parse(sql)) == frozenset(names.split())

    @pytest.mark.parametrize(
        "sql", ["SELECT a, * FROM t", "FOREACH a FROM t", "FOREACH a DO * FROM t"]
    )
    def test_a_star_reads_all(self, sql: str) -> None:
        assert columns_read(parse(sql)) is None


class TestSelectedNames:
    @pytest.mark.parametrize(
        ("sql", "names"),
        [
            (field("a, b.c, d as e.f, 'g', 1 + 1, h[1..2], f(x), a as z, 1 as a"),
             ("a", "b", "e", "g", "h", "z")),
            (field("1 as true"), ()),
            ("FOREACH a as b DO b.c as d FROM t", ("d",)),
            ("SELECT a, * FROM t", None),
            ("FOREACH a FROM t", None),
        ],
    )  # fmt: skip
    def test_names(self, sql: str, names: tuple[str, ...] | None) -> None:
        assert selected_names(parse(sql)) == names
