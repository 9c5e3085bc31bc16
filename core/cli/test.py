"""`sluicegate test`: the rule tests that a workspace stores. No network."""

from __future__ import annotations

import argparse
import os
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from core.cli.common import Exit, say
from core.cli.workspace_file import count, open_workspace
from core.errors import ConfigError, StoreError
from core.jq_process import JqProcess
from core.lab.rule_tests import TestResult, run_rule_tests
from core.sql.diagnostics import nearest
from core.sql.functions.context import EvalContext
from core.workspace.model import Rule, Workspace

if TYPE_CHECKING:
    from core.cli.common import Subparsers


def add_parser(subparsers: Subparsers) -> None:
    """Describe the command's arguments."""
    parser = subparsers.add_parser(
        "test",
        help="run the rule tests of a workspace",
        description="Run the rule tests that the workspace stores; exit code 1 if one fails.",
    )
    parser.add_argument("workspace", type=Path, metavar="WORKSPACE")
    parser.add_argument(
        "--rule", action="append", default=[], metavar="NAME", help="this rule only; repeatable"
    )
    parser.add_argument("--junit", type=Path, metavar="FILE", help="write a JUnit report as well")
    parser.set_defaults(handler=run)


def run(args: argparse.Namespace) -> int:
    """Run the tests; 0 when all pass, 1 when one does not."""
    workspace, _ = open_workspace(args.workspace)
    results: list[TestResult] = []
    with closing(JqProcess()) as jq:
        for name, rule in _chosen(workspace, args.rule).items():
            results += run_rule_tests(workspace, name, rule, partial(_surroundings, jq))
    for result in results:
        print(f"{'ok  ' if result.passed else 'FAIL'}  {result.rule}: {result.name}")
        for failure in result.failures:
            print(f"      {failure}")
    failed = sum(not result.passed for result in results)
    if args.junit is not None:
        _write_junit(args.junit, results)
    if not results:
        say("There are no rule tests: add [[rules.NAME.tests]] to the workspace.")
        return Exit.OK
    say(f"{count(len(results), 'test')}, {failed} failed")
    return Exit.NO if failed else Exit.OK


def _surroundings(jq: JqProcess) -> EvalContext:
    return EvalContext.for_tester(jq=jq, environ=os.environ)


def _chosen(workspace: Workspace, names: list[str]) -> dict[str, Rule]:
    for name in names:
        if name not in workspace.rules:
            near = nearest(name, list(workspace.rules)) or list(workspace.rules)
            raise ConfigError(
                f"The workspace has no rule {name!r}",
                path="--rule",
                value=name,
                hint=f"Its rules: {', '.join(near)}.",
            )
    return {name: rule for name, rule in workspace.rules.items() if not names or name in names}


def _write_junit(path: Path, results: list[TestResult]) -> None:
    failed = sum(not result.passed for result in results)
    suite = ElementTree.Element(
        "testsuite", name="sluicegate", tests=str(len(results)), failures=str(failed)
    )
    for result in results:
        case = ElementTree.SubElement(suite, "testcase", classname=result.rule, name=result.name)
        if result.failures:
            failure = ElementTree.SubElement(case, "failure", message=result.failures[0])
            failure.text = "\n".join(result.failures)
    try:
        ElementTree.ElementTree(suite).write(path, encoding="utf-8", xml_declaration=True)
    except OSError as exc:
        raise StoreError(
            f"{path} cannot be written: {exc.strerror}",
            hint="Check the path and its permissions.",
        ) from exc
