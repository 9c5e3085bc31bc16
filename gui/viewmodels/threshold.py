"""The number of a rule that is good to change first, to see what a rule does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from core.workspace.model import Workspace

_COMPARED: Final = re.compile(r"\bWHERE\b.*>\s*(\d+)\b(?!\.)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Threshold:
    """A whole number that messages have to exceed to pass a rule."""

    rule: str
    number: int

    @property
    def lower(self) -> int:
        """A number that more messages exceed: a quarter less."""
        return self.number * 3 // 4


def threshold_of(workspace: Workspace) -> Threshold | None:
    """Find the first rule that compares with a whole number; None where none does."""
    for name, rule in workspace.rules.items():
        if span := number_span(rule.sql):
            return Threshold(name, int(rule.sql[slice(*span)]))
    return None


def number_span(sql: str) -> tuple[int, int] | None:
    """Find the number that a statement compares with: its first character and the one after."""
    found = _COMPARED.search(sql)
    return found.span(1) if found is not None else None
