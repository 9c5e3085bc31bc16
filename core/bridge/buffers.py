"""Where records of one action wait: in memory, or on disk as well."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Protocol

import msgspec

from core.bridge.record import Owner, Record, RecordDecoder, encode_record
from core.bridge.waiting import Waiting
from core.errors import StoreError
from core.sql.values import EvalError

if TYPE_CHECKING:
    from core.bridge.frames import Entry
    from core.bridge.segments import SegmentLog
    from core.clock import Clock

log = logging.getLogger("core.bridge")

_WRITE_AGAIN_S: Final = 1.0
_OPEN_AGAIN_S: Final = 5.0
_LOADED_MOST: Final = 10_000
_LOADED_BYTES: Final = 16 << 20


class Buffer(Protocol):
    """Waiting records, oldest first. One thread.

    Attributes:
        writes_first: Records that are not kept elsewhere go through `put` and `flush` before they
            are sent.
        trouble: Why it does not do what it should, as a sentence; empty when all is well.
        recovered: Records of earlier runs that were found; the owner takes them out.
        lost: Records that turned out unreadable; the owner takes them out.
    """

    writes_first: bool
    trouble: str
    recovered: int
    lost: int

    def __len__(self) -> int: ...

    @property
    def bytes(self) -> int:
        """Size of everything that waits."""
        ...

    def put(self, record: Record) -> None:
        """Add a record at the end."""
        ...

    def put_back(self, record: Record) -> None:
        """Return the record that was taken last, to the front."""
        ...

    def take(self) -> Record | None:
        """Take the oldest record out; None when none can be had now."""
        ...

    def take_older(self, than_s: float) -> Record | None:
        """Take the oldest record out if its message came before a moment of the monotonic clock."""
        ...

    def drop(self) -> Record | None:
        """Take the oldest record out that is not kept elsewhere; None if there is none."""
        ...

    def settle(self, record: Record) -> None:
        """Forget a record that was taken out: it has its outcome."""
        ...

    def flush(self) -> None:
        """Bring to the disk what belongs there; once a turn."""
        ...

    def close(self) -> None:
        """Bring everything to the disk and let it go."""
        ...


class MemoryBuffer(Waiting):
    """Records in memory; lost when the engine ends."""

    writes_first = False
    trouble = ""
    recovered = 0
    lost = 0

    def settle(self, record: Record) -> None:
        """Do nothing: a record that was taken out is forgotten."""

    def flush(self) -> None:
        """Do nothing: there is no disk."""

    def close(self) -> None:
        """Do nothing: what is left is lost."""


class DiskBuffer:
    """Records in segment files, with those in memory that are to be sent next.

    As a `durable` buffer every record is written before it is sent and stays until its outcome;
    else records fill `memory_bytes` first, and the files only take what is beyond that and die
    with the engine. Records whose MQTT message is kept by the broker stay in memory always, and
    are taken first.

    When the disk fails records wait in memory until it works again, said by `trouble`.
    """

    def __init__(
        self,
        open_log: Callable[[], SegmentLog],
        owner: Owner,
        decoder: RecordDecoder,
        clock: Clock,
        *,
        durable: bool,
        memory_bytes: int,
    ) -> None:
        """Open the files, if they can be opened; else it is tried again later.

        Args:
            open_log: Opens them; raises StoreError.
            owner: Of the records that come back from the disk.
            decoder: Reads them.
            clock: For their age, and for trying again.
            durable: Everything goes through the files, which survive the engine.
            memory_bytes: What fits in memory before the files are used, if not durable.
        """
        self.writes_first = durable
        self.trouble = ""
        self.recovered = 0
        self.lost = 0
        self._open_log = open_log
        self._owner = owner
        self._decoder = decoder
        self._clock = clock
        self._memory_bytes = memory_bytes
        self._log: SegmentLog | None = None
        self._earlier_end = 0  # entries before this number are of an earlier run
        self._kept: deque[Record] = deque()
        self._loaded: deque[Record] = deque()  # next to be sent; if durable, on disk too
        self._tail: deque[tuple[Record, bytes]] = deque()  # newest, not on disk yet
        self._in_memory_bytes = 0
        self._taken: deque[int] = deque()  # numbers in memory or in flight, in order
        self._settled: set[int] = set()
        self._try_at_s = 0.0
        if durable:
            self._open()

    def __len__(self) -> int:
        return len(self._kept) + len(self._loaded) + len(self._tail) + self._unread

    @property
    def bytes(self) -> int:
        """Size of everything that waits, in memory and on disk."""
        return self._in_memory_bytes + (0 if self._log is None else self._log.unread_bytes)

    def put(self, record: Record) -> None:
        """Add a record; `flush` writes it."""
        if record.is_kept:
            self._kept.append(record)
        elif self._fits_in_memory(record):
            self._loaded.append(record)
        else:
            content = encode_record(record)
            record.size = len(content)
            self._tail.append((record, content))
        self._in_memory_bytes += record.size

    def put_back(self, record: Record) -> None:
        """Return a record to the front; on disk it never left."""
        (self._kept if record.is_kept else self._loaded).appendleft(record)
        self._in_memory_bytes += record.size

    def take(self) -> Record | None:
        """Take the oldest record out; what was just put comes after the next `flush`."""
        if self._kept:
            record = self._kept.popleft()
        elif self._loaded or self._load():
            record = self._loaded.popleft()
        elif self._tail and self.trouble:
            record = self._tail.popleft()[0]  # the disk does not take it
        else:
            return None
        self._in_memory_bytes -= record.size
        return record

    def take_older(self, than_s: float) -> Record | None:
        """Take the oldest record out if it is older than a moment."""
        if self._kept and self._kept[0].message.received_s < than_s:
            return self.take()
        if not self._loaded:
            self._load()
        if self._loaded and self._loaded[0].message.received_s < than_s:
            return self._drop_from(self._loaded)
        return None

    def drop(self) -> Record | None:
        """Take the oldest record out that is not kept elsewhere."""
        if self._loaded or self._load():
            return self._drop_from(self._loaded)
        if self._tail:
            record = self._tail.popleft()[0]
            self._in_memory_bytes -= record.size
            return record
        return None

    def settle(self, record: Record) -> None:
        """Let the disk forget a record, with the next `flush`."""
        if record.number >= 0:
            self._settled.add(record.number)

    def flush(self) -> None:
        """Write new records in one go, and how far all are settled."""
        if not (self._tail or self._settled) and (self._log is not None or not self.writes_first):
            return
        if self.trouble and self._clock.monotonic_s() < self._try_at_s:
            return
        if self._log is None and not self._open():
            return
        try:
            self._write_tail()
            self._commit()
        except StoreError as exc:
            self._fail(exc, _WRITE_AGAIN_S)
        else:
            if self.trouble:
                log.info("the buffer can be written again")
            self.trouble = ""

    def close(self) -> None:
        """Write what is left and let another engine have the files."""
        self._try_at_s = 0.0
        self.flush()
        if self._log is not None:
            self._log.close()
            self._log = None

    @property
    def _unread(self) -> int:
        return 0 if self._log is None else self._log.unread

    def _fits_in_memory(self, record: Record) -> bool:
        return not (
            self.writes_first
            or self._tail
            or self._unread
            or self._in_memory_bytes + record.size > self._memory_bytes
        )

    def _drop_from(self, records: deque[Record]) -> Record:
        record = records.popleft()
        self._in_memory_bytes -= record.size
        return record

    def _open(self) -> bool:
        try:
            opened = self._open_log()
            if not self.writes_first:  # what an earlier run left died with it
                opened.skip_unread()
                opened.commit(opened.end)
        except StoreError as exc:
            self._fail(exc, _OPEN_AGAIN_S)
            return False
        self._log = opened
        for damage in opened.damage:
            log.warning("buffer: %s", damage)
        if self.writes_first:
            self.recovered += len(opened)
            self._earlier_end = opened.end
        return True

    def _write_tail(self) -> None:
        if self._log is None or not self._tail:
            return
        first = self._log.append([content for _, content in self._tail])
        stays = (
            self.writes_first
            and self._log.unread == len(self._tail)
            and len(self._loaded) + len(self._tail) <= _LOADED_MOST
            and self._in_memory_bytes <= _LOADED_BYTES
        )
        for number, (record, _) in enumerate(self._tail, first):
            if stays:
                record.number = number
                self._taken.append(number)
                self._loaded.append(record)
            else:
                self._in_memory_bytes -= record.size
        if stays:
            self._log.skip_unread()
        self._tail.clear()

    def _load(self) -> bool:
        """Read the next records from the disk; False if there are none."""
        while not self._loaded and self._log is not None and self._log.unread:
            try:
                chunk = self._log.read()
            except StoreError as exc:
                self._fail(exc, _WRITE_AGAIN_S)
                return False
            for entry in chunk.entries:
                self._take_in(entry)
            self.lost += chunk.lost
            for damage in chunk.damage:
                log.error("buffer: %s", damage)
            if not self.writes_first:
                self._log.commit(self._log.end - self._log.unread)
        return bool(self._loaded)

    def _take_in(self, entry: Entry) -> None:
        try:
            record = self._decoder.decode(
                entry.content,
                self._owner,
                is_earlier=entry.number < self._earlier_end,
                now_ms=self._clock.now_ms(),
                now_s=self._clock.monotonic_s(),
            )
        except (msgspec.MsgspecError, EvalError) as exc:
            log.error("buffer: record %d is unreadable: %s", entry.number, exc)
            self.lost += 1
            return
        if self.writes_first:
            record.number = entry.number
            self._taken.append(entry.number)
        self._loaded.append(record)
        self._in_memory_bytes += record.size

    def _commit(self) -> None:
        """Settle the numbers up to the first one that has no outcome."""
        if self._log is None or not self._settled:
            return
        while self._taken and self._taken[0] in self._settled:
            self._settled.remove(self._taken.popleft())
        self._log.commit(self._taken[0] if self._taken else self._log.end - self._log.unread)

    def _fail(self, exc: StoreError, again_s: float) -> None:
        if exc.message != self.trouble:
            log.error("%s %s", exc.message, exc.hint)
        self.trouble = exc.message
        self._try_at_s = self._clock.monotonic_s() + again_s
