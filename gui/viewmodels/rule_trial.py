"""One trial of a statement on one event, and what every action of the rule would send for it.

Everything here is decided by the code that the engine and the command line use.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias, cast

import msgspec

from core.bridge.preview import RecordPreview, preview
from core.errors import Span, SqlError
from core.jq_process import JqProcess
from core.sql.columns import EventKind
from core.sql.diagnostics import join_words
from core.sql.functions.context import EvalContext
from core.sql.notes import notes
from core.sql.rule import CompiledRule, Failed, compile_rule
from core.sql.tester import NotMatched, Tried, from_matches, run_case
from core.sql.values import Value
from core.sql.why_not import FalsePart, false_parts
from core.workspace.kafka import KafkaAction
from gui.viewmodels.json_layout import laid_out
from gui.viewmodels.payload_check import json_fault
from gui.viewmodels.sql_document import sentence_of
from gui.viewmodels.words import tr

Outcome: TypeAlias = Literal["empty", "passed", "no_match", "failed"]

_MOST_RECORDS: Final = 5
_MOST_CHANGES: Final = 3
_A_MOMENT_MS: Final = 2_000
_NO_JSON_PAYLOAD: Final = "the payload cannot be read as JSON"
_CODE: Final = "decode_json_failed: "
_PATH: Final = re.compile(r" - at `\$[^`]*`")
"""Where the engine's reader stopped, in a notation of its own."""


@dataclass(frozen=True, slots=True)
class TrialResult:
    """What a trial gave.

    Attributes:
        outcome: "empty" when there is no statement yet.
        took_ms: The evaluation alone.
        json: The output, laid out over lines; empty unless it passed.
        output: The same as values, for comparing it with the next one.
        sentence: Why there is no match, or what failed.
        advice: What to do.
        span: Where it failed.
        sql: The statement that was tried.
        reasons: The parts of WHERE that were false.
        at_ms: When it was tried.
        notes: What may surprise in the outcome, each with a way out.
        records: What each enabled Kafka action would send.
    """

    outcome: Outcome
    sql: str = ""
    took_ms: float = 0.0
    json: str = ""
    output: Any = None
    at_ms: int = 0
    sentence: str = ""
    advice: str = ""
    span: Span | None = None
    reasons: tuple[FalsePart, ...] = ()
    notes: tuple[str, ...] = ()
    records: tuple[RecordPreview, ...] = ()


@dataclass(frozen=True, slots=True)
class TrialInput:
    """What is tried.

    Attributes:
        sql: The statement.
        kind: The event.
        context: Columns that the user has typed.
        actions: The Kafka actions of the rule, by name in their order.
        partitions: How many partitions the topic of an action has, by the action's name.
    """

    sql: str
    kind: EventKind
    context: Mapping[str, Value] = field(default_factory=dict[str, Value])
    actions: Mapping[str, KafkaAction] = field(default_factory=dict[str, KafkaAction])
    partitions: Mapping[str, int] = field(default_factory=dict[str, int])


def try_rule(given: TrialInput) -> TrialResult:
    """Try a statement. Takes tens of milliseconds, up to some seconds for jq: not for the loop."""
    if not given.sql.strip():
        return TrialResult("empty")
    try:
        rule = compile_rule(given.sql)
    except SqlError as exc:
        return _failed(given.sql, exc)
    wrong = next((found for found in rule.warnings if found.severity == "error"), None)
    if wrong is not None:  # it would fail on every message, and is not saved
        error = SqlError(wrong.message, span=wrong.span, hint=wrong.hint)
        return _failed(given.sql, error)
    with closing(JqProcess()) as jq:
        surroundings = EvalContext.for_tester(jq=jq, environ=os.environ)
        start = time.perf_counter()
        trial = run_case(rule, given.kind, given.context, surroundings)
        took_ms = (time.perf_counter() - start) * 1_000
        if isinstance(trial, Failed):
            return _failed(given.sql, _in_plain_words(trial.error, given), took_ms)
        found = notes(rule, given.kind, given.context, surroundings, trial)
        hints = tuple(f"{sentence_of(n.message)} {sentence_of(n.hint)}".strip() for n in found)
        hints = (*_out_of_reach(rule), *hints)
        if isinstance(trial, NotMatched):
            reasons = (
                false_parts(rule, given.kind, given.context, surroundings) if trial.where else ()
            )
            return TrialResult(
                "no_match",
                given.sql,
                took_ms,
                sentence=_why_not(rule, given, where=trial.where),
                reasons=reasons,
                notes=hints,
            )
    return TrialResult(
        "passed",
        given.sql,
        took_ms,
        json=laid_out(_as_selected(trial), trial.value),
        output=trial.value,
        at_ms=time.time_ns() // 1_000_000,
        notes=hints,
        records=_records(given, trial),
    )


def _as_selected(trial: Tried) -> str:
    """Write the output with its fields in the order of the statement; JSON has none of its own."""
    whole: Any = msgspec.json.decode(trial.json)
    return msgspec.json.encode(_like(whole, trial.value)).decode()


def _like(found: Any, order: Any) -> Any:
    if isinstance(found, dict) and isinstance(order, dict):
        names = [name for name in cast("dict[str, Any]", order) if name in found]
        rest = [name for name in cast("dict[str, Any]", found) if name not in order]
        return {name: _like(found[name], order.get(name)) for name in [*names, *rest]}
    if isinstance(found, list) and isinstance(order, list):
        pairs = zip(cast("list[Any]", found), cast("list[Any]", order), strict=True)
        return [_like(*pair) for pair in pairs]
    return found


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that differs: what happened to it, and its values, empty where it had none."""

    what: str
    values: str = ""


def changes(before: TrialResult, after: TrialResult) -> tuple[FieldChange, ...]:
    """Say which fields of an output differ from those of another, at most three.

    The time of the trial itself differs by nature and is not told.
    """
    if not isinstance(before.output, dict) or not isinstance(after.output, dict):
        return ()
    old, new = cast("dict[str, Any]", before.output), cast("dict[str, Any]", after.output)
    found: list[FieldChange] = []
    for name in [*new, *(key for key in old if key not in new)]:
        if (
            name in old
            and name in new
            and (old[name] == new[name] or _is_about(new[name], after.at_ms))
        ):
            continue
        if name not in old:
            found.append(FieldChange(tr("{field} is new").format(field=name)))
        elif name not in new:
            found.append(FieldChange(tr("{field} is gone").format(field=name)))
        else:
            what = tr("{field} changed:").format(field=name)
            found.append(FieldChange(what, f"{_short(old[name])} → {_short(new[name])}"))
    return tuple(found[:_MOST_CHANGES])


def _is_about(value: Any, at_ms: int) -> bool:
    return isinstance(value, int) and abs(value - at_ms) < _A_MOMENT_MS


def _records(given: TrialInput, trial: Tried) -> tuple[RecordPreview, ...]:
    outputs = trial.value if isinstance(trial.value, list) else [trial.value]
    made = [
        preview(name, action, output, partitions=given.partitions.get(name, 0))
        for name, action in given.actions.items()
        for output in outputs
        if isinstance(output, dict)
    ]
    return tuple(made[:_MOST_RECORDS])


def _failed(sql: str, error: SqlError, took_ms: float = 0.0) -> TrialResult:
    advice = error.hint
    if not advice and error.expected:
        advice = tr("Expected: {words}").format(words=join_words(error.expected))
    return TrialResult(
        "failed",
        sql,
        took_ms,
        sentence=_capitalised(sentence_of(error.message)),
        advice=sentence_of(advice),
        span=error.span,
    )


def _out_of_reach(rule: CompiledRule) -> list[str]:
    """Say that what was tried here comes from no broker, where no entry of FROM can match.

    The test takes a topic as it is written, and so a message passes it that no source delivers.
    """
    found = [each for each in rule.warnings if each.code == "topic-never-matches"]
    if len(found) < len(rule.topics):
        return []
    said = tr("No message can come to this rule. {why}")
    return [said.format(why=sentence_of(found[0].message))]


def _in_plain_words(error: SqlError, given: TrialInput) -> SqlError:
    """Say why JSON cannot be read without the code that the command line has, and where it is not.

    Where only the engine's reader can tell, its reason stays.
    """
    message = _PATH.sub("", error.message.replace(_CODE, ""))
    if message.startswith(_NO_JSON_PAYLOAD):
        payload = given.context.get("payload", given.kind.examples.get("payload", ""))
        fault = json_fault(payload) if isinstance(payload, str) and _is_text(payload) else ""
        if fault:
            message = tr("The payload cannot be read as JSON: {fault}").format(fault=fault)
    return SqlError(message, span=error.span, hint=error.hint)


def _is_text(payload: str) -> bool:
    """Tell whether a payload has no bytes that are no UTF-8, of which the reader's reason tells."""
    try:
        payload.encode()
    except UnicodeEncodeError:
        return False
    return True


def _capitalised(text: str) -> str:
    """Begin with a capital letter, unless code stands there, as in `upper: the argument ...`."""
    first, _, _ = text.partition(" ")
    return text[0].upper() + text[1:] if first.isalpha() else text


def _why_not(rule: CompiledRule, given: TrialInput, *, where: bool) -> str:
    if where:
        return tr("WHERE is false for this message.")
    entries = ", ".join(f'"{topic}"' for topic in rule.topics)
    if given.kind.topic is not None:
        return tr("The event {event} is not among the topics of FROM: {topics}.").format(
            event=given.kind.name, topics=entries
        )
    if from_matches(rule, given.kind, given.context):
        return ""
    return tr('The topic "{topic}" does not match FROM: {topics}.').format(
        topic=given.context.get("topic", ""), topics=entries
    )


def _short(value: Any) -> str:
    text = msgspec.json.encode(value, enc_hook=str).decode("utf-8", "replace")
    return text if len(text) <= 24 else text[:23] + "…"
