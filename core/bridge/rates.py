"""Rates as EMQX keeps them: sampled every ten seconds, with the highest and a five-minute mean."""

from __future__ import annotations

from typing import Final

TICK_S: Final = 10.0
_WEIGHT: Final = 2 / 31  # exponential mean over a window of 30 samples


class Rate:
    """The rate of one counter, per second (emqx_metrics_worker's method)."""

    __slots__ = ("_last", "_next_s", "current", "last5m", "max")

    def __init__(self, now_s: float) -> None:
        self.current = 0.0
        self.max = 0.0
        self.last5m = 0.0
        self._last = 0
        self._next_s = now_s + TICK_S

    def update(self, counter: int, now_s: float) -> None:
        """Take the counter's value at a monotonic time; samples once every ten seconds."""
        while now_s >= self._next_s:
            late_s = now_s - self._next_s
            ticks = 1 + int(late_s // TICK_S)
            rate = (counter - self._last) / (TICK_S * ticks)
            first = self._last == 0 and self.last5m == 0.0
            self._last = counter
            self._next_s += TICK_S * ticks
            self.current = round(rate, 2)
            self.max = max(self.max, self.current)
            mean = rate if first else self.last5m + _WEIGHT * (rate - self.last5m)
            self.last5m = round(mean, 2)

    @property
    def values(self) -> tuple[float, float, float]:
        """Current, highest, five-minute mean."""
        return self.current, self.max, self.last5m
