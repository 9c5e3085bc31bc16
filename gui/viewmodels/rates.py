"""Rates from counters: how much they grew over the last few seconds."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Mapping
from typing import Any, Final, TypeAlias

Counters: TypeAlias = Mapping[Any, int]

SPAN_S: Final = 2.5
"""Long enough that a slow device does not flicker, short enough to follow the eye."""

_SLOW_SPAN_S: Final = 60.0
_FEW: Final = 3
"""Fewer than these in the span tell a rate too roughly: the time between them is looked at."""

_PATIENCE: Final = 3.0
"""A flow has ended when nothing came for so many times the usual time between two."""


class RateWindow:
    """The counters of the last minute, and their growth per second.

    What counts is the growth over `span_s`. Of a flow so slow that few or none come in that time,
    the times between the last ones tell the rate, until it has been silent for too long.

    Time is the engine's own uptime, so that a late snapshot does not bend a rate. A counter or a
    clock that goes back means a new engine: the window starts over.
    """

    def __init__(self, span_s: float = SPAN_S) -> None:
        """Take the span in seconds."""
        self._span_s = span_s
        self._taken: deque[tuple[float, Counters]] = deque()
        self._rises: dict[Hashable, deque[tuple[float, int]]] = {}
        self._rates: dict[Hashable, float] = {}

    def add(self, at_s: float, counters: Counters) -> None:
        """Take the counters of one moment."""
        if self._taken and at_s < self._taken[-1][0]:
            self.clear()
        self._rates.clear()
        if self._taken:
            self._note_rises(at_s, self._taken[-1][1], counters)
        self._taken.append((at_s, counters))
        # The oldest that stays is the last one at or before the start of the span.
        longest_s = max(self._span_s, _SLOW_SPAN_S)
        while len(self._taken) > 2 and self._taken[1][0] <= at_s - longest_s:
            self._taken.popleft()

    def clear(self) -> None:
        """Forget everything: every rate is 0 until two moments are known again."""
        self._taken.clear()
        self._rises.clear()
        self._rates.clear()

    def rate(self, key: Hashable) -> float:
        """Tell the growth per second of one counter; 0 for one that is not known yet.

        Cost: O(moments of the span), once for each moment; O(1) after that.
        """
        if key not in self._rates:
            self._rates[key] = self._find_rate(key)
        return self._rates[key]

    def _find_rate(self, key: Hashable) -> float:
        recent: list[tuple[float, int]] = []
        for at_s, counters in reversed(self._taken):
            if key not in counters:
                break
            recent.append((at_s, counters[key]))
            if at_s <= self._taken[-1][0] - self._span_s:
                break
        if len(recent) < 2:
            return 0.0
        (last_s, last), (first_s, first) = recent[0], recent[-1]
        if last < first or last_s <= first_s:
            return 0.0
        between_s = self._between_s(key) if last - first < _FEW else 0.0
        if between_s:
            return 1 / between_s
        return (last - first) / (last_s - first_s)

    def _note_rises(self, at_s: float, before: Counters, now: Counters) -> None:
        """Keep when counters grew, so that a slow flow need not be looked for in every moment."""
        for key, count in now.items():
            known = before.get(key, count)
            if count > known:
                self._rises.setdefault(key, deque()).append((at_s, count))
                self._drop_old(self._rises[key])
            elif count < known:
                self._rises.pop(key, None)

    def _drop_old(self, rises: deque[tuple[float, int]]) -> None:
        while rises and rises[0][0] <= self._taken[0][0]:
            rises.popleft()

    def _between_s(self, key: Hashable) -> float:
        """Tell the usual time between two of a slow flow; 0 if it has none, or has ended."""
        rises = self._rises.get(key)
        if rises is None:
            return 0.0
        self._drop_old(rises)
        if len(rises) < 2:
            return 0.0
        (first_s, first), (last_s, last) = rises[0], rises[-1]
        between_s = (last_s - first_s) / (last - first)
        has_ended = self._taken[-1][0] - last_s > _PATIENCE * between_s
        return 0.0 if has_ended else between_s
