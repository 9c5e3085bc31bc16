"""From a record in the tail back to the message that made it, in the feed."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from gui.docks.bottom import BottomDock
from gui.docks.feed import FeedPage
from gui.docks.tail import TailDock
from gui.viewmodels.feed_rows import FeedRow
from gui.viewmodels.tail_reader import TailRow


class Lineage(QObject):
    """Knows of sampled messages only, by topic, partition and offset: nothing is added to records.

    Belongs to the tail's dock.
    """

    def __init__(self, tail: TailDock, bottom: BottomDock, feed: FeedPage) -> None:
        super().__init__(tail)
        self._detail, self._bottom, self._feed = tail.detail, bottom, feed
        self._message: FeedRow | None = None
        self._detail.recordShown.connect(self._look_up)
        self._detail.originAsked.connect(self._show)

    @Slot(object)
    def _look_up(self, row: TailRow) -> None:
        record = row.record
        self._message = self._feed.model.message_of(record.topic, record.partition, record.offset)
        self._detail.show_origin(self._message.sample.topic if self._message is not None else "")

    @Slot()
    def _show(self) -> None:
        if self._message is not None:
            self._bottom.show_page("feed")
            self._feed.show_message(self._message)
