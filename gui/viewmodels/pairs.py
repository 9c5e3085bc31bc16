"""Names with values, as a table to edit: user properties of a message, headers of a record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from gui.viewmodels.words import tr

Index: TypeAlias = QModelIndex | QPersistentModelIndex

_NO_PARENT: Final = QModelIndex()


class PairsModel(QAbstractTableModel):
    """Ordered pairs; a name may repeat, and a row without a name counts for nothing.

    Behind them stand rows whose names are fixed, each at most once: what the standard names.
    """

    def __init__(
        self, head: str, parent: QObject | None = None, *, fixed: Mapping[str, str] | None = None
    ) -> None:
        """Make it.

        Args:
            head: What the first column is called.
            parent: Qt's owner.
            fixed: The names of the rows that there may be once, by their keys.
        """
        super().__init__(parent)
        self._head = head
        self.fixed = fixed or {}
        self._pairs: list[list[str]] = []
        self._keys: list[str] = []

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The rows that have a name of their own."""
        return tuple((name, value) for name, value in self._pairs[: self._free] if name)

    @property
    def values(self) -> dict[str, str]:
        """The values of the rows with fixed names, by key."""
        return {
            key: value
            for key, (_, value) in zip(self._keys, self._pairs[self._free :], strict=True)
        }

    @property
    def _free(self) -> int:
        return len(self._pairs) - len(self._keys)

    def show(
        self, pairs: Iterable[tuple[str, str]], values: Mapping[str, str] | None = None
    ) -> None:
        """Show other pairs, and the rows with fixed names that have a value."""
        self.beginResetModel()
        self._pairs = [list(pair) for pair in pairs]
        self._keys = [key for key in self.fixed if values and values.get(key)]
        self._pairs += [[self.fixed[key], (values or {})[key]] for key in self._keys]
        self.endResetModel()

    def add(self, key: str = "") -> QModelIndex:
        """Add an empty row, or the one with a fixed name, and give the cell to begin with."""
        if key in self._keys:
            return self.index(self._free + self._keys.index(key), 1)
        row = len(self._pairs) if key else self._free
        self.beginInsertRows(QModelIndex(), row, row)
        self._pairs.insert(row, [self.fixed.get(key, ""), ""])
        if key:
            self._keys.append(key)
        self.endInsertRows()
        return self.index(row, 1 if key else 0)

    def find(self, text: str) -> QModelIndex:
        """Find the first cell that can be edited and holds a text; an invalid one for none."""
        cells = (
            self.index(row, column)
            for row, pair in enumerate(self._pairs)
            for column, cell in enumerate(pair)
            if cell == text
        )
        editable = (cell for cell in cells if cell.flags() & Qt.ItemFlag.ItemIsEditable)
        return next(editable, QModelIndex())

    def remove(self, row: int) -> None:
        """Take a row out."""
        if 0 <= row < len(self._pairs):
            self.beginRemoveRows(QModelIndex(), row, row)
            if row >= self._free:
                del self._keys[row - self._free]
            del self._pairs[row]
            self.endRemoveRows()

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        """Count the pairs."""
        return 0 if parent.isValid() else len(self._pairs)

    def columnCount(self, parent: Index = _NO_PARENT) -> int:
        """Have a name and a value."""
        return 0 if parent.isValid() else 2

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Have every cell edited but fixed names."""
        if index.row() >= self._free and index.column() == 0:
            return super().flags(index)
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
