"""From a record in the tail to the message that made it, and back."""

from __future__ import annotations

from weakref import WeakSet

from PySide6.QtCore import QObject, Slot
from shiboken6 import isValid

from core.bridge.events import MessageSample, RecordSettled
from gui.docks.bottom import BottomDock
from gui.docks.feed import FeedPage
from gui.docks.record_detail import RecordDetail
from gui.docks.tail import TailDock
from gui.viewmodels.feed_rows import FeedRow
from gui.viewmodels.session import Session
from gui.viewmodels.tail_row import TailRow


class Lineage(QObject):
    """Knows of sampled messages only, by topic, partition and offset: nothing is added to records.

    Belongs to the tail's dock.
    """

    def __init__(
        self, tail: TailDock, bottom: BottomDock, feed: FeedPage, session: Session
    ) -> None:
        super().__init__(tail)
        self._bottom, self._feed = bottom, feed
        self._details: WeakSet[RecordDetail] = WeakSet()
        self._early: set[int] = set()
        tail.recordShown.connect(self._look_up)
        session.recordSettled.connect(self._take_record)
        session.messageSampled.connect(self._take_message)
        session.stateChanged.connect(self._take_state)

    def message_of(self, row: TailRow) -> FeedRow | None:
        """Find the message that made a record; None for one that was not sampled."""
        record = row.record
        return self._feed.model.message_of(record.topic, record.partition, record.offset)

    def show_message(self, row: TailRow) -> None:
        """Show the message that made a record, in the feed."""
        message = self.message_of(row)
        if message is not None:
            self._bottom.show_page("feed")
            self._feed.show_message(message)

    @Slot(object)
    def _look_up(self, detail: RecordDetail) -> None:
        """Tell a detail where its record comes from; what is not known yet may be told later."""
        row = detail.row
        message = self.message_of(row) if row is not None else None
        detail.show_origin(message.sample.topic if message is not None else "")
        if message is None:
            self._details.add(detail)
        else:
            self._details.discard(detail)

    @Slot(object)
    def _take_record(self, settled: RecordSettled) -> None:
        """Look again where a record was read before its delivery was told."""
        for detail in list(self._details):
            record = detail.row.record if isValid(detail) and detail.row is not None else None
            if record is None:
                self._details.discard(detail)
            elif (record.topic, record.partition, record.offset) == (
                settled.topic,
                settled.partition,
                settled.offset,
            ):
                self._look_up(detail)
                if detail in self._details:  # the end of a record may be told before its message
                    self._early.add(settled.id)

    @Slot(object)
    def _take_message(self, sample: MessageSample) -> None:
        if sample.id in self._early:
            self._early.discard(sample.id)
            for detail in list(self._details):
                if isValid(detail):
                    self._look_up(detail)

    @Slot(str)
    def _take_state(self, state: str) -> None:
        if state == "starting":  # a new engine counts its samples from the beginning
            self._early.clear()
