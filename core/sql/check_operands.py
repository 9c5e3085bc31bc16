"""Checks of what is evaluated: names, literals, comparisons, CASE, IN."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from core.sql.ast import (
    Aliased,
    And,
    Call,
    Case,
    Compare,
    Expr,
    FloatLit,
    In,
    Index,
    IntLit,
    Node,
    Not,
    Or,
    RangeLit,
    Ref,
    Slice,
    StringLit,
)
from core.sql.check_calls import check_call
from core.sql.check_conditions import check_condition
from core.sql.diagnostics import nearest
from core.sql.format import format_expr
from core.sql.names import operands
from core.sql.problem import Scope, SqlProblem

_CONSTANT_COLUMNS: Final = frozenset(
    {"event", "node", "reason", "reason_code", "action", "result", "authz_source"}
)
_NULLS: Final = frozenset({"null", "undefined", "nil", "none"})
_ORDERS: Final = frozenset({"<", ">", "<=", ">="})
_NUMBER: Final = re.compile(r"[0-9]+(\.[0-9]+)?")
_ESCAPES: Final = frozenset({r"\n", r"\r", r"\t", r"\r\n"})
_READS_ESCAPES: Final = frozenset(
    {"unescape", "regex_match", "regex_replace", "regex_extract", "sprintf", "sprintf_s", "jq"}
)


def check_operands(expr: Expr, scope: Scope) -> Iterator[SqlProblem]:
    """Yield what is wrong in an expression and in everything below it that is evaluated."""
    escaped: set[int] = set()
    for node in operands(expr):
        if isinstance(node, Call) and node.function in _READS_ESCAPES:
            escaped.update(id(argument) for argument in node.args)
        if isinstance(node, StringLit) and node.value in _ESCAPES and id(node) not in escaped:
            yield SqlProblem(
                node.span,
                "no-escapes",
                "warning",
                "Strings have no backslash escapes: this is a backslash and a letter",
                f"Write unescape({format_expr(node)})",
            )
        yield from _check_node(node, scope)


def _check_node(node: Node, scope: Scope) -> Iterator[SqlProblem]:
    match node:
        case Aliased():
            yield SqlProblem(
                node.alias.span,
                "alias-here",
                "error",
                "Only fields can have an alias: here the rule fails",
                "Remove the alias, or separate the fields with a comma",
            )
        case Call():
            yield from check_call(node, scope)
        case Compare():
            yield from _check_compare(node, scope)
        case In():
            yield from _check_constants(node.value, node.items)
        case Case():
            yield from _check_case(node)
        case Ref():
            yield from _check_ref(node, scope)
        case RangeLit(begin=begin, end=end) if end < begin - 1:
            yield SqlProblem(
                node.span,
                "reversed-range",
                "error",
                "The range ends before it begins: the rule fails here",
                f"Write [{end}..{begin}]",
            )
        case Slice():
            yield from _check_slice(node)
        case _:
            pass


def _check_ref(ref: Ref, scope: Scope) -> Iterator[SqlProblem]:
    if ref.name == "*":
        yield SqlProblem(
            ref.span,
            "star-operand",
            "error",
            "`*` is no value: it can only be a whole field",
            "Name the columns, or make `*` a field of its own",
        )
    elif ref.quoted and not ref.steps and ref.name not in scope.columns | scope.aliases:
        yield SqlProblem(
            ref.span,
            "quoted-value",
            "warning",
            f'"{ref.name}" in double quotes is a column name',
            f"For text write '{ref.name}'",
        )
    elif not ref.quoted and ref.name not in scope.columns | scope.aliases:
        yield from _check_column(ref, scope)
    for step in ref.steps:
        if isinstance(step, Index) and step.value == 0:
            yield SqlProblem(
                step.span,
                "index-zero",
                "warning",
                "Lists begin at 1: index 0 is always undefined",
                "Write [1] for the first element, [-1] for the last",
            )


def _check_column(ref: Ref, scope: Scope) -> Iterator[SqlProblem]:
    """Yield the slip of a name; another unknown one is undefined, which may be meant."""
    near = nearest(ref.name, scope.columns | scope.aliases, limit=1)
    if near:
        yield SqlProblem(
            replace(ref.span, end=ref.span.start + len(ref.name)),
            "unknown-column",
            "warning",
            f"There is no column {ref.name}: it is undefined",
            f"Write {near[0]}",
        )


def _check_slice(node: Slice) -> Iterator[SqlProblem]:
    if 0 in {node.begin, node.end}:
        yield SqlProblem(
            node.span,
            "slice-zero",
            "error",
            "Lists begin at 1: a slice with bound 0 fails",
            "Write [1..3] for the first three elements, [-2..-1] for the last two",
        )
    if node.ref.name == "payload" and not node.ref.steps:
        yield SqlProblem(
            node.span,
            "slice-payload",
            "error",
            "The column payload is text, which cannot be sliced",
            "Decode it first: json_decode(payload) as p, p[1..3] as x",
        )


def _check_compare(node: Compare, scope: Scope) -> Iterator[SqlProblem]:
    if node.op == "~=":
        yield SqlProblem(
            node.span,
            "unknown-operator",
            "error",
            "`~=` parses but cannot be evaluated: the rule fails here",
            "Write `=~` to match a topic filter, `!=` for unequal",
        )
    for side, other in ((node.left, node.right), (node.right, node.left)):
        if (
            node.op in _ORDERS
            and isinstance(side, StringLit)
            and not isinstance(other, IntLit | FloatLit)
            and _NUMBER.fullmatch(side.value)
        ):
            yield SqlProblem(
                side.span,
                "text-order",
                "warning",
                "Two texts are compared by their characters: '10' < '9' is true",
                f"To compare numbers leave the quotes out: {side.value}",
            )
            return
        if not isinstance(side, Ref) or side.steps or side.quoted:
            continue
        if side.name.lower() in _NULLS and side.name not in scope.aliases | scope.columns:
            text = format_expr(other)
            negation = "" if node.op in {"=", "=~"} else "not_"
            yield SqlProblem(
                node.span,
                "compare-null",
                "warning",
                f"There is no {side.name} literal: this compares with a missing column",
                f"Write is_{negation}null({text}) for missing, is_{negation}null_var({text}) "
                "for missing or JSON null",
            )
            return


def _check_case(node: Case) -> Iterator[SqlProblem]:
    if node.subject is None:
        for when in node.whens:
            yield from check_condition(when.condition)
        return
    values = tuple(when.condition for when in node.whens)
    for value in values:
        if isinstance(value, And | Or | Not | In):
            yield SqlProblem(
                value.span,
                "case-value",
                "error",
                "Behind CASE x, WHEN takes a value, not a condition: the rule fails here",
                "Write CASE WHEN with conditions, without x",
            )
    yield from _check_constants(node.subject, values)


def _check_constants(value: Expr, candidates: tuple[Expr, ...]) -> Iterator[SqlProblem]:
    if not isinstance(value, Ref) or value.steps or value.name not in _CONSTANT_COLUMNS:
        return
    if any(isinstance(candidate, StringLit) for candidate in candidates):
        yield SqlProblem(
            value.span,
            "constant-identity",
            "warning",
            f"In live events {value.name} is a constant, which IN and CASE tell from any text",
            f"Write str({value.name}), or compare with `=`",
        )
