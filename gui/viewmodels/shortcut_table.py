"""The table of shortcuts: commands by group, filtered, and the one whose keys are being changed."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
    Slot,
)

from gui.viewmodels.shortcuts import Area, Command, Shortcuts, inner, split, why_not
from gui.viewmodels.words import plural, tr

Index: TypeAlias = QModelIndex | QPersistentModelIndex
Way: TypeAlias = Literal["other", "take", "keep"]

COMMAND, KEYS, AREA, USUAL = range(4)
ROW_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 30
"""Under this role the model gives a `ShortcutRow`, a `GroupRow`, or a `StripRow`."""

_FIRST: Final[dict[str, tuple[str, ...]]] = {
    "bridge": ("start", "stop", "apply", "pause_feed", "forget"),
    "go": (
        *("goto", "goto_command", "focus_tail", "publish", "overview", "monitor"),
        *("next_tab", "previous_tab", "next_region", "previous_region"),
    ),
    "sql": (
        *("suggest", "run_test", "run_cases", "toggle_comment", "format_sql"),
        *("next_problem", "previous_problem", "fix_problem", "insert_example"),
    ),
}
"""The commands that are needed most, by where they are of use."""

_CAPS: Final = {"Return": "Enter"}
_MAC_CAPS: Final = {"Ctrl": "⌘", "Alt": "⌥", "Shift": "⇧", "Meta": "⌃", "Return": "⏎"}


@dataclass(frozen=True, slots=True)
class GroupRow:
    """The head of a group."""

    title: str


@dataclass(frozen=True, slots=True)
class ShortcutRow:
    """A command with its keys, as the words of their caps; the usual ones only if they differ."""

    command: Command
    area: str
    keys: tuple[str, ...]
    usual: tuple[str, ...] | None
    has_conflict: bool


@dataclass(frozen=True, slots=True)
class StripRow:
    """What is said below the command whose keys are being changed."""

    name: str


@dataclass(frozen=True, slots=True)
class Collision:
    """Why the keys that were pressed were not simply taken.

    Attributes:
        what: Who has them, or why nobody can.
        effect: What would happen; empty where nothing can.
        ways: What can be done.
        rival: The name of who would lose the keys, for the words of `take`.
        shorter: The effect where there is little room.
    """

    what: str
    effect: str
    ways: tuple[Way, ...]
    rival: str = ""
    shorter: tuple[str, ...] = ()


def _first_groups() -> dict[str, str]:
    """Name the groups that are listed before those of the menus."""
    return {"bridge": tr("Bridge"), "go": tr("Go to"), "sql": tr("SQL editor")}


def _group(command: Command) -> str:
    """Tell under which head a command is listed: where it is of use, or else its menu."""
    found = next((key for key, names in _FIRST.items() if command.name in names), "")
    return _first_groups()[found] if found else command.group


def _order(command: Command) -> int:
    """Place a command: those of the first groups as named there, others as they were declared."""
    names = [name for group in _FIRST.values() for name in group]
    return names.index(command.name) if command.name in names else len(names)


class ShortcutTable(QAbstractTableModel):
    """Commands in groups; one at a time can be given other keys.

    Attributes:
        shortcuts: Where keys are kept.
        recording: The id of the command whose keys are being changed; empty for none.
        pressed: The keys that were pressed for it, waiting for a decision; empty for none.

    Signals:
        recordingChanged: Another command's keys are being changed, or none.
        collided: A `Collision`, or None when there is none any more.
        countsChanged: Conflicts or changed commands are others now.
    """

    recordingChanged = Signal()
    collided = Signal(object)
    countsChanged = Signal()

    def __init__(self, shortcuts: Shortcuts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.shortcuts = shortcuts
        self.recording = ""
        self.pressed = ""
        self._words = ""
        self._keys = ""
        self._area = ""
        self._rows: list[GroupRow | ShortcutRow | StripRow] = []
        shortcuts.changed.connect(self.refresh)
        self.refresh()

    # What is listed

    def set_words(self, words: str) -> None:
        """Show commands that hold all these words, in name, group, place or keys."""
        self._words = words
        self.refresh()

    def set_keys(self, keys: str) -> None:
        """Show commands that have these keys; empty for all."""
        self._keys = keys
        self.refresh()

    def set_area(self, area: str) -> None:
        """Show commands that work in one area; empty for all."""
        self._area = area
        self.refresh()

    @property
    def areas(self) -> list[tuple[str, str]]:
        """List the areas that have commands, with their words."""
        found: dict[Area, None] = dict.fromkeys(each.area for each in self.shortcuts.commands)
        return [(area, area_word(area)) for area in found]

    @property
    def counts(self) -> list[str]:
        """Say how many conflicts there are, and how many commands have other keys than usual."""
        conflicts, changed = self.conflict_count, self.shortcuts.changed_count
        parts = []
        if conflicts:
            parts.append(plural("%n conflict", "%n conflicts", conflicts))
        if changed:
            parts.append(plural("%n changed", "%n changed", changed))
        return parts

    @property
    def conflict_count(self) -> int:
        """Count the conflicts there are, and the one that waits for a decision."""
        return self.shortcuts.conflict_count + bool(self._waiting)

    @property
    def _waiting(self) -> set[str]:
        """Name the commands that have the keys that were pressed."""
        if not self.pressed:
            return set()
        return {each.name for each in self.shortcuts.rivals(self.recording, self.pressed)}

    @property
    def is_filtered(self) -> bool:
        """Whether some commands are left out."""
        return bool(self._words or self._keys or self._area)

    def row_of(self, name: str) -> int:
        """Tell where a command is; -1 where it is filtered out."""
        for place, row in enumerate(self._rows):
            if isinstance(row, ShortcutRow) and row.command.name == name:
                return place
        return -1

    def name_at(self, index: Index) -> str:
        """Tell which command a row is about; empty for a group."""
        row = self._rows[index.row()] if index.isValid() else None
        if isinstance(row, ShortcutRow):
            return row.command.name
        return row.name if isinstance(row, StripRow) else ""

    @property
    def strip(self) -> int:
        """Tell where the strip below the changed command is; -1 for nowhere."""
        return next((n for n, row in enumerate(self._rows) if isinstance(row, StripRow)), -1)

    @Slot()
    def refresh(self) -> None:
        """List the commands anew."""
        self.beginResetModel()
        self._rows = self._list()
        self.endResetModel()
        self.countsChanged.emit()

    def _list(self) -> list[GroupRow | ShortcutRow | StripRow]:
        waiting = self._waiting
        conflicts = {*self.shortcuts.conflicts(), *waiting, *([self.recording] if waiting else [])}
        titles = [*_first_groups().values(), *self.shortcuts.groups]
        groups: dict[str, list[GroupRow | ShortcutRow | StripRow]] = {
            title: [] for title in dict.fromkeys(titles)
        }
        for command in sorted(self.shortcuts.commands, key=_order):
            row = self._row(command, has_conflict=command.name in conflicts)
            if not self._passes(row):
                continue
            title = _group(command)
            rows = groups.setdefault(title, [])
            rows += [row] if rows else [GroupRow(title), row]
            if command.name == self.recording and self.pressed:
                rows.append(StripRow(command.name))
        return [row for rows in groups.values() for row in rows]

    def _row(self, command: Command, *, has_conflict: bool) -> ShortcutRow:
        shortcuts, name = self.shortcuts, command.name
        is_other = shortcuts.is_changed(name) or (name == self.recording and bool(self.pressed))
        usual = caps(command.usual) if is_other else None
        keys = caps(shortcuts.keys(name))
        return ShortcutRow(command, area_word(command.area), keys, usual, has_conflict)

    def _passes(self, row: ShortcutRow) -> bool:
        command = row.command
        if command.name == self.recording:
            return True  # it stays in sight whatever is filtered
        if self._area and command.area != self._area:
            return False
        if self._keys:
            return self._keys in self.shortcuts.keys(command.name)
        words = (command.text, command.group, _group(command), row.area, *row.keys)
        text = " ".join(words).lower()
        return all(word in text for word in self._words.lower().replace("+", " ").split())

    # Changing keys

    def record(self, name: str) -> None:
        """Begin to change a command's keys; those of the system stay."""
        if self.shortcuts.is_fixed(name):
            return
        self._end(name)

    def cancel(self) -> None:
        """Leave the keys as they were."""
        self._end("")

    def press(self, keys: str) -> None:
        """Take keys, unless they need a decision."""
        name = self.recording
        if not name:
            return
        collision = self._look_at(name, keys)
        if collision is None:
            self._end("")
            self.shortcuts.choose(name, keys)
            return
        self.pressed = keys
        self.refresh()
        self.collided.emit(collision)

    def press_alt_gr(self) -> None:
        """Say that keys with AltGr cannot be had."""
        self.pressed = "AltGr"
        self.refresh()
        self.collided.emit(
            Collision(
                tr("Keys with AltGr are characters on many keyboards."),
                tr("They would no longer be typed."),
                ("other",),
            )
        )

    def decide(self, way: Way) -> None:
        """Solve a collision: press other keys, take them from who has them, or keep both."""
        name, keys = self.recording, self.pressed
        if way == "other":
            self.pressed = ""
            self.refresh()
            self.collided.emit(None)
            self.recordingChanged.emit()
            return
        self._end("")
        if way == "take":
            rivals = (each.name for each in self.shortcuts.rivals(name, keys))
            self.shortcuts.take(name, keys, rivals)
        else:
            self.shortcuts.choose(name, keys)

    def clear_keys(self, name: str) -> None:
        """Take a command's keys away."""
        self._end("")
        if not self.shortcuts.is_fixed(name):
            self.shortcuts.choose(name)

    def reset(self, name: str) -> None:
        """Give a command its usual keys again, unless another has them by now: that is asked."""
        usual = self.shortcuts[name].usual
        self._end("")
        if usual and self.shortcuts.rivals(name, usual[0]):
            self.record(name)
            self.press(usual[0])
        else:
            self.shortcuts.reset(name)

    def _end(self, recording: str) -> None:
        self.recording, self.pressed = recording, ""
        self.refresh()
        self.collided.emit(None)
        self.recordingChanged.emit()

    def _look_at(self, name: str, keys: str) -> Collision | None:
        """Tell what keeps keys from being taken; None when nothing does."""
        shown = " ".join(caps((keys,)))
        reason = why_not(keys)
        if reason == "alt_gr":
            return Collision(
                tr("{keys} needs AltGr on many keyboards.").format(keys=shown),
                tr("There it could not be pressed."),
                ("other",),
            )
        if reason:
            return Collision(
                tr("{keys} alone is typed into fields.").format(keys=shown),
                tr("Hold Ctrl or Alt, or press a function key."),
                ("other",),
            )
        rivals = self.shortcuts.rivals(name, keys)
        return self._collision(self.shortcuts[name], rivals[0], shown) if rivals else None

    def _collision(self, command: Command, rival: Command, shown: str) -> Collision:
        what = tr("{keys} is already {rival} {place}.").format(
            keys=shown, rival=rival.text, place=area_phrase(rival.area)
        )
        winner = inner(command.area, rival.area)
        ways: tuple[Way, ...] = ("other",) if rival.is_fixed else ("other", "take")
        if winner is None:
            effect = tr("Neither would work.")
            return Collision(what, effect, ways, rival.text)
        wins, loses = (rival, command) if winner == rival.area else (command, rival)
        effect = tr("{place} {winner} would win and {loser} would not work.").format(
            place=_capital(area_phrase(winner)), winner=wins.text, loser=loses.text
        )
        shorter = tr("{loser} would not work.").format(loser=loses.text), tr("One would not work.")
        return Collision(what, effect, (*ways, "keep"), rival.text, shorter)

    # Qt's side

    def rowCount(self, parent: Index | None = None) -> int:
        """Count the rows."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """Count the columns."""
        return 0 if parent is not None and parent.isValid() else 4

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let the keyboard stand on commands alone."""
        if index.isValid() and isinstance(self._rows[index.row()], ShortcutRow):
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return Qt.ItemFlag.ItemIsEnabled

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Give the row, or a cell as text."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.AccessibleTextRole and isinstance(row, ShortcutRow):
            return _spoken(row, index.column())
        if role == Qt.ItemDataRole.ToolTipRole and isinstance(row, ShortcutRow):
            return row.command.text if index.column() == COMMAND else None
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if isinstance(row, GroupRow):
            return row.title if index.column() == COMMAND else None
        return _cell(row, index.column()) if isinstance(row, ShortcutRow) else None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Name the columns."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (tr("Command"), tr("Keys"), tr("Works in"), tr("Default"))[section]
        return None


def caps(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Give the words of the caps of a command's first keys; none for no keys."""
    words = _MAC_CAPS if sys.platform == "darwin" else _CAPS
    return tuple(words.get(part, part) for part in split(keys[0])) if keys else ()


def area_word(area: Area) -> str:
    """Name an area in the table."""
    return {
        "everywhere": tr("everywhere"),
        "sql_editor": tr("SQL editor"),
        "rule": tr("rule"),
        "action": tr("action"),
        "publish": tr("publish"),
        "text": tr("text fields"),
        "lists": tr("lists"),
    }[area]


def area_phrase(area: Area) -> str:
    """Name an area as a part of a sentence."""
    return {
        "everywhere": tr("everywhere"),
        "sql_editor": tr("in the SQL editor"),
        "rule": tr("on the page of a rule"),
        "action": tr("in the sheet of an action"),
        "publish": tr("where messages are published"),
        "text": tr("in text fields"),
        "lists": tr("in lists"),
    }[area]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _cell(row: ShortcutRow, column: int) -> str:
    if column == COMMAND:
        return row.command.text
    if column == KEYS:
        return " ".join(row.keys)
    if column == AREA:
        return row.area
    return " ".join(row.usual) if row.usual is not None else ""


def _spoken(row: ShortcutRow, column: int) -> str:
    text = _cell(row, column)
    if column == COMMAND and row.has_conflict:
        return tr("{command}, in conflict").format(command=text)
    if column == KEYS:
        return text or tr("no keys")
    if column == USUAL and row.usual is not None:
        return tr("changed, by default {keys}").format(keys=text or tr("no keys"))
    return text
