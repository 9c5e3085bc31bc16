"""Sampled messages joined with the ends of their records, as they come from the engine."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from core.bridge.events import MessageSample, RecordSettled
from core.workspace.model import CONSOLE, Workspace
from gui.viewmodels.feed_rows import FeedRow, row_of
from gui.viewmodels.live import Live

_EARLY: Final = 1_000
_MOST_BYTES: Final = 16 << 20


class RecentRows:
    """The newest rows by the number of their sample; their count and bytes are bounded."""

    def __init__(self, most: int, most_bytes: int = _MOST_BYTES) -> None:
        """Take the bounds."""
        self._most, self._most_bytes = most, most_bytes
        self._rows: OrderedDict[int, FeedRow] = OrderedDict()
        self._bytes = 0

    def get(self, sample_id: int) -> FeedRow | None:
        """Find a row."""
        return self._rows.get(sample_id)

    def put(self, sample_id: int, row: FeedRow) -> None:
        """Remember a row, and forget the oldest ones that are too many."""
        before = self._rows.pop(sample_id, None)
        self._bytes += row.weight - (before.weight if before is not None else 0)
        self._rows[sample_id] = row
        while len(self._rows) > self._most or self._bytes > self._most_bytes:
            _, gone = self._rows.popitem(last=False)
            self._bytes -= gone.weight

    def end(self) -> None:
        """Forget all, which get no further ends."""
        for row in self._rows.values():
            row.is_over = True
        self._rows.clear()
        self._rows.clear()
        self._bytes = 0


class Samples(QObject):
    """Makes a row of every sample, and writes the ends of its records into it while they come.

    Signals:
        added: A `FeedRow`; ends that came before their sample are in it.
        settled: A `FeedRow` that has got another end, and the `RecordSettled`.
        ended: The rows so far get no further ends, as the engine has ended.
    """

    added = Signal(object)
    settled = Signal(object, object)
    ended = Signal()

    def __init__(self, live: Live, limit: int, parent: QObject | None = None) -> None:
        """Take how many samples may wait for the ends of their records."""
        super().__init__(parent or live)
        self._live = live
        self._open: RecentRows = RecentRows(limit)
        self._early: OrderedDict[int, list[RecordSettled]] = OrderedDict()
        self._actions: dict[tuple[str, ...], dict[str, tuple[str, ...]]] = {}
        live.workspaceChanged.connect(self._take_workspace)
        session = live.session
        session.tookOver.connect(self._take_workspace)
        session.messageSampled.connect(self._take_sample)
        session.recordSettled.connect(self._take_record)
        session.stateChanged.connect(self._take_state)

    @Slot(object)
    def _take_sample(self, sample: MessageSample) -> None:
        row = row_of(sample, self._actions_of(sample))
        row.settle(self._early.pop(sample.id, ()))
        self._open.put(sample.id, row)
        self.added.emit(row)

    @Slot(object)
    def _take_record(self, record: RecordSettled) -> None:
        row = self._open.get(record.id)
        if row is not None:
            row.settle((record,))
            self.settled.emit(row, record)
            return
        self._early.setdefault(record.id, []).append(record)
        if len(self._early) > _EARLY:
            self._early.popitem(last=False)

    def _actions_of(self, sample: MessageSample) -> dict[str, tuple[str, ...]]:
        """List, by rule, the actions from which an end of a record is to come."""
        rules = tuple(outcome.rule for outcome in sample.outcomes)
        found = self._actions.get(rules)
        if found is None:
            found = self._actions[rules] = self._writers(rules)
        return found

    def _writers(self, rules: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
        """Look them up where the message went; a version that is just taken over is saved."""
        runs, saved = self._live.at_work.workspace, self._live.workspace
        return {
            rule: _writers_of(runs if rule in runs.rules else saved, rule)
            for rule in rules
            if rule in runs.rules or rule in saved.rules
        }

    @Slot()
    def _take_workspace(self) -> None:
        self._actions = {}

    @Slot(str)
    def _take_state(self, state: str) -> None:
        # A new engine counts its samples from the beginning.
        if state in ("starting", "stopped", "died"):
            self._open.end()
            self._early.clear()
            self.ended.emit()


def _writers_of(workspace: Workspace, rule: str) -> tuple[str, ...]:
    kafka = workspace.actions.kafka
    return tuple(
        name
        for name in workspace.rules[rule].actions
        if name != CONSOLE and name in kafka and kafka[name].enable
    )
