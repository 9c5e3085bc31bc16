"""Everything that can be said about a workspace before it runs; no network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from core.bridge.validation_actions import check_actions
from core.bridge.validation_connectors import check_connectors
from core.bridge.validation_rules import check_rules
from core.workspace.load import Loaded
from core.workspace.model import Workspace
from core.workspace.positions import Path
from core.workspace.problems import Findings, Problem, Severity, in_order


@dataclass(frozen=True, slots=True)
class Limit:
    """Something that the format has and this version has not.

    Attributes:
        feature: What it is, as the subject of a sentence.
        severity: An error where the engine would silently do something else, a warning where the
            option just has no effect.
        hint: What works instead.
        uses: Finds the places where a workspace asks for it.
    """

    feature: str
    severity: Severity
    hint: str
    uses: Callable[[Workspace], Iterator[Path]]


def validate_workspace(loaded: Loaded) -> list[Problem]:
    """List all problems of a workspace, in the order of its file.

    Beside what loading found: rules that do not parse or can never work, templates that name what
    the rule does not select, columns that the source cannot supply, illegal topics, missing files,
    and what this version cannot do yet. Parts with errors of their own are checked as far as they
    can be.
    """
    findings = Findings(loaded.lines)
    rules = check_rules(loaded, findings)
    check_actions(loaded.partial, rules, findings)
    check_connectors(loaded.partial, rules, loaded.base_dir, findings)
    _check_limits(loaded.partial, findings)
    return list(in_order([*loaded.problems, *findings.problems]))


def _check_limits(workspace: Workspace, findings: Findings) -> None:
    for limit in LIMITS:
        message = f"{limit.feature} not supported by this version"
        for path in limit.uses(workspace):
            findings.add(limit.severity, path, "not_supported", message, limit.hint)


def _used_republish(workspace: Workspace) -> Iterator[Path]:
    for name, rule in workspace.rules.items():
        for index, action in enumerate(rule.actions):
            if action in workspace.actions.republish:
                yield ("rules", name, "actions", index)


def _unused_republish(workspace: Workspace) -> Iterator[Path]:
    used = {action for rule in workspace.rules.values() for action in rule.actions}
    for name in workspace.actions.republish:
        if name not in used:
            yield ("actions", "republish", name)


def _other_fallbacks(workspace: Workspace) -> Iterator[Path]:
    for name, action in workspace.actions.kafka.items():
        for index, fallback in enumerate(action.fallback_actions):
            if fallback.kind != "file":
                yield ("actions", "kafka", name, "fallback_actions", index, "kind")


LIMITS: Final = (
    Limit(
        "a republish action is",
        "error",
        "take it out of the rule's actions; the action itself may stay in the file",
        _used_republish,
    ),
    Limit(
        "a republish action is", "warning", "no rule uses it: it has no effect", _unused_republish
    ),
    Limit(
        "this kind of fallback is",
        "error",
        'use kind = "file": dead letters in the state folder, one JSON object a line',
        _other_fallbacks,
    ),
)
"""What the format has and the engine has not yet: the one place to change when it learns."""
