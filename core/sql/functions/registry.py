"""What a function of the rule language is: how to call it and how to explain it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from core.sql.values import Value

Needs: TypeAlias = Literal["", "context", "event"]

# Each function has its own parameters, all of them `Value`; before them, where `Function.needs`
# says so, the context or the event's columns. No narrower type covers them all.
Implementation: TypeAlias = Callable[..., Value]


@dataclass(frozen=True, slots=True)
class Example:
    """A call and what it gives.

    Attributes:
        call: A call as it stands in a SELECT field.
        result: Its value.
        columns: Columns that the call reads, by name.
    """

    call: str
    result: Value
    columns: tuple[tuple[str, Any], ...] = ()

    @property
    def statement(self) -> str:
        """The call as a whole statement, whose output is `{"result": ...}`."""
        return f'SELECT {self.call} as result FROM "t/#"'  # noqa: S608 - rule SQL, no database


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the rule language.

    Attributes:
        name: As written in a statement; case-sensitive.
        family: The group it is listed under.
        min_args: The fewest arguments it takes; the compiler checks the number.
        max_args: The most, None if there is no limit.
        call: Takes the evaluated arguments by position and raises `EvalError` in plain words.
        signature: Name and arguments for the reader.
        summary: One sentence: what it gives.
        errors: What makes it fail, besides arguments of another type; empty if nothing does.
        example: A call that shows it.
        needs: What `call` takes before the arguments: "context" the `EvalContext`, "event" the
            columns of the event, or None where it is called in WHERE or INCASE.
    """

    name: str
    family: str
    min_args: int
    max_args: int | None
    call: Implementation
    signature: str
    summary: str
    errors: str
    example: Example
    needs: Needs = ""
