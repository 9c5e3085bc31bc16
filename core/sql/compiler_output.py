"""The fields of SELECT, FOREACH and DO: writing values under their names and paths.

Which keys an output has is known before the first message. So the values stay in local names while
the fields are written, later fields find them without a look-up, and the output becomes one dict
display at the end. Only a write below a value that comes from a message needs a function.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.sql.ast import Aliased, BoolLit, Expr, Field, IndexRef, Key, Ref, Slice, Star, Step, Unary
from core.sql.ast import StringLit as Text
from core.sql.compiler_code import Fresh, Node, Operand
from core.sql.compiler_expr import Expressions
from core.sql.compiler_scope import ALL_COLUMNS, PAYLOAD, UNDEFINED_NAME, Scope
from core.sql.output import IndexPath, PathStep, PathSteps, Place, check_size, put_path


class Output:
    """The map that a list of fields writes.

    Attributes:
        scope: What has been written so far, as a scope for the fields that follow.
    """

    def __init__(self, expressions: Expressions) -> None:
        self.expressions = expressions
        self.code = expressions.code
        self.reader = expressions.reader
        self.scope = Scope()
        # Values of FOREACH that `*` has copied: they hide columns of their names. Other values
        # written before a `*` are hidden by its columns.
        self._kept: set[str] = set()

    # ------------------------------------------------------------------------------ fields

    def field(self, node: Field, below: Scope) -> None:
        """Write the code of one SELECT or DO field; `below` is what `*` copies."""
        if isinstance(node, Star):
            self.star(below)
            return
        value = self.expressions.expression(node.expr if isinstance(node, Aliased) else node)
        with self.code.at(node.span):
            self.store(node, value, self.scope)

    def store(self, node: Expr, value: Operand, scope: Scope) -> None:
        """Write a field's value under its alias or its own name."""
        if isinstance(node, Aliased):
            if isinstance(node.alias, BoolLit) or node.alias.name == "*":
                self.expressions.fail("this is no name that a value can have; quote another one")
            else:
                steps = path_steps(node.alias.steps)
                self._write(scope, node.alias.name, steps, value, own_path=False)
            return
        if isinstance(node, Slice):
            node = node.ref
        match node:
            case Ref(name=name, steps=steps):
                self._write(scope, name, path_steps(steps), value, own_path=True)
            case Text(value=text):
                self._write(scope, text, (), value, own_path=False)
            case Unary():
                self.expressions.fail("a signed value has no name of its own; add AS and a name")
            case _:
                kind = type(node).__name__.lower()
                name = f"_v_{kind}_{node.span.start}_{len(scope.selected)}"
                self._write(scope, name, (), value, own_path=False)

    def star(self, below: Scope) -> None:
        """Copy all columns, and the values written in `below`, over what is there."""
        self.reader.reads_all_columns = True
        columns: dict[str, Node] = {}
        for name, node in self.scope.columns.items():
            column, ours = self.reader.column(name), self.reader.whole(node)
            columns[name] = self.code.assign(
                f"{ours.code} if {column.code} is {UNDEFINED_NAME} else {column.code}"
            )
        self.scope.columns = columns | below.columns
        self.scope.selected |= below.selected
        self.scope.whole = True
        self._kept |= below.selected.keys()

    # ------------------------------------------------------------------------------ result

    def result(self) -> str:
        """Return the expression that builds the output; call it where the output is needed."""
        return self._display(self.scope)

    def _display(self, scope: Scope) -> str:
        first = {name: node for name, node in scope.selected.items() if name not in self._kept}
        last = {name: node for name, node in scope.selected.items() if name in self._kept}
        entries = self._entries(first)
        if scope.whole:
            entries.append(f"**{ALL_COLUMNS}")
        entries += self._entries(scope.columns) + self._entries(last)
        return "{" + ", ".join(entries) + "}"

    def _entries(self, nodes: dict[str, Node]) -> list[str]:
        return [
            f"{self.code.text(name)}: {self.reader.display(one)}" for name, one in nodes.items()
        ]

    # ------------------------------------------------------------------------------ writing

    def _write(
        self, scope: Scope, name: str, steps: PathSteps, value: Operand, *, own_path: bool
    ) -> None:
        """Write a value; `own_path` tells that an un-aliased path is its own name."""
        layer, decode = _layer(scope, name, by_column=own_path and bool(steps))
        node = layer.get(name)
        if node is None and layer is scope.columns and scope.whole and steps:
            node = self.reader.column(name)
        if decode and steps and node is not None:
            ours = isinstance(node, Operand) and node == self.reader.column(PAYLOAD)
            node = self.reader.decoded_payload() if ours else self.reader.decoded_node(node)
        root = UNDEFINED_NAME
        if any(isinstance(step, IndexPath) for step in steps):
            root = self.code.assign(self._display(scope)).code
        layer[name] = self._placed(node, steps, value, root)

    def _placed(self, node: Node | None, steps: PathSteps, value: Operand, root: str) -> Node:
        if not steps:
            return value
        step = steps[0]
        if isinstance(step, str) and (node is None or isinstance(node, Fresh)):
            keys = {} if node is None else node.keys
            below = self._placed(keys.get(step), steps[1:], value, root)
            return Fresh({**keys, step: below})
        target = UNDEFINED_NAME if node is None else self.reader.whole(node).code
        path = self.code.bind("K", steps)
        put = self.code.helper(put_path)
        check = self.code.helper(check_size)
        return self.code.assign(
            f"{check}({put}({target}, {path}, {value.code}, {root}))", defined=True
        )


def _layer(scope: Scope, name: str, *, by_column: bool) -> tuple[dict[str, Node], bool]:
    """Choose where a name is written, and whether a string there is decoded before.

    Of the name `payload` there can be two: the event's and a selected one. An un-aliased path takes
    the event's, everything else the selected one if it exists.
    """
    taken = name in scope.columns or scope.whole
    if name == PAYLOAD and by_column:
        if taken or name not in scope.selected:
            return scope.columns, taken
        return scope.selected, False
    if name in scope.selected or not taken:
        return scope.selected, name == PAYLOAD
    return scope.columns, False


def path_steps(steps: Sequence[Step]) -> PathSteps:
    """Turn the steps of a path into those that are written to at run time."""
    return tuple(map(_path_step, steps))


def _path_step(step: Step) -> PathStep:
    if isinstance(step, Key):
        return step.name
    if isinstance(step, IndexRef):
        return IndexPath((step.ref.name, *path_steps(step.ref.steps)))
    if step.value == 0:
        return Place.TAIL if step.negative_zero else Place.HEAD
    return step.value
