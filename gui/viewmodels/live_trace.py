"""The live trace of one rule: the next messages that it is given, with their outcomes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
    Slot,
)

from core.bridge.events import RecordSettled
from core.workspace.model import Workspace
from gui.viewmodels.feed_rows import FeedRow, Outcome, clock_time, state_text
from gui.viewmodels.live import Live
from gui.viewmodels.samples import Samples
from gui.viewmodels.table_roles import TableRole
from gui.viewmodels.words import number, tr

Index: TypeAlias = QModelIndex | QPersistentModelIndex
Column: TypeAlias = Literal["time", "topic", "client", "result"]
Hint: TypeAlias = Literal["stopped", "not_running", "waiting", "idle"]

COLUMNS: Final[tuple[Column, ...]] = ("time", "topic", "client", "result")
LIMITS: Final = (10, 50, 200)
_MOST_BYTES: Final = 16 << 20
_REFRESH_MS: Final = 250


@dataclass(frozen=True, slots=True)
class Traced:
    """A message of the trace, with what the engine had when it came: the workspace, its name."""

    row: FeedRow
    workspace: Workspace
    rule: str


class LiveTrace(QAbstractTableModel):
    """Collects the next sampled messages of one rule, the oldest first; then it stands still.

    Rows are put in four times a second at most. Ends of records still come in after the last
    message. Belongs to the loop's thread.

    Attributes:
        rule: The rule's name.
        limit: How many messages are collected.
        is_collecting: Whether more are to come.

    Signals:
        progressed: Another count, the bridge's state, or the end of a record.
    """

    progressed = Signal()

    def __init__(self, live: Live, rule: str, parent: QObject | None = None) -> None:
        super().__init__(parent or live)
        self._live, self.rule = live, rule
        self.limit = LIMITS[0]
        self.is_collecting = False
        self._rows: list[Traced] = []
        self._waiting: list[Traced] = []
        self._bytes = 0
        samples = Samples(live, LIMITS[-1], self)
        samples.added.connect(self._take_row)
        samples.settled.connect(self._take_record)
        samples.ended.connect(self._ask)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REFRESH_MS)
        self._timer.timeout.connect(self._refresh)
        live.session.stateChanged.connect(self._ask)
        live.factsChanged.connect(self._ask)

    # What there is

    @property
    def count(self) -> int:
        """How many messages are shown."""
        return len(self._rows)

    @property
    def is_bridge_running(self) -> bool:
        """Whether messages may come."""
        return self._live.session.state in ("starting", "running")

    @property
    def progress_text(self) -> str:
        """How many there are of how many: `7 of 10`; empty before the first start."""
        if not self._rows and not self.is_collecting:
            return ""
        text = tr("{count} of {limit}")
        return text.format(count=number(self.count), limit=number(self.limit))

    @property
    def topics(self) -> tuple[str, ...]:
        """The topic filters that messages are waited for on."""
        facts = self._live.facts.get(self.rule)
        return facts.topics if facts is not None else ()

    @property
    def hint(self) -> Hint:
        """Why there are no rows."""
        if not self.is_bridge_running:
            return "stopped"
        rule = self._live.at_work.rule(self.rule)
        if rule is None or not rule.enable:
            return "not_running"
        return "waiting" if self.is_collecting else "idle"

    def traced(self, place: int) -> Traced:
        """Give a row."""
        return self._rows[place]

    # What can be done

    def start(self, limit: int) -> None:
        """Forget what was collected, and collect the next messages."""
        self.beginResetModel()
        self._rows, self._waiting, self._bytes = [], [], 0
        self.limit, self.is_collecting = limit, True
        self.endResetModel()
        self.progressed.emit()

    def stop(self) -> None:
        """Collect no more; what there is stays."""
        self.is_collecting = False
        self._refresh()

    def start_bridge(self) -> None:
        """Start the engine on what is saved."""
        self._live.session.start()

    # What comes in

    @Slot(object)
    def _take_row(self, row: FeedRow) -> None:
        name = self._live.at_work.name("rule", self.rule)
        if not self.is_collecting or all(o.rule != name for o in row.sample.outcomes):
            return
        self._waiting.append(Traced(row, self._live.at_work.workspace, name))
        self._bytes += row.weight
        is_full = len(self._rows) + len(self._waiting) >= self.limit
        if is_full or self._bytes > _MOST_BYTES:
            self.is_collecting = False
        self._ask()

    @Slot(object, object)
    def _take_record(self, _row: FeedRow, _record: RecordSettled) -> None:
        if self._rows or self._waiting:
            self._ask()

    @Slot()
    def _ask(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    @Slot()
    def _refresh(self) -> None:
        if self._rows:
            last = self.index(len(self._rows) - 1, len(COLUMNS) - 1)
            self.dataChanged.emit(self.index(0, 0), last)
        if self._waiting:
            first = len(self._rows)
            self.beginInsertRows(QModelIndex(), first, first + len(self._waiting) - 1)
            self._rows += self._waiting
            self._waiting = []
            self.endInsertRows()
        self.progressed.emit()

    # Qt's side

    def rowCount(self, parent: Index | None = None) -> int:
        """Count the rows."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """Count the columns."""
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Give what Qt asks for, and what `TableRole` names."""
        traced, column = self._rows[index.row()], COLUMNS[index.column()]
        row = traced.row
        outcomes = outcomes_of(row, traced.rule)
        status = outcomes[0].status
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.ToolTipRole:
                return _cell(row, outcomes, column)
            case Qt.ItemDataRole.AccessibleTextRole:
                said = f"{_heading(column)}: {_cell(row, outcomes, column)}"
                return f"{state_text(status)}, {said}" if not index.column() else said
            case TableRole.STATUS:
                return status if column == "time" else None
            case TableRole.TONE:
                if column == "result":
                    return {"failed": "bad", "passed": "text1"}.get(status, "text2")
                return "text2" if column == "client" else "text1"
            case _:
                return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Name the columns."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _heading(COLUMNS[section])
        return None


def outcomes_of(row: FeedRow, rule: str) -> list[Outcome]:
    """List what one of the rules that saw a message made of it, failures first."""
    return [outcome for outcome in row.outcomes() if outcome.rule == rule]


def _cell(row: FeedRow, outcomes: list[Outcome], column: Column) -> str:
    match column:
        case "time":
            return clock_time(row.sample.time_ms)
        case "topic":
            return row.sample.topic
        case "client":
            return row.sample.client
        case "result":
            first = outcomes[0]
            text = ", ".join(part for part in (first.place, first.note, first.latency) if part)
            more = len(outcomes) - 1
            return f"{text} +{number(more)}" if more else text


def _heading(column: Column) -> str:
    return {
        "time": tr("Time"),
        "topic": tr("Topic"),
        "client": tr("Client"),
        "result": tr("Result"),
    }[column]
