"""What stands where nothing is yet: a sentence, and what can be done about it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui.theme import current
from gui.widgets.buttons import Button, LinkButton, SecondaryButton
from gui.widgets.labels import Label


class SmallEmptyState(QWidget):
    """For a panel under 320: no icon; a sentence, a small button and a link where there are any."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme = current()
        self.label = Label(role="text2")
        self.label.setWordWrap(True)
        self.label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(theme.size("space.s"))
        column = QVBoxLayout(self)
        column.setContentsMargins(*(theme.size("space.l"),) * 4)
        column.setSpacing(theme.size("space.s"))
        column.addStretch(1)
        column.addWidget(self.label)
        column.addLayout(self._buttons)
        column.addStretch(1)
        self._buttons.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.say(text)

    def say(self, text: str) -> None:
        """Show another sentence."""
        self.label.setText(text)
        self.setAccessibleName(text)

    def add_button(self, text: str, icon: str = "") -> Button:
        """Add what can be done."""
        button = SecondaryButton(text, icon)
        self._buttons.addWidget(button)
        return button

    def add_link(self, text: str) -> LinkButton:
        """Add where more is to be found."""
        link = LinkButton(text)
        self._buttons.addWidget(link)
        return link
