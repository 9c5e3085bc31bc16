"""Compile a statement into a Python function: what is known before the first message is done here.

The function takes an event and a context and gives the list of outputs (of a SELECT: one), or None
if WHERE says no. It raises `EvalError`, and what Python raises on values that
go beyond its stack or memory.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import CodeType
from typing import Final, TypeAlias, cast

from core.errors import SqlCheckError
from core.sql.ast import Aliased, Expr, Foreach, Ref, Select, Star, Statement
from core.sql.compiler_code import ENTRY, Code, Mark, Operand
from core.sql.compiler_expr import Expressions
from core.sql.compiler_output import Output
from core.sql.compiler_scope import PAYLOAD, UNDEFINED_NAME, Reader, Scope
from core.sql.event import Event
from core.sql.functions.context import EvalContext
from core.sql.functions.registry import Function
from core.sql.limits import MAX_LIST_ITEMS
from core.sql.values import EvalError, Value

Entry: TypeAlias = Callable[[Event, EvalContext], "list[dict[str, Value]] | None"]

_FILENAME: Final = "<rule>"
_ITEM: Final = "item"
_PORTION: Final = "portion"


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled statement.

    Attributes:
        run: Evaluates it on one event.
        code: The code object of `run`, to find its frame in a traceback.
        marks: What each line of the code stands for, line 1 first.
        columns: The event columns it reads, None for all of them.
        reads_payload_path: Whether it may decode the payload.
        selected: The top-level keys of an output, None if they depend on the event.
    """

    run: Entry
    code: CodeType
    marks: tuple[Mark, ...]
    columns: frozenset[str] | None
    reads_payload_path: bool
    selected: frozenset[str] | None


def compile_statement(statement: Statement, functions: Mapping[str, Function]) -> Program:
    """Compile a parsed statement.

    Raises:
        SqlCheckError: It is nested more deeply than Python takes, or its ranges are too large
            together.

    Cost: milliseconds; do it once per rule.
    """
    writer = _Writer(functions)
    code, reader = writer.code, writer.reader
    try:
        if isinstance(statement, Select):
            output = writer.select(statement)
        else:
            output = writer.foreach(statement)
        module, marks = code.compile(_FILENAME)
    except (SyntaxError, RecursionError, MemoryError) as exc:
        raise SqlCheckError(
            "The statement is nested too deeply to be compiled",
            span=statement.span,
            hint="Compute parts of it in fields of their own.",
        ) from exc
    exec(module, code.namespace)  # noqa: S102 - text of our own making, see compiler_code
    run = cast("Entry", code.namespace[ENTRY])
    return Program(
        run=run,
        code=run.__code__,  # pyright: ignore[reportFunctionMemberAccess] - a function, as just defined
        marks=marks,
        columns=None if reader.reads_all_columns else frozenset(reader.read_columns),
        reads_payload_path=reader.reads_payload_path,
        selected=None if output.whole else frozenset([*output.selected, *output.columns]),
    )


class _Writer:
    """Writes the clauses of one statement, in the order in which they are evaluated."""

    def __init__(self, functions: Mapping[str, Function]) -> None:
        self.code = Code()
        self.reader = Reader(self.code)
        self.expressions = Expressions(self.code, self.reader, functions)

    # ------------------------------------------------------------------------------ SELECT

    def select(self, statement: Select) -> Scope:
        columns = Scope(whole=True)
        output = Output(self.expressions)
        self.code.stage = "select"
        self.reader.scopes = (output.scope, columns)
        self.expressions.event_scope = columns
        for node in statement.fields:
            output.field(node, columns)
        self._where(statement.where, _merged(output.scope))
        self.code.stage = None
        self.code.line(f"return [{output.result()}]")
        return output.scope

    def _where(self, condition: Expr | None, scope: Scope) -> None:
        self.code.stage = "where"
        if condition is not None:
            self._require(condition, scope, "return None")

    def _require(self, condition: Expr, scope: Scope, otherwise: str) -> None:
        """Write a WHERE or INCASE condition, and what to do when it is false."""
        self.reader.scopes = (scope,)
        self.expressions.event_scope = None
        value = self.expressions.condition(condition)
        if not value.boolean:
            with (
                self.code.at(condition.span),
                self.code.without_stage(),
                self.code.block(f"if {value.code} is not True and {value.code} is not False:"),
            ):
                self.expressions.fail("the condition must give true or false, and it does not")
        with self.code.block(f"if not {value.code}:"):
            self.code.line(otherwise)

    # ------------------------------------------------------------------------------ FOREACH

    def foreach(self, statement: Foreach) -> Scope:
        self.code.stage = "foreach"
        collected = Output(self.expressions)
        items = self._collect(statement, collected)
        self._where(statement.where, _merged(collected.scope))
        self.code.stage = "foreach"
        outputs = self.code.assign("[]").code
        around = _merged(collected.scope)
        self._bind_item(statement.fields[-1], around)
        portions = f"{self.expressions.budget()}.portions({items}, {outputs})"
        with (
            self.reader.branch(f"for {_PORTION} in {portions}:"),
            self.reader.branch(f"for {_ITEM} in {_PORTION}:"),
        ):
            self.code.stage = "incase"
            if statement.incase is not None:
                self._require(statement.incase, around, "continue")
            output = self._do(statement, around)
            self.code.stage = None
            self.code.line(f"{outputs}.append({output.result()})")
        self.code.line(f"return {outputs}")
        return output.scope

    def _collect(self, statement: Foreach, collected: Output) -> str:
        """Write the FOREACH fields; return the name of the list to go through."""
        columns = Scope(whole=True)
        self.reader.scopes = (collected.scope, columns)
        items = UNDEFINED_NAME
        for node in statement.fields:
            if isinstance(node, Star):
                with self.code.at(node.span):
                    self.expressions.fail("* gives no list; FOREACH needs the list to go through")
                continue
            inner = node.expr if isinstance(node, Aliased) else node
            self.expressions.event_scope = columns
            value = self.expressions.expression(inner)
            with self.code.at(node.span):
                if node is statement.fields[-1]:
                    items = self._items(inner, value)
                collected.store(node, value, collected.scope)
                if isinstance(node, Aliased):
                    collected.store(node, value, columns)
        return items

    def _items(self, node: Expr, value: Operand) -> str:
        """Write what turns a collection into a list: anything but a list counts as empty."""
        if isinstance(node, Ref) and node.name == PAYLOAD and not node.steps:
            ours = value == self.reader.column(PAYLOAD)
            decoded = self.reader.decoded_payload() if ours else self.reader.decoded_node(value)
            value = self.reader.whole(decoded)
        items = self.code.assign(f"{value.code} if {value.code}.__class__ is list else ()").code
        limited = self.expressions.call_helper(check_items, items)
        return limited.code

    def _bind_item(self, last: Expr | Star, scope: Scope) -> None:
        name = _ITEM
        if isinstance(last, Aliased):
            if not isinstance(last.alias, Ref) or last.alias.steps:
                return
            name = last.alias.name
        scope.selected[name] = Operand(_ITEM)

    def _do(self, statement: Foreach, around: Scope) -> Output:
        self.code.stage = "do"
        output = Output(self.expressions)
        if statement.do is None:
            output.star(around)
            return output
        self.reader.scopes = (output.scope, around)
        self.expressions.event_scope = around
        for node in statement.do:
            output.field(node, around)
        return output


def check_items(items: list[Value]) -> list[Value]:
    """Return the list that a FOREACH goes through.

    Raises:
        EvalError: It is longer than the limit.
    """
    if len(items) > MAX_LIST_ITEMS:
        raise EvalError(f"FOREACH goes through at most {MAX_LIST_ITEMS:,} elements")
    return items


def _merged(written: Scope) -> Scope:
    """Lay written values over the event's columns, as WHERE, INCASE and DO see them."""
    return Scope(dict(written.selected), dict(written.columns), whole=True)
