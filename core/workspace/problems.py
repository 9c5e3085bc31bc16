"""What is wrong with a workspace: all of it at once, each with its place and a way out."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from core.workspace.positions import NO_LINES, Lines, Path

Severity: TypeAlias = Literal["error", "warning"]

_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")


NOT_TOML: Final = "toml"
"""The code of a file that cannot be read; its message says where, with the column."""


@dataclass(frozen=True, slots=True)
class Unsupplied:
    """A column that is read, and that messages of the source need not bring.

    Attributes:
        column: Its name.
        source: The MQTT connector.
        user_property: Where messages that have it carry it; empty where none can.
    """

    column: str
    source: str
    user_property: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding.

    Attributes:
        path: TOML path, such as `actions.kafka.to_emqx.topic`; empty for the whole file.
        code: Stable short name of the kind of problem.
        severity: An error keeps the workspace from running, a warning does not.
        message: What was found and what is accepted.
        hint: What to do next.
        line: Line in the file, from 1, where it is known.
        unsupplied: The column that it is about, if messages decide whether there is a problem.
    """

    path: str
    code: str
    severity: Severity
    message: str
    hint: str = ""
    line: int | None = None
    unsupplied: Unsupplied | None = None

    def __str__(self) -> str:
        line = f"line {self.line}" if self.line is not None else ""
        place = ", ".join(part for part in (line, self.path) if part)
        text = f"{self.message}\n{self.hint}" if self.hint else self.message
        return f"{self.severity}: {place + ': ' if place else ''}" + text.replace("\n", "\n    ")


@dataclass(slots=True)
class Findings:
    """Collects problems, and finds the line of each."""

    lines: Lines = NO_LINES
    problems: list[Problem] = field(default_factory=list[Problem])

    def error(
        self, path: Path, code: str, message: str, hint: str = "", *, line: int | None = None
    ) -> None:
        """Add an error at a TOML path; the line is looked up unless it is given."""
        self.add("error", path, code, message, hint, line=line)

    def warning(
        self,
        path: Path,
        code: str,
        message: str,
        hint: str = "",
        *,
        line: int | None = None,
        unsupplied: Unsupplied | None = None,
    ) -> None:
        """Add a warning at a TOML path; the line is looked up unless it is given."""
        self.add("warning", path, code, message, hint, line=line, unsupplied=unsupplied)

    def add(
        self,
        severity: Severity,
        path: Path,
        code: str,
        message: str,
        hint: str = "",
        *,
        line: int | None = None,
        unsupplied: Unsupplied | None = None,
    ) -> None:
        """Add a finding of either severity."""
        place = line if line is not None else self.lines.of(path)
        where = toml_path(path)
        self.problems.append(Problem(where, code, severity, message, hint, place, unsupplied))


def toml_path(path: Path) -> str:
    """Write a path as TOML does: `rules.a.tests[0].name`; keys are quoted where TOML wants it."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            key = part if _BARE_KEY.fullmatch(part) else '"' + part.replace('"', '\\"') + '"'
            text += f".{key}" if text else key
    return text


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """Name the candidate that `name` was most likely meant to be."""
    by_lower = {candidate.lower(): candidate for candidate in candidates}
    found = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def did_you_mean(name: str, candidates: Iterable[str], otherwise: str = "") -> str:
    """Suggest the nearest candidate, or give the other advice."""
    candidate = nearest(name, candidates)
    return f"did you mean {candidate!r}?" if candidate is not None else otherwise


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Sort problems by line, errors first within a line; those without a line come first."""
    return tuple(sorted(problems, key=lambda p: (p.line or 0, p.severity, p.path)))
