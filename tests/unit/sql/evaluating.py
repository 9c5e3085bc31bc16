"""Evaluate one expression of the rule language through the real compiler."""

from __future__ import annotations

from datetime import UTC, tzinfo
from functools import cache

from core.sql.event import Event
from core.sql.functions.context import EvalContext
from core.sql.operators import identical
from core.sql.rule import CompiledRule, Failed, Passed, compile_rule
from core.sql.values import Value

NOW_MS = 1_708_933_353_472  # 2024-02-26T07:42:33.472Z


class StillClock:
    """A clock that tests set."""

    def __init__(self, now_ms: int = NOW_MS) -> None:
        self.ms = now_ms

    def now_ms(self) -> int:
        return self.ms

    def monotonic_s(self) -> float:
        return self.ms / 1000


class EvaluationError(Exception):
    """The expression failed; the text is the reason."""


def context_at(now_ms: int = NOW_MS, zone: tzinfo = UTC, **environ: str) -> EvalContext:
    """Build a context of fresh stores, with a clock that stands still."""
    context = EvalContext.for_tester(clock=StillClock(now_ms), environ=environ)
    context.local_zone = zone
    return context


@cache
def _compiled(expression: str) -> CompiledRule:
    return compile_rule(f'SELECT {expression} as result FROM "t/#"')


def value_of(expression: str, context: EvalContext | None = None, **columns: Value) -> Value:
    """Evaluate an expression; columns are given by name.

    Raises:
        EvaluationError: It is an evaluation error.
    """
    outcome = _compiled(expression).evaluate(Event(columns), context or context_at())
    if isinstance(outcome, Failed):
        assert "unexpected error" not in outcome.error.message, outcome.error.message
        raise EvaluationError(outcome.error.message)
    assert isinstance(outcome, Passed)
    return outcome.outputs[0]["result"]


def check(expression: str, expected: Value, **columns: Value) -> None:
    """Assert that an expression gives exactly this value; 1 is not 1.0."""
    result = value_of(expression, **columns)
    assert identical(result, expected), f"{expression} gave {result!r}, not {expected!r}"
