"""What a connector's rules subscribe, what was granted, and the last client: part of its form."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui.pages.parts import clear_layout
from gui.theme import current
from gui.viewmodels.subscriptions import FilterRow, Subscriptions
from gui.widgets.frames import Card, Well
from gui.widgets.labels import Label, StateShape

_ROW: Final = 26
_GRANTED: Final = 120
_RECEIVED: Final = 80
_INSET: Final = 12


class SubscriptionsPart(QWidget):
    """A small table of topic filters, and a line with the last sampled message's identity."""

    def __init__(self, subscriptions: Subscriptions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._subscriptions = subscriptions
        self._lines: list[_Line] = []
        space = current().size("space.s")
        head = QHBoxLayout()
        head.setSpacing(space)
        head.addWidget(Label(self.tr("Topic filters"), weight=500))
        head.addWidget(Label(self.tr("read from FROM"), style="small", role="text3"), 1)
        self._card = Card()
        self._rows = QVBoxLayout(self._card)
        self._rows.setContentsMargins(1, 4, 1, 4)
        self._rows.setSpacing(0)
        self.nothing = Label(self.tr("No rule listens to this connector."), role="text2")
        self.sample = Well()
        self.client = Label(style="code_small", elide="end")
        self.where = Label(style="small", role="text2", elide="end")
        row = QHBoxLayout(self.sample)
        row.setContentsMargins(_INSET, 6, _INSET, 6)
        row.setSpacing(space)
        row.addWidget(Label(self.tr("Last message"), style="small", role="text3"))
        row.addWidget(self.client)
        row.addWidget(self.where, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space)
        column.addLayout(head)
        column.addWidget(self._card)
        column.addWidget(self.nothing)
        column.addWidget(self.sample)
        subscriptions.changed.connect(self._show)
        self._show()

    @property
    def lines(self) -> list[str]:
        """What the rows say, as a screen reader reads it."""
        return [line.accessibleName() for line in self._lines]

    @Slot()
    def _show(self) -> None:
        found = self._subscriptions.rows
        if len(found) != len(self._lines):
            clear_layout(self._rows)
            self._lines = [_Line() for _ in found]
            for line in self._lines:
                self._rows.addWidget(line)
        for line, row in zip(self._lines, found, strict=True):
            line.show_row(row)
        self._card.setVisible(bool(found))
        self.nothing.setVisible(not found)
        words = self._subscriptions.sample_words
        self.sample.setVisible(bool(words))
        self.client.setText(self._subscriptions.client)
        self.client.setVisible(bool(self._subscriptions.client))
        self.where.setText(words)


class _Line(QWidget):
    """One topic filter."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(_ROW)
        self._shape = StateShape(ground="surface2")
        self._filter = Label(style="code_small", elide="end")
        self._granted = Label(elide="end")
        self._granted.setFixedWidth(_GRANTED)
        self._received = Label(style="small", role="text3", elide="end")
        self._received.setFixedWidth(_RECEIVED)
        self._received.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(_INSET, 0, _INSET, 0)
        row.setSpacing(current().size("space.s"))
        row.addWidget(self._shape)
        row.addWidget(self._filter, 1)
        row.addWidget(self._granted)
        row.addWidget(self._received)

    def show_row(self, row: FilterRow) -> None:
        """Show another filter, or newer numbers."""
        self._shape.set_status(row.status)
        self._filter.setText(row.topic_filter)
        self._granted.setText(row.granted)
        self._received.setText(row.received)
        parts = (row.topic_filter, row.granted, row.received)
        self.setAccessibleName(", ".join(part for part in parts if part))
