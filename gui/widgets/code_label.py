"""Code on one line, to be read: in colours, cut where the room ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, Literal, TypeAlias

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import current, set_face
from gui.widgets.code_view import coloured_pieces

Content: TypeAlias = Literal["placeholders", "json", "text"]

_PLACEHOLDER: Final = re.compile(r"\$\{[^}]*\}?")
_LONGEST: Final = 2_000
"""Characters that are looked at: no line has room for more."""


class CodeLabel(QWidget):
    """Code in small type; what is cut is told by the tooltip."""

    def __init__(
        self,
        text: str = "",
        content: Content = "text",
        *,
        name: str = "",
        role: str = "text1",
        parent: QWidget | None = None,
    ) -> None:
        """Make it.

        Args:
            text: What it shows; line ends become blanks.
            content: What is in colours: the placeholders of a template, or JSON.
            name: What a screen reader says before the text.
            role: The colour of the rest.
            parent: Qt's owner.
        """
        super().__init__(parent)
        self._content: Content = content
        self._name, self._text, self._role = name, "", role
        set_face(self, "code_small")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        current().changed.connect(self.update)
        self.show_code(text, content)

    @property
    def text(self) -> str:
        """The whole text, on one line."""
        return self._text

    def whole_text(self) -> str:
        """Give the text before it was cut."""
        return self._text

    def show_code(self, text: str, content: Content | None = None, role: str = "") -> None:
        """Show another text; content and colour stay where none is given."""
        self._text = text.replace("\r\n", " ").replace("\n", " ")
        self._content = content or self._content
        self._role = role or self._role
        self.setAccessibleName(": ".join(part for part in (self._name, self._text) if part))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Ask for the whole text."""
        metrics = QFontMetrics(self.font())
        return QSize(metrics.horizontalAdvance(self._text[:_LONGEST]) + 1, metrics.height())

    def minimumSizeHint(self) -> QSize:
        """Do with a few letters."""
        metrics = QFontMetrics(self.font())
        least = min(3 * metrics.averageCharWidth(), self.sizeHint().width())
        return QSize(least, metrics.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint piece by piece, as far as there is room."""
        theme, painter = current(), QPainter(self)
        painter.setFont(self.font())
        metrics, whole = painter.fontMetrics(), self._text[:_LONGEST]
        shown = metrics.elidedText(whole, Qt.TextElideMode.ElideRight, self.width())
        self.setToolTip(self._text if shown != self._text else "")
        left = 0
        for piece, colour in self._pieces(shown):
            painter.setPen(theme.colour(colour))
            width = metrics.horizontalAdvance(piece)
            box = QRect(left, 0, width + 1, self.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, piece)
            left += width

    def _pieces(self, shown: str) -> Iterator[tuple[str, str]]:
        """Cut the text into pieces, each with the name of its colour."""
        at = 0
        for start, length, colour in self._coloured(shown):
            yield shown[at:start], self._role
            yield shown[start : start + length], f"syntax.{colour}"
            at = start + length
        yield shown[at:], self._role

    def _coloured(self, shown: str) -> Iterator[tuple[int, int, str]]:
        if self._content == "placeholders":
            for found in _PLACEHOLDER.finditer(shown):
                yield found.start(), len(found[0]), "path"
        elif self._content == "json":
            yield from coloured_pieces(shown, "json")
