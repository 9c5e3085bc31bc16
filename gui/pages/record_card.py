"""The record that an action would send: topic, key, value, headers, partition and time."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QApplication,
    QGridLayout,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from core.bridge.preview import RecordPreview
from gui.pages.parts import name_value_grid
from gui.theme import current
from gui.viewmodels.feed_rows import clock_time
from gui.viewmodels.words import number, tr
from gui.widgets.buttons import IconButton
from gui.widgets.code_label import CodeLabel
from gui.widgets.frames import Card
from gui.widgets.labels import Label, Paragraph, StateShape

_LABELS: Final = 64
_BESIDE: Final = 64
_ROW: Final = 23
_GAP: Final = 8
_MOST_SHOWN: Final = 4_000


class RecordCard(QWidget):
    """The record that one action would send."""

    def __init__(self, record: RecordPreview, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._record = record
        theme = current()
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 1, 0)
        head.setSpacing(6)
        head.addWidget(Label(self.tr("Record for Kafka"), style="strong"))
        text = self.tr("{action} would send, nothing is sent now").format(action=record.action)
        would = Label(text, style="small", role="text3", elide="end")
        would.setMinimumWidth(1)  # where there is little room it goes first
        head.addWidget(would, 1)
        copy = IconButton("copy", self.tr("Copy the value"), size=24)
        copy.set_small()
        copy.clicked.connect(self._copy)
        copy.setEnabled(record.value is not None)
        head.addWidget(copy)
        card = Card()
        inner = QVBoxLayout(card)
        inner.setContentsMargins(theme.size("space.panel"), 7, theme.size("space.panel"), 7)
        if record.error:
            inner.addWidget(Paragraph(f"{record.error} {record.hint}".strip(), role="bad"))
        else:
            inner.addLayout(record_grid(record))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, _GAP - 3, 0, 5)
        column.setSpacing(5)
        column.addLayout(head)
        column.addWidget(card)

    @Slot()
    def _copy(self) -> None:
        QApplication.clipboard().setText((self._record.value or b"").decode("utf-8", "replace"))


def record_grid(record: RecordPreview) -> QGridLayout:
    """Lay out topic, key, value and headers of a record, with partition and time beside."""
    grid = name_value_grid(_LABELS)
    grid.setHorizontalSpacing(0)
    grid.setVerticalSpacing(0)
    rows = (
        (tr("topic"), CodeLabel(record.topic)),
        (tr("key"), _bytes_label(record.key, tr("none"))),
        (tr("value"), _value(record)),
        (tr("headers"), _headers(record)),
    )
    time = CodeLabel(tr("of sending"), role="text3")
    if record.timestamp_ms:
        time = CodeLabel(clock_time(record.timestamp_ms))
    beside = ((tr("partition"), _partition(record)), (tr("time"), time))
    for place, (name, value) in enumerate(rows):
        grid.setRowMinimumHeight(place, _ROW)
        grid.addWidget(Label(name, role="text3"), place, 0)
        grid.addLayout(_on_line(value), place, 1, 1, 1 if place < len(beside) else 3)
    for place, (name, value) in enumerate(beside):
        grid.addWidget(Label(name, role="text3"), place, 2)
        grid.addLayout(_on_line(value), place, 3)
    grid.setColumnMinimumWidth(2, _BESIDE)
    grid.setColumnStretch(1, 139)
    grid.setColumnStretch(3, 140)
    return grid


def _on_line(value: QWidget) -> QHBoxLayout:
    """Have code stand on the line of its name, which is larger."""
    row = QHBoxLayout()
    row.setContentsMargins(0, 2, 0, 0)
    row.addWidget(value)
    return row


def _partition(record: RecordPreview) -> QWidget:
    """Tell the partition, of how many, and what decides it."""
    host = QWidget()
    row = QHBoxLayout(host)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(0)
    if record.partition < 0:
        text = tr("by the key") if record.is_by_key else tr("any")
        row.addWidget(CodeLabel(text, role="text3"), 1)
        return host
    number_label = CodeLabel(str(record.partition))
    number_label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    row.addWidget(number_label)
    text = ""
    if record.partitions:
        text = tr(" of {count}").format(count=record.partitions)
    if record.is_by_key:
        text += tr(", by key")
    row.addWidget(CodeLabel(text, role="text3"), 1)
    return host


def _value(record: RecordPreview) -> CodeLabel:
    if record.is_skipped:
        return CodeLabel(tr("empty: nothing is sent"), role="warn")
    if record.value is None:
        return CodeLabel(tr("TOMBSTONE (null)"), role="warn")
    return _bytes_label(record.value, tr("empty"))


def _headers(record: RecordPreview) -> QWidget:
    pairs = [f"{name}: {_text(value or b'')}" for name, value in record.headers]
    gone = [*record.dropped, *(name for name, _ in record.missing)]
    if not gone:
        text = ", ".join(pairs) or tr("none")
        return CodeLabel(text, role="text1" if pairs else "text3")
    host = QWidget()
    row = QHBoxLayout(host)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(_GAP)
    if pairs:
        row.addWidget(CodeLabel(", ".join(pairs)))
    row.addWidget(StateShape("failed", size=12, ground="surface2"))
    text = tr("{names} left out").format(names=", ".join(gone))
    row.addWidget(Label(text, style="small", role="bad", elide="end"), 1)
    return host


def _bytes_label(data: bytes | None, nothing: str) -> CodeLabel:
    """Show bytes on one line, as JSON where they are it; a quiet word where there are none."""
    if not data:
        return CodeLabel(nothing, role="text3")
    text = _text(data)
    return CodeLabel(text, "json" if text[:1] in ("{", "[") else "text")


def _text(data: bytes) -> str:
    text = data[:_MOST_SHOWN].decode("utf-8", "replace")
    more = len(data) - _MOST_SHOWN
    return f"{text}… +{number(more)}" if more > 0 else text
