"""The navigator's tree: the pages of every workspace, and its parts with state and rate."""

from __future__ import annotations

from enum import IntEnum
from typing import Any, Final, TypeAlias

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QStandardItem, QStandardItemModel

from gui.viewmodels.drafts import MESSAGE, key_of
from gui.viewmodels.live import DISABLED, Live, State
from gui.viewmodels.object_drafts import Drafts
from gui.viewmodels.words import number, per_second, tr

Index: TypeAlias = QModelIndex | QPersistentModelIndex

OVERVIEW: Final = "overview"
MONITOR: Final = "monitor"


class NavigatorRole(IntEnum):
    """What a row tells besides its name.

    Attributes:
        KEY: The document it stands for, such as `rule:temp_hum`; empty for a group.
        STATUS: The name of a state, whose shape is painted; empty for an icon or a group.
        ICON: The name of an icon, where there is no state.
        DETAIL: What stands at the right end.
    """

    KEY = int(Qt.ItemDataRole.UserRole) + 1
    STATUS = int(Qt.ItemDataRole.UserRole) + 2
    ICON = int(Qt.ItemDataRole.UserRole) + 3
    DETAIL = int(Qt.ItemDataRole.UserRole) + 4


class NavigatorModel(QStandardItemModel):
    """Built once per version of the workspace; states and rates are written into it.

    What was never saved stands behind what was, as a draft.

    Signals:
        draftsChanged: The rows are others, since a draft was begun, renamed or given up.
    """

    draftsChanged = Signal()

    def __init__(self, live: Live, drafts: Drafts) -> None:
        super().__init__(live)
        self._live, self._drafts = live, drafts
        self._rows: dict[str, QStandardItem] = {}
        self._new: list[tuple[str, str]] = []
        drafts.changed.connect(self._take_draft)
        live.workspaceChanged.connect(self._build)
        live.changed.connect(self._refresh)
        self._build()

    def index_of(self, key: str) -> QModelIndex:
        """Find a document's row; an invalid index for one that has none.

        What an action could not deliver belongs to its rule, if there is one only.
        """
        row = self._rows.get(key)
        kind, _, action = key.partition(":")
        if kind == "dead_letters":
            rules = self._live.workspace.rules
            callers = [name for name, rule in rules.items() if action in rule.actions]
            row = self._rows.get(f"rule:{callers[0]}") if len(callers) == 1 else None
        return self.indexFromItem(row) if row is not None else QModelIndex()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Give what a row tells; what is edited is the name of its object, whatever is shown."""
        if role == Qt.ItemDataRole.EditRole:
            key = super().data(index, NavigatorRole.KEY)
            return str(key or "").partition(":")[2]
        return super().data(index, role)

    @Slot()
    def _build(self) -> None:
        self._new = self._new_ones()
        self._rows = {}  # before the items go, since views ask for them while they do
        self.clear()
        workspace = self._live.workspace
        for key, title, icon in (
            (OVERVIEW, tr("Overview"), "workflow"),
            (MONITOR, tr("Monitor"), "activity"),
        ):
            row = self._row(title, key)
            _set(row, NavigatorRole.ICON, icon)
            self.appendRow(row)
        connectors = [*workspace.connectors.mqtt, *workspace.connectors.kafka]
        self._group(tr("Connectors"), "connector", connectors)
        self._group(tr("Rules"), "rule", list(workspace.rules))
        self._group(tr("Simulators"), "simulator", list(workspace.simulators))
        self._add_messages()
        self._refresh()

    def _new_ones(self) -> list[tuple[str, str]]:
        """List the keys and names of objects that were never saved."""
        drafts = self._drafts
        return [(key, drafts.name(key)) for key in drafts.dirty if drafts.is_new(key)]

    @Slot()
    def _take_draft(self) -> None:
        if self._new_ones() != self._new:
            self._build()
            self.draftsChanged.emit()

    def _group(self, title: str, kind: str, names: list[str]) -> None:
        new = [(key, name) for key, name in self._new if key.startswith(f"{kind}:")]
        if not names and not new:
            return
        group = self._item(title)
        group.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
        for name in names:
            label = self._live.simulator_label(name) if kind == "simulator" else name
            row = self._row(label, f"{kind}:{name}")
            row.setEditable(True)
            group.appendRow(row)
        for key, name in new:
            group.appendRow(self._row(name, key))
        self.appendRow(group)

    def _add_messages(self) -> None:
        """Add the saved messages with their number, those in folders below these."""
        messages = self._live.workspace.messages
        if not messages:
            return
        group = self._head(tr("Saved messages"), len(messages))
        folders: dict[str, QStandardItem] = {"": group}
        for folder in sorted({saved.folder for saved in messages if saved.folder}):
            inside = [saved for saved in messages if saved.folder == folder]
            folders[folder] = self._head(folder, len(inside))
            group.appendRow(folders[folder])
        for saved in messages:
            row = self._row(saved.name, key_of(saved))
            _set(row, NavigatorRole.ICON, "bookmark")
            spoken = ", ".join(part for part in (saved.name, saved.folder, saved.topic) if part)
            _set(row, Qt.ItemDataRole.AccessibleTextRole, spoken)
            _set(row, Qt.ItemDataRole.ToolTipRole, spoken)
            folders[saved.folder].appendRow(row)
        self.appendRow(group)

    def _head(self, title: str, count: int) -> QStandardItem:
        head = self._item(title)
        head.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
        _set(head, NavigatorRole.DETAIL, number(count))
        return head

    def _row(self, title: str, key: str) -> QStandardItem:
        row = self._item(title)
        _set(row, NavigatorRole.KEY, key)
        self._rows[key] = row
        return row

    def _item(self, title: str) -> QStandardItem:
        item = QStandardItem(title)
        item.setEditable(False)
        return item

    @Slot()
    def _refresh(self) -> None:
        for key, row in self._rows.items():
            kind, _, name = key.partition(":")
            if self._drafts.is_new(key):
                _set(row, NavigatorRole.STATUS, DISABLED.status)
                _set(row, NavigatorRole.DETAIL, tr("draft"))
                spoken = tr("{name}, draft, not saved yet").format(name=row.text())
                _set(row, Qt.ItemDataRole.AccessibleTextRole, spoken)
                _set(row, Qt.ItemDataRole.ToolTipRole, spoken)
            elif kind not in (OVERVIEW, MONITOR, MESSAGE):
                state, rate = self._facts(kind, name)
                _set(row, NavigatorRole.STATUS, state.status)
                _set(row, NavigatorRole.DETAIL, per_second(rate) if rate else "")
                spoken = f"{name}, {state.word}" + (f", {per_second(rate)}" if rate else "")
                _set(row, Qt.ItemDataRole.AccessibleTextRole, spoken)
                tip = f"{name}: {state.word}" + (f". {state.reason}" if state.reason else "")
                _set(row, Qt.ItemDataRole.ToolTipRole, tip)

    def _facts(self, kind: str, name: str) -> tuple[State, float]:
        live = self._live
        match kind:
            case "connector":
                return live.connector_state(name), live.rate("connector", name)
            case "rule":
                return live.rule_state(name), live.rate("rule.passed", name)
            case _:
                return live.simulator_state(name), live.rate("simulator", name)


def _set(item: QStandardItem, role: int, value: Any) -> None:
    """Write what is new: every write repaints the row."""
    if item.data(role) != value:
        item.setData(value, role)
