"""Names with values, as a table to edit: user properties of a message, headers of a record."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, TypeAlias

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from gui.viewmodels.words import tr

Index: TypeAlias = QModelIndex | QPersistentModelIndex

_NO_PARENT: Final = QModelIndex()


class PairsModel(QAbstractTableModel):
    """Ordered pairs; a name may repeat, and a row without a name counts for nothing."""

    def __init__(self, head: str, parent: QObject | None = None) -> None:
        """Make it; `head` is what the first column is called."""
        super().__init__(parent)
        self._head = head
        self._pairs: list[list[str]] = []

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The rows that have a name."""
        return tuple((name, value) for name, value in self._pairs if name)

    def show(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Show other pairs."""
        self.beginResetModel()
        self._pairs = [list(pair) for pair in pairs]
        self.endResetModel()

    def add(self) -> QModelIndex:
        """Add an empty row and give its first cell."""
        row = len(self._pairs)
        self.beginInsertRows(QModelIndex(), row, row)
        self._pairs.append(["", ""])
        self.endInsertRows()
        return self.index(row, 0)

    def remove(self, row: int) -> None:
        """Take a row out."""
        if 0 <= row < len(self._pairs):
            self.beginRemoveRows(QModelIndex(), row, row)
            del self._pairs[row]
            self.endRemoveRows()

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        """Count the pairs."""
        return 0 if parent.isValid() else len(self._pairs)

    def columnCount(self, parent: Index = _NO_PARENT) -> int:
        """Have a name and a value."""
        return 0 if parent.isValid() else 2

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Have every cell edited."""
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """Give a cell's text."""
        text = self._pairs[index.row()][index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole:
                return text
            case Qt.ItemDataRole.AccessibleTextRole:
                head = self.headerData(index.column(), Qt.Orientation.Horizontal)
                return f"{head}: {text}"
            case _:
                return None

    def setData(self, index: Index, value: Any, role: int = int(Qt.ItemDataRole.EditRole)) -> bool:
        """Take a cell's new text."""
        if role != Qt.ItemDataRole.EditRole:
            return False
        self._pairs[index.row()][index.column()] = str(value)
        self.dataChanged.emit(index, index)
        return True

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = int(Qt.ItemDataRole.DisplayRole),
    ) -> Any:
        """Name the columns."""
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return super().headerData(section, orientation, role)
        return self._head if section == 0 else tr("Value")
