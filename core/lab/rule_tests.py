"""Stored tests of rules: an event, what the rule makes of it, and the records that would be sent.

The same evaluation and the same rendering as live; nothing is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, cast

from core.bridge.preview import RecordPreview, preview
from core.errors import SqlError
from core.sql.columns import event_kind
from core.sql.functions.context import EvalContext
from core.sql.rule import CompiledRule, Failed, compile_rule
from core.sql.tester import NotMatched, Tried, run_case
from core.sql.text import decode_json, encode_json
from core.sql.values import EvalError, Value
from core.workspace.lab import Expectation, ExpectedRecord, RuleTest
from core.workspace.model import Rule, Workspace

Output: TypeAlias = dict[str, Value]


@dataclass(frozen=True, slots=True)
class TestResult:
    """How one test went.

    Attributes:
        rule: The rule's name.
        name: The test's, or its number among the rule's tests.
        failures: Each thing that is not as expected, as a sentence; none when it passed.
    """

    rule: str
    name: str
    failures: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether everything was as expected."""
        return not self.failures


def run_rule_tests(
    workspace: Workspace, name: str, rule: Rule, surroundings: Callable[[], EvalContext]
) -> list[TestResult]:
    """Run every stored test of a rule.

    Args:
        workspace: Whose actions would send the records.
        name: The rule's name.
        rule: The rule.
        surroundings: Makes clock, jq and empty stores, anew for each test.
    """
    results: list[TestResult] = []
    try:
        compiled = compile_rule(rule.sql)
    except SqlError as exc:
        line = f"line {exc.span.line}: " if exc.span is not None else ""
        failure = f"The rule does not compile: {line}{exc.message}"
        return [TestResult(name, _title(test, n), (failure,)) for n, test in enumerate(rule.tests)]
    for number, test in enumerate(rule.tests):
        failures = _run(workspace, rule, compiled, test, surroundings())
        results.append(TestResult(name, _title(test, number), tuple(failures)))
    return results


def _title(test: RuleTest, number: int) -> str:
    return test.name or f"test {number + 1}"


def _run(
    workspace: Workspace,
    rule: Rule,
    compiled: CompiledRule,
    test: RuleTest,
    surroundings: EvalContext,
) -> list[str]:
    kind = event_kind(test.event)
    if kind is None:
        return [f"There is no event {test.event!r}."]
    try:
        context = _plain(test.context)
        wanted = _plain(test.expect.output)
    except EvalError as exc:
        return [f"The test is not readable: {exc}"]
    if not isinstance(context, dict):
        return ["The test's context is no table of columns."]
    trial = run_case(compiled, kind, context, surroundings)
    expect = test.expect
    if isinstance(trial, Failed):
        return _compare_error(expect, trial.error.message)
    if isinstance(trial, NotMatched):
        why = "WHERE is false" if trial.where else "FROM does not name its topic"
        return [] if expect.no_match else [f"The rule does not match: {why}."]
    if expect.no_match:
        return [f"The rule matches; its result is {_short(trial.json)}."]
    if expect.error:
        return [f"The rule does not fail; its result is {_short(trial.json)}."]
    failures = _compare_output(wanted, decode_json(trial.json), exact=expect.exact)
    return failures + _compare_records(workspace, rule, expect.records, _outputs(trial))


def _plain(given: Any) -> Value:
    """Read what may be written as JSON text."""
    return decode_json(given) if isinstance(given, str) else _value(given)


def _value(given: Any) -> Value:
    """Turn what a workspace file gives into a value of the rule language."""
    if isinstance(given, dict):
        table = cast("dict[str, Any]", given)
        return {name: _value(item) for name, item in table.items()}
    if isinstance(given, list | tuple):
        return [_value(item) for item in cast("list[Any]", given)]
    return cast("Value", given)


def _outputs(trial: Tried) -> list[Output]:
    value = trial.value
    return cast("list[Output]", value if isinstance(value, list) else [value])


def _compare_error(expect: Expectation, said: str) -> list[str]:
    if not expect.error:
        return [f"The rule fails: {said}"]
    if expect.error in said:
        return []
    return [f"The rule fails in another way: {said}; {expect.error!r} was expected."]


def _compare_output(wanted: Value, found: Value, *, exact: bool) -> list[str]:
    if wanted is None:
        return []
    return [
        f"{path or 'The output'} is {_short(value)}, not {_short(other)}."
        for path, value, other in _differences(wanted, found, "", exact=exact)
    ]


def _differences(
    wanted: Value, found: Value, path: str, *, exact: bool
) -> list[tuple[str, object, object]]:
    """List the places where values differ: path, found, wanted."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        names = [*wanted, *(name for name in found if exact and name not in wanted)]
        return [
            difference
            for name in names
            for difference in _differences(
                wanted.get(name, _NOTHING),
                found.get(name, _NOTHING),
                f"{path}.{name}" if path else str(name),
                exact=exact,
            )
        ]
    if isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        return [
            difference
            for place, (left, right) in enumerate(zip(wanted, found, strict=True))
            for difference in _differences(left, right, f"{path}[{place}]", exact=exact)
        ]
    is_same = wanted == found and isinstance(wanted, bool) == isinstance(found, bool)
    return [] if is_same else [(path, found, wanted)]


_NOTHING: Final = cast("Value", object())
"""Stands for a field that is not there."""
_LONGEST: Final = 200


def _compare_records(
    workspace: Workspace, rule: Rule, expected: Sequence[ExpectedRecord], outputs: list[Output]
) -> list[str]:
    """Find a record for each expected one, each record once, in their order."""
    left = [
        preview(name, workspace.actions.kafka[name], output)
        for output in outputs
        for name in rule.actions
        if name in workspace.actions.kafka
    ]
    failures: list[str] = []
    for number, wanted in enumerate(expected, 1):
        found = next((record for record in left if not _mismatch(wanted, record)), None)
        if found is not None:
            left.remove(found)
            continue
        near = next((r for r in left if wanted.action in (None, r.action)), None)
        why = _mismatch(wanted, near) if near is not None else "no such record would be sent"
        failures.append(f"Record {number}: {why}.")
    return failures


def _mismatch(wanted: ExpectedRecord, record: RecordPreview) -> str:
    """Tell the first difference of a record, empty for none; only what is given is compared."""
    if record.error:
        return f"{record.action} cannot send it: {record.error}"
    if record.is_skipped:
        return f"{record.action} does not send a record without a value"
    timestamp = None if wanted.timestamp is None else int(wanted.timestamp)
    pairs: list[tuple[str, object, object]] = [
        ("action", wanted.action, record.action),
        ("topic", wanted.topic, record.topic),
        ("key", wanted.key, _text(record.key)),
        ("value", wanted.value, _text(record.value)),
        ("partition", wanted.partition, record.partition),
        ("timestamp", timestamp, record.timestamp_ms),
        ("headers", wanted.headers, {name: _text(value) for name, value in record.headers}),
    ]
    for name, left, right in pairs:
        if left is not None and left != right:
            return f"its {name} is {_short(right)}, not {_short(left)}"
    return ""


def _text(data: bytes | None) -> str | None:
    return None if data is None else data.decode(errors="replace")


def _short(value: object) -> str:
    """Write a value as JSON, cut where it is long."""
    if isinstance(value, bytes):
        text = value.decode(errors="replace")
    else:
        text = "nothing" if value is _NOTHING else encode_json(cast("Value", value))
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
