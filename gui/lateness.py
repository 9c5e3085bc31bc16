"""How late the window's loop is: what a user feels as stutter, as numbers."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Slot

_INTERVAL_MS: Final = 10
_KEPT: Final = 60_000


@dataclass(frozen=True, slots=True)
class Lateness:
    """How late the ticks of a timer were, in milliseconds, over `count` of them.

    Attributes:
        own_p99_ms: The part that the window's thread was at work itself; the rest of the time
            others had the processor.
        own_max_ms: The longest of it.
    """

    count: int
    p50_ms: float
    p99_ms: float
    max_ms: float
    own_p99_ms: float = 0.0
    own_max_ms: float = 0.0

    def __str__(self) -> str:
        return (
            f"p50 {self.p50_ms:.1f} ms, p99 {self.p99_ms:.1f} ms, max {self.max_ms:.1f} ms; "
            f"of it own work p99 {self.own_p99_ms:.1f} ms, max {self.own_max_ms:.1f} ms "
            f"({self.count:,} ticks)"
        )


class LatenessProbe(QObject):
    """Sets a precise timer again and again, and notes how long after its due time it fired.

    A stall counts once for every tick that it made late, each by its own lateness: what a user does
    in a stall comes at any moment of it, and a percentile of single firings would not see it.

    Costs about 10 us a firing. Keeps the last 60,000 ticks.
    """

    def __init__(self, parent: QObject | None = None, interval_ms: int = _INTERVAL_MS) -> None:
        super().__init__(parent)
        self._interval_ms = interval_ms
        self._late_s: deque[float] = deque(maxlen=_KEPT)
        self._own_s: deque[float] = deque(maxlen=_KEPT)
        self._due_s = 0.0
        self._used_s = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._fired)

    def start(self) -> None:
        """Forget what was measured, and measure from now on."""
        self._late_s.clear()
        self._own_s.clear()
        self._arm()

    def stop(self) -> Lateness:
        """Measure no more; returns what was found."""
        self._timer.stop()
        return self.report()

    def report(self) -> Lateness:
        """Sum up what was measured so far."""
        late, own = sorted(self._late_s), sorted(self._own_s)
        if not late:
            return Lateness(0, 0.0, 0.0, 0.0)
        last = len(late) - 1
        return Lateness(
            count=len(late),
            p50_ms=late[last // 2] * 1_000,
            p99_ms=late[round(last * 0.99)] * 1_000,
            max_ms=late[last] * 1_000,
            own_p99_ms=own[round(last * 0.99)] * 1_000,
            own_max_ms=own[last] * 1_000,
        )

    def _arm(self) -> None:
        self._due_s = time.perf_counter() + self._interval_ms / 1_000
        self._used_s = time.thread_time()
        self._timer.start(self._interval_ms)

    @Slot()
    def _fired(self) -> None:
        late_s = max(0.0, time.perf_counter() - self._due_s)
        own_s = time.thread_time() - self._used_s
        interval_s = self._interval_ms / 1_000
        for missed in range(int(late_s / interval_s), -1, -1):
            tick_s = late_s - missed * interval_s
            self._late_s.append(tick_s)
            self._own_s.append(min(tick_s, own_s))
        self._arm()
