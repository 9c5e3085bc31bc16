"""The rows of the Kafka tail: two lines while the dock is narrow, a table where it is wide."""

from __future__ import annotations

import re
from functools import partial
from typing import Final

from PySide6.QtCore import QRectF, Qt, Slot
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from gui.theme import current, has_figures
from gui.viewmodels.live_rows import ROW_ROLE, Divider
from gui.viewmodels.ring import Index
from gui.viewmodels.tail_row import TailRow
from gui.viewmodels.tail_table import COLUMNS, Column, TailModel
from gui.viewmodels.words import byte_size
from gui.widgets.live_rows import paint_divider, paint_ground, paint_text, rect_of
from gui.widgets.live_table import LiveTable

_SIDE: Final = 11
_RIGHT: Final = 10
_TOP: Final = 4
_PARTITION: Final = 84
_OFFSET: Final = 30
_KEY: Final = 44
_GAP: Final = 5
_BEFORE_KEY: Final = 12
_BADGE_PADDING: Final = 6
_BADGE_HEIGHT: Final = 16
_PADDING: Final = 8
_FIRST: Final = 16
_PIECES: Final = re.compile(
    r'(?P<name>"(?:[^"\\]|\\.)*")(?=\s*:)|(?P<string>"(?:[^"\\]|\\.)*"?)'
    r"|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?P<keyword>true|false|null)"
    r'|(?P<operator>[^"\dtfn-]+|.)'
)
_FLOW: Final[tuple[tuple[Column, int, int], ...]] = (
    ("time", _PARTITION, _GAP),
    ("partition", _OFFSET, _GAP),
    ("offset", _KEY, _BEFORE_KEY),
)
"""What stands before the key, how far from one to the next, and what is free between at least."""

_COLOURS: Final = {"name": "path"}
_TONES: Final = {"time": "text3", "size": "text3", "partition": "text2", "offset": "text2"}


class TailDelegate(QStyledItemDelegate):
    """Paints a whole row into the first cell, or each cell of a table."""

    def __init__(self, view: LiveTable, rows: TailModel) -> None:
        super().__init__(view)
        self._view, self._rows = view, rows
        current().changed.connect(self._take_look)
        self._take_look()
        self.is_wide = False

    @Slot()
    def _take_look(self) -> None:
        self._small = current().font("small")
        strong = partial(current().font, "small", 600)
        self._strong = {has: strong(figures=has) for has in (False, True)}
        self._caption = current().font("caption", 500)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a cell."""
        rect, row = rect_of(option), index.data(ROW_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(row, Divider):
            paint_divider(painter, rect, row.text)
        elif isinstance(row, TailRow):
            is_first = index.column() == 0
            paint_ground(painter, option, self._view, index.row(), is_first=is_first)
            if self.is_wide:
                self._paint_cell(painter, rect, row, index.column())
            else:
                self._paint_lines(painter, rect, row)
                line = QRectF(rect.left(), rect.bottom() - 1, rect.width(), 1)
                if self._view.currentIndex().row() != index.row():
                    painter.fillRect(line, current().colour("border"))
        painter.restore()

    def _paint_lines(self, painter: QPainter, rect: QRectF, row: TailRow) -> None:
        """Paint time, partition, offset, key and size, and the value below."""
        height = float(current().face("small").line)
        top, right = rect.top() + _TOP, rect.right() - _RIGHT
        painter.setFont(self._small)
        size = byte_size(row.size)
        width = painter.fontMetrics().horizontalAdvance(size)
        paint_text(painter, QRectF(right - width, top, width + 1, height), size, "text3")
        right = self._paint_badge(painter, right - width, top, height, row) - _GAP
        painter.setFont(self._small)
        left = rect.left() + _SIDE
        for name, step, gap in _FLOW:
            box = QRectF(left, top, max(right - left, 0), height)
            text = self._rows.text(row, name)
            end = paint_text(painter, box, text, "text3" if name == "time" else "text2")
            left = max(left + step, end + gap)
        key = self._rows.text(row, "key")
        painter.setFont(self._strong[has_figures(key)])
        box = QRectF(left, top, max(right - left, 0), height)
        paint_text(painter, box, key, "text1")
        below = rect.adjusted(_SIDE, _TOP + height, -_RIGHT, -_TOP)
        self._paint_value(painter, below, row)

    def _paint_badge(
        self, painter: QPainter, right: float, top: float, height: float, row: TailRow
    ) -> float:
        """Paint what is wrong with a value left of a place; returns where that begins."""
        text = self._rows.badge(row)
        if not text:
            return right
        theme = current()
        painter.setFont(self._caption)
        width = painter.fontMetrics().horizontalAdvance(text) + 2 * _BADGE_PADDING
        box = QRectF(right - _PADDING - width, 0, width, _BADGE_HEIGHT)
        box.moveTop(top + (height - _BADGE_HEIGHT) / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("warn_bg"))
        painter.drawRoundedRect(box, theme.size("radius.s"), theme.size("radius.s"))
        painter.setPen(theme.colour("warn"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        return box.left()

    def _paint_cell(self, painter: QPainter, rect: QRectF, row: TailRow, column: int) -> None:
        name = COLUMNS[column]
        right = _RIGHT if name == "size" else _PADDING
        box = rect.adjusted(_FIRST if column == 0 else _PADDING, 0, -right, 0)
        if name == "value":
            right = self._paint_badge(painter, box.right(), rect.top(), rect.height(), row)
            box.setRight(right)
            self._paint_value(painter, box, row)
            return
        text = self._rows.text(row, name)
        painter.setFont(self._strong[has_figures(text)] if name == "key" else self._small)
        if name == "size":
            width = painter.fontMetrics().horizontalAdvance(text)
            box.setLeft(max(box.right() - width, box.left()))
        paint_text(painter, box, text, _TONES.get(name, "text1"))

    def _paint_value(self, painter: QPainter, box: QRectF, row: TailRow) -> None:
        """Paint the beginning of a value: JSON in colours, anything else in one."""
        theme, text = current(), self._rows.text(row, "value")
        painter.setFont(theme.font("code_small"))
        if not row.value and self._rows.value_decode in ("auto", "json"):
            paint_text(painter, box, text, "text3")
            return
        metrics = painter.fontMetrics()
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(int(box.width()), 0))
        if not text.startswith(("{", "[", '"')):
            paint_text(painter, box, text, "text1")
            return
        left = box.left()
        for found in _PIECES.finditer(text):
            kind = found.lastgroup or "operator"
            painter.setPen(theme.colour(f"syntax.{_COLOURS.get(kind, kind)}"))
            place = QRectF(left, box.top(), box.right() - left + 1, box.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, found[0])
            left += metrics.horizontalAdvance(found[0])
