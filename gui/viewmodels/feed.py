"""The feed: sampled messages, and what became of each of them."""

from __future__ import annotations

import time
from itertools import chain, islice
from typing import Any, Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from core.bridge.events import StatusChanged
from core.bridge.samples import PER_SECOND
from gui.viewmodels.feed_rows import COLUMNS, FeedRow, cell, heading
from gui.viewmodels.live import Live
from gui.viewmodels.live_rows import ROW_ROLE, Divider, Empty
from gui.viewmodels.ring import Index, RingModel
from gui.viewmodels.samples import Samples
from gui.viewmodels.table_roles import TableRole
from gui.viewmodels.unreadable import unreadable
from gui.viewmodels.words import number, state_word, tr

_OPEN_SAMPLES: Final = 5_000
_LOOKED_THROUGH: Final = 5_000
_HINT_AFTER_S: Final = 10.0


class FeedModel(RingModel):
    """The rows as a table.

    Signals:
        emptyChanged: What is said where there are no rows may be another now.
    """

    emptyChanged = Signal()

    def __init__(self, live: Live, parent: QObject | None = None) -> None:
        super().__init__(parent or live)
        self._live = live
        live.feeds.add(self)
        self._samples = Samples(live, _OPEN_SAMPLES, self)
        self._lost_s: dict[str, float] = {}
        self._was_connected: set[str] = set()
        self._waiting_since_s = time.monotonic()
        self._watch = QTimer(self)
        self._watch.setInterval(1_000)
        self._watch.timeout.connect(self.emptyChanged)
        session = live.session
        self._samples.added.connect(self._take_row)
        self._samples.settled.connect(self.rows_changed)
        self._samples.ended.connect(self.rows_changed)
        session.eventReceived.connect(self._take_event)
        session.stateChanged.connect(self._take_state)
        live.workspaceChanged.connect(self._take_workspace)
        live.factsChanged.connect(self.emptyChanged)
        self.countsChanged.connect(self._watch_emptiness)
        session.settings.changed.connect(self._take_settings)
        self._take_settings()
        self._path = session.path
        self._watch.start()

    def empty(self) -> Empty | None:
        """Tell what to say instead of rows; None when there are some."""
        if self.matching:
            return None
        if self.kept:
            return Empty(
                tr("0 of {count} rows match.").format(count=number(self.kept)),
                button=tr("Clear filter"),
                does="clear_filter",
            )
        if self.is_paused:
            return Empty(tr("Paused: new messages are counted, not shown."))
        return self._waiting()

    def message_of(self, topic: str, partition: int, offset: int) -> FeedRow | None:
        """Find the message that made a record, if it is among the newest that were sampled."""
        rows = chain(reversed(self._incoming), reversed(self._kept))
        newest = islice(rows, _LOOKED_THROUGH)
        made = (row for row in newest if isinstance(row, FeedRow))
        return next((row for row in made if row.has_made(topic, partition, offset)), None)

    @property
    def shown_in(self) -> int:
        """Of how many messages one is shown, when more come than are sampled; else 1."""
        rate = self._live.in_rate()
        return round(rate / PER_SECOND) if rate >= 2 * PER_SECOND else 1

    def _waiting(self) -> Empty:
        live = self._live
        if (found := unreadable(live)) is not None:
            return Empty(found.headline, found.way_out)
        topics = [topic for _, topic in live.filters()]
        if live.session.state in ("stopped", "died"):
            return Empty(
                tr("The bridge is stopped: no messages come in."),
                button=tr("Start"),
                does="start",
            )
        if not topics and live.workspace.rules and not live.facts:  # they are being looked into
            return Empty(tr("Waiting for the first message."))
        if not topics:
            return Empty(tr("No rule listens to a topic."))
        first = tr("Waiting for the first message on {topic}.").format(topic=topics[0])
        if len(topics) > 1:
            first = tr("Waiting for the first message on {topic} and {count} more.").format(
                topic=topics[0], count=number(len(topics) - 1)
            )
        return Empty(first, " ".join([self._connections(), *self._hints()]))

    def _connections(self) -> str:
        """Tell how the sources of enabled rules are, or that the bridge is about to use them."""
        if self._live.session.state == "starting":
            return f"{state_word('starting')}."
        sources = dict.fromkeys(source for source, _ in self._live.filters())
        states = ((name, self._live.connector_state(name)) for name in sources)
        return " ".join(f"{name}: {state_word(state.status)}." for name, state in states)

    def _hints(self) -> list[str]:
        """After a while, say what else could be the matter."""
        if time.monotonic() - self._waiting_since_s < _HINT_AFTER_S:
            return []
        live = self._live
        resting = [
            name
            for name in live.workspace.simulators
            if live.simulator_state(name).status == "stopped"
        ]
        if resting:
            return [tr("The simulator {name} is not running.").format(name=resting[0])]
        return [tr("Nothing has been published since; Ctrl+P publishes a message.")]

    @Slot()
    def _take_settings(self) -> None:
        self.set_most_rows(self._live.session.settings.values.feeds.feed_rows)

    @Slot()
    def _watch_emptiness(self) -> None:
        is_empty = not self.matching
        if is_empty and not self._watch.isActive():
            self._waiting_since_s = time.monotonic()
            self._watch.start()
        elif not is_empty:
            self._watch.stop()
        self.emptyChanged.emit()

    # What comes in

    @Slot(object)
    def _take_row(self, row: FeedRow) -> None:
        self.add((row,))

    @Slot(object)
    def _take_event(self, event: object) -> None:
        """Mark the gap that a lost connection has left; none is left by one that is written to."""
        if not isinstance(event, StatusChanged) or event.kind != "connector":
            return
        if event.name in self._live.at_work.workspace.connectors.kafka:
            return
        name, is_up = event.name, event.status in ("connected", "degraded")
        if is_up:
            lost_s = self._lost_s.pop(name, None)
            self._was_connected.add(name)
            if lost_s is not None:
                text = tr("{name} reconnected, {seconds} s gap")
                gap_s = round(time.monotonic() - lost_s)
                self.divide(text.format(name=name, seconds=number(gap_s)))
        elif name in self._was_connected:
            self._lost_s.setdefault(name, time.monotonic())

    @Slot(str)
    def _take_state(self, state: str) -> None:
        if state == "starting":
            self._lost_s.clear()
            self._was_connected.clear()
            if self.kept:
                self.divide(tr("started {time}").format(time=time.strftime("%H:%M:%S")))
        self._waiting_since_s = time.monotonic()
        self.emptyChanged.emit()

    @Slot()
    def _take_workspace(self) -> None:
        if self._live.session.path != self._path:
            self._path = self._live.session.path
            self.clear()
        self.emptyChanged.emit()

    # Qt's side

    def columnCount(self, parent: Index | None = None) -> int:
        """Count the columns."""
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Give what Qt asks for, the row itself, and what `TableRole` names."""
        if not index.isValid():
            return None
        row, column = self._shown[index.row()], COLUMNS[index.column()]
        if role == ROW_ROLE:
            return row
        if not isinstance(row, FeedRow):
            is_first = role == Qt.ItemDataRole.DisplayRole and not index.column()
            return row.text if is_first and isinstance(row, Divider) else None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return cell(row, column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{heading(column)}: {cell(row, column)}"
        if role == TableRole.TONE:
            return "text3" if column == "time" else "text1"
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Name the columns."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return heading(COLUMNS[section])
        return None
