"""Showing one record in the tail: open its topic, wait until it is read, stand on it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QTimer, Slot

from gui.docks.tail import TailDock
from gui.docks.tail_panel import TailPanel
from gui.viewmodels.live_rows import ROW_ROLE
from gui.viewmodels.tail_row import TailRow
from gui.viewmodels.tail_topics import TailTopic

_PATIENCE_MS: Final = 1_000
_FROM: Final = "-1000"


class RecordSeeker(QObject):
    """Looks for a record among those that the tail shows, and then among earlier ones."""

    def __init__(self, tail: TailDock) -> None:
        super().__init__(tail)
        self._tail = tail
        self._panel: TailPanel | None = None
        self._sought = (0, 0)
        self._starts: list[str] = []
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.timeout.connect(self._look_further)
        tail.tails.tabRemoved.connect(self._take_removal)

    @Slot(str, str, int, int)
    def seek(self, connector: str, topic: str, partition: int, offset: int) -> None:
        """Show a record; one that was deleted meanwhile is not found."""
        tail = self._tail
        self._end()
        tail.show()
        tail.raise_()
        panel = self._panel = tail.open_topic(TailTopic(connector, topic))
        self._sought = (partition, offset)
        self._starts = [_FROM, f"@{offset}"]
        if panel.rows.filter_text:
            panel.bar.filter.clear()
        if panel.model.partitions and partition not in panel.model.partitions:
            panel.model.set_partitions(())
        panel.rows.rowsInserted.connect(self._look)
        panel.rows.modelReset.connect(self._look)
        self._patience.start(_PATIENCE_MS)
        self._look()

    @Slot()
    def _look(self) -> None:
        panel = self._panel
        if panel is None:
            return
        rows = panel.rows
        for place in range(rows.rowCount() - 1, -1, -1):
            index = rows.index(place, 0)
            row = index.data(ROW_ROLE)
            if (
                isinstance(row, TailRow)
                and (row.record.partition, row.record.offset) == self._sought
            ):
                self._end()
                panel.table.setCurrentIndex(index)
                panel.table.scrollTo(index)
                self._tail.focus()
                return

    @Slot()
    def _look_further(self) -> None:
        """Read again from earlier on; the record may have come before reading began."""
        panel = self._panel
        if panel is None or not self._starts:
            self._end()
            return
        panel.model.set_start(self._starts.pop(0))
        self._patience.start(2 * _PATIENCE_MS)

    @Slot(object)
    def _take_removal(self, tab: object) -> None:
        if self._panel is not None and self._panel.model is tab:
            self._panel = None
            self._end()

    def _end(self) -> None:
        self._patience.stop()
        panel, self._panel = self._panel, None
        if panel is not None:
            panel.rows.rowsInserted.disconnect(self._look)
            panel.rows.modelReset.disconnect(self._look)
