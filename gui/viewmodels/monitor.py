"""The monitor: which window of time and which rule is looked at, and what is exported of it."""

from __future__ import annotations

import asyncio
import csv
import io
import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from core.files import write_file
from gui.viewmodels.counter_model import CounterModel
from gui.viewmodels.history import ERRORS, LATENCIES, QUEUE, RATES, History, Point
from gui.viewmodels.live import Live
from gui.viewmodels.trace import TraceModel
from gui.viewmodels.words import tr

WINDOWS: Final[dict[str, float | None]] = {"1m": 60.0, "5m": 300.0, "1h": 3_600.0, "all": None}
_COLUMNS: Final = (
    *("in_per_s", "passed_per_s", "delivered_per_s"),
    *("latency_p50_ms", "latency_p95_ms", "latency_p99_ms"),
    *("queue_kib", "rule_errors_per_s", "failed_per_s", "dropped_per_s"),
)


class MonitorViewModel(QObject):
    """What the monitor shows, without widgets.

    Attributes:
        counters: The tree that adds up.
        trace: The last messages.

    Signals:
        pointsChanged: Points or events of the charts are new.
        pausedChanged: Whether everything stands still.
        rulesChanged: There are other rules to choose from.
        told: How an export went, and the state that it is said with.
    """

    pointsChanged = Signal()
    pausedChanged = Signal(bool)
    rulesChanged = Signal()
    told = Signal(str, str)

    def __init__(self, live: Live, history: History) -> None:
        super().__init__(live)
        self._live, self._history = live, history
        self._window = "5m"
        self._rule = ""
        self._points: list[Point] = []
        self.is_paused = False
        self.counters = CounterModel(live)
        self.trace = TraceModel(live)
        history.added.connect(self._refresh)
        history.marked.connect(self._refresh)
        history.restarted.connect(self._refresh)
        live.workspaceChanged.connect(self._take_workspace)
        self._refresh()

    @property
    def rules(self) -> list[str]:
        """The rules that can be looked at alone."""
        return list(self._live.workspace.rules)

    @property
    def rule(self) -> str:
        """The rule that is looked at; empty for all of them."""
        return self._rule

    @property
    def window(self) -> str:
        """The span of time that is looked at: a key of `WINDOWS`."""
        return self._window

    @property
    def span_s(self) -> float | None:
        """How far the charts go back, in seconds; None for all there is."""
        return WINDOWS[self._window]

    @property
    def rates(self) -> list[Point]:
        """In, passed and delivered per second."""
        return [(at_s, values[RATES]) for at_s, values in self._points]

    @property
    def latencies(self) -> list[Point]:
        """The percentiles 50, 95 and 99 in milliseconds."""
        return [(at_s, values[LATENCIES]) for at_s, values in self._points]

    @property
    def queue(self) -> list[Point]:
        """What waits in the buffers of actions, in KiB."""
        return [(at_s, values[QUEUE]) for at_s, values in self._points]

    @property
    def errors(self) -> list[Point]:
        """Failed statements, failed records and dropped records, per second."""
        return [(at_s, values[ERRORS]) for at_s, values in self._points]

    @property
    def marks(self) -> list[tuple[float, str]]:
        """What has happened: seconds since 1970 and words."""
        return [(mark.at_s, mark.text) for mark in self._history.marks]

    @property
    def has_points(self) -> bool:
        """Whether there is anything to draw."""
        return bool(self._points)

    def set_window(self, key: str) -> None:
        """Look at another span of time: a key of `WINDOWS`."""
        self._window = key
        self._refresh(is_asked=True)

    def set_rule(self, rule: str) -> None:
        """Look at one rule alone, or at all for an empty name."""
        self._rule = rule
        self.counters.set_rule(rule)
        self.trace.set_rule(rule)
        self._refresh(is_asked=True)

    def set_paused(self, is_paused: bool) -> None:
        """Let everything stand still, or go on; nothing is lost meanwhile."""
        if is_paused == self.is_paused:
            return
        self.is_paused = self.counters.is_paused = is_paused
        self.trace.pause(is_paused)
        self.pausedChanged.emit(is_paused)
        if not is_paused:
            self.counters.refresh()
            self._refresh()

    def mark(self) -> None:
        """Note the present moment in the charts."""
        self._history.mark(tr("mark"))

    def start_over(self) -> bool:
        """Count anew from now on, and note it in the charts; the sums so far stay below.

        Returns:
            Whether there was anything to begin anew.
        """
        if not self.counters.start_over():
            return False
        self._history.mark(tr("reset"))
        return True

    def messages_filter(self, shows: str) -> str:
        """Narrow the feed's filter for a counter to the rule that is looked at."""
        return f'{shows} "{self._rule}"' if self._rule else shows

    def export(self, path: Path, data: bytes) -> None:
        """Write what was made of the charts; `told` says how that went."""
        self._live.session.tasks.start(
            self._export(path, data), "export of the monitor", owner=self
        )

    async def _export(self, path: Path, data: bytes) -> None:
        try:
            await asyncio.to_thread(write_file, path, data, mode=None)
        except OSError as exc:
            text = tr("{file} was not written: {reason}")
            reason = exc.strerror or str(exc)
            self.told.emit(text.format(file=path.name, reason=reason), "failed")
        else:
            self.told.emit(tr("Written to {file}").format(file=path.name), "passed")

    def csv_text(self) -> str:
        """Write the points of the charts, one line each, and the events in the last column."""
        file = io.StringIO()
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("time", *_COLUMNS, "event"))
        lines: list[tuple[float, tuple[str, ...], str]] = [
            (at_s, tuple("" if math.isnan(value) else f"{value:.3f}" for value in values), "")
            for at_s, values in self._points
        ]
        if self._points:
            first_s = self._points[0][0]
            empty = ("",) * len(_COLUMNS)
            lines += [(at_s, empty, text) for at_s, text in self.marks if at_s >= first_s]
        for at_s, values, text in sorted(lines, key=lambda line: line[0]):
            moment = datetime.fromtimestamp(at_s, UTC).isoformat(timespec="milliseconds")
            writer.writerow((moment, *values, text))
        return file.getvalue()

    @Slot()
    def _refresh(self, *, is_asked: bool = False) -> None:
        if self.is_paused and not is_asked:
            return
        self._points = self._history.points(self._rule, self.span_s)
        self.pointsChanged.emit()

    @Slot()
    def _take_workspace(self) -> None:
        if self._rule and self._rule not in self.rules:
            self.set_rule("")
        self.rulesChanged.emit()
