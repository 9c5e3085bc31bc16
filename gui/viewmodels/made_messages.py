"""The first messages of a simulator as the rows of a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from core.lab.simulate import SimulatedMessage
from gui.viewmodels.words import byte_size, tr

Index: TypeAlias = QModelIndex | QPersistentModelIndex

AT, CLIENT, TOPIC, PAYLOAD, SIZE = range(5)
_NO_PARENT: Final = QModelIndex()
_SHOWN: Final = 400


class MadeMessages(QAbstractTableModel):
    """One row a message: when, from whom, where to, what, how large."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._messages: Sequence[SimulatedMessage] = ()
        self._heads = (tr("At"), tr("Client ID"), tr("Topic"), tr("Payload"), tr("Size"))

    def show(self, messages: Sequence[SimulatedMessage]) -> None:
        """Show other messages."""
        if messages != self._messages:
            self.beginResetModel()
            self._messages = messages
            self.endResetModel()

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        """Count the messages."""
        return 0 if parent.isValid() else len(self._messages)

    def columnCount(self, parent: Index = _NO_PARENT) -> int:
        """Have as many as there are heads."""
        return 0 if parent.isValid() else len(self._heads)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Name the columns; the size stands at the right."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section == SIZE:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return self._heads[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Give the text of a cell; a screen reader hears the whole row in the first one."""
        if not index.isValid():
            return None
        message = self._messages[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(message, index.column())
            case Qt.ItemDataRole.ToolTipRole if index.column() == PAYLOAD:
                return message.payload[: 4 * _SHOWN].decode("utf-8", "replace")
            case Qt.ItemDataRole.ToolTipRole if index.column() in (CLIENT, TOPIC):
                return self._text(message, index.column())
            case Qt.ItemDataRole.AccessibleTextRole if index.column() == AT:
                parts = zip(self._heads, map(self._text, [message] * 5, range(5)), strict=True)
                return ", ".join(f"{head} {text}" for head, text in parts if text)
            case _:
                return None

    @staticmethod
    def _text(message: SimulatedMessage, column: int) -> str:
        match column:
            case 0:
                return tr("{seconds} s").format(seconds=f"{message.at_s:.3f}")
            case 1:
                return dict(message.properties).get("clientid", "")
            case 2:
                return message.topic
            case 3:
                return " ".join(message.payload[:_SHOWN].decode("utf-8", "replace").split())
            case _:
                return byte_size(len(message.payload))
