"""What stands in a list without rows: an icon, one sentence, and what can be done about it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.theme import current
from gui.widgets.buttons import LinkButton, PrimaryButton
from gui.widgets.frames import Ground
from gui.widgets.labels import Label

_ICON: Final = 28
_WIDEST: Final = 320


class Icon(QWidget):
    """An icon that is no button."""

    def __init__(
        self, name: str, size: int = _ICON, role: str = "text3", parent: QWidget | None = None
    ) -> None:
        """Make it.

        Args:
            name: File name of the icon.
            size: Edge in pixels.
            role: Name of its colour.
            parent: Qt's owner.
        """
        super().__init__(parent)
        self._name, self._size, self._role = name, size, role
        self.setFixedSize(size, size)
        current().changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the icon."""
        icon = current().icon(self._name, self._role, self._size)
        icon.paint(QPainter(self), QRectF(self.rect()).toRect())


class EmptyList(Ground):
    """Centred in the room of a list.

    Signals:
        pressed: The button.
        linkPressed: The link.
    """

    pressed = Signal()
    linkPressed = Signal()

    def __init__(self, icon: str, ground: str = "surface2", parent: QWidget | None = None) -> None:
        """Make it.

        Args:
            icon: File name of the icon.
            ground: The surface below it.
            parent: Qt's owner.
        """
        super().__init__(ground, parent)
        theme = current()
        self.sentence = _centred(Label(weight=500))
        self.hint = _centred(Label(style="small", role="text3"))
        self.button = PrimaryButton()
        self.button.set_small()
        self.link = LinkButton()
        self.button.clicked.connect(self.pressed)
        self.link.clicked.connect(self.linkPressed)
        column = QVBoxLayout(self)
        column.setContentsMargins(*(theme.size("space.m"),) * 4)
        column.setSpacing(theme.size("space.s"))
        column.addStretch(1)
        for widget in (Icon(icon), self.sentence, self.hint, self.button, self.link):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break lines within the room there is, and not wider than reads well."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        width = max(min(self.width() - 2 * current().size("space.m"), _WIDEST), 0)
        for label in (self.sentence, self.hint):
            label.setFixedWidth(width)
            label.setMinimumHeight(max(label.heightForWidth(width), 0))

    def say(self, sentence: str, hint: str = "", *, button: str = "", link: str = "") -> None:
        """Show what there is to say; parts without a text are left out."""
        self.sentence.setText(sentence)
        self.hint.setText(hint)
        self.button.setText(button)
        self.link.setText(link)
        self.hint.setVisible(bool(hint))
        self.button.setVisible(bool(button))
        self.link.setVisible(bool(link))
        self.setAccessibleName(f"{sentence} {hint}".strip())
        self._fit()


def _centred(label: Label) -> Label:
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    return label
