"""Try a statement on one event, as EMQX's SQL tester does; the same code as live evaluation.

The command line, the editor's tester and stored rule tests all come through here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

import msgspec

from core.errors import SqlRuntimeError
from core.sql.columns import LEGACY_TOPICS, EventKind
from core.sql.event import Event
from core.sql.functions.context import EvalContext
from core.sql.output import check_size
from core.sql.rule import CompiledRule, Failed, NoResult
from core.sql.text import output_json
from core.sql.topics import topic_matches
from core.sql.values import Atom, EvalError, Value

_RULE_ID: Final = "sql_tester:rule"


class Tried(msgspec.Struct, frozen=True):
    """The statement gave a result.

    Attributes:
        value: One map for SELECT, a list of maps (which may be empty) for FOREACH.
        json: The same as compact JSON text.
    """

    value: Value
    json: bytes


class NotMatched(msgspec.Struct, frozen=True):
    """FROM does not match the event, or (`where`) WHERE says no."""

    where: bool


Trial: TypeAlias = Tried | NotMatched | Failed


def run_case(
    rule: CompiledRule, kind: EventKind, context: Mapping[str, Value], surroundings: EvalContext
) -> Trial:
    """Evaluate a rule on one event.

    Args:
        rule: The statement, compiled.
        kind: The event.
        context: Columns typed by the user: plain values. Missing ones take the event's examples.
        surroundings: Clock, stores and so on; `EvalContext.for_tester` gives fresh ones.
    """
    if not from_matches(rule, kind, context):
        return NotMatched(where=False)
    columns = fill_columns(kind, context, surroundings.clock.now_ms())
    outcome = rule.evaluate(Event(columns), surroundings)
    if isinstance(outcome, Failed):
        return outcome
    if isinstance(outcome, NoResult):
        return Tried([], b"[]") if outcome.empty else NotMatched(where=True)
    value: Value = [*outcome.outputs] if rule.is_foreach else outcome.outputs[0]
    try:
        return Tried(value, output_json(check_size(value)))
    except EvalError as exc:
        return Failed(SqlRuntimeError(f"the result cannot be written as JSON: {exc}"))
    except (RecursionError, MemoryError):
        return Failed(SqlRuntimeError("the result is nested too deeply or too large"))


def from_matches(rule: CompiledRule, kind: EventKind, context: Mapping[str, Value]) -> bool:
    """Tell whether FROM matches: a message by its topic, any other event by its event topic.

    An event topic of older versions stands for the current one if it is written out in full;
    wildcards are tried on the current one only.
    """
    topic = kind.topic
    if topic is None:
        given = context.get("topic", "")
        topic = given if isinstance(given, str) else ""
    return any(
        topic_matches(topic, entry) or LEGACY_TOPICS.get(entry) == topic for entry in rule.topics
    )


def fill_columns(kind: EventKind, context: Mapping[str, Value], now_ms: int) -> dict[str, Value]:
    """Complete the columns of an event with its examples and the rule's metadata."""
    columns = {**kind.example_columns(now_ms), **context}
    columns.pop("event_type", None)
    given = columns.get("metadata")
    metadata: dict[str, Value] = {"rule_id": _RULE_ID, "namespace": Atom("global")}
    columns["metadata"] = {**given, **metadata} if isinstance(given, dict) else metadata
    return columns
