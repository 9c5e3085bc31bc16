"""The Kafka tail: which topic is read from where on, its records, and how the reading goes."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from PySide6.QtCore import QObject, Qt, Signal, Slot

from core.workspace.model import Workspace
from gui.viewmodels.feed_rows import clock_time
from gui.viewmodels.live import DISABLED, STOPPED, Live, State
from gui.viewmodels.live_rows import ROW_ROLE, Empty
from gui.viewmodels.ring import Index, RingModel
from gui.viewmodels.tail_reader import Batch, TailReader, TailRow, Target
from gui.viewmodels.words import byte_size, number, tr

Column: TypeAlias = Literal["time", "partition", "offset", "key", "value", "size"]

COLUMNS: Final[tuple[Column, ...]] = ("time", "partition", "offset", "key", "value", "size")
STARTS: Final = ("end", "-100", "-1000", "beginning")
_TOPIC: Final = re.compile(r"[A-Za-z0-9._-]{1,249}")
_RIGHT: Final = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_CALM_S: Final = 3.0
_CONNECTING: Final = State("connecting")


@dataclass(frozen=True, slots=True)
class TailTopic:
    """A topic on one of the workspace's clusters."""

    connector: str
    topic: str


class TailModel(RingModel):
    """The records as a table; the first column alone tells a whole row where room is short."""

    def columnCount(self, parent: Index | None = None) -> int:
        """Count the columns."""
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Give what Qt asks for, and the row itself."""
        if not index.isValid():
            return None
        row, column = self._shown[index.row()], COLUMNS[index.column()]
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.TextAlignmentRole and column == "size":
            return _RIGHT
        if not isinstance(row, TailRow):
            is_text = role == Qt.ItemDataRole.DisplayRole and column == "time"
            return getattr(row, "text", None) if is_text else None
        if role == Qt.ItemDataRole.DisplayRole:
            return cell(row, column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return spoken(row) if column == "time" else f"{heading(column)}: {cell(row, column)}"
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Name the columns."""
        column = COLUMNS[section]
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return heading(column)
        if role == Qt.ItemDataRole.TextAlignmentRole and column == "size":
            return _RIGHT
        return None


class TailViewModel(QObject):
    """Reads while a workspace is open, whether or not the bridge runs.

    Joins no consumer group and commits nothing: reading leaves no trace at the cluster.

    Attributes:
        rows: The records.

    Signals:
        topicsChanged: What there is to choose from, or what is chosen.
        stateChanged: How the reading goes.
    """

    topicsChanged = Signal()
    stateChanged = Signal()

    def __init__(self, live: Live, parent: QObject | None = None) -> None:
        super().__init__(parent or live)
        self._live = live
        self.rows = TailModel(self)
        live.feeds.add(self.rows)
        self._topics: list[TailTopic] = []
        self._chosen: TailTopic | None = None
        self._wanted: TailTopic | None = None
        self._start = STARTS[0]
        self._since_s = time.time()
        self._state = STOPPED
        self._advice = ""
        self._shown_in = 1
        self._since_skip = 0
        self._skipped_s = 0.0
        self._reads: tuple[object, ...] = ()
        self._task: asyncio.Task[None] | None = None
        live.workspaceChanged.connect(self._take_workspace)
        self._take_workspace()

    # What there is

    @property
    def topics(self) -> Sequence[TailTopic]:
        """The topics to choose from: those that actions write to, and one that was asked for."""
        return self._topics

    @property
    def chosen(self) -> TailTopic | None:
        """The topic that is read; None when the workspace names none."""
        return self._chosen

    @property
    def connectors(self) -> Sequence[str]:
        """The clusters whose topics can be read."""
        return list(self._live.workspace.connectors.kafka)

    @property
    def start(self) -> str:
        """Where reading began: one of `STARTS`."""
        return self._start

    @property
    def state(self) -> State:
        """How the reading goes."""
        return self._state

    @property
    def shown_in(self) -> int:
        """Of how many records one is shown, while more come than anybody could read; else 1."""
        return self._shown_in

    @property
    def trouble(self) -> str:
        """What keeps records from coming, and where; empty when nothing does."""
        if self._state.status in ("connected", "stopped", "disabled"):
            return ""
        if self._chosen is None or (self._state.status == "connecting" and not self._state.reason):
            return ""
        return f"{self._chosen.connector}: {self._state.reason}"

    @property
    def advice(self) -> str:
        """What to do about the trouble, where that is known."""
        return self._advice if self.trouble else ""

    def empty(self) -> Empty | None:
        """Tell what to say instead of rows; None when there are some."""
        rows = self.rows
        if rows.matching:
            return None
        if rows.kept:
            return Empty(
                tr("0 of {count} rows match.").format(count=number(rows.kept)),
                button=tr("Clear filter"),
                does="clear_filter",
            )
        if self._chosen is None:
            if not self._live.workspace.connectors.kafka:
                return Empty(tr("This workspace has no Kafka connector: there is nothing to read."))
            return Empty(
                tr("No action writes to a topic that is known before its messages come."),
                tr("Choose another topic above."),
            )
        if self._state.status == "disabled":
            return Empty(tr("{connector} is disabled.").format(connector=self._chosen.connector))
        if self._state.status in ("stopped", "connecting"):
            if self._state.reason:
                return Empty(self._state.reason)
            return Empty(tr("Connecting to {name}.").format(name=self._chosen.connector))
        return self._nothing_yet(self._chosen.topic)

    def _nothing_yet(self, topic: str) -> Empty:
        note = tr("Reading joins no consumer group and commits nothing.")
        if self.rows.is_paused:
            return Empty(tr("Paused: new records are counted, not shown."), note)
        if self._state.status != "connected":
            return Empty(tr("No records."))
        if self._start == "beginning":
            return Empty(tr("No records in {topic}.").format(topic=topic), note)
        since = time.strftime("%H:%M:%S", time.localtime(self._since_s))
        return Empty(
            tr("No records after {time} in {topic}.").format(time=since, topic=topic),
            note,
            button=tr("From beginning"),
            does="beginning",
        )

    # What the user does

    def choose(self, topic: TailTopic) -> None:
        """Read another topic."""
        self._wanted = topic
        self._find_topics()
        self._read()

    def set_start(self, start: str) -> None:
        """Read again, from somewhere else on; one of `STARTS`."""
        self._start = start
        self._read(again=True)

    # Reading

    @Slot()
    def _take_workspace(self) -> None:
        self._find_topics()
        self._read()

    def _find_topics(self) -> None:
        found = topics_of(self._live.workspace)
        if self._wanted is not None and self._wanted not in found:
            if self._wanted.connector in self._live.workspace.connectors.kafka:
                found.append(self._wanted)
            else:
                self._wanted = None
        self._topics = found
        if self._wanted is not None:
            self._chosen = self._wanted
        elif self._chosen not in found:
            self._chosen = found[0] if found else None
        self.topicsChanged.emit()

    def _read(self, *, again: bool = False) -> None:
        """Start reading what is chosen, unless it is being read."""
        environment, chosen = self._live.session.environment, self._chosen
        connector = self._live.workspace.connectors.kafka.get(chosen.connector) if chosen else None
        reads: tuple[object, ...] = ()
        if environment is not None and chosen is not None and connector is not None:
            reads = (environment.state_dir, environment.sandbox, connector, chosen, self._start)
        if reads == self._reads and not again:
            return
        self._stop()
        self._reads = reads
        self._shown_in, self._since_skip = 1, 0
        self._since_s = time.time()
        self.rows.clear()
        self.rows.follow()
        if environment is None or chosen is None or connector is None:
            self._say(STOPPED)
        elif not connector.enable:
            self._say(DISABLED)
        else:
            self._say(_CONNECTING)
            reader = TailReader(Target(connector, chosen.topic, self._start), environment)
            self._task = self._live.session.tasks.start(self._follow(reader), "read a topic")

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _follow(self, reader: TailReader) -> None:
        try:
            async for batch in reader.batches():
                self._take(batch)
        finally:
            await reader.close()

    def _take(self, batch: Batch) -> None:
        now_s = time.monotonic()
        if batch.rows:
            self.rows.add(batch.rows)
            self._since_skip += len(batch.rows)
        if batch.left_out:
            self.rows.leave_out(batch.left_out)
            self._skipped_s = now_s
            shown = max(self._since_skip, 1)
            self._since_skip = 0
            self._set_shown_in(round((shown + batch.left_out) / shown))
        elif self._shown_in > 1 and now_s - self._skipped_s > _CALM_S:
            self._set_shown_in(1)
        self._advice = batch.advice
        self._say(batch.state)

    def _set_shown_in(self, count: int) -> None:
        if count != self._shown_in:
            self._shown_in = count
            self.stateChanged.emit()

    def _say(self, state: State) -> None:
        if state != self._state:
            self._state = state
            self.stateChanged.emit()


def topic_problem(name: str) -> str:
    """Say why a name is none of a Kafka topic; empty when it is one."""
    if _TOPIC.fullmatch(name) and name not in (".", ".."):
        return ""
    return tr("Kafka topics use letters, digits, . _ - and at most 249 characters.")


def topics_of(workspace: Workspace) -> list[TailTopic]:
    """List the topics that actions write to, those of rules first, without templates."""
    actions = workspace.actions.kafka
    used = [name for rule in workspace.rules.values() for name in rule.actions if name in actions]
    found: dict[TailTopic, None] = {}
    for name in [*used, *actions]:
        action = actions[name]
        if "${" not in action.topic and action.connector in workspace.connectors.kafka:
            found[TailTopic(action.connector, action.topic)] = None
    return list(found)


def heading(column: Column) -> str:
    """Name a column."""
    return {
        "time": tr("Time"),
        "partition": tr("Part."),
        "offset": tr("Offset"),
        "key": tr("Key"),
        "value": tr("Value"),
        "size": tr("Size"),
    }[column]


def start_name(start: str) -> str:
    """Name a place to begin at."""
    match start:
        case "end":
            return tr("Live")
        case "beginning":
            return tr("Beginning")
        case _:
            return tr("Newest {count}").format(count=number(-int(start)))


def cell(row: TailRow, column: Column) -> str:
    """Write a cell out; a long value is cut."""
    record = row.record
    match column:
        case "time":
            return clock_time(record.timestamp) if record.timestamp is not None else ""
        case "partition":
            return f"p{record.partition}"
        case "offset":
            return f"#{record.offset}"
        case "key":
            return row.key
        case "value":
            return preview(row)
        case "size":
            return byte_size(row.size)


def preview(row: TailRow) -> str:
    """Give the beginning of a value on one line."""
    if row.record.value is None:
        return tr("no value")
    if not row.value and row.size:
        return tr("{size}, no text").format(size=byte_size(row.size))
    return " ".join(row.value[:400].split())


def spoken(row: TailRow) -> str:
    """Say a row in one sentence, as a screen reader reads it."""
    return ", ".join(
        text for text in (cell(row, column) for column in COLUMNS if column != "size") if text
    )
