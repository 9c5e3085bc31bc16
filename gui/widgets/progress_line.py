"""How far something is that takes its time: a thin bar."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QWidget

from gui.theme import current

_SIZE: Final = QSize(96, 4)
_HEIGHT: Final = 12
_STEPS: Final = 1_000


class ProgressLine(QProgressBar):
    """Filled from the left as far as the work is done."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        """Make it; `name` is what a screen reader calls it."""
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setRange(0, _STEPS)
        self.setTextVisible(False)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFixedSize(_SIZE.width(), _HEIGHT)
        current().changed.connect(self.update)

    def show_fraction(self, fraction: float) -> None:
        """Show how much is done, 0 to 1."""
        self.setValue(round(min(max(fraction, 0.0), 1.0) * _STEPS))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground and filling."""
        theme, painter = current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        top = (self.height() - _SIZE.height()) / 2
        radius = _SIZE.height() / 2
        painter.setBrush(theme.colour("pressed"))
        painter.drawRoundedRect(QRectF(0, top, self.width(), _SIZE.height()), radius, radius)
        width = self.width() * self.value() / _STEPS
        painter.setBrush(theme.colour("accent"))
        painter.drawRoundedRect(QRectF(0, top, width, _SIZE.height()), radius, radius)
