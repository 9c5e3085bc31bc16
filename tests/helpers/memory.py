"""Whether a process goes on growing: its resident memory over time, after it has settled."""

from __future__ import annotations

import os
import statistics
from dataclasses import dataclass, field
from pathlib import Path


def resident_mib() -> float:
    """Tell the resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


@dataclass(slots=True)
class MemoryCurve:
    """Samples of memory on one clock, from the moment on that a process had settled.

    Attributes:
        samples: Seconds and MiB; the first is what the others are compared with.
    """

    samples: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])

    @property
    def growth_mib(self) -> float:
        """How far any sample lies above the first; 0 where there is none."""
        return max((mib - self.samples[0][1] for _, mib in self.samples), default=0.0)

    @property
    def mib_per_minute(self) -> float:
        """The slope of the least-squares line through all samples; 0 for fewer than two."""
        if len(self.samples) < 2:
            return 0.0
        seconds, mib = zip(*self.samples, strict=True)
        return statistics.linear_regression(seconds, mib).slope * 60
