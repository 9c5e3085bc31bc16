"""Checks of what stands where a condition is needed: WHERE, INCASE, WHEN (3.5 of the language)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from core.sql.ast import (
    Aliased,
    And,
    BoolLit,
    Call,
    Compare,
    CompareOp,
    Expr,
    In,
    IntLit,
    Not,
    Or,
    Ref,
    StringLit,
)
from core.sql.format import format_expr
from core.sql.problem import SqlProblem

_OPPOSITE: Final[dict[CompareOp, CompareOp]] = {
    "=": "<>",
    "!=": "=",
    "<>": "=",
    "<": ">=",
    ">": "<=",
    "<=": ">",
    ">=": "<",
}
_MAX_SHOWN: Final = 60


def check_condition(expr: Expr) -> Iterator[SqlProblem]:
    """Yield what is wrong with an expression as a condition; operands are checked elsewhere."""
    match expr:
        case And(operands=parts) | Or(operands=parts):
            for part in parts:
                yield from check_condition(part)
        case Not(operand=And() | Or() | In() | Not() as operand):
            yield SqlProblem(
                expr.span,
                "not-condition",
                "error",
                "NOT cannot be applied to AND, OR, IN or NOT: the rule fails here",
                _negated(operand),
            )
        case Not(operand=StringLit() | IntLit()):
            yield SqlProblem(
                expr.span,
                "not-value",
                "warning",
                "NOT over a value that is no boolean is always false",
                "Negate a comparison: x <> 1",
            )
        case In(negated=True):
            yield SqlProblem(
                expr.span,
                "not-in",
                "error",
                "NOT IN parses but cannot be evaluated: the rule fails here",
                _unequal_to_each(expr),
            )
        case Compare() | In() | Not() | Call() | BoolLit() | Aliased():
            pass
        case Ref():
            text = format_expr(expr)
            yield SqlProblem(
                expr.span,
                "bare-condition",
                "error",
                f"`{_shorten(text)}` alone is no condition, even if its value is a boolean",
                f"Compare it: {_shorten(text)} = true",
            )
        case _:
            yield SqlProblem(
                expr.span,
                "bare-condition",
                "error",
                "A value alone is no condition: the rule fails here",
                "Compare it with something, or write true or false",
            )


def _negated(expr: And | Or | In | Not) -> str:
    """Say how to write NOT over this condition."""
    match expr:
        case Not(operand=inner):
            return _write(format_expr(inner), "Write the condition without the two NOT")
        case In(negated=False):
            return _unequal_to_each(expr)
        case In(value=value, items=items):
            return _write(f"{format_expr(value)} in ({', '.join(map(format_expr, items))})", "")
        case And(operands=parts) | Or(operands=parts):
            opposites = [_opposite(part) for part in parts]
            word = "or" if isinstance(expr, And) else "and"
            general = f"Turn each comparison round and join them with {word}"
            if None in opposites:
                return general
            return _write(f" {word} ".join(text for text in opposites if text), general)


def _opposite(expr: Expr) -> str | None:
    if isinstance(expr, Compare) and expr.op in _OPPOSITE:
        left, right = format_expr(expr.left), format_expr(expr.right)
        return f"{left} {_OPPOSITE[expr.op]} {right}"
    return None


def _unequal_to_each(expr: In) -> str:
    value = format_expr(expr.value)
    text = " and ".join(f"{value} <> {format_expr(item)}" for item in expr.items)
    return _write(text, "Write x <> a and x <> b for all values")


def _write(text: str, otherwise: str) -> str:
    return f"Write {text}" if len(text) <= _MAX_SHOWN or not otherwise else otherwise


def _shorten(text: str) -> str:
    return text if len(text) <= _MAX_SHOWN else text[: _MAX_SHOWN - 1] + "…"
