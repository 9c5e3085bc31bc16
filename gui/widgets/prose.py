"""Sentences with code in them: the code stands in its own font and colour."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Final

from PySide6.QtCore import QPointF, QRect, QSize, Qt, Slot
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QTextCharFormat,
    QTextLayout,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import current, has_figures, set_face
from gui.widgets.labels import Label

_NEW_LINE: Final = "\u2028"
_CODE: Final = re.compile(r"`[^`]+`|\$\{[^}]*\}")


class Prose(Label):
    """Several lines; backticks around code are not shown."""

    def __init__(
        self,
        style: str = "body",
        role: str = "text1",
        parent: QWidget | None = None,
        *,
        code_weight: int = 400,
    ) -> None:
        """Make it, empty; `style` and `role` are those of `Label`."""
        self._code_weight = code_weight
        self._words: Mapping[str, str] = {}
        self._plain, self._style = "", style
        super().__init__(style=style, role=role, parent=parent)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        current().changed.connect(self._render)

    def say(self, text: str, words: Mapping[str, str]) -> None:
        """Show a text.

        Args:
            text: Sentences.
            words: The pieces that are code, each with the name of its colour.
        """
        self._plain, self._words = text, words
        self.setAccessibleName(text)
        self._render()

    def whole_text(self) -> str:
        """Give the text without its looks."""
        return self._plain

    def _fit_figures(self, text: str) -> None:
        del text  # it has the figures and hyphens of its HTML
        super()._fit_figures(self._plain)

    @Slot()
    def _render(self) -> None:
        line = current().face(self._style).line
        parts = [
            _span(piece, colour, self._code_weight) if colour else _lines(piece)
            for piece, colour in pieces(self._plain, self._words)
        ]
        self.setText(f'<p style="line-height:{line}px">{"".join(parts)}</p>')


class ProseLine(QWidget):
    """One line, cut where the room ends; the whole is the tooltip then."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text, self._role = "", "text1"
        self._words: Mapping[str, str] = {}
        set_face(self, "small", figures=False)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        current().changed.connect(self.update)

    def whole_text(self) -> str:
        """Give the text before it was cut."""
        return self._text

    def say(self, text: str, words: Mapping[str, str], role: str = "text1") -> None:
        """Show a text; the arguments are those of `Prose`, `role` is the colour of the rest."""
        self._text, self._words, self._role = text, words, role
        self.setAccessibleName(text)
        set_face(self, "small", figures=has_figures(text))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Ask for the whole text."""
        width = sum(self._width(piece, colour) for piece, colour in pieces(self._text, self._words))
        return QSize(width + 1, QFontMetrics(self.font()).height() + 2)

    def minimumSizeHint(self) -> QSize:
        """Do with a few letters."""
        return QSize(40, QFontMetrics(self.font()).height() + 2)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint piece by piece, as far as there is room."""
        theme, painter, left = current(), QPainter(self), 0
        found = list(pieces(self._text, self._words))
        is_cut = sum(self._width(*piece) for piece in found) > self.width()
        self.setToolTip(self._text if is_cut else "")
        for place, (piece, colour) in enumerate(found):
            painter.setFont(theme.font("code_small") if colour else self.font())
            painter.setPen(theme.colour(colour or self._role))
            rest = sum(self._width(*later) for later in found[place + 1 :])
            room = max(self.width() - left - (0 if rest == 0 else min(rest, 12)), 0)
            shown = painter.fontMetrics().elidedText(
                piece.strip("`"), Qt.TextElideMode.ElideRight, room
            )
            box = QRect(left, 0, self.width() - left, self.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, shown)
            left += painter.fontMetrics().horizontalAdvance(shown)
            if shown != piece.strip("`"):
                break

    def _width(self, piece: str, colour: str) -> int:
        font = current().font("code_small") if colour else self.font()
        return QFontMetrics(font).horizontalAdvance(piece.strip("`"))


class ProseLines:
    """Sentences laid out in lines below each other, for who paints rows; it is made anew to change.

    Attributes:
        height: What all lines take, in pixels.
    """

    def __init__(self, text: str, width: float, font: QFont, line: int, role: str) -> None:
        """Lay it out.

        Args:
            text: Sentences; what stands in backticks and placeholders are code.
            width: Pixels for a line.
            font: That of the prose.
            line: How high a line is, in pixels.
            role: The name of the colour.
        """
        found = [
            (piece.strip("`") if colour else piece.replace("\n", _NEW_LINE), bool(colour))
            for piece, colour in pieces(text, code_words(text, role))
        ]
        self._layout = QTextLayout("".join(piece for piece, _ in found), font)
        self._layout.setFormats(list(_formats(found, role)))
        metrics = QFontMetricsF(font)
        baseline = (line - metrics.height()) / 2 + metrics.ascent()
        self.height = 0
        self._layout.beginLayout()
        while (row := self._layout.createLine()).isValid():
            row.setLineWidth(max(width, 1))
            row.setPosition(QPointF(0, self.height + baseline - row.ascent()))
            self.height += line
        self._layout.endLayout()

    def paint(self, painter: QPainter, place: QPointF) -> None:
        """Paint all lines; `place` is where the first begins, at its top."""
        self._layout.draw(painter, place)


def _formats(found: Iterable[tuple[str, bool]], role: str) -> Iterator[QTextLayout.FormatRange]:
    """Give the looks of pieces that follow each other, each with whether it is code."""
    start = 0
    for piece, is_code in found:
        made = QTextLayout.FormatRange()
        made.start, made.length = start, len(piece.encode("utf-16-le")) // 2
        start += made.length
        look = QTextCharFormat()
        look.setForeground(current().colour(role))
        if is_code:
            look.setFont(current().font("code_small"))
        made.format = look
        yield made


def _lines(prose: str) -> str:
    """Write prose in HTML."""
    return escape(prose).replace("\n", "<br>")


def _span(piece: str, colour: str, weight: int) -> str:
    """Write a piece of code in HTML."""
    font, tint = current().font("code_small"), current().colour(colour).name()
    face = f"font-family:'{font.family()}';font-size:{font.pixelSize()}px"
    look = f"{face};font-weight:{weight};color:{tint}"
    return f'<span style="{look}">{escape(piece.strip("`"))}</span>'


def code_words(text: str, colour: str) -> dict[str, str]:
    """Find what is code in a text, all in one colour: placeholders, what stands in backticks."""
    return dict.fromkeys(_CODE.findall(text), colour)


def pieces(text: str, words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Cut a text at its code: each piece, and the name of its colour; none for prose."""
    if not words:
        yield text, ""
        return
    pattern = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    # A bare word is not code where it is a part of a longer one.
    for piece in re.split(rf"((?<!\w)(?:{pattern})(?!\w))", text):
        if piece:
            yield piece, words.get(piece, "")
