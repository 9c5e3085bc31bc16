"""Percentiles of the last seconds, out of a histogram that counts since the start."""

from __future__ import annotations

from typing import Final

from core.bridge.histogram import Histogram
from core.bridge.metrics import NO_LATENCY, Latency

_HALF_S: Final = 2.5


class Recent:
    """What one histogram has counted within the last 2.5 to 5 seconds.

    It remembers two earlier states of the histogram, whatever its rate.
    """

    __slots__ = ("_newer", "_next_s", "_older")

    def __init__(self, now_s: float) -> None:
        """Begin with nothing counted, at a monotonic time."""
        self._older = self._newer = Histogram()
        self._next_s = now_s + _HALF_S

    def update(self, total: Histogram, now_s: float) -> Latency:
        """Take the histogram's state, which nobody changes any more; zeros if nothing was new."""
        if now_s >= self._next_s:
            self._older, self._newer = self._newer, total
            self._next_s = now_s + _HALF_S
        if total.count == self._older.count:
            return NO_LATENCY
        return Latency.of(total.since(self._older))
