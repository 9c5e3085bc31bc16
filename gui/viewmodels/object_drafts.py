"""What is edited and not saved yet: a draft for each connector, rule, action and simulator."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from core.errors import AppError
from core.workspace.diff import Changes, data_changes
from core.workspace.edit import edit
from core.workspace.load import Loaded, content_hash, loads
from core.workspace.problems import Problem, toml_path
from core.workspace.save import save_text
from gui.viewmodels.draft_entries import Entry, entry_of, patched_by
from gui.viewmodels.live import Live
from gui.viewmodels.plain_values import Path, has, patched, prune, put
from gui.viewmodels.secret_keeper import SecretKeeper

_CHECK_MS: Final = 150
_GROUPS: Final = {"connector": "connectors", "action": "actions"}


@dataclass(slots=True)
class _Draft:
    """An edited object: its table as it was saved, and as it is now.

    Attributes:
        place: Its table, from the top of the document.
        base: The saved table; empty for a new object.
        values: The edited table.
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
        return self.is_new or self.values != self.base or bool(self.secrets)


class Drafts(QObject):
    """Keeps edits in memory, tells what is wrong with them, and writes them into the file.

    An object is named by the key of its document: `connector:NAME`, `rule:NAME`, `action:NAME`,
    `simulator:NAME`.
    Reading and setting cost O(size of the object); checks and saving run beside the loop.

    Signals:
        changed: The values of an object, or whether it is edited.
        checked: What is wrong with an object has been looked for anew.
        saved: An object is in the file now.
        reverted: The edits of an object are forgotten; before `changed`.
        renamed: A new object was saved under a name that was chosen since: its key until now, and
            from now on; before the new file is read, and `saved`.
        refused: An object was not saved since it has errors, which `problems` tells.
        failed: An object was not saved: its key, what happened, what to do next.
        forgetting: All edits go in a moment, since another workspace is open.
        keychainMissed: There was no keychain for a secret; told once.
    """

    changed = Signal(str)
    checked = Signal(str)
    saved = Signal(str)
    reverted = Signal(str)
    renamed = Signal(str, str)
    refused = Signal(str)
    failed = Signal(str, str, str)
    forgetting = Signal()
    keychainMissed = Signal()

    def __init__(
        self, live: Live, parent: QObject | None = None, *, secrets: SecretKeeper | None = None
    ) -> None:
        """Start without any draft.

        Args:
            live: What is open.
            parent: Qt's owner.
            secrets: Where typed secrets go when their object is saved.
        """
        super().__init__(parent)
        self.live = live
        chosen = live.session.settings
        self.secrets = secrets or SecretKeeper(
            uses_keychain=lambda: chosen.values.secrets.keep_in == "keychain"
        )
        self._has_told_keychain = False
        self._drafts: dict[str, _Draft] = {}
        self._workspace = self._identity
        self._waiting: set[str] = set()
        self._saving: set[str] = set()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_CHECK_MS)
        self._timer.timeout.connect(self._check_waiting)
        live.workspaceChanged.connect(self._take_workspace)

    # Reading

    def exists(self, key: str) -> bool:
        """Tell whether the file or a new draft has such an object."""
        return key in self._drafts or self._place_of(key) is not None

    def kind(self, key: str) -> str:
        """Tell `mqtt`, `kafka` or `republish` of connectors and actions; empty for others."""
        place = self.place(key)
        return place[1] if len(place) == 3 else ""

    def place(self, key: str) -> Path:
        """Tell where the table of an object is; empty for one that is not there."""
        draft = self._drafts.get(key)
        return draft.place if draft is not None else self._place_of(key) or ()

    def is_new(self, key: str) -> bool:
        """Tell whether the file has no such object yet."""
        return key in self._drafts and self._drafts[key].is_new

    def is_dirty(self, key: str) -> bool:
        """Tell whether an object has edits that are not saved."""
        return key in self._drafts and self._drafts[key].is_dirty

    @property
    def dirty(self) -> list[str]:
        """The keys of all objects with edits that are not saved."""
        return [key for key, draft in self._drafts.items() if draft.is_dirty]

    def value(self, key: str, path: Path, default: Any = None) -> Any:
        """Give an edited value as the file would hold it; `default` where it holds none."""
        found: Any = self._values(key)
        for part in path:
            if not isinstance(found, Mapping) or part not in found:
                return default
            found = found[part]
        return deepcopy(found)

    def values(self, key: str) -> dict[str, Any]:
        """Give the whole edited table of an object."""
        return deepcopy(dict(self._values(key)))

    def versions(self, key: str) -> tuple[dict[str, Any] | None, dict[str, Any]]:
        """Give an edited object as it is saved, None if it is not, and as it is now."""
        draft = self._drafts[key]
        return (None if draft.is_new else deepcopy(draft.base)), deepcopy(draft.values)

    def problems(self, key: str) -> list[Problem]:
        """List what is wrong with an edited object, as of the last check."""
        return list(self._drafts[key].problems) if key in self._drafts else []

    def problem_of(self, key: str, path: Path) -> Problem | None:
        """Find the worst problem at a value of an edited object, or inside it."""
        draft = self._drafts.get(key)
        if draft is None:
            return None
        place = toml_path((*draft.place, *path))
        inside = (f"{place}.", f"{place}[")
        found = [p for p in draft.problems if p.path == place or p.path.startswith(inside)]
        return min(found, key=lambda problem: problem.severity, default=None)

    def edits(self, key: str) -> Changes:
        """Tell what the edits of one object change in the document."""
        draft = self._drafts.get(key)
        return _changes(draft) if draft is not None and draft.is_dirty else {}

    def kept(self, key: str) -> Changes:
        """Tell what is edited of an object now, for `restore`."""
        draft = self._drafts.get(key)
        return data_changes(draft.base, draft.values) if draft is not None else {}

    def text(self, key: str) -> str:
        """Give the document with the edits of one object; takes tens of milliseconds."""
        loaded = self.live.session.loaded
        return edit(loaded.text, self.edits(key)) if loaded is not None else ""

    def pending_secrets(self, key: str) -> dict[str, str]:
        """Give the typed secrets of an object that are not saved yet, by their reference."""
        draft = self._drafts.get(key)
        if draft is None:
            return {}
        return {str(self.value(key, path)): secret for path, secret in draft.secrets.items()}

    # Editing

    def create(self, key: str, kind: str, values: Mapping[str, Any]) -> None:
        """Start a new object; the file has it after `save`.

        Args:
            key: Its document, with a name that is not taken.
            kind: `mqtt`, `kafka`, `republish`; empty for a rule or a simulator.
            values: What it starts with.
        """
        group, name = _split(key)
        place = (group, kind, name) if kind else (group, name)
        self._drafts[key] = _Draft(place, {}, deepcopy(dict(values)), is_new=True)
        self._touch(key)

    def name(self, key: str) -> str:
        """Tell what an object is called; of a new one, what it will be called."""
        return self._drafts[key].place[-1] if key in self._drafts else _split(key)[1]

    def set_name(self, key: str, name: str) -> None:
        """Choose another name for a new object; its key stays until it is saved."""
        draft = self._drafts[key]
        if draft.is_new and name != draft.place[-1]:
            draft.place = (*draft.place[:-1], name)
            self._touch(key)

    def set(self, key: str, path: Path, value: Any, *, default: Any = None) -> None:
        """Change a value; None takes it out.

        Args:
            key: The object.
            path: Where the value stands.
            value: As the file would hold it.
            default: What the option is when the file says nothing; it is written only where the
                file has the option already.
        """
        draft = self._draft(key)
        if value == default and not has(draft.base, path):
            value = None
        before = deepcopy(draft.values)
        put(draft.values, path, value)
        prune(draft.values, draft.base, path[:-1])
        for other in [other for other in draft.secrets if other[: len(path)] == path]:
            del draft.secrets[other]
        if draft.values != before:
            self._touch(key)

    def set_secret(self, key: str, path: Path, secret: str) -> None:
        """Take a typed secret; the value becomes the reference it will be kept under."""
        draft = self._draft(key)
        name = f"{self.live.workspace.id}-{'-'.join((*draft.place[-1:], *path))}"
        put(draft.values, path, f"secret:{name}")
        draft.secrets[path] = secret
        self._touch(key)

    def entries(self) -> list[Entry]:
        """Write down all edits; typed secrets are left out."""
        return [
            entry_of(
                key,
                draft.place,
                draft.base,
                draft.values,
                is_new=draft.is_new,
                secret_paths=draft.secrets,
            )
            for key, draft in self._drafts.items()
            if draft.is_dirty
        ]

    def adopt(self, entry: Entry) -> bool:
        """Take up edits that were written down, on top of what is saved; False if none are left."""
        place = self._place_of(entry.key)
        if place is None and not entry.is_new:
            return False  # somebody has deleted it meanwhile
        base = self._saved(place) if place is not None else {}
        draft = _Draft(place or entry.place, base, patched_by(entry, base), is_new=place is None)
        if not draft.is_dirty:
            return False
        self._drafts[entry.key] = draft
        self._touch(entry.key)
        return True

    def follow(self, key: str, now: str) -> None:
        """Have the edits of an object that the file has under another name go on under that."""
        draft = self._drafts.pop(key, None)
        if draft is not None:
            draft.place = (*draft.place[:-1], _split(now)[1])
            self._drafts[now] = draft
        self.renamed.emit(key, now)

    def restore(self, key: str, edits: Changes) -> None:
        """Go back to what `kept` gave, on top of what is saved by now."""
        draft = self._drafts.get(key)
        if draft is None:
            return
        draft.values = patched(draft.base, edits)
        if draft.is_dirty or key in self._saving:  # what is saved is not read again yet
            self._touch(key)
        else:
            self.revert(key)

    def revert(self, key: str) -> None:
        """Forget the edits of an object."""
        if self._drafts.pop(key, None) is not None:
            self.reverted.emit(key)
            self.changed.emit(key)
            self.checked.emit(key)

    def save(self, key: str) -> None:
        """Write the edits of one object into the file; a signal tells how it went."""
        draft = self._drafts.get(key)
        if self.live.session.is_closing or draft is None or key in self._saving:
            return
        if draft.is_dirty:
            self._saving.add(key)
            self.live.session.tasks.start(self._save_in_turn(key, draft), f"save {key}", owner=self)

    def check(self, key: str) -> None:
        """Look for what is wrong with an edited object; `checked` follows."""
        self._waiting.add(key)
        self._timer.start()

    # How it is done

    @property
    def _identity(self) -> tuple[str, object]:
        """Tell workspaces apart, also a file from its copy."""
        return self.live.workspace.id, self.live.session.path

    def _values(self, key: str) -> Mapping[str, Any]:
        draft = self._drafts.get(key)
        if draft is not None:
            return draft.values
        place = self._place_of(key)
        return self._saved(place) if place is not None else {}

    def _saved(self, place: Path) -> dict[str, Any]:
        loaded = self.live.session.loaded
        found: Any = loaded.data if loaded is not None else {}
        for part in place:
            found = found.get(part, {}) if isinstance(found, Mapping) else {}
        return deepcopy(dict(found)) if isinstance(found, Mapping) else {}

    def _place_of(self, key: str) -> Path | None:
        """Find the table of an object in the file."""
        loaded = self.live.session.loaded
        group, name = _split(key)
        tables = loaded.data.get(group) if loaded is not None else None
        if not isinstance(tables, Mapping):
            return None
        if group not in _GROUPS.values():
            return (group, name) if name in tables else None
        kinds = [kind for kind, inner in tables.items() if isinstance(inner, Mapping)]
        return next(((group, kind, name) for kind in kinds if name in tables[kind]), None)

    def _draft(self, key: str) -> _Draft:
        if key not in self._drafts:
            place = self._place_of(key)
            if place is None:
                msg = f"there is no {key} to edit"
                raise KeyError(msg)
            base = self._saved(place)
            self._drafts[key] = _Draft(place, base, deepcopy(base))
        return self._drafts[key]

    def _touch(self, key: str) -> None:
        self.changed.emit(key)
        self.check(key)

    @Slot()
    def _check_waiting(self) -> None:
        waiting, self._waiting = self._waiting, set()
        if self.live.session.is_closing:
            return
        for key in waiting & self._drafts.keys():
            self.live.session.tasks.start(
                self._check(key, self._drafts[key]), f"check {key}", owner=self
            )

    async def _check(self, key: str, draft: _Draft) -> list[Problem]:
        """Look for problems; of several checks the last one counts."""
        loaded = self.live.session.loaded
        if loaded is None:
            return []
        values = deepcopy(draft.values)
        found = await asyncio.to_thread(_problems, loaded, _changes(draft), draft.place)
        if self._drafts.get(key) is draft and draft.values == values:
            draft.problems = found
            self.checked.emit(key)
        return found

    async def _save_in_turn(self, key: str, draft: _Draft) -> None:
        try:
            async with self.live.session.writing:
                await self._save(key, draft)
        finally:
            self._saving.discard(key)

    async def _save(self, key: str, draft: _Draft) -> None:
        session = self.live.session
        try:
            if session.loaded is None:
                return
            found = await self._check(key, draft)
            if any(problem.severity == "error" for problem in found):
                self.refused.emit(key)
                return
            for path, secret in list(draft.secrets.items()):
                name = str(self.value(key, path)).partition(":")[2]
                kept = await asyncio.to_thread(self.secrets.keep, name, secret)
                put(draft.values, path, str(kept))
                draft.secrets.pop(path, None)
            self._tell_missing_keychain()
            written, loaded = deepcopy(draft.values), session.loaded
            await asyncio.to_thread(_write, loaded, _changes(draft))
            draft.base, draft.is_new = written, False
            now = f"{key.partition(':')[0]}:{draft.place[-1]}"
            if now != key:
                self._drafts[now] = self._drafts.pop(key)
                self.renamed.emit(key, now)
                key = now
            await session.take_saved()
            if not draft.is_dirty:
                self._drafts.pop(key, None)
            self.saved.emit(key)
            self.changed.emit(key)
        except AppError as exc:
            self.failed.emit(key, exc.message, exc.hint)

    def _tell_missing_keychain(self) -> None:
        """Say once that secrets are kept for this session, since there is no keychain."""
        if self.secrets.has_missed_keychain and not self._has_told_keychain:
            self._has_told_keychain = True
            self.keychainMissed.emit()

    @Slot()
    def _take_workspace(self) -> None:
        """Put the edits onto another version of the file; another workspace has no drafts yet."""
        if self._identity != self._workspace:
            self.forgetting.emit()
            self._workspace = self._identity
            gone = list(self._drafts)
            self._drafts = {}
            for key in gone:
                self.changed.emit(key)
            return
        for key, draft in list(self._drafts.items()):
            if draft.is_new and key not in self._saving and self._place_of(key) is None:
                continue
            self._rebase(key, draft)

    def _rebase(self, key: str, draft: _Draft) -> None:
        place = self._place_of(key)
        if place is None:
            if key not in self._saving:
                self._drafts.pop(key, None)
                self.changed.emit(key)
            return
        saved = self._saved(place)
        if saved != draft.base:
            edits = data_changes(draft.base, draft.values)
            draft.base, draft.values, draft.is_new = saved, patched(saved, edits), False
            self._touch(key)


def _split(key: str) -> tuple[str, str]:
    """Name the table of the file that a key's objects stand in, and the object."""
    kind, _, name = key.partition(":")
    return _GROUPS.get(kind, f"{kind}s"), name


def _changes(draft: _Draft) -> Changes:
    changes: Changes = deepcopy(draft.values) if draft.is_new else {}
    if not draft.is_new:
        changes = data_changes(draft.base, draft.values)
    for part in reversed(draft.place):
        changes = {part: changes}
    return changes


def _problems(loaded: Loaded, changes: Changes, place: Path) -> list[Problem]:
    """Check the document with these changes, and keep what concerns one object."""
    from core.lab.validation import all_problems  # here: the window is shown before

    here = toml_path(place)
    found = all_problems(loads(edit(loaded.text, changes), loaded.path))
    return [problem for problem in found if problem.path == here or _is_below(problem.path, here)]


def _is_below(path: str, place: str) -> bool:
    return path.startswith((f"{place}.", f"{place}["))


def _write(loaded: Loaded, changes: Changes) -> None:
    text = edit(loaded.text, changes)
    save_text(loaded.path, text, expected=content_hash(loaded.text))
