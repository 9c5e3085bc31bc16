"""Whether the system runs out of memory, so that buffers stop growing before it does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from core.clock import Clock

MEMINFO: Final = Path("/proc/meminfo")
_LEAST_FREE: Final = 0.1
_LOOK_EVERY_S: Final = 1.0
_FIELD: Final = re.compile(r"^(MemTotal|MemAvailable):\s+(\d+) kB$", re.MULTILINE)


class MemoryWatch:
    """Looks at the system's memory, at most once a second; on Linux, which tells it."""

    def __init__(self, clock: Clock, source: Path = MEMINFO) -> None:
        """Begin with no look taken.

        Args:
            clock: Time.
            source: What the kernel tells, in the form of `/proc/meminfo`.
        """
        self._clock = clock
        self._source = source
        self._look_at_s = 0.0
        self._is_short = False

    @property
    def is_short(self) -> bool:
        """Whether less than a tenth of the memory is available."""
        now_s = self._clock.monotonic_s()
        if now_s >= self._look_at_s:
            self._look_at_s = now_s + _LOOK_EVERY_S
            self._is_short = self._look()
        return self._is_short

    def _look(self) -> bool:
        try:
            found = {name: int(kb) for name, kb in _FIELD.findall(self._source.read_text())}
        except OSError:
            return False
        total = found.get("MemTotal", 0)
        return total > 0 and found.get("MemAvailable", total) < total * _LEAST_FREE
