"""`sluicegate sql --batch`: one case per line in, one answer per line out.

Every line is on its own: whatever is wrong with one, the next ones are answered.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from core.errors import AppError, SqlError, SqlRuntimeError
from core.sql.columns import MESSAGE_PUBLISH, event_kind
from core.sql.functions.context import EvalContext, JqRunner
from core.sql.json_text import decode_json, output_json
from core.sql.rule import Failed, compile_rule
from core.sql.tester import NotMatched, run_case
from core.sql.values import EvalError, Value
from core.template import compile_template

# What Python raises on values beyond its own limits, and on a mistake of ours: even that must not
# end a batch.
_UNEXPECTED: Final = (
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    RecursionError,
    TypeError,
    ValueError,
)


_LARGE_BYTES: Final = 16 << 10
_RAW_VALUES: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])


class _InputError(Exception):
    """A line is no case."""


def answer_lines(lines: Iterable[bytes], jq: JqRunner) -> Iterator[bytes]:
    """Answer every line that is not blank, in order, as a line of JSON without its end."""
    for line in lines:
        if line.strip():
            yield answer_line(line, jq)
        if len(line) > _LARGE_BYTES:
            gc.collect()  # trees of large statements refer to each other: let them go at once


def answer_line(line: bytes, jq: JqRunner) -> bytes:
    """Answer one line. Never raises."""
    identifier = b"null"
    try:
        case = _object(line)
        identifier = _identifier(line)
        answer = _answer(case, jq)
    except _InputError as exc:
        answer: dict[str, Value] = {"error": "input", "message": str(exc)}
    except (AppError, EvalError) as exc:
        answer = error_answer(exc)
    except _UNEXPECTED as exc:
        answer = {"error": "eval", "message": f"unexpected error: {type(exc).__name__}: {exc}"}
    try:
        return _line(identifier, answer)
    except (EvalError, *_UNEXPECTED):
        message = "the answer cannot be written as JSON: it is nested too deeply or too large"
        return _line(identifier, {"error": "eval", "message": message})


def _line(identifier: bytes, answer: dict[str, Value]) -> bytes:
    return b'{"id":' + identifier + b"," + output_json(answer)[1:]


def _identifier(line: bytes) -> bytes:
    """Return the id as it was written, so that no number loses its form; `null` without one."""
    return bytes(_RAW_VALUES.decode(line).get("id", b"null"))


def error_answer(error: AppError | EvalError) -> dict[str, Value]:
    """Describe a failure of a statement or a template as an answer without its id."""
    if isinstance(error, SqlRuntimeError):
        answer: dict[str, Value] = {"error": "eval", "message": error.message}
        if error.stage is not None:
            answer["stage"] = error.stage
        return answer
    if isinstance(error, SqlError):
        line, column = (error.span.line, error.span.column) if error.span else (1, 1)
        return {"error": "parse", "message": error.message, "line": line, "column": column}
    return {"error": "eval", "message": str(error)}


def _object(line: bytes) -> dict[str, Value]:
    try:
        case = decode_json(line.strip(b" \t\r\n"))
    except EvalError as exc:
        raise _InputError(f"the line is not JSON: {exc}") from exc
    if not isinstance(case, dict):
        raise _InputError("the line must be a JSON object")
    return case


def _answer(case: dict[str, Value], jq: JqRunner) -> dict[str, Value]:
    context = case.get("context", {})
    if not isinstance(context, dict):
        raise _InputError("'context' must be an object")
    if "sql" in case:
        return _evaluate(_text(case, "sql"), _text(case, "event", MESSAGE_PUBLISH), context, jq)
    if "template" in case:
        return _render(_text(case, "template"), _text(case, "engine", ""), context)
    raise _InputError("a case needs 'sql' or 'template'")


def _text(case: dict[str, Value], key: str, default: str | None = None) -> str:
    value = case.get(key, default)
    if not isinstance(value, str):
        raise _InputError(f"'{key}' must be a string")
    return value


def _evaluate(sql: str, event: str, context: dict[str, Value], jq: JqRunner) -> dict[str, Value]:
    kind = event_kind(event)
    if kind is None:
        raise _InputError(f"there is no event '{event}'")
    rule = compile_rule(sql)
    trial = run_case(rule, kind, context, EvalContext.for_tester(jq=jq))
    if isinstance(trial, Failed):
        return error_answer(trial.error)
    if isinstance(trial, NotMatched):
        return {"no_match": True}
    return {"ok": trial.value}


def _render(template: str, engine: str, context: dict[str, Value]) -> dict[str, Value]:
    if engine != "kafka" and engine != "republish":
        raise _InputError("'engine' must be 'kafka' or 'republish'")
    return {"ok": compile_template(template, engine=engine).render(context)}
