"""A rule's page: its statement, inputs, actions, fields and counters that add up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
    Slot,
)

from core.bridge.metrics import ActionStats, RuleStats
from core.workspace.model import Rule
from gui.viewmodels.facts import RuleFacts
from gui.viewmodels.live import Live, State
from gui.viewmodels.table_roles import TableRole
from gui.viewmodels.words import milliseconds, number, per_second, tr

_NO_FACTS: Final = RuleFacts()
_NO_MESSAGES: Final = RuleStats()
_NO_RECORDS: Final = ActionStats("stopped", "")
_RIGHT: Final = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


@dataclass(frozen=True, slots=True)
class Input:
    """A topic filter of FROM; `source` is the connector it is subscribed on."""

    topic: str
    source: str
    state: State
    now: str


@dataclass(frozen=True, slots=True)
class CounterLine:
    """A line of the counters.

    Attributes:
        name: What is counted.
        total: Since the start.
        now: Per second; empty where a rate says nothing.
        is_head: A sum, whose parts follow.
        is_bad: A failure that did happen.
    """

    name: str
    total: int
    now: str = ""
    is_head: bool = False
    is_bad: bool = False

    @property
    def total_text(self) -> str:
        """The count with the separators of the user's language."""
        return number(self.total)


class RuleViewModel(QObject):
    """One rule, found by its name in whatever workspace is open.

    Signals:
        settingsChanged: Another version of the file, or its statement has been looked into.
        changed: State or numbers are new.
    """

    settingsChanged = Signal()
    changed = Signal()

    def __init__(self, live: Live, name: str) -> None:
        super().__init__(live)
        self.live = live
        self.name = name
        live.changed.connect(self._take_change)
        live.workspaceChanged.connect(self._take_settings)
        live.factsChanged.connect(self._take_settings)

    @Slot()
    def _take_change(self) -> None:
        self.changed.emit()

    @Slot()
    def _take_settings(self) -> None:
        self.settingsChanged.emit()

    @property
    def rule(self) -> Rule | None:
        """The rule; None when the file has it no more."""
        return self.live.workspace.rules.get(self.name)

    @property
    def state(self) -> State:
        """How it is: the worst of its source, itself and its actions."""
        return self.live.rule_state(self.name)

    @property
    def label(self) -> str:
        """What the file calls it besides its name."""
        rule = self.rule
        return (rule.label or rule.description) if rule is not None else ""

    @property
    def sql(self) -> str:
        """The statement as it is written."""
        rule = self.rule
        return rule.sql.strip("\n") if rule is not None else ""

    @property
    def error(self) -> str:
        """Why the statement does not compile; empty when it does."""
        return self._facts.error

    @property
    def fields(self) -> tuple[str, ...] | None:
        """What templates can name; None when it depends on the message."""
        return self._facts.fields

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What it listens to."""
        rule, live = self.rule, self.live
        source = live.workspace.source_of(rule) if rule is not None else None
        if rule is None or source is None:
            return ()
        state = live.connector_state(source) if rule.enable else self.state
        return tuple(
            Input(topic, source, state, per_second(live.rate("filter", (source, topic))))
            for topic in self._facts.topics
        )

    @property
    def counters(self) -> tuple[CounterLine, ...]:
        """The counters since the start, each sum before its parts."""
        rule, snapshot = self.rule, self.live.snapshot
        if rule is None:
            return ()
        rules = snapshot.rules if snapshot is not None else {}
        actions = snapshot.actions if snapshot is not None else {}
        lines = self._message_lines(rules.get(self.name, _NO_MESSAGES))
        for facts in self.live.actions_of(rule):
            if facts.kind == "kafka":
                lines += self._action_lines(facts.name, actions.get(facts.name, _NO_RECORDS))
        return tuple(lines)

    @property
    def _facts(self) -> RuleFacts:
        return self.live.facts.get(self.name, _NO_FACTS)

    def _message_lines(self, stats: RuleStats) -> list[CounterLine]:
        def now(what: str) -> str:
            return per_second(self.live.rate(what, self.name))

        failed = stats.failed_exception
        return [
            CounterLine(tr("Messages"), stats.matched, now("rule.matched"), is_head=True),
            CounterLine(tr("passed"), stats.passed, now("rule.passed")),
            CounterLine(tr("no result"), stats.failed_no_result, now("rule.no_result")),
            CounterLine(tr("failed"), failed, now("rule.exceptions"), is_bad=failed > 0),
        ]

    def _action_lines(self, name: str, stats: ActionStats) -> list[CounterLine]:
        rate = per_second(self.live.rate("action.matched", name))
        return [
            CounterLine(
                tr("Records of {action}").format(action=name), stats.matched, rate, is_head=True
            ),
            CounterLine(
                tr("delivered"), stats.success, per_second(self.live.rate("action.success", name))
            ),
            CounterLine(tr("failed"), stats.failed, is_bad=stats.failed > 0),
            CounterLine(tr("dropped"), stats.dropped, is_bad=stats.dropped > 0),
            CounterLine(tr("on the way"), stats.queuing + stats.inflight),
        ]

    @property
    def latency(self) -> str:
        """MQTT receive to Kafka delivery report, over all its actions; empty before the first."""
        rule, snapshot = self.rule, self.live.snapshot
        if rule is None or snapshot is None:
            return ""
        names = [facts.name for facts in self.live.actions_of(rule)]
        stats = [snapshot.actions[name] for name in names if name in snapshot.actions]
        found = [action.latency_ms for action in stats if action.success]
        if not found:
            return ""
        return tr("{median} median, {p99} at the 99th percentile").format(
            median=milliseconds(max(latency.p50 for latency in found)),
            p99=milliseconds(max(latency.p99 for latency in found)),
        )


class CounterModel(QAbstractTableModel):
    """A rule's counters as a table: what, since the start, now."""

    def __init__(self, rule: RuleViewModel) -> None:
        super().__init__(rule)
        self._rule = rule
        self._lines: tuple[CounterLine, ...] = rule.counters
        rule.changed.connect(self._refresh)
        rule.settingsChanged.connect(self._refresh)

    @property
    def lines(self) -> tuple[CounterLine, ...]:
        """What is shown."""
        return self._lines

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        """Count the rows."""
        return 0 if parent is not None and parent.isValid() else len(self._lines)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        """Count the columns."""
        return 0 if parent is not None and parent.isValid() else 3

    def data(
        self,
        index: QModelIndex | QPersistentModelIndex,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Give what Qt asks for, and what `TableRole` names."""
        line = self._lines[index.row()]
        text = (line.name, line.total_text, line.now)[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return text
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{line.name}: {text}" if index.column() else text
            case Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT if index.column() else _LEFT
            case TableRole.HEAD:
                return line.is_head
            case TableRole.STATUS:
                return "failed" if line.is_bad and index.column() == 0 else ""
            case TableRole.TONE:
                if line.is_bad and index.column() < 2:
                    return "bad"
                return ("text2", "text1", "text3")[index.column()]
            case _:
                return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Name the columns."""
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return (self.tr("Counter"), self.tr("Since start"), self.tr("Now"))[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT if section else _LEFT
        return None

    @Slot()
    def _refresh(self) -> None:
        lines = self._rule.counters
        if [line.name for line in lines] != [line.name for line in self._lines]:
            self.beginResetModel()
            self._lines = lines
            self.endResetModel()
        elif lines != self._lines:
            self._lines = lines
            self.dataChanged.emit(self.index(0, 0), self.index(len(lines) - 1, 2))
