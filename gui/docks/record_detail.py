"""The whole of one record, in the tail and in a window of its own."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gui.docks.detail_pages import DetailPages, Page
from gui.viewmodels.content import MOST, Decode
from gui.viewmodels.tail_detail import (
    headers_text,
    hex_text,
    key_text,
    metadata_text,
    value_text,
)
from gui.viewmodels.tail_row import TailRow
from gui.viewmodels.words import tr


class RecordDetail(DetailPages):
    """Value, key, headers, metadata and bytes of a record.

    Signals:
        recordShown: The `TailRow` that is shown from now on.
    """

    recordShown = Signal(object)

    def __init__(
        self, longest: Callable[[], int] = lambda: MOST, parent: QWidget | None = None
    ) -> None:
        """Make it; `longest` tells how many characters of a value are shown at most."""
        super().__init__(tr("Record"), _pages(), parent)
        self.row: TailRow | None = None
        self._longest = longest
        self._decodes: tuple[Decode, Decode] = ("auto", "auto")

    @property
    def title(self) -> str:
        """Name the record by its place."""
        record = self.row.record if self.row is not None else None
        return f"{record.topic} p{record.partition} #{record.offset}" if record is not None else ""

    def show_row(self, row: TailRow) -> None:
        """Show another record, on the page that is open."""
        if row is not self.row:
            self.row = row
            self.tabs.show_count("headers", len(row.record.headers))
            self.show_texts(self._text)
            self.show_origin("")
            self.recordShown.emit(row)

    def set_decode(self, value: Decode, key: Decode) -> None:
        """Show value and key in other ways."""
        self._decodes = (value, key)
        for page, decode in (("value", value), ("key", key)):
            is_json = decode in ("auto", "json")
            self.pages[page].set_language("json" if is_json else "text")
        if self.row is not None:
            self.show_texts(self._text)

    def show_origin(self, topic: str) -> None:
        """Tell the MQTT topic of the message that made the record; empty if it is not known."""
        self.show_link(self.tr("From"), topic, self.tr("Show message"))

    def _text(self, key: str) -> str:
        row, (value, of_key) = self.row, self._decodes
        if row is None:
            return ""
        match key:
            case "value":
                return value_text(row, value, self._longest())
            case "key":
                return key_text(row, of_key)
            case "headers":
                return headers_text(row)
            case "metadata":
                return metadata_text(row)
            case _:
                return hex_text(row)


def _pages() -> dict[str, Page]:
    return {
        "value": Page(tr("Value"), "json"),
        "key": Page(tr("Key"), "json"),
        "headers": Page(tr("Headers")),
        "metadata": Page(tr("Metadata")),
        "hex": Page(tr("Hex")),
    }
