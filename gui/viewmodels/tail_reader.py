"""Reads a topic for as long as it is wanted: batches of rows and the state of the cluster."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Final

from core.errors import AppError, AuthFailed, ConfigError, ConnectFailed
from core.workspace.environment import Environment
from core.workspace.kafka import KafkaConnector
from gui.viewmodels.live import State

if TYPE_CHECKING:
    from core.kafka.records import TailRecord, Text
    from core.kafka.tail import Tail

_BATCH: Final = 500
_POLL_S: Final = 0.1
_AGAIN_S: Final = 2.0
_CLOSE_S: Final = 3.0
_ROW_BYTES: Final = 400
_WINDOW_S: Final = 0.25
_PER_WINDOW: Final = 250
"""Records that are shown of a topic that never rests: a thousand a second, whatever it carries."""

_PER_WINDOW_LOADING: Final = 2_500
_TOO_FAR: Final = 5_000
"""Records behind the end from which on some are left out, once the end was reached."""

_UP: Final = State("connected")


@dataclass(frozen=True, slots=True)
class TailRow:
    """One record; `size` are the bytes of its value, `weight` about those that the row takes."""

    record: TailRecord
    key: str
    value: str
    size: int
    weight: int

    def texts(self) -> Iterable[str]:
        """List what words of a filter are looked for in."""
        yield self.key
        yield self.value
        for name, value in self.record.headers:
            yield name
            yield shown_text(value)

    def field(self, name: str) -> str | int | None:
        """Give a field that a filter names."""
        record = self.record
        match name:
            case "key":
                return self.key if record.key is not None else None
            case "topic":
                return record.topic
            case "partition":
                return record.partition
            case "offset":
                return record.offset
            case "size":
                return self.size
            case _:
                found = name.removeprefix("properties.")
                values = [value for header, value in record.headers if header == found]
                return shown_text(values[-1]) if values and found != name else None

    def document(self) -> str:
        """Give the value."""
        return self.value


@dataclass(frozen=True, slots=True)
class Batch:
    """What came, and how the cluster is.

    Attributes:
        rows: Records, oldest first.
        state: How the cluster is reached, and why.
        left_out: How many records came, too, and are not shown.
        advice: What to do when there is no reading.
    """

    rows: list[TailRow]
    state: State
    left_out: int = 0
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """What to read.

    Attributes:
        connector: The cluster.
        topic: A topic's name.
        start: `end`, `beginning`, or `-N` for the newest N records.
    """

    connector: KafkaConnector
    topic: str
    start: str = "end"


class TailReader:
    """Reads one target; tries again by itself whatever happens. Blocking calls are its thread's."""

    def __init__(self, target: Target, environment: Environment) -> None:
        """Take what to read; nothing is connected before `batches`."""
        self._target, self._environment = target, environment
        self._start = target.start
        self._tail: Tail | None = None
        self._is_loading = target.start != "end"
        self._left = 0
        self._window_ends_s = 0.0
        self._stop = Event()
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
                yield Batch([], state, advice=exc.hint)
                await asyncio.sleep(_AGAIN_S)

    async def close(self) -> None:
        """Let the cluster go; waits at most 3 s for a call that is under way."""
        self._stop.set()
        done = self._thread.submit(self._close)
        self._thread.shutdown(wait=False)
        await asyncio.wait([asyncio.wrap_future(done)], timeout=_CLOSE_S)

    def _read(self) -> Batch:
        if self._tail is None:
            self._tail = self._open()
            return Batch([], _state_of(self._tail))
        now_s = time.monotonic()
        if now_s >= self._window_ends_s:
            self._window_ends_s = now_s + _WINDOW_S
            self._left = _PER_WINDOW_LOADING if self._is_loading else _PER_WINDOW
        if self._left <= 0:
            return Batch([], _state_of(self._tail), self._rest(self._tail, now_s))
        wanted = min(_BATCH, self._left)
        records = sorted(self._tail.poll(wanted, _POLL_S), key=_place)
        self._left -= len(records)
        if len(records) < wanted:
            self._is_loading = False
        return Batch([row_of(record) for record in records], _state_of(self._tail))

    def _rest(self, tail: Tail, now_s: float) -> int:
        """Let the window go by, and what cannot be caught up with; tells how many records."""
        self._stop.wait(self._window_ends_s - now_s)
        is_behind = not self._is_loading and tail.lag() > _TOO_FAR
        return tail.skip_to_end() if is_behind else 0

    def _open(self) -> Tail:
        from core.kafka.tail import Tail  # heavy, and only of use where a topic is read

        target = self._target
        try:
            tail = Tail(target.connector, self._environment, target.topic, start=self._start)
        except ConfigError as exc:
            if exc.path == "TOPIC":  # as soon as there is one, everything in it is new
                self._start = "beginning"
            raise
        self._start = "end" if target.start == "end" else self._start
        return tail

    def _close(self) -> None:
        tail, self._tail = self._tail, None
        if tail is not None:
            tail.close()


def row_of(record: TailRecord) -> TailRow:
    """Make a row of a record."""
    value = record.value
    if value is None or isinstance(value, str):
        text = value or ""
        size = len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
    else:
        text, size = "", len(value.base64) * 3 // 4 - value.base64[-2:].count("=")
    key = shown_text(record.key)
    weight = _ROW_BYTES + size + len(key) + sum(len(name) + 80 for name, _ in record.headers)
    return TailRow(record, key, text, size, weight)


def shown_text(text: Text) -> str:
    """Give a text as it is shown: bytes that are none as Base64."""
    if text is None or isinstance(text, str):
        return text or ""
    return text.base64


def _place(record: TailRecord) -> tuple[int, int, int]:
    """Order records by time, then by partition and offset."""
    return record.timestamp or 0, record.partition, record.offset


def _state_of(tail: Tail) -> State:
    status, reason = tail.status, tail.status_reason
    return State(status, reason) if reason or status != "connected" else _UP
