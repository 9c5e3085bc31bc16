"""How the cells of the feed are painted."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from gui.theme import current, has_figures
from gui.viewmodels.content import compact
from gui.viewmodels.feed_rows import COLUMNS, FeedRow, Outcome, cell
from gui.viewmodels.live_rows import ROW_ROLE, Divider
from gui.viewmodels.ring import Index
from gui.widgets.live_rows import paint_divider, paint_ground, paint_text, rect_of
from gui.widgets.live_table import LiveTable

FIRST: Final = 16
_PADDING: Final = 8
_RIGHT: Final = {"client": 2, "outcome": 13}
_SHAPE: Final = 11
_GAP: Final = 6
_SHAPE_GAP: Final = 5
_BEFORE_LATENCY: Final = 4
"""At least; the columns leave a record of three digits no more."""


class FeedDelegate(QStyledItemDelegate):
    """Paints the cells: payload in code, outcome with its shape."""

    def __init__(self, view: LiveTable) -> None:
        super().__init__(view)
        self._view = view

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a cell."""
        theme, rect, row = current(), rect_of(option), index.data(ROW_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(row, Divider):
            paint_divider(painter, rect, row.text)
        elif isinstance(row, FeedRow):
            column = COLUMNS[index.column()]
            is_first = column == "time"
            ground = paint_ground(painter, option, self._view, index.row(), is_first=is_first)
            box = rect.adjusted(
                FIRST if is_first else _PADDING, 0, -_RIGHT.get(column, _PADDING), 0
            )
            if column == "outcome":
                self._paint_outcome(painter, box, row.outcomes(), ground)
            else:
                role = "text3" if is_first else "text1"
                if column == "payload":
                    text = compact(row.sample.payload)
                    painter.setFont(theme.font("code_small"))
                else:
                    text = " ".join(cell(row, column).split())
                    painter.setFont(theme.font("small", figures=has_figures(text)))
                elide = Qt.TextElideMode.ElideRight
                if column == "topic":
                    elide = Qt.TextElideMode.ElideMiddle
                paint_text(painter, box, text, role, elide)
        painter.restore()

    def _paint_outcome(
        self, painter: QPainter, box: QRectF, outcomes: list[Outcome], ground: str
    ) -> None:
        """Paint the first outcome, and how many matter besides; the tooltip has all."""
        theme, first = current(), outcomes[0]
        painter.setFont(theme.font("small"))
        metrics = painter.fontMetrics()
        note_role = "bad" if first.status == "failed" else "text3"
        arrow = "→" if first.place else ""
        parts = [(first.rule, "text1"), (arrow, "text3"), (first.place, "text1")]
        parts = [part for part in [*parts, (first.note, note_role)] if part[0]]
        left = box.left() + _SHAPE + _SHAPE_GAP
        wanted = left + sum(metrics.horizontalAdvance(text) + _GAP for text, _ in parts)
        others = sum(outcome.status != "no_result" for outcome in outcomes[1:])
        right = box.right() + 1
        for text in (f"+{others}" if others else "", first.latency):
            width = metrics.horizontalAdvance(text)
            if text and wanted - _GAP + _BEFORE_LATENCY <= right - width:
                place = QRectF(right - width, box.top(), width + 1, box.height())
                paint_text(painter, place, text, "text3")
                right -= width + _BEFORE_LATENCY
        top = box.top() + (box.height() - _SHAPE) / 2
        place = QRectF(box.left(), top, _SHAPE, _SHAPE)
        theme.paint_state(painter, place, first.status, ground)
        for text, role in parts:
            if left >= right:
                break
            room = QRectF(left, box.top(), max(right - left, 0), box.height())
            left = paint_text(painter, room, text, role) + _GAP
