"""The keys of every command: the usual ones, the user's, and which of them are in each other's way.

Keys are in Qt's portable writing, such as `Ctrl+Shift+A`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from PySide6.QtCore import QObject, Signal, Slot

from gui.viewmodels.settings import SettingsStore

Area: TypeAlias = Literal["everywhere", "sql_editor", "rule", "action", "publish", "text", "lists"]

EVERYWHERE: Final = "everywhere"

_INSIDE: Final[dict[Area, frozenset[Area]]] = {
    "rule": frozenset({"sql_editor", "action", "text"}),
    "publish": frozenset({"text"}),
    "sql_editor": frozenset({"text"}),
    "action": frozenset({"text"}),
}
"""Areas that lie in another one: their keys meet there."""

_NEEDS_ALT_GR: Final = frozenset("@[]{}\\|~€#")
"""Characters that take AltGr on one or more of the keyboards of Europe."""

_MODIFIERS: Final = frozenset({"Ctrl", "Alt", "Meta"})


@dataclass(frozen=True, slots=True)
class Command:
    """A command as the table of shortcuts lists it.

    Attributes:
        name: Its id.
        text: What menus call it.
        group: The menu or place under which it is listed.
        area: Where its keys work.
        usual: The keys it comes with; the first is the one that is shown.
        is_fixed: Whether its keys belong to the system and stay.
    """

    name: str
    text: str
    group: str
    area: Area
    usual: tuple[str, ...]
    is_fixed: bool = False


class Shortcuts(QObject):
    """Knows every command's keys; what the user chose is kept in the settings.

    Attributes:
        groups: The groups of commands in the order in which they are listed; others come behind.

    Signals:
        changed: Some command has other keys, or is new.
    """

    changed = Signal()

    def __init__(self, settings: SettingsStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.groups: list[str] = []
        self._commands: dict[str, Command] = {}
        self._chosen = settings.values.shortcuts
        settings.changed.connect(self._take_settings)

    @property
    def commands(self) -> list[Command]:
        """All commands, in the order in which they were declared."""
        return list(self._commands.values())

    def __getitem__(self, name: str) -> Command:
        """Find a command by its id."""
        return self._commands[name]

    def __contains__(self, name: object) -> bool:
        """Tell whether there is a command of this id."""
        return name in self._commands

    def declare(self, command: Command) -> None:
        """Add a command, or say anew where it is listed."""
        if self._commands.get(command.name) != command:
            self._commands[command.name] = command

    # Keys

    def keys(self, name: str) -> tuple[str, ...]:
        """Tell a command's keys; none is a command that has none."""
        command = self._commands[name]
        return command.usual if command.is_fixed else self._chosen.get(name, command.usual)

    def is_fixed(self, name: str) -> bool:
        """Tell whether a command's keys belong to the system."""
        return name in self._commands and self._commands[name].is_fixed

    def is_changed(self, name: str) -> bool:
        """Tell whether a command has other keys than it comes with."""
        return self.keys(name) != self._commands[name].usual

    @property
    def changed_count(self) -> int:
        """Count the commands that have other keys than they come with."""
        return sum(self.is_changed(name) for name in self._commands)

    def choose(self, name: str, *keys: str) -> None:
        """Give a command these keys alone; none takes its keys away."""
        self._choose({name: keys})

    def take(self, name: str, keys: str, rivals: Iterable[str]) -> None:
        """Give a command keys, which others lose."""
        chosen: dict[str, tuple[str, ...]] = {name: (keys,)}
        for rival in rivals:
            chosen[rival] = tuple(each for each in self.keys(rival) if each != keys)
        self._choose(chosen)

    def reset(self, name: str) -> None:
        """Give a command the keys it comes with."""
        self.choose(name, *self._commands[name].usual)

    def reset_all(self) -> None:
        """Give every command the keys it comes with."""
        self._settings.put_shortcuts({})

    def restore(self, chosen: dict[str, tuple[str, ...]]) -> None:
        """Choose what had been chosen before: what `chosen` told then."""
        self._settings.put_shortcuts(chosen)

    @property
    def chosen(self) -> dict[str, tuple[str, ...]]:
        """All keys that differ from the usual ones, by command."""
        return dict(self._chosen)

    # Collisions

    def rivals(self, name: str, keys: str) -> list[Command]:
        """List the commands that have these keys already, where both could be meant."""
        area = self._commands[name].area
        return [
            other
            for other in self._commands.values()
            if other.name != name
            and keys in self.keys(other.name)
            and meet(area, other.area)
            and not self._is_meant(name, other.name, keys)
        ]

    def conflicts(self) -> dict[str, list[str]]:
        """List the commands whose keys are those of others too, by command."""
        by_keys: dict[str, list[str]] = {}
        for name in self._commands:
            for keys in self.keys(name):
                by_keys.setdefault(keys, []).append(name)
        found: dict[str, list[str]] = {}
        for keys, names in by_keys.items():
            for name in names if len(names) > 1 else ():
                others = [other.name for other in self.rivals(name, keys)]
                if others:
                    found.setdefault(name, []).extend(others)
        return found

    def _is_meant(self, first: str, second: str, keys: str) -> bool:
        """Tell whether two commands come with the same keys, of which one wins at its place."""
        one, other = self._commands[first], self._commands[second]
        is_usual = keys in one.usual and keys in other.usual
        return is_usual and inner(one.area, other.area) is not None

    @property
    def conflict_count(self) -> int:
        """Count the pairs of commands that are in each other's way."""
        return sum(len(others) for others in self.conflicts().values()) // 2

    def _choose(self, chosen: dict[str, tuple[str, ...]]) -> None:
        made = dict(self._chosen)
        for name, keys in chosen.items():
            if keys == self._commands[name].usual:
                made.pop(name, None)
            else:
                made[name] = keys
        self._settings.put_shortcuts(made)

    @Slot()
    def _take_settings(self) -> None:
        if self._settings.values.shortcuts != self._chosen:
            self._chosen = self._settings.values.shortcuts
            self.changed.emit()


def meet(first: Area, second: Area) -> bool:
    """Tell whether keys of both areas could be meant at one place."""
    if first == second or EVERYWHERE in (first, second):
        return True
    return second in _INSIDE.get(first, ()) or first in _INSIDE.get(second, ())


def inner(first: Area, second: Area) -> Area | None:
    """Tell which of two areas lies in the other and wins there; None if none does."""
    if first == second:
        return None
    if first == EVERYWHERE or second in _INSIDE.get(first, ()):
        return second
    if second == EVERYWHERE or first in _INSIDE.get(second, ()):
        return first
    return None


def split(keys: str) -> list[str]:
    """Part keys into what is held and what is pressed: `Ctrl++` is Ctrl and +."""
    parts = keys.split("+")
    if keys.endswith("+"):
        parts = [*(part for part in parts[:-2] if part), "+"]
    return [part for part in parts if part]


def why_not(keys: str) -> str:
    """Say why keys cannot be had: a reason's id, or empty when they can.

    Returns:
        `alone` for keys that would be missed while typing, `alt_gr` for characters that many
        keyboards have behind AltGr alone.
    """
    parts = split(keys)
    if not parts:
        return "alone"
    last = parts[-1]
    if last in _NEEDS_ALT_GR:
        return "alt_gr"
    is_function = len(last) > 1 and last[0] == "F" and last[1:].isdigit()
    return "" if is_function or _MODIFIERS & set(parts[:-1]) else "alone"
