from __future__ import annotations

import string
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
)
from core.sql.format import format_expr, format_statement
from core.sql.parser import parse

# ------------------------------------------------------------------ trees the grammar can produce

TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="'\"/"), max_size=8
) | st.sampled_from(["it''s", "t/#", "--", "a.b", ""])
KEYS = TEXTS | st.sampled_from(['a""b', '"', "1"])
NAMES = st.text(string.ascii_letters, min_size=1, max_size=4) | st.sampled_from(
    ["payload", "e5", "DIV", "null", "a_$@~1", "end", "div", "true", "_x", "a b", "é", "1", ""]
)
FLOATS = st.floats(min_value=0, allow_infinity=False, allow_nan=False).map(abs)
BOUNDS = st.integers(-99, 99)
COMPARISONS = st.sampled_from(["=", "!=", "<>", "<", ">", "<=", ">=", "=~", "~="])
MAX_DEPTH = 3


class Maker:
    """Draws the parts of a statement, each as the rule of the grammar with its name allows."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.depth = 0

    def one_of(self, *makers: Callable[[], Any]) -> Any:
        return self.draw(st.sampled_from(makers))()

    def some(self, maker: Callable[[], Any], fewest: int = 0) -> tuple[Any, ...]:
        return tuple(maker() for _ in range(self.draw(st.integers(fewest, fewest + 2))))

    def maybe(self, maker: Callable[[], Any]) -> Any:
        return maker() if self.draw(st.booleans()) else None

    def ref(self) -> Ref:
        return Ref(self.draw(NAMES), self.some(self.step))

    def step(self) -> Any:
        return self.one_of(
            lambda: Key(self.draw(KEYS)),
            lambda: Index(self.draw(BOUNDS)),
            lambda: Index(0, negative_zero=True),
            lambda: IndexRef(Ref(self.draw(NAMES))),
        )

    def alias(self) -> Any:
        return self.one_of(self.ref, lambda: BoolLit(True), lambda: Ref("*", quoted=True))

    def scalar(self) -> Any:
        return self.nested(self.simple, self.list, self.call, lambda: self.arithmetic(self.scalar))

    def nested(self, simple: Callable[[], Any], *others: Callable[[], Any]) -> Any:
        if self.depth >= MAX_DEPTH:
            return simple()
        self.depth += 1
        made = self.one_of(simple, *others)
        self.depth -= 1
        return made

    def simple(self) -> Any:
        return self.one_of(
            self.ref,
            lambda: StringLit(self.draw(TEXTS)),
            lambda: IntLit(self.draw(st.integers(0, 10**30))),
            lambda: FloatLit(self.draw(FLOATS)),
            lambda: RangeLit(self.draw(BOUNDS), self.draw(BOUNDS)),
            lambda: Slice(self.ref(), self.draw(BOUNDS), self.draw(BOUNDS)),
            lambda: BoolLit(False),
            lambda: Ref("*", quoted=True),
        )

    def arithmetic(self, operand: Callable[[], Any]) -> Any:
        def chain(*ops: str) -> Arith:
            step = lambda: ArithStep(self.draw(st.sampled_from(ops)), operand())  # noqa: E731
            return Arith(operand(), self.some(step, 1))

        return self.one_of(
            lambda: chain("+", "-"),
            lambda: chain("*", "/", "div", "mod"),
            lambda: Unary(self.draw(st.sampled_from("+-")), operand()),
        )

    def list(self) -> ListLit:
        return ListLit(self.some(self.scalar))

    def call(self) -> Call:
        target = self.one_of(self.alias, lambda: Ref("div"), lambda: Ref("mod"))
        return Call(target, self.some(self.argument))

    def argument(self) -> Any:
        return self.nested(
            self.simple,
            self.scalar,
            self.case,
            lambda: Compare(self.argument(), self.draw(COMPARISONS), self.argument()),
            lambda: self.arithmetic(self.argument),
        )

    def comparison(self) -> Any:
        compare = lambda: Compare(self.scalar(), self.draw(COMPARISONS), self.scalar())  # noqa: E731
        return self.one_of(self.scalar, compare)

    def aliased(self) -> Any:
        return self.one_of(self.comparison, lambda: Aliased(self.comparison(), self.alias()))

    def case(self) -> Case:
        when = lambda: When(self.condition(), self.aliased())  # noqa: E731
        return Case(self.maybe(self.aliased), self.some(when, 1), self.maybe(self.aliased))

    def condition(self) -> Any:
        return self.nested(
            self.aliased,
            lambda: In(self.scalar(), self.some(self.aliased, 1), self.draw(st.booleans())),
            lambda: Not(self.condition()),
            lambda: And(self.some(self.condition, 2)),
            lambda: Or(self.some(self.condition, 2)),
        )

    def field(self) -> Any:
        made = self.one_of(
            Star, self.aliased, self.case, lambda: Aliased(self.case(), self.alias())
        )
        return Star() if made == Ref("*") else made

    def topic(self) -> Topic:
        return Topic(self.draw(KEYS.filter(lambda text: text != '"')))

    def statement(self) -> Any:
        fields = self.some(self.field, 1)
        if self.draw(st.booleans()):
            return Select(fields, self.some(self.topic, 1), self.maybe(self.condition))
        do = self.maybe(lambda: self.some(self.field, 1))
        conditions = self.maybe(self.condition), self.maybe(self.condition)
        return Foreach(fields, do, conditions[0], self.some(self.topic, 1), conditions[1])


@st.composite
def statements(draw: st.DrawFn) -> Select | Foreach:
    return Maker(draw).statement()


# No deadline: the machine may be busy.
UNHURRIED = settings(max_examples=50, deadline=None)


class TestRoundTrip:
    @UNHURRIED
    @given(statements())
    def test_parsing_the_text_gives_the_tree(self, statement: Select | Foreach) -> None:
        assert parse(format_statement(statement)) == statement

    @UNHURRIED
    @given(statements())
    def test_formatting_twice_changes_nothing(self, statement: Select | Foreach) -> None:
        once = format_statement(statement)
        assert format_statement(parse(once)) == once

    def test_the_deepest_nesting_is_written(self) -> None:
        sql = f"SELECT {'f(' * 60}1{')' * 60} FROM t"
        assert format_statement(parse(sql)) == sql.replace(" FROM t", '\nFROM "t"')


class TestStyle:
    def test_short_clauses_take_a_line_each(self) -> None:
        sql = "foreach a.b as x do x.c y,* incase x.c>1 from t,'u' where(a)=1 or b=2"
        assert format_statement(parse(sql)) == (
            'FOREACH a.b AS x\nDO x.c AS y, *\nINCASE x.c > 1\nFROM "t", "u"\nWHERE a = 1 OR b = 2'
        )

    def test_long_clauses_are_broken(self) -> None:
        names = [f"payload.measurement_{number}" for number in range(4)]
        condition = " and ".join(f"{name} > 1" for name in names)
        sql = f"SELECT {','.join(names)} FROM t WHERE {condition}"
        assert format_statement(parse(sql)) == (
            "SELECT\n  " + ",\n  ".join(names) + '\nFROM "t"\n'
            "WHERE " + "\n  AND ".join(f"{name} > 1" for name in names)
        )

    @pytest.mark.parametrize(
        ("expr", "text"),
        [
            (Unary("-", Unary("-", IntLit(1))), "- -1"),
            (FloatLit(1e22), "1.0e+22"),
            (FloatLit(1e-7), "1.0e-07"),
            (Ref("end", (Key("from"), Key("1"), Key("a'b"))), "\"end\".'from'.'1'.\"a'b\""),
            (Ref("a", quoted=True), '"a"'),
            (Arith(Ref("a"), (ArithStep("-", Arith(Ref("b"), (ArithStep("-", Ref("c")),))),)),
             "a - (b - c)"),
            (Not(And((Ref("a"), Ref("b")))), "NOT (a AND b)"),
        ],
    )  # fmt: skip
    def test_expression(self, expr: Ref, text: str) -> None:
        assert format_expr(expr) == text
