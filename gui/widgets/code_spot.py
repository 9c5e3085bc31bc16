"""One line of code with its number, and carets below the place that is meant."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import current, set_face
from gui.widgets.code_view import coloured_pieces

_GUTTER: Final = 24
_LEAD: Final = 8
"""Characters that stay before the place where a long line is cut."""


class CodeSpot(QWidget):
    """SQL in small type; a long line is cut at its left so that the place is in sight."""

    def __init__(
        self, number: int, line: str, start: int, length: int, parent: QWidget | None = None
    ) -> None:
        """Make it.

        Args:
            number: The line's.
            line: Its text.
            start: Where the place begins in it, in characters.
            length: How long it is; at least one is marked.
            parent: Qt's owner.
        """
        super().__init__(parent)
        self._number, self._line = str(number), line.replace("\t", " ")
        self._start, self._length = start, max(length, 1)
        set_face(self, "code_small")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Line {number}: {line}").format(number=number, line=line))
        self.setToolTip(line)
        current().changed.connect(self.update)

    @property
    def _line_height(self) -> int:
        return current().face("code_small").line

    def sizeHint(self) -> QSize:
        """Take two lines."""
        width = QFontMetrics(self.font()).horizontalAdvance(self._line)
        return QSize(_GUTTER + width, 2 * self._line_height)

    def minimumSizeHint(self) -> QSize:
        """Do with little width."""
        return QSize(2 * _GUTTER, 2 * self._line_height)

    def shown(self, room: int) -> tuple[str, int]:
        """Give what there is room for, and where the place begins in it.

        Args:
            room: Characters.
        """
        end = min(self._start + self._length, len(self._line) + 1)
        if len(self._line) <= room:
            return self._line, self._start
        if end < room:
            return f"{self._line[: room - 1]}…", self._start
        first = max(min(self._start - _LEAD, len(self._line) - room), 1)
        line = f"…{self._line[first + 1 :]}"
        is_cut = end - first < room < len(line)
        return f"{line[: room - 1]}…" if is_cut else line, self._start - first

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint number, ground of the place, code and carets."""
        theme, painter = current(), QPainter(self)
        painter.setFont(self.font())
        wide = QFontMetrics(self.font()).horizontalAdvance("m")
        line, start = self.shown((self.width() - _GUTTER) // wide)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setPen(theme.colour("syntax.gutter"))
        painter.drawText(QRect(0, 0, _GUTTER, self._line_height), left, self._number)
        place = QRect(_GUTTER + start * wide, 0, self._length * wide, self._line_height)
        painter.fillRect(place, theme.colour("bad_bg"))
        at = 0
        pieces = [*coloured_pieces(line, "sql"), (len(line), 0, "")]
        for begin, length, colour in pieces:
            self._paint(painter, line[at:begin], at * wide, "column")
            self._paint(painter, line[begin : begin + length], begin * wide, colour)
            at = begin + length
        painter.setPen(theme.colour("bad"))
        carets = place.translated(0, self._line_height)
        carets.setRight(self.width())  # a letter is wider than its rounded width
        painter.drawText(carets, left, "^" * self._length)

    def _paint(self, painter: QPainter, text: str, at: int, colour: str) -> None:
        if text:
            font = QFont(self.font())
            if colour == "keyword":
                font.setWeight(QFont.Weight.DemiBold)
            painter.setFont(font)
            painter.setPen(current().colour(f"syntax.{colour}"))
            box = QRect(_GUTTER + at, 0, self.width(), self._line_height)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)
            painter.setFont(self.font())
