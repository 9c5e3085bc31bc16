"""Rows of a live list: the newest are kept within bounds, filtered, and shown at a calm pace."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
    Slot,
)

from gui.viewmodels.live_rows import Divider, LiveRow
from gui.viewmodels.row_filter import RowFilter, parse_filter
from gui.viewmodels.words import clock, locale, number, plural, tr

Index: TypeAlias = QModelIndex | QPersistentModelIndex

MOST_ROWS: Final = 50_000
MOST_BYTES: Final = 64 << 20
_MOST_WAITING: Final = 20_000
_MOST_WAITING_BYTES: Final = 16 << 20
_PUBLISH_S: Final = 0.1
_SLICE_S: Final = 0.004


class RingModel(QAbstractTableModel):
    """The rows that pass the filter, out of the newest that fit; older ones go.

    Belongs to the loop's thread, and works there in slices of at most 4 ms. Views hear of new rows
    at most ten times a second. Rows that come faster than they can be looked at are left out and
    counted, so that `taken` is always exact.

    Attributes:
        taken: Rows that came since the last `clear`.
        gone: Of these, those that were kept and had to make room.
        left_out: Of these, those that were never kept: during a pause, or because there were too
            many to look at.
        is_following: Whether views stay at the newest row.
        new_below: Rows that came since following ended.

    Signals:
        countsChanged: What the count says, or whether there are rows.
        filterChanged: The filter, or its problem.
        pausedChanged: Whether new rows are left out.
        followingChanged: Whether views stay at the newest row, or `new_below`.
        dividerShown: The place of a divider that is shown now.
    """

    countsChanged = Signal()
    filterChanged = Signal()
    pausedChanged = Signal(bool)
    followingChanged = Signal()
    dividerShown = Signal(int)

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        most_rows: int = MOST_ROWS,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        super().__init__(parent)
        self._most_rows, self._most_bytes = most_rows, most_bytes
        self._incoming: deque[LiveRow | Divider] = deque()
        self._incoming_bytes = 0
        self._kept: list[LiveRow | Divider] = []
        self._kept_bytes = 0
        self._dividers = self._shown_dividers = 0
        self._looked = 0
        self._found: list[LiveRow | Divider] = []
        self._shown: list[LiveRow | Divider] = []
        self._filter = RowFilter()
        self._filter_text = ""
        self._problem = ""
        self._paused_at = 0.0
        self._left_out_before = 0
        self._has_changed_rows = False
        self._published_s = 0.0
        self.taken = 0
        self.gone = 0
        self.left_out = 0
        self.is_following = True
        self.new_below = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._work)

    # What there is

    @property
    def kept(self) -> int:
        """Count the rows that are kept, whether they pass the filter or not."""
        return len(self._kept) - self._dividers

    @property
    def matching(self) -> int:
        """Count the rows that pass the filter."""
        return len(self._shown) - self._shown_dividers

    @property
    def kept_bytes(self) -> int:
        """Tell about how many bytes the rows take."""
        return self._kept_bytes

    @property
    def filter_text(self) -> str:
        """The filter as it was written last."""
        return self._filter_text

    @property
    def problem(self) -> str:
        """Why the filter is not applied; the last good one is. Empty when all is well."""
        return self._problem

    @property
    def is_paused(self) -> bool:
        """Whether new rows are left out."""
        return self._paused_at > 0

    @property
    def count_text(self) -> str:
        """How many rows there are, in words that fit a narrow bar."""
        text = tr("{count} of {most}")
        if self._filter.ways:
            return text.format(count=number(self.matching), most=number(self.kept))
        return text.format(count=number(self.kept), most=number(self._most_rows))

    @property
    def short_count_text(self) -> str:
        """How many rows are shown, where even less has room."""
        return number(self.matching if self._filter.ways else self.kept)

    @property
    def count_detail(self) -> str:
        """What has become of every row."""
        parts = [
            tr("The newest {rows} rows are kept, or {size}.").format(
                rows=number(self._most_rows), size=locale().formattedDataSize(self._most_bytes)
            )
        ]
        if self.gone:
            parts.append(plural("%n older row has gone.", "%n older rows have gone.", self.gone))
        if self.left_out:
            parts.append(plural("%n row was not shown.", "%n rows were not shown.", self.left_out))
        return " ".join(parts)

    def row_at(self, place: int) -> LiveRow | Divider:
        """Give a shown row."""
        return self._shown[place]

    def place_of(self, row: object) -> int:
        """Tell where a row is shown; -1 if it is filtered out or has gone. Cost: O(rows)."""
        places = range(len(self._shown) - 1, -1, -1)
        return next((place for place in places if self._shown[place] is row), -1)

    # What the user does

    def set_filter(self, text: str) -> None:
        """Show the rows that pass a filter, now and later; a bad one leaves the last as it is."""
        self._filter_text = text
        parsed = parse_filter(text)
        self._problem = parsed.problem
        if not parsed.problem:
            self._filter = parsed
            self._look_again()
        self.filterChanged.emit()
        self.countsChanged.emit()

    def set_paused(self, is_paused: bool) -> None:
        """Leave new rows out from now on, or show them again after a line that tells the gap."""
        if is_paused == self.is_paused:
            return
        if is_paused:
            self._paused_at = time.time()
            self._left_out_before = self.left_out
        else:
            if missed := self.left_out - self._left_out_before:
                self._queue(Divider(_gap_text(self._paused_at, time.time(), missed)))
            self._paused_at = 0.0
        self.pausedChanged.emit(is_paused)
        self.countsChanged.emit()

    def set_most_rows(self, count: int) -> None:
        """Keep so many rows from now on; the oldest ones go a moment later."""
        if count != self._most_rows:
            self._most_rows = count
            self._schedule()

    def clear(self) -> None:
        """Forget every row."""
        self.beginResetModel()
        self._incoming.clear()
        self._kept, self._found, self._shown = [], [], []
        self._incoming_bytes = self._kept_bytes = self._looked = 0
        self._dividers = self._shown_dividers = 0
        self.taken = self.gone = self.left_out = self._left_out_before = self.new_below = 0
        self.endResetModel()
        self.countsChanged.emit()
        self.followingChanged.emit()

    def follow(self, is_following: bool = True) -> None:
        """Stay at the newest row, or where the user looks."""
        if is_following != self.is_following:
            self.is_following = is_following
            self.new_below = 0
            self.followingChanged.emit()

    # What comes in

    def add(self, rows: Iterable[LiveRow]) -> None:
        """Take rows, oldest first; they are shown a moment later. Cost: O(1) a row."""
        for row in rows:
            self.taken += 1
            if self._paused_at:
                self.left_out += 1
            else:
                self._queue(row)
        if self._paused_at:
            self._schedule()

    def leave_out(self, count: int) -> None:
        """Count rows that came and are not shown."""
        self.taken += count
        self.left_out += count
        self._schedule()

    def divide(self, text: str) -> None:
        """Put a line between the rows so far and those to come."""
        self._queue(Divider(text))

    def rows_changed(self) -> None:
        """Have views paint rows anew that have been written to; at the pace of new rows."""
        self._has_changed_rows = True
        self._schedule()

    def _queue(self, row: LiveRow | Divider) -> None:
        self._incoming.append(row)
        self._incoming_bytes += _weight(row)
        while len(self._incoming) > _MOST_WAITING or (
            self._incoming_bytes > _MOST_WAITING_BYTES and len(self._incoming) > 1
        ):
            dropped = self._incoming.popleft()
            self._incoming_bytes -= _weight(dropped)
            self.left_out += not isinstance(dropped, Divider)
        self._schedule()

    def _schedule(self) -> None:
        if not self._timer.isActive():
            wait_s = max(self._published_s + _PUBLISH_S - time.perf_counter(), 0)
            self._timer.start(round(wait_s * 1_000))

    # The work

    @Slot()
    def _work(self) -> None:
        """Look at what came, for one slice; what was found is published when it is time."""
        now = time.perf_counter()
        is_done = self._look(now + _SLICE_S)
        if is_done or now - self._published_s >= _PUBLISH_S:
            self._publish()
        if not is_done:
            self._timer.start(0)

    def _look(self, until_s: float) -> bool:
        """Take rows in and look which pass, as long as there is time; tells whether all are."""
        while self._incoming:
            row = self._incoming.popleft()
            weight = _weight(row)
            self._incoming_bytes -= weight
            self._kept_bytes += weight
            self._dividers += isinstance(row, Divider)
            self._kept.append(row)
        kept, found, is_checked = self._kept, self._found, bool(self._filter.ways)
        while self._looked < len(kept):
            row = kept[self._looked]
            self._looked += 1
            if not is_checked or isinstance(row, Divider) or self._passes(row):
                found.append(row)
            if time.perf_counter() > until_s:
                break
        return self._looked == len(kept)

    def _passes(self, row: LiveRow) -> bool:
        try:
            return self._filter.matches(row)
        except TimeoutError:
            self._problem = tr("This expression takes too long; it is applied no more.")
            self._filter = RowFilter()
            self.filterChanged.emit()
            return True

    def _look_again(self) -> None:
        """Start over with another filter; small lists are done at once and never seen half."""
        self._looked, self._found = 0, []
        is_done = self._look(time.perf_counter() + _SLICE_S)
        self.beginResetModel()
        self._shown, self._found = self._found, []
        self._shown_dividers = _count_dividers(self._shown)
        self.endResetModel()
        self.new_below = 0
        self.followingChanged.emit()
        self._tell_dividers(0)
        self._evict()
        if not is_done:
            self._timer.start(0)

    def _publish(self) -> None:
        self._published_s = time.perf_counter()
        found, self._found = self._found, []
        dividers = _count_dividers(found)
        if found:
            first = len(self._shown)
            self.beginInsertRows(QModelIndex(), first, first + len(found) - 1)
            self._shown += found
            self._shown_dividers += dividers
            self.endInsertRows()
            self._tell_dividers(first)
        self._evict()
        if self._has_changed_rows and self._shown:
            last = self.index(len(self._shown) - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)
        self._has_changed_rows = False
        if found and not self.is_following:
            self.new_below += len(found) - dividers
            self.followingChanged.emit()
        self.countsChanged.emit()

    def _tell_dividers(self, first: int) -> None:
        if self._shown_dividers:
            for place in range(first, len(self._shown)):
                if isinstance(self._shown[place], Divider):
                    self.dividerShown.emit(place)

    def _evict(self) -> None:
        """Let the oldest rows go that are too many; called when nothing waits to be shown."""
        count, freed = 0, 0
        most = len(self._kept)
        while count < most and (
            most - count > self._most_rows or self._kept_bytes - freed > self._most_bytes
        ):
            freed += _weight(self._kept[count])
            count += 1
        if not count:
            return
        hidden = 0
        for row in self._kept[:count]:
            if hidden < len(self._shown) and self._shown[hidden] is row:
                hidden += 1
        dividers = _count_dividers(self._kept[:count])
        self._dividers -= dividers
        self.gone += count - dividers
        self._kept_bytes -= freed
        del self._kept[:count]
        self._looked = max(self._looked - count, 0)
        if hidden:
            self.beginRemoveRows(QModelIndex(), 0, hidden - 1)
            self._shown_dividers -= _count_dividers(self._shown[:hidden])
            del self._shown[:hidden]
            self.endRemoveRows()

    # Qt's side

    def rowCount(self, parent: Index | None = None) -> int:
        """Count the shown rows."""
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index | None = None) -> int:
        """Count the columns: one, which a delegate fills."""
        return 0 if parent is not None and parent.isValid() else 1

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let everything but dividers be selected."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if isinstance(self._shown[index.row()], Divider):
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


def _count_dividers(rows: Sequence[LiveRow | Divider]) -> int:
    return sum(isinstance(row, Divider) for row in rows)


def _weight(row: LiveRow | Divider) -> int:
    return len(row.text) if isinstance(row, Divider) else row.weight


def _gap_text(from_s: float, to_s: float, missed: int) -> str:
    times = tr("paused {start} to {end}").format(
        start=clock(from_s),
        end=clock(to_s),
    )
    return f"{times}, {plural('%n not shown', '%n not shown', missed)}"
