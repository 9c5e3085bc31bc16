"""`sluicegate sql`: evaluate one rule on one event, or a batch of cases."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, cast

import msgspec

from core.cli.common import Exit, say
from core.cli.sql_batch import answer_lines, error_answer
from core.errors import ConfigError, SqlError
from core.jq_process import JqProcess
from core.sql.columns import EventKind, event_kind, event_kinds
from core.sql.diagnostics import nearest, render, underline
from core.sql.functions.context import EvalContext
from core.sql.json_text import decode_json, output_json
from core.sql.notes import notes
from core.sql.problem import SqlProblem
from core.sql.rule import CompiledRule, Failed, compile_rule
from core.sql.tester import NotMatched, run_case
from core.sql.values import EvalError, Value

if TYPE_CHECKING:
    from core.cli.common import Subparsers

_EPILOG = """examples:
  sluicegate sql --sql 'SELECT payload.temp as t FROM "t/#"' \\
      --context '{"topic": "t/1", "payload": "{\\"temp\\": 21.5}"}'
  sluicegate sql --file rule.sql --event client.connected --context @event.json
  sluicegate sql --batch < cases.jsonl"""


def add_parser(subparsers: Subparsers) -> None:
    """Describe the command's arguments."""
    parser = subparsers.add_parser(
        "sql",
        help="evaluate one rule on one event, or a batch of cases",
        description="Evaluate a rule statement as the tester does; no broker is needed.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--sql", metavar="TEXT", help="the statement")
    source.add_argument("--file", metavar="F", help="a file that holds the statement; - is stdin")
    source.add_argument(
        "--batch", action="store_true", help="read cases as JSON Lines from stdin, answer each"
    )
    parser.add_argument("--event", metavar="NAME", default="message.publish")
    parser.add_argument(
        "--context",
        metavar="JSON|@FILE",
        default="{}",
        help="columns of the event as a JSON object; missing ones take example values",
    )
    parser.add_argument(
        "--json", action="store_true", help="one line on stdout, also for no match and errors"
    )
    parser.set_defaults(handler=run)


def run(args: argparse.Namespace) -> int:
    """Evaluate; see the exit codes in `common`: 1 is no match, 2 a wrong statement or failure."""
    with closing(JqProcess()) as jq:
        if args.batch:
            for answer in answer_lines(sys.stdin.buffer, jq):
                _put(answer)
            return Exit.OK
        kind = _event_kind(args.event)
        context = _context(args.context)
        sql = _statement(args)
        surroundings = EvalContext.for_tester(jq=jq, environ=os.environ)
        try:
            rule = compile_rule(sql)
        except SqlError as exc:
            return _report(exc, sql, as_json=args.json)
        return _evaluate(rule, kind, context, surroundings, as_json=args.json)


def _evaluate(
    rule: CompiledRule,
    kind: EventKind,
    context: dict[str, Value],
    surroundings: EvalContext,
    *,
    as_json: bool,
) -> int:
    trial = run_case(rule, kind, context, surroundings)
    failure = trial.error.span if isinstance(trial, Failed) else None
    for problem in rule.warnings:
        if problem.span != failure:
            _warn(rule.sql, problem)
    for note in notes(rule, kind, context, surroundings, trial):
        _warn(rule.sql, note)
    if isinstance(trial, Failed):
        return _report(trial.error, rule.sql, as_json=as_json)
    if isinstance(trial, NotMatched):
        say(_why_not(rule, kind, context, where=trial.where))
        if as_json:
            _put(b'{"no_match":true}')
        return Exit.NO
    _put(trial.json if as_json else msgspec.json.format(trial.json, indent=2))
    return Exit.OK


def _warn(sql: str, problem: SqlProblem) -> None:
    span = problem.span
    lines = [f"warning: line {span.line}, column {span.column}: {problem.message}"]
    lines += underline(sql, span)
    if problem.hint:
        lines.append(f"Hint: {problem.hint}")
    say("\n".join(lines))


def _why_not(rule: CompiledRule, kind: EventKind, context: dict[str, Value], *, where: bool) -> str:
    if where:
        return "No match: WHERE is false for this event."
    entries = ", ".join(f'"{topic}"' for topic in rule.topics)
    if kind.topic is not None:
        return (
            f"No match: the event {kind.name} has the topic {kind.topic}, and FROM names {entries}."
        )
    if "topic" not in context:
        return (
            f"No match: the message has no topic, and FROM names {entries}. "
            'Give it one: --context \'{"topic": "..."}\''
        )
    return f"No match: the topic of the message is {context['topic']!r}, and FROM names {entries}."


def _report(error: SqlError, sql: str, *, as_json: bool) -> int:
    say(render(error, sql))
    if as_json:
        _put(output_json(error_answer(error)))
    return Exit.BAD_INPUT


def _put(line: bytes) -> None:
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


# ---------------------------------------------------------------------------------- arguments


def _event_kind(name: str) -> EventKind:
    kind = event_kind(name)
    if kind is None:
        near = nearest(name, event_kinds()) or event_kinds()
        raise ConfigError(
            f"There is no event {name!r}",
            path="--event",
            value=name,
            hint=f"Use one of: {', '.join(near)}, or a source such as $bridges/mqtt:my_source.",
        )
    return kind


def _context(text: str) -> dict[str, Value]:
    if text.startswith("@"):
        text = _read(text[1:], "--context")
    try:
        context = decode_json(text)
    except EvalError as exc:
        raise ConfigError(
            f"--context is not JSON: {exc}",
            path="--context",
            hint='Give an object of columns, as in \'{"topic": "t/1", "qos": 1}\'.',
        ) from exc
    if not isinstance(context, dict):
        raise ConfigError(
            "--context must be a JSON object of columns",
            path="--context",
            hint='For example \'{"topic": "t/1", "qos": 1}\'.',
        )
    return context


def _statement(args: argparse.Namespace) -> str:
    if args.sql is not None:
        return cast("str", args.sql)
    return _read(cast("str", args.file), "--file")


def _read(path: str, argument: str) -> str:
    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
        return data.decode()
    except OSError as exc:
        raise ConfigError(
            f"{argument}: {path} cannot be read: {exc.strerror}",
            path=argument,
            value=path,
            hint="Check the path and its permissions.",
        ) from exc
    except UnicodeDecodeError as exc:
        raise ConfigError(
            f"{argument}: {path} is not UTF-8 text",
            path=argument,
            value=path,
            hint="Save the file as UTF-8.",
        ) from exc
