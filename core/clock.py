"""Time as a value that is passed in, so that tests can hold it still."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Where the program takes its time from."""

    def now_ms(self) -> int:
        """Tell the wall clock, in milliseconds since 1970-01-01 UTC."""
        ...

    def monotonic_s(self) -> float:
        """Tell a clock that never goes back, in seconds; only differences mean anything."""
        ...


class SystemClock:
    """The machine's own clocks."""

    def now_ms(self) -> int:
        """Tell the wall clock, in milliseconds since 1970-01-01 UTC."""
        return time.time_ns() // 1_000_000

    def monotonic_s(self) -> float:
        """Tell a clock that never goes back, in seconds."""
        return time.monotonic()


def local_time(time_ms: int) -> datetime | None:
    """Give a moment in the user's zone; None where the calendar has none.

    Times of records and messages are what their senders wrote: microseconds taken for milliseconds
    lie beyond the year 9999.

    Args:
        time_ms: Milliseconds since 1970-01-01 UTC.
    """
    try:
        return datetime.fromtimestamp(time_ms / 1_000).astimezone()
    except (ValueError, OverflowError, OSError):
        return None
