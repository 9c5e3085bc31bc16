"""Expressions and conditions of a statement as Python source text.

Every expression becomes a sequence of short statements, since Python refuses deeply nested
expressions. What can only fail (an alias inside a condition, NOT over AND, an unknown function)
becomes a `raise` at the place where EMQX would reach it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from typing import Final, assert_never

from core.errors import SqlCheckError
from core.sql.ast import (
    Aliased,
    And,
    Arith,
    BoolLit,
    Call,
    Case,
    Compare,
    Expr,
    FloatLit,
    In,
    IntLit,
    ListLit,
    Not,
    Or,
    RangeLit,
    Ref,
    Slice,
    StringLit,
    Unary,
    walk,
)
from core.sql.budget import Budget
from core.sql.compiler_code import Code, NoLiteral, Operand
from core.sql.compiler_scope import ALL_COLUMNS, UNDEFINED_NAME, Reader, Scope
from core.sql.compiler_words import not_a_condition, operator_word, wanted_arguments
from core.sql.diagnostics import join_words, nearest
from core.sql.functions import NOT_IN_THIS_BUILD
from core.sql.functions.registry import Function
from core.sql.operators import (
    ARITHMETIC,
    COMPARISONS,
    identical,
    is_member,
    negate,
    slice_list,
)
from core.sql.output import check_size
from core.sql.values import EvalError

# Functions that put a value into another one, and so can double it.
_GROWING: Final = frozenset({"map_put", "mput", "map_to_entries"})

_BUDGET: Final = "B"
_UNWATCHED: Final = 32
"""The first expressions of a statement are not counted against its budget."""
_MOST_RANGE_ITEMS: Final = 1_000_000
_WEIGHT_OF_CALL: Final = 4
"""How many of these a call stands for: one may take long."""

_COLUMNS_OF_FUNCTIONS: Final[Mapping[str, str]] = {
    "msgid": "id",
    "qos": "qos",
    "clientid": "clientid",
    "username": "username",
    "topic": "topic",
    "payload": "payload",
    "clientip": "peerhost",
    "peerhost": "peerhost",
    "flags": "flags",
    "flag": "flags",
}

_SIMPLE_COMPARISONS: Final = {
    "=": "==",
    "!=": "!=",
    "<>": "!=",
    "<": "<",
    ">": ">",
    "<=": "<=",
    ">=": ">=",
}


class Expressions:
    """Writes the code of expressions.

    Attributes:
        event_scope: Whose columns message functions such as `topic(1)` read; None in WHERE and
            INCASE, where they find nothing.
    """

    def __init__(self, code: Code, reader: Reader, functions: Mapping[str, Function]) -> None:
        self.code = code
        self.reader = reader
        self.functions = functions
        self.event_scope: Scope | None = None
        self._has_budget = False
        self._made = 0
        self._range_items = 0
        code.namespace["EvalError"] = EvalError

    # ------------------------------------------------------------------------------ expressions

    def expression(self, node: Expr) -> Operand:
        """Write the code of an expression and return its value."""
        with self.code.at(node.span):
            value = self._expression(node)
            # A name alone makes no new value.
            if isinstance(node, Call | Arith | ListLit | Slice) or (
                isinstance(node, Ref) and node.steps
            ):
                self._made += _WEIGHT_OF_CALL if isinstance(node, Call) else 1
                if self._made > _UNWATCHED:
                    self.code.line(f"{self.budget()}.spend({value.code})")
            return value

    def budget(self) -> str:
        """Return the local name of the evaluation's `Budget`, which is made if need be."""
        if not self._has_budget:
            self._has_budget = True
            self.code.prelude(f"{_BUDGET} = {self.code.helper(Budget)}(context)")
        return _BUDGET

    def _expression(self, node: Expr) -> Operand:
        match node:
            case StringLit(value=value) | IntLit(value=value) | FloatLit(value=value):
                return self.code.constant(value)
            case BoolLit(value=value):
                return self.code.constant(value)
            case Ref():
                if node.name == "*":
                    return self.fail('"*" stands for all columns only as a field of its own')
                return self.reader.read(node)
            case RangeLit():
                return self._range(node)
            case ListLit():
                return self._list(node)
            case Slice():
                return self._slice(node)
            case Call():
                return self._call(node)
            case Unary():
                return self._unary(node)
            case Arith():
                return self._arith(node)
            case Compare():
                return self._compare(node)
            case Case():
                return self._case(node)
            case Aliased():
                return self.fail("an alias has no meaning here; only a field can have one")
            case In() | And() | Or() | Not():
                return self.fail(
                    f"{operator_word(node)} is a condition and cannot be used as a value"
                )
            case _:
                assert_never(node)

    def fail(self, message: str) -> Operand:
        """Write a line that fails when it is reached."""
        self.code.line(f"raise EvalError({self.code.text(message)})")
        return Operand(UNDEFINED_NAME)

    def call_helper(
        self, function: Callable[..., object], *arguments: str, boolean: bool = False
    ) -> Operand:
        """Write a call of one of our own functions."""
        name = self.code.helper(function)
        return self.code.assign(f"{name}({', '.join(arguments)})", defined=True, boolean=boolean)

    def _range(self, node: RangeLit) -> Operand:
        if node.end < node.begin - 1:
            return self.fail(f"[{node.begin}..{node.end}] ends before it begins")
        self._range_items += node.end - node.begin + 1
        if self._range_items > _MOST_RANGE_ITEMS:
            raise SqlCheckError(
                f"The ranges of the statement have more than {_MOST_RANGE_ITEMS:,} items together",
                span=node.span,
                hint="Select a range once, under a name, and use the name.",
            )
        return self.code.constant(list(range(node.begin, node.end + 1)))

    def _list(self, node: ListLit) -> Operand:
        items = [self.expression(item) for item in node.items]
        known = (item.literal for item in items)
        literals = [literal for literal in known if not isinstance(literal, NoLiteral)]
        if len(literals) == len(items):
            try:
                return self.code.constant(check_size(literals))
            except EvalError as exc:
                return self.fail(str(exc))
        display = "[" + ", ".join(item.code for item in items) + "]"
        return self.call_helper(check_size, display)

    def _slice(self, node: Slice) -> Operand:
        value = self.expression(node.ref)
        bounds = self.code.constant(node.begin).code, self.code.constant(node.end).code
        return self.call_helper(slice_list, value.code, *bounds)

    def _unary(self, node: Unary) -> Operand:
        value = self.expression(node.operand)
        if node.op == "+":
            return value
        literal = value.literal
        if isinstance(literal, int | float) and not isinstance(literal, bool):
            return self.code.constant(-literal)
        return self.call_helper(negate, value.code)

    def _arith(self, node: Arith) -> Operand:
        value = self.expression(node.first)
        for step in node.rest:
            right = self.expression(step.operand)
            with self.code.at(step.span):
                value = self.call_helper(ARITHMETIC[step.op], value.code, right.code)
        return value

    def _call(self, node: Call) -> Operand:
        arguments = [self.expression(argument).code for argument in node.args]
        name = node.function
        function = None if name is None or name == "*" else self.functions.get(name)
        with self.code.at(node.target.span):
            if function is None:
                return self.fail(self._unknown_function(node))
            count = len(arguments)
            if count < function.min_args or (
                function.max_args is not None and count > function.max_args
            ):
                return self.fail(f"{name}() {wanted_arguments(function)}, not {count}")
        if function.needs == "context":
            arguments.insert(0, "context")
        elif function.needs == "event":
            arguments.insert(0, self._event_columns(function.name))
        called = self.code.bind("f", function.call)
        value = f"{called}({', '.join(arguments)})"
        if function.name in _GROWING:
            return self.call_helper(check_size, value)
        return self.code.assign(value)

    def _unknown_function(self, node: Call) -> str:
        name = node.function
        if name is None:
            return "functions of other modules cannot be called"
        if name in NOT_IN_THIS_BUILD:
            return f"{name}() needs a service of EMQX that is not part of this build"
        near = nearest(name, self.functions)
        meant = f"; did you mean {join_words([f'{one}()' for one in near])}?" if near else ""
        return f"there is no function {name}(){meant}"

    def _event_columns(self, function: str) -> str:
        """Return the expression of the columns that a message function reads."""
        scope = self.event_scope
        if scope is None:
            return "None"
        column = _COLUMNS_OF_FUNCTIONS.get(function)
        if column is None:
            self.reader.reads_all_columns = True
        else:
            self.reader.read_columns.add(column)
        if not scope.columns:
            return ALL_COLUMNS
        entries = [
            f"{self.code.text(name)}: {self.reader.display(node)}"
            for name, node in scope.columns.items()
        ]
        return "{" + ", ".join([f"**{ALL_COLUMNS}", *entries]) + "}"

    # ------------------------------------------------------------------------------ comparison

    def _compare(self, node: Compare) -> Operand:
        if node.op not in COMPARISONS:
            return self.fail(f"'{node.op}' has no meaning; use '=~' to match a topic")
        left = self.expression(node.left)
        right = self.expression(node.right)
        slow = f"{self.code.helper(COMPARISONS[node.op])}({left.code}, {right.code})"
        simple = _SIMPLE_COMPARISONS.get(node.op)
        literal = right.literal
        if simple is not None and type(literal) in (int, float):
            kind = self.code.assign(f"{left.code}.__class__").code
            fast = f"{left.code} {simple} {right.code} if {kind} is int or {kind} is float"
            return self.code.assign(f"{fast} else {slow}", boolean=True)
        if simple in ("==", "!=") and type(literal) is str:
            fast = f"{left.code} {simple} {right.code}"
            return self.code.assign(
                f"{fast} if {left.code}.__class__ is str else {slow}", boolean=True
            )
        return self.code.assign(slow, boolean=True)

    def _identical(self, value: Operand, other: Operand) -> Operand:
        """Compare as CASE x and IN do; `other` may be a literal."""
        literal = other.literal
        if type(literal) in (str, int, float):
            kind = type(literal).__name__
            return self.code.assign(
                f"{value.code}.__class__ is {kind} and {value.code} == {other.code}", boolean=True
            )
        return self.call_helper(identical, value.code, other.code, boolean=True)

    def _in(self, node: In) -> Operand:
        if node.negated:
            return self.fail(
                "NOT IN cannot be evaluated; write a comparison with <> for each value"
            )
        value = self.expression(node.value)
        items = [self.expression(item) for item in node.items]
        literals = {item.literal for item in items if type(item.literal) is str}
        if all(type(item.literal) is str for item in items):
            known = self.code.bind("K", frozenset(literals))
            return self.code.assign(
                f"{value.code}.__class__ is str and {value.code} in {known}", boolean=True
            )
        listed = "(" + "".join(f"{item.code}, " for item in items) + ")"
        return self.call_helper(is_member, value.code, listed, boolean=True)

    # ------------------------------------------------------------------------------ conditions

    def condition(self, node: Expr) -> Operand:
        """Write the code of a WHERE, INCASE or WHEN condition.

        A function call may leave a value that is no boolean; the caller decides what that means.
        """
        with self.code.at(node.span):
            match node:
                case Compare():
                    return self._compare(node)
                case In():
                    return self._in(node)
                case And() | Or():
                    return self._chain(node.operands, "" if isinstance(node, And) else "not ")
                case Not():
                    return self._not(node.operand)
                case Call() | BoolLit():
                    return self.expression(node)
                case _:
                    return self.fail(not_a_condition(node))

    def _chain(self, operands: Sequence[Expr], skip: str) -> Operand:
        result = self._operand(operands[0], last=False)
        name = self.code.assign(result.code).code
        for operand in operands[1:]:
            last = operand is operands[-1]
            with self.reader.branch(f"if {skip}{name}:"):
                result = self._operand(operand, last=last)
                self.code.line(f"{name} = {result.code}")
        return Operand(name, defined=result.boolean, boolean=result.boolean)

    def _operand(self, node: Expr, *, last: bool) -> Operand:
        value = self.condition(node)
        if not last and not value.boolean:
            with (
                self.code.at(node.span),
                self.code.block(f"if {value.code} is not True and {value.code} is not False:"),
            ):
                self.fail("an operand of AND and OR must be true or false, and this is not")
        return value

    def _not(self, operand: Expr) -> Operand:
        if isinstance(operand, And | Or | In | Not):
            return self.fail(
                f"NOT over {operator_word(operand)} cannot be evaluated; turn the comparisons round"
                " instead"
            )
        value = self.expression(operand)
        return self.code.assign(f"{value.code} is False", boolean=True)

    # ------------------------------------------------------------------------------ case

    def _case(self, node: Case) -> Operand:
        result, done = self.code.temp(), self.code.temp()
        self.code.line(f"{result} = {UNDEFINED_NAME}")
        self.code.line(f"{done} = False")
        subject: Operand | None = None
        repeat = node.subject is not None and any(isinstance(n, Call) for n in walk(node.subject))
        for number, when in enumerate(node.whens):
            with nullcontext() if number == 0 else self.reader.branch(f"if not {done}:"):
                if node.subject is None:
                    matches = f"{self.condition(when.condition).code} is True"
                else:
                    wanted = self.expression(when.condition)
                    if subject is None or repeat:
                        subject = self.expression(node.subject)
                    matches = self._identical(subject, wanted).code
                with self.reader.branch(f"if {matches}:"):
                    self.code.line(f"{done} = True")
                    self.code.line(f"{result} = {self.expression(when.result).code}")
        if node.otherwise is not None:
            with self.reader.branch(f"if not {done}:"):
                self.code.line(f"{result} = {self.expression(node.otherwise).code}")
        return Operand(result)
