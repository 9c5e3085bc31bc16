"""A latency histogram of fixed size: 32 steps per power of two, 3 % wide at most."""

from __future__ import annotations

from typing import Final

_STEPS: Final = 32
_SHIFT: Final = _STEPS.bit_length() - 1
_MAX_US: Final = 1 << 36
_SIZE: Final = (36 - _SHIFT + 1) * _STEPS + 1


class Histogram:
    """Counts durations from 1 microsecond to about 19 hours; longer ones count as the longest.

    Owned by one thread. `record` costs about as much as a dictionary access; memory is fixed.
    """

    __slots__ = ("_buckets", "count", "max_us")

    def __init__(self) -> None:
        self._buckets = [0] * _SIZE
        self.count = 0
        self.max_us = 0

    def record(self, seconds: float) -> None:
        """Count one duration; negative ones (a clock's rounding) count as zero."""
        us = int(seconds * 1e6)
        us = 0 if us < 0 else min(us, _MAX_US)
        if us > self.max_us:
            self.max_us = us
        self.count += 1
        self._buckets[_bucket(us)] += 1

    def add(self, other: Histogram) -> None:
        """Count everything that another histogram has counted."""
        self.count += other.count
        self.max_us = max(self.max_us, other.max_us)
        for index, number in enumerate(other._buckets):
            if number:
                self._buckets[index] += number

    def since(self, earlier: Histogram) -> Histogram:
        """Give what was counted after an earlier state of this histogram.

        Its longest duration is exact to the width of a step.
        """
        made = Histogram()
        made.count = self.count - earlier.count
        for index, number in enumerate(self._buckets):
            if number != (before := earlier._buckets[index]):
                made._buckets[index] = number - before
                made.max_us = min(_upper_us(index), self.max_us)
        return made

    def percentile_ms(self, percent: float) -> float:
        """Tell the duration in milliseconds below or at which `percent` of the counted ones lie.

        Exact to the width of a step, and never above the longest; 0 when nothing was counted.
        """
        rank = max(1, -(-self.count * percent // 100))
        seen = 0
        for index, number in enumerate(self._buckets):
            seen += number
            if number and seen >= rank:
                return min(_upper_us(index), self.max_us) / 1_000
        return 0.0


def _bucket(us: int) -> int:
    """Place a duration: exact below 32 us, then 32 steps for each doubling."""
    if us < _STEPS:
        return us
    exponent = us.bit_length() - 1 - _SHIFT
    return (exponent << _SHIFT) + (us >> exponent)


def _upper_us(index: int) -> int:
    """Tell the longest duration of a place."""
    if index < _STEPS:
        return index
    exponent = (index >> _SHIFT) - 1
    return ((index - (exponent << _SHIFT) + 1) << exponent) - 1
