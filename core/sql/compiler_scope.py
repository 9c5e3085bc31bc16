"""What a name means at a place of a statement: scopes, and reading paths from them.

EMQX keeps columns under one kind of map key and selected values under another, in the same map.
Nearly always that makes no difference. It does for `payload`: a plain `payload` prefers what was
selected, a path `payload.x` prefers the column, and an un-aliased field `payload.x` writes where
the column stands. So a scope here has two layers of written values: `selected`, and `columns`
(values that stand in place of event columns).
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from core.sql.access import get_index, get_key
from core.sql.ast import Index, IndexRef, Key, Ref, Step
from core.sql.compiler_code import Code, Fresh, Node, Operand
from core.sql.event import NOT_DECODED
from core.sql.json_text import FAST_DECODE, NOT_JSON, decode_json
from core.sql.output import check_size
from core.sql.values import UNDEFINED

ALL_COLUMNS: Final = "event.full()"
PAYLOAD: Final = "payload"
UNDEFINED_NAME: Final = "U"
COLUMNS: Final = "C"
DECODED: Final = "P"
"""The local name of the decoded payload: EMQX's cache of one evaluation."""
RAW: Final = "R"


@dataclass(slots=True)
class Scope:
    """Values by name, as far as the statement itself determines them.

    Attributes:
        selected: Values written by an alias or a name.
        columns: Values that stand in place of event columns.
        whole: The event's own columns are below these two.
    """

    selected: dict[str, Node] = field(default_factory=dict[str, Node])
    columns: dict[str, Node] = field(default_factory=dict[str, Node])
    whole: bool = False

    def holds(self, name: str) -> bool:
        """Tell whether the statement has written this name."""
        return name in self.selected or name in self.columns

    def says_the_same(self, other: Scope, name: str) -> bool:
        """Tell whether both scopes have the very same value under a name, or both none."""
        return self.selected.get(name) is other.selected.get(name) and self.columns.get(
            name
        ) is other.columns.get(name)


class Reader:
    """Writes the code that reads names and paths.

    Attributes:
        scopes: Where names are looked up, in order; a value that is undefined in one scope is
            looked up in the next.
        read_columns: Names of the event columns that are read.
        reads_all_columns: Whether they all are.
        reads_payload_path: Whether the payload is decoded somewhere.
    """

    def __init__(self, code: Code) -> None:
        self.code = code
        self.scopes: Sequence[Scope] = ()
        self.read_columns: set[str] = set()
        self.reads_all_columns = False
        self.reads_payload_path = False
        self._column_names: dict[str, str] = {}
        self._gets_columns = False
        # What the code so far has surely done, whichever way it took: decoded the payload, and
        # read these keys of these operands.
        self._decoded = False
        self._known: dict[tuple[str, str], Operand] = {}
        self._journal: list[tuple[str, str]] = []
        self._uses_cache = False
        code.namespace[UNDEFINED_NAME] = UNDEFINED
        code.namespace["NOT_DECODED"] = NOT_DECODED
        code.namespace["FAST_DECODE"] = FAST_DECODE
        code.namespace["NOT_JSON"] = NOT_JSON
        for kind in (bool, int, float, str, bytes, dict, list):
            code.namespace[kind.__name__] = kind

    # ------------------------------------------------------------------------------ names

    def read(self, ref: Ref) -> Operand:
        """Write code that reads a column, an alias or a path; `Ref("*")` is not for here."""
        attempts = [scope for scope in self.scopes if self._may_hold(scope, ref)]
        if not attempts:
            return Operand(UNDEFINED_NAME)
        first = self._read_in(attempts[0], ref)
        if first.defined or len(attempts) == 1:
            return first
        result = self.code.assign(first.code)
        with self.branch(f"if {result.code} is {UNDEFINED_NAME}:"):
            for scope in attempts[1:]:
                self.code.line(f"{result.code} = {self._read_in(scope, ref).code}")
        return result

    def _may_hold(self, scope: Scope, ref: Ref) -> bool:
        last = self.scopes[-1]
        if scope is last:
            return scope.whole or scope.holds(ref.name)
        # What `*` has copied says the same as where it came from, unless an index by reference is
        # looked up among the selected values too.
        if scope.whole and scope.says_the_same(last, ref.name):
            return any(isinstance(step, IndexRef) for step in ref.steps)
        return scope.holds(ref.name)

    def _read_in(self, scope: Scope, ref: Ref) -> Operand:
        if ref.name == PAYLOAD and ref.steps:
            return self._read_payload_path(scope, ref)
        return self._read_plain(scope, ref)

    def _read_plain(self, scope: Scope, ref: Ref) -> Operand:
        """Read without the special meaning of `payload`; also the indexes of paths."""
        node = scope.selected.get(ref.name) or scope.columns.get(ref.name)
        if node is None:
            if not scope.whole:
                return Operand(UNDEFINED_NAME)
            node = self.column(ref.name)
        return self._walk(node, ref.steps, scope)

    def column(self, name: str) -> Operand:
        """Return the local name of an event column, read before everything else."""
        local = self._column_names.get(name)
        if local is None:
            local = self._column_names[name] = f"c{len(self._column_names)}"
            self.read_columns.add(name)
            if name == PAYLOAD:
                self.code.prelude(f"{local} = event.payload()")
            else:
                if not self._gets_columns:
                    self._gets_columns = True
                    self.code.prelude(f"{COLUMNS} = event.columns")
                key = self.code.text(name)
                self.code.prelude(
                    f"{local} = {COLUMNS}[{key}] if {key} in {COLUMNS} else {UNDEFINED_NAME}"
                )
        return Operand(local)

    # ------------------------------------------------------------------------------ payload

    def _read_payload_path(self, scope: Scope, ref: Ref) -> Operand:
        ours = scope.columns.get(PAYLOAD)
        selected = scope.selected.get(PAYLOAD)
        if ours is not None:
            return self._walk_root(self.decoded_node(ours), ref.steps)
        if not scope.whole:
            # The caller has seen that the scope holds the name.
            return self._walk_root(self.decoded_node(selected or Fresh({})), ref.steps)
        if selected is None:
            return self._walk_root(self.decoded_payload(), ref.steps)
        # An event without a payload of its own lets the selected one be seen.
        result = self.code.temp()
        column = self.column(PAYLOAD)
        with self.branch(f"if {column.code} is {UNDEFINED_NAME}:"):
            value = self._walk_root(self.decoded_node(selected), ref.steps)
            self.code.line(f"{result} = {value.code}")
        with self.branch("else:"):
            value = self._walk_root(self.decoded_payload(), ref.steps)
            self.code.line(f"{result} = {value.code}")
        return Operand(result)

    def decoded_payload(self) -> Operand:
        """Write code that decodes the event's payload, once."""
        self.reads_payload_path = True
        self.read_columns.add(PAYLOAD)
        self._use_cache()
        if not self._decoded:
            # What `event.decode()` does, without the cost of calling it where all goes well.
            with self.code.block(f"if {DECODED} is NOT_DECODED:"):
                self.code.line(f"{RAW} = event.raw")
                with self.code.block("try:"):
                    fast = f"FAST_DECODE({RAW}) if {RAW}.__class__ is bytes else event.decode()"
                    self.code.line(f"{DECODED} = event.decoded = {fast}")
                with self.code.block("except NOT_JSON:"):
                    self.code.line(f"{DECODED} = event.decode()")
            self._decoded = True
        return Operand(DECODED)

    def decoded_node(self, node: Node) -> Node:
        """Write code that decodes a value if it is a string, as EMQX does for `payload`.

        A string gives the decoded payload if there is one already, else it is decoded and becomes
        the decoded payload of this evaluation.
        """
        if isinstance(node, Fresh):
            return node
        self._use_cache()
        value = self.code.assign(node.code)
        decode = self.code.helper(decode_json)
        with self.code.block(f"if {value.code}.__class__ is str:"):
            with self.code.block(f"if {DECODED} is NOT_DECODED or {DECODED} is {UNDEFINED_NAME}:"):
                self.code.line(f"{DECODED} = {decode}({value.code})")
            self.code.line(f"{value.code} = {DECODED}")
        return value

    def _use_cache(self) -> None:
        if not self._uses_cache:
            self._uses_cache = True
            self.code.prelude(f"{DECODED} = event.decoded")

    # ------------------------------------------------------------------------------ steps

    def _walk_root(self, root: Node, steps: Sequence[Step]) -> Operand:
        """Walk from a decoded payload, which is also where indexes by reference start."""
        return self._walk(root, steps, root)

    def _walk(self, node: Node, steps: Sequence[Step], root: Scope | Node) -> Operand:
        position = 0
        while isinstance(node, Fresh) and position < len(steps):
            step = steps[position]
            below = node.keys.get(step.name) if isinstance(step, Key) else None
            if below is None:
                return Operand(UNDEFINED_NAME)
            node = below
            position += 1
        value = self.whole(node)
        for step in steps[position:]:
            value = self._step(value, step, root)
        return value

    def _step(self, value: Operand, step: Step, root: Scope | Node) -> Operand:
        match step:
            case Key(name=name):
                known = self._known.get((value.code, name))
                if known is not None:
                    return known
                key = self.code.text(name)
                slow = f"{self.code.helper(get_key)}({value.code}, {key})"
                # A little faster than `get` with a default.
                fast = f"({value.code}[{key}] if {key} in {value.code} else {UNDEFINED_NAME})"
                found = self.code.assign(f"{fast} if {value.code}.__class__ is dict else {slow}")
                self._known[value.code, name] = found
                self._journal.append((value.code, name))
                return found
            case Index(value=index):
                place = self.code.constant(index)
            case IndexRef(ref=ref):
                place = (
                    self._read_plain(root, ref)
                    if isinstance(root, Scope)
                    else self._walk(root, (Key(ref.name), *ref.steps), root)
                )
        return self.code.assign(f"{self.code.helper(get_index)}({value.code}, {place.code})")

    # ------------------------------------------------------------------------------ maps

    def whole(self, node: Node) -> Operand:
        """Return a value as one operand; a map that the statement writes is built for it."""
        if isinstance(node, Operand):
            return node
        check = self.code.helper(check_size)
        return self.code.assign(f"{check}({self.display(node)})", defined=True)

    def display(self, node: Node) -> str:
        """Return the expression that builds a value."""
        if isinstance(node, Operand):
            return node.code
        entries = [f"{self.code.text(key)}: {self.display(one)}" for key, one in node.keys.items()]
        return "{" + ", ".join(entries) + "}"

    # ------------------------------------------------------------------------------ branches

    @contextmanager
    def branch(self, header: str) -> Generator[None, None, None]:
        """Write a block that may not run: what is read inside is not known behind it."""
        decoded, known = self._decoded, len(self._journal)
        with self.code.block(header):
            yield
        self._decoded = decoded
        while len(self._journal) > known:
            del self._known[self._journal.pop()]
