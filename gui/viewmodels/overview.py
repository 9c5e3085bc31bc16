"""The overview: every topic filter, rule and action with its state and numbers, live."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal, Slot

from gui.viewmodels.facts import action_facts
from gui.viewmodels.health import Health, health
from gui.viewmodels.live import Live, State
from gui.viewmodels.starter import NextStep, next_step
from gui.viewmodels.table_roles import TableRole
from gui.viewmodels.words import milliseconds, number, plural, tr

Index: TypeAlias = QModelIndex | QPersistentModelIndex
Column: TypeAlias = Literal["name", "detail", "state", "now", "total", "rest"]

COLUMNS: Final[tuple[Column, ...]] = ("name", "detail", "state", "now", "total", "rest")

_RIGHT: Final = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


@dataclass(frozen=True, slots=True)
class OverviewRow:
    """One row.

    Attributes:
        key: What it is, stable while the workspace is the same: `filter:source/topic`.
        name: The first cell.
        detail: What belongs to it.
        state: Its state; None for a heading.
        now: Rate.
        total: Since the start.
        rest: What did not go on, and why.
        target: The document that Enter opens; empty for none.
    """

    key: str
    name: str
    detail: str = ""
    state: State | None = None
    now: str = ""
    total: str = ""
    rest: str = ""
    target: str = ""

    @property
    def is_heading(self) -> bool:
        """Whether it stands above a group."""
        return self.state is None

    def text(self, column: Column) -> str:
        """Give a cell's text."""
        if column == "state":
            return self.state.word if self.state is not None else ""
        return str(getattr(self, column))


class OverviewModel(QAbstractTableModel):
    """The rows as Qt's table model; only cells that changed are repainted.

    Signals:
        healthChanged: The sentence on top: a `Health`.
        stepChanged: What the workspace lacks, as a `NextStep`, or None.
    """

    healthChanged = Signal(object)
    stepChanged = Signal(object)

    def __init__(self, live: Live) -> None:
        super().__init__(live)
        self._live = live
        self._rows: list[OverviewRow] = []
        self._health = Health("stopped", "")
        self._step: NextStep | None = None
        live.changed.connect(self._refresh)
        self._refresh()

    @property
    def rows(self) -> list[OverviewRow]:
        """The rows as they are shown."""
        return self._rows

    @property
    def health(self) -> Health:
        """The sentence on top."""
        return self._health

    @property
    def step(self) -> NextStep | None:
        """What the workspace lacks until messages can move."""
        return self._step

    def rowCount(self, parent: Index | None = None) -> int:
        """Count the rows."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """Count the columns."""
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Give what Qt asks for, and what `TableRole` names."""
        row, column = self._rows[index.row()], COLUMNS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.text(column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column in ("now", "total") else _LEFT
        if role == Qt.ItemDataRole.ToolTipRole:
            reason = row.state.reason if row.state is not None else ""
            return reason or row.text(column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self._heading(column)}: {row.text(column)}"
        return _extra(row, column, role)

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Name the columns."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = COLUMNS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._heading(column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column in ("now", "total") else _LEFT
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let everything but headings be selected."""
        if index.isValid() and self._rows[index.row()].is_heading:
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def _heading(self, column: Column) -> str:
        return {
            "name": self.tr("Name"),
            "detail": self.tr("Where"),
            "state": self.tr("State"),
            "now": self.tr("Now"),
            "total": self.tr("Since start"),
            "rest": self.tr("Apart from that"),
        }[column]

    @Slot()
    def _refresh(self) -> None:
        self._take(rows_of(self._live))
        found = health(self._live)
        if found != self._health:
            self._health = found
            self.healthChanged.emit(found)
        step = next_step(self._live)
        if step != self._step:
            self._step = step
            self.stepChanged.emit(step)

    def _take(self, rows: list[OverviewRow]) -> None:
        if [row.key for row in rows] != [row.key for row in self._rows]:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
            return
        before, self._rows = self._rows, rows
        for place, (old, new) in enumerate(zip(before, rows, strict=True)):
            if old != new:
                self.dataChanged.emit(self.index(place, 0), self.index(place, len(COLUMNS) - 1))


def _extra(row: OverviewRow, column: Column, role: int) -> Any:
    match role:
        case TableRole.HEAD:
            return row.is_heading
        case TableRole.TARGET:
            return row.target
        case TableRole.STATUS if column == "name" and row.state is not None:
            return row.state.status
        case TableRole.TONE:
            if column == "name" or (column in ("now", "total") and not row.is_heading):
                return "text1"
            return "text3" if column == "detail" or row.is_heading else "text2"
        case _:
            return None


def rows_of(live: Live) -> list[OverviewRow]:
    """Lay out the whole workspace: filters, rules, actions, each group under its sum."""
    received = (
        sum(source.received for source in live.snapshot.sources.values()) if live.snapshot else 0
    )
    rules, actions = live.workspace.rules, live.workspace.actions.kafka
    passed = sum(rule.passed for rule in live.snapshot.rules.values()) if live.snapshot else 0
    delivered = sum(each.success for each in live.snapshot.actions.values()) if live.snapshot else 0
    return [
        _heading("filters", tr("Topic filters"), tr("in"), live.written(live.in_rate()), received),
        *(_filter_row(live, source, topic) for source, topic in live.filters()),
        _heading(
            "rules",
            tr("Rules"),
            tr("passed"),
            live.written(live.passed_rate()),
            passed,
        ),
        *(_rule_row(live, name) for name in rules),
        _heading(
            "actions",
            tr("Actions"),
            tr("delivered"),
            live.written(live.out_rate()),
            delivered,
        ),
        *(_action_row(live, name) for name in actions),
    ]


def _heading(key: str, name: str, unit: str, now: str, total: int) -> OverviewRow:
    return OverviewRow(f"heading:{key}", name, "", None, now, number(total), unit)


def _filter_row(live: Live, source: str, topic: str) -> OverviewRow:
    stats = live.source_stats(source)
    granted = stats.filters.get(topic) if stats is not None else None
    state, detail = live.connector_state(source), source
    if state.status == "connected" and granted is not None:
        if granted.granted_qos is None:
            state = State("connecting", tr("The broker has not answered the subscription yet."))
        else:
            detail = tr("{source}, QoS {qos}").format(source=source, qos=granted.granted_qos)
    name = ("filter", (source, topic))
    return OverviewRow(
        f"filter:{source}/{topic}",
        topic,
        detail,
        state,
        live.written(live.rate(*name)),
        number(live.total(*name)),
        "",
        f"connector:{source}",
    )


def _rule_row(live: Live, name: str) -> OverviewRow:
    rule = live.workspace.rules[name]
    parts = [
        (live.total("rule.no_result", name), tr("{count} no result")),
        (live.total("rule.exceptions", name), tr("{count} failed")),
    ]
    label = rule.label or plural("%n action", "%n actions", len(rule.actions))
    return OverviewRow(
        f"rule:{name}",
        name,
        label,
        live.rule_state(name),
        live.written(live.rate("rule.passed", name)),
        number(live.total("rule.passed", name)),
        _parts(parts),
        f"rule:{name}",
    )


def _action_row(live: Live, name: str) -> OverviewRow:
    facts = action_facts(live.workspace, name)
    stats = live.action_stats(name)
    rest = ""
    if stats is not None:
        parts = [
            (stats.failed, tr("{count} failed")),
            (stats.dropped, tr("{count} dropped")),
            (stats.queuing + stats.inflight if live.is_running else 0, tr("{count} on the way")),
        ]
        rest = _parts(parts)
        if stats.success:
            median = tr("{time} median").format(time=milliseconds(stats.latency_ms.p50))
            rest = f"{median}, {rest}" if rest else median
    users = live.users(name)
    return OverviewRow(
        f"action:{name}",
        name,
        tr("{topic} on {connector}").format(topic=facts.target, connector=facts.connector),
        live.action_state(facts),
        live.written(live.rate("action.success", name)),
        number(live.total("action.success", name)),
        rest,
        f"rule:{users[0]}" if users else "",
    )


def _parts(parts: list[tuple[int, str]]) -> str:
    return ", ".join(text.format(count=number(count)) for count, text in parts if count)
