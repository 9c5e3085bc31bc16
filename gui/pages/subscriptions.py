"""What a connector's rules subscribe and what was granted, with the identity of its messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QFontMetrics, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from gui.pages.parts import clear_layout
from gui.theme import current
from gui.viewmodels.subscriptions import FilterRow, Subscriptions
from gui.widgets.fields import Field
from gui.widgets.frames import Card
from gui.widgets.labels import Icon, Label, StateShape

_HEAD: Final = 25
_ROW: Final = 24
_GRANTED: Final = 54
_FLOW: Final = 40
_INSET: Final = 11
_BETWEEN: Final = 10
_IDENTITY: Final = 304
_SAMPLE: Final = 29
_EYE: Final = 14
_NOTE: Final = 6
_SHAPE_OVER: Final = 2
"""How much nearer a name stands to its shape, which fills less than its box."""


class SubscriptionsPart(QWidget):
    """A small table of topic filters; beside it where columns come from, and the last message.

    Attributes:
        note: How many filters there are, in words.
    """

    def __init__(
        self,
        subscriptions: Subscriptions,
        identity: Sequence[Field],
        parent: QWidget | None = None,
    ) -> None:
        """Lay it out; `identity` are the fields that say where columns come from."""
        super().__init__(parent)
        self._subscriptions = subscriptions
        self._lines: list[_Line] = []
        self._shown: tuple[FilterRow, ...] | None = None
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(current().size("space.l"))
        across.addLayout(self._filters(), 1)
        across.addWidget(self._identity(identity))
        subscriptions.changed.connect(self._show)
        subscriptions.sampled.connect(self._show_sample)
        current().changed.connect(self._fit_columns)
        self._show()

    @property
    def note(self) -> str:
        """How many filters there are, and whether all are granted."""
        return self._subscriptions.note

    @property
    def lines(self) -> list[str]:
        """What the rows say, as a screen reader reads it."""
        return [line.accessibleName() for line in self._lines]

    def _filters(self) -> QVBoxLayout:
        self._card = Card()
        inside = QVBoxLayout(self._card)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.setSpacing(0)
        head = QFrame()
        head.setProperty("kind", "card_head")
        head.setFixedHeight(_HEAD)
        names = QHBoxLayout(head)
        names.setContentsMargins(_INSET, 0, _INSET, 0)
        names.setSpacing(current().size("space.s"))
        names.addWidget(Label(self.tr("Filter"), style="small", weight=500, role="text2"), 1)
        self._granted = Label(self.tr("Granted"), style="small", weight=500, role="text2")
        names.addWidget(self._granted)
        now = Label(self.tr("Now"), style="small", weight=500, role="text2", elide="end")
        self._now = now
        now.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        names.addWidget(now)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        inside.addWidget(head)
        inside.addLayout(self._rows)
        self.nothing = Label(role="text2", elide="end")
        nothing = self.tr("No rule listens to this connector.")
        self.nothing.setText(nothing, self.tr("No rule listens."))
        column = QVBoxLayout()
        column.setSpacing(current().size("space.label_gap"))
        column.addLayout(_heading(self.tr("Topic filters"), self.tr("read from FROM")))
        column.addWidget(self._card)
        column.addWidget(self.nothing)
        column.addStretch(1)
        return column

    def _identity(self, fields: Sequence[Field]) -> QWidget:
        host = QWidget()
        host.setFixedWidth(_IDENTITY)
        self.sample = QFrame()
        self.sample.hide()  # until there was a message
        self.sample.setProperty("kind", "sample")
        self.sample.setFixedHeight(_SAMPLE)
        self.client = Label(style="code_small", elide="end")
        self.where = Label(style="small", role="text2", elide="end")
        self.time = Label(style="small", role="text3")
        row = QHBoxLayout(self.sample)
        row.setContentsMargins(10, 0, 10, 0)
        row.setSpacing(current().size("space.s"))
        row.addWidget(Icon("eye", size=_EYE, role="accent_text"))
        row.addWidget(self.client)
        row.addSpacing(-current().size("space.xs"))
        row.addWidget(self.where, 1)
        row.addWidget(self.time)
        column = QVBoxLayout(host)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(_heading(self.tr("Identity"), self.tr("MQTT does not carry it")))
        column.addSpacing(current().size("space.label_gap"))
        rows = QVBoxLayout()
        rows.setSpacing(_BETWEEN)
        for field in fields:
            rows.addWidget(field)
        column.addLayout(rows)
        column.addSpacing(current().size("space.s"))
        column.addWidget(self.sample)
        column.addStretch(1)
        return host

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with the messages that came while nobody looked."""
        super().showEvent(event)
        self._show_sample()

    @Slot()
    def _show(self) -> None:
        found = self._subscriptions.rows
        if found != self._shown:
            self._show_rows(found)

    @Slot()
    def _show_sample(self) -> None:
        if not self.isVisible():
            return
        watched = self._subscriptions
        self.sample.setVisible(bool(watched.sample_time))
        self.sample.setToolTip(watched.sample_topic)
        self.client.setText(watched.client)
        self.client.setVisible(bool(watched.client))
        self.where.setText(watched.sample_words)
        self.time.setText(watched.sample_time)

    def _show_rows(self, found: tuple[FilterRow, ...]) -> None:
        self._shown = found
        if len(found) != len(self._lines):
            clear_layout(self._rows)
            self._lines = [_Line() for _ in found]
            for line in self._lines:
                self._rows.addWidget(line)
        for line, row in zip(self._lines, found, strict=True):
            line.show_row(row)
        self._fit_columns()
        self._card.setVisible(bool(found))
        self.nothing.setVisible(not found)

    @Slot()
    def _fit_columns(self) -> None:
        """Give both columns at the right the room of their widest word."""
        rows, metrics = self._shown or (), QFontMetrics(current().font("small"))
        head = self._granted.sizeHint().width()
        granted = [metrics.horizontalAdvance(row.granted) + 2 for row in rows]
        flows = [metrics.horizontalAdvance(row.flow) + 2 for row in rows]
        widths = max(_GRANTED, head, *granted), max(_FLOW, *flows, 0)
        for label, width in zip((self._granted, self._now), widths, strict=True):
            label.setFixedWidth(width)
        for line in self._lines:
            line.set_widths(*widths)


def _heading(text: str, note: str) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(_NOTE)
    label = Label(text, weight=500)
    label.setMinimumHeight(current().face("body").line)
    row.addWidget(label)
    beside = Label(style="small", role="text3", elide="end")
    beside.setText(note, "")  # whole, or no part of it
    row.addWidget(beside, 1)
    return row


class _Line(QWidget):
    """One topic filter."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(_ROW)
        self._shape = StateShape(ground="surface2")
        self._filter = Label(style="small", elide="middle")
        self._granted = Label(style="small", elide="end")
        self._flow = Label(style="small", role="text3", elide="end")
        self._flow.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(_INSET, 0, _INSET, 0)
        row.setSpacing(current().size("space.s"))
        row.addWidget(self._shape)
        row.addSpacing(-_SHAPE_OVER)
        row.addWidget(self._filter, 1)
        row.addWidget(self._granted)
        row.addWidget(self._flow)

    def set_widths(self, granted: int, flow: int) -> None:
        """Have the two columns at the right so many pixels wide."""
        self._granted.setFixedWidth(granted)
        self._flow.setFixedWidth(flow)

    def show_row(self, row: FilterRow) -> None:
        """Show another filter, or newer numbers."""
        self._shape.set_status(row.status)
        self._filter.setText(row.topic_filter)
        self._granted.setText(row.granted)
        self._flow.setText(row.flow)
        parts = (row.topic_filter, row.granted, row.flow)
        self.setAccessibleName(", ".join(part for part in parts if part))
