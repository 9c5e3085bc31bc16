"""From what the grammar matched to the nodes of `core.sql.ast`.

One method per rule of grammar.lark, called with what the rule matched as its arguments, innermost
rules first, so that no tree is walked. Spans come from lark's tokens and from the nodes below.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, NamedTuple, TypeAlias, cast

from lark import (
    Token,
    Transformer,
    v_args,  # pyright: ignore[reportUnknownVariableType] - typed with bare callables
)

from core.errors import Span, SqlSyntaxError
from core.sql import ast
from core.sql.lexer import unquote
from core.sql.limits import MAX_LIST_ITEMS

MISSING_FROM: Final = "FROM is missing: the rule does not say which messages it reads"
MISSING_FROM_HINT: Final = 'Write it before WHERE: FROM "t/#"'

Part: TypeAlias = Token | ast.Node | None


class Condition(NamedTuple):
    """INCASE or WHERE with its condition."""

    expr: ast.Expr


class Outputs(NamedTuple):
    """DO with its fields."""

    fields: tuple[ast.Field, ...]


class Event(NamedTuple):
    """FROM with its topics, and WHERE."""

    topics: tuple[ast.Topic, ...]
    where: ast.Expr | None
    span: Span


def span_of(part: Token | ast.Node) -> Span:
    """Return the place of a token or node."""
    if isinstance(part, ast.Node):
        return part.span
    # Lark types positions as optional; core.sql.lexer sets all of them.
    start, end = cast("int", part.start_pos), cast("int", part.end_pos)
    return Span(start, end, cast("int", part.line), cast("int", part.column))


def _join(first: Token | ast.Node, last: Token | ast.Node) -> Span:
    start = span_of(first)
    return Span(start.start, span_of(last).end, start.line, start.column)


def _exprs(parts: tuple[Part, ...]) -> tuple[ast.Expr, ...]:
    """Return the operands among what a rule matched; the rest are its tokens."""
    return tuple(cast("ast.Expr", part) for part in parts if isinstance(part, ast.Node))


def _range(token: Token) -> tuple[int, int]:
    begin, end = token[1:-1].split("..")
    return int(begin), int(end)


class AstBuilder(Transformer[Token, ast.Node]):
    """Lark's transformer for grammar.lark. Holds no state: one serves every parse."""

    # ------------------------------------------------------------------ statements

    def select(self, keyword: Token, fields: Outputs, event: Event) -> ast.Select:
        """Build a SELECT statement."""
        span = self._statement_span(keyword, event)
        return ast.Select(fields.fields, event.topics, event.where, span=span)

    def foreach(
        self,
        keyword: Token,
        fields: Outputs,
        do: Outputs | None,
        incase: Condition | None,
        event: Event,
    ) -> ast.Foreach:
        """Build a FOREACH statement."""
        return ast.Foreach(
            fields.fields,
            do.fields if do else None,
            incase.expr if incase else None,
            event.topics,
            event.where,
            span=self._statement_span(keyword, event),
        )

    @staticmethod
    def _statement_span(keyword: Token, event: Event) -> Span:
        start = span_of(keyword)
        return Span(start.start, event.span.end, start.line, start.column)

    def do(self, fields: Outputs) -> Outputs:
        """Hand on the fields of DO."""
        return fields

    def incase(self, expr: ast.Expr) -> Condition:
        """Keep INCASE apart from the other optional clauses."""
        return Condition(expr)

    def where(self, expr: ast.Expr) -> Condition:
        """Keep WHERE apart from the other optional clauses."""
        return Condition(expr)

    def event(self, *parts: ast.Topic | Condition | None) -> Event:
        """Build FROM and WHERE."""
        topics = tuple(part for part in parts if isinstance(part, ast.Topic))
        where = next((part.expr for part in parts if isinstance(part, Condition)), None)
        return Event(topics, where, _join(topics[0], topics[-1] if where is None else where))

    def event_without_from(self, keyword: Token, _: ast.Expr) -> Event:
        """Refuse what EMQX's grammar accepts but its rules do not."""
        raise SqlSyntaxError(
            MISSING_FROM, span=span_of(keyword), expected=("FROM",), hint=MISSING_FROM_HINT
        )

    def topic(self, token: Token) -> ast.Topic:
        """Build one entry of FROM."""
        quoted = token.type in {"QUOTED_NAME", "QUOTED_STAR", "STRING"}
        return ast.Topic(unquote(token) if quoted else str(token), span=span_of(token))

    # ------------------------------------------------------------------ fields

    def fields(self, *fields: ast.Field) -> Outputs:
        """Collect a list of fields."""
        return Outputs(fields)

    def star(self, token: Token) -> ast.Star:
        """Build the field `*`."""
        return ast.Star(span=span_of(token))

    def field(self, expr: ast.Expr) -> ast.Field:
        """Build a field; a quoted `"*"` that stands alone is `*`."""
        if isinstance(expr, ast.Ref) and expr.name == "*":
            return ast.Star(span=expr.span)
        return expr

    def aliased(self, expr: ast.Expr, alias: ast.Alias) -> ast.Aliased:
        """Build `expr AS alias`."""
        return ast.Aliased(expr, alias, span=_join(expr, alias))

    def name(self, part: Token | ast.Ref) -> ast.Alias:
        """Build what a name alone stands for: a path, `true`, `false` or a quoted `*`."""
        if isinstance(part, ast.Ref):
            return part
        if part.type == "BOOL":
            return ast.BoolLit(part == "true", span=span_of(part))
        quoted = part.type == "QUOTED_STAR"
        return ast.Ref("*" if quoted else str(part), quoted=quoted, span=span_of(part))

    alias = name
    target = name

    # ------------------------------------------------------------------ operators

    def compare(self, left: ast.Expr, op: Token, right: ast.Expr) -> ast.Compare:
        """Build a comparison."""
        compare_op = cast("ast.CompareOp", str(op))
        return ast.Compare(left, compare_op, right, span=_join(left, right))

    def terms(self, first: ast.Expr, *rest: Part) -> ast.Arith:
        """Build a chain of `+` and `-`, or of `* / div mod`."""
        steps = tuple(
            ast.ArithStep(
                cast("ast.ArithOp", str(op)),
                cast("ast.Expr", operand),
                span=_join(cast("Token", op), cast("ast.Expr", operand)),
            )
            for op, operand in zip(rest[::2], rest[1::2], strict=True)
        )
        return ast.Arith(first, steps, span=_join(first, steps[-1]))

    factors = terms

    def unary(self, sign: Token, operand: ast.Expr) -> ast.Unary:
        """Build a signed operand."""
        op = cast("ast.SignOp", str(sign))
        return ast.Unary(op, operand, span=_join(sign, operand))

    def parenthesised(self, opening: Token, inner: ast.Expr, closing: Token) -> ast.Expr:
        """Let the span of what is in parentheses cover them; they leave no node."""
        return replace(inner, span=_join(opening, closing))

    # ------------------------------------------------------------------ values

    def literal(self, token: Token) -> ast.Expr:
        """Build a string, number or range."""
        span = span_of(token)
        match token.type:
            case "STRING":
                return ast.StringLit(unquote(token), span=span)
            case "INT":
                return ast.IntLit(int(token), span=span)
            case "FLOAT":
                return ast.FloatLit(float(token), span=span)
            case _:
                begin, end = _range(token)
                if end - begin >= MAX_LIST_ITEMS:
                    raise SqlSyntaxError(
                        f"The range has more than {MAX_LIST_ITEMS:,} items",
                        span=span,
                        hint="Build a shorter list, or take a slice of one: payload.list[1..100]",
                    )
                return ast.RangeLit(begin, end, span=span)

    def ref(self, token: Token, *steps: ast.Step) -> ast.Ref:
        """Build a path."""
        quoted = token.type == "QUOTED_NAME"
        span = _join(token, steps[-1] if steps else token)
        return ast.Ref(unquote(token) if quoted else str(token), steps, quoted=quoted, span=span)

    def key(self, _: Token, token: Token) -> ast.Key:
        """Build the step `.name`."""
        quoted = token.type in {"QUOTED_NAME", "STRING"}
        return ast.Key(unquote(token) if quoted else str(token), span=span_of(token))

    def index(self, opening: Token, sign: Token | None, digits: Token, end: Token) -> ast.Index:
        """Build the step `[n]`."""
        value, negative = int(digits), sign == "-"
        span = _join(opening, end)
        return ast.Index(-value if negative else value, negative and value == 0, span=span)

    def index_ref(self, opening: Token, ref: ast.Ref, closing: Token) -> ast.IndexRef:
        """Build the step `[ref]`."""
        return ast.IndexRef(ref, span=_join(opening, closing))

    def slice(self, ref: ast.Ref, token: Token) -> ast.Slice:
        """Build `ref[b..e]`."""
        return ast.Slice(ref, *_range(token), span=_join(ref, token))

    def list(self, *parts: Part) -> ast.ListLit:
        """Build a list of values."""
        opening, closing = cast("Token", parts[0]), cast("Token", parts[-1])
        return ast.ListLit(_exprs(parts), span=_join(opening, closing))

    def call(self, target: ast.Alias, *parts: Part) -> ast.Call:
        """Build a function call."""
        return ast.Call(target, _exprs(parts), span=_join(target, cast("Token", parts[-1])))

    # ------------------------------------------------------------------ CASE and conditions

    def case(self, *parts: Part) -> ast.Case:
        """Build CASE: its subject stands before the first WHEN, ELSE behind the last."""
        nodes = [part for part in parts if isinstance(part, ast.Node)]
        whens = tuple(node for node in nodes if isinstance(node, ast.When))
        subject, otherwise = nodes[0], nodes[-1]
        return ast.Case(
            None if isinstance(subject, ast.When) else cast("ast.Expr", subject),
            whens,
            None if isinstance(otherwise, ast.When) else cast("ast.Expr", otherwise),
            span=_join(cast("Token", parts[0]), cast("Token", parts[-1])),
        )

    def when(self, keyword: Token, condition: ast.Expr, _: Token, result: ast.Expr) -> ast.When:
        """Build one branch of CASE."""
        return ast.When(condition, result, span=_join(keyword, result))

    def membership(self, value: ast.Expr, negation: Token | None, *parts: Part) -> ast.In:
        """Build IN and NOT IN."""
        span = _join(value, cast("Token", parts[-1]))
        return ast.In(value, _exprs(parts), negation is not None, span=span)

    def not_(self, keyword: Token, operand: ast.Expr) -> ast.Not:
        """Build NOT."""
        return ast.Not(operand, span=_join(keyword, operand))

    def conjunction(self, *operands: ast.Expr) -> ast.And:
        """Build a chain of AND."""
        return ast.And(operands, span=_join(operands[0], operands[-1]))

    def disjunction(self, *operands: ast.Expr) -> ast.Or:
        """Build a chain of OR."""
        return ast.Or(operands, span=_join(operands[0], operands[-1]))


def make_builder() -> Transformer[Token, ast.Node]:
    """Return an `AstBuilder` as lark needs it: its methods take what a rule matched one by one."""
    inline = cast("Callable[[type[AstBuilder]], type[AstBuilder]]", v_args(inline=True))  # pyright: ignore[reportUnknownVariableType] - lark types it with bare callables
    return inline(AstBuilder)()
