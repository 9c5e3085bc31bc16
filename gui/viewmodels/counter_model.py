"""The counters as a tree for Qt: blocks with their sums, summands below."""

from __future__ import annotations

from enum import IntEnum
from typing import Any, Final, TypeAlias

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
    Slot,
)

from gui.viewmodels.counter_reset import Reset
from gui.viewmodels.counters import Block, Counter, Verdict, blocks_of, verdict_of
from gui.viewmodels.feed_rows import clock_time
from gui.viewmodels.live import Live
from gui.viewmodels.words import number, per_second, tr

Index: TypeAlias = QModelIndex | QPersistentModelIndex

NAME: Final = 0
TOTAL: Final = 1
NOW: Final = 2
_COLUMNS: Final = 3
_NONE: Final = QModelIndex()
_RIGHT: Final = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class CounterRole(IntEnum):
    """What a row tells besides its cells, at its first column.

    Attributes:
        KEY: Which block or summand it is.
        IS_HEAD: Whether it is a block's sum.
        HAS_PLUS: Whether another summand stands before it.
        IS_FAILURE: Whether something failed.
        SHOWS: The feed's filter for the messages behind it; empty for none.
        OPENS: The document that has them all; empty for none.
        SHORT: What is counted, where there is little room; empty for the name.
    """

    KEY = int(Qt.ItemDataRole.UserRole) + 1
    IS_HEAD = int(Qt.ItemDataRole.UserRole) + 2
    HAS_PLUS = int(Qt.ItemDataRole.UserRole) + 3
    IS_FAILURE = int(Qt.ItemDataRole.UserRole) + 4
    SHOWS = int(Qt.ItemDataRole.UserRole) + 5
    OPENS = int(Qt.ItemDataRole.UserRole) + 6
    SHORT = int(Qt.ItemDataRole.UserRole) + 7


class CounterModel(QAbstractItemModel):
    """Reset when blocks or summands come or go; else only numbers that changed are repainted.

    The internal id of a sum's index is 0, that of a summand is its block's place plus 1.

    Signals:
        verdictChanged: A `Verdict`.
    """

    verdictChanged = Signal(object)

    def __init__(self, live: Live) -> None:
        super().__init__(live)
        self._live = live
        self._rule = ""
        self._reset: Reset | None = None
        self._blocks: list[Block] = []
        self.verdict = Verdict("not_tried", "")
        self.is_paused = False
        live.session.stateChanged.connect(self._take_state)
        live.changed.connect(self.refresh)
        self.refresh()

    def set_rule(self, rule: str) -> None:
        """Count one rule only, or everything for an empty name."""
        self._rule = rule
        self.refresh(is_asked=True)

    @property
    def since(self) -> str:
        """Tell from when on is counted."""
        if self._reset is None:
            return tr("Since start")
        return tr("Since {time}").format(time=clock_time(round(self._reset.at_s * 1_000))[:5])

    def start_over(self) -> bool:
        """Count anew from now on; what was counted so far stays below. Tells whether it is done."""
        snapshot = self._live.snapshot
        if snapshot is None:
            return False
        self._reset = Reset.now(snapshot)
        self.refresh(is_asked=True)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, TOTAL, TOTAL)
        return True

    @Slot(str)
    def _take_state(self, state: str) -> None:
        """Forget the reset where the bridge starts: its counters begin anew by themselves."""
        if state == "starting" and self._reset is not None:
            self._reset = None
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, TOTAL, TOTAL)

    @Slot()
    def refresh(self, *, is_asked: bool = False) -> None:
        """Take the newest numbers, unless the view stands still."""
        if self.is_paused and not is_asked:
            return
        before, now = self._blocks, blocks_of(self._live, self._rule, self._reset)
        if _shape(before) != _shape(now):
            self.beginResetModel()
            self._blocks = now
            self.endResetModel()
        else:
            self._blocks = now
            self._tell_changes(before)
        verdict = verdict_of(self._live, now, self._rule)
        if verdict != self.verdict:
            self.verdict = verdict
            self.verdictChanged.emit(verdict)

    def _tell_changes(self, before: list[Block]) -> None:
        for place, (old, new) in enumerate(zip(before, self._blocks, strict=True)):
            if old == new:
                continue
            head = self.index(place, NAME)
            self.dataChanged.emit(head, head.siblingAtColumn(NOW))
            if new.counters:
                last = len(new.counters) - 1
                self.dataChanged.emit(self.index(0, NAME, head), self.index(last, NOW, head))

    # Qt's side

    def index(self, row: int, column: int, parent: Index = _NONE) -> QModelIndex:
        """Give the index of a sum, or of a summand below it."""
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, child: Index = _NONE) -> QModelIndex:  # pyright: ignore[reportIncompatibleMethodOverride] - Qt has another of this name
        """Give the sum that a summand belongs to."""
        block = child.internalId() if child.isValid() else 0
        return self.createIndex(block - 1, NAME, 0) if block else QModelIndex()

    def rowCount(self, parent: Index = _NONE) -> int:
        """Count the sums, or the summands of one."""
        if not parent.isValid():
            return len(self._blocks)
        if parent.internalId() or parent.column():
            return 0
        return len(self._blocks[parent.row()].counters)

    def columnCount(self, parent: Index = _NONE) -> int:
        """Count the columns."""
        return _COLUMNS

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Give what Qt asks for, and what `CounterRole` names."""
        if not index.isValid():
            return None
        block = index.internalId()
        if not block:
            return _of_block(self._blocks[index.row()], index.column(), role)
        counter = self._blocks[block - 1].counters[index.row()]
        if role == CounterRole.HAS_PLUS:
            return index.row() > 0 and self._blocks[block - 1].total is not None
        return _of_counter(counter, index.column(), role)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Name the columns."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return (tr("Counter"), self.since, tr("Now"))[section]
        return _RIGHT if role == Qt.ItemDataRole.TextAlignmentRole and section else None


def _of_block(block: Block, column: int, role: int) -> Any:
    total = "" if block.total is None else number(block.total)
    match role:
        case Qt.ItemDataRole.DisplayRole:
            return (block.name, total, "")[column]
        case Qt.ItemDataRole.AccessibleTextRole:
            return f"{block.name}, {total}" if total else block.name
        case Qt.ItemDataRole.ToolTipRole:
            return block.name
        case CounterRole.KEY:
            return block.key
        case CounterRole.IS_HEAD:
            return True
        case _:
            return None


def _of_counter(counter: Counter, column: int, role: int) -> Any:
    has_messages = bool(counter.shows and counter.total)
    is_failure = counter.is_failure and bool(counter.total)
    now = "" if counter.now is None else per_second(counter.now)
    match role:
        case Qt.ItemDataRole.DisplayRole:
            return (counter.name, number(counter.total), now)[column]
        case Qt.ItemDataRole.AccessibleTextRole:
            asks = tr("Enter shows the messages") if has_messages else ""
            parts = (counter.name, number(counter.total), now, asks)
            return ", ".join(part for part in parts if part)
        case Qt.ItemDataRole.ToolTipRole:
            does = tr("Show the messages in the feed") if has_messages else ""
            does = tr("Open the dead letters") if is_failure and counter.opens else does
            return "\n".join(part for part in (counter.name, does) if part)
        case CounterRole.KEY:
            return counter.key
        case CounterRole.IS_FAILURE:
            return is_failure
        case CounterRole.SHORT:
            return counter.short
        case CounterRole.SHOWS:
            return counter.shows if has_messages else ""
        case CounterRole.OPENS:
            return counter.opens if is_failure else ""
        case _:
            return None


def _shape(blocks: list[Block]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(b.key, b.name, tuple(counter.key for counter in b.counters)) for b in blocks]
