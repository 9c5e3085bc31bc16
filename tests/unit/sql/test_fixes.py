"""Quick fixes: what is replaced, and that the problem is gone afterwards."""

from __future__ import annotations

import pytest

from core.errors import SqlSyntaxError
from core.sql.fixes import Fix, fix_of, fix_of_word
from core.sql.parser import parse
from core.sql.rule import compile_rule


def apply(sql: str, fix: Fix) -> str:
    return sql[: fix.start] + fix.text + sql[fix.end :]


@pytest.mark.parametrize(
    ("sql", "fixed"),
    [
        ('SELECT flaot(a) as x FROM "t"', 'SELECT float(a) as x FROM "t"'),
        (
            'SELECT qos FROM "t" WHERE paylod.a.b = 1',
            'SELECT qos FROM "t" WHERE payload.a.b = 1',
        ),
        ('SELECT to_string(a) as x FROM "t"', 'SELECT str(a) as x FROM "t"'),
        ('SELECT a FROM "t" WHERE a = "n/a"', "SELECT a FROM \"t\" WHERE a = 'n/a'"),
        ('SELECT a[0] as x FROM "t"', 'SELECT a[1] as x FROM "t"'),
        ("SELECT a FROM \"t\" WHERE a ~= 'b/#'", "SELECT a FROM \"t\" WHERE a =~ 'b/#'"),
        ('SELECT a FROM "t" WHERE a', 'SELECT a FROM "t" WHERE a = true'),
        ('SELECT a FROM "t" WHERE a NOT IN (1)', 'SELECT a FROM "t" WHERE a <> 1'),
        ('SELECT 1e5 FROM "t"', 'SELECT 1.0e5 FROM "t"'),
        ('SELECT 1 as true FROM "t"', 'SELECT 1 as "true" FROM "t"'),
        ('SELECT [5..2] as x FROM "t"', 'SELECT [2..5] as x FROM "t"'),
        (
            "SELECT split(a, '\\n') as x FROM \"t\"",
            "SELECT split(a, unescape('\\n')) as x FROM \"t\"",
        ),
    ],
)
def test_a_fix_solves_its_problem(sql: str, fixed: str) -> None:
    (problem,) = compile_rule(sql).warnings

    fix = fix_of(problem, sql)

    assert fix is not None
    assert apply(sql, fix) == fixed
    assert not compile_rule(fixed).warnings


@pytest.mark.parametrize(
    "sql",
    [
        'SELECT now() as x FROM "t"',  # two functions may be meant
        'SELECT xqzzz(a) as x FROM "t"',
        'SELECT float() as x FROM "t"',
        "SELECT a FROM \"t\" WHERE NOT 'x'",
    ],
)
def test_where_a_person_has_to_decide_there_is_no_fix(sql: str) -> None:
    (problem,) = compile_rule(sql).warnings

    assert fix_of(problem, sql) is None


@pytest.mark.parametrize("word", ["WHRE", "where1", "AND", "or"])
def test_a_wrong_keyword_is_corrected(word: str) -> None:
    sql = f'SELECT a FROM "t" {word} a = 1'
    with pytest.raises(SqlSyntaxError) as refused:
        parse(sql)
    assert refused.value.span is not None

    fix = fix_of_word(refused.value.span, sql, refused.value.expected)

    assert fix == Fix(18, 18 + len(word), "WHERE")
