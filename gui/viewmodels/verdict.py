"""Whether what is saved may run: its problems, and all the tests that its rules keep."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from gui.viewmodels.words import plural, sentence, tr

if TYPE_CHECKING:
    from core.lab.rule_tests import TestResult
    from core.workspace.model import Workspace
    from core.workspace.problems import Problem


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found.

    Attributes:
        status: `passed`, `failed`, or `connecting` while tests run.
        text: In one line.
        why: What is wrong with the first that is; empty if nothing is.
        target: The document that tells more; empty for none.
    """

    status: Literal["passed", "failed", "connecting"]
    text: str
    why: str = ""
    target: str = ""

    @property
    def lets_pass(self) -> bool:
        """Whether nothing speaks against it."""
        return self.status == "passed"


def run_tests(workspace: Workspace) -> list[TestResult]:
    """Run the tests of every rule; compiles rules and may start a process: not for the loop."""
    from core.jq_process import JqProcess
    from core.lab.rule_tests import run_rule_tests
    from core.sql.functions.context import EvalContext

    results: list[TestResult] = []
    with closing(JqProcess()) as jq:
        for name, rule in workspace.rules.items():
            if rule.tests:
                results += run_rule_tests(
                    workspace, name, rule, lambda: EvalContext.for_tester(jq=jq, environ=os.environ)
                )
    return results


def of_problems(problems: Sequence[Problem]) -> Verdict | None:
    """Refuse what has errors; None if it has none."""
    errors = [problem for problem in problems if problem.severity == "error"]
    if not errors:
        return None
    first = errors[0]
    line = tr("Line {line}: ").format(line=first.line) if first.line else ""
    text = plural("%n error keeps it from running", "%n errors keep it from running", len(errors))
    return Verdict("failed", text, sentence(f"{line}{first.message}"), "problems")


def while_testing(workspace: Workspace) -> Verdict:
    """Say that tests run."""
    count = sum(len(rule.tests) for rule in workspace.rules.values())
    return Verdict("connecting", plural("Running %n test", "Running %n tests", count))


def of_tests(results: Sequence[TestResult], problems: Sequence[Problem]) -> Verdict:
    """Judge by the tests; warnings are counted and let pass."""
    failed = [result for result in results if not result.passed]
    if failed:
        first = failed[0]
        text = plural("%n of {all} tests failed", "%n of {all} tests failed", len(failed)).format(
            all=len(results)
        )
        why = f"{first.rule}, {first.name}: {sentence(first.failures[0])}"
        return Verdict("failed", text, why, f"rule:{first.rule}")
    warnings = len(problems)
    rest = plural("%n warning", "%n warnings", warnings) if warnings else tr("no problems")
    tests = tr("{count} of {count} tests passed").format(count=len(results))
    if not results:
        tests = tr("No tests")
    return Verdict("passed", tr("{tests}, {problems}").format(tests=tests, problems=rest))
