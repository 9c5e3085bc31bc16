"""One edited object, and what is done with its edits beside the loop."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

from core.tls_files import file_problems
from core.workspace.diff import Changes, data_changes
from core.workspace.edit import edit
from core.workspace.environment import Environment
from core.workspace.load import Loaded, content_hash, loads
from core.workspace.objects import table_at
from core.workspace.problems import Problem, toml_path
from core.workspace.save import save_text
from gui.viewmodels.edit_history import State
from gui.viewmodels.plain_values import Path, at, patched

GROUPS: Final = {"connector": "connectors", "action": "actions"}
"""The tables of the file whose objects have kinds, by the kind in their keys."""

_PLAIN: Final = re.compile(r"[a-z0-9_]+")
_HASH_DIGITS: Final = 8


@dataclass(slots=True)
class Draft:
    """An edited object: its table as it was saved, and as it is now.

    Attributes:
        place: Its table, from the top of the document.
        base: The saved table, or the last one where it is gone; empty for an object never saved.
        values: The edited table; replaced by each edit, never changed in place.
        is_new: Whether the file has no such table.
        is_orphan: Whether it is new only since somebody took it out of the file.
        is_saving: Whether it is being written.
        secrets: What was typed and is kept in memory until it is saved, by path.
        problems: What was found by the last check.
    """

    place: Path
    base: dict[str, Any]
    values: dict[str, Any]
    is_new: bool = False
    is_orphan: bool = False
    is_saving: bool = False
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

    def alone(self, data: Mapping[str, Any]) -> Draft:
        """Give it in place of what a document has under its name, which is another object."""
        return replace(self, base=table_at(data, self.place) or {}, is_new=False)

    @property
    def state(self) -> State:
        """What is edited now, for the history."""
        return State(self.place, self.values, self.secrets, self.is_new, self.is_orphan)

    @property
    def pending(self) -> dict[str, str]:
        """The typed secrets by the references that they will be kept under."""
        return {str(at(self.values, path)): secret for path, secret in self.secrets.items()}

    def asked(self) -> Draft:
        """Give what is to be saved now; edits that come meanwhile change nothing in it."""
        return replace(self, values=deepcopy(self.values))

    def take_saved(self, asked: Draft) -> None:
        """Go on from what was written, with the edits that have come since."""
        self.place, self.base = asked.place, asked.values
        self.is_new = self.is_orphan = False

    def move_onto(self, saved: dict[str, Any]) -> bool:
        """Put the edits onto what is saved now; False if that is what they were on."""
        if saved == self.base and not self.is_new:
            return False
        edits = data_changes(self.base, self.values)
        self.base, self.values = saved, patched(saved, edits)
        self.is_new = self.is_orphan = False
        return True

    def outlive(self) -> None:
        """Go on as a new object: the file has this one no more."""
        self.is_orphan = self.is_orphan or not self.is_new
        self.is_new = True


def table_of(key: str) -> tuple[str, str]:
    """Name the table of the file that a key's objects stand in, and the object."""
    kind, _, name = key.partition(":")
    return GROUPS.get(kind, f"{kind}s"), name


def place_in(data: Mapping[str, Any], key: str) -> Path | None:
    """Find the table of an object in a document; None where it has none."""
    group, name = table_of(key)
    if group not in GROUPS.values():
        return (group, name) if table_at(data, (group, name)) is not None else None
    tables = data.get(group)
    kinds: Iterable[str] = tables if isinstance(tables, Mapping) else ()
    places = ((group, each, name) for each in kinds)
    return next((place for place in places if table_at(data, place) is not None), None)


def secret_name(workspace_id: str, place: Path, path: Path) -> str:
    """Name a typed secret in the keychain.

    No two secrets share a name: where joining with `-`, or a keychain that does not tell capitals
    from small letters, could make two look alike, a hash of the untouched parts follows.
    """
    parts = (*place[-1:], *path)
    joined = "-".join(parts)
    is_plain = all(_PLAIN.fullmatch(part) for part in parts)
    return f"{workspace_id}-{joined}" + ("" if is_plain else f"-{short_hash(chr(0).join(parts))}")


def short_hash(text: str) -> str:
    """Give a few hexadecimal digits that another text does not have."""
    return sha256(text.encode()).hexdigest()[:_HASH_DIGITS]


def problems_of(
    loaded: Loaded, changes: Changes, place: Path, environment: Environment
) -> list[Problem]:
    """Check a document with these changes, and keep what concerns one object; takes a while."""
    from core.lab.validation import all_problems  # here: the window is shown before

    edited = loads(edit(loaded.text, changes), loaded.path)
    found = all_problems(edited)
    if place[0] == GROUPS["connector"]:
        found += file_problems(edited, environment, datetime.now(UTC), only=place)
    return problems_in(found, place)


def problems_in(found: Iterable[Problem], place: Path) -> list[Problem]:
    """Keep the problems of one object."""
    here = toml_path(place)
    return [p for p in found if p.path == here or p.path.startswith((f"{here}.", f"{here}["))]


def write_changes(loaded: Loaded, changes: Changes) -> None:
    """Write a document with these changes, if the file is as it was read."""
    text = edit(loaded.text, changes)
    save_text(loaded.path, text, expected=content_hash(loaded.text))
