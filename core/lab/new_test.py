"""Makes a stored test of what a rule makes of an event now.

What depends on the moment or on chance is left out: a test that fails by itself tests nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias, cast

from core.bridge.preview import RecordPreview, preview
from core.clock import Clock, SystemClock
from core.errors import CodecError
from core.sql.columns import MESSAGE_PUBLISH, EventKind
from core.sql.functions.context import EvalContext
from core.sql.rule import CompiledRule, Failed, compile_rule
from core.sql.tester import NotMatched, Trial, Tried, run_case
from core.sql.text import decode_json, encode_json
from core.sql.values import Value
from core.workspace.kafka import KafkaAction

Surroundings: TypeAlias = Callable[[Clock], EvalContext]

_LATER_MS: Final = 37 * 3_600_000 + 61_003
"""Between the two evaluations: another day, hour, minute, second and millisecond."""
_UNSTABLE: Final = cast("Value", object())
"""Stands for what differs between them."""


class _LaterClock(SystemClock):
    """The machine's clock, some time ahead."""

    def now_ms(self) -> int:
        """Tell the time that it will be."""
        return super().now_ms() + _LATER_MS


def make_test(
    name: str,
    sql: str,
    kind: EventKind,
    context: Mapping[str, Value],
    actions: Mapping[str, KafkaAction],
    surroundings: Surroundings,
) -> dict[str, Any]:
    """Evaluate twice, at two moments, and expect what is the same.

    Args:
        name: What the test is called.
        sql: The statement.
        kind: The event.
        context: Columns typed by the user.
        actions: Those whose records are expected, by name.
        surroundings: Makes jq and empty stores, anew, around a clock.

    Returns:
        The table of `[[rules.NAME.tests]]`, as the file holds it.

    Raises:
        SqlError: The statement does not compile.
        CodecError: The event holds bytes that are no text.
    """
    rule = compile_rule(sql)
    clocks = (SystemClock(), _LaterClock())
    now, later = (run_case(rule, kind, context, surroundings(clock)) for clock in clocks)
    test: dict[str, Any] = {"name": name}
    if kind.name != MESSAGE_PUBLISH:
        test["event"] = kind.name
    test["context"] = _stored(dict(context))
    test["expect"] = _expect(rule, actions, now, later)
    return test


def _expect(
    rule: CompiledRule, actions: Mapping[str, KafkaAction], now: Trial, later: Trial
) -> dict[str, Any]:
    if isinstance(now, NotMatched):
        return {"no_match": True}
    if isinstance(now, Failed):
        return {"error": now.error.message}
    if not isinstance(later, Tried):
        return {}
    expect: dict[str, Any] = {}
    output = _same(decode_json(now.json), decode_json(later.json))
    if output is not _UNSTABLE:
        expect["output"] = _stored(output)
    pairs = zip(_records(rule, actions, now), _records(rule, actions, later), strict=False)
    records = [_record(*pair) for pair in pairs if not (pair[0].error or pair[0].is_skipped)]
    if records:
        expect["records"] = records
    return expect


def _records(
    rule: CompiledRule, actions: Mapping[str, KafkaAction], trial: Tried
) -> list[RecordPreview]:
    outputs = trial.value if rule.is_foreach else [trial.value]
    return [
        preview(name, action, cast("dict[str, Value]", output))
        for output in cast("list[Value]", outputs)
        for name, action in actions.items()
    ]


def _record(now: RecordPreview, later: RecordPreview) -> dict[str, Any]:
    """Expect of a record what is text and the same both times."""
    found: dict[str, Any] = {"action": now.action}
    if now.topic == later.topic:
        found["topic"] = now.topic
    for name, value, other in (("key", now.key, later.key), ("value", now.value, later.value)):
        if value is not None and value == other and _is_text(value):
            found[name] = value.decode()
    if now.partition >= 0 and now.partition == later.partition:
        found["partition"] = now.partition
    if now.headers and now.headers == later.headers:
        headers = {name: value for name, value in now.headers if value is not None}
        if all(_is_text(value) for value in headers.values()):
            found["headers"] = {name: value.decode() for name, value in headers.items()}
    return found


def _same(now: Value, later: Value) -> Value:
    """Keep what is the same in both; a table without what is not."""
    if isinstance(now, dict) and isinstance(later, dict):
        kept = {name: _same(value, later.get(name, _UNSTABLE)) for name, value in now.items()}
        return {name: value for name, value in kept.items() if value is not _UNSTABLE}
    if isinstance(now, list) and isinstance(later, list) and len(now) == len(later):
        items = [_same(*pair) for pair in zip(now, later, strict=True)]
        return _UNSTABLE if any(item is _UNSTABLE for item in items) else items
    return now if now == later else _UNSTABLE


def _stored(value: Value) -> Any:
    """Write a value as TOML can hold it: as it is, or as JSON text where a null is in it."""
    if not _has_only_text(value):
        raise CodecError(
            "A test stores text alone, and this event holds other bytes.",
            hint="Turn them into text in the message, such as hex, and decode that in the rule.",
        )
    return encode_json(value) if _has_null(value) else value


def _has_null(value: Value) -> bool:
    if isinstance(value, dict):
        return any(_has_null(each) for each in value.values())
    return any(_has_null(each) for each in value) if isinstance(value, list) else value is None


def _has_only_text(value: Value) -> bool:
    if isinstance(value, dict):
        return all(_has_only_text(each) for each in value.values())
    if isinstance(value, list):
        return all(_has_only_text(each) for each in value)
    return not isinstance(value, str) or not any("\ud800" <= sign <= "\udfff" for sign in value)


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
