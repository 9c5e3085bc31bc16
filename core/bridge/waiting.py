"""Records that wait in memory, and messages that wait for them no longer than they have to."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.bridge.record import Record


class Waiting:
    """Records in the order they came, or came back. One thread.

    Attributes:
        bytes: Their size.
    """

    def __init__(self) -> None:
        self.bytes = 0
        self._records: deque[Record] = deque()

    def __len__(self) -> int:
        return len(self._records)

    def put(self, record: Record) -> None:
        """Add a record at the end."""
        self._records.append(record)
        self.bytes += record.size

    def put_back(self, record: Record) -> None:
        """Return the record that was taken last."""
        self._records.appendleft(record)
        self.bytes += record.size

    def take(self) -> Record | None:
        """Take the first record out."""
        if not self._records:
            return None
        record = self._records.popleft()
        self.bytes -= record.size
        return record

    def take_older(self, than_s: float) -> Record | None:
        """Take the first record out if it is to be sent and its message came before a moment."""
        if not self._records:
            return None
        first = self._records[0]
        is_old = first.ending is None and first.message.received_s < than_s
        return self.take() if is_old else None

    def drop(self) -> Record | None:
        """Take the first record out that is not kept elsewhere."""
        for index, record in enumerate(self._records):
            if not record.is_kept:
                del self._records[index]
                self.bytes -= record.size
                return record
        return None


class Answers:
    """Messages of sync actions, which are let go in time whatever becomes of their records."""

    def __init__(self) -> None:
        self._due: deque[tuple[float, Record]] = deque()

    def __len__(self) -> int:
        return len(self._due)

    def add(self, record: Record, by_s: float) -> None:
        """Remember when a record's message has to go; later than those before."""
        self._due.append((by_s, record))

    def let_go(self, now_s: float) -> bool:
        """Let the messages go whose time is up; True if there were any."""
        late = False
        due = self._due
        while due and (due[0][0] <= now_s or due[0][1].pending is None):
            record = due.popleft()[1]
            if record.pending is not None:
                record.release()
                late = True
        return late
