"""A rule statement, compiled: what it reads, what it writes, and its evaluation on an event.

The same object serves the engine, the tester, the simulator and replay. An evaluation's outcome is
a value: a statement cannot raise, whatever message it meets.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

import msgspec

from core.errors import SqlRuntimeError
from core.sql.ast import Foreach, Statement
from core.sql.checks import SqlProblem, check
from core.sql.columns import columns_of_topics
from core.sql.compiler import Program, compile_statement
from core.sql.event import Event
from core.sql.functions import FUNCTIONS, NOT_IN_THIS_BUILD
from core.sql.functions.context import EvalContext
from core.sql.functions.registry import Function
from core.sql.parser import parse
from core.sql.topics import FilterSet
from core.sql.values import EvalError, Value

__all__ = [
    "CompiledRule",
    "EvalContext",
    "Event",
    "Failed",
    "NoResult",
    "Outcome",
    "Passed",
    "compile_rule",
]


class Passed(msgspec.Struct, frozen=True, gc=False):
    """The rule gave outputs: one for SELECT, at least one for FOREACH, in order.

    Parts of outputs may be shared with each other and with the event: do not change them.
    """

    outputs: list[dict[str, Value]]


class NoResult(msgspec.Struct, frozen=True):
    """WHERE said no, or (`empty`) a FOREACH gave no output."""

    empty: bool = False


class Failed(msgspec.Struct, frozen=True):
    """Evaluation stopped with an error."""

    error: SqlRuntimeError


Outcome: TypeAlias = Passed | NoResult | Failed

_NO_MATCH: Final = NoResult()
_EMPTY: Final = NoResult(empty=True)

# What Python itself raises on values beyond its own limits, and what a mistake in a function would
# raise: a message must never end the engine.
_BEYOND: Final = (RecursionError, MemoryError, OverflowError)
_MISTAKES: Final = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class CompiledRule:
    """A statement ready to be evaluated. Immutable; evaluations in several threads are safe.

    Attributes:
        sql: The statement as the user wrote it.
        statement: Its tree.
        topics: The entries of FROM, in order.
        columns: The event columns it reads, None for all (`*`). May name some that no event has:
            an alias whose value is undefined is looked up among the columns, too.
        reads_payload_path: Whether it reads `payload.x`, and so needs a payload that is JSON.
        selected: The top-level keys of an output, generated ones included; None if they depend on
            the event (`*`, or FOREACH without DO).
        is_foreach: Whether it gives a list of outputs.
    """

    __slots__ = (
        "_filters",
        "_functions",
        "_program",
        "_run",
        "columns",
        "is_foreach",
        "reads_payload_path",
        "selected",
        "sql",
        "statement",
        "topics",
    )

    def __init__(
        self, sql: str, statement: Statement, program: Program, functions: Mapping[str, Function]
    ) -> None:
        self.sql = sql
        self.statement = statement
        self.topics = tuple(topic.text for topic in statement.topics)
        self.columns = program.columns
        self.reads_payload_path = program.reads_payload_path
        self.selected = program.selected
        self.is_foreach = isinstance(statement, Foreach)
        self._filters = FilterSet(self.topics)
        self._functions = functions
        self._program = program
        self._run = program.run

    @property
    def warnings(self) -> tuple[SqlProblem, ...]:
        """What the statement will surely or probably do wrong. Computed at each call."""
        columns = columns_of_topics(self.topics)
        found = check(
            self.statement, self._functions, unavailable=NOT_IN_THIS_BUILD, columns=columns
        )
        return tuple(found)

    def matches(self, topic: str) -> bool:
        """Tell whether an MQTT topic matches at least one entry of FROM."""
        return self._filters.matches(topic)

    def evaluate(self, event: Event, context: EvalContext) -> Outcome:
        """Evaluate the statement on one event; FROM is not looked at. Never raises."""
        try:
            outputs = self._run(event, context)
        except EvalError as exc:
            return Failed(self._located(exc, str(exc)))
        except _BEYOND as exc:
            message = "a value is nested too deeply or too large to be worked on"
            return Failed(self._located(exc, message))
        except _MISTAKES as exc:
            message = f"unexpected error: {type(exc).__name__}: {exc}"
            hint = "This is a mistake in the program, not in the rule; please report it."
            return Failed(self._located(exc, message, hint))
        if outputs:
            return Passed(outputs)
        return _NO_MATCH if outputs is None else _EMPTY

    def _located(self, exc: BaseException, message: str, hint: str = "") -> SqlRuntimeError:
        """Find the part of the statement by the line of the generated code that failed."""
        frame = exc.__traceback__
        while frame is not None and frame.tb_frame.f_code is not self._program.code:
            frame = frame.tb_next
        if frame is None:
            return SqlRuntimeError(message, hint=hint)
        mark = self._program.marks[frame.tb_lineno - 1]
        return SqlRuntimeError(message, span=mark.span, stage=mark.stage, hint=hint)


def compile_rule(sql: str, *, functions: Mapping[str, Function] = FUNCTIONS) -> CompiledRule:
    """Parse and compile a rule statement.

    Args:
        sql: The text as the user wrote it.
        functions: The functions that it may call.

    Raises:
        SqlSyntaxError: It does not parse.
        SqlCheckError: It is nested too deeply to be compiled.
    """
    statement = parse(sql)
    return CompiledRule(sql, statement, compile_statement(statement, functions), functions)
