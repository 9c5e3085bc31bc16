"""Changes of whole objects in the workspace file, each of which can be undone."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, TypeAlias

from PySide6.QtCore import QObject, Signal, SignalInstance, Slot

from core.errors import AppError, StoreError
from core.workspace import objects
from core.workspace.diff import Changes, data_changes
from core.workspace.edit import edit
from gui.viewmodels.draft import place_in
from gui.viewmodels.object_drafts import Drafts
from gui.viewmodels.plain_values import is_untouched
from gui.viewmodels.words import tr

Edit: TypeAlias = Callable[[str], str]
"""Makes the new text of the file out of the old one."""

_MOST: Final = 100


@dataclass(frozen=True, slots=True)
class Step:
    """One change that was made.

    Attributes:
        text: What was done, such as "Deleted rule hot_plant".
        before: The file before.
        after: The file then.
        renamed: The key of an object before and after; empty if none was renamed.
    """

    text: str
    before: str
    after: str
    renamed: tuple[str, str] | tuple[()] = ()

    def turned(self) -> Step:
        """Give the change that takes this one back."""
        return replace(self, before=self.after, after=self.before, renamed=self.renamed[::-1])


class FileChanges(QObject):
    """Deletes, duplicates, renames, enables and reverts objects; keeps what can be undone.

    Everything is written at once, with the comments of the file. Unsaved edits of an object follow
    it. Belongs to the loop's thread; the file is written beside it.

    Signals:
        done: A change is in the file, for the first time or again: what was done, in words.
        undone: One was taken back: what it was.
        stacksChanged: What can be undone or done again.
        removed: The key of an object that is out of the file, or of a new one that is forgotten.
        made: The key of an object that was added.
        failed: It could not be done: what happened, what to do next.
    """

    done = Signal(str)
    undone = Signal(str)
    stacksChanged = Signal()
    removed = Signal(str)
    made = Signal(str)
    failed = Signal(str, str)

    def __init__(self, drafts: Drafts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._drafts = drafts
        self._session = drafts.live.session
        self._undo: list[Step] = []
        self._redo: list[Step] = []
        self._path = self._session.path
        self._session.workspaceChanged.connect(self._take_workspace)
        drafts.unneeded.comes_back = self.comes_back

    # What can be taken back

    @property
    def undo_text(self) -> str:
        """What undoing would take back; empty for nothing."""
        return self._undo[-1].text if self._undo else ""

    @property
    def redo_text(self) -> str:
        """What would be done again; empty for nothing."""
        return self._redo[-1].text if self._redo else ""

    def undo(self) -> None:
        """Take the last change back, if what it has changed is still as it left it."""
        if self._undo:
            self._start(self._turn(self._undo.pop(), self._redo, self.undone), "undo")

    def redo(self) -> None:
        """Make the change again that was taken back last."""
        if self._redo:
            self._start(self._turn(self._redo.pop(), self._undo, self.done), "redo")

    def comes_back(self, reference: str) -> bool:
        """Tell whether undoing, or doing again, may put a reference to a secret into the file."""
        steps = [*self._undo, *self._redo]
        return any(step.before.count(reference) != step.after.count(reference) for step in steps)

    # Changes

    def remove(self, key: str) -> None:
        """Take an object out of the file; a new one that was never saved is just forgotten."""
        place = self._drafts.place(key)
        if self._drafts.is_new(key) or not place:
            self._drafts.revert(key)
            self.removed.emit(key)
            return
        text = tr("Deleted {what}").format(what=described(key))
        change = partial(objects.remove, place=place)
        self._start(self._change(text, change, forgets=key), text)

    def rename(self, key: str, name: str) -> None:
        """Give an object another name, also wherever it is named; its unsaved edits go with it."""
        place = self._drafts.place(key)
        kind, _, old = key.partition(":")
        if not place or name == old or self._drafts.is_new(key):
            return
        now = f"{kind}:{name}"
        text = tr("Renamed {what} to {name}").format(what=described(key), name=name)
        client_id = self._client_id(place)

        def change(file: str) -> str:
            renamed = objects.rename(file, place, name)
            if not client_id:
                return renamed
            return edit(renamed, {place[0]: {place[1]: {name: {"client_id": client_id}}}})

        self._start(self._change(text, change, renamed=(key, now)), text)

    def duplicate(self, key: str, name: str) -> None:
        """Add a copy under a name that is free; a copied rule is not enabled."""
        place = self._drafts.place(key)
        if not place or self._drafts.is_new(key):
            return
        text = tr("Duplicated {what} as {name}").format(what=described(key), name=name)
        made = f"{key.partition(':')[0]}:{name}"

        def change(file: str) -> str:
            values = dict(objects.table_at(tomllib.loads(file), place) or {})
            if place[:2] == ("connectors", "mqtt"):
                values.pop("client_id", None)  # two clients of one id would throw each other out
            if place[0] == "rules":
                values["enable"] = False  # or every record would be sent twice
            return objects.put(file, (*place[:-1], name), values)

        def tell() -> None:
            self.made.emit(made)

        self._start(self._change(text, change, then=tell), text)

    def set_enabled(self, key: str, *, enabled: bool) -> None:
        """Enable or disable an object in the file; of one that is new, for when it is saved."""
        place = self._drafts.place(key)
        if self._drafts.is_new(key):
            self._drafts.set(key, ("enable",), enabled, default=True)
            return
        if not place:
            return
        form = tr("Enabled {what}") if enabled else tr("Disabled {what}")
        change: Changes = {"enable": enabled}
        for part in reversed(place):
            change = {part: change}
        text = form.format(what=described(key))
        self._start(self._change(text, partial(edit, changes=change)), text)

    def restore(self, key: str, source: str) -> None:
        """Have an object as another version of the file has it; its unsaved edits are forgotten.

        Args:
            key: The object, which the file or the other version may not have.
            source: The text of the other version.
        """
        text = tr("Reverted {what}").format(what=described(key))

        def change(file: str) -> str:
            data = tomllib.loads(file)
            place = place_in(data, key) or place_in(tomllib.loads(source), key)
            return file if place is None else objects.restore(file, place, source)

        self._start(self._change(text, change, forgets=key), text)

    def change_list(
        self,
        name: str,
        text: str,
        change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]],
    ) -> None:
        """Change a list of tables at the top of the file, such as `messages`.

        Args:
            name: Its key.
            text: What is done, in words.
            change: Makes the new list out of the old one.
        """

        def changed(file: str) -> str:
            before: list[dict[str, Any]] = tomllib.loads(file).get(name, [])
            after = change(before)
            return edit(file, data_changes({name: before} if before else {}, {name: after}))

        self._start(self._change(text, changed), text)

    # How it is done

    def _start(self, coroutine: Any, name: str) -> None:
        if self._session.is_closing:
            coroutine.close()
        else:
            self._session.tasks.start(coroutine, name, owner=self)

    async def _change(
        self,
        text: str,
        change: Edit,
        *,
        then: Callable[[], None] | None = None,
        renamed: tuple[str, str] | tuple[()] = (),
        forgets: str = "",
    ) -> None:
        """Change the file.

        Args:
            text: What is done, in words.
            change: Makes the new text out of the old one.
            then: Called when the new file is read.
            renamed: The keys of an object before and after.
            forgets: The key of the object whose unsaved edits go, if the file is written.
        """
        try:
            before, after = await self._write(change, renamed, forgets)
        except AppError as exc:
            self.failed.emit(exc.message, exc.hint)
            return
        if before == after:
            return
        if then is not None:
            then()
        self._undo = [*self._undo, Step(text, before, after, renamed)][-_MOST:]
        self._redo.clear()
        self.stacksChanged.emit()
        self.done.emit(text)

    async def _turn(self, step: Step, stack: list[Step], told: SignalInstance) -> None:
        """Take a change back; what would take that back goes onto the other stack."""
        back = step.turned()
        try:
            before, after = await self._write(partial(_again, step=back), back.renamed)
        except AppError as exc:
            self.failed.emit(exc.message, exc.hint)
        else:
            stack.append(Step(step.text, before, after, back.renamed))
            told.emit(step.text)
        self.stacksChanged.emit()

    async def _write(
        self, change: Edit, renamed: tuple[str, str] | tuple[()], forgets: str = ""
    ) -> tuple[str, str]:
        """Write the file, then tell everybody; returns its text before and after."""

        def follow() -> None:
            if renamed:
                self._session.follow(*renamed)
                self._drafts.follow(*renamed)
            if forgets:
                self._drafts.revert(forgets)

        gone: list[str] = []

        def change_and_look(before: str) -> str:  # beside the loop
            after = change(before)
            gone.extend(_gone(before, after))
            return after

        texts = await self._session.write(change_and_look, follow)
        for key in gone:
            if key != (renamed or ("",))[0]:
                self.removed.emit(key)
        return texts

    def _client_id(self, place: objects.Place) -> str:
        """Name the client id that a connector has by its name alone, and is to keep.

        Under another one the broker would go on queueing for a session that nobody takes up.
        """
        workspace = self._drafts.live.workspace
        connector = workspace.connectors.mqtt.get(place[-1]) if place[1] == "mqtt" else None
        if place[0] != "connectors" or connector is None or connector.client_id:
            return ""
        return workspace.client_id(connector)

    @Slot()
    def _take_workspace(self) -> None:
        """Forget what was done to another file."""
        if self._session.path != self._path:
            self._path = self._session.path
            self._undo, self._redo = [], []
            self.stacksChanged.emit()


def described(key: str) -> str:
    """Name an object with its kind."""
    kind, _, name = key.partition(":")
    forms = {
        "connector": tr("connector {name}"),
        "rule": tr("rule {name}"),
        "action": tr("action {name}"),
        "simulator": tr("simulator {name}"),
    }
    return forms.get(kind, "{name}").format(name=name)


def _gone(before: str, after: str) -> list[str]:
    """List the keys of the objects that one version of the file has, and another has not.

    Cost: O(file), tens of milliseconds where there are hundreds of objects.
    """
    kept = set(_keys_of(after))
    return [key for key in _keys_of(before) if key not in kept]


def _keys_of(text: str) -> list[str]:
    data = tomllib.loads(text)
    keys = [f"rule:{name}" for name in data.get("rules", {})]
    keys += [f"simulator:{name}" for name in data.get("simulators", {})]
    for group in ("connectors", "actions"):
        for tables in data.get(group, {}).values():
            keys += [f"{group[:-1]}:{name}" for name in tables]
    return keys


def _again(file: str, step: Step) -> str:
    """Make a change in a file that may have gone on since.

    Raises:
        StoreError: What it would change is not as it was.
    """
    if file == step.before:
        return step.after
    now, before = tomllib.loads(file), tomllib.loads(step.before)
    changes = data_changes(before, tomllib.loads(step.after))
    if not is_untouched(changes, before, now):
        raise StoreError(
            tr("What was changed has been edited since, so it was left as it is."),
            hint=tr("Change it by hand; the last version of the file is in its .bak."),
        )
    return edit(file, changes)
