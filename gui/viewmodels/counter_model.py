"""The counters as a tree for Qt: blocks with their sums, summands below."""

from __future__ import annotations

from enum import IntEnum
from typing import Any, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QStandardItem, QStandardItemModel

from gui.viewmodels.counters import Block, Counter, Verdict, blocks_of, verdict_of
from gui.viewmodels.live import Live
from gui.viewmodels.words import number, per_second, tr

NAME: Final = 0
TOTAL: Final = 1
NOW: Final = 2


class CounterRole(IntEnum):
    """What a row tells besides its cells, at its first column.

    Attributes:
        KEY: Which block or summand it is.
        IS_HEAD: Whether it is a block's sum.
        HAS_PLUS: Whether another summand stands before it.
        IS_FAILURE: Whether something failed.
        SHOWS: The feed's filter for the messages behind it; empty for none.
    """

    KEY = int(Qt.ItemDataRole.UserRole) + 1
    IS_HEAD = int(Qt.ItemDataRole.UserRole) + 2
    HAS_PLUS = int(Qt.ItemDataRole.UserRole) + 3
    IS_FAILURE = int(Qt.ItemDataRole.UserRole) + 4
    SHOWS = int(Qt.ItemDataRole.UserRole) + 5


class CounterModel(QStandardItemModel):
    """Built anew when blocks or summands come or go; else only numbers are written.

    Signals:
        verdictChanged: A `Verdict`.
    """

    verdictChanged = Signal(object)

    def __init__(self, live: Live) -> None:
        super().__init__(live)
        self._live = live
        self._rule = ""
        self._blocks: list[Block] = []
        self.verdict = Verdict("not_tried", "")
        self.is_paused = False
        self._name_columns()
        live.changed.connect(self.refresh)
        self.refresh()

    def set_rule(self, rule: str) -> None:
        """Count one rule only, or everything for an empty name."""
        self._rule = rule
        self.refresh(is_asked=True)

    @Slot()
    def refresh(self, *, is_asked: bool = False) -> None:
        """Take the newest numbers, unless the view stands still."""
        if self.is_paused and not is_asked:
            return
        before, self._blocks = self._blocks, blocks_of(self._live, self._rule)
        if _shape(before) != _shape(self._blocks):
            self._build()
        self._write()
        verdict = verdict_of(self._live, self._rule)
        if verdict != self.verdict:
            self.verdict = verdict
            self.verdictChanged.emit(verdict)

    def _name_columns(self) -> None:
        self.setHorizontalHeaderLabels([tr("Counter"), tr("Since start"), tr("Now")])
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for column in (TOTAL, NOW):
            self.setHeaderData(
                column, Qt.Orientation.Horizontal, right, Qt.ItemDataRole.TextAlignmentRole
            )

    def _build(self) -> None:
        self.removeRows(0, self.rowCount())
        for block in self._blocks:
            cells = _cells(block.name, block.key)
            cells[NAME].setData(True, CounterRole.IS_HEAD)
            for place, counter in enumerate(block.counters):
                row = _cells(counter.name, counter.key)
                row[NAME].setData(place > 0, CounterRole.HAS_PLUS)
                cells[NAME].appendRow(row)
            self.appendRow(cells)

    def _write(self) -> None:
        for place, block in enumerate(self._blocks):
            head = self.item(place, NAME)
            _set(self.item(place, TOTAL), Qt.ItemDataRole.DisplayRole, number(block.total))
            spoken = f"{block.name}, {number(block.total)}"
            _set(head, Qt.ItemDataRole.AccessibleTextRole, spoken)
            for row, counter in enumerate(block.counters):
                _write_counter([head.child(row, column) for column in range(3)], counter)


def _write_counter(cells: list[QStandardItem], counter: Counter) -> None:
    is_failure = bool(counter.shows and counter.total)
    now = "" if counter.now is None else per_second(counter.now)
    _set(cells[TOTAL], Qt.ItemDataRole.DisplayRole, number(counter.total))
    _set(cells[NOW], Qt.ItemDataRole.DisplayRole, now)
    _set(cells[NAME], CounterRole.IS_FAILURE, is_failure)
    _set(cells[NAME], CounterRole.SHOWS, counter.shows if is_failure else "")
    parts = [counter.name, number(counter.total), now]
    if is_failure:
        parts.append(tr("Enter shows the messages"))
        _set(cells[NAME], Qt.ItemDataRole.ToolTipRole, tr("Show the messages in the feed"))
    spoken = ", ".join(part for part in parts if part)
    _set(cells[NAME], Qt.ItemDataRole.AccessibleTextRole, spoken)


def _cells(name: str, key: str) -> list[QStandardItem]:
    cells = [QStandardItem(name), QStandardItem(), QStandardItem()]
    cells[NAME].setData(key, CounterRole.KEY)
    for cell in cells:
        cell.setEditable(False)
    return cells


def _shape(blocks: list[Block]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(b.key, b.name, tuple(counter.key for counter in b.counters)) for b in blocks]


def _set(item: QStandardItem, role: int, value: Any) -> None:
    """Write what is new: every write repaints the row."""
    if item.data(role) != value:
        item.setData(value, role)
