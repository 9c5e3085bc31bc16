"""The dead letters of an action as a table: newest first, in groups, with check boxes."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from core.bridge.letters import LetterHead, Place
from gui.viewmodels.feed_rows import clock_time
from gui.viewmodels.letter_words import day, list_title, local_day
from gui.viewmodels.loss_words import title
from gui.viewmodels.row_filter import RowFilter, parse_filter
from gui.viewmodels.table_roles import TableRole
from gui.viewmodels.words import byte_size, clock, tr

Index: TypeAlias = QModelIndex | QPersistentModelIndex
Column: TypeAlias = Literal["check", "reason", "time", "topic", "key", "size"]

COLUMNS: Final[tuple[Column, ...]] = ("check", "reason", "time", "topic", "key", "size")
_NO_PARENT: Final = QModelIndex()
_RIGHT: Final = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_START: Final = "start"


@dataclass(frozen=True, slots=True)
class Group:
    """The head of letters that belong together; `key` stays while its text changes."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A letter, as a filter sees it."""

    head: LetterHead

    @property
    def key(self) -> Place:
        """What tells it from all others."""
        return self.head.place

    def texts(self) -> Iterable[str]:
        """List what words of a filter are looked for in."""
        head = self.head
        return (title(head.kind), head.reason, head.topic, head.key, head.rule, head.start)

    def field(self, name: str) -> str | int | None:
        """Give a field that a filter names."""
        head = self.head
        return {"topic": head.topic, "key": head.key, "size": head.size}.get(name)

    def document(self) -> str:
        """Give the beginning of the payload, which is all of a small one."""
        return self.head.start


Entry: TypeAlias = Group | LetterRow


class LetterModel(QAbstractTableModel):
    """Rows come and go one by one, so that what is looked at stays where it is.

    Signals:
        checkedChanged: Which rows are checked, or shown.
        filterChanged: The filter's problem.
    """

    checkedChanged = Signal()
    filterChanged = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._heads: Sequence[LetterHead] = ()
        self._rows: list[Entry] = []
        self._checked: set[Place] = set()
        self._filter = RowFilter()
        self._kind = ""
        self._started_ms: int | None = None
        self.problem = ""

    # What there is

    @property
    def shown(self) -> list[LetterHead]:
        """The letters that pass the filter, in their order."""
        return [row.head for row in self._rows if isinstance(row, LetterRow)]

    @property
    def checked(self) -> list[LetterHead]:
        """Those of them that are checked."""
        return [head for head in self.shown if head.place in self._checked]

    @property
    def kinds(self) -> list[str]:
        """The kinds of reasons there are, in the order of their newest letter."""
        return list(dict.fromkeys(head.kind for head in reversed(self._heads)))

    def row_of(self, place: Place) -> int:
        """Find the row of a letter; -1 for one that is not shown."""
        keys = [row.key for row in self._rows]
        return keys.index(place) if place in keys else -1

    def head_at(self, row: int) -> LetterHead | None:
        """Give the letter of a row; None for the head of a group."""
        if not 0 <= row < len(self._rows):
            return None
        found = self._rows[row]
        return found.head if isinstance(found, LetterRow) else None

    def neighbour_of(self, row: int) -> Place | None:
        """Name the letter that takes a row's place when it goes: the next one, else the last."""
        rows = [*self._rows[row + 1 :], *reversed(self._rows[:row])]
        return next((each.key for each in rows if isinstance(each, LetterRow)), None)

    # What is shown of it

    def show(self, heads: Sequence[LetterHead], started_ms: int | None) -> None:
        """Show other letters.

        Args:
            heads: Oldest first.
            started_ms: When the bridge was started; None while it is stopped.
        """
        self._heads, self._started_ms = heads, started_ms
        self._checked &= {head.place for head in heads}
        self._arrange()

    def set_filter(self, text: str) -> None:
        """Show letters that pass a filter only."""
        self._filter = parse_filter(text)
        self.problem = self._filter.problem
        self._arrange()
        self.filterChanged.emit()

    def set_kind(self, kind: str) -> None:
        """Show letters of one kind of reason only; all for an empty name."""
        self._kind = kind
        self._arrange()

    def check(self, rows: Iterable[int], is_checked: bool) -> None:
        """Check rows, or take the ticks away; heads of groups have none."""
        places = {head.place for row in rows if (head := self.head_at(row)) is not None}
        self._checked = self._checked | places if is_checked else self._checked - places
        self._tell_checks()

    def check_all(self, is_checked: bool) -> None:
        """Check everything that is shown, or nothing at all."""
        self._checked = {head.place for head in self.shown} if is_checked else set()
        self._tell_checks()

    def _tell_checks(self) -> None:
        if self._rows:
            last = self.index(len(self._rows) - 1, 0)
            self.dataChanged.emit(self.index(0, 0), last, [Qt.ItemDataRole.CheckStateRole])
        self.checkedChanged.emit()

    def _arrange(self) -> None:
        """Bring the rows to what is to be shown, by as few removals and insertions as it takes."""
        rows = list(self._wanted())
        wanted = {row.key for row in rows}
        self._remove({row.key for row in self._rows} - wanted)
        before = [row.key for row in self._rows]
        kept = set(before)
        if [row.key for row in rows if row.key in kept] != before:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
        else:
            self._insert(rows)
        self.checkedChanged.emit()

    def _remove(self, keys: set[Place | str]) -> None:
        last = len(self._rows) - 1
        while last >= 0:
            first = last
            while first >= 0 and self._rows[first].key in keys:
                first -= 1
            if first < last:
                self.beginRemoveRows(QModelIndex(), first + 1, last)
                del self._rows[first + 1 : last + 1]
                self.endRemoveRows()
            last = first - 1

    def _insert(self, rows: list[Entry]) -> None:
        at = 0
        while at < len(rows):
            if at < len(self._rows) and self._rows[at].key == rows[at].key:
                if self._rows[at] != rows[at]:
                    self._rows[at] = rows[at]
                    self.dataChanged.emit(self.index(at, 0), self.index(at, len(COLUMNS) - 1))
                at += 1
                continue
            following = self._rows[at].key if at < len(self._rows) else None
            end = at
            while end < len(rows) and rows[end].key != following:
                end += 1
            self.beginInsertRows(QModelIndex(), at, end - 1)
            self._rows[at:at] = rows[at:end]
            self.endInsertRows()
            at = end

    def _wanted(self) -> Iterable[Entry]:
        today = local_day(time.time_ns() // 1_000_000)
        group = ""
        for head in reversed(self._heads):
            row = LetterRow(head)
            if (self._kind and head.kind != self._kind) or not self._passes(row):
                continue
            is_new = self._started_ms is not None and head.time_ms >= self._started_ms
            at = local_day(head.time_ms)
            key = _START if is_new else at.isoformat()
            if key != group:
                group = key
                words = tr("Since start, {time}").format(
                    time=clock((self._started_ms or 0) / 1_000)
                )
                yield Group(key, words if is_new else day(at, today))
            yield row

    def _passes(self, row: LetterRow) -> bool:
        try:
            return self._filter.matches(row)
        except TimeoutError:
            self.problem = tr("This expression takes too long; it is applied no more.")
            self._filter = RowFilter()
            return True

    # Qt's side

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        """Count letters and heads of groups."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NO_PARENT) -> int:
        """Count the columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let letters be chosen and checked."""
        if self.head_at(index.row()) is None:
            return Qt.ItemFlag.ItemIsEnabled
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == 0 else flags

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """Tell about a cell."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row, column = self._rows[index.row()], COLUMNS[index.column()]
        if isinstance(row, Group):
            return _of_group(row, column, role)
        return self._of_letter(row.head, column, role)

    def _of_letter(self, head: LetterHead, column: Column, role: int) -> Any:
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return cell(head, column)
            case Qt.ItemDataRole.CheckStateRole if column == "check":
                is_checked = head.place in self._checked
                return Qt.CheckState.Checked if is_checked else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._spoken(head) if column == "check" else cell(head, column)
            case Qt.ItemDataRole.ToolTipRole if column in ("reason", "topic", "key"):
                return head.reason if column == "reason" else cell(head, column)
            case Qt.ItemDataRole.TextAlignmentRole if column == "size":
                return _RIGHT
            case TableRole.STATUS if column == "reason":
                return "failed"
            case TableRole.TONE:
                return {"time": "text3", "size": "text2"}.get(column, "text1")
            case _:
                return None

    def _spoken(self, head: LetterHead) -> str:
        is_checked = head.place in self._checked
        parts = [tr("Checked") if is_checked else tr("Not checked")]
        parts += [cell(head, column) for column in COLUMNS if column != "check"]
        return ", ".join(part for part in parts if part)

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = int(Qt.ItemDataRole.DisplayRole),
    ) -> Any:
        """Name the columns."""
        column = COLUMNS[section] if orientation == Qt.Orientation.Horizontal else ""
        if role == Qt.ItemDataRole.TextAlignmentRole and column == "size":
            return _RIGHT
        if role == Qt.ItemDataRole.AccessibleTextRole and column == "time":
            return tr("Time, newest first")
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return {
            "reason": tr("Reason"),
            "time": tr("Time"),
            "topic": tr("MQTT topic"),
            "key": tr("Key"),
            "size": tr("Size"),
        }.get(column, "")


def cell(head: LetterHead, column: Column) -> str:
    """Write a cell out."""
    match column:
        case "reason":
            return list_title(head)
        case "time":
            return clock_time(head.time_ms)
        case "topic":
            return head.topic
        case "key":
            return head.key
        case "size":
            return byte_size(head.size)
        case _:
            return ""


def _of_group(group: Group, column: Column, role: int) -> Any:
    match role:
        case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
            return group.text if column == "check" else None
        case TableRole.HEAD:
            return True
        case TableRole.TONE:
            return "text2"
        case _:
            return None
