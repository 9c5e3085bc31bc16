"""What the static checks find, and what they know about the statement around a place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from core.errors import Span
from core.sql.functions.registry import Function

Severity: TypeAlias = Literal["error", "warning"]
Clause: TypeAlias = Literal["SELECT", "FOREACH", "DO", "INCASE", "WHERE"]


@dataclass(frozen=True, slots=True)
class SqlProblem:
    """Something in a statement that parses but hardly does what was meant.

    Attributes:
        span: Where.
        code: A stable name for this kind of problem, such as `quoted-value`.
        severity: "error": evaluation fails whenever it gets there (EMQX still accepts the rule);
            "warning": it works, but probably not as meant.
        message: What is wrong, one sentence.
        hint: What to write instead, one line.
    """

    span: Span
    code: str
    severity: Severity
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Scope:
    """What is known where an expression stands.

    Attributes:
        clause: The clause it belongs to.
        functions: The built-in functions by name.
        unavailable: Functions that EMQX has and this build has not.
        columns: Columns of the events that the rule reads.
        aliases: First names of all aliases of the statement, `item` included where it exists.
    """

    clause: Clause
    functions: Mapping[str, Function]
    unavailable: frozenset[str]
    columns: frozenset[str]
    aliases: frozenset[str]

    @property
    def is_condition(self) -> bool:
        """Whether this is WHERE or INCASE, which see no message functions."""
        return self.clause in {"WHERE", "INCASE"}
