"""What the charts show over time: fine for minutes, coarse for days, bounded."""

from __future__ import annotations

import math
import time
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from PySide6.QtCore import QObject, Signal, Slot

from core.bridge.events import StatusChanged
from core.bridge.metrics import Latency, Snapshot
from gui.viewmodels.live import Live
from gui.viewmodels.words import tr

ALL: Final = ""
"""The name of the sum of all rules, among the rules' names."""

RATES: Final = slice(0, 3)
LATENCIES: Final = slice(3, 6)
QUEUE: Final = slice(6, 7)
ERRORS: Final = slice(7, 10)

Point: TypeAlias = tuple[float, tuple[float, ...]]
"""Seconds since 1970 and the values; all of them not-a-number where the bridge stood still."""

Percentiles: TypeAlias = tuple[float, float, float]
"""50, 95 and 99, in milliseconds."""

_VALUES: Final = 10
_KIB: Final = 1_024
_GAP: Final = (math.nan,) * _VALUES
_FINE_S: Final = 300.0
_HOUR_S: Final = 3_600.0
_HOUR_STEP_S: Final = 5.0
_SPARE_S: Final = 10.0
_MOST: Final = 1_500
_MOST_MARKS: Final = 200
_MOST_RULES: Final = 100


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened: seconds since 1970, and what it was."""

    at_s: float
    text: str


class Level:
    """Points at one resolution: the mean of `step_s` seconds each, the oldest after `keep_s`.

    Without `keep_s` nothing goes, and the step doubles whenever there are too many points.
    """

    def __init__(self, step_s: float, keep_s: float | None = None) -> None:
        """Take the resolution; 0 keeps every point as it comes."""
        self._step_s, self._keep_s = step_s, keep_s
        self._kept = array("d")
        self._sum = array("d", [0.0] * _VALUES)
        self._count = 0
        self._last_s = 0.0

    def __len__(self) -> int:
        """Count the points."""
        return len(self._kept) // (_VALUES + 1)

    def add(self, at_s: float, values: tuple[float, ...]) -> None:
        """Take a point; one that is not a number is a gap and is kept as it is."""
        if math.isnan(values[0]):
            self._flush(at_s)
            self._append(at_s, values)
            return
        step_s = self._step_s
        if step_s and self._count and at_s // step_s != self._last_s // step_s:
            self._flush(self._last_s)
        self._count += 1
        self._last_s = at_s
        for place, value in enumerate(values):
            self._sum[place] += value
        if not step_s:
            self._flush(at_s)

    def points(self) -> Iterator[Point]:
        """Give the points in order."""
        wide = _VALUES + 1
        for start in range(0, len(self._kept), wide):
            at_s, *values = self._kept[start : start + wide]
            yield at_s, tuple(values)

    def _flush(self, at_s: float) -> None:
        if self._count:
            self._append(at_s, tuple(value / self._count for value in self._sum))
        self._sum = array("d", [0.0] * _VALUES)
        self._count = 0

    def _append(self, at_s: float, values: tuple[float, ...]) -> None:
        self._kept.append(at_s)
        self._kept.extend(values)
        if self._keep_s is not None:
            while self._kept[0] < at_s - self._keep_s:
                del self._kept[: _VALUES + 1]
        elif len(self) > _MOST:
            self._halve()

    def _halve(self) -> None:
        """Put neighbours together; gaps stay."""
        self._step_s = max(self._step_s, 0.5) * 2
        before, self._kept = list(self.points()), array("d")
        waiting: Point | None = None
        for point in before:
            if math.isnan(point[1][0]) or waiting is None:
                if waiting is not None:
                    self._keep(waiting)
                    waiting = None
                if math.isnan(point[1][0]):
                    self._keep(point)
                else:
                    waiting = point
                continue
            pairs = zip(waiting[1], point[1], strict=True)
            self._keep((point[0], tuple((one + other) / 2 for one, other in pairs)))
            waiting = None
        if waiting is not None:
            self._keep(waiting)

    def _keep(self, point: Point) -> None:
        self._kept.append(point[0])
        self._kept.extend(point[1])


class Track:
    """The points of one rule, or of all, at three resolutions."""

    def __init__(self) -> None:
        self._fine = Level(0.0, _FINE_S + _SPARE_S)
        self._hour = Level(_HOUR_STEP_S, _HOUR_S + _SPARE_S)
        self._long = Level(0.0)
        self._last: Point | None = None

    def add(self, at_s: float, values: tuple[float, ...]) -> None:
        """Take a point."""
        for level in (self._fine, self._hour, self._long):
            level.add(at_s, values)
        self._last = (at_s, values)

    def points(self, span_s: float | None) -> list[Point]:
        """Give the points of the last `span_s` seconds before the newest; all of them for None."""
        if self._last is None:
            return []
        level = self._long
        if span_s is not None:
            level = self._fine if span_s <= _FINE_S else self._hour
        first_s = self._last[0] - span_s if span_s is not None else 0.0
        found = [point for point in level.points() if point[0] >= first_s]
        if not found or found[-1][0] < self._last[0]:
            found.append(self._last)
        return found


class History(QObject):
    """Remembers what the charts show for as long as a workspace is open, with its events.

    Signals:
        added: A point is new.
        marked: An event is new.
        restarted: Everything was forgotten: another workspace is open.
    """

    added = Signal()
    marked = Signal()
    restarted = Signal()

    def __init__(self, live: Live, parent: QObject | None = None) -> None:
        super().__init__(parent or live)
        self._live = live
        self._tracks: dict[str, Track] = {}
        self._latencies: dict[str, Percentiles] = {}
        self._marks: list[Mark] = []
        self._uptime_s = -1.0
        self._path = live.session.path
        self._text = ""
        self._up: set[str] = set()
        session = live.session
        session.snapshotTaken.connect(self._take_snapshot)
        session.stateChanged.connect(self._take_state)
        session.eventReceived.connect(self._take_event)
        live.workspaceChanged.connect(self._take_workspace)

    @property
    def marks(self) -> list[Mark]:
        """What has happened, the oldest first; the oldest of too many have gone."""
        return list(self._marks)

    def points(self, rule: str = ALL, span_s: float | None = None) -> list[Point]:
        """Give what the charts show: see `RATES`, `LATENCIES`, `QUEUE` and `ERRORS`.

        Rates are in, passed and delivered per second, latencies p50, p95 and p99 in ms; the queue
        is what waits in the buffers of actions, in KiB; errors are statements that failed, records
        that failed and records that were dropped, per second.

        Args:
            rule: A rule's name, or `ALL`.
            span_s: How far back from the newest; None for everything.
        """
        track = self._tracks.get(rule)
        return track.points(span_s) if track is not None else []

    def mark(self, text: str) -> None:
        """Note that something happened now."""
        self._marks.append(Mark(time.time(), text))
        del self._marks[:-_MOST_MARKS]
        self.marked.emit()

    @Slot(object)
    def _take_snapshot(self, snapshot: Snapshot) -> None:
        live = self._live
        if not live.is_running or snapshot.uptime_s == self._uptime_s:
            return
        self._uptime_s = snapshot.uptime_s
        at_s = time.time()
        actions = snapshot.actions
        slowest = _slowest([action.latency_last5s for action in actions.values()])
        rates = (live.in_rate(), live.passed_rate(), live.out_rate())
        queue = sum(action.queuing_bytes for action in actions.values()) / _KIB
        errors = (
            sum(live.rate("rule.exceptions", name) for name in snapshot.rules),
            sum(live.rate("action.failed", name) for name in actions),
            sum(live.rate("action.dropped", name) for name in actions),
        )
        self._add(ALL, at_s, (*rates, *self._lasting(ALL, slowest), queue, *errors))
        for name, rule in list(snapshot.rules.items())[:_MOST_RULES]:
            whats = ("rule.matched", "rule.passed", "rule.success")
            latency = rule.latency_last5s
            mine = (live.rate(what, name) for what in whats)
            lasting = self._lasting(name, (latency.p50, latency.p95, latency.p99))
            called = live.workspace.rules[name].actions if name in live.workspace.rules else []
            waiting = (actions[each].queuing_bytes for each in called if each in actions)
            whats = ("rule.exceptions", "rule.failed", "rule.discarded")
            lost = (live.rate(what, name) for what in whats)
            self._add(name, at_s, (*mine, *lasting, sum(waiting) / _KIB, *lost))
        self.added.emit()

    def _lasting(self, name: str, now: Percentiles) -> Percentiles:
        """Go on with the last latencies while nothing is delivered: there are none to show."""
        if any(now):
            self._latencies[name] = now
        return self._latencies.get(name, now)

    def _add(self, name: str, at_s: float, values: tuple[float, ...]) -> None:
        self._tracks.setdefault(name, Track()).add(at_s, values)

    @Slot(str)
    def _take_state(self, state: str) -> None:
        if state == "running":
            self._text = self._file_text()
            self.mark(tr("started"))
        elif state in ("stopped", "died") and self._uptime_s >= 0:
            self._uptime_s = -1.0
            self._up.clear()
            self._latencies.clear()
            for name in self._tracks:
                self._add(name, time.time(), _GAP)
            self.mark(tr("stopped") if state == "stopped" else tr("engine died"))

    @Slot(object)
    def _take_event(self, event: object) -> None:
        """Note connections that were lost and have come back."""
        if not isinstance(event, StatusChanged) or event.kind != "connector":
            return
        if event.status in ("connected", "degraded"):
            self._up.add(event.name)
        elif event.name in self._up:
            self._up.remove(event.name)
            if event.status == "stopped":
                return  # by the bridge itself: nothing was lost
            self.mark(tr("{name} lost").format(name=event.name))

    @Slot()
    def _take_workspace(self) -> None:
        session = self._live.session
        if session.path != self._path:
            self._path = session.path
            self._tracks, self._marks, self._uptime_s = {}, [], -1.0
            self._latencies.clear()
            self.restarted.emit()
        elif session.state == "running" and self._file_text() != self._text:
            self._text = self._file_text()
            self.mark(tr("changes applied"))

    def _file_text(self) -> str:
        loaded = self._live.session.loaded
        return loaded.text if loaded is not None else ""


def _slowest(latencies: list[Latency]) -> Percentiles:
    """Take the highest of each percentile: those of several actions cannot be put together."""
    return (
        max((latency.p50 for latency in latencies), default=0.0),
        max((latency.p95 for latency in latencies), default=0.0),
        max((latency.p99 for latency in latencies), default=0.0),
    )
