"""What a form is made of: options as data, in rows and groups."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from gui.viewmodels.plain_values import Path

Kind: TypeAlias = (
    Literal["text", "code", "number", "measure", "list", "pairs", "choice", "switch", "secret"]
    | Literal["hosts", "server", "place", "segments", "client_id"]
    | Literal["template", "topic", "headers", "fallbacks", "connector"]
)
Read: TypeAlias = Callable[[Path, Any], Any]
"""Reads the edited value at a path, or the given default."""


def _always(_read: Read) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a form.

    Attributes:
        path: Where the file has it, from the object's own table. A path that begins with `@` is
            not in the file: the form works it out of other values.
        label: What it is called.
        kind: How it is edited.
        default: What it is when the file says nothing, as the file would say it.
        unit: What a bare number means.
        help: One sentence below it.
        note: A few words beside the label.
        is_required: Whether it must have a value while it is shown.
        choices: Values with their words; of a switch, those of on and off.
        placeholder: An example, or what an empty field means.
        stretch: Its share of the row.
        is_shown: Whether it is of use with the other values as they are.
    """

    path: Path
    label: str
    kind: Kind = "text"
    default: Any = None
    unit: str = ""
    help: str = ""
    note: str = ""
    is_required: bool = False
    choices: tuple[tuple[Any, str], ...] = ()
    placeholder: str = ""
    stretch: int = 1
    is_shown: Callable[[Read], bool] = _always


@dataclass(frozen=True, slots=True)
class OptionGroup:
    """Rows of options; a group with a title can be folded.

    Attributes:
        key: Stable short name.
        title: Heading; empty for the options that are always in sight.
        rows: Options side by side.
        note: What is inside, in words; without it, how many differ from their defaults.
        is_open: Whether it starts open with these values.
        gap: Pixels between its rows, while they are always in sight.
    """

    key: str
    title: str
    rows: tuple[tuple[Option, ...], ...]
    note: Callable[[Read], str] | None = None
    is_open: Callable[[Read], bool] = lambda _read: False
    gap: int = 16

    @property
    def options(self) -> tuple[Option, ...]:
        """All of them, in reading order."""
        return tuple(option for row in self.rows for option in row)


def option_at(options: Iterable[Option], path: Path) -> Option | None:
    """Find the option to which a place in the file belongs; the one with the longest path."""
    found = [option for option in options if path[: len(option.path)] == option.path]
    return max(found, key=lambda option: len(option.path), default=None)
