"""What is wrong with a workspace: all of it at once, each with its place and a way out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding.

    Attributes:
        path: TOML path, such as `actions.kafka.to_emqx.topic`.
        code: Stable short name of the kind of problem.
        severity: An error keeps the workspace from running, a warning does not.
        message: What was found and what is accepted.
        hint: What to do next.
        line: Line in the file, from 1, where it is known.
    """

    path: str
    code: str
    severity: Literal["error", "warning"]
    message: str
    hint: str = ""
    line: int | None = None

    def __str__(self) -> str:
        place = f"line {self.line}: " if self.line is not None else ""
        hint = f"\n    {self.hint}" if self.hint else ""
        return f"{self.severity}: {place}{self.path}: {self.message}{hint}"
