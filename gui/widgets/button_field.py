"""A line of text with a button inside at its right end."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QWidget

from gui.widgets.buttons import IconButton
from gui.widgets.form_editors import TextEditor

_INSET: Final = 3
_SIDE: Final = 8
"""Edge and padding of the style sheet at each side."""

_MOST: Final = 240


class ButtonEditor(TextEditor):
    """One line; its button does what typing cannot.

    Attributes:
        button: The button.

    Signals:
        pressed: The button was pressed.
    """

    pressed = Signal()

    def __init__(self, name: str, icon: str, does: str, parent: QWidget | None = None) -> None:
        """Make it.

        Args:
            name: What a screen reader calls the line.
            icon: File name of the button's icon.
            does: What the button does.
            parent: Qt's owner.
        """
        super().__init__(name, parent=parent)
        self.button = IconButton(icon, does, size=24)
        self.button.setParent(self)
        self.button.clicked.connect(self.pressed)
        self.setTextMargins(0, 0, self.button.width(), 0)

    def offer(self, *, is_offered: bool) -> None:
        """Show the button, and keep its text from being typed over meanwhile; or neither."""
        self.button.setVisible(is_offered)
        self.setReadOnly(is_offered)

    def setPlaceholderText(self, text: str) -> None:
        """Show another text where nothing is typed; it asks for room, up to a limit."""
        super().setPlaceholderText(text)
        self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        """Have the placeholder seen whole, which may be the value that is in use."""
        hint = super().minimumSizeHint()
        words = QFontMetrics(self.font()).horizontalAdvance(self.placeholderText())
        needed = min(words + 2 * _SIDE + self.textMargins().right(), _MOST) if words else 0
        return hint.expandedTo(QSize(needed, 0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the button at the right."""
        super().resizeEvent(event)
        top = (self.height() - self.button.height()) // 2
        self.button.move(self.width() - self.button.width() - _INSET, top)
