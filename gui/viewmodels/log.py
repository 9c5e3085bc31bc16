"""The log of the bridge: what the engine writes for people, and its events, in bounded order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from core.bridge.events import ConsoleOutput, Notice, RuleFailed, StatusChanged
from gui.viewmodels.session import Session
from gui.viewmodels.words import plural

MOST_LINES: Final = 5_000
_MOST_PER_TICK: Final = 500
_TICK_MS: Final = 100
_LONGEST: Final = 4_000


def _utc_now() -> datetime:
    return datetime.now(UTC)


class LogViewModel(QObject):
    """Keeps the last lines; tells the view of new ones at most ten times a second.

    The lines are English, so that they can be searched for. Secrets are masked by who writes them.

    Signals:
        added: New lines that the filter lets pass, oldest first.
        replaced: The lines are others now: read `lines`.
    """

    added = Signal(list)
    replaced = Signal()

    def __init__(
        self,
        session: Session,
        parent: QObject | None = None,
        *,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        """Listen to a session; `now` gives the time of events."""
        super().__init__(parent)
        self._now = now
        self._kept: deque[str] = deque(maxlen=MOST_LINES)
        self._waiting: deque[str] = deque()
        self._left_out = 0
        self._filter = ""
        self._tick = QTimer(self)
        self._tick.setSingleShot(True)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._flush)
        session.logLine.connect(self.add)
        session.eventReceived.connect(self._take_event)
        session.stateChanged.connect(self._take_state)

    @property
    def lines(self) -> list[str]:
        """The lines that the filter lets pass, oldest first."""
        return [line for line in self._kept if self._passes(line)]

    @property
    def kept(self) -> list[str]:
        """All lines, whatever the filter."""
        return list(self._kept)

    @property
    def count(self) -> int:
        """How many lines are kept, whatever the filter."""
        return len(self._kept)

    @property
    def filter(self) -> str:
        """What a line must hold to be shown; upper and lower case are the same."""
        return self._filter

    def set_filter(self, text: str) -> None:
        """Show the lines that hold a text; all of them for none."""
        wanted = text.strip().casefold()
        if wanted != self._filter:
            self._filter = wanted
            self.replaced.emit()

    def clear(self) -> None:
        """Forget all lines."""
        self._kept.clear()
        self._waiting.clear()
        self.replaced.emit()

    @Slot(str)
    def add(self, line: str) -> None:
        """Take a line; under a flood the newest are left out, and their number is told."""
        if len(self._waiting) >= _MOST_PER_TICK:
            self._left_out += 1
            return
        cut = line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
        self._waiting.extend(cut.splitlines())
        if not self._tick.isActive():
            self._tick.start()

    @Slot(str)
    def note(self, text: str) -> None:
        """Take what the window has said, too."""
        self._tell("info", text)

    @Slot()
    def _flush(self) -> None:
        new = list(self._waiting)
        self._waiting.clear()
        if self._left_out:
            new.append(plural("(%n line left out)", "(%n lines left out)", self._left_out))
            self._left_out = 0
        self._kept.extend(new)
        if shown := [line for line in new if self._passes(line)]:
            self.added.emit(shown)

    def _passes(self, line: str) -> bool:
        return self._filter in line.casefold()

    @Slot(object)
    def _take_event(self, event: object) -> None:
        match event:
            case StatusChanged(kind="source" | "connector", name=name, status=status, reason=why):
                self._tell(
                    "info" if status in ("connected", "connecting", "stopped") else "warning",
                    f"{name}: {status}{': ' + why if why else ''}",
                )
            case RuleFailed(rule=rule, message=message, count=count):
                times = f" {count} times" if count > 1 else ""
                self._tell("warning", f"rule {rule} failed{times}: {message}")
            case ConsoleOutput(rule=rule, output=output):
                self._tell("output", f"[{rule}] {output}")
            case Notice(level=level, text=text):
                self._tell(level, text)
            case _:
                return

    @Slot(str)
    def _take_state(self, state: str) -> None:
        self._tell("info", f"bridge: {state}")

    def _tell(self, level: str, text: str) -> None:
        self.add(f"{self._now().strftime('%H:%M:%S')} {level:7} {text}")
