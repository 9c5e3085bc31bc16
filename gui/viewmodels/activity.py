"""What has happened to the connectors: when they came and went, why, and what was granted."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal, Slot

from core.bridge.events import StatusChanged
from core.bridge.metrics import Snapshot
from gui.viewmodels.words import number, sentence, state_word, tr

if TYPE_CHECKING:
    from gui.viewmodels.live import Live

_MOST: Final = 200
_UP: Final = ("connected", "degraded")


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that has happened to a connector.

    Attributes:
        at: When it was seen.
        status: The name of a state, for its shape.
        text: One or more sentences.
    """

    at: datetime
    status: str
    text: str


@dataclass(slots=True)
class _Track:
    """What is known of one connector; times are those of the monotonic clock."""

    happenings: deque[Happening] = field(default_factory=lambda: deque[Happening](maxlen=_MOST))
    status: str = "stopped"
    reason: str = ""
    up_since_s: float | None = None
    lost_at_s: float | None = None
    attempts: int = 0


class Activity(QObject):
    """Notes the changes of every connector while a workspace is open, the last 200 of each.

    Signals:
        noted: Something has happened to the connector of this name.
    """

    noted = Signal(str)

    def __init__(self, live: Live) -> None:
        super().__init__(live)
        self._live = live
        self._tracks: dict[str, _Track] = {}
        self._granted: dict[tuple[str, str], int | None] = {}
        self._troubles: dict[str, str] = {}
        self._path = live.session.path
        session = live.session
        session.eventReceived.connect(self._take_event)
        session.snapshotTaken.connect(self._take_snapshot)
        session.stateChanged.connect(self._take_state)
        live.workspaceChanged.connect(self._take_workspace)

    def of(self, name: str) -> list[Happening]:
        """Give what has happened to a connector, the newest first."""
        return list(self._tracks[name].happenings) if name in self._tracks else []

    def up_s(self, name: str) -> float | None:
        """Tell for how many seconds a connector has been connected; None while it is not."""
        track = self._tracks.get(name)
        if track is None or track.up_since_s is None:
            return None
        return time.monotonic() - track.up_since_s

    def last_error(self, name: str) -> Happening | None:
        """Find the last thing that went wrong with a connector."""
        bad = ("failed", "disconnected", "degraded")
        return next((each for each in self.of(name) if each.status in bad), None)

    def _note(self, name: str, status: str, text: str) -> None:
        track = self._tracks.setdefault(name, _Track())
        last = track.happenings[0] if track.happenings else None
        if last is None or (last.status, last.text) != (status, text):
            track.happenings.appendleft(Happening(datetime.now(UTC).astimezone(), status, text))
            self.noted.emit(name)

    @Slot(object)
    def _take_event(self, event: object) -> None:
        if isinstance(event, StatusChanged) and event.kind == "connector":
            self._take_status(event.name, event.status, event.reason)

    def _take_status(self, name: str, status: str, reason: str) -> None:
        track = self._tracks.setdefault(name, _Track())
        if (status, reason) == (track.status, track.reason):
            return
        now_s, before = time.monotonic(), track.status
        was_up, is_up = before in _UP, status in _UP
        track.status, track.reason = status, reason
        text = sentence(reason)
        if status == "connecting":
            track.attempts += 1
            text = self._trying(track)
        elif is_up and not was_up:
            text = f"{self._arrived(track, status, now_s)} {text}".strip()
            track.up_since_s, track.lost_at_s, track.attempts = now_s, None, 0
        elif status == "connected" and before == "degraded":
            text = f"{tr('All well again.')} {text}".strip()
        elif status == "stopped":
            track.attempts = 0
            text = tr("Stopped.")
        elif status != before or not text:
            text = f"{state_word(status)}. {text}".strip()
        if was_up and not is_up:
            track.up_since_s = None
            track.lost_at_s = now_s if status != "stopped" else None
        self._note(name, status, text)

    def _trying(self, track: _Track) -> str:
        if track.lost_at_s is None and track.attempts < 2:
            return tr("Connecting.")
        return tr("Connecting again, attempt {count}.").format(count=number(track.attempts))

    def _arrived(self, track: _Track, status: str, now_s: float) -> str:
        if track.lost_at_s is not None:
            text = tr("{state} again after {seconds} s.")
            gone_s = number(max(round(now_s - track.lost_at_s), 1))
            return text.format(state=state_word(status), seconds=gone_s)
        return f"{state_word(status)}."

    @Slot(object)
    def _take_snapshot(self, snapshot: Snapshot) -> None:
        """Note what brokers have granted, and which actions the cluster does not serve."""
        for source, stats in snapshot.sources.items():
            for topic, found in stats.filters.items():
                key = (source, topic)
                if found.granted_qos is not None and found.granted_qos != self._granted.get(key):
                    text = tr("Subscribed {filter}, QoS {qos} granted.")
                    text = text.format(filter=topic, qos=found.granted_qos)
                    self._note(source, "passed", text)
                self._granted[key] = found.granted_qos
        for name, action in self._live.workspace.actions.kafka.items():
            stats = snapshot.actions.get(name)
            is_bad = stats is not None and stats.status in ("degraded", "failed", "disconnected")
            why = stats.status_reason if stats is not None and is_bad else ""
            known = self._tracks.get(action.connector)
            if why and why != self._troubles.get(name) and (known is None or why != known.reason):
                text = tr("Action {name}: {reason}").format(name=name, reason=sentence(why))
                self._note(action.connector, "degraded", text)
            self._troubles[name] = why

    @Slot(str)
    def _take_state(self, state: str) -> None:
        if state == "starting":
            self._granted, self._troubles = {}, {}
            for track in self._tracks.values():
                track.status, track.reason, track.attempts = "stopped", "", 0
                track.up_since_s = track.lost_at_s = None
        elif state in ("stopped", "died"):
            for name, track in self._tracks.items():
                if track.status != "stopped":
                    self._take_status(name, "stopped", "")

    @Slot()
    def _take_workspace(self) -> None:
        if self._live.session.path != self._path:
            self._path = self._live.session.path
            self._tracks = {}
