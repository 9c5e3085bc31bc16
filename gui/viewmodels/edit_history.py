"""What was edited, step by step, so that it can be taken back and made again. Pure."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias

from core.workspace.diff import data_changes
from gui.viewmodels.plain_values import Path, is_untouched, patched

_MOST: Final = 200
_NOTHING: Final = object()


@dataclass(frozen=True, slots=True)
class State:
    """An object as it is edited at one moment; never changed in place.

    Attributes:
        place: Its table, from the top of the document; the last part is its name.
        values: The table.
        secrets: What was typed and is not saved yet, by path.
        is_new: Whether the file has no such table.
        is_orphan: Whether it is new only since somebody took it out of the file.
    """

    place: Path
    values: dict[str, Any]
    secrets: Mapping[Path, str] = field(default_factory=dict[Path, str])
    is_new: bool = field(default=False, compare=False)
    is_orphan: bool = field(default=False, compare=False)


Place: TypeAlias = tuple[str, Path]
"""An object's key, and where something lies in its own table."""

States: TypeAlias = dict[str, State | None]
"""Objects by key; None for one that is not there."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one gesture has changed: one object or more, each before and after.

    Attributes:
        before: The objects as they were.
        after: The objects as they became.
        at: The object and the place inside it that the gesture was about; None to find it.
    """

    before: States
    after: States
    at: Place | None = None

    @property
    def place(self) -> Place:
        """The object and the place inside it where all that differs lies."""
        if self.at is not None:
            return self.at
        for key, old in self.before.items():
            new = self.after[key]
            if old is not None and new is not None:
                return key, _difference(old, new)[0]
        return next(iter(self.before)), ()

    @property
    def differences(self) -> list[tuple[str, Path, bool]]:
        """Object by object, where it differs, and whether that is one text or number."""
        found: list[tuple[str, Path, bool]] = []
        for key, old in self.before.items():
            new = self.after[key]
            if old is None or new is None:
                found.append((key, (), False))
            else:
                found.append((key, *_difference(old, new)))
        return found

    def turned(self) -> Step:
        """Give the step that takes this one back."""
        return Step(self.after, self.before, self.at)


class EditHistory:
    """The steps of all documents, in their order; a document sees those of its own objects.

    What has been changed since by other means, such as the file, is not touched: such a step is
    passed over. The oldest steps go first.

    Attributes:
        takes_back: Whether what is noted comes of a text's own undo. The step that it takes back
            goes then, else undo would bring back what the text has undone already.
    """

    def __init__(self, now: Callable[[str], State | None]) -> None:
        """Begin empty; `now` tells an object as it is."""
        self._now = now
        self._undo: list[Step] = []
        self._redo: list[Step] = []
        self._may_grow = False
        self.takes_back = False

    def note(self, before: States, at: Place | None = None) -> None:
        """Remember a gesture by what was before it; typing in one place stays one step."""
        after = {key: self._now(key) for key in before}
        changed = [key for key in before if before[key] != after[key]]
        if not changed:
            return
        step = Step({key: before[key] for key in changed}, {key: after[key] for key in changed}, at)
        self._redo = [other for other in self._redo if not other.before.keys() & before.keys()]
        if self._may_grow and self._undo and _is_typed_on(self._undo[-1], step):
            step = replace(step, before=self._undo.pop().before)
        self._may_grow = True
        if step.before == step.after:
            return
        other = self._taken_back_by(step) if self.takes_back else None
        if other is not None:
            self._undo = [each for each in self._undo if each is not other]
        else:
            self._undo = [*self._undo, step][-_MOST:]

    def next_undo(self, keys: Container[str]) -> Step | None:
        """Tell the last step of some objects that can be taken back."""
        return next((step for step in reversed(self._undo) if self._fits(step, keys)), None)

    def next_redo(self, keys: Container[str]) -> Step | None:
        """Tell the step of some objects that was taken back last and can be made again."""
        steps = (step for step in reversed(self._redo) if self._fits(step.turned(), keys))
        return next(steps, None)

    def take_back(self, step: Step) -> States:
        """Move a step to those that can be made again; returns what its objects become."""
        states = self._states(step.turned())
        self._undo = [other for other in self._undo if other is not step]  # equal ones stay
        self._redo.append(step)
        self._may_grow = False
        return states or {}

    def make_again(self, step: Step) -> States:
        """Move a step back to those that can be undone; returns what its objects become."""
        states = self._states(step)
        self._redo = [other for other in self._redo if other is not step]
        self._undo.append(step)
        self._may_grow = False
        return states or {}

    def close(self) -> None:
        """Have what is typed next be a step of its own."""
        self._may_grow = False

    def follow(self, key: str, now: str) -> None:
        """Have the steps of an object go on under its other key; its name is settled with that."""
        self._keep(lambda step: key not in step.before or not _is_renaming(step, key))

        def moved(states: States) -> States:
            return {
                now if each == key else each: (
                    replace(state, place=(*state.place[:-1], now.partition(":")[2]))
                    if state is not None and each == key
                    else state
                )
                for each, state in states.items()
            }

        def renamed(step: Step) -> Step:
            at = (now, step.at[1]) if step.at is not None and step.at[0] == key else step.at
            return Step(moved(step.before), moved(step.after), at)

        self._undo = [renamed(step) for step in self._undo]
        self._redo = [renamed(step) for step in self._redo]

    def forget(self, key: str) -> None:
        """Forget the steps of an object."""
        self._keep(lambda step: key not in step.before)

    def clear(self) -> None:
        """Forget everything."""
        self._keep(lambda _step: False)

    def _taken_back_by(self, step: Step) -> Step | None:
        """Find the step after which the text was as before this one, and before which as after."""
        places = step.differences
        other = next((each for each in reversed(self._undo) if each.differences == places), None)
        if other is None:
            return None
        for key, now in step.before.items():
            old, new = other.after[key], other.before[key]
            if now is None or old is None or new is None:
                return None
            if _changed(now, old, new) != step.after[key]:
                return None
        return other

    def _keep(self, is_kept: Callable[[Step], bool]) -> None:
        self._undo = [step for step in self._undo if is_kept(step)]
        self._redo = [step for step in self._redo if is_kept(step)]

    def _fits(self, step: Step, keys: Container[str]) -> bool:
        """Tell whether a step is about some objects and can be taken back."""
        return any(key in keys for key in step.before) and bool(self._states(step.turned()))

    def _states(self, step: Step) -> States | None:
        """Tell what the objects of a step become by it; None if one is not as it was left."""
        states: States = {}
        for key, old in step.before.items():
            new, now = step.after[key], self._now(key)
            if old is None or new is None:  # one that was made or forgotten; the file's stay
                if (now is None) == (old is None) and (now is None or now.is_new):
                    states[key] = new
                continue
            turned = _changed(now, old, new) if now is not None else None
            if turned is None:
                return None
            states[key] = turned
        return states


def _changed(now: State, old: State, new: State) -> State | None:
    """Change an object as it was changed from `old` to `new`; None if it is not as it was left."""
    if now == old:
        return replace(new, is_new=now.is_new)
    place = now.place
    if old.place != new.place:
        if now.place != old.place or not now.is_new:
            return None
        place = new.place
    changes = data_changes(old.values, new.values)
    paths = {*old.secrets, *new.secrets}
    typed = [path for path in paths if old.secrets.get(path) != new.secrets.get(path)]
    if not is_untouched(changes, old.values, now.values):
        return None
    if any(now.secrets.get(path) != old.secrets.get(path) for path in typed):
        return None
    secrets = {path: text for path, text in now.secrets.items() if path not in typed}
    secrets |= {path: new.secrets[path] for path in typed if path in new.secrets}
    return State(place, patched(now.values, changes), secrets, now.is_new)


def _is_typed_on(last: Step, step: Step) -> bool:
    """Tell whether a step goes on typing where the last one did."""
    before, after = last.differences, step.differences
    return before == after and all(is_text for *_, is_text in after)


def _is_renaming(step: Step, key: str) -> bool:
    old, new = step.before[key], step.after[key]
    return old is not None and new is not None and old.place != new.place


def _difference(old: State, new: State) -> tuple[Path, bool]:
    """Find the deepest place that holds all that differs, and whether it is a text or number.

    The name of an object is at `@name`, as forms have it.
    """
    if old.place != new.place:
        return ("@name",), old.values == new.values
    if old.values != new.values:
        return _deepest(old.values, new.values)
    paths = {*old.secrets, *new.secrets}
    return next(path for path in paths if old.secrets.get(path) != new.secrets.get(path)), True


def _deepest(old: Any, new: Any) -> tuple[Path, bool]:
    tables = [each for each in (old, new) if isinstance(each, Mapping)]
    if tables and all(isinstance(each, Mapping) or each is _NOTHING for each in (old, new)):
        return _in_tables(*({} if each is _NOTHING else each for each in (old, new)))
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        found = [at for at, item in enumerate(old) if item != new[at]]
        if len(found) == 1:
            path, is_text = _deepest(old[found[0]], new[found[0]])
            return (str(found[0]), *path), is_text
    return (), all(_is_typed(each) for each in (old, new))


def _in_tables(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Path, bool]:
    differ = [key for key in {**old, **new} if old.get(key, _NOTHING) != new.get(key, _NOTHING)]
    if len(differ) == 1:
        path, is_text = _deepest(old.get(differ[0], _NOTHING), new.get(differ[0], _NOTHING))
        return (differ[0], *path), is_text
    pairs = list(zip(old.items(), new.items(), strict=False)) if len(old) == len(new) else []
    others = [at for at, (before, after) in enumerate(pairs) if before != after]
    if len(others) == 1:  # the name of one row is typed
        before, after = pairs[others[0]]
        return (str(others[0]),), before[1] == after[1]
    return (), False


def _is_typed(value: Any) -> bool:
    """Tell whether a value is what one types; nothing is, too."""
    return value is _NOTHING or (
        isinstance(value, str | int | float) and not isinstance(value, bool)
    )
