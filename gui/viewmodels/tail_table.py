"""The records of the tail as a table, with keys and values decoded as the user wants them."""

from __future__ import annotations

from typing import Any, Final, Literal, TypeAlias

from PySide6.QtCore import QObject, Qt

from gui.viewmodels.content import Decode, one_line
from gui.viewmodels.feed_rows import clock_time
from gui.viewmodels.live_rows import ROW_ROLE
from gui.viewmodels.ring import MOST_BYTES, MOST_ROWS, Index, RingModel
from gui.viewmodels.tail_row import TailRow
from gui.viewmodels.words import byte_size, tr

Column: TypeAlias = Literal["time", "partition", "offset", "key", "value", "size"]

COLUMNS: Final[tuple[Column, ...]] = ("time", "partition", "offset", "key", "value", "size")
_RIGHT: Final = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class TailModel(RingModel):
    """The first column alone tells a whole row where room is short.

    Attributes:
        value_decode: How values are shown.
        key_decode: How keys are shown.
        paths: The parts of JSON values that are shown in place of their beginnings; none for these.
    """

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        most_rows: int = MOST_ROWS,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        super().__init__(parent, most_rows=most_rows, most_bytes=most_bytes)
        self.value_decode: Decode = "auto"
        self.key_decode: Decode = "auto"
        self.paths: tuple[str, ...] = ()

    def set_decode(self, value: Decode, key: Decode) -> None:
        """Show values and keys in other ways from now on."""
        if (value, key) != (self.value_decode, self.key_decode):
            self.value_decode, self.key_decode = value, key
            self.rows_changed()

    def set_paths(self, paths: tuple[str, ...]) -> None:
        """Show these parts of values from now on; none for their beginnings."""
        if paths != self.paths:
            self.paths = paths
            self.rows_changed()

    def text(self, row: TailRow, column: Column) -> str:
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
                shown = one_line(record.key, self.key_decode)
                return shown or one_line(record.key, "base64")
            case "value":
                return row.parts(self.paths) or preview(row, self.value_decode)
            case "size":
                return byte_size(row.size)

    def badge(self, row: TailRow) -> str:
        """Say in two words why a value is not what it is to be shown as; empty when it is."""
        return row.misfit(self.value_decode)

    def spoken(self, row: TailRow) -> str:
        """Say a row in one sentence, as a screen reader reads it."""
        texts = [self.text(row, column) for column in COLUMNS if column != "size"]
        return ", ".join(text for text in (*texts, self.badge(row)) if text)

    # Qt's side

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
            return self.text(row, column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            is_first = column == "time"
            return self.spoken(row) if is_first else f"{heading(column)}: {self.text(row, column)}"
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


def preview(row: TailRow, decode: Decode = "auto") -> str:
    """Give the beginning of a value on one line."""
    value = row.record.value
    if value is None:
        return tr("no value")
    if decode in ("auto", "json") and not isinstance(value, str):
        return tr("{size}, no text").format(size=byte_size(row.size))
    return one_line(value, decode)
