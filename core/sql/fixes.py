"""What can be put right in a statement by replacing a few characters, for an editor's quick fix."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from core.errors import Span
from core.sql.diagnostics import nearest
from core.sql.functions import FUNCTIONS
from core.sql.lexer import KEYWORDS
from core.sql.problem import SqlProblem

_USE: Final = re.compile(r"Use ([a-z_0-9]+)\([^()]*\)")
_WRITE: Final = re.compile(r"(?:Write|Compare it:|Quote it, as) (.+)")

# Their hint says what to write in place of the whole span.
_REPLACED: Final = frozenset(
    {"no-escapes", "reversed-range", "not-in", "not-condition", "bare-condition", "alias-name"}
)


@dataclass(frozen=True, slots=True)
class Fix:
    """A replacement of `[start, end)` of the statement, in characters."""

    start: int
    end: int
    text: str


def fix_of(problem: SqlProblem, sql: str) -> Fix | None:
    """Find the one replacement that solves a problem; None where a person has to decide.

    Args:
        problem: Found in `sql`.
        sql: The statement as the user wrote it.
    """
    span = problem.span
    there = sql[span.start : span.end]
    match problem.code:
        case "quoted-value" if "'" not in there:
            return Fix(span.start, span.end, f"'{there.strip(chr(34))}'")
        case "unknown-function":
            return _function(problem, there)
        case "unknown-column":
            return Fix(span.start, span.end, problem.hint.removeprefix("Write "))
        case "unknown-operator":
            at = there.find("~=")
            return Fix(span.start + at, span.start + at + 2, "=~") if at >= 0 else None
        case "index-zero":
            return Fix(span.start, span.end, there.replace("0", "1", 1))
        case "integer-exponent":
            found = re.fullmatch(r"([0-9]+)([eE][0-9]+)", there)
            return Fix(span.start, span.end, f"{found[1]}.0{found[2]}") if found else None
        case code if code in _REPLACED:
            return _as_hinted(problem, there)
        case _:
            return None


def fix_of_word(span: Span, sql: str, expected: tuple[str, ...]) -> Fix | None:
    """Find the keyword that was meant where a statement does not parse; None for no near one.

    Args:
        span: The word that cannot stand there.
        sql: The statement.
        expected: What could, as a syntax error lists it.
    """
    there = sql[span.start : span.end]
    words = [word for word in expected if word in KEYWORDS]
    if there.upper() in ("AND", "OR") and "WHERE" in words:  # the first condition
        return Fix(span.start, span.end, "WHERE")
    near = nearest(there, words, limit=1) if there.isidentifier() else ()
    return Fix(span.start, span.end, near[0]) if near else None


def _function(problem: SqlProblem, there: str) -> Fix | None:
    span = problem.span
    known = _USE.fullmatch(problem.hint)
    near = (known[1],) if known else nearest(there, FUNCTIONS, limit=1)
    if not near or near[0] not in problem.hint:
        return None
    return Fix(span.start, span.end, near[0])


def _as_hinted(problem: SqlProblem, there: str) -> Fix | None:
    """Take the hint's text; not if it was shortened or speaks of parts that are only examples."""
    found = _WRITE.fullmatch(problem.hint)
    if found is None or "…" in found[1]:
        return None
    # An example such as `x <> a and x <> b` shares no word with what stands there.
    words = set(re.findall(r"\w+", there))
    if not words & set(re.findall(r"\w+", found[1])):
        return None
    return Fix(problem.span.start, problem.span.end, found[1])
