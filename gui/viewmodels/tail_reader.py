"""Reads a topic for as long as it is wanted: batches of rows and the state of the cluster."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from core.errors import AppError, AuthFailed, ConfigError, ConnectFailed, TopicMissing
from core.workspace.environment import Environment
from core.workspace.kafka import KafkaConnector
from core.workspace.mqtt import SANDBOX
from gui.viewmodels.live import State
from gui.viewmodels.ring import MOST_BYTES, MOST_ROWS
from gui.viewmodels.tail_row import TailRow, row_of
from gui.viewmodels.tail_start import BEGINNING, LIVE, keeps_its_beginning

if TYPE_CHECKING:
    from core.kafka.records import TailRecord
    from core.kafka.tail import Start, Tail

End: TypeAlias = Literal["", "end", "full", "stopped"]
"""Why a load is over: it is not, all was read, there is no room, the user did not want more."""

_BATCH: Final = 500
_POLL_S: Final = 0.1
_AGAIN_S: Final = 2.0
_CLOSE_S: Final = 3.0
_WINDOW_S: Final = 0.25
_PER_WINDOW: Final = 50
"""Records that are shown of a topic that never rests: two hundred a second, whatever it carries."""

_PER_WINDOW_LOADING: Final = 2_500
_TOO_FAR: Final = 5_000
"""Records behind the end from which on some are left out, once the end was reached."""

_UP: Final = State("connected")


@dataclass(frozen=True, slots=True)
class Loading:
    """How far the reading of earlier records is.

    Attributes:
        read: Records so far.
        of: How many there were when reading began, by their offsets; 0 if that is not known.
        bytes: About what the rows take.
        end: Why it is over; empty while it goes on.
    """

    read: int
    of: int
    bytes: int
    end: End = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """What came, and how the cluster is.

    Attributes:
        rows: Records, oldest first.
        state: How the cluster is reached, and why.
        left_out: How many records came, too, and are not shown.
        advice: What to do when there is no reading.
        is_missing: Whether there is none because the cluster has no such topic.
        loading: How far the earlier records are; None where there are none to read.
        partitions: How many the topic has; 0 if that is not known yet.
    """

    rows: list[TailRow]
    state: State
    left_out: int = 0
    advice: str = ""
    loading: Loading | None = None
    partitions: int = 0
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """What to read.

    Attributes:
        connector: The cluster.
        topic: A topic's name.
        start: Where to begin, as `tail_start` has it.
        partitions: The only ones to read; none for all.
    """

    connector: KafkaConnector
    topic: str
    start: str = LIVE
    partitions: tuple[int, ...] = ()


class TailReader:
    """Reads one target; tries again by itself whatever happens. Blocking calls are its thread's.

    While earlier records are read, it stops where the list would be full, so that the first of
    them stay to be looked at.
    """

    def __init__(
        self,
        target: Target,
        environment: Environment,
        *,
        most_rows: int = MOST_ROWS,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        """Take what to read and how much of it fits; nothing is connected before `batches`."""
        self._target, self._environment = target, environment
        self._most_rows, self._most_bytes = most_rows, most_bytes
        self._start = target.start
        self._not_before_ms = 0
        self._tail: Tail | None = None
        self._partitions = 0
        self._loading: Loading | None = None
        self._in_list = (0, 0)
        self._is_held = False
        self._left = 0
        self._window_ends_s = 0.0
        self._stop, self._hold, self._go_on = Event(), Event(), Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="tail")

    async def batches(self) -> AsyncIterator[Batch]:
        """Give what comes, at least every tenth of a second while the cluster is reached."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                yield await loop.run_in_executor(self._thread, self._read)
            except AppError as exc:
                await loop.run_in_executor(self._thread, self._close)
                can_recover = isinstance(exc, ConnectFailed) and not isinstance(exc, AuthFailed)
                state = State("disconnected" if can_recover else "failed", exc.message)
                missing = isinstance(exc, TopicMissing)
                yield Batch([], state, advice=exc.hint, is_missing=missing)
                await asyncio.sleep(_AGAIN_S)

    def stop_loading(self) -> None:
        """Read no more of the earlier records; what is there stays."""
        self._hold.set()

    def go_on(self) -> None:
        """Read on where it stopped, as much as the list holds."""
        self._go_on.set()

    async def close(self) -> None:
        """Let the cluster go; waits at most 3 s for a call that is under way."""
        self._stop.set()
        done = self._thread.submit(self._close)
        self._thread.shutdown(wait=False)
        await asyncio.wait([asyncio.wrap_future(done)], timeout=_CLOSE_S)

    # In the thread

    def _read(self) -> Batch:
        if self._tail is None:
            self._tail = self._open()
            return self._batch(self._tail)
        tail, now_s = self._tail, time.monotonic()
        self._take_wishes(tail)
        if now_s >= self._window_ends_s:
            self._window_ends_s = now_s + _WINDOW_S
            self._left = _PER_WINDOW_LOADING if self._is_loading else _PER_WINDOW
        if self._left <= 0:
            return self._batch(tail, left_out=self._rest(tail, now_s))
        wanted = min(_BATCH, self._left)
        if self._is_loading and keeps_its_beginning(self._target.start):
            wanted = min(wanted, max(self._most_rows - self._in_list[0], 1))
        records = sorted(tail.poll(wanted, _POLL_S), key=_place)
        self._left -= len(records)
        earliest = self._not_before_ms
        rows = [row_of(record) for record in records if (record.timestamp or earliest) >= earliest]
        self._count(tail, rows)
        return self._batch(tail, rows)

    @property
    def _is_loading(self) -> bool:
        return self._loading is not None and not self._loading.end

    def _batch(self, tail: Tail, rows: list[TailRow] | None = None, left_out: int = 0) -> Batch:
        return Batch(
            rows or [],
            _state_of(tail),
            left_out,
            loading=self._loading,
            partitions=self._partitions,
        )

    def _count(self, tail: Tail, rows: list[TailRow]) -> None:
        """Note how far the earlier records are, and stop where there is no more room."""
        before = self._loading
        if before is None or before.end:
            return
        weight = sum(row.weight for row in rows)
        count, size = self._in_list
        self._in_list = count, size = count + len(rows), size + weight
        end: End = ""
        if not tail.is_behind:
            end = "end"
        elif keeps_its_beginning(self._target.start) and (
            count >= self._most_rows or size >= self._most_bytes
        ):
            end = "full"
            self._set_held(tail, True)
        self._loading = Loading(before.read + len(rows), before.of, before.bytes + weight, end)

    def _take_wishes(self, tail: Tail) -> None:
        """Do what was asked for from the loop's thread."""
        loading = self._loading
        if self._hold.is_set():
            self._hold.clear()
            if loading is not None and not loading.end:
                self._set_held(tail, True)
                self._loading = Loading(loading.read, loading.of, loading.bytes, "stopped")
        if self._go_on.is_set():
            self._go_on.clear()
            if loading is not None and self._is_held:
                self._set_held(tail, False)
                self._in_list = (0, 0)
                self._loading = Loading(loading.read, loading.of, loading.bytes)

    def _set_held(self, tail: Tail, is_held: bool) -> None:
        self._is_held = is_held
        if is_held:
            tail.hold()
        else:
            tail.go_on()

    def _rest(self, tail: Tail, now_s: float) -> int:
        """Let the window go by, and what cannot be caught up with; tells how many records."""
        self._stop.wait(self._window_ends_s - now_s)
        is_behind = not self._is_loading and tail.lag() > _TOO_FAR
        return tail.skip_to_end() if is_behind else 0

    def _open(self) -> Tail:
        from core.kafka.tail import Tail  # heavy, and only of use where a topic is read

        target = self._target
        try:
            tail = Tail(
                target.connector,
                self._environment,
                target.topic,
                start=self._begin(),
                partitions=target.partitions,
            )
        except ConfigError as exc:
            if exc.path == "TOPIC":  # as soon as there is one, everything in it is new
                self._start = BEGINNING
            raise
        self._start = LIVE if target.start == LIVE else self._start
        self._partitions = tail.partitions
        self._is_held, self._in_list = False, (0, 0)
        self._loading = None
        if tail.is_behind and target.start != LIVE:
            self._loading = Loading(0, 0 if self._not_before_ms else tail.waiting_at_start, 0)
        return tail

    def _begin(self) -> Start:
        """Turn the start into what the cluster understands."""
        from core.kafka.tail import Start

        start = self._start
        if start.startswith("@"):
            return Start("offset", int(start[1:]))
        if start.isdigit() and self._target.connector.bootstrap_hosts == SANDBOX:
            self._not_before_ms = int(start)  # it finds no records by time: all are looked at
            return Start(BEGINNING)
        return Start.parse(start)

    def _close(self) -> None:
        tail, self._tail = self._tail, None
        if tail is not None:
            tail.close()


def _place(record: TailRecord) -> tuple[int, int, int]:
    """Order records by time, then by partition and offset."""
    return record.timestamp or 0, record.partition, record.offset


def _state_of(tail: Tail) -> State:
    status, reason = tail.status, tail.status_reason
    return State(status, reason) if reason or status != "connected" else _UP
