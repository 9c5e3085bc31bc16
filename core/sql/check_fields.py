"""Checks of fields and clauses as wholes: output keys, what hides what, topics."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from core.errors import Span
from core.sql.ast import (
    Aliased,
    BoolLit,
    Expr,
    Field,
    Foreach,
    IntLit,
    Key,
    Ref,
    Slice,
    Star,
    Statement,
    Step,
    Topic,
    Unary,
)
from core.sql.columns import EVENT_TOPICS, LEGACY_TOPICS
from core.sql.diagnostics import nearest
from core.sql.format import format_expr
from core.sql.names import alias_roots, operands
from core.sql.problem import SqlProblem
from core.sql.topics import topic_matches

_EXPONENT: Final = re.compile(r"[eE][0-9]+")


def check_field(field: Field) -> Iterator[SqlProblem]:
    """Yield what is wrong with how a field is written to the output."""
    match field:
        case Unary():
            text = format_expr(field)
            yield SqlProblem(
                field.span,
                "sign-without-alias",
                "error",
                "A field that begins with a sign needs an alias: without it the rule fails",
                f"Write {text} as x",
            )
        case Aliased(alias=BoolLit() | Ref(name="*", steps=())):
            word = format_expr(field.alias).strip('"')
            yield SqlProblem(
                field.alias.span,
                "alias-name",
                "error",
                f"`{word}` cannot be an alias: the rule fails here",
                f'Quote it, as "{word}"' if word != "*" else "Choose another name",
            )
        case Aliased(expr=IntLit(value=value), alias=Ref(name=name, steps=())):
            touching = field.expr.span.end == field.alias.span.start
            if touching and _EXPONENT.fullmatch(name):
                yield SqlProblem(
                    field.span,
                    "integer-exponent",
                    "warning",
                    f"`{value}{name}` is the integer {value} with the alias {name}",
                    f"Write {value}.0{name} for the number",
                )
        case _:
            pass


def check_foreach(statement: Foreach) -> Iterator[SqlProblem]:
    """Yield what is wrong between the clauses of a FOREACH."""
    for field in statement.fields:
        if isinstance(field, Star):
            yield SqlProblem(
                field.span,
                "star-in-foreach",
                "error",
                "FOREACH cannot iterate over `*`: the rule fails here",
                "Name the list: FOREACH payload.items as item",
            )
    visible = alias_roots(statement.fields)
    hidden = alias_roots(statement.do or ()) - visible
    conditions = (("INCASE", statement.incase), ("WHERE", statement.where))
    for clause, condition in conditions:
        for ref in _refs(condition):
            if ref.name in hidden:
                yield SqlProblem(
                    ref.span,
                    "do-alias",
                    "warning",
                    f"{ref.name} is an alias of DO, which {clause} does not see",
                    "Write the expression itself, or give it its alias in FOREACH",
                )


def check_hidden_payload(statement: Statement) -> Iterator[SqlProblem]:
    """Yield the reads of `payload.x` that find only what an earlier field wrote to `payload`."""
    writer, written = _payload_writes(statement.fields)
    if writer is None:
        return
    clauses: list[Expr | Star | None] = [statement.where]
    if isinstance(statement, Foreach):
        clauses = [*(statement.do or ()), statement.incase, statement.where]
    for clause in clauses:
        for ref in _refs(clause):
            if ref.name != "payload" or not ref.steps:
                continue
            if any(_covers(path, ref.steps) for path in written):
                continue
            yield SqlProblem(
                ref.span,
                "hidden-payload",
                "warning",
                f"{format_expr(ref)} is undefined here: the field of line {writer.line}, column "
                f"{writer.column} writes to payload and hides the rest of it",
                "Give that field an alias that is not in payload: payload.a as a",
            )


def _payload_writes(fields: tuple[Field, ...]) -> tuple[Span | None, list[tuple[Step, ...]]]:
    """Return the first field that hides the payload behind a new map, and all paths written."""
    writer: Span | None = None
    paths: list[tuple[Step, ...]] = []
    for field in fields:
        match field:
            case Star():
                writer = None
                paths.clear()
            case Aliased(alias=Ref(name="payload", steps=())) | Ref(name="payload", steps=()):
                # The value of the whole column is replaced: its own rules apply.
                return None, []
            case (
                Aliased(alias=Ref(name="payload", steps=steps))
                | Ref(name="payload", steps=steps)
                | Slice(ref=Ref(name="payload", steps=steps))
            ):
                writer = writer or field.span
                paths.append(steps)
            case _:
                pass
    return writer, paths


def _covers(written: tuple[Step, ...], read: tuple[Step, ...]) -> bool:
    """Tell whether one path begins with the other; indexes count as equal to any."""
    for one, other in zip(written, read, strict=False):
        if isinstance(one, Key) and isinstance(other, Key) and one != other:
            return False
    return True


def _refs(expr: Expr | Star | None) -> Iterator[Ref]:
    if expr is not None:
        yield from (node for node in operands(expr) if isinstance(node, Ref))


def _is_event(text: str) -> bool:
    """Tell whether an event has this topic, or one that this filter matches."""
    return any(topic_matches(topic, text) for topic in (*EVENT_TOPICS.values(), *LEGACY_TOPICS))


def check_topic(topic: Topic) -> Iterator[SqlProblem]:
    """Yield why an entry of FROM can never match."""
    text = topic.text
    levels = text.split("/")
    if text.startswith(("$share/", "$queue/")):
        message = "Shared subscriptions have no meaning in FROM: this never matches"
        hint = "Write the topic filter without the first part"
        if text.startswith("$share/") and len(levels) > 2:
            hint = f'Write "{"/".join(levels[2:])}"'
    elif text == "$events/message_publish":
        message = "Published messages are no event topic: this never matches"
        hint = 'Write a topic filter: "t/#"'
    elif text.startswith("$events/") and not _is_event(text):
        known = [*EVENT_TOPICS.values(), *LEGACY_TOPICS]
        near = nearest(text, known, limit=1)
        message = "There is no such event topic: this never matches"
        hint = f'Write "{near[0] if near else EVENT_TOPICS["client.connected"]}"'
    elif not text:
        message, hint = "An empty topic matches nothing", 'Write a topic filter: "t/#"'
    elif "#" in text and (levels[-1] != "#" or "#" in text[:-1]):
        message = "`#` stands only alone as the last level: this is no topic filter"
        hint = 'Write "a/#", or "+" for one level'
    elif any("+" in level and level != "+" for level in levels):
        message = "`+` stands only for a whole level: this is no topic filter"
        hint = 'Write "a/+/b"'
    else:
        return
    yield SqlProblem(topic.span, "topic-never-matches", "warning", message, hint)
