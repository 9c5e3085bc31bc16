"""One edited object, and what is done with its edits beside the loop."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Final

from core.workspace.diff import Changes, data_changes
from core.workspace.edit import edit
from core.workspace.load import Loaded, content_hash, loads
from core.workspace.problems import Problem, toml_path
from core.workspace.save import save_text
from gui.viewmodels.edit_history import State
from gui.viewmodels.plain_values import Path

GROUPS: Final = {"connector": "connectors", "action": "actions"}
"""The tables of the file whose objects have kinds, by the kind in their keys."""


@dataclass(slots=True)
class Draft:
    """An edited object: its table as it was saved, and as it is now.

    Attributes:
        place: Its table, from the top of the document.
        base: The saved table, or the last one where it is gone; empty for an object never saved.
        values: The edited table; replaced by each edit, never changed in place.
        is_new: Whether the file has no such table yet.
        secrets: What was typed and is kept in memory until it is saved, by path.
        problems: What was found by the last check.
    """

    place: Path
    base: dict[str, Any]
    values: dict[str, Any]
    is_new: bool = False
    secrets: dict[Path, str] = field(default_factory=dict[Path, str])
    problems: list[Problem] = field(default_factory=list[Problem])

    @property
    def is_dirty(self) -> bool:
        """Whether there is something to save."""
        return self.is_new or self.values != self.base or bool(self.secrets)

    @property
    def changes(self) -> Changes:
        """What the edits change in the document."""
        changes: Changes = deepcopy(self.values) if self.is_new else {}
        if not self.is_new:
            changes = data_changes(self.base, self.values)
        for part in reversed(self.place):
            changes = {part: changes}
        return changes

    @property
    def state(self) -> State:
        """What is edited now, for the history."""
        return State(self.place, self.values, self.secrets, self.is_new)


def table_of(key: str) -> tuple[str, str]:
    """Name the table of the file that a key's objects stand in, and the object."""
    kind, _, name = key.partition(":")
    return GROUPS.get(kind, f"{kind}s"), name


def problems_of(loaded: Loaded, changes: Changes, place: Path) -> list[Problem]:
    """Check a document with these changes, and keep what concerns one object; takes a while."""
    from core.lab.validation import all_problems  # here: the window is shown before

    here = toml_path(place)
    found = all_problems(loads(edit(loaded.text, changes), loaded.path))
    return [p for p in found if p.path == here or p.path.startswith((f"{here}.", f"{here}["))]


def write_changes(loaded: Loaded, changes: Changes) -> None:
    """Write a document with these changes, if the file is as it was read."""
    text = edit(loaded.text, changes)
    save_text(loaded.path, text, expected=content_hash(loaded.text))
