"""What a trial of a rule on one event shows that its text alone does not.

The static checks (`checks.py`) speak of every event; these notes speak of the one at hand: a field
that has no value in it, a list that is text, a number that loses digits. They are for the tester
and the command line, which have a sample; EMQX itself gives none of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from core.errors import SqlError
from core.sql.ast import (
    Aliased,
    Arith,
    Call,
    Compare,
    Expr,
    Field,
    Foreach,
    Ref,
    Select,
    Star,
    StringLit,
    walk,
)
from core.sql.columns import EventKind
from core.sql.event import Event
from core.sql.format import format_expr
from core.sql.functions.context import EvalContext
from core.sql.json_text import decode_json
from core.sql.problem import SqlProblem
from core.sql.rule import CompiledRule, Failed, Passed, compile_rule
from core.sql.tester import NotMatched, Trial, Tried, fill_columns
from core.sql.text import is_printable_list, to_text
from core.sql.values import UNDEFINED, EvalError, Value

_PAYLOAD: Final = "payload"
_TEXT_FUNCTIONS: Final = frozenset({"str", "str_utf8", "concat"})
_TIME_FUNCTION: Final = "date_to_unix_ts"


def notes(
    rule: CompiledRule,
    kind: EventKind,
    context: Mapping[str, Value],
    surroundings: EvalContext,
    trial: Trial,
) -> list[SqlProblem]:
    """Explain what may surprise in the outcome of a trial, each with a way out.

    Args:
        rule: The rule that was tried.
        kind: The event.
        context: Columns as typed by the user.
        surroundings: As in the trial.
        trial: Its outcome.

    Returns:
        What the static checks have not said of the same place.
    """
    sample = _Sample(kind, context, surroundings)
    found = [*_anywhere(rule, sample)]
    statement = rule.statement
    if isinstance(trial, Failed):
        found += _failed(rule, trial)
    elif isinstance(trial, NotMatched):
        if trial.where and statement.where is not None:
            found += _missing_in(statement.where, sample)
    elif isinstance(statement, Foreach):
        found += _nothing_to_go_through(statement, sample, trial)
    else:
        found += _surprising_fields(statement, sample)
    said = [problem.span for problem in rule.warnings]
    return [
        note
        for note in found
        if not any(note.span.start <= span.start < note.span.end for span in said)
    ]


class _Sample:
    """Evaluates parts of a statement on the event at hand."""

    def __init__(
        self, kind: EventKind, context: Mapping[str, Value], surroundings: EvalContext
    ) -> None:
        self._surroundings = surroundings
        self._columns = fill_columns(kind, context, surroundings.clock.now_ms())

    def value(self, expr: Expr) -> Value:
        """Evaluate over the event's columns; undefined also when that fails."""
        try:
            text = f'SELECT {format_expr(expr)} as x FROM "#"'  # noqa: S608 - from a parsed tree
            rule = compile_rule(text)
        except SqlError:
            return UNDEFINED
        outcome = rule.evaluate(Event(dict(self._columns)), self._surroundings)
        return outcome.outputs[0].get("x", UNDEFINED) if isinstance(outcome, Passed) else UNDEFINED


def _note(expr: Expr | Star, code: str, message: str, hint: str) -> SqlProblem:
    return SqlProblem(expr.span, code, "warning", message, hint)


def _anywhere(rule: CompiledRule, sample: _Sample) -> Iterator[SqlProblem]:
    for topic in rule.statement.topics:
        if topic.text == "#":
            yield SqlProblem(
                topic.span,
                "every-topic",
                "warning",
                "The rule takes every message, once also what it republishes itself",
                'Name the topics, or republish to one that FROM leaves out: FROM "plant/#"',
            )
    for node in walk(rule.statement):
        if isinstance(node, Call):
            yield from _call(node, sample)


def _call(call: Call, sample: _Sample) -> Iterator[SqlProblem]:
    if call.function == _TIME_FUNCTION and len(call.args) == 4:
        pattern = call.args[2]
        if isinstance(pattern, StringLit) and any(
            z in pattern.value for z in ("%z", "%:z", "%::z")
        ):
            yield _note(
                call,
                "two-offsets",
                "The offset and the zone in the text are both subtracted",
                "Leave the offset out: date_to_unix_ts(unit, format, text)",
            )
    if call.function not in _TEXT_FUNCTIONS:
        return
    for argument in call.args:
        value = sample.value(argument)
        text = format_expr(argument)
        if isinstance(value, float) and float(to_text(value)) != value:
            yield _note(
                argument,
                "ten-decimals",
                f"The text of a number has at most 10 decimals: {to_text(value)}",
                f"Write float2str({text}, 17) to keep them",
            )
        elif isinstance(value, list) and value and is_printable_list(value):
            yield _note(
                argument,
                "codes-as-text",
                f"A list of character codes becomes the text they spell: {to_text(value)!r}",
                f"Write json_encode({text}) for its JSON",
            )


def _failed(rule: CompiledRule, trial: Failed) -> Iterator[SqlProblem]:
    for node in walk(rule.statement):
        if isinstance(node, Arith) and isinstance(node.first, Ref) and node.first.steps:
            minus = node.rest[0]
            name = minus.operand
            touching = node.first.span.end + 1 == name.span.start
            if minus.op == "-" and isinstance(name, Ref) and touching:
                path, _, last = format_expr(node.first).rpartition(".")
                yield _note(
                    node,
                    "minus-in-name",
                    "A name with a hyphen must be quoted; this subtracts two values",
                    f"Write {path}.'{last}-{name.name}'",
                )
    if "cannot be read as JSON" in trial.error.message:
        span = trial.error.span or rule.statement.span
        yield SqlProblem(
            span,
            "payload-not-json",
            "warning",
            "payload.x decodes the payload as JSON, and this one is something else",
            "Pass it on whole: bin2hexstr(payload) as hex, or base64_encode(payload) as data",
        )


def _missing_in(condition: Expr, sample: _Sample) -> Iterator[SqlProblem]:
    for node in walk(condition):
        if not isinstance(node, Compare):
            continue
        for side in (node.left, node.right):
            if isinstance(side, Ref) and side.steps and sample.value(side) is UNDEFINED:
                text = format_expr(side)
                yield _note(
                    side,
                    "missing-in-condition",
                    f"{text} has no value here, and a comparison with a missing value is false "
                    "whatever the operator",
                    f"Give it one in SELECT and compare that: coalesce({text}, '') as x",
                )


def _nothing_to_go_through(
    statement: Foreach, sample: _Sample, trial: Tried
) -> Iterator[SqlProblem]:
    last = statement.fields[-1]
    if trial.value or isinstance(last, Star):
        return
    expr = last.expr if isinstance(last, Aliased) else last
    value = sample.value(expr)
    if isinstance(value, list):
        return
    text = format_expr(expr)
    is_text = isinstance(value, str)
    yield _note(
        expr,
        "no-list",
        f"{text} is {'text' if is_text else 'no list'} here, and FOREACH goes through lists only",
        f"Decode it first: FOREACH json_decode({text}) as item"
        if is_text
        else f"Name a list, or make one: FOREACH [{text}] as item",
    )


def _surprising_fields(statement: Select, sample: _Sample) -> Iterator[SqlProblem]:
    texts: set[str] = set()
    for field in statement.fields:
        if isinstance(field, Star):
            continue
        yield from _written_into_text(field, texts)
        expr = field.expr if isinstance(field, Aliased) else field
        if not isinstance(expr, Ref):
            continue
        value = sample.value(expr)
        if isinstance(value, str) and isinstance(field, Aliased) and isinstance(field.alias, Ref):
            texts.add(field.alias.name)
        yield from _reference(expr, value)


def _written_into_text(field: Field, texts: set[str]) -> Iterator[SqlProblem]:
    if not (isinstance(field, Aliased) and isinstance(field.alias, Ref) and field.alias.steps):
        return
    name = field.alias.name
    if name in texts:
        yield _note(
            field.alias,
            "write-into-text",
            f"{name} holds text: writing {format_expr(field.alias)} replaces it, and its other "
            "fields are lost",
            f"Decode it first: json_decode(...) as {name}",
        )


def _reference(ref: Ref, value: Value) -> Iterator[SqlProblem]:
    text = format_expr(ref)
    if value is UNDEFINED:
        yield _note(
            ref,
            "missing-value",
            f'{text} has no value in this event: the output says "undefined", a Kafka template '
            "nothing",
            f"Give it a default: coalesce({text}, 0)",
        )
    elif ref.name == "pub_props" and not ref.steps:
        yield _note(
            ref,
            "headers-of-text",
            "As Kafka headers only texts get through: numbers and objects vanish in encode mode "
            "none",
            'Use ${pub_props.User-Property}, or kafka_header_value_encode_mode = "json"',
        )
    elif ref.name == _PAYLOAD and not ref.steps and _is_json_text(value):
        yield _note(
            ref,
            "payload-as-text",
            "payload is the raw text: inside JSON it is text once more",
            "To embed its fields: json_decode(payload) as payload",
        )


def _is_json_text(value: Value) -> bool:
    if not isinstance(value, str):
        return False
    try:
        return isinstance(decode_json(value), dict | list)
    except EvalError:
        return False
