"""`sluicegate validate`: every problem of a workspace, without touching the network."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from core.cli.common import Exit, put_json, say
from core.cli.workspace_file import count
from core.errors import StoreError
from core.lab.validation import all_problems
from core.workspace.load import load
from core.workspace.problems import Problem

if TYPE_CHECKING:
    from core.cli.common import Subparsers


def add_parser(subparsers: Subparsers) -> None:
    """Describe the command's arguments."""
    parser = subparsers.add_parser("validate", help="list every problem of a workspace")
    parser.add_argument("workspace", type=Path, metavar="WORKSPACE")
    parser.add_argument("--json", action="store_true", help="print the problems as JSON on stdout")
    parser.set_defaults(handler=run)


def run(args: argparse.Namespace) -> int:
    """List the problems; 0 when none of them is an error, else 2."""
    path: Path = args.workspace
    try:
        problems = all_problems(load(path))
    except StoreError as exc:
        problems = [Problem("", "file", "error", exc.message, exc.hint)]
    if args.json:
        put_json({"problems": [_as_json(problem) for problem in problems]})
    else:
        for problem in problems:
            print(problem)
        say(_summary(path, problems))
    has_errors = any(problem.severity == "error" for problem in problems)
    return Exit.BAD_INPUT if has_errors else Exit.OK


def _as_json(problem: Problem) -> dict[str, object]:
    return {
        "path": problem.path,
        "line": problem.line,
        "severity": problem.severity,
        "code": problem.code,
        "message": problem.message,
        "hint": problem.hint,
    }


def _summary(path: Path, problems: list[Problem]) -> str:
    errors = sum(problem.severity == "error" for problem in problems)
    warnings = len(problems) - errors
    if not problems:
        return f"{path}: no problems"
    parts = [count(errors, "error")] if errors else []
    parts += [count(warnings, "warning")] if warnings else []
    verdict = "it cannot run" if errors else "it can run"
    return f"{path}: {' and '.join(parts)}; {verdict}"
