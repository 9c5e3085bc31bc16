"""Words of the failures that a compiled statement raises."""

from __future__ import annotations

from core.sql.ast import Aliased, Expr, In, Ref
from core.sql.functions.registry import Function


def operator_word(node: Expr) -> str:
    """Name the operator of a condition as it is written."""
    if isinstance(node, In):
        return "NOT IN" if node.negated else "IN"
    return type(node).__name__.upper()


def not_a_condition(node: Expr) -> str:
    """Say why an expression cannot stand where a condition must."""
    match node:
        case Ref():
            return "a name alone is no condition, even if its value is true; compare it: x = true"
        case Aliased():
            return "an alias has no meaning in a condition"
        case _:
            return "this is no condition; use a comparison, IN, a function, true or false"


def wanted_arguments(function: Function) -> str:
    """Say how many arguments a function takes."""
    low, high = function.min_args, function.max_args
    if high is None:
        return f"takes at least {low} arguments"
    if low == high:
        return f"takes {low} argument" + ("" if low == 1 else "s")
    return f"takes {low} to {high} arguments"
