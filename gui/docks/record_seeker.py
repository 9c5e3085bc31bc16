"""Showing one record in the tail: choose its topic, wait until it is read, stand on it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QTimer, Slot

from gui.docks.tail import TailDock
from gui.viewmodels.live_rows import ROW_ROLE
from gui.viewmodels.tail import STARTS, TailTopic
from gui.viewmodels.tail_reader import TailRow

_PATIENCE_MS: Final = 1_000
_FROM: Final = "-1000"


class RecordSeeker(QObject):
    """Looks for a record among those that the tail shows, and then among earlier ones."""

    def __init__(self, tail: TailDock) -> None:
        super().__init__(tail)
        self._tail = tail
        self._sought: tuple[int, int] | None = None
        self._has_read_again = False
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(self._look_further)
        tail.rows.rowsInserted.connect(self._look)
        tail.rows.modelReset.connect(self._look)

    @Slot(str, str, int, int)
    def seek(self, connector: str, topic: str, partition: int, offset: int) -> None:
        """Show a record; one that is too old to be among the newest is not found."""
        tail, wanted = self._tail, TailTopic(connector, topic)
        self._sought = (partition, offset)
        self._has_read_again = False
        tail.show()
        tail.raise_()
        if tail.rows.filter_text:
            tail.filter.clear()
        if tail.model.chosen != wanted:
            tail.model.choose(wanted)
        self._patience.start()
        self._look()

    @Slot()
    def _look(self) -> None:
        if self._sought is None:
            return
        rows = self._tail.rows
        for place in range(rows.rowCount() - 1, -1, -1):
            index = rows.index(place, 0)
            row = index.data(ROW_ROLE)
            if (
                isinstance(row, TailRow)
                and (row.record.partition, row.record.offset) == self._sought
            ):
                self._end()
                self._tail.table.setCurrentIndex(index)
                self._tail.table.scrollTo(index)
                self._tail.focus()
                return

    @Slot()
    def _look_further(self) -> None:
        """Read again from earlier on, once; the record may have come before reading began."""
        if self._sought is None or self._has_read_again:
            self._end()
            return
        self._has_read_again = True
        self._tail.start.setCurrentIndex(STARTS.index(_FROM))
        self._tail.model.set_start(_FROM)
        self._patience.start(2 * _PATIENCE_MS)

    def _end(self) -> None:
        self._sought = None
        self._patience.stop()
