"""What is edited and not saved yet: a draft for each connector, rule, action and simulator."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from core.workspace.diff import Changes, data_changes
from core.workspace.edit import edit
from core.workspace.problems import Problem
from gui.viewmodels.draft import GROUPS, Draft, problems_in, secret_name, table_of
from gui.viewmodels.draft_checks import DraftChecks
from gui.viewmodels.draft_entries import Entry, entry_of, patched_by
from gui.viewmodels.draft_saving import DraftSaving
from gui.viewmodels.edit_history import EditHistory, Place, State, States, Step
from gui.viewmodels.live import Live
from gui.viewmodels.plain_values import Path, at, has, patched, prune, put
from gui.viewmodels.saved_tables import SavedTables
from gui.viewmodels.secret_keeper import SecretKeeper
from gui.viewmodels.unneeded_secrets import UnneededSecrets


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
        turned: An edit was taken back or made again: the object's key, and the path where it lies;
            after `changed`.
        historyChanged: What can be taken back or made again.
        forgetting: All edits go in a moment, since another workspace is open.
        keychainMissed: There was no keychain for a secret; told once.
        secretForgotten: A saved object leads to a secret no more, and nothing else that is saved,
            edited or runs, so it was deleted for good; whether that went well.
    """

    changed = Signal(str)
    checked = Signal(str)
    saved = Signal(str)
    reverted = Signal(str)
    renamed = Signal(str, str)
    refused = Signal(str)
    failed = Signal(str, str, str)
    turned = Signal(str, object)
    historyChanged = Signal()
    forgetting = Signal()
    keychainMissed = Signal()
    secretForgotten = Signal(bool)

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
        self._tables = SavedTables(live.session)
        self._drafts: dict[str, Draft] = {}
        self._history = EditHistory(self._state)
        self._before: States | None = None  # a gesture that goes on: its objects as they were
        self._path = live.session.path
        self.unneeded = UnneededSecrets(live.session, self.secrets, self._edited, self)
        self.unneeded.forgotten.connect(self.secretForgotten)
        self._checks = DraftChecks(live.session, self._drafts.get, self)
        self._checks.checked.connect(self.checked)
        self._saving = DraftSaving(
            live.session,
            self._drafts,
            self._history,
            self._checks,
            self.unneeded,
            lambda: self.secrets,
            self,
        )
        self._saving.saved.connect(self.saved)
        self._saving.changed.connect(self.changed)
        self._saving.renamed.connect(self.renamed)
        self._saving.refused.connect(self.refused)
        self._saving.failed.connect(self.failed)
        self._saving.keychainMissed.connect(self.keychainMissed)
        live.workspaceChanged.connect(self._take_workspace)

    # Reading

    def exists(self, key: str) -> bool:
        """Tell whether the file or a new draft has such an object."""
        return key in self._drafts or self._tables.place_of(key) is not None

    def kind(self, key: str) -> str:
        """Tell `mqtt`, `kafka` or `republish` of connectors and actions; empty for others."""
        place = self.place(key)
        return place[1] if len(place) == 3 else ""

    def place(self, key: str) -> Path:
        """Tell where the table of an object is; empty for one that is not there."""
        draft = self._drafts.get(key)
        return draft.place if draft is not None else self._tables.place_of(key) or ()

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

    @property
    def orphans(self) -> list[str]:
        """The keys of edited objects that somebody else took out of the file."""
        return [key for key, draft in self._drafts.items() if draft.is_orphan and draft.is_new]

    def value(self, key: str, path: Path, default: Any = None) -> Any:
        """Give an edited value as the file would hold it; `default` where it holds none."""
        return deepcopy(at(self._values(key), path, default))

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
        return self._checks.worst(key, path)

    def edits(self, key: str) -> Changes:
        """Tell what the edits of one object change in the document."""
        draft = self._drafts.get(key)
        return draft.changes if draft is not None and draft.is_dirty else {}

    def kept(self, key: str) -> Changes:
        """Tell what is edited of an object now, for `restore`."""
        draft = self._drafts.get(key)
        return data_changes(draft.base, draft.values) if draft is not None else {}

    def text(self, key: str) -> str:
        """Give the document with the edits of one object; takes tens of milliseconds."""
        loaded = self.live.session.loaded
        if loaded is None:
            return ""
        return edit(loaded.text, self.edits(key)) if loaded.is_readable else loaded.text

    def pending_secrets(self, key: str) -> dict[str, str]:
        """Give the typed secrets of an object that are not saved yet, by their reference."""
        draft = self._drafts.get(key)
        return draft.pending if draft is not None else {}

    # Editing

    def create(self, key: str, kind: str, values: Mapping[str, Any]) -> None:
        """Start a new object; the file has it after `save`.

        Inside a gesture undo takes it back; a document of its own goes by `revert` alone, since
        there would be nowhere left to make it again.

        Args:
            key: Its document, with a name that is not taken.
            kind: `mqtt`, `kafka`, `republish`; empty for a rule or a simulator.
            values: What it starts with.
        """
        group, name = table_of(key)
        place = (group, kind, name) if kind else (group, name)
        self._remember(key)
        self._drafts[key] = Draft(place, {}, deepcopy(dict(values)), is_new=True)
        self._touch(key)

    def name(self, key: str) -> str:
        """Tell what an object is called; of a new one, what it will be called."""
        return self._drafts[key].place[-1] if key in self._drafts else table_of(key)[1]

    def name_problem(self, key: str, name: str | None = None) -> Problem | None:
        """Find what keeps an object from its name, or from another one."""
        place = (*self.place(key)[:-1], self.name(key) if name is None else name)
        return self._tables.name_problem(place, is_new=self.is_new(key))

    def set_name(self, key: str, name: str) -> None:
        """Choose another name for a new object; its key stays until it is saved."""
        draft = self._drafts[key]
        if draft.is_new and name != draft.place[-1]:
            with self._edit(key):
                draft.place = (*draft.place[:-1], name)

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
        values = deepcopy(draft.values)
        put(values, path, value)
        prune(values, draft.base, path[:-1])
        secrets = {at: typed for at, typed in draft.secrets.items() if at[: len(path)] != path}
        if values != draft.values:
            with self._edit(key):
                draft.values, draft.secrets = values, secrets

    def set_secret(self, key: str, path: Path, secret: str) -> None:
        """Take a typed secret; the value becomes the reference it will be kept under."""
        draft = self._draft(key)
        name = secret_name(self._tables.workspace_id, draft.place, path)
        values = deepcopy(draft.values)
        put(values, path, f"secret:{name}")
        with self._edit(key):
            draft.values, draft.secrets = values, {**draft.secrets, path: secret}

    def entries(self) -> list[Entry]:
        """Write down all edits; typed secrets are left out."""
        return [
            entry_of(
                key,
                draft.place,
                {} if draft.is_new else draft.base,
                draft.values,
                is_new=draft.is_new and not draft.is_orphan,
                secret_paths=draft.secrets,
            )
            for key, draft in self._drafts.items()
            if draft.is_dirty
        ]

    def adopt(self, entry: Entry) -> bool:
        """Take up edits that were written down, on top of what is saved; False if none are left.

        Those of an object that is gone go on as a new one.
        """
        place = None if entry.is_new else self._tables.place_of(entry.key)
        if entry.is_new and patched_by(entry, {}) == self._tables.values(entry.place):
            return False  # it was saved just before
        base = self._tables.values(place) if place is not None else {}
        draft = Draft(place or entry.place, base, patched_by(entry, base), is_new=place is None)
        draft.is_orphan = draft.is_new and not entry.is_new
        if not draft.is_dirty:
            return False
        self._drafts[entry.key] = draft
        self._touch(entry.key)
        return True

    def follow(self, key: str, now: str) -> None:
        """Have the edits of an object that the file has under another name go on under that."""
        draft = self._drafts.pop(key, None)
        if draft is not None:
            draft.place = (*draft.place[:-1], table_of(now)[1])
            self._drafts[now] = draft
        self._history.follow(key, now)
        self.renamed.emit(key, now)

    def restore(self, key: str, edits: Changes) -> None:
        """Go back to what `kept` gave, on top of what is saved by now."""
        draft = self._drafts.get(key)
        if draft is None:
            return
        self._history.close()
        with self._edit(key):
            draft.values = patched(draft.base, edits)
        if not draft.is_dirty and not draft.is_saving:  # else what is saved is not read yet
            self.revert(key)

    def revert(self, key: str) -> None:
        """Forget the edits of an object; inside a gesture, those of a new one come back by undo."""
        draft = self._drafts.get(key)
        if draft is None:
            return
        is_gone = draft.is_new and self._before is None
        self._history.close()
        with self.gesture():
            self._remember(key)
            del self._drafts[key]
        self._history.close()
        if is_gone:
            self._history.forget(key)
        self._tell_forgotten(key)

    def save(self, key: str, *, after: Iterable[str] = ()) -> None:
        """Write the edits of one object into the file; a signal tells how it went.

        Args:
            key: The object.
            after: New objects that it names, whose saving was asked for before: it is left as it is
                where one of them could not be saved.
        """
        draft = self._drafts.get(key)
        if self.live.session.is_closing or draft is None or draft.is_saving:
            return
        if draft.is_dirty:
            self._history.close()
            self._saving.start(key, draft, tuple(after))

    def check(self, key: str) -> None:
        """Look for what is wrong with an edited object; `checked` follows."""
        self._checks.check_soon(key)

    # Taking back

    @contextmanager
    def gesture(self, key: str = "", path: Path = ()) -> Iterator[None]:
        """Have all edits until the end be taken back by one step.

        Args:
            key: The object that it is about; empty to find it from what is edited.
            path: The place inside it that it is about.
        """
        if self._before is not None:
            yield
            return
        self._before = {}
        try:
            yield
        finally:
            before, self._before = self._before, None
            self._history.note(before, (key, path) if key else None)
            self.historyChanged.emit()

    @contextmanager
    def text_undo(self) -> Iterator[None]:
        """Take what is edited until the end for what a text's own undo has brought back."""
        self._history.takes_back = True
        try:
            yield
        finally:
            self._history.takes_back = False

    def next_undo(self, keys: Container[str]) -> Place | None:
        """Tell which edit of some objects `undo` takes back: the object, and the path inside it."""
        step = self._history.next_undo(keys)
        return step.place if step is not None else None

    def next_redo(self, keys: Container[str]) -> Place | None:
        """Tell which edit of some objects `redo` makes again."""
        step = self._history.next_redo(keys)
        return step.place if step is not None else None

    def undo(self, keys: Container[str]) -> None:
        """Take the last edit of some objects back; `turned` tells where it was."""
        step = self._history.next_undo(keys)
        if step is not None:
            self._turn(step, self._history.take_back(step))

    def redo(self, keys: Container[str]) -> None:
        """Make the edit again that was taken back last."""
        step = self._history.next_redo(keys)
        if step is not None:
            self._turn(step, self._history.make_again(step))

    def _turn(self, step: Step, states: States) -> None:
        for key, state in states.items():
            if state is None:
                self._drafts.pop(key, None)
            else:
                if key not in self._drafts and (state.is_new or self._tables.place_of(key) is None):
                    made = Draft(state.place, {}, state.values, is_new=True)
                    made.is_orphan = state.is_orphan
                    self._drafts[key] = made
                draft = self._draft(key)
                draft.place, draft.values = state.place, state.values
                draft.secrets = dict(state.secrets)
        for key, state in states.items():
            if state is None:
                self._tell_forgotten(key)
            else:
                self._touch(key)
        self.historyChanged.emit()
        self.turned.emit(*step.place)

    @contextmanager
    def _edit(self, key: str) -> Iterator[None]:
        """Remember an object as it is before an edit, and tell of it afterwards."""
        with self.gesture():
            self._remember(key)
            yield
        self._touch(key)

    def _remember(self, key: str) -> None:
        if self._before is not None and key not in self._before:
            self._before[key] = self._state(key)

    def _state(self, key: str) -> State | None:
        """Tell an object as it is now, for the history; None if there is no such object."""
        if key in self._drafts:
            return self._drafts[key].state
        place = self._tables.place_of(key)
        return State(place, self._tables.values(place)) if place is not None else None

    def _tell_forgotten(self, key: str) -> None:
        self.reverted.emit(key)
        self.changed.emit(key)
        self.checked.emit(key)

    # How it is done

    def _values(self, key: str) -> Mapping[str, Any]:
        draft = self._drafts.get(key)
        if draft is not None:
            return draft.values
        place = self._tables.place_of(key)
        return self._tables.values(place) if place is not None else {}

    def _draft(self, key: str) -> Draft:
        if key not in self._drafts:
            place = self._tables.place_of(key)
            if place is None:
                msg = f"there is no {key} to edit"
                raise KeyError(msg)
            base = self._tables.values(place)
            # Until the first check; a rule's problems are those of its text, which has its own.
            is_connector = place[0] == GROUPS["connector"]
            known = problems_in(self.live.session.problems, place) if is_connector else []
            self._drafts[key] = Draft(place, base, deepcopy(base), problems=known)
        return self._drafts[key]

    def _touch(self, key: str) -> None:
        self.changed.emit(key)
        self.check(key)

    def _edited(self) -> list[Mapping[str, Any]]:
        return [draft.values for draft in self._drafts.values()]

    @Slot()
    def _take_workspace(self) -> None:
        """Put the edits onto another version of the file; another file has no drafts yet."""
        self._tables.look()
        if self.live.session.path != self._path:
            self.forgetting.emit()
            self._path = self.live.session.path
            gone = list(self._drafts)
            self._drafts.clear()
            self._history.clear()
            for key in gone:
                self.changed.emit(key)
            return
        if not self._tables.is_current:
            return
        for key, draft in list(self._drafts.items()):
            self._follow_file(key, draft)

    def _follow_file(self, key: str, draft: Draft) -> None:
        """Put edits onto what is saved now; those of an object that is gone make a new one.

        What the file has under the name of one that was made here is another object.
        """
        place = self._tables.place_of(key)
        if draft.is_new and not draft.is_orphan:
            self.check(key)
        elif place is not None:
            if draft.move_onto(self._tables.values(place)):
                self._touch(key)
        elif not draft.is_new and not draft.is_saving:
            if draft.is_dirty:
                draft.outlive()
            else:
                del self._drafts[key]
            self._touch(key)
