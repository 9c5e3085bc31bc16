from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Span, SqlError, SqlSyntaxError
from core.sql.ast import (
    Aliased,
    And,
    Arith,
    ArithStep,
    BoolLit,
    Call,
    Case,
    Compare,
    FloatLit,
    Foreach,
    In,
    Index,
    IndexRef,
    IntLit,
    Key,
    ListLit,
    Not,
    Or,
    RangeLit,
    Ref,
    Select,
    Slice,
    Star,
    StringLit,
    Topic,
    Unary,
    When,
    walk,
)
from core.sql.diagnostics import join_words, nearest, render, underline
from core.sql.parser import accepted_after, parse

ONE, TWO = IntLit(1), IntLit(2)
A, B, C = Ref("a"), Ref("b"), Ref("c")
A1 = Compare(A, "=", ONE)


def field(text: str) -> object:
    (only,) = parse(f'SELECT {text} FROM "t"').fields
    return only


def where(text: str) -> object:
    return parse(f'SELECT a FROM "t" WHERE {text}').where


def refuse(sql: str) -> SqlSyntaxError:
    with pytest.raises(SqlSyntaxError) as caught:
        parse(sql)
    return caught.value


# No deadline: the machine may be busy.
UNHURRIED = settings(max_examples=100, deadline=None)


class TestTrees:
    def test_select(self) -> None:
        sql = "SELECT *, a as x FROM \"t/#\", 'u', v, true WHERE a = 1"
        assert parse(sql) == Select(
            (Star(), Aliased(A, Ref("x"))),
            (Topic("t/#"), Topic("u"), Topic("v"), Topic("true")),
            A1,
        )

    def test_foreach(self) -> None:
        sql = "foreach a, b as x do *, c incase a = 1 from t where a = 1"
        assert parse(sql) == Foreach((A, Aliased(B, Ref("x"))), (Star(), C), A1, (Topic("t"),), A1)
        assert parse("FOREACH a FROM t") == Foreach((A,), None, None, (Topic("t"),))

    @pytest.mark.parametrize(
        ("text", "tree"),
        [
            ("'x'", StringLit("x")),
            ("007", IntLit(7)),
            ("1.5e3", FloatLit(1500.0)),
            ("1.0e-400", FloatLit(0.0)),
            ("true", BoolLit(True)),
            ("True", Ref("True")),
            ('"true"', Ref("true")),
            ("null", Ref("null")),
            ("[1..3]", RangeLit(1, 3)),
            ("[]", ListLit(())),
            ("[1, a,]", ListLit((ONE, A))),
            ("(a)", A),
            ('"*"', Star()),
            ('"*" as x', Aliased(Ref("*"), Ref("x"))),
            ("1 as true", Aliased(ONE, BoolLit(True))),
            ("1e5", Aliased(ONE, Ref("e5"))),
            ("a b", Aliased(A, B)),
            ("a = 1 as b", Aliased(A1, B)),
            ("1 as a.b[1].c", Aliased(ONE, Ref("a", (Key("b"), Index(1), Key("c"))))),
        ],
    )
    def test_field(self, text: str, tree: object) -> None:
        assert field(text) == tree

    @pytest.mark.parametrize(
        ("text", "steps"),
        [
            ("a.b.'c d'.\"e\".1", ("b", "c d", "e", "1")),
            ("a.007", ("007",)),
            ("a . b", ("b",)),
        ],
    )
    def test_keys(self, text: str, steps: tuple[str, ...]) -> None:
        assert field(text) == Ref("a", tuple(Key(step) for step in steps))

    @pytest.mark.parametrize(
        ("text", "step"),
        [
            ("a[1]", Index(1)),
            ("a[- 1]", Index(-1)),
            ("a[+2]", Index(2)),
            ("a[0]", Index(0)),
            ("a[-0]", Index(0, negative_zero=True)),
            ("a [ b ]", IndexRef(B)),
            ("a[b[1].c]", IndexRef(Ref("b", (Index(1), Key("c"))))),
        ],
    )
    def test_indexes(self, text: str, step: object) -> None:
        assert field(text) == Ref("a", (step,))

    def test_slices_and_calls(self) -> None:
        assert field("a.b[-2..-1]") == Slice(Ref("a", (Key("b"),)), -2, -1)
        assert field("f()") == Call(Ref("f"), ())
        assert field("div(1, mod(a, 2))") == Call(Ref("div"), (ONE, Call(Ref("mod"), (A, TWO))))
        assert field("f((a = 1) + 1 = 2)") == Call(
            Ref("f"), (Compare(Arith(A1, (ArithStep("+", ONE),)), "=", TWO),)
        )

    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("upper(a)", "upper"),
            ('"upper"(a)', "upper"),
            ("emqx_rule_funcs.upper(a)", "upper"),
            ("emqx_rule_funcs_mine.upper(a)", None),
            ("os.cmd(a)", None),
            ("a.b.c(1)", None),
            ("a[1](1)", None),
            ("true(1)", None),
        ],
    )
    def test_function_named_by_a_call(self, text: str, name: str | None) -> None:
        call = field(text)
        assert isinstance(call, Call)
        assert call.function == name

    def test_operators_associate_to_the_left_by_precedence(self) -> None:
        assert field("a + -b * 2 - c") == Arith(
            A,
            (
                ArithStep("+", Arith(Unary("-", B), (ArithStep("*", TWO),))),
                ArithStep("-", C),
            ),
        )
        assert field("(a + b) div 2") == Arith(
            Arith(A, (ArithStep("+", B),)), (ArithStep("div", TWO),)
        )
        assert field("2--1") == Arith(TWO, (ArithStep("-", Unary("-", ONE)),))

    def test_conditions(self) -> None:
        assert where("a = 1 and not b or c") == Or((And((A1, Not(B))), C))
        assert where("not a = 1 and b") == And((Not(A1), B))
        assert where("(a) = 1") == A1
        assert where("((a = 1))") == A1
        assert where("a and (b and c)") == And((A, And((B, C))))
        assert where("a in (1, 2)") == In(A, (ONE, TWO))
        assert where("not a not in (1)") == Not(In(A, (ONE,), negated=True))
        assert where("a as b and c d") == And((Aliased(A, B), Aliased(C, Ref("d"))))

    def test_case(self) -> None:
        assert field("case when a = 1 or b then 1 else 2 end x") == Aliased(
            Case(None, (When(Or((A1, B)), ONE),), TWO), Ref("x")
        )
        assert field("(case a when 1 then b when 2 then c end)") == Case(
            A, (When(ONE, B), When(TWO, C)), None
        )
        assert field("f(case when a then 1 end + 1)") == Call(
            Ref("f"), (Arith(Case(None, (When(A, ONE),), None), (ArithStep("+", ONE),)),)
        )

    def test_spans_cover_what_was_written(self) -> None:
        sql = "SELECT f(a.b[1],\n [c]) AS x, -y FROM t WHERE a in (1) and CASE_ = 'é'"
        found = {sql[node.span.start : node.span.end] for node in walk(parse(sql))}
        assert {
            sql,
            "f(a.b[1],\n [c]) AS x",
            "f(a.b[1],\n [c])",
            "a.b[1]",
            "b",
            "[1]",
            "[c]",
            "-y",
            "t",
            "a in (1)",
            "CASE_ = 'é'",
        } <= found
        spans = [node.span for node in walk(parse(sql)) if node == ListLit((C,))]
        assert spans == [Span(18, 21, 2, 2)]

    def test_parses_from_several_threads(self) -> None:
        sql = "SELECT payload.a[1] + 2 as x FROM t WHERE a = 1"
        with ThreadPoolExecutor(4) as pool:
            assert len(set(pool.map(parse, [sql] * 40))) == 1


class TestRefused:
    """Each broken statement with the place of the error and words of its hint."""

    @pytest.mark.parametrize(
        ("sql", "line", "column", "hint"),
        [
            ("", 1, 1, "Begin with"),
            ("INSERT INTO t", 1, 1, "SELECT or FOREACH"),
            ("a", 1, 1, "SELECT or FOREACH"),
            ("SELECT FROM t", 1, 8, "at least one field"),
            ("SELECT a, FROM t", 1, 11, "Remove the comma before `FROM`"),
            ("SELECT a,, b FROM t", 1, 10, "one of the two commas"),
            ("SELECT a,", 1, 10, "Remove the last comma"),
            ("SELECT a FROM t, WHERE a = 1", 1, 18, "comma before `WHERE`"),
            ("SELECT [1,,2] FROM t", 1, 11, "one of the two commas"),
            ("SELECT a", 1, 9, 'FROM "t/#"'),
            ("SELECT a\nWHERE a = 1", 2, 1, 'FROM "t/#"'),
            ("SELECT a FROM", 1, 14, "Name a topic"),
            ("SELECT a FROM t WHERE", 1, 22, "Write a condition"),
            ("SELECT a FROM t WHERE a =", 1, 26, "the value behind `=`"),
            ("SELECT a == b FROM t", 1, 11, "one `=`"),
            ("SELECT a FROM t WHERE a => 1", 1, 26, "there is no `=>`"),
            ("SELECT a FROM t WHERE 1 < a < 3", 1, 29, "cannot be chained"),
            ("SELECT a FROM t/1", 1, 16, 'FROM "t/1"'),
            ("SELECT a FROM t/+/#", 1, 16, 'FROM "t/+/#"'),
            ("SELECT a FROM $events/x", 1, 15, "Quote topics"),
            ("SELECT a FROM t u", 1, 17, "no alias"),
            ("SELECT a FROM t WHERE a LIKE 'x%'", 1, 30, "regex_match"),
            ("SELECT a FROM t WHERE a IS NULL", 1, 28, "is_null(x)"),
            ("SELECT a FROM t WHERE a IS NOT NULL", 1, 28, "is_not_null(x)"),
            ("SELECT a FROM t WHERE a BETWEEN 1 AND 2", 1, 33, "x >= 1"),
            ("SELECT a FROM t GROUP BY a", 1, 17, "GROUP BY"),
            ("SELECT a FROM t ORDER BY a", 1, 17, "ORDER BY"),
            ("SELECT a FROM t WHERE a = 1 LIMIT 1", 1, 29, "LIMIT"),
            ("SELECT a FROM t JOIN u", 1, 17, "JOIN"),
            ("SELECT a FROM t UNION SELECT b FROM u", 1, 17, "UNION"),
            ("SELECT a DIV 2 FROM t", 1, 14, "`div` in lower case"),
            ("SELECT a FROM t;", 1, 16, "without `;`"),
            ("SELECT count(*) FROM t", 1, 14, "count(*)"),
            ("SELECT * as x FROM t", 1, 10, "no alias"),
            ("SELECT f(a)[1] FROM t", 1, 12, "f(x) as y"),
            ("SELECT f(a).b FROM t", 1, 12, "f(x) as y"),
            ("SELECT [1].b FROM t", 1, 11, "f(x) as y"),
            ("SELECT a[1..3].c FROM t", 1, 15, "f(x) as y"),
            ("SELECT a['k'] FROM t", 1, 10, "a.'k'"),
            ("SELECT a[1+1] FROM t", 1, 11, "An index is"),
            ("SELECT a[1].[2] FROM t", 1, 13, "without a dot"),
            ("SELECT a.1.100 FROM t", 1, 10, "'1'.'100'"),
            ("SELECT a.end FROM t", 1, 10, "payload.'end'"),
            ("SELECT a.div FROM t", 1, 10, "payload.'div'"),
            ("SELECT a.true FROM t", 1, 10, "payload.'true'"),
            ("SELECT true.a FROM t", 1, 12, '"true".a'),
            ("SELECT true[1] FROM t", 1, 12, '"true".a'),
            ('SELECT a."*" FROM t', 1, 10, "payload.'*'"),
            ("SELECT 1. FROM t", 1, 9, "both sides"),
            ("SELECT .5 FROM t", 1, 8, "both sides"),
            ("SELECT 10e5 FROM t", 1, 8, "10.0e5"),
            ("SELECT _x FROM t", 1, 8, '"_x"'),
            ("SELECT payload._x FROM t", 1, 16, 'payload."_x"'),
            ("SELECT ${a} FROM t", 1, 8, "templates"),
            ("SELECT `a` FROM t", 1, 8, "double quotes"),
            ("SELECT 'a FROM t", 1, 8, "End it with"),
            ('SELECT "a FROM t', 1, 8, "End it with"),
            ("SELECT 'a' 'b' FROM t", 1, 12, "Join strings"),
            ("SELECT a 'x' FROM t", 1, 10, 'as "x"'),
            ("SELECT a as 'x' FROM t", 1, 13, 'as "x"'),
            ("SELECT a as 1 FROM t", 1, 13, 'as "1"'),
            ("SELECT a as do FROM t", 1, 13, "between AS and `do`"),
            ("SELECT a as end FROM t", 1, 13, 'as "end"'),
            ("SELECT a = 1 x FROM t", 1, 14, "write AS"),
            ("SELECT a FROM t WHERE a = 1 x", 1, 29, "write AS"),
            ("SELECT a and b FROM t", 1, 10, "CASE WHEN"),
            ("SELECT not a FROM t", 1, 8, "CASE WHEN"),
            ("SELECT a in (1) FROM t", 1, 10, "CASE WHEN"),
            ("SELECT f(a or b) FROM t", 1, 12, "CASE WHEN"),
            ("SELECT case when a = 1 then b and c end FROM t", 1, 31, "CASE WHEN"),
            ("SELECT (a = 1) FROM t", 1, 11, "Remove the parentheses"),
            ("SELECT a FROM t WHERE a in ()", 1, 29, "at least one value"),
            ("SELECT a FROM t WHERE a in b", 1, 28, "in parentheses"),
            ("SELECT 1 + case when a then 1 end FROM t", 1, 12, "coalesce"),
            ("SELECT case when a then 1 end + 1 FROM t", 1, 31, "coalesce"),
            ("SELECT case when a then case when b then 1 end end FROM t", 1, 25, "coalesce"),
            ("SELECT [case when a then 1 end] FROM t", 1, 9, "coalesce"),
            ("SELECT a FROM t WHERE case when a then 1 end", 1, 23, "coalesce"),
            ("SELECT case when a then 1 FROM t", 1, 27, "END"),
            ("SELECT if(a) FROM t", 1, 8, "CASE WHEN"),
            ("SELECT a /* b */ FROM t", 1, 11, "Block comments"),
            ("SELECT a FROM t -- b", 1, 17, "line behind it"),
            ("SELECT a FROM t WHERE true -- b c d", 1, 35, "two minus signs"),
            ("SELECT (SELECT a FROM t) FROM t", 1, 9, "sub-queries"),
            ("SELECT a DO b FROM t", 1, 10, "FOREACH"),
            ("FOREACH a INCASE b = 1 DO c FROM t", 1, 24, "The order is"),
            ("SELECT a FROM t WHERE a = 1 FROM u", 1, 29, "once, before WHERE"),
            ("SELECT (a + 1 FROM t", 1, 15, "Close the `(` of line 1, column 8"),
            ("SELECT a FROM t WHERE a in (1", 1, 30, "Close the `(`"),
            ("SELECT a) FROM t", 1, 9, "Remove it"),
            ("SELECT end FROM t", 1, 8, "reserved"),
            ("SELECT a b c FROM t", 1, 12, "commas"),
            ("SELECT f(a,) FROM t", 1, 12, "comma before `)`"),
            ("SELECT a, = FROM t", 1, 11, ""),
            ("SELECT a.* FROM t", 1, 10, "Quote keys"),
            ("SELECT 1.a FROM t", 1, 9, "both sides"),
            ("SELECT 1.2.3 FROM t", 1, 11, ""),
            ("SELECT a[1 2] FROM t", 1, 12, ""),
            ("SELECT a as + FROM t", 1, 13, "Behind AS"),
            ("SELECT a as", 1, 12, "Write the name behind AS"),
            ("SELECT a FROM t WHERE f(a and b)", 1, 27, "CASE WHEN"),
            ("SELECT a FROM t WHERE a = 1 in (2)", 1, 29, ""),
            ("SELECT a FROM t WHERE (a = 1", 1, 29, "Close the `(`"),
            ("SELECT case when f(a)[1] then case a when 1 then 2 end end FROM t", 1, 22, "f(x)"),
            ("SELECT case when a then f(case when b then 1 end) and 1 end FROM t", 1, 51, "CASE"),
            ("SELECT a = 1 = 2 FROM t", 1, 14, "cannot be chained"),
            ("SELECT a +", 1, 11, "the value behind `+`"),
            ("SELECT f(a[1], (b), FROM t", 1, 21, "comma before `FROM`"),
            ("SELECT f([1], (b) FROM t", 1, 19, "Close the `(` of line 1, column 9"),
            ("SELECT a\n, 温度\nFROM t", 2, 3, "ASCII"),
            ("SELECT [1..100001] FROM t", 1, 8, "shorter list"),
        ],
    )
    def test_says_where_and_what_to_do(self, sql: str, line: int, column: int, hint: str) -> None:
        error = refuse(sql)
        assert error.span is not None
        assert (error.span.line, error.span.column) == (line, column)
        assert hint in error.hint

    def test_expected_speaks_the_user_s_words(self) -> None:
        assert refuse("SELECT a FROM").expected == ("a topic in double quotes",)
        assert refuse("SELECT (a FROM t").expected == ("`)`",)
        assert refuse("SELECT a. FROM t").expected == ("a name",)
        assert refuse("SELECT a[").expected == ("a number",)
        assert refuse("SELECT").expected == ("a value", "`*`", "CASE")
        assert refuse("").expected == ("SELECT", "FOREACH")

    def test_a_missing_from_is_named(self) -> None:
        for sql in ("SELECT a", "SELECT a WHERE a = 1", "FOREACH a WHERE b"):
            assert "FROM is missing" in refuse(sql).message

    def test_a_range_may_be_as_long_as_the_limit_and_a_slice_longer(self) -> None:
        assert field("[1..100000]") == RangeLit(1, 100_000)
        assert field("a[1..1000000]") == Slice(A, 1, 1_000_000)


class TestLimits:
    def test_long_chains_parse(self) -> None:
        total = field("1" + " + 1" * 5000)
        assert isinstance(total, Arith)
        assert len(total.rest) == 5000
        many = where(" or ".join(["a = 1"] * 3000))
        assert isinstance(many, Or)
        assert len(many.operands) == 3000

    @pytest.mark.parametrize(
        ("opening", "closing"), [("(", ")"), ("[", "]"), ("f(", ")"), ("- ", ""), ("f(-", ")")]
    )
    def test_nesting_up_to_the_limit_parses(self, opening: str, closing: str) -> None:
        depth = 60 // (2 if opening == "f(-" else 1)
        parse(f"SELECT {opening * depth}1{closing * depth} FROM t")
        error = refuse(f"SELECT {opening * (depth + 1)}1{closing * (depth + 1)} FROM t")
        assert "60 levels" in error.message


def error_of(sql: str) -> SqlSyntaxError | None:
    try:
        parse(sql)
    except SqlSyntaxError as error:
        return error
    return None


def check_any(sql: str) -> None:
    error = error_of(sql)
    if error is None:
        return
    assert error.span is not None
    assert 0 <= error.span.start <= error.span.end <= len(sql)
    assert error.span.line == sql.count("\n", 0, error.span.start) + 1
    assert render(error, sql)


WORDS = [
    *["SELECT", "FOREACH", "DO", "INCASE", "FROM", "WHERE", "CASE", "WHEN", "THEN", "ELSE", "END"],
    *["AND", "OR", "NOT", "IN", "AS", "IF", "div", "mod", "true", "a", "payload", '"q"', "''"],
    *["'x'", "1", "1.5", "[1..2]", "*", "(", ")", "[", "]", ",", ".", "+", "-", "/", "=", "~="],
    *["<>", "--", "\n", "\n/", ";", "_", "é", '"*"', "e5"],
]


class TestAnyText:
    @UNHURRIED
    @given(st.text(max_size=80))
    def test_parses_or_is_refused_inside_the_text(self, text: str) -> None:
        check_any(text)

    @UNHURRIED
    @given(st.lists(st.sampled_from(WORDS), max_size=25), st.sampled_from(["", " "]))
    def test_any_words_parse_or_are_refused(self, words: list[str], blank: str) -> None:
        check_any(blank.join(words))

    @UNHURRIED
    @given(st.lists(st.sampled_from(WORDS), max_size=12))
    def test_any_fields_parse_or_are_refused(self, words: list[str]) -> None:
        check_any(f"SELECT {' '.join(words)} FROM t WHERE {' '.join(reversed(words))}")


class TestDiagnostics:
    def test_shows_the_line_with_a_caret(self) -> None:
        sql = 'SELECT a,\n  FROM "t"'
        assert render(refuse(sql), sql).splitlines() == [
            "line 2, column 3: `FROM` cannot stand here",
            '2 |   FROM "t"',
            "  |   ^^^^",
            "Expected: a value, `*` or CASE.",
            "Hint: Remove the comma before `FROM`.",
        ]

    def test_tabs_and_wide_characters_keep_the_caret_in_place(self) -> None:
        sql = "SELECT\t'温\u0301\u200b', == FROM t"
        line, carets = underline(sql, Span(14, 16, 1, 15))
        assert line == "1 | SELECT    '温\u0301\N{REPLACEMENT CHARACTER}', == FROM t"
        # One character takes two cells and one takes none, so cells and characters agree again.
        assert carets.index("^") == line.index("=")
        assert carets.count("^") == 2

    def test_long_lines_are_cut_around_the_place(self) -> None:
        sql = "SELECT " + "a, " * 200 + "; " + "b, " * 200
        line, carets = underline(sql, Span(607, 608, 1, 608))
        assert len(line) < 120
        assert line[carets.index("^")] == ";"

    def test_a_span_over_lines_ends_with_its_first_line(self) -> None:
        assert underline("ab\r\ncd", Span(1, 5, 1, 2)) == ["1 | ab", "  |  ^"]

    def test_an_error_without_place_is_its_message_and_hint(self) -> None:
        assert render(SqlError("No.", hint="Yes."), "") == "No.\nHint: Yes."

    def test_nearest_finds_slips(self) -> None:
        names = ["upper", "lower", "json_decode", "is_null"]
        assert nearest("UPPER", names) == ("upper",)
        assert nearest("jsondecode", names) == ("json_decode",)
        assert nearest("lowr", names) == ("lower",)
        assert nearest("xyz", names) == ()

    def test_join_words(self) -> None:
        assert join_words(["a"]) == "a"
        assert join_words(["a", "b", "c"]) == "a, b or c"
        assert join_words("abcdefghi").endswith("…")


class TestAcceptedAfter:
    def test_names_what_may_follow(self) -> None:
        assert accepted_after("SELECT a FROM ") >= {"NAME", "QUOTED_NAME", "STRING"}
        assert "$END" in accepted_after("SELECT a FROM t")
        assert accepted_after("SELECT SELECT") == frozenset()
        assert accepted_after("") == {"SELECT", "FOREACH"}
