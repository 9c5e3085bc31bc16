"""Everything that can be said about a workspace before it runs; no network."""

from __future__ import annotations

from core.bridge.validation_actions import check_actions
from core.bridge.validation_connectors import check_connectors
from core.bridge.validation_republish import check_republish
from core.bridge.validation_rules import check_rules
from core.workspace.load import Loaded
from core.workspace.problems import Findings, Problem, in_order


def validate_workspace(loaded: Loaded) -> list[Problem]:
    """List all problems of a workspace, in the order of its file.

    Beside what loading found: rules that do not parse or can never work, templates that name what
    the rule does not select, columns that the source cannot supply, illegal topics, messages that
    would go round for ever, and missing files. Parts with errors of their own are checked as far as
    they can be.
    """
    findings = Findings(loaded.lines)
    rules = check_rules(loaded, findings)
    check_actions(loaded.partial, rules, findings)
    check_republish(loaded.partial, rules, findings)
    check_connectors(loaded.partial, rules, loaded.base_dir, findings)
    return list(in_order([*loaded.problems, *findings.problems]))
