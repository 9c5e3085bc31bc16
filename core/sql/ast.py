"""The syntax tree of the rule language: frozen values, compared without their spans.

Chains are flat, so that a tree is never deeper than the statement's own nesting: `a + b - c` is one
`Arith` with two steps, `a and b and c` one `And` with three operands. Spans point into the text as
the user wrote it. Parentheses leave no node; the span of what stands in them covers them.

Some trees that the grammar accepts can only fail when they are evaluated; the compiler has to
refuse them at that moment: an `Aliased` anywhere but as a field, a `BoolLit` or the name `*` as an
alias or function, `Ref("*")` as an operand, a `Call` without a `function`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from core.errors import Span

NOWHERE: Final = Span(0, 0, 1, 1)
"""The span of a node that was not parsed from a text."""

FUNCTION_MODULE: Final = "emqx_rule_funcs"
"""The module whose functions are the built-in ones; `emqx_rule_funcs.upper(x)` is `upper(x)`."""

SignOp: TypeAlias = Literal["+", "-"]
ArithOp: TypeAlias = Literal["+", "-", "*", "/", "div", "mod"]
CompareOp: TypeAlias = Literal["=", "!=", "<>", "<", ">", "<=", ">=", "=~", "~="]


@dataclass(frozen=True, slots=True)
class Node:
    """Anything with a place in the text. Two nodes are equal whatever their spans are."""

    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


# ---------------------------------------------------------------------------------- literals


@dataclass(frozen=True, slots=True)
class StringLit(Node):
    """`'text'`; `value` is unquoted."""

    value: str


@dataclass(frozen=True, slots=True)
class IntLit(Node):
    """An integer without sign, of any size up to the digit limit."""

    value: int


@dataclass(frozen=True, slots=True)
class FloatLit(Node):
    """A float without sign, never infinite."""

    value: float


@dataclass(frozen=True, slots=True)
class BoolLit(Node):
    """The bare word `true` or `false`. As an alias or function name it is an evaluation error."""

    value: bool


@dataclass(frozen=True, slots=True)
class RangeLit(Node):
    """`[begin..end]` on its own: the list of these integers, at most 100,000 if not reversed."""

    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class ListLit(Node):
    """`[a, b]`."""

    items: tuple[Expr, ...]


# ---------------------------------------------------------------------------------- references


@dataclass(frozen=True, slots=True)
class Key(Node):
    """The path step `.name`; a numeric key is the text of its digits."""

    name: str


@dataclass(frozen=True, slots=True)
class Index(Node):
    """The path step `[n]`. `[-0]` has `negative_zero`, which writing tells apart from `[0]`."""

    value: int
    negative_zero: bool = False


@dataclass(frozen=True, slots=True)
class IndexRef(Node):
    """The path step `[ref]`: the index is looked up when the path is walked."""

    ref: Ref


Step: TypeAlias = Key | Index | IndexRef


@dataclass(frozen=True, slots=True)
class Ref(Node):
    """A column, an alias or a path that starts there: `name`, then the steps in order.

    `quoted` tells whether the name was written in double quotes; it does not take part in
    comparison. `Ref("*")` comes from a quoted `"*"` that is no whole field.
    """

    name: str
    steps: tuple[Step, ...] = ()
    quoted: bool = field(default=False, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Slice(Node):
    """`ref[begin..end]`: the elements of a list, both ends included."""

    ref: Ref
    begin: int
    end: int


Alias: TypeAlias = Ref | BoolLit
"""What stands after AS. `BoolLit` and `Ref("*")` are evaluation errors."""


# ---------------------------------------------------------------------------------- operators


@dataclass(frozen=True, slots=True)
class Call(Node):
    """`target(args)`; the span of `target` is the function's name."""

    target: Alias
    args: tuple[Expr, ...]

    @property
    def function(self) -> str | None:
        """The name of the built-in called, or None when the target cannot name one.

        `emqx_rule_funcs.upper` names `upper`; other modules, three parts and indexes name none.
        The name need not exist.
        """
        match self.target:
            case Ref(name=name, steps=()):
                return name
            case Ref(name=module, steps=(Key(name=name),)) if module == FUNCTION_MODULE:
                return name
            case _:
                return None


@dataclass(frozen=True, slots=True)
class Unary(Node):
    """`-operand` or `+operand`."""

    op: SignOp
    operand: Expr


@dataclass(frozen=True, slots=True)
class ArithStep(Node):
    """One `op operand` of a chain; the span covers both."""

    op: ArithOp
    operand: Expr


@dataclass(frozen=True, slots=True)
class Arith(Node):
    """A chain of operators of one precedence, applied from left to right; at least one step."""

    first: Expr
    rest: tuple[ArithStep, ...]


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """`left op right`."""

    left: Expr
    op: CompareOp
    right: Expr


@dataclass(frozen=True, slots=True)
class When(Node):
    """`WHEN condition THEN result`."""

    condition: Expr
    result: Expr


@dataclass(frozen=True, slots=True)
class Case(Node):
    """`CASE [subject] WHEN … THEN … [ELSE otherwise] END`; at least one `when`."""

    subject: Expr | None
    whens: tuple[When, ...]
    otherwise: Expr | None


@dataclass(frozen=True, slots=True)
class In(Node):
    """`value IN (items)`, or `value NOT IN (items)` when `negated`; at least one item."""

    value: Expr
    items: tuple[Expr, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Not(Node):
    """`NOT operand`."""

    operand: Expr


@dataclass(frozen=True, slots=True)
class And(Node):
    """`a AND b AND …`, at least two operands. Every operand but the last must be a boolean."""

    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    """`a OR b OR …`, at least two operands. Every operand but the last must be a boolean."""

    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Aliased(Node):
    """`expr AS alias`. Fine as a field; everywhere else an error when it is evaluated."""

    expr: Expr
    alias: Alias


Expr: TypeAlias = (
    StringLit
    | IntLit
    | FloatLit
    | BoolLit
    | RangeLit
    | ListLit
    | Ref
    | Slice
    | Call
    | Unary
    | Arith
    | Compare
    | Case
    | In
    | Not
    | And
    | Or
    | Aliased
)


# ---------------------------------------------------------------------------------- statements


@dataclass(frozen=True, slots=True)
class Star(Node):
    """The field `*` (or `"*"`): all columns."""


Field: TypeAlias = Star | Expr


@dataclass(frozen=True, slots=True)
class Topic(Node):
    """One entry of FROM: a topic filter or an event topic, unquoted."""

    text: str


@dataclass(frozen=True, slots=True)
class Select(Node):
    """`SELECT fields FROM topics [WHERE where]`."""

    fields: tuple[Field, ...]
    topics: tuple[Topic, ...]
    where: Expr | None = None


@dataclass(frozen=True, slots=True)
class Foreach(Node):
    """`FOREACH fields [DO do] [INCASE incase] FROM topics [WHERE where]`.

    The last of `fields` gives the collection.
    """

    fields: tuple[Field, ...]
    do: tuple[Field, ...] | None
    incase: Expr | None
    topics: tuple[Topic, ...]
    where: Expr | None = None


Statement: TypeAlias = Select | Foreach


# ---------------------------------------------------------------------------------- walking


def children(node: Node) -> tuple[Node, ...]:
    """Return the nodes directly below, in the order of the text.

    The parts of a path (its steps) and the clauses of a statement are included.
    """
    match node:
        case Ref(steps=below) | ListLit(items=below) | And(operands=below) | Or(operands=below):
            return below
        case IndexRef(ref=one) | Slice(ref=one) | Unary(operand=one) | Not(operand=one):
            return (one,)
        case ArithStep(operand=one):
            return (one,)
        case Call(target=one, args=below):
            return (one, *below)
        case Arith(first=one, rest=below) | In(value=one, items=below):
            return (one, *below)
        case Compare(left=one, right=two) | When(condition=one, result=two):
            return (one, two)
        case Aliased(expr=one, alias=two):
            return (one, two)
        case Case(subject=subject, whens=whens, otherwise=otherwise):
            return tuple(part for part in (subject, *whens, otherwise) if part is not None)
        case Select(fields=below, topics=topics, where=where):
            return (*below, *topics, *(() if where is None else (where,)))
        case Foreach(fields=below, do=do, incase=incase, topics=topics, where=where):
            parts = (*below, *(do or ()), incase, *topics, where)
            return tuple(part for part in parts if part is not None)
        case _:
            return ()


def walk(node: Node) -> Iterator[Node]:
    """Yield the node and everything below it, parents first, in the order of the text."""
    pending: list[Node] = [node]
    while pending:
        current = pending.pop()
        yield current
        pending.extend(reversed(children(current)))
