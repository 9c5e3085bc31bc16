"""A row that tells how far a load is, with what can be done about it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gui.theme import current, refresh_style, set_face
from gui.widgets.buttons import LinkButton
from gui.widgets.frames import Ground
from gui.widgets.labels import Label

_HEIGHT: Final = 29
_BAR: Final = 2


class LoadStrip(Ground):
    """Words, a link, and a line along the lower edge that grows.

    Signals:
        pressed: The link.
    """

    pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("surface_alt", parent)
        self._share = 0.0
        self.setFixedHeight(_HEIGHT)
        self.label = Label(style="small", role="text2", elide="end")
        self.link = LinkButton()
        self.link.setProperty("dense", "true")
        refresh_style(self.link)
        set_face(self.link, "small", 500)
        theme = current()
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.size("space.panel"), 0, theme.size("space.s"), _BAR)
        row.addWidget(self.label, 1)
        row.addWidget(self.link)
        self.link.clicked.connect(self.pressed)
        self.hide()

    def say(self, text: str, link: str, share: float) -> None:
        """Show how far it is.

        Args:
            text: In words; empty hides the row.
            link: What can be done.
            share: From 0 to 1; 0 where it is not known.
        """
        self.label.setText(text)
        self.link.setText(link)
        self.setAccessibleName(text)
        self.setVisible(bool(text))
        if share != self._share:
            self._share = share
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line."""
        super().paintEvent(event)
        painter, theme = QPainter(self), current()
        top = self.height() - _BAR
        painter.fillRect(QRectF(0, top + 1, self.width(), 1), theme.colour("border"))
        width = self.width() * self._share
        painter.fillRect(QRectF(0, top, width, _BAR), theme.colour("chart.s1"))
