"""Everything that can be said about a workspace before it runs, its simulators included."""

from __future__ import annotations

from dataclasses import replace

from core.bridge.validation import validate_workspace
from core.lab.simulate import simulator_problems
from core.workspace.load import Loaded
from core.workspace.problems import Problem, in_order


def all_problems(loaded: Loaded) -> list[Problem]:
    """List all problems of a workspace, in the order of its file; no network."""
    found = [
        replace(problem, line=loaded.line_of(problem.path))
        for simulator in loaded.partial.simulators.values()
        for problem in simulator_problems(simulator)
    ]
    return list(in_order([*validate_workspace(loaded), *found]))
