"""The whole of one record, on pages behind tabs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from gui.theme import current, refresh_style, set_face
from gui.viewmodels.tail_detail import (
    headers_text,
    hex_text,
    key_text,
    metadata_text,
    value_text,
)
from gui.viewmodels.tail_reader import TailRow
from gui.widgets.buttons import LinkButton
from gui.widgets.code_view import CodeView
from gui.widgets.empty_list import Icon
from gui.widgets.frames import Ground, Line
from gui.widgets.labels import Label
from gui.widgets.tab_bar import TabBar

_LEAST: Final = 120
_ORIGIN: Final = 29
_TEXTS: Final[dict[str, Callable[[TailRow], str]]] = {
    "value": value_text,
    "key": key_text,
    "headers": headers_text,
    "metadata": metadata_text,
    "hex": hex_text,
}


class RecordDetail(QWidget):
    """Value, key, headers, metadata and bytes; only the page that is seen is laid out.

    Signals:
        recordShown: The `TailRow` that is shown from now on.
        originAsked: The message that made the record is to be shown.
    """

    recordShown = Signal(object)
    originAsked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row: TailRow | None = None
        names = {
            "value": self.tr("Value"),
            "key": self.tr("Key"),
            "headers": self.tr("Headers"),
            "metadata": self.tr("Metadata"),
            "hex": self.tr("Hex"),
        }
        self.tabs = TabBar(self.tr("Record"), in_dock=True)
        set_face(self.tabs, "small", 500)
        self.pages: dict[str, CodeView] = {}
        self._stack = QStackedWidget()
        self._origin = QWidget()
        self._origin_topic = Label(style="code_small", elide="middle")
        self.origin_link = LinkButton(self.tr("Show message"))
        for key, name in names.items():
            page = CodeView(name, "json" if key in ("value", "key") else "text")
            page.document().setDocumentMargin(current().size("space.panel"))
            self.pages[key] = page
            self._stack.addWidget(page)
            self.tabs.add(key, name)
        self._lay_out()
        self.tabs.tabChosen.connect(self._show_page)
        self.origin_link.clicked.connect(self.originAsked)

    @property
    def row(self) -> TailRow | None:
        """The record that is shown."""
        return self._row

    def show_record(self, row: TailRow) -> None:
        """Show another record, on the page that is open."""
        if row is not self._row:
            self._row = row
            self.tabs.show_count("headers", len(row.record.headers))
            self._show_page(self.tabs.current_key)
            self.show_origin("")
            self.recordShown.emit(row)

    def show_origin(self, topic: str) -> None:
        """Tell the MQTT topic of the message that made the record; empty if it is not known."""
        self._origin_topic.setText(topic)
        self._origin.setVisible(bool(topic))

    def _lay_out(self) -> None:
        head = Ground("surface0")
        row = QHBoxLayout(head)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.tabs)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self._stack, 1)
        column.addWidget(self._origin)
        self._lay_out_origin()
        self.setMinimumHeight(_LEAST)

    def _lay_out_origin(self) -> None:
        theme = current()
        self.origin_link.setProperty("dense", "true")
        refresh_style(self.origin_link)
        set_face(self.origin_link, "small", 500)
        line = QHBoxLayout()
        line.setContentsMargins(theme.size("space.panel"), 0, theme.size("space.s"), 0)
        line.setSpacing(theme.size("space.xs"))
        line.addWidget(Icon("corner-down-left", 14, "text2"))
        line.addWidget(Label(self.tr("From"), style="small", role="text2"))
        line.addWidget(self._origin_topic, 1)
        line.addWidget(self.origin_link)
        column = QVBoxLayout(self._origin)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(Line())
        column.addLayout(line, 1)
        self._origin.setFixedHeight(_ORIGIN)
        self._origin.hide()

    @Slot(str)
    def _show_page(self, key: str) -> None:
        page = self.pages[key]
        self._stack.setCurrentWidget(page)
        if self._row is not None:
            page.show_code(_TEXTS[key](self._row))
