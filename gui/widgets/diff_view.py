"""Lines of two versions, one below the other: what is gone, what has come, and where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.workspace.compare import DiffLine
from gui.theme import current

_ROW: Final = 21
_NUMBER: Final = 30
_NUMBER_RIGHT: Final = 11
_SIGN: Final = 16
_BEFORE_SIGN: Final = 7
_GAP: Final = 4
_RIGHT: Final = 8
_LOOKS: Final[dict[str, tuple[str, str, str]]] = {
    "removed": ("bad_bg", "bad", "-"),
    "added": ("ok_bg", "ok", "+"),
}


class DiffView(QWidget):
    """A card of rows of 21. Long lines are cut so that what has changed is seen.

    A line of the sign `gap` is a remark in place of lines that are left out.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        """Make it; `name` is what a screen reader calls it."""
        super().__init__(parent)
        self._name = name
        self._rows: tuple[DiffLine, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        current().changed.connect(self._take_theme)

    @property
    def rows(self) -> tuple[DiffLine, ...]:
        """What is shown."""
        return self._rows

    def show_rows(self, rows: Sequence[DiffLine]) -> None:
        """Show other lines."""
        self._rows = tuple(rows)
        self.setAccessibleName(f"{self._name}: {self.spoken()}")
        self.updateGeometry()
        self.update()

    def spoken(self) -> str:
        """Say what has changed, for those who do not see it."""
        words = {"removed": self.tr("removed"), "added": self.tr("added")}
        return ", ".join(f"{words[r.sign]} {r.text.strip()}" for r in self._rows if r.sign in words)

    def sizeHint(self) -> QSize:
        """Take the height of the rows."""
        return QSize(320, self._row_height() * len(self._rows) + 2)

    def minimumSizeHint(self) -> QSize:
        """Need no width."""
        return QSize(_NUMBER + _SIGN + 80, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the card and its rows."""
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        outline = QPainterPath()
        radius = theme.size("radius.m")
        outline.addRoundedRect(frame, radius, radius)
        painter.fillPath(outline, theme.colour("surface2"))
        painter.save()
        painter.setClipPath(outline)
        height = self._row_height()
        column = self._number_width()
        for at, row in enumerate(self._rows):
            self._paint_row(
                painter, row, QRectF(1, 1 + at * height, self.width() - 2, height), column
            )
        painter.restore()
        painter.setPen(QPen(theme.colour("border"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(outline)

    def _row_height(self) -> int:
        return max(_ROW, QFontMetrics(current().font("code_small")).height() + 4)

    def _number_width(self) -> int:
        digits = max((len(_number(row)) for row in self._rows), default=0)
        figure = QFontMetrics(current().font("code_small")).horizontalAdvance("0")
        return max(_NUMBER, digits * figure + _NUMBER_RIGHT + _GAP)

    def _paint_row(self, painter: QPainter, row: DiffLine, box: QRectF, column: int) -> None:
        theme = current()
        ground, colour, sign = _LOOKS.get(row.sign, ("", "text2", ""))
        if ground:
            painter.fillRect(box, theme.colour(ground))
        box = box.adjusted(0, 0, 0, -2)  # the letters stand a little above the middle
        painter.setFont(theme.font("code_small"))
        if row.sign == "gap":
            painter.setFont(theme.font("small"))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(theme.colour("text2"))
        number = QRectF(0, box.top(), column - _NUMBER_RIGHT, box.height())
        painter.drawText(number, middle | Qt.AlignmentFlag.AlignRight, _number(row))
        left = column + _BEFORE_SIGN
        if sign:
            painter.setFont(theme.font("code_small", QFont.Weight.Bold.value))
            painter.setPen(theme.colour(colour))
            place = QRectF(left, box.top(), _SIGN, box.height())
            painter.drawText(place, middle | Qt.AlignmentFlag.AlignHCenter, sign)
        left += _SIGN + _GAP
        room = QRectF(left, box.top(), max(box.right() - _RIGHT - left, 0), box.height())
        painter.setPen(theme.colour("text1" if sign else "text2"))
        self._paint_text(painter, row, room)

    def _paint_text(self, painter: QPainter, row: DiffLine, room: QRectF) -> None:
        """Paint the text in up to three parts, the changed one bold."""
        theme = current()
        style = "small" if row.sign == "gap" else "code_small"
        text, (start, end) = _fitted(row, style, room.width())
        left = room.left()
        for part, weight in ((text[:start], 400), (text[start:end], 700), (text[end:], 400)):
            if part:
                painter.setFont(theme.font(style, weight))
                place = QRectF(left, room.top(), room.right() - left, room.height())
                painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, part)
                left += QFontMetrics(painter.font()).horizontalAdvance(part)

    @Slot()
    def _take_theme(self) -> None:
        self.updateGeometry()
        self.update()


def _number(row: DiffLine) -> str:
    return "" if row.number is None else str(row.number)


def _fitted(row: DiffLine, style: str, width: float) -> tuple[str, tuple[int, int]]:
    """Cut a line to a width: its end, and before that its beginning if the change is beyond."""
    text, (start, end) = row.text.replace("\t", "  "), row.mark
    metrics = QFontMetrics(current().font(style))
    if metrics.horizontalAdvance(text) <= width or not text:
        return text, (start, end)
    fits = max(int(width / max(metrics.horizontalAdvance("0"), 1)), 2)
    first = max(min(end - fits + 2, start - 8), 0) if end > fits - 1 else 0
    if first:
        text, start, end = "…" + text[first + 1 :], start - first, end - first
    if len(text) > fits:
        text = text[: fits - 1] + "…"
    return text, (start, min(end, len(text)))
