"""Code to read that is as high as its lines; a card around it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from gui.theme import current
from gui.widgets.code_view import CodeView, Language, show_broken, wrap_of
from gui.widgets.frames import Card

_HIGHEST: Final = 220
_SIDE: Final = 10


class FittedCode(CodeView):
    """Lines are broken where the room ends; long code scrolls.

    Signals:
        fitted: It asks for the height of other lines, or of lines that are broken elsewhere.
    """

    fitted = Signal()

    def __init__(
        self,
        name: str,
        language: Language,
        *,
        margin: int = 7,
        raised: int = 0,
        highest: int = _HIGHEST,
        gives_way: bool = False,
    ) -> None:
        """Make it.

        Args:
            name: What a screen reader calls it.
            language: Whose colours.
            margin: Above and below the text.
            raised: So much of it is below the text, and not above.
            highest: Where it begins to scroll.
            gives_way: Whether it scrolls where there is no room for all lines, down to one line.
        """
        super().__init__(name, language)
        self._highest, self._gives_way = highest, gives_way
        self._below = 2 * raised
        self.document().setDocumentMargin(margin - raised)
        beside = _SIDE - margin + raised
        self.setViewportMargins(beside, 0, beside, self._below)
        self.setLineWrapMode(CodeView.LineWrapMode.WidgetWidth)
        self.setWordWrapMode(wrap_of(""))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        vertical = QSizePolicy.Policy.Preferred if gives_way else QSizePolicy.Policy.Fixed
        self.setSizePolicy(QSizePolicy.Policy.Expanding, vertical)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    @property
    def _whole(self) -> int:
        """The height of all lines, in px."""
        return round(self.document().size().height()) + self._below

    def show_code(self, text: str) -> None:
        """Show a text, broken where it is fast."""
        show_broken(self, text, super().show_code)

    def fits(self, text: str) -> bool:
        """Tell whether no line of a text would be broken in the room there is now."""
        margins = round(2 * self.document().documentMargin())
        longest = max(text.split("\n"), key=len)
        needed = self.fontMetrics().horizontalAdvance(longest)
        return needed <= self.viewport().width() - margins

    def sizeHint(self) -> QSize:
        """Ask for all lines, up to the highest that it gets."""
        return QSize(super().sizeHint().width(), min(self._whole, self._highest))

    def minimumSizeHint(self) -> QSize:
        """Need one line where it gives way to what is beside it."""
        line = current().face("code_small").line + 2 * round(self.document().documentMargin())
        line += self._below
        wanted = self.sizeHint().height()
        return QSize(0, min(line, wanted) if self._gives_way else wanted)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Scroll what has no room."""
        super().resizeEvent(event)
        self._scroll_what_is_long()

    @Slot()
    def _fit(self) -> None:
        self.setMaximumHeight(min(self._whole, self._highest))
        self.updateGeometry()
        self._scroll_what_is_long()
        self.fitted.emit()

    def _scroll_what_is_long(self) -> None:
        has_room = not self._gives_way or self.height() >= self._whole
        is_long = self._whole > self._highest or not has_room
        policy = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(
            policy.ScrollBarAsNeeded if is_long else policy.ScrollBarAlwaysOff
        )


def boxed(view: QWidget) -> Card:
    """Put a view into a card."""
    card = Card()
    column = QVBoxLayout(card)
    column.setContentsMargins(1, 1, 1, 1)
    column.addWidget(view)
    return card
