"""Sampled messages joined with the ends of their records, as they come from the engine."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from core.bridge.events import MessageSample, RecordSettled
from core.workspace.model import CONSOLE
from gui.viewmodels.feed_rows import FeedRow
from gui.viewmodels.live import Live

_EARLY: Final = 1_000


class Samples(QObject):
    """Makes a row of every sample, and writes the ends of its records into it while they come.

    Signals:
        added: A `FeedRow`; ends that came before their sample are in it.
        settled: A `FeedRow` that has got another end, and the `RecordSettled`.
    """

    added = Signal(object)
    settled = Signal(object, object)

    def __init__(self, live: Live, limit: int, parent: QObject | None = None) -> None:
        """Take how many samples may wait for the ends of their records."""
        super().__init__(parent or live)
        self._live, self._limit = live, limit
        self._open: OrderedDict[int, FeedRow] = OrderedDict()
        self._early: OrderedDict[int, list[RecordSettled]] = OrderedDict()
        session = live.session
        session.messageSampled.connect(self._take_sample)
        session.recordSettled.connect(self._take_record)
        session.stateChanged.connect(self._take_state)

    @Slot(object)
    def _take_sample(self, sample: MessageSample) -> None:
        row = FeedRow(sample, self._actions_of(sample))
        row.records += self._early.pop(sample.id, [])
        self._open[sample.id] = row
        if len(self._open) > self._limit:
            self._open.popitem(last=False)
        self.added.emit(row)

    @Slot(object)
    def _take_record(self, record: RecordSettled) -> None:
        row = self._open.get(record.id)
        if row is not None:
            row.records.append(record)
            self.settled.emit(row, record)
            return
        self._early.setdefault(record.id, []).append(record)
        if len(self._early) > _EARLY:
            self._early.popitem(last=False)

    def _actions_of(self, sample: MessageSample) -> dict[str, tuple[str, ...]]:
        """List, by rule, the actions from which an end of a record is to come."""
        workspace = self._live.workspace
        return {
            outcome.rule: tuple(
                name
                for name in workspace.rules[outcome.rule].actions
                if name != CONSOLE
                and name in workspace.actions.kafka
                and workspace.actions.kafka[name].enable
            )
            for outcome in sample.outcomes
            if outcome.rule in workspace.rules
        }

    @Slot(str)
    def _take_state(self, state: str) -> None:
        if state == "starting":  # a new engine counts its samples from the beginning
            self._open.clear()
            self._early.clear()
