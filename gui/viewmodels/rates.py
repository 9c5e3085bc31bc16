"""Rates from counters: how much they grew over the last few seconds."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Mapping
from typing import Any, Final, TypeAlias

Counters: TypeAlias = Mapping[Any, int]

SPAN_S: Final = 2.5
"""Long enough that a slow device does not flicker, short enough to follow the eye."""


class RateWindow:
    """The counters of the last `span_s` seconds, and their growth per second.

    Time is the engine's own uptime, so that a late snapshot does not bend a rate. A counter or a
    clock that goes back means a new engine: the window starts over.
    """

    def __init__(self, span_s: float = SPAN_S) -> None:
        """Take the span in seconds."""
        self._span_s = span_s
        self._taken: deque[tuple[float, Counters]] = deque()

    def add(self, at_s: float, counters: Counters) -> None:
        """Take the counters of one moment."""
        if self._taken and at_s < self._taken[-1][0]:
            self.clear()
        self._taken.append((at_s, counters))
        # The oldest that stays is the last one at or before the start of the span.
        while len(self._taken) > 2 and self._taken[1][0] <= at_s - self._span_s:
            self._taken.popleft()

    def clear(self) -> None:
        """Forget everything: every rate is 0 until two moments are known again."""
        self._taken.clear()

    def rate(self, key: Hashable) -> float:
        """Tell the growth per second of one counter; 0 for one that is not known yet."""
        known = [(at_s, counters[key]) for at_s, counters in self._taken if key in counters]
        if len(known) < 2:
            return 0.0
        (first_s, first), (last_s, last) = known[0], known[-1]
        if last < first or last_s <= first_s:
            return 0.0
        return (last - first) / (last_s - first_s)
