"""The Python source text of a compiled rule while it is being written.

Only names made here, operators and keywords enter the text. Everything that comes from the
statement (texts, numbers, keys) is a constant that the text refers to by a made name, and every
function is reached through such a name too: no statement can put its own words into the program.

Every line remembers the part of the statement it was made for. A failure is located by the number
of the line it happened in, so that evaluation itself pays nothing for positions.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from types import CodeType
from typing import Final, TypeAlias

from core.errors import Span
from core.sql.values import Value

INDENT: Final = " "
ENTRY: Final = "rule"
"""The name of the function that a finished text defines: `rule(event, context)`."""


class NoLiteral:
    """The type of NO_LITERAL: a value that only evaluation knows."""

    __slots__ = ()


NO_LITERAL: Final = NoLiteral()


@dataclass(frozen=True, slots=True)
class Operand:
    """A value that the text can refer to any number of times: a local name or a constant.

    Attributes:
        code: What stands for it in the text.
        defined: It is never undefined.
        boolean: It is always true or false.
        literal: Its value if that is known now, else NO_LITERAL.
    """

    code: str
    defined: bool = False
    boolean: bool = False
    literal: Value | NoLiteral = NO_LITERAL


@dataclass(frozen=True, slots=True)
class Fresh:
    """A map that only this statement has written to, so that its keys are known now."""

    keys: dict[str, Node]


Node: TypeAlias = "Operand | Fresh"


@dataclass(frozen=True, slots=True)
class Mark:
    """What a line was made for. `stage` is the clause, None where EMQX names none."""

    span: Span | None
    stage: str | None


class Code:
    """Collects lines, names and constants.

    Attributes:
        namespace: What the made names stand for; the globals of the compiled text.
        marks: One entry a line of the body.
        stage: The clause that lines are written for now.
    """

    def __init__(self) -> None:
        self.namespace: dict[str, object] = {"__builtins__": {}}
        self.marks: list[Mark] = []
        self.stage: str | None = None
        self._lines: list[str] = []
        self._prelude: list[str] = []
        self._depth = 1
        self._span: Span | None = None
        self._temps = 0
        self._constants: dict[tuple[type, str], str] = {}

    # ------------------------------------------------------------------------------ lines

    def line(self, text: str) -> None:
        """Write a line at the current depth."""
        self._lines.append(INDENT * self._depth + text)
        self.marks.append(Mark(self._span, self.stage))

    def prelude(self, text: str) -> None:
        """Write a line that runs before everything else and cannot fail."""
        self._prelude.append(INDENT + text)

    def assign(self, expression: str, *, defined: bool = False, boolean: bool = False) -> Operand:
        """Write `new name = expression` and return the name."""
        name = self.temp()
        self.line(f"{name} = {expression}")
        return Operand(name, defined=defined or boolean, boolean=boolean)

    def temp(self) -> str:
        """Make a new local name."""
        self._temps += 1
        return f"t{self._temps}"

    @contextmanager
    def block(self, header: str) -> Generator[None, None, None]:
        """Write a header such as `if x:`; what is written inside is its body."""
        self.line(header)
        self._depth += 1
        before = len(self._lines)
        yield
        if len(self._lines) == before:
            self.line("pass")
        self._depth -= 1

    @contextmanager
    def at(self, span: Span) -> Generator[None, None, None]:
        """Attribute the lines written inside to a part of the statement."""
        outer, self._span = self._span, span
        yield
        self._span = outer

    @contextmanager
    def without_stage(self) -> Generator[None, None, None]:
        """Attribute the lines written inside to no clause."""
        outer, self.stage = self.stage, None
        yield
        self.stage = outer

    # ------------------------------------------------------------------------------ names

    def constant(self, value: Value) -> Operand:
        """Return a constant of the statement. Equal scalars share one name."""
        if isinstance(value, list | dict):
            name = self.bind("K", value)
        else:
            key = (type(value), repr(value))
            name = self._constants.get(key) or self.bind("K", value)
            self._constants[key] = name
        return Operand(name, defined=True, boolean=isinstance(value, bool), literal=value)

    def text(self, value: str) -> str:
        """Return the name of a constant text, such as a key."""
        return self.constant(value).code

    def bind(self, prefix: str, value: object) -> str:
        """Make a global name for an object."""
        name = f"{prefix}{len(self.namespace)}"
        self.namespace[name] = value
        return name

    def helper(self, function: Callable[..., object]) -> str:
        """Return the global name of one of our own functions."""
        name = f"h_{function.__name__}"
        self.namespace[name] = function
        return name

    # ------------------------------------------------------------------------------ finish

    def compile(self, filename: str) -> tuple[CodeType, tuple[Mark, ...]]:
        """Compile the text.

        Returns:
            The code object, and one mark for every line of the text (the first is line 1).

        Raises:
            SyntaxError: The text is nested more deeply than Python takes.
            RecursionError: Likewise.
            MemoryError: Likewise.
        """
        head = [f"def {ENTRY}(event, context):", *self._prelude]
        nowhere = Mark(None, None)
        source = "\n".join([*head, *self._lines, ""])
        marks = (*[nowhere] * len(head), *self.marks)
        return compile(source, filename, "exec"), marks
