"""Evaluate rule statements in tests, the way the tester does."""

from __future__ import annotations

from typing import Any

from core.clock import Clock
from core.errors import SqlRuntimeError
from core.sql.columns import event_kind
from core.sql.functions.context import EvalContext
from core.sql.json_text import decode_json
from core.sql.rule import Failed, compile_rule
from core.sql.tester import NotMatched, Tried, run_case

NO_MATCH = "no match"


class FixedClock(Clock):
    """A clock that stands still."""

    def now_ms(self) -> int:
        return 1_700_000_000_000

    def monotonic_s(self) -> float:
        return 0.0


def evaluate(sql: str, event: str = "message.publish", **context: Any) -> Any:
    """Evaluate on one event and return what its JSON says, or NO_MATCH, or the error.

    The topic is `t/1` if none is given; a payload that is no string is written as JSON.
    """
    kind = event_kind(event)
    assert kind is not None
    if event == "message.publish":
        context.setdefault("topic", "t/1")
    trial = run_case(compile_rule(sql), kind, context, EvalContext.for_tester(clock=FixedClock()))
    match trial:
        case Tried(json=json):
            return decode_json(json)
        case NotMatched():
            return NO_MATCH
        case Failed(error=error):
            return error


def value_of(expression: str, **context: Any) -> Any:
    """Evaluate one expression as a field and return its value, or the error."""
    result = evaluate(f'SELECT {expression} as r FROM "t/#"', **context)
    return result["r"] if isinstance(result, dict) else result


def failed(result: Any, stage: str | None, *, at: str | None = None, sql: str = "") -> bool:
    """Tell whether a result is an error of a stage, at a part of the statement."""
    if not isinstance(result, SqlRuntimeError) or result.stage != stage:
        return False
    span = result.span
    return at is None or (span is not None and sql[span.start : span.end] == at)


def same(left: Any, right: Any) -> bool:
    """Compare JSON values exactly: 1 is neither 1.0 nor true."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[k], right[k]) for k in left)
    if isinstance(left, list):
        return len(left) == len(right) and all(map(same, left, right))
    return bool(left == right)
