"""Why WHERE said no to an event: the parts that were false, with the values they saw."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from core.errors import Span, SqlError
from core.sql.ast import Aliased, And, Call, Compare, Expr, In, Not, Or, Ref, Select, walk
from core.sql.columns import EventKind
from core.sql.event import Event
from core.sql.format import format_expr, format_statement
from core.sql.functions.context import EvalContext
from core.sql.rule import CompiledRule, NoResult, Passed, compile_rule
from core.sql.tester import fill_columns
from core.sql.text import output_json
from core.sql.values import UNDEFINED, EvalError, Value

_LONGEST: Final = 60
_FIELD: Final = "operand$seen"
MISSING: Final = ""
"""The text of a value that is not there."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What an operand was: as JSON, cut when it is long; `MISSING` for no value."""

    operand: str
    value: str


@dataclass(frozen=True, slots=True)
class FalsePart:
    """A part of WHERE that was false.

    Attributes:
        span: Where it stands.
        text: The same on one line.
        seen: Columns, paths and calls in it with their values, each once, in order.
    """

    span: Span
    text: str
    seen: tuple[Seen, ...]


def false_parts(
    rule: CompiledRule, kind: EventKind, context: Mapping[str, Value], surroundings: EvalContext
) -> tuple[FalsePart, ...]:
    """Find the smallest conditions that made WHERE false; none when it is not.

    Each condition is tried in the rule itself in place of the whole WHERE, so that it sees what
    WHERE sees. Costs a compilation for every condition and operand: for testers only.

    Args:
        rule: The rule that was tried.
        kind: The event.
        context: Columns as typed by the user.
        surroundings: As in the trial.
    """
    event = Event(fill_columns(kind, context, surroundings.clock.now_ms()))
    return false_parts_of(rule, event, surroundings)


def false_parts_of(
    rule: CompiledRule, event: Event, surroundings: EvalContext
) -> tuple[FalsePart, ...]:
    """Do the same for an event that has all its columns."""
    trial = _Trial(rule, event)
    where = rule.statement.where
    if where is None:
        return ()
    return tuple(
        FalsePart(part.span, format_expr(part), tuple(trial.seen(part, surroundings)))
        for part in trial.false_parts(where, surroundings)
    )


class _Trial:
    """Tries parts of one rule on one event."""

    def __init__(self, rule: CompiledRule, event: Event) -> None:
        self._rule, self._event = rule, event

    def false_parts(self, condition: Expr, surroundings: EvalContext) -> Iterator[Expr]:
        if not self._is_false(condition, surroundings):
            return
        if isinstance(condition, And | Or):
            found = [
                part
                for operand in condition.operands
                for part in self.false_parts(operand, surroundings)
            ]
            yield from found or [condition]
        else:
            yield condition

    def seen(self, condition: Expr, surroundings: EvalContext) -> Iterator[Seen]:
        for operand in dict.fromkeys(_operands(condition)):
            text = format_expr(operand)
            yield Seen(text, _shown(self._value(operand, surroundings)))

    def _is_false(self, condition: Expr, surroundings: EvalContext) -> bool:
        statement = replace(self._rule.statement, where=condition)
        try:
            rule = compile_rule(format_statement(statement))
        except SqlError:
            return False
        outcome = rule.evaluate(self._event, surroundings)
        return isinstance(outcome, NoResult) and not outcome.empty

    def _value(self, expr: Expr, surroundings: EvalContext) -> Value:
        """Evaluate an operand beside the fields of the rule, whose aliases it may name."""
        statement = self._rule.statement
        before = statement.fields if isinstance(statement, Select) else ()
        field = Aliased(expr, Ref(_FIELD))
        tried = Select((*before, field), statement.topics)
        try:
            outcome = compile_rule(format_statement(tried)).evaluate(self._event, surroundings)
        except SqlError:
            return UNDEFINED
        output = outcome.outputs[0] if isinstance(outcome, Passed) else {}
        return output.get(_FIELD, UNDEFINED)


def _operands(condition: Expr) -> Iterator[Expr]:
    """Yield what in a condition has a value of its own: calls as a whole, columns and paths."""
    match condition:
        case Compare(left=left, right=right):
            yield from _named(left)
            yield from _named(right)
        case In(value=value):
            yield from _named(value)
        case Not(operand=operand):
            yield from _operands(operand)
        case _:
            yield from _named(condition)


def _named(expr: Expr) -> Iterator[Expr]:
    for node in walk(expr):
        if isinstance(node, Ref) and not _is_name_of_call(node, expr):
            yield node
    if isinstance(expr, Call):
        yield expr


def _is_name_of_call(ref: Ref, expr: Expr) -> bool:
    return any(isinstance(node, Call) and node.target is ref for node in walk(expr))


def _shown(value: Value) -> str:
    if value is UNDEFINED:
        return MISSING
    try:
        text = output_json(value).decode()
    except (EvalError, UnicodeDecodeError):
        return MISSING
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
