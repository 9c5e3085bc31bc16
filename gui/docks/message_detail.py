"""The whole of one message of the feed."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from gui.docks.detail_pages import DetailPages, Page
from gui.viewmodels.feed_rows import FeedRow, clock_time
from gui.viewmodels.message_detail import (
    count_properties,
    hex_text,
    metadata_text,
    outcome_text,
    payload_text,
    properties_text,
)
from gui.viewmodels.words import tr


class MessageDetail(DetailPages):
    """Payload, MQTT 5 properties, outcomes, metadata and bytes of a message."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Message"), _pages(), parent)
        self.row: FeedRow | None = None

    @property
    def title(self) -> str:
        """Name the message by topic and time."""
        sample = self.row.sample if self.row is not None else None
        return f"{sample.topic} {clock_time(sample.time_ms)}" if sample is not None else ""

    def show_row(self, row: FeedRow) -> None:
        """Show another message, on the page that is open."""
        if row is not self.row:
            self.row = row
            self.tabs.show_count("properties", count_properties(row))
        self.refresh()

    def refresh(self) -> None:
        """Show what has become of it meanwhile."""
        row = self.row
        if row is None:
            return
        self.show_texts(self._text)
        place = next((each for each in row.records if not each.error and each.offset >= 0), None)
        text = f"{place.topic} p{place.partition} #{place.offset}" if place is not None else ""
        self.show_link(self.tr("To"), text, self.tr("Show record"))

    def _text(self, key: str) -> str:
        row = self.row
        if row is None:
            return ""
        match key:
            case "payload":
                return payload_text(row)
            case "properties":
                return properties_text(row)
            case "outcome":
                return outcome_text(row)
            case "metadata":
                return metadata_text(row)
            case _:
                return hex_text(row)


def _pages() -> dict[str, Page]:
    return {
        "payload": Page(tr("Payload"), "json"),
        "properties": Page(tr("MQTT 5")),
        "outcome": Page(tr("Outcome")),
        "metadata": Page(tr("Metadata")),
        "hex": Page(tr("Hex")),
    }
