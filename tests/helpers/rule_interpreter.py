"""A slow and simple evaluator of statements, written the way the language is defined.

It walks the tree and keeps columns and selected values in one map under two kinds of keys, which
is where the odd behaviour of `payload` comes from. The compiler decides all that beforehand; tests
hold its programs against this evaluator.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.sql import ast
from core.sql.functions import FUNCTIONS
from core.sql.functions.context import EvalContext
from core.sql.json_text import decode_json
from core.sql.operators import ARITHMETIC, COMPARISONS, identical, negate, slice_list
from core.sql.values import UNDEFINED, EvalError


@dataclass(frozen=True)
class Column:
    """The key of an event column; selected values have plain strings as keys."""

    name: str


Map = dict[Any, Any]


class Interpreter:
    """Evaluates one statement on one event; the decoded payload lives as long."""

    def __init__(self, columns: dict[str, Any], context: EvalContext) -> None:
        self.columns: Map = {Column(name): value for name, value in columns.items()}
        self.context = context
        self.cache: Any = None
        self.made = 0
        # Whether an output holds a name twice: which value is meant then is nowhere said.
        self.is_ambiguous = False

    def run(self, statement: ast.Statement) -> Any:
        """Return the output, the list of outputs, or None when WHERE says no."""
        if isinstance(statement, ast.Select):
            selected = self.select(statement.fields, self.columns)
            return self.plain(selected) if self.where(statement.where, selected) else None
        selected, name, items = self.collect(statement.fields)
        if not self.where(statement.where, selected):
            return None
        outputs = []
        for item in items:
            around = {**self.columns, **selected, **({} if name is None else {name: item})}
            if statement.incase is None or self.decide(statement.incase, around):
                done = around if statement.do is None else self.select(statement.do, around)
                outputs.append(self.plain(done))
        return outputs

    def plain(self, output: Map) -> dict[str, Any]:
        """Turn both kinds of keys into one."""
        columns = {key.name: value for key, value in output.items() if isinstance(key, Column)}
        selected = {key: value for key, value in output.items() if isinstance(key, str)}
        self.is_ambiguous |= not columns.keys().isdisjoint(selected)
        return {**selected, **columns}

    def where(self, condition: ast.Expr | None, selected: Map) -> bool:
        return condition is None or self.decide(condition, {**self.columns, **selected})

    def decide(self, condition: ast.Expr, scope: Map) -> bool:
        result = self.condition(condition, [scope])
        if not isinstance(result, bool):
            raise EvalError("not a boolean")
        return result

    # ------------------------------------------------------------------------------ fields

    def select(self, fields: tuple[ast.Field, ...], columns: Map) -> Map:
        output: Map = {}
        for node in fields:
            if isinstance(node, ast.Star):
                output = {**output, **columns}
            elif isinstance(node, ast.Aliased):
                value = self.value(node.expr, [output, columns])
                output = self.put(self.alias(node.alias), value, output)
            else:
                value = self.value(node, [output, columns])
                output = self.put(self.own_name(node, columns), value, output)
        return output

    def collect(self, fields: tuple[ast.Field, ...]) -> tuple[Map, Any, list[Any]]:
        columns, output = self.columns, {}
        name: Any = None
        items: Any = []
        for node in fields:
            if isinstance(node, ast.Star):
                raise EvalError("no collection")
            expr = node.expr if isinstance(node, ast.Aliased) else node
            value = items = self.value(expr, [output, columns])
            if expr == ast.Ref("payload") and node is fields[-1]:
                items = self.decoded(value)
            if isinstance(node, ast.Aliased):
                path = self.alias(node.alias)
                name = path[0] if len(path) == 1 else None
                output, columns = self.put(path, value, output), self.put(path, value, columns)
            else:
                name = "item"
                output = self.put(self.own_name(node, columns), value, output)
        return output, name, items if isinstance(items, list) else []

    def alias(self, alias: ast.Alias) -> list[Any]:
        if isinstance(alias, ast.BoolLit) or alias.name == "*":
            raise EvalError("no name")
        return [alias.name, *alias.steps]

    def own_name(self, node: ast.Expr, columns: Map) -> list[Any]:
        if isinstance(node, ast.Slice):
            node = node.ref
        if isinstance(node, ast.Ref):
            by_column = node.name == "payload" and node.steps and Column("payload") in columns
            return [Column("payload") if by_column else node.name, *node.steps]
        if isinstance(node, ast.StringLit):
            return [node.value]
        if isinstance(node, ast.Unary):
            raise EvalError("no name")
        self.made += 1
        return [f"_v_{self.made}"]

    def put(self, path: list[Any], value: Any, target: Map) -> Map:
        first = path[0]
        if len(path) > 1 and first in ("payload", Column("payload")) and first in target:
            target = {**target, first: self.decoded(target[first])}
        return write(target, path, value, target)

    # ------------------------------------------------------------------------------ expressions

    def value(self, node: ast.Expr, scopes: list[Map]) -> Any:
        match node:
            case ast.StringLit() | ast.IntLit() | ast.FloatLit() | ast.BoolLit():
                return node.value
            case ast.RangeLit(begin=begin, end=end):
                if end < begin - 1:
                    raise EvalError("reversed")
                return list(range(begin, end + 1))
            case ast.ListLit(items=items):
                return [self.value(item, scopes) for item in items]
            case ast.Ref():
                return self.read(node, scopes)
            case ast.Slice(ref=ref, begin=begin, end=end):
                return slice_list(self.read(ref, scopes), begin, end)
            case ast.Unary(op=op, operand=operand):
                value = self.value(operand, scopes)
                return negate(value) if op == "-" else value
            case ast.Arith(first=first, rest=rest):
                value = self.value(first, scopes)
                for step in rest:
                    value = ARITHMETIC[step.op](value, self.value(step.operand, scopes))
                return value
            case ast.Compare(left=left, op=op, right=right) if op in COMPARISONS:
                return COMPARISONS[op](self.value(left, scopes), self.value(right, scopes))
            case ast.Case():
                return self.case(node, scopes)
            case ast.Call():
                return self.call(node, scopes)
            case _:
                raise EvalError("no expression")

    def read(self, ref: ast.Ref, scopes: list[Map]) -> Any:
        if ref.name == "*":
            raise EvalError("no name")
        for scope in scopes:
            value = self.read_one(ref, scope)
            if value is not UNDEFINED:
                return value
        return UNDEFINED

    def read_one(self, ref: ast.Ref, scope: Map) -> Any:
        if ref.name == "payload" and ref.steps:
            for key in (Column("payload"), "payload"):
                if key in scope:
                    root = self.decoded(scope[key])
                    return walk(root, list(ref.steps), root)
        return walk(scope, [ref.name, *ref.steps], scope)

    def decoded(self, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if self.cache is None:
            self.cache = [decode_json(value)]
        return self.cache[0]

    def case(self, node: ast.Case, scopes: list[Map]) -> Any:
        for when in node.whens:
            if node.subject is None:
                chosen = self.condition(when.condition, scopes) is True
            else:
                wanted = self.value(when.condition, scopes)
                chosen = identical(self.value(node.subject, scopes), wanted)
            if chosen:
                return self.value(when.result, scopes)
        return UNDEFINED if node.otherwise is None else self.value(node.otherwise, scopes)

    def call(self, node: ast.Call, scopes: list[Map]) -> Any:
        arguments = [self.value(argument, scopes) for argument in node.args]
        function = FUNCTIONS.get(node.function or "")
        if function is None or not function.min_args <= len(arguments) <= (function.max_args or 99):
            raise EvalError("no function")
        if function.needs == "context":
            arguments.insert(0, self.context)
        elif function.needs == "event":
            known = {key.name: v for key, v in scopes[-1].items() if isinstance(key, Column)}
            arguments.insert(0, known if len(scopes) > 1 else None)
        return function.call(*arguments)

    def condition(self, node: ast.Expr, scopes: list[Map]) -> Any:
        match node:
            case ast.And(operands=operands) | ast.Or(operands=operands):
                stop = isinstance(node, ast.Or)
                for operand in operands[:-1]:
                    result = self.condition(operand, scopes)
                    if not isinstance(result, bool):
                        raise EvalError("not a boolean")
                    if result is stop:
                        return stop
                return self.condition(operands[-1], scopes)
            case ast.Not(operand=operand):
                return self.value(operand, scopes) is False
            case ast.In(value=value, items=items, negated=False):
                found = self.value(value, scopes)
                return any([identical(found, self.value(item, scopes)) for item in items])  # noqa: C419 - all are evaluated
            case ast.Compare() | ast.Call() | ast.BoolLit():
                return self.value(node, scopes)
            case _:
                raise EvalError("no condition")


# ---------------------------------------------------------------------------------- paths


def find(value: Any, step: Any, root: Any) -> tuple[Any, Any]:
    """Return the key or position that a step means, and what is there."""
    while isinstance(value, str):
        try:
            value = decode_json(value)
        except EvalError:
            return None, UNDEFINED
    match step:
        case ast.Index(value=index):
            return at(value, index)
        case ast.IndexRef(ref=ref):
            return at(value, walk(root, [ref.name, *ref.steps], root))
        case ast.Key(name=name) | (str() as name) | Column(name=name):
            other = name if isinstance(step, Column) else Column(name)
            own = step if isinstance(step, Column) else name
            for key in (own, other):
                if isinstance(value, dict) and key in value:
                    return key, value[key]
            return own, UNDEFINED
    raise AssertionError(step)


def at(value: Any, index: Any) -> tuple[Any, Any]:
    if not isinstance(value, list) or type(index) is not int or not 0 < abs(index) <= len(value):
        return None, UNDEFINED
    position = index - 1 if index > 0 else index
    return position, value[position]


def walk(value: Any, steps: list[Any], root: Any) -> Any:
    for step in steps:
        value = find(value, step, root)[1]
        if value is UNDEFINED:
            break
    return value


def write(target: Any, steps: list[Any], value: Any, root: Any) -> Any:
    if not steps:
        return value
    step = steps[0]
    key, below = find(target, step, root)
    value = write(below, steps[1:], value, root)
    if isinstance(step, (str, Column, ast.Key)):
        if isinstance(target, dict):
            return {**target, key: value}
        return {step.name if isinstance(step, ast.Key) else step: value}
    if not isinstance(target, list):
        return [value]
    if isinstance(step, ast.Index) and step.value == 0:
        return [*target, value] if step.negative_zero else [value, *target]
    return target if key is None else [*target[:key], value, *target[key:][1:]]
