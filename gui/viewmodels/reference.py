"""The functions of the rule language as a table to look things up in."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import msgspec
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from core.sql.functions import FUNCTIONS, Function
from gui.viewmodels.table_roles import TableRole
from gui.viewmodels.words import plural, tr

Index: TypeAlias = QModelIndex | QPersistentModelIndex

SIGNATURE, SUMMARY = range(2)
FUNCTION_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 30
"""Under this role the model gives a row's `Function`; None for the head of a group."""


class ReferenceModel(QAbstractTableModel):
    """All functions by family; words leave those that hold all of them."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[str | Function] = []
        self.set_words("")

    def set_words(self, words: str) -> None:
        """Show functions whose name, family or sentence holds every word."""
        wanted = words.casefold().split()
        families: dict[str, list[str | Function]] = {}
        for function in FUNCTIONS.values():
            text = f"{function.signature} {function.family} {function.summary}".casefold()
            if all(word in text for word in wanted):
                families.setdefault(function.family, [function.family]).append(function)
        self.beginResetModel()
        self._rows = [row for rows in families.values() for row in rows]
        self.endResetModel()

    @property
    def count_text(self) -> str:
        """Say how many functions are shown."""
        count = sum(not isinstance(row, str) for row in self._rows)
        return plural("%n function", "%n functions", count)

    def rowCount(self, parent: Index | None = None) -> int:
        """Count the rows."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """Count the columns."""
        return 0 if parent is not None and parent.isValid() else 2

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let the keyboard stand on functions alone."""
        if index.isValid() and not isinstance(self._rows[index.row()], str):
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return Qt.ItemFlag.ItemIsEnabled

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Give a cell, the function of a row, and what `TableRole` names."""
        if not index.isValid():
            return None
        row, is_first = self._rows[index.row()], index.column() == SIGNATURE
        if isinstance(row, str):
            words = row[:1].upper() + row[1:] if is_first else ""
            return {int(Qt.ItemDataRole.DisplayRole): words, int(TableRole.HEAD): True}.get(role)
        if role == FUNCTION_ROLE:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return row.signature if is_first else row.summary
        if role == TableRole.TONE:
            return "text1" if is_first else "text2"
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Name the columns."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (tr("Function"), tr("What it gives"))[section]
        return None


def result_text(function: Function) -> str:
    """Write what the example gives, as JSON where it can be."""
    result = function.example.result
    if isinstance(result, bytes):
        return result.decode("utf-8", "backslashreplace")
    try:
        return msgspec.json.format(msgspec.json.encode(result), indent=2).decode()
    except (TypeError, ValueError):
        return str(result)
