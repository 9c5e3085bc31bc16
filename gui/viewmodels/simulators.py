"""The simulated devices of the open workspace: which run, how fast, and how they have run."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from PySide6.QtCore import QObject, Signal, Slot

from core.lab.messages import Progress, Report
from core.workspace.lab import Simulator
from gui.opening import Opened
from gui.simulator_client import ChildSimulators, InProcessSimulators, SimulatorClient
from gui.viewmodels.rates import SPAN_S, RateWindow

CHART_S: Final = 60.0
BEHIND_S: Final = 5.0
"""How long a simulator is behind its schedule before that is said."""

_ENOUGH: Final = 0.95
_MOST_POINTS: Final = 150
_MESSAGES: Final = 5
"""How many messages a rate is made of at least, so that slow devices do not flicker."""

RatePoint: TypeAlias = tuple[float, tuple[float, ...]]


@dataclass(slots=True)
class _Track:
    """What is known of one simulator beside its latest figures.

    Attributes:
        window: Of its counters, on the reporter's clock.
        points: Seconds since 1970 and messages a second.
        pace: The latest moments, each with how far its schedule had come, both in seconds.
    """

    window: RateWindow
    points: deque[RatePoint] = field(default_factory=lambda: deque(maxlen=_MOST_POINTS))
    pace: deque[tuple[float, Progress]] = field(default_factory=deque)


class Simulators(QObject):
    """Starts and stops simulators, and keeps their figures. Belongs to the loop's thread.

    Signals:
        changed: There is a report.
        turned: Another set of them runs, or one has met its first error.
    """

    changed = Signal()
    turned = Signal()

    def __init__(self, client: SimulatorClient, parent: QObject | None = None) -> None:
        """Take where they run; where the system refuses children, that is here."""
        super().__init__(parent)
        self._client = client
        client.setParent(self)
        self._progress: dict[str, Progress] = {}
        self._tracks: dict[str, _Track] = {}
        self._wanted: dict[str, Opened] = {}
        client.reported.connect(self._take)
        client.refused.connect(self._stay_here)

    @property
    def states(self) -> dict[str, Progress]:
        """Those that were started, by name, as of the last report."""
        return dict(self._progress)

    def rate(self, name: str) -> float:
        """Tell how many messages a second one sends; 0 unless it runs."""
        found = self._progress.get(name)
        return self._rate(name) if found is not None and found.is_running else 0.0

    def points(self, name: str) -> list[RatePoint]:
        """Give the rates of the last minute."""
        since_s = time.time() - CHART_S
        track = self._tracks.get(name)
        return [point for point in track.points if point[0] >= since_s] if track else []

    def is_behind(self, name: str) -> bool:
        """Tell whether one has kept to less than 95 % of its schedule for the last 5 s."""
        return self._pace(name) < _ENOUGH

    def blocked_share(self, name: str) -> float:
        """Tell which part of the last 5 s one has waited for the broker's answers."""
        track = self._tracks.get(name)
        if track is None or len(track.pace) < 2:
            return 0.0
        (first_s, first), (last_s, last) = track.pace[0], track.pace[-1]
        return (last.blocked_s - first.blocked_s) / max(last_s - first_s, 1e-9)

    def start(self, name: str, opened: Opened) -> None:
        """Start one of an open workspace, unless it runs. Does not block."""
        self._wanted[name] = opened
        self._client.run(name, opened)

    def start_all(self, opened: Opened, but: Collection[str] = ()) -> None:
        """Start those that are to run with the bridge, but for some."""
        for name in with_bridge(opened):
            if name not in but:
                self.start(name, opened)

    def halt(self, name: str) -> None:
        """Have one stop soon; its figures stay."""
        self._wanted.pop(name, None)
        self._client.halt(name)

    def take_over(self, before: Opened, now: Opened) -> None:
        """Have those that run go on as another version of the file says, from their start.

        One that has another name goes on under that.
        """
        for name, found in self._progress.items():
            if found.is_running and _definition(before, name) != _definition(now, name):
                self.halt(name)
                if next_name := _name_in(now, name, before):
                    self.start(next_name, now)

    async def stop(self) -> None:
        """Stop them all; messages on their way are finished first. Their figures are forgotten."""
        self._wanted.clear()
        await self._client.halt_all()
        self._forget()

    async def close(self) -> None:
        """Stop them all and let go of where they ran."""
        self._wanted.clear()
        await self._client.close()
        self._forget()

    def _forget(self) -> None:
        self._progress, self._tracks = {}, {}
        self.turned.emit()
        self.changed.emit()

    def _rate(self, name: str) -> float:
        return self._tracks[name].window.rate(name) if name in self._tracks else 0.0

    def _pace(self, name: str) -> float:
        """Tell how far the schedule has come in the last 5 s, as a share; 1 until that is known."""
        track = self._tracks.get(name)
        if track is None or not track.pace:
            return 1.0
        (first_s, first), (last_s, last) = track.pace[0], track.pace[-1]
        if last_s - first_s < BEHIND_S or not last.target:
            return 1.0
        lost_s = last.skipped_s + last.late_s - first.skipped_s - first.late_s
        return 1.0 - lost_s / (last_s - first_s)

    @Slot(object)
    def _take(self, report: Report) -> None:
        before, self._progress = self._progress, self._progress | report.progress
        for name, found in report.progress.items():
            self._follow(name, found, report.at_s)
        if _marks(before) != _marks(self._progress):
            self.turned.emit()
        self.changed.emit()

    def _follow(self, name: str, found: Progress, at_s: float) -> None:
        track = self._tracks.get(name)
        is_new = track is None or (track.pace and found.run_s < track.pace[-1][1].run_s)
        if track is None or is_new:
            slow_s = _MESSAGES * found.burst / found.target if found.target else 0.0
            track = self._tracks[name] = _Track(RateWindow(max(SPAN_S, slow_s)))
        if found.is_running:
            track.window.add(at_s, {name: found.sent})
            track.points.append((time.time(), (self._rate(name),)))
            track.pace.append((at_s, found))
            while len(track.pace) > 2 and track.pace[1][0] <= at_s - BEHIND_S:
                track.pace.popleft()

    @Slot()
    def _stay_here(self) -> None:
        """Run them in this process from now on, those first that were asked for."""
        self._client.deleteLater()
        self._client = InProcessSimulators(self)
        self._client.reported.connect(self._take)
        for name, opened in self._wanted.items():
            self._client.run(name, opened)


def with_bridge(opened: Opened) -> dict[str, Simulator]:
    """Give those that are to run with the bridge."""
    simulators = opened.loaded.partial.simulators
    return {name: found for name, found in simulators.items() if found.autostart}


def _marks(states: dict[str, Progress]) -> dict[str, tuple[bool, bool, bool]]:
    return {
        name: (found.is_running, found.is_connected, bool(found.error))
        for name, found in states.items()
    }


def _definition(opened: Opened, name: str) -> tuple[object, ...]:
    """Give everything that how a simulator runs depends on."""
    workspace = opened.loaded.partial
    simulator = workspace.simulators.get(name)
    connectors = workspace.connectors.mqtt
    connector = connectors.get(simulator.connector) if simulator is not None else None
    return simulator, connector, opened.environment.sandbox


def _name_in(now: Opened, name: str, before: Opened) -> str:
    """Find what a simulator is called in another version of the file; empty if it is gone.

    It was renamed if another has come that is the same, or the only one on its connector that has
    come while it alone is gone.
    """
    was, are = before.loaded.partial.simulators, now.loaded.partial.simulators
    if name in are or name not in was:
        return name if name in are else ""
    gone, come = (
        [each for each in was if each not in are],
        [each for each in are if each not in was],
    )
    for other in come:
        if are[other] == was[name].model_copy(update={"name": other}):
            return other
    is_alone = len(gone) == len(come) == 1 and are[come[0]].connector == was[name].connector
    return come[0] if is_alone else ""


def make_simulators(*, in_process: bool) -> Simulators:
    """Make the simulators of a session."""
    return Simulators(InProcessSimulators() if in_process else ChildSimulators())
