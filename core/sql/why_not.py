"""Why WHERE said no to an event: the parts that were false, with the values they saw."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from core.errors import Span, SqlError
from core.sql.ast import (
    Aliased,
    And,
    Call,
    Compare,
    Expr,
    In,
    Not,
    Or,
    Ref,
    Select,
    Statement,
    walk,
)
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
_ACTING: Final = re.compile(r"\b(?:(?:kv_store|proc_dict)_(?:put|del)|jq)\b")
MISSING: Final = ""
"""The text of a value that is not there."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What an operand was: as JSON, cut when it is long; `MISSING` for no value."""

    operand: str
    value: str


@dataclass(frozen=True, slots=True)
class Compared:
    """Both sides of a comparison: the left as it is written, then the values, as in `Seen`."""

    left: str
    left_value: str
    op: str
    right_value: str


@dataclass(frozen=True, slots=True)
class FalsePart:
    """A part of WHERE that was false.

    Attributes:
        span: Where it stands.
        text: The same on one line.
        seen: Columns, paths and calls in it with their values, each once, in order.
        compared: Its two sides, if it is a comparison.
    """

    span: Span
    text: str
    seen: tuple[Seen, ...]
    compared: Compared | None = None

    @property
    def brief(self) -> str:
        """The same in a few words, such as `21.9 is not > 30`."""
        found = self.compared
        if found is None:
            return f"{self.text} is false"
        if not found.left_value:
            return f"{found.left} is missing"
        if found.op in ("!=", "<>"):
            return f"{found.left} is {found.left_value}"
        return f"{found.left_value} is not {found.op} {found.right_value or 'a missing value'}"


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
    return WhyNot(rule).parts(event, surroundings)


class WhyNot:
    """Explains one rule's "no", event after event. One thread.

    What it compiles is kept: the first explanation costs a compilation for every condition and
    operand that it looks at, later ones evaluations alone.
    """

    def __init__(self, rule: CompiledRule) -> None:
        self._rule = rule
        self._conditions: dict[Expr, CompiledRule | None] = {}
        self._operands: dict[Expr, CompiledRule | None] = {}

    @property
    def is_safe(self) -> bool:
        """Whether an evaluation more changes nothing that later ones see, and takes no process."""
        return _ACTING.search(self._rule.sql) is None

    def parts(self, event: Event, surroundings: EvalContext) -> tuple[FalsePart, ...]:
        """Find the smallest conditions that made WHERE false; none when it is not."""
        where = self._rule.statement.where
        if where is None:
            return ()
        return tuple(
            FalsePart(
                part.span,
                format_expr(part),
                tuple(self._seen(part, event, surroundings)),
                self._compared(part, event, surroundings),
            )
            for part in self._false_parts(where, event, surroundings)
        )

    def _false_parts(
        self, condition: Expr, event: Event, surroundings: EvalContext
    ) -> Iterator[Expr]:
        if not self._is_false(condition, event, surroundings):
            return
        if isinstance(condition, And | Or):
            found = [
                part
                for operand in condition.operands
                for part in self._false_parts(operand, event, surroundings)
            ]
            yield from found or [condition]
        else:
            yield condition

    def _seen(self, condition: Expr, event: Event, surroundings: EvalContext) -> Iterator[Seen]:
        for operand in dict.fromkeys(_operands(condition)):
            text = format_expr(operand)
            yield Seen(text, _shown(self._value(operand, event, surroundings)))

    def _compared(
        self, condition: Expr, event: Event, surroundings: EvalContext
    ) -> Compared | None:
        if not isinstance(condition, Compare):
            return None
        left, right = (
            _shown(self._value(side, event, surroundings))
            for side in (condition.left, condition.right)
        )
        return Compared(format_expr(condition.left), left, condition.op, right)

    def _is_false(self, condition: Expr, event: Event, surroundings: EvalContext) -> bool:
        if condition not in self._conditions:
            tried = replace(self._rule.statement, where=condition)
            self._conditions[condition] = _compiled(tried)
        rule = self._conditions[condition]
        outcome = rule.evaluate(event, surroundings) if rule is not None else None
        return isinstance(outcome, NoResult) and not outcome.empty

    def _value(self, expr: Expr, event: Event, surroundings: EvalContext) -> Value:
        """Evaluate an operand beside the fields of the rule, whose aliases it may name."""
        if expr not in self._operands:
            statement = self._rule.statement
            before = statement.fields if isinstance(statement, Select) else ()
            tried = Select((*before, Aliased(expr, Ref(_FIELD))), statement.topics)
            self._operands[expr] = _compiled(tried)
        rule = self._operands[expr]
        outcome = rule.evaluate(event, surroundings) if rule is not None else None
        output = outcome.outputs[0] if isinstance(outcome, Passed) else {}
        return output.get(_FIELD, UNDEFINED)


def _compiled(statement: Statement) -> CompiledRule | None:
    try:
        return compile_rule(format_statement(statement))
    except SqlError:
        return None


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
