"""Static checks: what parses but fails on every message, or does not do what was meant.

EMQX accepts all these rules, so nothing here stops one from running.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from core.sql.ast import Aliased, Expr, Field, Foreach, Star, Statement
from core.sql.check_conditions import check_condition
from core.sql.check_fields import check_field, check_foreach, check_hidden_payload, check_topic
from core.sql.check_operands import check_operands
from core.sql.functions.registry import Function
from core.sql.names import MESSAGE_COLUMNS, alias_roots, columns_read, selected_names
from core.sql.problem import Clause, Scope, SqlProblem

__all__ = ["SqlProblem", "check", "columns_read", "selected_names"]


def check(
    statement: Statement,
    functions: Mapping[str, Function],
    *,
    unavailable: frozenset[str] = frozenset(),
    columns: frozenset[str] = MESSAGE_COLUMNS,
) -> list[SqlProblem]:
    """Return what the checks find, in the order of the text.

    Args:
        statement: From `core.sql.parser.parse`, for the spans.
        functions: The built-in functions by name.
        unavailable: Names of functions that EMQX has and this build has not.
        columns: The columns of the events that the rule reads.
    """
    found = list(_problems(statement, functions, unavailable, columns))
    return sorted(found, key=lambda problem: (problem.span.start, problem.span.end, problem.code))


def _problems(
    statement: Statement,
    functions: Mapping[str, Function],
    unavailable: frozenset[str],
    columns: frozenset[str],
) -> Iterator[SqlProblem]:
    aliases = alias_roots(statement.fields)
    if isinstance(statement, Foreach):
        aliases |= alias_roots(statement.do or ()) | {"item"}

    def scope(clause: Clause) -> Scope:
        return Scope(clause, functions, unavailable, columns, aliases)

    for topic in statement.topics:
        yield from check_topic(topic)
    if isinstance(statement, Foreach):
        yield from _check_fields(statement.fields, scope("FOREACH"))
        yield from _check_fields(statement.do or (), scope("DO"))
        yield from _check_condition(statement.incase, scope("INCASE"))
        yield from check_foreach(statement)
    else:
        yield from _check_fields(statement.fields, scope("SELECT"))
    yield from _check_condition(statement.where, scope("WHERE"))
    yield from check_hidden_payload(statement)


def _check_fields(fields: tuple[Field, ...], scope: Scope) -> Iterator[SqlProblem]:
    for field in fields:
        yield from check_field(field)
        if not isinstance(field, Star):
            yield from check_operands(field.expr if isinstance(field, Aliased) else field, scope)


def _check_condition(condition: Expr | None, scope: Scope) -> Iterator[SqlProblem]:
    if condition is not None:
        yield from check_condition(condition)
        yield from check_operands(condition, scope)
