"""The trace: the last messages that were sampled, with their latency and why some failed."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
    Slot,
)

from core.bridge.events import MessageSample, RecordSettled
from gui.viewmodels.feed_rows import FeedRow, Outcome, clock_time, state_text
from gui.viewmodels.json_layout import laid_out_text
from gui.viewmodels.letter_words import heavy_field, heavy_field_of_cut
from gui.viewmodels.live import Live
from gui.viewmodels.loss_words import title, too_large
from gui.viewmodels.row_filter import RowFilter, parse_filter
from gui.viewmodels.samples import Samples
from gui.viewmodels.table_roles import TableRole
from gui.viewmodels.words import locale, sentence, tr

Index: TypeAlias = QModelIndex | QPersistentModelIndex
Column: TypeAlias = Literal["time", "topic", "sql", "render", "kafka", "result"]

COLUMNS: Final[tuple[Column, ...]] = ("time", "topic", "sql", "render", "kafka", "result")
NUMBERS: Final[frozenset[Column]] = frozenset({"sql", "render", "kafka"})
MOST: Final = 200
_REFRESH_MS: Final = 250


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why something failed, as a row below it.

    Attributes:
        text: The whole reason.
        target: The document where it can be mended.
        details: What else can be looked at, by its name: a text, JSON where it is it.
    """

    text: str
    target: str
    details: tuple[tuple[str, str], ...] = ()


class TraceModel(QAbstractTableModel):
    """The newest row is the first. It stands still while `hold` says so; new rows are counted.

    Signals:
        countsChanged: How many rows there are, or wait above, is another number now.
        explained: A failed message's reason stands in this row now; -1: in none.
    """

    countsChanged = Signal()
    explained = Signal(int)

    def __init__(self, live: Live) -> None:
        super().__init__(live)
        self._live = live
        self._kept: deque[FeedRow] = deque(maxlen=MOST)
        self._shown: list[FeedRow | Explanation] = []
        self._filter = RowFilter()
        self._is_held = self._is_paused = False
        self._rule = ""
        self._path = live.session.path
        self.new_above = 0
        self.problem = ""
        self._samples = Samples(live, MOST, self)
        self._samples.added.connect(self._take_row)
        self._samples.settled.connect(self._take_record)
        self._samples.ended.connect(self._ask)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REFRESH_MS)
        self._timer.timeout.connect(self._refresh)
        live.workspaceChanged.connect(self._take_workspace)
        live.limits.changed.connect(self._take_limits)

    @property
    def kept(self) -> int:
        """How many messages are remembered, shown or not."""
        return len(self._kept)

    def row_at(self, place: int) -> FeedRow | Explanation:
        """Give a row."""
        return self._shown[place]

    def set_filter(self, text: str) -> None:
        """Show the messages that pass; a bad filter leaves the last as it is."""
        parsed = parse_filter(text)
        self.problem = parsed.problem
        if not parsed.problem:
            self._filter = parsed
        self._show()

    def set_rule(self, rule: str) -> None:
        """Show the messages of one rule, or all for an empty name."""
        self._rule = rule
        self._show()

    def hold(self, is_held: bool) -> None:
        """Stand still, or show what has come meanwhile."""
        if is_held == self._is_held:
            return
        self._is_held = is_held
        if not self._stands:
            self._show()

    def pause(self, is_paused: bool) -> None:
        """Stand still whatever the user looks at, or no longer."""
        self._is_paused = is_paused
        if not self._stands:
            self._show()

    @property
    def _stands(self) -> bool:
        return self._is_held or self._is_paused

    def explain(self, place: int) -> None:
        """Have the reason of a failed message stand below it, and no other one."""
        wanted = self._shown[place] if 0 <= place < len(self._shown) else None
        if isinstance(wanted, Explanation):
            return
        before = next((n for n, r in enumerate(self._shown) if isinstance(r, Explanation)), -1)
        if before >= 0 and before - 1 == place:
            return
        if before >= 0:
            self.beginRemoveRows(QModelIndex(), before, before)
            del self._shown[before]
            self.endRemoveRows()
            self.explained.emit(-1)
        why = self._why(wanted) if wanted is not None else None
        if wanted is not None and why is not None:
            below = self._shown.index(wanted) + 1
            self.beginInsertRows(QModelIndex(), below, below)
            self._shown.insert(below, why)
            self.endInsertRows()
            self.explained.emit(below)

    def _why(self, row: FeedRow) -> Explanation | None:
        """Find the reason: the rule's, or else that of the first record that failed."""
        sample = row.sample
        for outcome in sample.outcomes:
            if outcome.result == "failed":
                text = outcome.detail.strip() or tr("The rule failed on this message.")
                details = ((tr("Message"), laid_out_text(sample.payload)),)
                name = self._live.at_work.saved_name("rule", outcome.rule)
                return Explanation(text, f"rule:{name}", details)
        for record in row.records:
            if record.error:
                rules = self._live.at_work.workspace.rules
                users = [name for name in rules if record.action in rules[name].actions]
                outputs = [
                    laid_out_text(output)
                    for outcome in sample.outcomes
                    if outcome.rule in users
                    for output in outcome.outputs
                ]
                details = [(tr("Rule output"), "\n".join(outputs))] if outputs else []
                if record.value is not None:
                    details.append((tr("Request"), _request(record)))
                at_work = self._live.at_work
                target = f"rule:{at_work.saved_name('rule', users[0])}" if users else ""
                return Explanation(self._failure(record, sample), target, tuple(details))
        return None

    def _failure(self, record: RecordSettled, sample: MessageSample) -> str:
        """Say why a record was not delivered, how large it was if that is it, and what to do."""
        if record.kind == "too_large":
            at_work = self._live.at_work
            action = at_work.action(at_work.saved_name("action", record.action))
            limit = self._live.limits.of(action.connector, record.topic) if action.kind else 0
            reason = too_large(record.size, record.topic, limit)
            if heavy := _heavy(record, sample):
                way = tr(
                    "Leave `{field}` out in SELECT, or raise the limit there and in the action."
                )
                return f"{reason} {way.format(field=heavy)}"
        else:
            reason = tr("{action}: {reason}").format(
                action=record.action, reason=sentence(record.error)
            )
        return f"{reason} {sentence(record.hint)}".strip()

    @Slot()
    def _take_limits(self) -> None:
        """Explain anew: a topic's limit is known now."""
        place = next((n for n, r in enumerate(self._shown) if isinstance(r, Explanation)), -1)
        row = self._shown[place - 1] if place > 0 else None
        why = self._why(row) if isinstance(row, FeedRow) else None
        if why is not None and why != self._shown[place]:
            self._shown[place] = why
            self.explained.emit(place)

    # What comes in

    @Slot(object)
    def _take_row(self, row: FeedRow) -> None:
        self._kept.appendleft(row)
        self.new_above += self._stands
        self._ask()

    @Slot(object, object)
    def _take_record(self, _row: FeedRow, _record: RecordSettled) -> None:
        self._ask()

    @Slot()
    def _take_workspace(self) -> None:
        if self._live.session.path != self._path:
            self._path = self._live.session.path
            self._kept.clear()
            self._show()

    @Slot()
    def _ask(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    @Slot()
    def show_newest(self) -> None:
        """Show at once what has come; else it takes its time."""
        self._timer.stop()
        self._show()

    @Slot()
    def _refresh(self) -> None:
        if not self._stands:
            self._show()
            return
        if self._shown:  # what was on its way may have arrived
            last = self.index(len(self._shown) - 1, len(COLUMNS) - 1)
            self.dataChanged.emit(self.index(0, 0), last)
        self.countsChanged.emit()

    def _show(self) -> None:
        self.beginResetModel()
        self._shown = [row for row in self._kept if self._passes(row)]
        self.new_above = 0
        self.endResetModel()
        self.explained.emit(-1)
        self.countsChanged.emit()

    def _passes(self, row: FeedRow) -> bool:
        if self._rule and all(o.rule != self._rule for o in row.sample.outcomes):
            return False
        try:
            return self._filter.matches(row)
        except TimeoutError:
            self._filter = RowFilter()
            self.problem = tr("This expression takes too long; it is applied no more.")
            return True

    # Qt's side

    def rowCount(self, parent: Index | None = None) -> int:
        """Count the rows."""
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index | None = None) -> int:
        """Count the columns."""
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let messages be selected; an explanation belongs to the one above."""
        if index.isValid() and isinstance(self._shown[index.row()], Explanation):
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Give what Qt asks for, and what `TableRole` names."""
        row, column = self._shown[index.row()], COLUMNS[index.column()]
        if isinstance(row, Explanation):
            is_text = role == Qt.ItemDataRole.AccessibleTextRole and not index.column()
            return row.text if is_text else None
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.ToolTipRole:
                return _cell(row, column)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(column)
            case Qt.ItemDataRole.AccessibleTextRole:
                said = f"{_heading(column)}: {_cell(row, column)}"
                is_first = not index.column()
                return f"{state_text(_first(row).status)}, {said}" if is_first else said
            case _:
                return _look(row, column, role)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Name the columns."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = COLUMNS[section]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return _heading(column)
        return _alignment(column) if role == Qt.ItemDataRole.TextAlignmentRole else None


def _first(row: FeedRow) -> Outcome:
    return row.outcomes()[0]


def _cell(row: FeedRow, column: Column) -> str:
    match column:
        case "time":
            return clock_time(row.sample.time_ms)
        case "topic":
            return row.sample.topic
        case "sql":
            return _written([outcome.sql_ms for outcome in row.sample.outcomes], 2)
        case "render":
            return _written([record.render_ms for record in row.records], 2)
        case "kafka":
            return _written([r.latency_ms for r in row.records if not r.error], 1)
        case "result":
            outcomes = row.outcomes()
            if kinds := [record.kind for record in row.records if record.error and record.kind]:
                return title(kinds[0])
            first = outcomes[0].place or f"{outcomes[0].rule} {outcomes[0].note}".strip()
            more = len([o for o in outcomes[1:] if o.status != "no_result"])
            return f"{first} +{more}" if more else first


def _heavy(record: RecordSettled, sample: MessageSample) -> str:
    """Name the payload's field that makes a record large; empty if it is not in the record."""
    text = sample.payload
    is_cut = len(text.encode("utf-8", "replace")) < sample.payload_bytes
    found = heavy_field_of_cut(text, sample.payload_bytes) if is_cut else heavy_field(text)
    name = found.partition(".")[2]
    return found if name and f'"{name}"' in (record.value or "") else ""


def _request(record: RecordSettled) -> str:
    """Write what was sent: topic, key and value."""
    key = tr("none") if record.key is None else record.key
    head = tr("topic {topic}, key {key}").format(topic=record.topic, key=key)
    return f"{head}\n{laid_out_text(record.value or '')}"


def _written(times_ms: list[float], decimals: int) -> str:
    """Write the longest of some times; nothing where none was measured."""
    longest = max(times_ms, default=0.0)
    if not longest:
        return ""
    least = 10.0**-decimals
    text = locale().toString(max(longest, least), "f", decimals)
    return f"<{text}" if longest < least / 2 else text


def _look(row: FeedRow, column: Column, role: int) -> Any:
    status = _first(row).status
    if role == TableRole.STATUS and column == "time":
        return status
    if role == TableRole.TONE:
        if column == "result" and status == "failed":
            return "bad"
        return "text2" if column in NUMBERS else "text1"
    return None


def _heading(column: Column) -> str:
    return {
        "time": tr("Time"),
        "topic": tr("Topic"),
        "sql": tr("SQL ms"),
        "render": tr("Render ms"),
        "kafka": tr("Kafka ms"),
        "result": tr("Result"),
    }[column]


def _alignment(column: Column) -> int:
    side = Qt.AlignmentFlag.AlignRight if column in NUMBERS else Qt.AlignmentFlag.AlignLeft
    return int(side | Qt.AlignmentFlag.AlignVCenter)
